"""What the bare programs share: the routes, a page as long as the program's own, a calendar object."""

import json
import os
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, render_template
from icalendar import Calendar, Event

LENGTHS: dict[str, int] = json.loads(os.environ.get("PAGE_LENGTHS", "{}"))
"""Bytes of the program's own pages."""


def bare_app(rows: Any, **settings: Any) -> Flask:
    """The bare program that gets its rows this rows."""
    app = Flask(__name__)
    app.config.update(settings)

    @app.get("/briefings")
    def index() -> Response:
        return page("index", "설명회 일정", briefings=rows.listed())

    @app.get("/briefings/<key>")
    def show(key: str) -> Response:
        briefing = rows.seen(key)
        return page("show", briefing.title, briefings=[briefing], slots=rows.slots_of(briefing))

    @app.get("/briefings/<key>/briefing.ics")
    def ics(key: str) -> Response:
        briefing = rows.seen(key)
        return Response(calendar(briefing.title, briefing.starts_at, briefing.ends_at), content_type="text/calendar")

    app.add_url_rule("/briefings/<key>/register", view_func=rows.register, methods=["GET", "POST"])
    return app


def page(kind: str, title: str, **values: Any) -> Response:
    """The page, filled up to the length the program's page of that kind has."""
    text = render_template("page.html", title=title, **values)
    return Response(text.encode().ljust(LENGTHS.get(kind, 0)), content_type="text/html; charset=utf-8")


def calendar(title: str, starts_at: datetime, ends_at: datetime, method: str = "", attendee: str = "") -> bytes:
    """A calendar object as icalendar's manual builds it."""
    result, entry = Calendar(prodid="-//Bare//KO", version="2.0"), Event(uid=f"{title}@bare.example.kr")
    for name, value in {"dtstamp": datetime.now(UTC), "dtstart": starts_at, "dtend": ends_at, "summary": title}.items():
        entry.add(name, value)
    if method:
        result.add("method", method)
        entry.add("organizer", "mailto:invite@bare.example.kr")
        entry.add("attendee", f"mailto:{attendee}", parameters={"RSVP": "TRUE", "PARTSTAT": "ACCEPTED"})
    result.add_component(entry)
    return result.to_ical()
