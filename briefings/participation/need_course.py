"""What came of needs: the briefings that present them, the replies and the match, for their public pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.errors import N_
from briefings.needs.models import Need
from briefings.participation.match_models import Match
from briefings.participation.models import ParticipationReply, ReplyState, Visibility
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.web.filters import local


def briefings_presenting(need: Need) -> list[Briefing]:
    """Every listed briefing with a slot for it, the earliest first; called-off ones left out."""
    presents = Briefing.slots.any(PresenterSlot.need_id == need.id)
    announced = select(Briefing).where(presents, LISTED, Briefing.state == BriefingState.PUBLISHED)
    return list(db.session.scalars(announced.order_by(Briefing.starts_at)))


def next_briefings(needs: Iterable[Need], now: datetime) -> dict[int, Briefing]:
    """The next listed briefing of each need that has one, by the need's id; one query."""
    ids = [need.id for need in needs]
    coming = select(PresenterSlot.need_id, Briefing).join(PresenterSlot.briefing).where(PresenterSlot.need_id.in_(ids))
    coming = coming.where(LISTED, Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at > now)
    latest_first = db.session.execute(coming.order_by(Briefing.starts_at.desc())).all()
    return {need_id: briefing for need_id, briefing in latest_first}


class Replies(NamedTuple):
    """How many organizations have answered a need and did not take that back, and when the first of them did."""

    number: int
    first_at: datetime | None


def replies_to(need: Need) -> Replies:
    """The replies that stand."""
    standing = (ParticipationReply.need_id == need.id, ParticipationReply.state != ReplyState.WITHDRAWN)
    number, first_at = db.session.execute(
        select(func.count(), func.min(ParticipationReply.sent_at)).where(*standing)
    ).one()
    return Replies(number, first_at)


@dataclass(frozen=True)
class Turn:
    """Something in the life of a need: the day, what happened (a catalogue key), and the briefing it happened in."""

    on: date
    what: str
    briefing: Briefing | None = None


def life_of(
    need: Need, presented: Iterable[Briefing], replies: Replies, match: Match | None, now: datetime
) -> list[Turn]:
    """What became of a public need and what is still to come, the first first."""
    moments = [
        (need.published_at, N_("수요 과제를 게시했습니다.")),
        (need.key_since, N_("주요 과제로 선정되었습니다.")),
        (replies.first_at, N_("첫 참여 답글을 받았습니다.")),
        (need.consulting_since, N_("다른 기관과 협의를 시작했습니다.")),
    ]
    turns = [(at, Turn(local(at).date(), what)) for at, what in moments if at]
    turns += [
        (briefing.starts_at, Turn(local(briefing.starts_at).date(), _of_briefing(briefing, now), briefing))
        for briefing in presented
    ]
    in_order = [turn for _, turn in sorted(turns, key=lambda moment: moment[0])]
    if match:
        in_order.append(Turn(match.matched_on, N_("협업이 성사되었습니다.")))
    return sorted(in_order, key=lambda turn: turn.on)


def _of_briefing(briefing: Briefing, now: datetime) -> str:
    if now < briefing.starts_at:
        return N_("사업설명회에서 소개할 예정입니다.")
    return N_("사업설명회에서 소개했습니다.") if briefing.is_over(now) else N_("사업설명회가 지금 열리고 있습니다.")


def standing_replies() -> int:
    """How many replies there are altogether that were not taken back."""
    counted = select(func.count(ParticipationReply.id)).where(ParticipationReply.state != ReplyState.WITHDRAWN)
    return db.session.scalars(counted).one()


def public_replies(need: Need) -> list[ParticipationReply]:
    """The replies whose senders let everyone read them, with their organizations, the first one first."""
    found = select(ParticipationReply).where(
        ParticipationReply.need_id == need.id,
        ParticipationReply.visibility == Visibility.PUBLIC,
        ParticipationReply.state.not_in((ReplyState.WITHDRAWN, ReplyState.DECLINED, ReplyState.ENDED)),
    )
    with_names = joinedload(ParticipationReply.organization)
    return list(db.session.scalars(found.options(with_names).order_by(ParticipationReply.sent_at)))
