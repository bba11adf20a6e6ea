"""A list of people: taken in, its columns and rows put right, thrown away, or its people invited or registered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import defer, joinedload

from briefings.accounts.models import User
from briefings.audit.recording import Actor, record, record_each
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.organizations.finding import named
from briefings.organizations.models import OrganizationKind
from briefings.registrations import invitees
from briefings.registrations.invitees import Guest
from briefings.registrations.list_checking import Checked, Level, Person, check, refuse_columns
from briefings.registrations.list_columns import FIELDS, heading_row, recognised
from briefings.registrations.list_reading import MOST_ROWS, TOO_MANY, Table
from briefings.registrations.models import ListPurpose, ListState, PeopleList
from briefings.schedule.entering import enter_all
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registering import Applicant
from briefings.schedule.registration_models import Registration
from briefings.tasks.models import Task
from briefings.tasks.queueing import latest, start

TASK = "take_people"
AT_ONCE = 100
"""So many people are registered while staff wait; of more the worker takes care."""
NEWS = "그사이 상황이 바뀌어 아무도 넣지 않았습니다. 새로 찾은 것을 확인해 주세요."


def take_in(
    briefing: Briefing, purpose: ListPurpose, table: Table, file_name: str, by: User, now: datetime
) -> PeopleList:
    """A new list of what stands in a table, its columns recognised and every row checked; nothing happens by it."""
    refuse_closed(briefing, purpose, now)
    place = heading_row(table.rows)
    headings = table.rows[place][1] if place is not None else [""] * len(table.rows[0][1])
    rows = [each for at, each in enumerate(table.rows) if at != place and not _is_title(at, each[1], place, file_name)]
    if not rows:
        raise Refused("머리글 아래에 적힌 사람이 없습니다. 한 줄에 한 사람씩 적어 주세요.")
    if len(rows) > MOST_ROWS:
        raise Refused(TOO_MANY)
    fields = recognised(headings, [cells for _, cells in rows])
    head = {"headings": headings, "fields": fields, "kind": "", "sheet": table.sheet}
    odd: dict[int, dict[str, str]] = {}
    for (number, column), what in table.odd.items():
        odd.setdefault(number, {})[str(column)] = what
    kept = [{"row": n, "cells": cells} | ({"odd": odd[n]} if n in odd else {}) for n, cells in rows]
    made = PeopleList(
        briefing_id=briefing.id, purpose=purpose, file_name=file_name, rows=[head, *kept], made_by_id=by.id, made_at=now
    )
    db.session.add(made)
    db.session.flush()
    _look(made)
    record(by, "list.taken_in", made, now, briefing=briefing.id, rows=len(kept), purpose=purpose.value)
    return made


def _is_title(at: int, cells: Sequence[str], headings: int | None, file_name: str) -> bool:
    """Whether a row says what the list of a file is, above its headings; of pasted lines each is somebody."""
    return bool(file_name) and headings is not None and at < headings and not any("@" in cell for cell in cells)


def refuse_closed(briefing: Briefing, purpose: ListPurpose, now: datetime) -> None:
    """Refused where nobody can be invited or registered any more, or not yet."""
    if briefing.state is BriefingState.CANCELLED or briefing.is_over(now):
        raise Refused("취소되었거나 끝난 설명회에는 사람을 넣을 수 없습니다.")
    if purpose is ListPurpose.REGISTER and briefing.state is BriefingState.DRAFT:
        raise Refused("아직 공개하지 않은 설명회입니다. 공개한 뒤에 사람을 넣어 주세요.")


def choose_columns(list_: PeopleList, fields: Sequence[str], kind: OrganizationKind | None) -> None:
    """Say which column holds what, and the kind of organizations whose kind is not told; everything is checked anew."""
    _lock_open(list_)
    refuse_columns(fields)
    if any(field and field not in FIELDS for field in fields) or len(fields) != len(list_.fields):
        raise Refused("목록에 있는 것 가운데 골라 주세요.")
    _keep(list_, {**list_.rows[0], "fields": list(fields), "kind": kind.value if kind else ""}, list_.rows[1:])


def mend(list_: PeopleList, row: int, values: Mapping[str, str]) -> None:
    """Write other values into one row, of those fields that have a column or get one; everything is checked anew."""
    _lock_open(list_)
    head = dict(list_.rows[0])
    for name in values:
        if name not in head["fields"] and values[name]:
            head = {**head, "fields": [*head["fields"], name], "headings": [*head["headings"], ""]}
    columns = {field: column for column, field in enumerate(head["fields"]) if field}
    rows = []
    for each in list_.rows[1:]:
        if each["row"] == row:
            cells = each["cells"] + [""] * (len(head["fields"]) - len(each["cells"]))
            for name, value in values.items():
                if name in columns:
                    cells[columns[name]] = value
            each = {"row": row, "cells": cells}
        rows.append(each)
    _keep(list_, head, rows)


def leave_out(list_: PeopleList, row: int) -> None:
    """Take one row out of the list; everything is checked anew."""
    _lock_open(list_)
    _keep(list_, list_.rows[0], [each for each in list_.rows[1:] if each["row"] != row])


def leave_out_wrong(list_: PeopleList) -> int:
    """Take every row out that would have to be mended; how many."""
    _lock_open(list_)
    wrong = {each["row"] for each in list_.faults if each["level"] == Level.ERROR}
    _keep(list_, list_.rows[0], [each for each in list_.rows[1:] if each["row"] not in wrong])
    return len(wrong)


def look_again(list_: PeopleList) -> None:
    """Check everything anew, against what is there now."""
    _lock_open(list_)
    _look(list_)


def discard(list_: PeopleList, by: Actor, now: datetime) -> None:
    """Throw the list away, with everybody in it."""
    _lock_open(list_)
    _settle(list_, ListState.DISCARDED, {}, now)
    record(by, "list.discarded", list_, now, briefing=list_.briefing_id)


def discard_left_behind(now: datetime) -> int:
    """Throw away lists that nobody came back to until their briefing was over or called off; how many."""
    over = or_(Briefing.ends_at <= now, Briefing.state == BriefingState.CANCELLED)
    found = select(PeopleList).join(PeopleList.briefing).where(PeopleList.state == ListState.CHECKED, over)
    found = found.order_by(PeopleList.id)  # whoever holds several takes them in one order
    left = list(db.session.scalars(found.options(defer(PeopleList.rows), defer(PeopleList.faults))))
    for list_ in left:
        lock(list_)
        if list_.state is not ListState.CHECKED:  # another worker was quicker
            continue
        _settle(list_, ListState.DISCARDED, {}, now)
        record(None, "list.discarded", list_, now, briefing=list_.briefing_id)
    return len(left)


def not_to_be_taken(list_: PeopleList, people: Sequence[Person], now: datetime) -> str | None:
    """Why its people cannot be taken in yet, or None."""
    try:
        refuse_closed(list_.briefing, list_.purpose, now)
    except Refused as refused:
        return refused.message
    if wrong := list_.rows_at(Level.ERROR):
        return f"고칠 줄이 {len(wrong):,}개 있습니다. 모두 고치거나 빼야 넣을 수 있습니다. 아직 아무도 넣지 않았습니다."
    return None if people else "새로 넣을 사람이 없습니다. 모두 이미 있거나 뺀 사람입니다."


def take_or_start(list_: PeopleList, source: str, by: User, now: datetime) -> bool:
    """Take everybody in, at once where they are few; whether that is done, or a worker was asked to."""
    _name_organizations(list_, now)
    lock(list_.briefing)  # in the order in which the worker holds both
    _lock_open(list_)
    few = list_.purpose is ListPurpose.INVITE or len(list_.people_rows) <= AT_ONCE
    if few:
        take(list_, source, by, now)
    else:
        _refuse_news(list_, now)
        start(TASK, about(list_), {"list": list_.id, "source": source, "by": by.id}, by, now)
    return few


def take(list_: PeopleList, source: str, by: User, now: datetime) -> None:
    """Take everybody in or, where anything is new that must be mended, nobody (Refused). The rows are emptied then."""
    _name_organizations(list_, now)
    lock(list_.briefing)
    lock(list_)
    if list_.state is not ListState.CHECKED:
        raise Refused("이미 넣었거나 버린 명단입니다.")
    people = _refuse_news(list_, now).people
    skipped = len(list_.people_rows) - len(people)
    if list_.purpose is ListPurpose.INVITE:
        added = invitees.add_all(list_.briefing, [_guest(person) for person in people], by, now)
        outcome = {"invited": added.new}
    else:
        outcome = _register_all(list_.briefing, people, source, by, now)
    _settle(list_, ListState.TAKEN, outcome | {"skipped": skipped}, now)
    record(by, "list.taken", list_, now, briefing=list_.briefing_id, **outcome, skipped=skipped)


def list_known_as(briefing: Briefing, public_id: str) -> PeopleList | None:
    """One of the lists of a briefing; None for another's."""
    found = select(PeopleList).where(PeopleList.public_id == public_id, PeopleList.briefing_id == briefing.id)
    return db.session.scalar(found.options(joinedload(PeopleList.briefing), joinedload(PeopleList.made_by)))


