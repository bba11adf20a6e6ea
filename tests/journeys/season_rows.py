"""Seasons of every state for the journeys: ready, planned, under way, out of date, not to be accepted, settled."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.needs.models import Audience, Need, Theme
from briefings.planner.model import LeftOver, Reason
from briefings.seasons import accepting
from briefings.seasons import making as seasons
from briefings.seasons import solving as season_solving
from briefings.seasons.availability import ask, contacts_of
from briefings.seasons.making import Rules
from briefings.seasons.models import AvailabilityRequest, Season, SeasonTime
from briefings.tasks.models import Task, TaskState
from briefings.web.tokens import token_for
from tests.builders import a_need, saved
from tests.journeys.running import BEGINNING
from tests.seasons.plans import SEOUL, a_way, an_outcome

TIMES = [BEGINNING.replace(hour=5, minute=0) + timedelta(days=30 + 7 * week) for week in range(4)]
WHY = Reason("key")


def fill_seasons(officer: User, theme: Theme, audience: Audience, long_title: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    needs = [
        a_need(
            themes=[theme],
            audiences=[audience],
            title=long_title if number == 1 else f"편성할 과제 {number}",
            contact_name=f"담당 {number}",
            contact_email=f"season{number}@gaon.example.kr" if number < 7 else "",
            key_since=BEGINNING if number == 2 else None,
        )
        for number in range(1, 8)
    ]
    made = {
        "bare": _season(officer, [], 0),
        "ready": _season(officer, needs, 4, name=long_title),
        "planned": _planned(officer, needs),
        "stale": _season(officer, needs[:3], 4),
        "busy": _season(officer, needs[:3], 4),
        "impossible": _planned(officer, needs[3:]),
        "accepted": _planned(officer, needs[:6]),
    }
    _tasks(officer, made, needs)
    made["impossible"].lanes[0].starts_at = None
    db.session.commit()
    links = _asked(officer, made["planned"])
    with unit_of_work():
        season = seasons.numbered(made["accepted"].id)
        accepting.accept(season, "국장 보고를 마침", seen=season.version, by=officer, now=BEGINNING, zone=SEOUL)
    return {f"season_{name}": season.id for name, season in made.items()} | links | {"season_need": needs[0].id}


def _season(officer: User, needs: list[Need], times: int, name: str = "2027년 상반기") -> Season:
    with unit_of_work():
        rules = Rules(name=name, min_slots=2, max_slots=3)
        season = seasons.make(rules, needs, None, by=officer, now=BEGINNING)
        season.times = [SeasonTime(starts_at=moment) for moment in TIMES[:times]]
    return season


def _planned(officer: User, needs: list[Need]) -> Season:
    """Solved twice: with what changed, reasons, and a need left over with what would help."""
    season = _season(officer, needs, 4)
    remedies = a_way("if_min", min=1), a_way("if_time", new=True), a_way("if_presenter")
    for first, second in ((TIMES[0], TIMES[1]), (TIMES[2], TIMES[1])):
        briefings = [(first, needs[:2]), (second, needs[2:4])]
        left = [LeftOver(str(need.id), (WHY,), remedies) for need in needs[4:]]
        outcome = an_outcome(season, BEGINNING, briefings, left, reason=WHY)
        with unit_of_work():
            season_solving.take(seasons.numbered(season.id), outcome, officer, BEGINNING)
    return season


def _tasks(officer: User, made: dict[str, Season], needs: list[Need]) -> None:
    """One under way, one that came too late."""
    given = {"kind": season_solving.KIND, "created_by_id": officer.id, "created_by_name": officer.name}
    given |= {"created_at": BEGINNING, "params": {"seconds": 60, "by": officer.id, "zone": "Asia/Seoul"}}
    # Nobody takes it up: another worker has it for a long time yet.
    lease = BEGINNING + timedelta(days=365)
    running = {"state": TaskState.RUNNING, "done": 12, "total": 60, "note": "설명회 2회", "lease_until": lease}
    saved(Task(about=season_solving.about(made["busy"]), **given, **running))
    late = an_outcome(made["stale"], BEGINNING, [(TIMES[0], needs[:3])]) | {"state": "stale"}
    saved(Task(about=season_solving.about(made["stale"]), **given, state=TaskState.DONE, result=late))


def _asked(officer: User, season: Season) -> dict[str, str]:
    """The links of somebody who has not answered, of one who has."""
    with unit_of_work():
        ask(season, contacts_of(season), officer, BEGINNING)
    found = db.session.query(AvailabilityRequest).filter_by(season_id=season.id).order_by(AvailabilityRequest.id).all()
    silent, answered = found[:2]
    answered.answered_at = BEGINNING
    db.session.commit()
    tokens = {
        name: token_for("availability", one.public_id, 1) for name, one in (("silent", silent), ("said", answered))
    }
    return {f"times_{name}": token for name, token in tokens.items()}
