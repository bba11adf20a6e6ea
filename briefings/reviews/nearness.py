"""Who is too near to a need to judge it."""

from sqlalchemy import ColumnElement, false, func, or_

from briefings.accounts.models import User
from briefings.needs.models import Need
from briefings.organizations.models import Membership


def is_near(user: User, organization_id: int | None, need: Need) -> bool:
    """Whether the need is of the organization the person belongs to, or they wrote it or are its contact."""
    ours = organization_id is not None and organization_id == need.organization_id
    return ours or need.created_by_id == user.id or need.contact_email.lower() == user.email.lower()


def near() -> ColumnElement[bool]:
    """The same in a statement that joins `User`, `Need` and, where there is one, `Membership`."""
    ours = Membership.organization_id == Need.organization_id
    theirs = or_(ours, Need.created_by_id == User.id, func.lower(Need.contact_email) == func.lower(User.email))
    return func.coalesce(theirs, false())
