"""What entries are about, by the table it stands in: its words, its title, and the page that shows it.

The log stands below every slice whose rows it speaks of, so it knows their tables by name alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Table, func, select

from briefings.audit.models import AuditEntry
from briefings.audit.recording import SEEN
from briefings.db import Base, db

AS_TYPED = ("contact_email", "sender")
"""Columns that keep addresses in the letters they came in; all others keep them in small ones, and have an index."""
MOST_NAMED = 500
"""So many things of a kind are looked through for what is said of them."""


@dataclass(frozen=True)
class Kind:
    """One table: what a row is called, the column with its title, and how to the page that shows it."""

    words: str
    title: str = ""
    endpoint: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """The arguments of the address, each with the column it comes from."""
    email: str = ""
    """The column that says whose row it is."""


OF_BRIEFING = {"briefing_id": "briefing_id", "public_id": "public_id"}
BY_PUBLIC_ID = {"public_id": "public_id"}
KINDS: Mapping[str, Kind] = {
    "account_requests": Kind(
        "계정 신청", "organization_name", "staff_accounts.account_request", {"request_id": "id"}, "email"
    ),
    "advices": Kind("전문가 조언"),
    "announcements": Kind("안내", "subject", "announcements.show", {"briefing_id": "briefing_id", "number": "id"}),
    "api_keys": Kind("API 열쇠", "name", "api_keys.show", BY_PUBLIC_ID),
    "attendance_lists": Kind("화상회의 출석 명단", "file_name", "staff_tool_lists.show", OF_BRIEFING),
    "appointments": Kind("1:1 협의", "", "staff_replies.of_talk", {"item_id": "owner_item_id"}),
    "audiences": Kind("대상", "name", "staff_needs.list_topics"),
    "briefings": Kind("설명회", "title", "staff_briefings.show", {"briefing_id": "id"}),
    "certificates": Kind("참가 확인증", "number"),
    "consent_texts": Kind("동의서", "title", "consents.show", {"purpose": "purpose"}),
    "erasures": Kind("지워 달라는 요청"),
    "matches": Kind("성사", "summary", "staff_matches.show", {"need_id": "need_id"}),
    "messages": Kind("보낸 전자우편", "subject", "outbox.show", {"message_id": "id"}, "recipient"),
    "need_imports": Kind("수요 파일", "", "imports.show", BY_PUBLIC_ID),
    "needs": Kind("과제", "title", "staff_needs.show", {"need_id": "id"}, "contact_email"),
    "organizations": Kind("기관", "name", "staff_organizations.show", {"organization_id": "id"}),
    "participation_replies": Kind("답글", "name", "staff_replies.show", BY_PUBLIC_ID, "email"),
    "people_lists": Kind("신청 명단", "file_name", "staff_lists.show", OF_BRIEFING),
    "questions": Kind("질문", "text", "staff_questions.show", OF_BRIEFING),
    "received_mails": Kind("받은 전자우편", "subject", "inbox.show", {"mail_id": "id"}, "sender"),
    "registrations": Kind("신청", "name", "staff_briefings.registration", OF_BRIEFING, "email"),
    "rounds": Kind("수요조사", "name", "staff_rounds.show", {"round_id": "id"}),
    "seasons": Kind("편성안", "name", "seasons.show", {"season_id": "id"}),
    "stories": Kind("협업 사례", "title", "staff_stories.show", BY_PUBLIC_ID),
    "themes": Kind("주제", "name", "staff_needs.list_topics"),
    "users": Kind("계정", "name", "staff_accounts.show", {"user_id": "id"}, "email"),
    "webhook_endpoints": Kind("웹훅", "description", "staff_webhooks.show", BY_PUBLIC_ID),
    "written_texts": Kind("전자우편의 글", "name", "outbox_texts.edit", {"locale": "locale", "name": "name"}),
}


@dataclass(frozen=True)
class Subject:
    """What one entry is about, as the page names it; no title where it is gone by now, or never had one."""

    words: str
    title: str = ""
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False


def subjects_of(entries: Iterable[AuditEntry]) -> dict[tuple[str, int], Subject]:
    """What the entries are about, by one statement for each kind of thing among them."""
    ids: dict[str, set[int]] = {}
    for entry in entries:
        ids.setdefault(entry.about_type.removeprefix(SEEN), set()).add(entry.about_id)
    return {found: subject for name, among in ids.items() for found, subject in _subjects(name, among).items()}


def ids_called(name: str, words: str) -> Select[int] | None:
    """The ids of things of a kind whose title contains `words`; None where they have none."""
    kind, table = KINDS.get(name), _table(name)
    if kind is None or table is None or not kind.title:
        return None
    return select(table.c.id).where(table.c[kind.title].icontains(words, autoescape=True)).limit(MOST_NAMED)


def ids_of_person(email: str) -> dict[str, Select[int]]:
    """For each kind of thing that somebody stands in, the ids of those with this address, in whatever letters."""
    found: dict[str, Select[int]] = {}
    for name, kind in KINDS.items():
        table = _table(name)
        if kind.email and table is not None:
            column = table.c[kind.email]
            kept = func.lower(column) if kind.email in AS_TYPED else column
            found[name] = select(table.c.id).where(kept == email.lower())
    return found


def people_called(words: str) -> list[int]:
    """The ids of accounts of this name or address."""
    users = Base.metadata.tables["users"]
    called = users.c.name.icontains(words, autoescape=True) | (users.c.email == words.lower())
    return list(db.session.scalars(select(users.c.id).where(called).limit(MOST_NAMED)))


def titles_of(things: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What things are called, by one statement for each table; those that are gone, or have no title, miss."""
    ids: dict[str, set[int]] = {}
    for name, number in things:
        ids.setdefault(name, set()).add(number)
    return {
        key: each.title for name, among in ids.items() for key, each in _subjects(name, among).items() if each.title
    }


def names_of(ids: Sequence[int]) -> dict[int, str]:
    """What accounts are called now."""
    users = Base.metadata.tables["users"]
    found = db.session.execute(select(users.c.id, users.c.name).where(users.c.id.in_(ids))) if ids else ()
    return {number: name for number, name in found}


def _subjects(name: str, ids: set[int]) -> dict[tuple[str, int], Subject]:
    kind, table = KINDS.get(name), _table(name)
    if kind is None or table is None:
        return {(name, number): Subject(name) for number in ids}
    wanted = {column: table.c[column] for column in ("id", *filter(None, [kind.title]), *kind.values.values())}
    rows = db.session.execute(select(*wanted.values()).where(table.c.id.in_(ids))).mappings()
    there = {row["id"]: _subject(kind, row) for row in rows}
    return {(name, number): there.get(number) or Subject(kind.words, gone=True) for number in ids}


def _subject(kind: Kind, row: Mapping[Any, Any]) -> Subject:
    values = {argument: row[column] for argument, column in kind.values.items()}
    shown = "" if None in values.values() else kind.endpoint  # a talk that is only offered has no page yet
    return Subject(kind.words, str(row[kind.title] or "") if kind.title else "", shown, values)


def _table(name: str) -> Table | None:
    return Base.metadata.tables.get(name)
