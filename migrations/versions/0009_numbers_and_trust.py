"""Sessions and second factors, keys and webhooks, retention and erasure, an audit log that cannot be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "export_pieces",
    "webhook_deliveries",
    "webhook_endpoints",
    "api_keys",
    "briefing_reports",
    "erasures",
    "destructions",
    "retention_periods",
    "officer_themes",
    "recovery_codes",
    "user_sessions",
)


def upgrade() -> None:
    """Extend what is there, then add the new tables."""
    _extend_users()
    _add_sessions()
    _add_retention()
    _add_reports()
    _count_by_organization()
    _add_keys()
    _add_webhooks()
    _add_exports()
    _close_audit_log()


def downgrade() -> None:
    """Take everything back; the audit log can be changed again."""
    _open_audit_log()
    for table in TABLES:
        op.drop_table(table)
    op.create_index(op.f("ix_registrations_organization_id"), "registrations", ["organization_id"])
    op.drop_index(op.f("ix_registrations_counted"), "registrations")
    op.drop_index(op.f("uq_users_oidc_subject"), "users")
    for column in ("oidc_subject", "totp_step", "totp_since", "totp_secret"):
        op.drop_column("users", column)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _number(name: str, to: str | None = None, ondelete: str | None = None, **options: bool) -> sa.Column[int]:
    """A column of numbers, perhaps of rows of another table."""
    reference = [sa.ForeignKey(f"{to}.id" if "." not in to else to, ondelete=ondelete)] if to else []
    return sa.Column(name, sa.Integer(), *reference, **({"nullable": False} | options))  # type: ignore[arg-type]


def _text(name: str, length: int | None = None, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length) if length else sa.Text(), nullable=nullable)


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _public_id() -> sa.Column[str]:
    return sa.Column("public_id", sa.String(length=12), nullable=False, unique=True)


def _extend_users() -> None:
    for column in (
        _text("totp_secret", 200, nullable=True),
        _moment("totp_since"),
        _number("totp_step", nullable=True),
        _text("oidc_subject", 255, nullable=True),
    ):
        op.add_column("users", column)
    op.create_index(op.f("uq_users_oidc_subject"), "users", ["oidc_subject"], unique=True)


def _count_by_organization() -> None:
    """Funnels count a million people by organization from the index alone; it serves whoever used the narrower one."""
    columns = ["organization_id", "state", "briefing_id", "id"]
    op.create_index(op.f("ix_registrations_counted"), "registrations", columns)
    op.drop_index(op.f("ix_registrations_organization_id"), "registrations")


def _add_sessions() -> None:
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.String(length=32), primary_key=True),
        _number("user_id", "users", "CASCADE"),
        _moment("begun_at", nullable=False),
        _moment("seen_at", nullable=False),
        _text("network", 45),
        _text("browser", 200),
        _moment("ended_at"),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])
    op.create_table(
        "recovery_codes",
        _number("user_id", "users", "CASCADE", primary_key=True),
        sa.Column("digest", sa.String(length=64), primary_key=True),
        _moment("used_at"),
    )
    op.create_table(
        "officer_themes",
        _number("user_id", "users", "CASCADE", primary_key=True),
        _number("theme_id", "themes", "CASCADE", primary_key=True),
    )


def _add_retention() -> None:
    op.create_table(
        "retention_periods",
        sa.Column("kind", sa.String(length=40), primary_key=True),
        _number("days"),
        _moment("changed_at", nullable=False),
        _number("changed_by_id", "users"),
    )
    op.create_table(
        "destructions",
        _number("id", primary_key=True),
        _moment("at", nullable=False),
        _text("kind", 40),
        _number("number"),
        _text("reason", 200),
        _moment("until"),
        _number("by_id", "users", nullable=True),
    )
    op.create_index(op.f("ix_destructions_at"), "destructions", ["at"])
    op.create_table(
        "erasures",
        _number("id", primary_key=True),
        _text("digest", 64),
        _moment("at", nullable=False),
        _json("numbers"),
        _number("by_id", "users", nullable=True),
        _text("address", 320, nullable=True),
        _text("locale", 5),
        _moment("finished_at"),
        _number("account_id", "users", nullable=True),
    )
    op.create_index(op.f("ix_erasures_digest"), "erasures", ["digest"])


def _add_reports() -> None:
    op.create_table(
        "briefing_reports",
        _number("briefing_id", "briefings", "CASCADE", primary_key=True),
        _text("remarks"),
        _moment("changed_at", nullable=False),
        _number("changed_by_id", "users"),
    )


def _add_keys() -> None:
    op.create_table(
        "api_keys",
        _number("id", primary_key=True),
        _public_id(),
        _text("name", 120),
        sa.Column("digest", sa.String(length=64), nullable=False, unique=True),
        _json("scopes"),
        _moment("created_at", nullable=False),
        _number("created_by_id", "users"),
        sa.Column("expires_on", sa.Date(), nullable=True),
        _moment("last_used_at"),
        _moment("revoked_at"),
    )


def _add_webhooks() -> None:
    op.create_table(
        "webhook_endpoints",
        _number("id", primary_key=True),
        _public_id(),
        _text("url", 500),
        _text("description", 120),
        _text("secret", 300),
        _text("previous_secret", 300, nullable=True),
        _moment("previous_until"),
        _json("events"),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("failing_since"),
        _moment("lease_until"),
        _moment("created_at", nullable=False),
        _number("created_by_id", "users"),
    )
    states = sa.Enum(
        "queued", "sent", "failed", name="delivery_state", native_enum=False, create_constraint=True, length=40
    )
    op.create_table(
        "webhook_deliveries",
        _number("id", primary_key=True),
        _public_id(),
        _number("endpoint_id", "webhook_endpoints", "CASCADE"),
        _text("event_id", 32),
        _text("event", 60),
        _text("about", 80),
        _moment("occurred_at", nullable=False),
        _json("data"),
        sa.Column("state", states, nullable=False),
        _number("attempts"),
        _moment("next_at", nullable=False),
        _moment("told_at"),
        _number("status", nullable=True),
        _text("error"),
        _text("answer"),
        sa.UniqueConstraint("endpoint_id", "event_id"),
    )
    columns = ["endpoint_id", "state", "id"]
    op.create_index(op.f("ix_webhook_deliveries_endpoint_id_state_id"), "webhook_deliveries", columns)


def _add_exports() -> None:
    """Files that were made for staff are kept in pieces; those made before were to be destroyed within a day."""
    op.create_table(
        "export_pieces",
        _number("id", primary_key=True),
        _number("task_id", "tasks", "CASCADE"),
        _number("number"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("task_id", "number"),
    )
    tasks = sa.table("tasks", sa.column("id"), sa.column("kind"), sa.column("params", sa.JSON()))
    files = sa.table("stored_files", sa.column("id"))
    earlier = tasks.c.kind == "export_registrants"
    for given in op.get_bind().scalars(sa.select(tasks.c.params).where(earlier)).all():
        op.execute(files.delete().where(files.c.id == given["file"]))
    op.execute(tasks.delete().where(earlier))


KEPT = ("id", "at", "actor_id", "action", "about_type", "about_id")
"""What no update of an entry may touch."""


def _close_audit_log() -> None:
    op.add_column("audit_entries", _moment("redacted_at"))
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"])
    op.create_index(op.f("ix_audit_entries_actor_id_at"), "audit_entries", ["actor_id", "at"])
    op.create_index(op.f("ix_audit_entries_action_at"), "audit_entries", ["action", "at"])
    if _is_sqlite():
        _close_on_sqlite()
    else:
        _close_on_postgresql()


def _close_on_sqlite() -> None:
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in KEPT)
    op.execute(
        "CREATE TRIGGER audit_entries_only_redacted BEFORE UPDATE ON audit_entries "
        f"WHEN {changed} OR NEW.redacted_at IS NULL OR NEW.redacted_at <= OLD.redacted_at "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_never_deleted BEFORE DELETE ON audit_entries "
        "WHEN OLD.at > datetime('now', '-2 years') "
        "BEGIN SELECT RAISE(ABORT, 'audit entries of the last two years are never deleted'); END"
    )
    op.execute(  # INSERT OR REPLACE deletes without asking the trigger above
        "CREATE TRIGGER audit_entries_never_replaced BEFORE INSERT ON audit_entries "
        "WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
    )


def _close_on_postgresql() -> None:
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in KEPT)
    op.execute(
        f"""
        CREATE FUNCTION keep_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                RAISE EXCEPTION 'audit entries of the last two years are never deleted';
            END IF;
            IF TG_OP = 'DELETE' THEN
                IF OLD.at > now() - interval '2 years' THEN
                    RAISE EXCEPTION 'audit entries of the last two years are never deleted';
                END IF;
                RETURN OLD;
            END IF;
            IF {changed} OR NEW.redacted_at IS NULL OR NEW.redacted_at <= OLD.redacted_at THEN
                RAISE EXCEPTION 'audit entries are never changed';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_audit_entries BEFORE UPDATE OR DELETE ON audit_entries "
        "FOR EACH ROW EXECUTE FUNCTION keep_audit_entries()"
    )
    op.execute(
        "CREATE TRIGGER keep_all_audit_entries BEFORE TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entries()"
    )


def _open_audit_log() -> None:
    if _is_sqlite():
        op.execute("DROP TRIGGER audit_entries_only_redacted")
        op.execute("DROP TRIGGER audit_entries_never_deleted")
        op.execute("DROP TRIGGER audit_entries_never_replaced")
    else:
        op.execute("DROP TRIGGER keep_audit_entries ON audit_entries")
        op.execute("DROP TRIGGER keep_all_audit_entries ON audit_entries")
        op.execute("DROP FUNCTION keep_audit_entries()")
    op.drop_index(op.f("ix_audit_entries_action_at"), "audit_entries")
    op.drop_index(op.f("ix_audit_entries_actor_id_at"), "audit_entries")
    op.drop_index(op.f("ix_audit_entries_at"), "audit_entries")
    op.drop_column("audit_entries", "redacted_at")
