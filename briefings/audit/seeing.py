"""Who saw whose data: one table of the pages that show it, and the record of each person, page and hour.

A GET acts on nothing, and this is no act: what is looked at stays as it was, and whoever opens a link for somebody
else (a scanner of mails) is not signed in. The record is kept because the law wants it (개인정보의 안전성 확보조치 기준
제8조), in a transaction of its own once the answer is made, and an answer never fails for it.

Two pages opened in the same instant may both be recorded within one hour: nobody waits for a lock in order to read, and
an entry too many says nothing that did not happen, and none goes missing by it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask, Response, request
from flask_login import current_user
from sqlalchemy import String, cast, select
from sqlalchemy.exc import DBAPIError

from briefings import clock
from briefings.audit.models import AuditEntry
from briefings.audit.recording import SEEN, record
from briefings.db import Base, db, unit_of_work
from briefings.web.sealing import digest_of

log = logging.getLogger(__name__)

ONCE_IN = timedelta(hours=1)


class Shown(NamedTuple):
    """A page with people in it: the act of looking, and which row it is about; the reader's own account without one."""

    action: str
    table: str = ""
    argument: str = ""
    """Of the address; what is no number is looked up as a public id."""
    column: str = ""


def _of_briefing(action: str) -> Shown:
    return Shown(action, "briefings", "briefing_id", "id")


PAGES: Mapping[str, Shown] = {
    "availability.enter": Shown("presenters.seen", "seasons", "season_id", "id"),
    "availability.index": Shown("presenters.seen", "seasons", "season_id", "id"),
    "imports.marked": Shown("import.seen", "need_imports", "public_id", "public_id"),
    "imports.original": Shown("import.seen", "need_imports", "public_id", "public_id"),
    "imports.show": Shown("import.seen", "need_imports", "public_id", "public_id"),
    "inbox.download": Shown("mail.seen", "received_mails", "mail_id", "id"),
    "inbox.index": Shown("mails.seen"),
    "inbox.show": Shown("mail.seen", "received_mails", "mail_id", "id"),
    "outbox.body": Shown("message.seen", "messages", "message_id", "id"),
    "outbox.download": Shown("message.seen", "messages", "message_id", "id"),
    "outbox.index": Shown("messages.seen"),
    "outbox.show": Shown("message.seen", "messages", "message_id", "id"),
    "outbox.undeliverable": Shown("undeliverable.seen"),
    "owner_matches.show": Shown("match.seen", "needs", "need_id", "id"),
    "owner_questions.index": Shown("questions.seen"),
    "owner_questions.show": Shown("question.seen", "questions", "public_id", "public_id"),
    "owner_replies.index": Shown("replies.seen"),
    "owner_replies.show": Shown("reply.seen", "participation_replies", "public_id", "public_id"),
    "owner_talks.index": Shown("talks.seen"),
    "owner_talks.show": Shown("talk.seen", "appointments", "public_id", "public_id"),
    "rights.close": Shown("erasures.seen"),
    "rights.requests": Shown("erasures.seen"),
    "rights.turn_down": Shown("erasures.seen"),
    "round_contacts.edit": Shown("contacts.seen", "rounds", "round_id", "id"),
    "round_contacts.index": Shown("contacts.seen", "rounds", "round_id", "id"),
    "staff.person": Shown("person.seen"),
    "staff_accounts.account_request": Shown("account_request.seen", "account_requests", "request_id", "id"),
    "staff_accounts.index": Shown("accounts.seen"),
    "staff_accounts.show": Shown("account.seen", "users", "user_id", "id"),
    "staff_attendance.index": _of_briefing("attendance.seen"),
    "staff_attendance.organizations": _of_briefing("attendance.seen"),
    "staff_attendance.mark_people": _of_briefing("attendance.seen"),
    "staff_audit.index": Shown("audit.seen"),
    "staff_briefings.registration": Shown("registration.seen", "registrations", "public_id", "public_id"),
    "staff_briefings.registrations": _of_briefing("registrants.seen"),
    "staff_briefings.registrations_together": _of_briefing("registrants.seen"),
    "staff_certificates.correct": Shown("certificate.seen", "certificates", "number", "number"),
    "staff_certificates.file": Shown("certificate.seen", "certificates", "number", "number"),
    "staff_certificates.index": _of_briefing("certificates.seen"),
    "staff_certificates.show": Shown("certificate.seen", "certificates", "number", "number"),
    "staff_day.cue_sheet": _of_briefing("presenters.seen"),
    "staff_funnel.people": Shown("funnel.people_seen"),
    "staff_erasing.erase": Shown("person.seen"),
    "staff_invitees.index": _of_briefing("invitees.seen"),
    "staff_lists.mend": Shown("list.seen", "people_lists", "public_id", "public_id"),
    "staff_lists.show": Shown("list.seen", "people_lists", "public_id", "public_id"),
    "staff_matches.show": Shown("match.seen", "needs", "need_id", "id"),
    "staff_needs.show": Shown("need.contact_seen", "needs", "need_id", "id"),
    "staff_organizations.show": Shown("organization.seen", "organizations", "organization_id", "id"),
    "staff_presenters.index": _of_briefing("presenters.seen"),
    "staff_questions.desk": _of_briefing("questions.seen"),
    "staff_questions.index": Shown("questions.seen"),
    "staff_questions.show": Shown("question.seen", "questions", "public_id", "public_id"),
    "staff_recognition.index": Shown("recognition.seen"),
    "staff_replies.index": Shown("replies.seen"),
    "staff_replies.show": Shown("reply.seen", "participation_replies", "public_id", "public_id"),
    "staff_survey.index": _of_briefing("survey.seen"),
    "staff_tool_lists.person": Shown("attendance_list.seen", "attendance_lists", "public_id", "public_id"),
    "staff_tool_lists.show": Shown("attendance_list.seen", "attendance_lists", "public_id", "public_id"),
    "support.index": Shown("support.requests_seen"),
}
"""What shows itself only after a press (a phone number, a request for support) is recorded by that press."""


