"""Rows with honest defaults, for tests: `a_briefing(capacity=0)`. Everything is committed, nothing by hand.

A row comes with all that it needs, as `_briefing` and the like make it, in one transaction: each commit costs a test as
much as a page.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from briefings.accounts.models import Role, User
from briefings.db import db, renew_version
from briefings.needs.models import Audience, Need, NeedState, Round, Theme
from briefings.needs.review_models import Criterion, Review, ReviewState, Score
from briefings.organizations.finding import name_key
from briefings.organizations.models import AccountRequest, Membership, Organization, OrganizationKind
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.questions.models import Question
from briefings.rounds.models import RoundContact
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, places_version_row
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState, SupportState

numbers = count(1)
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


def saved(row: Any) -> Any:
    """The row, committed, so that requests see it; it is read anew when it is looked at, but for its number."""
    db.session.add(row)
    db.session.commit()
    known = inspect(row)
    if [column.key for column in known.mapper.primary_key] == ["id"]:
        set_committed_value(row, "id", *known.identity)  # never changes, and is what most tests ask for first
    return row


def a_user(role: Role = Role.OFFICER, **given: Any) -> User:
    """An account without a password (tests sign in by session)."""
    n = next(numbers)
    values = {"email": f"user{n}@example.kr", "name": "김하늘", "role": role, "created_at": BEFORE} | given
    return saved(User(**values))


def an_organization(
    name: str | None = None, kind: OrganizationKind = OrganizationKind.PUBLIC_INSTITUTION
) -> Organization:
    """A body of any kind."""
    return saved(_organization(name, kind))


def _organization(name: str | None, kind: OrganizationKind) -> Organization:
    name = name or f"가온공단 {next(numbers)}"
    return Organization(name=name, name_key=name_key(name), kind=kind, created_at=BEFORE)


def an_owner(organization: Organization | None = None, **given: Any) -> User:
    """An account that acts for an organization."""
    user = a_user(Role.OWNER, **given)
    saved(Membership(user_id=user.id, organization_id=(organization or an_organization()).id))
    return user


def an_account_request(**given: Any) -> AccountRequest:
    """Somebody of a local government asks for an account; the address is not proven yet."""
    n = next(numbers)
    values = {
        "organization_name": f"다도해군 {n}",
        "organization_kind": OrganizationKind.LOCAL,
        "name": "최다온",
        "email": f"daon{n}@example.kr",
        "phone": "061-123-4567",
        "purpose": "폐어망을 함께 되살릴 기업을 찾습니다.",
        "requested_at": BEFORE,
    } | given
    return saved(AccountRequest(**values))


def a_theme(name: str | None = None) -> Theme:
    """A theme of its own."""
    return saved(_theme(name))


def _theme(name: str | None = None) -> Theme:
    n = next(numbers)
    return Theme(name=name or f"주제 {n}", name_en=f"Theme {n}", position=n)


def an_audience(name: str | None = None) -> Audience:
    """An audience of its own."""
    return saved(_audience(name))


def _audience(name: str | None = None) -> Audience:
    n = next(numbers)
    return Audience(name=name or f"대상 {n}", name_en=f"Audience {n}", position=n)


def a_need(**given: Any) -> Need:
    """A published need with both halves."""
    return saved(_need(**given))


def _need(**given: Any) -> Need:
    values: dict[str, Any] = {
        "title": f"폐어망 되살림 공정 함께 만들기 {next(numbers)}",
        "summary": "바다에서 모은 폐어망을 원료로 바꿀 설비와 판로를 찾습니다.",
        "offers": "수거한 폐어망과 선별 작업장",
        "seeks": "재생 원료로 바꾸는 설비",
        "state": NeedState.PUBLISHED,
        "created_at": BEFORE,
        "changed_at": BEFORE,
        "submitted_at": BEFORE,
        "published_at": BEFORE,
    } | given
    if "organization" not in values and "organization_id" not in values:
        values["organization"] = _organization(None, OrganizationKind.PUBLIC_INSTITUTION)
    values["themes"] = values.get("themes") or [_theme()]
    values["audiences"] = values.get("audiences") or [_audience()]
    return Need(**values)


def a_round(**given: Any) -> Round:
    """An announced round that takes needs since a week and for another."""
    n = next(numbers)
    now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    values: dict[str, Any] = {
        "name": f"2026년 하반기 수요조사 {n}",
        "description": "함께 풀 과제를 찾습니다.",
        "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=7),
        "announced_at": BEFORE,
        "created_at": BEFORE,
        "changed_at": BEFORE,
    } | given
    return saved(Round(**values))


def a_contact(round: Round, **given: Any) -> RoundContact:
    """Somebody of a local government who was asked four days ago and has not answered."""
    n = next(numbers)
    values: dict[str, Any] = {
        "round": round,
        "name": "최다온",
        "email": f"daon{n}@example.kr",
        "added_at": BEFORE,
        "asked_at": datetime(2026, 11, 19, 1, 0, tzinfo=UTC),
    } | given
    if "organization" not in values:
        values["organization"] = _organization(f"다도해군 {n}", OrganizationKind.LOCAL)
    return saved(RoundContact(**values))


def an_expert(organization: Organization | None = None, **given: Any) -> User:
    """An account that scores needs, of an organization or of none."""
    user = a_user(Role.EXPERT, **given)
    if organization:
        saved(Membership(user_id=user.id, organization_id=organization.id))
    return user


def criteria_for(round: Round, *weights: int) -> list[Criterion]:
    """Criteria of a round with these weights, `기준 1` and so on."""
    rows = [
        Criterion(round_id=round.id, name=f"기준 {place}", weight=weight, position=place)
        for place, weight in enumerate(weights or (60, 40), start=1)
    ]
    db.session.add_all(rows)
    db.session.commit()
    return rows


def a_review(need: Need, reviewer: User, points: Mapping[Criterion, int] | None = None, **given: Any) -> Review:
    """A sheet that waits for its reviewer; submitted where `points` are given."""
    values: dict[str, Any] = {"need_id": need.id, "reviewer_id": reviewer.id}
    values |= {"assigned_at": BEFORE, "changed_at": BEFORE}
    if points:
        values |= {"state": ReviewState.SUBMITTED, "submitted_at": BEFORE}
    review = Review(**values | given)
    for criterion, number in (points or {}).items():
        review.scores.append(Score(criterion_id=criterion.id, points=number, reason="" if number else "알 수 없음"))
    return saved(review)


def a_briefing(needs: int = 1, now: datetime | None = None, **given: Any) -> Briefing:
    """A published briefing in ten days, open for registration, with `needs` presented needs."""
    return saved(_briefing(needs, now, **given))


def _briefing(needs: int = 1, now: datetime | None = None, **given: Any) -> Briefing:
    now = now or datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    starts_at = given.pop("starts_at", now + timedelta(days=10))
    values: dict[str, Any] = {
        "title": f"탄소중립 협업이음 사업설명회 {next(numbers)}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "capacity": 80,
        "registration_opens_at": BEFORE,
        "registration_closes_at": starts_at - timedelta(hours=1),
        "room_url": "https://room.example.kr/abc",
        "state": BriefingState.PUBLISHED,
        "created_at": BEFORE,
        "changed_at": BEFORE,
        "published_at": BEFORE,
    } | given
    values["theme"] = values.get("theme") or _theme()
    values["audience"] = values.get("audience") or _audience()
    briefing = Briefing(**values)
    for position in range(needs):
        need = _need(themes=[briefing.theme], audiences=[briefing.audience])
        briefing.slots.append(PresenterSlot(need=need, position=position + 1, presenter_name="홍길동"))
    return briefing


def a_registration(briefing: Briefing | None = None, **given: Any) -> Registration:
    """A confirmed place of somebody from a company."""
    n = next(numbers)
    values: dict[str, Any] = {
        "briefing": briefing or _briefing(),
        "name": "이가온",
        "email": f"gaon{n}@example.com",
        "state": RegistrationState.CONFIRMED,
        "registered_at": BEFORE,
        "confirmed_at": BEFORE,
    } | given
    if values["state"] is RegistrationState.WAITLISTED:
        values |= {"confirmed_at": None, "waiting_since": values.get("waiting_since") or BEFORE}
    if values["state"] is RegistrationState.REQUESTED:
        values["confirmed_at"] = None
    if values.get("support"):
        values = {"support_state": SupportState.ASKED, "support_changed_at": BEFORE} | values
    if "organization" not in values and "organization_id" not in values:
        values["organization"] = _organization(f"가온재활용 {n}", OrganizationKind.COMPANY)
    registration = Registration(**values)
    db.session.add(registration)
    db.session.flush()
    renew_version(db.session.connection(), places_version_row(registration.briefing_id))  # as `lock` does
    return saved(registration)


def a_question(registration: Registration, **given: Any) -> Question:
    """A question that waits, asked by somebody with a place."""
    values: dict[str, Any] = {
        "briefing_id": registration.briefing_id,
        "registration_id": registration.id,
        "text": f"설비를 옮길 비용도 지원합니까? {next(numbers)}",
        "asked_at": datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
    } | given
    return saved(Question(**values))


def an_invitee(briefing: Briefing, **given: Any) -> Invitee:
    """Somebody of a company whom staff invite to a briefing and who has not answered."""
    n = next(numbers)
    values: dict[str, Any] = {"email": f"gaon{n}@example.com", "name": "이가온", "added_at": BEFORE} | given
    return saved(Invitee(briefing_id=briefing.id, **values))


def a_colleague(reply: ParticipationReply, **given: Any) -> ReplyColleague:
    """Somebody of the organization that sent a reply who wants to join it."""
    n = next(numbers)
    values: dict[str, Any] = {
        "reply_id": reply.id,
        "name": "박나래",
        "email": f"narae{n}@example.com",
        "offer": "시험 운영할 현장이 있습니다.",
        "asked_at": BEFORE,
    } | given
    return saved(ReplyColleague(**values))


def a_reply(need: Need | None = None, **given: Any) -> ParticipationReply:
    """A reply nobody has opened yet."""
    n = next(numbers)
    values: dict[str, Any] = {
        "need": need or _need(),
        "name": "이가온",
        "email": f"gaon{n}@example.com",
        "offer": "폐어망을 재생 원료로 바꾸는 설비가 있습니다.",
        "sent_at": BEFORE,
        "due_at": datetime(2026, 11, 27, 9, tzinfo=UTC),
    } | given
    if "organization" not in values:
        values["organization"] = _organization(f"가온재활용 {n}", OrganizationKind.COMPANY)
    return saved(ParticipationReply(**values))
