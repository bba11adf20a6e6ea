"""Other names of organizations: whoever writes one of them means the organization."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("central", "local", "public_institution", "education_office", "company", "association", "university")


def upgrade() -> None:
    """One table."""
    kind = sa.Enum(*KINDS, name="organization_kind", native_enum=False, length=40, create_constraint=True)
    op.create_table(
        "other_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_other_names_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_names")),
        sa.UniqueConstraint("name_key", "kind", name=op.f("uq_other_names_name_key_kind")),
    )
    op.create_index(op.f("ix_other_names_organization_id"), "other_names", ["organization_id"])


def downgrade() -> None:
    """As it was."""
    op.drop_table("other_names")
