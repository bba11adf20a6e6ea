"""Sessions: each browser has its own, which ends by itself, from elsewhere, or with the rights of its account."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role, UserSession
from briefings.accounts.roles import change_role, switch_off
from briefings.accounts.sessions import browser_in, network_in, sessions_of
from briefings.accounts.signing_in import set_password
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.needs.models import Theme
from tests.builders import a_need, a_user, an_owner

PASSWORD = "그물을 다시 씁니다"
WHALE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Whale/4.33.1"


@pytest.fixture
def user(app):
    user = a_user(email="haneul@example.kr")
    set_password(user, PASSWORD)
    db.session.commit()
    return user


def signed_in(app, user, agent="Firefox/145.0"):
    client = app.test_client()
    data = {"email": user.email, "password": PASSWORD}
    assert client.post("/sign-in", data=data, headers={"User-Agent": agent}).status_code == 302
    return client


def is_in(client):
    return client.get("/account/password").status_code == 200


def test_who_is_signed_in_is_known_by_one_statement(client, user, count_queries):
    client.sign_in(user)
    with count_queries() as sent:
        assert is_in(client)
    assert len(sent) == 1


def test_the_list_shows_each_device_and_ends_one_or_all_others(app, user):
    here, office, lost = signed_in(app, user), signed_in(app, user, WHALE), signed_in(app, user, "curl/8")
    page = here.get("/account/sessions").text
    assert page.index("이 기기") < page.index("Whale 4, Windows")
    assert "127.0.0.*" in page
    assert not [one.id for one in sessions_of(user, one_moment(user)) if one.id in page]
    stranger = app.test_client().sign_in(an_owner())
    end_lost = ends_in(page)["알 수 없는 브라우저"]
    assert stranger.post(end_lost).status_code == 404
    assert here.post(end_lost).location == "/account/sessions"
    assert here.post(end_lost).location == "/account/sessions", "pressed twice it is still so"
    assert here.post(end_lost.replace("sessions/", "sessions/0")).status_code == 404
    assert [is_in(each) for each in (here, office, lost)] == [True, True, False]
    here.post("/account/sessions/others/end")
    assert [is_in(each) for each in (here, office)] == [True, False]
    assert "지금은 이 기기에서만" in here.get("/account/sessions").text


def ends_in(page):
    addresses = re.findall(r'action="(/account/sessions/[0-9a-f]{16}/end)"', page)
    return dict(zip(re.findall(r'aria-label="(.+) 로그아웃하기"', page), addresses, strict=True))


def one_moment(user):
    return db.session.scalars(select(UserSession.seen_at).where(UserSession.user_id == user.id)).first()


def test_signing_out_here_leaves_other_browsers_alone(app, user):
    here, there = signed_in(app, user), signed_in(app, user)
    here.post("/sign-out")
    assert [is_in(here), is_in(there)] == [False, True]


def test_a_changed_password_another_role_and_switching_off_end_every_session(app, user, now):
    administrator = a_user(Role.ADMINISTRATOR)
    here, there = signed_in(app, user), signed_in(app, user)
    here.post("/account/password", data={"present": PASSWORD, "password": "바다를 다시 씁니다"})
    assert [is_in(here), is_in(there)] == [True, False]
    assert "비밀번호나 역할이 바뀌어 로그인이 끝났습니다" in there.get("/my/needs", follow_redirects=True).text
    change_role(user, Role.EXPERT, administrator, now)
    db.session.commit()
    assert not is_in(here)
    here.sign_in(user)
    switch_off(user, administrator, now)
    db.session.commit()
    assert not is_in(here)
    assert sessions_of(user, now) == []


@pytest.mark.parametrize(
    ("role", "left_alone", "at_work"),
    [
        (Role.OFFICER, timedelta(minutes=30), timedelta(hours=12)),
        (Role.EXPERT, timedelta(hours=8), timedelta(hours=24)),
    ],
)
def test_a_session_ends_when_it_is_left_alone_and_at_last_in_any_case(app, client, now, role, left_alone, at_work):
    person = a_user(role)
    idle, busy = app.test_client().sign_in(person, now), client.sign_in(person, now)
    for passed in range(0, int(at_work / left_alone) + 1):
        moment = now + passed * left_alone
        with time_machine.travel(moment, tick=False):
            assert is_in(busy), passed
            assert len(sessions_of(person, moment)) == (2 if passed <= 1 else 1)
            if passed == 2:
                assert not is_in(idle)
    with time_machine.travel(now + at_work + timedelta(seconds=1), tick=False):
        assert not is_in(busy)


def test_use_is_written_every_few_minutes_and_never_for_what_a_page_asks_by_itself(client, user, now, count_queries):
    client.sign_in(user, now)
    for minutes, by_script, written in [(4, False, False), (6, True, False), (7, False, True), (8, False, False)]:
        headers = {"Sec-Fetch-Dest": "empty"} if by_script else {}
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False), count_queries() as sent:
            assert client.get("/account/password", headers=headers).status_code == 200
        assert any(statement.startswith("UPDATE user_sessions") for statement in sent) is written, minutes
    assert not history_of(user), "that somebody is there is no act of theirs"
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        assert client.post("/account/stay", headers={"Sec-Fetch-Dest": "empty"}).status_code == 204
        assert client.post("/account/stay", data={"next": "//evil.example"}).location == "/account/sessions"
        assert one_moment(user) == now + timedelta(minutes=20)


def test_a_page_says_when_its_session_ends(app, client, user, now):
    assert 'data-seconds="1800"' in client.sign_in(user).get("/staff/accounts").text
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        page = client.sign_in(user, now).get("/staff/accounts").text
    assert 'data-ends="42000"' in page and "로그인한 지 12시간이 되면" in page, "whatever is done in it"
    assert 'data-seconds="28800"' in app.test_client().sign_in(an_owner()).get("/needs").text
    assert "session-end" not in app.test_client().get("/needs").text


def test_what_was_typed_when_a_session_ended_is_sent_after_signing_in_again(app, client, user, now, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    need = a_need()
    client.post("/sign-in", data={**token_in(client.get("/sign-in")), "email": user.email, "password": PASSWORD})
    address = f"/staff/needs/{need.id}/withdraw"
    typed = {**token_in(client.get(address)), "reason": "기관 사정으로\n더는 <b>찾지</b> 않습니다."}
    with time_machine.travel(now + timedelta(minutes=36), tick=False):
        assert "로그인이 끝났습니다" in client.get(address, follow_redirects=True).text
        late = client.post(address, data=typed)
        assert late.status_code == 401
        assert "보내려던 내용은 그대로 있습니다" in late.text
        back = {**token_in(late), "typed": re.search(r'name="typed" value="([^"]+)"', late.text)[1]}
        wrong = client.post("/sign-in", data={**back, "email": user.email, "password": "아닌 비밀번호입니다"})
        assert back["typed"] in wrong.text
        page = client.post("/sign-in", data={**back, **token_in(wrong), "email": user.email, "password": PASSWORD})
        assert "더는 &lt;b&gt;찾지&lt;/b&gt; 않습니다." in page.text
        assert f'action="{address}"' in page.text
        client.post(address, data={**typed, **token_in(page)})
    db.session.refresh(need)
    assert need.state == "withdrawn"


def test_what_was_typed_is_for_its_author_alone_and_no_other_site_puts_words_into_it(app, client, user, now):
    client.sign_in(user, now)
    with time_machine.travel(now + timedelta(minutes=36), tick=False):
        late = client.post("/staff/needs/topics/themes/new", data={"name": "바다와 항만", "name_en": "Sea"})
        typed = re.search(r'name="typed" value="([^"]+)"', late.text)[1]
        other = a_user(email="other@example.kr")
        set_password(other, PASSWORD)
        db.session.commit()
        for person, words in [(other, typed), (user, typed[:-9]), (user, "x")]:
            answer = app.test_client().post(
                "/sign-in", data={"email": person.email, "password": PASSWORD, "typed": words}
            )
            assert answer.location == "/staff/"
        assert app.test_client().post("/staff/needs/topics/themes/new", data={"name": "x"}).status_code == 302
        password = client.post("/account/password", data={"present": PASSWORD, "password": "새 비밀번호입니다요"})
        assert 'name="typed"' not in password.text
    assert db.session.scalar(select(Theme).where(Theme.name == "바다와 항만")) is None


def token_in(page):
    return {"csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (WHALE, "Whale 4, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36", "Chrome 141, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge 141, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0", "Samsung Internet 28, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.1 Safari/605.1.15", "Safari 18, macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E Safari/604.1",
            "Safari 18, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145, macOS"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_named_by_what_it_says(said, shown):
    assert browser_in(said) == shown


def test_of_a_network_only_the_place_is_shown():
    assert network_in("203.0.113.77") == "203.0.113.*"
    assert network_in("2001:db8:1:2::/64") == "2001:db8:1:…"
    assert network_in("") == ""
