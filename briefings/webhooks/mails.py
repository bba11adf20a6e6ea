"""What the program writes to whoever looks after a webhook."""

from datetime import datetime

from flask import url_for

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.web.filters import when
from briefings.webhooks.models import WebhookEndpoint


def paused(message: Message, now: datetime) -> Mail | Dropped:
    """Word that an endpoint took nothing for days, or wants nothing more, and is told of nothing now."""
    endpoint = db.session.get(WebhookEndpoint, message.params["endpoint"])
    if endpoint is None or endpoint.active:
        return Dropped("그사이 웹훅을 지웠거나 다시 켰습니다.")
    values = {
        "이름": message.recipient_name,
        "웹훅": endpoint.description,
        "실패한 때부터": when(endpoint.failing_since or message.created_at),
        "웹훅 주소": url_for("staff_webhooks.show", public_id=endpoint.public_id, _external=True),
    }
    return write("webhook_paused", values)


COMPOSERS: dict[str, Composer] = {"webhook_paused": paused}
TEXTS = {
    "webhook_paused": Text(
        "웹훅을 멈췄다는 알림",
        (
            NAME,
            Placeholder("웹훅", "웹훅의 이름", "정보화담당관실 알림판"),
            Placeholder("실패한 때부터", "보내지 못하기 시작한 때", "2026. 11. 20.(금) 10:00"),
            Placeholder("웹훅 주소", "웹훅을 보는 화면의 주소", "https://briefings.example.kr/staff/webhooks/k7m2p4qx"),
        ),
        must=("웹훅 주소",),
    ),
}
