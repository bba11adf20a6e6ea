"""The first page of staff: what waits, each with its count and the way there."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from briefings.accounts.models import Role
from briefings.db import db
from briefings.needs.models import NeedState, officer_themes
from briefings.organizations.models import OrganizationKind, RequestState
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Recipient, queue
from briefings.questions.models import QuestionState
from briefings.schedule.models import BriefingState, SlotState
from briefings.schedule.registration_models import RegistrationState, SupportState
from tests.builders import (
    a_briefing,
    a_need,
    a_question,
    a_registration,
    a_reply,
    a_theme,
    a_user,
    an_account_request,
    an_organization,
    an_owner,
    saved,
)


@pytest.fixture
def staff(client):
    return client.sign_in(a_user())


def test_a_day_on_which_nothing_waits_says_so(staff):
    page = staff.get("/staff/").text
    assert "지금 기다리는 일이 없습니다" in page
    assert "앞으로 열릴 설명회가 없습니다" in page


def test_each_thing_that_waits_is_counted_and_leads_to_its_list(staff, now):
    a_need(state=NeedState.SUBMITTED, published_at=None)
    a_need(state=NeedState.RETURNED, published_at=None)
    a_reply(a_need(), due_at=now - timedelta(days=1))
    a_briefing(needs=0, state=BriefingState.DRAFT)
    an_account_request(state=RequestState.PENDING, confirmed_at=now)
    queue("reminder", "k", Recipient("gaon@example.com", "이가온"), now)
    message = db.session.query(Message).one()
    message.state = MessageState.FAILED
    saved(message)
    page = staff.get("/staff/").text
    for what, way in [
        ("검토를 기다리는 수요", "/staff/needs?state=submitted"),
        ("보완을 기다리는 수요", "/staff/needs?state=returned-ahead"),
        ("설명회를 기다리는 수요", "/staff/matrix"),
        ("공개하지 않은 설명회 초안", "/staff/briefings?shelf=draft"),
        ("기한을 넘긴 답글 확인", "/staff/replies?state=late"),
        ("보내지 못한 전자우편", "/staff/outbox?state=failed"),
        ("승인을 기다리는 계정 신청", "/staff/accounts#requests"),
    ]:
        assert f'<a href="{way}"><span>{what}</span> <strong>1건</strong></a>' in page, what
        assert staff.get(way).status_code == 200


def test_a_presenter_who_declines_long_before_is_replaced_in_time(app, staff, now):
    briefings = [a_briefing(starts_at=now + timedelta(days=days)) for days in (30, 40, -1)]
    for briefing in briefings:
        briefing.slots[0].state = SlotState.DECLINED
    db.session.commit()
    one_of_two = r'href="(/staff/[^"]+)"><span>다른 발표자를 찾아야 하는 발표</span> <strong>([0-9]+)건'
    assert re.findall(one_of_two, staff.get("/staff/").text) == [("/staff/briefings?shelf=coming", "2")]
    officer = a_user()
    db.session.execute(officer_themes.insert().values(user_id=officer.id, theme_id=briefings[1].theme_id))
    page = app.test_client().sign_in(officer).get("/staff/").text
    [(way, number)] = re.findall(one_of_two, page)
    assert (way, number) == (f"/staff/briefings/{briefings[1].id}/presenters", "1")


def test_what_is_late_stands_first_and_is_counted_once(staff, now):
    a_need(state=NeedState.RETURNED, published_at=None, return_due_on=date(2026, 11, 20))
    a_need(state=NeedState.RETURNED, published_at=None, return_due_on=date(2026, 11, 30))
    a_registration(
        a_briefing(starts_at=now + timedelta(days=10)), support="수어 통역", support_state=SupportState.ASKED
    )
    page = staff.get("/staff/").text
    late, waiting = page.index('id="late"'), page.index('id="waiting"')
    assert late < page.index("고칠 기한이 지난 수요</span> <strong>1건") < waiting
    assert waiting < page.index("보완을 기다리는 수요</span> <strong>1건")
    assert "답을 기다리는 지원 요청 <small>(가장 이른 기한 3일 뒤, 2026. 11. 26.(목))</small>" in page


def test_officers_see_what_waits_in_the_themes_they_answer_for(app, now):
    officer, own = a_user(), a_theme("탄소와 재생")
    db.session.execute(officer_themes.insert().values(user_id=officer.id, theme_id=own.id))
    a_need(themes=[own], state=NeedState.SUBMITTED, published_at=None)
    a_reply(a_need(themes=[own]), due_at=now - timedelta(days=1))
    a_need(state=NeedState.SUBMITTED, published_at=None)
    later, sooner = (a_briefing(needs=0, theme=own, starts_at=now + timedelta(days=n)) for n in (9, 5))
    page = app.test_client().sign_in(officer).get("/staff/").text
    mine = page[page.index('id="themes"') : page.index('id="next"')]
    assert f'<a href="/staff/needs?theme={own.id}&amp;state=submitted">1건</a>' in mine
    assert mine.count("1건</a>") == 3
    others = a_theme("돌봄")
    db.session.execute(officer_themes.insert().values(user_id=officer.id, theme_id=others.id))
    a_reply(a_need(themes=[others]), due_at=now - timedelta(days=1))
    person = app.test_client().sign_in(officer)
    ways = re.findall(r'<a href="(/staff/(?:replies|matrix)[^"]*)">1건', person.get("/staff/").text)
    for theme in (own, others):
        [late] = [unescape(way) for way in ways if way.endswith(f"theme={theme.id}")]
        assert "답글 1건" in person.get(late).text and f"주제: {theme.name}" in person.get(late).text
        assert (
            f"/staff/matrix#theme-{theme.id}" in ways and f'id="theme-{theme.id}"' in person.get("/staff/matrix").text
        )
    assert sooner.title in mine and f"/staff/briefings/{later.id}" not in mine
    assert 'id="themes"' not in app.test_client().sign_in(a_user()).get("/staff/").text


def test_administrators_see_what_of_people_goes(app, now):
    begun = now - timedelta(days=362)  # registrations are kept for a year
    window = {"registration_opens_at": begun - timedelta(days=9), "registration_closes_at": begun}
    a_registration(a_briefing(starts_at=begun, **window))
    administrator = app.test_client().sign_in(a_user(Role.ADMINISTRATOR))
    page = administrator.get("/staff/").text
    [number] = re.findall('href="/staff/privacy"><span>7일 안에 파기할 개인정보</span> <strong>([1-9][0-9]*)건', page)
    in_all = administrator.get("/staff/privacy").text.partition("<tfoot>")[2]
    assert 'data-label="지금" class="num">0건' in in_all and f'data-label="7일 안" class="num">{number}건' in in_all
    assert "파기할" not in app.test_client().sign_in(a_user()).get("/staff/").text


def test_it_costs_the_same_for_little_and_for_much(staff, count_queries, now):
    costs = []
    for days in (2, 3, 4):
        a_registration(a_briefing(starts_at=now + timedelta(days=days), room_url=""))
        a_reply(a_need(), due_at=now - timedelta(days=1))
        with count_queries() as sent:
            staff.get("/staff/")
        costs.append(len(sent))
    assert costs[0] == costs[-1] <= 26


def test_what_does_not_wait_is_not_listed(staff):
    a_need(state=NeedState.SUBMITTED, published_at=None)
    page = staff.get("/staff/").text
    assert "보완을 기다리는 수요" not in page


def test_briefings_of_the_coming_week_show_what_they_lack(staff, now):
    a_briefing(starts_at=now + timedelta(days=3), room_url="", title="주소 없는 설명회")
    a_briefing(starts_at=now + timedelta(days=8), room_url="", title="먼 설명회")
    page = staff.get("/staff/").text
    lacking = page[page.index("빠진 것") : page.index('id="next"')]
    assert "주소 없는 설명회" in lacking
    assert "접속 주소 없음" in lacking
    assert "먼 설명회" not in lacking


def test_the_next_briefings_show_who_signed_up(staff):
    briefing = a_briefing(capacity=2)
    for kind in (OrganizationKind.COMPANY, OrganizationKind.LOCAL):
        a_registration(briefing, organization=an_organization(kind=kind), support="수어 통역")
    a_registration(
        briefing, state=RegistrationState.WAITLISTED, organization=an_organization(kind=OrganizationKind.LOCAL)
    )
    page = staff.get("/staff/").text
    assert "2명 중 2명 신청, 대기 1명" in page
    assert "<span>지방자치단체 2명</span><span>기업 1명</span>" in page
    assert "지원 요청 2건" in page


def test_only_staff_see_it(client, app):
    assert client.get("/staff/").status_code == 302
    assert app.test_client().sign_in(an_owner()).get("/staff/").status_code == 403


def test_behind_each_link_stand_as_many_as_it_says(app, now):
    person = app.test_client().sign_in(a_user(Role.ADMINISTRATOR))
    for days in (-9, -3, 7, None):
        due = None if days is None else now.date() + timedelta(days=days)
        a_need(state=NeedState.RETURNED, published_at=None, return_due_on=due)
    a_need(state=NeedState.SUBMITTED, published_at=None)
    for days, number in ((3, 1), (10, 3)):
        briefing = a_briefing(starts_at=now + timedelta(days=days))
        for _ in range(number):
            a_registration(briefing, support="수어 통역", support_state=SupportState.ASKED)
    gone = {"state": RegistrationState.CANCELLED, "cancelled_at": now}
    a_registration(briefing, support="점자 자료", support_state=SupportState.ARRANGED, **gone)
    asker = a_registration(a_briefing(starts_at=now - timedelta(days=20)))
    for days in (-9, -5, 0, 4):
        a_question(asker, state=QuestionState.TO_WRITE, due_on=now.date() + timedelta(days=days))
    for days in (-1, 3):
        a_reply(a_need(), due_at=now + timedelta(days=days))
    an_account_request(state=RequestState.PENDING, confirmed_at=now)
    page = person.get("/staff/").text
    links = re.findall(r'<a href="([^"]+)"><span>([^<]+)<?.*?</span> <strong>(\d+)건', page[page.index('id="late"') :])
    found = {what.strip(): (unescape(way), int(number)) for way, what, number in links}
    expected = {
        "고칠 기한이 지난 수요": 2,
        "보완을 기다리는 수요": 2,
        "검토를 기다리는 수요": 1,
        "기한이 지난 지원 요청": 1,
        "답을 기다리는 지원 요청": 3,
        "취소한 분을 위해 마련해 둔 지원": 1,
        "기한을 넘긴 서면 답변": 2,
        "기한을 넘긴 답글 확인": 1,
        "승인을 기다리는 계정 신청": 1,
    }
    assert {what: found[what][1] for what in expected} == expected
    for what, number in expected.items():
        text = person.get(found[what][0]).text
        [shown] = re.findall(r">(?:과제|지원 요청|질문|답글|승인을 기다리는 계정 신청) (\d+)건", text)
        assert int(shown) == number, (what, shown)
