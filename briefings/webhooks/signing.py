"""Signatures by the Standard Webhooks specification (1.0.0), which receivers check with a library or a few lines."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
PURPOSE = "webhook"
"""Under which secrets are sealed in the database."""


def new_secret() -> str:
    """A secret of 256 bits as its receiver writes it down."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers_of(event_id: str, body: bytes, keys: Iterable[str], now: datetime) -> dict[str, str]:
    """What goes out beside `body`: its id, the moment, and one signature for each of the secrets in force."""
    moment = str(int(now.timestamp()))
    signed = f"{event_id}.{moment}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_signature(key, signed)}" for key in keys),
    }


def _signature(key: str, signed: bytes) -> str:
    digest = hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), signed, "sha256")
    return base64.b64encode(digest).decode()
