"""A briefing from half an hour before to what came of it: a moderator, three presenters, forty in the room."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import APIRequestContext, Browser, expect
from sqlalchemy import MetaData, select

from briefings import clock
from briefings.db import db
from briefings.organizations.models import Organization
from briefings.outbox.models import Message
from briefings.outbox.received import received
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.models import Briefing
from tests.builders import a_briefing, a_need, a_registration
from tests.journeys.conftest import present
from tests.journeys.mailbox import Mailbox
from tests.journeys.person import Person
from tests.journeys.rows import OWNER, PASSWORD, STAFF, people, topic
from tests.journeys.running import Site, running_site
from tests.load.visitors import hidden

pytestmark = pytest.mark.browser

TITLE = "하루를 함께 산 협업이음 사업설명회"
HOUSE = "가온해양환경공단"  # the house of the owner who signs in
OF_OWNER, SECOND, THIRD = "폐교를 마을 돌봄터로 바꾸기", "산불 감시 영상 함께 읽기", "버려진 부표 거두어 되살리기"
IN_THE_ROOM, AT_HOME = 40, 4
GAON = ("박가온", "gaon@lived.example.com", "가온건축사사무소")
BORAM = ("최보람", "boram@lived.example.com", "보람영상기술")
SPOKEN, WRITTEN = "돌봄터의 운영비는 누가 냅니까?", "영상은 몇 해 동안 보관합니까?"
ANSWER = "다섯 해 동안 보관하고, 그 뒤에는 얼굴을 지워 연구에만 씁니다."
OFFER = "폐교 세 곳을 고쳐 본 설계팀이 있습니다."
networks = count(1)


class Visitor:
    """Somebody in the room without a browser window: real requests, cookies and forms of their own."""

    def __init__(self, browser: Browser, site: Site, link: str) -> None:
        network = {"X-Forwarded-For": f"203.0.113.{next(networks)}"}
        context = browser.new_context(extra_http_headers=network, locale="ko-KR")
        self.http: APIRequestContext = context.request
        self.site, self.link = site, link

    def look(self, path: str) -> str:
        """The page."""
        answer = self.http.get(self.site.url + path)
        assert answer.ok, f"{path}: {answer.status}"
        return answer.text()

    def press(self, form: str, **fields: str) -> None:
        """Post the form of that id on the join page."""
        page = self.look(self.link)
        found = re.search(rf'<form [^>]*id="{form}"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
        assert found, f"no form {form}"
        self.send(found[1], hidden(found[2]) | fields)

    def send(self, path: str, fields: dict[str, str]) -> None:
        """Post what a form holds; AssertionError where the page comes back with an error."""
        answer = self.http.post(self.site.url + path, form=fields)
        assert answer.ok and "error-summary" not in answer.text(), f"{path}: {answer.status}"


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation of its own: days go by in it, which would settle what other journeys look at."""
    with running_site(tmp_path_factory.mktemp("lived-through")) as running:
        with running.clock(), running.app.app_context():
            people()
        yield running


@pytest.fixture
def somebody(browser: Browser, site: Site) -> Iterator[Callable[[], Person]]:
    """Makes people, each with a browser window and a network address of their own."""
    here = len(present)

    def come() -> Person:
        network = {"X-Forwarded-For": f"198.51.100.{next(networks)}"}
        context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", extra_http_headers=network)
        context.set_default_timeout(10_000)
        present.append(Person(context, site))
        return present[-1]

    yield come
    for person in present[here:]:
        person.page.context.close()
    del present[here:]


@pytest.fixture
def briefing(site: Site) -> Iterator[Briefing]:
    """Three needs, one of them the owner's, in forty minutes; the second presenter has a stand-by."""
    with site.app.app_context():
        of_owner = a_need(
            title=OF_OWNER,
            organization=db.session.scalar(select(Organization).where(Organization.name == HOUSE)),
            **topic("돌봄", "기업"),
        )
        others = [a_need(title=title) for title in (SECOND, THIRD)]
        starts_at = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=40)
        made = a_briefing(3, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=60), title=TITLE)
        for place, (slot, need) in enumerate(zip(made.slots, (of_owner, *others), strict=True)):
            slot.need, slot.presenter_name = need, ("홍길동", "차가람", "하늘찬")[place]
            slot.presenter_email = (OWNER, "garam@lived.example.kr", "chan@lived.example.kr")[place]
        made.slots[1].standby_name, made.slots[1].standby_email = "유다정", "dajeong@lived.example.kr"
        db.session.commit()
        yield made


