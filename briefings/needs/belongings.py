"""The needs of an organization, which bear its name in their search words."""

from sqlalchemy import select

from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.search_index import FIELDS, index
from briefings.organizations.belongings import Belonging, Belongings
from briefings.organizations.models import Organization

AT_A_TIME = 500


def name_anew(organization_id: int) -> None:
    """Its needs are found by its name as it reads now."""
    columns = (Need.id, *(getattr(Need, field) for field in FIELDS), Organization.name)
    rows = select(*columns).join(Need.organization).where(Need.organization_id == organization_id)
    for some in db.session.execute(rows.order_by(Need.id)).partitions(AT_A_TIME):
        index(db.session.connection(), {number: [line or "" for line in lines] for number, *lines in some})


BELONGINGS: Belongings = (
    Belonging("needs", "수요 과제", Need.organization_id, listed=True, page="staff_needs.index", renamed=name_anew),
)
