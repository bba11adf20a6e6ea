"""Two people, or one who presses twice, post at the same moment: both get an answer, and things are done once.

AT_ONCE_ROUNDS=50 gives chance more to try on PostgreSQL.
"""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from briefings import clock, jobs
from briefings.accounts.models import Role
from briefings.announcements.groups import Group
from briefings.announcements.writing import Letter, write
from briefings.audit.models import AuditEntry
from briefings.calendar.holidays import working_days_from
from briefings.db import db, unit_of_work
from briefings.live.models import Attendance, AttendanceSource, AttendanceState
from briefings.needs.models import Theme
from briefings.needs.review_models import Outcome, Review, Score
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.models import Message
from briefings.outbox.texts import Template
from briefings.participation.appointments import Terms, offer
from briefings.participation.links import token_of as talk_token_of
from briefings.participation.match_models import Match
from briefings.participation.matching import Terms as MatchTerms
from briefings.participation.matching import match_of, record_match
from briefings.participation.models import Appointment, ParticipationReply, ReplyState
from briefings.reviews.assigning import even_distribution
from briefings.reviews.criteria import criteria_of
from briefings.reviews.scoring import version_seen
from briefings.reviews.selecting import agreed_version, decide, drafts, version_of
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.security import limiter
from briefings.webhooks import managing
from briefings.webhooks.announcing import announce_each
from briefings.webhooks.events import Event
from briefings.webhooks.models import DeliveryState, WebhookDelivery
from tests.builders import (
    a_briefing,
    a_colleague,
    a_need,
    a_registration,
    a_reply,
    a_review,
    a_round,
    a_user,
    an_account_request,
    an_expert,
    an_organization,
    an_owner,
    criteria_for,
    saved,
)
from tests.client import PageClient
from tests.prepared import a_database
from tests.schedule.desk import filled
from tests.schedule.test_last_seat import a_program
from tests.webhooks.receiver import a_receiver

FEW, MANY = 2, 6
PERSON = {"kind": "company", "name": "이가온", "email": "gaon@example.com", "consent": "yes"}

pytestmark = pytest.mark.slow
Press = tuple[PageClient, str, dict[str, object]]


class Quick(PageClient):
    """Somebody whose pages are not looked at closely: other tests do."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Open like Flask's client, in an application context of its own (see PageClient)."""
        with self.application.app_context():
            response = FlaskClient.open(self, *args, **kwargs)
        db.session.expire_all()
        return response


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def program(request) -> Iterator[tuple[Flask, int]]:
    """The application, and how often to try what may go wrong by chance."""
    rounds = FEW if request.param == "sqlite" else MANY
    if request.param == "postgresql":
        rounds = int(os.environ.get("AT_ONCE_ROUNDS", rounds))
    with a_database(request.param) as url, a_program(url) as app:
        app.test_client_class = Quick
        limiter.enabled = False
        yield app, rounds


