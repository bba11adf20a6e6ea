"""The staff's page that says what becomes of whom, and who is told what, before it is done (views of the briefings)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.outbox.preview import Preview, dry_run
from briefings.registrations.deciding import MOST_AT_ONCE, Act, Outcome, chosen, decide, numbered
from briefings.registrations.staff_forms import DecisionForm, RegistrantFilters
from briefings.schedule import impact
from briefings.schedule.coming import next_ones
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.schedule.staff import pages, the_briefing
from briefings.schedule.words import REGISTRATION_TONES, told
from briefings.web.access import staff
from briefings.web.problems import reason

MOST_DESTINATIONS = 100
MOST_NAMED = 5
"""Of those with whom it could not be done so many are named afterwards: what is said must fit into a cookie."""
MOST_OF_NAME = 40
DONE = {
    Act.APPROVE: "%s명의 신청을 승인하고 %s",
    Act.REFUSE: "%s명의 신청을 돌려보내고 %s",
    Act.REMOVE: "%s명의 신청을 취소하고 %s",
    Act.MOVE: "%s명을 다른 설명회로 옮기고 %s",
}
REACHED = {
    Act.APPROVE: impact.REACHED
    | {
        "invitation": "%(number)s에게 신청이 확정되었다고 알리고 일정 초대를 보냅니다.",
        "waitlisted": "%(number)s에게 대기 순번을 알립니다.",
    },
    Act.REFUSE: {"refused": "%(number)s에게 사유와 함께 승인하지 않았다고 알립니다."},
    Act.REMOVE: impact.REACHED
    | {
        "withdrawal": "%(number)s에게 취소를 알리고 달력에서 일정을 지웁니다.",
        "waiting_ended": "%(number)s에게 신청이 취소되었다고 알립니다.",
    },
    Act.MOVE: impact.REACHED,
}


@dataclass(frozen=True)
class Thought:
    """What would become of each, and what would be sent."""

    outcomes: list[Outcome]
    preview: Preview
    sentences: list[str]


@pages.route(
    "/<int:briefing_id>/registrations/together/<any('approve', 'refuse', 'remove', 'move'):act>",
    methods=["GET", "POST"],
)
@staff
def registrations_together(briefing_id: int, act: str) -> ResponseReturnValue:
    """Say what becomes of those ticked, or of all that meet the conditions, and who is told what; then do it."""
    what, now, briefing = Act(act), clock.now(), the_briefing(briefing_id)
    conditions = RegistrantFilters(request.args).conditions() if "all" in request.args else {}
    ids = request.args.getlist("id")[:MOST_AT_ONCE]
    people = chosen(briefing, what, ids, **conditions)
    form = DecisionForm.about(what, _destinations(briefing, now) if what is Act.MOVE else [])
    said = _said(what, people, form)
    sound = form.validate_on_submit()
    if people and sound and form.agreed.data == said:
        with unit_of_work():
            outcomes = decide(what, briefing, people, form.terms(), by=current_user, now=now)
        _say_done(what, briefing, outcomes)
        return redirect(_back(briefing_id, conditions), 303)
    anew = bool(sound and form.agreed.data)
    thought = None
    if people and (sound or (what in (Act.APPROVE, Act.REMOVE) and not form.is_submitted())):
        thought = _thought(what, briefing, [each.id for each in people], form, now)
        briefing = the_briefing(briefing_id)
        people = chosen(briefing, what, ids, **conditions)
    form.agreed.data = said if thought else ""
    return render_template(
        "schedule/staff/registrations_together.html",
        briefing=briefing,
        act=what,
        form=form,
        people=people,
        ticked=None if conditions else len(ids),
        thought=thought,
        anew=anew,
        most=MOST_AT_ONCE,
        back=_back(briefing_id, conditions),
        registration_tones=REGISTRATION_TONES,
        reason=reason,
    )


def _destinations(briefing: Briefing, now: datetime) -> list[Any]:
    return [seen for seen in next_ones(now, MOST_DESTINATIONS, unlisted_too=True) if seen.briefing.id != briefing.id]


def _thought(act: Act, briefing: Briefing, numbers: Sequence[int], form: DecisionForm, now: datetime) -> Thought:
    """What it would do; it is done and undone, so that whatever was loaded before is to be loaded anew."""
    with dry_run(current_app, now) as preview:
        outcomes = decide(act, briefing, numbered(briefing, numbers), form.terms(), by=current_user, now=now)
    return Thought(outcomes, preview, preview.sentences(REACHED[act]))


def _said(act: Act, people: Sequence[Registration], form: DecisionForm) -> str:
    """A mark of whom it is about, where they stand and what was typed: another one as soon as anything differs.

    Why somebody is removed only adds a sentence to a mail that was shown, and need not be shown first.
    """
    about = [(each.id, each.state.value) for each in people]
    typed = None if act is Act.REMOVE else form.typed()
    return hashlib.sha256(repr((about, typed)).encode()).hexdigest()


def _say_done(act: Act, briefing: Briefing, outcomes: Sequence[Outcome]) -> None:
    left = [(outcome.name, outcome.refused) for outcome in outcomes if outcome.refused]
    if number := len(outcomes) - len(left):
        flash(DONE[act] % (f"{number:,}", told(briefing.hold_mails)), "success")
    for name, refused in left[:MOST_NAMED]:
        flash(f"{name[:MOST_OF_NAME]} 님: {reason(refused)}", "error")
    if (others := len(left) - MOST_NAMED) > 0:
        flash(f"그 밖에 {others:,}명도 처리하지 못했습니다. 목록에서 상태를 확인해 주세요.", "error")


def _back(briefing_id: int, conditions: dict[str, Any]) -> str:
    kept = {name: value for name, value in request.args.items() if name not in ("all", "id", "page")}
    return url_for(".registrations", briefing_id=briefing_id, **(kept if conditions else {}))