def test_a_briefing_is_lived_through(briefing, somebody, browser, site, pass_time):
    links = register_everybody(briefing)
    staff, moderator, owner = somebody().sign_in(STAFF, PASSWORD), somebody(), somebody().sign_in(OWNER, PASSWORD)
    gaon, boram, stranger = somebody(), somebody(), somebody()
    crowd = [Visitor(browser, site, link) for link in links[2:IN_THE_ROOM]]
    mailbox = Mailbox(staff)
    day = f"/staff/briefings/{briefing.id}/day"

    open_the_room(staff, moderator, day)
    presenters_arrive(somebody(), briefing)
    gaon.open(links[0])
    gaon.sees("아직 시작 전입니다")
    pass_time(timedelta(minutes=15))
    for person, link in ((gaon, links[0]), (boram, links[1])):
        person.open(link)
        person.press("설명회 입장하기")
    for visitor in crowd:
        visitor.press("enter")

    pass_time(timedelta(minutes=25))
    moderator.page.reload()
    lead(moderator, "설명회 시작", "설명회를 시작했습니다.")
    lead(moderator, "첫 발표 시작", "발표를 시작했습니다.")
    ask(gaon, SPOKEN, OF_OWNER)
    ask(boram, WRITTEN, SECOND)
    for visitor in crowd[:12]:
        number = re.search(r'form="vote" name="question" value="(\w+)"', visitor.look(visitor.link))
        visitor.press("vote", question=number[1])
    answer_live(moderator)
    gaon.page.reload()
    raise_interest(gaon, OF_OWNER)
    for visitor in crowd[:5]:
        visitor.press("interest", need=str(briefing.slots[0].need_id))
    moderator.page.reload()
    moderator.sees("6명")

    the_standby_takes_over(moderator, gaon)
    pass_time(timedelta(minutes=50))
    moderator.page.reload()
    lead(moderator, "다음 발표 시작", "발표를 시작했습니다.")
    pass_time(timedelta(minutes=10))
    moderator.page.reload()
    lead(moderator, "설명회 끝내기", "설명회를 끝냈습니다.")

    reply(gaon, OF_OWNER, OFFER)
    reply(boram, SECOND, "산불 영상을 읽는 프로그램이 있습니다.")
    look_in_again(crowd)
    pass_time(timedelta(hours=2))
    write_the_answer(staff, briefing)
    mailbox.newest(BORAM[1], "질문").says(ANSWER)
    pass_time(timedelta(days=1))
    mailbox.newest(GAON[1], "고맙습니다").says(TITLE)
    talk_and_match(owner, gaon, mailbox, pass_time)
    answer_the_survey(gaon, links[0])
    number = take_the_certificate(gaon, links[0])
    stranger.open(f"/certificates/{number}")
    stranger.sees("박○온", TITLE)

    the_numbers_are_what_happened(staff, stranger, briefing)
    opening_every_link_changes_nothing(browser, site)
    for person in (staff, moderator, owner, gaon, boram, stranger):
        assert person.complaints == []


def register_everybody(briefing: Briefing) -> list[str]:
    """Forty who will come and four who will not; the paths of their links into the room."""
    everybody = [*(GAON, BORAM), *((f"참가자{n}", f"person{n}@lived.example.com", "") for n in range(2, 44))]
    assert len(everybody) == IN_THE_ROOM + AT_HOME
    made = []
    for name, email, organization in everybody:
        made.append(a_registration(briefing, name=name, email=email))
        if organization:
            made[-1].organization.name = organization
    db.session.commit()
    return [f"/join/{token_of(registration, 'join')}" for registration in made]


def open_the_room(staff: Person, moderator: Person, day: str) -> None:
    """Staff hand the moderator, who has no account, a link to the run sheet."""
    staff.open(day)
    staff.follow("사회자 링크")
    moderator.open(staff.page.get_by_label("사회자만 쓰는 주소").input_value())
    moderator.sees(TITLE, "0명")


