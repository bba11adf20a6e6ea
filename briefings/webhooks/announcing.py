"""Saying that something happened: a delivery for each endpoint that wants it, in the same transaction."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.db import db, insert_new, new_public_id
from briefings.webhooks.events import TEST, Event, about_of, is_unlisted, subject_of
from briefings.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint


def announce(event: Event, about: Any, now: datetime) -> None:
    """Tell everyone who wants to know of it; one statement where nobody does. The row is flushed and locked."""
    announce_each(event, [about], now)


def announce_each(event: Event, rows: Sequence[Any], now: datetime) -> None:
    """The same about many rows at once."""
    listed = [row for row in rows if not is_unlisted(row)]
    wanting = _wanting(event) if listed else []
    new = [_delivery(endpoint, new_event_id(), event, row, now) for row in listed for endpoint in wanting]
    insert_new(WebhookDelivery.__table__, new)


def announce_unlisted(event: Event, row: Any, now: datetime) -> None:
    """Tell of what programs were told of and may show no longer: of its number alone, as of whatever nobody may see."""
    insert_new(
        WebhookDelivery.__table__,
        [_delivery(endpoint, new_event_id(), event, row, now) for endpoint in _wanting(event)],
    )


def announce_ended(briefing: Any, ended_at: datetime) -> None:
    """Tell of a briefing's end, once, however often this is called: what is over is moved no more."""
    if is_unlisted(briefing):
        return
    event_id = f"evt_ended{briefing.public_id}"
    new = [
        _delivery(each, event_id, Event.BRIEFING_ENDED, briefing, ended_at) for each in _wanting(Event.BRIEFING_ENDED)
    ]
    insert_new(WebhookDelivery.__table__, new)


def is_wanted(event: Event) -> bool:
    """Whether anybody is to be told of such events."""
    return bool(_wanting(event))


def try_out(endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Put an event that means nothing into the line of one endpoint."""
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id,
        event_id=new_event_id(),
        event=TEST,
        about="",
        occurred_at=now,
        data={"subject": {"kind": "webhook", "id": endpoint.public_id}},
        next_at=now,
    )
    db.session.add(delivery)
    db.session.flush()
    return delivery


def new_event_id() -> str:
    """By which a receiver knows that it was told the same before."""
    return f"evt_{secrets.token_hex(12)}"


def _wanting(event: str) -> list[int]:
    found = db.session.execute(select(WebhookEndpoint.id, WebhookEndpoint.events).where(WebhookEndpoint.active))
    return [number for number, events in found if event in events]


def _delivery(endpoint_id: int, event_id: str, event: Event, row: Any, now: datetime) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "event": event.value,
        "about": about_of(row),
        "occurred_at": now,
        "data": {"subject": subject_of(row)},
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "next_at": now,
        "error": "",
        "answer": "",
    }
