"""What programmers read of the API: made from its own description, in both languages."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from limits import RateLimitItem, parse_many

from briefings.api import programs
from briefings.api.describing import SCOPES, document
from briefings.api.problems import TITLES
from briefings.web.access import public
from briefings.web.filters import number
from briefings.web.page_cache import kept

pages = Blueprint("developers", __name__)
LINK = "#/components/schemas/"


class Kind(NamedTuple):
    """What a value is, in few words: a type, or the name of a shape, perhaps many of it, perhaps none."""

    name: str
    shape: str = ""
    many: bool = False
    none: bool = False


@pages.get("/api")
@public
@kept
def show() -> ResponseReturnValue:
    """How to ask, what there is, and what every field means."""
    told = document(current_app, programs.pages.name)
    groups = {tag["name"]: list(_operations(told, tag["name"])) for tag in told["tags"]}
    return render_template(
        "api/developers.html",
        told=told,
        groups=groups,
        shapes=told["components"]["schemas"],
        kind_of=kind_of,
        titles=TITLES,
        scopes={scope.value: words for scope, words in SCOPES.items()},
        per_network=limits_in_words(current_app.config["API_PER_NETWORK"]),
        per_key=limits_in_words(current_app.config["API_PER_KEY"]),
        example=json.dumps(_problem_example(), ensure_ascii=False, indent=2),
    )


def limits_in_words(setting: str) -> str:
    """`1분에 120번, 1시간에 3,000번`."""
    return ", ".join(_limit_in_words(limit) for limit in parse_many(setting))


def _limit_in_words(limit: RateLimitItem) -> str:
    words = {
        "second": _l("%(number)s초에 %(times)s번"),
        "minute": _l("%(number)s분에 %(times)s번"),
        "hour": _l("%(number)s시간에 %(times)s번"),
    }.get(limit.GRANULARITY.name, _l("%(number)s일에 %(times)s번"))
    return str(words) % {"number": number(limit.multiples), "times": number(limit.amount)}


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """What a schema says of a value."""
    if "anyOf" in schema:
        others = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return kind_of(others[0])._replace(none=len(others) < len(schema["anyOf"]))
    if "$ref" in schema:
        shape = schema["$ref"].removeprefix(LINK)
        return Kind(shape, shape)
    if "enum" in schema:
        return Kind("string")
    if schema.get("type") == "array":
        return kind_of(schema["items"])._replace(many=True)
    return Kind(schema.get("format") or schema.get("type", "object"))


def _operations(told: Mapping[str, Any], group: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in told["paths"].items():
        if group in methods["get"]["tags"]:
            yield path, methods["get"]


def _problem_example() -> Mapping[str, Any]:
    url = current_app.config["PUBLIC_URL"]
    return {
        "type": f"{url}/api#problem-404",
        "status": 404,
        "instance": "/api/v1/needs/123",
        "request": "61fcf119d4154ee1",
    }
