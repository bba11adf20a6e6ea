"""Personal links as they were made, and what somebody may make of one who should not get in by it."""

import hmac
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from briefings.web import tokens

KIN = ({"registration", "join", "reconfirm", "remember"}, {"reply", "match", "talk"}, {"presenter", "questions"})
"""Purposes of links that speak of the same things."""


class Link(NamedTuple):
    """What a personal link is made of."""

    purpose: str
    said: str
    version: int


class Links(dict[str, Link]):
    """Every link that was made since, and what was compared in constant time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.compared: set[bytes] = set()
        self.made = tokens._token
        monkeypatch.setattr(tokens, "_token", self._make)
        monkeypatch.setattr(tokens, "hmac", SimpleNamespace(digest=hmac.digest, compare_digest=self._compare))

    def _make(self, purpose: str, said: str, version: int) -> str:
        token = self.made(purpose, said, version)
        self.setdefault(token, Link(purpose, said, version))
        return token

    def _compare(self, given: bytes, made: bytes) -> bool:
        self.compared.add(given)
        return hmac.compare_digest(given, made)

    def proofs(self) -> set[str]:
        """What is secret of each."""
        return {token.partition(".")[2] for token in self}

    def forged(self, token: str) -> list[list[str]]:
        """What must not open what `token` opens: another's, of another purpose, revoked, altered, cut short."""
        if token not in self:  # a stored secret, which says nothing
            return [[], sorted(self)[:1], [], [token[:-1] + "AB"[token[-1] == "A"]], [token[:-1]]]
        link, (said, _, proof) = self[token], token.partition(".")
        kin = next((each for each in KIN if link.purpose in each), {"registration"})
        other = next(each.said for each in self.values() if each.purpose == link.purpose and each.said != said)
        return [
            [f"{other}.{proof}"],
            [self.made(purpose, said, link.version) for purpose in sorted(kin - {link.purpose})],
            [self.made(link.purpose, said, link.version - 1)],
            [f"{said}.{'AB'[proof[0] == 'A']}{proof[1:]}"],
            [f"{said}.{proof[:-1]}"],
        ]
