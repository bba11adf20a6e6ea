"""The words of needs, to be looked up on both databases; indexes that lists of needs are read from."""

import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = sa.table("need_texts", *(sa.column(name) for name in ("need_id", "bare", "initials")))
FILTERED_BY = ["state", "region", "stage", "consulting_since", "matched_at", "key_since", "round_id"]
INDEXES = {
    "ix_needs_listed": ["published_at", "id", *FILTERED_BY],
    "ix_needs_by_title": ["title", "id", *FILTERED_BY],
    "ix_needs_changed": ["changed_at", "id", "state", "round_id"],
    "ix_needs_waiting": ["submitted_at", "id", "state"],
}
TOPICS = ("theme", "audience")
KEEP = {
    "sqlite": "INSERT INTO need_grams (rowid, grams) VALUES (:need_id, :grams)",
    "postgresql": "INSERT INTO need_grams (need_id, grams) VALUES (:need_id, array_to_tsvector(:grams))",
}
BATCH = 1000


def upgrade() -> None:
    """Make the tables and fill them with what needs say now."""
    op.create_table(
        "need_texts",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("bare", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_need_texts_need_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_need_texts")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE need_grams USING fts5"
            " (grams, content='', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.execute(
            "CREATE TABLE need_grams ("
            " need_id INTEGER CONSTRAINT pk_need_grams PRIMARY KEY"
            " CONSTRAINT fk_need_grams_need_id REFERENCES needs (id) ON DELETE CASCADE,"
            " grams TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_need_grams_grams ON need_grams USING gin (grams) WITH (fastupdate = off)")
    _fill()
    for name, columns in INDEXES.items():
        op.create_index(name, "needs", columns)
    op.drop_index("ix_needs_state_published_at", "needs")
    for topic in TOPICS:
        op.create_index(f"ix_need_{topic}s_{topic}_id_need_id", f"need_{topic}s", [f"{topic}_id", "need_id"])
        op.drop_index(f"ix_need_{topic}s_{topic}_id", f"need_{topic}s")


def _fill() -> None:
    connection = op.get_bind()
    joined = " FROM needs JOIN organizations ON organizations.id = needs.organization_id ORDER BY needs.id"
    said = "needs.id, title, summary, offers, seeks, background, beneficiaries, organizations.name"
    rows = connection.execute(sa.text(f"SELECT {said}{joined}")).all()
    for start in range(0, len(rows), BATCH):
        texts, grams = zip(*map(_texts_of, rows[start : start + BATCH]), strict=True)
        op.bulk_insert(TEXTS, list(texts))
        connection.execute(sa.text(KEEP[connection.dialect.name]), list(grams))


def _texts_of(row: sa.Row) -> tuple[dict, dict]:
    need_id, *said = row
    lines = [_bare(line) for line in said]
    initials = [_initials(lines[0]), _initials(lines[-1])]
    pairs = sorted({pair for line in (*lines, *initials) for pair in _pairs(line)})
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    texts = {"need_id": need_id, "bare": "\n".join(lines), "initials": "\n".join(initials)}
    return texts, {"need_id": need_id, "grams": " ".join(pairs) if on_sqlite else pairs}


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _initials(text: str) -> str:
    return "".join(chr(0x1100 + (ord(c) - 0xAC00) // 588) if "가" <= c <= "힣" else c for c in text)


def _pairs(line: str) -> Iterator[str]:
    return (line[place : place + 2] for place in range(len(line)))


def downgrade() -> None:
    """Take all of it back."""
    for topic in TOPICS:
        op.create_index(f"ix_need_{topic}s_{topic}_id", f"need_{topic}s", [f"{topic}_id"])
        op.drop_index(f"ix_need_{topic}s_{topic}_id_need_id", f"need_{topic}s")
    op.create_index("ix_needs_state_published_at", "needs", ["state", "published_at"])
    for name in INDEXES:
        op.drop_index(name, "needs")
    op.drop_table("need_grams")
    op.drop_table("need_texts")
