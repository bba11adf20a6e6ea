"""Passwords are hashed as everywhere, only with less work: the tests are about who gets in, not about the hash."""

import pytest
from argon2 import PasswordHasher

from briefings.accounts import signing_in


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cheapest argon2id there is."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(signing_in, "HASHER", quick)
    monkeypatch.setattr(signing_in, "NOBODY", quick.hash("nobody"))
