"""Asking for the link to one's own data: the answer is the same for every address."""

from datetime import datetime

from briefings.db import db
from briefings.outbox.queueing import Recipient, queue, queued_lately
from briefings.rights.erasing import MY_DATA
from briefings.rights.showing import is_known, name_of
from briefings.schedule.registering import MAILS_PER_HOUR


def ask(email: str, locale: str, now: datetime) -> None:
    """Mail a link to an address of which anything is known, at most three times an hour."""
    address = email.lower()
    if not is_known(address) or queued_lately(MY_DATA, address, now) >= MAILS_PER_HOUR:
        return
    name, _ = name_of(address)
    queue(MY_DATA, f"{MY_DATA}:{now:%Y%m%d%H%M%S%f}:{address}"[:200], Recipient(address, name, locale), now)
    db.session.flush()
