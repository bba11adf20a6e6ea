"""Which passwords are refused: short ones, and those a guesser tries first (OWASP ASVS 5, 6.2)."""

import re
from itertools import pairwise

from briefings.errors import N_, Refused

SHORTEST = 10
LONGEST = 200  # a longer one would only keep the hash busy
FRESH = 6
"""How many different characters must remain that nobody foresees."""
WORDS = (
    "administrator", "password", "passw0rd", "p@ssword", "p@ssw0rd", "iloveyou", "sunshine", "football", "baseball",
    "princess", "welcome", "dragon", "monkey", "master", "secret", "superman", "samsung", "letmein", "hello", "admin",
    "korea", "seoul", "test", "guest", "user", "login", "love", "ieum", "briefing",
    # 비밀번호, 안녕하세요, 사랑해, 대한민국, 협업이음 as a keyboard set to English writes them
    "qlalfqjsgh", "dkssudgktpdy", "tkfkdgo", "eogksalsrnr", "guqdjqdldma",
)  # fmt: skip
ROWS = (
    "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()", "abcdefghijklmnopqrstuvwxyz",
    "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qawsedrftgyhujikolp", "q1w2e3r4t5y6u7i8o9p0",
)  # fmt: skip
NEIGHBOURS = frozenset(pair for row in ROWS for one in (row, row[::-1]) for pair in pairwise(one))


def refuse_easy(password: str, *personal: str) -> None:
    """Refused if `password` is short, or little is left of it without common words, key rows and what is `personal`."""
    if len(password) < SHORTEST:
        raise Refused(N_("비밀번호를 %(number)s자 이상으로 정해 주세요."), field="password", number=SHORTEST)
    if len(_fresh_characters(password.lower(), personal)) < FRESH:
        message = N_("짐작하기 쉬운 비밀번호입니다. 이름, 흔한 낱말, 이어진 글쇠 말고 다른 글자를 더 섞어 주세요.")
        raise Refused(message, field="password")


def _fresh_characters(password: str, personal: tuple[str, ...]) -> set[str]:
    parts = {part for text in personal for part in re.split(r"[@. -]", text.lower()) if len(part) > 2}
    for word in sorted({*WORDS, *parts}, key=len, reverse=True):
        password = password.replace(word, " ")
    pairs = pairwise(" " + password)
    return {char for before, char in pairs if char not in (" ", before) and (before, char) not in NEIGHBOURS}