def lead(moderator: Person, button: str, said: str) -> None:
    """Press something on the run sheet, which stays where it is and says what was done."""
    moderator.main.get_by_role("button", name=re.compile(f"^{button}")).first.click()
    moderator.sees(said)


def presenters_arrive(presenter: Person, briefing: Briefing) -> None:
    """The first and the third say that they are there; the second does not come."""
    for slot in (briefing.slots[0], briefing.slots[2]):
        presenter.open(f"/present/{presenter_token(slot)}")
        presenter.press("발표자 대기실에 있습니다")
    assert presenter.complaints == []


def ask(person: Person, text: str, about: str) -> None:
    """About one of the needs, on the page of the room."""
    person.page.reload()
    person.main.get_by_role("textbox", name="질문").fill(text)
    person.write({"무엇에 대한 질문입니까": about})
    person.main.get_by_role("button", name="질문 올리기").click()
    expect(person.page.locator("#questions").locator("..")).to_contain_text(text)


def answer_live(moderator: Person) -> None:
    """The one wanted most is answered at once, the other is left to be answered in writing."""
    moderator.page.reload()
    for words, press, said in (
        (SPOKEN, "지금 답하기", "지금 답하는 질문으로 올렸습니다."),
        (SPOKEN, "답함으로 옮기기", "설명회에서 답한 질문으로 옮겼습니다."),
        (WRITTEN, "서면 답변으로 돌리기", "서면 답변으로 돌렸습니다."),
    ):
        question = moderator.main.locator("article.question").filter(has_text=words)
        question.get_by_role("button", name=press).click()
        moderator.sees(said)


def raise_interest(person: Person, need: str) -> None:
    """During the talk, by the button beside the need."""
    person.page.get_by_role("button", name=re.compile(f"^관심 있음.*{need}")).click()
    expect(person.page.locator("#interests")).to_contain_text(need)


def the_standby_takes_over(moderator: Person, attendee: Person) -> None:
    """In one press; everybody in the room reads the other name."""
    row = moderator.page.get_by_role("row").filter(has_text=SECOND)
    row.get_by_role("button", name="예비 발표자로").click()
    moderator.sees("발표자를 바꾸었습니다.")
    lead(moderator, "다음 발표 시작", "발표를 시작했습니다.")
    attendee.page.reload()
    attendee.sees("유다정")


def reply(person: Person, about: str, offer: str) -> None:
    """What was of interest is chosen already: one sentence and the consent are left."""
    person.page.reload()
    person.follow("참여 답글 남기기")
    need = person.group(about)
    if about == OF_OWNER:
        expect(need.get_by_role("checkbox").first).to_be_checked()
    need.get_by_role("checkbox").first.check()
    need.get_by_label("우리 기관이 보탤 수 있는 것").fill(offer)
    need.get_by_label("동의함", exact=True).check()
    person.press("참여 답글 보내기")
    person.sees("참여 답글을 보냈습니다")


def look_in_again(crowd: list[Visitor]) -> None:
    """Everybody looks at the page of the room once more: it is over, and says how to go on."""
    for visitor in crowd[:3]:
        assert "설명회가 끝났습니다" in visitor.look(visitor.link)


def write_the_answer(staff: Person, briefing: Briefing) -> None:
    """In the owner's stead, who has no account."""
    staff.open(f"/staff/briefings/{briefing.id}/questions")
    staff.follow("서면 답변 예정 1")
    staff.follow("자세히 다루기")
    staff.write({"답": ANSWER})
    staff.press("답을 올리고 알리기")
    staff.sees(ANSWER)


