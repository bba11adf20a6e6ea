"""Taking a file in: what it is, whether it may be taken, under which name it is kept."""

import hashlib
import re
import unicodedata
from collections.abc import Set
from datetime import datetime

from briefings.db import db
from briefings.errors import Refused
from briefings.files.kinds import EVERY, Kind, in_words, words_for
from briefings.files.models import StoredFile
from briefings.files.reading import kind_of
from briefings.files.words import EMPTY, MISNAMED, TOO_LARGE, UNKNOWN, UNLIKE

LARGEST = 20 * 1024 * 1024
"""Bytes of one file."""
LONGEST_NAME = 120
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of signs that are not seen or change what is seen: control, direction of writing, halves of signs."""
_SUFFIX = re.compile(r"(?=.*[a-z])[a-z0-9]{1,5}")
_UNTITLED = "첨부"


def store(name: str, data: bytes, now: datetime, only: Set[Kind] = EVERY, largest: int = LARGEST) -> StoredFile:
    """A new file with these bytes, flushed; Refused, in words, where it is not one of `only` or may not be taken.

    What it is follows from its content. A name that says otherwise is refused; one that says nothing is completed.
    """
    shown = tidy_name(name) or _UNTITLED
    if not data:
        raise Refused(EMPTY, name=shown)
    if len(data) > largest:
        raise Refused(TOO_LARGE, name=shown, largest=in_words(largest))
    kind = kind_of(data, shown)
    if kind is None or kind not in only:
        said = shown.rpartition(".")[2].lower()
        unlike = any(said in each.suffixes for each in only)
        raise Refused(UNLIKE if unlike else UNKNOWN, name=shown, kinds=words_for(frozenset(only)))
    file = StoredFile(
        name=_named(shown, kind),
        media_type=kind.media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        created_at=now,
    )
    db.session.add(file)
    db.session.flush()
    return file


def discard(file: StoredFile) -> None:
    """Delete a file to which nothing belongs any more."""
    db.session.delete(file)
    db.session.flush()


def tidy_name(name: str) -> str:
    """The last part of a path without anything unseen, composed, with single spaces, its end kept when it is long."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(" " if char.isspace() else char for char in last if unicodedata.category(char) not in _UNSEEN)
    words = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    if len(words) <= LONGEST_NAME:
        return words
    stem, dot, suffix = words.rpartition(".")
    end = dot + suffix if stem and len(suffix) < 10 else ""
    return words[: LONGEST_NAME - len(end)].rstrip(". ") + end


def _named(name: str, kind: Kind) -> str:
    stem, _, suffix = name.rpartition(".")
    if stem and suffix.lower() in kind.suffixes:
        return name
    if stem and _SUFFIX.fullmatch(suffix.lower()):
        raise Refused(MISNAMED, name=name, kind=kind.word)
    return f"{name}.{kind.value}"
