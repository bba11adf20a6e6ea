"""The rows of a breakdown by name, in the order people expect them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from briefings.db import db
from briefings.needs.models import Audience, Region, Round, Theme
from briefings.needs.words import REGIONS
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.schedule.models import Briefing
from briefings.statistics.funnel import Funnel
from briefings.statistics.scope import Axis

NO_ROUND = "수요조사와 따로"


class Line(NamedTuple):
    """One row of a breakdown: which, its name, and its funnel."""

    value: Any
    name: str
    funnel: Funnel


def in_order(axis: Axis, rows: Mapping[Any, Funnel]) -> list[Line]:
    """Themes as staff ordered them, kinds as the ministry does, rounds, briefings and periods the latest first."""
    names = _names(axis, list(rows))
    return [Line(value, name, rows[value]) for value, name in names.items() if value in rows]


def half_in_words(number: int) -> str:
    """`2026년 하반기`."""
    year, second = divmod(number, 2)
    return f"{year}년 {'하반기' if second else '상반기'}"


def _names(axis: Axis, values: list[Any]) -> dict[Any, str]:
    if axis in (Axis.KIND, Axis.OWNER_KIND):
        return {kind: KINDS[kind] for kind in OrganizationKind}
    if axis is Axis.REGION:
        return {region: REGIONS[region] for region in Region}
    if axis in (Axis.HALF, Axis.YEAR):
        written = half_in_words if axis is Axis.HALF else "{}년".format
        return {number: written(number) for number in sorted((each for each in values if each), reverse=True)}
    tables: dict[Axis, Any] = {
        Axis.THEME: select(Theme.id, Theme.name).order_by(Theme.position),
        Axis.AUDIENCE: select(Audience.id, Audience.name).order_by(Audience.position),
        Axis.ROUND: select(Round.id, Round.name).order_by(Round.opens_at.desc()),
        Axis.BRIEFING: select(Briefing.id, Briefing.title).order_by(Briefing.starts_at.desc(), Briefing.id.desc()),
    }
    found = {number: name for number, name in db.session.execute(tables[axis])}
    return found | {None: NO_ROUND} if axis is Axis.ROUND else found
