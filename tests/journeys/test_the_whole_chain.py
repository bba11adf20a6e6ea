"""From a need to a match, as four people live it: staff, a need's owner, two who want to come."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from briefings import clock
from tests.builders import a_need
from tests.files.samples import a_pdf
from tests.journeys.mailbox import Mailbox
from tests.journeys.person import Person
from tests.journeys.rows import OWNER, PASSWORD, STAFF, topic
from tests.journeys.running import BEGINNING

pytestmark = pytest.mark.browser

THEME, AUDIENCE = "보건", "대학·연구기관"
NEED = "이동 진료 차량에 실을 가벼운 엑스선 장비 함께 만들기"
OTHER_NEED = "보건소 예약 기록으로 독감 유행 미리 알기"
BRIEFING = "보건 협업이음 사업설명회"
FIRST = {"이름": "이가온", "전자우편": "gaon@visitors.example.com", "기관·회사 이름": "가온의료기"}
SECOND = {"이름": "박나래", "전자우편": "narae@visitors.example.com", "기관·회사 이름": "나래대학교 산학협력단"}
MOVED = BEGINNING + timedelta(days=31, hours=5)  # a Thursday, 15:00 in Seoul


def test_a_need_finds_its_partner(rows, somebody, site, pass_time):
    with site.app.app_context():
        a_need(title=OTHER_NEED, contact_name="정다솜", **topic(THEME, AUDIENCE))
    staff = somebody().sign_in(STAFF, PASSWORD)
    owner = somebody().sign_in(OWNER, PASSWORD)
    first, second = somebody(), somebody()
    mailbox = Mailbox(staff)
    before = public_figures(second)

    register_the_need(owner)
    publish_the_need(staff)
    address = group_and_publish(staff)

    sign_up(first, address, FIRST, "설명회 신청하기")
    first.sees("신청이 끝났습니다", FIRST["전자우편"])
    sign_up(second, address, SECOND, "대기 신청하기")
    second.sees("대기 신청을 받았습니다")
    invitation = mailbox.newest(FIRST["전자우편"], f"[초대] {BRIEFING}")
    invitation.shows_in_calendar("초대", BRIEFING, "2026. 12. 16.(수) 14:00")
    mailbox.newest(SECOND["전자우편"], "대기 신청을 받았습니다").says("지금 대기 순번은 1번입니다.")

    move(staff, MOVED, MOVED + timedelta(minutes=80))
    update = mailbox.newest(FIRST["전자우편"], f"[일시 변경] {BRIEFING}")
    update.shows_in_calendar("변경", "2026. 12. 24.(목) 15:00", "2번째 (SEQUENCE 1)")

    give_up(first, update.link("/r/"))
    mailbox.newest(FIRST["전자우편"], f"[취소] {BRIEFING}").shows_in_calendar("취소", "3번째 (SEQUENCE 2)")
    promoted = mailbox.newest(SECOND["전자우편"], f"[초대] {BRIEFING}")
    promoted.shows_in_calendar("초대", "2026. 12. 24.(목) 15:00")
    promoted.says("자리가 나서 참가가 확정되었습니다.")

    starts_at = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=20)
    move(staff, starts_at, starts_at + timedelta(minutes=80))
    enter(second, mailbox.newest(SECOND["전자우편"], f"[일시 변경] {BRIEFING}").link("/join/"))
    pass_time(timedelta(minutes=25))
    reply(second)

    mailbox.newest(OWNER, "참여 답글").says("새 참여 답글이 왔습니다.", SECOND["기관·회사 이름"])
    answer(owner)
    second.open(mailbox.newest(SECOND["전자우편"], "성사를 확인해 주세요").link("/matches/"))
    second.press("이대로 확인하기")

    look_at_the_funnel(staff)
    assert public_figures(second) == {name: number + 1 for name, number in before.items()}
    for person in (staff, owner, first, second):
        assert person.complaints == []


def register_the_need(owner: Person) -> None:
    """With both halves, and submitted."""
    owner.open("/my/needs")
    owner.follow("수요 과제 등록하기")
    owner.write({"과제 이름": NEED, "한 줄 요약": "섬과 산골을 도는 진료 차량에 실을 장비를 함께 만들 곳을 찾습니다."})
    owner.press("저장하고 다음으로")
    owner.write(
        {
            "제공 자원": "진료 차량 두 대와 방사선사, 시험할 보건지소 열 곳",
            "필요 역량": "가벼운 엑스선 발생 장치를 설계하고 인증받은 경험",
        }
    )
    owner.tick("인력", within="제공 자원 유형")
    owner.tick("장비", within="필요 역량 유형")
    owner.press("저장하고 다음으로")
    owner.tick(THEME, within="주제")
    owner.tick(AUDIENCE, within="찾는 기관")
    owner.press("저장하고 다음으로")
    owner.press("저장하고 다음으로")
    plan = {"name": "진료 차량 도면.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    owner.page.get_by_label("올릴 파일").set_input_files([plan])
    owner.press("파일 올리기")
    owner.sees("파일 1개를 붙였습니다")
    owner.follow("다음으로")
    owner.sees("진료 차량 도면.pdf", "공개되면 아래처럼 보입니다")
    owner.press("제출하기")
    owner.sees("과제를 제출했습니다", "검토 중")


def publish_the_need(staff: Person) -> None:
    """Found among what waits."""
    staff.open("/staff/")
    staff.follow("검토를 기다리는 수요")
    staff.write({"검색어": NEED})
    staff.press("찾기")
    staff.follow(NEED)
    staff.press("게시하기")
    staff.sees("과제를 게시하고 수요기관에 알렸습니다.")


def group_and_publish(staff: Person) -> str:
    """Two needs of one theme and audience become a briefing for one; its public address."""
    staff.open("/staff/matrix")
    staff.take_picture("chain-matrix")
    staff.follow(f"{THEME}, {AUDIENCE}: 2건")
    staff.page.get_by_label(NEED).check()
    staff.page.get_by_label(OTHER_NEED).check()
    staff.press("고른 수요로 설명회 만들기")
    staff.write({"제목": BRIEFING, "정원": "1"})
    staff.press("이 2건으로 설명회 만들기")
    staff.page.get_by_label(f"위로: {NEED}").click()
    staff.write({"접속 주소": "https://room.example.kr/health"})
    row = staff.page.get_by_role("row", name=NEED)
    staff.write(
        {"발표자 이름": "홍길동", "전자우편": "gildong@gaon.example.kr", "발표(분)": "12", "질의(분)": "8"}, within=row
    )
    staff.press("다시 계산하기")
    expect(row).to_contain_text("14:10~14:30")
    staff.take_picture("chain-order")
    staff.press("저장하기")
    staff.follow("공개하기")
    staff.press("설명회 공개하기")
    staff.sees("설명회를 공개했습니다.")
    staff.follow("공개 화면 보기")
    address = staff.path()
    staff.page.go_back()
    return address


def sign_up(person: Person, address: str, who: dict[str, str], button: str) -> None:
    """From the list of briefings to the page that says it is done."""
    person.open("/briefings")
    person.follow(BRIEFING)
    assert person.path() == address
    person.follow(button)
    person.write({"기관 유형": "기업", **who})
    person.tick("동의함", within="[필수]")
    person.tick("동의하지 않음", within="제3자 제공")
    person.press(button)


def move(staff: Person, starts_at: datetime, ends_at: datetime) -> None:
    """To another time, having seen what that sets off."""
    staff.open("/staff/briefings")
    staff.follow(BRIEFING)
    staff.follow("일시 변경")
    staff.set_moment("시작 일시", starts_at)
    staff.set_moment("끝 일시", ends_at)
    staff.press("바뀌는 것 먼저 보기")
    staff.press("일시를 바꾸고 모두에게 알리기")
    staff.sees("옮기고 모두에게 알렸습니다.")


def give_up(person: Person, personal_link: str) -> None:
    """By the link in the mail; opening it alone changes nothing."""
    person.open(personal_link)
    person.sees("신청 확정", "2026. 12. 24.(목) 15:00")
    person.follow("신청 취소하기")
    person.press("신청 취소하기")
    person.sees("신청을 취소했습니다.")


def enter(person: Person, join_link: str) -> None:
    """The room shows itself only to whoever pressed the button."""
    person.open(join_link)
    assert "room.example.kr" not in person.page.content()
    person.press("설명회 입장하기")
    person.sees("출석이 기록되었습니다")
    expect(person.page.get_by_role("link", name="설명회장 열기")).to_have_attribute(
        "href", "https://room.example.kr/health"
    )


def reply(person: Person) -> None:
    """From the page of the room, with name and address filled in."""
    person.follow("참여 답글 남기기")
    expect(person.page.get_by_label("이름", exact=True)).to_have_value(SECOND["이름"])
    need = person.group(NEED)
    need.get_by_role("checkbox").first.check()
    need.get_by_label("우리 기관이 보탤 수 있는 것").fill("가벼운 엑스선 발생 장치를 인증받은 연구실이 있습니다.")
    need.get_by_label("장비", exact=True).check()
    need.get_by_label("동의함", exact=True).check()
    person.take_picture("chain-reply")
    person.press("참여 답글 보내기")
    person.sees("참여 답글을 보냈습니다", "수요기관의 확인 기한")


def answer(owner: Person) -> None:
    """Acknowledged, talked about, agreed."""
    owner.open("/my/replies")
    owner.follow("가벼운 엑스선 발생 장치")
    owner.press("확인했다고 알리기")
    owner.write(
        {"나눈 이야기": "장비를 함께 설계하고 보건지소에서 시험하기로 했습니다.", "다음에 할 일": "업무 협약 맺기"}
    )
    owner.press("협의 내용 적기")
    owner.sees("협의 중", "업무 협약 맺기")
    owner.follow("성사 기록하기")
    owner.write(
        {
            "공개할 요약": "이동 진료 차량에 실을 엑스선 장비를 함께 만듭니다.",
            "우리 기관이 맡는 일": "진료 차량과 시험할 보건지소",
        }
    )
    owner.press("기록하고 확인 부탁하기")
    owner.sees("이동 진료 차량에 실을 엑스선 장비를 함께 만듭니다.")


def look_at_the_funnel(staff: Person) -> None:
    """What came of the briefing, in numbers."""
    staff.open("/staff/statistics")
    staff.follow(BRIEFING)
    staff.take_picture("chain-funnel")
    table = staff.main.get_by_role("table").first
    for step, number in (
        ("발표한 과제", "2"),
        ("참가 신청", "1"),
        ("참석", "1"),
        ("참여 답글", "1"),
        ("기한 안 확인", "1"),
        ("협의한 과제", "1"),
        ("성사", "1"),
    ):
        row = table.get_by_role("row").filter(has=staff.page.get_by_role("rowheader", name=step, exact=True))
        expect(row.get_by_role("cell").first).to_contain_text(number)


def public_figures(person: Person) -> dict[str, int]:
    """The figures anyone may read, by name."""
    person.open("/statistics")
    found = {}
    for name in ("등록된 수요 과제", "답글 있는 과제", "협업 성사"):
        figure = person.main.locator(".figures > div").filter(has=person.page.get_by_text(name, exact=True))
        found[name] = int(figure.locator("dd").first.inner_text().split()[0])
    return found
