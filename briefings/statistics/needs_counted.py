"""Needs, replies and matches of a scope, counted in memory: the same numbers that rows give."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from briefings.needs.models import Region
from briefings.organizations.models import OrganizationKind
from briefings.statistics.need_bits import (
    BEGUN,
    CONFIRMED,
    DUE,
    FORMED,
    GROUPED,
    IN_TIME,
    JOINED,
    PUBLISHED,
    SEEN,
    TALKED,
    Numbers,
    Rows,
    microseconds,
    picture,
)
from briefings.statistics.scope import Axis, Scope, bounds, end_of

Periods = Sequence[tuple[int, datetime]]
"""Numbers of half-years or years one after the other, with the moment at which each ends."""
OF_TEXT = {Axis.REGION: Region, Axis.KIND: OrganizationKind, Axis.OWNER_KIND: OrganizationKind}
"""What the values along an axis are that stand in the database as a word."""


class NeedsCounted:
    """Those of a scope, at one moment."""

    def __init__(self, scope: Scope, zone: ZoneInfo, now: datetime) -> None:
        self._scope, self._seen, today = scope, picture(), now.astimezone(zone).date()
        self._now, self._today, self._end = microseconds(now), today.toordinal(), microseconds(end_of(today, zone))
        self._bounds = bounds(scope.since, scope.until, zone)

    def needs(self, axis: Axis | None, periods: Periods) -> dict[Any, Numbers]:
        """By the values of the axis how many there are, were given a place, and were presented."""
        rows = self._seen.needs
        grouped = rows.tagged(GROUPED)
        steps = {"needs": -1, "grouped": grouped, "briefed": grouped & rows.until(BEGUN, self._now)}
        found: dict[Any, Numbers] = defaultdict(dict)
        for value, some in self._by(rows, axis, periods).items():
            for step, those in steps.items():
                found[value] |= {step: (some & those).bit_count(), f"{step}_organizations": rows.bodies(some & those)}
        return found

    def replies(self, axis: Axis | None, periods: Periods) -> dict[Any, Numbers]:
        """By the values of the axis how many there are, of how many needs, and what became of them."""
        rows, sent = self._seen.replies, self._seen.sent
        due, in_time = rows.tagged(SEEN) | rows.before(DUE, self._now), sent.tagged(IN_TIME)
        by_sender = self._by(sent, axis, periods)
        found = {}
        for value, some in self._by(rows, axis, periods).items():
            talked = some & rows.tagged(TALKED)
            found[value] = {
                "replied": rows.needs(some),
                "replied_organizations": rows.bodies(some),
                "replies": some.bit_count(),
                "answered": (some & rows.tagged(IN_TIME)).bit_count(),
                "due": (some & due).bit_count(),
                "consulted": rows.needs(talked),
                "consulted_organizations": rows.bodies(talked),
                "sent_organizations": sent.bodies(by_sender[value]),
                "seen_organizations": sent.bodies(by_sender[value] & in_time),
            }
        return found

    def matches(self, axis: Axis | None, periods: Periods) -> dict[Any, Numbers]:
        """By the values of the axis how many there are, and how many organizations are in them."""
        rows, joined = self._seen.matches, self._seen.joined
        formed = {of: of.until(FORMED, self._today) & of.before(CONFIRMED, self._end) for of in (rows, joined)}
        # Of a kind they are matches with a partner of that kind, which others need not have.
        of_partners = axis is Axis.KIND or self._scope.kind is not None
        counting = formed[rows] & (rows.before(JOINED, self._end) if of_partners else -1)
        in_them = formed[joined] & joined.before(JOINED, self._end)
        by_body = self._by(joined, axis, periods)
        return {
            value: {
                "matched": rows.needs(some & counting),
                "matched_organizations": joined.bodies(by_body.get(value, 0) & in_them),
            }
            for value, some in self._by(rows, axis, periods).items()
        }

    def _by(self, rows: Rows, axis: Axis | None, periods: Periods) -> dict[Any, int]:
        found = self._in_scope(rows)
        if axis is None:
            return {None: found}
        if axis not in (Axis.HALF, Axis.YEAR):
            of_text = OF_TEXT.get(axis, lambda value: value)
            return {of_text(value): found & bits for (name, value), bits in rows.tags.items() if name == axis.value}
        by_period = {}
        for number, end in periods:
            earlier = rows.published_before(microseconds(end))
            by_period[number] = found & earlier
            found &= ~earlier
        return by_period

    def _in_scope(self, rows: Rows) -> int:
        found = rows.until(PUBLISHED, self._now)
        for axis in (Axis.THEME, Axis.AUDIENCE, Axis.REGION, Axis.ROUND, Axis.OWNER_KIND, Axis.KIND):
            value = self._scope.value_at(axis)
            if value is not None and not (axis is Axis.KIND and rows is self._seen.needs):
                found &= rows.tagged((axis.value, value.value if axis in OF_TEXT else value))
        first, end = self._bounds
        if first is not None:
            found &= ~rows.published_before(microseconds(first))
        return found if end is None else found & rows.published_before(microseconds(end))
