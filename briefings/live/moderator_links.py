"""The moderator's personal link to the run sheet: no account, one briefing, revoked by a new version."""

from flask import abort, url_for
from sqlalchemy import select

from briefings.db import db
from briefings.live.days import day_of
from briefings.live.models import BriefingDay
from briefings.schedule.models import Briefing
from briefings.schedule.overview import numbered
from briefings.web.tokens import public_id_in, refuse_unless_in_force, token_for


def moderator_token(briefing: Briefing, day: BriefingDay) -> str:
    """The current token of a briefing's moderator."""
    return token_for("moderator", briefing.public_id, day.moderator_version)


def moderator_url(briefing: Briefing, day: BriefingDay, endpoint: str = "moderator.show") -> str:
    """The full address of one of the moderator's pages, to be copied or for a mail."""
    return url_for(endpoint, token=moderator_token(briefing, day), _external=True)


def briefing_moderated(token: str) -> Briefing:
    """The briefing a token leads, with its order; LinkEnded where it was revoked, 404 for any other token."""
    number = db.session.scalar(select(Briefing.id).where(Briefing.public_id == public_id_in(token)))
    briefing = numbered(number) if number is not None else None
    if briefing is None:
        abort(404)
    refuse_unless_in_force(token, "moderator", briefing.public_id, day_of(briefing).moderator_version)
    return briefing
