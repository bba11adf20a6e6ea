"""Mail addresses, as calendars and mail servers take them."""

import re
from dataclasses import dataclass

import idna

# RFC 6531: a dot-atom that may hold letters beyond ASCII. Quoted local parts are not supported.
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
# What a mailto: address shows as it is (RFC 6068, 2): the rest would need %-signs, which calendars do not undo.
_LOCAL_PART_IN_CALENDARS = re.compile(r"[A-Za-z0-9!$'*+_~.-]+")
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name as people read it (any text, may be empty) and a mail address."""

    name: str
    address: str


def mail_address(address: str) -> str:
    """`address` with its domain in lower-case ASCII (punycode); ValueError if it is no mail address."""
    local_part, _, domain = address.strip().rpartition("@")
    if len(address) > 320 or not 0 < len(local_part.encode()) <= 64 or not _LOCAL_PART.fullmatch(local_part):
        raise ValueError(f"not a mail address: {address!r}")
    return f"{local_part}@{ascii_domain(domain)}"


def calendar_address(address: str) -> str:
    """`mail_address`, or ValueError if calendars could not take it: they need a plain ASCII local part."""
    found = mail_address(address)
    if not _LOCAL_PART_IN_CALENDARS.fullmatch(found.rpartition("@")[0]):
        raise ValueError(f"not an address for calendars: {address!r}")
    return found


def has_calendar_address(address: str) -> bool:
    """Whether a calendar message can go to `address`; if not, send plain mail."""
    try:
        calendar_address(address)
    except ValueError:
        return False
    return True


def comparable(address: str) -> str:
    """`address` as it is the same for everybody who writes it, in lower case; empty if it is no mail address."""
    try:
        return mail_address(address).lower()
    except ValueError:
        return ""


def ascii_domain(domain: str) -> str:
    """`domain` in lower-case ASCII (punycode); ValueError if it is none."""
    found = domain.lower()
    if not found.isascii():
        found = idna.encode(found, uts46=True).decode()
    if len(found) > 253 or not _DOMAIN.fullmatch(found):
        raise ValueError(f"not a domain: {domain!r}")
    return found
