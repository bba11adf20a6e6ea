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
        ("DECLINES", "perhaps"),
        ("EMBED_HOSTS", "https://tv.example.kr"),
        ("EMBED_HOSTS", "tv.example.kr; script-src *"),
        ("QUIET_HOURS", "21"),
        ("QUIET_HOURS", "21-24"),
        ("QUIET_HOURS", "8-8"),
        ("QUIET_HOURS", "밤"),
        ("GATEWAY_URL", "mailbox:"),
        ("GATEWAY_TEMPLATES", "[]"),
        ("GATEWAY_TEMPLATES", '{"reminder": 7}'),
        ("GATEWAY_PRICES", '{"sms": "10"}'),
        ("GATEWAY_PRICES", '{"sms": -1}'),
        ("GATEWAY_PRICES", "{"),
    ],
)
def test_production_does_not_start_with(name, value):
    with pytest.raises(SettingsError, match=name):
        settings_from(SAFE | {name: value})


def test_development_needs_no_settings_and_keeps_mail_in_the_program():
    settings = settings_from({"IEUM_ENV": "development"})
    assert settings["PRODUCTION"] is False
    assert settings["SMTP_URL"] == "mailbox:"


GATEWAY = {
    "GATEWAY_URL": "https://gateway.example.kr/v1",
    "GATEWAY_TOKEN": "secret",
    "GATEWAY_SENDER": "044-123-4567",
    "GATEWAY_PRICES": '{"sms": 10}',
}


def test_a_gateway_is_off_until_it_is_set_and_then_whole():
    assert settings_from(SAFE)["GATEWAY_URL"] == ""
    settings = settings_from(SAFE | GATEWAY)
    assert (settings["GATEWAY_SENDER"], settings["GATEWAY_PRICES"]) == ("0441234567", {"sms": 10})
    for name in ("GATEWAY_TOKEN", "GATEWAY_SENDER"):
        with pytest.raises(SettingsError, match=name):
            settings_from(SAFE | {each: value for each, value in GATEWAY.items() if each != name})


@pytest.mark.parametrize(
    "url",
    ["http://gateway.example.kr", "gateway.example.kr", "https://", "https://a:b@gateway.example.kr", "https://x:y/"],
)
def test_a_gateway_is_spoken_to_under_tls_at_an_address_without_a_password(url):
    with pytest.raises(SettingsError, match="GATEWAY_URL"):
        settings_from(SAFE | GATEWAY | {"GATEWAY_URL": url})


def test_inside_the_house_a_gateway_may_do_without_tls():
    url = {"GATEWAY_URL": "http://10.0.0.7:8080/sms", "GATEWAY_PRIVATE": "1"}
    assert settings_from(SAFE | GATEWAY | url)["GATEWAY_PRIVATE"] is True


@pytest.mark.parametrize(("text", "hours"), [("21-8", (21, 8)), ("0-7", (0, 7)), ("", (0, 0))])
def test_quiet_hours_are_two_hours_of_the_day_or_none(text, hours):
    assert settings_from(SAFE | {"QUIET_HOURS": text})["QUIET_HOURS"] == hours
