"""The result report of a briefing: its figures are those of the funnel; staff add their words."""

from datetime import timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from briefings.afterwards.surveys import USUAL, answer, survey_of
from briefings.audit.recording import history_of
from briefings.db import unit_of_work
from briefings.live.models import Attendance, BriefingDay
from briefings.organizations.models import OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.questions.models import QuestionState
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import RegistrationState, SupportState
from briefings.statistics.comparing import Group, Measure
from briefings.statistics.funnel import Step
from briefings.statistics.report import report_of
from briefings.statistics.report_words import paper_of
from tests.builders import a_briefing, a_question, a_registration, a_reply, a_user, an_organization, saved

SEOUL = ZoneInfo("Asia/Seoul")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def held(app, now):
    """Three days ago: seven of eight came, one waits, one gave up; questions, answers, replies before and since."""
    briefing = a_briefing(needs=2, starts_at=now - 3 * DAY)
    company = an_organization("가온재활용", OrganizationKind.COMPANY)
    people = [
        a_registration(briefing, organization=company, registered_at=briefing.starts_at - (2 + place % 3) * DAY)
        for place in range(8)
    ]
    people[0].support_state = SupportState.ARRANGED
    a_registration(briefing, state=RegistrationState.WAITLISTED, registered_at=briefing.starts_at - DAY)
    a_registration(
        briefing, state=RegistrationState.CANCELLED, cancelled_at=now, registered_at=briefing.starts_at - DAY
    )
    with unit_of_work():
        for place, each in enumerate(people[:7]):
            seen = briefing.starts_at + (20 * MINUTE if place == 1 else timedelta())
            saved(Attendance(registration_id=each.id, first_seen_at=seen, last_seen_at=briefing.ends_at))
    survey = survey_of(briefing)
    with unit_of_work():
        for place, each in enumerate(people[:6]):
            points = {question["key"]: 5 - place % 2 for question in USUAL}
            answer(each, points, "", survey.changed_at, SEOUL, briefing.ends_at + MINUTE)
    saved(BriefingDay(briefing_id=briefing.id, began_at=briefing.starts_at + 2 * MINUTE, ended_at=briefing.ends_at))
    _questions(briefing, people, now)
    _replies(briefing, now)
    return briefing


def _questions(briefing, people, now):
    slot, start = briefing.slots[0].id, briefing.starts_at
    a_question(people[0], slot_id=slot, asked_at=start - DAY, state=QuestionState.ANSWERED, answered_at=start)
    in_writing = {"state": QuestionState.WRITTEN, "answer": "네", "due_on": (start + 7 * DAY).date()}
    a_question(people[1], slot_id=slot, asked_at=start + 9 * MINUTE, answered_at=now, **in_writing)
    overdue = {"state": QuestionState.TO_WRITE, "due_on": (now - DAY).date()}
    a_question(people[2], asked_at=briefing.ends_at + MINUTE, **overdue)
    a_question(people[3], asked_at=start + MINUTE, state=QuestionState.HIDDEN, hidden_reason="비방")


def _replies(briefing, now):
    first, second = (slot.need for slot in briefing.slots)
    a_reply(first)
    answered = {"acknowledged_at": now - DAY, "due_at": now}
    reply = a_reply(first, sent_at=now - 2 * DAY, **answered)
    a_reply(second, sent_at=now - 2 * DAY, due_at=now - DAY)
    match = Match(need=first, matched_on=now.date(), summary="함께", recorded_at=now, confirmed_at=now)
    match.organizations = [
        MatchOrganization(organization=each.organization, confirmed_at=now) for each in (first, reply)
    ]
    saved(match)


def test_its_parts_add_up_to_the_funnel_and_every_format_has_the_same_words(app, held, now, count_queries):
    report = report_of(held, SEOUL, now)
    counts = report.outcome.funnel
    assert (counts[Step.REGISTERED].number, counts[Step.ATTENDED].number, report.no_shows) == (8, 7, 1)
    assert sum(each.number for each in report.signing_up) == report.signing_up[-1].so_far == counts[Step.REGISTERED].of
    assert report.minutes.known + report.minutes.unknown == report.attendance.came == 7
    assert report.minutes.median == 90 and dict(report.minutes.groups) == {30: 0, 60: 0, 90: 1, None: 6}
    asked = report.questions
    assert (asked.before, asked.during, asked.after, asked.hidden) == (1, 2, 1, 1)
    assert (asked.live, asked.written, asked.in_time, asked.open, asked.late) == (1, 1, 1, 1, 1)
    assert sum(each.before for each in report.needs) == report.outcome.replies_before == 1
    for name, step in (("after", Step.REPLIES), ("answered", Step.ANSWERED)):
        assert sum(getattr(each, name) for each in report.needs) == counts[step].number
    assert sum(each.due for each in report.needs) == counts[Step.ANSWERED].of == 2
    paper = paper_of(report)
    assert ("새 참여 답글", "2", "건", "시작 전 1건") in paper.figures and (
        "만족도",
        "4.50",
        "/ 5점",
        "6명 답함",
    ) in paper.figures
    tables = {block.caption: block for part in paper.sections for block in part.blocks if block.kind == "table"}
    assert tables["과제별 답글과 협의"].foot[2:5] == ["1건", "2건", "1/2"]
    assert tables["계획과 실제 진행"].rows[0][3] == "2분 늦음"
    assert paper.plain()["sections"][0]["blocks"][0]["kind"] == "facts"


