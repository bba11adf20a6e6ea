"""Requests this program makes of others: to the very address that was looked at, bounded in time and size.

By http.client, because libraries look the name up again when they connect (it may lead elsewhere by then), go through
proxies and follow redirects; nothing else is needed.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from briefings.calendar.text import one_line

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)  # a name that ends in one is an IPv4 address (WHATWG URL)
_INSIDE = ("localhost", "local", "internal", "home.arpa")
GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")  # RFC 4291, 2.4: whatever wraps an IPv4 address is elsewhere, or below


@dataclass(frozen=True)
class Bounds:
    """How long one request may take and how much of its answer is read."""

    timeout: float = 8.0
    """Seconds for the connection, and for each step of the answer."""
    longest: float = 20.0
    """Seconds for the whole answer, TLS included; a timeout counts anew with every byte that comes."""
    largest: int = 64 * 1024
    """Bytes of the body that are read; one more says that there was more."""


class Obstacle(StrEnum):
    """Why nothing was asked at all."""

    NAME = "name"
    INSIDE = "inside"
    CONNECTION = "connection"


class NotAsked(Exception):
    """Nothing was sent: the name leads nowhere or inside the house, or nobody answers there."""

    def __init__(self, obstacle: Obstacle, said: str = "") -> None:
        super().__init__(said or obstacle.value)
        self.obstacle = obstacle


class NoAnswer(Exception):
    """The request went out, and whether it was taken nobody knows."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status: redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    """The last of each name, in small letters."""
    body: bytes


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    *,
    private: bool = False,
    bounds: Bounds = Bounds(),
) -> Answer:
    """One request over a connection of its own; NotAsked or NoAnswer if nothing came of it.

    Unless `private`, addresses inside the house are refused, even where one of many that a name leads to is such.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), _port_of(parts), timeout=bounds.timeout)
    connection.sock = link = _connected(parts, private, bounds)
    too_long = threading.Timer(bounds.longest, _cut, [link])
    too_long.daemon = True
    too_long.start()
    try:
        _shake_hands(link)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {"Host": parts.netloc.rpartition("@")[2], **(headers or {})})
        with connection.getresponse() as response:
            said = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, said, response.read(bounds.largest + 1))
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(_said(error)) from None
    finally:
        too_long.cancel()
        connection.close()


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open Internet: not private, loopback or link-local, nor wrapping another."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in GLOBAL_IPV6 or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not ip.is_multicast


def fault_of(url: str, private: bool) -> str | None:
    """Why `url` cannot be asked, in Korean for whoever writes it down, or None; where its name leads is seen later."""
    try:
        parts = urlsplit(url)
        sound = _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.scheme not in ("https", "http") or not _is_plain(url):
        return (
            "https://로 시작하는 주소를 적어 주세요. 빈칸과 한글, 점으로 끝나는 이름은 쓸 수 없고, "
            "IP 주소는 203.0.113.7처럼 적어야 합니다."
        )
    if parts.username is not None or parts.fragment:
        return "주소에 사용자 이름이나 # 뒤의 말은 쓸 수 없습니다."
    if parts.scheme == "http" and not private:
        return "https://로 시작하는 주소만 쓸 수 있습니다."
    if not private and _is_inside(str(parts.hostname)):
        return "내부 주소로는 보내지 않습니다. 밖에서도 찾을 수 있는 서버의 이름을 적어 주세요."
    return None


def _is_host(host: str) -> bool:
    """A name, or an IP address as everybody writes it: 0x7f.1, 2130706433 or a last dot pass for something else."""
    with suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return bool(_NAME.fullmatch(host)) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _is_inside(host: str) -> bool:
    """Whether it says so itself: an address of the house, or a name that is known in it alone."""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return not is_public(host)
    return "." not in host or host.lower().endswith(tuple(f".{name}" for name in _INSIDE))


def _is_plain(url: str) -> bool:
    return url.isascii() and url.isprintable() and " " not in url


def _port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _connected(parts: SplitResult, private: bool, bounds: Bounds) -> socket.socket:
    host = str(parts.hostname)
    try:
        found = socket.getaddrinfo(host, _port_of(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAsked(Obstacle.NAME, _said(error)) from None
    addresses = [address[:2] for *_, address in found]
    if not private and not all(is_public(str(address[0])) for address in addresses):
        raise NotAsked(Obstacle.INSIDE)
    try:
        link = _first_to_answer(addresses[:2], bounds.timeout / 2)
        link.settimeout(bounds.timeout)
        if parts.scheme != "https":
            return link
        return _trusting().wrap_socket(link, server_hostname=host, do_handshake_on_connect=False)
    except OSError as error:
        raise NotAsked(Obstacle.CONNECTION, _said(error)) from None


@cache
def _trusting() -> ssl.SSLContext:
    """Whom this machine trusts, read once in a process: that takes longer than most requests."""
    return ssl.create_default_context()


def _shake_hands(link: socket.socket) -> None:
    try:
        if isinstance(link, ssl.SSLSocket):
            link.do_handshake()
    except OSError as error:
        raise NotAsked(Obstacle.CONNECTION, _said(error)) from None


def _first_to_answer(addresses: list[Any], timeout: float) -> socket.socket:
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection(address, timeout)
    return socket.create_connection(addresses[-1], timeout)


def _cut(link: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(link, socket.SHUT_RDWR)  # beneath TLS, which another thread is reading from


def _said(error: Exception) -> str:
    return one_line(str(error) or type(error).__name__, 200)
