"""Accounts as administrators look after them: who there is, for which organization, in which role."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from briefings.accounts.models import Role, User
from briefings.accounts.opening import open_account, send_password_link
from briefings.accounts.roles import change_role
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.organizations.finding import name_key, named
from briefings.organizations.models import Membership, Organization, OrganizationKind
from briefings.web.erased import GONE

STALE = "그사이 다른 관리자가, 또는 다른 창에서 역할이나 기관을 바꾸었습니다. 지금 역할을 확인한 뒤 다시 골라 주세요."
TIED = (Role.OWNER, Role.EXPERT)
"""Who may belong to an organization: an owner acts for it, an expert scores no need of it."""


def accounts_found(words: str = "", role: Role | None = None) -> Select[Any]:
    """Accounts whose name, address or organization contains `words`, those of `role` only, by name.

    Those of erased people come last: nobody looks for them.
    """
    found = select(User).outerjoin(Membership, Membership.user_id == User.id)
    found = found.outerjoin(Organization, Organization.id == Membership.organization_id)
    if words:
        anywhere = (column.icontains(words, autoescape=True) for column in (User.name, User.email))
        found = found.where(or_(*anywhere, Organization.name_key.contains(name_key(words), autoescape=True)))
    if role:
        found = found.where(User.role == role)
    return found.order_by(User.name == GONE, User.name, User.id)


def organizations_of(users: Iterable[User]) -> dict[int, Organization]:
    """The organization of each account that has one, by the account's id."""
    found = select(Membership.user_id, Organization).join(Organization)
    rows = db.session.execute(found.where(Membership.user_id.in_([user.id for user in users])))
    return {user_id: organization for user_id, organization in rows}


def add_account(
    email: str, name: str, role: Role, organization: tuple[str, OrganizationKind] | None, by: User, now: datetime
) -> User:
    """Open an account, tied to the organization it has one of, and mail the link that sets its password."""
    user = open_account(email, name, role, now)
    _tie(user, organization, now)
    send_password_link(user, now)
    record(by, "account.opened", user, now, role=role, organization=organization[0] if organization else "")
    return user


def as_read(user: User) -> str:
    """What a page says an account may do and for whom, for its form to bring back."""
    organization = organizations_of([user]).get(user.id)
    return f"{user.role.value} {organization.id if organization else 0}"


def assign(
    user: User,
    role: Role,
    organization: tuple[str, OrganizationKind] | None,
    by: User,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Give an account a role and an organization: an owner has one, an expert may; any other is untied from its own.

    Refused where it was otherwise when it was `seen`: what another gave or took meanwhile would be undone unknown.
    """
    if seen and seen != as_read(user):
        raise Refused(STALE, field="role")
    change_role(user, role, by, now)
    before = db.session.get(Membership, user.id)
    name_before = before.organization.name if before else ""
    _tie(user, organization, now)
    after = db.session.get(Membership, user.id)
    name_after = after.organization.name if after else ""
    if name_before != name_after:
        record(by, "account.organization_changed", user, now, before=name_before, after=name_after)


def _tie(user: User, organization: tuple[str, OrganizationKind] | None, now: datetime) -> None:
    lock(user)  # of two that tie an account at once, the second finds what the first has done
    membership = db.session.get(Membership, user.id)
    if organization is None and user.role is Role.OWNER:
        raise Refused(N_("수요기관 계정에는 기관이 있어야 합니다. 기관을 적어 주세요."), field="organization")
    if organization and user.role in TIED:
        tied = membership or Membership(user_id=user.id)
        tied.organization = named(*organization, now)
        db.session.add(tied)
    elif membership:
        db.session.delete(membership)
    db.session.flush()
