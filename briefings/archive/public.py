"""The public pages of briefings that are over: which there were, and what is left of each."""

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import SearchField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from briefings import clock
from briefings.archive import shelf
from briefings.archive.booklets import published_booklet
from briefings.archive.shelf import Half, Search
from briefings.db import db
from briefings.files.models import StoredFile
from briefings.files.sending import download
from briefings.live.players import from_second
from briefings.needs.search_index import WORDS_LOOKED_FOR
from briefings.needs.words import STATUS_TONES
from briefings.questions.publishing import published_of
from briefings.schedule import finding
from briefings.schedule.materials import files_by_slot
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotFile
from briefings.schedule.programme import programme_of
from briefings.schedule.replaying import replay_of
from briefings.schedule.staff import zone
from briefings.web.access import public
from briefings.web.forms import Filters, searchable
from briefings.web.labels import label
from briefings.web.routing import row_number

pages = Blueprint("archive", __name__, url_prefix="/archive")
pages.context_processor(lambda: {"status_tones": STATUS_TONES})


class ArchiveFilters(Filters):
    """Conditions of the list; only half-years and themes that have briefings."""

    q = SearchField(_l("검색어"), filters=[searchable], render_kw={"maxlength": 100})
    half = SelectField(_l("시기"), [Optional()])
    theme = SelectField(_l("주제"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = clock.now()
        self.halves = {str(half): half for half in shelf.halves(zone(), now)}
        anything = SelectChoice("", _l("전체"))
        self.half.choices = [anything, *(SelectChoice(key, in_words(half)) for key, half in self.halves.items())]
        self.theme.choices = [anything, *(SelectChoice(str(row.id), label(row)) for row in shelf.themes(now))]

    def search(self) -> Search:
        """What to look for; what is not in the lists is left out."""
        theme = int(self.theme.data) if self.theme.data and self.theme.validate(self) else None
        words = tuple((self.q.data or "").split()[:WORDS_LOOKED_FOR])
        return Search(half=self.halves.get(self.half.data or ""), theme_id=theme, words=words)

    def conditions(self) -> list[tuple[str, str]]:
        """Each condition in force in words, with the address without it."""
        search = self.search()
        names = {
            "q": gettext("검색어: %(words)s", words=" ".join(search.words)) if search.words else "",
            "half": in_words(search.half) if search.half else "",
            "theme": next((c.label for c in self.theme.choices if search.theme_id and c.value == self.theme.data), ""),
        }
        kept = {name: value for name, value in request.args.items() if value and name in names}
        return [
            (str(words), url_for(".index", **{key: value for key, value in kept.items() if key != name}))
            for name, words in names.items()
            if words
        ]


def in_words(half: Half) -> str:
    """`2026년 하반기`."""
    if half.number == 1:
        return gettext("%(year)s년 상반기", year=half.year)
    return gettext("%(year)s년 하반기", year=half.year)


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """Briefings that are over, the latest first, by half-year."""
    now, filters = clock.now(), ArchiveFilters(request.args)
    search = filters.search()
    page = shelf.found(search, zone(), now, request.args.get("page", 1, row_number))
    by_half: dict[str, list[Briefing]] = {}
    for briefing in page.items:
        by_half.setdefault(in_words(shelf.half_of(briefing.starts_at, zone())), []).append(briefing)
    return render_template(
        "archive/index.html",
        filters=filters,
        chips=filters.conditions(),
        page=page,
        by_half=by_half,
        left=shelf.left_of(page.items, now),
    )


@pages.get("/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """What is left of one briefing: its needs with materials and replies, the recording, questions and answers."""
    briefing = _over(public_id)
    if briefing is None:
        return redirect(url_for("briefings.show", public_id=public_id))
    programme, files = programme_of(briefing), files_by_slot(briefing)
    replay, questions = replay_of(briefing, programme), published_of(briefing)
    chapters = replay.chapters if replay else []
    return render_template(
        "archive/show.html",
        briefing=briefing,
        programme=programme,
        files={number: [each.file for each in several if each.public] for number, several in files.items()},
        replies=shelf.replies_by_need([entry.need.id for entry in programme]),
        replay=replay,
        chapters={each.seconds: from_second(briefing.replay_url, each.seconds) for each in chapters},
        questions=questions,
        booklet=published_booklet(briefing),
        boxes=_boxes(briefing),
    )


@pages.get("/<public_id>/files/<file_id>")
@public
def file(public_id: str, file_id: str) -> ResponseReturnValue:
    """A file its presenter lets everybody have."""
    briefing = _over(public_id) or abort(404)
    found = db.select(StoredFile).join(SlotFile, SlotFile.file_id == StoredFile.id).join(SlotFile.slot)
    found = found.where(PresenterSlot.briefing_id == briefing.id, SlotFile.public, StoredFile.public_id == file_id)
    return download(db.session.scalar(found) or abort(404))


@pages.get("/<public_id>/booklet.pdf")
@public
def booklet(public_id: str) -> ResponseReturnValue:
    """The booklet, once staff have published it."""
    briefing = _over(public_id) or abort(404)
    found = published_booklet(briefing) or abort(404)
    return download(found.file)


def _boxes(briefing: Briefing) -> list[Markup]:
    """What others have to say of it."""
    made = [make(briefing, zone(), clock.now()) for make in current_app.extensions["archive_boxes"]]
    shown = [(box.template, {"briefing": briefing, **box.values}) for box in made if box]
    return [Markup(render_template(template, **values)) for template, values in shown]  # noqa: S704 (ours)


def _over(public_id: str) -> Briefing | None:
    """The briefing if it was held and is over; None where it is not; 404 where nobody may see it."""
    briefing, _ = finding.published(public_id) or abort(404)
    held = briefing.state is BriefingState.PUBLISHED and briefing.is_over(clock.now())
    return briefing if held else None
