"""Texts over a real HTTP gateway that misbehaves: each reaches its phone once or stays in line, and why is said."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from briefings import jobs
from briefings.db import unit_of_work
from briefings.outbox.channels import Deferred, Receipt, Rejected, Unreachable
from briefings.outbox.gateway import BOUNDS, Connection, Gateway, request_of
from briefings.outbox.mail import ShortText
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Draft, Recipient, queue, queue_many
from briefings.web.outgoing import Bounds, is_public
from tests.outbox.conftest import compose_plain, messages, states
from tests.outbox.gateway_server import (
    GatewayServer,
    cut,
    cut_midway,
    drips,
    floods,
    gateway_server,
    no_gateway,
    says,
    sleeps,
    took,
)

WORDS = "[협업이음] 이가온 님, 설명회가 10:00에 시작합니다."
PRICES = {"alimtalk": 7, "sms": 10, "lms": 30}


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    """A gateway that is up."""
    with gateway_server() as server:
        yield server


def connection(url: str, private: bool = True) -> Connection:
    return Connection(Gateway(url, "a-token", "0441234567", {}, PRICES, private), Bounds(timeout=0.3, longest=0.6))


def a_text(number: str = "010-1234-5678", words: str = WORDS, **of_gateway) -> bytes:
    message = Message(phone=number, locale="ko", reference="r" * 32)
    short = ShortText("text/reminder", "설명회 알림", words, {"이름": "이가온"})
    return request_of(message, short, Gateway(sender="0441234567", **of_gateway))


def test_a_text_is_posted_with_everything_a_gateway_needs(server):
    assert connection(server.url).send("01012345678", a_text()) == Receipt(cost=20)
    assert server.sent == [
        {
            "to": "01012345678",
            "from": "0441234567",
            "reference": "r" * 32,
            "type": "sms",
            "title": "설명회 알림",
            "text": WORDS,
        }
    ]
    [headers] = server.headers
    assert headers["Authorization"] == "Bearer a-token"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"


def test_alimtalk_goes_first_where_there_is_a_template_and_carries_the_text_along(server):
    connection(server.url).send("01012345678", a_text(templates={"reminder": "TPL_1"}))
    [asked] = server.sent
    assert (asked["type"], asked["template_code"], asked["variables"]) == ("alimtalk", "TPL_1", {"이름": "이가온"})
    assert asked["fallback"] == {"type": "sms", "title": "설명회 알림", "text": WORDS}


@pytest.mark.parametrize("code", ["not_a_friend", "no_kakao", "template_refused"])
def test_whom_alimtalk_does_not_reach_gets_the_text_once(server, code):
    data = a_text(templates={"reminder": "TPL_1"})
    refused = says(422, {"code": code, "message": "카카오톡을 쓰지 않는 번호"})
    server.next = [refused, cut]
    with pytest.raises(Deferred):
        connection(server.url).send("01012345678", data)
    server.next = [refused]
    assert connection(server.url).send("01012345678", data).cost == 20
    assert [(each["type"], each["reference"]) for each in server.sent] == [("sms", "r" * 32 + "-text")]


def test_what_no_phone_can_show_is_refused_before_anything_is_posted(server):
    for words, reason in (("꽃 🌸과 ñ", "🌸 ñ"), ("가" * 1001, "2,002바이트")):
        with pytest.raises(Rejected, match=reason):
            connection(server.url).send("01012345678", a_text(words=words))
    assert server.asked == []
    connection(server.url).send("01012345678", a_text(words="꽃 🌸", templates={"reminder": "TPL_1"}))
    assert server.sent[0]["fallback"] is None


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (says(429, {"code": "slow_down"}), Deferred, "429 slow_down"),
        (says(500, b"oops"), Deferred, "500"),
        (says(503), Deferred, "503"),
        (cut, Deferred, "답을 받지 못했습니다"),
        (cut_midway, Deferred, "알아들을 수 없습니다"),
        (sleeps, Deferred, "답을 받지 못했습니다"),
        (drips, Deferred, "답을 (받지 못했|알아들을 수 없)"),
        (floods, Deferred, "알아들을 수 없습니다"),
        (no_gateway, Deferred, "답을 받지 못했습니다"),
        (says(200, b"<html>"), Deferred, "알아들을 수 없습니다"),
        (says(200, b"[1]"), Deferred, "알아들을 수 없습니다"),
        (says(200, b"[" * 60000), Deferred, "알아들을 수 없습니다"),
        (says(200, {"state": "accepted"}), Deferred, "알아들을 수 없습니다"),
        (says(200, {"id": "g", "state": "failed", "code": "invalid_number"}), Rejected, "invalid_number"),
        (says(400, {"code": "invalid_number", "message": "없는 번호"}), Rejected, "400 invalid_number 없는 번호"),
        (says(400, b"<html>"), Rejected, "400"),
        (says(404, {"code": "no_such_template"}), Rejected, "no_such_template"),
        (says(404), Unreachable, "GATEWAY_URL"),
        (says(401), Unreachable, "접속을 받아 주지"),
        (says(403), Unreachable, "접속을 받아 주지"),
        (says(302, Location="http://169.254.169.254/latest"), Unreachable, "다른 주소로 넘깁니다"),
    ],
)
def test_every_answer_says_whether_to_try_again(server, answer, outcome, words):
    server.next = [answer]
    with pytest.raises((Deferred, Rejected, Unreachable), match=words) as found:
        connection(server.url).send("01012345678", a_text())
    assert found.type is outcome
    assert len(server.asked) == 1


def test_a_message_the_gateway_took_before_is_sent(server):
    server.next = [says(409, {"code": "duplicate_reference", "cost": 30})]
    assert connection(server.url).send("01012345678", a_text()) == Receipt(cost=30)


@pytest.mark.parametrize("said", [None, True, "dear", -1, 10**9, float("inf"), [20]])
def test_a_cost_nobody_can_believe_is_what_the_price_says(server, said):
    server.next = [says(200, {"id": "g", "cost": said})]
    assert connection(server.url).send("01012345678", a_text()).cost == PRICES["sms"]


def test_an_answer_is_read_no_further_than_it_may_be(server, monkeypatch):
    read = []
    receive = socket.socket.recv_into
    monkeypatch.setattr(socket.socket, "recv_into", lambda *a: read.append(receive(*a)) or read[-1])
    server.next = [floods]
    with pytest.raises(Deferred):
        connection(server.url).send("01012345678", a_text())
    assert sum(read) < 2 * BOUNDS.largest


INSIDE = """
    127.0.0.1 localhost [::1] 10.1.2.3 192.168.0.1 172.16.0.1 169.254.169.254 100.64.0.1 0.0.0.0 2130706433 127.1
    [::ffff:127.0.0.1] [fe80::1] [fd00::1] [64:ff9b::7f00:1] [2002:7f00:1::] [::7f00:1] [fec0::1]
