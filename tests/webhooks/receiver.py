"""A program that is told of things: it notes what came with its headers, and answers as it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """One request: noted, then answered by the next status in line, otherwise by 204."""

    server: "Receiver"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers.items()), body))
        status, answer, headers = self.server.next.pop(0) if self.server.next else (204, b"", {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Receiver(ThreadingHTTPServer):
    """`got` is every request as headers and bytes, `next` how the next ones are answered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.next: list[tuple[int, bytes, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.server_port}/hooks?room=7"

    def will(self, status: int, answer: bytes = b"", **headers: str) -> None:
        """Answer the request after those that are settled like that."""
        self.next.append((status, answer, {name.replace("_", "-"): value for name, value in headers.items()}))


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """A receiver that answers until the end."""
    server = Receiver()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
