"""The staff's pages of a briefing's day: the run sheet, the cue sheet, the moderator's link."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.validators import DataRequired

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.live import moderating, sheet_pages
from briefings.live.days import day_of
from briefings.live.moderator_links import moderator_url
from briefings.live.sheet_pages import Leader
from briefings.schedule.models import BriefingState
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.forms import EmailField, Form
from briefings.web.problems import reason

pages = Blueprint("staff_day", __name__, url_prefix="/staff/briefings")


class ModeratorForm(Form):
    """Where the moderator's link is sent."""

    email = EmailField("사회자의 전자우편", [DataRequired()], render_kw={"autocomplete": "off"})


def _leader(briefing_id: int) -> Leader:
    return Leader(
        find=lambda: the_briefing(briefing_id),
        by=current_user,
        frame="staff.html",
        address={"briefing_id": briefing_id},
        questions="staff_questions.desk",
        is_staff=True,
    )


@pages.get("/<int:briefing_id>/day")
@staff
def show(briefing_id: int) -> ResponseReturnValue:
    """The run sheet."""
    return sheet_pages.show(_leader(briefing_id))


@pages.get("/<int:briefing_id>/day/now")
@staff
def parts(briefing_id: int) -> ResponseReturnValue:
    """What changes by itself on the run sheet."""
    return sheet_pages.parts(_leader(briefing_id))


@pages.post("/<int:briefing_id>/day")
@staff
def press(briefing_id: int) -> ResponseReturnValue:
    """A press on the run sheet."""
    return sheet_pages.press(_leader(briefing_id))


@pages.post("/<int:briefing_id>/day/line")
@staff
def say(briefing_id: int) -> ResponseReturnValue:
    """Tell everybody in the room something."""
    return sheet_pages.say(_leader(briefing_id))


@pages.post("/<int:briefing_id>/day/room")
@staff
def change_room(briefing_id: int) -> ResponseReturnValue:
    """Lead everybody to another room at once."""
    return sheet_pages.change_room(_leader(briefing_id))


@pages.get("/<int:briefing_id>/day/cue-sheet")
@staff
def cue_sheet(briefing_id: int) -> ResponseReturnValue:
    """The cue sheet."""
    return sheet_pages.cue_sheet(_leader(briefing_id))


@pages.route("/<int:briefing_id>/day/cue-sheet/notes", methods=["GET", "POST"])
@staff
def notes(briefing_id: int) -> ResponseReturnValue:
    """Write what is to be thought of in each part."""
    return sheet_pages.notes(_leader(briefing_id))


@pages.route("/<int:briefing_id>/day/moderator", methods=["GET", "POST"])
@staff
def moderator(briefing_id: int) -> ResponseReturnValue:
    """The moderator's link, to be copied or sent."""
    briefing, now = the_briefing(briefing_id), clock.now()
    form = ModeratorForm(email=day_of(briefing).moderator_email)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                moderating.send_link(the_briefing(briefing_id), form.email.data, current_user, now)
        except Refused as error:
            form.refuse(error)
        else:
            flash("사회자에게 진행 화면 링크를 보냅니다.", "success")
            return redirect(url_for(".moderator", briefing_id=briefing_id), 303)
    briefing = the_briefing(briefing_id)
    day = day_of(briefing)
    return render_template(
        "live/staff/moderator.html",
        briefing=briefing,
        form=form,
        link=moderator_url(briefing, day),
        sent_to=day.moderator_email,
        sendable=briefing.state is BriefingState.PUBLISHED and not briefing.is_over(now),
    )


@pages.post("/<int:briefing_id>/day/moderator/revoke")
@staff
def revoke(briefing_id: int) -> ResponseReturnValue:
    """Let the link that was sent or copied open nothing any more."""
    try:
        with unit_of_work():
            moderating.revoke_link(the_briefing(briefing_id), current_user, clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash("지금까지의 링크를 막고 새 링크를 만들었습니다. 사회자에게 새 링크를 보내 주세요.", "success")
    return redirect(url_for(".moderator", briefing_id=briefing_id), 303)
