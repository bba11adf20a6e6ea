"""The report over many briefings: the numbers of the funnel and of the public page, beside what came before."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.db import db
from briefings.needs.models import Round, Theme
from briefings.statistics.comparing import Measure
from briefings.statistics.funnel import Step, funnel
from briefings.statistics.published import figures_by_theme, published_figures
from briefings.statistics.scope import Axis
from briefings.statistics.span_report import report_over
from briefings.statistics.span_report_words import paper_over
from briefings.statistics.spans import SpanKind, before, spans
from tests.builders import a_briefing, a_round, a_user
from tests.statistics.generated import an_installation

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def installation(app, now):
    """Small; its rounds began one after the other, and the last is still to come."""
    made = an_installation(now, 60)
    for place, number in enumerate(made.rounds):
        found = db.session.get_one(Round, number)
        found.opens_at = now + timedelta(days=300 * place - 500)
        found.closes_at = found.opens_at + timedelta(days=30)
    db.session.commit()
    return made


def keys(found):
    """Of half-years and the like."""
    return [each.key for each in found]


def test_every_span_has_the_one_before_it(installation, now):
    found = spans(SEOUL, now)
    halves = [each for each in found if each.kind is SpanKind.HALF]
    assert (halves[0].name, halves[-1].name) == ("2026년 하반기", "2023년 상반기")
    assert keys(before(each, found) for each in halves[:-1]) == keys(halves[1:])
    assert before(halves[-1], found) is None and before(found[-1], found) is None
    later, earlier = [each for each in found if each.kind is SpanKind.ROUND]
    assert before(later, found) == earlier and earlier.last == later.first - timedelta(days=1)
    assert later.last == now.date(), "the next one has not begun"


def test_a_report_says_what_funnel_and_public_page_say(installation, now, count_queries):
    found, theme = spans(SEOUL, now), db.session.get_one(Theme, installation.themes[0])
    year = next(each for each in found if each.key == "year-2025")
    past = next(each for each in found if each.kind is SpanKind.ROUND)
    for span, of in ((year, None), (year, theme), (past, None), (found[-1], theme)):
        with count_queries() as sent:
            report = report_over(span, found, of, SEOUL, now)
        assert len(sent) < 60
        scope = report.span.scope
        assert report.told.funnel == funnel(scope, SEOUL, now)
        assert report.told.funnel[Step.NEEDS].number and report.told.held == len(report.briefings)
        for briefing, values in report.briefings[:2]:
            own = funnel(scope.at(Axis.BRIEFING, briefing.id), SEOUL, now)
            assert values[Measure.REGISTERED] == own[Step.REGISTERED].number
            assert values[Measure.REPLIES] == own[Step.REPLIES].number
        assert report.matched == len(report.matches)
        paper = paper_over(report)
        said = [each for section in paper.sections for each in section.blocks]
        assert next(section.key for section in paper.sections) == "steps" and said
    whole = report_over(year, found, None, SEOUL, now)
    last, first = date(2025, 12, 31), date(2024, 12, 31)
    assert (whole.figures, whole.before) == (
        published_figures(last, "Asia/Seoul"),
        published_figures(first, "Asia/Seoul"),
    )
    assert whole.matched == whole.figures.matches - whole.before.matches > 0 and whole.told.held
    of_theme = report_over(year, found, theme, SEOUL, now)
    assert of_theme.figures == next(each for each in figures_by_theme(last, "Asia/Seoul") if each.theme is theme)
    assert whole.earlier.funnel == funnel(next(each for each in found if each.key == "year-2024").scope, SEOUL, now)


def test_staff_read_it_of_a_half_year_a_theme_and_a_round(app, client, now):
    client.sign_in(a_user())
    page = words_of(client.get("/staff/statistics/report").text)
    assert "2026년 하반기 협업이음 결과보고" in page and "아직 없습니다" in page
    round = a_round(opens_at=now - timedelta(days=40), closes_at=now - timedelta(days=10))
    briefing = a_briefing(starts_at=now - timedelta(days=3))
    briefing.slots[0].need.round = round
    db.session.commit()
    for address in ("", f"?theme={briefing.theme_id}", f"?of=round-{round.id}", "?of=whole-0", "?of=x&theme=x"):
        page = words_of(client.get(f"/staff/statistics/report{address}").text)
        assert briefing.title in page and "1회" in page, address
    assert f"/staff/statistics/report?of=round-{round.id}" in client.get(f"/staff/rounds/{round.id}").text
    assert "/staff/statistics/report" in client.get("/staff/statistics").text
    file = client.head(f"/staff/statistics/report/hwpx?of=round-{round.id}")
    assert file.mimetype == "application/hwp+zip" and "hwpx" in file.headers["Content-Disposition"]


def test_what_there_is_no_report_of_is_said_and_made_no_file_of(app, client):
    client.sign_in(a_user())
    page = words_of(client.get("/staff/statistics/report?of=round-9&theme=x").text)
    assert "그런 기간이나 수요조사가 없어 이번 반기를 보입니다" in page and "그런 주제가 없어" in page
    assert "2026년 하반기 협업이음 결과보고" in page
    assert "그런" not in words_of(client.get("/staff/statistics/report?of=&theme=").text)
    for asked in ("of=round-9", "theme=x"):
        assert client.get(f"/staff/statistics/report/odt?{asked}").status_code == 404


def words_of(page):
    """What it says, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
