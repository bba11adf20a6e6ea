"""Numbers in addresses, and where to send somebody back to: only ever to a page of this host."""

from urllib.parse import urlsplit

from werkzeug.routing import IntegerConverter


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: what no row can be numbered is no address of ours (404), not a database error."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **({"max": 2**31 - 1} | kwargs))  # type: ignore[arg-type]


def own_path(address: str | None) -> str | None:
    """`address` if it is a path on this host, otherwise None: `//elsewhere`, `https://…`, `/\\elsewhere` lead away."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    if "\\" in address or not address.isprintable():  # browsers read a backslash as a slash and skip line breaks
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc else None
