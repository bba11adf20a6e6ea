"""Numbers of certificates: nobody guesses one, and a slip of the pen is told from a number that was never given."""

import re
import secrets
import unicodedata

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Neither 0 nor O, 1, I or L. As many as a prime number, so that one wrong sign, or two in the wrong order, shows."""
RANDOM = 7
_SHAPE = re.compile(rf"(\d{{4}})([{SIGNS}]{{4}})([{SIGNS}]{{4}})")


def new_number(year: int) -> str:
    """`2026-K7M3-9QXD`: the year of the briefing, seven signs at random (34 bits), one that follows from them."""
    random = "".join(secrets.choice(SIGNS) for _ in range(RANDOM))
    signs = random + _check(year, random)
    return f"{year:04}-{signs[:4]}-{signs[4:]}"


def read_number(typed: str) -> str | None:
    """The number somebody typed, however they wrote it; None for what can be none."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    found = _SHAPE.fullmatch("".join(sign for sign in folded if sign.isalnum()).removeprefix("제").removesuffix("호"))
    if found is None:
        return None
    year, first, last = found.groups()
    return f"{year}-{first}-{last}" if (first + last)[RANDOM] == _check(int(year), (first + last)[:RANDOM]) else None


def _check(year: int, signs: str) -> str:
    weighed = sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, start=2))
    return SIGNS[(year + weighed) % len(SIGNS)]
