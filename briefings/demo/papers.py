"""Papers of the past example briefing: slides of its first needs, the booklet bound of them, certificates."""

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.afterwards import certifying
from briefings.archive import binding, booklets
from briefings.db import db
from briefings.live.attending import came
from briefings.needs.models import Need
from briefings.papers.looks import colours
from briefings.papers.setting import PaperError, set_paper, workplace
from briefings.schedule.materials import hand_in
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.programme import programme_of
from briefings.schedule.registration_models import Registration

DECKS = 2
CERTIFICATES = 9
SITE = {"name": "협업이음 설명회", "issuer": "협업이음 설명회", "address": "http://127.0.0.1:8000"}


def load_papers(now: datetime, zone: ZoneInfo) -> None:
    """Of the latest briefing that is over; where no PDF can be made there are certificates alone."""
    over = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at <= now)
    briefing = db.session.scalars(over.order_by(Briefing.starts_at.desc())).first()
    staff = db.session.scalars(select(User).where(User.email == "staff@example.kr")).one()
    if briefing is None:
        return
    with suppress(PaperError):
        _bind(briefing, staff, now)
    _issue(briefing, staff, zone, now)


def _bind(briefing: Briefing, staff: User, now: datetime) -> None:
    at = briefing.starts_at - timedelta(days=7)
    for entry in programme_of(briefing)[:DECKS]:
        hand_in(entry.slot, f"발표자료_{entry.need.organization.name}.pdf", _slides(entry.need, at), at, staff, True)
    parts = booklets.parts_of(briefing)
    book = binding.bound(briefing, parts, SITE, briefing.starts_at)
    mark = booklets.made_of(briefing, parts)
    binding.keep(briefing, book, mark, min(briefing.ends_at + timedelta(days=1), now)).published_at = now


def _slides(need: Need, at: datetime) -> bytes:
    parts = [
        ("제공 자원", need.offers),
        ("필요 역량", need.seeks),
        ("함께하려면", "협업이음 설명회에서 참여 답글을 남겨 주세요."),
    ]
    data = {"colours": colours(), "title": need.title, "owner": need.organization.name, "parts": parts}
    with workplace() as folder:
        return set_paper(folder, "slides", data, at)


def _issue(briefing: Briefing, staff: User, zone: ZoneInfo, now: datetime) -> None:
    """To some of those who were there; one of them with another name since."""
    at = briefing.ends_at + timedelta(hours=3)
    there = select(Registration).where(Registration.briefing_id == briefing.id, came()).order_by(Registration.id)
    certificates = [
        certifying.issue(each, zone, at + timedelta(minutes=number))
        for number, each in enumerate(db.session.scalars(there.limit(CERTIFICATES)))
        if certifying.why_not(briefing, certifying.rule_of(briefing), certifying.presence_of(each, at), at) is None
    ]
    if certificates:
        first = certificates[0]
        reason = "신청할 때 기관 이름을 줄여 적음"
        certifying.correct(first, first.name, f"{first.organization} 본부", reason, zone, staff, now)
