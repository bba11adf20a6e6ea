"""Who looks after an endpoint: accounts stand above this slice, which knows their table by name."""

from sqlalchemy import select

from briefings.db import Base, db
from briefings.outbox.queueing import Recipient


def whom_to_tell(account: int) -> list[Recipient]:
    """Whoever made it while they look after such things; every administrator otherwise."""
    users = Base.metadata.tables["users"]
    in_charge = select(users.c.id, users.c.email, users.c.name, users.c.locale)
    in_charge = in_charge.where(users.c.active, users.c.role == "administrator").order_by(users.c.id)
    found = {row.id: Recipient(row.email, row.name, row.locale) for row in db.session.execute(in_charge)}
    return [found[account]] if account in found else list(found.values())


def name_of(account: int) -> str:
    """What the account of whoever made it is called."""
    users = Base.metadata.tables["users"]
    return db.session.scalar(select(users.c.name).where(users.c.id == account)) or ""
