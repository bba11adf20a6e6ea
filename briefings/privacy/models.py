"""Consent texts and answers (개인정보 보호법 제15조 제2항, 제17조 제2항, 제22조), and what was destroyed (제21조)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, words


class Purpose(StrEnum):
    """What a consent is for; each is asked for apart."""

    REGISTRATION = "registration"
    PROVISION = "provision"
    NEWS = "news"
    REPLY = "reply"


class Basis(StrEnum):
    """Why data may be processed: the person agrees, or is told (개인정보 보호법 제15조 제1항, 제22조 제3항)."""

    CONSENT = "consent"
    NOTICE = "notice"


class ConsentText(Base):
    """One version of one text in one language. Never changed once shown: a new version is a new row.

    An answer to a text that is a notice says that the person was told; `given` is false then.
    """

    __tablename__ = "consent_texts"
    __table_args__ = (UniqueConstraint("purpose", "version", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(words(Purpose))
    version: Mapped[int]
    locale: Mapped[str] = mapped_column(String(5))
    basis: Mapped[Basis] = mapped_column(words(Basis), default=Basis.CONSENT)
    created_at: Mapped[datetime | None]
    """When staff wrote it; None for the texts the program came with."""
    title: Mapped[str]
    recipient: Mapped[str] = mapped_column(Text, default="")
    use: Mapped[str] = mapped_column(Text)
    items: Mapped[str] = mapped_column(Text)
    retention: Mapped[str] = mapped_column(Text)
    refusal: Mapped[str] = mapped_column(Text)


class Consent(Base):
    """One person's answer to one text; `about` names what it was given with (`registration:<public id>`)."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("about", "text_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(80))
    text_id: Mapped[int] = mapped_column(ForeignKey(ConsentText.id))
    given: Mapped[bool]
    answered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    text: Mapped[ConsentText] = relationship()

    @property
    def stands(self) -> bool:
        """Whether the person agrees today."""
        return self.given and self.withdrawn_at is None


class RetentionPeriod(Base):
    """How long one kind of personal data is kept, where the installation decided otherwise than the program."""

    __tablename__ = "retention_periods"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    days: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class Destruction(Base):
    """One line of the destruction register (파기대장): what was destroyed, how much, why and when. It names nobody."""

    __tablename__ = "destructions"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime | None]
    """The youngest that went, where a period was over."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Staff who pressed; None where the worker or the person themselves did."""


class Erasure(Base):
    """Somebody had what is known of them erased. Of the address only a digest is kept, under the secret key."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Kind of data → how many rows were emptied or deleted."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str | None] = mapped_column(String(320))
    """Whose it is, until everything is erased and the person has heard of it; then nobody's."""
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    finished_at: Mapped[datetime | None]
    """When everything was erased that no administrator has to look at."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """The person's account, which an administrator closes; None once that is done."""
