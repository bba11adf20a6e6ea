"""What stands in a row whose person was erased: the row stays, for it is counted, with a marker for the address."""

import re
from typing import Any

NOBODY = "@invalid"
"""The end of the addresses that stand where somebody was erased (RFC 2606, 2): nothing is ever queued for them."""
GONE = "○○○"
"""What stands where a name stood that has to stand somewhere."""
MARKER = re.compile(r"erased-[0-9a-f]+" + re.escape(NOBODY))


def is_erased(text: object) -> bool:
    """Whether it stands where the name or the address of somebody stood who was erased."""
    return text == GONE or is_marker(text)


def is_marker(text: object) -> bool:
    """Whether it stands where the address of somebody stood who was erased."""
    return isinstance(text, str) and text.endswith(NOBODY) and MARKER.fullmatch(text) is not None


def is_somebodys(address: Any) -> Any:
    """Of a column of addresses, for statements: whose it is was not erased."""
    return ~address.endswith(NOBODY)
