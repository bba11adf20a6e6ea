"""Accounts as administrators look after them."""

import re

import pytest

from briefings.accounts.models import Role
from briefings.accounts.roles import switch_off
from briefings.accounts.signing_in import user_with
from briefings.audit.recording import history_of
from briefings.errors import Refused
from briefings.organizations.finding import members_of, organization_of
from briefings.organizations.managing import add_account, assign
from briefings.organizations.models import OrganizationKind
from tests.builders import a_user, an_organization, an_owner
from tests.mails import links_in, mails_to

NEW = {"name": "최다온", "email": "Daon@example.kr", "role": "owner", "organization": "다도해군", "kind": "local"}
FOR_DADOHAE = ("다도해군", OrganizationKind.LOCAL)


@pytest.fixture
def administrator(app):
    return a_user(Role.ADMINISTRATOR, name="박나래")


@pytest.fixture
def desk(client, administrator):
    return client.sign_in(administrator)


def add(desk, **changed):
    return desk.post("/staff/accounts/new", data=NEW | changed, follow_redirects=True)


def test_an_added_account_gets_a_link_good_for_seven_days(app, desk, now):
    assert "링크를 보냈습니다" in add(desk).text
    user = user_with("daon@example.kr")
    assert (user.role, user.has_password, organization_of(user).name) == (Role.OWNER, False, "다도해군")
    [mail] = mails_to(app, "daon@example.kr")
    assert "2026. 11. 30.(월) 10:00까지" in mail.text
    assert app.test_client().get(links_in(mail)[0]).status_code == 200
    [opened] = history_of(user)
    assert (opened.action, opened.actor_name) == ("account.opened", "박나래")


@pytest.mark.parametrize("lacking", [{"organization": ""}, {"kind": ""}])
def test_an_owner_without_an_organization_is_impossible(desk, lacking):
    page = add(desk, **lacking).text
    assert "수요기관 계정에는 기관이 있어야 합니다" in page
    assert 'href="#organization"' in page
    assert user_with("daon@example.kr") is None


def test_an_officer_has_no_organization_whatever_was_typed(desk):
    add(desk, role="officer")
    assert organization_of(user_with("daon@example.kr")) is None


def test_an_expert_may_belong_to_an_organization_but_does_not_act_for_it(app, desk, now):
    page = add(desk, role="expert", kind="").text
    assert 'href="#kind"' in page
    add(desk, role="expert")
    expert = user_with("daon@example.kr")
    assert organization_of(expert).name == "다도해군"
    assert members_of(organization_of(expert)) == []
    assert app.test_client().sign_in(expert).get("/my/needs").status_code == 403
    desk.post(f"/staff/accounts/{expert.id}", data={"role": "expert", "organization": "", "kind": ""})
    assert organization_of(expert) is None


def test_nobody_becomes_an_administrator_because_no_role_was_chosen(desk):
    assert '<option selected value="">골라 주세요</option>' in desk.get("/staff/accounts/new").text
    assert "역할을 골라 주세요" in add(desk, role="").text
    assert user_with("daon@example.kr") is None


def test_an_address_that_has_an_account_is_refused_at_its_field(desk):
    a_user(email="daon@example.kr")
    page = add(desk).text
    assert "이미 계정이 있는 전자우편 주소입니다" in page
    assert 'href="#email"' in page


@pytest.mark.parametrize("wrong", [{"role": "emperor"}, {"kind": "planet"}, {"email": "no address"}, {"name": ""}])
def test_what_is_wrong_adds_nobody(desk, wrong):
    assert "오류: 계정 추가" in add(desk, **wrong).text
    assert user_with("daon@example.kr") is None


def test_a_link_can_be_sent_again_and_only_once_a_minute(app, desk):
    user = a_user(email="daon@example.kr")
    for _ in range(2):
        desk.post(f"/staff/accounts/{user.id}/link")
    assert len(mails_to(app, "daon@example.kr")) == 1


def test_an_account_is_switched_off_and_on_again(app, desk):
    user = an_owner()
    theirs = app.test_client().sign_in(user)
    assert theirs.get("/account").status_code == 200
    assert "계정을 껐습니다" in desk.post(f"/staff/accounts/{user.id}/off", follow_redirects=True).text
    assert theirs.get("/account").status_code == 302
    answer = desk.post(f"/staff/accounts/{user.id}/link")
    assert (answer.status_code, "먼저 계정을 켜 주세요" in answer.text) == (409, True)
    assert "계정을 켰습니다" in desk.post(f"/staff/accounts/{user.id}/on", follow_redirects=True).text
    assert theirs.get("/account").status_code == 302, "the old session stays ended"
    assert [entry.action for entry in history_of(user)] == ["account.switched_off", "account.switched_on"]