def lists_under_way(briefing: Briefing, purpose: ListPurpose) -> list[PeopleList]:
    """Lists somebody has begun to look at, the latest first; without their rows."""
    found = select(PeopleList).where(PeopleList.briefing_id == briefing.id, PeopleList.state == ListState.CHECKED)
    found = found.where(PeopleList.purpose == purpose).order_by(PeopleList.id.desc()).limit(5)
    without = (defer(PeopleList.rows), defer(PeopleList.faults), joinedload(PeopleList.made_by))
    return list(db.session.scalars(found.options(*without)))


def about(list_: PeopleList) -> str:
    """What the task of a list is about."""
    return f"list:{list_.id}"


def work_of(list_: PeopleList) -> Task | None:
    """What the worker does, did or will do with it."""
    return latest(TASK, about(list_))


def _register_all(briefing: Briefing, people: Sequence[Person], source: str, by: User, now: datetime) -> dict[str, int]:
    made = enter_all(briefing, [applicant(person) for person in people], now, source)
    record_each(by, "registration.entered", Registration, [each.id for each in made], now, together=len(made))
    record(by, "briefing.people_entered", briefing, now, number=len(made))
    return {state.value: number for state, number in Counter(each.state for each in made).items()}


def applicant(person: Person) -> Applicant:
    """A person of a list as somebody to be registered; nobody agrees to anything for another."""
    assert person.kind is not None  # noqa: S101 (a row without a kind is wrong)
    return Applicant(
        kind=person.kind,
        organization=person.organization,
        name=person.name,
        department=person.department,
        rank=person.rank,
        phone=person.phone,
        email=person.email,
        locale=person.locale,
    )


