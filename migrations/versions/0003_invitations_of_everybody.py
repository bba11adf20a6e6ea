"""Calendar items of everybody, mails that are held or come back, answers by mail, letters and texts of the staff."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

USUAL_STEPS = '["week", "three_days", "day", "two_hours", "missed", "thanks", "absent"]'
STATES = ("queued", "sending", "sent", "failed", "dropped")
LETTERS = "23456789abcdefghijkmnpqrstuvwxyz"


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _new_public_id() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def _set_aside(name: str) -> None:
    """Keep the rows of a table that nothing refers to and drop it, to be made anew in the same way on both databases.

    SQLite can neither change a check nor take a default back. A table that others refer to must not be dropped there:
    their rows would go too, or stop it.
    """
    op.execute(f"CREATE TABLE {name}_before AS SELECT * FROM {name}")  # noqa: S608 (our own names)
    op.drop_table(name)


def _filled(name: str) -> None:
    """Forget the rows set aside; on PostgreSQL new ids follow the ones that were copied."""
    op.drop_table(f"{name}_before")
    if op.get_bind().dialect.name == "postgresql":
        last = sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(name)).scalar_subquery()
        op.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, "id"), last)))


def _create_unique_where(name: str, columns: list[str], only: str) -> None:
    where = sa.text(only)
    op.create_index(name, "calendar_items", columns, unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Extend what is there, fill what is new in it, add the new tables."""
    _extend_briefings()
    _extend_registrations()
    _renew_slots()
    _renew_items()
    _renew_messages()
    _add_tables()


