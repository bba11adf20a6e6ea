"""For the journeys: files of lists that the worker has made, makes, and could not make."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.db import db
from briefings.exports.making import GONE, KIND, WRITING
from briefings.exports.models import ExportPiece
from briefings.tasks.models import Task, TaskState
from tests.builders import saved
from tests.journeys.running import BEGINNING


def fill_exports(officer: User, briefing_id: int) -> None:
    """One of each: ready, on its way, not made."""
    conditions = [["상태", "신청 확정"], ["기관 유형", "기업"]]
    result = {"rows": 48_213, "size": 7_340_032}
    made = _task(officer, f"registrations:{briefing_id}", "설명회_신청자_20261203.xlsx", TaskState.DONE, result=result)
    made.params = made.params | {"conditions": conditions}
    made.done = made.total = 48_213
    _task(officer, "messages", "발송_20261126.csv", TaskState.RUNNING, done=61_500, total=120_000, note=WRITING)
    _task(officer, "needs", "수요_과제_20261126.xlsx", TaskState.FAILED, error=GONE)
    db.session.add(ExportPiece(task_id=made.id, number=0, content=b"PK"))
    db.session.commit()


def _task(officer: User, about: str, file: str, state: TaskState, **given: Any) -> Task:
    over = state is not TaskState.RUNNING
    params = {"file": file, "format": file[-4:].strip("."), "whole": True, "conditions": []}
    values = {
        "about": f"{about}:{officer.id}",
        "params": params,
        "created_by_id": officer.id,
        "created_by_name": officer.name,
        "created_at": BEGINNING,
        "started_at": BEGINNING,
        "finished_at": BEGINNING if over else None,
        "lease_until": None if over else BEGINNING + timedelta(days=9),
    }
    return saved(Task(kind=KIND, state=state, **values, **given))
