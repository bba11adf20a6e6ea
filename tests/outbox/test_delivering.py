"""Delivery over real SMTP: what becomes of a message that the server takes, puts off, refuses, or leaves unanswered."""

import logging
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from flask import url_for
from sqlalchemy import event

from briefings import clock, jobs
from briefings.db import db, unit_of_work
from briefings.outbox import smtp
from briefings.outbox.delivering import BATCH, FRESH, LEASE, LONGEST_PAUSE, Unreachable, deliver_due
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.queueing import Recipient, queue
from tests.outbox.conftest import line_up, messages, states
from tests.outbox.mail_server import MailServer

pytestmark = pytest.mark.each_database


def test_what_is_due_is_sent_over_one_connection_and_recorded(deliver, mail_server, now):
    line_up(now, *(f"user{n}@example.kr" for n in range(BATCH + 2)))
    deliver(mail_server.url)
    assert sorted(mail_server.recipients) == sorted(f"user{n}@example.kr" for n in range(BATCH + 2))
    assert mail_server.connections == 1
    message = messages()[0]
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, now, 1)
    assert (message.subject, message.error, message.raw) == ("[협업이음] 1", "", None)


def test_a_mail_comes_from_us_to_one_person_with_both_parts(deliver, mail_server, now):
    line_up(now, "haneul@example.kr")
    deliver(mail_server.url)
    [(_, mail)] = mail_server.taken
    assert mail["From"] == "협업이음 설명회 <invite@briefings.example.kr>"
    assert mail["To"] == "김하늘 <haneul@example.kr>"
    assert mail["Message-ID"] == f"<{messages()[0].reference}@briefings.example.kr>"
    assert mail["Date"] == "Mon, 23 Nov 2026 10:00:00 +0900"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_is_written_in_its_readers_language_with_addresses_in_it(app, deliver, mail_server, monkeypatch, now):
    monkeypatch.setitem(
        app.extensions["composers"], "plain", lambda m, now: Mail("x", url_for("static", filename="a", _external=True))
    )
    with unit_of_work():
        queue("plain", "1", Recipient("a@example.com", "Alex", "en"), now)
        queue("plain", "2", Recipient("b@example.com", "김하늘", "ko"), now)
    deliver(mail_server.url)
    [english, korean] = [mail.get_body(("html",)).get_content() for _, mail in mail_server.taken]
    assert '<html lang="en">' in english and "http://briefings.example.kr/en/static/a" in english
    assert '<html lang="ko">' in korean and "http://briefings.example.kr/static/a" in korean


def test_what_is_due_later_waits_and_holds_nobody_up(deliver, mail_server, now):
    line_up(now, "a@example.kr", due_at=now + timedelta(hours=1))
    line_up(now, "a@example.kr", start=2)
    deliver(mail_server.url)
    assert states() == ["queued", "sent"]
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        deliver(mail_server.url)
    assert states() == ["sent", "sent"]


def test_nothing_is_sent_for_a_change_that_was_rolled_back(deliver, mail_server, now):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        queue("plain", "1", Recipient("a@example.kr", "김하늘"), now)
        1 / 0  # noqa: B018
    deliver(mail_server.url)
    assert mail_server.taken == [] and messages() == []


@pytest.mark.parametrize("name", ["greylisted", "overquota"])
def test_a_message_put_off_is_tried_again_later_and_later(deliver, mail_server, now, name):
    line_up(now, f"{name}@example.kr")
    moment, pauses = now, []
    for attempt in range(1, 13):
        with time_machine.travel(moment, tick=False):
            deliver(mail_server.url)
        [message] = messages()
        assert (message.state, message.attempts) == (MessageState.QUEUED, attempt)
        assert message.error.startswith("45")
        pauses.append(message.due_at - moment)
        moment = message.due_at
    assert timedelta(seconds=48) <= pauses[0] <= timedelta(seconds=72)
    assert all(pause <= LONGEST_PAUSE * 1.2 for pause in pauses)
    assert pauses[-1] >= LONGEST_PAUSE * 0.8
    mail_server.cured.add(name)
    with time_machine.travel(moment, tick=False):
        deliver(mail_server.url)
    assert states() == ["sent"]


def test_a_message_put_off_for_three_days_fails(deliver, mail_server, now):
    line_up(now, "greylisted@example.kr")
    moment = now
    while states() == ["queued"]:
        with time_machine.travel(moment, tick=False):
            deliver(mail_server.url)
        moment = max(moment, messages()[0].due_at)
    assert states() == ["failed"]
    assert timedelta(days=2, hours=12) < moment - now < timedelta(days=4)


@pytest.mark.parametrize(
    ("name", "reply"), [("nobody", "550 5.1.1 No such user"), ("spam", "554 5.7.1 Message refused")]
)
def test_a_refused_message_fails_with_the_words_of_the_server(deliver, mail_server, now, name, reply):
    line_up(now, f"{name}@example.kr")
    deliver(mail_server.url)
    [message] = messages()
    assert (message.state, message.error, message.subject) == (MessageState.FAILED, reply, "[협업이음] 1")


