"""Signing up, changing and cancelling where there is no script, and where there is nothing but a keyboard."""

from itertools import count

import pytest

from tests.journeys.checks import barriers, trouble_on_a_phone
from tests.journeys.keyboard import Keyboard
from tests.journeys.mailbox import Mailbox
from tests.journeys.person import Person
from tests.journeys.rows import PASSWORD, STAFF

pytestmark = pytest.mark.browser

REQUIRED = ("기관 유형을 골라 주세요.", "이름을 입력해 주세요.", "‘개인정보 수집·이용 동의’에 답해 주세요.")


@pytest.fixture
def mailbox(somebody, rows) -> Mailbox:
    """Where staff read what was sent."""
    return Mailbox(somebody().sign_in(STAFF, PASSWORD))


def test_signing_up_needs_no_script(somebody, rows, mailbox):
    visitor = somebody(java_script_enabled=False)
    visitor.open(f"/briefings/{rows['open']}")
    visitor.follow("설명회 신청하기")
    visitor.write({"기관·회사 이름": "해담나눔협회"})
    visitor.press("설명회 신청하기")
    visitor.sees(*REQUIRED)
    visitor.write({"기관 유형": "협회·단체", "이름": "오나래", "전자우편": "wrong@haedam.example.com"})
    visitor.tick("동의함", within="[필수]")
    visitor.press("동료 적기")
    visitor.write({"동료의 이름": "김하늘", "동료의 전자우편": "sky@haedam.example.com"})
    visitor.press("설명회 신청하기")
    visitor.sees("신청이 끝났습니다", "wrong@haedam.example.com", "김하늘", "두 시간 전")
    visitor.main.get_by_text("주소를 잘못 적었습니까?").click()
    visitor.write({"바른 전자우편": "plain@haedam.example.com"})
    visitor.press("바른 주소로 다시 받기")
    visitor.sees("주소를 고치고 그 주소로 안내를 보냈습니다.", "plain@haedam.example.com")
    visitor.write({"사전 질문": "설비를 옮길 비용도 지원합니까?", "직급": "팀장"})
    visitor.press("이 내용 더하기")
    visitor.sees("더 알려 주신 내용을 받았습니다.")

    visitor.open(mailbox.newest("plain@haedam.example.com", "[초대]").link("/r/"))
    visitor.sees("신청 확정", "해담나눔협회", "설비를 옮길 비용도 지원합니까?", "팀장")
    visitor.follow("신청 내용 바꾸기")
    visitor.write({"필요한 지원": "문자 통역이 필요합니다."})
    visitor.press("바꾼 내용 저장하기")
    visitor.sees("바꾼 내용을 저장했습니다.", "문자 통역이 필요합니다.")
    visitor.follow("신청 취소하기")
    visitor.press("신청 취소하기")
    visitor.sees("신청을 취소했습니다.", "다시 신청하기")
    mailbox.newest("plain@haedam.example.com", "[취소]").shows_in_calendar("취소")
    assert visitor.complaints == []


def test_signing_up_needs_nothing_but_a_keyboard(somebody, rows, mailbox):
    visitor = somebody()
    keys = Keyboard(visitor.page)
    visitor.open(f"/briefings/{rows['open']}")
    keys.activate("설명회 신청하기")
    keys.activate("설명회 신청하기")
    visitor.sees(*REQUIRED)
    keys.activate("기관 유형을 골라 주세요.")
    keys.choose("기관 유형", "대학·연구기관")
    keys.type("기관·회사 이름", "나래대학교")
    keys.type("이름", "박나래")
    keys.type("전자우편", "keys@narae.example.com")
    keys.tick("동의함")
    keys.activate("설명회 신청하기")
    visitor.sees("신청이 끝났습니다")

    visitor.open(mailbox.newest("keys@narae.example.com", "[초대]").link("/r/"))
    keys.activate("신청 내용 바꾸기")
    keys.activate("연락처, 필요한 지원, 사전 질문")
    keys.type("사전 질문", "설비를 옮길 비용도 지원합니까?")
    keys.activate("바꾼 내용 저장하기")
    visitor.sees("바꾼 내용을 저장했습니다.", "설비를 옮길 비용도 지원합니까?")
    keys.activate("신청 취소하기")
    keys.activate("신청 취소하기")
    visitor.sees("신청을 취소했습니다.")
    assert visitor.complaints == []


