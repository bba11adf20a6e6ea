"""A mail comes in: kept once, dealt with or left to a person, and forgotten after thirty days."""

import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from briefings import clock
from briefings.app import create_app
from briefings.db import db, unit_of_work
from briefings.inbox import receiving
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.inbox.receiving import forget_raw
from briefings.jobs import JOBS, forget_mail
from tests.conftest import SETTINGS
from tests.forks import forked, module
from tests.inbox import reports, shapes
from tests.inbox.conftest import HANEUL
from tests.inbox.shapes import Said

SAID = Said(uid="x", attendee=HANEUL)


@pytest.mark.parametrize(
    ("raw", "outcome", "subject"),
    [
        (shapes.letter(SAID), Outcome.LETTER, "문의드립니다"),
        (shapes.letter_with_invitation(SAID), Outcome.LETTER, "Re: [초대] 설명회"),
        (shapes.absence(SAID), Outcome.DROPPED, "자동 회신: [초대]"),
        (shapes.winmail(SAID), Outcome.REVIEW, "수락: 설명회"),
        (shapes.wide(SAID), Outcome.REVIEW, "Re: 초대"),
        (shapes.large(SAID), Outcome.REVIEW, "Re: 초대"),
        (shapes.mismatched(SAID, "COUNTER"), Outcome.REVIEW, "?"),
        (shapes.garbage(SAID), Outcome.LETTER, ""),
        (b"", Outcome.LETTER, ""),
        (b"Subject: a\x00b\xff\nFrom: \x00@\x00\n\n\x00", Outcome.LETTER, "ab\N{REPLACEMENT CHARACTER}"),
    ],
    ids=range(10),
)
def test_whatever_comes_is_kept_with_a_reason(app, arrives, raw, outcome, subject):
    mail = arrives(raw)
    assert (mail.outcome, mail.subject, mail.raw, mail.handled_at) == (outcome, subject, raw, None)
    assert mail.reason


def test_the_same_mail_is_dealt_with_once_whichever_way_it_comes(scene, arrives):
    raw = shapes.gmail(scene.said(partstat="DECLINED"))
    first = arrives(raw)
    again = arrives(raw.replace(b"Received: ", b"Received: by second.example; Mon\r\nReceived: "))
    assert (first.id, scene.kinds()) == (again.id, ["invitation", "declined"])
    without_id = raw.replace(b"Message-ID", b"X-ID")
    assert arrives(without_id).id == arrives(without_id).id != first.id


def test_a_report_goes_before_an_answer_and_an_answer_before_a_letter(scene, arrives):
    report = reports.exchange("0" * 32, HANEUL)  # holds our invitation
    assert arrives(report).outcome is Outcome.DROPPED
    answer = shapes.exchange(scene.said()).replace(b"MIME-Version", b"Auto-Submitted: auto-replied\r\nMIME-Version")
    assert arrives(answer).outcome is Outcome.ANSWERED


def test_a_mail_that_breaks_something_is_undone_and_left_to_a_person(scene, arrives, monkeypatch, caplog):
    take = receiving.take

    def take_and_break(answer, *more):
        take(answer, *more)
        raise RuntimeError(answer.comment)

    with monkeypatch.context() as broken:
        broken.setattr(receiving, "take", take_and_break)
        mail = arrives(shapes.exchange(scene.said(partstat="DECLINED", comment="비밀")))
    assert (mail.outcome, mail.reason) == (Outcome.REVIEW, "처리하다가 막혔습니다: RuntimeError")
    assert scene.states == ("confirmed", "waitlisted")
    assert scene.kinds() == ["invitation"]
    assert "RuntimeError" in caplog.text and "비밀" not in caplog.text
    assert arrives(shapes.exchange(scene.said(partstat="DECLINED", number=2))).outcome is Outcome.ANSWERED


def test_mails_are_forgotten_after_thirty_days_and_what_became_of_them_is_not(scene, arrives, app):
    old = arrives(shapes.exchange(scene.said(comment="감사합니다")))
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        new = arrives(shapes.letter(scene.said(number=2)))
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1), tick=False):
        forget_mail(app)
        with unit_of_work():
            assert forget_raw(clock.now()) == 0
    db.session.expire_all()
    assert (old.raw, old.note, old.outcome) == (None, "", Outcome.ANSWERED)
    assert new.raw is not None
    assert forget_mail in [job for job, _ in JOBS]


def test_from_the_command_line_everything_is_taken_in(app, scene):
    run = app.test_cli_runner()
    for raw in (shapes.gmail(scene.said(partstat="DECLINED", found="unsigned")), b"", shapes.garbage(scene.said())):
        assert run.invoke(args=["mail-in"], input=raw).exit_code == 0
    assert scene.kinds() == ["invitation", "decline_asked"]
    assert db.session.query(ReceivedMail).count() == 3


def mail_in(database: str, raw: bytes, log: Path) -> int:
    """What a mail server does: start the program, write the mail, look at the status."""
    command = ["flask", "--app", "wsgi", "mail-in"]
    with forked(module, command, {"IEUM_ENV": "development", "DATABASE_URL": database}, log, raw) as program:
        return program.wait(60)


def test_a_mail_server_pipes_mails_in_and_keeps_them_while_the_database_is_down(tmp_path):
    url = f"sqlite:///{tmp_path / 'inbox.db'}"
    made = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url}, environ={"IEUM_ENV": "development"})
    with made.app_context():
        db.create_all()
        db.engine.dispose()
    log = tmp_path / "said"
    assert mail_in(url, shapes.letter(SAID), log) == 0
    assert mail_in(url, shapes.large(SAID.but(number=2), 3 * 1024 * 1024), log) == 0, log.read_text()
    with sqlite3.connect(tmp_path / "inbox.db") as kept:
        rows = kept.execute("SELECT outcome, length(raw) FROM received_mails ORDER BY id").fetchall()
    assert rows == [("letter", len(shapes.letter(SAID))), ("review", receiving.LARGEST)]
    assert mail_in(f"sqlite:///{tmp_path}/nowhere/inbox.db", shapes.letter(SAID), log) == os.EX_TEMPFAIL
    assert "주차" not in log.read_text()
