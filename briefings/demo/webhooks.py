"""Programs that the example tells of what happens: one that hears it, and one that was paused when it heard nothing."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.api.composing import told
from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.webhooks.announcing import announce_each
from briefings.webhooks.events import Event
from briefings.webhooks.managing import make
from briefings.webhooks.models import DeliveryState, WebhookDelivery

TOLD = 6


def load_webhooks(now: datetime) -> None:
    """Two endpoints under reserved names, so that nothing leaves; what is told of needs was heard by one."""
    by = db.session.scalars(select(User).where(User.role == Role.ADMINISTRATOR).limit(1)).one()
    made: dict[str, Any] = {"private": False, "by": by, "now": now - timedelta(days=60)}
    board, _ = make("https://hooks.example.com/ieum", "협업이음터 알림판", [Event.NEED_PUBLISHED], **made)
    portal, _ = make("https://portal.example.com/hooks", "기관 포털", [Event.BRIEFING_MOVED], **made)
    portal.active, portal.failing_since = False, now - timedelta(days=4)
    needs = select(Need).where(Need.state == NeedState.PUBLISHED).order_by(Need.id).limit(TOLD)
    announce_each(Event.NEED_PUBLISHED, list(db.session.scalars(needs)), now - timedelta(days=2))
    of_board = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == board.id)
    for number, each in enumerate(db.session.scalars(of_board.order_by(WebhookDelivery.id))):
        each.told_at, each.state = each.occurred_at + timedelta(seconds=3 + number), DeliveryState.SENT
        each.attempts, each.status, each.answer = 1, 200, '{"received": true}'
        at = each.occurred_at.isoformat().replace("+00:00", "Z")
        each.data = {"id": each.event_id, "type": each.event, "occurred_at": at, **each.data, "data": told(each.about)}
    board.events = [Event.STORY_PUBLISHED.value]
