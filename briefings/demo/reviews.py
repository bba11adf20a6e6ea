"""The review of the example data: an earlier round that three experts score, with some of it still to do."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.db import db
from briefings.demo.people import EXPERT
from briefings.needs.models import Round
from briefings.needs.review_models import Criterion, Review
from briefings.organizations.finding import named
from briefings.organizations.models import Membership, OrganizationKind
from briefings.reviews import asking_reviewers, assigning, criteria
from briefings.reviews import scoring as reviews
from briefings.reviews.scoring import Mark

COLLEAGUES = (("reviewer1@example.kr", "윤슬빛(예시)"), ("reviewer2@example.kr", "한여울(예시)"))
HOUSE = ("한빛대학교 산학협력단", OrganizationKind.UNIVERSITY)
LEFT = 3
"""So many sheets of the example expert are still to do, the first of them begun."""
COMMENTS = ("상대 기관이 얻는 것도 뚜렷합니다.", "기간이 조금 짧아 보입니다.", "")


def load_reviews(now: datetime, zone: ZoneInfo) -> None:
    """The round before the present one is under review for another week; two reviewers are done, the expert is not."""
    staff = db.session.scalars(select(User).where(User.email == "staff@example.kr")).one()
    round = db.session.scalars(select(Round).order_by(Round.opens_at).limit(1)).one()
    expert = db.session.scalars(select(User).where(User.email == EXPERT)).one()
    db.session.add(Membership(user_id=expert.id, organization_id=named(*HOUSE, now).id))
    panel = [expert, *(User(email=email, name=name, role=Role.EXPERT, created_at=now) for email, name in COLLEAGUES)]
    db.session.add_all(panel)
    db.session.flush()
    asked, today = now - timedelta(days=2), now.astimezone(zone).date()
    criteria.propose(round, staff, asked)
    assigning.set_due(round, today + timedelta(days=7), today=today, by=staff, now=asked)
    numbers = [user.id for user in panel]
    agreed = assigning.even_distribution(round.id, numbers, len(panel)).version
    assigning.assign_evenly(round, numbers, len(panel), agreed=agreed, by=staff, now=asked)
    asking_reviewers.ask(round, staff, today, asked)
    known = criteria.criteria_of(round.id)
    for place, user in enumerate(panel):
        mine = select(Review).where(Review.reviewer_id == user.id).order_by(Review.need_id)
        sheets = list(db.session.scalars(mine))
        done = len(sheets) - LEFT if user is expert else len(sheets)
        for number, sheet in enumerate(sheets[: done + 1]):
            _score(sheet, known, place + number, whole=number < done, now=now)


def _score(sheet: Review, known: list[Criterion], turn: int, *, whole: bool, now: datetime) -> None:
    """Points that differ from need to need and a little from reviewer to reviewer; half of them where not `whole`."""
    points = {each.id: Mark(2 + (turn * 3 + place * turn) % 4) for place, each in enumerate(known)}
    seen, today, comment = reviews.version_seen(sheet, known), now.date(), COMMENTS[turn % len(COMMENTS)]
    if whole:
        reviews.submit(sheet, points, comment, seen=seen, today=today, now=now)
    else:
        reviews.save(sheet, dict(list(points.items())[:2]), comment, seen=seen, today=today, now=now)
