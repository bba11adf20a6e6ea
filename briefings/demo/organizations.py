"""A body that the example knows three times, under another spelling and another kind: staff make it one."""

from datetime import datetime, timedelta

from sqlalchemy import select

from briefings.db import db
from briefings.organizations.finding import named
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.registration_models import Registration


def load_organizations(now: datetime) -> None:
    """After people have registered: of one company two typed its name otherwise, or took it for an association."""
    of_company = Registration.organization.has(Organization.kind == OrganizationKind.COMPANY)
    found = select(Registration).where(of_company).order_by(Registration.id.desc())
    registration = db.session.scalars(found.limit(1)).first()
    if registration is None:
        return
    known, day = registration.organization, now - timedelta(days=1)
    bare = known.name.removesuffix("(주)")
    # As it was kept when legal forms were part of what makes two spellings one.
    written = {"name": f"주식회사 {bare}", "name_key": f"주식회사{known.name_key}", "created_at": day}
    registration.organization = Organization(kind=known.kind, **written)
    named(bare, OrganizationKind.ASSOCIATION, day)
    db.session.flush()
