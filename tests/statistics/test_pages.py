"""The figures on pages: public ones as of a day, a briefing's funnel for staff."""

import re
from datetime import timedelta

from briefings import jobs
from briefings.db import db
from briefings.needs.models import officer_themes
from briefings.organizations.models import OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.schedule.registration_models import RegistrationState
from briefings.statistics import need_bits
from tests.builders import (
    a_briefing,
    a_need,
    a_registration,
    a_reply,
    a_round,
    a_theme,
    a_user,
    an_organization,
    saved,
)


def a_match(reply, day, now):
    """A match of the need's owner with the sender of `reply`."""
    match = Match(need=reply.need, matched_on=day, summary="함께 만듭니다.", recorded_at=now, confirmed_at=now)
    match.organizations = [
        MatchOrganization(organization=reply.need.organization, confirmed_at=now),
        MatchOrganization(organization=reply.organization, confirmed_at=now),
    ]
    return saved(match)


def test_the_public_page_counts_up_to_the_day_asked_for(app, client, now):
    a_match(a_reply(), now.date(), now)
    assert "성사에 함께한 기관 유형" in client.get("/statistics").text
    before = client.get("/statistics?as_of=2026-11-22").text
    assert "2026. 11. 22.(일)까지 쌓인 수입니다" in before
    assert "성사에 함께한 기관 유형" not in before


def test_a_day_that_is_none_is_said_at_the_field_and_today_is_shown(app, client):
    page = client.get("/statistics?as_of=gestern").text
    assert "날짜를 연, 월, 일 순서로" in page
    assert "2026. 11. 23.(월)까지" in page
    a_need()
    assert client.get("/statistics?as_of=0001-01-01").status_code == 200
    for far in ("2026-11-24", "9999-12-31"):
        page = client.get(f"/statistics?as_of={far}").text
        assert "아직 오지 않은 날입니다" in page and "2026. 11. 23.(월)까지" in page
    assert "아직 오지 않은 날입니다" not in client.get("/statistics?as_of=2026-11-23").text


def test_the_funnel_of_a_briefing_counts_what_came_after_its_start(app, client, now):
    client.sign_in(a_user())
    briefing = a_briefing(needs=2, starts_at=now.replace(day=20))
    company = an_organization("가온재활용", OrganizationKind.COMPANY)
    for _ in range(2):
        a_registration(briefing, organization=company)
    first, second = (slot.need for slot in briefing.slots)
    a_reply(first)
    a_match(a_reply(second, sent_at=now), now.date(), now)
    page = client.get(f"/staff/statistics/briefings/{briefing.id}").text
    assert "1곳, 2명" in page
    assert "시작 전 1건, 시작 뒤 1건 (과제 1건에)" in page
    listed = client.get("/staff/statistics").text
    assert briefing.title in listed


def test_the_list_takes_as_many_queries_for_three_briefings_as_for_one(app, client, now, count_queries):
    client.sign_in(a_user())
    a_briefing(starts_at=now.replace(day=20))
    with count_queries() as one:
        client.get("/staff/statistics")
    for _ in range(2):
        a_briefing(starts_at=now.replace(day=20))
    with count_queries() as three:
        client.get("/staff/statistics")
    assert len(three) == len(one)


def test_a_briefing_that_is_not_there_is_not_found(app, client):
    client.sign_in(a_user())
    assert client.get("/staff/statistics/briefings/999").status_code == 404


def test_everybody_sees_no_small_group_and_staff_see_all(app, client, now):
    match = a_match(a_reply(), now.date(), now)
    theme = match.need.themes[0].name
    page = words_of(client.get("/statistics").text)
    assert "유형별 수는 밝히지 않습니다" in page and "공공기관" not in page and "공공 합계" not in page
    assert f"{theme} 밝히지 않음 밝히지 않음 밝히지 않음" in page
    client.sign_in(a_user())
    page = words_of(client.get("/staff/statistics").text)
    assert "공공기관 1곳 50.0%" in page and "공공 합계 1곳" in page and f"{theme} 1 1 1" in page


def test_each_number_of_a_part_opens_what_is_behind_it(app, client, now):
    client.sign_in(a_user())
    briefing = a_briefing(needs=2, starts_at=now.replace(day=20))
    a_registration(briefing, name="김나래")
    a_registration(a_briefing(needs=0), name="박다솜")
    need = briefing.slots[0].need
    a_match(a_reply(need, sent_at=now), now.date(), now)
    query = f"theme={briefing.theme_id}"
    page = words_of(client.get(f"/staff/statistics/funnel?{query}&by=kind").text)
    assert "발표한 과제 2건" in page and "참가 신청 1명" in page and "등록된 과제 가운데 2건" in page
    for step, name in (
        ("needs", need.title),
        ("briefed", need.title),
        ("replied", need.title),
        ("matched", need.title),
    ):
        assert name in client.get(f"/staff/statistics/funnel/{step}?{query}").text
    page = client.get(f"/staff/statistics/funnel/registered?{query}").text
    assert "김나래" in page and "박다솜" not in page
    assert "가온재활용" in client.get(f"/staff/statistics/funnel/replies?{query}").text
    assert "이 조건에 드는 것이 없습니다" in client.get(f"/staff/statistics/funnel/attended?{query}").text
    assert client.get("/staff/statistics/funnel/everything").status_code == 404
    assert client.get("/staff/statistics/funnel?briefing=999999").status_code == 404
    file = f"/staff/exports/funnel_people?step=registered&briefing={briefing.id}"
    assert briefing.title in client.get(file).text, "the file says that it is about one briefing"
    assert client.get("/staff/exports/funnel?briefing=999999").status_code == 404


