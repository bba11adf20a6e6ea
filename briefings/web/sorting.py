"""The heads of a table that sorts by its columns."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def heads(
    columns: Iterable[tuple[str, str | None]], conditions: Mapping[str, Any], sorted_by: Callable[[str], str]
) -> list[Any]:
    """The columns, those that sort with the order they are in and the address that turns it, as `ui.table` takes them.

    `conditions` hold `sort` and `descending`; `sorted_by` gives the address of the list in another order.
    """
    found: list[Any] = []
    for words, by in columns:
        if by is None:
            found.append((words, "pick") if words == "고르기" else words)
            continue
        ascending = conditions["sort"] == by and not conditions["descending"]
        order = ("ascending" if ascending else "descending") if conditions["sort"] == by else "none"
        found.append((words, "", order, sorted_by(f"-{by}" if ascending else by)))
    return found
