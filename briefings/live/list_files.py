"""The attendance of a briefing as a file for staff."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, at_hand, listed
from briefings.live.attendance import (
    Bounds,
    attendances_of,
    attendees,
    bounds_of,
    by_organization,
    minutes_in,
    standing_of,
)
from briefings.live.attendance_forms import AttendeeFilters
from briefings.live.attendance_words import STANDINGS, sources_of
from briefings.live.models import Attendance
from briefings.organizations.words import KINDS
from briefings.schedule.list_files import OF_BRIEFING, belonging_to
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.schedule.words import REGISTRATION_STATES


class Person(NamedTuple):
    """One registration with what is known of its attendance."""

    registration: Registration
    attendance: Attendance | None
    bounds: Bounds


COLUMNS: tuple[Column[Person], ...] = (
    Column("출결", 12, lambda each: STANDINGS[standing_of(each.attendance, each.bounds)]),
    Column("기관", 28, lambda each: each.registration.organization.name),
    Column("기관 유형", 16, lambda each: KINDS[each.registration.organization.kind]),
    Column("이름", 12, lambda each: each.registration.name, personal=True),
    Column("부서", 18, lambda each: each.registration.department, personal=True),
    Column("직급", 12, lambda each: each.registration.rank, personal=True),
    Column("전자우편", 28, lambda each: each.registration.email, personal=True),
    Column("신청 상태", 10, lambda each: REGISTRATION_STATES[each.registration.state]),
    Column("들어온 때", 17, lambda each: each.attendance.first_seen_at if each.attendance else None),
    Column("마지막으로 본 때", 17, lambda each: each.attendance.last_seen_at if each.attendance else None),
    Column("머문 시간(분)", 14, lambda each: minutes_in(each.attendance, each.bounds)),
    Column("알게 된 곳", 16, lambda each: sources_of(each.attendance)),
    Column(
        "담당자가 표시한 까닭", 40, lambda each: each.attendance.mark_reason if each.attendance else "", personal=True
    ),
)


ORGANIZATIONS: tuple[Column[Any], ...] = (
    Column("기관", 28, lambda each: each.name),
    Column("기관 유형", 16, lambda each: KINDS[each.kind]),
    Column("확정 신청", 12, lambda each: each.listed),
    Column("온 사람", 12, lambda each: each.came),
)


def find_organizations(asked: Asked) -> Found[Any]:
    """Each organization with how many of its people came."""
    briefing = asked.of(Briefing, "briefing_id")
    return Found(ORGANIZATIONS, at_hand(by_organization(briefing)), **belonging_to(briefing, asked))


def find_attendance(asked: Asked) -> Found[Person]:
    """Those whom the attendance list shows, in its order, as it stands now."""
    briefing, filters = asked.of(Briefing, "briefing_id"), AttendeeFilters(asked.args)
    bounds = bounds_of(briefing, asked.now)

    def with_attendance(some: Sequence[Registration]) -> Iterator[Person]:
        known = attendances_of(some)
        return (Person(each, known.get(each.id), bounds) for each in some)

    rows = listed(attendees(briefing, bounds, **filters.conditions()), with_attendance)
    return Found(COLUMNS, rows, in_words(filters), **belonging_to(briefing, asked))


LISTS = (
    ListFile(
        "attendance",
        "출석부",
        "staff_attendance.index",
        find_attendance,
        counted="명",
        of=OF_BRIEFING,
        file="설명회_출석부",
    ),
    ListFile(
        "attendance_organizations",
        "기관별 참석",
        "staff_attendance.organizations",
        find_organizations,
        counted="곳",
        of=OF_BRIEFING,
        file="설명회_기관별_참석",
    ),
)
