"""Telling endpoints of what happened: one thing after the other for each, again and again for three days."""

import json
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import DBAPIError

from briefings.calendar.text import one_line, plain_text
from briefings.db import db, detached, trouble_of, unit_of_work
from briefings.outbox.queueing import queue
from briefings.web.outgoing import Answer, Bounds, NoAnswer, NotAsked, Obstacle, ask
from briefings.web.sealing import unseal
from briefings.webhooks.makers import whom_to_tell
from briefings.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from briefings.webhooks.signing import PURPOSE, headers_of

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Told = Callable[[str], dict[str, Any] | None]
"""Composes what is told of `briefing:4`; None where nobody may see it any more."""
LEASE = timedelta(minutes=4)
"""After this another worker takes an endpoint up: the one that had it was killed."""
MARGIN = timedelta(minutes=1)
"""Nothing is begun with less of the lease left; longer than the slowest endpoint may take."""
BOUNDS = Bounds(timeout=8, longest=15, largest=2000)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
GIVEN_UP_AFTER = timedelta(days=3)
PAUSED_AFTER = timedelta(days=3)
"""How long nothing may be taken before an endpoint is told of nothing more."""
GONE = 410
"""By which a receiver says that it wants nothing more (Standard Webhooks)."""
NOT_ASKED = {
    Obstacle.NAME: "서버의 이름을 찾지 못했습니다.",
    Obstacle.INSIDE: "내부 주소를 가리켜 보내지 않습니다.",
    Obstacle.CONNECTION: "서버에 연결하지 못했습니다.",
}
UNREADABLE = "비밀값을 읽을 수 없어 서명하지 못했습니다. 새 비밀값을 만들어 주세요."


class Outcome(NamedTuple):
    """What came of one attempt."""

    status: int | None = None
    error: str = ""
    answer: str = ""
    after: timedelta | None = None
    """How long the receiver asked to be left alone."""
    asked: bool = True
    """Whether it is the receiver who did not take it: what cannot even be composed holds up nothing."""

    @property
    def taken(self) -> bool:
        """Whether it was heard."""
        return self.status is not None and 200 <= self.status < 300


def tell_due(told: Told, clock: Clock, private: bool, stopping: Callable[[], bool] = lambda: False) -> int:
    """Tell each endpoint what is due, in order; how many deliveries were tried."""
    tried = 0
    for endpoint_id in _endpoints_due(clock()):
        tried += 0 if stopping() else _tell(endpoint_id, told, clock, private, stopping)
    return tried


def body_of(delivery: WebhookDelivery) -> bytes:
    """What is sent."""
    return json.dumps(delivery.data, ensure_ascii=False, separators=(",", ":")).encode()


def _endpoints_due(now: datetime) -> list[int]:
    """Whoever has something in line that nothing earlier holds up, and whom no worker is just talking to."""
    free = or_(WebhookEndpoint.lease_until.is_(None), WebhookEndpoint.lease_until < now)
    due = _line().where(WebhookDelivery.endpoint_id == WebhookEndpoint.id, WebhookDelivery.next_at <= now)
    return list(db.session.scalars(select(WebhookEndpoint.id).where(WebhookEndpoint.active, free, due)))


def _line() -> Any:
    return exists().where(WebhookDelivery.state == DeliveryState.QUEUED)


def _tell(endpoint_id: int, told: Told, clock: Clock, private: bool, stopping: Callable[[], bool]) -> int:
    lease = clock() + LEASE
    if not _take_lease(endpoint_id, lease, clock()):
        return 0
    tried = 0
    try:
        while not stopping() and clock() < lease - MARGIN:
            found = _next(endpoint_id, clock())
            if found is None:
                break
            outcome = _attempt(*found, told, private, clock())
            tried += 1
            with unit_of_work():
                _record(found[0].id, endpoint_id, outcome, clock())
            if outcome.asked and not outcome.taken:
                break
    finally:
        _give_lease_back(endpoint_id, lease)
    return tried


def _take_lease(endpoint_id: int, lease: datetime, now: datetime) -> bool:
    free = or_(WebhookEndpoint.lease_until.is_(None), WebhookEndpoint.lease_until < now)
    taking = update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.active, free)
    with unit_of_work() as session:
        taken = session.execute(taking.values(lease_until=lease), execution_options={"synchronize_session": False})
        return bool(taken.rowcount)  # type: ignore[attr-defined]


def _give_lease_back(endpoint_id: int, lease: datetime) -> None:
    ours = update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.lease_until == lease)
    with unit_of_work() as session:
        session.execute(ours.values(lease_until=None), execution_options={"synchronize_session": False})


def _next(endpoint_id: int, now: datetime) -> tuple[WebhookDelivery, WebhookEndpoint] | None:
    """The first in line if it is due, in no session; nothing goes past it."""
    of_endpoint = (WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == DeliveryState.QUEUED)
    db.session.rollback()  # what the last one left must not be read again
    first = db.session.scalar(select(WebhookDelivery).where(*of_endpoint).order_by(WebhookDelivery.id).limit(1))
    endpoint = db.session.get(WebhookEndpoint, endpoint_id)
    if first is None or first.next_at > now or endpoint is None or not endpoint.active:
        return None
    found = detached(first), detached(endpoint)
    db.session.rollback()  # nothing is open while it is talked to
    return found


