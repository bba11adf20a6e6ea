"""Addresses of films and broadcasts as they play inside a page, and from a second on; pure."""

import re
from collections.abc import Collection
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

_NAME = r"([A-Za-z0-9_-]{1,64})"
_INSIDE: tuple[tuple[str, str, str], ...] = (
    # host of the address, its path, the address that plays inside a page
    (
        r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com",
        rf"/(?:live|embed|shorts)/{_NAME}/?",
        "https://www.youtube-nocookie.com/embed/",
    ),
    (r"youtu\.be", rf"/{_NAME}/?", "https://www.youtube-nocookie.com/embed/"),
    (r"(?:m\.)?tv\.naver\.com", rf"/(?:v|l|embed)/{_NAME}/?", "https://tv.naver.com/embed/"),
    (
        r"(?:play-)?tv\.kakao\.com",
        rf"(?:/.*)?/(?:cliplink|livelink)/{_NAME}.*",
        "https://play-tv.kakao.com/embed/player/cliplink/",
    ),
    (r"(?:www\.|player\.)?vimeo\.com", rf"/(?:video/|event/)?{_NAME}/?", "https://player.vimeo.com/video/"),
)
_YOUTUBE = re.compile(r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com|youtu\.be")
_VIMEO = re.compile(r"(?:www\.|player\.)?vimeo\.com")
SECONDS_BY_T = re.compile(r"(?:www\.|m\.)?youtube\.com|youtu\.be|(?:m\.)?tv\.naver\.com|(?:play-)?tv\.kakao\.com")
"""Sites whose films begin at `t=` seconds where the address says so."""


def player_of(address: str, hosts: Collection[str]) -> str | None:
    """The address at which a film or broadcast plays inside a page, where its host is one of `hosts`."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname:
        return None
    inside = _inside(parts.hostname, parts.path, parts.query) or address
    return inside if urlsplit(inside).netloc in hosts else None


def _inside(host: str, path: str, query: str) -> str | None:
    """What the site itself offers for the inside of other pages; None where nothing is known of it."""
    for of_host, of_path, player in _INSIDE:
        if re.fullmatch(of_host, host):
            found = re.fullmatch(of_path, path)
            name = found[1] if found else parse_qs(query).get("v", [""])[0]
            if re.fullmatch(_NAME, name):
                return player + quote(name)
    return None


def from_second(address: str, seconds: int) -> str | None:
    """The address of a film from a second on; None where its site has no way to say so."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if _VIMEO.fullmatch(host):
        return urlunsplit(parts._replace(fragment=f"t={seconds}s"))
    if not SECONDS_BY_T.fullmatch(host):
        return None
    values = {name: several for name, several in parse_qs(parts.query).items() if name not in ("t", "start")}
    return urlunsplit(
        parts._replace(
            query=urlencode(values | {"t": [f"{seconds}s" if _YOUTUBE.fullmatch(host) else seconds]}, doseq=True)
        )
    )


def player_from_second(player: str, seconds: int) -> str:
    """The address inside a page from a second on, where its site has a way to say so; otherwise from the beginning."""
    parts = urlsplit(player)
    if _VIMEO.fullmatch(parts.hostname or ""):
        return urlunsplit(parts._replace(fragment=f"t={seconds}s"))
    if _YOUTUBE.fullmatch(parts.hostname or ""):
        return urlunsplit(parts._replace(query=urlencode({"start": seconds})))
    return player
