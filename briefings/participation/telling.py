"""Whom the replying side consists of, and telling all of them."""

from datetime import datetime
from typing import Any

from briefings.outbox.queueing import Recipient, queue
from briefings.participation.models import ParticipationReply


def repliers(made: ParticipationReply) -> list[Recipient]:
    """Who sent it, and every colleague they let join, each once."""
    people = {made.email: Recipient(made.email, made.name, made.locale)}
    for colleague in made.colleagues:
        if colleague.is_in:
            people.setdefault(colleague.email, Recipient(colleague.email, colleague.name, colleague.locale))
    return list(people.values())


def tell_repliers(made: ParticipationReply, kind: str, now: datetime, **params: Any) -> None:
    """Everybody of the replying side hears it, each by a mail of their own with their own link."""
    moment = f"{now:%Y%m%d%H%M%S%f}"
    for to in repliers(made):
        first = to.address == made.email
        key = f"{kind}:{made.id}:{moment}" if first else f"{kind}:{made.id}:{moment}:{to.address}"
        queue(kind, key, to, now, about=f"need:{made.need_id}", reply=made.id, **params)
