"""What a composer makes of a queued message at the moment it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from briefings.outbox.models import Message


@dataclass(frozen=True)
class Mail:
    """The words of one mail, and its calendar part if it has one.

    `text` is plain text (paragraphs, `- ` lists, addresses in full); the HTML part is made from it.
    `in_reply_to` is the reference of an earlier message of the same thread.
    """

    subject: str
    text: str
    calendar: bytes | None = None
    method: str | None = None
    in_reply_to: str | None = None


@dataclass(frozen=True)
class ShortText:
    """The words of one message to a phone: the text they were made of, a title, and what its placeholders say."""

    name: str
    subject: str
    text: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Dropped:
    """The message no longer concerns its reader; `reason` is shown to staff (Korean)."""

    reason: str


Composer = Callable[[Message, datetime], Mail | ShortText | Dropped]
