"""Other programs are told what happened: signed, in order, again until it is heard; never of a person, never inside."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from briefings import jobs
from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.needs import registering, reviewing
from briefings.needs.models import NeedState
from briefings.outbox.models import Message
from briefings.schedule import planning
from briefings.schedule.editing import details_of, edit
from briefings.schedule.models import Visibility
from briefings.schedule.slots import plan_of
from briefings.web.sealing import unseal
from briefings.webhooks import managing
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event
from briefings.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from briefings.webhooks.signing import PURPOSE
from briefings.webhooks.telling import BOUNDS
from tests.builders import a_briefing, a_need, a_user
from tests.webhooks.receiver import Receiver, a_receiver

PAGES = "/staff/webhooks"
EVERY = tuple(Event)


@pytest.fixture
def administrator(app):
    """Somebody who looks after webhooks."""
    return a_user(Role.ADMINISTRATOR, name="관리자", email="admin@example.kr")


@pytest.fixture
def receiver(app, monkeypatch) -> Iterator[Receiver]:
    """A program inside the house, where the setting lets it be told."""
    monkeypatch.setitem(app.config, "WEBHOOK_PRIVATE", True)
    with a_receiver() as receiver:
        yield receiver


@pytest.fixture
def endpoint(administrator, receiver, now) -> WebhookEndpoint:
    """It, wanting everything."""
    return made(administrator, receiver.url, now)[0]


@pytest.fixture
def tell(app) -> Callable[[], None]:
    """One look of the worker."""

    def tell() -> None:
        with app.app_context():
            jobs.tell_webhooks(app)
        db.session.expire_all()

    return tell


def made(by, url, now, events=EVERY):
    with unit_of_work():
        return managing.make(url, "알림판", events, private=True, by=by, now=now)


def deliveries() -> list[WebhookDelivery]:
    return db.session.query(WebhookDelivery).order_by(WebhookDelivery.id).all()


def told(receiver: Receiver) -> list[dict]:
    return [json.loads(body) for _, body in receiver.got]


def happen(event, row, now, number=1):
    with unit_of_work():
        for _ in range(number):
            announce(event, row, now)


def test_what_happens_is_told_signed_as_the_api_shows_it_and_without_people(
    endpoint, receiver, administrator, tell, now
):
    need = a_need(state=NeedState.SUBMITTED, contact_name="최다온", contact_phone="061-123-4567")
    briefing = a_briefing(title="탄소중립 설명회")
    with unit_of_work():
        reviewing.publish(need, administrator, now)
        planning.cancel(briefing, "사정", by=administrator, now=now)
    tell()
    published, cancelled = told(receiver)
    assert published["type"] == "need.published" and published["occurred_at"] == "2026-11-23T01:00:00Z"
    assert published["subject"] == {"kind": "need", "id": need.id} and published["data"]["title"] == need.title
    assert cancelled["subject"] == {"kind": "briefing", "id": briefing.public_id}
    assert "최다온" not in str(receiver.got) and "061" not in str(receiver.got)
    secret = unseal(endpoint.secret, PURPOSE)
    for headers, body in receiver.got:
        with time_machine.travel(now, tick=False):
            assert Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    with pytest.raises(WebhookVerificationError), time_machine.travel(now, tick=False):
        Webhook(secret).verify(body + b" ", {name.lower(): value for name, value in headers.items()})
    assert [each.state for each in deliveries()] == [DeliveryState.SENT] * 2


def test_what_nobody_may_see_any_more_is_told_by_its_number_alone(endpoint, receiver, administrator, tell, now):
    need = a_need()
    with unit_of_work():
        registering.withdraw(need, administrator, now)
    tell()
    [gone] = told(receiver)
    assert (gone["type"], gone["subject"]["id"], gone["data"]) == ("need.closed", need.id, None)


def test_a_repeat_says_what_holds_by_then(endpoint, receiver, administrator, tell, now):
    """Whoever takes a need back, or a briefing out of the lists, has it in no answer from then on, nor in a repeat."""
    need, briefing = a_need(), a_briefing(title="탄소중립 설명회")
    happen(Event.NEED_CHANGED, need, now)
    happen(Event.BRIEFING_CHANGED, briefing, now)
    receiver.will(503)
    tell()
    with unit_of_work():
        registering.withdraw(need, administrator, now)
        details = replace(details_of(briefing), visibility=Visibility.UNLISTED)
        edit(briefing, details, plan_of(briefing).slots, seen=briefing.changed_at, by=administrator, now=now)
    with time_machine.travel(deliveries()[0].next_at, tick=False):
        tell()
        with unit_of_work():
            managing.send_again(deliveries()[1], by=administrator, now=deliveries()[0].next_at)
        tell()
    said = [(body["type"], body["data"] and body["data"]["title"]) for body in told(receiver)]
    assert said == [
        ("need.changed", need.title),
        ("need.changed", None),
        ("briefing.changed", None),
        ("need.closed", None),
        ("briefing.changed", None),  # so that whoever keeps a copy learns that it is out of the lists
        ("briefing.changed", None),
    ]
    assert "탄소중립" not in str([body for _, body in receiver.got])


def test_nothing_is_written_for_those_who_do_not_want_it_and_nothing_that_was_undone(
    administrator, receiver, now, count_queries
):
    made(administrator, receiver.url, now, [Event.STORY_PUBLISHED])
    need = a_need()
    with count_queries() as sent, unit_of_work():
        announce(Event.NEED_CHANGED, need, now)
    assert len([each for each in sent if "webhook" in each]) == 1
    made(administrator, receiver.url, now)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        announce(Event.NEED_CHANGED, need, now)
        raise ZeroDivisionError
    assert deliveries() == []


def test_it_is_told_in_order_and_nothing_goes_past_what_waits(endpoint, receiver, tell, now):
    need = a_need()
    happen(Event.NEED_CHANGED, need, now, 3)
    receiver.will(200, b"ok")
    receiver.will(503, "바쁨\x00\u202e".encode(), Retry_After="7200")
    tell()
    tell()
    first, second, third = deliveries()
    assert [each.state for each in (first, second, third)] == ["sent", "queued", "queued"]
    assert (second.status, second.answer, second.attempts, third.attempts) == (503, "바쁨", 1, 0)
    assert second.next_at - now >= timedelta(hours=1.5), "as long as it asked for"
    assert endpoint.failing_since == now
    with time_machine.travel(second.next_at, tick=False):
        tell()
    assert [body["id"] for body in told(receiver)] == [each.event_id for each in (first, second, second, third)]
    assert endpoint.failing_since is None and endpoint.lease_until is None


def test_whom_another_worker_talks_to_is_left_alone_until_it_was_killed(endpoint, receiver, tell, now):
    happen(Event.NEED_CHANGED, a_need(), now)
    endpoint.lease_until = now + timedelta(minutes=4)
    db.session.commit()
    tell()
    assert receiver.got == []
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        tell()
    assert len(receiver.got) == 1


def test_after_three_days_it_is_given_up_and_the_endpoint_paused_and_its_maker_told(
    app, endpoint, receiver, tell, now, administrator
):
    happen(Event.NEED_CHANGED, a_need(), now)
    pauses, at = [], now
    while deliveries()[0].state is DeliveryState.QUEUED:
        receiver.will(500)
        before = at
        with time_machine.travel(at, tick=False):
            tell()
        at = deliveries()[0].next_at
        pauses.append(at - before)
    assert 20 < len(pauses) < 40 and timedelta(seconds=48) <= pauses[0] <= timedelta(seconds=72)
    assert deliveries()[0].state is DeliveryState.FAILED and not endpoint.active
    [message] = db.session.query(Message).filter_by(kind="webhook_paused")
    assert message.recipient == administrator.email
    with time_machine.travel(message.due_at, tick=False), app.app_context():
        jobs.deliver(app)
    db.session.expire_all()
    assert (message.state, message.error) == ("sent", "")
    assert message.subject == "[협업이음] 웹훅을 멈췄습니다: 알림판"
    happen(Event.NEED_CHANGED, a_need(), now)
    assert len(deliveries()) == 1, "what happens while it is paused is not told"


def test_what_waited_while_it_was_paused_has_three_days_again(endpoint, receiver, administrator, tell, now):
    happen(Event.NEED_CHANGED, a_need(), now)
    with unit_of_work():
        managing.pause(endpoint, by=administrator, now=now)
    receiver.will(503)
    later = now + timedelta(days=5)
    with unit_of_work():
        managing.resume(endpoint, by=administrator, now=later)
    with time_machine.travel(later, tick=False):
        tell()
    [waiting] = deliveries()
    assert (waiting.state, waiting.attempts) == (DeliveryState.QUEUED, 1)
    with time_machine.travel(waiting.next_at, tick=False):
        tell()
    assert deliveries()[0].state is DeliveryState.SENT


@pytest.mark.parametrize("what", ["tried out", "given another address"])
def test_who_puts_it_right_or_tries_it_out_waits_for_no_later_attempt(
    endpoint, receiver, administrator, tell, now, what
):
    happen(Event.NEED_CHANGED, a_need(), now)
    receiver.will(404)
    tell()
    assert deliveries()[0].next_at > now
    with unit_of_work():
        if what == "tried out":
            managing.try_out(endpoint, by=administrator, now=now)
        else:
            other = endpoint.url + "/other"
            managing.change(endpoint, other, "알림판", [*Event], private=True, by=administrator, now=now)
    tell()
    assert {each.state for each in deliveries()} == {DeliveryState.SENT}
    assert deliveries()[0].attempts == 2


def test_a_briefing_for_those_who_know_its_address_is_told_to_nobody(app, endpoint, administrator, now):
    over = {"starts_at": now - timedelta(hours=3), "ends_at": now - timedelta(hours=1)}
    a_briefing(visibility=Visibility.UNLISTED, **over)
    with unit_of_work():
        planning.cancel(a_briefing(visibility=Visibility.UNLISTED), "사정", by=administrator, now=now)
    with app.app_context():
        jobs.announce_ends(app)
    assert deliveries() == []


def test_whoever_wants_nothing_more_says_gone(endpoint, receiver, tell, now):
    happen(Event.NEED_CHANGED, a_need(), now)
    receiver.will(410)
    tell()
    assert not endpoint.active and deliveries()[0].error == "서버가 받지 않았습니다(410)."


def test_a_trial_is_advised_only_where_there_is_a_button_for_it(client, administrator, endpoint):
    here = f"{PAGES}/{endpoint.public_id}"
    assert client.sign_in(administrator).get(here).text.count("시험 알림 보내기") == 2
    client.post(f"{here}/pause")
    page = client.get(here).text
    assert "아직 알린 것이 없습니다" in page and "시험 알림 보내기" not in page


@pytest.mark.parametrize("url", ["http://127.0.0.1:%s/", "http://[::ffff:127.0.0.1]:%s/", "http://localhost:%s/"])
def test_no_address_inside_the_house_is_told_unless_the_setting_says_so(
    app, administrator, receiver, tell, now, monkeypatch, url
):
    made(administrator, url % receiver.server_port, now)
    monkeypatch.setitem(app.config, "WEBHOOK_PRIVATE", False)
    happen(Event.NEED_CHANGED, a_need(), now)
    tell()
    assert receiver.got == [] and "내부 주소" in deliveries()[0].error


def test_no_redirect_is_followed(endpoint, receiver, tell, now):
    happen(Event.NEED_CHANGED, a_need(), now)
    receiver.will(302, Location=receiver.url)
    tell()
    assert len(receiver.got) == 1 and "다른 주소로" in deliveries()[0].error


def test_an_event_that_cannot_be_composed_stops_neither_its_line_nor_another_until_it_is_sent_again(
    administrator, endpoint, receiver, tell, now, monkeypatch
):
    made(administrator, receiver.url, now, [Event.BRIEFING_CHANGED])
    happen(Event.NEED_CHANGED, a_need(), now)
    happen(Event.BRIEFING_CHANGED, a_briefing(), now)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "told", lambda about: {} if about.startswith("briefing") else 1 / 0)
        tell()
    assert [(each.state, each.error) for each in deliveries()] == [
        ("failed", "내용을 만들지 못했습니다: ZeroDivisionError"),
        ("sent", ""),
        ("sent", ""),
    ]
    assert endpoint.active and endpoint.failing_since is None, "it is not the receiver who failed"
    with unit_of_work():
        managing.send_again(deliveries()[0], by=administrator, now=now)
    tell()
    assert deliveries()[0].state is DeliveryState.SENT


def test_the_end_of_a_briefing_is_told_once(app, endpoint, receiver, tell, now):
    briefing = a_briefing(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1))
    a_briefing(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=9, hours=-2))
    for _ in range(2):
        with app.app_context():
            jobs.announce_ends(app)
        briefing.sequence += 1  # it is called something else
        db.session.commit()
    tell()
    [ended] = told(receiver)
    assert (ended["type"], ended["subject"]["id"]) == ("briefing.ended", briefing.public_id)


def test_administrators_make_try_change_and_take_away_a_webhook(client, administrator, receiver, tell, now):
    client.sign_in(administrator)
    assert "아직 만든 웹훅이 없습니다" in client.get(PAGES).text
    typed = {"description": "알림판", "url": receiver.url, "events": ["need.published", "briefing.moved"]}
    assert "하나 이상 골라" in client.post(f"{PAGES}/new", data=typed | {"events": []}).text
    for wrong in (
        "ftp://x",
        "https://a b",
        "https://user@x.kr/",
        "x",
        "https://x.kr/#y",
        "https://[",
        "https://x:99999/",
    ):
        assert "주소" in client.post(f"{PAGES}/new", data=typed | {"url": wrong}).text
    assert db.session.query(WebhookEndpoint).count() == 0
    answer = client.post(f"{PAGES}/new", data=typed)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)[0]
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"{BOUNDS.timeout:g}초 안에 2xx로" in answer.text, "as long as it is waited for, and no longer"
    [endpoint] = db.session.query(WebhookEndpoint)
    here = f"{PAGES}/{endpoint.public_id}"
    assert secret not in client.get(here).text and secret not in endpoint.secret

    tried = client.post(f"{here}/test").location
    tell()
    shown = client.get(tried).text
    assert "webhook.test" in shown and "보냄" in shown and "204" in shown

    new_secret = re.search(r"whsec_[A-Za-z0-9+/=]+", client.post(f"{here}/secret").text)[0]
    client.post(f"{tried}/again")
    tell()
    headers, body = receiver.got[-1]
    for each in (secret, new_secret):  # both for a day, so that the receiver can change over
        assert Webhook(each).verify(body, {name.lower(): value for name, value in headers.items()})
    with time_machine.travel(now + timedelta(days=2), tick=False):
        client.sign_in(administrator).post(f"{tried}/again")
        tell()
        headers, body = receiver.got[-1]
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    assert {json.loads(body)["id"] for _, body in receiver.got} == {deliveries()[0].event_id}

    client.sign_in(administrator)
    client.post(f"{here}/edit", data=typed | {"events": ["story.published"]})
    client.post(f"{here}/pause")
    assert "먼저 다시 켜" in client.post(f"{here}/test").text
    client.post(f"{here}/resume")
    assert "시험 발송" in client.get(here).text and "지우시겠습니까" in client.get(f"{here}/remove").text
    client.post(f"{here}/remove")
    assert deliveries() == [] and "아직 만든" in client.get(PAGES).text
    entries = db.session.query(AuditEntry).filter(AuditEntry.action.startswith("webhook."))
    acts = [entry.action.partition(".")[2] for entry in entries.order_by(AuditEntry.id)]
    assert acts == [
        "made",
        "tested",
        "secret_renewed",
        "sent_again",
        "sent_again",
        "changed",
        "paused",
        "resumed",
        "removed",
    ]
    assert "whsec" not in str([entry.detail for entry in entries]) and "room=7" not in str([e.detail for e in entries])