def _extend_briefings() -> None:
    later = sa.CheckConstraint(
        "rehearsal_ends_at > rehearsal_starts_at", name=op.f("ck_briefings_rehearsal_ends_after_start")
    )
    columns = (
        sa.Column("rehearsal_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rehearsal_ends_at", sa.DateTime(timezone=True), later, nullable=True),
        sa.Column("reminders", sa.JSON(), nullable=False, server_default=USUAL_STEPS),
        sa.Column("hold_mails", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for column in columns:
        op.add_column("briefings", column)
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps the defaults, which do no harm
        for name in ("reminders", "hold_mails"):
            op.alter_column("briefings", name, server_default=None)


def _extend_registrations() -> None:
    op.execute(
        "ALTER TABLE registrations ADD COLUMN brought_by_id INTEGER"
        " CONSTRAINT fk_registrations_brought_by_id REFERENCES registrations (id)"
    )
    op.add_column("registrations", sa.Column("reconfirmed_at", sa.DateTime(timezone=True), nullable=True))


def _renew_slots() -> None:
    _set_aside("presenter_slots")
    op.create_table(
        "presenter_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=12), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("talk_minutes", sa.Integer(), nullable=False),
        sa.Column("question_minutes", sa.Integer(), nullable=False),
        sa.Column("presenter_name", sa.String(length=120), nullable=False),
        sa.Column("presenter_title", sa.String(length=120), nullable=False),
        sa.Column("presenter_email", sa.String(length=320), nullable=False),
        sa.Column("standby_name", sa.String(length=120), nullable=False),
        sa.Column("standby_title", sa.String(length=120), nullable=False),
        sa.Column("standby_email", sa.String(length=320), nullable=False),
        sa.Column("state", _words("unanswered", "accepted", "declined", name="slot_state"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        *_rules_of_slots(),
        sa.UniqueConstraint("public_id", name=op.f("uq_presenter_slots_public_id")),
    )
    op.create_index(op.f("ix_presenter_slots_need_id"), "presenter_slots", ["need_id"])
    rows = op.get_bind().execute(sa.text("SELECT * FROM presenter_slots_before ORDER BY id")).mappings().all()
    new = {"standby_name": "", "standby_title": "", "standby_email": "", "state": "unanswered", "decline_reason": ""}
    filled = [{**row, **new, "public_id": _new_public_id(), "link_version": 1} for row in rows]
    if filled:
        op.bulk_insert(sa.table("presenter_slots", *(sa.column(name) for name in filled[0])), filled)
    _filled("presenter_slots")


def _rules_of_slots() -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint(
            "talk_minutes > 0 AND question_minutes >= 0", name=op.f("ck_presenter_slots_minutes_positive")
        ),
        sa.ForeignKeyConstraint(
            ["briefing_id"], ["briefings.id"], name=op.f("fk_presenter_slots_briefing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_presenter_slots_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presenter_slots")),
        sa.UniqueConstraint("briefing_id", "need_id", name=op.f("uq_presenter_slots_briefing_id_need_id")),
    )


def _renew_items() -> None:
    _set_aside("calendar_items")
    op.create_table(
        "calendar_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("registration", "presentation", "rehearsal", name="item_kind"), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("time_sequence", sa.Integer(), nullable=False),
        sa.Column("state", _words("open", "closed", name="item_state"), nullable=False),
        sa.Column("partstat", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dtstamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_sequence", sa.Integer(), nullable=True),
        sa.Column("answer_dtstamp", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_partstat", sa.String(length=20), nullable=False),
        sa.Column("answer_comment", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        *_rules_of_items(),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_calendar_items_ends_after_start")),
        sa.CheckConstraint(
            "(kind = 'registration') = (registration_id IS NOT NULL)",
            name=op.f("ck_calendar_items_registration_of_its_kind"),
        ),
        sa.CheckConstraint(
            "(kind = 'presentation') = (need_id IS NOT NULL)", name=op.f("ck_calendar_items_need_of_its_kind")
        ),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_calendar_items_briefing_id")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_calendar_items_need_id")),
    )
    op.create_index("ix_calendar_items_briefing_id_state", "calendar_items", ["briefing_id", "state"])
    op.create_index("ix_calendar_items_email", "calendar_items", ["email"])
    op.create_index(op.f("ix_calendar_items_registration_id"), "calendar_items", ["registration_id"])
    for kind, columns in (
        ("registration", ["registration_id"]),
        ("presentation", ["briefing_id", "need_id", "email"]),
        ("rehearsal", ["briefing_id", "email"]),
    ):
        _create_unique_where(f"uq_calendar_items_open_{kind}", columns, f"state = 'open' AND kind = '{kind}'")
    op.execute(
        """
        INSERT INTO calendar_items (
            id, kind, briefing_id, registration_id, name, email, locale, by_mail, uid, sequence, time_sequence, state,
            partstat, starts_at, ends_at, created_at, modified_at, dtstamp, answer_partstat, answer_comment
        )
        SELECT
            item.id, 'registration', briefing.id, registration.id, registration.name, registration.email,
            registration.locale, true, item.uid, item.sequence, item.sequence, item.state,
            item.partstat, briefing.starts_at, briefing.ends_at, item.created_at, item.modified_at, item.dtstamp, '', ''
        FROM calendar_items_before AS item
        JOIN registrations AS registration ON registration.id = item.registration_id
        JOIN briefings AS briefing ON briefing.id = registration.briefing_id
        """
    )
    _filled("calendar_items")


def _rules_of_items() -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_calendar_items_sequence_not_negative")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_calendar_items_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_items")),
        sa.UniqueConstraint("uid", name=op.f("uq_calendar_items_uid")),
    )


def _renew_messages() -> None:
    _set_aside("messages")
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("thread", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("medium", _words("mail", "text", name="medium"), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=True),
        *_old_rest_of_messages("held", *STATES, "bounced"),
    )
    _index_messages()
    op.create_index("ix_messages_thread_id", "messages", ["thread", "id"])
    op.create_index("ix_messages_about_id", "messages", ["about", "id"])
    op.create_index("ix_messages_reference", "messages", ["reference"])
    # What follows "calendar:" begins with the number of the item: as many characters as go when digits are cut off.
    op.execute(
        """
        INSERT INTO messages (
            id, key, kind, thread, about, medium, phone, recipient, recipient_name, locale, params, state, created_at,
            due_at, attempts, claimed_until, sent_at, error, subject, reference, raw
        )
        SELECT
            id, key, kind,
            CASE WHEN key LIKE 'calendar:%' THEN 'item:' || substr(
                key, 10, length(substr(key, 10)) - length(ltrim(substr(key, 10), '0123456789'))
            ) ELSE '' END,
            '', 'mail', '', recipient, recipient_name, locale, params, state, created_at,
            due_at, attempts, claimed_until, sent_at, error, subject, reference, raw
        FROM messages_before
        """
    )
    _filled("messages")


def _old_rest_of_messages(*states: str) -> tuple[sa.Column | sa.Constraint, ...]:
    return (
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("recipient_name", sa.String(length=120), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("state", _words(*states, name="message_state"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )


def _index_messages() -> None:
    op.create_index("ix_messages_recipient_id", "messages", ["recipient", "id"])
    op.create_index("ix_messages_state_due_at", "messages", ["state", "due_at"])


def _add_tables() -> None:
    op.create_table(
        "calendar_settings",
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("channel", _words("invite", "feed", "none", name="channel"), nullable=False),
        sa.Column("feed_hash", sa.String(length=64), nullable=True),
        sa.Column("feed_etag", sa.String(length=64), nullable=False),
        sa.Column("feed_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_calendar_settings")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_calendar_settings_feed_hash")),
    )
    op.create_table(
        "written_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_texts")),
        sa.UniqueConstraint("name", "locale", name=op.f("uq_written_texts_name_locale")),
    )
    op.create_table(
        "undeliverable_addresses",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_undeliverable_addresses_message_id")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_undeliverable_addresses")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("group", sa.JSON(), nullable=False),
        sa.Column("state", _words("draft", "queued", name="announcement_state"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_announcements_author_id")),
        sa.ForeignKeyConstraint(["briefing_id"], ["briefings.id"], name=op.f("fk_announcements_briefing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_briefing_id"), "announcements", ["briefing_id"])
    outcomes = ("answered", "stale", "duplicate", "bounced", "resent", "proposed", "review", "letter", "dropped")
    op.create_table(
        "received_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", _words(*outcomes, name="outcome"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["calendar_items.id"], name=op.f("fk_received_mails_item_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_received_mails_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mails")),
        sa.UniqueConstraint("digest", name=op.f("uq_received_mails_digest")),
    )
    op.create_index(op.f("ix_received_mails_item_id"), "received_mails", ["item_id"])
    op.create_index("ix_received_mails_outcome_handled_at", "received_mails", ["outcome", "handled_at"])
    op.create_index("ix_received_mails_received_at", "received_mails", ["received_at"])


def downgrade() -> None:
    """Take all of it back; what the program before does not know goes, or becomes the nearest that it knows."""
    for name in ("received_mails", "announcements", "undeliverable_addresses", "written_texts", "calendar_settings"):
        op.drop_table(name)
    _restore_messages()
    _restore_items()
    _restore_slots()
    for name in ("reconfirmed_at", "brought_by_id"):
        op.drop_column("registrations", name)
    # The end takes its check along, so that nothing names the start any more.
    for name in ("hold_mails", "reminders", "rehearsal_ends_at", "rehearsal_starts_at"):
        op.drop_column("briefings", name)


def _restore_messages() -> None:
    # The ids of items that go are given again, and with them the keys.
    op.execute(
        "DELETE FROM messages WHERE medium = 'text'"
        " OR thread IN (SELECT 'item:' || id FROM calendar_items WHERE kind <> 'registration')"
    )
    _set_aside("messages")
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        *_old_rest_of_messages(*STATES),
    )
    _index_messages()
    op.execute(
        """
        INSERT INTO messages (
            id, key, kind, recipient, recipient_name, locale, params, state, created_at,
            due_at, attempts, claimed_until, sent_at, error, subject, reference, raw
        )
        SELECT
            id, key, kind, recipient, recipient_name, locale, params,
            CASE state WHEN 'held' THEN 'queued' WHEN 'bounced' THEN 'failed' ELSE state END, created_at,
            due_at, attempts, claimed_until, sent_at, error, subject, reference, raw
        FROM messages_before
        """
    )
    _filled("messages")


def _restore_items() -> None:
    _set_aside("calendar_items")
    op.create_table(
        "calendar_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", _words("open", "closed", name="item_state"), nullable=False),
        sa.Column("partstat", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dtstamp", sa.DateTime(timezone=True), nullable=False),
        *_rules_of_items(),
    )
    op.create_index(op.f("ix_calendar_items_registration_id"), "calendar_items", ["registration_id"])
    _create_unique_where("uq_calendar_items_open", ["registration_id"], "state = 'open'")
    op.execute(
        """
        INSERT INTO calendar_items (
            id, registration_id, uid, sequence, state, partstat, created_at, modified_at, dtstamp
        )
        SELECT id, registration_id, uid, sequence, state, partstat, created_at, modified_at, dtstamp
        FROM calendar_items_before
        WHERE kind = 'registration'
        """
    )
    _filled("calendar_items")


def _restore_slots() -> None:
    _set_aside("presenter_slots")
    op.create_table(
        "presenter_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("briefing_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("talk_minutes", sa.Integer(), nullable=False),
        sa.Column("question_minutes", sa.Integer(), nullable=False),
        sa.Column("presenter_name", sa.String(length=120), nullable=False),
        sa.Column("presenter_title", sa.String(length=120), nullable=False),
        sa.Column("presenter_email", sa.String(length=320), nullable=False),
        *_rules_of_slots(),
    )
    op.create_index(op.f("ix_presenter_slots_need_id"), "presenter_slots", ["need_id"])
    op.execute(
        """
        INSERT INTO presenter_slots (
            id, briefing_id, need_id, position, talk_minutes, question_minutes,
            presenter_name, presenter_title, presenter_email
        )
        SELECT
            id, briefing_id, need_id, position, talk_minutes, question_minutes,
            presenter_name, presenter_title, presenter_email
        FROM presenter_slots_before
        """
    )
    _filled("presenter_slots")
