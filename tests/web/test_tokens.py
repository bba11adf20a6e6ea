"""A personal link opens one thing, for one purpose, until it is revoked; all else that looks like it opens nothing."""

import pytest

from briefings.web import tokens
from briefings.web.tokens import HIDDEN, hidden_tokens, token_fits, token_for

MADE = "registration", "abcd2345", 3


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_a_token_fits_what_it_was_made_for_and_not_one_letter_less_or_otherwise(app, monkeypatch):
    token = token_for(*MADE)
    said, _, proof = token.partition(".")
    assert said == "abcd2345" and len(proof) * 6 >= 160 and token_fits(token, *MADE)
    others = [token[:length] for length in range(len(token))] + [token + "A", token + ".", token.swapcase(), "가"]
    others += [
        token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(len(token))
    ]
    assert not [each for each in others if token_fits(each, *MADE)]
    for purpose, name, version in (("join", said, 3), ("registration", "abcd2346", 3), ("registration", said, 4)):
        assert not token_fits(token, purpose, name, version)
    with hidden_tokens():
        assert token_for(*MADE) == HIDDEN and token_fits(token, *MADE) and not token_fits(HIDDEN, *MADE)
    compared = []
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda *both: compared.append(both))
    token_fits(token, *MADE)
    assert compared == [(token.encode(), token.encode())], "in constant time"
    monkeypatch.undo()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key, also long enough to be taken seriously")
    assert not token_fits(token, *MADE)
