"""The way out to phones: an HTTP gateway for text messages and 알림톡, one POST for each message."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from briefings.calendar.text import one_line
from briefings.outbox.channels import Deferred, Receipt, Rejected, Unreachable
from briefings.outbox.mail import ShortText
from briefings.outbox.models import Message
from briefings.outbox.texting import TextKind, cost_of, fault_of, fitted, kind_of, mobile_number
from briefings.web.outgoing import Bounds, NoAnswer, NotAsked, Obstacle, ask

KEPT_HERE = "mailbox:"
BOUNDS = Bounds()
"""Of one request; a message takes at most two (see MARGIN in delivering.py)."""
DEAREST = 100_000
"""Won: what costs more is a mistake of the gateway's."""

NOT_BY_ALIMTALK = ("not_a_friend", "no_kakao", "blocked", "template_refused", "template_not_found")
"""Codes that say a text message may reach whom 알림톡 does not."""
TAKEN_BEFORE = ("duplicate", "duplicate_reference")
REFUSED = ("failed", "rejected")
NOT_ASKED = {
    Obstacle.NAME: "문자 중계 서버의 이름을 찾지 못했습니다: %s",
    Obstacle.INSIDE: "GATEWAY_URL이 내부 주소를 가리켜 보내지 않습니다. 뜻한 것이면 GATEWAY_PRIVATE=1로 허용해 주세요.",
    Obstacle.CONNECTION: "문자 중계 서버에 연결하지 못했습니다: %s",
}
TRY_AGAIN = (408, 425, 429)
NOT_LET_IN = (401, 403)
NOT_THERE = (404, 405)


@dataclass(frozen=True)
class Gateway:
    """What the settings say of it; `url` is empty where nothing goes to phones."""

    url: str = ""
    token: str = ""
    sender: str = ""
    templates: Mapping[str, str] | None = None
    prices: Mapping[str, int] | None = None
    private: bool = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Gateway":
        """From the settings of the application."""
        names = ("url", "token", "sender", "templates", "prices", "private")
        return cls(**{name: settings[f"GATEWAY_{name.upper()}"] for name in names})

    def template(self, text: str, locale: str) -> str | None:
        """The code under which 알림톡 knows a text, or None; `reminder` for Korean, `reminder.en` for English."""
        name = text.removeprefix("text/") + ("" if locale == "ko" else f".{locale}")
        return (self.templates or {}).get(name)

    def cost(self, kind: TextKind, number: int = 1) -> int | None:
        """What so many messages cost by the prices that are set."""
        return cost_of(kind, number, self.prices or {})


class _NotByAlimtalk(Rejected):
    """This person cannot be reached by 알림톡."""


@contextmanager
def way_to_phones(gateway: Gateway) -> Iterator["Connection"]:
    """What `deliver_due` sends text messages with, for one round."""
    yield Connection(gateway)


def request_of(message: Message, short: ShortText, gateway: Gateway) -> bytes:
    """What is posted for one message: 알림톡 where there is a template for it, a text message in its place otherwise.

    The reference is the same in every repeat: a gateway that has taken a message does not take it again.
    """
    words = fitted(short.text)
    common = {"to": mobile_number(message.phone), "from": gateway.sender, "reference": message.reference}
    text = {"type": kind_of(words).value, "title": fitted(short.subject), "text": words}
    code = gateway.template(short.name, message.locale)
    if code is None:
        return _json(common | text)
    fallback = None if fault_of(words) else text
    alimtalk = {"type": TextKind.ALIMTALK.value, "template_code": code, "variables": dict(short.values), "text": words}
    return _json(common | alimtalk | {"fallback": fallback})


class Connection:
    """To one gateway; a new one for each request, which costs less than the message does."""

    def __init__(self, gateway: Gateway, bounds: Bounds = BOUNDS) -> None:
        self.gateway = gateway
        self.bounds = bounds

    def send(self, number: str, data: bytes) -> Receipt:
        """Hand one message over; by text if the gateway says that 알림톡 cannot reach this person."""
        asked = json.loads(data)
        try:
            return self._hand_over(asked)
        except _NotByAlimtalk as error:
            if asked["fallback"] is None:
                raise Rejected(str(error)) from None
        common = {name: asked[name] for name in ("to", "from")}
        return self._hand_over(common | {"reference": f"{asked['reference']}-text"} | asked["fallback"])

    def _hand_over(self, asked: dict[str, Any]) -> Receipt:
        kind = TextKind(asked["type"])
        if kind is not TextKind.ALIMTALK and (fault := fault_of(asked["text"])):
            raise Rejected(fault)
        if self.gateway.url == KEPT_HERE:
            return Receipt(cost=self.gateway.cost(kind))
        status, said = self._post(_json(asked))
        answer = _read(said)
        if 200 <= status < 300 and answer.get("state") not in REFUSED:
            if "id" not in answer:
                raise Deferred(f"문자 중계 서버의 답을 알아들을 수 없습니다({status}).")
            return self._receipt(answer, kind)
        if status == 409 and answer.get("code") in TAKEN_BEFORE:
            return self._receipt(answer, kind)
        raise _refusal(status, answer, kind)

    def _receipt(self, answer: Mapping[str, Any], asked: TextKind) -> Receipt:
        won = _won(answer)
        return Receipt(cost=self.gateway.cost(_kind_sent(answer, asked)) if won is None else won)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self.gateway.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        to = self.gateway
        try:
            answer = ask("POST", to.url, headers, body, private=to.private, bounds=self.bounds)
        except NotAsked as error:
            words = NOT_ASKED[error.obstacle]
            raise Unreachable(words % error if "%s" in words else words) from None
        except NoAnswer as error:
            # It may have been taken all the same: the reference keeps the repeat from being a second message.
            raise Deferred(f"문자 중계 서버의 답을 받지 못했습니다: {error}") from None
        return answer.status, answer.body


def _refusal(status: int, answer: Mapping[str, Any], kind: TextKind) -> Exception:
    code = one_line(str(answer.get("code") or ""), 60)
    words = one_line(f"{status} {code} {answer.get('message') or ''}".strip(), 300)
    if status >= 500 or status in TRY_AGAIN:
        return Deferred(f"문자 중계 서버가 지금 받지 못합니다: {words}")
    if status in NOT_LET_IN:
        return Unreachable(f"문자 중계 서버가 접속을 받아 주지 않았습니다: {words}")
    if 300 <= status < 400:
        return Unreachable(f"문자 중계 서버가 다른 주소로 넘깁니다. GATEWAY_URL을 확인해 주세요: {words}")
    if status in NOT_THERE and not code:
        return Unreachable(f"GATEWAY_URL에 문자 중계 서버가 없습니다: {words}")
    if kind is TextKind.ALIMTALK and code in NOT_BY_ALIMTALK:
        return _NotByAlimtalk(words)
    return Rejected(words)


def _read(said: bytes) -> dict[str, Any]:
    """The object in an answer; an empty one where it holds none."""
    if len(said) > BOUNDS.largest:
        return {}
    with suppress(ValueError, RecursionError):
        found = json.loads(said)
        if isinstance(found, dict):
            return found
    return {}


def _won(answer: Mapping[str, Any]) -> int | None:
    cost = answer.get("cost")
    sound = isinstance(cost, int | float) and not isinstance(cost, bool) and 0 <= cost <= DEAREST
    return round(cost) if sound else None  # type: ignore[arg-type]


def _kind_sent(answer: Mapping[str, Any], asked: TextKind) -> TextKind:
    said = answer.get("type")
    return TextKind(said) if said in list(TextKind) else asked


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
