"""The list of matches that staff read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.needs.models import Need
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.match_watch import late_before


class Shelf(StrEnum):
    """Where a match stands, as staff look for it."""

    LATE = "late"
    WAITING = "waiting"
    OBJECTED = "objected"
    CONFIRMED = "confirmed"


SHELVES = {
    Shelf.LATE: "확인이 늦음",
    Shelf.WAITING: "확인을 기다림",
    Shelf.OBJECTED: "다르다고 함",
    Shelf.CONFIRMED: "확인함",
}


def matches_on(shelf: Shelf | None, now: datetime) -> Select[Match]:
    """The matches of a shelf, or all, those recorded last first, with their organizations."""
    conditions = {
        Shelf.LATE: Match.organizations.any(MatchOrganization.asked_at < late_before(now)),
        Shelf.WAITING: Match.organizations.any(MatchOrganization.asked_at.is_not(None)),
        Shelf.OBJECTED: Match.organizations.any(MatchOrganization.objected_at.is_not(None)),
        Shelf.CONFIRMED: Match.confirmed_at.is_not(None),
    }
    own = select(Need.organization_id).where(Need.id == Match.need_id).correlate(Match).scalar_subquery()
    has_partners = Match.organizations.any(MatchOrganization.organization_id != own)
    found = select(Match).where(has_partners).order_by(Match.recorded_at.desc(), Match.id.desc())
    if shelf is not None:
        found = found.where(conditions[shelf])
    need = joinedload(Match.need).joinedload(Need.organization)
    return found.options(need, selectinload(Match.organizations).joinedload(MatchOrganization.organization))
