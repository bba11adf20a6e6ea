"""Advice."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, words
from briefings.needs.models import Need


class Readers(StrEnum):
    """Who may read an advice."""

    OWNER = "owner"
    PUBLIC = "public"


class Advice(Base):
    """What a mentor advises on a need they were given; no words until they write some."""

    __tablename__ = "advices"
    __table_args__ = (UniqueConstraint("need_id", "mentor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id))
    mentor_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    readers: Mapped[Readers] = mapped_column(words(Readers), default=Readers.OWNER)
    text: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    mentor: Mapped[User] = relationship(foreign_keys=[mentor_id])
