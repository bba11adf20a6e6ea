"""ParticipationReply, Appointment, Consultation, and what belongs to them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
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
        self.acknowledged_at, self.withdrawn_at, self.ended_at = None, None, None
        self.acknowledgement, self.decline_reason, self.end_words = "", "", ""
        self.end_reason, self.ended_by = None, None

    @property
    def may_talk(self) -> bool:
        """Whether owner and replier may still arrange talks."""
        return self.state not in (ReplyState.DECLINED, ReplyState.ENDED, ReplyState.WITHDRAWN)

    @property
    def talk(self) -> "Appointment | None":
        """The appointment made last, whatever became of it."""
        return self.appointments[-1] if self.appointments else None

    def acknowledge(self, now: datetime, words: str = "") -> None:
        """The owner has seen it, and says so."""
        if self.state is not ReplyState.SENT:
            raise Refused(N_("이미 확인했거나 취하된 답글입니다."))
        self.state, self.acknowledged_at, self.acknowledgement = ReplyState.ACKNOWLEDGED, now, words

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
        """It led to joint work, as both sides say."""
        if self.is_closed:
            raise Refused(N_("거절했거나 취하된 답글은 성사로 적을 수 없습니다."))
        self.state, self.acknowledged_at = ReplyState.MATCHED, self.acknowledged_at or now

    def doubt(self) -> None:
        """One side says the joint work is not as it was recorded: they go on talking."""
        if self.state is ReplyState.MATCHED:
            self.state = ReplyState.CONSULTING

    @property
    def is_closed(self) -> bool:
        """Whether nothing can come of it any more."""
        return self.state in (ReplyState.DECLINED, ReplyState.ENDED, ReplyState.WITHDRAWN)

    @property
    def can_end(self) -> bool:
        """Whether there are talks to end; before the owner has read it it is declined or taken back instead."""
        return self.state in (ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING)

    def end(self, by: Side, reason: EndReason, said: str, now: datetime) -> None:
        """The talks end without a match."""
        if not self.can_end:
            raise Refused(N_("끝낼 협의가 없습니다. 이미 성사되었거나 끝난 답글입니다."))
        self.state, self.ended_by, self.end_reason, self.end_words = ReplyState.ENDED, by, reason, said
        self.ended_at = now


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

    @property
    def is_in(self) -> bool:
        """Whether they were let join."""
        return self.accepted_at is not None

    @property
    def waits(self) -> bool:
        """Whether nobody has said yet if they may join."""
        return self.accepted_at is None and self.refused_at is None

    def accept(self, now: datetime) -> None:
        """Let them join."""
        if not self.waits:
            raise Refused(N_("이미 답한 요청입니다."))
        self.accepted_at = now

    def refuse(self, now: datetime) -> None:
        """Do not let them join, or no longer: their link opens the reply no more."""
        if self.refused_at is not None:
            raise Refused(N_("이미 답한 요청입니다."))
        self.accepted_at, self.refused_at = None, now


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

    @property
    def ends_at(self) -> datetime | None:
        """When the talk agreed on is over."""
        return self.starts_at and self.starts_at + timedelta(minutes=self.minutes)

    @property
    def until(self) -> datetime:
        """The last moment it matters: the end of the talk, or of the last time offered."""
        length = timedelta(minutes=self.minutes)
        moments = [each.starts_at + length for each in self.times]
        return max([*moments, self.ends_at or self.offered_at])

    @property
    def waits(self) -> bool:
        """Whether the replier is to choose among times, be it for the first time or for another one."""
        return self.state is not AppointmentState.CANCELLED and bool(self.times)

    def is_over(self, now: datetime) -> bool:
        """Whether the talk has taken place."""
        return self.state is AppointmentState.AGREED and self.ends_at is not None and now >= self.ends_at

    def stands(self, now: datetime) -> bool:
        """Whether it is offered or agreed on and still to come: then no other is arranged beside it."""
        return self.state is not AppointmentState.CANCELLED and now < self.until

    def item_of(self, side: Side) -> CalendarItem | None:
        """What stands in the calendar of one side."""
        return self.owner_item if side is Side.OWNER else self.replier_item

    def offer(self, starts: Iterable[datetime]) -> None:
        """Lay these times before the replier instead of any earlier ones."""
        wanted = set(starts)
        self.times = [each for each in self.times if each.starts_at in wanted]
        known = {each.starts_at for each in self.times}
        self.times += [AppointmentTime(starts_at=moment) for moment in sorted(wanted - known)]

    def agree(self, starts_at: datetime, now: datetime) -> None:
        """Settle on one of the times offered."""
        if self.state is AppointmentState.CANCELLED:
            raise Refused(N_("취소된 협의입니다."))
        if starts_at not in {each.starts_at for each in self.times}:
            raise Refused(N_("제안된 시간 가운데 하나를 골라 주세요."), field="starts_at")
        self.state, self.starts_at, self.agreed_at, self.times = AppointmentState.AGREED, starts_at, now, []

    def cancel(self, by: Side | None, reason: str, now: datetime) -> None:
        """Call it off; None: because the reply came to an end."""
        if self.state is AppointmentState.CANCELLED:
            raise Refused(N_("이미 취소된 협의입니다."))
        if self.is_over(now):
            raise Refused(N_("이미 지난 협의는 취소할 수 없습니다."))
        self.state, self.cancelled_at, self.cancelled_by, self.cancel_reason = (
            AppointmentState.CANCELLED,
            now,
            by,
            reason,
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
    appointment: Mapped[Appointment | None] = relationship()
