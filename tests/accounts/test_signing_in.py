"""Signing in and out."""

from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher, Type

from briefings.accounts import signing_in
from briefings.accounts.models import Role
from briefings.accounts.sessions import user_of_session
from briefings.accounts.signing_in import set_password
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.demo.people import ACCOUNTS
from tests.builders import a_user, an_owner
from tests.prepared import NOBODY

PASSWORD = "그물을 다시 씁니다"
WRONG = "전자우편 주소나 비밀번호가 맞지 않습니다"


@pytest.fixture
def user(app):
    user = a_user(email="haneul@example.kr")
    set_password(user, PASSWORD)
    db.session.commit()
    return user


def sign_in(client, email="haneul@example.kr", password=PASSWORD, to=""):
    return client.post(f"/sign-in{to}", data={"email": email, "password": password})


def test_the_right_password_opens_a_session(client, user, now):
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/staff/")
    assert "haneul@example.kr" in client.get("/account").text
    assert user.signed_in_at == now
    [entry] = history_of(user)
    assert (entry.action, entry.detail) == ("account.signed_in", {"way": "password", "network": "127.0.0.1"})


def test_mails_are_said_to_stay_here_only_where_they_do(app, client, monkeypatch):
    a_user(email=ACCOUNTS[0][1])
    assert "밖으로 나가지 않고" in client.get("/sign-in").text
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://mail.example.kr")
    page = client.get("/sign-in").text
    assert ACCOUNTS[0][1] in page and "밖으로 나가지 않고" not in page


def test_the_case_and_outer_spaces_of_the_address_do_not_matter(client, user):
    assert sign_in(client, " Haneul@Example.KR ").status_code == 302


def test_each_role_begins_on_its_own_page(client, app):
    for person, page in [
        (an_owner(), "/my/needs"),
        (a_user(Role.EXPERT), "/reviews"),
        (a_user(Role.OFFICER), "/staff/"),
    ]:
        set_password(person, PASSWORD)
        db.session.commit()
        assert sign_in(app.test_client(), person.email).location == page


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("haneul@example.kr", "아닌 비밀번호입니다"),
        ("nobody@example.kr", PASSWORD),
        ("haneul@example.kr", "x" * 201),
    ],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, user, email, password):
    answer = sign_in(client, email, password)
    assert answer.status_code == 200
    assert WRONG in answer.text or "200자" in answer.text
    assert "_user_id" not in client.get("/sign-in").headers.get("Set-Cookie", "")
    assert client.get("/account").status_code == 302


def test_the_answers_to_unknown_and_known_addresses_do_not_differ_by_a_byte_but_the_address(client, user):
    known = sign_in(client, "haneul@example.kr", "아닌 비밀번호입니다").text
    unknown = sign_in(client, "nobody@example.kr", "아닌 비밀번호입니다").text
    assert known.replace("haneul@example.kr", "nobody@example.kr") == unknown


def test_an_account_without_a_password_or_switched_off_lets_nobody_in(client, user):
    a_user(email="new@example.kr")
    for email, password in [("new@example.kr", "nobody"), ("new@example.kr", "")]:
        assert sign_in(client, email, password).status_code == 200
    user.active = False
    db.session.commit()
    assert WRONG in sign_in(client).text


def test_an_unknown_address_costs_as_much_work_as_a_known_one(client, user, monkeypatch):
    checked = []
    verify = signing_in.HASHER.verify
    checker = SimpleNamespace(verify=lambda known, given: checked.append(given) or verify(known, given))
    monkeypatch.setattr("briefings.accounts.signing_in.HASHER", checker)
    for address in ("haneul@example.kr", "nobody@example.kr"):
        sign_in(client, address, "아닌 비밀번호입니다")
    assert len(checked) == 2