def at_once(*presses: Press) -> list[int]:
    """Post all at the same moment; the status of each answer, in order of size."""
    start = threading.Barrier(len(presses))
    answers: list[int] = []

    def press(client: PageClient, address: str, form: dict[str, object]) -> None:
        start.wait(timeout=30)
        with client.application.app_context():
            answers.append(client.post(address, data=form).status_code)

    threads = [threading.Thread(target=press, args=each) for each in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    db.session.rollback()
    return sorted(answers)


def twice(app: Flask, address: str, form: dict[str, object] | None = None, user: object = None) -> list[int]:
    """The same post twice at once."""
    clients = (app.test_client(), app.test_client())
    if user:
        clients = tuple(client.sign_in(user) for client in clients)
    return at_once(*((client, address, form or {}) for client in clients))


def count(row: type, *conditions: object) -> int:
    return db.session.scalars(select(func.count()).select_from(row).where(*conditions)).one()


def repeated(test: Callable[[Flask, int], None]) -> Callable[[tuple[Flask, int]], None]:
    """A test that is run anew as often as its database needs."""

    def run(program: tuple[Flask, int]) -> None:
        app, rounds = program
        for number in range(rounds):
            test(app, number)

    run.__doc__ = test.__doc__
    return run


@repeated
def test_one_reply_however_often_it_is_posted(app, number):
    need = a_need()
    known = an_organization(kind=OrganizationKind.COMPANY)
    name = known.name if number % 2 else f"새 회사 {number}"
    form = {**PERSON, "organization": name, "visibility": "owner", f"chosen_{need.id}": "y"}
    form |= {f"offer_{need.id}": "재생 원료로 바꾸는 설비가 있습니다.", f"consent_{need.id}": "yes"}
    assert twice(app, f"/needs/{need.id}/reply", form) == [303, 303]
    assert count(ParticipationReply, ParticipationReply.need_id == need.id) == 1
    assert count(Organization, Organization.name == name) == 1


@repeated
def test_one_registration_however_often_it_is_posted(app, number):
    briefing = a_briefing()
    form = {**PERSON, "organization": "가온재활용", "provision": "no", "news": "no"}
    assert twice(app, f"/briefings/{briefing.public_id}/register", form) == [303, 303]
    assert count(Registration, Registration.briefing_id == briefing.id) == 1


@repeated
def test_who_enters_while_staff_take_a_mark_back_was_there(app, number):
    briefing = a_briefing(starts_at=clock.now() - timedelta(minutes=5))
    person = a_registration(briefing)
    row = {
        "source": AttendanceSource.STAFF,
        "mark": AttendanceState.ABSENT,
        "mark_reason": "전화",
        "marked_at": clock.now(),
    }
    saved(Attendance(registration_id=person.id, **row))
    staff = app.test_client().sign_in(a_user())
    mark = f"/staff/briefings/{briefing.id}/attendance/mark?id={person.public_id}"
    enter = (app.test_client(), f"/join/{token_of(person, 'join')}", {})
    assert at_once((staff, mark, {"as_": "seen"}), enter) == [303, 303]
    db.session.expire_all()
    found = db.session.get(Attendance, person.id)
    assert found is not None and found.first_seen_at and found.mark is None


@repeated
def test_a_registration_taken_up_again_twice_has_one_place(app, number):
    registration = a_registration(state=RegistrationState.CANCELLED)
    assert twice(app, f"/r/{token_of(registration)}/register") == [303, 303]
    assert registration.state is RegistrationState.CONFIRMED


@repeated
def test_what_a_registrant_says_may_be_saved_twice(app, number):
    registration = a_registration()
    interest = registration.briefing.slots[0].need_id
    form = {**PERSON, "organization": registration.organization.name, "interests": [interest]}
    assert twice(app, f"/r/{token_of(registration)}/change", form) == [303, 303]
    assert [need.id for need in registration.interests] == [interest]


@repeated
def test_of_two_who_acknowledge_one_is_told_that_it_was_done(app, number):
    organization = an_organization()
    made = a_reply(a_need(organization=organization))
    owner = an_owner(organization)
    assert twice(app, f"/my/replies/{made.public_id}/acknowledge", user=owner) == [303, 409]


@repeated
def test_consulting_and_matching_do_not_wait_for_each_other_for_good(app, number):
    organization = an_organization()
    made = a_reply(a_need(organization=organization))
    desks = [app.test_client().sign_in(an_owner(organization)) for _ in range(2)]
    noted = {"held_on": "2026-11-20", "notes": "설비를 둘러보았습니다."}
    agreed = {
        "partners": [made.id],
        "matched_on": "2026-11-20",
        "summary": "폐어망을 함께 되살립니다.",
        "own_contribution": "작업장",
    }
    address = f"/my/replies/{made.public_id}"
    answers = at_once((desks[0], f"{address}/consultations", noted), (desks[1], f"{address}/match", agreed))
    assert answers in ([303, 303], [200, 303])
    assert count(Match, Match.need_id == made.need_id) == 1


@repeated
def test_one_match_however_often_it_is_recorded(app, number):
    organization = an_organization()
    made = a_reply(a_need(organization=organization))
    agreed = {
        "partners": [made.id],
        "matched_on": "2026-11-20",
        "summary": "폐어망을 함께 되살립니다.",
        "own_contribution": "작업장",
    }
    assert twice(app, f"/my/replies/{made.public_id}/match", agreed, an_owner(organization)) == [303, 303]
    assert count(Match, Match.need_id == made.need_id) == 1


@repeated
def test_of_two_who_publish_one_is_told_that_it_was_done(app, number):
    briefing = a_briefing(state=BriefingState.DRAFT)
    seen = {"seen": briefing.changed_at.isoformat()}
    assert twice(app, f"/staff/briefings/{briefing.id}/publish", seen, a_user()) == [302, 302]
    assert count(AuditEntry, AuditEntry.action == "briefing.published", AuditEntry.about_id == briefing.id) == 1


@repeated
def test_a_letter_is_sent_once_however_often_it_is_pressed(app, number):
    briefing, officer = a_briefing(), a_user()
    for _ in range(3):
        a_registration(briefing)
    with unit_of_work():
        group = Group((RegistrationState.CONFIRMED,))
        letter = write(briefing, Letter(Template("안내", "오십시오.")), group, by=officer, now=briefing.created_at)
    address = f"/staff/briefings/{briefing.id}/announcements/{letter.id}/send"
    assert twice(app, address, {"when": "now", "agreed": "now"}, officer) == [303, 409]
    assert count(Message, Message.thread == f"announcement:{letter.id}") == 3


@repeated
def test_of_two_who_discard_a_draft_one_is_told_that_it_is_gone(app, number):
    briefing_id = a_briefing(state=BriefingState.DRAFT).id
    answers = twice(app, f"/staff/briefings/{briefing_id}/discard", user=a_user())
    assert answers in ([302, 404], [302, 409])
    assert not count(Briefing, Briefing.id == briefing_id)


@repeated
def test_of_two_who_approve_one_is_told_that_it_was_done(app, number):
    request = an_account_request(state="pending")
    form = {"organization": request.organization_name, "kind": "local"}
    assert twice(app, f"/staff/accounts/requests/{request.id}/approve", form, a_user()) == [200, 302]


@repeated
def test_of_two_who_add_a_theme_one_is_told_that_it_is_there(app, number):
    form = {"name": f"바다 {number}", "name_en": f"Sea {number}"}
    assert twice(app, "/staff/needs/topics/themes/new", form, a_user(Role.OFFICER)) == [200, 302]
    assert count(Theme, Theme.name == form["name"]) == 1


@repeated
def test_what_was_kept_back_is_published_once_and_a_presenter_who_hands_over_meanwhile_stays_so(app, number):
    officer, briefing = a_user(Role.OFFICER), a_briefing(needs=2)
    slot = briefing.slots[0]
    slot.presenter_email = f"first{number}@example.kr"
    db.session.commit()
    desk, colleague = app.test_client().sign_in(officer), app.test_client().sign_in(officer)
    edit, changes = f"/staff/briefings/{briefing.id}/edit", f"/staff/briefings/{briefing.id}/changes"
    desk.post(edit, data=filled(desk.get(edit).text) | {"title": f"새 제목 {number}", "do": "keep"})
    form = filled(desk.get(changes).text) | {"do": "publish"}
    handed_over = {"name": "최다온", "title": "", "email": f"second{number}@example.kr"}
    hand_over = (app.test_client(), f"/present/{presenter_token(slot)}/hand-over", handed_over)

    answers = at_once((desk, changes, form), (colleague, changes, form), hand_over)

    assert max(answers) < 400
    db.session.refresh(briefing)
    assert briefing.title == f"새 제목 {number}" and briefing.pending is None
    assert briefing.slots[0].presenter_email == f"second{number}@example.kr"
    edits = (AuditEntry.about_type == "briefings", AuditEntry.about_id == briefing.id)
    assert count(AuditEntry, *edits, AuditEntry.action == "briefing.edited") == 1
    keys = db.session.scalars(select(Message.key).where(Message.about == f"briefing:{briefing.id}")).all()
    assert len(keys) == len(set(keys))


@repeated
def test_needs_are_given_out_once_and_whoever_submits_while_a_criterion_goes_keeps_to_those_there_are(app, number):
    officer, round, expert = a_user(Role.OFFICER), a_round(), an_expert()
    first, second = criteria_for(round, 60, 40)
    needs = [a_need(round=round) for _ in range(2)]
    review, at = a_review(needs[0], expert), f"/staff/rounds/{round.id}/reviews"
    agreed = even_distribution(round.id, [expert.id], 1).version
    form = {"reviewers": [expert.id], "per_need": "1", "do": "give", "agreed": agreed}
    assert twice(app, f"{at}/assign", form, officer) == [200, 303]
    assert count(Review, Review.need_id == needs[1].id) == 1
    marks = {f"points_{each.id}": "3" for each in (first, second)}
    sheet = marks | {"seen": version_seen(review, [first, second]), "submit": "1"}
    submitting = (app.test_client().sign_in(expert), f"/reviews/{review.id}", sheet)
    removing = (app.test_client().sign_in(officer), f"{at}/criteria/{second.id}/remove", {})
    answers = at_once(submitting, removing)
    db.session.expire_all()
    left = len(criteria_of(round.id))
    assert (answers, left, count(Score, Score.review_id == review.id)) in (([200, 303], 1, 0), ([303, 409], 2, 2))


@repeated
def test_results_are_told_once_however_often_it_is_pressed(app, number):
    officer, round = a_user(Role.OFFICER), a_round()
    need = a_need(round=round, contact_email=f"told{number}@example.kr", contact_name="홍길동")
    with unit_of_work():
        seen, given = version_of([need]), (Outcome.SELECTED, "좋습니다.")
        decide(round, [need], *given, seen=seen, by=officer, now=need.created_at)
    agreed = agreed_version(drafts(round.id))
    assert twice(app, f"/staff/rounds/{round.id}/reviews/tell", {"agreed": agreed}, officer) == [200, 303]
    assert count(Message, Message.kind == "selection_selected", Message.recipient == need.contact_email) == 1


@repeated
def test_of_two_who_choose_the_same_time_of_one_owner_one_is_told_that_it_is_taken(app, number):
    owner, now, seoul = an_owner(an_organization()), clock.now(), ZoneInfo("Asia/Seoul")
    needs = [a_need(organization=organization_of(owner)) for _ in range(2)]  # which nobody holds for the other
    day = working_days_from(now.astimezone(seoul).date(), 4)
    times = [datetime.combine(day, time(hour), seoul) for hour in (10, 14, 16)]
    with unit_of_work():
        talks = [offer(a_reply(need), times, Terms("044-000-0000"), owner, seoul, now) for need in needs]
    links = [f"/talks/{talk_token_of(talk.reply, talk.reply.email, 'talk')}" for talk in talks]
    chosen = {"starts_at": talks[0].times[0].starts_at.isoformat()}
    ids = [talk.id for talk in talks]
    assert at_once(*((app.test_client(), link, chosen) for link in links)) == [200, 303]
    assert count(Appointment, Appointment.id.in_(ids), Appointment.starts_at.is_not(None)) == 1


@repeated
def test_a_colleague_who_is_removed_and_chooses_a_time_has_no_talk(app, number):
    owner, now, seoul = an_owner(an_organization()), clock.now(), ZoneInfo("Asia/Seoul")
    made = a_reply(a_need(organization=organization_of(owner)))
    colleague = a_colleague(made, accepted_at=now)
    day = working_days_from(now.astimezone(seoul).date(), 4)
    times = [datetime.combine(day, time(hour), seoul) for hour in (10, 14, 16)]
    with unit_of_work():
        talk = offer(made, times, Terms("044-000-0000"), owner, seoul, now)
    chosen, email = {"starts_at": talk.times[0].starts_at.isoformat()}, colleague.email
    link = f"/talks/{talk_token_of(made, email, 'talk')}"
    removing = f"/replies/{talk_token_of(made)}/colleagues/{colleague.public_id}"
    answers = at_once((app.test_client(), link, chosen), (app.test_client(), removing, {"answer": "no"}))
    assert max(answers) < 500
    assert count(CalendarItem, CalendarItem.email == email, CalendarItem.state == ItemState.OPEN) == 0


@repeated
def test_whoever_confirms_a_match_while_the_reply_is_taken_back_is_in_it_or_not(app, number):
    made, now = a_reply(a_need()), clock.now()
    brings = {made.organization_id: "설비", made.need.organization_id: "작업장"}
    today = now.astimezone(ZoneInfo("Asia/Seoul")).date()
    with unit_of_work():
        record_match(made.need, [made], MatchTerms(brings, today, "함께합니다."), a_user(), today, now)
    seen = match_of(made.need).of(made.organization_id).asked_at.isoformat()
    confirming = f"/matches/{talk_token_of(made, purpose='match')}/confirm"
    withdrawing = f"/replies/{talk_token_of(made)}/withdraw"
    answers = at_once((app.test_client(), confirming, {"seen": seen}), (app.test_client(), withdrawing, {}))
    assert max(answers) < 500
    db.session.expire_all()
    match = match_of(made.need)
    assert (match is not None and match.is_public) == (made.state is ReplyState.MATCHED)


def test_two_workers_tell_each_endpoint_everything_once_and_in_order(program):
    app, _ = program
    now, administrator = clock.now(), a_user(Role.ADMINISTRATOR)
    app.config["WEBHOOK_PRIVATE"] = True
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(timeout=30)
        for _ in range(6):
            with app.app_context():
                jobs.tell_webhooks(app)

    with a_receiver() as first, a_receiver() as second:
        with unit_of_work():
            made = [
                managing.make(each.url, "알림판", [Event.NEED_CHANGED], private=True, by=administrator, now=now)[0]
                for each in (first, second)
            ]
            announce_each(Event.NEED_CHANGED, [a_need() for _ in range(8)], now)
        ids, workers = [each.id for each in made], [threading.Thread(target=work) for _ in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join(timeout=60)
        db.session.rollback()
        lines = select(WebhookDelivery.event_id).where(WebhookDelivery.state == DeliveryState.SENT)
        for receiver, endpoint_id in zip((first, second), ids, strict=True):
            line = db.session.scalars(
                lines.where(WebhookDelivery.endpoint_id == endpoint_id).order_by(WebhookDelivery.id)
            )
            told = [headers["webhook-id"] for headers, _ in receiver.got]
            assert told == list(line) and len(told) == 8
        with unit_of_work():
            for each in made:
                managing.remove(each, by=administrator, now=now)
