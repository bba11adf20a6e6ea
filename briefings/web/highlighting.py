"""Showing in a text where the words looked for are (KRDS, 검색)."""

import re

from markupsafe import Markup, escape


def highlighted(text: str, words: str) -> Markup:
    """`text` with each of the spaced `words` in <mark>; as in the search, spaces and signs count for nothing."""
    bare = ("".join(filter(str.isalnum, word)) for word in words.split())
    patterns = [r"[\W_]*".join(word) for word in sorted(filter(None, bare), key=len, reverse=True)]
    if not patterns:
        return escape(text)
    found = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if i % 2 else part for i, part in enumerate(found))
