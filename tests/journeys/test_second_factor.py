"""An app on a telephone besides the password: set up, asked for, replaced by a code on paper, changed."""

import pyotp
import pytest

from briefings import clock
from briefings.accounts.models import Role
from briefings.accounts.opening import open_account
from briefings.accounts.signing_in import set_password
from briefings.db import unit_of_work
from tests.journeys.checks import barriers, trouble_on_a_phone
from tests.journeys.person import Person
from tests.journeys.rows import PASSWORD

pytestmark = pytest.mark.browser
EMAIL = "two-steps@example.kr"


@pytest.fixture
def officer(site, somebody) -> Person:
    """An officer of their own, for what is set up stays."""
    with site.app.app_context(), unit_of_work():
        set_password(open_account(EMAIL, "두단계", Role.OFFICER, clock.now()), PASSWORD)
    return somebody().sign_in(EMAIL, PASSWORD)


def look(person: Person, name: str) -> None:
    """Nothing stands in the way of anybody on the page that this person sees."""
    person.take_picture(name)
    found = barriers(person.page) + trouble_on_a_phone(person.page) + person.complaints
    assert not found, "\n".join(found)


def test_an_officer_comes_in_by_two_steps(officer):
    officer.open("/account/second-factor")
    look(officer, "second-factor-to-set-up")
    secret = "".join((officer.main.locator("code").first.text_content() or "").split())
    officer.write({"인증 번호": pyotp.TOTP(secret).at(clock.now()), "지금 비밀번호": PASSWORD})
    officer.press("2단계 인증 켜기")
    look(officer, "second-factor-codes")
    on_paper = officer.main.locator("code").first.inner_text()

    officer.follow("적어 두었습니다")
    look(officer, "second-factor-on")
    officer.open("/account/second-factor/another")
    look(officer, "second-factor-another")
    with officer.page.expect_navigation():
        officer.page.get_by_role("button", name="로그아웃").click()

    officer.open("/sign-in")
    officer.write({"전자우편": EMAIL, "비밀번호": PASSWORD})
    officer.press("로그인")
    look(officer, "second-factor-asked")
    officer.write({"인증 번호": "000000"})
    officer.press("로그인")
    look(officer, "second-factor-wrong")
    officer.follow("복구 코드로 로그인하기")
    look(officer, "second-factor-lost")
    officer.write({"복구 코드": on_paper})
    officer.press("로그인")
    assert officer.path() == "/staff/"
