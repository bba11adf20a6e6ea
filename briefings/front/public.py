"""The first page, search over everything, the pages that explain, and what machines ask for."""

from collections import Counter
from datetime import date

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.front import kwcag
from briefings.front.addresses import private_paths, public_addresses
from briefings.front.forms import SearchForm
from briefings.front.home import home as what_home_shows
from briefings.front.site_map import SECTIONS
from briefings.needs.finding import Search, public_needs
from briefings.needs.search_index import WORDS_LOOKED_FOR
from briefings.needs.words import STATUS_TONES
from briefings.privacy.consenting import current_texts
from briefings.privacy.models import Basis, Purpose
from briefings.rights.retention import periods
from briefings.schedule.coming import speaking_of
from briefings.schedule.eligibility import closed_reason
from briefings.schedule.finding import places_of_each
from briefings.schedule.words import status_of
from briefings.web.access import access_of, public
from briefings.web.language import language
from briefings.web.problems import reason

pages = Blueprint("front", __name__)
pages.context_processor(lambda: {"status_of": status_of, "status_tones": STATUS_TONES})

NEEDS_SHOWN = 5
POLICY_SINCE = date(2026, 11, 23)


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """What the site is for, the next briefing, the newest needs."""
    now = clock.now()
    shown = what_home_shows(now)
    refused = closed_reason(shown.next.briefing, now) if shown.next else None
    closed = reason(refused) if refused else None
    return render_template("front/home.html", shown=shown, closed=closed, now=now, form=SearchForm())


@pages.get("/search")
@public
def search() -> ResponseReturnValue:
    """Needs and briefings in which each word is found."""
    form, now, page = SearchForm(request.args), clock.now(), request.args.get("page", 1, int)
    words = (form.q.data or "").split()[:WORDS_LOOKED_FOR]
    if not words:
        return render_template("front/search.html", form=form, q="")
    q = " ".join(words)
    needs = public_needs(Search(q=q))
    briefings = speaking_of(words, now, page)
    return render_template(
        "front/search.html",
        form=form,
        q=q,
        needs=needs.items[:NEEDS_SHOWN],
        number_of_needs=needs.total,
        more_needs=needs.more,
        briefings=briefings,
        places=places_of_each(briefings.items),
        now=now,
    )


@pages.get("/guide")
@public
def guide() -> ResponseReturnValue:
    """What it is about, where each kind of visitor goes on, and what people ask."""
    return render_template("front/guide.html")


@pages.get("/guide/attendees")
@public
def guide_attendees() -> ResponseReturnValue:
    """From signing up to a match, for whoever looks for something to join."""
    return render_template("front/guide_attendees.html")


@pages.get("/guide/owners")
@public
def guide_owners() -> ResponseReturnValue:
    """From a need to a match, for organizations that register needs."""
    return render_template("front/guide_owners.html")


@pages.get("/guide/presenters")
@public
def guide_presenters() -> ResponseReturnValue:
    """For those who present a need."""
    return render_template("front/guide_presenters.html")


@pages.get("/guide/experts")
@public
def guide_experts() -> ResponseReturnValue:
    """For those who score needs and advise on them."""
    return render_template("front/guide_experts.html")


@pages.get("/sitemap")
@public
def site_map() -> ResponseReturnValue:
    """Every page anybody may begin at."""
    return render_template("front/site_map.html", sections=SECTIONS)


@pages.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """개인정보 처리방침 (개인정보 보호법 제30조): what is kept, from the consent texts in force."""
    found = current_texts(Purpose, language())
    texts = [found[purpose] for purpose in Purpose]
    return render_template(
        "front/privacy.html",
        asked=[text for text in texts if text.basis is Basis.CONSENT],
        told=[text for text in texts if text.basis is Basis.NOTICE],
        since=POLICY_SINCE,
        days=periods(),
    )


@pages.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """What conforms, what does not, and whom to ask."""
    return render_template(
        "front/accessibility.html",
        items=kwcag.ITEMS,
        counts=Counter(item.standing.value for item in kwcag.ITEMS),
        standings=kwcag.STANDINGS,
        tones=kwcag.TONES,
        found=kwcag.FOUND,
        looked_at=kwcag.LOOKED_AT,
    )


@pages.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    """Everything public may be found; personal links are in no page, but may leak into logs elsewhere."""
    rules = current_app.url_map.iter_rules()
    private = [rule.rule for rule in rules if access_of(current_app, rule.endpoint) != "public"]
    return _plain("front/robots.txt", "text/plain", private=private_paths(private))


@pages.get("/sitemap.xml")
@public
def sitemap() -> ResponseReturnValue:
    """Every public page in both languages (sitemaps.org 0.9)."""
    return _plain("front/sitemap.xml", "application/xml", addresses=public_addresses(clock.now()))


def _plain(template: str, mimetype: str, **values: object) -> Response:
    answer = make_response(render_template(template, **values))
    answer.mimetype = mimetype
    return answer
