"""Words that are written from right to left, kept apart from what stands beside them on a page."""

import re

# Hebrew, Arabic and their neighbours; their forms for presentation; and the scripts of these beyond the first plane.
_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
_FIRST = re.compile(_LETTER)
# Elements whose text is no markup, or must not hold any; comments and tags; and then what is left: text.
_PARTS = re.compile(
    r"<(?P<raw>script|style|textarea|title|option|svg|bdi)\b.*?</(?P=raw)\s*>|<!--.*?-->|<[^>]*>"
    rf"|(?P<words>{_LETTER}(?:[ \u00a0.'’-]*{_LETTER})*)",
    re.DOTALL,
)


def isolated(html: str) -> str:
    """The page with such words in <bdi>: else they would draw numbers and signs beside them to their other side.

    A name in Arabic letters before "3명" or "(대기)" is read wrongly otherwise, wherever on whatever page it stands.
    What is no HTML, and a page without such words, stays as it is.
    """
    if _FIRST.search(html) is None or not html.lstrip().startswith("<") or html.lstrip().startswith("<?"):
        return html
    return _PARTS.sub(lambda part: f"<bdi>{part[0]}</bdi>" if part["words"] else part[0], html)
