"""The attendance of a briefing as a file for staff: asked for with a reason, written while it is sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.live.attendance import Bounds, attendances_of, attendees, minutes_in, standing_of
from briefings.live.attendance_words import SOURCES, STANDINGS
from briefings.live.models import Attendance, AttendanceSource
from briefings.organizations.words import KINDS
from briefings.registrations.export import Format
from briefings.registrations.plain_tables import comma_separated, on_the_clock
from briefings.registrations.workbooks import Value, workbook
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.schedule.words import REGISTRATION_STATES

BATCH = 500


class Person(NamedTuple):
    """One registration with what is known of its attendance."""

    registration: Registration
    attendance: Attendance | None
    bounds: Bounds


class Column(NamedTuple):
    """One column: its heading, its width in a spreadsheet, and what stands there."""

    heading: str
    width: int
    value: Callable[[Person], Value]


COLUMNS: tuple[Column, ...] = (
    Column("출결", 12, lambda each: STANDINGS[standing_of(each.attendance, each.bounds)]),
    Column("기관", 28, lambda each: each.registration.organization.name),
    Column("기관 유형", 16, lambda each: KINDS[each.registration.organization.kind]),
    Column("이름", 12, lambda each: each.registration.name),
    Column("부서", 18, lambda each: each.registration.department),
    Column("직급", 12, lambda each: each.registration.rank),
    Column("전자우편", 28, lambda each: each.registration.email),
    Column("신청 상태", 10, lambda each: REGISTRATION_STATES[each.registration.state]),
    Column("들어온 때", 17, lambda each: each.attendance.first_seen_at if each.attendance else None),
    Column("마지막으로 본 때", 17, lambda each: each.attendance.last_seen_at if each.attendance else None),
    Column("머문 시간(분)", 14, lambda each: minutes_in(each.attendance, each.bounds)),
    Column("알게 된 곳", 16, lambda each: sources_of(each.attendance)),
    Column("담당자가 표시한 까닭", 40, lambda each: each.attendance.mark_reason if each.attendance else ""),
)


def sources_of(attendance: Attendance | None) -> str:
    """Where it is known from; the gate and a meeting tool may both know of somebody."""
    if attendance is None:
        return ""
    found = [SOURCES[attendance.source]]
    if attendance.source is AttendanceSource.GATE and attendance.minutes is not None:
        found.append(SOURCES[AttendanceSource.IMPORT])
    if attendance.mark is not None and attendance.source is not AttendanceSource.STAFF:
        found.append(SOURCES[AttendanceSource.STAFF])
    return ", ".join(found)


def people_of(briefing: Briefing, bounds: Bounds, conditions: Mapping[str, Any]) -> list[int]:
    """The ids of the registrations that a filtered list shows, in its order."""
    found = attendees(briefing, bounds, **conditions)
    return [each for (each,) in db.session.execute(found.options().with_only_columns(Registration.id))]


def file_name(briefing: Briefing, format: Format, zone: ZoneInfo) -> str:
    """`설명회_출석부_20261123.xlsx`: the day of the briefing."""
    return f"설명회_출석부_{briefing.starts_at.astimezone(zone):%Y%m%d}.{format}"


def written(format: Format, ids: Sequence[int], bounds: Bounds, zone: ZoneInfo) -> Iterator[bytes]:
    """The file piece by piece."""
    rows = (_values(each, zone) for people in _in_batches(ids, bounds) for each in people)
    if format is Format.CSV:
        return comma_separated([column.heading for column in COLUMNS], rows)
    return workbook("출석부", [(column.heading, column.width) for column in COLUMNS], rows, len(ids))


def _in_batches(ids: Sequence[int], bounds: Bounds) -> Iterator[list[Person]]:
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        found = select(Registration).where(Registration.id.in_(some)).options(joinedload(Registration.organization))
        by_id = {each.id: each for each in db.session.scalars(found)}
        known = attendances_of(by_id.values())
        yield [Person(by_id[each], known.get(each), bounds) for each in some if each in by_id]


def _values(person: Person, zone: ZoneInfo) -> list[Value]:
    values = (column.value(person) for column in COLUMNS)
    return [on_the_clock(value, zone) if isinstance(value, datetime) else value for value in values]
