"""Secrets in the database are read with the secret key alone, each for its purpose."""

from briefings.web.sealing import digest_of, seal, unseal


def test_what_is_sealed_is_read_again_for_its_purpose_and_under_its_key_only(app, monkeypatch):
    sealed = seal("비밀 whsec_abc", "webhook")
    assert "whsec" not in sealed
    assert unseal(sealed, "webhook") == "비밀 whsec_abc"
    assert seal("비밀 whsec_abc", "webhook") != sealed
    assert unseal(sealed, "totp") is None
    assert unseal(sealed[:-6] + "AAAAA=", "webhook") is None
    assert unseal("", "webhook") is None
    digest = digest_of("abcd-2345", "codes")
    assert len(digest) == 64
    assert digest == digest_of("abcd-2345", "codes") != digest_of("abcd-2345", "keys")
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key, also long enough to be taken seriously")
    assert unseal(sealed, "webhook") is None
    assert digest_of("abcd-2345", "codes") != digest
