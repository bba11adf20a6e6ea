"""`flask serve`: the web server and the worker side by side, for a first look and for a small installation."""

import http.client
import os
import shlex
import signal
import socket
import sys
import threading
import time
from types import FrameType

import click
from flask import current_app
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from briefings.demo.public import example_accounts

STOPPED_BY_SIGNAL = (130, 143)  # how Manager reports Ctrl-C and SIGTERM: for the person, a success
SECONDS_TO_FINISH = 4  # what is under way at a stop may finish; Manager kills after five seconds


class Pair(Manager):
    """A Manager that can be stopped at any time: by itself it fails before it knows what it has started."""

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.1, self.terminate).start()


class OwnLinesOnly(Printer):
    """Print what the two programs say, not that they were started and stopped."""

    def write(self, message: Message) -> None:
        if message.name != SYSTEM_PRINTER_NAME:
            super().write(message)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Number of web processes.")
def serve_command(host: str, port: int, workers: int) -> None:
    """Run the web server and the worker until Ctrl-C."""
    _refuse_port_in_use(host, port)
    manager = Pair(OwnLinesOnly(sys.stdout, prefix=False))
    manager.add_process("web", _command("gunicorn", *web_options(host, port, workers)))
    quiet = {**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
    manager.add_process("worker", _command("flask", "--app", "briefings.app", "worker"), env=quiet)
    signal.signal(signal.SIGHUP, _stop_as_well)
    threading.Thread(target=_announce, args=(host, port, _welcome()), daemon=True).start()
    manager.loop()
    if manager.returncode not in STOPPED_BY_SIGNAL:
        raise click.ClickException("The web server or the worker ended by itself; the lines above say why.")
    click.echo("Stopped.")


def _command(module: str, *arguments: str) -> str:
    """`exec` lets the signal reach the program itself instead of the shell that Manager starts it with."""
    return "exec " + shlex.join([sys.executable, "-m", module, *arguments])


def web_options(host: str, port: int, workers: int) -> list[str]:
    """How the web server is to run: as in production, only that nobody waits long for its end."""
    return [
        "--config=python:briefings.web_server",
        f"--bind={host}:{port}",
        f"--workers={workers}",
        f"--graceful-timeout={SECONDS_TO_FINISH}",
    ]


def _refuse_port_in_use(host: str, port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Cannot listen on port {port} ({error.strerror}). Choose another, e.g. make run PORT={port + 1}."
            ) from error


def _stop_as_well(signum: int, frame: FrameType | None) -> None:
    """Closing the terminal stops the two programs too, which run in sessions of their own and would live on."""
    signal.raise_signal(signal.SIGTERM)


def _welcome() -> str:
    address = f"\nOpen {current_app.config['PUBLIC_URL']}/ in a browser. Ctrl-C stops.\n"
    accounts = [f"  {email:<18} {password}   {role}" for role, email, password in example_accounts()]
    return "\n".join([address, *(["Example accounts:"] if accounts else []), *accounts, ""])


def _announce(host: str, port: int, welcome: str) -> None:
    while not _answers(host, port):
        time.sleep(0.1)
    click.echo(welcome)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
