"""Finding the organization somebody names, and the one an account acts for."""

import unicodedata
from datetime import datetime

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.db import db, insert_new
from briefings.organizations.models import Membership, Organization, OrganizationKind


def name_key(name: str) -> str:
    """What two spellings of one name have in common: no spaces, one case, one Unicode form."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def named(name: str, kind: OrganizationKind, now: datetime) -> Organization:
    """The organization of that name and kind, added if it is new; safe when two people name it at once."""
    key = name_key(name)
    found = select(Organization).where(Organization.name_key == key, Organization.kind == kind)
    known = db.session.scalar(found)
    if known is None:
        row = {"name": " ".join(name.split()), "name_key": key, "kind": kind, "created_at": now}
        insert_new(Organization.__table__, [row])
        known = db.session.scalars(found).one()
    return known


def organization_of(user: User) -> Organization | None:
    """The organization an account acts for, if any."""
    found = select(Organization).join(Membership, Membership.organization_id == Organization.id)
    return db.session.scalar(found.where(Membership.user_id == user.id))


def members_of(organization: Organization) -> list[User]:
    """The active accounts that act for it."""
    found = select(User).join(Membership, Membership.user_id == User.id)
    active = found.where(Membership.organization_id == organization.id, User.active)
    return list(db.session.scalars(active.order_by(User.id)))
