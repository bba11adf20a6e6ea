"""What the worker does for people's rights: destroy what is due, erase who asked for it."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from briefings.db import db, trouble_of, unit_of_work
from briefings.rights import erasing, retention
from briefings.rights.kinds import KINDS, Kind

log = logging.getLogger(__name__)

MOST_BATCHES = 100
"""Of one kind at one look, so that the others have their turn."""
LAST = "registrations"
"""What hangs on them goes with them: gone before, it stands in the register as what it is."""


def destroy_due(clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False) -> int:
    """Destroy everything whose time is over, some rows in each transaction; how many rows.

    What is wrong with one kind is raised once the others had their turn.
    """
    number, wrong = 0, []
    for kind in sorted(KINDS, key=lambda each: each.name == LAST):
        try:
            number += _destroy(kind, clock, stopping)
        except Exception as error:
            db.session.rollback()
            if isinstance(error, DBAPIError) and trouble_of(error):
                raise
            log.error("retention=%s cannot be destroyed: %s", kind.name, type(error).__name__)
            wrong.append(error)
    if wrong:
        raise wrong[0]
    return number


def _destroy(kind: Kind, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> int:
    number = 0
    for _ in range(MOST_BATCHES):
        if stopping() or not retention.is_due(kind, clock()):
            break
        with unit_of_work():
            gone = retention.destroy_due(kind, clock())
        number += gone
        if not gone:  # others are at them
            break
    return number


def erase_due(clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False) -> int:
    """Erase everybody whose last mails are out; how many people."""
    number = 0
    for erasure_id in erasing.due(clock()):
        if stopping():
            break
        try:
            number += _erase(erasure_id, clock)
        except Exception as error:  # whoever comes after them must not wait for what is wrong with one
            db.session.rollback()
            log.error("erasure=%s cannot be done: %s", erasure_id, type(error).__name__)
    if erasing.is_any_to_forget():
        with unit_of_work():
            erasing.forget_addresses(clock())
    return number


def _erase(erasure_id: int, clock: Callable[[], datetime]) -> bool:
    looked = erasing.look_for(erasure_id)
    if looked is None:
        return False
    db.session.rollback()  # the long look is over; nothing of it is held
    with unit_of_work():
        return bool(erasing.finish(erasure_id, *looked, clock()))
