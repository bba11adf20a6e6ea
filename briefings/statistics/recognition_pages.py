"""The staff's pages of who took part most: weighed, explained."""

from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy.pagination import Pagination
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from briefings import clock
from briefings.archive.shelf import Half
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.schedule.staff import zone
from briefings.statistics.recognition import (
    MOST_POINTS,
    USUAL,
    Deed,
    Ranked,
    Who,
    half_in_words,
    halves,
    named,
    ranking,
)
from briefings.statistics.words import DEEDS, WHO
from briefings.web.access import staff
from briefings.web.forms import Filters, options

pages = Blueprint("staff_recognition", __name__, url_prefix="/staff/recognition")
PER_PAGE = 30
LONGEST = 1_000


class RecognitionFilters(Filters):
    """Whose part in which half-year, and how each deed is weighed."""

    half = SelectField("시기", validate_choice=False)
    who = SelectField("누구를", choices=options(WHO), validate_choice=False)
    places = IntegerField("몇 위까지", [Optional(), NumberRange(1, LONGEST)])
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
        words = ((key, half_in_words(half)) for key, half in self.known.items())
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
    whole = filters.chosen_who() is Who.ORGANIZATIONS
    ranked = ranked_by(filters, EVERYBODY if whole else current_app.extensions["narrowed_reach"]())
    page = Page(per_page=PER_PAGE, max_per_page=PER_PAGE, ranked=ranked)
    return render_template(
        "statistics/recognition.html",
        filters=filters,
        page=page,
        half=half_in_words(filters.chosen_half()),
        who=filters.chosen_who(),
        weights=filters.weights(),
        deeds=DEEDS,
    )


def ranked_by(filters: RecognitionFilters, reach: Reach) -> list[Any]:
    """The ranking as it was asked for, as far down as it was, of what may be seen."""
    half, weights, now = filters.chosen_half(), filters.weights(), clock.now()
    found = ranking(filters.chosen_who(), half, weights, filters.chosen_kind(), zone(), now, reach)
    last = filters.places.data if not filters.places.errors else None
    return [each for each in found if each[0] <= last] if last else found
