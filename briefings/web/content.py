"""When public pages have to be made anew: whatever they may show has changed, told to every process by one row."""

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

from briefings.batches import TABLES
from briefings.db import CHANGES_NOTHING, CONTENT, Base, db, looked_up, renew_version

Found = TypeVar("Found")
LOOKED_UP = 200
"""So much of what one function found stays in memory."""

UNSEEN = frozenset(
    {
        # What registering writes: places have versions of their own (`db.lock`), the rest stands on no public page.
        "registrations",
        "registration_interests",
        "calendar_items",
        "calendar_settings",
        "consents",
        "messages",
        "content_version",
        # What the worker and staff write all day without anybody else seeing it.
        "api_keys",
        "attendance_lists",
        "attendances",
        "audit_entries",
        "availabilities",
        "availability_requests",
        "briefing_tallies",
        "certificates",  # checking a number is asked of the database each time
        "invitees",
        "meeting_tools",
        "need_changes",
        "officer_themes",
        "overtaken_tallies",
        "people_lists",
        "question_votes",
        "received_mails",
        "survey_answers",
        "survey_takers",
        "surveys",
        "recovery_codes",
        "reply_colleagues",
        "reply_drafts",
        "tasks",
        "told_apart",
        "undeliverable_addresses",
        "user_sessions",
        "workers",
        "written_texts",
    }
)
"""Tables of which no public page shows anything. Of all others every change counts: a new table cannot be forgotten."""

_CHANGED = "content_changed"
_VERSION = "SELECT version FROM content_version WHERE id {among}"


def while_content_stands(look_up: Callable[..., Found]) -> Callable[..., Found]:
    """A function that looks up what public pages show, and again only once any of that has changed.

    What it finds is for everybody and for reading: rows in it belong to no session.
    """

    @lru_cache(maxsize=LOOKED_UP)
    def kept(version: int, *what: Any) -> Found:
        db.session.commit()  # what the session saw before may be older than the version
        return look_up(*what)

    @wraps(look_up)
    def found(*what: Any) -> Found:
        [(version,)] = looked_up(_VERSION, [CONTENT])
        return kept(version, *what)

    return found


@event.listens_for(Engine, "before_execute")
def _notice(connection: Connection, statement: Any, several: Any, values: Any, options: Mapping[str, Any]) -> None:
    if getattr(statement, "is_dml", False) and CHANGES_NOTHING not in options:
        tables = options.get(TABLES, (statement.table,))
        if any(_is_seen(table, statement.is_insert) for table in tables):
            connection.info[_CHANGED] = True


def _is_seen(table: Any, is_insert: bool) -> bool:
    """Whether a public page may show what is written to `table`; a new organization stands on none before it has needs.

    Migrations know tables of their own: they run before the processes that keep pages.
    """
    ours = getattr(table, "metadata", None) is Base.metadata
    return ours and table.name not in UNSEEN and not (table.name == "organizations" and is_insert)


@event.listens_for(Engine, "commit")
def renew_content(connection: Connection) -> None:
    """At the end of a transaction that changed something: the row of all content is held as shortly as can be."""
    if connection.info.pop(_CHANGED, False):
        renew_version(connection, CONTENT)


@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    if not connection.invalidated:  # one that was cut has taken its notes along
        connection.info.pop(_CHANGED, None)
