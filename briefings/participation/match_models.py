"""Match, MatchOrganization, MatchProgress."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.organizations.models import Organization


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

    @property
    def partners(self) -> list["MatchOrganization"]:
        """Every organization in it but the need's own."""
        return [joined for joined in self.organizations if joined.organization_id != self.need.organization_id]

    @property
    def standing(self) -> list["MatchOrganization"]:
        """The organizations that are in it by what both sides say, the need's own first; none before one confirmed."""
        own = [joined for joined in self.organizations if joined.organization_id == self.need.organization_id]
        confirmed = [partner for partner in self.partners if partner.confirmed_at]
        return [*own, *confirmed] if confirmed else []

    @property
    def is_public(self) -> bool:
        """Whether a partner agrees to how it reads now."""
        return any(partner.agrees for partner in self.partners)

    def of(self, organization_id: int) -> "MatchOrganization | None":
        """What it says of one organization, if that is in it."""
        return next((each for each in self.organizations if each.organization_id == organization_id), None)

    def settle(self) -> None:
        """It counts since the first of those partners confirmed it who still stand by it."""
        self.confirmed_at = min((each.confirmed_at for each in self.partners if each.confirmed_at), default=None)

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
    """Since when its word is waited for; none once it has spoken. What it confirmed before that reads otherwise now."""
    confirmed_at: Mapped[datetime | None]
    """Since when it counts: whoever confirms changed words again goes on counting since the first time."""
    confirmed_by: Mapped[str] = mapped_column(String(120), default="")
    objected_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(Text, default="")
    """What it says is otherwise than recorded."""

    match: Mapped[Match] = relationship(back_populates="organizations")
    organization: Mapped[Organization] = relationship()

    @property
    def waits(self) -> bool:
        """Whether it was asked to confirm and has not spoken."""
        return self.asked_at is not None

    @property
    def agrees(self) -> bool:
        """Whether it has confirmed the match as it reads now."""
        return self.confirmed_at is not None and self.asked_at is None

    def ask(self, now: datetime) -> None:
        """Wait for its word on how the match reads now."""
        self.asked_at, self.objected_at, self.objection = now, None, ""

    def confirm(self, by: str, now: datetime) -> None:
        """It says so, too."""
        if self.agrees:
            raise Refused(N_("이미 확인했습니다."))
        self.confirmed_at, self.confirmed_by, self.asked_at = self.confirmed_at or now, by, None
        self.objected_at, self.objection = None, ""

    def object(self, said: str, now: datetime) -> None:
        """It says that it is otherwise: what it confirmed before counts no more."""
        self.objected_at, self.objection = now, said
        self.asked_at, self.confirmed_at, self.confirmed_by = None, None, ""


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
