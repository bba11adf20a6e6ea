"""Lists in pages: which of two alike comes first is never left to the database, or pages repeat some and lose some."""

from typing import Any

import pytest
from flask import Flask, request
from flask_sqlalchemy.pagination import SelectPagination
from sqlalchemy.sql.elements import UnaryExpression

from briefings.accounts.models import Role
from briefings.web.access import access_of
from tests.builders import a_user
from tests.test_access_to_objects import signed_in

OPEN = ("public", "staff", "administrator")


def test_every_list_in_pages_is_in_an_order_in_which_no_two_are_alike(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    last: dict[str, Any] = {}
    items = SelectPagination._query_items

    def look(self: SelectPagination) -> list[Any]:
        order = self._query_args["select"]._order_by_clauses
        column = order[-1] if order else None
        last[str(request.endpoint)] = column.element if isinstance(column, UnaryExpression) else column
        return items(self)

    monkeypatch.setattr(SelectPagination, "_query_items", look)
    client = signed_in(app, a_user(Role.ADMINISTRATOR))
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and access_of(app, rule.endpoint) in OPEN:
            client.get(rule.rule)
    assert len(last) > 10
    assert [endpoint for endpoint, column in last.items() if not getattr(column, "primary_key", False)] == []