def test_earlier_briefings_of_its_theme_audience_and_year_give_medians_and_its_place(app, held, now, count_queries):
    with count_queries() as alone:
        assert report_of(held, SEOUL, now).comparison.is_empty
    for place, people in enumerate((12, 2, 4)):
        days = (10 + place) * DAY
        same = {"theme": held.theme} if place else {"audience": held.audience}
        earlier = a_briefing(starts_at=held.starts_at - days, **same)
        for _ in range(people):
            a_registration(earlier)
    a_registration(a_briefing(theme=held.theme, starts_at=held.starts_at + DAY))
    with count_queries() as several:
        found = report_of(held, SEOUL, now).comparison
    assert len(several) == len(alone)
    assert found.sizes == {Group.THEME: 2, Group.AUDIENCE: 1, Group.YEAR: 3}
    [registered] = [each for each in found.measures if each.measure is Measure.REGISTERED]
    assert registered.own == 8 and registered.places[Group.YEAR] == (median((12, 2, 4)), 2, 4)
    assert registered.places[Group.THEME] == (3, 1, 3) and registered.places[Group.AUDIENCE] == (12, 2, 2)
    [satisfied] = [each for each in found.measures if each.measure is Measure.SATISFACTION]
    assert satisfied.own == 4.5 and satisfied.places[Group.YEAR] is None
    rows = {
        row[0]: row
        for part in paper_of(report_of(held, SEOUL, now)).sections
        if part.key == "comparison"
        for row in part.blocks[0].rows
    }
    assert rows["신청한 사람"] == ["신청한 사람", "8명", "3명 (1/3)", "12명 (2/2)", "4명 (2/4)"]
    assert "질문 (합치거나 숨긴 질문 제외)" in rows  # fewer than the report says were asked


def test_the_page_says_what_there_is_and_why_there_is_none(app, client, held, now):
    client.sign_in(a_user())
    page = client.get(f"/staff/briefings/{held.id}/report").text
    assert "8명(2곳) 신청, 7명(1곳) 참석(참석률 87.5%)" in page or "신청, 7명(1곳) 참석" in page
    assert "견줄 만한 이전 설명회가 없습니다" in page and "가온재활용" in page
    coming = a_briefing(needs=0)
    assert "아직 시작하지 않은 설명회" in client.get(f"/staff/briefings/{coming.id}/report").text
    empty = a_briefing(needs=0, starts_at=now - DAY)
    page = client.get(f"/staff/briefings/{empty.id}/report").text
    assert "아직 신청한 사람이 없습니다" in page and "받은 질문이 없습니다" in page and "발표한 과제가 없습니다" in page
    draft = a_briefing(state=BriefingState.DRAFT)
    assert "보고할 결과가 없습니다" in client.get(f"/staff/briefings/{draft.id}/report").text
    assert "보고할 결과가 없습니다" in client.get(f"/staff/briefings/{draft.id}/report/remarks").text
    assert client.get("/staff/briefings/99999/report").status_code == 404


def test_remarks_are_kept_as_they_are_typed_and_nobody_writes_over_a_colleague(app, client, held, now):
    client.sign_in(a_user(name="이보람"))
    path = f"/staff/briefings/{held.id}/report/remarks"
    assert client.post(path, data={"do": "autosave", "remarks": "접속이", "seen": ""}).status_code == 204
    page = client.post(path, data={"remarks": "접속이 <b>원활</b>", "seen": ""}, follow_redirects=True).text
    assert "의견을 저장했습니다" in page and "접속이 &lt;b&gt;원활&lt;/b&gt;" in page
    [first, second] = [entry for entry in history_of(held) if entry.action == "report.remarked"]
    assert first.actor_name == "이보람" and "접속" not in str(second.detail)
    client.sign_in(a_user(name="박나래"))
    assert client.post(path, data={"do": "autosave", "remarks": "다른 글", "seen": ""}).status_code == 409
    page = client.post(path, data={"remarks": "다른 글", "seen": ""}).text
    assert "이보람 님이 의견을 고쳤습니다" in page and "다른 글" in page and "원활" in page
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert (
        "의견을 저장했습니다"
        in client.post(path, data={"remarks": "합친 글", "seen": seen}, follow_redirects=True).text
    )
    assert client.post(path, data={"remarks": "글" * 10_001, "seen": seen}).status_code == 200


def test_everybody_reads_it_in_short_with_small_groups_hidden(app, client, held, now):
    page = client.get(f"/archive/{held.public_id}").text
    assert "숫자로 보는 설명회" in page and "시작하기 전에 1건" in page
    a_registration(held, organization=an_organization(kind=OrganizationKind.LOCAL))
    page = client.get(f"/archive/{held.public_id}").text
    part = page.split('id="numbers"')[1].split("</section>")[0]
    assert part.count("가림") == 2 and "8명" not in part and "가립니다" in part
    assert "만족도" not in part, "answers may still come"
    empty = a_briefing(starts_at=now - DAY)
    assert "숫자로 보는" not in client.get(f"/archive/{empty.public_id}").text
