"""The bare limit without an ORM: Flask, psycopg, SQL by hand. Its tables are those of `tests.load.orm`."""

import os
import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from flask import Flask, Response, abort, redirect, request
from psycopg.rows import namedtuple_row
from psycopg.types.json import Json
from werkzeug.wrappers import Response as Answer

from tests.load.page import bare_app, page


class Raw:
    """One connection for each thread."""

    BRIEFINGS = """SELECT b.*,
      (SELECT count(*) FROM registrations r WHERE r.briefing_id = b.id AND r.state = 'confirmed') AS confirmed,
      (SELECT count(*) FROM registrations r WHERE r.briefing_id = b.id AND r.state = 'waitlisted') AS waiting
    FROM briefings b"""
    NEW = """INSERT INTO registrations (briefing_id, name, organization, email, state) VALUES (%s, %s, %s, %s, %s)
    RETURNING id"""

    def __init__(self) -> None:
        self.of_thread = threading.local()

    def connection(self) -> psycopg.Connection[Any]:
        if not hasattr(self.of_thread, "connection"):
            url = os.environ["DATABASE_URL"].replace("+psycopg", "")
            self.of_thread.connection = psycopg.connect(url, autocommit=True, row_factory=namedtuple_row)
        return self.of_thread.connection

    def sql(self, statement: str, *values: Any) -> Any:
        return self.connection().execute(statement, values)

    def listed(self) -> Sequence[Any]:
        return self.sql(f"{self.BRIEFINGS} ORDER BY b.starts_at, b.id LIMIT 20").fetchall()

    def seen(self, key: str) -> Any:
        return self.sql(f"{self.BRIEFINGS} WHERE b.public_id = %s", key).fetchone() or abort(404)

    def slots_of(self, briefing: Any) -> Sequence[Any]:
        return self.sql("SELECT * FROM slots WHERE briefing_id = %s ORDER BY position", briefing.id).fetchall()

    def register(self, key: str) -> Response | Answer:
        given = request.form
        if request.method == "GET":
            return page("register", "신청", briefings=[self.seen(key)], form={"csrf_token": ""})
        with self.connection().transaction():
            of = self.sql("SELECT id, capacity FROM briefings WHERE public_id = %s FOR UPDATE", key).fetchone()
            [taken] = self.sql("SELECT count(*) FROM registrations WHERE briefing_id = %s", of.id).fetchone()
            state = "confirmed" if of.capacity is None or taken < of.capacity else "waitlisted"
            person = (given["name"], given["organization"], given["email"])
            [made] = self.sql(self.NEW, of.id, *person, state).fetchone()
            message = "INSERT INTO messages (key, recipient, params) VALUES (%s, %s, %s)"
            self.sql(message, f"{state}:{made}", given["email"], Json({"registration": made}))
        return redirect(f"/briefings/{key}", 303)


def create_app() -> Flask:
    """The bare program."""
    return bare_app(Raw())
