"""A gateway for text messages that misbehaves as it is told; it takes each reference once, as a good one does."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request: noted, then answered by the next behaviour in line, otherwise as it should be."""

    server: "GatewayServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked = json.loads(body)
        self.server.asked.append(self.asked)
        self.server.headers.append(dict(self.headers))
        (self.server.next.pop(0) if self.server.next else took)(self)

    do_GET = do_POST

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class GatewayServer(ThreadingHTTPServer):
    """`asked` is everything posted, `sent` what would have reached a phone, `next` how the next ones are answered."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.sent: list[dict[str, Any]] = []
        self.next: list[Behaviour] = []
        self.closing = Event()

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.server_port}/v1/messages"

    def take(self, asked: dict[str, Any]) -> None:
        """Send it, unless its reference was taken before."""
        if asked["reference"] not in [each["reference"] for each in self.sent]:
            self.sent.append(asked)

    def handle_error(self, *_: Any) -> None:
        """Readers who hang up are no news."""


@contextmanager
def gateway_server() -> Iterator[GatewayServer]:
    """A server that answers until the end."""
    server = GatewayServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def says(status: int, body: object = None, **headers: str) -> Behaviour:
    """That status and body, and nothing is sent."""

    def answer(handler: Handler) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def took(handler: Handler) -> None:
    """Sent; 20 won."""
    handler.server.take(handler.asked)
    number = [each["reference"] for each in handler.server.sent].index(handler.asked["reference"])
    says(200, {"id": f"g{number}", "state": "accepted", "cost": 20})(handler)


def cut(handler: Handler) -> None:
    """Sent, but the answer is lost."""
    handler.server.take(handler.asked)
    handler.connection.close()


def cut_midway(handler: Handler) -> None:
    """Sent, but the answer breaks off."""
    handler.server.take(handler.asked)
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "g')


def sleeps(handler: Handler) -> None:
    """Never a word."""
    handler.server.closing.wait(10)


def drips(handler: Handler) -> None:
    """An answer that never ends, a byte at a time."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(b" ")
        time.sleep(0.02)


def floods(handler: Handler) -> None:
    """An answer of many megabytes."""
    handler.server.take(handler.asked)
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(b" " * 65536)


def no_gateway(handler: Handler) -> None:
    """Something that speaks another language."""
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")
    handler.connection.close()
