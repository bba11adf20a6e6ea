"""When replies stood that were sent again, so that figures of past days stay; organizations in the order of lists."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """One table, and an index."""
    op.create_table(
        "earlier_sendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=False),
        sa.CheckConstraint("withdrawn_at >= sent_at", name=op.f("ck_earlier_sendings_withdrawn_after_sent")),
        sa.ForeignKeyConstraint(
            ["reply_id"],
            ["participation_replies.id"],
            name=op.f("fk_earlier_sendings_reply_id_participation_replies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_sendings")),
    )
    op.create_index("ix_earlier_sendings_reply_id", "earlier_sendings", ["reply_id"])
    op.create_index("ix_organizations_name_id", "organizations", ["name", "id"])


def downgrade() -> None:
    """As it was; what had stood before is forgotten."""
    op.drop_index("ix_organizations_name_id", "organizations")
    op.drop_table("earlier_sendings")