@pytest.mark.parametrize("page", ["/staff/accounts", "/staff/accounts?q=%EA%B0%80&role=owner"])
def test_the_page_that_asked_for_a_sign_in_comes_after_it(client, user, page):
    asked = client.get(page)
    assert asked.status_code == 302
    answer = client.post(asked.location, data={"email": user.email, "password": PASSWORD})
    assert answer.location == page


def test_signing_in_in_english_stays_in_english(client, user):
    asked = client.get("/en/staff/accounts")
    assert asked.location.startswith("/en/sign-in")
    answer = client.post(asked.location, data={"email": user.email, "password": PASSWORD})
    assert answer.location == "/en/staff/accounts"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example/",
        "http:evil.example",
        "evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_to_another_site_after_signing_in(client, user, elsewhere):
    answer = client.post("/sign-in", query_string={"next": elsewhere}, data={"email": user.email, "password": PASSWORD})
    assert answer.location == "/staff/"
    assert client.get("/sign-in", query_string={"next": elsewhere}).location == "/staff/"


def test_a_hash_made_with_less_work_is_renewed_at_the_next_sign_in(client, user, monkeypatch):
    before, version = user.password_hash, user.session_version
    monkeypatch.setattr(signing_in, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    sign_in(client)
    assert user.password_hash != before
    assert user.session_version == version
    assert signing_in.password_fits(user, PASSWORD)


def test_passwords_are_hashed_as_owasp_asks():
    hasher = PasswordHasher()
    assert (hasher.type, hasher.memory_cost >= 19 * 1024, hasher.time_cost >= 2) == (Type.ID, True, True)
    assert not hasher.check_needs_rehash(NOBODY)  # or an unknown address would cost other work than a known one


def test_nothing_of_the_session_before_lives_on_after_signing_in(client, user):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"
        assert session.permanent


def test_signing_out_ends_the_session_also_for_whoever_copied_it(client, app, user):
    sign_in(client)
    thief = app.test_client()
    with client.session_transaction() as session:
        copied = dict(session)
    with thief.session_transaction() as session:
        session.update(copied)
    assert thief.get("/account").status_code == 200
    assert "로그아웃했습니다" in client.post("/sign-out", follow_redirects=True).text
    assert client.get("/account").status_code == 302
    assert thief.get("/account").status_code == 302


def test_a_link_cannot_sign_anybody_out(client, user):
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200


def test_switching_an_account_off_ends_its_session(client, user):
    sign_in(client)
    user.active = False
    db.session.commit()
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("remembered", ["", "x", "1.1", "²" * 32, "f" * 32, "f" * 33])
def test_a_session_that_was_never_begun_is_none(app, user, now, remembered):
    assert user_of_session(remembered, now) is None


def test_guessing_at_one_account_is_stopped_after_five_wrong_passwords(client, user, limited):
    for _ in range(5):
        assert sign_in(client, password="아닌 비밀번호입니다").status_code == 200
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "1분 뒤에 다시" in answer.text and 1 <= int(answer.headers["Retry-After"]) <= 60
    assert sign_in(client, "other@example.kr").status_code == 200


@pytest.mark.parametrize("page", ["/sign-in", "/forgotten-password", "/account/request"])
def test_a_form_sent_empty_is_no_error_of_ours(client, limited, caplog, page):
    assert "전자우편을 입력해 주세요" in client.post(page, data={"email": " "}).text
    assert not [line for line in caplog.records if line.levelname == "ERROR"]


def test_guessing_at_many_accounts_from_one_place_is_stopped_after_ten(client, user, limited):
    for n in range(10):
        assert sign_in(client, f"guess{n}@example.kr").status_code == 200
    assert sign_in(client, "guess10@example.kr").status_code == 429
    assert client.get("/sign-in").status_code == 200


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(client, app, user, limited):
    for _ in range(12):
        assert sign_in(app.test_client()).status_code == 302


def test_the_form_needs_its_token(client, app, user, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = sign_in(client)
    assert answer.status_code == 400
    assert "앞 화면을 새로 열고" in answer.text
