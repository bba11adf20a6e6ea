"""Colleagues in one go, a feed of one's own and another address, where there is no script."""

import re
from urllib.request import urlopen

import pytest

from tests.journeys.mailbox import Mailbox
from tests.journeys.rows import PASSWORD, STAFF

pytestmark = pytest.mark.browser

FIRST, COLLEAGUE, LATER = "first@haedam.example.com", "second@haedam.example.com", "later@haedam.example.com"


def test_colleagues_feeds_and_new_addresses_need_no_script(somebody, rows):
    mailbox = Mailbox(somebody().sign_in(STAFF, PASSWORD))
    visitor = somebody(java_script_enabled=False)
    visitor.open(f"/briefings/{rows['open']}/register")
    visitor.write({"기관 유형": "협회·단체", "기관·회사 이름": "해담나눔협회", "이름": "오나래", "전자우편": FIRST})
    visitor.press("동료 적기")
    visitor.write({"동료의 이름": "최다온", "동료의 전자우편": FIRST})
    visitor.tick("동의함", within="[필수]")
    visitor.press("설명회 신청하기")
    visitor.sees("같은 주소를 두 번 적으셨습니다.")
    visitor.write({"동료의 전자우편": COLLEAGUE})
    visitor.press("설명회 신청하기")
    visitor.sees("신청이 끝났습니다", "함께 신청한 동료", "최다온")
    mailbox.newest(COLLEAGUE, "[초대]").says("오나래 님이 같은 기관의 동료로")

    visitor.open(mailbox.newest(FIRST, "[초대]").link("/r/"))
    visitor.follow("구독하거나 다른 방법으로 넣기")
    visitor.press("구독 주소 만들기")
    visitor.sees("이 주소는 지금 한 번만 보여 드립니다.")
    feed = visitor.main.get_by_label("구독 주소: 내 일정").input_value()
    with urlopen(feed) as answer:  # noqa: S310 (our own server)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert re.findall(rb"STATUS:(\w+)", answer.read()) == [b"CONFIRMED"]
    visitor.main.get_by_role("radio", name="달력에서 구독하기").check()
    visitor.press("이 방법으로 받기")
    visitor.sees("앞으로 새 일정은 고르신 방법으로")

    visitor.follow("신청 내역")
    visitor.follow("전자우편 주소 바꾸기")
    visitor.write({"새 전자우편": LATER})
    visitor.press("확인 링크 받기")
    visitor.sees("주소로 확인 링크를 보냈습니다.", LATER)
    visitor.open(mailbox.newest(LATER, "[협업이음]").link("/r/new-address/"))
    visitor.press("이 주소로 바꾸기")
    visitor.sees("전자우편 주소를 바꾸었습니다.", LATER)
    mailbox.newest(FIRST, "[변경]").shows_in_calendar("취소")
    with urlopen(feed) as answer:  # noqa: S310
        assert re.findall(rb"STATUS:(\w+)", answer.read()) == [b"CANCELLED"]
    assert visitor.complaints == []