def test_one_bad_address_stops_nobody(deliver, mail_server, now):
    line_up(now, "nobody@example.kr", "not an address", "cut@example.kr", "greylisted@example.kr", "good@example.kr")
    deliver(mail_server.url)
    assert states() == ["failed", "failed", "queued", "queued", "sent"]


def test_a_domain_beyond_ascii_is_written_in_ascii(deliver, mail_server, now):
    line_up(now, "haneul@협업.한국")
    deliver(mail_server.url)
    assert mail_server.recipients == ["haneul@xn--5h5b111a.xn--3e0b707e"]


def test_a_message_cut_off_after_its_data_is_repeated_with_the_same_message_id(deliver, mail_server, now):
    line_up(now, "cut@example.kr")
    deliver(mail_server.url)
    [message] = messages()
    assert message.state is MessageState.QUEUED
    assert "연결이 끊어졌습니다" in message.error
    mail_server.cured.add("cut")
    with time_machine.travel(message.due_at, tick=False):
        deliver(mail_server.url)
    [(_, first), (_, second)] = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert states() == ["sent"]


def test_a_silent_server_costs_one_message_its_turn(app, plain, mail_server, now):
    line_up(now, "hangs@example.kr", "good@example.kr")
    with smtp.way_out(mail_server.url, "invite@briefings.example.kr", timeout=0.2) as send:
        deliver_due(send, jobs.composing_in(app), clock.now)
    assert states() == ["queued", "sent"]
    assert messages()[0].attempts == 1


def test_nothing_is_lost_while_the_server_is_down(deliver, now):
    server = MailServer()
    addresses = [f"user{n % 3}@example.kr" for n in range(2 * BATCH)]
    line_up(now, *addresses)
    for _ in range(3):
        with pytest.raises(Unreachable):
            deliver(server.url)
    assert set(states()) == {"queued"}
    assert {message.attempts for message in messages()} == {0}
    assert "보내는 서버에 연결하지 못했습니다" in messages()[0].error
    with server.up():
        deliver(server.url)
    assert set(states()) == {"sent"}
    assert sorted(server.recipients) == sorted(addresses)


def test_a_server_that_does_not_let_us_send_is_our_trouble_and_not_the_messages(deliver, mail_server, now):
    mail_server.refused_senders.add("invite@briefings.example.kr")
    line_up(now, "a@example.kr")
    with pytest.raises(Unreachable):
        deliver(mail_server.url)
    [message] = messages()
    assert (message.state, message.attempts) == (MessageState.QUEUED, 0)
    assert "553" in message.error


def test_each_recipient_gets_their_messages_in_the_order_they_were_queued(deliver, mail_server, now):
    line_up(now, *["a@example.kr", "greylisted@example.kr", "b@example.kr"] * 5)
    deliver(mail_server.url)
    assert states() == ["sent", "queued", "sent"] * 5
    assert [message.attempts for message in messages() if message.recipient.startswith("grey")] == [1, 0, 0, 0, 0]
    mail_server.cured.add("greylisted")
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        deliver(mail_server.url)
    for address in ("a@example.kr", "greylisted@example.kr", "b@example.kr"):
        subjects = [mail["Subject"] for recipient, mail in mail_server.taken if recipient == address]
        assert subjects == [f"[협업이음] {m.key}" for m in messages() if m.recipient == address]


def test_a_failed_message_lets_the_next_one_pass(deliver, mail_server, now):
    line_up(now, "spam@example.kr", "spam@example.kr")
    deliver(mail_server.url)
    assert states() == ["failed", "failed"]


def test_nothing_more_is_sent_to_an_address_that_does_not_exist(deliver, mail_server, now):
    line_up(now, "nobody@example.kr")
    deliver(mail_server.url)
    line_up(now, "Nobody@example.kr", "good@example.kr", start=2)
    deliver(mail_server.url)
    assert states() == ["failed", "dropped", "sent"]
    assert messages()[1].error == "전자우편이 되돌아온 주소입니다."
    mark = db.session.get(UndeliverableAddress, "nobody@example.kr")
    assert (mark.status, mark.message_id, mark.since) == ("5.1.1", messages()[0].id, now)


def test_a_held_message_keeps_its_own_thread_waiting_and_nothing_else(deliver, mail_server, now):
    to = Recipient("a@example.kr", "김하늘")
    with unit_of_work():
        queue("plain", "1", to, now, thread="item:1", held=True)
        queue("plain", "2", to, now, thread="item:1")
        queue("plain", "3", to, now, thread="item:2")
    deliver(mail_server.url)
    assert states() == ["held", "queued", "sent"]
    with unit_of_work() as session:
        session.get(Message, messages()[0].id).state = MessageState.QUEUED
    deliver(mail_server.url)
    assert [str(mail["Subject"]) for _, mail in mail_server.taken] == [f"[협업이음] {n}" for n in (3, 1, 2)]


