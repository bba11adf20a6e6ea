"""Fetching over IMAP from a real server with bad habits: nothing lost, nothing twice, nothing in the way of others."""

import logging

import pytest
from flask import Flask
from sqlalchemy import select

from briefings import jobs
from briefings.config import SettingsError
from briefings.db import db
from briefings.inbox.imap import mailbox_from
from briefings.inbox.models import Outcome, ReceivedMail
from tests.inbox import shapes
from tests.inbox.imap_server import ImapServer
from tests.inbox.shapes import SERVER


@pytest.fixture
def look(app: Flask, monkeypatch):
    """One look of the worker into the mailbox of a server."""
    monkeypatch.setitem(app.config, "AUTHSERV_ID", SERVER)
    monkeypatch.setitem(app.config, "IMAP_DONE", "Processed")
    app.extensions.pop("mail_left", None)

    def look(server: ImapServer) -> list[Outcome]:
        monkeypatch.setitem(app.config, "IMAP_URL", server.url)
        with app.app_context():
            jobs.fetch_mail(app)
        db.session.commit()
        return list(db.session.scalars(select(ReceivedMail.outcome).order_by(ReceivedMail.id)))

    return look


def letters(scene, number: int = 3) -> list[bytes]:
    return [shapes.letter(scene.said(number=n), f"문의 {n}") for n in range(1, number + 1)]


def test_an_answer_is_fetched_unread_acted_upon_and_filed(scene, look):
    mail = shapes.gmail(scene.said(partstat="DECLINED"))
    with ImapServer(mail).up() as server:
        server.news = True
        assert look(server) == [Outcome.ANSWERED]
    assert scene.states == ("cancelled", "confirmed")
    assert server.folders == {"INBOX": {}, "Processed": {1: mail}}
    assert all("BODY.PEEK[" in line or "SIZE" in line for line in server.commands("FETCH"))
    assert server.asked[-1] == "LOGOUT"


def test_mails_are_taken_in_order_whatever_the_search_answers(scene, look):
    yes = shapes.gmail(scene.said(partstat="TENTATIVE", number=1))
    no = shapes.gmail(scene.said(partstat="DECLINED", number=2, stamp="20261123T005500Z"))
    with ImapServer(yes, no).up() as server:
        assert look(server) == [Outcome.ANSWERED, Outcome.ANSWERED]
    assert scene.states == ("cancelled", "confirmed")


@pytest.mark.parametrize(
    ("command", "when"),
    [("LOGIN", 1), ("SELECT", 1), ("SEARCH", 1), ("FETCH", 1), ("FETCH", 4), ("MOVE", 1), ("MOVE", 2)],
)
def test_a_connection_that_is_cut_loses_nothing_and_repeats_nothing(scene, look, command, when):
    with ImapServer(*letters(scene)).up() as server:
        server.cut[command] = when
        look(server)
        outcomes = look(server)
        assert outcomes == look(server) == [Outcome.LETTER] * 3
    assert (len(server.folders["INBOX"]), len(server.folders["Processed"])) == (0, 3)


def test_the_same_mail_twice_is_dealt_with_once(scene, look):
    mail = shapes.gmail(scene.said(partstat="DECLINED"))
    with ImapServer(mail, mail).up() as server:
        assert look(server) == [Outcome.ANSWERED]
    assert len(server.folders["Processed"]) == 2
    assert scene.kinds() == ["invitation", "declined"]


@pytest.mark.parametrize("habit", [{"refused": {"MOVE"}}, {"unknown": {"MOVE"}}, {"unknown": {"MOVE", "UID EXPUNGE"}}])
def test_where_moving_is_not_possible_a_copy_is_filed_and_the_mail_deleted(scene, look, habit):
    with ImapServer(*letters(scene)).up() as server:
        for name, commands in habit.items():
            setattr(server, name, commands)
        assert look(server) == [Outcome.LETTER] * 3
    assert (server.folders["INBOX"], len(server.folders["Processed"])) == ({}, 3)


def test_the_folder_is_made_where_it_is_missing(scene, look):
    with ImapServer(*letters(scene), done=None).up() as server:
        look(server)
    assert (len(server.folders["INBOX"]), len(server.folders["Processed"])) == (0, 3)
    assert len(server.commands("CREATE")) == 1


