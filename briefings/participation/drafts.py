"""What people wrote of a reply and did not send yet: kept a week on the server, then destroyed."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from briefings.db import db, insert_or_update
from briefings.needs.models import Need
from briefings.participation.models import ReplyDraft
from briefings.schedule.registration_models import Registration

KEPT_FOR = timedelta(days=7)
OF_NEED = ("chosen", "offer", "tags", "conditions")
"""What is written for each need: the beginnings of the names of its fields."""


def key_of_registration(registration: Registration) -> str:
    """Under which drafts of somebody with a personal link are kept."""
    return f"registration:{registration.id}"


def key_of_visitor(secret: str) -> str:
    """The same for whoever has none: only their browser has the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def draft_under(key: str, now: datetime) -> ReplyDraft | None:
    """What was kept less than a week ago, whether or not the worker has looked since."""
    found = select(ReplyDraft).where(ReplyDraft.owner_key == key, ReplyDraft.saved_at > now - KEPT_FOR)
    return db.session.scalar(found.execution_options(populate_existing=True))


def good_until(draft: ReplyDraft) -> datetime:
    """When it is destroyed unless it is saved again."""
    return draft.saved_at + KEPT_FOR


def save(key: str, fields: Mapping[str, Any], now: datetime) -> None:
    """Keep what is in a form; what was kept of other needs stays."""
    known = draft_under(key, now)
    content = (known.content if known else {}) | dict(fields)
    insert_or_update(ReplyDraft.__table__, [{"owner_key": key, "content": content, "saved_at": now}], ("owner_key",))


def sent(key: str, needs: Iterable[Need], now: datetime) -> None:
    """These needs were answered; nothing is kept any longer unless something was written for another."""
    known = draft_under(key, now)
    if known is None:
        return
    gone = {f"{part}_{need.id}" for need in needs for part in OF_NEED}
    rest = {name: value for name, value in known.content.items() if name not in gone}
    if any(value for name, value in rest.items() if name.startswith("offer_")):
        known.content = rest
    else:
        forget(key)


def forget(key: str) -> None:
    """Keep nothing of it."""
    db.session.execute(delete(ReplyDraft).where(ReplyDraft.owner_key == key))


def destroy_due(now: datetime) -> int:
    """Destroy what nobody has saved for a week; how many there were."""
    due = delete(ReplyDraft).where(ReplyDraft.saved_at <= now - KEPT_FOR).returning(ReplyDraft.id)
    return len(db.session.scalars(due).all())
