"""Invitations: how far somebody came on the way to their first sign-in, and taking one back."""

from datetime import timedelta

import pytest
import time_machine

from briefings.accounts.invitations import Invited, invitations_of
from briefings.accounts.models import Role
from briefings.accounts.opening import send_password_link
from briefings.accounts.signing_in import set_password, user_with
from briefings.db import db, unit_of_work
from briefings.jobs import deliver
from briefings.outbox.models import Message, MessageState
from tests.builders import a_user
from tests.mails import links_in, mails_to


@pytest.fixture
def office(client):
    return client.sign_in(a_user(Role.ADMINISTRATOR, signed_in_at=None))


@pytest.fixture
def invited(office):
    data = {"name": "박나래", "email": "narae@example.kr", "role": "officer", "kind": ""}
    assert office.post("/staff/accounts/new", data=data).status_code == 302
    return user_with("narae@example.kr")


def stands(user, now):
    return invitations_of([user], now)[user.id].state


def test_an_invitation_is_followed_until_the_first_sign_in(app, office, invited, now):
    page = f"/staff/accounts/{invited.id}"
    assert stands(invited, now) is Invited.ON_ITS_WAY
    deliver(app)
    assert "2026. 11. 30.(월) 10:00까지" in " ".join(office.get(page).text.replace("</time>", "").split())
    with time_machine.travel(now + timedelta(days=8), tick=False):
        assert stands(invited, now + timedelta(days=8)) is Invited.EXPIRED
        assert "초대 링크의 기한이 지났습니다" in office.sign_in(a_user(Role.ADMINISTRATOR)).get(page).text
        office.post(f"{page}/link")
        deliver(app)
        assert stands(invited, now + timedelta(days=8)) is Invited.SENT
    message = db.session.query(Message).order_by(Message.id.desc()).first()
    message.state = MessageState.BOUNCED
    db.session.commit()
    assert stands(invited, now) is Invited.NOT_DELIVERED
    set_password(invited, "그물을 다시 씁니다")
    assert stands(invited, now) is Invited.NEVER_SIGNED_IN
    invited.signed_in_at = now
    assert invitations_of([invited], now) == {}


def test_an_invitation_that_is_taken_back_opens_nothing_and_can_be_given_again(app, client, office, invited, now):
    [link] = links_in(mails_to(app, invited.email)[0])
    office.post(f"/staff/accounts/{invited.id}/withdraw")
    assert stands(invited, now) is Invited.WITHDRAWN
    assert "초대를 거둠" in office.get("/staff/accounts").text
    ended = app.test_client().get(link)
    assert (ended.status_code, "담당자가 거둔 링크" in ended.text) == (410, True)
    assert office.post(f"/staff/accounts/{invited.id}/withdraw").status_code == 409
    office.post(f"/staff/accounts/{invited.id}/on")
    with unit_of_work():
        assert send_password_link(invited, now + timedelta(minutes=2))
    assert app.test_client().get(links_in(mails_to(app, invited.email)[-1])[0]).status_code == 200


def test_whoever_took_the_invitation_up_keeps_the_account(office, invited):
    set_password(invited, "그물을 다시 씁니다")
    db.session.commit()
    assert office.post(f"/staff/accounts/{invited.id}/withdraw").status_code == 409
    assert invited.active


def test_a_page_of_accounts_asks_as_often_for_three_as_for_one(office, count_queries):
    office.get("/staff/accounts")  # who looks at it is noted the first time
    with count_queries() as one:
        office.get("/staff/accounts")
    a_user(), a_user(Role.EXPERT)
    with count_queries() as three:
        assert "초대하기 전" in office.get("/staff/accounts").text
    assert len(three) == len(one)


def test_an_administrator_signs_somebody_out_everywhere(app, office, invited):
    phone = app.test_client().sign_in(invited)
    assert "로그인한 기기" in office.get(f"/staff/accounts/{invited.id}").text
    office.post(f"/staff/accounts/{invited.id}/sessions/end")
    assert phone.get("/account").status_code == 302