class _Reader(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True)
class _Seen:
    """What an entry says it is about: kept apart from what was done to the row, whose history it is no part of."""

    __tablename__: str
    id: int


def digest_of_person(email: str) -> str:
    """What stands in the log for an address: it can be looked for by whoever knows the address, and not read."""
    return digest_of(email.strip().lower(), "seen")[:32]


def note(response: Response) -> Response:
    """After each answer: record that somebody signed in saw what it shows, once an hour."""
    shown = PAGES.get(request.endpoint or "")
    if shown and request.method == "GET" and response.status_code == 200 and current_user.is_authenticated:
        reader = _Reader(current_user.id, current_user.name)
        try:
            _record_once(reader, shown, _whose(shown), request.view_args or {})
        except DBAPIError:
            log.error("seen=%s user=%s cannot be recorded", shown.action, reader.id)
    return response


def register(app: Flask) -> None:
    """Have every page that shows people recorded."""
    app.after_request(note)


def _whose(shown: Shown) -> dict[str, str]:
    """The person a page was asked for by address, where there is one."""
    email = request.args.get("email", "") if shown.action == "person.seen" else ""
    return {"person": digest_of_person(email)} if "@" in email else {}


def _record_once(reader: _Reader, shown: Shown, whose: dict[str, str], arguments: Mapping[str, Any]) -> None:
    now = clock.now()
    db.session.rollback()  # a page that only shows has nothing to keep, and this must not keep it for it
    about = _about(shown, arguments) or _Seen(f"{SEEN}users", reader.id)
    of_hour = select(AuditEntry.id).where(
        AuditEntry.actor_id == reader.id,
        AuditEntry.at > now - ONCE_IN,
        AuditEntry.action == shown.action,
        AuditEntry.about_type == about.__tablename__,
        AuditEntry.about_id == about.id,
    )
    if whose:
        of_hour = of_hour.where(cast(AuditEntry.detail, String).contains(whose["person"]))
    if db.session.scalar(of_hour.limit(1)) is None:
        with unit_of_work():
            record(reader, shown.action, about, now, **whose)


def _about(shown: Shown, arguments: Mapping[str, Any]) -> _Seen | None:
    if not shown.table:
        return None
    value = arguments[shown.argument]
    if shown.column != "id":
        table = Base.metadata.tables[shown.table]
        value = db.session.scalar(select(table.c.id).where(table.c[shown.column] == value))
    return None if value is None else _Seen(SEEN + shown.table, value)
