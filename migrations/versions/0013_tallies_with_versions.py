"""Tallies of briefings by which a process knows that it has read them; indexes from which organizations and needs are
counted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table anew: the worker counts again, and until then every number is counted from rows."""
    _make_tallies(sa.Column("version", sa.BigInteger(), nullable=False))
    op.create_index("ix_organizations_kind_id", "organizations", ["kind", "id"])
    op.drop_index("ix_needs_organization_id", "needs")
    op.create_index("ix_needs_counted", "needs", ["organization_id", "published_at", "id", "region", "round_id"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_needs_counted", "needs")
    op.create_index("ix_needs_organization_id", "needs", ["organization_id"])
    op.drop_index("ix_organizations_kind_id", "organizations")
    _make_tallies()


def _make_tallies(*versions: sa.Column[int]) -> None:
    # Made anew for SQLite, where a column can only be added behind the bytes; triggers name the table and hold on.
    op.drop_table("briefing_tallies")
    op.execute("DELETE FROM overtaken_tallies")
    op.create_table(
        "briefing_tallies",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("by_kind", sa.Text(), nullable=False),
        *versions,
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
