"""Looking through the log: the newest first, page by page from where one stands, however many entries there are."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, or_, select, tuple_

from briefings.audit.about import ids_called, ids_of_person, people_called
from briefings.audit.models import AuditEntry
from briefings.audit.recording import SEEN
from briefings.db import db

PER_PAGE = 50
MOST = 1000
"""Counted no further: what is looked for is among the newest, and a count of everything grows with the years."""
LOOKED_THROUGH = timedelta(days=90)
"""How far back words are looked for where no day is given: every entry of the time has to be read for them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOLE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Search:
    """What to look for; what is empty does not matter."""

    actor: int | None = None
    """Of one account alone."""
    who: str = ""
    """A name, part of one, or an address of an account; the whole name of somebody without account."""
    actions: Collection[str] | None = None
    about_type: str = ""
    about_id: int | None = None
    named: str = ""
    """Part of the title of what it is about."""
    person: tuple[str, str] | None = None
    """Whose data it was about: the address, and the digest that stands for it in the log."""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Page:
    """Entries in their order, and the marks by which the entries before and after them are found, if there are any."""

    entries: list[AuditEntry]
    newer: str | None
    older: str | None


def find(search: Search, now: datetime, before: str = "", after: str = "") -> Page:
    """The entries older than the mark `before`, or those just newer than `after`; the newest without a mark."""
    found = matching(search, now)
    key = tuple_(AuditEntry.at, AuditEntry.id)
    if place := _place(after):
        # Read upwards from the mark, shown downwards as everything else.
        upwards = found.where(key > place).order_by(AuditEntry.at, AuditEntry.id).limit(PER_PAGE + 1)
        rows = list(db.session.scalars(upwards))
        more = len(rows) > PER_PAGE
        rows = rows[:PER_PAGE][::-1]
        return Page(rows, _mark(rows[0]) if more else None, _mark(rows[-1]) if rows else None)
    place = _place(before)
    if place:
        found = found.where(key < place)
    downwards = found.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PER_PAGE + 1)
    rows = list(db.session.scalars(downwards))
    older = len(rows) > PER_PAGE
    rows = rows[:PER_PAGE]
    return Page(rows, _mark(rows[0]) if place and rows else None, _mark(rows[-1]) if older else None)


def number_of(search: Search, now: datetime) -> int:
    """How many entries there are, MOST at most."""
    found = matching(search, now).with_only_columns(AuditEntry.id).limit(MOST)
    return db.session.scalars(select(func.count()).select_from(found.subquery())).one()


def matching(search: Search, now: datetime) -> Select[AuditEntry]:
    """The entries that meet every condition, in no order."""
    found = select(AuditEntry).where(*_conditions(search))
    since = search.since or (now - LOOKED_THROUGH if search.words else None)
    if since:
        found = found.where(AuditEntry.at >= since)
    if search.until:
        found = found.where(AuditEntry.at < search.until)
    return found


def _conditions(search: Search) -> Iterator[ColumnElement[bool]]:
    if search.actor is not None:
        yield AuditEntry.actor_id == search.actor
    if search.who:
        nameless = and_(AuditEntry.actor_id.is_(None), AuditEntry.actor_name == search.who)
        yield or_(AuditEntry.actor_id.in_(people_called(search.who)), nameless)
    if search.actions is not None:
        yield AuditEntry.action.in_(search.actions)
    if search.person:
        yield _about_person(*search.person)
    if search.words:
        yield _says(search.words)
    yield from _about_thing(search)


def _about_thing(search: Search) -> Iterator[ColumnElement[bool]]:
    if search.about_type:
        yield AuditEntry.about_type.in_((search.about_type, SEEN + search.about_type))
    if search.about_id is not None:
        yield AuditEntry.about_id == search.about_id
    if search.named and (called := ids_called(search.about_type, search.named)) is not None:
        yield AuditEntry.about_id.in_(list(db.session.scalars(called)))


def _about_person(email: str, digest: str) -> ColumnElement[bool]:
    """Entries about what bears the address, and those of pages that showed everything about it."""
    rows = (
        and_(AuditEntry.about_type.in_((name, SEEN + name)), AuditEntry.about_id.in_(ids))
        for name, ids in ids_of_person(email).items()
    )
    return or_(*rows, and_(AuditEntry.action == "person.seen", _says(digest)))


def _says(words: str) -> ColumnElement[bool]:
    # JSON is stored with every letter beyond ASCII written as \uXXXX.
    written = json.dumps(words)[1:-1]
    return cast(AuditEntry.detail, String).icontains(written, autoescape=True)


def _mark(entry: AuditEntry) -> str:
    return f"{(entry.at - EPOCH) // SOLE}-{entry.id}"


def _place(mark: str) -> tuple[datetime, int] | None:
    """Where a mark stands; None for anything that is none."""
    at, _, number = mark.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < 17 and number.isascii() and number.isdigit()):
        return None
    return (EPOCH + int(at) * SOLE, int(number)) if len(number) < 10 else None
