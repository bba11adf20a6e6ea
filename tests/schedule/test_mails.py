"""The words of every mail to registrants, in both languages, as files to be read: tests/schedule/snapshots.

`UPDATE_SNAPSHOTS=1 pytest tests/schedule/test_mails.py` writes them anew.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.jobs import deliver
from briefings.organizations.models import OrganizationKind
from briefings.outbox.mail import Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import compose
from briefings.schedule import approving, calendar_settings, entering, invitations, registering, reminders, support
from briefings.schedule import new_address as moving
from briefings.schedule.calendar_models import Channel
from briefings.schedule.ladder import QuietHours
from briefings.schedule.models import Eligibility
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from tests.builders import a_briefing, a_registration
from tests.mails import mails_to

SNAPSHOTS = Path(__file__).parent / "snapshots"


class Scene:
    """One registrant of one briefing whose ids are known, and the moment."""

    def __init__(self, app: Flask, now: datetime, locale: str) -> None:
        self.app, self.now = app, now
        self.briefing = a_briefing(
            title="탄소중립 협업이음 사업설명회", public_id="4h2k9xyz", room_note="접속이 안 되면 044-000-0000"
        )
        self.person = {"name": "이가온", "email": "gaon@example.com", "locale": locale}

    def registered(self, state: RegistrationState = RegistrationState.CONFIRMED) -> Registration:
        """The registration, nothing queued yet."""
        return a_registration(self.briefing, public_id="7p3vdabc", state=state, **self.person)

    def invited(self, promoted: bool = False, by: str = "") -> Registration:
        """The registration with its invitation queued."""
        registration = self.registered()
        with unit_of_work():
            item = invitations.invite(registration, self.now, promoted, by=by)
            item.uid = "9f1c4b7ae02d4e53b8a6d0c7f3e915a2"
        return registration

    def informed(self) -> Registration:
        """The registration, its invitation sent."""
        registration = self.invited()
        deliver(self.app)
        return registration


def invitation(scene: Scene) -> None:
    scene.invited()


def promoted(scene: Scene) -> None:
    scene.invited(promoted=True)


def by_colleague(scene: Scene) -> None:
    scene.invited(by="김하늘")


def without_invitation(scene: Scene) -> None:
    with unit_of_work():
        calendar_settings.keep_by(scene.person["email"], Channel.FEED, scene.now)
    scene.invited()


def new_address(scene: Scene) -> None:
    registration = scene.registered()
    registration.email = "earlier@example.com"
    db.session.commit()
    with unit_of_work():
        moving.ask(registration, scene.person["email"], scene.now)


def moved_away(scene: Scene) -> None:
    _move_away(scene, scene.informed())


def waiting_moved_away(scene: Scene) -> None:
    _move_away(scene, scene.registered(RegistrationState.WAITLISTED))


def _move_away(scene: Scene, registration: Registration) -> None:
    token = moving.move_token(registration, "later@example.com", scene.now + timedelta(hours=1))
    with unit_of_work():
        moving.follow(moving.move_behind(token), scene.now)


def new_time(scene: Scene) -> None:
    scene.informed()
    _move(scene)


def new_title(scene: Scene) -> None:
    scene.informed()
    with unit_of_work():
        scene.briefing.title = "탄소중립·자원순환 협업이음 사업설명회"
        invitations.tell_of_new_title(scene.briefing, scene.now)


def new_time_and_title(scene: Scene) -> None:
    scene.informed()
    _move(scene, title="탄소중립·자원순환 협업이음 사업설명회")


def cancelled(scene: Scene) -> None:
    registration = scene.informed()
    with unit_of_work():
        registering.cancel(registration, scene.now)


def cancelled_by_staff(scene: Scene) -> None:
    registration = scene.informed()
    with unit_of_work():
        registering.cancel(registration, scene.now, by_staff=True)


def cancelled_where_there_is_no_way_back(scene: Scene) -> None:
    registration = scene.informed()
    scene.briefing.eligibility = Eligibility.INVITED
    db.session.commit()
    with unit_of_work():
        registering.cancel(registration, scene.now)


def removed_with_reason(scene: Scene) -> None:
    registration = scene.informed()
    with unit_of_work():
        registering.cancel(registration, scene.now, by_staff=True, reason="발표자로 참석하십니다.")


def requested(scene: Scene) -> None:
    _ask(scene)


def requested_by_colleague(scene: Scene) -> None:
    _ask(scene, by=registering.Bringer("김하늘", None))


def already_requested(scene: Scene) -> None:
    _ask(scene)
    _again(scene, scene.asked)


def request_new_time(scene: Scene) -> None:
    _ask(scene)
    _move(scene)


def request_new_time_and_title(scene: Scene) -> None:
    _ask(scene)
    _move(scene, title="탄소중립·자원순환 협업이음 사업설명회")


def request_cancelled(scene: Scene) -> None:
    _ask(scene)
    with unit_of_work():
        registering.cancel(scene.asked, scene.now)


def request_called_off(scene: Scene) -> None:
    _ask(scene)
    _call_off(scene)


def refused(scene: Scene) -> None:
    _ask(scene)
    with unit_of_work():
        approving.refuse(scene.asked, "이번 설명회는 공공기관만 참석합니다.", scene.now)


def refused_and_closed(scene: Scene) -> None:
    scene.briefing.registration_closes_at = scene.now - timedelta(minutes=1)
    scene.asked = scene.registered(RegistrationState.REQUESTED)
    with unit_of_work():
        approving.refuse(scene.asked, "이번 설명회는 공공기관만 참석합니다.", scene.now)


def approved(scene: Scene) -> None:
    _ask(scene)
    with unit_of_work():
        approving.approve(scene.asked, scene.now)
        _known_uid(scene.asked)


def approved_into_line(scene: Scene) -> None:
    scene.briefing.capacity = 0
    approved(scene)


def entered(scene: Scene) -> None:
    _enter(scene)


def entered_in_line(scene: Scene) -> None:
    scene.briefing.capacity = 0
    _enter(scene)


def moved(scene: Scene) -> None:
    _move_to_another(scene, scene.informed(), capacity=80)


def moved_into_line(scene: Scene) -> None:
    _move_to_another(scene, scene.registered(), capacity=0)


def moved_from_here(scene: Scene) -> None:
    registration = scene.informed()
    with unit_of_work():
        invitations.withdraw(registration, scene.now, "moved", moved_to=_another(scene, registration).id)


def _ask(scene: Scene, by: registering.Bringer | None = None) -> None:
    scene.briefing.approval = True
    applicant = registering.Applicant(
        kind=OrganizationKind.COMPANY, organization="가온재활용", number="7p3vdabc", **scene.person
    )
    db.session.commit()
    with unit_of_work():
        scene.asked = registering.register(scene.briefing, applicant, scene.now, by)


def _enter(scene: Scene) -> None:
    applicant = registering.Applicant(
        kind=OrganizationKind.COMPANY, organization="가온재활용", number="7p3vdabc", **scene.person
    )
    db.session.commit()
    with unit_of_work():
        _known_uid(entering.enter(scene.briefing, applicant, scene.now))


def _move_to_another(scene: Scene, registration: Registration, capacity: int) -> None:
    other = a_briefing(title="자원순환 협업이음 사업설명회", public_id="8q4wexyz", capacity=capacity)
    with unit_of_work():
        moved = entering.move_to(registration, other, scene.now)
        moved.public_id = "9r5xfabc"
        _known_uid(moved)


def _known_uid(registration: Registration) -> None:
    if item := invitations.open_item(registration):
        item.uid = "9f1c4b7ae02d4e53b8a6d0c7f3e915a3"


def _another(scene: Scene, registration: Registration) -> Registration:
    other = a_briefing(title="자원순환 협업이음 사업설명회", starts_at=scene.now + timedelta(days=12))
    return a_registration(other, email=registration.email)


def called_off(scene: Scene) -> None:
    scene.informed()
    _call_off(scene)


def waitlisted(scene: Scene) -> None:
    a_registration(scene.briefing, state=RegistrationState.WAITLISTED)
    registration = scene.registered(RegistrationState.CANCELLED)
    scene.briefing.capacity = 0
    db.session.commit()
    with unit_of_work():
        registering.register_again(registration, scene.now)


def waitlisted_together(scene: Scene) -> None:
    scene.briefing.capacity = 2
    a_registration(scene.briefing)
    applicant = registering.Applicant(
        kind=OrganizationKind.COMPANY, organization="가온재활용", number="7p3vdabc", together=True, **scene.person
    )
    db.session.commit()
    with unit_of_work():
        registering.register_together(
            scene.briefing, applicant, [registering.Colleague("김하늘", "haneul@example.com")], scene.now
        )


def waitlisted_by_colleague(scene: Scene) -> None:
    a_registration(scene.briefing, state=RegistrationState.WAITLISTED)
    scene.briefing.capacity = 0
    applicant = registering.Applicant(
        kind=OrganizationKind.COMPANY, organization="가온재활용", number="7p3vdabc", **scene.person
    )
    db.session.commit()
    with unit_of_work():
        registering.register(scene.briefing, applicant, scene.now, registering.Bringer("김하늘", None))


def waiting_new_time(scene: Scene) -> None:
    scene.registered(RegistrationState.WAITLISTED)
    _move(scene)


def waiting_new_time_and_title(scene: Scene) -> None:
    scene.registered(RegistrationState.WAITLISTED)
    _move(scene, title="탄소중립·자원순환 협업이음 사업설명회")


def waiting_cancelled(scene: Scene) -> None:
    registration = scene.registered(RegistrationState.WAITLISTED)
    with unit_of_work():
        registering.cancel(registration, scene.now)


def waiting_called_off(scene: Scene) -> None:
    scene.registered(RegistrationState.WAITLISTED)
    _call_off(scene)


def already_registered(scene: Scene) -> None:
    _again(scene, scene.registered())


def already_waiting(scene: Scene) -> None:
    _again(scene, scene.registered(RegistrationState.WAITLISTED))


def _again(scene: Scene, registration: Registration) -> None:
    applicant = registering.Applicant(
        kind=registration.organization.kind, organization=registration.organization.name, **scene.person
    )
    with unit_of_work():
        registering.register(scene.briefing, applicant, scene.now)


def my_registrations(scene: Scene) -> None:
    scene.registered()
    other = a_briefing(title="자원순환 협업이음 사업설명회", starts_at=scene.now + timedelta(days=12))
    a_registration(other, public_id="8q4wexyz", state=RegistrationState.WAITLISTED, **scene.person)
    with unit_of_work():
        registering.find_mine("gaon@example.com", scene.now)


def reminder(scene: Scene) -> None:
    scene.registered()
    start = scene.now + timedelta(hours=20)
    scene.briefing.starts_at, scene.briefing.ends_at = start, start + timedelta(minutes=90)
    db.session.commit()
    with unit_of_work():
        reminders.queue_due(scene.now, QuietHours(ZoneInfo("Asia/Seoul"), 0, 0))


def _move(scene: Scene, title: str = "") -> None:
    start, before = scene.briefing.starts_at + timedelta(days=2), scene.briefing.title
    with unit_of_work():
        scene.briefing.move(start, start + timedelta(minutes=90), scene.now)
        scene.briefing.title = title or before
        invitations.tell_of_new_time(scene.briefing, scene.now, title_before=before if title else "")


def _call_off(scene: Scene) -> None:
    with unit_of_work():
        scene.briefing.cancel("발표자 사정으로 열지 못하게 되었습니다.", scene.now)
        invitations.tell_of_cancellation(scene.briefing, scene.now)


def _helped(scene: Scene, state: SupportState, words: str) -> None:
    registration = scene.registered()
    with unit_of_work():
        support.ask(registration, "문자 통역이 필요합니다.", scene.now)
        support.answer(registration, state, words, registration.support_changed_at, scene.now)


def support_arranged(scene: Scene) -> None:
    _helped(scene, SupportState.ARRANGED, "입장한 뒤에 화면 아래의 ‘자막’을 눌러 주세요.")


def support_impossible(scene: Scene) -> None:
    _helped(scene, SupportState.IMPOSSIBLE, "문자 통역 대신 발표 원고를 전날 보내 드리고, 채팅으로 도와드립니다.")


EVENTS = (
    invitation,
    promoted,
    by_colleague,
    without_invitation,
    new_address,
    moved_away,
    waiting_moved_away,
    new_time,
    new_title,
    new_time_and_title,
    cancelled,
    cancelled_where_there_is_no_way_back,
    cancelled_by_staff,
    removed_with_reason,
    requested,
    requested_by_colleague,
    already_requested,
    request_new_time,
    request_new_time_and_title,
    request_cancelled,
    request_called_off,
    refused,
    refused_and_closed,
    approved,
    approved_into_line,
    entered,
    entered_in_line,
    moved,
    moved_into_line,
    moved_from_here,
    called_off,
    waitlisted,
    waitlisted_together,
    waitlisted_by_colleague,
    waiting_new_time,
    waiting_new_time_and_title,
    waiting_cancelled,
    waiting_called_off,
    already_registered,
    already_waiting,
    my_registrations,
    reminder,
    support_arranged,
    support_impossible,
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_mail_reads_as_it_should(app: Flask, now: datetime, event: Callable[[Scene], None]) -> None:
    event(Scene(app, now, "en"))
    to_them = select(Message).where(Message.recipient == "gaon@example.com").order_by(Message.id.desc()).limit(1)
    message = db.session.scalars(to_them).one()
    assert message.locale == "en"
    for locale in ("en", "ko"):
        message.locale = locale
        mail = compose(app, message, now)
        assert isinstance(mail, Mail), mail
        file = SNAPSHOTS / f"{event.__name__}.{locale}.txt"
        written = _written(mail)
        if os.environ.get("UPDATE_SNAPSHOTS"):
            file.write_text(written, encoding="utf-8")
        assert written == file.read_text(encoding="utf-8")


def _written(mail: Mail) -> str:
    parts = [f"Subject: {mail.subject}", mail.text]
    if mail.calendar:
        parts.append(f"--- text/calendar; method={mail.method}\n" + mail.calendar.replace(b"\r\n ", b"").decode())
    return "\n".join(parts).replace("\r\n", "\n")


def test_a_mail_that_waited_too_long_is_not_sent_stale(app: Flask, now: datetime) -> None:
    scene = Scene(app, now, "ko")
    reminder(scene)
    scene.briefing.starts_at = now + timedelta(hours=1)
    db.session.commit()
    assert mails_to(app, "gaon@example.com")[-1].reason == "알리기에 너무 늦었습니다."


def test_what_changed_since_it_was_queued_is_not_said_any_more(app: Flask, now: datetime) -> None:
    scene = Scene(app, now, "ko")
    for event in (already_registered, waitlisted, waiting_new_time):
        scene.briefing = a_briefing()
        event(scene)
        registration = db.session.query(Registration).filter_by(public_id="7p3vdabc").one()
        registration.cancel(now)
        registration.public_id = f"gone{registration.id}"
        db.session.commit()
    assert [mail.reason for mail in mails_to(app, "gaon@example.com")] == [
        "그사이 신청을 취소했습니다.",
        "더는 대기 중이 아닙니다.",
        "그사이 상황이 바뀌었습니다.",
    ]


@pytest.mark.parametrize("happening", ["cancelled", "over"])
def test_nobody_is_told_to_wait_for_what_does_not_come(app: Flask, now: datetime, happening: str) -> None:
    scene = Scene(app, now, "ko")
    waitlisted(scene)
    if happening == "over":
        scene.briefing.starts_at, scene.briefing.ends_at = now - timedelta(hours=2), now
    else:
        scene.briefing.cancel("", now)
    db.session.commit()
    assert mails_to(app, "gaon@example.com")[-1].reason.startswith("설명회가 ")
