"""The people of each briefing: counted ahead by the worker where nothing has changed since, from rows where it has.

Who has a place and who was there is known of every briefing beforehand, so that a million registrations are not counted
for each look at the funnel. Which organizations those are is kept as bits: of any number of briefings together they
are one number's bits.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.pq import Format
from sqlalchemy import ColumnElement, Connection, Engine, String, case, cast, delete, event, exists, func, select

from briefings.db import db, insert_or_update, unit_of_work
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.organizations.models import Organization, OrganizationKind
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.statistics.models import BriefingTally, overtaken_tallies
from briefings.statistics.scope import LATEST_FIRST, begun, holds_place

Bits = int
"""Organizations: bit n is the one with the number n."""
EVERY: Mapping[Any, Bits] = {None: -1}
"""Instead of kinds: any organization."""
NOBODY = [0, 0, 0, 0]
READ_AT_ONCE = 1000
AT_A_TIME = 5
"""So many briefings are counted ahead at once: whoever changes them waits 0.1 s if a thousand registered for each."""


AS_BYTES = "as_bytes"
"""An execution option of statements that read many bytes: PostgreSQL is not to spell them out."""


@dataclass(slots=True)
class Tally:
    """The people of one briefing.

    `by_kind` has for each kind of organization how many applied, have a place, were there, or either of both.
    """

    briefing_id: int
    begun: bool
    by_kind: dict[str, list[int]]
    registered: Bits = 0
    attended: Bits = 0


class Kept:
    """Bits that were read, by the version of their tally, which no other has in any database.

    So they can never be those of another time; to read those of a thousand briefings takes longer than all else on a
    page.
    """

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._bits: dict[int, tuple[Bits, Bits]] = {}

    def get(self, version: int) -> tuple[Bits, Bits] | None:
        """None where they have to be read."""
        return self._bits.get(version)

    def keep(self, version: int, bits: tuple[Bits, Bits]) -> tuple[Bits, Bits]:
        """Give them back; where it becomes too much, forget all others: most are of tallies that hold no longer."""
        size = sum(each.bit_length() // 8 for each in bits)
        if self._size + size > self._most:
            self._bits, self._size = {}, 0
        self._size += size
        self._bits[version] = bits
        return bits


KEPT = Kept(32 * 1024 * 1024)
"""A thousand briefings with fifty thousand organizations take 13 MB."""


def tallies(briefings: Sequence[ColumnElement[bool]], now: datetime, *, organizations: bool = True) -> list[Tally]:
    """Of each of these briefings, the latest first: what holds, and from rows what does not.

    Where nobody asks for `organizations`, their bits may be missing.
    """
    found: Any = select(Briefing.id, begun(now).label("begun"), BriefingTally.by_kind, BriefingTally.version)
    found = found.outerjoin(BriefingTally, _holds_of(Briefing.id)).where(*briefings).order_by(*LATEST_FIRST)
    rows = db.session.execute(found).all()
    hold = {row.id: row.version for row in rows if row.version is not None}
    bits = _bits_of_tallies(hold) if organizations else dict.fromkeys(hold, (0, 0))
    written = ",".join(row.by_kind if row.id in bits else "{}" for row in rows)
    by_kinds = json.loads(f"[{written}]")  # once is quicker than a thousand times
    told = {
        row.id: Tally(row.id, row.begun, by_kind, *bits.get(row.id, (0, 0)))
        for row, by_kind in zip(rows, by_kinds, strict=True)
    }
    if from_rows := {number: tally for number, tally in told.items() if number not in bits}:
        _count(from_rows)
    return list(told.values())


def counted(people: Sequence[Tally], kinds: Mapping[Any, Bits]) -> list[dict[str, int]]:
    """Of each of these kinds, or of EVERY one, who signed up, has a place, was expected and was there.

    Expected were all with a place where it has begun, and whoever came without one.
    """
    registered = attended = 0
    for tally in people:
        registered |= tally.registered
        attended |= tally.attended
    return [
        numbers_of(people, kind)
        | {
            "registered_organizations": (registered & bodies).bit_count(),
            "attended_organizations": (attended & bodies).bit_count(),
        }
        for kind, bodies in kinds.items()
    ]


def numbers_of(people: Sequence[Tally], kind: OrganizationKind | None) -> dict[str, int]:
    """Of this kind, or of any where it is None: who signed up, has a place, was expected and was there."""
    applied = registered = expected = attended = 0
    for tally in people:
        for numbers in tally.by_kind.values() if kind is None else [tally.by_kind.get(kind, NOBODY)]:
            applied += numbers[0]
            registered += numbers[1]
            attended += numbers[2]
            expected += numbers[3] if tally.begun else numbers[2]
    return {"applied": applied, "registered": registered, "expected": expected, "attended": attended}


def bits_of(kinds: Sequence[OrganizationKind]) -> dict[OrganizationKind, Bits]:
    """The organizations of each of these kinds."""
    numbers = func.aggregate_strings(cast(Organization.id, String), ",")
    found = select(Organization.kind, numbers).where(Organization.kind.in_(kinds)).group_by(Organization.kind)
    return dict.fromkeys(kinds, 0) | {kind: _bits(of_kind) for kind, of_kind in db.session.execute(found)}


def overtaken() -> Sequence[int]:
    """The briefings whose people are to be counted ahead again, or for the first time."""
    found = select(Briefing.id).outerjoin(BriefingTally, _holds_of(Briefing.id))
    return db.session.scalars(found.where(BriefingTally.briefing_id.is_(None)).order_by(Briefing.id)).all()


def count_all_ahead(stopping: Callable[[], bool]) -> None:
    """Count the people of all of these, some in each transaction, until told to stop."""
    found = overtaken()
    for first in range(0, len(found), AT_A_TIME):
        if stopping():
            return
        with unit_of_work():
            count_ahead(found[first : first + AT_A_TIME])


def count_ahead(briefings: Sequence[int]) -> None:
    """Count the people of these briefings from rows, and keep that; not now where somebody is changing them.

    Writers wait until it is done: on SQLite for the transaction, on PostgreSQL for the briefing, in a trigger.
    """
    free = select(Briefing.id).where(Briefing.id.in_(briefings)).order_by(Briefing.id)
    people = {number: Tally(number, False, {}) for number in db.session.scalars(free.with_for_update(skip_locked=True))}
    _count(people)
    rows = [
        {
            "briefing_id": number,
            "by_kind": json.dumps(tally.by_kind),
            "version": secrets.randbits(63),
            "registered": _written(tally.registered),
            "attended": _written(tally.attended),
        }
        for number, tally in people.items()
    ]
    insert_or_update(BriefingTally.__table__, rows, ("briefing_id",))
    db.session.execute(delete(overtaken_tallies).where(overtaken_tallies.c.briefing_id.in_(people)))


def _holds_of(briefing_id: Any) -> ColumnElement[bool]:
    """Of a tally: it is that of the briefing, and nothing has changed since."""
    is_overtaken = exists().where(overtaken_tallies.c.briefing_id == BriefingTally.briefing_id)
    return (BriefingTally.briefing_id == briefing_id) & ~is_overtaken.correlate(BriefingTally)


def _bits_of_tallies(versions: Mapping[int, int]) -> dict[int, tuple[Bits, Bits]]:
    """Who signed up and who was there, by briefing; not of those that were counted again since the version is known."""
    found = {number: bits for number, version in versions.items() if (bits := KEPT.get(version))}
    missing = [number for number in versions if number not in found]
    for first in range(0, len(missing), READ_AT_ONCE):
        some = BriefingTally.briefing_id.in_(missing[first : first + READ_AT_ONCE])
        columns = BriefingTally.briefing_id, BriefingTally.version, BriefingTally.registered, BriefingTally.attended
        rows = db.session.execute(select(*columns).where(some), execution_options={AS_BYTES: True})
        for number, version, registered, attended in rows:
            if version == versions[number]:
                found[number] = KEPT.keep(version, (_read(registered), _read(attended)))
    return found


def _count(people: Mapping[int, Tally]) -> None:
    """Fill the empty tallies of these briefings from rows."""
    placed, seen = holds_place(), was_there()
    whose = cast(Registration.organization_id, String)
    found: Any = select(Registration.briefing_id, Organization.kind, func.count())
    found = found.add_columns(*(_number(each) for each in (placed, seen, placed | seen)))
    found = found.add_columns(*(func.aggregate_strings(case((each, whose)), ",") for each in (placed, seen)))
    found = found.select_from(Registration).join(Organization, Organization.id == Registration.organization_id)
    found = found.outerjoin(Attendance, Attendance.registration_id == Registration.id)
    found = found.where(Registration.briefing_id.in_(people)).group_by(Registration.briefing_id, Organization.kind)
    for number, kind, applied, *numbers, registered, attended in db.session.execute(found):
        tally = people[number]
        tally.by_kind[kind.value] = [applied, *numbers]
        tally.registered |= _bits(registered)
        tally.attended |= _bits(attended)


def _number(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _bits(numbers: str | None) -> Bits:
    """Of numbers with commas between."""
    if not numbers:
        return 0
    which = json.loads(f"[{numbers}]")  # quicker than to make a number of each
    marks = bytearray(b"0") * (max(which) + 1)
    for number in which:
        marks[-1 - number] = 49  # b"1"
    return int(marks, 2)


def _read(written: bytes | None) -> Bits:
    return int.from_bytes(written or b"", "little")


def _written(bits: Bits) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


@event.listens_for(Engine, "before_cursor_execute")
def _read_as_bytes(connection: Connection, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
    if context is not None and AS_BYTES in context.execution_options and connection.dialect.name == "postgresql":
        cursor.format = Format.BINARY
