"""The ways out: an SMTP server, or the program's own mailbox where nothing leaves the house."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from briefings.calendar.text import one_line
from briefings.config import SettingsError
from briefings.outbox.channels import Deferred, Receipt, Rejected, Send, Unreachable

MAILBOX = "mailbox:"
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT = 15.0
"""Seconds for each answer of the server; a message takes at most four (see MARGIN in delivering.py)."""
NO_SUCH_MAILBOX = (550, 551, 553)  # RFC 5321, 4.2.3
TOO_LARGE = 552  # the one refusal at MAIL FROM that is about the message (RFC 1870, 6.1), not about us


@dataclass(frozen=True)
class Server:
    """What SMTP_URL says."""

    scheme: str
    host: str
    port: int
    user: str
    password: str


def server_from(url: str) -> Server:
    """`smtp://`, `smtp+starttls://` or `smtps://`, then `[user:password@]host[:port]`; otherwise SettingsError."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        port = 0
    if not port or not parts.hostname:
        raise SettingsError(
            "SMTP_URL must be mailbox: or smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]."
        )
    return Server(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))


@contextmanager
def way_out(url: str, sender: str, timeout: float = TIMEOUT) -> Iterator[Send]:
    """What `deliver_due` sends with, for one round: one connection, made at the first message; `sender` is our address.

    With `mailbox:` every message comes back to be kept, and none leaves.
    """
    if url == MAILBOX:
        yield lambda recipient, data: Receipt(raw=data)
        return
    connection = Connection(server_from(url), sender, timeout)
    try:
        yield connection.send
    finally:
        connection.quit()


class Connection:
    """To one server; made when first needed and again when lost."""

    def __init__(self, server: Server, sender: str, timeout: float) -> None:
        self.server = server
        self.sender = sender
        self.timeout = timeout
        self.client: smtplib.SMTP | None = None

    def send(self, recipient: str, data: bytes) -> None:
        """Hand one message over; Deferred, Rejected or Unreachable say in Korean why it was not taken."""
        client = self._connected()
        try:
            client.sendmail(self.sender, [recipient], data, [] if recipient.isascii() else ["SMTPUTF8"])
        except smtplib.SMTPNotSupportedError:
            raise Rejected("보내는 서버가 영문이 아닌 전자우편 주소를 받지 않습니다.") from None
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal_of_address(*error.recipients[recipient]) from None
        except smtplib.SMTPSenderRefused as error:
            if 500 <= error.smtp_code != TOO_LARGE:
                raise Unreachable(f"서버가 보내는 주소를 거절했습니다: {_said(error)}") from None
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except OSError as error:  # lost or silent: whatever comes next on this connection could not be trusted
            client.close()
            raise Deferred(f"보내는 도중에 연결이 끊어졌습니다: {_said(error)}") from None

    def quit(self) -> None:
        """Say goodbye if there is somebody to say it to."""
        if self.client is not None:
            with suppress(OSError):
                self.client.quit()
            self.client.close()
            self.client = None

    def _connected(self) -> smtplib.SMTP:
        if self.client is not None:  # servers end a connection after so many messages, or so many seconds
            with suppress(OSError):
                if self.client.noop()[0] == 250:
                    return self.client
            self.client.close()
        self.client = None
        self.client = self._connect()
        return self.client

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        try:
            if server.scheme == "smtps":
                context = ssl.create_default_context()
                client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self.timeout, context=context)
            else:
                client = smtplib.SMTP(server.host, server.port, timeout=self.timeout)
        except OSError as error:
            raise Unreachable(f"보내는 서버에 연결하지 못했습니다: {_said(error)}") from None
        try:
            if server.scheme == "smtp+starttls":
                client.starttls(context=ssl.create_default_context())
            if server.user:
                client.login(server.user, server.password)
        except OSError as error:
            client.close()
            raise Unreachable(f"보내는 서버가 접속을 받아 주지 않았습니다: {_said(error)}") from None
        return client


def _refusal(code: int, text: bytes | str) -> Deferred | Rejected:
    """RFC 5321, 4.2.1: 4xx may be tried again, 5xx must not."""
    return Rejected(_reply(code, text)) if code >= 500 else Deferred(_reply(code, text))


def _refusal_of_address(code: int, text: bytes | str) -> Deferred | Rejected:
    """A permanent no at RCPT that is about the address: no such mailbox or domain (RFC 3463, 3.2), not a full one."""
    refusal = _refusal(code, text)
    found = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", str(refusal))
    status = found[0] if found else ""
    if isinstance(refusal, Rejected) and (status.startswith("5.1.") or (not status and code in NO_SUCH_MAILBOX)):
        return Rejected(str(refusal), address=True, status=status)
    return refusal


def _reply(code: int, text: bytes | str) -> str:
    return one_line(f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}", 300)


def _said(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return one_line(str(error) or type(error).__name__, 300)
