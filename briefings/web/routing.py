"""Numbers in addresses, and where to send somebody back to: only ever to a page of this host."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.utils import cached_property

LAST_ROW = 2**31 - 1
LAST_PAGE = 1_000_000


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: what no row can be numbered is no address of ours (404), not a database error."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **({"max": LAST_ROW} | kwargs))  # type: ignore[arg-type]


class LateRule(Rule):
    """An address whose builder is compiled when the first is built: all of them take longer than most of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            builder = compiled(append_unknown).__get__(rule, None)
            setattr(rule, name, builder)
            return builder(**values)

        return build


def row_number(text: str) -> int:
    """`text` as the number of a row, for `request.args.get(…, type=row_number)`; ValueError where it can be none."""
    number = int(text)
    if not 0 <= number <= LAST_ROW:
        raise ValueError("no row has this number")
    return number


class TidyRequest(Request):
    """A request whose query holds no NUL, which no text of ours may, and `page` only as a number a page can have."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark; nonsense counts as not said."""
        pairs = ((name, text.replace("\0", "")) for name, text in super().args.items(multi=True))
        return ImmutableMultiDict((name, text) for name, text in pairs if name != "page" or _is_page(text))


def _is_page(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= LAST_PAGE


def refuse_odd_paths() -> None:
    """Before each request: 404 for a path with a NUL, which is the name of nothing."""
    if "\0" in request.path:
        abort(404)


def own_path(address: str | None) -> str | None:
    """`address` if it is a path on this host, otherwise None: `//elsewhere`, `https://…`, `/\\elsewhere` lead away."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or not address.isprintable():  # browsers read a backslash as a slash and skip line breaks
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None
