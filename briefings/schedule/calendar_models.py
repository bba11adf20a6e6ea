"""CalendarItem, CalendarSetting."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, words
from briefings.needs.models import Need
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration


class ItemKind(StrEnum):
    """What a calendar item puts into somebody's calendar."""

    REGISTRATION = "registration"
    PRESENTATION = "presentation"
    REHEARSAL = "rehearsal"
    APPOINTMENT = "appointment"


class ItemState(StrEnum):
    """A calendar item is open until it is cancelled; there is no way back, a new one is made."""

    OPEN = "open"
    CLOSED = "closed"


class Channel(StrEnum):
    """How somebody keeps their calendar: invitations by mail, a feed they subscribe to, or not at all."""

    INVITE = "invite"
    FEED = "feed"
    NONE = "none"


def new_uid_part() -> str:
    """128 random bits in lower-case hex: the part of a UID before the @."""
    return secrets.token_hex(16)


def _one_open(kind: str, *columns: str) -> Index:
    """An index that lets only one item of a kind be open for the same thing and address."""
    only = text(f"state = 'open' AND kind = '{kind}'")
    name = f"uq_calendar_items_open_{kind}"
    return Index(name, *columns, unique=True, sqlite_where=only, postgresql_where=only)


class CalendarItem(Base):
    """One recipient × one thing in their calendar: the numbers iTIP needs, never recomputed (RFC 5546 2.1.4–2.1.5).

    It belongs to one address for good; another address gets another item. `uid` is the part before the @; the domain is
    a setting that must never change. `starts_at` and `ends_at` are what the recipient was last told.
    """

    __tablename__ = "calendar_items"
    __table_args__ = (
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(kind = 'registration') = (registration_id IS NOT NULL)", name="registration_of_its_kind"),
        CheckConstraint("(kind = 'presentation') = (need_id IS NOT NULL)", name="need_of_its_kind"),
        CheckConstraint("(kind = 'appointment') = (briefing_id IS NULL)", name="briefing_of_its_kind"),
        Index("ix_calendar_items_briefing_id_state", "briefing_id", "state"),
        Index("ix_calendar_items_email", "email"),
        _one_open("registration", "registration_id"),
        _one_open("presentation", "briefing_id", "need_id", "email"),
        _one_open("rehearsal", "briefing_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemKind] = mapped_column(words(ItemKind))
    briefing_id: Mapped[int | None] = mapped_column(ForeignKey(Briefing.id))
    """None for an appointment, which participation knows more of."""
    registration_id: Mapped[int | None] = mapped_column(ForeignKey(Registration.id), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey(Need.id))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    by_mail: Mapped[bool] = mapped_column(default=True)
    """Whether its messages carry the calendar object; not for those who keep a feed or no calendar."""
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid_part)
    sequence: Mapped[int] = mapped_column(default=0)
    time_sequence: Mapped[int] = mapped_column(default=0)
    """The SEQUENCE that told of the present time; an answer to an earlier one was about another time."""
    state: Mapped[ItemState] = mapped_column(words(ItemState), default=ItemState.OPEN)
    partstat: Mapped[str] = mapped_column(String(20), default="ACCEPTED")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    modified_at: Mapped[datetime]
    dtstamp: Mapped[datetime]
    # The last answer from the recipient's calendar, as it said of itself.
    answer_sequence: Mapped[int | None]
    answer_dtstamp: Mapped[datetime | None]
    answer_partstat: Mapped[str] = mapped_column(String(20), default="")
    answer_comment: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    """What all kinds but appointments have; nothing that deals with those asks for it."""
    registration: Mapped[Registration | None] = relationship()
    need: Mapped[Need | None] = relationship()

    def is_over(self, now: datetime) -> bool:
        """Whether what it is about has ended: nothing about it is sent to a calendar again."""
        return now >= self.ends_at if self.kind is ItemKind.APPOINTMENT else self.briefing.is_over(now)

    def change(self, now: datetime) -> None:
        """Its content is another one: SEQUENCE rises by one, DTSTAMP by at least a second."""
        self.sequence += 1
        self.dtstamp = max(now, self.dtstamp + timedelta(seconds=1))
        self.modified_at = now

    def move(self, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
        """Another time: a yes stays, a no or a perhaps was about the earlier one and is asked for anew."""
        self.change(now)
        self.starts_at, self.ends_at, self.time_sequence = starts_at, ends_at, self.sequence
        if self.partstat in ASKED_ANEW:
            self.partstat = "NEEDS-ACTION"

    def close(self, now: datetime) -> None:
        """Withdraw it for good."""
        self.change(now)
        self.state = ItemState.CLOSED


ASKED_ANEW = ("DECLINED", "TENTATIVE")
"""Answers that a new time takes back."""


class CalendarSetting(Base):
    """How one address keeps its calendar; the feed's secret is known only by its SHA-256."""

    __tablename__ = "calendar_settings"

    email: Mapped[str] = mapped_column(String(320), primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel), default=Channel.INVITE)
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    feed_etag: Mapped[str] = mapped_column(String(64), default="")
    feed_changed_at: Mapped[datetime | None]
    """When the ETag last became another one: the Last-Modified of the feed."""
    changed_at: Mapped[datetime]
