"""Versions of what is counted of needs, by which a process knows that it has read it; triggers that give new ones."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BODIES_OF_A_PART = 16
VERSIONS = 1 << 44
WATCHED = {
    "needs": ("organization_id", "published_at", "region", "round_id"),
    "need_themes": ("need_id", "theme_id"),
    "need_audiences": ("need_id", "audience_id"),
    "participation_replies": (
        "need_id",
        "organization_id",
        "state",
        "due_at",
        "acknowledged_at",
        "withdrawn_at",
    ),
    "consultations": ("reply_id",),
    "matches": ("need_id", "matched_on", "confirmed_at"),
    "match_organizations": ("match_id", "organization_id", "confirmed_at"),
    "organizations": ("kind",),
    "presenter_slots": ("need_id", "briefing_id"),
    "briefings": ("state", "starts_at"),
}
"""By table the columns that are counted."""
NEEDS = {
    "needs": "{id}",
    "consultations": "SELECT r.need_id FROM participation_replies r WHERE r.id IN ({reply_id})",
    "match_organizations": "SELECT m.need_id FROM matches m WHERE m.id IN ({match_id})",
    "organizations": """
        SELECT n.id FROM needs n WHERE n.organization_id IN ({id})
        UNION ALL SELECT r.need_id FROM participation_replies r WHERE r.organization_id IN ({id})
        UNION ALL SELECT m.need_id FROM match_organizations o JOIN matches m ON m.id = o.match_id
        WHERE o.organization_id IN ({id})
    """,
    "briefings": "SELECT s.need_id FROM presenter_slots s WHERE s.briefing_id IN ({id})",
}
"""By table the needs that a row is counted with; of the others its own."""
BODIES = """
    SELECT n.organization_id FROM needs n WHERE n.id IN ({needs})
    UNION ALL SELECT r.organization_id FROM participation_replies r WHERE r.need_id IN ({needs})
    UNION ALL SELECT o.organization_id FROM match_organizations o JOIN matches m ON m.id = o.match_id
    WHERE m.need_id IN ({needs})
"""
"""The organizations with which these needs are counted."""
OWN = {
    "needs": "organization_id",
    "participation_replies": "organization_id",
    "match_organizations": "organization_id",
    "organizations": "id",
}
"""By table the column with one that may be none of these, or not any more."""


def upgrade() -> None:
    """One table, a version for each part there is, and a trigger for each way to change what is counted."""
    op.create_table(
        "need_changes",
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_need_changes_part_version", "need_changes", ["part", "version"])
    every = ("needs", "participation_replies", "match_organizations")
    op.execute(_change(" UNION ALL ".join(f"SELECT organization_id FROM {table}" for table in every)))  # noqa: S608
    for table, columns in WATCHED.items():
        if not _is_sqlite():
            bodies = _bodies(table, "OLD", "NEW")
            op.execute(
                f"CREATE FUNCTION change_needs_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN {_change(bodies)}; RETURN NULL; END $$"
            )
        for name, event, rows in _triggers(table, columns):
            change = f"EXECUTE FUNCTION change_needs_of_{table}()"
            if _is_sqlite():
                change = f"BEGIN {_change(_bodies(table, *rows))}; END"
            op.execute(f"CREATE TRIGGER {name} AFTER {event} {change}")


def downgrade() -> None:
    """As it was: every number is counted from rows."""
    for table, columns in WATCHED.items():
        for name, _, _ in _triggers(table, columns):
            op.execute(f"DROP TRIGGER {name}" + ("" if _is_sqlite() else f" ON {table}"))
        if not _is_sqlite():
            op.execute(f"DROP FUNCTION change_needs_of_{table}()")
    op.drop_table("need_changes")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _triggers(table: str, columns: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Of each its name, when it fires, and the rows there are then."""
    is_not = "IS NOT" if _is_sqlite() else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{column} {is_not} OLD.{column}" for column in columns)
    when = f"ON {table} FOR EACH ROW"
    yield f"{table}_changed_in_needs", f"UPDATE OF {', '.join(columns)} {when} WHEN ({changed})", ("OLD", "NEW")
    if table not in ("organizations", "briefings"):  # which have no needs yet, or none any more
        yield f"{table}_added_to_needs", f"INSERT {when}", ("NEW",)
        yield f"{table}_gone_from_needs", f"DELETE {when}", ("OLD",)


def _bodies(table: str, *rows: str) -> str:
    """The organizations with which a row is counted."""
    values = {
        column: ", ".join(f"{row}.{column}" for row in rows) for column in ("id", "need_id", "reply_id", "match_id")
    }
    found = BODIES.format(needs=NEEDS.get(table, "{need_id}").format(**values))
    own = [f"UNION ALL SELECT {row}.{OWN[table]}" for row in rows if table in OWN]
    return " ".join([found, *own])


def _change(bodies: str) -> str:
    draw = f"abs(random() % {VERSIONS})" if _is_sqlite() else f"floor(random() * {VERSIONS})::bigint"
    parts = f"SELECT DISTINCT o.organization_id / {BODIES_OF_A_PART} AS part FROM ({bodies}) o"  # noqa: S608 (all of it stands here)
    found = f"SELECT p.part, {draw} FROM ({parts}) p WHERE p.part IS NOT NULL"  # noqa: S608 (all of it stands here)
    return f"INSERT INTO need_changes (part, version) {found}"
