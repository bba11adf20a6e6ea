"""The people of a briefing as a file for staff: a spreadsheet or comma-separated lines, asked for with a reason.

A short list is written while it is sent; a long one is work of the worker, and its file is destroyed after a day.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, select, update

from briefings.audit.recording import Actor, record
from briefings.db import db, unit_of_work
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.organizations.words import KINDS
from briefings.privacy.models import Consent, ConsentText, Purpose
from briefings.registrations.plain_tables import comma_separated, on_the_clock
from briefings.registrations.workbooks import PIECE, Value, workbook
from briefings.schedule.models import Briefing
from briefings.schedule.registrants import registrants
from briefings.schedule.registration_models import Registration, registration_interests
from briefings.schedule.words import REGISTRATION_STATES
from briefings.tasks.models import UNDER_WAY, Task, TaskState
from briefings.tasks.queueing import latest, start
from briefings.tasks.running import Work
from briefings.web.filters import phone

KIND = "export_registrants"
LONG = 5_000
"""A list with more people is left to the worker."""
KEPT = timedelta(days=1)
"""How long a file that the worker made may be fetched."""
WRITING = "파일을 쓰는 중"
BATCH = 500


class Format(StrEnum):
    """What the file is."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """As it is sent."""
        return Kind.XLSX.media_type if self is Format.XLSX else "text/csv"


class Person(NamedTuple):
    """One registration with what belongs to it."""

    row: Row[Any]
    interests: str
    provision: str


class Column(NamedTuple):
    """One column: its heading, its width in a spreadsheet, and what stands there."""

    heading: str
    width: int
    value: Callable[[Person], Value]


COLUMNS: tuple[Column, ...] = (
    Column("상태", 10, lambda each: REGISTRATION_STATES[each.row.state]),
    Column("기관", 28, lambda each: each.row.organization),
    Column("기관 유형", 16, lambda each: KINDS[each.row.kind]),
    Column("이름", 12, lambda each: each.row.name),
    Column("부서", 18, lambda each: each.row.department),
    Column("직급", 12, lambda each: each.row.rank),
    Column("전자우편", 28, lambda each: each.row.email),
    Column("전화번호", 16, lambda each: phone(each.row.phone)),
    Column("관심 수요", 40, lambda each: each.interests),
    Column("사전 질문", 40, lambda each: each.row.question),
    Column("지원 요청", 10, lambda each: "있음" if each.row.support_state else ""),
    Column("수요기관 제공 동의", 18, lambda each: each.provision),
    Column("신청한 때", 17, lambda each: each.row.registered_at),
    Column("확정된 때", 17, lambda each: each.row.confirmed_at),
    Column("대기 시작", 17, lambda each: each.row.waiting_since),
    Column("취소한 때", 17, lambda each: each.row.cancelled_at),
    Column("참가 확인", 17, lambda each: each.row.reconfirmed_at),
    Column("등록 방법", 12, lambda each: "직원이 등록" if each.row.by_staff else "본인 신청"),
)
"""What somebody needs in order to take part is not among them: it must be destroyed, and a file is out of reach."""


def people_of(briefing: Briefing, conditions: Mapping[str, Any], chosen: Sequence[str] = ()) -> list[int]:
    """The ids of the registrations that a filtered list shows, in its order; of those `chosen` if any are."""
    found = registrants(briefing, **conditions).with_only_columns(Registration.id)
    return list(db.session.scalars(found.where(Registration.public_id.in_(chosen)) if chosen else found))


def file_name(briefing: Briefing, format: Format, zone: ZoneInfo) -> str:
    """`설명회_신청자_20261123.xlsx`: the day of the briefing."""
    return f"설명회_신청자_{briefing.starts_at.astimezone(zone):%Y%m%d}.{format}"


def note_export(
    briefing: Briefing,
    conditions: Mapping[str, Any],
    number: int,
    format: Format,
    reason: str,
    by: Actor,
    now: datetime,
    action: str = "registrations.exported",
) -> None:
    """Who took how many people away, and why; of the words that were looked for only that there were some."""
    said = {name: value for name, value in conditions.items() if value and name not in ("sort", "descending", "q")}
    said |= {"q": True} if conditions.get("q") else {}
    record(by, action, briefing, now, reason=reason, people=number, format=format, filters=said)


def lines(ids: Sequence[int], zone: ZoneInfo) -> Iterator[bytes]:
    """A CSV file piece by piece."""
    rows = (_values(each, zone) for people in _in_batches(ids) for each in people)
    return comma_separated([column.heading for column in COLUMNS], rows)


def sheet(ids: Sequence[int], zone: ZoneInfo) -> Iterator[bytes]:
    """A spreadsheet piece by piece: texts stay texts whatever they begin with, moments are dates."""
    rows = (_values(each, zone) for people in _in_batches(ids) for each in people)
    return workbook("신청자", [(column.heading, column.width) for column in COLUMNS], rows, len(ids))


WRITERS = {Format.XLSX: sheet, Format.CSV: lines}
ROWS_IN_A_PIECE = {Format.XLSX: PIECE, Format.CSV: BATCH}


def ask_for_file(
    briefing: Briefing,
    conditions: Mapping[str, Any],
    chosen: Sequence[str],
    format: Format,
    zone: ZoneInfo,
    by: Actor,
    now: datetime,
) -> Task:
    """A task that makes the file for `by` alone; the file of an earlier one is destroyed. Refused while one is made."""
    about = _about(briefing, by)
    earlier = latest(KIND, about)
    # Its row comes first: whatever becomes of the worker, the file is known and will be destroyed.
    file = StoredFile(
        name=file_name(briefing, format, zone),
        media_type=format.media_type,
        size=0,
        sha256=hashlib.sha256().hexdigest(),
        content=b"",
        created_at=now,
    )
    db.session.add(file)
    db.session.flush()
    given = {"briefing": briefing.id, "conditions": dict(conditions), "chosen": list(chosen), "format": format}
    task = start(KIND, about, given | {"zone": zone.key, "file": file.id}, by, now)
    if earlier:
        _destroy([earlier])
    return task


def last_file(briefing: Briefing, by: Actor, now: datetime) -> tuple[Task, StoredFile] | None:
    """What was last made of this briefing for `by`, or is being made; None once it is to be destroyed."""
    task = latest(KIND, _about(briefing, by))
    if task is None or (task.finished_at and task.finished_at + KEPT <= now):
        return None
    file = db.session.get(StoredFile, task.params["file"])
    return (task, file) if file else None


def make_file(work: Work) -> dict[str, Any]:
    """What the worker does: the file, written in one transaction at the end; begun anew it is written over."""
    given, format = work.params, Format(work.params["format"])
    briefing = db.session.get_one(Briefing, given["briefing"])
    ids = people_of(briefing, given["conditions"], given["chosen"])
    out = io.BytesIO()
    for number, piece in enumerate(WRITERS[format](ids, ZoneInfo(given["zone"]))):
        out.write(piece)
        work.tell(min(number * ROWS_IN_A_PIECE[format], len(ids)), len(ids), WRITING)
    data = out.getvalue()
    with unit_of_work():
        values = {"content": data, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        db.session.execute(update(StoredFile).where(StoredFile.id == given["file"]).values(values))
    return {"people": len(ids)}


def destroy_due(now: datetime) -> int:
    """Destroy the files whose day is over, and what is known of the tasks that made them; how many there were."""
    over = select(Task).where(Task.kind == KIND, Task.state.not_in(UNDER_WAY), Task.finished_at <= now - KEPT)
    return _destroy(list(db.session.scalars(over)))


def _destroy(tasks: Sequence[Task]) -> int:
    for table, ids in ((Task, [task.id for task in tasks]), (StoredFile, [task.params["file"] for task in tasks])):
        db.session.execute(delete(table).where(table.id.in_(ids)))
    return len(tasks)


def is_ready(task: Task) -> bool:
    """Whether its file can be fetched."""
    return task.state is TaskState.DONE


def _about(briefing: Briefing, by: Actor) -> str:
    return f"briefing:{briefing.id}:{by.id}"


def _in_batches(ids: Sequence[int]) -> Iterator[list[Person]]:
    """The people of these ids in this order, without those who have gone since; two or three statements for each."""
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        rows = {row.id: row for row in db.session.execute(_with_organizations().where(Registration.id.in_(some)))}
        interests = _interests(some)
        provision = _provision([row.public_id for row in rows.values()])
        yield [
            Person(rows[each], "\n".join(interests.get(each, ())), provision.get(rows[each].public_id, ""))
            for each in some
            if each in rows
        ]


def _with_organizations() -> Any:
    of_person = Registration.__table__.c
    return select(*of_person, Organization.name.label("organization"), Organization.kind).join_from(
        Registration.__table__, Organization, Organization.id == of_person.organization_id
    )


def _interests(ids: Sequence[int]) -> dict[int, list[str]]:
    table = registration_interests.c
    titles = select(table.registration_id, Need.title).join(Need, Need.id == table.need_id)
    found: dict[int, list[str]] = {}
    for registration, title in db.session.execute(titles.where(table.registration_id.in_(ids)).order_by(Need.id)):
        found.setdefault(registration, []).append(title)
    return found


def _provision(public_ids: Sequence[str]) -> dict[str, str]:
    """By public id whether the person agrees that needs' owners hear of them; the last answer counts."""
    answers = select(Consent.about, Consent.given, Consent.withdrawn_at).join(Consent.text)
    about = [f"registration:{public_id}" for public_id in public_ids]
    of_these = answers.where(ConsentText.purpose == Purpose.PROVISION, Consent.about.in_(about))
    return {
        said.about.partition(":")[2]: "동의" if said.given and said.withdrawn_at is None else "동의하지 않음"
        for said in db.session.execute(of_these.order_by(Consent.answered_at, Consent.id))
    }


def _values(person: Person, zone: ZoneInfo) -> list[Value]:
    values = (column.value(person) for column in COLUMNS)
    return [on_the_clock(value, zone) if isinstance(value, datetime) else value for value in values]
