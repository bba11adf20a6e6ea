"""Organization and Membership."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, words


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
    """One body. `name_key` is the name without spaces and case: what makes two spellings the same body."""

    __tablename__ = "organizations"
    __table_args__ = (UniqueConstraint("name_key", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[OrganizationKind] = mapped_column(words(OrganizationKind))
    created_at: Mapped[datetime]


class Membership(Base):
    """The one organization an account acts for."""

    __tablename__ = "memberships"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)

    user: Mapped[User] = relationship()
    organization: Mapped[Organization] = relationship()
