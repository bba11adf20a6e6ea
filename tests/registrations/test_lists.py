"""Lists of people: read, put right, agreed to; then everybody in them is registered or invited, or nobody."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.jobs import destroy_files
from briefings.organizations.models import OrganizationKind
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.registrations import list_work, listing
from briefings.registrations.list_checking import check
from briefings.registrations.models import ListState, PeopleList
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState
from briefings.tasks.running import do_next
from tests.builders import a_briefing, a_registration, a_user, an_organization, saved
from tests.client import PageClient
from tests.registrations.test_list_reading import a_workbook
from tests.schedule.desk import text_of

HEADINGS = "기관명\t기관유형\t성명\t이메일\t부서\t휴대폰\n"


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def handed_in(desk: PageClient, briefing: Briefing, purpose: str = "register", **given) -> tuple[str, str]:
    """The address of the list that was made of a file or of lines, and its page."""
    address = f"/staff/briefings/{briefing.id}/lists/new?purpose={purpose}"
    answer = desk.post(address, data=given, content_type="multipart/form-data", follow_redirects=True)
    return answer.request.path, answer.text


def the_list() -> PeopleList:
    """The only one there is."""
    return db.session.scalars(select(PeopleList)).one()


def agreed(page: str) -> str:
    return re.search(r'name="agreed"[^>]*value="([0-9a-f]+)"', page)[1]


def take(desk: PageClient, address: str, **given) -> str:
    """Look at what will be done and agree; the page that follows."""
    page = desk.get(f"{address}/take").text
    shown = desk.post(f"{address}/take", data=given).text if given else page
    return desk.post(f"{address}/take", data=given | {"agreed": agreed(shown)}, follow_redirects=True).text


def test_what_stands_in_no_column_that_is_read_is_said_to_be_left_out(desk):
    briefing = a_briefing()
    lines = "김가온 <gaon@example.kr>\n홍길동, hong@example.kr, 박물관\n박초대, park@example.kr, 시청, 과장\n"
    address, page = handed_in(desk, briefing, "invite", lines=lines)
    words = text_of(page)
    assert "D3 과장" in words and "이 칸에 적힌 것은 넣지 않습니다. 적힌 줄: 3. 넣으려면" in words
    assert "넣을 사람 3 명" in words
    chosen = {f"column_{place}": field for place, field in enumerate(("name", "email", "", "organization"))}
    words = text_of(desk.post(address, data=chosen, follow_redirects=True).text)
    assert "C2 박물관" in words and "적힌 줄: 2, 3." in words and "D3 과장" not in words
    many = "김가온 <gaon@example.kr>\n" + "".join(f"홍길동, p{n}@example.kr, 시청, 가{n}\n" for n in range(12))
    assert "10, 11 그 밖에 2줄" in text_of(handed_in(desk, briefing, "invite", lines=many)[1])


def test_a_spreadsheet_is_read_shown_and_its_people_are_registered_once_staff_agree(desk):
    briefing = a_briefing(capacity=1)
    data = a_workbook(
        ["참석자 명단"],
        ["기관명", "기관유형", "성명", "이메일", "부서", "직급", "휴대폰", "비고"],
        ["가온시", "지방자치단체", "홍길동", "Gaon@Example.kr", "자원순환과", "주무관", 1012345678, "채식"],
        ["나래에너지", "기업", "김하늘", "narae@example.kr", "", "", "", ""],
    )

    address, page = handed_in(desk, briefing, file=(io.BytesIO(data), "명단.xlsx"))

    words = text_of(page)
    assert "읽은 줄 2 줄 넣을 사람 2 명 건너뛸 줄 0 줄 고칠 줄 0 줄" in words
    assert "010-****-5678" in page and "010-1234-5678" not in page
    assert not db.session.scalars(select(Registration)).all()
    shown = desk.get(f"{address}/take").text
    assert "1명이 자리를 받고" in shown and "1명은 자리가 모자라 대기 순번을 받습니다" in shown
    assert "담당 부서가 받은 참석 명단" in shown

    done = take(desk, address, source="가온시가 낸 명단")

    assert "신청 확정 1 명 대기 1 명" in text_of(done)
    first, second = db.session.scalars(select(Registration).order_by(Registration.id))
    assert (first.email, first.name, first.phone, first.rank) == (
        "gaon@example.kr",
        "홍길동",
        "010-1234-5678",
        "주무관",
    )
    assert (first.organization.kind, first.by_staff) == (OrganizationKind.LOCAL, True)
    assert [first.state, second.state] == [RegistrationState.CONFIRMED, RegistrationState.WAITLISTED]
    invitation = db.session.scalars(select(Message).where(Message.recipient == "gaon@example.kr")).one()
    assert invitation.params["source"] == "가온시가 낸 명단"
    list_ = the_list()
    assert (list_.state, list_.rows, list_.faults) == (ListState.TAKEN, [], [])
    assert [entry.action for entry in history_of(list_)] == ["list.taken_in", "list.taken"]
    assert "홍길동" not in str([entry.detail for entry in history_of(list_)])
    assert [entry.action for entry in history_of(first)] == ["registration.entered"]


def test_every_fault_is_said_at_its_cell_and_nobody_is_registered_while_there_is_one(desk):
    briefing = a_briefing()
    a_registration(briefing, email="there@example.kr")
    a_registration(briefing, email="asked@example.kr", state=RegistrationState.REQUESTED, confirmed_at=None)
    saved(UndeliverableAddress(address="back@example.kr", since=clock.now(), reason="550"))
    lines = HEADINGS + "\n".join(
        (
            "가온시\t지방자치단체\t홍길동\tgaon.example.kr",
            "\t지자체\t김\tnarae@example.kr\t\t12",
            "다도해군\t지방자치단체\t이나래\tnarae@example.kr",
            "다도해군\t지방자치단체\t최라온\tback@example.kr",
            "다도해군\t지방자치단체\t최라온\tBACK@example.kr",
            "다도해군\t지방자치단체\t박다솜\tthere@example.kr",
            "다도해군\t지방자치단체\t정마루\tasked@example.kr",
            "모르는회사\t\t강바다\tbada@example.kr",
        )
    )

    address, page = handed_in(desk, briefing, lines=lines)

    words = text_of(page)
    for said in (
        "C3 이름 김 고칠 곳",
        "D2 전자우편 gaon.example.kr 고칠 곳 전자우편 주소에 ‘@’가 빠졌습니다",
        "A3 기관 이름 – 고칠 곳 기관 이름이 비어 있습니다",
        "B3 기관 유형 지자체 고칠 곳 없는 기관 유형입니다",
        "C3 이름 김 고칠 곳 이름을 두 글자 이상",
        "F3 휴대 전화번호 12 고칠 곳 전화번호를 다시",
        "D4 전자우편 narae@example.kr 고칠 곳 3번째 줄과 주소가 같은데 이름이 다릅니다",
        "D5 전자우편 back@example.kr 살펴볼 것 전자우편이 되돌아온 주소",
        "D6 전자우편 BACK@example.kr 건너뜀 5번째 줄과 같은 사람",
        "D7 전자우편 there@example.kr 건너뜀 이미 신청한 사람",
        "D8 전자우편 asked@example.kr 건너뜀 이미 신청해 승인을 기다리고",
        "B9 기관 유형 – 고칠 곳 기관 유형을 알 수 없습니다",
    ):
        assert said in words
    assert "고칠 줄이 4개 있습니다" in words
    assert "고칠 줄이 4개 있습니다" in desk.get(f"{address}/take", follow_redirects=True).text
    assert desk.get(f"{address}?level=skipped").text.count("고치거나 빼기") == 3


def test_a_row_is_put_right_or_left_out_on_its_own_page_and_all_wrong_ones_at_once(desk):
    briefing = a_briefing()
    lines = (
        HEADINGS
        + "가온시\t지자체\t홍길동\tgaon.example.kr\n나래\t기업\t\tnarae\n다솜\t기업\t박다솜\tdasom@example.kr\n"
    )
    address, _ = handed_in(desk, briefing, lines=lines)

    row = desk.get(f"{address}/rows/2").text
    assert "‘@’가 빠졌습니다" in row and "없는 기관 유형" in row
    given = {"organization": "가온시", "kind": "지방자치단체", "name": "홍길동", "email": "gaon.example.kr"}
    again = desk.post(f"{address}/rows/2", data=given | {"do": "mend"}, follow_redirects=True)
    assert again.request.path == f"{address}/rows/2" and "없는 기관 유형" not in again.text
    mended = desk.post(
        f"{address}/rows/2",
        data=given | {"email": "gaon@example.kr", "rank": "과장", "do": "mend"},
        follow_redirects=True,
    )
    assert "2번째 줄을 고쳤습니다" in mended.text and "과장" in mended.text
    assert "고칠 줄 1개를 뺐습니다" in desk.post(f"{address}/check", data={"leave": "1"}, follow_redirects=True).text
    assert "3번째" not in str(the_list().rows) and desk.get(f"{address}/rows/3").status_code == 404
    left = desk.post(f"{address}/rows/4", data={"do": "leave"}, follow_redirects=True)
    assert "4번째 줄을 뺐습니다" in left.text
    assert [row["row"] for row in the_list().people_rows] == [2]


def test_columns_that_were_taken_for_something_else_can_be_put_right(desk):
    an_organization("나래공단", OrganizationKind.PUBLIC_INSTITUTION)
    lines = "단체,사람,주소\n가온시,홍길동,gaon@example.kr\n나래 공단,김하늘,narae@example.kr"
    address, page = handed_in(desk, a_briefing(), lines=lines)
    assert [each.name for each in check(the_list()).people] == ["김하늘"]  # recognised by what stands there
    assert "B2 기관 유형" not in text_of(page) and "기관 유형을 알 수 없습니다" in page

    twice = desk.post(address, data={"column_0": "organization", "column_1": "organization", "column_2": "email"})
    assert 'href="#column_1">2번째 칸: ‘기관 이름’을 두 칸에서 골랐습니다' in twice.text
    assert 'id="column_1"' in twice.text
    assert "전자우편이 든 칸을 골라" in desk.post(address, data={"column_0": "organization", "column_2": ""}).text
    chosen = {"column_0": "organization", "column_1": "name", "column_2": "email", "kind_of_all": "local"}
    page = desk.post(address, data=chosen, follow_redirects=True).text
    assert "고칠 곳이 없습니다" in page
    take(desk, address, source="")
    kinds = {each.name: each.organization.kind for each in db.session.scalars(select(Registration))}
    assert kinds == {"홍길동": OrganizationKind.LOCAL, "김하늘": OrganizationKind.PUBLIC_INSTITUTION}


def test_a_list_to_invite_needs_addresses_only_and_sends_nothing_yet(desk):
    briefing = a_briefing(state=BriefingState.DRAFT)
    saved(Invitee(briefing=briefing, email="there@example.kr", added_at=clock.now()))
    lines = "김가온 <gaon@example.kr>; <narae@example.kr>; there@example.kr"

    address, page = handed_in(desk, briefing, "invite", lines=lines)
    assert "이미 초대 명단에 있습니다" in page
    assert "초대하는 전자우편은 지금 보내지 않고" in desk.get(f"{address}/take").text
    assert "초대 명단에 넣음 2 명" in text_of(take(desk, address))

    assert {each.email: each.name for each in db.session.scalars(select(Invitee))} == {
        "there@example.kr": "",
        "gaon@example.kr": "김가온",
        "narae@example.kr": "",
    }
    assert not db.session.scalars(select(Message)).all()


def test_what_happened_meanwhile_is_found_before_anybody_is_registered(desk):
    briefing = a_briefing()
    address, _ = handed_in(desk, briefing, lines=HEADINGS + "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n")
    shown = desk.get(f"{address}/take").text
    a_registration(briefing, email="gaon@example.kr")

    answer = desk.post(f"{address}/take", data={"source": "", "agreed": agreed(shown)}, follow_redirects=True)

    assert "새로 넣을 사람이 없습니다" in answer.text
    assert len(db.session.scalars(select(Registration)).all()) == 1


def test_a_list_waits_for_whoever_comes_back_to_it_and_can_be_thrown_away(desk):
    briefing = a_briefing()
    address, _ = handed_in(desk, briefing, lines=HEADINGS + "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n")

    assert f'href="{address}"' in desk.get(f"/staff/briefings/{briefing.id}/registrations").text
    assert "이 명단을 버리시겠습니까?" in desk.get(f"{address}/discard").text
    desk.post(f"{address}/discard")

    assert (the_list().state, the_list().rows) == (ListState.DISCARDED, [])
    assert "버린 명단입니다" in desk.get(address).text
    assert f'href="{address}"' not in desk.get(f"/staff/briefings/{briefing.id}/registrations").text
    assert desk.get(f"{address}/take").status_code == 409


def test_a_list_nobody_came_back_to_is_thrown_away_once_its_briefing_is_over(desk, app):
    briefing = a_briefing()
    lines = HEADINGS + "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n"
    handed_in(desk, briefing, lines=lines)
    destroy_files(app)
    db.session.expire_all()
    assert the_list().state is ListState.CHECKED
    briefing.ends_at, briefing.starts_at = clock.now(), clock.now() - timedelta(hours=1)
    db.session.commit()

    destroy_files(app)

    db.session.expire_all()
    assert (the_list().state, the_list().rows) == (ListState.DISCARDED, [])


def test_a_long_list_is_taken_in_by_the_worker_all_or_nobody(desk, app, monkeypatch):
    monkeypatch.setattr(listing, "AT_ONCE", 1)
    briefing = a_briefing(capacity=1)
    lines = HEADINGS + "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n나래\t기업\t김하늘\tnarae@example.kr\n"
    address, _ = handed_in(desk, briefing, lines=lines)

    page = take(desk, address, source="")
    assert "넣기 시작했습니다" in page and not db.session.scalars(select(Registration)).all()
    assert desk.post(f"{address}/check").status_code == 409

    assert do_next({listing.TASK: list_work.take_people}, clock.now, lambda: False)
    db.session.expire_all()
    assert the_list().outcome == {"confirmed": 1, "waitlisted": 1, "skipped": 0}
    assert "명단을 넣었습니다" in desk.get(address).text


def test_the_worker_registers_nobody_where_anything_is_new(desk, app, monkeypatch):
    monkeypatch.setattr(listing, "AT_ONCE", 0)
    briefing = a_briefing()
    address, _ = handed_in(desk, briefing, lines=HEADINGS + "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n")
    take(desk, address, source="")
    briefing.state, briefing.cancelled_at = BriefingState.CANCELLED, clock.now()
    db.session.commit()

    assert do_next({listing.TASK: list_work.take_people}, clock.now, lambda: False)

    db.session.expire_all()
    assert the_list().state is ListState.CHECKED and not db.session.scalars(select(Registration)).all()
    assert "작업을 마치지 못했습니다" in desk.get(address).text


def test_a_list_of_2000_is_checked_in_few_statements_and_more_are_refused(desk, count_queries):
    briefing = a_briefing()
    lines = HEADINGS + "".join(f"기관 {n}\t기업\t홍길동\tperson{n}@example.kr\n" for n in range(2000))
    with count_queries() as sent:
        _, page = handed_in(desk, briefing, lines=lines)
    assert "2,000명 신청시키기" in page and len(sent) < 60
    assert "2,000명까지" in handed_in(desk, briefing, lines=lines + "기관\t기업\t홍길동\tmore@example.kr\n")[1]


def test_asks_for_a_file_or_lines_and_refuses_what_cannot_be_read_or_done(desk, now):
    briefing = a_briefing()
    assert "명단 파일을 고르거나" in handed_in(desk, briefing)[1]
    both = {"file": (io.BytesIO(b"a"), "a.csv"), "lines": "a@example.kr"}
    assert "둘 가운데 하나만" in handed_in(desk, briefing, **both)[1]
    assert "엑셀 파일(.xlsx)이 아닙니다" in handed_in(desk, briefing, file=(io.BytesIO(b"a"), "a.xlsx"))[1]
    over = a_briefing(starts_at=now - timedelta(days=1), registration_closes_at=now - timedelta(days=2))
    assert "끝난 설명회에는" in handed_in(desk, over, lines="a@example.kr")[1]
    draft = a_briefing(state=BriefingState.DRAFT)
    assert "공개한 뒤에 사람을" in handed_in(desk, draft, lines="a@example.kr")[1]


def test_a_list_belongs_to_its_briefing_and_to_staff(desk):
    address, _ = handed_in(desk, a_briefing(), lines=HEADINGS + "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n")
    elsewhere = f"/staff/briefings/{a_briefing().id}/lists/{address.rsplit('/', 1)[1]}"
    paths = ("", "/take", "/discard", "/rows/2")

    assert {desk.get(f"{elsewhere}{path}").status_code for path in paths} == {404}
    desk.sign_in(a_user(Role.OWNER))
    assert {desk.get(f"{address}{path}").status_code for path in paths} == {403}


def test_nobody_who_was_pasted_vanishes_whatever_their_line_looks_like(desk):
    lines = "bad-address\n김초대 <chodae@example.kr>\nguest@example.kr\n박초대, park@example.kr, 박물관"

    address, page = handed_in(desk, a_briefing(), purpose="invite", lines=lines)

    words = text_of(page)
    assert "읽은 줄 4 줄 넣을 사람 3 명 건너뛸 줄 0 줄 고칠 줄 1 줄" in words
    assert "B1 전자우편 bad-address 고칠 곳" in words
    desk.post(f"{address}/rows/1", data={"email": "good@example.kr"})
    take(desk, address)
    invited = db.session.scalars(select(Invitee).order_by(Invitee.email)).all()
    assert [(each.email, each.name, each.organization) for each in invited] == [
        ("chodae@example.kr", "김초대", ""),
        ("good@example.kr", "", ""),
        ("guest@example.kr", "", ""),
        ("park@example.kr", "박초대", "박물관"),
    ]
