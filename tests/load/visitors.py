"""Visitors: a small HTTP client on plain sockets, so that measuring takes little from what is measured."""

import re
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input [^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
STATUS = re.compile(rb"HTTP/1.1 (\d+)")
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: ([^=]+)=([^;\r]*)", re.IGNORECASE)


class Visitor:
    """One browser: a connection that stays open, and its cookies."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.host = f"127.0.0.1:{port}".encode()
        self.cookies: dict[bytes, bytes] = {}

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def get(self, path: str) -> str:
        """The page; AssertionError where there is none."""
        return self._asked(b"GET", path, b"", 200)

    def post(self, path: str, fields: Mapping[str, Any], expected: int) -> str:
        """What comes back for a form; a list is a field that is there more than once."""
        return self._asked(b"POST", path, urlencode(fields, doseq=True).encode(), expected)

    def _asked(self, method: bytes, path: str, body: bytes, expected: int) -> str:
        lines = [b"%s %s HTTP/1.1" % (method, path.encode()), b"Host: " + self.host, b"Content-Length: %d" % len(body)]
        lines.append(b"Cookie: " + b"; ".join(b"%s=%s" % cookie for cookie in self.cookies.items()))
        lines += [b"Content-Type: application/x-www-form-urlencoded"] if body else []
        self.socket.sendall(b"\r\n".join([*lines, b"", body]))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, page = answer.partition(b"\r\n\r\n")
        while len(page) < int(LENGTH.search(head)[1]):
            page += self._more()
        self.cookies |= COOKIE.findall(head)
        assert int(STATUS.match(head)[1]) == expected, f"{path}: {head.decode()}\n{page.decode()[:3000]}"
        return page.decode()

    def _more(self) -> bytes:
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the server hung up")
        return received


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    found = (dict(ATTRIBUTE.findall(field)) for field in HIDDEN.findall(page))
    return {field["name"]: unescape(field.get("value", "")) for field in found}


def per_second(visit: Callable[[], object], seconds: float, at_once: int = 8) -> float:
    """How many times a second `visit` is done, by so many at once."""

    def keep_visiting() -> int:
        done = 0
        while time.perf_counter() < end:
            visit()
            done += 1
        return done

    begun = time.perf_counter()
    end = begun + seconds
    with ThreadPoolExecutor(at_once) as crowd:
        visits = [crowd.submit(keep_visiting) for _ in range(at_once)]
        return sum(each.result() for each in visits) / (time.perf_counter() - begun)
