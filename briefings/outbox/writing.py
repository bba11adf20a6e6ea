"""Texts that staff write in place of the built-in ones, and give back."""

from datetime import datetime

from sqlalchemy import select

from briefings.audit.models import AuditEntry
from briefings.audit.recording import Actor, record
from briefings.db import db, insert_new, lock
from briefings.errors import Refused
from briefings.outbox.models import WrittenText
from briefings.outbox.texts import Key, Template, built_in

KEPT = "적은 글은 그대로 두었습니다. 아래에 있는 지금의 글과 견주어 본 뒤에 다시 저장하면 적은 글로 바뀝니다."


def all_written() -> dict[Key, WrittenText]:
    """Every text that staff wrote, by name and language."""
    return {(each.name, each.locale): each for each in db.session.scalars(select(WrittenText))}


def written(key: Key) -> WrittenText | None:
    """What staff wrote in place of one text; None while the built-in words are in force."""
    name, locale = key
    found = select(WrittenText).where(WrittenText.name == name, WrittenText.locale == locale)
    return db.session.scalar(found.execution_options(populate_existing=True))


def rewrite(key: Key, words: Template, seen: datetime | None, by: Actor, now: datetime) -> None:
    """Put `words` in force; Refused if the text is not as it was at `seen` (its `changed_at`, None: as built in)."""
    text = _held(key, seen, KEPT)
    before = Template(text.subject, text.body) if text else built_in(*key)
    if words == before:
        return
    if text and words == built_in(*key):
        return _give_back(text, by, now)
    if text is None:
        name, locale = key
        row = {"name": name, "locale": locale, "subject": words.subject, "body": words.body, "changed_at": now}
        if not insert_new(WrittenText.__table__, [row]):
            raise _stale(key, KEPT)
    else:
        text.subject, text.body, text.changed_at = words.subject, words.body, now
    _record(by, "text.rewritten", text or written(key), now, before, words)


def restore(key: Key, seen: datetime | None, by: Actor, now: datetime) -> None:
    """Put the built-in words in force again; Refused if the text is not as it was at `seen`."""
    text = _held(key, seen, "지금의 글을 새로 열어 확인해 주세요.")
    if text is not None:
        _give_back(text, by, now)


def _held(key: Key, seen: datetime | None, advice: str) -> WrittenText | None:
    """The text, nobody else changing it until the transaction ends."""
    text = written(key)
    if text is not None:
        lock(text)
    if (text.changed_at if text else None) != seen:
        raise _stale(key, advice)
    return text


def _give_back(text: WrittenText, by: Actor, now: datetime) -> None:
    before = Template(text.subject, text.body)
    _record(by, "text.restored", text, now, before, built_in(text.name, text.locale))
    db.session.delete(text)


def _record(by: Actor, action: str, text: WrittenText | None, now: datetime, before: Template, after: Template) -> None:
    assert text is not None  # noqa: S101 (it was just written)
    key = {"text": text.name, "locale": text.locale}
    record(by, action, text, now, **key, before=before._asdict(), after=after._asdict())


def _stale(key: Key, advice: str) -> Refused:
    name, locale = key
    of_text = AuditEntry.detail["text"].as_string() == name, AuditEntry.detail["locale"].as_string() == locale
    changes = select(AuditEntry).where(AuditEntry.about_type == WrittenText.__tablename__, *of_text)
    last = db.session.scalar(changes.order_by(AuditEntry.id.desc()).limit(1))
    if last is None:
        return Refused("오래된 화면입니다. 새로 고친 뒤에 다시 해 주세요.")
    return Refused(
        "%(who)s 님이 %(at)s에 먼저 이 글을 %(did)s. %(advice)s",
        who=last.actor_name,
        at=last.at,
        did="고쳤습니다" if last.action == "text.rewritten" else "처음 글로 되돌렸습니다",
        advice=advice,
    )