def test_what_a_share_is_taken_of_and_whose_it_is_open_as_well(app, client, now):
    client.sign_in(a_user())
    briefing = a_briefing(needs=1, starts_at=now - timedelta(hours=2), ends_at=now)
    a_registration(briefing, name="김나래")
    a_registration(briefing, name="박다솜", state=RegistrationState.CANCELLED)
    a_reply(briefing.slots[0].need, due_at=now - timedelta(days=1))
    told = {"applied": ("모든 신청 2명", "박다솜"), "expected": ("참석할 사람 1명", "김나래")}
    told |= {"due": ("확인할 때가 된 답글 1건", "가온재활용")}
    told |= {"replies/organizations": ("참여 답글: 답글을 보낸 기관 1곳", "가온재활용")}
    funnel = client.get("/staff/statistics/funnel").text
    for path, said in told.items():
        assert f'href="/staff/statistics/funnel/{path}"' in funnel
        page = words_of(client.get(f"/staff/statistics/funnel/{path}").text)
        assert all(words in page for words in said), path
    assert "신청 취소" in words_of(client.get("/staff/statistics/funnel/applied").text)
    assert client.get("/staff/statistics/funnel/due/organizations").status_code == 404


def test_conditions_that_make_no_sense_are_said_at_their_field_and_count_as_none(app, client, now):
    client.sign_in(a_user())
    a_need()
    page = client.get(
        "/staff/statistics/funnel?theme=x&region=x&kind=x&by=x&since=0001-01-01&until=gestern&round=9"
    ).text
    assert "1900년과 2900년 사이의 날짜를" in page and "날짜를 연, 월, 일 순서로" in page
    assert "등록된 과제 1건" in words_of(page)
    backwards = client.get("/staff/statistics/funnel?since=2026-02-01&until=2026-01-01").text
    assert "같거나 그 뒤의 날짜를" in backwards


def test_officers_of_other_themes_see_how_many_people_but_not_who(app, client, now):
    mine, theirs = a_briefing(needs=0), a_briefing(needs=0)
    a_registration(mine, name="김나래")
    a_registration(theirs, name="박다솜이")
    officer = a_user()
    db.session.execute(officer_themes.insert().values(user_id=officer.id, theme_id=mine.theme_id))
    db.session.commit()
    page = client.sign_in(officer).get("/staff/statistics/funnel/registered").text
    assert "참가 신청 2명" in page and "김나래" in page
    assert "박다솜이" not in page and "박○○이" in page and "담당 주제 밖" in page


def test_replies_and_matches_behind_a_number_lead_only_where_officers_of_some_themes_may_look(app, client, now):
    mine, theirs = a_reply(), a_reply(a_need(themes=[a_theme("하늘")]))
    for reply in (mine, theirs):
        a_match(reply, now.date(), now)
    officer = a_user()
    db.session.execute(officer_themes.insert().values(user_id=officer.id, theme_id=mine.need.themes[0].id))
    db.session.commit()
    client.sign_in(officer)
    for step, links in {"replies": '/staff/replies/[^"]+', "matched": '/staff/matches/[^"]+'}.items():
        page = client.get(f"/staff/statistics/funnel/{step}").text
        assert theirs.organization.name in page, "which organizations there are is no secret among staff"
        found = re.findall(links, page)
        assert [client.get(link).status_code for link in found] == [200]


def test_a_funnel_takes_as_many_queries_for_many_parts_as_for_one(app, client, now, count_queries, monkeypatch):
    client.sign_in(a_user())
    monkeypatch.setattr(need_bits, "_hold", lambda versions: False)  # so that all is read each time
    a_registration(a_briefing(needs=2))
    sent = {}
    for turn in ("first", "one", "three"):
        if turn == "three":
            for _ in range(2):
                a_registration(a_briefing(needs=2))
        with count_queries() as sent[turn]:
            client.get("/staff/statistics/funnel?by=theme")
            client.get("/staff/statistics/funnel/registered")
    assert len(sent["three"]) == len(sent["one"])


def test_who_is_behind_a_number_is_neither_counted_nor_looked_for_where_that_is_known(app, client, now, count_queries):
    client.sign_in(a_user())
    early, late = (a_briefing(starts_at=now - timedelta(hours=hours), ends_at=now) for hours in (50, 2))
    for briefing in (early, late):
        for _ in range(30):
            a_registration(briefing)
    jobs.count_people_ahead(app)
    with count_queries() as sent:
        page = client.get("/staff/statistics/funnel/registered?page=2").text
    assert "참가 신청 60명" in words_of(page) and early.title in page and late.title not in page
    [asked] = [statement for statement in sent if "FROM registrations" in statement]
    assert "count(" not in asked and "briefings.id IN" in asked


def words_of(page):
    """What it says, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_funnel_is_there_under_the_address_of_the_other_language_too(app, client):
    client.sign_in(a_user())
    a_round(name="2026년 하반기 수요조사")
    assert "2026년 하반기 수요조사" in client.get("/en/staff/statistics/funnel").text