def _guest(person: Person) -> Guest:
    return Guest(person.email, person.name, person.organization, person.kind, person.locale)


def _name_organizations(list_: PeopleList, now: datetime) -> None:
    """Before anything is held, as everybody does who registers: nobody waits for another crosswise."""
    if list_.purpose is ListPurpose.REGISTER:
        for name, kind in sorted({(each.organization, each.kind) for each in check(list_).people if each.kind}):
            named(name, kind, now)


def _refuse_news(list_: PeopleList, now: datetime) -> Checked:
    """What a last look finds; Refused where that is something that staff have to deal with."""
    found = check(list_)
    if found.wrong or not_to_be_taken(list_, found.people, now):
        raise Refused(NEWS)
    return found


def _lock_open(list_: PeopleList) -> None:
    lock(list_)
    if list_.state is not ListState.CHECKED:
        raise Refused("이미 넣었거나 버린 명단입니다.")
    work = work_of(list_)
    if work and work.is_under_way:
        raise Refused("넣는 작업이 진행 중입니다. 끝난 뒤에 하거나 먼저 중단해 주세요.")


def _keep(list_: PeopleList, head: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
    list_.rows = [head, *rows]
    _look(list_)


def _look(list_: PeopleList) -> None:
    list_.faults = [each.kept() for each in check(list_).found]
    db.session.flush()


def _settle(list_: PeopleList, state: ListState, outcome: dict[str, Any], now: datetime) -> None:
    """The people stand elsewhere now, or nowhere."""
    list_.state, list_.outcome, list_.settled_at = state, outcome, now
    list_.rows, list_.faults = [], []
