"""Showing in a text where the words looked for are (KRDS, 검색)."""

import re

from markupsafe import Markup, escape

FIRST_CONSONANTS, FIRST_SYLLABLE, SYLLABLES_PER_CONSONANT = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", 0xAC00, 588


def _begun_by(place: int, consonant: str) -> str:
    first = FIRST_SYLLABLE + place * SYLLABLES_PER_CONSONANT
    return f"[{consonant}{chr(first)}-{chr(first + SYLLABLES_PER_CONSONANT - 1)}]"


SYLLABLES = {consonant: _begun_by(place, consonant) for place, consonant in enumerate(FIRST_CONSONANTS)}
"""초성 → a pattern of the syllables it begins, and of itself."""


def highlighted(text: str, words: str) -> Markup:
    """`text` with each of the spaced `words` in <mark>; as in the search, spaces and signs count for nothing,
    and a word of first consonants alone (ㅎㅇ) means the syllables they begin.
    """
    bare = ("".join(filter(str.isalnum, word)) for word in words.split())
    patterns = [r"[\W_]*".join(_letters(word)) for word in sorted(filter(None, bare), key=len, reverse=True)]
    if not patterns:
        return escape(text)
    found = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if i % 2 else part for i, part in enumerate(found))


def _letters(word: str) -> list[str]:
    return [SYLLABLES[letter] for letter in word] if all(letter in SYLLABLES for letter in word) else list(word)
