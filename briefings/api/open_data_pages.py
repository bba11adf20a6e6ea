"""Open data for everybody: what there is, under which licence, and the files, written while they are sent."""

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from flask import Blueprint, Response, abort, current_app, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.api.composing import address
from briefings.api.dumps import SETS, DataSet, Form
from briefings.files.sending import attachment
from briefings.web.access import public
from briefings.web.filters import local, site_name
from briefings.web.page_cache import kept
from briefings.web.security import limiter

pages = Blueprint("open_data", __name__, url_prefix="/open-data")
OFTEN = "30/minute;200/hour"
FEEDS = ("feeds.briefings",)


class Shown(NamedTuple):
    """A set with the number of its rows, and its files, each with its form and address."""

    set: DataSet
    number: int
    files: list[tuple[Form, str]]


@pages.get("")
@public
@kept
def index() -> ResponseReturnValue:
    """Every file with its columns, its licence and its number of rows; feeds and the API beside."""
    return render_template("api/open_data.html", shown=_shown(), today=local(clock.now()).date())


@pages.get("/<name>.<any(csv, jsonl):form>")
@public
@limiter.limit(OFTEN)
def file(name: str, form: str) -> ResponseReturnValue:
    """One file, as it is at this moment."""
    found, now, format = SETS.get(name) or abort(404), clock.now(), Form(form)
    pieces = found.pieces(format, now, _zone())
    response = Response(stream_with_context(pieces), mimetype=format.media_type)
    response.headers["Content-Disposition"] = attachment(f"{name}_{local(now):%Y%m%d}.{format}")
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Link"] = f'<{current_app.config["LICENCE_URL"]}>; rel="license"'
    return response


@pages.get("/catalog.json")
@public
def catalog() -> ResponseReturnValue:
    """The same for machines that collect catalogues (DCAT 3 as JSON-LD)."""
    response = Response(msgspec.json.encode(_catalog()), content_type="application/ld+json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TIMEZONE"])


def _shown() -> list[Shown]:
    now = clock.now()
    return [
        Shown(
            each, each.rows(now, _zone()).number, [(form, address(".file", name=each.name, form=form)) for form in Form]
        )
        for each in SETS.values()
    ]


def _catalog() -> dict[str, Any]:
    licence, publisher = current_app.config["LICENCE_URL"], {"@type": "foaf:Agent", "foaf:name": site_name()}
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@id": address(".index"),
        "@type": "dcat:Catalog",
        "dct:title": gettext("%(site)s 공공데이터", site=site_name()),
        "dct:license": {"@id": licence},
        "dct:publisher": publisher,
        "dcat:service": {
            "@type": "dcat:DataService",
            "dcat:endpointURL": {"@id": address("api.start")},
            "dcat:endpointDescription": {"@id": address("api.openapi")},
        },
        "dcat:dataset": [_entry(shown, licence, publisher) for shown in _shown()],
    }


def _entry(shown: Shown, licence: str, publisher: dict[str, str]) -> dict[str, Any]:
    return {
        "@id": address(".index", _anchor=shown.set.name),
        "@type": "dcat:Dataset",
        "dct:title": gettext(shown.set.title),
        "dct:description": gettext(shown.set.about),
        "dct:license": {"@id": licence},
        "dct:publisher": publisher,
        "dct:modified": local(clock.now()).date().isoformat(),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:downloadURL": {"@id": url},
                "dcat:mediaType": form.media_type,
                "dct:license": {"@id": licence},
            }
            for form, url in shown.files
        ],
    }
