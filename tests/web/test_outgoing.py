"""What others are asked for is bounded in time, whatever they do."""

import socket
import ssl
import time
from contextlib import suppress
from threading import Thread

import pytest

from briefings.web import outgoing
from briefings.web.outgoing import Bounds, NotAsked, Obstacle, ask, fault_of

LONGER = 6.0
"""So many seconds the server would go on."""
SOUND = "hooks.example.kr hooks.example.kr:8443 8.8.8.8 [2001:4860:4860::8888] x_y.kr"
ODD = """127.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 127.0.0.1. hooks.example.kr. hooks.example.kr:0 x..kr 8.8.8
a@x.kr @x.kr :p@x.kr x.kr\\@127.0.0.1 %31%32%37.0.0.1 ①②⑦.0.0.1 x.0x7f x.kr:99999"""
INSIDE = """127.0.0.1 127.0.0.1:8443 10.0.0.1 169.254.169.254 [::1] [::ffff:127.0.0.1] [::ffff:8.8.8.8] [fe80::1%25eth0]
[64:ff9b::7f00:1] localhost intranet printer.local a.INTERNAL"""


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


def test_whom_this_machine_trusts_is_read_once_and_not_for_every_request(monkeypatch):
    read, as_usual = [], ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: read.append(1) or as_usual())
    outgoing._trusting.cache_clear()
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as server:
            Thread(target=lambda listens=server: listens.accept()[0].close(), daemon=True).start()
            with pytest.raises(NotAsked):
                ask("GET", f"https://127.0.0.1:{server.getsockname()[1]}/", private=True)
    assert len(read) == 1


def test_an_address_is_written_as_everybody_reads_it_and_inside_the_house_only_where_the_setting_says_so():
    def refused(hosts: str, private: bool) -> list[str]:
        return [host for host in hosts.split() if fault_of(f"https://{host}/ieum?room=7", private)]

    assert refused(SOUND, private=False) == refused(SOUND, private=True) == []
    assert refused(ODD, private=False) == refused(ODD, private=True) == ODD.split()
    assert refused(INSIDE, private=False) == INSIDE.split() and refused(INSIDE, private=True) == []
