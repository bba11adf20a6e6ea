"""Parts of pages that many browsers ask for every few seconds: made once for each version, otherwise 304."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from flask import Response, request

ROOM = 400
"""So many fragments stay in the memory of one process."""


class Fragment(NamedTuple):
    """A part of a page: its text, what stands for it in an ETag, what it was made of, and until when it holds."""

    text: str
    tag: str
    version: Hashable
    until: datetime | None


Maker = Callable[[], tuple[str, datetime | None]]
"""What makes the text, and says when the clock alone changes it."""

_kept: OrderedDict[Hashable, Fragment] = OrderedDict()
_lock = Lock()
_turns = [Lock() for _ in range(16)]
"""Of many who ask for the same at once, one makes it and the others wait for it."""


def fragment(key: Hashable, version: Hashable, now: datetime, make: Maker) -> Fragment:
    """What stands under `key`, made anew where it is of another `version` (read before calling) or its time is up.

    The same text has the same tag whatever it was made of: a change that nobody sees sends nobody anything.
    """
    if found := _standing(key, version, now):
        return found
    with _turns[hash(key) % len(_turns)]:
        if found := _standing(key, version, now):
            return found
        text, until = make()
        made = Fragment(text, blake2b(text.encode(), digest_size=9).hexdigest(), version, until)
        with _lock:
            _kept[key] = made
            _kept.move_to_end(key)
            while len(_kept) > ROOM:
                _kept.popitem(last=False)
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


def _standing(key: Hashable, version: Hashable, now: datetime) -> Fragment | None:
    found = _kept.get(key)
    stands = found is not None and found.version == version and (found.until is None or now < found.until)
    return found if stands else None