def test_whoever_is_remembered_presses_one_button(somebody, rows, mailbox):
    visitor = somebody(java_script_enabled=False)
    visitor.open(f"/briefings/{rows['open']}/register")
    visitor.write(
        {"기관 유형": "기업", "기관·회사 이름": "누리소재", "이름": "한누리", "전자우편": "again@nuri.example.com"}
    )
    visitor.tick("동의함", within="[필수]")
    visitor.press("설명회 신청하기")
    visitor.open(mailbox.newest("again@nuri.example.com", "[초대]").link("/r/"))
    visitor.press("이 브라우저에서 기억하기")
    visitor.sees("이 브라우저에서 기억합니다.", "이 브라우저에서 지우기")

    visitor.open(f"/briefings/{rows['in_line']}")
    visitor.follow("대기 신청하기")
    visitor.sees("한누리", "누리소재", "again@nuri.example.com")
    visitor.press("대기 신청하기")
    visitor.sees("대기 신청을 받았습니다", "again@nuri.example.com")
    mailbox.newest("again@nuri.example.com", "대기 신청을 받았습니다").says("대기 순번")

    visitor.open(f"/briefings/{rows['open']}/register")
    visitor.sees("이미 신청하셨습니다")
    visitor.press("다른 사람입니까?")
    visitor.sees("더는 기억하지 않습니다.", "기관·회사 이름")
    assert "한누리" not in visitor.main.inner_text()
    assert visitor.complaints == []


people = count(1)


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["in Korean", "in English"])
def test_what_follows_a_press_puts_nothing_in_the_way(somebody, rows, prefix):
    visitor, found = somebody(), []

    def look(state: str) -> None:
        visitor.take_picture(f"{state}{' in English' * bool(prefix)}")
        troubles = barriers(visitor.page, look=not prefix) + trouble_on_a_phone(visitor.page)
        found.extend(f"{state}: {trouble}" for trouble in troubles)

    register(visitor, f"{prefix}/briefings/{rows['open']}/register", colleague=True)
    look("done")
    visitor.page.locator("summary").first.click()
    send(visitor, "[value=address]")
    look("done, correcting wrongly")
    visitor.page.locator("[name=phone]").fill("12")
    send(visitor, "[value=more]")
    look("done, saying more wrongly")
    visitor.page.locator("[name=phone]").fill("")
    visitor.page.locator("[name=question]").fill("?")
    send(visitor, "[value=more]")
    look("done, more said")
    register(visitor, f"{prefix}/briefings/{rows['full']}/register")
    look("done, waiting")
    register(visitor, f"{prefix}/briefings/{rows['approving']}/register")
    look("done, to be approved")
    visitor.open(f"{prefix}/r/{rows['confirmed']}")
    send(visitor, "form[action$='/remember'] button")
    look("remembered")
    for name in ("approving", "open", "for_kinds", "closed"):
        visitor.open(f"{prefix}/briefings/{rows[name]}/register")
        look(f"known, {name}")
    visitor.open(f"{prefix}/briefings/{rows['full']}/register?form=1")
    look("known, with the form")
    assert found + visitor.complaints == []


def register(visitor: Person, address: str, colleague: bool = False) -> None:
    """Fill in the form, in whichever language, and send it."""
    number = next(people)
    visitor.open(address)
    if colleague:
        send(visitor, "[value=add]")
        visitor.page.locator("[name=colleagues-0-name]").fill("김하늘")
        visitor.page.locator("[name=colleagues-0-email]").fill(f"sky{number}@press.example.com")
    visitor.page.locator("[name=kind]").select_option(index=1)
    for name, text in {"organization": "가온", "name": "이가온", "email": f"press{number}@press.example.com"}.items():
        visitor.page.locator(f"[name={name}]").fill(text)
    visitor.page.locator("[name=consent][value=yes]").check()
    send(visitor, "main .actions button")


def send(visitor: Person, button: str) -> None:
    """Press the last button of that kind."""
    with visitor.page.expect_navigation():
        visitor.page.locator(button).last.click()
