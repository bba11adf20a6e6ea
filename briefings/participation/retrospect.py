"""Looking back at a need: where it was presented, and the replies before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import func, select

from briefings.db import db
from briefings.needs.boxes import Box
from briefings.needs.models import Need
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.planner.model import PlannedNeed
from briefings.planner.past import for_its_past
from briefings.planner.words import sentence
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState, registration_interests
from briefings.seasons.problem import past_of
from briefings.web.filters import local

_SAID = registration_interests.c


@dataclass(frozen=True)
class Presentation:
    """One time a need was presented.

    `before`: replies that stand and came before it began; `after`: those since, until it was presented again.
    `interested`: how many people with a place there showed interest, `raised` of them while it went on.
    """

    briefing: Briefing
    before: int
    after: int
    interested: int = 0
    raised: int = 0

    @property
    def on(self) -> date:
        """The day."""
        return local(self.briefing.starts_at).date()


def presentations_of(need: Need, now: datetime, listed_only: bool = False) -> list[Presentation]:
    """Every briefing that began and had it in its programme, the latest first; by three statements at most."""
    presents = Briefing.slots.any(PresenterSlot.need_id == need.id)
    found = select(Briefing).where(presents, Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at <= now)
    if listed_only:
        found = found.where(LISTED)
    briefings = db.session.scalars(found.order_by(Briefing.starts_at, Briefing.id)).all()
    if not briefings:
        return []
    stands = (ParticipationReply.need_id == need.id, ParticipationReply.state != ReplyState.WITHDRAWN)
    sent = list(db.session.scalars(select(ParticipationReply.sent_at).where(*stands)))
    interest = {} if listed_only else _interest(need, briefings)
    ends = [*(later.starts_at for _, later in pairwise(briefings)), None]
    return [
        Presentation(
            briefing,
            sum(at < briefing.starts_at for at in sent),
            sum(briefing.starts_at <= at and (end is None or at < end) for at in sent),
            *interest.get(briefing.id, ()),
        )
        for briefing, end in zip(briefings, ends, strict=True)
    ][::-1]


def of_owner(need: Need, now: datetime) -> Box | None:
    """What its owner sees of it."""
    found = presentations_of(need, now)
    return Box("participation/retrospect_box.html", {"presentations": found, "weight": []}) if found else None


def of_staff(need: Need, now: datetime) -> Box | None:
    """What staff see of it: also what it counts for when the next season is planned."""
    found = presentations_of(need, now)
    if not found:
        return None
    return Box("participation/retrospect_box.html", {"presentations": found, "weight": weight_of(need, found, now)})


def weight_of(need: Need, found: Sequence[Presentation], now: datetime) -> list[str]:
    """The reasons the season planner will give for it, in sentences; none while it is not over or waits for nothing."""
    over = next((one for one in found if one.briefing.is_over(now)), None)
    if over is None or not need.takes_replies or need.matched_at:
        return []
    past = past_of(need, over.briefing.starts_at, now)
    planned = PlannedNeed(
        "", "", (), (), waiting_days=past.waiting_days, presented_on=over.on.isoformat(), replied=past.replied
    )
    return [sentence(reason) for reason in for_its_past(planned)]


def _interest(need: Need, briefings: Sequence[Briefing]) -> dict[int, tuple[int, int]]:
    """By briefing, how many people were interested, and how many of them said so while it went on."""
    counted = (
        select(Registration.briefing_id, func.count(), func.count(_SAID.raised_at))
        .join(registration_interests, _SAID.registration_id == Registration.id)
        .where(_SAID.need_id == need.id, Registration.briefing_id.in_([briefing.id for briefing in briefings]))
        .where(Registration.state != RegistrationState.CANCELLED)
        .group_by(Registration.briefing_id)
    )
    return {briefing_id: (people, raised) for briefing_id, people, raised in db.session.execute(counted)}
