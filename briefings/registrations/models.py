"""PeopleList."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.schedule.models import Briefing


class ListPurpose(StrEnum):
    """What becomes of the people in a list: they are invited to register, or registered."""

    INVITE = "invite"
    REGISTER = "register"


class ListState(StrEnum):
    """A list is checked; then its people are taken in, all of them, or it is thrown away."""

    CHECKED = "checked"
    TAKEN = "taken"
    DISCARDED = "discarded"


class PeopleList(Base):
    """People from a spreadsheet or pasted lines, as they were read: looked at by staff before anything is done.

    `rows` and `faults` are emptied once the list is taken or thrown away: the people stand elsewhere then, or nowhere.
    """

    __tablename__ = "people_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[ListPurpose] = mapped_column(words(ListPurpose))
    state: Mapped[ListState] = mapped_column(words(ListState), default=ListState.CHECKED)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What is wrong, each with its row and column."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many of which kind it became."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    made_by: Mapped[User] = relationship()
