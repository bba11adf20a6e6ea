"""Links that set a password: for one account, once, for a while."""

from datetime import timedelta

import pytest
import time_machine

from briefings.accounts.opening import follow_link
from briefings.accounts.password_links import password_token, user_behind
from briefings.accounts.signing_in import password_fits, set_password
from briefings.errors import Refused
from tests.builders import a_user

PASSWORD = "그물을 다시 씁니다"


@pytest.fixture
def user(app):
    return a_user()


def token(user, now):
    return password_token(user, now + timedelta(hours=1))


def test_a_link_opens_its_account_until_its_hour_is_over(user, now):
    link = token(user, now)
    assert user_behind(link, now) == user
    assert user_behind(link, now + timedelta(minutes=59)) == user
    assert user_behind(link, now + timedelta(hours=1)) is None


def test_a_link_works_once(user, now):
    link = token(user, now)
    follow_link(link, PASSWORD, now)
    assert password_fits(user, PASSWORD)
    with pytest.raises(Refused):
        follow_link(link, "다른 그물도 씁니다", now)
    assert password_fits(user, PASSWORD)


def test_any_other_change_of_the_password_ends_the_link(user, now):
    link = token(user, now)
    set_password(user, PASSWORD)
    assert user_behind(link, now) is None


def test_a_link_to_an_account_switched_off_opens_nothing(user, now):
    link = token(user, now)
    user.active = False
    assert user_behind(link, now) is None


def test_a_refused_password_does_not_use_the_link_up(user, now):
    link = token(user, now)
    with pytest.raises(Refused):
        follow_link(link, "1234567890", now)
    assert user_behind(link, now) == user


@pytest.mark.parametrize(
    "forged", ["", ".", "x", "1-2", "9999999999999999999-1.a", "-.", "²-³.x", "1-99999999999999999999.x", "\x00"]
)
def test_what_is_no_link_opens_nothing(user, now, forged):
    assert user_behind(forged, now) is None


def test_neither_the_account_nor_the_hour_can_be_changed_in_a_link(user, now):
    other = a_user()
    number, _, rest = token(user, now).partition("-")
    assert user_behind(f"{other.id}-{rest}", now) is None
    seconds, _, signature = rest.partition(".")
    assert user_behind(f"{number}-{int(seconds) + 3600}.{signature}", now) is None


def test_the_page_of_a_link_changes_nothing_when_it_is_opened(client, user, now):
    address = f"/new-password/{token(user, now)}"
    for _ in range(2):
        assert client.get(address).status_code == 200
    answer = client.post(address, data={"password": PASSWORD}, follow_redirects=True)
    assert "새 비밀번호로 로그인해 주세요" in answer.text
    assert client.get(address).status_code == 410


def test_an_old_link_says_how_to_get_a_new_one(client, user, now):
    address = f"/new-password/{token(user, now)}"
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        answer = client.get(address)
    assert answer.status_code == 410
    assert "/forgotten-password" in answer.text


def test_the_page_of_a_link_is_kept_in_no_cache_and_tells_no_other_site(client, user, now):
    headers = client.get(f"/new-password/{token(user, now)}").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
