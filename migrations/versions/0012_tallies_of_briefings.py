"""The people of each briefing counted ahead, and triggers that say when such a count holds no longer."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WATCHED = {
    "registrations": ("briefing_id", "organization_id", "state"),
    "attendances": ("registration_id", "mark", "first_seen_at"),
    "organizations": ("kind",),
}
"""By table the columns that are counted; organizations are counted only where somebody registered from them."""
OF_ATTENDANCES = "SELECT r.briefing_id FROM registrations r WHERE r.id IN ({})"
OF_ORGANIZATIONS = "SELECT DISTINCT r.briefing_id FROM registrations r WHERE r.organization_id IN ({})"
OVERTAKE = """
    INSERT INTO overtaken_tallies (briefing_id) SELECT t.briefing_id FROM briefing_tallies t
    WHERE t.briefing_id {} AND NOT EXISTS (SELECT 1 FROM overtaken_tallies o WHERE o.briefing_id = t.briefing_id);
"""


def upgrade() -> None:
    """Two tables, and a trigger for each way to change what is counted."""
    op.create_table(
        "briefing_tallies",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("by_kind", sa.Text(), nullable=False),
        sa.Column("registered", sa.LargeBinary(), nullable=False),
        sa.Column("attended", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"],
            ["briefings.id"],
            name=op.f("fk_briefing_tallies_briefing_id_briefings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("briefing_id", name=op.f("pk_briefing_tallies")),
    )
    op.create_table(
        "overtaken_tallies",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"],
            ["briefings.id"],
            name=op.f("fk_overtaken_tallies_briefing_id_briefings"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_overtaken_tallies_briefing_id"), "overtaken_tallies", ["briefing_id"])
    if _is_sqlite():
        _watch_on_sqlite()
    else:
        _watch_on_postgresql()


def downgrade() -> None:
    """As it was: every number is counted from rows."""
    for table, name, _ in _triggers():
        op.execute(f"DROP TRIGGER {name}" + ("" if _is_sqlite() else f" ON {table}"))
    if not _is_sqlite():
        for table in WATCHED:
            op.execute(f"DROP FUNCTION overtake_tallies_of_{table}()")
        op.execute("DROP FUNCTION overtake_tallies(integer[])")
    op.drop_table("overtaken_tallies")
    op.drop_table("briefing_tallies")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _triggers() -> Iterator[tuple[str, str, str]]:
    """Of each the table, its name and when it fires."""
    for table, columns in WATCHED.items():
        is_not = "IS NOT" if _is_sqlite() else "IS DISTINCT FROM"
        changed = " OR ".join(f"NEW.{column} {is_not} OLD.{column}" for column in columns)
        yield table, f"{table}_changed_under_tally", f"UPDATE OF {', '.join(columns)} ON {table} {{}} WHEN ({changed})"
        if table != "organizations":
            yield table, f"{table}_added_to_tally", f"INSERT ON {table} {{}}"
            yield table, f"{table}_gone_from_tally", f"DELETE ON {table} {{}}"


def _watch_on_sqlite() -> None:
    for table, name, when in _triggers():
        rows = ("NEW",) if "INSERT" in when else ("OLD",) if "DELETE" in when else ("OLD", "NEW")
        which = {
            "registrations": ", ".join(f"{row}.briefing_id" for row in rows),
            "attendances": OF_ATTENDANCES.format(", ".join(f"{row}.registration_id" for row in rows)),
            "organizations": OF_ORGANIZATIONS.format("NEW.id"),
        }
        overtake = OVERTAKE.format(f"IN ({which[table]})")
        op.execute(f"CREATE TRIGGER {name} AFTER {when.format('FOR EACH ROW')} BEGIN {overtake} END")


def _watch_on_postgresql() -> None:
    # Whoever counts holds the briefing FOR UPDATE: a change it cannot see yet waits here until the tally is there to be
    # overtaken. Nobody else waits: a marker is a row of its own, of which there may be several.
    op.execute(
        f"""
        CREATE FUNCTION overtake_tallies(numbers integer[]) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM briefings b WHERE b.id = ANY (numbers) ORDER BY b.id FOR KEY SHARE;
            {OVERTAKE.format("= ANY (numbers)")}
        END $$
        """
    )
    which = {
        "registrations": "OLD.briefing_id, NEW.briefing_id",
        "attendances": OF_ATTENDANCES.format("OLD.registration_id, NEW.registration_id"),
        "organizations": OF_ORGANIZATIONS.format("NEW.id"),
    }
    for table, numbers in which.items():
        array = f"ARRAY[{numbers}]" if table == "registrations" else f"ARRAY({numbers})"
        op.execute(
            f"CREATE FUNCTION overtake_tallies_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN PERFORM overtake_tallies({array}); RETURN NULL; END $$"
        )
    for table, name, when in _triggers():
        fires = when.format("FOR EACH ROW")
        op.execute(f"CREATE TRIGGER {name} AFTER {fires} EXECUTE FUNCTION overtake_tallies_of_{table}()")
