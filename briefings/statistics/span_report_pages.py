"""The staff's pages of the report over many briefings: read, printed and taken along."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from briefings import clock
from briefings.needs import finding
from briefings.schedule.staff import zone
from briefings.statistics.report_files import FILES
from briefings.statistics.report_pages import sent
from briefings.statistics.span_report import SpanReport, report_over
from briefings.statistics.span_report_words import paper_over
from briefings.statistics.spans import SpanKind, spans
from briefings.web.access import staff
from briefings.web.forms import Filters
from briefings.web.labels import label

pages = Blueprint("staff_span_report", __name__, url_prefix="/staff/statistics/report")


class ReportFilters(Filters):
    """What to report of, and of which theme; what makes no sense is said, and this half-year and every theme shown."""

    of = SelectField("무엇의 보고", validate_choice=False)
    theme = SelectField("주제", validate_choice=False)

    def __init__(self, args: Any, now: datetime) -> None:
        super().__init__(args)
        self.spans = spans(zone(), now)
        self.known, themes = {each.key: each for each in self.spans}, finding.themes()
        self.themes = {str(each.id): each for each in themes}
        self.of.choices = [
            SelectChoice(key, f"수요조사: {each.name}" if each.kind is SpanKind.ROUND else each.name)
            for key, each in self.known.items()
        ]
        self.theme.choices = [SelectChoice("", "전체"), *(SelectChoice(str(each.id), label(each)) for each in themes)]
        self.unknown = False
        for field, known, instead, words in (
            (self.of, self.known, self.spans[0].key, "그런 기간이나 수요조사가 없어 이번 반기를 보입니다."),
            (self.theme, self.themes, "", "그런 주제가 없어 모든 주제를 보입니다."),
        ):
            if field.data not in known:
                if field.data:
                    field.errors, self.unknown = [f"{words} 목록에서 골라 주세요."], True
                field.data = instead

    def report(self, now: datetime) -> SpanReport:
        """What is asked for."""
        return report_over(self.known[self.of.data], self.spans, self.themes.get(self.theme.data), zone(), now)

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        return {"of": self.of.data} | ({"theme": self.theme.data} if self.theme.data else {})


@pages.get("")
@staff
def show() -> ResponseReturnValue:
    """The whole report, as it is now."""
    now = clock.now()
    filters = ReportFilters(request.args, now)
    report = filters.report(now)
    return render_template(
        "statistics/span_report.html",
        filters=filters,
        report=report,
        paper=paper_over(report),
        files=FILES,
        query=filters.query(),
        issuer=current_app.config["ISSUER"],
    )


@pages.get("/<any(pdf, hwpx, odt):ending>")
@staff
def file(ending: str) -> ResponseReturnValue:
    """The report as it stands now, as a file; Refused where it cannot be made."""
    now = clock.now()
    filters = ReportFilters(request.args, now)
    if filters.unknown:
        abort(404)
    return sent(ending, paper_over(filters.report(now)), now)
