"""What every way out owes: it hands one message over and says what is kept of it, or why it could not.

A channel hands over bytes that a composer made for it: the mail of `smtp.py`, the request of `gateway.py`. Whether a
message is tried again, and when, is for the queue to say.
"""

from collections.abc import Callable
from typing import NamedTuple

from briefings.calendar.addresses import mail_address
from briefings.outbox.models import Medium, Message
from briefings.outbox.texting import mobile_number


class Deferred(Exception):
    """This message could not be handed over now; a later attempt may succeed. Says why, in Korean, for staff."""


class Rejected(Exception):
    """This message will never be taken; `address` where that is about the recipient and no other will be either."""

    def __init__(self, reason: str, *, address: bool = False, status: str = "") -> None:
        super().__init__(reason)
        self.address = address
        self.status = status


class Unreachable(Exception):
    """No message can be handed over at present; it is nothing about the one in hand."""


class Receipt(NamedTuple):
    """What is kept of a message handed over: the bytes, where nothing leaves the house; what it cost, in won."""

    raw: bytes | None = None
    cost: int | None = None


Send = Callable[[str, bytes], Receipt | None]
"""Hands bytes to an address or a number. Deferred, Rejected or Unreachable if it cannot."""


def whereto(message: Message) -> str:
    """The address or the number a message goes to; ValueError says in Korean why there is none."""
    if message.medium is Medium.TEXT:
        number = mobile_number(message.phone)
        if number is None:
            raise ValueError("휴대 전화번호가 아닙니다.")
        return number
    try:
        return mail_address(message.recipient)
    except ValueError:
        raise ValueError("전자우편 주소가 올바르지 않습니다.") from None
