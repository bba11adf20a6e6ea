"""Texts of optional consents say that one has the right to refuse (제15조 제2항), where they stand as they came."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAMES = ("purpose", "version", "locale", "basis", "title", "recipient", "use", "items", "retention", "refusal")
SAID = {
    "동의하지 않아도 설명회에 참가할 수 있습니다.": (
        "동의하지 않을 권리가 있습니다. 동의하지 않아도 설명회에 참가할 수 있습니다."
    ),
    "You can take part without this consent.": "You may refuse. You can take part without this consent.",
}


def upgrade() -> None:
    """Where nobody works with it yet, the text itself; elsewhere a new version, in every language of the one in force.

    What administrators wrote otherwise stays.
    """
    moment = sa.column("created_at", sa.DateTime(timezone=True))
    texts = sa.table("consent_texts", *map(sa.column, NAMES), moment)
    if not op.get_bind().execute(sa.select(sa.table("users", sa.column("id"))).limit(1)).first():
        for before, after in SAID.items():
            op.execute(sa.update(texts).where(texts.c.refusal == before).values(refusal=after))
        return
    for purpose in ("provision", "news"):
        of_purpose = sa.select(texts).where(texts.c.purpose == purpose)
        newest = sa.select(sa.func.max(texts.c.version)).where(texts.c.purpose == purpose).scalar_subquery()
        in_force = op.get_bind().execute(of_purpose.where(texts.c.version == newest)).mappings().all()
        if any(text["refusal"] in SAID for text in in_force):
            new = {"version": in_force[0]["version"] + 1, "created_at": datetime.now(UTC)}
            refusals = [{"refusal": SAID.get(text["refusal"], text["refusal"])} for text in in_force]
            op.bulk_insert(texts, [{**text, **new, **said} for text, said in zip(in_force, refusals, strict=True)])


def downgrade() -> None:
    """The texts stay: people have answered to them."""
