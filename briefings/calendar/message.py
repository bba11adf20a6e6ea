"""Mails as they go over the wire: an invitation with its calendar object twice (RFC 6047), or words alone.

Put together here and not by EmailMessage, which loses spaces in long Korean subjects (Python 3.11) and takes many times
as long.
"""

import hashlib
import re
from base64 import encodebytes
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

from briefings.calendar.addresses import Mailbox, calendar_address, mail_address
from briefings.calendar.text import display_name, one_line

SUBJECT_LENGTH = 250
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}@[A-Za-z0-9.-]{1,200}>")
_METHOD = re.compile(rb"\r\nMETHOD:([A-Z]+)\r\n")
_CODED = "Content-Transfer-Encoding: base64"


def scheduling_message(
    *,
    subject: str,
    text: str,
    html: str,
    calendar: bytes,
    method: str,
    sender: Mailbox,
    recipient: Mailbox,
    message_id: str,
    date: datetime,
    in_reply_to: str | None = None,
) -> bytes:
    """The mail for `calendar`, as `request` or `cancel` made it; the same arguments give the same bytes.

    `sender` is its ORGANIZER and `recipient` its ATTENDEE. ValueError if `method` is not its METHOD, or an address or a
    message id (`<…@…>`) is malformed.
    """
    found = _METHOD.search(calendar)
    if not found or found[1].decode() != method:
        raise ValueError(f"the calendar object is no {method}")
    calendar_address(recipient.address)
    coded = _base64(calendar)
    invitation = _part(f'text/calendar; charset="UTF-8"; method="{method}";\r\n component="VEVENT"', coded)
    file = _part('application/ics; name="invite.ics"', coded, 'Content-Disposition: attachment; filename="invite.ics"')
    boundary = _boundary(message_id)
    words = _multipart("alternative", f"{boundary}_1", *_words(text, html), invitation)
    headers = _headers(subject, sender, recipient, message_id, date, in_reply_to)
    return headers + _multipart("mixed", f"{boundary}_0", words, file)


def plain_message(
    *,
    subject: str,
    text: str,
    html: str,
    sender: Mailbox,
    recipient: Mailbox,
    message_id: str,
    date: datetime,
    in_reply_to: str | None = None,
) -> bytes:
    """A mail of words alone, with the same headers and promises as `scheduling_message`.

    To a local part beyond ASCII that header is UTF-8, which needs a server with SMTPUTF8 (RFC 6531).
    """
    headers = _headers(subject, sender, recipient, message_id, date, in_reply_to)
    return headers + _multipart("alternative", _boundary(message_id), *_words(text, html))


def _headers(
    subject: str, sender: Mailbox, recipient: Mailbox, message_id: str, date: datetime, in_reply_to: str | None
) -> bytes:
    if date.tzinfo is None:
        raise ValueError("a mail needs a date with a zone")
    lines = [
        f"From: {_mailbox(sender)}\r\n",
        f"To: {_mailbox(recipient)}\r\n",
        f"Subject: {_coded(one_line(subject, SUBJECT_LENGTH))}\r\n",
        f"Date: {format_datetime(date)}\r\n",
        f"Message-ID: {_message_id(message_id)}\r\n",
    ]
    if in_reply_to is not None:
        lines += [f"{name}: {_message_id(in_reply_to)}\r\n" for name in ("In-Reply-To", "References")]
    lines += [
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: OOF, AutoReply\r\n",
        "MIME-Version: 1.0\r\n",
    ]
    return "".join(lines).encode()


@lru_cache(maxsize=256)
def _coded(value: str) -> str:
    """`value` in RFC 2047 code, all of it so that no reader joins or parts words, unless it is plain ASCII."""
    if value.isascii() and "=?" not in value:
        return value
    return Header(value, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _mailbox(mailbox: Mailbox) -> str:
    address = f"<{mail_address(mailbox.address)}>"
    name = display_name(mailbox.name)
    if not name:
        return address
    coded = _coded(name)
    # A name holds neither quote nor backslash: see display_name.
    return f"{coded}\r\n {address}" if coded != name else f'"{name}" {address}'


def _message_id(value: str) -> str:
    if not _MESSAGE_ID.fullmatch(value):
        raise ValueError(f"not a message id: {value!r}")
    return value


def _boundary(message_id: str) -> str:
    """What separates parts: it follows from the message, and no line of base64 can be taken for it."""
    return "=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32]


def _words(text: str, html: str) -> tuple[bytes, bytes]:
    plain, marked = (_base64(_with_line_ends(each).encode("utf-8", "replace")) for each in (text, html))
    return _part('text/plain; charset="utf-8"', plain), _part('text/html; charset="utf-8"', marked)


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def _base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")


def _part(content_type: str, coded: bytes, *more: str) -> bytes:
    return "\r\n".join((f"Content-Type: {content_type}", _CODED, *more, "\r\n")).encode() + coded


def _multipart(subtype: str, boundary: str, *parts: bytes) -> bytes:
    header = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return (
        header + b"".join(b"--%s\r\n%s" % (boundary.encode(), part) for part in parts) + f"--{boundary}--\r\n".encode()
    )
