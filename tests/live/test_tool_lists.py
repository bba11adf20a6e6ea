"""A meeting tool's list of who was there: read as the tools write it, people found, and nothing before staff agree."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook

from briefings import jobs
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.live import tool_lists, tool_times
from briefings.live.marking import mark
from briefings.live.models import Attendance, AttendanceList, AttendanceListState, AttendanceState, MeetingTool
from briefings.live.tool_reading import read_file
from briefings.registrations.list_reading import UNREADABLE
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_registration, a_user, an_organization, saved

pytestmark = pytest.mark.usefixtures("app")

ZOOM = """회의 ID,주제,시작 시간,종료 시간,사용자 이메일,기간(분),참가자
12345,설명회,2026-11-22 13:40:00,2026-11-22 15:40:00,host@example.kr,120,6

이름(원래 이름),사용자 이메일,참가 시간,나간 시간,기간(분),게스트
김하늘,host@example.kr,2026-11-22 13:40:00,2026-11-22 15:40:00,120,아니요
이가온,GAON@example.com,2026-11-22 13:55:00,2026-11-22 14:30:00,35,예
이가온,gaon@example.com,2026-11-22 14:20:00,2026-11-22 15:31:00,71,예
"나래공단_박나래",,2026-11-22 14:25:00,2026-11-22 15:30:00,65,예
최다솜,,2026-11-22 14:01:00,2026-11-22 15:00:00,59,예
지나가던 사람,,2026-11-22 14:02:00,2026-11-22 14:05:00,3,예
"""
TEAMS = (
    "1. Summary\nMeeting title\t설명회\nAttended participants\t3\n\n2. Participants\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "이가온\t11/22/26, 1:55:00 PM\t11/22/26, 3:31:00 PM\t1h 36m\tgaon@example.com\tgaon@example.com\tAttendee\n"
    "박나래 (나래공단)\t11/22/26, 2:25:00 PM\t11/22/26, 3:30:00 PM\t1h 5m\t\t\tAttendee\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
    "이가온\t11/22/26, 1:55:00 PM\t11/22/26, 3:31:00 PM\t1h 36m\tgaon@example.com\tAttendee\n"
)
WEBEX = (
    "Meeting Name\tName\tAttendee Email\tJoin Time\tLeave Time\tAttendance Duration\n"
    "설명회\t이가온\tgaon@example.com\t2026-11-22 04:55:00\t2026-11-22 06:31:00\t96 mins\n"
    "설명회\t박나래, 나래공단\t\t2026-11-22 05:25:00\t2026-11-22 06:30:00\t65 mins\n"
)
AT = {"이가온": ("13:55", "15:31", 96), "박나래": ("14:25", "15:30", 65)}


@pytest.fixture
def briefing():
    """Yesterday from 14:00 to 15:30 in Seoul."""
    return a_briefing(starts_at=datetime.fromisoformat("2026-11-22T14:00+09:00"))


@pytest.fixture
def people(briefing):
    bodies = {"이가온": "가온재활용", "박나래": "나래공단", "최다솜": "다솜시"}
    made = {
        name: a_registration(briefing, name=name, organization=an_organization(body)) for name, body in bodies.items()
    }
    made["이가온"].email = "gaon@example.com"
    db.session.commit()
    return made


@pytest.fixture
def desk(client):
    return client.sign_in(a_user(name="이보람"))


def brought(desk, briefing, data, name="participants.csv"):
    """A list that was handed in on the page, and its address."""
    files = {"file": (BytesIO(data), name)}
    answer = desk.post(f"/staff/briefings/{briefing.id}/attendance/lists/new", data=files)
    assert answer.status_code == 303, answer.text
    return db.session.scalars(db.select(AttendanceList).order_by(AttendanceList.id.desc())).first(), answer.location


def agreed(desk, page):
    """What the page would send that asks whether to take these people."""
    found = re.search(r'name="agreed"[^>]* value="([0-9a-f]+)"', desk.get(f"{page}/take").text)
    return {"agreed": found[1] if found else ""}


def noted(registration):
    """When and how long somebody was there, on the clock of Seoul."""
    found = db.session.get(Attendance, registration.id, populate_existing=True)
    times = [f"{(each + timedelta(hours=9)):%H:%M}" for each in (found.first_seen_at, found.last_seen_at)]
    return (*times, found.minutes)


@pytest.mark.parametrize(
    ("data", "tool"),
    [
        (ZOOM.encode("utf-8-sig"), "Zoom"),
        (ZOOM.encode("cp949"), "Zoom"),
        (TEAMS.encode("utf-16"), "Microsoft Teams"),
        (TEAMS.encode("utf-16-le"), "Microsoft Teams"),
        (WEBEX.encode("utf-16"), "Webex"),
    ],
    ids=["zoom", "zoom-cp949", "teams", "teams-without-mark", "webex-in-utc"],
)
def test_every_tools_list_is_read_and_taken_once_staff_agree(desk, briefing, people, data, tool):
    made, page = brought(desk, briefing, data)
    text = desk.get(page).text
    assert "2명 반영하기" in text and tool in text
    assert ("세계 표준시(UTC)" in text) == (tool == "Webex")
    assert db.session.query(Attendance).count() == 0
    asked = desk.get(f"{page}/take")
    assert "2명을 출석부에 반영하시겠습니까?" in asked.text
    told = desk.post(f"{page}/take", data=agreed(desk, page), follow_redirects=True).text
    assert "2명을 출석부에 반영했습니다" in told and "회의 도구 명단" in told
    assert {name: noted(people[name]) for name in AT} == AT
    assert db.session.get(Attendance, people["최다솜"].id) is None
    db.session.refresh(made)
    assert (made.state, made.rows, made.chosen) == (AttendanceListState.TAKEN, [], {})
    assert made.outcome["people"] == made.outcome["new"] == 2
    assert [entry.action for entry in history_of(made)] == ["attendance_list.taken_in", "attendance_list.taken"]
    assert desk.post(f"{page}/take", data=agreed(desk, page)).status_code == 409
    assert "올린 명단은 지웠습니다" in desk.get(page).text
    assert db.session.query(MeetingTool).one().name == tool


def test_whom_it_cannot_tell_staff_choose_by_hand(desk, briefing, people):
    another = a_registration(briefing, name="최다솜", state=RegistrationState.CANCELLED)
    made, page = brought(desk, briefing, ZOOM.encode())
    text = desk.get(f"{page}?who=doubtful").text
    assert "같은 이름이 2명 있습니다" in text and "취소" in text
    assert "찾지 못한 사람 2명" in text
    rows = {row[0]: number for number, row in enumerate(made.rows)}
    passer = rows["지나가던 사람"]
    choose = {f"row_{rows['최다솜']}": another.public_id}
    assert "고른 대로 저장했습니다" in desk.post(f"{page}?who=doubtful", data=choose, follow_redirects=True).text
    assert "‘지나가던 사람’" in desk.get(f"{page}/people/{passer}").text
    found = desk.get(f"{page}/people/{passer}?q=다솜시").text
    assert people["최다솜"].public_id in found and people["이가온"].public_id not in found
    assert desk.get(f"{page}/people/999").status_code == 404
    desk.post(f"{page}/people/{passer}", data={"who": people["최다솜"].public_id})
    assert "4명 반영하기" in desk.get(page).text
    strange = desk.post(f"{page}/people/{passer}", data={"who": "unknown1"})
    assert strange.status_code == 409
    desk.post(f"{page}/people/{passer}", data={"who": "nobody"})
    assert "반영하지 않을 사람 1명" in desk.get(page).text
    shown = agreed(desk, page)
    desk.post(f"{page}/people/{rows['최다솜']}", data={"who": people["최다솜"].public_id})  # as many, but others
    refused = desk.post(f"{page}/take", data=shown, follow_redirects=True).text
    assert "그사이" in refused and db.session.query(Attendance).count() == 0
    desk.post(f"{page}/take", data=agreed(desk, page))
    assert db.session.query(Attendance).count() == 3


def test_the_likely_ones_are_chosen_at_one_press(desk, briefing, people):
    _, page = brought(desk, briefing, ZOOM.encode())
    assert "이름만 같습니다" in desk.get(page).text
    told = desk.post(f"{page}/likely", follow_redirects=True).text
    assert "짐작한 1명을 그대로 골랐습니다" in told and "3명 반영하기" in told


def test_what_the_gate_saw_and_what_staff_say_stays(desk, now, briefing, people):
    first = briefing.starts_at - timedelta(minutes=20)
    saved(Attendance(registration_id=people["이가온"].id, first_seen_at=first, last_seen_at=first))
    with unit_of_work():
        mark(briefing, [people["박나래"]], AttendanceState.ABSENT, "동료가 이름을 빌림", a_user(), now)
    _, page = brought(desk, briefing, ZOOM.encode())
    desk.post(f"{page}/take", data=agreed(desk, page))
    assert noted(people["이가온"]) == ("13:40", "15:31", 96)
    marked = db.session.get(Attendance, people["박나래"].id)
    assert marked.mark is AttendanceState.ABSENT and marked.minutes == 65
    assert "입장 화면, 회의 도구 명단" in desk.get(f"/staff/briefings/{briefing.id}/attendance").text


def test_columns_are_explained_once_for_every_list_with_the_same_headings(desk, briefing, people):
    data = "순번,누구,어디\n1,이가온,가온재활용\n2,박나래,나래공단\n".encode("cp949")
    _, page = brought(desk, briefing, data)
    assert "어느 칸이 이름이나 전자우편인지 알 수 없습니다" in desk.get(page).text
    wrong = {"column_0": "name", "column_1": "name", "column_2": "", "tool": ""}
    assert "두 칸을 모두" in desk.post(f"{page}/columns", data=wrong, follow_redirects=True).text
    nobody = {"column_0": "minutes", "column_1": "", "column_2": "", "tool": ""}
    assert "이름이나 전자우편이 든 칸" in desk.post(f"{page}/columns", data=nobody, follow_redirects=True).text
    right = {"column_0": "", "column_1": "name", "column_2": "organization", "tool": "우리 화상회의"}
    assert "2명 반영하기" in desk.post(f"{page}/columns", data=right, follow_redirects=True).text
    assert "버렸습니다" in desk.post(f"{page}/discard", follow_redirects=True).text
    assert "버린 명단입니다" in desk.get(page).text
    _, page = brought(desk, briefing, data)
    text = desk.get(page).text
    assert "2명 반영하기" in text and "우리 화상회의" in text
    desk.post(f"{page}/take", data=agreed(desk, page))
    assert noted(people["이가온"]) == ("14:00", "14:00", None)


def test_a_spreadsheet_keeps_its_times(desk, briefing, people):
    book = Workbook()
    book.active.append(["참가자 보고서"])
    book.active.append([])
    book.active.append(["이름", "이메일", "입장 시간", "퇴장 시간", "체류 시간"])
    joined, left = datetime(2026, 11, 22, 13, 55), datetime(2026, 11, 22, 15, 31)  # noqa: DTZ001
    book.active.append(["이가온", "gaon@example.com", joined, left, timedelta(minutes=96)])
    stream = BytesIO()
    book.save(stream)
    _, page = brought(desk, briefing, stream.getvalue(), "report.xlsx")
    desk.post(f"{page}/take", data=agreed(desk, page))
    assert noted(people["이가온"]) == AT["이가온"]


def test_another_days_list_is_told_and_counts_no_times(desk, briefing, people):
    _, page = brought(desk, briefing, ZOOM.replace("2026-11-22", "2026-10-05").encode())
    text = desk.get(page).text
    assert "다른 설명회의 명단이 아닌지" in text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "빈 파일"),
        (b"\x00\x01\x02\x00", UNREADABLE[:10]),
        (b"a@example.kr,b@example.kr\n", "참가자 명단을 찾지 못했습니다"),
        ("이름,이메일\n".encode(), "참가한 사람이 없습니다"),
        (b"PK\x03\x04broken", "파일"),
        (b"name,email\n" + b"a,a@example.kr\n" * 11_000, "너무 많습니다"),
        (b"x" * (6 * 1024 * 1024), "너무 큽니다"),
    ],
    ids=["empty", "nul", "no-headings", "nobody", "broken", "too-many", "too-large"],
)
def test_what_cannot_be_read_is_refused_in_words(data, why):
    with pytest.raises(Refused, match=why):
        read_file("list.csv", data, set())


def test_names_are_read_without_signs_that_turn_the_direction_of_writing():
    table = read_file("list.csv", "이름,이메일\n\u202e이가온\u2066,gaon@example.kr\n".encode(), set())
    assert table.rows == [["이가온", "gaon@example.kr"]]


def test_lists_wait_for_the_start_and_are_thrown_away_when_left_behind(app, desk, now, briefing, people):
    coming = a_briefing()
    assert "시작한 뒤에" in desk.get(f"/staff/briefings/{coming.id}/attendance/lists/new").text
    files = {"file": (BytesIO(ZOOM.encode()), "list.csv")}
    assert "시작한 뒤에" in desk.post(f"/staff/briefings/{coming.id}/attendance/lists/new", data=files).text
    made, page = brought(desk, briefing, ZOOM.encode())
    assert "이어서 확인하기" in desk.get(f"/staff/briefings/{briefing.id}/attendance").text
    assert desk.get(page.replace(f"/{briefing.id}/", f"/{coming.id}/")).status_code == 404
    jobs.destroy_files(app)
    assert db.session.get(AttendanceList, made.id).rows
    with unit_of_work():
        assert tool_lists.discard_left_behind(now + tool_lists.KEPT) == 1
    db.session.refresh(made)
    assert made.state is AttendanceListState.DISCARDED and made.rows == []


def test_what_no_clock_shows_and_the_millionth_row_do_no_harm(desk, briefing, people):
    book = Workbook()
    book.active.append(["이름", "이메일", "입장 시간", "체류 시간"])
    book.active.append(["이가온", "gaon@example.com", "9999-12-31 23:59", "5ſ"])
    book.active.cell(1_048_576, 1, "박나래 (나래공단)")
    book.active.cell(1_048_576, 3, "0001-01-01T00:00+12:00")
    stream = BytesIO()
    book.save(stream)
    made, page = brought(desk, briefing, stream.getvalue(), "report.xlsx")
    assert len(made.rows) == 2 and "2명 반영하기" in desk.get(page).text
    desk.post(f"{page}/take", data=agreed(desk, page))
    assert noted(people["이가온"]) == ("14:00", "14:00", None)


def test_of_the_lists_of_two_rooms_the_longer_stay_counts(desk, briefing, people):
    brief = ZOOM.replace("이가온,gaon@example.com,2026-11-22 14:20:00,2026-11-22 15:31:00,71,예\n", "")
    for data in (ZOOM, brief):
        _, page = brought(desk, briefing, data.encode())
        desk.post(f"{page}/take", data=agreed(desk, page))
    assert noted(people["이가온"]) == AT["이가온"]


def test_moments_and_durations_are_read_however_they_are_written():
    day = date(2026, 12, 3)
    written = (
        "12/03/2026 01:55:03 PM",
        "2026-12-03 13:55:03",
        "2026/12/3 오후 1:55:03",
        "2026. 12. 3. 오후 1:55:03",
        "12/3/26, 1:55:03 PM",
        "3/12/2026 13:55:03",
        "Dec 3, 2026 1:55:03 PM",
        "13:55:03",
        "2026년 12월 3일 13시 55분 3초",
    )
    for words in written:
        assert tool_times.moment(words, day) == datetime(2026, 12, 3, 13, 55, 3), words  # noqa: DTZ001
    assert tool_times.moment("2026-12-03T04:55:03Z", day).utcoffset() == timedelta(0)
    assert tool_times.moment("12/3/2026 12:05 AM", day).hour == 0
    for words in ("", "-", "2026-12-03", "25:99", "99/99/2026 10:00", "내일"):
        assert tool_times.moment(words, day) is None, words
    lengths = {"95": 95, "95 mins": 95, "1h 30m 5s": 90, "1시간 30분": 90, "01:30:05": 90, "1:30": 90, "45:10": 45}
    assert {words: tool_times.minutes(words) for words in lengths} == lengths
    assert [tool_times.minutes(words) for words in ("", "x", "99999", "1:2:3:4", "-5")] == [None] * 5
