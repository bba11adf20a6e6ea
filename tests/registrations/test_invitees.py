"""Whom staff invite: a list of addresses, a mail with a link of their own, and what came of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.jobs import composing_in
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.registrations.links import invitee_token
from briefings.schedule.models import Briefing, BriefingState, Eligibility
from briefings.schedule.registration_models import Invitee, RegistrationState
from tests.builders import a_briefing, a_registration, a_user, saved
from tests.client import PageClient
from tests.schedule.desk import text_of


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def an_invitee(briefing: Briefing, email: str = "gaon@example.kr", **given) -> Invitee:
    """Somebody on the list who has not been told."""
    return saved(Invitee(briefing=briefing, **{"email": email, "name": "김가온", "added_at": clock.now()} | given))


def at(briefing: Briefing, path: str = "") -> str:
    return f"/staff/briefings/{briefing.id}/invitees{path}"


def told(kind: str) -> list[str]:
    return sorted(db.session.scalars(select(Message.recipient).where(Message.kind == kind)))


def sent(desk: PageClient, briefing: Briefing, path: str, **given) -> str:
    """The page after looking at what will be sent and sending it."""
    mark = f"sent:{bool(given)}"
    desk.post(at(briefing, path), data=given)
    return desk.post(at(briefing, path), data=given | {"agreed": mark}, follow_redirects=True).text


def test_somebody_is_put_on_the_list_by_hand_and_told_only_when_staff_say_so(desk):
    briefing = a_briefing(eligibility=Eligibility.INVITED)
    assert "초대 명단이 비어 있습니다" in desk.get(at(briefing)).text
    assert "초대 명단이 비어 있습니다" in desk.get(f"/staff/briefings/{briefing.id}").text

    page = desk.post(
        at(briefing), data={"email": "Gaon@Example.kr", "name": "김가온", "kind": ""}, follow_redirects=True
    ).text
    assert "초대 명단에 넣었습니다" in page and "아직 초대하는 전자우편을 보내지 않은 분이 1명" in page
    assert "이미 초대 명단에 있는" in desk.post(at(briefing), data={"email": "gaon@example.kr", "kind": ""}).text
    assert not told("guest_invited")

    shown = desk.get(at(briefing, "/ask")).text
    assert "1명에게 초대를 보내시겠습니까?" in shown and "김가온 님께" in shown
    assert "1명에게 초대를 보냅니다." in sent(desk, briefing, "/ask")
    assert told("guest_invited") == ["gaon@example.kr"]
    assert "모든 분께 이미 보냈습니다" in desk.get(at(briefing, "/ask")).text
    acts = [entry.action for entry in history_of(briefing)]
    assert acts == ["briefing.invitees_added", "briefing.invitees_asked"]


def test_who_no_mail_reaches_is_not_counted_among_those_it_was_sent_to(desk, now):
    briefing = a_briefing()
    an_invitee(briefing, "gaon@example.kr")
    an_invitee(briefing, "nobody@example.kr")
    saved(UndeliverableAddress(address="nobody@example.kr", reason="550 5.1.1", since=now))
    assert "1명에게 초대를 보내시겠습니까?" in desk.get(at(briefing, "/ask")).text
    assert "1명에게 초대를 보냅니다." in sent(desk, briefing, "/ask")


def test_the_list_says_who_registered_who_declined_and_who_is_silent(desk, now):
    briefing = a_briefing()
    registered = a_registration(briefing, email="gaon@example.kr")
    by_link = a_registration(briefing, email="other@example.kr", state=RegistrationState.WAITLISTED)
    an_invitee(briefing, "gaon@example.kr", asked_at=now)
    an_invitee(briefing, "narae@example.kr", asked_at=now, registration=by_link)
    an_invitee(briefing, "dasom@example.kr", asked_at=now, declined_at=now)
    an_invitee(briefing, "raon@example.kr", asked_at=now)
    an_invitee(briefing, "maru@example.kr")

    words = text_of(desk.get(at(briefing)).text)
    assert "초대 명단 5 명 신청함 2 명 참석하지 않음 1 명 답 없음 1 명 아직 초대하지 않음 1 명" in words
    page = desk.get(at(briefing) + "?answer=registered").text
    assert f"/registrations/{registered.public_id}" in page and f"/registrations/{by_link.public_id}" in page
    assert "raon@example.kr" not in page and "raon@example.kr" in desk.get(at(briefing) + "?answer=silent").text


def test_only_the_silent_are_reminded_and_not_within_two_days_unless_staff_want_it(desk, now):
    briefing = a_briefing()
    an_invitee(briefing, "raon@example.kr", asked_at=clock.now() - timedelta(days=3))
    an_invitee(briefing, "maru@example.kr", asked_at=clock.now() - timedelta(hours=3))
    an_invitee(briefing, "dasom@example.kr", asked_at=now - timedelta(days=9), declined_at=now)

    page = desk.get(at(briefing, "/remind")).text
    assert "1명에게 다시 알리시겠습니까?" in page and "1명은 이틀 안에" in page
    assert "1명에게 다시 알립니다" in sent(desk, briefing, "/remind")
    assert told("guest_reminded") == ["raon@example.kr"]
    assert "지금 다시 알릴 분이 없습니다" in desk.get(at(briefing, "/remind")).text
    sent(desk, briefing, "/remind", at_once="y")
    assert set(told("guest_reminded")) == {"maru@example.kr", "raon@example.kr"}


def test_a_mail_that_waited_is_dropped_once_it_says_nothing_true(app, now):
    briefing = a_briefing()
    invitee = an_invitee(briefing)
    compose = composing_in(app)

    def composed(kind: str = "guest_invited"):
        given = {"recipient": invitee.email, "recipient_name": "", "locale": "ko", "params": {"invitee": invitee.id}}
        moment = {"created_at": now, "due_at": now, "reference": "0" * 32}
        return compose([Message(id=1, key="k", kind=kind, **given, **moment)], now)[1]

    assert not isinstance(composed(), Dropped)
    for change, back in (
        ({"declined_at": now}, {"declined_at": None}),
        ({"registration": a_registration(briefing)}, {"registration": None}),
    ):
        for name, value in change.items():
            setattr(invitee, name, value)
        db.session.commit()
        assert isinstance(composed("guest_reminded"), Dropped)
        for name, value in back.items():
            setattr(invitee, name, value)
        db.session.commit()
    briefing.registration_closes_at = now
    db.session.commit()
    assert isinstance(composed(), Dropped)


def test_nobody_is_invited_to_a_draft_or_after_the_close_but_the_list_can_be_made(desk, now):
    draft = a_briefing(state=BriefingState.DRAFT)
    an_invitee(draft)
    assert "공개한 뒤에 보내 주세요" in desk.get(at(draft)).text
    assert "공개한 뒤에 보내 주세요" in desk.get(at(draft, "/ask")).text
    closed = a_briefing(registration_closes_at=clock.now() - timedelta(hours=1))
    an_invitee(closed)
    assert "신청이 마감되어" in sent(desk, closed, "/ask")
    cancelled = a_briefing(state=BriefingState.CANCELLED)
    assert desk.post(at(cancelled), data={"email": "a@example.kr", "kind": ""}).status_code == 409
    assert not told("guest_invited")


def test_whoever_is_taken_off_the_list_has_a_link_that_opens_nothing(desk, client):
    briefing = a_briefing()
    invitee = an_invitee(briefing, asked_at=clock.now())
    token, gone = invitee_token(invitee), at(briefing, f"/{invitee.public_id}/remove")

    assert "링크가 더는 열리지 않습니다" in desk.get(gone).text
    assert client.get(f"/i/{token}").status_code == 200
    assert "초대 명단에서 뺐습니다" in desk.post(gone, follow_redirects=True).text
    ended = client.get(f"/i/{token}")
    assert ended.status_code == client.post(f"/i/{token}/decline").status_code == 410
    assert "담당자가 초대를 거둔 링크입니다" in ended.text and briefing.title not in ended.text
    assert client.get(f"/i/{token}x").status_code == desk.get(gone).status_code == 404
    assert [entry.action for entry in history_of(briefing)] == ["briefing.invitee_removed"]


def test_the_list_belongs_to_its_briefing_to_staff_and_costs_the_same_however_long(desk, count_queries):
    briefing = a_briefing()
    costs = []
    for number in (1, 3):
        for n in range(number):
            an_invitee(briefing, f"p{number}{n}@example.kr")
        with count_queries() as statements:
            desk.get(at(briefing))
        costs.append(len(statements))
    assert costs[0] == costs[1]
    other = an_invitee(a_briefing())
    assert desk.get(at(briefing, f"/{other.public_id}/remove")).status_code == 404
    desk.sign_in(a_user(Role.OWNER))
    assert {desk.get(at(briefing, path)).status_code for path in ("", "/ask", "/remind")} == {403}
