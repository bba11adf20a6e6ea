"""An organization asks for an account, proves its address, and staff decide."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.accounts.signing_in import user_with
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from briefings.organizations.finding import organization_of
from briefings.organizations.models import AccountRequest, OrganizationKind, RequestState
from briefings.organizations.requesting import approve, confirm, confirmation_token, decline, forget_unconfirmed
from briefings.outbox.mail import Dropped, Mail
from tests.builders import BEFORE, a_user, an_account_request, an_organization, an_owner
from tests.mails import links_in, mails_to

ASKED = {
    "organization_kind": "local",
    "organization_name": "다도해군",
    "department": "해양환경과",
    "name": "최다온",
    "email": "daon@example.kr",
    "phone": "0611234567",
    "purpose": "폐어망을 함께 되살릴 기업을 찾습니다.",
}


def ask(client, **changed):
    return client.post("/account/request", data=ASKED | changed)


def requests():
    return list(db.session.scalars(select(AccountRequest)))


def pending(now, **given):
    return an_account_request(state=RequestState.PENDING, confirmed_at=now, **given)


def test_the_way_from_the_form_to_an_account(app, client, now):
    assert "전자우편을 확인해 주세요" in client.get(ask(client).location).text
    [mail] = mails_to(app, "daon@example.kr")
    assert mail.subject == "[협업이음] 계정 신청을 확인해 주세요"
    assert "2026. 11. 30.(월) 10:00까지" in mail.text
    [link] = links_in(mail)
    assert "신청 확인하기" in client.get(link).text
    assert requests()[0].state is RequestState.UNCONFIRMED, "opening the link changes nothing"
    assert "담당자가 살펴보고 있습니다" in client.post(link, follow_redirects=True).text

    staff = app.test_client().sign_in(a_user())
    [request] = requests()
    assert "다도해군" in staff.get("/staff/accounts").text
    page = f"/staff/accounts/requests/{request.id}"
    assert "처음 나오는 기관입니다" in staff.get(page).text
    answer = staff.post(f"{page}/approve", data={"organization": "다도해군청", "kind": "local"}, follow_redirects=True)
    assert "비밀번호를 정하는 링크를 보냈습니다" in answer.text

    user = user_with("daon@example.kr")
    assert (user.role, user.name, user.phone) == (Role.OWNER, "최다온", "061-123-4567")
    assert organization_of(user).name == "다도해군청"
    invitation = mails_to(app, "daon@example.kr")[-1]
    assert invitation.subject == "[협업이음] 계정이 준비되었습니다. 비밀번호를 정해 주세요"
    assert client.post(links_in(invitation)[0], data={"password": "그물을 다시 씁니다"}).location == "/sign-in"
    assert (
        client.post("/sign-in", data={"email": "daon@example.kr", "password": "그물을 다시 씁니다"}).location
        == "/my/needs"
    )
    assert "계정이 준비되었습니다" in client.get(link).text


def test_what_is_missing_is_asked_for_by_name(client):
    page = ask(client, organization_kind="", phone="", purpose=" ").text
    for words in ("기관 유형을 골라 주세요", "전화번호를 입력해 주세요", "어떤 수요 과제를"):
        assert words in page
    assert "최다온" in page
    assert requests() == []


def test_an_address_with_an_account_gets_the_same_answer_and_hears_the_rest_by_mail(app, client):
    unknown = ask(client)
    an_owner(email="gaon@example.kr")
    known = ask(client, email="gaon@example.kr")
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)
    [mail] = mails_to(app, "gaon@example.kr")
    assert mail.subject == "[협업이음] 이미 계정이 있습니다"
    assert links_in(mail) == ["/sign-in", "/forgotten-password"]


def test_an_address_that_got_an_account_meanwhile_cannot_be_confirmed(client, now):
    request = an_account_request(requested_at=now)
    an_owner(email=request.email)
    page = client.post(f"/account/request/{confirmation_token_in(client, request)}")
    assert "이미 계정이 있는 전자우편 주소입니다" in page.text
    assert request.state is RequestState.UNCONFIRMED


def confirmation_token_in(client, request):
    with client.application.test_request_context():
        return confirmation_token(request)


def test_confirming_replaces_earlier_requests_of_the_same_address_and_no_others(app, now):
    earlier = pending(now, email="daon@example.kr").id
    decided = an_account_request(email="daon@example.kr", state=RequestState.DECLINED, decided_at=now).id
    other = pending(now).id
    request = an_account_request(email="daon@example.kr")
    confirm(request, now)
    confirm(request, now + timedelta(hours=1))
    assert request.confirmed_at == now
    assert {one.id for one in requests()} == {decided, other, request.id}
    assert earlier not in {one.id for one in requests()}


def test_a_link_is_good_for_seven_days_and_only_for_its_request(client, now):
    request = an_account_request(requested_at=now)
    link = f"/account/request/{confirmation_token_in(client, request)}"
    assert client.get("/account/request/abcd2345.wrong").status_code == 410
    assert client.get(f"{link}x").status_code == 410
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert client.get(link).status_code == 410
        assert client.post(link).status_code == 410
    assert request.state is RequestState.UNCONFIRMED


def test_an_unproven_address_is_forgotten_after_seven_days_and_its_mail_not_sent(app, client, now):
    ask(client)
    kept = pending(now).id
    assert forget_unconfirmed(now + timedelta(days=6)) == 0
    assert forget_unconfirmed(now + timedelta(days=7)) == 1
    assert [one.id for one in requests()] == [kept]
    assert isinstance(mails_to(app, "daon@example.kr")[0], Dropped)


def test_a_declined_request_tells_why_by_mail_and_on_its_page(app, client, now):
    request, staff = pending(now, locale="en"), app.test_client().sign_in(a_user())
    page = f"/staff/accounts/requests/{request.id}"
    assert "거절하는 까닭을 입력해 주세요" in staff.post(f"{page}/decline", data={"decline-reason": ""}).text
    answer = staff.post(
        f"{page}/decline", data={"decline-reason": "수요를 내는 기관이 아닙니다."}, follow_redirects=True
    )
    assert "전자우편으로 알렸습니다" in answer.text
    [mail] = mails_to(app, request.email)
    assert isinstance(mail, Mail)
    assert "수요를 내는 기관이 아닙니다." in mail.text
    assert links_in(mail) == ["/en/account/request"]
    assert (
        "수요를 내는 기관이 아닙니다." in client.get(f"/account/request/{confirmation_token_in(client, request)}").text
    )
    assert [entry.action for entry in history_of(request)] == ["account_request.declined"]


def test_a_request_is_decided_once(app, now):
    request, staff = pending(now), a_user()
    approve(request, "다도해군", OrganizationKind.LOCAL, staff, now)
    with pytest.raises(Refused, match="이미 처리한"):
        decline(request, "늦었습니다.", staff, now)
    with pytest.raises(Refused, match="이미 처리한"):
        approve(request, "다도해군", OrganizationKind.LOCAL, staff, now)


def test_two_staff_who_decide_one_after_the_other_hear_about_it(app, now):
    request, staff = pending(now), app.test_client().sign_in(a_user())
    page = f"/staff/accounts/requests/{request.id}"
    staff.post(f"{page}/decline", data={"decline-reason": "늦었습니다."})
    again = staff.post(f"{page}/approve", data={"organization": "다도해군", "kind": "local"})
    assert user_with(request.email) is None
    assert again.status_code == 200
    assert "이미 처리한 신청입니다" in again.text


def test_a_request_for_an_organization_that_is_known_shows_who_acts_for_it(app, now):
    known = an_organization("다도해군", OrganizationKind.LOCAL)
    an_owner(known, name="홍다래")
    request = pending(now, organization_name="다도해 군")
    staff = app.test_client().sign_in(a_user())
    page = f"/staff/accounts/requests/{request.id}"
    assert "지금 계정 1개: 홍다래" in staff.get(page).text
    staff.post(f"{page}/approve", data={"organization": "다도해 군", "kind": "local"})
    assert organization_of(user_with(request.email)).id == known.id


def test_only_staff_decide(app, client, now):
    page = f"/staff/accounts/requests/{pending(now).id}"
    owner = app.test_client().sign_in(an_owner())
    for visitor, status in ((client, 302), (owner, 403)):
        assert visitor.get(page).status_code == status
        assert visitor.post(f"{page}/approve").status_code == status
        assert visitor.post(f"{page}/decline").status_code == status


def test_asking_is_limited(client, limited):
    for _ in range(3):
        assert ask(client).status_code == 302
    assert ask(client).status_code == 429


def test_a_request_made_in_english_is_answered_in_english(app, client):
    client.post("/en/account/request", data=ASKED)
    assert requests()[0].locale == "en"
    [mail] = mails_to(app, "daon@example.kr")
    assert links_in(mail)[0].startswith("/en/account/request/")


def test_forgetting_leaves_what_was_decided(app, now):
    an_account_request(state=RequestState.DECLINED, decided_at=BEFORE)
    assert forget_unconfirmed(now) == 0
