"""For the journeys: webhooks in every state, with what they were told; and entries of the log that say much."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.schedule.models import Briefing
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event
from briefings.webhooks.managing import make, pause
from briefings.webhooks.models import DeliveryState, WebhookDelivery
from tests.journeys.running import BEGINNING


def fill_webhooks(administrator: User, briefing: Briefing, long: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    with unit_of_work():
        given = {"private": False, "by": administrator, "now": BEGINNING}
        failing, _ = make("https://hooks.example.com/" + "a" * 120, long[:120], list(Event), **given)
        for event in (Event.BRIEFING_CHANGED, Event.BRIEFING_MOVED, Event.BRIEFING_PUBLISHED):
            announce(event, briefing, BEGINNING)
        failing.failing_since = BEGINNING - timedelta(hours=3)
        paused, _ = make("https://hooks.example.com/board", "알림판", [Event.STORY_PUBLISHED], **given)
        pause(paused, by=administrator, now=BEGINNING)
        fresh, _ = make("https://hooks.example.com/new", "새 알림판", [Event.STORY_PUBLISHED], **given)
        many = {f"part{n}": ["그전", long] for n in range(6)}
        record(administrator, "briefing.edited", briefing, BEGINNING, changed=many)
        sent, failed, waiting = db.session.query(WebhookDelivery).order_by(WebhookDelivery.id)
        sent.state, sent.told_at, sent.status, sent.answer = DeliveryState.SENT, BEGINNING, 200, "ok " * 600
        sent.data = {"id": sent.event_id, "type": sent.event, **sent.data, "data": {"title": long}}
        failed.state, failed.status, failed.error = DeliveryState.FAILED, 503, "서버가 받지 않았습니다(503)."
        waiting.attempts, waiting.next_at = 3, BEGINNING + timedelta(days=300)
        failed.attempts, sent.attempts = 30, 1
    names = {"failing": failing, "paused": paused, "fresh": fresh}
    found = {f"webhook_{name}": each.public_id for name, each in names.items()}
    tellings = {"sent": sent, "failed": failed, "waiting": waiting}
    return found | {f"telling_{name}": each.public_id for name, each in tellings.items()}
