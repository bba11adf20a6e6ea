"""Public pages kept in memory as anybody sees them, and answered for two looks into the database at the most.

One place: `kept_pages`, in each process, no larger than ROOM. One key: the address, with its language and query. A page
holds as long as the content has the version it was made of (`web.content`), within its minute, and for people of whom
nothing is known. What changes faster stands in it as a gap that each answer fills anew: places by their own versions
(`db.lock`), tokens. So nothing has to be thrown away, no process tells another, and no count is older than its answer.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, wraps
from hashlib import blake2b
from threading import Lock
from typing import Any, NamedTuple

from flask import Response, current_app, g, make_response, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from briefings import clock
from briefings.db import CONTENT, looked_up
from briefings.web.access import View
from briefings.web.language import language

ROOM = 8 * 2**20
"""Bytes of pages in one process: some hundreds."""
COUNTS_KEPT = 5_000
LONGEST_QUERY = 100
PERSONAL_COOKIES = frozenset({"display", "remember_token", "remembered"})
"""With one of these a page may look otherwise than for anybody."""
NOT_SHOWN = frozenset({"csrf_token"})
"""What may be in a session without a page showing it."""

_VERSIONS = "SELECT id, version FROM content_version WHERE id {among}"


class Kind(NamedTuple):
    """A kind of thing on pages that changes more often than they do.

    `version_row` is the row of `content_version` for the number of one; `look_up` finds several in one statement;
    `show` writes one down, by nothing but its value and the reader's language; `decides` is what the rest of the page
    depends on.
    """

    version_row: Callable[[int], int]
    look_up: Callable[[Sequence[int]], Mapping[int, Any]]
    show: Callable[[Any], str]
    decides: Callable[[Any], Hashable]


class Live:
    """One such thing, to be written into a template: itself, or a gap while the page is made to be kept."""

    def __init__(self, kind: Kind, number: int, value: Any) -> None:
        self.kind, self.number, self.value = kind, number, value

    def __html__(self) -> str:
        gaps = g.get("gaps")
        return self.kind.show(self.value) if gaps is None else gaps.mark(self)


class Once(NamedTuple):
    """A text that is another one in each answer."""

    make: Callable[[], str]


@dataclass
class Gaps:
    """What of the page that is being made stays open, by the mark that stands for it."""

    marks: dict[str, Live | Once] = field(default_factory=dict)
    until: datetime | None = None

    def mark(self, live: Live) -> Markup:
        mark = f"<!--{secrets.token_hex(8)}-->"
        self.marks[mark] = live
        return Markup(mark)  # noqa: S704 (ours)


def anew(text: str, make: Callable[[], str]) -> str:
    """`text`, which every answer with this page has from `make` instead."""
    if (gaps := g.get("gaps")) is not None:
        gaps.marks[text] = Once(make)
    return text


def changes_at(*moments: datetime) -> None:
    """The page that is being made says something else from each of these moments on."""
    if (gaps := g.get("gaps")) is not None:
        coming = [moment for moment in moments if moment > clock.now()]
        gaps.until = min([*coming, *([gaps.until] if gaps.until else [])], default=None)


class Thing(NamedTuple):
    """A gap for the thing of a kind with this number."""

    kind: Kind
    number: int


class Fresh(NamedTuple):
    """A gap for what `make` makes; the same at every place with this number."""

    number: int
    make: Callable[[], str]


Gap = Thing | Fresh


@dataclass(frozen=True)
class Page:
    """A page as it is kept: its text between the gaps, and what it was made of."""

    pieces: tuple[bytes, ...]
    gaps: tuple[Gap, ...]
    content: int
    minute: int
    decided: tuple[Hashable, ...]
    headers: tuple[tuple[str, str], ...]

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """The gaps for which something is counted."""
        return tuple(gap for gap in self.gaps if isinstance(gap, Thing))

    @cached_property
    def digest(self) -> bytes:
        """What is the same for the same text between the gaps."""
        return blake2b(b"|".join(self.pieces), digest_size=16).digest()

    @property
    def size(self) -> int:
        """Bytes it takes, more or less."""
        return sum(map(len, self.pieces)) + 200 * len(self.gaps) + 1000


class KeptPages:
    """The pages of this process, the longest unused going first, and what was counted for them."""

    def __init__(self) -> None:
        self.pages: OrderedDict[Hashable, Page] = OrderedDict()
        self.counted: OrderedDict[Thing, tuple[Any, Any]] = OrderedDict()
        self.size = self.answered = 0
        self.lock = Lock()

    def find(self, key: Hashable) -> Page | None:
        """The page under a key, which is used now."""
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def keep(self, key: Hashable, page: Page) -> None:
        """Keep a page; others go where there is no room."""
        with self.lock:
            if (before := self.pages.pop(key, None)) is not None:
                self.size -= before.size
            self.pages[key] = page
            self.size += page.size
            while self.size > ROOM:
                self.size -= self.pages.popitem(last=False)[1].size

    def values(self, things: Iterable[Thing], versions: Mapping[int, int]) -> dict[Thing, Any]:
        """What there is of each thing now: counted again where it has another version than when it was counted."""
        found, missing = dict[Thing, Any](), dict[Kind, list[Thing]]()
        for thing in things:
            under, value = self.counted.get(thing, (None, None))
            if under == _version_of(thing, versions):
                found[thing] = value
            else:
                missing.setdefault(thing.kind, []).append(thing)
        for kind, several in missing.items():
            counted = kind.look_up([thing.number for thing in several])
            found |= {thing: counted[thing.number] for thing in several}
            self._note({thing: (_version_of(thing, versions), found[thing]) for thing in several})
        return found

    def _note(self, counted: Mapping[Thing, tuple[Any, Any]]) -> None:
        with self.lock:
            self.counted.update(counted)
            while len(self.counted) > COUNTS_KEPT:
                self.counted.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.pages.clear()
            self.counted.clear()
            self.size = 0


kept_pages = KeptPages()


def kept(view: View) -> View:
    """A public view whose page anybody may get from memory; stands below its access mark."""

    @wraps(view)
    def answer(**arguments: Any) -> ResponseReturnValue:
        return _answer(view, arguments) if _is_for_anybody() else view(**arguments)

    return answer


def _is_for_anybody() -> bool:
    """Whether nothing is known of who asks, and the address is the one that stands in our links."""
    return (
        request.method == "GET"
        and request.environ.get("HTTP_HOST") == current_app.config["SERVER_NAME"]
        and len(request.query_string) <= LONGEST_QUERY
        and not (request.cookies and PERSONAL_COOKIES & request.cookies.keys())
        and session.keys() <= NOT_SHOWN
    )


def _answer(view: View, arguments: Mapping[str, Any]) -> ResponseReturnValue:
    environ = request.environ
    key = (environ["PATH_INFO"], request.query_string, environ["SCRIPT_NAME"], environ["wsgi.url_scheme"])
    page, minute = kept_pages.find(key), int(clock.now().timestamp() // 60)
    things = page.things if page else ()
    rows = [CONTENT, *{thing.kind.version_row(thing.number) for thing in things}]
    versions = dict(looked_up(_VERSIONS, rows))
    if page and (page.content, page.minute) == (versions[CONTENT], minute):
        values = kept_pages.values(things, versions)
        if page.decided == _decided(things, values):
            kept_pages.answered += 1
            return _filled(page, values)
    return _made(view, arguments, key, versions[CONTENT], minute)


def _version_of(thing: Thing, versions: Mapping[int, int]) -> tuple[int, int]:
    """What a count holds for: how many places there are belongs to the content, how many are taken does not."""
    return versions[CONTENT], versions.get(thing.kind.version_row(thing.number), 0)


def _decided(things: Iterable[Thing], values: Mapping[Thing, Any]) -> tuple[Hashable, ...]:
    return tuple(thing.kind.decides(values[thing]) for thing in things)


def _made(view: View, arguments: Mapping[str, Any], key: Hashable, content: int, minute: int) -> ResponseReturnValue:
    """The page made anew and, if it is one, kept."""
    g.gaps = gaps = Gaps()
    try:
        response = make_response(view(**arguments))
    finally:
        del g.gaps
    if token := g.get("csrf_token"):
        gaps.marks[token] = Once(generate_csrf)
    if response.status_code != 200:
        return response
    pieces, cut, values = _cut(response.get_data(), gaps)
    decided = _decided([gap for gap in cut if isinstance(gap, Thing)], values)
    page = Page(pieces, cut, content, minute, decided, tuple(response.headers))
    if gaps.until is None or gaps.until.timestamp() >= 60 * (minute + 1):
        kept_pages.keep(key, page)
    return _filled(page, values)


def _cut(text: bytes, gaps: Gaps) -> tuple[tuple[bytes, ...], tuple[Gap, ...], dict[Thing, Any]]:
    """A page between its gaps, the gaps, and what is in them now."""
    pieces, cut, values, end = list[bytes](), list[Gap](), dict[Thing, Any](), 0
    for found in re.finditer(b"|".join(re.escape(mark.encode()) for mark in gaps.marks) or b"(?!)", text):
        mark = found[0].decode()
        what = gaps.marks[mark]
        if isinstance(what, Live):
            thing = Thing(what.kind, what.number)
            values[thing] = what.value
            cut.append(thing)
        else:
            cut.append(Fresh(list(gaps.marks).index(mark), what.make))
        pieces.append(text[end : found.start()])
        end = found.end()
    return (*pieces, text[end:]), tuple(cut), values


def _filled(page: Page, values: Mapping[Thing, Any]) -> Response:
    """The answer with a page; only where it was not sent before, as far as that can be told."""
    made = dict[Gap, bytes]()
    for gap in page.gaps:
        if gap not in made:
            made[gap] = _text_of(gap, values)
    parts = [page.pieces[0]]
    for gap, piece in zip(page.gaps, page.pieces[1:], strict=True):
        parts += made[gap], piece
    response = Response(b"".join(parts), headers=page.headers)
    if len(page.things) == len(page.gaps):
        tag = blake2b(b"|".join([page.digest, *made.values()]), digest_size=12).hexdigest()
        response.set_etag(tag)
        if request.environ.get("HTTP_IF_NONE_MATCH") and request.if_none_match.contains_weak(tag):
            return Response(status=304, headers=[("ETag", response.headers["ETag"])])
    return response


def _text_of(gap: Gap, values: Mapping[Thing, Any]) -> bytes:
    return _shown(gap.kind, values[gap], language()) if isinstance(gap, Thing) else gap.make().encode()


@lru_cache(maxsize=1000)
def _shown(kind: Kind, value: Any, of_language: str) -> bytes:
    return kind.show(value).encode()
