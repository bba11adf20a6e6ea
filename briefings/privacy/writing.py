"""Consent texts as administrators keep them: every version stays, the newest is in force."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.privacy.models import Basis, ConsentText, Purpose

LANGUAGES = ("ko", "en")
MAY_TELL = (Purpose.REGISTRATION, Purpose.REPLY)
"""What may rest on another ground than consent; provision to others and news are always asked for."""
REQUIRED = MAY_TELL
"""What must be agreed to, or told, for the form to pass."""
TO_OTHERS = (Purpose.PROVISION, Purpose.REPLY)
"""What names a recipient (개인정보 보호법 제17조 제2항)."""


class Words(NamedTuple):
    """The parts of one text in one language."""

    title: str
    items: str
    use: str
    retention: str
    refusal: str
    recipient: str = ""

    def text(self, purpose: Purpose, version: int, locale: str, basis: Basis) -> ConsentText:
        """As a row that is in no database yet."""
        return ConsentText(purpose=purpose, version=version, locale=locale, basis=basis, **self._asdict())


@dataclass(frozen=True)
class Version:
    """One version of one text, by language; `since` is None for the texts the program came with."""

    number: int
    basis: Basis
    since: datetime | None
    texts: Mapping[str, ConsentText]

    def words(self, locale: str) -> Words:
        """The parts in one language."""
        return Words(**{part: getattr(self.texts[locale], part) for part in Words._fields})


class Change(NamedTuple):
    """One part that differs, before and after, in pieces that say whether they are the difference."""

    locale: str
    part: str
    before: list[tuple[str, bool]]
    after: list[tuple[str, bool]]


def versions_of(purpose: Purpose) -> list[Version]:
    """Every version, the one in force first."""
    found = select(ConsentText).where(ConsentText.purpose == purpose).order_by(ConsentText.version.desc())
    by_number: dict[int, dict[str, ConsentText]] = {}
    for text in db.session.scalars(found):
        by_number.setdefault(text.version, {})[text.locale] = text
    return [Version(number, texts["ko"].basis, texts["ko"].created_at, texts) for number, texts in by_number.items()]


def write(
    purpose: Purpose, basis: Basis, words: Mapping[str, Words], seen: int, *, by: Actor, now: datetime
) -> ConsentText:
    """Put a new version in force, in both languages; the earlier ones stay as they are.

    Refused if another than the `seen` version is in force by now, if nothing differs, or for a basis the purpose
    cannot have.
    """
    lock(versions_of(purpose)[0].texts["ko"])
    refuse_unless_new(purpose, versions_of(purpose)[0], basis, words, seen)
    made = {locale: words[locale].text(purpose, seen + 1, locale, basis) for locale in LANGUAGES}
    for text in made.values():
        text.created_at = now
        db.session.add(text)
    db.session.flush()
    record(by, "consent_text.written", made["ko"], now, purpose=purpose, version=seen + 1, basis=basis)
    return made["ko"]


def refuse_unless_new(purpose: Purpose, in_force: Version, basis: Basis, words: Mapping[str, Words], seen: int) -> None:
    """Refused where `write` would refuse."""
    if in_force.number != seen:
        raise Refused("그사이 다른 관리자가, 또는 다른 창에서 새 판을 냈습니다. 지금 문안을 읽고 다시 고쳐 주세요.")
    if basis is Basis.NOTICE and purpose not in MAY_TELL:
        raise Refused("이 문안은 동의를 받아야만 쓸 수 있습니다.", field="basis")
    if basis is in_force.basis and not changes(in_force, words):
        raise Refused("지금 쓰는 문안과 다른 곳이 없습니다.")


def changes(in_force: Version, words: Mapping[str, Words]) -> list[Change]:
    """What differs from the version in force, language by language."""
    return [
        Change(locale, part, *_marked(before, after))
        for locale in LANGUAGES
        for part, before, after in zip(Words._fields, in_force.words(locale), words[locale], strict=True)
        if before != after
    ]


def _marked(before: str, after: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both in pieces, those that are in one only marked; word by word, for a letter alone says nothing."""
    old, new = (re.findall(r"\s+|[^\s]+", words) for words in (before, after))
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        _pieces((old[first:last], step != "equal") for step, first, last, _, _ in steps),
        _pieces((new[first:last], step != "equal") for step, _, _, first, last in steps),
    )


def _pieces(found: Iterable[tuple[list[str], bool]]) -> list[tuple[str, bool]]:
    return [("".join(words), differs) for words, differs in found if words]
