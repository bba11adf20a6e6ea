"""ParticipationReply, Consultation, Match."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused
from briefings.needs.models import Need, Resource
from briefings.organizations.models import Organization
from briefings.schedule.models import Briefing


class ReplyState(StrEnum):
    """Where a reply stands."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    CONSULTING = "consulting"
    MATCHED = "matched"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


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
    decline_reason: Mapped[str] = mapped_column(Text, default="")
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


class Consultation(Base):
    """One dated meeting or exchange between owner and replier, with its notes."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey(ParticipationReply.id), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(String(200), default="")
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    noted_at: Mapped[datetime]

    reply: Mapped[ParticipationReply] = relationship(back_populates="consultations")


class Match(Base):
    """Joint work agreed on a need (성사): date, public summary, and the organizations in it, the owner included."""

    __tablename__ = "matches"

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id), unique=True)
    matched_on: Mapped[date] = mapped_column(Date, index=True)
    summary: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_at: Mapped[datetime]

    need: Mapped[Need] = relationship()
    organizations: Mapped[list["MatchOrganization"]] = relationship(
        back_populates="match", cascade="all, delete-orphan"
    )


class MatchOrganization(Base):
    """One organization in a match and what it brings."""

    __tablename__ = "match_organizations"

    match_id: Mapped[int] = mapped_column(ForeignKey(Match.id, ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True, index=True)
    contribution: Mapped[str] = mapped_column(Text, default="")

    match: Mapped[Match] = relationship(back_populates="organizations")
    organization: Mapped[Organization] = relationship()
