"""What is counted of needs, kept in memory as bits: read again only of organizations of which anything has changed.

Needs, replies and matches stand in parts, those of some organizations in each. Triggers give a part a new version in
the transaction that changes what is counted of it, and no two versions are ever the same in any database: what is kept
of a version can never be of another time. Bit n is the row at the place n, an integer is a set of rows.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, String, case, cast, delete, func, insert, or_, select, text

from briefings.db import db, dialect, unit_of_work
from briefings.needs.models import Need, need_audiences, need_themes
from briefings.organizations.models import Organization
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.statistics.models import BODIES_OF_A_PART, need_changes
from briefings.statistics.scope import Axis, consulted, in_time, stands

Bits = int
"""A set of rows."""
Numbers = dict[str, int]
Tag = tuple[str, Any]
"""What may be so of a row: that it is of the theme, the region … with this number or word, or one of those below."""
GROUPED, IN_TIME, SEEN, TALKED = (("", name) for name in ("grouped", "in time", "seen", "talked"))
PUBLISHED, BEGUN, DUE, FORMED, CONFIRMED, JOINED = range(6)
"""Moments that rows may have."""
Moments: TypeAlias = "tuple[array[int], array[int], bytes]"
"""Sorted, with the place of each, and all of these places."""
VERSIONS = 1 << 44
AT_A_TIME = 32
"""So many parts are read at once: all rows of a hundred thousand needs together would take 150 MB."""
DAYS = 40
EPOCH, MARK = datetime(1970, 1, 1, tzinfo=UTC), 49  # b"1"
AXES = {axis: axis.value for axis in Axis}
UNDER_WAY = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock'"
    " AND pid <> pg_backend_pid())"
)
"""Whoever has begun to write holds such a lock until what it wrote can be seen."""


class Row(NamedTuple):
    """A need, a reply to it, or an organization in its match; of the one that owns the need, or of that one itself."""

    body: int
    need: int
    tags: Sequence[Tag]
    moments: dict[int, int]


@dataclass(slots=True)
class Part:
    """Rows of some organizations, those of one and of one need side by side.

    After those of a need, and after those of an organization, a place is left free: if a bit is added at each of them,
    one of a row carries over to that place.
    """

    size: int = 0
    """As many places as some bytes have bits."""
    tags: dict[Tag, bytes] = field(default_factory=dict)
    moments: dict[int, Moments] = field(default_factory=dict)
    needs: tuple[bytes, bytes] = b"", b""
    bodies: tuple[bytes, bytes] = b"", b""
    """The places that are free, and those that stand before them."""


class Rows:
    """The rows of all parts."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts, self._none = parts, [bytes(part.size // 8) for part in parts]
        self._needs = [_joined(part.needs[which] for part in parts) for which in (0, 1)]
        self._bodies = [_joined(part.bodies[which] for part in parts) for which in (0, 1)]
        every = {tag for part in parts for tag in part.tags}
        pairs = list(zip(parts, self._none, strict=True))
        self._published: dict[int, Bits] = {}
        self.tags = {tag: _joined(part.tags.get(tag, none) for part, none in pairs) for tag in every}

    def tagged(self, tag: Tag) -> Bits:
        """Those of which this is so."""
        return self.tags.get(tag, 0)

    def published_before(self, end: int) -> Bits:
        """Those of needs that were published before that end of a day; of few days, as every look asks for the same."""
        if (found := self._published.get(end)) is None:
            found = self.before(PUBLISHED, end)
            self._published = {**(self._published if len(self._published) < DAYS else {}), end: found}
        return found

    def before(self, moment: int, end: int) -> Bits:
        """Those that have this moment, and before that end."""
        return self._up_to(moment, end, bisect_left)

    def until(self, moment: int, last: int) -> Bits:
        """Those that have this moment, at that last one or before."""
        return self._up_to(moment, last, bisect_right)

    def _up_to(self, moment: int, limit: int, place: Callable[[Any, int], int]) -> Bits:
        found = []
        for part, none in zip(self._parts, self._none, strict=True):
            moments, places, every = part.moments.get(moment, NO_MOMENTS)
            number = place(moments, limit)
            if not number:
                found.append(none)
            elif number == len(moments):
                found.append(every)
            elif 2 * number < len(moments):
                found.append(_bits(places[:number], part.size))
            else:
                others = _read(_bits(places[number:], part.size))
                found.append(_written(_read(every) ^ others, part.size))
        return _joined(found)

    def needs(self, rows: Bits) -> int:
        """How many needs these rows are about."""
        free, before = self._needs
        return (rows + before & free).bit_count()

    def bodies(self, rows: Bits) -> int:
        """How many organizations they are of."""
        free, before = self._bodies
        return (rows + before & free).bit_count()


class Picture(NamedTuple):
    """All that is counted, and of which versions of the parts it is."""

    versions: Mapping[int, int]
    needs: Rows
    replies: Rows
    """Of the organizations that own the needs."""
    sent: Rows
    """The same replies, of the organizations that sent them."""
    matches: Rows
    """A row for each organization in one, of the organization that owns the need."""
    joined: Rows
    """The same, of the organizations that are in them."""


