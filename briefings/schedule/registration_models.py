"""Registration, Invitee."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, UtcDateTime, new_public_id, words
from briefings.needs.models import Need
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.models import Briefing


class RegistrationState(StrEnum):
    """A person's place; `requested` is none yet: staff decide about it."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


SUPPORT_BEFORE = timedelta(days=7)
"""Who asks so long before is to get it (장애인차별금지법 시행령 제14조); what is asked later is tried all the same."""


STANDING = (RegistrationState.CONFIRMED, RegistrationState.WAITLISTED)
"""Whoever holds a place or stands in line for one; not those about whom staff have not decided."""


class SupportState(StrEnum):
    """What becomes of the support somebody asked for (수어·문자 통역 and the like)."""

    ASKED = "asked"
    ARRANGED = "arranged"
    IMPOSSIBLE = "impossible"


registration_interests = Table(
    "registration_interests",
    Base.metadata,
    Column("registration_id", ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True),
    Column("need_id", ForeignKey("needs.id"), primary_key=True, index=True),
    # When it was said during the briefing; null for what was ticked at registration.
    Column("raised_at", UtcDateTime),
)


_ASKS_FOR_SUPPORT = text("support_state IS NOT NULL")


class Registration(Base):
    """One person's place in a briefing; an address has one row there, cancelled and taken up again.

    The waiting list is in the order of `waiting_since`. `link_version` revokes personal links.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("briefing_id", "email"),
        Index("ix_registrations_briefing_id_state_waiting_since", "briefing_id", "state", "waiting_since"),
        # Organizations are counted from it alone, so that a million registrations need not be read.
        Index("ix_registrations_counted", "organization_id", "state", "briefing_id", "id"),
        Index("ix_registrations_email", "email", postgresql_ops={"email": "varchar_pattern_ops"}),
        Index("ix_registrations_name", "name", postgresql_ops={"name": "varchar_pattern_ops"}),
        Index(
            "ix_registrations_support",
            "briefing_id",
            "support_state",
            sqlite_where=_ASKS_FOR_SUPPORT,
            postgresql_where=_ASKS_FOR_SUPPORT,
        ),
        CheckConstraint("(state = 'waitlisted') = (waiting_since IS NOT NULL)", name="waiting_since_while_waitlisted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id))
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(30), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    rank: Mapped[str] = mapped_column(String(100), default="")
    support: Mapped[str] = mapped_column(Text, default="")
    """What somebody needs in order to take part; the text and the answer are destroyed after the briefing."""
    support_state: Mapped[SupportState | None] = mapped_column(words(SupportState))
    support_answer: Mapped[str] = mapped_column(Text, default="")
    support_changed_at: Mapped[datetime | None]
    question: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    state: Mapped[RegistrationState] = mapped_column(words(RegistrationState))
    link_version: Mapped[int] = mapped_column(default=1)
    brought_by_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    """The colleague who registered this person too."""
    party: Mapped[str] = mapped_column(String(32), default="")
    """The same for colleagues who come all together or not at all; empty for whoever takes any place."""
    form_token: Mapped[str] = mapped_column(String(32), default="")
    """The form it came of: the same form pressed twice is one press."""
    by_staff: Mapped[bool] = mapped_column(default=False)
    """Whether staff entered this person, who has agreed to nothing."""
    refused_at: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(Text, default="")
    """Why staff did not approve it."""
    reconfirmed_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    organization: Mapped[Organization] = relationship()
    brought_by: Mapped["Registration | None"] = relationship(remote_side=[id])
    interests: Mapped[list[Need]] = relationship(secondary=registration_interests)

    @property
    def support_asked_late(self) -> bool:
        """Whether what the person needs was asked for (or answered) when the time to prepare had begun to run."""
        changed_at = self.support_changed_at
        return changed_at is not None and changed_at > self.briefing.starts_at - SUPPORT_BEFORE

    def take_up(self, now: datetime) -> None:
        """Begin anew at `now`: no earlier cancellation, refusal, party, reconfirmation or form holds any more."""
        self.registered_at, self.party, self.form_token = now, "", ""
        self.refused_at = self.reconfirmed_at = None
        self.refusal_reason = ""

    def request(self) -> None:
        """Wait for what staff decide."""
        self.state = RegistrationState.REQUESTED
        self.waiting_since = self.confirmed_at = self.cancelled_at = None

    def refuse(self, reason: str, now: datetime) -> None:
        """Staff do not approve it."""
        self.cancel(now)
        self.refused_at, self.refusal_reason = now, reason

    def confirm(self, now: datetime) -> None:
        """Give the place."""
        self.state, self.confirmed_at = RegistrationState.CONFIRMED, now
        self.waiting_since = self.cancelled_at = None

    def wait(self, since: datetime) -> None:
        """Stand in line, in the place of whoever came at `since`."""
        self.state, self.waiting_since = RegistrationState.WAITLISTED, since
        self.confirmed_at = self.cancelled_at = None

    def cancel(self, now: datetime) -> None:
        """Give the place, or the place in line, up."""
        self.state, self.cancelled_at, self.waiting_since = RegistrationState.CANCELLED, now, None


class Invitee(Base):
    """Somebody staff invite to register for one briefing, by a personal link tied to the address."""

    __tablename__ = "invitees"
    __table_args__ = (UniqueConstraint("briefing_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(120), default="")
    organization: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[OrganizationKind | None] = mapped_column(words(OrganizationKind))
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    link_version: Mapped[int] = mapped_column(default=1)
    added_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    """When they were last told by mail."""
    declined_at: Mapped[datetime | None]
    """When they said by the link that they will not come."""
    registration_id: Mapped[int | None] = mapped_column(ForeignKey(Registration.id, ondelete="SET NULL"), index=True)
    """What they registered by the link."""

    briefing: Mapped[Briefing] = relationship()
    registration: Mapped[Registration | None] = relationship()