def test_the_last_administrator_can_neither_be_switched_off_nor_get_another_role(desk, administrator):
    a_user(Role.ADMINISTRATOR, active=False)
    answer = desk.post(f"/staff/accounts/{administrator.id}/off")
    assert (answer.status_code, "마지막 관리자" in answer.text) == (409, True)
    page = desk.post(f"/staff/accounts/{administrator.id}", data={"role": "officer", "kind": ""}).text
    assert "마지막 관리자" in page
    assert (administrator.active, administrator.role) == (True, Role.ADMINISTRATOR)


def test_with_a_second_administrator_the_first_may_go(app, administrator, now):
    second = a_user(Role.ADMINISTRATOR)
    switch_off(administrator, second, now)
    with pytest.raises(Refused):
        switch_off(second, second, now)


def test_a_role_is_changed_with_its_organization_and_the_history_says_so(app, desk, administrator, now):
    user = a_user(Role.OFFICER)
    page = f"/staff/accounts/{user.id}"
    assert "기관이 있어야 합니다" in desk.post(page, data={"role": "owner", "kind": ""}).text
    assert user.role is Role.OFFICER
    desk.post(page, data={"role": "owner", "organization": "다도해군", "kind": "local"})
    assert (user.role, organization_of(user).name) == (Role.OWNER, "다도해군")
    desk.post(page, data={"role": "owner", "organization": "새섬군", "kind": "local"})
    assert organization_of(user).name == "새섬군"
    desk.post(page, data={"role": "expert", "organization": "", "kind": ""})
    assert organization_of(user) is None
    text = desk.get(page).text
    for act in ("역할을 바꿈: 담당자 → 수요기관", "기관을 바꿈: 다도해군 → 새섬군", "기관을 바꿈: 새섬군 → 없음"):
        assert act in text


def test_a_role_that_was_changed_meanwhile_is_not_changed_back_unknown(desk):
    user = a_user(Role.OFFICER)
    page = f"/staff/accounts/{user.id}"
    [seen] = re.findall(r'name="seen"[^>]*value="([^"]+)"', desk.get(page).text)
    assert desk.post(page, data={"role": "expert", "kind": "", "seen": seen}).status_code == 302
    late = desk.post(page, data={"role": "administrator", "kind": "", "seen": seen}).text
    assert "다른 창에서 역할이나 기관을 바꾸었습니다" in late and user.role is Role.EXPERT
    [now_read] = re.findall(r'name="seen"[^>]*value="([^"]+)"', late)
    assert desk.post(page, data={"role": "officer", "kind": "", "seen": now_read}).status_code == 302
    assert user.role is Role.OFFICER


def test_saving_without_a_change_leaves_no_trace(administrator, now):
    user = an_owner(an_organization("다도해군", OrganizationKind.LOCAL))
    assign(user, Role.OWNER, FOR_DADOHAE, administrator, now)
    assert history_of(user) == []


def test_the_list_is_searched_by_name_address_organization_and_role(desk):
    an_owner(an_organization("다도해 군"), name="최다온", email="daon@example.kr")
    a_user(name="홍다래", email="darae@example.kr")
    for query, found in [
        ("q=최다", "최다온"),
        ("q=DARAE@", "홍다래"),
        ("q=다도해군", "최다온"),
        ("role=owner", "최다온"),
    ]:
        page = desk.get(f"/staff/accounts?{query}").text
        assert f">{found}</a>" in page, query
        assert page.count("<tr>") == 2, query
    assert "조건에 맞는 계정이 없습니다" in desk.get("/staff/accounts?q=없는 사람").text
    assert desk.get("/staff/accounts?role=emperor&q=%00&page=x").status_code == 200


def test_a_list_of_many_costs_no_more_queries_than_one_of_few(desk, count_queries):
    def cost():
        with count_queries() as sent:
            desk.get("/staff/accounts")
        return len(sent)

    an_owner()
    cost()  # that somebody looks is kept the first time
    few = cost()
    for _ in range(5):
        an_owner()
    assert cost() == few


def test_officers_see_the_accounts_and_change_none(app, administrator):
    officer, user = app.test_client().sign_in(a_user()), an_owner()
    page = officer.get("/staff/accounts").text
    assert user.name in page
    assert "계정 추가하기" not in page
    assert officer.get("/staff/accounts/new").status_code == 403
    assert officer.get(f"/staff/accounts/{user.id}").status_code == 403
    for act in ("link", "off", "on"):
        assert officer.post(f"/staff/accounts/{user.id}/{act}").status_code == 403


@pytest.mark.parametrize("number", ["999999", "99999999999999999999", "0", "x"])
def test_an_account_that_is_not_there_is_404(desk, number):
    assert desk.get(f"/staff/accounts/{number}").status_code == 404


def test_two_people_who_add_one_address_add_one_account(app, administrator, now):
    add_account("daon@example.kr", "최다온", Role.OWNER, FOR_DADOHAE, administrator, now)
    with pytest.raises(Refused):
        add_account("DAON@example.kr", "최다온", Role.OFFICER, None, administrator, now)
