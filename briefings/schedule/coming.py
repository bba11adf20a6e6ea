"""Briefings that anyone may see: the next ones, and those that speak of something."""

from datetime import datetime

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from briefings.db import db
from briefings.needs.models import Audience, Need, Theme
from briefings.needs.search_index import says
from briefings.organizations.models import Organization
from briefings.schedule.finding import LISTED, Seen, places_of_each
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot

PER_PAGE = 10


def next_ones(now: datetime, most: int, unlisted_too: bool = False) -> list[Seen]:
    """The announced briefings that end next, with their places; by two statements. `unlisted_too`: for staff."""
    found = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at > now)
    if not unlisted_too:
        found = found.where(LISTED)
    with_names = found.options(joinedload(Briefing.theme), joinedload(Briefing.audience))
    briefings = db.session.scalars(with_names.order_by(Briefing.starts_at, Briefing.id).limit(most)).all()
    places = places_of_each(briefings)
    return [Seen(briefing, places[briefing.id]) for briefing in briefings]


def speaking_of(words: list[str], now: datetime, page: int) -> Pagination:
    """Announced briefings in whose own text, or in one of whose needs, each of `words` is found; what comes first."""
    found = select(Briefing).join(Briefing.theme).join(Briefing.audience)
    found = found.where(LISTED, speaks_of(words))
    over = Briefing.ends_at <= now
    in_order = found.order_by(over, case((~over, Briefing.starts_at)), Briefing.starts_at.desc(), Briefing.id)
    with_names = in_order.options(contains_eager(Briefing.theme), contains_eager(Briefing.audience))
    return db.paginate(with_names, page=page, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)


def speaks_of(words: list[str]) -> ColumnElement[bool]:
    """Of a briefing with its theme and audience: whether each of `words` is in its own text, or in one of its needs."""
    return or_(_itself_says(words), _a_need_says(words))


def _itself_says(words: list[str]) -> ColumnElement[bool]:
    text = Briefing.title + "\n" + Briefing.description + "\n" + Theme.name + "\n" + Audience.name
    bare = func.replace(func.lower(text), " ", "")
    return and_(True, *(bare.contains(word.lower(), autoescape=True) for word in words))


def _a_need_says(words: list[str]) -> ColumnElement[bool]:
    presented = select(PresenterSlot.id).join(Need, Need.id == PresenterSlot.need_id)
    presented = presented.join(Organization, Organization.id == Need.organization_id)
    return exists(presented.where(PresenterSlot.briefing_id == Briefing.id, *says(words)).correlate(Briefing))
