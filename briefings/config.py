"""Every setting, read from the environment once, with the meaning and default that README repeats."""

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from limits import parse_many

from briefings.errors import N_

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("text", "json")
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
    others = _gateway(environ, production) | _sign_in_service(environ)
    return others | {
        "PRODUCTION": production,
        "SECRET_KEY": secret_key,
        "PUBLIC_URL": public_url,
        "SERVER_NAME": address.netloc,
        "PREFERRED_URL_SCHEME": address.scheme,
        "SQLALCHEMY_DATABASE_URI": database_url(database),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": _number("DATABASE_POOL", environ.get("DATABASE_POOL", "8")) or 1,
            "max_overflow": 4,
            "pool_timeout": 10,  # seconds, then the reader is told that there is too much to do
        },
        "SMTP_URL": smtp_url,
        "MAIL_FROM": environ.get("MAIL_FROM", f"invite@{domain}"),
        "MAIL_FROM_NAME": environ.get("MAIL_FROM_NAME", N_("협업이음 설명회")),
        "CALENDAR_DOMAIN": environ.get("CALENDAR_DOMAIN", f"cal.{domain}").lower(),
        "IMAP_URL": environ.get("IMAP_URL", ""),
        "IMAP_DONE": environ.get("IMAP_DONE", "Processed"),
        "AUTHSERV_ID": environ.get("AUTHSERV_ID", ""),
        "DECLINES": _one_of("DECLINES", environ.get("DECLINES", "believe"), ("believe", "ask")),
        "TIMEZONE": _zone(environ.get("TIMEZONE", "Asia/Seoul")),
        "SITE_NAME": environ.get("SITE_NAME", N_("협업이음 설명회")),
        "ISSUER": environ.get("ISSUER", environ.get("SITE_NAME", N_("협업이음 설명회"))),
        "ISSUER_EN": environ.get("ISSUER_EN", ""),
        "CONTACT_NAME": environ.get("CONTACT_NAME", N_("협업이음 설명회 담당")),
        "CONTACT_PHONE": environ.get("CONTACT_PHONE", "044-000-0000"),
        "CONTACT_EMAIL": environ.get("CONTACT_EMAIL", f"help@{domain}"),
        "QUIET_HOURS": _hours("QUIET_HOURS", environ.get("QUIET_HOURS", "21-8")),
        "LOG_LEVEL": _one_of("LOG_LEVEL", environ.get("LOG_LEVEL", "INFO").upper(), LOG_LEVELS),
        "LOG_FORMAT": _one_of("LOG_FORMAT", environ.get("LOG_FORMAT", "json" if production else "text"), LOG_FORMATS),
        "METRICS_TOKEN": _secret("METRICS_TOKEN", environ.get("METRICS_TOKEN", "")),
        "TWO_FACTOR": _one_of(
            "TWO_FACTOR",
            environ.get("TWO_FACTOR", "required" if production else "optional"),
            ("required", "optional"),
        ),
        "WEBHOOK_PRIVATE": environ.get("WEBHOOK_PRIVATE", "") == "1",
        "NOTICE": environ.get("NOTICE", ""),
        "EMBED_HOSTS": _hosts_of("EMBED_HOSTS", environ.get("EMBED_HOSTS", "")),
        "OFFICIAL_BANNER": environ.get("OFFICIAL_BANNER", "") == "1",
        "TRUSTED_PROXIES": _number("TRUSTED_PROXIES", environ.get("TRUSTED_PROXIES", "0")),
        "RATELIMIT_STORAGE_URI": environ.get("RATELIMIT_STORAGE_URL", "memory://"),
        # Redis away is no reason to turn people away: each process counts by itself until it is back.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_STORAGE_OPTIONS": _of_storage(environ.get("RATELIMIT_STORAGE_URL", "memory://")),
        "MAILS_PER_NETWORK": _limits("MAILS_PER_NETWORK", environ.get("MAILS_PER_NETWORK", "1200/minute;6000/hour")),
        "MAILS_PER_ADDRESS": _limits("MAILS_PER_ADDRESS", environ.get("MAILS_PER_ADDRESS", "10/hour;30/day")),
        "API_PER_NETWORK": _limits("API_PER_NETWORK", environ.get("API_PER_NETWORK", "120/minute;3000/hour")),
        "API_PER_KEY": _limits("API_PER_KEY", environ.get("API_PER_KEY", "600/minute")),
        "LICENCE": environ.get("LICENCE", N_("공공누리 제1유형(출처표시)")),
        "LICENCE_URL": environ.get("LICENCE_URL", "https://www.kogl.or.kr/info/license.do"),
        "RATELIMIT_ENABLED": environ.get("RATELIMIT_ENABLED", "1") == "1",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": address.scheme == "https",
        "REMEMBER_COOKIE_HTTPONLY": True,
        # A row says when a session ends; its cookie lives longer, so that what was typed can be sent afterwards.
        "PERMANENT_SESSION_LIFETIME": 48 * 3600,
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


