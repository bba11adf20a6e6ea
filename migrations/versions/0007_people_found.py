"""Indexes by which people are found among a million, by an address or by what they need; needs by their state."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ASKED = sa.text("support_state IS NOT NULL")


def upgrade() -> None:
    """An address by its beginning in any collation; support by briefing, those alone who ask for some."""
    op.drop_index("ix_registrations_email", "registrations")
    op.create_index(
        "ix_registrations_email", "registrations", ["email"], postgresql_ops={"email": "varchar_pattern_ops"}
    )
    op.drop_index("ix_registrations_support_state", "registrations")
    op.create_index(
        "ix_registrations_support",
        "registrations",
        ["briefing_id", "support_state"],
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index("ix_needs_state", "needs", ["state"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_needs_state", "needs")
    op.drop_index("ix_registrations_support", "registrations")
    op.create_index("ix_registrations_support_state", "registrations", ["support_state"])
    op.drop_index("ix_registrations_email", "registrations")
    op.create_index("ix_registrations_email", "registrations", ["email"])
