"""The staff's page of the booklet of a briefing: what goes in, having it bound, letting everybody have it."""

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.archive import booklets
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.sending import download
from briefings.schedule.models import BriefingState
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.filters import site_name
from briefings.web.problems import reason

pages = Blueprint("staff_booklet", __name__, url_prefix="/staff/briefings/<int:briefing_id>/booklet")


@pages.get("")
@staff
def show(briefing_id: int) -> ResponseReturnValue:
    """What is to be bound, what was, and whether it is out of date."""
    briefing = the_briefing(briefing_id)
    parts, booklet = booklets.parts_of(briefing), booklets.booklet_of(briefing)
    return render_template(
        "archive/staff/booklet.html",
        briefing=briefing,
        parts=parts,
        booklet=booklet,
        stale=booklet is not None and booklet.made_of != booklets.made_of(briefing, parts),
        withheld=booklet is not None and booklets.holds_kept_back(booklet),
        task=booklets.last_task(briefing),
        over=briefing.is_over(clock.now()),
        published=briefing.state is BriefingState.PUBLISHED,
    )


@pages.post("")
@staff
def bind(briefing_id: int) -> ResponseReturnValue:
    """Have it bound by the worker."""
    site = {
        "name": site_name(),
        "issuer": current_app.config["ISSUER"],
        "address": current_app.config["PUBLIC_URL"],
    }
    return _done(
        briefing_id,
        lambda: booklets.ask_for(the_briefing(briefing_id), site, current_user, clock.now()),
        "자료집을 만들기 시작했습니다. 이 화면을 떠나도 됩니다.",
    )


@pages.post("/publish")
@staff
def publish(briefing_id: int) -> ResponseReturnValue:
    """Let everybody have it, or nobody any more."""
    public = request.form.get("public") == "1"
    return _done(
        briefing_id,
        lambda: booklets.publish(the_briefing(briefing_id), public, current_user, clock.now()),
        "자료집을 공개했습니다." if public else "자료집을 더는 공개하지 않습니다.",
    )


@pages.get("/booklet.pdf")
@staff
def file(briefing_id: int) -> ResponseReturnValue:
    """The booklet, published or not."""
    found = booklets.booklet_of(the_briefing(briefing_id)) or abort(404)
    return download(found.file)


def _done(briefing_id: int, act: Callable[[], object], words: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act()
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(words, "success")
    return redirect(url_for(".show", briefing_id=briefing_id), 303)
