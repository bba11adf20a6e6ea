"""A stranger's mail taken apart: its headers and parts as clean text and bytes, whatever it is made of.

With the plain parser of the standard library: the newer one raises on headers that strangers may write.
"""

import html
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value

from briefings.calendar.text import one_line, plain_text

TEXT_LENGTH = 10_000
_PARTS = 100
_BOUNDARIES = 40
_LINES = 60_000
_HEADER_LENGTH = 4000
_HTML_LENGTH = 50_000
_CONTENT_HEADER = re.compile(rb"^content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_CHARSETS = re.compile(r"us-ascii|utf-?(8|16)|euc|ks_?c|cp\d|windows-\d|iso-?\d|latin|big5|gb|shift_?jis|koi8|johab")
_HIDDEN = re.compile(r"<(style|script|head)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LINE_END = re.compile(r"<(?:br|/p|/div|/tr|/h[1-6]|/li)\b", re.IGNORECASE)


class Unreadable(Exception):
    """Bytes that are no mail anybody could have meant to send."""


def take_apart(raw: bytes) -> Message:
    """The mail in `raw`; Unreadable where it is made to keep the parser busy: nested or described beyond reason."""
    lines = re.sub(b"\r\n?", b"\n", raw)
    if lines.lower().count(b"boundary") > _BOUNDARIES or lines.count(b"\n") > _LINES:
        raise Unreadable
    if any(len(header) > _HEADER_LENGTH for header in _CONTENT_HEADER.findall(lines)):
        raise Unreadable
    return message_from_bytes(lines)


def parts_of(mail: Message) -> Iterator[Message]:
    """The first hundred parts that hold something, in order; mails inside the mail are not looked into."""
    waiting, seen = [mail], 0
    while waiting and seen < _PARTS:
        part = waiting.pop()
        seen += 1
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting.extend(reversed(part.get_payload()))  # type: ignore[arg-type]
        else:
            yield part


def headers_of(mail: Message, name: str) -> list[str]:
    """Every header of that name, the top one first, unfolded but not decoded; too long ones are cut."""
    # Not get_all, which gives bytes beyond ASCII up for lost: since RFC 6532 they are UTF-8.
    found = (str(value)[:_HEADER_LENGTH] for key, value in mail.raw_items() if key.lower() == name.lower())
    texts = (value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for value in found)
    return [re.sub(r"\s+", " ", text).strip() for text in texts]


def header_of(mail: Message, name: str) -> str:
    """The top header of that name, decoded, clean and on one line; empty if there is none."""
    found = headers_of(mail, name)
    if not found:
        return ""
    try:
        words = decode_header(found[0])
    except HeaderParseError:  # broken base64
        words = [(found[0], None)]
    texts = (word if isinstance(word, str) else decoded(word, charset or "") for word, charset in words)
    return one_line("".join(texts), 320)


def parameter_of(part: Message, name: str) -> str:
    """A parameter of the Content-Type, in lower case; empty if it is not there."""
    return collapse_rfc2231_value(part.get_param(name, "")).strip().lower()


def content_of(part: Message) -> bytes:
    """The bytes of a part, decoded as its Content-Transfer-Encoding says."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def decoded(content: bytes, charset: str) -> str:
    """`content` as text; what its charset does not explain is replaced, an unknown charset taken for UTF-8."""
    known = _CHARSETS.match(charset.lower())
    try:
        return content.decode(charset if known else "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def text_of(mail: Message) -> str:
    """What a person wrote, as plain text: the first text part, or what stands between the tags of an HTML part."""
    texts = {"text/plain": "", "text/html": ""}
    for part in parts_of(mail):
        kind = part.get_content_type()
        if texts.get(kind) == "" and part.get_content_disposition() != "attachment":
            texts[kind] = decoded(content_of(part)[: 4 * _HTML_LENGTH], parameter_of(part, "charset"))
    written = texts["text/plain"] or _between_tags(texts["text/html"])
    return plain_text(written[: TEXT_LENGTH + 1], TEXT_LENGTH).strip()


def _between_tags(marked: str) -> str:
    seen = _HIDDEN.sub(" ", marked[:_HTML_LENGTH])
    text = html.unescape(_TAG.sub(" ", _LINE_END.sub(r"\n\g<0>", re.sub(r"\s+", " ", seen))))
    return re.sub(r" *\n[ \n]*", "\n", re.sub(" +", " ", text))
