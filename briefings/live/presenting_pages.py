"""The presenter's page of the day: how far it is, how long they have, and the button that says they are there."""

from datetime import datetime
from hashlib import blake2b

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.live import presenting
from briefings.live.running import DayState, SlotState, state_of
from briefings.schedule.links import slot_behind
from briefings.schedule.models import PresenterSlot
from briefings.schedule.presenter_pages import pages
from briefings.web.access import by_token
from briefings.web.fragments import Fragment, answer_with
from briefings.web.problems import reason


@pages.get("/present/<token>/day")
@by_token
def day(token: str) -> ResponseReturnValue:
    """How the day goes, as somebody who presents has to know it."""
    return render_template("live/presenter/day.html", token=token, **_values(slot_behind(token), clock.now()))


@pages.get("/present/<token>/day/now")
@by_token
def day_now(token: str) -> ResponseReturnValue:
    """What changes by itself on that page; 304 where it is as it was."""
    text = render_template("live/presenter/now.html", token=token, **_values(slot_behind(token), clock.now()))
    return answer_with(Fragment(text, blake2b(text.encode(), digest_size=9).hexdigest(), None, None))


@pages.post("/present/<token>/day")
@by_token
def be_there(token: str) -> ResponseReturnValue:
    """Say to be in the room."""
    try:
        with unit_of_work():
            presenting.be_there(slot_behind(token), clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(gettext("사회자에게 알렸습니다. 순서가 될 때까지 이 화면을 열어 두십시오."), "success")
    return redirect(url_for(".day", token=token), 303)


def _values(slot: PresenterSlot, now: datetime) -> dict[str, object]:
    state = state_of(slot.briefing, now)
    refused = presenting.day_reason(slot.briefing, now)
    mine = next((each for each in state.slots if each.slot.id == slot.id), None) or abort(404)
    return {
        "slot": slot,
        "briefing": slot.briefing,
        "state": state,
        "mine": mine,
        "before": _before(state, mine),
        "not_now": refused and reason(refused),
        "now": now,
    }


def _before(state: DayState, mine: SlotState) -> int:
    """How many talks come before theirs and are not done; one that is on counts."""
    at = state.slots.index(mine)
    return sum(not each.is_done for each in state.slots[:at])
