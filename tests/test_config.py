"""Production starts only when it is safe to; plain addresses of databases are understood."""

import pytest

from briefings.config import DEFAULT_SECRET_KEY, SettingsError, settings_from

SAFE = {
    "SECRET_KEY": "0123456789abcdef" * 2,
    "PUBLIC_URL": "https://briefings.example.kr",
    "DATABASE_URL": "postgresql://briefings@127.0.0.1/briefings",
}


def test_production_is_the_default_and_starts_when_it_is_safe():
    settings = settings_from(SAFE)
    assert settings["PRODUCTION"] is True
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://briefings@127.0.0.1/briefings"
    assert settings["MAIL_FROM"] == "invite@briefings.example.kr"


@pytest.mark.parametrize("missing", list(SAFE))
def test_production_does_not_start_without(missing):
    with pytest.raises(SettingsError, match=missing):
        settings_from({name: value for name, value in SAFE.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", DEFAULT_SECRET_KEY),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "briefings.example.kr"),
        ("PUBLIC_URL", "https://example.kr/briefings"),
        ("TIMEZONE", "Asia/Nowhere"),
        ("TIMEZONE", "../../etc/passwd"),
        ("TRUSTED_PROXIES", "one"),
        ("SMTP_URL", "mailbox:"),
    ],
)
def test_production_does_not_start_with(name, value):
    with pytest.raises(SettingsError, match=name):
        settings_from(SAFE | {name: value})


def test_development_needs_no_settings_and_keeps_mail_in_the_program():
    settings = settings_from({"IEUM_ENV": "development"})
    assert settings["PRODUCTION"] is False
    assert settings["SMTP_URL"] == "mailbox:"
