"""Who wants to be told of what, and what each was told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, new_public_id, words


class WebhookEndpoint(Base):
    """An address that is told of events; the secret that signs them is sealed by the secret key."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    url: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(String(120), default="")
    secret: Mapped[str] = mapped_column(String(300))
    previous_secret: Mapped[str | None] = mapped_column(String(300))
    """Signs beside the new one until `previous_until`, so that a receiver can change over in its own time."""
    previous_until: Mapped[datetime | None]
    events: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    failing_since: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    """While a worker talks to it, so that it is told of one thing after the other."""
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class DeliveryState(StrEnum):
    """Where one delivery stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class WebhookDelivery(Base):
    """One event for one endpoint, written in the transaction in which it happened; told in the order of `id`."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_webhook_deliveries_endpoint_id_state_id", "endpoint_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey(WebhookEndpoint.id, ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(32))
    event: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(80))
    occurred_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    status: Mapped[int | None]
    """The last HTTP status, where there was an answer."""
    error: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    """The first 2,000 characters of the last answer."""

    endpoint: Mapped[WebhookEndpoint] = relationship()
