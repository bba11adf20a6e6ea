"""Organization, OtherName, ToldApart, Membership, AccountRequest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused


class OrganizationKind(StrEnum):
    """The kinds the ministry counts by; the first four are public, the others private."""

    CENTRAL = "central"
    LOCAL = "local"
    PUBLIC_INSTITUTION = "public_institution"
    EDUCATION_OFFICE = "education_office"
    COMPANY = "company"
    ASSOCIATION = "association"
    UNIVERSITY = "university"

    @property
    def is_public(self) -> bool:
        """Whether a body of this kind is on the public side of a public–private match."""
        return self in PUBLIC_KINDS


PUBLIC_KINDS = (
    OrganizationKind.CENTRAL,
    OrganizationKind.LOCAL,
    OrganizationKind.PUBLIC_INSTITUTION,
    OrganizationKind.EDUCATION_OFFICE,
)


class Organization(Base):
    """One body. `name_key` is what makes two spellings the same body (finding.name_key)."""

    __tablename__ = "organizations"
    __table_args__ = (
        UniqueConstraint("name_key", "kind"),
        Index("ix_organizations_name_id", "name", "id"),
        Index("ix_organizations_kind_id", "kind", "id"),  # the funnel asks which are of each kind
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[OrganizationKind] = mapped_column(words(OrganizationKind))
    created_at: Mapped[datetime]


class OtherName(Base):
    """Another name of a body, or its own under another kind: whoever writes that means the body.

    Its old names stand here, and short ones. No organization bears both itself.
    """

    __tablename__ = "other_names"
    __table_args__ = (UniqueConstraint("name_key", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[OrganizationKind] = mapped_column(words(OrganizationKind))
    created_at: Mapped[datetime]


class ToldApart(Base):
    """Somebody has said that the two are different bodies, however much alike their names are; a row each way."""

    __tablename__ = "told_apart"
    __table_args__ = (CheckConstraint("organization_id <> other_id", name="two_bodies"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True, index=True)
    said_at: Mapped[datetime]


class Membership(Base):
    """The one organization an account belongs to: an owner acts for it, an expert scores none of its needs."""

    __tablename__ = "memberships"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)

    user: Mapped[User] = relationship()
    organization: Mapped[Organization] = relationship()


class RequestState(StrEnum):
    """Where a request for an account stands."""

    UNCONFIRMED = "unconfirmed"
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class AccountRequest(Base):
    """Somebody asks for an account for an organization; pending once the address is proven by a link in a mail."""

    __tablename__ = "account_requests"
    __table_args__ = (
        Index("ix_account_requests_state_confirmed_at", "state", "confirmed_at"),
        CheckConstraint("(decided_at IS NOT NULL) = (state IN ('approved', 'declined'))", name="decided_when_decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    organization_name: Mapped[str] = mapped_column(String(120))
    organization_kind: Mapped[OrganizationKind] = mapped_column(words(OrganizationKind))
    department: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320), index=True)
    phone: Mapped[str] = mapped_column(String(30))
    purpose: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    state: Mapped[RequestState] = mapped_column(words(RequestState), default=RequestState.UNCONFIRMED)
    requested_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decline_reason: Mapped[str] = mapped_column(Text, default="")

    decided_by: Mapped[User | None] = relationship()

    def confirm(self, now: datetime) -> None:
        """The address is proven; pressing the button again changes nothing."""
        if self.state is RequestState.UNCONFIRMED:
            self.state, self.confirmed_at = RequestState.PENDING, now

    def decide(self, state: RequestState, by: User, now: datetime, reason: str = "") -> None:
        """Approve or decline it, once."""
        if self.state is not RequestState.PENDING:
            raise Refused(N_("이미 처리한 신청입니다."))
        self.state, self.decided_by, self.decided_at, self.decline_reason = state, by, now, reason
