"""Solving a season: asked for by staff, done by the worker, taken over unless the board changed meanwhile."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from briefings.accounts.models import User
from briefings.audit.recording import Actor
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.planner.model import LeftOver, Plan, Progress, Proposal, Reason
from briefings.planner.running import Died, Stopped
from briefings.planner.running import solve as solve_in_process
from briefings.planner.words import progress as progress_in_words
from briefings.planner.words import sentence
from briefings.seasons.board_steps import Deed, picture, take_step, tidy
from briefings.seasons.making import numbered, open_for_change, settled_reason
from briefings.seasons.models import Card, Lane, Season
from briefings.seasons.problem import Asked, ask_of
from briefings.tasks.models import Task
from briefings.tasks.queueing import latest, start
from briefings.tasks.running import Work

log = logging.getLogger(__name__)

KIND = "solve_season"
DIED = "편성 계산이 중간에 끝났습니다. 다시 해 보고, 또 그러면 찾는 시간을 줄이거나 담당자에게 알려 주세요."
SECONDS = {10: "빠르게", 60: "꼼꼼하게", 120: "더 오래"}
"""How long staff let the planner look, and what they call it."""
MOST_CHANGES = 300
Place = tuple[str, str] | None
"""Topic and time of a briefing; None: in none."""


def about(season: Season) -> str:
    """What the task of a season is about."""
    return f"season:{season.id}"


def ask_for_plan(season: Season, seconds: int, *, by: Actor, now: datetime, zone: ZoneInfo) -> Task:
    """Let the worker make a plan; Refused while one is being made, or where there is nothing to plan from."""
    open_for_change(season)
    if not season.cards:
        raise Refused("이 편성안에 수요가 없습니다. 먼저 수요를 넣어 주세요.")
    if not any(each.starts_at > now for each in season.times):
        raise Refused("앞으로 열 수 있는 시각이 없습니다. 먼저 시각을 넣어 주세요.")
    if seconds not in SECONDS:
        raise Refused("찾는 시간을 목록에서 골라 주세요.", field="seconds")
    params = {"seconds": seconds, "by": by.id, "zone": zone.key, "changed_at": season.changed_at.isoformat()}
    return start(KIND, about(season), params, by, now)


def latest_task(season: Season) -> Task | None:
    """The last time somebody asked for a plan, whatever came of it."""
    return latest(KIND, about(season))


def solve(work: Work) -> dict[str, Any]:
    """The worker's part: plan the season as it is, and take the plan over unless it changed since that was asked.

    Begun anew after it was killed, it finds the season changed if its plan was taken over already.
    """
    season = numbered(int(work.about.partition(":")[2]))
    if season is None or settled_reason(season):
        raise Refused("그사이 확정했거나 버린 편성안입니다.")
    asked = ask_of(season, work.clock(), ZoneInfo(work.params["zone"]))
    seconds = work.params["seconds"]
    db.session.commit()  # what was read is enough: nothing stays open while the planner looks

    def tell(progress: Progress) -> None:
        # Its last second is not over before its plan is there.
        work.tell(min(int(progress.seconds), seconds - 1), seconds, progress_in_words(progress))

    try:
        plan = solve_in_process(asked.problem, seconds, tell, work.wanted)
    except Stopped:
        work.tell(seconds, seconds)  # says why it is not wanted: Cancelled or Stopping
        raise
    except Died as error:
        log.error("season=%s: %s", season.id, error)
        raise Refused(DIED) from error
    outcome = outcome_of(asked, plan)
    if plan.clashes:
        return outcome | {"state": "clashes", "clashes": [sentence(reason) for reason in plan.clashes]}
    with unit_of_work():
        open_for_change(season)
        by = db.session.get(User, work.params["by"])
        if by is None or season.changed_at != datetime.fromisoformat(work.params["changed_at"]):
            return outcome | {"state": "stale"}
        take(season, outcome, by, work.clock())
    return {"state": "taken", "objective": plan.objective, "bound": plan.bound}


def outcome_of(asked: Asked, plan: Plan) -> dict[str, Any]:
    """The plan as it is kept with the task, its reasons in words already."""
    excluded = [{"need": need_id, "why": {"sentences": [why]}} for need_id, why in asked.left_out.items()]
    return {
        "briefings": [_proposal(each) for each in plan.briefings],
        "left_over": [*(_left_over(each) for each in plan.left_over), *excluded],
        "objective": plan.objective,
        "bound": plan.bound,
        "parts": plan.parts,
        "seconds": plan.seconds,
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "theme": int(proposal.theme),
        "audience": int(proposal.audience),
        "time": proposal.time,
        "held": proposal.held,
        "why": _why(proposal.why),
        "cards": [{"need": int(each.need), "why": _why(each.why)} for each in proposal.placements],
    }


def _left_over(left: LeftOver) -> dict[str, Any]:
    remedies = [{"code": each.code, "values": each.values, "sentence": sentence(each)} for each in left.remedies]
    return {"need": int(left.need), "why": _why(left.why) | {"remedies": remedies}}


def _why(reasons: Iterable[Reason]) -> dict[str, Any]:
    """Reasons as lanes and cards keep them: in words for whoever reads, in codes for whoever counts."""
    given = list(reasons)
    codes = [{"code": each.code, "values": each.values} for each in given]
    return {"sentences": [sentence(each) for each in given], "reasons": codes}


def take_anyway(season: Season, task: Task, *, by: Actor, now: datetime) -> None:
    """Take a plan over that was made for an earlier state of the board; needs and briefings gone since stay gone."""
    if task.result.get("state") != "stale" or latest_task(season) != task:
        raise Refused("이미 가져왔거나 더 새로운 결과가 있습니다.")
    take(season, task.result, by, now)
    task.result = {**task.result, "state": "taken"}


def take(season: Season, outcome: dict[str, Any], by: Actor, now: datetime) -> None:
    """Put the board into the state the planner proposes, as one step that can be undone."""
    open_for_change(season)
    before = _where(season)
    placed = sum(len(each["cards"]) for each in outcome["briefings"])
    picture_before = picture(season)
    _write(season, outcome)
    tidy(season)
    said = f"계산한 편성(설명회 {len(outcome['briefings'])}회, 수요 {placed}건)을"
    take_step(season, picture_before, Deed(said, "놓았습니다", "놓기"), by=by, now=now)
    standing = [place for place in before.values() if place]
    season.solved_at, season.solved_version = now, season.version
    season.objective, season.bound = outcome["objective"], outcome["bound"]
    season.report = {
        "parts": outcome["parts"],
        "seconds": outcome["seconds"],
        "placed": placed,
        "previous": {"placed": len(standing), "briefings": len(set(standing))} if standing else {},
        "changes": _changes(before, _where(season)),
    }


def _write(season: Season, outcome: dict[str, Any]) -> None:
    kept = {str(lane.id): lane for lane in season.lanes}
    held = {each["held"] for each in outcome["briefings"]}
    free = [lane for lane in season.lanes if not lane.locked and str(lane.id) not in held]
    alike = {(lane.theme_id, lane.audience_id, lane.starts_at): lane for lane in free}
    cards = {card.need_id: card for card in season.cards}
    wanted = []
    for place, proposal in enumerate(sorted(outcome["briefings"], key=lambda each: each["time"]), start=1):
        starts_at = datetime.fromisoformat(proposal["time"])
        topic = proposal["theme"], proposal["audience"]
        lane = kept.get(proposal["held"]) or alike.pop((*topic, starts_at), None)
        if lane is None or lane in wanted:
            lane = Lane(theme_id=topic[0], audience_id=topic[1])
            season.lanes.append(lane)
        lane.position, lane.starts_at, lane.why = place, starts_at, proposal["why"]
        wanted.append(lane)
        for turn, row in enumerate(proposal["cards"], start=1):
            _place(cards.get(row["need"]), lane, turn, row["why"])
    left_over = [row for row in outcome["left_over"] if row["need"] in cards]
    for turn, row in enumerate(left_over, start=1):
        _place(cards[row["need"]], None, turn, row["why"])
    _drop_others(season, wanted)


def _place(card: Card | None, lane: Lane | None, turn: int, why: dict[str, Any]) -> None:
    if card is not None:
        card.lane, card.position, card.why = lane, turn, why


def _drop_others(season: Season, wanted: list[Lane]) -> None:
    for lane in [lane for lane in season.lanes if lane not in wanted]:
        for card in [card for card in season.cards if card.lane is lane]:
            card.lane = None
        season.lanes.remove(lane)


def _where(season: Season) -> dict[int, Place]:
    """Need → where it stands; None: nowhere."""
    names = {lane.id: (f"{lane.theme.name} × {lane.audience.name}", _iso(lane.starts_at)) for lane in season.lanes}
    return {card.need_id: names.get(card.lane_id) if card.lane_id else None for card in season.cards}


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""


def _changes(before: dict[int, Place], after: dict[int, Place]) -> list[dict[str, Any]]:
    """What is elsewhere than before: need, where it was, where it is."""
    moved = [(need, before.get(need), place) for need, place in after.items() if before.get(need) != place]
    return [{"need": need, "from": old, "to": new} for need, old, new in moved][:MOST_CHANGES]
