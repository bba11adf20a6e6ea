"""An organization is in a match no more: its talks came to an end, or its reply was declined or taken back."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from briefings.db import db
from briefings.needs.models import Need
from briefings.participation.match_models import Match


def leave_match(need: Need, organization_id: int) -> None:
    """What was recorded of joint work on a need is without that organization. The caller holds the need."""
    found = select(Match).where(Match.need_id == need.id).options(selectinload(Match.organizations))
    match = db.session.scalar(found.execution_options(populate_existing=True))
    joined = match.of(organization_id) if match else None
    if match is None or joined is None:
        return
    match.organizations.remove(joined)
    match.settle()
    need.matched_at = match.confirmed_at
    db.session.flush()
    if not match.partners:
        _forget(match)


def _forget(match: Match) -> None:
    """Nothing was agreed on; where a story was written of it, an empty record stays, which counts and shows nowhere."""
    try:
        with db.session.begin_nested():
            db.session.delete(match)
            db.session.flush()
    except IntegrityError:
        db.session.expire(match)
