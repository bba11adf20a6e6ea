"""The staff's pages of who took part most: weighed, explained, taken away as a list of nominations."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from briefings import clock
from briefings.archive.shelf import Half
from briefings.db import unit_of_work
from briefings.files.sending import attachment
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.registrations.export import Format
from briefings.registrations.export_pages import ExportForm
from briefings.schedule.staff import zone
from briefings.statistics import recognition_export
from briefings.statistics.recognition import MOST_POINTS, USUAL, Deed, Ranked, Who, halves, named, ranking
from briefings.statistics.words import DEEDS, WHO
from briefings.web.access import staff
from briefings.web.forms import Filters, options

pages = Blueprint("staff_recognition", __name__, url_prefix="/staff/recognition")
PER_PAGE = 30
LONGEST = 1_000
USUAL_LENGTH = 30


class RecognitionFilters(Filters):
    """Whose part in which half-year, and how each deed is weighed."""

    half = SelectField("시기", validate_choice=False)
    who = SelectField("누구를", choices=options(WHO), validate_choice=False)
    kind = SelectField("기관 유형", choices=options(KINDS, empty="전체"), validate_choice=False)
    needs = IntegerField(DEEDS[Deed.NEEDS][0], [Optional(), NumberRange(0, MOST_POINTS)])
    presented = IntegerField(DEEDS[Deed.PRESENTED][0], [Optional(), NumberRange(0, MOST_POINTS)])
    answered = IntegerField(DEEDS[Deed.ANSWERED][0], [Optional(), NumberRange(0, MOST_POINTS)])
    attended = IntegerField(DEEDS[Deed.ATTENDED][0], [Optional(), NumberRange(0, MOST_POINTS)])
    replies = IntegerField(DEEDS[Deed.REPLIES][0], [Optional(), NumberRange(0, MOST_POINTS)])
    matched = IntegerField(DEEDS[Deed.MATCHED][0], [Optional(), NumberRange(0, MOST_POINTS)])

    def __init__(self, args: Any) -> None:
        super().__init__(args)
        self.known = {str(half): half for half in halves(zone(), clock.now())}
        words = ((key, recognition_export.in_words(half)) for key, half in self.known.items())
        self.half.choices = [SelectChoice(key, word) for key, word in words]
        self.validate()
        self.half.data, self.who.data = str(self.chosen_half()), self.chosen_who().value
        for deed, weight in self.weights().items():
            if self[deed.value].data is None and not self[deed.value].errors:
                self[deed.value].data = weight

    def chosen_half(self) -> Half:
        """The one asked for, or the present one."""
        return self.known.get(self.half.data or "") or next(iter(self.known.values()))

    def chosen_who(self) -> Who:
        """Organizations unless officers are asked for."""
        return Who.OFFICERS if self.who.data == Who.OFFICERS else Who.ORGANIZATIONS

    def chosen_kind(self) -> OrganizationKind | None:
        """The kind asked for, if there is such a one."""
        return OrganizationKind(self.kind.data) if self.kind.data in set(OrganizationKind) else None

    def weights(self) -> dict[Deed, int]:
        """As they were asked for; the usual one where that makes no sense."""
        asked = {deed: self[deed.value] for deed in Deed}
        return {
            deed: USUAL[deed] if each.data is None or each.errors else int(each.data) for deed, each in asked.items()
        }


class NominationForm(ExportForm):
    """How long the list is, which file, and what for."""

    number = IntegerField("몇 위까지", [InputRequired(), NumberRange(1, LONGEST)], default=USUAL_LENGTH)


class Page(Pagination):
    """One page of the ranking, with names."""

    def _query_items(self) -> list[Ranked]:
        first = (self.page - 1) * self.per_page
        return named(self._query_args["ranked"][first : first + self.per_page])

    def _query_count(self) -> int:
        return len(self._query_args["ranked"])


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """The ranking of a half-year with how its points come about."""
    filters = RecognitionFilters(request.args)
    ranked = _ranked(filters)
    page = Page(per_page=PER_PAGE, max_per_page=PER_PAGE, ranked=ranked)
    return render_template(
        "statistics/recognition.html",
        filters=filters,
        page=page,
        half=recognition_export.in_words(filters.chosen_half()),
        who=filters.chosen_who(),
        weights=filters.weights(),
        deeds=DEEDS,
        query=_query(filters),
    )


@pages.route("/export", methods=["GET", "POST"])
@staff
def export() -> ResponseReturnValue:
    """Ask what for, then hand out the list of nominations."""
    filters, form = RecognitionFilters(request.args), NominationForm()
    ranked, who, half = _ranked(filters), filters.chosen_who(), filters.chosen_half()
    if not ranked:
        return redirect(url_for(".index", **_query(filters)))
    if form.validate_on_submit():
        given, chosen = Format(form.format.data), [each for each in ranked if each[0] <= form.number.data][:LONGEST]
        lines = named(chosen)
        with unit_of_work():
            recognition_export.note_export(
                who, half, filters.weights(), len(lines), given, form.reason.data, current_user, clock.now()
            )
        pieces = recognition_export.file_of(lines, who, half, given)
        response = Response(stream_with_context(pieces), mimetype=given.media_type)
        response.headers["Content-Disposition"] = attachment(recognition_export.file_name(who, half, given))
        return response
    return render_template(
        "statistics/recognition_export.html",
        form=form,
        half=recognition_export.in_words(half),
        who=who,
        number=len(ranked),
        weights=filters.weights(),
        deeds=DEEDS,
        query=_query(filters),
    )


def _ranked(filters: RecognitionFilters) -> list[Any]:
    half, weights, now = filters.chosen_half(), filters.weights(), clock.now()
    return ranking(filters.chosen_who(), half, weights, filters.chosen_kind(), zone(), now)


def _query(filters: RecognitionFilters) -> dict[str, Any]:
    """The conditions in force, for addresses."""
    kind = filters.chosen_kind()
    said = {"half": str(filters.chosen_half()), "who": filters.chosen_who().value, "kind": kind.value if kind else None}
    return said | {deed.value: weight for deed, weight in filters.weights().items() if weight != USUAL[deed]}
