"""Briefing, PresenterSlot, SlotFile, Registration, CalendarItem."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused
from briefings.files.models import StoredFile
from briefings.needs.models import Audience, Need, Theme
from briefings.organizations.models import Organization


class BriefingState(StrEnum):
    """What staff decided; live and ended follow from the clock."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """Where a briefing stands at a moment, as people see it."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Visibility(StrEnum):
    """Who finds a published briefing: everyone in lists and feeds, or whoever has its address."""

    LISTED = "listed"
    UNLISTED = "unlisted"


class RegistrationState(StrEnum):
    """A person's place."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


class SlotState(StrEnum):
    """What the presenter of a slot said; nobody is asked before the briefing is published."""

    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Step(StrEnum):
    """A rung of the ladder of reminders, or one of the two mails after the end."""

    WEEK = "week"
    THREE_DAYS = "three_days"
    RECONFIRM = "reconfirm"
    DAY = "day"
    TWO_HOURS = "two_hours"
    MISSED = "missed"
    THANKS = "thanks"
    ABSENT = "absent"


USUAL_STEPS = (Step.WEEK, Step.THREE_DAYS, Step.DAY, Step.TWO_HOURS, Step.MISSED, Step.THANKS, Step.ABSENT)
"""What a new briefing sends by itself; asking everybody to reconfirm is for staff to add."""


class ItemKind(StrEnum):
    """What a calendar item puts into somebody's calendar."""

    REGISTRATION = "registration"
    PRESENTATION = "presentation"
    REHEARSAL = "rehearsal"


class ItemState(StrEnum):
    """A calendar item is open until it is cancelled; there is no way back, a new one is made."""

    OPEN = "open"
    CLOSED = "closed"


class Channel(StrEnum):
    """How somebody keeps their calendar: invitations by mail, a feed they subscribe to, or not at all."""

    INVITE = "invite"
    FEED = "feed"
    NONE = "none"


def timetable(starts_at: datetime, opening_minutes: int, minutes: Iterable[int]) -> list[tuple[datetime, datetime]]:
    """Start and end of slots that follow each other after the opening."""
    times = []
    at = starts_at + timedelta(minutes=opening_minutes)
    for length in minutes:
        times.append((at, at + timedelta(minutes=length)))
        at += timedelta(minutes=length)
    return times


