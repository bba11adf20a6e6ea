"""What a step would send, seen before it is taken: nothing of it stays."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.preview import NAMED, SHOWN, dry_run
from briefings.outbox.queueing import Draft, Recipient, queue, queue_many
from briefings.web.tokens import HIDDEN, token_for
from tests.builders import saved
from tests.outbox.conftest import line_up, messages

WORDS = {"plain": "%(named)s에게 보냅니다.", "plain:time": "%(number)s에게 새 일시를 보냅니다."}


def people(number: int, name: str = "김하늘", locale: str = "ko", start: int = 1) -> list[Draft]:
    """One draft each for p1@example.kr, p2@example.kr …"""
    numbers = range(start, start + number)
    return [Draft(f"k{n}", Recipient(f"p{n}@example.kr", f"{name}{n}", locale), {}) for n in numbers]


def test_a_step_is_told_of_and_leaves_nothing_behind(app, plain, now):
    with dry_run(app, now) as preview:
        queue_many("plain", people(2), now)
        queue_many("plain", [d._replace(key=f"t{d.key}", params={"news": "time"}) for d in people(12)], now)
    assert preview.sentences(WORDS) == ["2명(김하늘1, 김하늘2)에게 보냅니다.", "12명에게 새 일시를 보냅니다."]
    assert (preview.number, preview.held) == (14, False)
    [few, many] = preview.groups
    assert [sample.address for sample in few.samples] == ["p1@example.kr", "p2@example.kr"]
    assert len(many.samples) == SHOWN and many.names == [] and len(few.names) <= NAMED
    assert few.samples[0].mail.recipient == "김하늘1 <p1@example.kr>" and "김하늘1 님, k1" in few.samples[0].mail.text
    assert messages() == []
    with unit_of_work():
        assert queue("plain", "k1", Recipient("p1@example.kr", "김하늘1"), now)  # the key is free


def test_who_gets_several_is_counted_once_as_a_person(app, plain, now):
    thrice = [draft._replace(key=f"{draft.key}-{n}") for draft in people(2) for n in range(3)]
    with dry_run(app, now) as preview:
        queue_many("plain", thrice, now)
        queue_many("plain", [d._replace(key=f"t{d.key}", params={"news": "time"}) for d in thrice], now)
        queue_many("plain", [d._replace(key=f"u{d.key}", params={"news": "time"}) for d in thrice], now)
    assert preview.sentences(WORDS) == ["2명(김하늘1, 김하늘2)에게 보냅니다.", "2명에게 새 일시를 보냅니다."]
    assert preview.number == 18


def test_what_cannot_be_composed_is_logged_without_a_word_of_it(app, monkeypatch, caplog, now):
    def spilling(message, now):
        raise ValueError(f"not an address: {message.recipient}")

    monkeypatch.setitem(app.extensions["composers"], "plain", spilling)
    with dry_run(app, now) as preview:
        queue_many("plain", people(1), now)
    assert preview.dropped == {"내용을 만들지 못했습니다: ValueError": ["p1@example.kr"]}
    assert "ValueError" in caplog.text and "p1@example.kr" not in caplog.text


def test_of_many_readers_some_of_both_languages_are_shown(app, plain, now):
    with dry_run(app, now) as preview:
        queue_many("plain", [*people(30), *people(5, "Gaon", "en", start=31)], now)
    [group] = preview.groups
    assert [sample.locale for sample in group.samples] == ["ko", "en", "ko"] and group.number == 35
    assert group.samples[1].mail.sender.startswith("Ieum Briefings")


def test_who_would_get_nothing_is_left_out_and_named(app, plain, monkeypatch, now):
    def declining(message, now):
        return Dropped("이미 취소했습니다.") if message.recipient == "p2@example.kr" else Mail("제목", "글")

    monkeypatch.setitem(app.extensions["composers"], "plain", declining)
    saved(UndeliverableAddress(address="p3@example.kr", since=now, reason="550 5.1.1 No such user"))
    with dry_run(app, now) as preview:
        queue_many("plain", people(4), now, held=True, due_at=now + timedelta(minutes=15))
    assert preview.sentences(WORDS) == ["2명(김하늘1, 김하늘4)에게 보냅니다."]
    assert preview.dropped == {"이미 취소했습니다.": ["p2@example.kr"]}
    assert (preview.undeliverable, preview.number_undeliverable) == (["p3@example.kr"], 1)
    assert preview.held and preview.groups[0].later == now + timedelta(minutes=15)


def test_what_cannot_be_composed_is_told_and_stops_nothing(app, plain, monkeypatch, now):
    monkeypatch.setitem(app.extensions["composers"], "plain", lambda message, now: message.params["nothing"])
    with dry_run(app, now) as preview:
        queue_many("plain", people(1), now)
    assert preview.groups == [] and preview.dropped == {"내용을 만들지 못했습니다: KeyError": ["p1@example.kr"]}


def test_links_of_others_are_hidden(app, plain, monkeypatch, now):
    link = lambda message, now: Mail("제목", f"http://briefings.example.kr/r/{token_for('registration', 'abc', 1)}")  # noqa: E731
    monkeypatch.setitem(app.extensions["composers"], "plain", link)
    with dry_run(app, now) as preview:
        queue_many("plain", people(1), now)
    mail = preview.groups[0].samples[0].mail
    with app.app_context():
        secret = token_for("registration", "abc", 1).partition(".")[2]
    assert HIDDEN in mail.text and HIDDEN in mail.html and secret not in mail.text + mail.html


def test_earlier_messages_are_none_of_its_business(app, plain, now):
    line_up(now, "before@example.kr")
    with dry_run(app, now) as preview:
        queue_many("plain", people(1), now)
    assert [group.number for group in preview.groups] == [1]
    assert [message.recipient for message in messages()] == ["before@example.kr"]


@pytest.mark.parametrize("error", [Refused("옮길 수 없습니다."), ZeroDivisionError()])
def test_a_refusal_passes_through_and_nothing_stays(app, plain, now, error):
    with pytest.raises(type(error)), dry_run(app, now):
        queue_many("plain", people(1), now)
        raise error
    assert messages() == []
    with unit_of_work():  # and the session takes commits again
        queue("plain", "k1", Recipient("p1@example.kr", "김하늘"), now)
    assert len(messages()) == 1


def test_a_commit_inside_is_refused(app, plain, now):
    for commit in (db.session.commit, lambda: unit_of_work().__enter__()):
        with pytest.raises(RuntimeError, match="nothing of a dry run may stay"), dry_run(app, now):
            queue_many("plain", people(1), now)
            commit()
    assert messages() == []


@pytest.fixture
def committed(migrated_app: Flask, plain: None):
    """The application without the transaction around the test; its messages are deleted at the end."""
    yield migrated_app
    with migrated_app.app_context(), unit_of_work() as session:
        session.execute(delete(Message))


def test_nobody_else_sees_any_of_it_and_writers_wait_no_longer_than_it_takes(committed, now):
    """On real connections: another session reads meanwhile, and writes as soon as it is over."""
    found, inside, seen = [], threading.Event(), threading.Event()

    def other() -> None:
        with committed.app_context():
            inside.wait(10)
            found.append(db.session.scalar(select(func.count(Message.id))))
            db.session.rollback()
            seen.set()
            with unit_of_work():
                found.append(queue("plain", "k1", Recipient("other@example.kr", "박바다"), now))

    somebody = threading.Thread(target=other)
    somebody.start()
    with committed.app_context():
        with dry_run(committed, now) as preview:
            queue_many("plain", people(3), now)
            inside.set()
            assert seen.wait(10)
        somebody.join(timeout=20)
        assert found == [0, True] and preview.number == 3
        assert [(m.recipient, m.state) for m in messages()] == [("other@example.kr", MessageState.QUEUED)]
