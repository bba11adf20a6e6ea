"""The words of needs as both databases can look them up: kept with every need that is written, asked by `says`."""

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Text,
    bindparam,
    event,
    false,
    insert,
    inspect,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from briefings.db import Base, dialect
from briefings.needs.models import Need
from briefings.needs.search_text import bare, grams, grams_looked_for, initials, is_initials
from briefings.organizations.models import Organization

FIELDS = ("title", "summary", "offers", "seeks", "background", "beneficiaries")
WORDS_LOOKED_FOR = 8
"""More words than anybody types; each costs the database a comparison."""


class NeedText(Base):
    """A need's words without spaces, a line for each field. Which pairs of letters they hold stands in `need_grams`.

    That one is a full-text table of the database's own kind (FTS5, or a tsvector with its index): only the migration
    and this module know it.
    """

    __tablename__ = "need_texts"

    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id, ondelete="CASCADE"), primary_key=True)
    bare: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)


HOLDING = {
    "sqlite": "SELECT rowid FROM need_grams WHERE need_grams MATCH :grams",
    "postgresql": "SELECT need_id FROM need_grams WHERE grams @@ CAST(:grams AS tsquery)",
}
KEEP = {
    "sqlite": text("INSERT INTO need_grams (rowid, grams) VALUES (:need_id, :grams)"),
    "postgresql": text(
        "INSERT INTO need_grams (need_id, grams) VALUES (:need_id, array_to_tsvector(:grams))"
        " ON CONFLICT (need_id) DO UPDATE SET grams = excluded.grams"
    ),
}
FORGET = text("INSERT INTO need_grams (need_grams, rowid, grams) VALUES ('delete', :need_id, :grams)")


def says(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """Conditions that a need has each of `words` somewhere: 해양폐기물 is in 해양 폐기물, ㅎㅇ in its title.

    A word without a letter or digit is nowhere.
    """
    looked_for = [bare(word) for word in list(words)[:WORDS_LOOKED_FOR]]
    if not all(looked_for):
        return [false()]
    if not looked_for:
        return []
    holding = text(HOLDING[dialect()]).bindparams(bindparam("grams", _expression(looked_for), unique=True))
    has = [_says(word) for word in looked_for]
    # The index knows pairs of letters; whether they stand in a row, only the words themselves.
    verified = select(NeedText.need_id).where(NeedText.need_id == Need.id, *has)
    return [Need.id.in_(holding), verified.exists()]


def _says(word: str) -> ColumnElement[bool]:
    anywhere = NeedText.bare.contains(word, autoescape=True)
    return or_(anywhere, NeedText.initials.contains(word, autoescape=True)) if is_initials(word) else anywhere


def _expression(looked_for: Iterable[str]) -> str:
    """All pairs of letters, in the database's language; they are letters and digits, so nothing needs escaping."""
    wanted = sorted({pair for word in looked_for for pair in grams_looked_for(word)})
    if dialect() == "sqlite":
        return " AND ".join(f'"{pair}"' if len(pair) > 1 else f'"{pair}" *' for pair in wanted)
    return " & ".join(f"'{pair}'" if len(pair) > 1 else f"'{pair}':*" for pair in wanted)


@event.listens_for(Need, "after_insert")
@event.listens_for(Need, "after_update")
def keep_words(mapper: Mapper[Need], connection: Connection, need: Need) -> None:
    """Whoever writes a need cannot forget its words."""
    of_text = (*FIELDS, "organization_id")
    if any(inspect(need).attrs[name].history.has_changes() for name in of_text):
        name = connection.scalar(select(Organization.name).where(Organization.id == need.organization_id)) or ""
        index(connection, need.id, [getattr(need, field) or "" for field in FIELDS], name)


def index(connection: Connection, need_id: int, said: Iterable[str], organization: str) -> None:
    """Write down what a need says (`FIELDS`, the title first) and of whom it is, in place of what it said before."""
    lines = [bare(line) for line in (*said, organization)]
    shortened = [initials(lines[0]), initials(lines[-1])]
    row = {"need_id": need_id, "bare": "\n".join(lines), "initials": "\n".join(shortened)}
    before = connection.execute(select(NeedText.bare, NeedText.initials).where(NeedText.need_id == need_id)).first()
    pairs = {"need_id": need_id, "grams": grams([*lines, *shortened])}
    if before is None:
        connection.execute(insert(NeedText).values(row))
    else:
        connection.execute(update(NeedText).where(NeedText.need_id == need_id).values(row))
    if connection.dialect.name == "sqlite":
        if before is not None:
            # FTS5 keeps no text here, so it must be told what it forgets (sqlite.org/fts5.html 4.4.3).
            old = {"need_id": need_id, "grams": " ".join(grams("\n".join(before).split("\n")))}
            connection.execute(FORGET, old)
        connection.execute(KEEP["sqlite"], pairs | {"grams": " ".join(pairs["grams"])})
    else:
        connection.execute(KEEP["postgresql"], pairs | {"grams": list(pairs["grams"])})
