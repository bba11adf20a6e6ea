"""What is looked at in every answer, whoever asked for whatever: what it wrote, what protects it, what it tells."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from briefings.accounts.models import User
from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.models import AccountRequest
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.rounds.models import RoundContact
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Invitee, Registration

PRIVATE = (
    *(User.email, User.phone, Registration.email, Registration.phone, Invitee.email, RoundContact.email),
    *(ParticipationReply.email, ParticipationReply.phone, ReplyColleague.email, ReplyColleague.phone),
    *(PresenterSlot.presenter_email, PresenterSlot.standby_email, AccountRequest.email, AccountRequest.phone),
    Need.contact_email,
)
"""What no stranger reads, and no log."""
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
WRITES = {"feeds.personal"}
"""The GETs that write: when the file became another one (README)."""


def lacking(answer: TestResponse, personal: bool, framed: bool = False) -> set[str]:
    """The headers that are not as they must be where the address of the site begins with https.

    `framed`: a mail, which its page shows in a frame; nothing else may be in any.
    """
    told = answer.headers
    wanted = PROTECTION | {
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Referrer-Policy": "no-referrer" if personal else "same-origin",
    }
    wrong = {name for name, value in wanted.items() if told.getlist(name) != [value]}
    policy = told.get("Content-Security-Policy", "")
    parts = {part.strip() for part in policy.split(";")}
    ancestors = f"frame-ancestors '{'self' if framed else 'none'}'"
    return wrong | ({policy} if {"default-src 'none'", ancestors} - parts or "unsafe-eval" in policy else set())


class Watch:
    """What was wrong with any of the answers, by endpoint."""

    def __init__(self) -> None:
        self.wrote: set[str] = set()
        self.bare: set[tuple[str, str]] = set()
        self.told: set[tuple[str, str]] = set()
        self.private = {text for column in PRIVATE for text in db.session.scalars(select(column)) if text}
        self._sent: list[str] = []
        self._judged: set[str] = set()

    def __enter__(self) -> "Watch":
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def ask(self, client: FlaskClient, address: str, method: str, endpoint: str, **how: Any) -> TestResponse:
        """What is answered; whatever the request does is undone."""
        self._sent.clear()
        answer, _ = _undone(client, address, method, **how)
        assert answer.status_code < 500, (method, address)
        if method == "GET" and self._sent and endpoint not in self._judged:
            self._judged.add(endpoint)  # what a page shows of mails is written and taken back: look at what is left
            if self.changes(client, address, method):
                self.wrote.add(endpoint)
        return answer

    def changes(self, client: FlaskClient, address: str, method: str) -> bool:
        """Whether anything in the database would be another after the request."""
        return _undone(client, address, method, compared=True)[1]

    def look(self, answer: TestResponse, mark: str, endpoint: str, own: str) -> None:
        """Note what the answer lacks, and what it tells a stranger; whoever is signed in reads their `own` address."""
        framed = endpoint == "outbox.body" and answer.status_code == 200
        self.bare |= {(endpoint, each) for each in lacking(answer, mark == "by_token", framed)}
        if mark == "public":
            text = answer.data.replace(b"\r\n ", b"").decode("utf-8", "ignore")
            self.told |= {(endpoint, each) for each in self.private - {own} if each in text}

    def _note(self, conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        looks = "audit_entries" in statement and "seen:" in str(parameters)  # who looked is recorded
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and not looks:
            self._sent.append(statement)


def _undone(
    client: FlaskClient, address: str, method: str, compared: bool = False, **how: Any
) -> tuple[TestResponse, bool]:
    db.session.remove()
    step = db.session.get_bind().begin_nested()  # type: ignore[union-attr]
    try:
        before = everything() if compared else None
        answer = client.open(address, method=method, **how)
        db.session.remove()
        return answer, compared and before != everything()
    finally:
        db.session.remove()
        step.rollback()


def everything() -> dict[str, list[Any]]:
    """All rows there are, but for who looked at what.

    What pages kept in memory go by is left out: here it rises with a savepoint after one that was taken back, too.
    """
    tables, connection = db.metadata.tables.keys() - {"content_version"}, db.session.connection()
    rows = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608 (ours)
    rows["audit_entries"] = [row for row in rows["audit_entries"] if "seen:" not in str(row)]
    db.session.remove()
    return rows
