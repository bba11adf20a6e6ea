"""BriefingDay, SlotRun, Attendance, MeetingTool, AttendanceList."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration


class BriefingDay(Base):
    """How the day of a briefing is set up and how it goes; a briefing without a row has the defaults.

    Whoever changes it, or the run of a slot, holds the lock on the briefing.
    """

    __tablename__ = "briefing_days"
    __table_args__ = (
        CheckConstraint("opens_minutes >= 0 AND late_minutes >= 0 AND early_minutes >= 0", name="minutes_not_negative"),
    )

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    opens_minutes: Mapped[int] = mapped_column(default=30)
    """So long before the start the room may be entered."""
    late_minutes: Mapped[int] = mapped_column(default=15)
    """Who comes later than so long after the start is late."""
    early_minutes: Mapped[int] = mapped_column(default=15)
    """Who was last seen earlier than so long before the end left early."""
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When the moderator opened and closed it, which need not be when it was planned."""
    line: Mapped[str] = mapped_column(String(300), default="")
    """What is said to everybody on the join page right now."""
    line_at: Mapped[datetime | None]
    moderator_email: Mapped[str] = mapped_column(String(320), default="")
    moderator_version: Mapped[int] = mapped_column(default=1)
    """Of the moderator's personal link to the run sheet."""
    cue_notes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What stands on the cue sheet beside each part: `opening`, `closing`, `talk:<slot>`, `questions:<slot>`."""

    briefing: Mapped[Briefing] = relationship()


class SlotRun(Base):
    """How the talk of one slot goes on the day."""

    __tablename__ = "slot_runs"

    slot_id: Mapped[int] = mapped_column(ForeignKey(PresenterSlot.id, ondelete="CASCADE"), primary_key=True)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    presenter_seen_at: Mapped[datetime | None]
    """When the presenter said to be there, or staff saw them."""
    standby_since: Mapped[datetime | None]
    """When the stand-by took over on the day."""
    replies_opened_at: Mapped[datetime | None]
    replies_closed_at: Mapped[datetime | None]

    slot: Mapped[PresenterSlot] = relationship()


class AttendanceState(StrEnum):
    """Whether, and how long, somebody was there."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"


class AttendanceSource(StrEnum):
    """Where it is known from."""

    GATE = "gate"
    IMPORT = "import"
    STAFF = "staff"


class Attendance(Base):
    """When a registered person was in the room, first and last, and what staff say of it otherwise.

    `first_seen_at` is None for whom only staff know anything of. Where first and last are the same, nothing is known of
    how long they stayed. `mark`, where set, is what counts.
    """

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint("(first_seen_at IS NULL) = (last_seen_at IS NULL)", name="seen_first_and_last"),
        CheckConstraint("first_seen_at IS NOT NULL OR mark IS NOT NULL", name="seen_or_marked"),
        CheckConstraint("mark IS NULL OR mark_reason <> ''", name="mark_has_reason"),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey(Registration.id), primary_key=True)
    first_seen_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    source: Mapped[AttendanceSource] = mapped_column(words(AttendanceSource), default=AttendanceSource.GATE)
    minutes: Mapped[int | None]
    """How long a meeting tool says they were there."""
    mark: Mapped[AttendanceState | None] = mapped_column(words(AttendanceState))
    mark_reason: Mapped[str] = mapped_column(String(200), default="")
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    marked_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()


class MeetingTool(Base):
    """What the columns of a meeting tool's list of participants hold: said once, known for the next list."""

    __tablename__ = "meeting_tools"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    headings_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the headings, in order."""
    fields: Mapped[list[str]] = mapped_column(JSON)
    """What each column holds; "" for what is not taken in."""
    used_at: Mapped[datetime]


class AttendanceListState(StrEnum):
    """A list is checked; then it is taken, or thrown away."""

    CHECKED = "checked"
    TAKEN = "taken"
    DISCARDED = "discarded"


class AttendanceList(Base):
    """A meeting tool's list of who was there, as it was read; `rows` are emptied once it is settled."""

    __tablename__ = "attendance_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), index=True)
    state: Mapped[AttendanceListState] = mapped_column(words(AttendanceListState), default=AttendanceListState.CHECKED)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)
    rows: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """By the number of a row, whom staff chose for it (public id of the registration), or "" for nobody."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    made_by: Mapped[User] = relationship()