class Briefing(Base):
    """One scheduled online session. `sequence` rises when it is moved or called off: what everybody must hear of."""

    __tablename__ = "briefings"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("registration_closes_at > registration_opens_at", name="registration_closes_after_opening"),
        CheckConstraint("rehearsal_ends_at > rehearsal_starts_at", name="rehearsal_ends_after_start"),
        Index("ix_briefings_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    title: Mapped[str] = mapped_column(String(120))
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id), index=True)
    audience_id: Mapped[int] = mapped_column(ForeignKey(Audience.id), index=True)
    description: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opening_minutes: Mapped[int] = mapped_column(default=10)
    capacity: Mapped[int | None]
    registration_opens_at: Mapped[datetime]
    registration_closes_at: Mapped[datetime]
    room_url: Mapped[str] = mapped_column(String(500), default="")
    room_note: Mapped[str] = mapped_column(String(200), default="")
    """What to do when the room does not open: a telephone number, another address."""
    replay_url: Mapped[str] = mapped_column(String(500), default="")
    moderator: Mapped[str] = mapped_column(String(120), default="")
    rehearsal_starts_at: Mapped[datetime | None]
    rehearsal_ends_at: Mapped[datetime | None]
    """When presenters try the room out; both or neither."""
    reminders: Mapped[list[str]] = mapped_column(JSON, default=lambda: [step.value for step in USUAL_STEPS])
    """Which rungs of the ladder it climbs (`Step`); when each is due follows from the start."""
    hold_mails: Mapped[bool] = mapped_column(default=False)
    """Whether every mail about it waits until staff let it go."""
    visibility: Mapped[Visibility] = mapped_column(words(Visibility), default=Visibility.LISTED)
    materials_due_at: Mapped[datetime | None]
    """Until when presenters hand in their slides."""
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What staff changed since it was published and have not published yet (`drafting`); None: nothing."""
    pending_at: Mapped[datetime | None]
    state: Mapped[BriefingState] = mapped_column(words(BriefingState), default=BriefingState.DRAFT)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    theme: Mapped[Theme] = relationship()
    audience: Mapped[Audience] = relationship()
    slots: Mapped[list["PresenterSlot"]] = relationship(
        back_populates="briefing", order_by="PresenterSlot.position", cascade="all, delete-orphan"
    )

    def phase(self, now: datetime) -> Phase:
        """Where it stands at `now`."""
        if self.state is not BriefingState.PUBLISHED:
            return Phase(self.state)
        if now >= self.ends_at:
            return Phase.ENDED
        if now >= self.starts_at:
            return Phase.LIVE
        if now < self.registration_opens_at:
            return Phase.ANNOUNCED
        return Phase.OPEN if now < self.registration_closes_at else Phase.CLOSED

    def is_over(self, now: datetime) -> bool:
        """Whether its end has passed: nothing about it is ever sent to a calendar again."""
        return now >= self.ends_at

    def move(self, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
        """Set a new time; whether it is another one than before. Window, rehearsal and due date move along."""
        if self.state is BriefingState.CANCELLED or self.is_over(now):
            raise Refused(N_("취소되었거나 끝난 설명회는 옮길 수 없습니다."))
        if starts_at <= now:
            raise Refused(N_("지난 시각으로는 옮길 수 없습니다."), field="starts_at")
        if ends_at <= starts_at:
            raise Refused(N_("끝나는 시각이 시작 시각보다 뒤여야 합니다."), field="ends_at")
        if (starts_at, ends_at) == (self.starts_at, self.ends_at):
            return False
        shift = starts_at - self.starts_at
        self.registration_closes_at += shift
        if self.registration_closes_at <= self.registration_opens_at:
            self.registration_opens_at += shift
        self.move_rehearsal(shift, now)
        if self.materials_due_at is not None and self.materials_due_at > now:
            self.materials_due_at += shift
        self.starts_at, self.ends_at, self.changed_at = starts_at, ends_at, now
        self.sequence += 1
        return True

    def move_rehearsal(self, shift: timedelta, now: datetime) -> None:
        """As far before the start as it was; none where that is past by now. One that was held stays as it was."""
        if self.rehearsal_starts_at is None or self.rehearsal_ends_at is None or self.rehearsal_starts_at <= now:
            return
        starts_at, ends_at = self.rehearsal_starts_at + shift, self.rehearsal_ends_at + shift
        self.rehearsal_starts_at, self.rehearsal_ends_at = (starts_at, ends_at) if starts_at > now else (None, None)

    def publish(self, now: datetime) -> None:
        """Show it and open registration in its window."""
        if self.state is not BriefingState.DRAFT:
            raise Refused(N_("초안만 공개할 수 있습니다."))
        self.state, self.published_at, self.changed_at = BriefingState.PUBLISHED, now, now

    def cancel(self, reason: str, now: datetime) -> None:
        """Call it off for good."""
        if self.state is not BriefingState.PUBLISHED or self.is_over(now):
            raise Refused(N_("공개되어 있고 끝나지 않은 설명회만 취소할 수 있습니다."))
        self.state, self.cancel_reason = BriefingState.CANCELLED, reason
        self.cancelled_at = self.changed_at = now
        self.sequence += 1

    def times_of(self, slots: Iterable["PresenterSlot"]) -> list[tuple[datetime, datetime]]:
        """Start and end of each slot in order: computed, never stored, so that moving moves them."""
        return timetable(self.starts_at, self.opening_minutes, [slot.minutes for slot in slots])


class PresenterSlot(Base):
    """One need's timed place in a briefing, with its presenter."""

    __tablename__ = "presenter_slots"
    __table_args__ = (
        UniqueConstraint("briefing_id", "need_id"),
        CheckConstraint("talk_minutes > 0 AND question_minutes >= 0", name="minutes_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"))
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id), index=True)
    position: Mapped[int]
    talk_minutes: Mapped[int] = mapped_column(default=9)
    question_minutes: Mapped[int] = mapped_column(default=6)
    presenter_name: Mapped[str] = mapped_column(String(120), default="")
    presenter_title: Mapped[str] = mapped_column(String(120), default="")
    presenter_email: Mapped[str] = mapped_column(String(320), default="")
    standby_name: Mapped[str] = mapped_column(String(120), default="")
    standby_title: Mapped[str] = mapped_column(String(120), default="")
    standby_email: Mapped[str] = mapped_column(String(320), default="")
    state: Mapped[SlotState] = mapped_column(words(SlotState), default=SlotState.UNANSWERED)
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    link_version: Mapped[int] = mapped_column(default=1)

    briefing: Mapped[Briefing] = relationship(back_populates="slots")
    need: Mapped[Need] = relationship()
    files: Mapped[list["SlotFile"]] = relationship(
        back_populates="slot", order_by="SlotFile.file_id", cascade="all, delete-orphan"
    )

    @property
    def minutes(self) -> int:
        """Talk and questions together."""
        return self.talk_minutes + self.question_minutes

    def hand_over(self, name: str, title: str, email: str) -> None:
        """Somebody else presents: nothing is known of their answer, and earlier links open nothing any more.

        Who stood by for the talk and has it now stands by no longer.
        """
        self.presenter_name, self.presenter_title, self.presenter_email = name, title, email
        if (self.standby_email or "").lower() == email.lower():
            self.standby_name = self.standby_title = self.standby_email = ""
        self.state, self.answered_at, self.decline_reason = SlotState.UNANSWERED, None, ""
        self.link_version += 1


