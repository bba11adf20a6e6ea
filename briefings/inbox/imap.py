"""Fetching what came to a mailbox over IMAP (RFC 3501): read, taken in, and only then moved away."""

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from sqlalchemy.exc import OperationalError

from briefings.config import SettingsError

log = logging.getLogger(__name__)

PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}
LOOPBACK = ("127.0.0.1", "::1", "localhost")
TIMEOUT = 30.0
"""Seconds for each answer of the server."""
MOST = 200
"""So many mails in one round."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_FOLDER = re.compile(r"[ -~]{1,200}")

TakeIn = Callable[[bytes, bool], object]
"""Keeps one mail for good; the flag says whether it is complete."""
Left = set[tuple[str, str]]
"""UIDVALIDITY and UID of mails that are dealt with but could not be moved: they are not fetched again."""


@dataclass(frozen=True)
class Mailbox:
    """What IMAP_URL and IMAP_DONE say."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    done: str


def mailbox_from(url: str, done: str) -> Mailbox:
    """`imaps://` or `imap+starttls://`, then `user:password@host[:port][/folder]`; otherwise SettingsError.

    `imap://`, which shows the password to the network, only to this machine itself.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        port = 0
    if not port or not parts.hostname or not parts.username or parts.password is None:
        raise SettingsError("IMAP_URL must be imaps:// or imap+starttls://user:password@host[:port][/folder].")
    if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
        raise SettingsError(
            "IMAP_URL must begin with imaps:// or imap+starttls://; imap:// only to this machine itself."
        )
    folder = unquote(parts.path.strip("/")) or "INBOX"
    for name, value in (("the folder in IMAP_URL", folder), ("IMAP_DONE", done)):
        if not _FOLDER.fullmatch(value):
            raise SettingsError(f"{name} must be plain ASCII letters, not {value!r}.")
    return Mailbox(parts.scheme, parts.hostname, port, unquote(parts.username), unquote(parts.password), folder, done)


def fetch(mailbox: Mailbox, take_in: TakeIn, largest: int, left: Left, stopping: Callable[[], bool]) -> int:
    """Take in what waits, oldest first, and move it to the folder of what is done; how many were taken in.

    Of a mail larger than `largest` bytes only the headers are fetched. One that cannot be taken in stays where it is
    and stops no other. Raises what the connection raises: it is tried again next time.
    """
    taken = 0
    with _connected(mailbox) as client:
        validity, uids = _waiting(client, mailbox.folder)
        for uid in [uid for uid in uids if (validity, uid) not in left][:MOST]:
            if stopping():
                break
            raw, complete = _read(client, uid, largest)
            if raw is None:
                continue  # gone since we looked
            try:
                take_in(raw, complete)
            except OperationalError:  # no mail can be kept at present
                raise
            except Exception as error:
                log.error("mail uid=%s cannot be taken in: %s", uid, type(error).__name__)
                continue
            taken += 1
            if not _move(client, uid, mailbox.done):
                log.warning("mail uid=%s is dealt with but cannot be moved to %s", uid, mailbox.done)
                left.add((validity, uid))
    return taken


@contextmanager
def _connected(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    address = mailbox.host, mailbox.port
    if mailbox.scheme == "imaps":
        trusting = ssl.create_default_context()
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(*address, ssl_context=trusting, timeout=TIMEOUT)
    else:
        client = imaplib.IMAP4(*address, timeout=TIMEOUT)
    try:
        if mailbox.scheme == "imap+starttls":
            client.starttls(ssl.create_default_context())
        _log_in(client, mailbox)
        yield client
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()
        with suppress(OSError):  # which saying goodbye has done if it could
            client.shutdown()


def _log_in(client: imaplib.IMAP4, mailbox: Mailbox) -> None:
    if (mailbox.user + mailbox.password).isascii():
        client.login(mailbox.user, mailbox.password)
    else:  # LOGIN speaks ASCII alone
        client.authenticate("PLAIN", lambda _: f"\0{mailbox.user}\0{mailbox.password}".encode())


def _waiting(client: imaplib.IMAP4, folder: str) -> tuple[str, list[str]]:
    """UIDVALIDITY and the UIDs that are not deleted, oldest first."""
    _succeed(client.select(_quoted(folder)), f"open {folder}")
    validity = client.response("UIDVALIDITY")[1]
    found = _succeed(client.uid("SEARCH", "UNDELETED"), "search")
    uids = (found[0] or b"").decode().split()
    return (validity[0] or b"").decode() if validity else "", sorted(uids, key=int)


def _read(client: imaplib.IMAP4, uid: str, largest: int) -> tuple[bytes | None, bool]:
    """A mail, and whether that is all of it; reading leaves it unread for people who look into the mailbox."""
    sizes = _SIZE.search(b" ".join(_pieces(client.uid("FETCH", uid, "(RFC822.SIZE)"), "look at a mail")))
    complete = sizes is not None and int(sizes[1]) <= largest
    what = "(BODY.PEEK[])" if complete else "(BODY.PEEK[HEADER])"
    answered = _succeed(client.uid("FETCH", uid, what), "fetch a mail")
    raw = next((each[1] for each in answered if isinstance(each, tuple)), None)
    return None if raw is None else raw[:largest], complete


def _move(client: imaplib.IMAP4, uid: str, done: str) -> bool:
    """By MOVE (RFC 6851) or, where the server has none or refuses, as copy and deletion; whether it worked."""
    for _attempt in range(2):
        if _tried(client, "MOVE", uid, _quoted(done)):
            return True
        if _tried(client, "COPY", uid, _quoted(done)):
            return _tried(client, "STORE", uid, "+FLAGS.SILENT", r"(\Deleted)") and _expunge(client, uid)
        with suppress(imaplib.IMAP4.error):
            client.create(_quoted(done))
    return False


def _expunge(client: imaplib.IMAP4, uid: str) -> bool:
    """This mail alone where the server can do that (RFC 4315); otherwise with it whatever else is marked deleted."""
    return _tried(client, "EXPUNGE", uid) or client.expunge()[0] == "OK"


def _tried(client: imaplib.IMAP4, command: str, *arguments: str) -> bool:
    try:
        return client.uid(command, *arguments)[0] == "OK"
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # the server does not know the command
        return False


def _succeed(answer: tuple[str, list], what: str) -> list:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the server would not {what}")
    return data


def _pieces(answer: tuple[str, list], what: str) -> Iterator[bytes]:
    for each in _succeed(answer, what):
        yield from each if isinstance(each, tuple) else (each or b"",)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
