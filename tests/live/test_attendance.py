"""The attendance of a briefing: present, late, left early, absent; marked by hand, counted, taken away."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from openpyxl import load_workbook

from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from briefings.live.attendance import attendees, bounds_of, counters, minutes_in, standing_of
from briefings.live.attending import came
from briefings.live.marking import mark
from briefings.live.models import Attendance, AttendanceState, BriefingDay
from briefings.organizations.models import OrganizationKind
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, a_user, an_organization, saved

pytestmark = pytest.mark.usefixtures("app")
PRESENT, LATE, EARLY, ABSENT = AttendanceState


def seen(registration, first=None, last=None, **given):
    """Somebody was there from so many minutes after the start until so many before the end."""
    briefing = registration.briefing
    times = {}
    if first is not None:
        times["first_seen_at"] = briefing.starts_at + timedelta(minutes=first)
        times["last_seen_at"] = times["first_seen_at"]
    if last is not None:
        times["last_seen_at"] = briefing.ends_at - timedelta(minutes=last)
    return saved(Attendance(registration_id=registration.id, **times, **given))


@pytest.fixture
def briefing(now):
    """Ended an hour ago, after 90 minutes."""
    return a_briefing(starts_at=now - timedelta(minutes=150))


@pytest.fixture
def people(briefing):
    """One of each kind, and one who came without a place."""
    city = an_organization("가온시", OrganizationKind.LOCAL)
    names = ("김가온", "박나래", "최다솜", "정라온", "한마루")
    bodies = [{"organization": city}, {"organization": city}, {}, {}, {}]
    made = [a_registration(briefing, name=name, **body) for name, body in zip(names, bodies, strict=True)]
    seen(made[0], first=-20, last=0)
    seen(made[1], first=16, last=40)
    seen(made[2], first=15, last=18)
    seen(made[3], first=3)
    gone = a_registration(briefing, name="유바다", state=RegistrationState.CANCELLED)
    seen(gone, first=0, last=0)
    a_registration(briefing, name="안자리", state=RegistrationState.WAITLISTED)
    return {each.name: each for each in [*made, gone]}


@pytest.fixture
def desk(client):
    return client.sign_in(a_user(name="이보람"))


def states(briefing, now):
    """By name, as the list filtered by each state says; the same as of each row by itself."""
    bounds = bounds_of(briefing, now)
    listed = db.session.scalars(attendees(briefing, bounds)).all()
    by_row = {each.name: standing_of(db.session.get(Attendance, each.id), bounds) for each in listed}
    by_filter = {
        each.name: state
        for state in AttendanceState
        for each in db.session.scalars(attendees(briefing, bounds, standing=state))
    }
    assert by_row == by_filter
    return by_row


def test_who_was_there_and_how_long_follows_from_when_they_were_seen(now, briefing, people):
    expected = {
        "김가온": PRESENT,
        "박나래": LATE,
        "최다솜": EARLY,
        "정라온": PRESENT,
        "한마루": ABSENT,
        "유바다": PRESENT,
    }
    assert states(briefing, now) == expected
    bounds = bounds_of(briefing, now)
    counted = counters(briefing, bounds)
    assert (counted.registered, counted.listed, counted.came, counted.organizations) == (5, 6, 5, 4)
    assert counted.by_kind == [(OrganizationKind.LOCAL, 2, 2), (OrganizationKind.COMPANY, 4, 3)]
    stayed = {name: minutes_in(db.session.get(Attendance, each.id), bounds) for name, each in people.items()}
    assert stayed == {"김가온": 90, "박나래": 34, "최다솜": 57, "정라온": None, "한마루": None, "유바다": 90}


def test_a_day_that_began_late_or_ended_early_is_measured_by_what_happened(now, briefing, people):
    day = BriefingDay(briefing_id=briefing.id, late_minutes=5, early_minutes=0)
    day.began_at, day.ended_at = briefing.starts_at + timedelta(minutes=12), briefing.ends_at - timedelta(minutes=20)
    saved(day)
    found = states(briefing, now)
    assert found["박나래"] is EARLY and found["최다솜"] is PRESENT
    with time_machine.travel(briefing.starts_at + timedelta(minutes=60), tick=False):
        going_on = states(briefing, briefing.starts_at + timedelta(minutes=60))
    assert EARLY not in going_on.values()


def test_staff_mark_many_with_a_reason_that_counts_and_take_it_back(client, desk, now, briefing, people):
    page = f"/staff/briefings/{briefing.id}/attendance/mark"
    chosen = f"?id={people['한마루'].public_id}&id={people['김가온'].public_id}&id=unknown"
    assert "출석부에서 먼저" in client.get(page).text
    assert "2명에게 표시하기" in client.get(page + chosen).text
    assert "까닭을 입력해 주세요" in client.post(page + chosen, data={"as_": "late", "reason": " "}).text
    assert "골라 주세요" in client.post(page + chosen, data={"reason": "전화"}).text
    told = client.post(
        page + chosen, data={"as_": "absent", "reason": "동료가 대신 들어옴"}, follow_redirects=True
    ).text
    assert "2명의 출결을 표시했습니다: 불참" in told and "동료가 대신 들어옴" in told
    assert states(briefing, now)["김가온"] is ABSENT
    assert {row.name for row in db.session.scalars(db.select(Registration).where(came()))} == {
        "박나래", "최다솜", "정라온", "유바다"
    }  # fmt: skip
    [entry] = history_of(people["한마루"])
    assert (entry.action, entry.detail) == ("attendance.marked", {"as_": "absent", "of": 2})
    again = client.post(page + chosen, data={"as_": "absent", "reason": "동료가 대신 들어옴"}, follow_redirects=True)
    assert "바뀐 것이 없습니다" in again.text
    everybody = f"{page}?all=1&marked=y"
    shown = re.search(r'name="agreed"[^>]* value="([0-9a-f]+)"', client.get(everybody).text)[1]
    for place, (gone, instead) in enumerate((("김가온", "박나래"), ("박나래", "김가온"))):  # two people, but others
        for name, state in ((gone, "seen"), (instead, "absent")):
            client.post(f"{page}?id={people[name].public_id}", data={"as_": state, "reason": "동료가 대신 들어옴"})
        if place == 0:
            stale = client.post(everybody, data={"as_": "seen", "agreed": shown}).text
            assert "그사이 조건에 맞는 사람이" in stale and states(briefing, now)["박나래"] is ABSENT
    client.post(everybody, data={"as_": "seen", "agreed": shown})
    assert states(briefing, now)["김가온"] is PRESENT
    assert db.session.get(Attendance, people["한마루"].id) is None


def test_nothing_is_marked_before_the_start_nor_of_another_briefing(client, desk, now, people):
    coming = a_briefing()
    person = a_registration(coming)
    with pytest.raises(Refused, match="시작한 뒤에"):
        mark(coming, [person], PRESENT, "까닭", a_user(), now)
    assert "시작한 뒤에" in client.get(f"/staff/briefings/{coming.id}/attendance").text
    assert "시작한 뒤에" in client.get(f"/staff/briefings/{coming.id}/attendance/mark?id={person.public_id}").text
    called_off = a_briefing(state=BriefingState.CANCELLED)
    assert "확정된 신청자도" in client.get(f"/staff/briefings/{called_off.id}/attendance").text
    over = a_briefing(starts_at=now - timedelta(days=1))
    theirs = people["김가온"].public_id
    assert "표시할 사람이 없습니다" in client.get(f"/staff/briefings/{over.id}/attendance/mark?id={theirs}").text
    assert client.get("/staff/briefings/999999/attendance").status_code == 404


def test_the_list_is_filtered_sorted_and_counted_by_as_many_queries_however_long(
    client, desk, briefing, people, count_queries
):
    page = f"/staff/briefings/{briefing.id}/attendance"
    text = client.get(f"{page}?standing=late").text
    assert "박나래" in text and "최다솜" not in text and "늦게 참석" in text
    assert "한마루" not in client.get(f"{page}?standing=came").text
    assert "가온시" in client.get(f"{page}?q=가온시&kind=local&sort=-came").text
    assert "조건에 맞는 사람이 없습니다" in client.get(f"{page}?q=없음").text
    absent, latest_first = people["한마루"].public_id, client.get(f"{page}?sort=-came").text
    assert all(latest_first.index(each.public_id) < latest_first.index(absent) for each in [people["박나래"]])
    client.get(page)
    with count_queries() as few:
        client.get(page)
    for _ in range(5):
        seen(a_registration(briefing), first=1, last=1)
    with count_queries() as many:
        client.get(page)
    assert len(few) == len(many)
    organizations = client.get(f"{page}/organizations").text
    assert "신청한 기관 10곳 가운데 온 기관 9곳" in organizations


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_it_is_taken_away_with_a_reason_and_safe_to_open(client, desk, briefing, people, format):
    person = people["김가온"]
    person.name = "=SUM(A1)"
    db.session.commit()
    page = f"/staff/briefings/{briefing.id}/exports/attendance?standing=came&sort=came"
    assert "온 사람 모두" in client.get(page).text
    wanted = {"format": format, "people": "with"}
    assert "까닭" in client.post(page, data=wanted | {"reason": "짧음"}).text
    answer = client.post(page, data=wanted | {"reason": "결과보고에 붙일 출석부"})
    assert "%EC%B6%9C%EC%84%9D%EB%B6%80" in answer.headers["Content-Disposition"]
    if format == "xlsx":
        head, *rows = load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True)
    else:
        head, *rows = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert len(found) == 5
    first = found[0]
    assert first["출결"] == "참석" and first["이름"] == ("=SUM(A1)" if format == "xlsx" else "'=SUM(A1)")
    assert first["머문 시간(분)"] == (90 if format == "xlsx" else "90") and first["알게 된 곳"] == "입장 화면"
    entry = history_of(briefing)[-1]
    assert (
        entry.action == "attendance.exported"
        and entry.detail["rows"] == 5
        and entry.detail["filters"] == {"standing": "came"}
    )


def test_others_than_staff_see_no_attendance(client, briefing):
    assert client.get(f"/staff/briefings/{briefing.id}/attendance").status_code == 302
