"""A meeting tool's list of who was there: taken in, its people settled, then written into the attendance."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from briefings.accounts.models import User
from briefings.audit.recording import Actor, record
from briefings.db import db, insert_new, insert_or_update, lock
from briefings.errors import Refused
from briefings.live.attendance import attendances_of
from briefings.live.marking import not_to_be_marked
from briefings.live.models import Attendance, AttendanceList, AttendanceListState, AttendanceSource, MeetingTool
from briefings.live.tool_columns import FIELDS, hash_of, recognised, tool_named
from briefings.live.tool_people import Certainty, Directory, Participant, found_on, people_on, together
from briefings.live.tool_reading import MOST_ROWS, TOO_MANY, Table
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration

KEPT = timedelta(days=14)
"""A list that nobody settled is thrown away then: it is full of people."""
SETTLED = "이미 반영했거나 버린 명단입니다."


def known_headings() -> set[str]:
    """The headings that staff have explained, as `tool_reading` knows them."""
    return set(db.session.scalars(select(MeetingTool.headings_hash)))


def take_in(briefing: Briefing, table: Table, file_name: str, by: User, now: datetime) -> AttendanceList:
    """A new list, its columns as they were explained last time or as their headings say; nothing happens by it."""
    refuse_closed(briefing, now)
    if len(table.rows) > MOST_ROWS:
        raise Refused(TOO_MANY)
    tool = tool_of(table.headings)
    fields = tool.fields if tool and len(tool.fields) == len(table.headings) else recognised(table.headings)
    made = AttendanceList(
        briefing_id=briefing.id,
        file_name=file_name[-255:],
        headings=table.headings,
        fields=fields,
        rows=table.rows,
        made_by_id=by.id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(by, "attendance_list.taken_in", made, now, briefing=briefing.id, rows=len(table.rows))
    return made


def refuse_closed(briefing: Briefing, now: datetime) -> None:
    """Refused where there is no attendance to be recorded yet, or none at all."""
    if refused := not_to_be_marked(briefing, now):
        raise Refused(refused.replace("출결을 표시할", "명단을 반영할"))


def tool_of(headings: Sequence[str]) -> MeetingTool | None:
    """What staff said of these headings."""
    return db.session.scalar(select(MeetingTool).where(MeetingTool.headings_hash == hash_of(headings)))


def choose_columns(list_: AttendanceList, fields: Sequence[str], name: str, now: datetime) -> None:
    """Say what each column holds: for this list, and for every other one with the same headings."""
    _lock_open(list_)
    chosen = [field for field in fields if field]
    if len(fields) != len(list_.headings) or any(field not in FIELDS for field in chosen):
        raise Refused("목록에 있는 것 가운데 골라 주세요.")
    if repeated := [field for field, number in Counter(chosen).items() if number > 1]:
        raise Refused(f"두 칸을 모두 ‘{FIELDS[repeated[0]]}’로 골랐습니다. 하나만 골라 주세요.")
    if not {"name", "email"} & set(chosen):
        raise Refused("이름이나 전자우편이 든 칸을 골라 주세요. 둘 다 없으면 누구인지 알 수 없습니다.")
    if list(fields) != list_.fields:
        list_.fields, list_.chosen = list(fields), {}
    _remember(list_, name, now)


def choose(list_: AttendanceList, chosen: Mapping[int, str | None]) -> None:
    """Say who the people of some rows are (public id), that nobody is ("") or that it is open again (None)."""
    _lock_open(list_)
    known = Directory(list_.briefing).by_public_id
    said = dict(list_.chosen)
    for row, public_id in chosen.items():
        if public_id and public_id not in known:
            raise Refused("이 설명회의 신청자 가운데서 골라 주세요.")
        said.pop(str(row), None)
        if public_id is not None:
            said[str(row)] = public_id
    list_.chosen = said


def choose_likely(list_: AttendanceList, zone: tzinfo) -> int:
    """Take everybody of whom only one person can be meant for that person; how many."""
    _lock_open(list_)
    found = found_on(list_, people_on(list_, zone))
    likely = {
        each.participant.row: each.candidates[0].public_id
        for each in found
        if each.certainty is Certainty.DOUBTFUL and len(each.candidates) == 1
    }
    choose(list_, likely)
    return len(likely)


def take(list_: AttendanceList, agreed: str, zone: tzinfo, by: User, now: datetime) -> int:
    """Write everybody who is known into the attendance; how many. Refused where that is not who was agreed to.

    `agreed` is the mark of those the page showed (`mark_of`).

    The rows are emptied: whoever was on the list stands in the attendance now, or nowhere.
    """
    lock(list_.briefing)
    _lock_open(list_)
    refuse_closed(list_.briefing, now)
    people = to_be_taken(list_, zone)
    if mark_of(people) != agreed:
        raise Refused("그사이 신청자나 고른 사람이 바뀌었습니다. 아래를 다시 확인하고 반영해 주세요.")
    if not people:
        raise Refused("반영할 사람이 없습니다. 누구인지 먼저 골라 주세요.")
    known = attendances_of(registration for registration, _ in people)
    new = sum(_note(registration, of, known.get(registration.id), list_.briefing) for registration, of in people)
    left_out = len(people_on(list_, zone).people) - sum(len(of) for _, of in people)
    if not tool_of(list_.headings):
        _remember(list_, "", now)
    outcome = {"people": len(people), "new": new, "left_out": left_out, "rows": len(list_.rows)}
    _settle(list_, AttendanceListState.TAKEN, outcome, now)
    record(by, "attendance_list.taken", list_, now, briefing=list_.briefing_id, **outcome)
    return len(people)


def to_be_taken(list_: AttendanceList, zone: tzinfo) -> list[tuple[Registration, list[Participant]]]:
    """Everybody of whom it is known who they are, each with all their entries on the list."""
    taken: dict[int, tuple[Registration, list[Participant]]] = {}
    for each in found_on(list_, people_on(list_, zone)):
        if each.registration and each.certainty in (Certainty.SURE, Certainty.CHOSEN):
            taken.setdefault(each.registration.id, (each.registration, []))[1].append(each.participant)
    return list(taken.values())


def mark_of(people: Iterable[tuple[Registration, list[Participant]]]) -> str:
    """A few signs that are others as soon as other people are taken, or by other rows."""
    taken = sorted((registration.public_id, [each.row for each in of]) for registration, of in people)
    return sha256(repr(taken).encode()).hexdigest()[:16]


def discard(list_: AttendanceList, by: Actor, now: datetime) -> None:
    """Throw the list away, with everybody on it."""
    _lock_open(list_)
    _settle(list_, AttendanceListState.DISCARDED, {}, now)
    record(by, "attendance_list.discarded", list_, now, briefing=list_.briefing_id)


def discard_left_behind(now: datetime) -> int:
    """Throw away lists that nobody came back to; how many."""
    old = (AttendanceList.state == AttendanceListState.CHECKED, AttendanceList.made_at <= now - KEPT)
    found = select(AttendanceList).where(*old).order_by(AttendanceList.id).options(defer(AttendanceList.rows))
    left = list(db.session.scalars(found))
    for list_ in left:
        lock(list_)
        if list_.state is AttendanceListState.CHECKED:  # otherwise another worker was quicker
            _settle(list_, AttendanceListState.DISCARDED, {}, now)
            record(None, "attendance_list.discarded", list_, now, briefing=list_.briefing_id)
    return len(left)


def list_known_as(briefing: Briefing, public_id: str) -> AttendanceList | None:
    """One of the lists of a briefing; None for another's."""
    of_briefing = AttendanceList.briefing_id == briefing.id
    found = select(AttendanceList).where(AttendanceList.public_id == public_id, of_briefing)
    return db.session.scalar(found.options(joinedload(AttendanceList.briefing), joinedload(AttendanceList.made_by)))


