"""Who may register, approval, support, invited people; bases of consent texts; workers; the number of the content."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEFORE, AFTER = ("'confirmed', 'waitlisted', 'cancelled'", "'requested', 'confirmed', 'waitlisted', 'cancelled'")
KINDS = (
    "central",
    "local",
    "public_institution",
    "education_office",
    "company",
    "association",
    "university",
)
MOMENT = sa.DateTime(timezone=True)


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _check(table: str, name: str, *values: str) -> sa.CheckConstraint:
    column, allowed = name, ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({allowed})", name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Extend what is there, then add the new tables."""
    _extend_briefings()
    _extend_registrations()
    _extend_consent_texts()
    _name_rank_in_consent()
    _add_tables()


def _take_defaults_back(table: str, *columns: str) -> None:
    if not _is_sqlite():  # which keeps the defaults; they do no harm
        for column in columns:
            op.alter_column(table, column, server_default=None)


def _extend_briefings() -> None:
    known = _check("briefings", "eligibility", "open", "kinds", "invited")
    for column in (
        sa.Column("eligibility", sa.String(length=40), known, nullable=False, server_default="open"),
        sa.Column("eligible_kinds", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("approval", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("briefings", column)
    _take_defaults_back("briefings", "eligibility", "eligible_kinds", "approval")


def _extend_registrations() -> None:
    _allow_states(BEFORE, AFTER)
    known = sa.CheckConstraint(
        "support_state IN ('asked', 'arranged', 'impossible')", name=op.f("ck_registrations_support_state")
    )
    for column in (
        sa.Column("rank", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("support_state", sa.String(length=40), known, nullable=True),
        sa.Column("support_answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("support_changed_at", MOMENT, nullable=True),
        sa.Column("party", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("form_token", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("by_staff", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("registrations", column)
    defaulted = ("rank", "support_answer", "party", "form_token", "by_staff", "refusal_reason")
    _take_defaults_back("registrations", *defaulted)
    op.create_index("ix_registrations_name", "registrations", ["name"], postgresql_ops={"name": "varchar_pattern_ops"})
    op.create_index("ix_registrations_support_state", "registrations", ["support_state"])
    op.execute("UPDATE registrations SET support_state = 'asked' WHERE support <> ''")


def _allow_states(before: str, after: str) -> None:
    """SQLite cannot change a check, and a table that others refer to must not be made anew: its words are changed.

    https://www.sqlite.org/lang_altertable.html, section 7, allows this for checks.
    """
    if _is_sqlite():
        op.execute("PRAGMA writable_schema = ON")
        rewrite = "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'registrations'"
        op.execute(sa.text(rewrite).bindparams(before=before, after=after))
        op.execute("PRAGMA writable_schema = RESET")
        return
    name = op.f("ck_registrations_registration_state")
    op.drop_constraint(name, "registrations", type_="check")
    op.create_check_constraint(name, "registrations", f"state IN ({after})")


def _extend_consent_texts() -> None:
    known = _check("consent_texts", "basis", "consent", "notice")
    op.add_column(
        "consent_texts", sa.Column("basis", sa.String(length=40), known, nullable=False, server_default="consent")
    )
    op.add_column("consent_texts", sa.Column("created_at", MOMENT, nullable=True))
    _take_defaults_back("consent_texts", "basis")


def _name_rank_in_consent() -> None:
    """Registering asks for a rank (직급) too: where the text in force does not name it, a new version does."""
    names = ("purpose", "version", "locale", "basis", "title", "recipient", "use", "items", "retention", "refusal")
    texts = sa.table("consent_texts", *(sa.column(name) for name in names))
    for locale, before, after in (
        ("ko", "부서, 휴대", "부서, 직급, 휴대"),
        ("en", "department, mobile", "department, rank, mobile"),
    ):
        of_form = sa.select(texts).where(texts.c.purpose == "registration", texts.c.locale == locale)
        newest = op.get_bind().execute(of_form.order_by(texts.c.version.desc()).limit(1)).mappings().first()
        if newest and before in newest["items"]:
            named = {"version": newest["version"] + 1, "items": newest["items"].replace(before, after)}
            op.execute(sa.insert(texts).values(**{**newest, **named}))


def _add_tables() -> None:
    op.create_table(
        "invitees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organization", sa.String(length=120), nullable=False),
        sa.Column("kind", _words(*KINDS, name="organization_kind"), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("declined_at", MOMENT, nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_invitees_briefing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_invitees_registration_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitees")),
        sa.UniqueConstraint("briefing_id", "email", name=op.f("uq_invitees_briefing_id_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_invitees_public_id")),
    )
    op.create_index(op.f("ix_invitees_registration_id"), "invitees", ["registration_id"])
    op.create_table(
        "people_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("purpose", _words("invite", "register", name="list_purpose"), nullable=False),
        sa.Column("state", _words("checked", "taken", "discarded", name="list_state"), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_people_lists_briefing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_people_lists_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_lists")),
        sa.UniqueConstraint("public_id", name=op.f("uq_people_lists_public_id")),
    )
    op.create_index(op.f("ix_people_lists_briefing_id"), "people_lists", ["briefing_id"])
    op.create_table(
        "workers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sa.UniqueConstraint("name", name=op.f("uq_workers_name")),
    )
    version = op.create_table(
        "content_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_version")),
    )
    op.bulk_insert(version, [{"id": 1, "version": 1}])


def downgrade() -> None:
    """Take away what was added; who waits for a decision is treated as cancelled."""
    for table in ("content_version", "workers", "people_lists", "invitees"):
        op.drop_table(table)
    for column in ("basis", "created_at"):
        op.drop_column("consent_texts", column)
    op.drop_index("ix_registrations_support_state", "registrations")
    op.drop_index("ix_registrations_name", "registrations")
    for column in (
        "refusal_reason",
        "refused_at",
        "by_staff",
        "form_token",
        "party",
        "support_changed_at",
        "support_answer",
        "support_state",
        "rank",
    ):
        op.drop_column("registrations", column)
    op.execute("UPDATE registrations SET state = 'cancelled' WHERE state = 'requested'")
    _allow_states(AFTER, BEFORE)
    for column in ("approval", "eligible_kinds", "eligibility"):
        op.drop_column("briefings", column)
