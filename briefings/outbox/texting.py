"""What a text message is: the number it goes to, how long it is, of which kind, and what it costs."""

from collections.abc import Mapping
from enum import StrEnum

import phonenumbers

CODE = "cp949"
"""Korean phones read text messages in this code (EUC-KR with every syllable): lengths are counted in its bytes."""
SMS_BYTES = 90
LMS_BYTES = 2000
MOBILE = ("10", "11", "16", "17", "18", "19")
FITTING = str.maketrans({"–": "-", "—": "-", "•": "·", "・": "·", "\xa0": " ", "−": "-"})
"""Signs that the code lacks and another one says as well."""


class TextKind(StrEnum):
    """How a message reaches a phone: by 알림톡, or as a short or a long text."""

    ALIMTALK = "alimtalk"
    SMS = "sms"
    LMS = "lms"


def mobile_number(written: str) -> str | None:
    """The digits of a Korean mobile number however it was written, `01012345678`; None for any other."""
    try:
        number = phonenumbers.parse(written, "KR")
    except phonenumbers.NumberParseException:
        return None
    digits = str(number.national_number)
    if number.country_code != 82 or not digits.startswith(MOBILE) or not phonenumbers.is_valid_number(number):
        return None
    return f"0{digits}"


def fitted(words: str) -> str:
    """`words` as a phone can show them: a few typographic signs as plain ones."""
    return words.translate(FITTING)


def unsendable(words: str) -> list[str]:
    """The characters no text message can hold, each once, in order."""
    return [each for each in dict.fromkeys(fitted(words)) if not _in_code(each)]


def size(words: str) -> int:
    """How many bytes `words` take; what cannot be sent counts as two."""
    return sum(len(each.encode(CODE)) if _in_code(each) else 2 for each in fitted(words))


def kind_of(words: str) -> TextKind:
    """A short text message, or a long one above 90 bytes."""
    return TextKind.SMS if size(words) <= SMS_BYTES else TextKind.LMS


def fault_of(words: str) -> str | None:
    """Why `words` cannot go as a text message, naming what stands in the way; None if they can."""
    if strange := unsendable(words):
        return f"문자로 보낼 수 없는 글자가 있습니다: {' '.join(strange)}"
    if (bytes_ := size(words)) > LMS_BYTES:
        return f"문자는 {LMS_BYTES:,}바이트까지 보낼 수 있습니다. 지금 {bytes_:,}바이트입니다."
    return None


def cost_of(kind: TextKind, number: int, prices: Mapping[str, int]) -> int | None:
    """What so many messages of a kind cost, in won; None where no price is set."""
    price = prices.get(kind.value)
    return None if price is None else price * number


def _in_code(character: str) -> bool:
    try:
        character.encode(CODE)
    except UnicodeEncodeError:
        return False
    return True
