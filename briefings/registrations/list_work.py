"""What the worker does with a long list: its people are registered, all of them or nobody, in one transaction."""

from typing import Any

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.registrations.listing import take
from briefings.registrations.models import ListState, PeopleList
from briefings.tasks.running import Work


def take_people(work: Work) -> dict[str, Any]:
    """Register everybody in a list; it may be begun anew at any point. Refused where anything new was found."""
    list_ = db.session.get_one(PeopleList, work.params["list"])
    if list_.state is not ListState.CHECKED:
        return dict(list_.outcome)
    work.tell(0, 0, f"{len(list_.people_rows):,}명을 신청시키는 중")
    with unit_of_work():
        by = db.session.get_one(User, work.params["by"])
        take(list_, work.params["source"], by, work.clock())
        return dict(list_.outcome)
