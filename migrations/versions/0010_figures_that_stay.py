"""When replies stood that were sent again, so that figures of past days stay; organizations in the order of lists, and
known by their name without its legal form; messages of one recipient by what became of them.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FORM = r"\((?:주|유|사|재)\)|주식회사|유한회사|사단법인|재단법인"
LEGAL_FORM = re.compile(rf"^(?:{FORM})|(?:{FORM})$")


def upgrade() -> None:
    """One table, two indexes, and the new keys."""
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
    op.drop_index("ix_messages_recipient_id", "messages")
    op.create_index("ix_messages_recipient_state_id", "messages", ["recipient", "state", "id"])
    _leave_legal_forms_out()


def _leave_legal_forms_out() -> None:
    """Of two that are one by the new key, the second stays what it was: whose needs and replies it has, it keeps."""
    table = sa.table("organizations", sa.column("id"), sa.column("name_key"), sa.column("kind"))
    rows = op.get_bind().execute(sa.select(table).order_by(table.c.id)).all()
    taken = {(key, kind) for _, key, kind in rows}
    for number, key, kind in rows:
        bare = LEGAL_FORM.sub("", key)
        if bare and (bare, kind) not in taken:
            taken.add((bare, kind))
            op.execute(sa.update(table).where(table.c.id == number).values(name_key=bare))


def downgrade() -> None:
    """As it was; what had stood before is forgotten."""
    op.drop_index("ix_messages_recipient_state_id", "messages")
    op.create_index("ix_messages_recipient_id", "messages", ["recipient", "id"])
    op.drop_index("ix_organizations_name_id", "organizations")
    op.drop_table("earlier_sendings")
