"""ParticipationReply, Appointment, Consultation, Match, and what belongs to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused
from briefings.needs.models import Need, Resource
from briefings.organizations.models import Organization
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import Briefing


class ReplyState(StrEnum):
    """Where a reply stands."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CONSULTING = "consulting"
    MATCHED = "matched"
    DECLINED = "declined"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class EndReason(StrEnum):
    """Why talks ended without a match."""

    TERMS = "terms"
    BUDGET = "budget"
    TIMING = "timing"
    RULES = "rules"
    SILENCE = "silence"
    OTHER = "other"


class Side(StrEnum):
    """One of the two who talk."""

    OWNER = "owner"
    REPLIER = "replier"


class Visibility(StrEnum):
    """Who may read a reply."""

    OWNER = "owner"
    PUBLIC = "public"


class ParticipationReply(Base):
    """One organization's interest in one need: what it can bring. One per organization and need."""

    __tablename__ = "participation_replies"
    __table_args__ = (
        UniqueConstraint("need_id", "organization_id"),
        Index("ix_participation_replies_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id))
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    briefing_id: Mapped[int | None] = mapped_column(ForeignKey(Briefing.id), index=True)
    """The briefing it came through, if any."""
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(30), default="")
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    offer: Mapped[str] = mapped_column(Text)
    offer_tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    conditions: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[Visibility] = mapped_column(words(Visibility), default=Visibility.OWNER)
    state: Mapped[ReplyState] = mapped_column(words(ReplyState), default=ReplyState.SENT)
    acknowledgement: Mapped[str] = mapped_column(Text, default="")
    """What the owner said when acknowledging it."""
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[EndReason | None] = mapped_column(words(EndReason))
    end_words: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[Side | None] = mapped_column(words(Side))
    link_version: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """By when the owner is to acknowledge it."""
    acknowledged_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    organization: Mapped[Organization] = relationship()
    briefing: Mapped[Briefing | None] = relationship()
    consultations: Mapped[list["Consultation"]] = relationship(back_populates="reply", order_by="Consultation.held_on")
    colleagues: Mapped[list["ReplyColleague"]] = relationship(back_populates="reply", order_by="ReplyColleague.id")
    appointments: Mapped[list["Appointment"]] = relationship(back_populates="reply", order_by="Appointment.id")

    @property
    def offer_resources(self) -> list[Resource]:
        """The tags of the offer."""
        return [Resource(tag) for tag in self.offer_tags]

    def send(self, now: datetime, due_at: datetime) -> None:
        """Lay it before the owner, as if for the first time where it had been taken back."""
        self.state, self.sent_at, self.due_at = ReplyState.SENT, now, due_at
        self.acknowledged_at, self.withdrawn_at, self.decline_reason = None, None, ""

    def acknowledge(self, now: datetime) -> None:
        """The owner has seen it."""
        if self.state is not ReplyState.SENT:
            raise Refused(N_("이미 확인했거나 취하된 답글입니다."))
        self.state, self.acknowledged_at = ReplyState.ACKNOWLEDGED, now

    def begin_consultation(self, now: datetime) -> None:
        """Both sides talk; acknowledges it on the way."""
        if self.state not in (ReplyState.SENT, ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING):
            raise Refused(N_("협의를 적을 수 없는 답글입니다."))
        self.state, self.acknowledged_at = ReplyState.CONSULTING, self.acknowledged_at or now

    def decline(self, reason: str, now: datetime) -> None:
        """The owner says no, and why."""
        if self.state not in (ReplyState.SENT, ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING):
            raise Refused(N_("이미 성사되었거나 취하된 답글입니다."))
        self.state, self.decline_reason, self.acknowledged_at = ReplyState.DECLINED, reason, self.acknowledged_at or now

    def withdraw(self, now: datetime) -> None:
        """The replier takes it back."""
        if self.state in (ReplyState.MATCHED, ReplyState.WITHDRAWN):
            raise Refused(N_("이미 성사되었거나 취하된 답글입니다."))
        self.state, self.withdrawn_at = ReplyState.WITHDRAWN, now

    def match(self, now: datetime) -> None:
        """It led to joint work."""
        if self.state in (ReplyState.DECLINED, ReplyState.WITHDRAWN):
            raise Refused(N_("거절했거나 취하된 답글은 성사로 적을 수 없습니다."))
        self.state, self.acknowledged_at = ReplyState.MATCHED, self.acknowledged_at or now


class ReplyColleague(Base):
    """Somebody of the same organization who wants to join a reply; the one who sent it lets them, or not."""

    __tablename__ = "reply_colleagues"
    __table_args__ = (
        UniqueConstraint("reply_id", "email"),
        CheckConstraint("accepted_at IS NULL OR refused_at IS NULL", name="accepted_or_refused"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    reply_id: Mapped[int] = mapped_column(ForeignKey(ParticipationReply.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(30), default="")
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    offer: Mapped[str] = mapped_column(Text, default="")
    """What they would have sent themselves."""
    link_version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]

    reply: Mapped[ParticipationReply] = relationship(back_populates="colleagues")


class ReplyDraft(Base):
    """What somebody wrote of a reply and did not send yet; destroyed a week after it was last saved."""

    __tablename__ = "reply_drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_key: Mapped[str] = mapped_column(String(64), unique=True)
    """`registration:<id>`, or the SHA-256 of what the visitor's session holds."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(index=True)


class TemplatePurpose(StrEnum):
    """What an owner answers with a template."""

    ACKNOWLEDGE = "acknowledge"
    CONSULT = "consult"
    DECLINE = "decline"


class AnswerTemplate(Base):
    """Words an organization answers replies with again and again."""

    __tablename__ = "answer_templates"
    __table_args__ = (UniqueConstraint("organization_id", "purpose", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    purpose: Mapped[TemplatePurpose] = mapped_column(words(TemplatePurpose))
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]


class AppointmentState(StrEnum):
    """Times are offered, one is agreed on, or it is called off."""

    OFFERED = "offered"
    AGREED = "agreed"
    CANCELLED = "cancelled"


class Appointment(Base):
    """A talk between owner and replier: times offered by the owner, of which the replier chooses one.

    `sequence` of iTIP and the like stand in the two calendar items, one for each side.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("state <> 'agreed' OR starts_at IS NOT NULL", name="agreed_has_time"),
        Index("ix_appointments_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    reply_id: Mapped[int] = mapped_column(ForeignKey(ParticipationReply.id), index=True)
    state: Mapped[AppointmentState] = mapped_column(words(AppointmentState), default=AppointmentState.OFFERED)
    minutes: Mapped[int] = mapped_column(default=20)
    place: Mapped[str] = mapped_column(String(500), default="")
    """The address of a room online, a telephone number, or a place."""
    note: Mapped[str] = mapped_column(Text, default="")
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    offered_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[Side | None] = mapped_column(words(Side))
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    owner_item_id: Mapped[int | None] = mapped_column(ForeignKey(CalendarItem.id), index=True)
    replier_item_id: Mapped[int | None] = mapped_column(ForeignKey(CalendarItem.id), index=True)

    reply: Mapped[ParticipationReply] = relationship(back_populates="appointments")
    offered_by: Mapped[User | None] = relationship()
    owner_item: Mapped[CalendarItem | None] = relationship(foreign_keys=[owner_item_id])
    replier_item: Mapped[CalendarItem | None] = relationship(foreign_keys=[replier_item_id])
    times: Mapped[list["AppointmentTime"]] = relationship(
        back_populates="appointment", order_by="AppointmentTime.starts_at", cascade="all, delete-orphan"
    )


class AppointmentTime(Base):
    """One time offered for an appointment."""

    __tablename__ = "appointment_times"

    appointment_id: Mapped[int] = mapped_column(ForeignKey(Appointment.id, ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)

    appointment: Mapped[Appointment] = relationship(back_populates="times")


class Consultation(Base):
    """One dated meeting or exchange between owner and replier, with its notes."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey(ParticipationReply.id), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(String(200), default="")
    next_on: Mapped[date | None] = mapped_column(Date)
    """By when the next step is to be done."""
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey(Appointment.id))
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    noted_at: Mapped[datetime]

    reply: Mapped[ParticipationReply] = relationship(back_populates="consultations")


class Match(Base):
    """Joint work agreed on a need (성사): dates, public summary, and the organizations in it, the owner included.

    The owner records it; it counts, and is public, once a partner has confirmed it.
    """

    __tablename__ = "matches"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id), unique=True)
    matched_on: Mapped[date] = mapped_column(Date, index=True)
    starts_on: Mapped[date | None] = mapped_column(Date)
    """When the joint work begins."""
    summary: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When the first partner confirmed it."""

    need: Mapped[Need] = relationship()
    organizations: Mapped[list["MatchOrganization"]] = relationship(
        back_populates="match", cascade="all, delete-orphan"
    )
    progress: Mapped[list["MatchProgress"]] = relationship(
        back_populates="match", order_by="MatchProgress.happened_on", cascade="all, delete-orphan"
    )


class MatchOrganization(Base):
    """One organization in a match and what it brings."""

    __tablename__ = "match_organizations"

    match_id: Mapped[int] = mapped_column(ForeignKey(Match.id, ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True, index=True)
    contribution: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime | None]
    """When it was last asked to confirm: what it confirmed before that reads otherwise now."""
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(String(120), default="")
    objected_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(Text, default="")
    """What it says is otherwise than recorded."""

    match: Mapped[Match] = relationship(back_populates="organizations")
    organization: Mapped[Organization] = relationship()


class MatchProgress(Base):
    """How the joint work goes on, later."""

    __tablename__ = "match_progress"

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey(Match.id, ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    happened_on: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    public: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[datetime]

    match: Mapped[Match] = relationship(back_populates="progress")
    organization: Mapped[Organization] = relationship()
