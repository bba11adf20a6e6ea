"""Who sent a mail, and what our own mail server found out about that (RFC 8601)."""

import re
from dataclasses import dataclass

from briefings.calendar.addresses import ascii_domain, comparable

LONGEST = 4000
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_ANGLE = re.compile(r"<([^<>]*)>")
_RESULT = re.compile(r"\s*(dkim|dmarc)\s*(?:/\s*1\s*)?=\s*([a-z]+)\b(.*)", re.DOTALL)
_PROPERTY = re.compile(r"\b(header\.(?:d|i|from))\s*=\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The one mailbox of From (comparable; empty where it is not exactly one), and whether its domain stands by it."""

    sender: str
    proven: bool


NOTHING_KNOWN = Evidence("", False)


def evidence_of(senders: list[str], results: list[str], authserv_id: str) -> Evidence:
    """From the headers From and Authentication-Results, top first; never raises.

    Of the results only the top ones of our own server count, the one called `authserv_id`: it takes foreign ones that
    bear its name out. Proven: DMARC passed, or DKIM did by a signature of From's own domain and DMARC did not fail.
    """
    sender = one_mailbox(senders[0]) if len(senders) == 1 else ""
    ours = _own_results(results, authserv_id)
    domain = sender.rpartition("@")[2]
    if not sender or not ours:
        return Evidence(sender, False)
    passed = any(result == "pass" and _is_about(method, properties, domain) for method, result, properties in ours)
    failed = any((method, result) == ("dmarc", "fail") for method, result, _ in ours)
    return Evidence(sender, passed and not failed)


def one_mailbox(header: str) -> str:
    """The comparable address in a From header with exactly one mailbox, otherwise an empty text."""
    bare = _bare(header)
    angles = _ANGLE.findall(bare)
    outside = _ANGLE.sub(" ", bare)
    if len(angles) > 1 or any(sign in outside for sign in ",;<>") or (angles and "@" in outside):
        return ""
    return comparable(angles[0] if angles else outside)


def _own_results(headers: list[str], authserv_id: str) -> list[tuple[str, str, dict[str, str]]]:
    """(method, result, properties) of the top header that bears our name."""
    for header in headers:
        name, *results = _bare(header).lower().split(";")
        if authserv_id and name.split()[:1] == [authserv_id.lower()]:
            found = filter(None, map(_RESULT.match, results))
            return [(each[1], each[2], dict(_PROPERTY.findall(each[3]))) for each in found]
    return []


def _is_about(method: str, properties: dict[str, str], domain: str) -> bool:
    """Whether a result speaks of From's `domain`: itself or, as signatures may, of one above it (RFC 7489, 3.1.1)."""
    if method == "dmarc":
        spoken_of = properties.get("header.from", domain)
    else:
        spoken_of = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
    try:
        spoken_of = ascii_domain(spoken_of)
    except ValueError:
        return False
    return "." in spoken_of and (domain == spoken_of or domain.endswith(f".{spoken_of}"))


def _bare(header: str) -> str:
    """Without comments and quoted words (RFC 5322, 3.2.2 and 3.2.4); nothing of a header too long to be meant well."""
    if len(header) > LONGEST:
        return ""
    kept, depth, quoted = [], 0, False
    for char in _ESCAPED.sub("", header):
        if char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not quoted and not depth:
            kept.append(char)
    return "".join(kept)
