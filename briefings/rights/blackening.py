"""Finding a person in what others wrote, in any writing, and putting ○○○ in their place: pure functions."""

import base64
import binascii
import html
import json
import quopri
import re
import unicodedata
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import quote

from briefings.web.erased import GONE

BETWEEN = r"[\s\-.·()\u00a0]*"
"""What people put between the digits of a number."""
AFTER_A_NAME = (
    "님|씨|이|가|은|는|을|를|의|과|와|도|에|로|께|만|및|등|선생|담당|과장|팀장|대리|대표|주임|주무관|사무관|서기관|위원|"
    "박사|교수|부장|차장|실장|국장|원장|센터장|처장|연구원|선임|책임|발표|사회|입니다|이라|라고|에게|한테|"
    "본부장|소장|사장|회장|단장|청장|계장|이사|전무|상무|감사|수석|사원|직원|매니저|연구관|지도사|연구사|서기|주사|주무|"
    "까지|부터|하고|보다|처럼|마저|조차|밖에|라는|인데|였|까|양|군|여사"
)
"""What may follow a name without a space between: what is longer otherwise is another word."""
CHARSETS = ("utf-8", "cp949")
FOLD = re.compile(r"\r?\n[ \t]")
"""Where a line of a calendar or of a head goes on in the next one."""
SHORTEST_NAME = 2
SHORTEST_PHONE = 8


@dataclass(frozen=True)
class Person:
    """How somebody is written: one address, and every name and number that is known with it.

    `distinct`: the names nobody else bears. Others are blackened only where the person is meant for certain.
    """

    address: str
    names: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    distinct: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    """What stands for them elsewhere, such as a digest of the address: replaced where it is the whole text."""

    def patterns(self, certain: bool) -> list[re.Pattern[str]]:
        """What is looked for; every name of theirs where it is `certain` who is meant."""
        names = self.names if certain else self.distinct
        return [_address(self.address), *map(_phone, self.phones), *map(_name, sorted(names, key=len, reverse=True))]

    def is_written_in(self, words: str, certain: bool = False) -> bool:
        """Whether the person stands there."""
        return any(pattern.search(words) for pattern in self.patterns(certain))

    def is_meant_by(self, texts: Iterable[str]) -> bool:
        """Whether the address or a number stands in any of them: then their names mean nobody else."""
        sure = [_address(self.address), *map(_phone, self.phones)]
        return any(pattern.search(each) for each in texts for pattern in sure)


def person(
    address: str,
    names: Collection[str],
    phones: Collection[str],
    shared: Collection[str] = (),
    marks: Collection[str] = (),
) -> Person:
    """Somebody of whom that much is known; `shared` are names that others bear too."""
    said = frozenset(" ".join(name.split()) for name in names if len(_letters(name)) >= SHORTEST_NAME) - {GONE}
    numbers = frozenset(digits for phone in phones if len(digits := national(phone)) >= SHORTEST_PHONE)
    distinct = frozenset(name for name in said if len(_letters(name)) > SHORTEST_NAME and name not in shared)
    return Person(address.lower(), said, numbers, distinct, frozenset(marks))


def national(phone: str) -> str:
    """The digits of a number as it is dialled at home: +82 10 is 010."""
    digits = re.sub(r"\D", "", phone)
    return "0" + digits[2:].lstrip("0") if digits.startswith("82") else digits


def blacken(words: str, who: Person, certain: bool = False) -> str:
    """`words` with ○○○ in place of the person; nothing at all where they are nothing but the address."""
    words = unicodedata.normalize("NFC", words)
    if words.strip().lower() == who.address:
        return ""
    if words in who.marks:
        return GONE
    for pattern in who.patterns(certain):
        words = pattern.sub(GONE, words)
    return words


def blacken_all(value: Any, who: Person, certain: bool = False) -> Any:
    """The same in everything a JSON value holds, its keys too; what stands beside the address means nobody else."""
    if isinstance(value, str):
        return blacken(value, who, certain)
    beside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    certain = certain or who.is_meant_by(each for each in beside if isinstance(each, str))
    if isinstance(value, list):
        return [blacken_all(each, who, certain) for each in value]
    if isinstance(value, dict):
        return {blacken(str(key), who, certain): blacken_all(each, who, certain) for key, each in value.items()}
    return value


