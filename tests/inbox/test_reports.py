"""Mail that comes back: believed if it quotes what only its way knew, and then nothing more goes to a dead address."""

import pytest
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.inbox.models import Outcome
from briefings.outbox.bounces import read_report
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.schedule.invitations import resend_invite
from tests.calendar.test_calendar_replies import strange_mails
from tests.inbox import reports, shapes
from tests.inbox.conftest import HANEUL
from tests.inbox.reports import DOMAIN
from tests.schedule.letters import delivered

REFERENCE = "ab" * 16
SHAPES = (reports.postfix, reports.exchange, reports.gmail, reports.international, reports.qmail)


def reference_of(kind: str = "invitation") -> str:
    """The random part of the Message-ID of the newest message of that kind."""
    found = select(Message.reference).where(Message.kind == kind).order_by(Message.id.desc()).limit(1)
    return db.session.scalars(found).one()


def state_of(reference: str) -> MessageState:
    return db.session.scalars(select(Message.state).where(Message.reference == reference)).one()


def dead() -> list[tuple[str, str]]:
    found = select(UndeliverableAddress.address, UndeliverableAddress.status)
    return [tuple(row) for row in db.session.execute(found)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_server_is_understood(shape):
    report = read_report(shape(REFERENCE, HANEUL), DOMAIN)
    assert report is not None
    assert (report.references[0], report.action, report.status[:4]) == (REFERENCE, "failed", "5.1.")
    assert set(report.addresses) <= {HANEUL}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_dead_address_gets_nothing_more(scene, arrives, now, shape):
    reference = reference_of()
    with unit_of_work():
        resend_invite(scene.place, now)
    mail = arrives(shape(reference, HANEUL))
    assert (mail.outcome, mail.message.reference) == (Outcome.BOUNCED, reference)
    assert state_of(reference) is MessageState.BOUNCED
    assert [address for address, _ in dead()] == [HANEUL]
    assert state_of(reference_of()) is MessageState.DROPPED
    assert delivered(scene.app, HANEUL) == []
    assert "5.1.1" in mail.reason


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.2.2", "552 5.2.2 Mailbox full"),
        ("5.7.1", "554 5.7.1 Message refused"),
        ("5.0.0", "550-5.7.1 looks like spam"),
        ("5.3.4", "552 5.3.4 Message too big"),
        ("4.4.1", "connect to mail.example.com: Connection timed out"),
        ("5.0.0", "550 no"),
    ],
)
def test_what_is_about_the_message_alone_leaves_the_address_in_use(scene, arrives, now, status, said):
    reference = reference_of()
    mail = arrives(reports.postfix(reference, HANEUL, status=status, said=said))
    assert (mail.outcome, state_of(reference), dead()) == (Outcome.BOUNCED, MessageState.BOUNCED, [])


def test_a_code_left_open_is_taken_from_the_words_of_the_server(scene, arrives):
    arrives(reports.postfix(reference_of(), HANEUL, status="5.0.0", said="550 5.1.1 No such user"))
    assert dead() == [(HANEUL, "5.1.1")]


@pytest.mark.parametrize(
    "report",
    [
        lambda reference: reports.gmail(reference, HANEUL, delayed=True),
        lambda reference: reports.postfix(reference, HANEUL, action="delayed", status="4.4.1"),
        lambda reference: reports.postfix(reference, HANEUL, action="relayed", status="2.0.0"),
    ],
)
def test_a_delay_or_a_delivery_is_only_noted(scene, arrives, report):
    reference = reference_of()
    mail = arrives(report(reference))
    assert (mail.outcome, mail.message.reference) == (Outcome.DROPPED, reference)
    assert (state_of(reference), dead()) == (MessageState.SENT, [])


def test_an_address_further_on_is_not_held_against_the_one_we_know(scene, arrives):
    reference = reference_of()
    report = reports.postfix(reference, "forwarded@other.example")
    assert arrives(report).outcome is Outcome.BOUNCED
    assert (state_of(reference), dead()) == (MessageState.BOUNCED, [])
    with unit_of_work():
        resend_invite(scene.place, scene.item.created_at)
    again = delivered(scene.app, HANEUL)[-1]
    assert again.kind == "invitation"
    arrives(
        reports.postfix(reference_of(), "forwarded@other.example", original=HANEUL, said="550 5.1.1 unknown").replace(
            b"20261123010000", b"20261123020000"
        )
    )
    assert dead() == [(HANEUL, "5.1.1")]


@pytest.mark.parametrize("quoted", [lambda true: "0" * 32, lambda true: true[:-1] + ("1" if true[-1] == "0" else "0")])
def test_nothing_is_believed_that_does_not_quote_us(scene, arrives, quoted):
    reference = reference_of()
    assert {arrives(shape(quoted(reference), HANEUL)).outcome for shape in SHAPES} == {Outcome.DROPPED}
    assert (state_of(reference), dead()) == (MessageState.SENT, [])


def test_the_same_report_twice_changes_nothing_more(scene, arrives):
    reference = reference_of()
    first, second = (arrives(reports.postfix(reference, HANEUL)) for _ in range(2))
    assert first.id == second.id
    other = reports.gmail(reference, HANEUL)
    assert arrives(other).outcome is Outcome.BOUNCED
    assert len(dead()) == 1


@pytest.mark.parametrize(
    "mail",
    [
        shapes.letter(
            shapes.Said(uid="x", attendee=HANEUL), f"Message-ID: <{REFERENCE}@{DOMAIN}>\n550 5.1.1 No such user"
        ),
        reports.qmail(REFERENCE, HANEUL).replace(b"550 5.1.1 User unknown", b"I am on holiday"),
        shapes.letter(
            shapes.Said(uid="x", attendee=HANEUL),
            "휴가 중입니다. 급한 일은 02-550-1234로 알려 주세요.",
            "Auto-Submitted: auto-replied",
            f"In-Reply-To: <{REFERENCE}@{DOMAIN}>",
        ).replace(f"Return-Path: <{HANEUL}>".encode(), b"Return-Path: <>"),
        b"",
    ],
    ids=["a person quotes us", "a postmaster says nothing final", "somebody is away", "nothing"],
)
def test_what_is_no_report_is_none(mail):
    assert read_report(mail, DOMAIN) is None


def test_strange_reports_raise_nothing():
    found = [read_report(mail, DOMAIN) for mail in strange_mails(1500, seed=11)]
    assert sum(report is not None for report in found) > 50
