"""The day of a briefing, questions, what follows it; talks, confirmed matches, advice, stories."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "booklets",
    "story_consents",
    "stories",
    "advices",
    "match_progress",
    "appointment_times",
    "appointments",
    "answer_templates",
    "reply_drafts",
    "reply_colleagues",
    "certificates",
    "certificate_rules",
    "survey_takers",
    "survey_answers",
    "surveys",
    "question_votes",
    "questions",
    "attendance_lists",
    "meeting_tools",
    "slot_runs",
    "briefing_days",
    "rooms",
)


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    """Extend what is there, then add the new tables."""
    _let_calendar_items_be_of_appointments()
    _extend_attendances()
    _extend_replies()
    _extend_others()
    _add_day()
    _add_questions()
    _add_afterwards()
    _add_replies()
    _add_talks()
    _add_matches()
    _refer_to_appointments()


def _rewrite(table: str, *changes: tuple[str, str]) -> None:
    """Change how SQLite declares a table that others refer to, where only checks and NOT NULL differ.

    https://www.sqlite.org/lang_altertable.html, section 7, allows this.
    """
    op.execute("PRAGMA writable_schema = ON")
    for before, after in changes:
        rewrite = "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :table"
        op.execute(sa.text(rewrite).bindparams(before=before, after=after, table=table))
    op.execute("PRAGMA writable_schema = RESET")


def _take_defaults_back(table: str, *columns: str) -> None:
    if not _is_sqlite():  # which keeps the defaults; they do no harm
        for column in columns:
            op.alter_column(table, column, server_default=None)


KINDS = "'registration', 'presentation', 'rehearsal'"
OF_ITS_KIND = "(kind = 'appointment') = (briefing_id IS NULL)"


def _let_calendar_items_be_of_appointments() -> None:
    if _is_sqlite():
        known = "CONSTRAINT ck_calendar_items_item_kind CHECK (kind IN ({kinds}))"
        named = f"CONSTRAINT ck_calendar_items_briefing_of_its_kind CHECK ({OF_ITS_KIND})"
        after = known.format(kinds=f"{KINDS}, 'appointment'")
        _rewrite(
            "calendar_items",
            ("briefing_id INTEGER NOT NULL", "briefing_id INTEGER"),
            (known.format(kinds=KINDS), f"{after}, {named}"),
        )
        return
    op.alter_column("calendar_items", "briefing_id", nullable=True)
    op.drop_constraint(op.f("ck_calendar_items_item_kind"), "calendar_items", type_="check")
    op.create_check_constraint(
        op.f("ck_calendar_items_item_kind"), "calendar_items", f"kind IN ({KINDS}, 'appointment')"
    )
    op.create_check_constraint(op.f("ck_calendar_items_briefing_of_its_kind"), "calendar_items", OF_ITS_KIND)


SOURCES = "'gate', 'import', 'staff'"
MARKS = "'present', 'late', 'left_early', 'absent'"
SEEN = {
    "mark_has_reason": "mark IS NULL OR mark_reason <> ''",
    "seen_or_marked": "first_seen_at IS NOT NULL OR mark IS NOT NULL",
    "seen_first_and_last": "(first_seen_at IS NULL) = (last_seen_at IS NULL)",
}


def _extend_attendances() -> None:
    if _is_sqlite():
        _rewrite(
            "attendances",
            ("first_seen_at DATETIME NOT NULL", "first_seen_at DATETIME"),
            ("last_seen_at DATETIME NOT NULL", "last_seen_at DATETIME"),
        )
    else:
        op.alter_column("attendances", "first_seen_at", nullable=True)
        op.alter_column("attendances", "last_seen_at", nullable=True)
    source = sa.CheckConstraint(f"source IN ({SOURCES})", name=op.f("ck_attendances_attendance_source"))
    mark = sa.CheckConstraint(f"mark IN ({MARKS})", name=op.f("ck_attendances_attendance_state"))
    for column in (
        sa.Column("source", sa.String(length=40), source, nullable=False, server_default="gate"),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("mark", sa.String(length=40), mark, nullable=True),
        sa.Column("mark_reason", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("marked_at", MOMENT, nullable=True),
    ):
        op.add_column("attendances", column)
    checks = " ".join(f"CONSTRAINT ck_attendances_{name} CHECK ({check})" for name, check in SEEN.items())
    reference = "CONSTRAINT fk_attendances_marked_by_id REFERENCES users (id)"
    # SQLite adds checks and references only with a column.
    op.execute(f"ALTER TABLE attendances ADD COLUMN marked_by_id INTEGER {reference} {checks}")
    _take_defaults_back("attendances", "source", "mark_reason")


BEFORE = "'sent', 'acknowledged', 'consulting', 'matched', 'declined', 'withdrawn'"
AFTER = "'sent', 'acknowledged', 'consulting', 'matched', 'declined', 'ended', 'withdrawn'"
ENDS = "'terms', 'budget', 'timing', 'rules', 'silence', 'other'"


def _allow_states(before: str, after: str) -> None:
    if _is_sqlite():
        return _rewrite("participation_replies", (before, after))
    name = op.f("ck_participation_replies_reply_state")
    op.drop_constraint(name, "participation_replies", type_="check")
    op.create_check_constraint(name, "participation_replies", f"state IN ({after})")


def _extend_replies() -> None:
    _allow_states(BEFORE, AFTER)
    reason = sa.CheckConstraint(f"end_reason IN ({ENDS})", name=op.f("ck_participation_replies_end_reason"))
    ended_by = sa.CheckConstraint("ended_by IN ('owner', 'replier')", name=op.f("ck_participation_replies_side"))
    for column in (
        sa.Column("acknowledgement", sa.Text(), nullable=False, server_default=""),
        sa.Column("end_reason", sa.String(length=40), reason, nullable=True),
        sa.Column("end_words", sa.Text(), nullable=False, server_default=""),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(length=40), ended_by, nullable=True),
    ):
        op.add_column("participation_replies", column)
    _take_defaults_back("participation_replies", "acknowledgement", "end_words")


def _extend_others() -> None:
    for table, column in (
        ("briefings", sa.Column("replay_captioned", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("briefings", sa.Column("replay_transcript", sa.Text(), nullable=False, server_default="")),
        ("consultations", sa.Column("next_on", sa.Date(), nullable=True)),
        ("match_organizations", sa.Column("asked_at", MOMENT, nullable=True)),
        ("match_organizations", sa.Column("confirmed_at", MOMENT, nullable=True)),
        ("match_organizations", sa.Column("confirmed_by", sa.String(length=120), nullable=False, server_default="")),
        ("match_organizations", sa.Column("objected_at", MOMENT, nullable=True)),
        ("match_organizations", sa.Column("objection", sa.Text(), nullable=False, server_default="")),
        ("matches", sa.Column("starts_on", sa.Date(), nullable=True)),
        ("matches", sa.Column("confirmed_at", MOMENT, nullable=True)),
        ("needs", sa.Column("last_reply_at", MOMENT, nullable=True)),
        ("presenter_slots", sa.Column("replay_seconds", sa.Integer(), nullable=True)),
        ("registration_interests", sa.Column("raised_at", MOMENT, nullable=True)),
        ("slot_files", sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false())),
    ):
        op.add_column(table, column)
    _take_defaults_back("briefings", "replay_captioned", "replay_transcript")
    _take_defaults_back("match_organizations", "confirmed_by", "objection")
    _take_defaults_back("slot_files", "public")
    # What was recorded before counted at once.
    op.execute("UPDATE matches SET confirmed_at = recorded_at")
    op.execute(
        "UPDATE match_organizations SET confirmed_at ="
        " (SELECT recorded_at FROM matches WHERE matches.id = match_organizations.match_id)"
    )
    op.execute(
        "UPDATE needs SET last_reply_at ="
        " (SELECT max(sent_at) FROM participation_replies WHERE participation_replies.need_id = needs.id)"
    )


def _refer_to_appointments() -> None:
    # SQLite adds a column that refers to another table only with the reference in its own line.
    reference = "CONSTRAINT fk_consultations_appointment_id REFERENCES appointments (id)"
    op.execute(f"ALTER TABLE consultations ADD COLUMN appointment_id INTEGER {reference}")


def _add_day() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _words("link", "stream", "phone", name="room_kind"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_rooms_briefing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index(op.f("ix_rooms_briefing_id"), "rooms", ["briefing_id"])
    op.create_table(
        "briefing_days",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("opens_minutes", sa.Integer(), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("early_minutes", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("line", sa.String(length=300), nullable=False),
        sa.Column("line_at", MOMENT, nullable=True),
        sa.Column("moderator_email", sa.String(length=320), nullable=False),
        sa.Column("moderator_version", sa.Integer(), nullable=False),
        sa.Column("cue_notes", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "opens_minutes >= 0 AND late_minutes >= 0 AND early_minutes >= 0",
            name=op.f("ck_briefing_days_minutes_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_briefing_days_briefing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("briefing_id", name=op.f("pk_briefing_days")),
    )
    op.create_table(
        "slot_runs",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("presenter_seen_at", MOMENT, nullable=True),
        sa.Column("standby_since", MOMENT, nullable=True),
        sa.Column("replies_opened_at", MOMENT, nullable=True),
        sa.Column("replies_closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["presenter_slots.id"], name=op.f("fk_slot_runs_slot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_slot_runs")),
    )
    op.create_table(
        "meeting_tools",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("headings_hash", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_tools")),
        sa.UniqueConstraint("headings_hash", name=op.f("uq_meeting_tools_headings_hash")),
    )
    op.create_table(
        "attendance_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("state", _words("checked", "taken", "discarded", name="attendance_list_state"), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_attendance_lists_briefing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_attendance_lists_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_lists")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attendance_lists_public_id")),
    )
    op.create_index(op.f("ix_attendance_lists_briefing_id"), "attendance_lists", ["briefing_id"])


def _add_questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("advance", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            _words("waiting", "on_air", "answered", "to_write", "written", "hidden", "merged", name="question_state"),
            nullable=False,
        ),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("hidden_reason", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f("ck_questions_merged_into_another")
        ),
        sa.CheckConstraint("state <> 'to_write' OR due_on IS NOT NULL", name=op.f("ck_questions_to_write_has_due_day")),
        sa.CheckConstraint("state <> 'written' OR answer <> ''", name=op.f("ck_questions_written_has_answer")),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_questions_briefing_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["questions.id"], name=op.f("fk_questions_merged_into_id")),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=op.f("fk_questions_registration_id")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["presenter_slots.id"], name=op.f("fk_questions_slot_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_questions_public_id")),
    )
    op.create_index("ix_questions_briefing_id_state", "questions", ["briefing_id", "state"])
    op.create_index(op.f("ix_questions_merged_into_id"), "questions", ["merged_into_id"])
    op.create_index(op.f("ix_questions_registration_id"), "questions", ["registration_id"])
    op.create_index(op.f("ix_questions_slot_id"), "questions", ["slot_id"])
    op.create_index("ix_questions_state_due_on", "questions", ["state", "due_on"])
    op.create_index(
        "uq_questions_advance",
        "questions",
        ["registration_id"],
        unique=True,
        sqlite_where=sa.text("advance"),
        postgresql_where=sa.text("advance"),
    )
    op.create_table(
        "question_votes",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("voted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_votes_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_question_votes_registration_id")
        ),
        sa.PrimaryKeyConstraint("question_id", "registration_id", name=op.f("pk_question_votes")),
    )
    op.create_index(op.f("ix_question_votes_registration_id"), "question_votes", ["registration_id"])


def _add_afterwards() -> None:
    op.create_table(
        "surveys",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_surveys_briefing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("briefing_id", name=op.f("pk_surveys")),
    )
    op.create_table(
        "survey_answers",
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_survey_answers_briefing_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_survey_answers_registration_id")
        ),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_survey_answers_registration_id")),
    )
    op.create_index(op.f("ix_survey_answers_briefing_id"), "survey_answers", ["briefing_id"])
    op.create_table(
        "survey_takers",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_survey_takers_briefing_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_survey_takers_registration_id")
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_survey_takers")),
    )
    op.create_index(op.f("ix_survey_takers_briefing_id"), "survey_takers", ["briefing_id"])
    op.create_table(
        "certificate_rules",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("survey", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_certificate_rules_minutes_not_negative")),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_certificate_rules_briefing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("briefing_id", name=op.f("pk_certificate_rules")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organization", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_reason", sa.String(length=200), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_certificates_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    op.create_index(op.f("ix_certificates_registration_id"), "certificates", ["registration_id"])
    current = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_certificates_current",
        "certificates",
        ["registration_id"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


def _add_replies() -> None:
    op.create_table(
        "reply_colleagues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "accepted_at IS NULL OR refused_at IS NULL", name=op.f("ck_reply_colleagues_accepted_or_refused")
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["participation_replies.id"], name=op.f("fk_reply_colleagues_reply_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_colleagues")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reply_colleagues_public_id")),
        sa.UniqueConstraint("reply_id", "email", name=op.f("uq_reply_colleagues_reply_id_email")),
    )
    op.create_table(
        "reply_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_key", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_drafts")),
        sa.UniqueConstraint("owner_key", name=op.f("uq_reply_drafts_owner_key")),
    )
    op.create_index(op.f("ix_reply_drafts_saved_at"), "reply_drafts", ["saved_at"])
    op.create_table(
        "answer_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("purpose", _words("acknowledge", "consult", "decline", name="template_purpose"), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_answer_templates_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
        sa.UniqueConstraint(
            "organization_id", "purpose", "title", name=op.f("uq_answer_templates_organization_id_purpose_title")
        ),
    )


def _add_talks() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("state", _words("offered", "agreed", "cancelled", name="appointment_state"), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("cancelled_by", _words("owner", "replier", name="side"), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("owner_item_id", sa.Integer(), nullable=True),
        sa.Column("replier_item_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state <> 'agreed' OR starts_at IS NOT NULL", name=op.f("ck_appointments_agreed_has_time")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_appointments_minutes_positive")),
        sa.ForeignKeyConstraint(["offered_by_id"], ["users.id"], name=op.f("fk_appointments_offered_by_id")),
        sa.ForeignKeyConstraint(["owner_item_id"], ["calendar_items.id"], name=op.f("fk_appointments_owner_item_id")),
        sa.ForeignKeyConstraint(
            ["replier_item_id"], ["calendar_items.id"], name=op.f("fk_appointments_replier_item_id")
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["participation_replies.id"], name=op.f("fk_appointments_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointments_public_id")),
    )
    op.create_index(op.f("ix_appointments_owner_item_id"), "appointments", ["owner_item_id"])
    op.create_index(op.f("ix_appointments_replier_item_id"), "appointments", ["replier_item_id"])
    op.create_index(op.f("ix_appointments_reply_id"), "appointments", ["reply_id"])
    op.create_index("ix_appointments_state_starts_at", "appointments", ["state", "starts_at"])
    op.create_table(
        "appointment_times",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_times_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("appointment_id", "starts_at", name=op.f("pk_appointment_times")),
    )


def _add_matches() -> None:
    op.create_table(
        "match_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.String(length=120), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_match_progress_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_match_progress_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_progress")),
    )
    op.create_index(op.f("ix_match_progress_match_id"), "match_progress", ["match_id"])
    op.create_table(
        "advices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("readers", _words("owner", "public", name="readers"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("written_at", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_advices_asked_by_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["users.id"], name=op.f("fk_advices_mentor_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_advices_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advices")),
        sa.UniqueConstraint("need_id", "mentor_id", name=op.f("uq_advices_need_id_mentor_id")),
    )
    op.create_index(op.f("ix_advices_mentor_id"), "advices", ["mentor_id"])
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("picture_alt", sa.String(length=200), nullable=False),
        sa.Column("state", _words("draft", "asked", "published", "withdrawn", name="story_state"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["match_id"], ["matches.id"], name=op.f("fk_stories_match_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["stored_files.id"], name=op.f("fk_stories_picture_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_stories_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("match_id", name=op.f("uq_stories_match_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stories_public_id")),
    )
    op.create_table(
        "story_consents",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=120), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_story_consents_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_consents_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "organization_id", name=op.f("pk_story_consents")),
    )
    op.create_table(
        "booklets",
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_of", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_booklets_briefing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_booklets_file_id")),
        sa.PrimaryKeyConstraint("briefing_id", name=op.f("pk_booklets")),
        sa.UniqueConstraint("file_id", name=op.f("uq_booklets_file_id")),
    )


def downgrade() -> None:
    """Take away what was added; matches nobody confirmed, and appointments, are forgotten; talks ended are declined."""
    op.drop_column("consultations", "appointment_id")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM match_organizations WHERE match_id IN (SELECT id FROM matches WHERE confirmed_at IS NULL)")
    op.execute("DELETE FROM matches WHERE confirmed_at IS NULL")
    op.execute("UPDATE participation_replies SET state = 'declined', decline_reason = end_words WHERE state = 'ended'")
    for table, *columns in (
        ("registration_interests", "raised_at"),
        ("presenter_slots", "replay_seconds"),
        ("slot_files", "public"),
        ("needs", "last_reply_at"),
        ("matches", "confirmed_at", "starts_on"),
        ("match_organizations", "objection", "objected_at", "confirmed_by", "confirmed_at", "asked_at"),
        ("consultations", "next_on"),
        ("briefings", "replay_transcript", "replay_captioned"),
        ("participation_replies", "ended_by", "ended_at", "end_words", "end_reason", "acknowledgement"),
    ):
        for column in columns:
            op.drop_column(table, column)
    _allow_states(AFTER, BEFORE)
    _reduce_attendances()
    _bind_calendar_items_to_briefings()


def _reduce_attendances() -> None:
    op.execute("DELETE FROM attendances WHERE first_seen_at IS NULL")
    if not _is_sqlite():  # where they go with the column they came with
        for name in SEEN:
            op.drop_constraint(op.f(f"ck_attendances_{name}"), "attendances", type_="check")
    for column in ("marked_by_id", "marked_at", "mark_reason", "mark", "minutes", "source"):
        op.drop_column("attendances", column)
    if _is_sqlite():
        _rewrite(
            "attendances",
            ("first_seen_at DATETIME,", "first_seen_at DATETIME NOT NULL,"),
            ("last_seen_at DATETIME,", "last_seen_at DATETIME NOT NULL,"),
        )
        return
    op.alter_column("attendances", "first_seen_at", nullable=False)
    op.alter_column("attendances", "last_seen_at", nullable=False)


def _bind_calendar_items_to_briefings() -> None:
    op.execute("DELETE FROM calendar_items WHERE kind = 'appointment'")
    if _is_sqlite():
        known = "CONSTRAINT ck_calendar_items_item_kind CHECK (kind IN ({kinds}))"
        named = f"CONSTRAINT ck_calendar_items_briefing_of_its_kind CHECK ({OF_ITS_KIND})"
        before = known.format(kinds=f"{KINDS}, 'appointment'")
        _rewrite(
            "calendar_items",
            ("briefing_id INTEGER,", "briefing_id INTEGER NOT NULL,"),
            (f"{before}, {named}", known.format(kinds=KINDS)),
        )
        return
    op.drop_constraint(op.f("ck_calendar_items_briefing_of_its_kind"), "calendar_items", type_="check")
    op.drop_constraint(op.f("ck_calendar_items_item_kind"), "calendar_items", type_="check")
    op.create_check_constraint(op.f("ck_calendar_items_item_kind"), "calendar_items", f"kind IN ({KINDS})")
    op.alter_column("calendar_items", "briefing_id", nullable=False)
