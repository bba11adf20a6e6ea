"""Open data: everything everybody may see, as files: a table for spreadsheets, or an object on each line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings.api import composing, reading
from briefings.db import db
from briefings.errors import N_
from briefings.exports.lists import Rows, at_hand, listed
from briefings.exports.plain_tables import comma_separated
from briefings.exports.values import Value, on_the_clock
from briefings.needs.finding import PUBLIC
from briefings.needs.models import Need
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.schedule.finding import LISTED, places_of_each
from briefings.schedule.models import Briefing, PresenterSlot, timetable
from briefings.statistics.published import series
from briefings.web.labels import label


class Form(StrEnum):
    """What a file is."""

    CSV = "csv"
    LINES = "jsonl"

    @property
    def media_type(self) -> str:
        """As it is sent."""
        return {Form.CSV: "text/csv", Form.LINES: "application/jsonl"}[self]


@dataclass(frozen=True)
class Column:
    """One column: its key in lines, what it is called in a table, what stands in it, and what else to know of it."""

    key: str
    words: str
    value: Callable[[Any], Any]
    more: str = ""


@dataclass(frozen=True)
class DataSet:
    """One file of open data: its name, what it holds, and how its rows are found."""

    name: str
    title: str
    about: str
    columns: Sequence[Column]
    rows: Callable[[datetime, ZoneInfo], Rows[Any]]

    def pieces(self, form: Form, now: datetime, zone: ZoneInfo) -> Iterator[bytes]:
        """The bytes of the file, some rows at a time: memory does not grow with their number."""
        lines = _read(self.rows(now, zone))
        if form is Form.LINES:
            return self._as_lines(lines)
        return comma_separated([gettext(column.words) for column in self.columns], self._as_table(lines, zone))

    def _as_lines(self, lines: Iterable[Any]) -> Iterator[bytes]:
        for line in lines:
            told = {column.key: column.value(line) for column in self.columns}
            yield msgspec.json.encode(told) + b"\n"

    def _as_table(self, lines: Iterable[Any], zone: ZoneInfo) -> Iterator[list[Value]]:
        for line in lines:
            yield [_in_cell(column.value(line), zone) for column in self.columns]


def _read(rows: Rows[Any]) -> Iterator[Any]:
    # With the session of when they are sent: that of the view is over by then, and nobody would close it again.
    for some in rows.pieces(db.session()):
        yield from some


def _in_cell(value: Any, zone: ZoneInfo) -> Value:
    """Codes in words, several of them with commas between: what people read in a table."""
    if isinstance(value, list):
        return ", ".join(str(_in_cell(each, zone)) for each in value)
    if isinstance(value, StrEnum):
        return str(label(value))
    if isinstance(value, bool):
        return gettext("예") if value else gettext("아니요")
    return on_the_clock(value, zone)


def _needs(now: datetime, zone: ZoneInfo) -> Rows[Any]:
    found = select(Need).where(Need.state.in_(PUBLIC)).order_by(Need.id)
    with_names = (joinedload(Need.organization), selectinload(Need.themes), selectinload(Need.audiences))
    return listed(found.options(*with_names))


def _briefings(now: datetime, zone: ZoneInfo) -> Rows[Any]:
    found = select(Briefing).where(LISTED).order_by(Briefing.starts_at, Briefing.id)

    def complete(some: Sequence[Briefing]) -> Iterable[Any]:
        places = places_of_each(some)
        return [composing.briefing_summary(briefing, places[briefing.id], now) for briefing in some]

    return listed(found.options(joinedload(Briefing.theme), joinedload(Briefing.audience)), complete)


def _programme(now: datetime, zone: ZoneInfo) -> Rows[Any]:
    needs = joinedload(PresenterSlot.need).joinedload(Need.organization)
    found = select(PresenterSlot).join(PresenterSlot.briefing).where(LISTED)
    found = found.options(needs, joinedload(PresenterSlot.briefing).selectinload(Briefing.slots))
    return listed(found.order_by(Briefing.starts_at, Briefing.id, PresenterSlot.position), _with_times)


def _with_times(some: Sequence[PresenterSlot]) -> Iterable[Any]:
    for slot in some:
        briefing = slot.briefing
        in_order = sorted(briefing.slots, key=lambda each: each.position)
        times = timetable(briefing.starts_at, briefing.opening_minutes, [each.minutes for each in in_order])
        start, end = times[in_order.index(slot)]
        yield slot, start, end


def _matches(now: datetime, zone: ZoneInfo) -> Rows[Any]:
    return listed(reading.complete(reading.public_matches()))


def _figures(now: datetime, zone: ZoneInfo) -> Rows[Any]:
    return at_hand([composing.figures(each, every=False) for each in series(zone, now.astimezone(zone).date())])


def _of_kind(kind: OrganizationKind) -> Column:
    def number(figures: Any) -> int | None:
        return next(each.organizations for each in figures.in_matches_by_kind if each.kind is kind)

    return Column(f"in_matches_{kind}", KINDS[kind], number, FEW)


FEW = N_("성사에 함께한 이 유형의 기관 수. 5곳보다 적거나 그 수를 알아낼 수 있으면 비어 있습니다.")
NEED_ID = N_("과제 번호")
NEEDS = DataSet(
    "needs",
    N_("수요 과제"),
    N_("누구나 볼 수 있는 수요 과제입니다. 주고받는 것과 지금 상태를 담습니다."),
    (
        Column("id", NEED_ID, lambda need: need.id),
        Column("title", N_("과제 이름"), lambda need: need.title),
        Column("summary", N_("한 줄 요약"), lambda need: need.summary),
        Column("organization", N_("수요기관"), lambda need: need.organization.name),
        Column("organization_kind", N_("기관 유형"), lambda need: need.organization.kind),
        Column("themes", N_("주제"), lambda need: [topic.name for topic in need.themes]),
        Column("audiences", N_("찾는 기관"), lambda need: [topic.name for topic in need.audiences]),
        Column(
            "region",
            N_("지역"),
            lambda need: need.region,
            N_("전국이거나 시·도입니다. JSON에는 ISO 3166-2:KR로 적습니다."),
        ),
        Column("stage", N_("단계"), lambda need: need.stage),
        Column("status", N_("상태"), lambda need: need.status),
        Column("key", N_("주요 과제"), lambda need: need.key_since is not None),
        Column("background", N_("배경과 필요성"), lambda need: need.background),
        Column("offers", N_("제공 자원"), lambda need: need.offers),
        Column("offer_tags", N_("제공 자원 유형"), lambda need: need.offer_resources),
        Column("seeks", N_("필요 역량"), lambda need: need.seeks),
        Column("seek_tags", N_("필요 역량 유형"), lambda need: need.seek_resources),
        Column("beneficiaries", N_("혜택을 받는 사람"), lambda need: need.beneficiaries),
        Column("period", N_("협업 기간"), lambda need: need.period),
        Column("source", N_("출처"), lambda need: need.source, N_("다른 곳에서 옮겨 온 과제에만 있습니다.")),
        Column("published_at", N_("게시한 때"), lambda need: need.published_at),
        Column("changed_at", N_("고친 때"), lambda need: need.changed_at),
        Column("url", N_("주소"), lambda need: composing.address("needs.show", need_id=need.id)),
    ),
    _needs,
)
BRIEFINGS = DataSet(
    "briefings",
    N_("공개한 설명회"),
    N_("공개한 온라인 사업설명회입니다. 취소한 것도 담습니다."),
    (
        Column("id", N_("설명회 이름(id)"), lambda briefing: briefing.id),
        Column("title", N_("제목"), lambda briefing: briefing.title),
        Column("theme", N_("주제"), lambda briefing: briefing.theme.name),
        Column("audience", N_("대상"), lambda briefing: briefing.audience.name),
        Column("starts_at", N_("시작"), lambda briefing: briefing.starts_at),
        Column("ends_at", N_("끝"), lambda briefing: briefing.ends_at),
        Column("phase", N_("상태"), lambda briefing: briefing.phase, N_("내려받은 순간의 상태입니다.")),
        Column("capacity", N_("정원"), lambda briefing: briefing.places.capacity, N_("제한이 없으면 비어 있습니다.")),
        Column("confirmed", N_("확정한 사람 수"), lambda briefing: briefing.places.confirmed),
        Column("registration_opens_at", N_("신청 시작"), lambda briefing: briefing.registration_opens_at),
        Column("registration_closes_at", N_("신청 마감"), lambda briefing: briefing.registration_closes_at),
        Column("url", N_("주소"), lambda briefing: briefing.url),
    ),
    _briefings,
)
PROGRAMME = DataSet(
    "programme",
    N_("발표 순서"),
    N_("설명회마다 어느 과제를 언제 소개하는지입니다. 발표자는 담지 않습니다."),
    (
        Column("briefing_id", N_("설명회 이름(id)"), lambda row: row[0].briefing.public_id),
        Column("position", N_("차례"), lambda row: row[0].position),
        Column("starts_at", N_("시작"), lambda row: row[1]),
        Column("ends_at", N_("끝"), lambda row: row[2]),
        Column("need_id", NEED_ID, lambda row: row[0].need_id),
        Column("need", N_("과제 이름"), lambda row: row[0].need.title),
        Column("organization", N_("수요기관"), lambda row: row[0].need.organization.name),
    ),
    _programme,
)
MATCHES = DataSet(
    "matches",
    N_("협업 성사"),
    N_("함께하는 기관이 확인한 성사입니다."),
    (
        Column("need_id", NEED_ID, lambda match: match.need_id),
        Column("need", N_("과제 이름"), lambda match: match.need.title),
        Column("matched_on", N_("성사된 날"), lambda match: match.matched_on),
        Column("starts_on", N_("시작하는 날"), lambda match: match.starts_on, N_("정하지 않았으면 비어 있습니다.")),
        Column("organizations", N_("함께한 기관"), lambda match: [each.organization.name for each in match.standing]),
        Column(
            "organization_kinds", N_("기관 유형"), lambda match: [each.organization.kind for each in match.standing]
        ),
        Column("summary", N_("내용"), lambda match: match.summary),
        Column("url", N_("주소"), lambda match: composing.address("needs.show", need_id=match.need_id)),
    ),
    _matches,
)
FIGURES = DataSet(
    "figures",
    N_("누적 통계"),
    N_("첫 과제가 등록된 때부터 반기가 끝나는 날마다, 마지막은 오늘까지 센 누적 수입니다."),
    (
        Column("as_of", N_("기준일"), lambda each: each.as_of, N_("이 날 끝까지 셉니다.")),
        Column("needs", N_("등록된 과제"), lambda each: each.needs),
        Column("needs_replied", N_("답글 받은 과제"), lambda each: each.needs_replied),
        Column("replying", N_("답글 보낸 기관(과제마다)"), lambda each: each.replying),
        Column("replying_distinct", N_("답글 보낸 기관(한 번씩)"), lambda each: each.replying_distinct),
        Column("matches", N_("성사"), lambda each: each.matches),
        Column("in_matches", N_("성사에 함께한 기관(성사마다)"), lambda each: each.in_matches),
        Column("in_matches_distinct", N_("성사에 함께한 기관(한 번씩)"), lambda each: each.in_matches_distinct),
        *(_of_kind(kind) for kind in OrganizationKind),
        Column("public_private", N_("공공과 민간이 함께한 성사"), lambda each: each.public_private),
    ),
    _figures,
)
SETS = {each.name: each for each in (NEEDS, BRIEFINGS, PROGRAMME, MATCHES, FIGURES)}
"""Everything that is given as open data, by its name in addresses."""
