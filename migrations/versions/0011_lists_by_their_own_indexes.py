"""Needs without an index by their state, for which SQLite left those that lists are read from; by the day it is due
that they are put right.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index for another."""
    op.drop_index("ix_needs_state", "needs")
    op.create_index("ix_needs_return_due_on", "needs", ["return_due_on"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_needs_return_due_on", "needs")
    op.create_index("ix_needs_state", "needs", ["state"])
