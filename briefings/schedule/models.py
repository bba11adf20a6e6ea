"""Briefing, Room, PresenterSlot, SlotFile."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused
from briefings.files.models import StoredFile
from briefings.needs.models import Audience, Need, Theme
from briefings.organizations.models import OrganizationKind


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


class Eligibility(StrEnum):
    """Who may register: anybody, certain kinds of organizations, or whom staff invited."""

    OPEN = "open"
    KINDS = "kinds"
    INVITED = "invited"


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


def timetable(starts_at: datetime, opening_minutes: int, minutes: Iterable[int]) -> list[tuple[datetime, datetime]]:
    """Start and end of slots that follow each other after the opening."""
    times = []
    at = starts_at + timedelta(minutes=opening_minutes)
    for length in minutes:
        times.append((at, at + timedelta(minutes=length)))
        at += timedelta(minutes=length)
    return times


def places_version_row(briefing_id: int) -> int:
    """The row of `content_version` for the places of a briefing: its number, below nought."""
    return -briefing_id


class Briefing(Base):
    """One scheduled online session. `sequence` rises when it is moved or called off: what everybody must hear of."""

    version_row = staticmethod(places_version_row)
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
    eligibility: Mapped[Eligibility] = mapped_column(words(Eligibility), default=Eligibility.OPEN)
    eligible_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The kinds of organizations that may register (`OrganizationKind`), where eligibility is by kind."""
    approval: Mapped[bool] = mapped_column(default=False)
    """Whether staff decide about each registration before it gets a place."""
    registration_opens_at: Mapped[datetime]
    registration_closes_at: Mapped[datetime]
    room_url: Mapped[str] = mapped_column(String(500), default="")
    room_note: Mapped[str] = mapped_column(String(200), default="")
    """What to do when the room does not open: a telephone number, another address."""
    replay_url: Mapped[str] = mapped_column(String(500), default="")
    replay_captioned: Mapped[bool] = mapped_column(default=False)
    """Whether the recording has captions; otherwise it is shown with a transcript only (KWCAG 2.2, 5.2.1)."""
    replay_transcript: Mapped[str] = mapped_column(Text, default="")
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
    rooms: Mapped[list["Room"]] = relationship(
        back_populates="briefing", order_by="Room.position", cascade="all, delete-orphan"
    )
    """Other ways in beside `room_url`."""

    @property
    def shown_replay_url(self) -> str:
        """The address of the recording once it may be shown: with captions or a transcript (KWCAG 2.2, 5.2.1)."""
        return self.replay_url if self.replay_captioned or self.replay_transcript else ""

    @property
    def kinds_taken(self) -> list[OrganizationKind]:
        """The kinds of organizations that may register; none where the kind does not matter."""
        return [OrganizationKind(kind) for kind in self.eligible_kinds] if self.eligibility is Eligibility.KINDS else []

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


class RoomKind(StrEnum):
    """How one gets in: an address that opens in a window of its own, a stream in the page, a telephone number."""

    LINK = "link"
    STREAM = "stream"
    PHONE = "phone"


class Room(Base):
    """Another way into a briefing, beside its main room."""

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[RoomKind] = mapped_column(words(RoomKind))
    name: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(500))
    """A full address, or a telephone number."""
    note: Mapped[str] = mapped_column(String(200), default="")

    briefing: Mapped[Briefing] = relationship(back_populates="rooms")


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
    replay_seconds: Mapped[int | None]
    """Where its talk begins in the recording."""

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
    public: Mapped[bool] = mapped_column(default=False)
    """Whether everybody may have it once the briefing is over, as its presenter, or staff for them, said."""

    slot: Mapped[PresenterSlot] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship(cascade="all, delete-orphan", single_parent=True)
    """Goes with it: nothing else knows the file."""