class SlotFile(Base):
    """Slides or another file that a presenter, or staff for them, handed in for a slot."""

    __tablename__ = "slot_files"

    slot_id: Mapped[int] = mapped_column(ForeignKey(PresenterSlot.id, ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id), primary_key=True)
    handed_in_by: Mapped[str] = mapped_column(String(120), default="")
    handed_in_at: Mapped[datetime]

    slot: Mapped[PresenterSlot] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship(cascade="all, delete-orphan", single_parent=True)
    """Goes with it: nothing else knows the file."""


registration_interests = Table(
    "registration_interests",
    Base.metadata,
    Column("registration_id", ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True),
    Column("need_id", ForeignKey("needs.id"), primary_key=True, index=True),
)


class Registration(Base):
    """One person's place in a briefing; an address has one row there, cancelled and taken up again.

    The waiting list is in the order of `waiting_since`. `link_version` revokes personal links.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("briefing_id", "email"),
        Index("ix_registrations_briefing_id_state_waiting_since", "briefing_id", "state", "waiting_since"),
        Index("ix_registrations_email", "email"),
        CheckConstraint("(state = 'waitlisted') = (waiting_since IS NOT NULL)", name="waiting_since_while_waitlisted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id))
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(30), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    support: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    state: Mapped[RegistrationState] = mapped_column(words(RegistrationState))
    link_version: Mapped[int] = mapped_column(default=1)
    brought_by_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    """The colleague who registered this person too."""
    reconfirmed_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    organization: Mapped[Organization] = relationship()
    brought_by: Mapped["Registration | None"] = relationship(remote_side=[id])
    interests: Mapped[list[Need]] = relationship(secondary=registration_interests)

    def confirm(self, now: datetime) -> None:
        """Give the place."""
        self.state, self.confirmed_at = RegistrationState.CONFIRMED, now
        self.waiting_since = self.cancelled_at = None

    def wait(self, now: datetime) -> None:
        """Stand in line from `now`."""
        self.state, self.waiting_since = RegistrationState.WAITLISTED, now
        self.confirmed_at = self.cancelled_at = None

    def cancel(self, now: datetime) -> None:
        """Give the place, or the place in line, up."""
        self.state, self.cancelled_at, self.waiting_since = RegistrationState.CANCELLED, now, None


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
        Index("ix_calendar_items_briefing_id_state", "briefing_id", "state"),
        Index("ix_calendar_items_email", "email"),
        _one_open("registration", "registration_id"),
        _one_open("presentation", "briefing_id", "need_id", "email"),
        _one_open("rehearsal", "briefing_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemKind] = mapped_column(words(ItemKind))
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id))
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
    registration: Mapped[Registration | None] = relationship()
    need: Mapped[Need | None] = relationship()

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
