"""The address of a real thing for every route, from the pages that journeys look at and the rows they show."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, RequestRedirect, Rule

from tests.journeys.rows import Rows
from tests.journeys.test_every_page import ADMINISTRATORS, OWNERS, PUBLIC, REVIEWERS, STAFFS

PAGES = PUBLIC | OWNERS | STAFFS | REVIEWERS | ADMINISTRATORS


def methods_of(rule: Rule) -> list[str]:
    """GET and POST, as far as the rule takes them."""
    return [method for method in ("GET", "POST") if method in (rule.methods or ())]


def with_variables(app: Flask) -> list[Rule]:
    """The rules whose address says which thing is meant."""
    return [rule for rule in app.url_map.iter_rules() if rule.arguments and rule.endpoint != "static"]


def values_of_rules(app: Flask, rows: Rows, given: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Values for the variables of each rule: `given` ones first, those of a page, or those of its nearest neighbour."""
    shown = dict(_shown(app, rows))
    found = {}
    for rule in with_variables(app):
        values = shown.get(rule.rule) or _of_neighbour(rule, shown)
        found[rule.rule] = _choices(rule) | values | given.get(rule.rule, {})
    return found


def address_of(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """The path of the rule with these values."""
    built = rule.build(dict(values), append_unknown=False)
    assert built, (rule, values)
    return built[1]


def _shown(app: Flask, rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    adapter = app.url_map.bind(app.config["SERVER_NAME"])
    seen: set[str] = set()
    for page in PAGES.values():
        path = page.split(" ")[0].format(**rows).partition("?")[0]
        try:
            rule, values = adapter.match(path, method="GET", return_rule=True)
        except (HTTPException, RequestRedirect):
            continue
        if rule.arguments and rule.rule not in seen and " = " not in page:
            seen.add(rule.rule)
            yield rule.rule, dict(values)


def _of_neighbour(rule: Rule, shown: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Values of the page whose address begins most alike and knows all variables, or most of them."""

    def likeness(other: str) -> tuple[int, int]:
        return len(rule.arguments & set(shown[other])), _alike(rule.rule, other)

    nearest = max(shown, key=likeness)
    return {name: value for name, value in shown[nearest].items() if name in rule.arguments}


def _alike(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _choices(rule: Rule) -> dict[str, Any]:
    return {
        name: min(converter.items)
        for name, converter in rule._converters.items()
        if isinstance(converter, AnyConverter)
    }
