"""The second proof: set up, asked for, each code once, recovery codes, and what an administrator may do."""

import html
import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import RecoveryCode, Role
from briefings.accounts.second_factor import prove, set_up
from briefings.accounts.signing_in import set_password
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from tests.builders import a_user, an_owner
from tests.mails import mails_to

PASSWORD = "그물을 다시 씁니다"


@pytest.fixture
def user(app):
    return with_password(a_user(email="haneul@example.kr"))


@pytest.fixture
def required(app, monkeypatch):
    monkeypatch.setitem(app.config, "TWO_FACTOR", "required")


def with_password(person):
    set_password(person, PASSWORD)
    db.session.commit()
    return person


def with_app(person, now):
    """The secret in the person's authenticator app, and the recovery codes; set up a while ago."""
    secret = pyotp.random_base32()
    codes = set_up(person, secret, pyotp.TOTP(secret).at(now), now)
    person.totp_step -= 10
    db.session.commit()
    return pyotp.TOTP(secret), codes


def sign_in(client, person, to=""):
    return client.post(f"/sign-in{to}", data={"email": person.email, "password": PASSWORD})


def is_in(client):
    return client.get("/account/password").status_code == 200


def on_page(page):
    """The hidden secret of a page on which an app is set up, and the app that has scanned it."""
    plain = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert f"secret={plain}" in html.unescape(page)
    return re.search(r'name="secret"[^>]* value="([^"]+)"', page)[1], pyotp.TOTP(plain)


def test_after_the_password_the_app_is_asked_and_leads_to_the_page_that_was_wanted(client, user, now):
    its_app, _ = with_app(user, now)
    assert sign_in(client, user, "?next=/staff/accounts").location == "/sign-in/code"
    assert not is_in(client), "the password alone opens nothing"
    assert client.get("/sign-in/code").headers["Cache-Control"] == "no-store"
    answer = client.post("/sign-in/code", data={"code": f" {its_app.at(now)[:3]} {its_app.at(now)[3:]} "})
    assert answer.location == "/staff/accounts"
    assert is_in(client)


def test_a_code_is_good_once_and_for_a_step_before_and_after(app, user, now):
    its_app, _ = with_app(user, now)
    for seconds, let_in in [(-60, False), (60, False), (-30, True), (0, True), (0, False), (-30, False), (30, True)]:
        client = app.test_client()
        sign_in(client, user)
        answer = client.post("/sign-in/code", data={"code": its_app.at(now + timedelta(seconds=seconds))})
        assert (answer.status_code == 302) is let_in, seconds
        assert is_in(client) is let_in
    assert "이미 쓴 번호입니다" in client_asking(app, user, its_app.at(now)).text
    assert {"proof": "second", "network": "127.0.0.1"} in [entry.detail for entry in history_of(user)]


def client_asking(app, user, code, to=""):
    client = app.test_client()
    sign_in(client, user)
    return client.post(f"/sign-in/code{to}", data={"code": code})


@pytest.mark.parametrize("typed", ["000000", "", "abcdef", "١٢٣٤٥٦", "12345", "x" * 40, "가나다라마바"])
def test_what_is_no_code_lets_nobody_in(app, user, now, typed):
    with_app(user, now)
    assert client_asking(app, user, typed).status_code == 200


def test_a_recovery_code_stands_in_once_and_its_owner_is_told(app, user, now):
    _, codes = with_app(user, now)
    kept = db.session.scalars(select(RecoveryCode.digest)).all()
    assert len(kept) == len(set(codes)) == 10
    assert not [code for code in codes if code.replace("-", "") in "".join(kept)]
    assert client_asking(app, user, codes[3].upper().replace("-", " "), "?recovery=1").status_code == 302
    assert "쓸 수 없는 복구 코드입니다" in client_asking(app, user, codes[3], "?recovery=1").text
    mail = mails_to(app, user.email)[-1]
    assert mail.subject == "[협업이음] 복구 코드를 썼습니다"
    assert "복구 코드는 9개입니다" in mail.text
    other = with_password(a_user())
    with_app(other, now)
    assert client_asking(app, other, codes[4], "?recovery=1").status_code == 200


def test_guessing_codes_is_stopped_for_the_account_wherever_it_is_tried(app, user, now, limited):
    its_app, _ = with_app(user, now)
    for _ in range(5):
        assert client_asking(app, user, "000000").status_code == 200
    assert client_asking(app, user, its_app.at(now)).status_code == 429
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert client_asking(app, user, its_app.now()).status_code == 302


