"""What administrators do with endpoints: make, change, pause, take away; renew the secret, try out, send again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.web.outgoing import fault_of
from briefings.web.sealing import seal
from briefings.webhooks import announcing
from briefings.webhooks.events import Event
from briefings.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from briefings.webhooks.signing import PURPOSE, new_secret

OVERLAP = timedelta(days=1)
"""So long an old secret signs beside the new one."""
PER_PAGE = 30


def make(
    url: str, description: str, events: Sequence[Event], *, private: bool, by: Actor, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which nobody can be told again."""
    _refuse(url, events, private)
    secret = new_secret()
    endpoint = WebhookEndpoint(url=url, description=description, secret=seal(secret, PURPOSE), created_at=now)
    endpoint.events, endpoint.created_by_id = [event.value for event in events], by.id or 0
    db.session.add(endpoint)
    db.session.flush()
    record(by, "webhook.made", endpoint, now, name=description, host=_host(url), events=endpoint.events)
    return endpoint, secret


def change(
    endpoint: WebhookEndpoint,
    url: str,
    description: str,
    events: Sequence[Event],
    *,
    private: bool,
    by: Actor,
    now: datetime,
) -> bool:
    """Give it another address, other words or other events; whether anything is different now.

    What waited because nobody answered at the address before is told the new one at once.
    """
    lock(endpoint)
    _refuse(url, events, private)
    new = {"url": url, "description": description, "events": [event.value for event in events]}
    changed = {name: value for name, value in new.items() if getattr(endpoint, name) != value}
    for name, value in changed.items():
        setattr(endpoint, name, value)
    if "url" in changed:
        _tell_at_once(endpoint, now)
    if changed:
        record(by, "webhook.changed", endpoint, now, name=description, host=_host(url), events=endpoint.events)
    return bool(changed)


def renew_secret(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> str:
    """A new secret; the one before signs beside it for a day."""
    lock(endpoint)
    secret = new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OVERLAP
    endpoint.secret = seal(secret, PURPOSE)
    record(by, "webhook.secret_renewed", endpoint, now, name=endpoint.description)
    return secret


def pause(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> None:
    """Tell it of nothing any more; what is in line waits."""
    lock(endpoint)
    if endpoint.active:
        endpoint.active = False
        record(by, "webhook.paused", endpoint, now, name=endpoint.description)


def resume(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> None:
    """Tell it again, first of what waited; of what happened while it was paused it is not told."""
    lock(endpoint)
    if not endpoint.active:
        endpoint.active, endpoint.failing_since = True, None
        _tell_at_once(endpoint, now)
        record(by, "webhook.resumed", endpoint, now, name=endpoint.description)


def remove(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> None:
    """Take it away with its log."""
    lock(endpoint)
    record(by, "webhook.removed", endpoint, now, name=endpoint.description, host=_host(endpoint.url))
    db.session.delete(endpoint)


def try_out(endpoint: WebhookEndpoint, *, by: Actor, now: datetime) -> WebhookDelivery:
    """Send it an event that means nothing, and what waits before it, at once; Refused while it is paused."""
    lock(endpoint)
    _refuse_paused(endpoint)
    _tell_at_once(endpoint, now)
    record(by, "webhook.tested", endpoint, now, name=endpoint.description)
    return announcing.try_out(endpoint, now)


def _tell_at_once(endpoint: WebhookEndpoint, now: datetime) -> None:
    for delivery in db.session.scalars(_of(endpoint).where(WebhookDelivery.state == DeliveryState.QUEUED)):
        delivery.next_at = now


def send_again(delivery: WebhookDelivery, *, by: Actor, now: datetime) -> None:
    """Put it into the line again, under the same id; at once where it waits for a later attempt."""
    lock(delivery)
    _refuse_paused(delivery.endpoint)
    delivery.state, delivery.next_at = DeliveryState.QUEUED, now
    record(by, "webhook.sent_again", delivery.endpoint, now, name=delivery.endpoint.description, kind=delivery.event)


def all_endpoints() -> list[tuple[WebhookEndpoint, int, int]]:
    """Every endpoint, with how many deliveries of it wait and failed."""
    counts = select(WebhookDelivery.endpoint_id, WebhookDelivery.state, func.count())
    counts = counts.where(WebhookDelivery.state != DeliveryState.SENT)
    found = db.session.execute(counts.group_by(WebhookDelivery.endpoint_id, WebhookDelivery.state))
    number = {(endpoint_id, state): count for endpoint_id, state, count in found}
    rows = db.session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id))
    return [
        (each, number.get((each.id, DeliveryState.QUEUED), 0), number.get((each.id, DeliveryState.FAILED), 0))
        for each in rows
    ]


def endpoint_known_as(public_id: str) -> WebhookEndpoint | None:
    """The endpoint of that public id."""
    return db.session.scalar(select(WebhookEndpoint).where(WebhookEndpoint.public_id == public_id))


def delivery_known_as(endpoint: WebhookEndpoint, public_id: str) -> WebhookDelivery | None:
    """One of its deliveries by its public id."""
    return db.session.scalar(_of(endpoint).where(WebhookDelivery.public_id == public_id))


def deliveries_of(endpoint: WebhookEndpoint, state: DeliveryState | None, page: int) -> Pagination:
    """What it was told, the newest first."""
    found = _of(endpoint) if state is None else _of(endpoint).where(WebhookDelivery.state == state)
    return db.paginate(found.order_by(WebhookDelivery.id.desc()), page=page, per_page=PER_PAGE, error_out=False)


def _of(endpoint: WebhookEndpoint) -> Select[WebhookDelivery]:
    return select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)


def _refuse(url: str, events: Sequence[Event], private: bool) -> None:
    if fault := fault_of(url, private):
        raise Refused(fault, field="url")
    if not events:
        raise Refused("알릴 일을 하나 이상 골라 주세요.", field="events")


def _refuse_paused(endpoint: WebhookEndpoint) -> None:
    if not endpoint.active:
        raise Refused("멈춘 웹훅입니다. 먼저 다시 켜 주세요.")


def _host(url: str) -> str:
    """All of an address that may stand in the log: what follows may be a secret of the receiver's."""
    return urlsplit(url).hostname or ""