def test_what_no_longer_concerns_its_reader_is_dropped_with_the_reason(deliver, mail_server, app, monkeypatch, now):
    monkeypatch.setitem(app.extensions["composers"], "plain", lambda message, now: Dropped("설명회가 취소됨"))
    line_up(now, "a@example.kr")
    deliver(mail_server.url)
    [message] = messages()
    assert (message.state, message.error) == (MessageState.DROPPED, "설명회가 취소됨")
    assert mail_server.taken == []


def test_a_message_that_cannot_be_composed_fails_after_a_few_attempts(deliver, mail_server, now, caplog):
    line_up(now, "a@example.kr", kind="unheard-of")
    line_up(now, "b@example.kr", start=2)
    moment = now
    while "queued" in states():
        with time_machine.travel(moment, tick=False), caplog.at_level(logging.ERROR):
            deliver(mail_server.url)
        moment = max(moment, messages()[0].due_at)
    assert states() == ["failed", "sent"]
    failed = messages()[0]
    assert (failed.attempts, failed.error) == (4, "내용을 만들지 못했습니다: KeyError")
    assert "a@example.kr" not in caplog.text and "KeyError" in caplog.text


def test_no_address_and_no_word_of_a_mail_is_logged(deliver, mail_server, now, caplog):
    line_up(now, "secret@example.kr", "nobody@example.kr")
    with caplog.at_level(logging.INFO):
        deliver(mail_server.url)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("briefings"))
    assert "kind=plain state=sent" in ours and "kind=plain state=failed" in ours
    assert "example.kr" not in ours and "김하늘" not in ours


def test_in_the_own_mailbox_mail_is_kept_and_goes_nowhere(deliver, now):
    line_up(now, "a@example.kr")
    deliver("mailbox:")
    [message] = messages()
    assert message.state is MessageState.SENT
    assert f"Message-ID: <{message.reference}@briefings.example.kr>".encode() in message.raw


def test_no_transaction_is_open_while_the_server_is_spoken_to(app, plain, now):
    line_up(now, "a@example.kr")
    open_ones = []

    def send(recipient, data):
        open_ones.append(db.session.registry.has() and db.session().in_transaction())

    deliver_due(send, jobs.composing_in(app), clock.now)
    assert open_ones == [False]


def test_words_that_have_waited_are_written_anew(app, plain, monkeypatch, now):
    monkeypatch.setitem(app.extensions["composers"], "plain", lambda message, now: Mail(f"{now:%S}", "x"))
    line_up(now, *(f"user{n}@example.kr" for n in range(4)))
    with time_machine.travel(now, tick=False) as traveller:
        deliver_due(lambda recipient, data: traveller.shift(FRESH / 2), jobs.composing_in(app), clock.now)
    assert [message.subject for message in messages()] == ["00", "00", "05", "05"]


def test_a_worker_told_to_stop_gives_back_what_it_has_not_sent(app, plain, now):
    line_up(now, "a@example.kr", "b@example.kr", "c@example.kr")
    sent = []
    deliver_due(lambda recipient, data: sent.append(recipient), jobs.composing_in(app), clock.now, lambda: bool(sent))
    assert states() == ["sent", "queued", "queued"]
    assert messages()[1].claimed_until is None


def test_no_message_is_begun_when_the_claim_may_end_before_it_does(app, plain, now):
    line_up(now, "a@example.kr", "b@example.kr")
    with time_machine.travel(now, tick=False) as traveller:

        def send(recipient, data):
            traveller.shift(LEASE - timedelta(seconds=30))

        assert deliver_due(send, jobs.composing_in(app), clock.now) == 2
    assert states() == ["sent", "queued"]


def test_a_message_that_kills_its_worker_every_time_is_given_up(app, plain, now):
    line_up(now, "a@example.kr")

    class Killed(BaseException):
        pass

    def send(recipient, data):
        raise Killed

    moment = now
    for _ in range(30):
        with time_machine.travel(moment, tick=False):
            try:
                deliver_due(send, jobs.composing_in(app), clock.now)
            except Killed:
                moment += LEASE + timedelta(seconds=1)
    assert states() == ["failed"]
    assert messages()[0].error == "보내는 도중에 중단되었습니다."


@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)  # which tells how often it looked
def test_what_is_in_no_thread_is_not_compared_with_all_that_is_in_none(app, plain, now):
    line_up(now, "a@example.kr", "a@example.kr")
    steps = []

    def explain(connection, cursor, statement, values, *_):
        if statement.startswith("WITH line"):
            cursor.execute("SAVEPOINT before")
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
            steps.append(cursor.fetchone()[0][0]["Plan"])
            cursor.execute("ROLLBACK TO before")

    event.listen(db.engine, "before_cursor_execute", explain)
    deliver_due(lambda recipient, data: None, jobs.composing_in(app), clock.now)
    event.remove(db.engine, "before_cursor_execute", explain)
    looks = Counter()
    while steps:
        step = steps.pop()
        steps += step.get("Plans", [])
        looks[step.get("Alias")] += step["Actual Loops"]
    assert looks["messages_1"] > 0 and looks["messages_2"] == 0, looks