def lists_under_way(briefing: Briefing) -> list[AttendanceList]:
    """Lists somebody has begun to look at, the latest first; without their rows."""
    found = select(AttendanceList).where(AttendanceList.briefing_id == briefing.id)
    found = found.where(AttendanceList.state == AttendanceListState.CHECKED).order_by(AttendanceList.id.desc())
    return list(
        db.session.scalars(found.options(defer(AttendanceList.rows), joinedload(AttendanceList.made_by)).limit(5))
    )


def _note(registration: Registration, of: Sequence[Participant], known: Attendance | None, briefing: Briefing) -> bool:
    """Write down when somebody was there; whether nothing was seen of them before."""
    span, minutes = together(of)
    first, last = span or (briefing.starts_at, briefing.starts_at)  # there, nobody knows how long
    if known is None:  # the gate may write one at the same moment
        row = {"registration_id": registration.id, "first_seen_at": first, "last_seen_at": last, "mark_reason": ""}
        if insert_new(Attendance.__table__, [row | {"source": AttendanceSource.IMPORT, "minutes": minutes}]):
            return True
        known = db.session.get_one(Attendance, registration.id)
    new = known.first_seen_at is None
    if known.source is AttendanceSource.STAFF:
        known.source = AttendanceSource.IMPORT
    if span or new:
        known.first_seen_at = min(first, known.first_seen_at or first)
        known.last_seen_at = max(last, known.last_seen_at or last)
    if minutes is not None:  # of two lists, as of two rooms, the one that saw more of them
        known.minutes = max(minutes, known.minutes or 0)
    return new


def _remember(list_: AttendanceList, name: str, now: datetime) -> None:
    values = {
        "name": name or tool_named(list_.headings),
        "headings_hash": hash_of(list_.headings),
        "fields": list_.fields,
        "used_at": now,
    }
    insert_or_update(MeetingTool.__table__, [values], key=("headings_hash",))


def _lock_open(list_: AttendanceList) -> None:
    lock(list_)
    if list_.state is not AttendanceListState.CHECKED:
        raise Refused(SETTLED)


def _settle(list_: AttendanceList, state: AttendanceListState, outcome: dict[str, int], now: datetime) -> None:
    list_.state, list_.outcome, list_.settled_at = state, outcome, now
    list_.rows, list_.chosen = [], {}