def _attempt(delivery: WebhookDelivery, endpoint: WebhookEndpoint, told: Told, private: bool, now: datetime) -> Outcome:
    try:
        _write(delivery, told)
    except Exception as error:
        if isinstance(error, DBAPIError) and trouble_of(error):
            raise
        what = type(error).__name__
        log.error("webhook=%s event=%s cannot be composed: %s", endpoint.public_id, delivery.event, what)
        return Outcome(error=f"내용을 만들지 못했습니다: {what}", asked=False)
    return _hand_over(delivery, endpoint, private, now)


def _write(delivery: WebhookDelivery, told: Told) -> None:
    """What it says, as it is now: a repeat of what was said before might publish what was taken back since."""
    at = delivery.occurred_at.isoformat().replace("+00:00", "Z")
    head = {"id": delivery.event_id, "type": delivery.event, "occurred_at": at}
    delivery.data = head | delivery.data | {"data": told(delivery.about) if delivery.about else None}
    with unit_of_work() as session:
        kept = session.get(WebhookDelivery, delivery.id)
        if kept is not None:
            kept.data = delivery.data


def is_written(delivery: WebhookDelivery) -> bool:
    """Whether what it says was put together at least once."""
    return "id" in delivery.data


def _hand_over(delivery: WebhookDelivery, endpoint: WebhookEndpoint, private: bool, now: datetime) -> Outcome:
    keys = [unseal(endpoint.secret, PURPOSE)]
    if endpoint.previous_secret and endpoint.previous_until and now < endpoint.previous_until:
        keys.append(unseal(endpoint.previous_secret, PURPOSE))
    known = [key for key in keys if key]
    if not known:
        return Outcome(error=UNREADABLE)
    body = body_of(delivery)
    headers = {"Content-Type": "application/json", "User-Agent": "ieum-webhooks/1"}
    try:
        signed = headers | headers_of(delivery.event_id, body, known, now)
        answer = ask("POST", endpoint.url, signed, body, private=private, bounds=BOUNDS)
    except NotAsked as error:
        return Outcome(error=NOT_ASKED[error.obstacle])
    except NoAnswer as error:
        return Outcome(error=f"답을 받지 못했습니다: {error}")
    return _outcome(answer)


def _outcome(answer: Answer) -> Outcome:
    said = plain_text(answer.body[: BOUNDS.largest].decode("utf-8", "replace"), BOUNDS.largest)
    if 200 <= answer.status < 300:
        return Outcome(answer.status, "", said)
    why = f"서버가 받지 않았습니다({answer.status})."
    if 300 <= answer.status < 400:
        why = f"서버가 다른 주소로 넘깁니다({answer.status}). 옮긴 주소를 적어 주세요."
    wait = answer.headers.get("retry-after", "")
    after = timedelta(seconds=int(wait)) if wait.isascii() and wait.isdigit() and len(wait) < 7 else None
    return Outcome(answer.status, why, said, after)


def _record(delivery_id: int, endpoint_id: int, outcome: Outcome, now: datetime) -> None:
    delivery, endpoint = db.session.get(WebhookDelivery, delivery_id), db.session.get(WebhookEndpoint, endpoint_id)
    if delivery is None or endpoint is None:
        return
    delivery.attempts += 1
    delivery.status, delivery.error, delivery.answer = outcome.status, one_line(outcome.error, 300), outcome.answer
    log.info("webhook=%s event=%s status=%s", endpoint.public_id, delivery.event, outcome.status)
    if outcome.taken:
        delivery.state, delivery.told_at, endpoint.failing_since = DeliveryState.SENT, now, None
        return
    if not outcome.asked:
        delivery.state = DeliveryState.FAILED
        return
    endpoint.failing_since = endpoint.failing_since or now
    # What waited while the endpoint was paused has its three days from then on.
    if now - max(delivery.occurred_at, endpoint.failing_since) >= GIVEN_UP_AFTER:
        delivery.state = DeliveryState.FAILED
    else:
        pause = min(FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 16), LONGEST_PAUSE)
        pause = max(pause, min(outcome.after or pause, LONGEST_PAUSE))
        delivery.next_at = now + pause * random.uniform(0.8, 1.2)  # noqa: S311 (so that not all come back at once)
    if outcome.status == GONE or now - endpoint.failing_since >= PAUSED_AFTER:
        _pause(endpoint, now)


def _pause(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Tell it of nothing more, and whoever made it why."""
    endpoint.active = False
    for person in whom_to_tell(endpoint.created_by_id):
        key = f"webhook_paused:{endpoint.id}:{now.isoformat()}:{person.address}"
        queue("webhook_paused", key, person, now, endpoint=endpoint.id)