def _secret(name: str, text: str) -> str:
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise SettingsError(f"{name} must be at least 16 letters, digits or signs, or empty.")
    return text


def _of_storage(url: str) -> dict[str, object]:
    """Nobody waits long for a Redis that does not answer."""
    return {"socket_connect_timeout": 1, "socket_timeout": 1} if url.startswith("redis") else {}


def _hosts_of(name: str, text: str) -> tuple[str, ...]:
    """Names of hosts with spaces between them, as they may stand in a content policy."""
    hosts = tuple(text.lower().replace(",", " ").split())
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", host):
            raise SettingsError(f"{name} must be names of hosts such as www.youtube-nocookie.com, not {host!r}.")
    return hosts


def _limits(name: str, text: str) -> str:
    try:
        parse_many(text)
    except ValueError as error:
        raise SettingsError(f"{name} must be limits such as 10/hour;30/day, not {text!r}.") from error
    return text


def _one_of(name: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise SettingsError(f"{name} must be {' or '.join(known)}, not {text!r}.")
    return text


def _hours(name: str, text: str) -> tuple[int, int]:
    """`21-8` as two hours of the day; none at all as the same hour twice."""
    first, dash, last = text.partition("-")
    if not text:
        return 0, 0
    if not dash or _number(name, first) > 23 or _number(name, last) > 23 or int(first) == int(last):
        raise SettingsError(f"{name} must be two different hours of the day such as 21-8, or empty; not {text!r}.")
    return int(first), int(last)


def _gateway(environ: Mapping[str, str], production: bool) -> dict[str, object]:
    """What GATEWAY_… say; SettingsError where text messages could not be sent, or not safely."""
    url, token = environ.get("GATEWAY_URL", ""), environ.get("GATEWAY_TOKEN", "")
    sender = "".join(character for character in environ.get("GATEWAY_SENDER", "") if character.isdigit())
    templates, prices = environ.get("GATEWAY_TEMPLATES", ""), environ.get("GATEWAY_PRICES", "")
    private = environ.get("GATEWAY_PRIVATE", "") == "1"
    if url and url != "mailbox:":
        _refuse_gateway(url, token, sender, private)
    if url == "mailbox:" and production:
        raise SettingsError("Set GATEWAY_URL to a gateway or leave it out: with mailbox: no text message leaves.")
    return {
        "GATEWAY_URL": url,
        "GATEWAY_TOKEN": token,
        "GATEWAY_SENDER": sender,
        "GATEWAY_TEMPLATES": _table("GATEWAY_TEMPLATES", templates, '{"reminder": "TPL_1"}', _is_word),
        "GATEWAY_PRICES": _table("GATEWAY_PRICES", prices, '{"sms": 10, "lms": 30}', _is_price),
        "GATEWAY_PRIVATE": private,
    }


def _sign_in_service(environ: Mapping[str, str]) -> dict[str, object]:
    """What OIDC_… say; SettingsError where signing in by another service could not work, or not safely."""
    issuer, private = environ.get("OIDC_ISSUER", "").rstrip("/"), environ.get("OIDC_PRIVATE", "") == "1"
    client, secret = environ.get("OIDC_CLIENT_ID", ""), environ.get("OIDC_CLIENT_SECRET", "")
    if issuer:
        parts = urlsplit(issuer)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.username:
            raise SettingsError(f"OIDC_ISSUER must be https://host[:port][/path], not {issuer!r}.")
        if parts.scheme == "http" and not private:
            raise SettingsError(
                "OIDC_ISSUER must begin with https://; http:// only inside the house, with OIDC_PRIVATE=1."
            )
        if not client or not secret:
            raise SettingsError(
                "Set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET to what the sign-in service knows this program by."
            )
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": client,
        "OIDC_CLIENT_SECRET": secret,
        "OIDC_NAME": environ.get("OIDC_NAME", N_("소속 기관 계정")),
        "OIDC_PRIVATE": private,
    }


def _refuse_gateway(url: str, token: str, sender: str, private: bool) -> None:
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and (parts.port or 443) > 0 and url.isascii() and " " not in url
    except ValueError:
        sound = False
    if not sound or parts.scheme not in ("https", "http") or parts.username:
        raise SettingsError(f"GATEWAY_URL must be https://host[:port]/path, not {url!r}.")
    if parts.scheme == "http" and not private:
        raise SettingsError(
            "GATEWAY_URL must begin with https://; http:// only inside the house, with GATEWAY_PRIVATE=1."
        )
    if not token or not token.isascii() or not token.isprintable():
        raise SettingsError("Set GATEWAY_TOKEN to what the gateway knows this program by.")
    if not sender:
        raise SettingsError("Set GATEWAY_SENDER to the number registered as the sender of text messages.")


def _table(name: str, text: str, example: str, sound: Callable[[object], bool]) -> dict[str, object]:
    """A JSON object whose every value is `sound`."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(sound(value) for value in found.values()):
        raise SettingsError(f"{name} must be a JSON object such as {example}, not {text!r}.")
    return found


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_price(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


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
