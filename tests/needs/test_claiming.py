"""A need that staff entered is handed over to its contact by a personal link."""

from datetime import timedelta

import pytest
import time_machine

from briefings.accounts.models import Role
from briefings.accounts.signing_in import user_with
from briefings.db import db, unit_of_work
from briefings.needs import claiming, registering
from briefings.needs.history import steps_of
from briefings.needs.models import Need, NeedState
from briefings.organizations.finding import organization_of
from briefings.outbox.mail import Dropped
from tests.builders import a_need, a_user, an_organization, an_owner
from tests.conftest import NOW
from tests.mails import links_in, mails_to
from tests.needs.test_registering import an_entry

CONTACT = "gildong@example.kr"


@pytest.fixture
def officer(app):
    """Whoever entered the need."""
    return a_user(email="officer@example.kr")


@pytest.fixture
def need(officer):
    """A need that staff entered for a body without an account."""
    return a_need(
        organization=an_organization("가온해양공단"),
        created_by=officer,
        contact_name="홍길동",
        contact_email=CONTACT,
        contact_phone="064-123-4567",
    )


@pytest.fixture
def staff(client, officer):
    """The officer's browser."""
    return client.sign_in(officer)


def link(app):
    """The address in the last mail to the contact."""
    return links_in(mails_to(app, CONTACT)[-1])[0]


def stored(need):
    """The need as it stands now."""
    db.session.expire_all()
    return db.session.get(Need, need.id)


def ask(need, officer):
    """Send the contact a link."""
    with unit_of_work():
        claiming.ask(need, officer, NOW)


def test_the_contact_takes_the_need_over_and_gets_an_account(app, staff, need):
    page = staff.get(f"/staff/needs/{need.id}").text
    assert "담당자에게 넘기기" in page
    page = staff.post(f"/staff/needs/{need.id}/claim", follow_redirects=True).text
    assert "gildong@example.kr 주소로 과제를 넘겨받는 링크를 보냈습니다." in page
    assert "2026. 12. 23.(수) 10:00</time>까지 쓸 수 있습니다" in page
    contact, address = app.test_client(), link(app)
    page = contact.get(address).text
    for words in (need.title, need.seeks, "가온해양공단", f"{CONTACT} 주소로 계정을 만들고"):
        assert words in page
    assert user_with(CONTACT) is None, "looking changes nothing"
    assert "과제를 넘겨받았습니다" in contact.post(address).text
    user = user_with(CONTACT)
    assert (user.role, user.name, user.phone) == (Role.OWNER, "홍길동", "064-123-4567")
    assert organization_of(user).id == need.organization_id
    need = stored(need)
    assert (need.created_by_id, need.claimed_at) == (user.id, NOW)
    assert links_in(mails_to(app, CONTACT)[-1])[0].startswith("/new-password/")
    assert need.title in app.test_client().sign_in(user).get(f"/my/needs/{need.id}").text
    assert "홍길동 님이 넘겨받았습니다" in staff.get(f"/staff/needs/{need.id}").text
    assert [step.what for step in steps_of(need)] == ["담당자가 넘겨받음", "담당자에게 넘겨받는 링크를 보냄"]
    assert "과제를 넘겨받았습니다" in contact.post(address).text, "pressing twice changes nothing"
    assert stored(need).claimed_at == NOW
    assert staff.post(f"/staff/needs/{need.id}/claim").status_code == 409


def test_in_english_too(app, need, officer):
    ask(need, officer)
    page = app.test_client().get("/en" + link(app)).text
    assert f'<h2 id="content" lang="ko">{need.title}</h2>' in page
    app.test_client().post("/en" + link(app))
    assert user_with(CONTACT).locale == "en"


@pytest.mark.parametrize("tied", [True, False])
def test_who_has_an_account_for_that_organization_finds_it_among_their_own(app, need, officer, tied):
    user = an_owner(need.organization, email=CONTACT) if tied else a_user(Role.OWNER, email=CONTACT)
    ask(need, officer)
    assert "그 계정으로 로그인해 주세요" in app.test_client().get(link(app)).text
    app.test_client().post(link(app))
    assert stored(need).created_by_id == user.id
    assert organization_of(user).id == need.organization_id
    assert len(mails_to(app, CONTACT)) == 1, "no password is asked for anew"


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (lambda: an_owner(email=CONTACT), "다른 기관의 계정"),
        (lambda: a_user(Role.EXPERT, email=CONTACT), "수요기관의 계정이 아니어서"),
        (lambda: a_user(Role.OWNER, email=CONTACT, active=False), "쓸 수 없게 되어 있습니다"),
    ],
)
def test_an_account_that_cannot_have_it_is_refused_and_staff_are_told(app, staff, need, officer, account, why):
    account()
    ask(need, officer)
    for _ in range(2):
        assert why in app.test_client().post(link(app)).text
    assert stored(need).claimed_at is None
    [mail] = mails_to(app, officer.email)
    assert "담당자가 과제를 넘겨받지 못했습니다" in mail.subject
    assert links_in(mail) == [f"/staff/needs/{need.id}"]
    assert "이 주소의 계정으로는 넘겨받을 수 없습니다" in staff.get(f"/staff/needs/{need.id}").text
    assert [step.what for step in steps_of(need)].count("담당자의 계정으로 넘겨받지 못함") == 1


def test_a_link_ends_by_being_revoked_replaced_outdated_or_addressed_to_another(app, staff, need, officer):
    ask(need, officer)
    first = link(app)
    staff.post(f"/staff/needs/{need.id}/claim")
    second = link(app)
    replaced = app.test_client().get(first)
    assert (replaced.status_code, "새 링크를 보냈습니다" in replaced.text) == (410, True)
    assert need.title not in replaced.text and CONTACT not in replaced.text
    assert app.test_client().get(second).status_code == 200
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        late = app.test_client().post(second)
        assert (late.status_code, "더는 쓸 수 없는 링크" in late.text) == (410, True)
    assert "거두었습니다" in staff.post(f"/staff/needs/{need.id}/claim/revoke", follow_redirects=True).text
    assert app.test_client().post(second).status_code == 410
    assert staff.post(f"/staff/needs/{need.id}/claim/revoke").status_code == 409
    ask(need, officer)
    third = link(app)
    with unit_of_work():
        registering.edit(need, an_entry(contact_email="other@example.kr"), need.changed_at, officer, NOW)
    assert app.test_client().get(third).status_code == 410
    assert all(isinstance(mail, Dropped) for mail in mails_to(app, CONTACT))
    assert user_with(CONTACT) is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"contact_email": ""}, "담당자 전자우편이 없습니다"),
        ({"state": NeedState.WITHDRAWN}, "철회한 과제입니다."),
    ],
)
def test_why_nobody_can_be_asked_is_said(staff, officer, given, why):
    need = a_need(created_by=officer, **{"contact_email": CONTACT, **given})
    assert why in staff.get(f"/staff/needs/{need.id}").text
    assert staff.post(f"/staff/needs/{need.id}/claim").status_code == 409


def test_what_an_owner_registered_is_not_handed_over(staff):
    need = a_need(created_by=an_owner(), contact_email=CONTACT)
    assert "담당자에게 넘기기" not in staff.get(f"/staff/needs/{need.id}").text
    assert staff.post(f"/staff/needs/{need.id}/claim").status_code == 409


@pytest.mark.parametrize("token", ["1.x", "²", "99999999999.x", "0.x", "x.y"])
def test_a_token_that_is_none_opens_nothing(app, client, token):
    assert client.get(f"/needs/claim/{token}").status_code == 404