def talk_and_match(owner: Person, partner: Person, mailbox: Mailbox, pass_time) -> None:
    """Acknowledged, a time agreed on, talked, recorded, and confirmed by the other side."""
    owner.open("/my/replies")
    owner.follow(OFFER)
    owner.press("확인했다고 알리기")
    owner.follow("협의 시간 제안하기")
    for place in range(3):
        owner.main.get_by_role("checkbox").nth(place).check()
    owner.write({"만나는 곳": "https://room.example.kr/talk"})
    owner.press("협의 시간 제안하기")
    partner.open(mailbox.newest(GAON[1], "협의").link("/talks/"))
    partner.main.get_by_role("radio").first.check()
    partner.press("이 시간으로 정하기")
    for address in (GAON[1], OWNER):
        mailbox.newest(address, "협의").shows_in_calendar("초대", OF_OWNER)
    pass_time(timedelta(days=4))
    owner.open("/my/replies?shelf=all")
    owner.follow(OFFER)
    owner.write({"나눈 이야기": "두 곳을 먼저 고치기로 했습니다.", "다음에 할 일": "설계 도면 보내기"})
    owner.press("협의 내용 적기")
    owner.follow("성사 기록하기")
    owner.write({"공개할 요약": "폐교 두 곳을 돌봄터로 함께 고칩니다.", "우리 기관이 맡는 일": "건물과 운영"})
    owner.press("기록하고 확인 부탁하기")
    partner.open(mailbox.newest(GAON[1], "성사").link("/matches/"))
    partner.press("이대로 확인하기")
    partner.sees("확인")


def answer_the_survey(person: Person, link: str) -> None:
    """The first answer to each question, and a word."""
    person.open(link)
    person.follow("만족도 조사에 답하기")
    for question in person.main.locator("form fieldset").all():
        question.get_by_role("radio").first.check()
    person.press("답 보내기")
    person.sees("답해 주셔서 고맙습니다")


def take_the_certificate(person: Person, link: str) -> str:
    """Issued by a press, read as PDF; its number."""
    person.open(link)
    person.follow("참가 확인증 받기")
    person.press("참가 확인증 발급받기")
    pdf = person.page.context.request.get(
        person.site.url + person.main.get_by_role("link", name="PDF 내려받기 (한국어)").get_attribute("href")
    )
    assert pdf.headers["content-type"] == "application/pdf" and pdf.body().startswith(b"%PDF-")
    number = re.search(r"/certificates/([\w-]+)", person.main.inner_html())
    assert number
    return number[1]


def the_numbers_are_what_happened(staff: Person, stranger: Person, briefing: Briefing) -> None:
    """Attendance, funnel, the archive's answers, the public match."""
    staff.open(f"/staff/briefings/{briefing.id}/attendance")
    staff.sees(f"{IN_THE_ROOM} 명", f"확정 신청 {IN_THE_ROOM + AT_HOME}명")
    staff.open("/staff/statistics")
    staff.follow(TITLE)
    table = staff.main.get_by_role("table").first
    for step, number in (
        ("발표한 과제", 3),
        ("참가 신청", IN_THE_ROOM + AT_HOME),
        ("참석", IN_THE_ROOM),
        ("참여 답글", 2),
        ("기한 안 확인", 1),
        ("협의한 과제", 1),
        ("성사", 1),
    ):
        row = table.get_by_role("row").filter(has=staff.page.get_by_role("rowheader", name=step, exact=True))
        expect(row.get_by_role("cell").first).to_contain_text(str(number))
    stranger.open(f"/archive/{briefing.public_id}")
    stranger.sees(OF_OWNER, WRITTEN, ANSWER)


def opening_every_link_changes_nothing(browser: Browser, site: Site) -> None:
    """What a mail scanner does: it opens each address of each mail, and leaves the database as it was."""
    site.deliver_mail()
    with site.app.app_context():
        mails = db.session.scalars(select(Message.raw).where(Message.raw.is_not(None)))
        texts = [received(raw) for raw in mails]
        db.session.remove()
    links = {link for mail in texts for link in re.findall(rf"{site.url}[^\s\"<>)]*", mail.text + mail.html)}
    assert len(links) > IN_THE_ROOM
    before = everything(site)
    scanner = browser.new_context(extra_http_headers={"X-Forwarded-For": "192.0.2.77"}).request
    for link in sorted(links):
        assert scanner.get(link.replace("&amp;", "&"), max_redirects=3).status < 500, link
    assert everything(site) == before


def everything(site: Site) -> dict[str, list[tuple]]:
    """All rows of all tables, but for what the program notes of itself and the index of the search."""
    with site.app.app_context():
        tables = MetaData()
        tables.reflect(db.engine)
        with db.engine.connect() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(table))))
                for table in tables.sorted_tables
                if table.name not in ("workers", "content_version") and not table.name.startswith("need_grams")
            }