def test_a_mail_that_cannot_be_moved_at_all_is_left_and_not_fetched_again(scene, look, caplog):
    with ImapServer(*letters(scene)).up() as server:
        server.refused = {"MOVE", "COPY"}
        assert look(server) == [Outcome.LETTER] * 3
        fetched = len(server.commands("FETCH"))
        look(server)
        assert len(server.commands("FETCH")) == fetched
        server.validity += 1  # the numbers mean other mails now
        assert look(server) == [Outcome.LETTER] * 3
        assert len(server.commands("FETCH")) == 2 * fetched
    assert len(server.folders["INBOX"]) == 3
    assert "cannot be moved to Processed" in caplog.text


def test_of_a_mail_that_is_too_large_only_the_headers_are_fetched(scene, look):
    large = shapes.large(scene.said(partstat="DECLINED", number=9), 700 * 1024)
    with ImapServer(large, *letters(scene, 1)).up() as server:
        assert look(server) == [Outcome.REVIEW, Outcome.LETTER]
    kept = db.session.scalars(select(ReceivedMail).order_by(ReceivedMail.id)).first()
    assert kept.raw is not None and len(kept.raw) < 2000
    assert "너무 커서" in kept.reason
    assert len(server.folders["Processed"]) == 2
    assert scene.states == ("confirmed", "waitlisted")


def test_a_mail_that_cannot_be_kept_stays_and_stops_no_other(scene, look, monkeypatch, caplog):
    keep = jobs.receive

    def receive(raw: bytes, *more) -> ReceivedMail:
        if "문의 2".encode() in raw or b"66y47J2YIDI" in raw:
            raise ValueError("문의 2")
        return keep(raw, *more)

    monkeypatch.setattr(jobs, "receive", receive)
    with ImapServer(*letters(scene)).up() as server:
        assert look(server) == [Outcome.LETTER] * 2
    assert list(server.folders["INBOX"]) == [2]
    assert "문의 2" not in caplog.text  # the words of strangers are not logged


def test_a_server_that_is_down_or_refuses_is_asked_again(scene, look, caplog):
    server = ImapServer(*letters(scene))
    with server.up():
        pass
    assert look(server) == []
    with server.up():
        server.refused = {"LOGIN"}
        assert look(server) == []
        server.refused = set()
        assert look(server) == [Outcome.LETTER] * 3
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 2 and "pass" not in caplog.text


def test_a_password_beyond_ascii_logs_in_too(scene, app, look, monkeypatch):
    with ImapServer(*letters(scene)).up() as server:
        monkeypatch.setitem(app.config, "AUTHSERV_ID", "")
        url = f"imap://office:{'%EB%B9%84%EB%B0%80'}@localhost:{server.port}"
        monkeypatch.setattr(ImapServer, "url", url)
        assert look(server) == [Outcome.LETTER] * 3


@pytest.mark.parametrize(
    "url",
    [
        "imap://user:word@mail.example.kr",
        "imaps://mail.example.kr",
        "imaps://user@mail.example.kr",
        "pop3://user:word@mail.example.kr",
        "imaps://user:word@mail.example.kr:many",
        "imaps://user:word@",
        "imaps://user:word@mail.example.kr/%EB%B9%84",
    ],
)
def test_an_address_that_would_not_work_or_show_the_password_is_refused(url):
    with pytest.raises(SettingsError) as refused:
        mailbox_from(url, "Processed")
    assert "word" not in str(refused.value).replace("password", "")


def test_addresses_say_what_they_mean():
    mailbox = mailbox_from("imaps://in%40x:p%2Fw@Mail.example.kr/Shared%2FIn", "Done")
    assert (mailbox.port, mailbox.user, mailbox.password, mailbox.folder) == (993, "in@x", "p/w", "Shared/In")
    assert mailbox_from("imap+starttls://a:b@mail.example.kr", "Done").folder == "INBOX"
    assert "p/w" not in repr(mailbox)
    with pytest.raises(SettingsError):
        mailbox_from("imaps://a:b@mail.example.kr", "처리함")
