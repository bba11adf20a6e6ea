"""Files, long work, rounds and their review, seasons with their board; what a briefing and a need say beside."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNDER_WAY = sa.text("state IN ('queued', 'running')")
TABLES = (
    "availabilities",
    "availability_requests",
    "season_steps",
    "season_cards",
    "season_lanes",
    "season_times",
    "seasons",
    "slot_files",
    "need_files",
    "selections",
    "scores",
    "reviews",
    "criteria",
)


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """New tables, then what is new in old ones."""
    _add_files_and_tasks()
    _add_rounds()
    _extend_needs()
    _extend_briefings()
    _add_reviews()
    _add_attachments()
    _add_seasons()


def _extend_needs() -> None:
    # SQLite adds a column that refers to another table only with the reference in its own line.
    for name, table in (("round_id", "rounds"), ("import_id", "need_imports")):
        op.execute(f"ALTER TABLE needs ADD COLUMN {name} INTEGER CONSTRAINT fk_needs_{name} REFERENCES {table} (id)")
        op.create_index(op.f(f"ix_needs_{name}"), "needs", [name])
    for column in (
        sa.Column("return_due_on", sa.Date(), nullable=True),
        sa.Column("key_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("claim_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("needs", column)
    _take_default_back("needs", "claim_version")


def _extend_briefings() -> None:
    known = sa.CheckConstraint("visibility IN ('listed', 'unlisted')", name=op.f("ck_briefings_visibility"))
    for column in (
        sa.Column("visibility", sa.String(length=40), known, nullable=False, server_default="listed"),
        sa.Column("materials_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending", sa.JSON(), nullable=True),
        sa.Column("pending_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("briefings", column)
    _take_default_back("briefings", "visibility")


def _take_default_back(table: str, column: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps the default, which does no harm
        op.alter_column(table, column, server_default=None)


def _add_files_and_tasks() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_files_public_id")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column(
            "state", _words("queued", "running", "done", "failed", "cancelled", name="task_state"), nullable=False
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("cancelled_by", sa.String(length=120), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_by_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_tasks_progress_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tasks_public_id")),
    )
    op.create_index("ix_tasks_about", "tasks", ["about", "kind", "id"])
    op.create_index("ix_tasks_state_id", "tasks", ["state", "id"])
    op.create_index(
        "uq_tasks_under_way",
        "tasks",
        ["kind", "about"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )


def _add_rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviews_due_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_rounds_closes_after_opening")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_rounds_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("name", name=op.f("uq_rounds_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rounds_public_id")),
    )
    op.create_table(
        "need_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column(
            "state", _words("checking", "checked", "saving", "saved", "discarded", name="import_state"), nullable=False
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_need_imports_created_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_need_imports_file_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_need_imports_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_imports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_need_imports_public_id")),
    )
    op.create_index(op.f("ix_need_imports_round_id"), "need_imports", ["round_id"])
    op.create_table(
        "round_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nothing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nothing_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_round_contacts_reminders_not_negative")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_round_contacts_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_contacts_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_contacts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_round_contacts_public_id")),
        sa.UniqueConstraint("round_id", "email", name=op.f("uq_round_contacts_round_id_email")),
    )
    op.create_index(op.f("ix_round_contacts_organization_id"), "round_contacts", ["organization_id"])


def _add_reviews() -> None:
    op.create_table(
        "criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_criteria_weight_positive")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_criteria_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criteria")),
        sa.UniqueConstraint("round_id", "name", name=op.f("uq_criteria_round_id_name")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("state", _words("assigned", "submitted", "recused", name="review_state"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("recusal_reason", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)", name=op.f("ck_reviews_submitted_when_submitted")
        ),
        sa.CheckConstraint("state <> 'recused' OR recusal_reason <> ''", name=op.f("ck_reviews_recusal_has_reason")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_reviews_need_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_reviews_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("need_id", "reviewer_id", name=op.f("uq_reviews_need_id_reviewer_id")),
    )
    op.create_index(op.f("ix_reviews_reviewer_id"), "reviews", ["reviewer_id"])
    op.create_table(
        "scores",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("points > 0 OR reason <> ''", name=op.f("ck_scores_zero_has_reason")),
        sa.CheckConstraint("points BETWEEN 0 AND 5", name=op.f("ck_scores_points_0_to_5")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criteria.id"], name=op.f("fk_scores_criterion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_scores_review_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_scores")),
    )
    op.create_table(
        "selections",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("outcome", _words("selected", "reserve", "not_selected", name="outcome"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> '' OR outcome = 'not_selected'", name=op.f("ck_selections_selected_has_reason")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_selections_decided_by_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_selections_need_id")),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_selections")),
    )


def _add_attachments() -> None:
    op.create_table(
        "need_files",
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_need_files_file_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_need_files_need_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("need_id", "file_id", name=op.f("pk_need_files")),
    )
    op.create_table(
        "slot_files",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("handed_in_by", sa.String(length=120), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_slot_files_file_id")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["presenter_slots.id"], name=op.f("fk_slot_files_slot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slot_id", "file_id", name=op.f("pk_slot_files")),
    )


def _add_seasons() -> None:
    op.create_table(
        "seasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", _words("planning", "accepted", "discarded", name="season_state"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("min_slots", sa.Integer(), nullable=False),
        sa.Column("max_slots", sa.Integer(), nullable=False),
        sa.Column("talk_minutes", sa.Integer(), nullable=False),
        sa.Column("question_minutes", sa.Integer(), nullable=False),
        sa.Column("opening_minutes", sa.Integer(), nullable=False),
        sa.Column("closing_minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("parallel", sa.Integer(), nullable=True),
        sa.Column("organization_once", sa.Boolean(), nullable=False),
        sa.Column("sharing", sa.JSON(), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_version", sa.Integer(), nullable=True),
        sa.Column("objective", sa.Double(), nullable=True),
        sa.Column("bound", sa.Double(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("capacity IS NULL OR capacity >= 0", name=op.f("ck_seasons_capacity_not_negative")),
        sa.CheckConstraint("min_slots > 0 AND max_slots >= min_slots", name=op.f("ck_seasons_slots_in_order")),
        sa.CheckConstraint(
            "opening_minutes >= 0 AND closing_minutes >= 0", name=op.f("ck_seasons_margins_not_negative")
        ),
        sa.CheckConstraint("parallel IS NULL OR parallel > 0", name=op.f("ck_seasons_parallel_positive")),
        sa.CheckConstraint("talk_minutes > 0 AND question_minutes >= 0", name=op.f("ck_seasons_minutes_positive")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_seasons_created_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_seasons_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seasons")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seasons_public_id")),
    )
    op.create_table(
        "season_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["season_id"], ["seasons.id"], name=op.f("fk_season_times_season_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_times")),
        sa.UniqueConstraint("season_id", "starts_at", name=op.f("uq_season_times_season_id_starts_at")),
    )
    op.create_table(
        "season_lanes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["audience_id"], ["audiences.id"], name=op.f("fk_season_lanes_audience_id")),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_season_lanes_briefing_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["seasons.id"], name=op.f("fk_season_lanes_season_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_season_lanes_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_lanes")),
    )
    op.create_index(op.f("ix_season_lanes_season_id"), "season_lanes", ["season_id"])
    op.create_table(
        "season_cards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lane_id"], ["season_lanes.id"], name=op.f("fk_season_cards_lane_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_season_cards_need_id")),
        sa.ForeignKeyConstraint(
            ["season_id"], ["seasons.id"], name=op.f("fk_season_cards_season_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_cards")),
        sa.UniqueConstraint("season_id", "need_id", name=op.f("uq_season_cards_season_id_need_id")),
    )
    op.create_index(op.f("ix_season_cards_lane_id"), "season_cards", ["lane_id"])
    op.create_index(op.f("ix_season_cards_need_id"), "season_cards", ["need_id"])
    op.create_table(
        "season_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_season_steps_by_id")),
        sa.ForeignKeyConstraint(
            ["season_id"], ["seasons.id"], name=op.f("fk_season_steps_season_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_steps")),
        sa.UniqueConstraint("season_id", "version", name=op.f("uq_season_steps_season_id_version")),
    )
    op.create_table(
        "availability_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["season_id"], ["seasons.id"], name=op.f("fk_availability_requests_season_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_availability_requests_public_id")),
        sa.UniqueConstraint("season_id", "email", name=op.f("uq_availability_requests_season_id_email")),
    )
    op.create_index(op.f("ix_availability_requests_email"), "availability_requests", ["email"])
    op.create_table(
        "availabilities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("possible", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_availabilities_ends_after_start")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availabilities")),
        sa.UniqueConstraint("email", "starts_at", name=op.f("uq_availabilities_email_starts_at")),
    )


def downgrade() -> None:
    """Take all of it back."""
    for name in TABLES:
        op.drop_table(name)
    for name in ("pending_at", "pending", "materials_due_at", "visibility"):
        op.drop_column("briefings", name)
    for name in ("import_id", "round_id"):
        op.drop_index(op.f(f"ix_needs_{name}"), "needs")
    for name in (
        "claimed_at",
        "claim_asked_at",
        "claim_version",
        "key_since",
        "import_id",
        "round_id",
        "return_due_on",
    ):
        op.drop_column("needs", name)
    for name in ("round_contacts", "need_imports", "rounds", "tasks", "stored_files"):
        op.drop_table(name)
