"""Finding the organization somebody names, and the one an account acts for."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select

from briefings.accounts.models import Role, User
from briefings.db import db, insert_new
from briefings.organizations.models import Membership, Organization, OrganizationKind, OtherName

_FORM = r"\((?:주|유|사|재)\)|주식회사|유한회사|사단법인|재단법인"
_LEGAL_FORM = re.compile(rf"^(?:{_FORM})|(?:{_FORM})$")


def name_key(name: str) -> str:
    """What two spellings of one name have in common: no spaces, nothing unseen, one case, one Unicode form, and no
    legal form before or behind it ((주)한빛, 한빛 주식회사, 한빛): some write it, some do not.
    """
    seen = "".join(char for char in name if unicodedata.category(char) != "Cf")
    key = "".join(unicodedata.normalize("NFKC", seen).casefold().split())
    # One sign may become many (㈜, ﷺ): of names that grow too long for the column, the beginning counts.
    return (_LEGAL_FORM.sub("", key) or key)[:120]


def organization_named(name: str, kind: OrganizationKind) -> Organization | None:
    """The organization of that name or other name, however it is spaced, and that kind, if there is one."""
    which = {"key": name_key(name), "kind": kind}
    return db.session.scalar(_NAMED, which) or db.session.scalar(_NAMED_OTHERWISE, which)


_NAMED = select(Organization).where(Organization.name_key == bindparam("key"), Organization.kind == bindparam("kind"))
_NAMED_OTHERWISE = (
    select(Organization)
    .join(OtherName, OtherName.organization_id == Organization.id)
    .where(OtherName.name_key == bindparam("key"), OtherName.kind == bindparam("kind"))
)


def named(name: str, kind: OrganizationKind, now: datetime) -> Organization:
    """The organization of that name and kind, added if it is new; safe when two people name it at once."""
    return organization_named(name, kind) or db.session.get_one(Organization, number_named(name, kind, now))


def number_named(name: str, kind: OrganizationKind, now: datetime) -> int:
    """The id of the same, for who needs nothing else of it."""
    which = {"key": name_key(name), "kind": kind}
    number: int | None = db.session.connection().scalar(_NUMBER, which)
    if number is None:
        row = {"name": " ".join(name.split()), "name_key": which["key"], "kind": kind, "created_at": now}
        insert_new(Organization.__table__, [row])
        number = db.session.connection().execute(_NUMBER, which).scalar_one()  # ours, or the other's
    return number


_NUMBER = select(
    func.coalesce(
        _NAMED.with_only_columns(Organization.id).scalar_subquery(),
        _NAMED_OTHERWISE.with_only_columns(Organization.id).scalar_subquery(),
    )
)


def kinds_named(keys: Collection[str]) -> dict[str, set[OrganizationKind]]:
    """The kinds that go with names, given by their keys: those of the bodies so called, else of their other names."""
    found: dict[str, set[OrganizationKind]] = {}
    for names in (OtherName, Organization):
        known: dict[str, set[OrganizationKind]] = {}
        for key, kind in db.session.execute(select(names.name_key, names.kind).where(names.name_key.in_(keys))):
            known.setdefault(key, set()).add(kind)
        found |= known
    return found


def organization_of(user: User) -> Organization | None:
    """The organization an account belongs to, if any: an owner acts for it."""
    found = select(Organization).join(Membership, Membership.organization_id == Organization.id)
    return db.session.scalar(found.where(Membership.user_id == user.id))


def acts_for(user: User, organization: Organization) -> bool:
    """Whether an account may act for it now."""
    member = exists().where(Membership.user_id == user.id, Membership.organization_id == organization.id)
    return user.active and user.is_member and bool(db.session.scalar(select(member)))


def members_of(organization: Organization) -> list[User]:
    """The active accounts that act for it."""
    found = select(User).join(Membership, Membership.user_id == User.id)
    active = found.where(Membership.organization_id == organization.id, User.active, User.role == Role.OWNER)
    return list(db.session.scalars(active.order_by(User.id)))
