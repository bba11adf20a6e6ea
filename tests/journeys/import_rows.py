"""Imports of every state for the journeys: being checked, stopped, wrong, doubtful, ready, being saved, over."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.app import TASKS
from briefings.db import db, unit_of_work
from briefings.imports import importing
from briefings.imports.findings import Decision
from briefings.needs.models import Need, Round
from briefings.rounds.models import NeedImport
from briefings.tasks.models import Task, TaskState
from briefings.tasks.queueing import cancel
from briefings.tasks.running import do_next
from tests.imports.mistakes import mistaken_lines, spoil
from tests.imports.sheets import a_file, a_line
from tests.journeys.running import BEGINNING


def fill_imports(officer: User, round: Round, alike: Need, long_title: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    doubtful = [
        a_line(1, 과제_이름=long_title),
        a_line(2, 과제_이름=long_title.replace(" ", "", 3), 기관_이름="다도해 1공단"),
        a_line(3, 과제_이름=alike.title, 기관_이름=alike.organization.name),
    ]
    made = {
        "wrong": _checked(officer, round, a_file(mistaken_lines(), spoil)),
        "doubtful": _checked(officer, None, a_file(doubtful)),
        "ready": _checked(officer, round, a_file([a_line(4)])),
        "left_out": _checked(officer, round, a_file(doubtful[:2])),
        "saved": _saved(officer, round, [a_line(n, 과제_이름=f"파일로 등록한 과제 {n}") for n in range(10, 34)]),
        "touched": _saved(officer, None, [a_line(34)]),
        "taken_back": _saved(officer, round, [a_line(35)]),
        "discarded": _checked(officer, round, a_file([a_line(36)])),
        "checking": _taken_in(officer, round, a_file([a_line(37)])),
    }
    _under_way()
    made["saving"] = _checked(officer, None, a_file([a_line(38)]))
    with unit_of_work():
        importing.start_saving(made["saving"], False, False, officer, BEGINNING)
    _under_way()
    made["stopped"] = _taken_in(officer, None, a_file([a_line(39)]))
    with unit_of_work():
        cancel(_last_task(), officer, BEGINNING)
        importing.decide_all(made["left_out"], Decision.LEAVE, officer, BEGINNING)
        importing.discard(made["discarded"], officer, BEGINNING)
        importing.take_back(made["taken_back"], officer, BEGINNING)
        db.session.query(Need).filter_by(import_id=made["touched"].id).one().publish(BEGINNING)
    return {f"import_{name}": import_.public_id for name, import_ in made.items()}


def _taken_in(officer: User, round: Round | None, data: bytes) -> NeedImport:
    with unit_of_work():
        return importing.take_in("협업 수요조사서_다도해공단.xlsx", data, round, officer, BEGINNING)


def _checked(officer: User, round: Round | None, data: bytes) -> NeedImport:
    made = _taken_in(officer, round, data)
    _work()
    return made


def _saved(officer: User, round: Round | None, lines: list[dict[str, Any]]) -> NeedImport:
    made = _checked(officer, round, a_file(lines))
    with unit_of_work():
        importing.decide_all(made, Decision.TAKE, officer, BEGINNING)
        importing.start_saving(made, False, False, officer, BEGINNING)
    _work()
    return made


def _work() -> None:
    ours = {kind: TASKS[kind] for kind in (importing.CHECK, importing.SAVE)}
    while do_next(ours, lambda: BEGINNING, lambda: False):
        pass


def _last_task() -> Task:
    return db.session.query(Task).order_by(Task.id.desc()).limit(1).one()


def _under_way() -> None:
    """The last task is in the hands of a worker that nobody sees end."""
    task = _last_task()
    task.state, task.lease_until = TaskState.RUNNING, BEGINNING + timedelta(days=365)
    task.done, task.total, task.note = 812, 2000, "줄마다 살피는 중"
    db.session.commit()
