"""What the first page shows."""

from dataclasses import dataclass
from datetime import datetime

from briefings.needs.finding import Search, counts_by_state, public_needs
from briefings.needs.models import Need, NeedState, NeedStatus, Round
from briefings.needs.rounds import open_rounds
from briefings.participation.need_course import standing_replies
from briefings.schedule.coming import next_ones
from briefings.schedule.finding import Seen
from briefings.schedule.models import Phase

AFTER_THE_NEXT = 3
NEWEST = 6


@dataclass(frozen=True)
class Home:
    """The briefing to sign up for next, three others to come, open rounds, the newest needs, two figures."""

    next: Seen | None
    others: list[Seen]
    needs: list[Need]
    rounds: list[Round]
    published: int
    replies: int


def home(now: datetime) -> Home:
    """Everything on the first page; next is what people can still sign up for, or whatever comes first."""
    coming = next_ones(now, 1 + AFTER_THE_NEXT)
    is_open = (seen for seen in coming if seen.briefing.phase(now) is Phase.OPEN)
    first = next(is_open, coming[0] if coming else None)
    return Home(
        next=first,
        others=[seen for seen in coming if seen is not first],
        rounds=open_rounds(now),
        needs=public_needs(Search(status=NeedStatus.OPEN)).items[:NEWEST],
        published=counts_by_state()[NeedState.PUBLISHED],
        replies=standing_replies(),
    )
