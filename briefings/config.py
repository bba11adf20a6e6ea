"""Every setting, read from the environment once, with the meaning and default that README repeats."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from briefings.errors import N_

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent
DEFAULT_SECRET_KEY = "only-for-trying-the-program-out"  # noqa: S105 (refused in production)


def beside_or_inside(name: str) -> Path:
    """The folder `name` inside the installed package (a wheel) or beside it (a checkout)."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else ROOT / name


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and says what to do."""


def settings_from(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Flask settings from environment variables; SettingsError where production would not be safe."""
    production = environ.get("IEUM_ENV", "production") == "production"
    public_url = environ.get("PUBLIC_URL", "" if production else "http://127.0.0.1:8000").rstrip("/")
    secret_key = environ.get("SECRET_KEY", DEFAULT_SECRET_KEY)
    database = environ.get("DATABASE_URL", "" if production else f"sqlite:///{ROOT}/instance/briefings.db")
    smtp_url = environ.get("SMTP_URL", "smtp://127.0.0.1:25" if production else "mailbox:")
    if production:
        _refuse_unsafe(secret_key, public_url, database, smtp_url)
    address = urlsplit(public_url)
    if address.scheme not in ("http", "https") or not address.hostname or address.path:
        raise SettingsError(f"PUBLIC_URL must be http(s)://host[:port] without a path, not {public_url!r}.")
    domain = address.hostname if production else "briefings.example.kr"
    return {
        "PRODUCTION": production,
        "SECRET_KEY": secret_key,
        "PUBLIC_URL": public_url,
        "SERVER_NAME": address.netloc,
        "PREFERRED_URL_SCHEME": address.scheme,
        "SQLALCHEMY_DATABASE_URI": database_url(database),
        # A connection that a restart of the database cut is replaced before it is used.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True},
        "SMTP_URL": smtp_url,
        "MAIL_FROM": environ.get("MAIL_FROM", f"invite@{domain}"),
        "MAIL_FROM_NAME": environ.get("MAIL_FROM_NAME", N_("협업이음 설명회")),
        "CALENDAR_DOMAIN": environ.get("CALENDAR_DOMAIN", f"cal.{domain}").lower(),
        "TIMEZONE": _zone(environ.get("TIMEZONE", "Asia/Seoul")),
        "SITE_NAME": environ.get("SITE_NAME", N_("협업이음 설명회")),
        "CONTACT_NAME": environ.get("CONTACT_NAME", N_("협업이음 설명회 담당")),
        "CONTACT_PHONE": environ.get("CONTACT_PHONE", "044-000-0000"),
        "CONTACT_EMAIL": environ.get("CONTACT_EMAIL", f"help@{domain}"),
        "LOG_LEVEL": environ.get("LOG_LEVEL", "INFO"),
        "NOTICE": environ.get("NOTICE", ""),
        "OFFICIAL_BANNER": environ.get("OFFICIAL_BANNER", "") == "1",
        "TRUSTED_PROXIES": _number("TRUSTED_PROXIES", environ.get("TRUSTED_PROXIES", "0")),
        "RATELIMIT_STORAGE_URI": environ.get("RATELIMIT_STORAGE_URL", "memory://"),
        "RATELIMIT_ENABLED": environ.get("RATELIMIT_ENABLED", "1") == "1",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": address.scheme == "https",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "PERMANENT_SESSION_LIFETIME": 8 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # personal pages send no referrer; the token in the form is the proof
        "WTF_CSRF_TIME_LIMIT": None,  # a form left open over lunch still posts; the token dies with the session
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "ko",
        "BABEL_TRANSLATION_DIRECTORIES": str(PACKAGE / "translations"),
    }


def database_url(url: str) -> str:
    """`url` with the driver this program uses, so that operators may write plain postgresql:// addresses."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise SettingsError(f"TIMEZONE is not a known zone: {name!r}.") from error
    return name


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} must be a number, not {text!r}.")
    return int(text)


def _refuse_unsafe(secret_key: str, public_url: str, database: str, smtp_url: str) -> None:
    if secret_key == DEFAULT_SECRET_KEY or len(secret_key) < 32:
        how = "python3 -c 'import secrets; print(secrets.token_hex(32))'"
        raise SettingsError(f"Set SECRET_KEY to at least 32 random characters, for instance what this prints: {how}")
    if not public_url:
        raise SettingsError("Set PUBLIC_URL to the address people use, e.g. https://briefings.example.kr.")
    if not database:
        raise SettingsError("Set DATABASE_URL, e.g. postgresql://briefings:password@127.0.0.1/briefings.")
    if smtp_url.startswith("mailbox:"):
        raise SettingsError("Set SMTP_URL to a mail server: with mailbox: no mail leaves, and staff read everybody's.")
