"""An installation in which the API has something of everything to tell, hostile words among it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from briefings.archive.models import Story, StoryConsent, StoryState
from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization, MatchProgress
from briefings.schedule.models import Briefing
from tests.builders import a_briefing, a_need, a_question, a_registration, a_reply, a_round, an_organization, saved

PEOPLE = {
    "contact_name": "연락담당자",
    "contact_phone": "044-205-9876",
    "contact_email": "contact@secret.example",
    "presenter_name": "발표할사람",
    "presenter_email": "presenter@secret.example",
    "name": "신청한사람",
    "email": "registrant@secret.example",
    "moderator": "사회볼사람",
}
"""What no program is ever told."""


@dataclass
class Stock:
    """What is there."""

    past: Briefing
    coming: Briefing
    match: Match
    story: Story
    silent: Organization
    draft: Need


def a_stock(now: datetime) -> Stock:
    """A briefing that is over and one to come, a need matched, a story, a round; somebody who only signed up."""
    round = a_round(announced_at=now - timedelta(days=9), opens_at=now - timedelta(days=8))
    contact = {name: PEOPLE[name] for name in ("contact_name", "contact_phone", "contact_email")}
    past = a_briefing(needs=2, title="끝난 설명회", starts_at=now - timedelta(days=3), moderator=PEOPLE["moderator"])
    coming = a_briefing(needs=1, title="다가올 설명회", starts_at=now + timedelta(days=9), capacity=30)
    for slot in (*past.slots, *coming.slots):
        _set(slot, presenter_name=PEOPLE["presenter_name"], presenter_email=PEOPLE["presenter_email"])
        _set(slot.need, title="=1+1 <b>휠체어</b> 나눔", published_at=now - timedelta(days=20), **contact)
    past.slots[0].need.round = round
    silent = an_organization(f"조용한 기관 {past.public_id}", OrganizationKind.COMPANY)
    person = a_registration(past, organization=silent, name=PEOPLE["name"], email=PEOPLE["email"])
    asked = a_question(person, text="어떻게 함께합니까?")
    asked.write("이렇게 함께합니다.", past.slots[0].need.organization.name, now)
    match = _matched(past.slots[0].need, now)
    story = _told(match, now)
    draft = a_need(title="아직 쓰는 과제", state=NeedState.DRAFT, published_at=None)
    db.session.commit()
    return Stock(past, coming, match, story, silent, draft)


def _set(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _matched(need: Need, now: datetime) -> Match:
    reply = a_reply(need, name=PEOPLE["name"], email="replier@secret.example")
    both = [MatchOrganization(organization=each, confirmed_at=now) for each in (need.organization, reply.organization)]
    match = Match(need=need, matched_on=now.date(), summary="함께 고칩니다.", recorded_at=now, confirmed_at=now)
    both[1].confirmed_by = PEOPLE["name"]
    match.organizations = both
    said = {"happened_on": now.date(), "text": "열 대를 고쳤습니다.", "public": True, "written_at": now}
    match.progress = [MatchProgress(organization=need.organization, written_by=PEOPLE["name"], **said)]
    need.matched_at = now
    return saved(match)


def _told(match: Match, now: datetime) -> Story:
    story = Story(match=match, title="만나서 시작했습니다", text="이야기", changed_at=now, state=StoryState.PUBLISHED)
    story.asked_at = story.published_at = now
    story.consents = [
        StoryConsent(organization=each.organization, version=1, agreed=True, said_by=PEOPLE["name"], said_at=now)
        for each in match.organizations
    ]
    return saved(story)
