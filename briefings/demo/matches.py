"""What came of needs in the example data: a match that goes on and is told as a story, one to be confirmed, advice."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.archive import stories, stories_asking
from briefings.archive.stories import Words
from briefings.db import db
from briefings.mentoring import advising
from briefings.mentoring.models import Advice, Readers
from briefings.needs.models import Need
from briefings.participation import matching, progressing
from briefings.participation.match_models import Match
from briefings.participation.matching import Terms
from briefings.participation.models import ParticipationReply, ReplyState

ADVICE = (
    "비슷한 일을 먼저 해 본 기관을 만나 보시기를 권합니다. 장소와 인력을 나누는 방식, 비용을 나누는 기준을 "
    "협약서에 먼저 적어 두면 뒤에 담당자가 바뀌어도 일이 이어집니다."
)
TOLD = "첫 현장 점검을 함께 마쳤습니다. 담당자 네 명이 참여해 맡을 일을 나누었습니다."


def load_matches(now: datetime, zone: ZoneInfo) -> None:
    """After the past briefing with its replies is there."""
    staff = db.session.scalars(select(User).where(User.role == Role.OFFICER)).first()
    match = db.session.scalars(select(Match).where(Match.confirmed_at.is_not(None)).order_by(Match.id)).first()
    if staff is None or match is None:
        return
    _tell(match, now, zone)
    _story(match, staff, now)
    _to_confirm(match, staff, now, zone)
    _advice(match.need, staff, now)


def _tell(match: Match, now: datetime, zone: ZoneInfo) -> None:
    today = now.astimezone(zone).date()
    partner = match.partners[0].organization_id
    on = max(match.matched_on, today - timedelta(days=2))
    if on <= today:
        progressing.add_progress(match.need, partner, on, TOLD, True, "이가온", today, now - timedelta(days=1))


def _story(match: Match, staff: User, now: datetime) -> None:
    """Published by the consent of both sides."""
    draft = stories.draft_of(match)
    title = f"만나서 시작했습니다: {match.need.title}"[:120]
    story = stories.begin(match, Words(title, draft.summary, draft.text), staff, now - timedelta(hours=20))
    stories_asking.ask(story, staff, now - timedelta(hours=20))
    for place, joined in enumerate(match.standing):
        at = now - timedelta(hours=18 - place)
        stories_asking.answer(story, joined.organization, True, "", "담당자", story.version, at)


def _to_confirm(match: Match, staff: User, now: datetime, zone: ZoneInfo) -> None:
    """Another match that its partner has not confirmed for more than a week."""
    talking = select(ParticipationReply).where(
        ParticipationReply.state == ReplyState.CONSULTING, ParticipationReply.need_id != match.need_id
    )
    made = db.session.scalars(talking.order_by(ParticipationReply.id)).first()
    if made is None:
        return
    at = now - timedelta(days=8)
    today = at.astimezone(zone).date()
    brings = {made.organization_id: made.offer, made.need.organization_id: "장소와 담당 인력"}
    summary = f"‘{made.need.title}’ 과제를 두 기관이 함께 시작하기로 했습니다."
    matching.record_match(made.need, [made], Terms(brings, today, summary), staff, today, at)


def _advice(need: Need, staff: User, now: datetime) -> None:
    """A public advice on the matched need, and another that is waited for."""
    mentors = list(db.session.scalars(select(User).where(User.role == Role.EXPERT).order_by(User.id).limit(1)))
    other = db.session.scalars(select(Need).where(Need.id != need.id, Need.published_at.is_not(None))).first()
    if not mentors or other is None:
        return
    advising.ask([need, other], mentors, staff, now - timedelta(days=4))
    given = db.session.scalars(select(Advice).where(Advice.need_id == need.id)).one()
    advising.write(given, ADVICE, Readers.PUBLIC, now - timedelta(days=2))
