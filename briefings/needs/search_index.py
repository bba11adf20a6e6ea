"""The words of needs as both databases can look them up: kept with every need that is written, asked by `says`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Text,
    TextClause,
    bindparam,
    delete,
    event,
    false,
    insert,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from briefings.db import Base, db, dialect
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
FEW = 500
"""So many needs are named one by one; among more, whoever looks walks through all and asks of each."""
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

    A sign alone counts for nothing, as a space does; nothing but signs is nowhere. The index is looked into here:
    the rest depends on how much it knows.
    """
    words = list(words)
    looked_for = [word for word in map(bare, words) if word][:WORDS_LOOKED_FOR]
    if not looked_for:
        return [false()] if words else []
    holding, pairs = HOLDING[dialect()], {"grams": _expression(looked_for)}
    few = list(db.session.scalars(text(f"{holding} LIMIT {FEW + 1}"), pairs))
    # The index knows pairs of letters; whether they stand in a row, only the words themselves.
    in_a_row = [_contains(word) for word in looked_for if len(word) > 2]
    if len(few) <= FEW:
        if in_a_row:
            few = list(db.session.scalars(select(NeedText.need_id).where(NeedText.need_id.in_(few), *in_a_row)))
        return [Need.id.in_(few)]
    all_of_them = text(holding).bindparams(bindparam("grams", pairs["grams"], unique=True))
    said = select(NeedText.need_id).where(NeedText.need_id == Need.id, *in_a_row)
    # The sum keeps SQLite from fetching them one by one.
    return [(Need.id + 0).in_(all_of_them), *([said.exists()] if in_a_row else [])]


def _contains(word: str) -> ColumnElement[bool]:
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
    state = inspect(need)
    of_text = (*FIELDS, "organization_id")
    if any(state.attrs[name].history.has_changes() for name in of_text):
        said = {need.id: [*(getattr(need, field) or "" for field in FIELDS), _its_name(connection, need)]}
        index(connection, said, are_new=not state.has_identity)


def _its_name(connection: Connection, need: Need) -> str:
    """The name of its organization as it is now; of one that is written down together with it nobody else knows."""
    organization = vars(need).get("organization")
    if organization is not None and not inspect(organization).has_identity:
        return str(organization.name)
    return connection.scalar(select(Organization.name).where(Organization.id == need.organization_id)) or ""


def index(connection: Connection, said: Mapping[int, Sequence[str]], are_new: bool = False) -> None:
    """Write down what needs say (by id: `FIELDS`, the title first, and the organization) in place of what they said.

    `are_new`: they said nothing before.
    """
    texts = {need_id: [bare(line) for line in lines] for need_id, lines in said.items()}
    shortened = {need_id: [initials(lines[0]), initials(lines[-1])] for need_id, lines in texts.items()}
    rows = [
        {"need_id": need_id, "bare": "\n".join(lines), "initials": "\n".join(shortened[need_id])}
        for need_id, lines in texts.items()
    ]
    forgotten = delete(NeedText).where(NeedText.need_id.in_(texts)).returning(*NeedText.__table__.c)
    before: Iterable[Any] = () if are_new else connection.execute(forgotten)
    old = {need_id: grams("\n".join(lines).split("\n")) for need_id, *lines in before}
    connection.execute(insert(NeedText), rows)
    new = {need_id: grams([*texts[need_id], *shortened[need_id]]) for need_id in texts}
    if connection.dialect.name == "sqlite":
        # FTS5 keeps no text here, so it must be told what it forgets (sqlite.org/fts5.html 4.4.3).
        _write(connection, FORGET, {need_id: " ".join(pairs) for need_id, pairs in old.items()})
        _write(connection, KEEP["sqlite"], {need_id: " ".join(pairs) for need_id, pairs in new.items()})
    else:
        _write(connection, KEEP["postgresql"], {need_id: list(pairs) for need_id, pairs in new.items()})


def _write(connection: Connection, statement: TextClause, pairs: Mapping[int, str | list[str]]) -> None:
    if pairs:
        connection.execute(statement, [{"need_id": need_id, "grams": grams} for need_id, grams in pairs.items()])
