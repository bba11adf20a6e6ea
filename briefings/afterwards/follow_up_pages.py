"""The staff's page of what is left to do after a briefing, and sending the mails that follow it at once."""

from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import HiddenField

from briefings import clock
from briefings.afterwards import follow_up
from briefings.afterwards.certifying import rule_of
from briefings.afterwards.reminding import due_at
from briefings.afterwards.survey_results import results_of
from briefings.afterwards.surveys import closed_reason, closes_at
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.live.attendance import bounds_of, counters
from briefings.live.tool_lists import lists_under_way
from briefings.outbox.preview import Preview, dry_run
from briefings.outbox.quiet import QuietHours
from briefings.questions.publishing import counts_of
from briefings.schedule.models import Briefing
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.problems import reason

pages = Blueprint("staff_follow_up", __name__, url_prefix="/staff/briefings/<int:briefing_id>/afterwards")

SENTENCES = {
    "thanks": "참가한 %(number)s에게 감사와 다시보기, 과제별 답글 링크, 만족도 조사를 보냅니다.",
    "absent": "참가하지 못한 %(number)s에게 다시보기와 과제별 답글 링크를 보냅니다.",
}
WITHOUT_REPLAY = {
    "thanks": "참가한 %(number)s에게 감사와 과제별 답글 링크, 만족도 조사를 보냅니다. 다시보기는 아직 없어 빠집니다.",
    "absent": "참가하지 못한 %(number)s에게 과제별 답글 링크를 보냅니다. 다시보기는 아직 없어 빠집니다.",
}


class SendForm(Form):
    """Which mails were shown to be sent."""

    agreed = HiddenField("보낼 전자우편")


@pages.get("")
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """Attendance, replay, slides, answers, survey, certificates and mails of a briefing: what is done, what is not."""
    briefing, now, quiet = the_briefing(briefing_id), clock.now(), QuietHours.of(current_app.config)
    results = results_of(briefing, now)
    return render_template(
        "afterwards/staff/follow_up.html",
        briefing=briefing,
        now=now,
        attendance=counters(briefing, bounds_of(briefing, now)),
        lists=lists_under_way(briefing),
        slides=follow_up.slides_of(briefing),
        questions=counts_of(briefing),
        survey=results.survey,
        results=results,
        survey_closed=closed_reason(results.survey, briefing, now),
        survey_closes_at=closes_at(results.survey, briefing),
        survey_again_at=due_at(briefing, quiet),
        rule=rule_of(briefing),
        mailings=follow_up.mailings_of(briefing, now, quiet),
        not_yet=follow_up.not_yet_reason(briefing, now),
    )


@pages.route("/send", methods=["GET", "POST"])
@staff
def send(briefing_id: int) -> ResponseReturnValue:
    """Show the very mails that would be sent, to whom; then send them without waiting for the morning."""
    briefing, now, form = the_briefing(briefing_id), clock.now(), SendForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                number = follow_up.send(briefing, current_user, now, form.agreed.data or "")
        except Refused:
            briefing = the_briefing(briefing_id)  # the page says why, or what would be sent now
        else:
            flash(f"전자우편 {number:,}통을 보내기 시작했습니다.", "success")
            return redirect(url_for(".index", briefing_id=briefing_id), 303)
    preview, mark, refused = _preview(briefing, now)
    briefing = the_briefing(briefing_id)
    anew = form.is_submitted() and refused is None
    form.agreed.data = mark
    return render_template(
        "afterwards/staff/follow_up_send.html",
        briefing=briefing,
        form=form,
        preview=preview,
        sentences=preview.sentences(SENTENCES if briefing.shown_replay_url else WITHOUT_REPLAY),
        refused=refused,
        anew=anew,
    )


def _preview(briefing: Briefing, now: datetime) -> tuple[Preview, str, str | None]:
    """What would be sent, its mark, or why nothing would be."""
    try:
        with dry_run(current_app, now) as preview:
            follow_up.send(briefing, current_user, now)
            mark = follow_up.mark_of(briefing, now)
    except Refused as error:
        return Preview(), "", reason(error)
    return preview, mark, None
