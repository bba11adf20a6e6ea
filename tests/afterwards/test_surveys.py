"""The survey: answered once by those who were there, by their link; results tell of nobody; staff set its questions."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from openpyxl import load_workbook

from briefings import clock
from briefings.afterwards.models import Survey, SurveyAnswer, SurveyTaker
from briefings.afterwards.survey_results import hidden_groups, results_of
from briefings.afterwards.surveys import USUAL, survey_of
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.live.models import Attendance, BriefingDay
from briefings.organizations.models import OrganizationKind
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from tests.builders import a_briefing, a_registration, a_user, an_organization, saved

pytestmark = pytest.mark.usefixtures("app")
KEYS = [question["key"] for question in USUAL]
COMPANY, LOCAL = OrganizationKind.COMPANY, OrganizationKind.LOCAL


@pytest.fixture
def briefing(now):
    """Ended an hour ago."""
    return a_briefing(starts_at=now - timedelta(minutes=150))


@pytest.fixture
def desk(app):
    return app.test_client().sign_in(a_user(name="이보람"))


def there(briefing, kind=COMPANY, **given):
    """Somebody who came."""
    made = a_registration(briefing, organization=an_organization(None, kind), **given)
    times = {"first_seen_at": briefing.starts_at, "last_seen_at": briefing.ends_at}
    saved(Attendance(registration_id=made.id, **times))
    return made


def page_of(registration, prefix=""):
    return f"{prefix}/join/{token_of(registration, 'join')}/survey"


def answer(client, registration, points=5, comment="", **more):
    """What comes of answering every question with so many points."""
    seen = survey_of(registration.briefing).changed_at.isoformat()
    data = {f"question_{key}": str(points) for key in KEYS} | {"comment": comment, "seen": seen} | more
    return client.post(page_of(registration), data=data, follow_redirects=True)


def test_whoever_was_there_answers_once(app, client, briefing):
    person = there(briefing)
    text = client.get(page_of(person)).text
    assert USUAL[0]["ko"] in text and "매우 그렇다" in text and "담당 부서만 봅니다" in text
    assert USUAL[0]["en"] in client.get(page_of(person, "/en")).text
    half = client.post(page_of(person), data={"question_whole": "5", "comment": "좋았습니다", "seen": "x"}).text
    assert "하나를 골라 주세요" in half and "좋았습니다" in half and not db.session.query(SurveyTaker).count()
    done = answer(client, person, 4, "답이 <b>쉬웠습니다</b>").text
    assert "답해 주셔서 고맙습니다" in done and "/reply" in done and "/certificate" in done
    assert "한 번만" in answer(client, person, 1).text
    [made] = db.session.query(SurveyAnswer).all()
    assert made.registration_id == person.id and set(made.points.values()) == {4} and made.answered_on.day == 23


def test_only_those_who_were_there_and_only_while_it_is_open(client, now, briefing):
    absent, person = a_registration(briefing), there(briefing)
    assert "참가한 기록이 없습니다" in client.get(page_of(absent)).text
    assert "참가한 기록이 없습니다" in answer(client, absent).text
    for moment, why in (
        (briefing.ends_at - timedelta(minutes=11), "끝날 무렵부터"),
        (briefing.ends_at + timedelta(days=14), "조사가 끝났습니다"),
    ):
        with time_machine.travel(moment, tick=False):
            assert why in client.get(page_of(person)).text
            assert why in answer(client, person).text
    saved(BriefingDay(briefing_id=briefing.id, ended_at=briefing.starts_at + timedelta(minutes=60)))
    with time_machine.travel(briefing.starts_at + timedelta(minutes=51), tick=False):
        assert "답 보내기" in client.get(page_of(person)).text
    called_off = there(a_briefing(state=BriefingState.CANCELLED, starts_at=now - timedelta(hours=3)))
    assert "조사를 하지 않습니다" in client.get(page_of(called_off)).text
    assert client.get(page_of(person)[:-12] + "x/survey").status_code == 404
    assert not db.session.query(SurveyTaker).count()


def test_the_join_page_leads_to_it_and_says_once_it_is_done(client, briefing):
    person, absent = there(briefing), a_registration(briefing)
    join = page_of(person).removesuffix("/survey")
    assert "만족도 조사에 답하기" in client.get(join).text
    assert "만족도 조사에 답하기" not in client.get(page_of(absent).removesuffix("/survey")).text
    answer(client, person)
    text = client.get(join).text
    assert "만족도 조사에 답하기" not in text and "만족도 조사에 답해 주셔서" in text


def test_kept_apart_nothing_tells_who_answered_what(client, now, briefing):
    usual = survey_of(briefing)
    saved(Survey(briefing_id=briefing.id, offered=True, questions=usual.questions, apart=True, changed_at=now))
    person = there(briefing)
    assert "이름과 따로 둡니다" in client.get(page_of(person)).text
    with time_machine.travel(now + timedelta(days=3), tick=False):
        answer(client, person)
    [made] = db.session.query(SurveyAnswer).all()
    assert made.registration_id is None and made.answered_on.day == 23
    assert db.session.get(SurveyTaker, person.id) is not None
    first = made.public_id
    answer(client, there(briefing), 2, "짧았습니다")
    db.session.expunge_all()
    both = db.session.scalars(db.select(SurveyAnswer)).all()
    assert len(both) == 2 and first not in {each.public_id for each in both}  # nor where it stands in the table
    assert {each.answered_on.day for each in both} == {23} and "짧았습니다" in {each.comment for each in both}


def test_results_are_shown_from_five_answers_on_and_small_groups_never(client, desk, briefing):
    page = f"/staff/briefings/{briefing.id}/survey"
    assert "아직 답한 사람이 없습니다" in desk.get(page).text
    for points in (5, 5, 4, 3):
        answer(client, there(briefing), points, "비밀 의견")
    few = desk.get(page).text
    assert "5건보다 적어" in few and "비밀 의견" not in few and "평균" not in few
    file = f"/staff/briefings/{briefing.id}/exports/survey"
    assert "5건보다 적어" in desk.get(file).text
    wanted = {"format": "csv", "people": "with", "reason": "결과보고에 쓸 분석"}
    assert "Content-Disposition" not in desk.post(file, data=wanted).headers
    for points in (5, 5):
        answer(client, there(briefing), points)
    for points in (1, 2):
        answer(client, there(briefing, LOCAL), points)
    there(briefing)
    results = results_of(briefing, clock.now())
    assert (results.asked, results.answered, results.share) == (9, 8, 89)
    assert results.outcomes[0].counts == (4, 1, 1, 1, 1) and results.outcomes[0].mean == 3.75
    assert results.outcomes[0].positive == 62
    by_kind = {group.kind: group.means for group in results.groups}
    assert by_kind == {COMPANY: None, LOCAL: None}  # the only other group would tell of the small one
    text = desk.get(page).text
    assert "3.75" in text and "비밀 의견" in text and "가림" in text and "온 사람 9명 가운데 89%" in text


def test_kept_apart_results_are_shown_once_no_answer_can_come_any_more(client, desk, now, briefing):
    usual = survey_of(briefing)
    saved(Survey(briefing_id=briefing.id, offered=True, questions=usual.questions, apart=True, changed_at=now))
    for points in (1, 2, 3, 4, 5, 5):
        answer(client, there(briefing), points, "비밀 의견")
    page = f"/staff/briefings/{briefing.id}/survey"
    text = desk.get(page).text
    assert "마감한 뒤에 결과를 보여 줍니다" in text and "온 사람 6명 가운데 100%" in text
    assert "비밀 의견" not in text and "평균" not in text and "답 내려받기" not in text
    file = f"/staff/briefings/{briefing.id}/exports/survey"
    wanted = {"format": "csv", "people": "with", "reason": "결과보고에 쓸 분석"}
    told = desk.post(file, data=wanted)
    assert "마감한 뒤에 결과를 보여 줍니다" in told.text and "Content-Disposition" not in told.headers
    assert "6명 답함" in desk.get(f"/staff/briefings/{briefing.id}/afterwards").text
    closed = {"seen": survey_of(briefing).changed_at.isoformat()}
    assert "저장했습니다" in desk.post(f"{page}/edit", data=closed, follow_redirects=True).text
    text = desk.get(page).text
    assert "3.33" in text and "비밀 의견" in text
    assert "Content-Disposition" in desk.post(file, data=wanted).headers
    again = {"seen": survey_of(briefing).changed_at.isoformat(), "offered": "y"}
    assert "다시 열 수 없습니다" in desk.post(f"{page}/edit", data=again).text
    assert not survey_of(briefing).offered


def test_hidden_groups_cannot_be_had_by_taking_all_others_away():
    kinds = list(OrganizationKind)
    assert hidden_groups({kinds[0]: 9, kinds[1]: 5}) == set()
    assert hidden_groups({kinds[0]: 9, kinds[1]: 2, kinds[2]: 6}) == {kinds[1], kinds[2]}
    assert hidden_groups({kinds[0]: 9, kinds[1]: 2, kinds[2]: 4}) == {kinds[1], kinds[2]}
    assert hidden_groups({}) == set()


@pytest.mark.parametrize(("format", "apart"), [("xlsx", False), ("csv", True)])
def test_answers_are_taken_away_with_a_reason(client, desk, now, briefing, format, apart):
    usual = survey_of(briefing)
    saved(Survey(briefing_id=briefing.id, offered=True, questions=usual.questions, apart=apart, changed_at=now))
    for points in (1, 2, 3, 4, 5):
        answer(client, there(briefing, name=f"김가온{points}"), points, "=1+1")
    page = f"/staff/briefings/{briefing.id}/exports/survey"
    survey_of(briefing).closes_at = now
    db.session.commit()
    assert ("누구의 답인지는 들어가지 않습니다" in desk.get(page).text) is apart
    answered = desk.post(page, data={"format": format, "people": "with", "reason": "결과보고에 쓸 분석"})
    if format == "xlsx":
        head, *rows = load_workbook(BytesIO(answered.data)).active.iter_rows(values_only=True)
        assert {row[2]: row[3] for row in rows} == {f"김가온{points}": points for points in (1, 2, 3, 4, 5)}
        assert {row[-1] for row in rows} == {"=1+1"}
    else:
        head, *rows = csv.reader(StringIO(answered.data.decode("utf-8-sig")))
        assert "이름" not in head and sorted(row[0] for row in rows) == ["1", "2", "3", "4", "5"]
        assert {row[-1] for row in rows} == {"'=1+1"}
    entry = history_of(briefing)[-1]
    assert entry.action == "survey.exported" and entry.detail["rows"] == 5


def settings(briefing, **given):
    survey = survey_of(briefing)
    data = {"seen": survey.changed_at.isoformat(), "offered": "y"}
    for place, question in enumerate(survey.questions):
        data |= {f"{part}_{place}": question[part] for part in ("key", "ko", "en")}
    return data | given


def test_staff_ask_other_questions_until_somebody_has_answered(client, desk, briefing):
    page = f"/staff/briefings/{briefing.id}/survey/edit"
    assert USUAL[0]["ko"] in desk.get(page).text
    given = {"ko_1": "", "ko_5": "새 질문입니까?", "en_5": "A new one?", "apart": "y"}
    assert "저장했습니다" in desk.post(page, data=settings(briefing, **given), follow_redirects=True).text
    survey = db.session.get(Survey, briefing.id)
    assert [each["key"] for each in survey.questions] == ["whole", "questions", "running", "joining", "q1"]
    assert survey.apart and history_of(briefing)[-1].action == "survey.changed"
    assert "바뀐 내용이 없습니다" in desk.post(page, data=settings(briefing, apart="y"), follow_redirects=True).text
    stale = settings(briefing) | {"seen": "2020-01-01T00:00:00+00:00", "ko_0": "다른 것"}
    assert "다른 담당자가, 또는 다른 창에서 고쳤습니다" in desk.post(page, data=stale).text
    lost = desk.post(page, data=settings(briefing, apart="y", en_5="In English alone?")).text
    assert "영어로만 적은 질문은 묻지 않습니다" in lost and "In English alone?" in lost
    none = {f"ko_{place}": "" for place in range(5)}
    assert "질문을 하나 이상" in desk.post(page, data=settings(briefing, **none)).text
    early = {"closes_at": ["2026-11-01", "10:00"], "apart": "y"}
    assert "끝난 뒤의 때" in desk.post(page, data=settings(briefing, **early)).text
    assert "저장했습니다" in desk.post(page, data=settings(briefing, do="usual", apart="y"), follow_redirects=True).text
    answer(client, there(briefing))
    locked = desk.get(page).text
    assert "이미 답한 사람이 있어" in locked and 'name="ko_0"' not in locked
    closed = {"seen": survey_of(briefing).changed_at.isoformat()}
    assert "저장했습니다" in desk.post(page, data=closed, follow_redirects=True).text
    survey = survey_of(briefing)
    assert not survey.offered and len(survey.questions) == 5
    assert "조사를 하지 않습니다" in client.get(page_of(there(briefing))).text


def test_an_answer_to_questions_that_changed_meanwhile_is_asked_for_anew(client, desk, briefing):
    person = there(briefing)
    seen = survey_of(briefing).changed_at.isoformat()
    desk.post(f"/staff/briefings/{briefing.id}/survey/edit", data=settings(briefing, ko_0="바뀐 질문입니까?"))
    told = answer(client, person, seen=seen).text
    assert "그사이 질문이 바뀌었습니다" in told and "바뀐 질문입니까?" in told
    assert not db.session.query(SurveyTaker).count()
    assert "고맙습니다" in answer(client, person).text
