"""What others are asked for is bounded in time, whatever they do."""

import socket
import time
from contextlib import suppress
from threading import Thread

import pytest

from briefings.web.outgoing import Bounds, NotAsked, Obstacle, ask

LONGER = 6.0
"""So many seconds the server would go on."""


def _drip(server: socket.socket) -> None:
    link, _ = server.accept()
    with link, suppress(OSError):
        link.sendall(b"\x16\x03\x03\x40\x00")  # a handshake of 16 KiB is announced
        for _ in range(int(LONGER / 0.05)):
            time.sleep(0.05)
            link.sendall(b"\x02")


def test_a_server_that_never_comes_to_the_end_of_its_greeting_holds_nobody_up():
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_drip, args=(server,), daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(NotAsked) as caught:
            url = f"https://127.0.0.1:{server.getsockname()[1]}/"
            ask("POST", url, body=b"{}", private=True, bounds=Bounds(timeout=LONGER, longest=0.2))
    assert caught.value.obstacle is Obstacle.CONNECTION and time.monotonic() - begun < LONGER / 2