def test_guessing_codes_in_a_stolen_session_is_stopped_wherever_it_is_tried(client, user, now, limited):
    its_app, _ = with_app(user, now)
    client.sign_in(user)
    for place, right in enumerate([False] * 5 + [True]):
        typed = {"off-code": its_app.at(now) if right else "000000"}
        here = {"REMOTE_ADDR": f"203.0.113.{place}"}
        answer = client.post("/account/second-factor/off", data=typed, environ_overrides=here)
        assert answer.status_code == (429 if right else 200)
    assert user.has_second_factor


def test_the_second_proof_must_follow_soon_and_for_the_account_as_it_was(app, client, user, now):
    its_app, _ = with_app(user, now)
    sign_in(client, user)
    with time_machine.travel(now + timedelta(minutes=11), tick=False):
        assert client.post("/sign-in/code", data={"code": its_app.now()}).location == "/sign-in"
        assert "처음부터 다시 로그인" in client.get("/sign-in").text
    sign_in(client, user)
    set_password(user, "바다를 다시 씁니다")
    db.session.commit()
    assert client.post("/sign-in/code", data={"code": its_app.at(now)}).location == "/sign-in"
    assert app.test_client().get("/sign-in/code").location == "/sign-in"


def test_staff_are_led_to_set_it_up_and_reach_nothing_else_where_it_is_required(app, client, user, required, now):
    assert sign_in(client, user, "?next=/staff/accounts").location == "/sign-in/second-factor"
    assert not is_in(client)
    answer = client.get("/sign-in/second-factor")
    assert answer.headers["Cache-Control"] == "no-store"
    sealed, its_app = on_page(answer.text)
    assert user.totp_secret is None, "opening the page stores nothing"
    wrong = client.post("/sign-in/second-factor", data={"secret": sealed, "code": "000000"})
    assert on_page(wrong.text)[1].secret == its_app.secret, "the app that has scanned goes on"
    page = client.post("/sign-in/second-factor", data={"secret": sealed, "code": its_app.at(now)}).text
    assert len(re.findall(r"<li><code>[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}</code></li>", page)) == 10
    assert 'href="/staff/accounts"' in page
    assert is_in(client)
    assert its_app.secret not in user.totp_secret
    assert mails_to(app, user.email)[0].subject == "[협업이음] 2단계 인증을 켰습니다"
    assert client.post("/account/second-factor/off", data={"off-code": its_app.at(now)}).status_code == 409
    assert "2단계 인증 끄기" not in client.get("/account/second-factor").text
    assert sign_in(app.test_client(), with_password(an_owner())).location == "/my/needs"


def test_of_two_who_set_it_up_at_once_the_second_is_told_that_it_is_done(user, now):
    its_app, _ = with_app(user, now)
    other = pyotp.random_base32()
    with pytest.raises(Refused, match="이미 2단계 인증을 켠"):
        set_up(user, other, pyotp.TOTP(other).at(now), now)
    prove(user, its_app.at(now), now)


def test_a_secret_of_another_page_or_person_is_not_taken(app, client, user, required, now):
    other = with_password(a_user())
    sign_in(client, other)
    sealed, its_app = on_page(client.get("/sign-in/second-factor").text)
    client = app.test_client()
    sign_in(client, user)
    for foreign in (sealed, "x", ""):
        client.post("/sign-in/second-factor", data={"secret": foreign, "code": its_app.at(now)})
        assert not user.has_second_factor


def test_on_ones_own_account_it_is_switched_on_moved_to_another_telephone_and_off(app, client, user, now):
    client.sign_in(user)
    for address in ("codes", "off", "another"):
        code = {"renew-code": "000000", "off-code": "000000"}
        assert client.post(f"/account/second-factor/{address}", data=code).location == "/account/second-factor"
    sealed, first = on_page(client.get("/account/second-factor").text)
    typed = {"secret": sealed, "code": first.at(now)}
    assert (
        "지금 비밀번호가 맞지 않습니다" in client.post("/account/second-factor", data=typed | {"present": "아닌"}).text
    )
    codes = re.findall(
        r"<code>(\S+)</code>", client.post("/account/second-factor", data=typed | {"present": PASSWORD}).text
    )
    assert "남은 복구 코드" in client.get("/account/second-factor").text
    sealed, second = on_page(client.get("/account/second-factor/another").text)
    client.post("/account/second-factor/another", data={"secret": sealed, "code": second.at(now), "present": PASSWORD})
    assert client_asking(app, user, codes[0], "?recovery=1").status_code == 200, "the old codes went with the old app"
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        assert "맞지 않습니다" in client.post("/account/second-factor/codes", data={"renew-code": first.now()}).text
        assert (
            "복구 코드를 적어 두세요"
            in client.post("/account/second-factor/codes", data={"renew-code": second.now()}).text
        )
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert client.post("/account/second-factor/off", data={"off-code": second.now()}).location == "/account"
    assert not user.has_second_factor
    assert db.session.scalars(select(RecoveryCode)).all() == []
    acts = [entry.action.removeprefix("account.") for entry in history_of(user)]
    assert acts[-3:] == ["second_factor_on", "recovery_codes_renewed", "second_factor_off"]