KINDS_OF_ROWS = len(Picture._fields) - 1


class _Kept:
    """The last picture of this process: another database, or another time, has other versions."""

    picture: Picture | None = None
    of: Mapping[tuple[int, int], Sequence[Part]] = {}


def picture() -> Picture:
    """As it is at this moment: what has no new version since it was read last is not read again."""
    versions, kept = _versions(), _Kept.of
    if (last := _Kept.picture) and last.versions == versions:
        return last
    missing = [part for part, version in versions.items() if (part, version) not in kept]
    read: dict[int, Sequence[Part]] = {}
    for first in range(0, len(missing), AT_A_TIME):
        read |= _read_parts(missing[first : first + AT_A_TIME])
    found = {part: kept.get((part, version)) or read[part] for part, version in versions.items()}
    seen = Picture(versions, *(Rows([each[which] for each in found.values()]) for which in range(KINDS_OF_ROWS)))
    if _hold(versions):
        _Kept.of, _Kept.picture = {(part, versions[part]): each for part, each in found.items()}, seen
    return seen


def tidy() -> None:
    """Of each part one version instead of many, that says the same."""
    of = need_changes.c
    many = list(db.session.scalars(select(of.part).group_by(of.part).having(func.count() > 1)))
    for first in range(0, len(many), AT_A_TIME):
        with unit_of_work():
            some = of.part.in_(many[first : first + AT_A_TIME])
            gone = delete(need_changes).where(some).returning(of.part, of.version)
            sums: dict[int, int] = defaultdict(int)
            for part, version in db.session.execute(gone):
                sums[part] += version
            rows = [{"part": part, "version": version % VERSIONS} for part, version in sums.items()]
            if rows:
                db.session.execute(insert(need_changes), rows)


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _versions() -> dict[int, int]:
    of = need_changes.c
    found = select(of.part, func.sum(of.version)).group_by(of.part).order_by(of.part)
    return {part: int(version) % VERSIONS for part, version in db.session.execute(found)}


def _hold(versions: Mapping[int, int]) -> bool:
    """Whether whoever changes what has been read since these were read will give it a new version.

    On PostgreSQL a trigger does not see what another transaction is about to add, and leaves out its part: so while
    any is under way, or has ended since, nothing is kept. Those that begin now see all that has been read.
    """
    return not (dialect() == "postgresql" and db.session.scalar(UNDER_WAY)) and _versions() == versions


