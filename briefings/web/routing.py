"""Numbers in addresses, and where to send somebody back to: only ever to a page of this host."""

from urllib.parse import urlsplit

from flask import abort, request
from werkzeug.routing import IntegerConverter

LAST_ROW = 2**31 - 1
LAST_PAGE = 1_000_000


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: what no row can be numbered is no address of ours (404), not a database error."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **({"max": LAST_ROW} | kwargs))  # type: ignore[arg-type]


def row_number(text: str) -> int:
    """`text` as the number of a row, for `request.args.get(…, type=row_number)`; ValueError where it can be none."""
    number = int(text)
    if not 0 <= number <= LAST_ROW:
        raise ValueError("no row has this number")
    return number


def refuse_odd_addresses() -> None:
    """Before each request: 400 where an address holds a NUL, which no text of ours may, 404 for no page of a list."""
    if "\0" in request.path or any("\0" in text for values in request.args.listvalues() for text in values):
        abort(400)
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdigit() and len(page) < 10 and 0 < int(page) <= LAST_PAGE):
        abort(404)


def own_path(address: str | None) -> str | None:
    """`address` if it is a path on this host, otherwise None: `//elsewhere`, `https://…`, `/\\elsewhere` lead away."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or not address.isprintable():  # browsers read a backslash as a slash and skip line breaks
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None