def texts_in(value: Any) -> list[str]:
    """Every text in a value of a column."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    pairs = value.items() if isinstance(value, dict) else ()
    return [text for pair in pairs for each in pair for text in texts_in(each)]


def is_in_mail(raw: bytes, who: Person) -> bool:
    """Whether the person stands anywhere in a mail, however its parts and headers are encoded."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        parts = [text for part in message.walk() if not part.is_multipart() for text in _said_in(part)]
        headers = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]
    except Exception:  # no mail at all: nothing says what else can be wrong with it
        parts, headers = [], []
    return any(
        who.is_written_in(unicodedata.normalize("NFC", form), certain=True)
        for text in (*headers, *parts, *_read(raw))
        for form in {text, html.unescape(text), FOLD.sub("", text)}
    )


def _said_in(part: Message) -> list[str]:
    """A part as its own charset and those of Korean mail programs read it, whatever its head says of it."""
    said = part.get_payload(decode=True)
    if not isinstance(said, bytes):
        return []
    found = [said.decode(charset, "replace") for charset in CHARSETS]
    with suppress(LookupError):
        found.append(said.decode(part.get_content_charset("utf-8"), "replace"))
    return found


def _read(raw: bytes) -> list[str]:
    """The bytes as they stand, and unquoted as mails quote; long rows of base64 read."""
    found = [raw.decode("utf-8", "replace"), quopri.decodestring(raw).decode("utf-8", "replace")]
    for piece in re.findall(rb"(?:[A-Za-z0-9+/]{4}[\r\n]*){6,}[A-Za-z0-9+/]{0,4}={0,2}", raw):
        try:
            found.append(base64.b64decode(piece + b"==", validate=False).decode("utf-8", "replace"))
        except (binascii.Error, ValueError):
            continue
    return found


def bare(text: str) -> str:
    """As the database is asked for it: one case, without what may stand between (see `sweeping`)."""
    return re.sub(r"[-. ()]", "", text.lower())


def needles(who: Person) -> list[str]:
    """Whatever the person may be found by, bare; letters beyond ASCII also as JSON and addresses write them."""
    words = [
        who.address,
        *who.marks,
        *who.names,
        *who.phones,
        *(phone[1:] for phone in who.phones if phone.startswith("0")),
    ]
    forms = ((word, unicodedata.normalize("NFD", word), json.dumps(word)[1:-1]) for word in words)
    found = {bare(form) for each in forms for form in each}
    return sorted(found | {bare(quote(who.address, safe=""))})


def _letters(name: str) -> str:
    return "".join(name.split())


def _address(address: str) -> re.Pattern[str]:
    local, _, domain = address.partition("@")
    written = rf"{re.escape(local)}(?:@|%40){re.escape(domain)}"
    return re.compile(rf"(?<![\w.+%-]){written}(?![\w-]|\.\w)", re.IGNORECASE)


def _phone(digits: str) -> re.Pattern[str]:
    rest = digits[1:] if digits.startswith("0") else digits
    within = BETWEEN.join(rest)
    if not digits.startswith("0"):
        return re.compile(rf"(?<!\d){within}(?!\d)")
    before = rf"(?:\+?(?:00)?{BETWEEN}8{BETWEEN}2{BETWEEN}0?{BETWEEN}|\(?0{BETWEEN})"
    if digits.startswith("01"):  # a spreadsheet takes the 0 from the number of a mobile
        before += "?"
    return re.compile(rf"(?<!\d){before}{within}(?!\d)")


def _name(name: str) -> re.Pattern[str]:
    letters = _letters(name)
    within = r"\s*".join(map(re.escape, letters))
    if any("가" <= letter <= "힣" for letter in letters):
        return re.compile(rf"(?<![가-힣A-Za-z]){within}(?=$|[^가-힣A-Za-z]|{AFTER_A_NAME})", re.IGNORECASE)
    return re.compile(rf"(?<!\w){within}(?!\w)", re.IGNORECASE)