def _read_parts(parts: Sequence[int]) -> dict[int, Sequence[Part]]:
    """From rows."""
    bodies = [BODIES_OF_A_PART * part + number for part in parts for number in range(BODIES_OF_A_PART)]
    needs = _needs(bodies)
    found = {part: [list[Row]() for _ in range(KINDS_OF_ROWS)] for part in parts}

    def take(which: int, row: Row) -> None:
        if of_part := found.get(row.body // BODIES_OF_A_PART):
            of_part[which].append(row)

    for need in needs.values():
        take(0, need)
    for which, rows in ((1, _replies(bodies, needs)), (3, _matches(bodies, needs))):
        for whose, row in rows:
            take(which, row)
            if whose:
                take(which + 1, row._replace(body=whose))
    return {part: [_part(rows) for rows in of_part] for part, of_part in found.items()}


def _about(bodies: Sequence[int]) -> list[ColumnElement[bool]]:
    """Of a need: one of these organizations owns it, has replied to it, or is in its match."""
    replied = select(ParticipationReply.need_id).where(ParticipationReply.organization_id.in_(bodies))
    joined = select(Match.need_id).join(MatchOrganization, MatchOrganization.match_id == Match.id)
    joined = joined.where(MatchOrganization.organization_id.in_(bodies))
    own = Need.organization_id.in_(bodies)
    return [Need.published_at.is_not(None), or_(own, Need.id.in_(replied), Need.id.in_(joined))]


def _needs(bodies: Sequence[int]) -> dict[int, Row]:
    topics = [
        select(func.aggregate_strings(cast(column, String), ",")).where(of_need == Need.id).scalar_subquery()
        for of_need, column in (
            (need_themes.c.need_id, need_themes.c.theme_id),
            (need_audiences.c.need_id, need_audiences.c.audience_id),
        )
    ]
    found: Any = select(Need.id, Need.organization_id, Need.published_at, cast(Need.region, String), Need.round_id)
    found = found.add_columns(cast(Organization.kind, String), *topics)
    found = found.join(Organization, Organization.id == Need.organization_id).where(*_about(bodies))
    placed = _placed(bodies)
    rows = {}
    for number, owner, published_at, region, round_id, kind, *of_topics in db.session.execute(found):
        tags = [(AXES[Axis.REGION], region), (AXES[Axis.ROUND], round_id), (AXES[Axis.OWNER_KIND], kind)]
        for axis, topics_of_it in zip((AXES[Axis.THEME], AXES[Axis.AUDIENCE]), of_topics, strict=True):
            tags += [(axis, int(each)) for each in topics_of_it.split(",")] if topics_of_it else []
        moments = {PUBLISHED: microseconds(published_at)}
        if number in placed:
            tags.append(GROUPED)
            moments |= {BEGUN: microseconds(begins)} if (begins := placed[number]) else {}
        rows[number] = Row(owner, number, tags, moments)
    return rows


def _placed(bodies: Sequence[int]) -> dict[int, datetime | None]:
    """The needs with a place in a briefing that was not called off, and when the first of those published begins."""
    begins = func.min(case((Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at)))
    found = select(PresenterSlot.need_id, begins).join(Briefing, Briefing.id == PresenterSlot.briefing_id)
    found = found.join(Need, Need.id == PresenterSlot.need_id).where(*_about(bodies))
    found = found.where(Briefing.state != BriefingState.CANCELLED).group_by(PresenterSlot.need_id)
    return {need: starts_at for need, starts_at in db.session.execute(found)}


def _replies(bodies: Sequence[int], needs: Mapping[int, Row]) -> Iterator[tuple[int, Row]]:
    """Of the owner of the need, with who sent it."""
    of = ParticipationReply
    found: Any = select(of.need_id, of.organization_id, cast(Organization.kind, String), of.due_at, of.acknowledged_at)
    found = found.add_columns(in_time(), consulted()).join(Need, Need.id == of.need_id)
    found = found.join(Organization, Organization.id == of.organization_id).where(stands(), *_about(bodies))
    for number, whose, kind, due_at, seen_at, was_in_time, talked in db.session.execute(found):
        if need := needs.get(number):
            flags = [tag for tag, is_so in ((IN_TIME, was_in_time), (SEEN, seen_at), (TALKED, talked)) if is_so]
            tags, moments = [*need.tags, (AXES[Axis.KIND], kind), *flags], need.moments | {DUE: microseconds(due_at)}
            yield whose, Row(need.body, number, tags, moments)


def _matches(bodies: Sequence[int], needs: Mapping[int, Row]) -> Iterator[tuple[int | None, Row]]:
    """Of the owner of the need, with who is in it; one without anybody also is one."""
    of, joined_at = MatchOrganization, MatchOrganization.confirmed_at
    found: Any = select(Match.need_id, Match.matched_on, Match.confirmed_at, of.organization_id, joined_at)
    found = found.add_columns(cast(Organization.kind, String)).join(Need, Need.id == Match.need_id)
    found = found.outerjoin(of, of.match_id == Match.id).outerjoin(Organization, Organization.id == of.organization_id)
    found = found.where(Match.confirmed_at.is_not(None), *_about(bodies))
    for number, matched_on, confirmed_at, whose, confirmed_by_it, kind in db.session.execute(found):
        if need := needs.get(number):
            moments = need.moments | {FORMED: matched_on.toordinal(), CONFIRMED: microseconds(confirmed_at)}
            moments |= {JOINED: microseconds(confirmed_by_it)} if confirmed_by_it else {}
            partner = [(AXES[Axis.KIND], kind)] if whose and whose != need.body else []
            yield whose, Row(need.body, number, [*need.tags, *partner], moments)


def _part(rows: list[Row]) -> Part:
    rows.sort(key=attrgetter("body", "need"))
    tags: dict[Tag, list[int]] = defaultdict(list)
    moments: dict[int, list[tuple[int, int]]] = defaultdict(list)
    free: tuple[list[int], list[int]] = [], []
    before, place = [0, 0], 0
    for _, of_body in groupby(rows, attrgetter("body")):
        first = place
        for _, of_need in groupby(of_body, attrgetter("need")):
            begin = place
            for place, row in enumerate(of_need, begin):
                for tag in row.tags:
                    tags[tag].append(place)
                for moment, at in row.moments.items():
                    moments[moment].append((at, place))
            place = _leave_free(0, begin, place + 1, free, before)
        place = _leave_free(1, first, place, free, before)
    size = (place + 7) // 8 * 8
    found = Part(size, {tag: _bits(places, size) for tag, places in tags.items()})
    for moment, ats in moments.items():
        ats.sort()
        places = array("i", (each for _, each in ats))
        found.moments[moment] = array("q", (at for at, _ in ats)), places, _bits(places, size)
    found.needs, found.bodies = ((_bits(free[of], size), _written(before[of], size)) for of in (0, 1))
    return found


def _leave_free(of: int, first: int, place: int, free: Sequence[list[int]], before: list[int]) -> int:
    before[of] |= (1 << place) - (1 << first)
    free[of].append(place)
    return place + 1


NO_MOMENTS: Moments = array("q"), array("i"), b""


def _bits(places: Iterable[int], size: int) -> bytes:
    marks = bytearray(b"0") * size
    for place in places:
        marks[-1 - place] = MARK
    return _written(int(marks, 2) if size else 0, size)


def _written(bits: Bits, size: int) -> bytes:
    return bits.to_bytes(size // 8, "little")


def _read(written: bytes) -> Bits:
    return int.from_bytes(written, "little")


def _joined(parts: Iterable[bytes]) -> Bits:
    return _read(b"".join(parts))