def test_whoever_has_no_password_puts_another_app_in_its_place_by_the_one_there_is(app, client, now):
    person = a_user(email="agency@example.kr")
    present, codes = with_app(person, now)
    here = "/account/second-factor/another"
    sealed, another = on_page(client.sign_in(person).get(here).text)
    typed = {"secret": sealed, "code": another.at(now)}
    for wrong in ("", another.at(now), "zzzz-zzzz-zzzz"):
        assert 'id="proof-error"' in client.post(here, data=typed | {"proof": wrong}).text, wrong
    db.session.refresh(person)
    prove(person, present.at(now), now)  # still the one that is asked for
    db.session.rollback()
    assert "복구 코드를 적어 두세요" in client.post(here, data=typed | {"proof": codes[0]}).text
    sealed, third = on_page(client.get(here).text)
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        typed = {"secret": sealed, "code": third.now(), "proof": another.now()}
        assert "복구 코드를 적어 두세요" in client.post(here, data=typed).text


def test_what_was_typed_stays_on_the_way_from_the_app_to_a_recovery_code_and_back(app, client, user, now):
    _, codes = with_app(user, now)
    client.sign_in(user, now)
    words = {"name": "바다와 항만", "name_en": "Sea", "description": "바다를 다시 씁니다"}

    def typed_in(page):
        return {"typed": re.search(r'name="typed" value="([^"]+)"', page.text)[1]}

    with time_machine.travel(now + timedelta(minutes=36), tick=False):
        late = client.post("/staff/needs/topics/themes/new", data=words)
        page = client.post("/sign-in", data=typed_in(late) | {"email": user.email, "password": PASSWORD})
        for to in ("?recovery=1", "", "?recovery=1"):
            page = client.post(f"/sign-in/code{to}", data=typed_in(page) | {"turn": "1"})
            assert "form-error" not in page.text and page.status_code == 200
        wrong = client.post("/sign-in/code?recovery=1", data=typed_in(page) | {"code": "zzzz-zzzz-zzzz"})
    with time_machine.travel(now + timedelta(minutes=50), tick=False):
        later = client.post("/sign-in/code?recovery=1", data=typed_in(wrong) | {"code": codes[0]})
        assert later.status_code == 401, "too late, and still nothing is lost"
        page = client.post("/sign-in", data=typed_in(later) | {"email": user.email, "password": PASSWORD})
        page = client.post("/sign-in/code?recovery=1", data=typed_in(page) | {"code": codes[0]})
        assert "바다를 다시 씁니다" in page.text


def test_an_administrator_lets_somebody_begin_anew_and_nobody_else_does(app, client, user, now):
    with_app(user, now)
    signed_in = app.test_client().sign_in(user)
    assert is_in(signed_in)
    address = f"/staff/accounts/{user.id}/second-factor/reset"
    assert client.sign_in(a_user(Role.OFFICER)).post(address).status_code == 403
    client.sign_in(a_user(Role.ADMINISTRATOR))
    assert "2단계 인증 풀기" in client.get(f"/staff/accounts/{user.id}").text
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert not is_in(signed_in), "whoever found the telephone is out as well"
    assert sign_in(app.test_client(), user).location == "/staff/"
    assert mails_to(app, user.email)[-1].subject == "[협업이음] 관리자가 2단계 인증을 풀었습니다"


def test_with_another_secret_key_no_code_fits_but_nothing_breaks(app, user, now, monkeypatch):
    its_app, codes = with_app(user, now)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another key, also long enough to be taken seriously")
    assert client_asking(app, user, its_app.at(now)).status_code == 200
    assert client_asking(app, user, codes[0], "?recovery=1").status_code == 200
    run = app.test_cli_runner().invoke
    assert run(args=["users", "reset-second-factor", user.email]).exit_code == 0
    assert run(args=["users", "reset-second-factor", user.email]).exit_code == 1
    assert sign_in(app.test_client(), user).location == "/staff/"
