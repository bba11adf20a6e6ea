"""Parts of pages that many browsers ask for every few seconds: made once for each version, otherwise 304."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from datetime import datetime
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from flask import Response, request

from briefings.web.directions import isolated

ROOM = 400
"""So many fragments stay in the memory of one process."""


MOST, WHILE = 8, 2.0
"""Where a fragment was made so often in so many seconds, whoever can wait gets the last one until they are over."""


class Fragment(NamedTuple):
    """A part of a page: its text, what stands for it in an ETag, what it was made of, and until when it holds."""

    text: str
    tag: str
    version: Hashable
    until: datetime | None


Maker = Callable[[], tuple[str, datetime | None]]
"""What makes the text, and says when the clock alone changes it."""

_kept: OrderedDict[Hashable, Fragment] = OrderedDict()
_made_at: dict[Hashable, deque[float]] = {}
"""The last moments at which each was made, on a clock that only goes forward."""
_lock = Lock()
_turns = [Lock() for _ in range(16)]
"""Of many who ask for the same at once, one makes it and the others wait for it."""


def fragment(key: Hashable, version: Hashable, now: datetime, make: Maker, patient: bool = False) -> Fragment:
    """What stands under `key`, made anew where it is of another `version` (read before calling) or its time is up.

    The same text has the same tag whatever it was made of: a change that nobody sees sends nobody anything. Who is
    `patient` asks again in a few seconds anyhow: when everything changes many times a second, as it does while a whole
    room votes, they may get what stood there two seconds ago.
    """
    if found := _standing(key, version, now, patient):
        return found
    with _turns[hash(key) % len(_turns)]:
        if found := _standing(key, version, now, patient):
            return found
        text, until = make()
        text = isolated(text)
        made = Fragment(text, blake2b(text.encode(), digest_size=9).hexdigest(), version, until)
        with _lock:
            _keep(key, made)
        return made


def answer_with(found: Fragment) -> Response:
    """The fragment; for whoever has it already only word that it still stands."""
    known = request.if_none_match.contains_weak(found.tag) if request.environ.get("HTTP_IF_NONE_MATCH") else False
    response = Response(status=304) if known else Response(found.text, content_type="text/html; charset=utf-8")
    response.set_etag(found.tag, weak=True)
    return response


def forget_fragments() -> None:
    """Make every fragment anew."""
    with _lock:
        _kept.clear()
        _made_at.clear()


def _keep(key: Hashable, made: Fragment) -> None:
    _kept[key] = made
    _kept.move_to_end(key)
    _made_at.setdefault(key, deque(maxlen=MOST)).append(time.monotonic())
    while len(_kept) > ROOM:
        gone, _ = _kept.popitem(last=False)
        _made_at.pop(gone, None)


def _standing(key: Hashable, version: Hashable, now: datetime, patient: bool) -> Fragment | None:
    found = _kept.get(key)
    if found is None or (found.until is not None and now >= found.until):
        return None
    return found if found.version == version or (patient and _was_made_often(key)) else None


def _was_made_often(key: Hashable) -> bool:
    made_at = _made_at.get(key)
    return made_at is not None and len(made_at) == MOST and time.monotonic() - made_at[0] < WHILE
