"""Organizations of almost the same name that somebody has said are different bodies."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table, a row each way."""
    keys = {name: f"fk_told_apart_{name}_organizations" for name in ("organization_id", "other_id")}
    op.create_table(
        "told_apart",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in keys),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("organization_id <> other_id", name=op.f("ck_told_apart_two_bodies")),
        *(sa.ForeignKeyConstraint([name], ["organizations.id"], name=op.f(key)) for name, key in keys.items()),
        sa.PrimaryKeyConstraint("organization_id", "other_id", name=op.f("pk_told_apart")),
    )
    op.create_index(op.f("ix_told_apart_other_id"), "told_apart", ["other_id"])


def downgrade() -> None:
    """As it was."""
    op.drop_table("told_apart")
