"""The staff's pages of the result report of a briefing: read, printed, taken along, and added to in words."""

from datetime import datetime

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.sending import attachment
from briefings.schedule.staff import the_briefing, zone
from briefings.statistics.blocks import Paper
from briefings.statistics.models import BriefingReport
from briefings.statistics.report import LONGEST, none_yet, remarks_on, report_of, write_remarks
from briefings.statistics.report_files import FILES, Site, written
from briefings.statistics.report_words import paper_of
from briefings.web.access import staff
from briefings.web.filters import site_name
from briefings.web.forms import Form

pages = Blueprint("staff_report", __name__, url_prefix="/staff/briefings/<int:briefing_id>/report")


class RemarksForm(Form):
    """What staff say of the briefing, and which version of it they saw."""

    seen = HiddenField()
    remarks = TextAreaField(
        "담당자 의견",
        [Length(max=LONGEST)],
        description="잘된 점, 아쉬운 점, 다음에 할 일처럼 수로 보이지 않는 것입니다. 내려받는 문서에도 들어갑니다.",
    )

    def show(self, kept: BriefingReport | None) -> None:
        """What is kept, or still what was typed; whoever was refused has seen by now what a colleague wrote."""
        if not self.is_submitted():
            self.remarks.data = kept.remarks if kept else ""
        if not self.is_submitted() or self.remarks.errors:
            self.seen.data = kept.changed_at.isoformat() if kept else ""

    def seen_at(self) -> datetime | None:
        """Which version was seen; None where there was none, or it cannot be told."""
        try:
            moment = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return moment if moment.tzinfo else None


@pages.get("")
@staff
def show(briefing_id: int) -> ResponseReturnValue:
    """The whole report, as it is now."""
    briefing, now = the_briefing(briefing_id), clock.now()
    if why := none_yet(briefing):
        return render_template("statistics/no_report.html", briefing=briefing, reason=why)
    report = report_of(briefing, zone(), now)
    return render_template(
        "statistics/report.html",
        briefing=briefing,
        report=report,
        paper=paper_of(report),
        files=FILES,
        issuer=current_app.config["ISSUER"],
        over=briefing.is_over(now),
    )


@pages.route("/remarks", methods=["GET", "POST"])
@staff
def remarks(briefing_id: int) -> ResponseReturnValue:
    """What staff say of it; kept while it is typed, too."""
    briefing, form, by_itself = the_briefing(briefing_id), RemarksForm(), request.form.get("do") == "autosave"
    if why := none_yet(briefing):
        return render_template("statistics/no_report.html", briefing=briefing, reason=why)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                changed = write_remarks(briefing, form.remarks.data or "", form.seen_at(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
            briefing = the_briefing(briefing_id)
        else:
            if by_itself:
                return "", 204
            flash(*(("의견을 저장했습니다.", "success") if changed else ("바뀐 내용이 없습니다.", "info")))
            return redirect(url_for(".show", briefing_id=briefing_id) + "#remarks", 303)
    if by_itself:
        return "", 409
    kept = remarks_on(briefing)
    form.show(kept)
    return render_template("statistics/report_remarks.html", briefing=briefing, form=form, kept=kept)


@pages.get("/<any(pdf, hwpx, odt):ending>")
@staff
def file(briefing_id: int, ending: str) -> ResponseReturnValue:
    """The report as it stands now, as a file; Refused where it cannot be made."""
    briefing, now = the_briefing(briefing_id), clock.now()
    if reason := none_yet(briefing):
        raise Refused(reason)
    paper = paper_of(report_of(briefing, zone(), now))
    return sent(ending, paper, now)


def sent(ending: str, paper: Paper, now: datetime) -> Response:
    """A report as a file."""
    response = Response(mimetype=FILES[ending].media_type)
    response.headers["Content-Disposition"] = attachment(f"{paper.title}.{ending}")
    response.headers["Cache-Control"] = "no-store"
    if request.method != "HEAD":
        response.set_data(written(ending, paper, Site(site_name(), current_app.config["ISSUER"]), now))
    return response
