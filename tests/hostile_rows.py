"""Everything that people can write in an installation, replaced by texts that would do harm wherever one came alive."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Enum,
    Integer,
    String,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import joinedload

from briefings.audit.models import AuditEntry
from briefings.calendar.text import one_line
from briefings.db import Base, db
from briefings.files.models import StoredFile
from briefings.needs.models import Need
from briefings.needs.search_index import FIELDS, index
from briefings.rights.columns import OWN, WORDS
from briefings.web.forms import FORBIDDEN, UNSEEN

STORED = (
    '=HYPERLINK("//evil.example")<script>alert(1)</script>가온',
    "\"'><img src=x onerror=alert(1)>나래 &lt;b&gt; &amp;",
    "+1+1\r\nBcc: all@example.com\r\nATTENDEE:mailto:all@example.com\r\n\r\n<html><script>alert(1)</script>다온",
    "-1+1\u202egnp.exe\u2066 \u200f\u061c <svg onload=alert(1)>שלום 마루\x07",
    "@SUM(1) #{이름} {{ 7 * 7 }} %s %(name)s {0.__class__} <b onclick=alert(1)>바다",
    "\t=1+1\nEND:VEVENT\nEND:VCALENDAR\n\\n\\, <iframe srcdoc=alert(1)>사랑",
    "\r=1+1\u2028</textarea></title><script>alert(1)</script>\x85아람",
    "👩🏽‍💻\u200b\ufeff자리ﷺ <img src=x onerror=alert(1)> " + "긴" * 60,
    "]]>--><style>*{display:none}</style><!-- 차림",
    '" onmouseover="alert(1)" x="카누',
    '#read("/etc/passwd") $x$ *b* @me \\ =?utf-8?q?=0d=0aBcc:?= <x onfocus=alert(1)>타래',
    "https://evil.example/\"><script>alert(1)</script>' javascript:alert(1) 파도",
)
"""Longer ones lose their end where a column is short: what would live stands in front, except for what must begin."""
ALIVE = re.compile(
    r"<(?:script|img|svg|b|iframe|style|x)\b[^>]*(?:alert|src=x|display)|<style>|<!-- 차|\" onmouseover=\""
)
"""Some of it in the text of a page, an attachment or a document: it was not escaped."""
SAID_BESIDES = {
    "audiences": "name name_en",
    "certificates": "title",
    "consent_texts": "title recipient use items retention refusal",
    "criteria": "name",
    "organizations": "name",
    "rooms": "name",
    "rounds": "name",
    "seasons": "name",
    "themes": "name name_en",
}
"""What is neither of a person nor about one."""
NOT_TYPED = re.compile(r"(^|_)(email|phone|key|address|hash|etag|digest|token|secret|subject|id|network|recipient)$")
"""Columns whose values have a shape that is checked, or that nobody typed."""
TYPED_AFTER_ALL = {("messages", "subject"), ("received_mails", "subject"), ("written_texts", "subject")}
TYPED_AFTER_ALL |= {("announcements", "subject"), ("consent_texts", "recipient")}
KOREAN = re.compile("[가-힣]")


def as_forms_leave_it(text: str) -> str:
    """What remains in the database of what was typed into a form (spreadsheets, lists and mails come in alike)."""
    return UNSEEN.sub("", FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def make_hostile(texts: Iterable[str] = STORED) -> None:
    """Write one of `texts` in place of every text that is there; each column has its turn of them, row by row."""
    texts, turns = list(texts), count()
    for table in Base.metadata.sorted_tables:
        if table is AuditEntry.__table__:
            continue  # which is never changed: see below
        names = f"{OWN.get(table.name, '')} {WORDS.get(table.name, '')} {SAID_BESIDES.get(table.name, '')}".split()
        columns = [table.c[name] for name in dict.fromkeys(names) if _typed(table, name)]
        values: dict[str, Any] = {}
        for column in columns:
            if not isinstance(column.type, JSON):
                as_stored = map(one_line, texts) if column is StoredFile.__table__.c.name else texts
                values[column.name] = _in_turn(table, column, list(as_stored), next(turns))
        if values:
            db.session.execute(update(table).values(values))
        for column in columns:
            if isinstance(column.type, JSON):
                _rewrite(table, column, texts)
    db.session.commit()
    _say_again(texts)
    needs = db.session.scalars(select(Need).options(joinedload(Need.organization)))
    said = {need.id: [*(getattr(need, field) for field in FIELDS), need.organization.name] for need in needs}
    index(db.session.connection(), said)
    db.session.commit()


def _typed(table: Table, name: str) -> bool:
    kind = table.c[name].type
    words = isinstance(kind, (String, Text, JSON)) and not isinstance(kind, Enum)
    return words and ((table.name, name) in TYPED_AFTER_ALL or not NOT_TYPED.search(name))


def _in_turn(table: Table, column: Any, texts: list[str], start: int) -> ColumnElement[Any]:
    """What row by row stands in the column from now on; what is empty stays so."""
    numbered = "id" in table.c and isinstance(table.c.id.type, Integer)
    row = (table.c.id if numbered else literal(0)) + start
    room = (column.type.length or 5000) - (8 if column.unique else 0)
    turns = [(row % len(texts) == place, literal(text[:room].strip("\ud83d"))) for place, text in enumerate(texts)]
    text = case(*turns, else_="")
    if column.unique:
        text = text + cast(table.c.id, String)
    return case((func.coalesce(column, "") == "", column), else_=text)


def _rewrite(table: Table, column: Any, texts: list[str]) -> None:
    """In what is kept as JSON, in place of what somebody said in Korean: all else are codes of the program."""
    numbers = count()
    keys = list(table.primary_key.columns)
    for row in db.session.execute(select(*keys, column)).all():
        *found, value = row
        if value is not None and KOREAN.search(json.dumps(value, ensure_ascii=False)):
            this = [key == each for key, each in zip(keys, found, strict=True)]
            db.session.execute(update(table).where(*this).values({column.name: _turned(value, texts, numbers)}))


def _turned(value: Any, texts: list[str], numbers: Iterator[int]) -> Any:
    if isinstance(value, str) and KOREAN.search(value):
        return texts[next(numbers) % len(texts)]
    if isinstance(value, list):
        return [_turned(each, texts, numbers) for each in value]
    if isinstance(value, dict):
        return {name: _turned(each, texts, numbers) for name, each in value.items()}
    return value


def _say_again(texts: list[str]) -> None:
    """The log's entries once more, with other words in them."""
    numbers, columns = count(), [each for each in AuditEntry.__table__.columns if each.name != "id"]
    rows = [dict(row) for row in db.session.execute(select(*columns)).mappings()]
    for row in rows:
        row["actor_name"] = texts[next(numbers) % len(texts)][: AuditEntry.__table__.c.actor_name.type.length]
        row["detail"] = _turned(row["detail"], texts, numbers)
    db.session.execute(insert(AuditEntry), rows)