"""


@pytest.mark.parametrize("host", INSIDE.split())
def test_nothing_is_posted_to_an_address_inside_the_house(server, host):
    with pytest.raises(Unreachable, match="내부 주소"):
        connection(f"http://{host}:{server.server_port}/", private=False).send("01012345678", a_text())
    assert server.asked == []


def test_a_name_that_leads_inside_the_house_is_refused_even_among_good_ones(server, monkeypatch):
    found = [(2, 1, 6, "", ("203.0.114.7", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(Unreachable, match="내부 주소"):
        connection("https://gateway.example.kr/", private=False).send("01012345678", a_text())
    assert is_public("8.8.8.8") and is_public("2001:4860:4860::8888")


def test_the_address_that_was_looked_at_is_the_one_connected_to(server, monkeypatch):
    """A name that leads elsewhere when it is asked for again (DNS rebinding) gains nothing; nor does a proxy."""
    asked, look_up = [], socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: asked.append(host) or look_up("127.0.0.1", *a, **k)
    )
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    connection(f"http://gateway.example.kr:{server.server_port}/v1").send("01012345678", a_text())
    assert [name for name in asked if name != "127.0.0.1"] == ["gateway.example.kr"]
    assert server.headers[0]["Host"] == f"gateway.example.kr:{server.server_port}"


def test_a_gateway_that_is_down_unknown_or_without_tls_is_unreachable(server, monkeypatch):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{bound.getsockname()[1]}/"
    for url, words in ((closed, "연결하지"), (server.url.replace("http:", "https:"), "연결하지")):
        with pytest.raises(Unreachable, match=words):
            connection(url).send("01012345678", a_text())
    monkeypatch.setattr(socket, "getaddrinfo", _fails)
    with pytest.raises(Unreachable, match="이름을 찾지"):
        connection("https://nowhere.invalid/").send("01012345678", a_text())
    assert server.asked == []


def _fails(*_args, **_named):
    raise socket.gaierror(-2, "Name or service not known")


@pytest.fixture
def deliver(app, server, monkeypatch) -> Callable[[], None]:
    """One look of the worker for texts; every one says WORDS."""
    short = ShortText("text/reminder", "설명회 알림", WORDS, {"이름": "이가온"})
    monkeypatch.setitem(app.extensions["composers"], "short", lambda message, now: short)
    monkeypatch.setitem(app.extensions["composers"], "plain", compose_plain)
    given = {"url": server.url, "token": "t", "sender": "0441234567", "prices": PRICES, "private": True}
    for name, value in given.items():
        monkeypatch.setitem(app.config, f"GATEWAY_{name.upper()}", value)

    def deliver() -> None:
        with app.app_context():
            jobs.deliver_texts(app)

    return deliver


def line_up(now, *phones: str) -> None:
    with unit_of_work():
        to = Recipient("gaon@example.kr", "이가온")
        queue_many("short", [Draft(f"t{number}", to, {}, phone=phone) for number, phone in enumerate(phones)], now)


def test_what_is_due_is_sent_and_its_cost_kept(deliver, server, now):
    line_up(now, "010-1234-5678", "02-123-4567", "+82 10-9876-5432")
    deliver()
    assert [each["to"] for each in server.sent] == ["01012345678", "01098765432"]
    first, second, _ = messages()
    assert (first.state, first.cost, first.sent_at, first.raw) == (MessageState.SENT, 20, now, None)
    assert (second.state, second.error) == (MessageState.FAILED, "휴대 전화번호가 아닙니다.")


def test_a_repeat_after_a_lost_answer_is_not_a_second_text(deliver, server, now):
    line_up(now, "010-1234-5678")
    server.next = [cut, says(500), took]
    for _ in range(3):
        with time_machine.travel(messages()[0].due_at, tick=False):
            deliver()
    assert states() == ["sent"]
    assert len(server.asked) == 3 and len(server.sent) == 1
    assert {each["reference"] for each in server.asked} == {messages()[0].reference}


def test_texts_and_mails_do_not_wait_for_each_other(app, deliver, server, now):
    line_up(now, "010-1234-5678")
    server.next = [says(429)]
    deliver()
    with unit_of_work():
        queue("plain", "m", Recipient("gaon@example.kr", "이가온"), now)
    with app.app_context():
        jobs.deliver(app)
    assert states() == ["queued", "sent"]
    assert messages()[0].attempts == 1


def test_while_the_gateway_is_away_everything_stays_in_line_as_it_was(deliver, server, now):
    line_up(now, "010-1234-5678", "010-1234-5679")
    server.next = [says(401)]
    with pytest.raises(Unreachable):
        deliver()
    assert states() == ["queued", "queued"]
    assert [message.attempts for message in messages()] == [0, 0]
    deliver()
    assert states() == ["sent", "sent"]


def test_no_phone_rings_in_the_quiet_hours(deliver, server, now):
    line_up(now, "010-1234-5678")
    for hours, sent in ((11, 0), (21, 0), (22, 1)):  # 21:00, 7:00 and 8:00
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            deliver()
        assert len(server.sent) == sent


def test_nothing_is_looked_for_where_no_gateway_is_set_and_nothing_leaves_in_a_trial(
    app, deliver, server, now, monkeypatch, count_queries
):
    line_up(now, "010-1234-5678")
    monkeypatch.setitem(app.config, "GATEWAY_URL", "")
    with count_queries() as sent:
        deliver()
    assert len(sent) == 0
    monkeypatch.setitem(app.config, "GATEWAY_URL", "mailbox:")
    deliver()
    assert (states(), messages()[0].cost, server.asked) == (["sent"], PRICES["sms"], [])
