"""Signing up, changing and cancelling where there is no script, and where there is nothing but a keyboard."""

import pytest

from tests.journeys.keyboard import Keyboard
from tests.journeys.mailbox import Mailbox
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
    visitor.write({"기관 유형": "협회·단체", "이름": "오나래", "전자우편": "plain@haedam.example.com"})
    visitor.tick("동의함", within="[필수]")
    visitor.press("설명회 신청하기")
    visitor.sees("신청이 끝났습니다", "plain@haedam.example.com")

    visitor.open(mailbox.newest("plain@haedam.example.com", "[초대]").link("/r/"))
    visitor.sees("신청 확정", "해담나눔협회")
    visitor.follow("신청 내용 바꾸기")
    visitor.main.get_by_text("연락처, 필요한 지원, 사전 질문").click()
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
