"""Who can present when: asked by mail, answered behind a personal link or by staff, looked at by the planner."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule.availability import Availability
from briefings.schedule.models import PresenterSlot
from briefings.seasons import making as seasons
from briefings.seasons.models import AvailabilityRequest, SeasonTime
from briefings.seasons.problem import ask_of, time_key
from tests.builders import a_briefing, a_user, saved
from tests.schedule.letters import delivered, dropped
from tests.seasons.plans import AT, SEOUL, a_season, some_needs

LATER = AT + timedelta(days=7)
HOST = "http://briefings.example.kr"


@pytest.fixture
def season(officer, topic):
    """Three needs of two people who can be asked, and one of somebody without an address; two times."""
    needs = some_needs(topic, 4)
    needs[1].contact_email, needs[1].contact_name = "P1@example.kr", "담당 1"
    needs[3].contact_email, needs[3].contact_name = "", "담당 무명"
    a_user(Role.OWNER, email="p3@example.kr", locale="en")
    return a_season(officer, needs, [AT, LATER])


def link_in(letter) -> str:
    """The personal address in a mail, as the client opens it."""
    return next(line for line in letter.text.splitlines() if "/present/times/" in line).strip().removeprefix(HOST)


def field(moment: datetime) -> str:
    return f"at_{moment.astimezone(UTC):%Y%m%d%H%M}"


def known() -> dict[tuple[str, datetime], bool]:
    """What is written down of everybody."""
    db.session.expire_all()
    return {(each.email, each.starts_at): each.possible for each in db.session.scalars(select(Availability))}


class TestAsking:
    def test_shows_the_mails_first_then_sends_each_person_one(self, app, desk, season):
        page = f"/staff/seasons/{season.id}/availability"
        assert "2명에게 발표 가능 시간 묻기" in desk.get(page).text
        shown = desk.get(f"{page}/ask").text
        for words in (
            "2명(담당 1, 담당 3)에게 발표할 수 있는 시각을 묻습니다",
            "담당 무명",
            "받는 사람이 보는 모습",
            "hidden-in-preview",
        ):
            assert words in shown, words
        assert not db.session.scalars(select(Message)).all()
        assert not db.session.scalars(select(AvailabilityRequest)).all()
        assert "2명에게 발표 가능 시간을 물었습니다" in desk.post(f"{page}/ask", follow_redirects=True).text
        [korean], [english] = delivered(app, "p1@example.kr"), delivered(app, "p3@example.kr")
        assert "과제 1" in korean.text and "과제 2" in korean.text and "2027. 1. 13.(수) 14:00" in korean.text
        assert "그 가운데 과제마다 한 자리씩 맡으십니다" in korean.text, "two needs are two places"
        assert english.subject == "[Please reply] When can you present?"
        assert "/en/present/times/" in english.text and "Wed 6 Jan 2027, 14:00 KST" in english.text
        again = desk.get(f"{page}/ask").text
        assert "지금 물을 사람이 없습니다" in again and "전자우편 보내기" not in again
        [asked] = [entry for entry in history_of(season) if entry.action == "season.availability_asked"]
        assert asked.detail == {"people": 2}

    def test_needs_times_first(self, desk, officer, topic):
        season = a_season(officer, some_needs(topic, 1), [])
        page = f"/staff/seasons/{season.id}/availability"
        assert "아직 시각이 없습니다" in desk.get(page).text
        assert "아직 시각이 없습니다" in desk.get(f"{page}/ask", follow_redirects=True).text
        assert "아직 수요가 없어" in desk.get(f"/staff/seasons/{a_season(officer).id}/availability").text

    def test_reminds_only_those_who_have_not_said_all_and_once_a_day(self, app, desk, officer, season, now):
        page = f"/staff/seasons/{season.id}/availability"
        desk.post(f"{page}/ask")
        [one], [_] = delivered(app, "p1@example.kr"), delivered(app, "p3@example.kr")
        desk.post(link_in(one), data={"all": "1"})
        assert "다 답하지 않은 1명에게 다시 묻기" in desk.get(page).text
        assert "담당 3" in desk.get(f"{page}/remind").text
        for sentence in ("1명에게 다시 물었습니다", "오늘 다시 물을 사람이 없습니다"):
            assert sentence in desk.post(f"{page}/remind", follow_redirects=True).text
        assert [letter.kind for letter in delivered(app, "p3@example.kr")][1:] == ["availability_reminded"]
        # A time that came in since makes an answer incomplete.
        saved(SeasonTime(season_id=season.id, starts_at=LATER + timedelta(days=7)))
        with time_machine.travel(now + timedelta(days=1), tick=False):
            desk.sign_in(officer)
            assert "2명에게 다시 물었습니다" in desk.post(f"{page}/remind", follow_redirects=True).text
            with unit_of_work():
                seasons.discard(season, "", by=a_user(), now=now + timedelta(days=1))
            delivered(app, "p1@example.kr")
        assert dropped("p1@example.kr") == [("availability_reminded", "일정이 정해졌거나 더는 발표할 사람이 아닙니다.")]


class TestAnswering:
    @pytest.fixture
    def page(self, app, desk, season) -> str:
        """The address of the first person's page."""
        desk.post(f"/staff/seasons/{season.id}/availability/ask")
        [letter] = delivered(app, "p1@example.kr")
        return link_in(letter)

    def test_nothing_is_answered_beforehand_and_every_time_is_asked(self, client, season, page):
        shown = client.get(page).text
        for words in ("발표하실 수 있는 시각", "과제 1", "과제 2", "2027. 1. 6.(수) 14:00", "모두 가능하다고 답하기"):
            assert words in shown, words
        assert "checked" not in shown and "과제 3" not in shown
        assert "그 가운데 과제마다 한 자리씩 맡으십니다" in shown
        assert '<html lang="en"' in client.get(f"/en{page}").text
        part = client.post(page, data={field(AT): "no", "note": "2월은 어렵습니다."}).text
        assert "가능과 불가 가운데 골라 주세요" in part and "2월은 어렵습니다." in part and not known()
        done = client.post(
            page, data={field(AT): "no", field(LATER): "yes", "note": "2월은 어렵습니다."}, follow_redirects=True
        ).text
        assert "답해 주셔서 고맙습니다" in done
        assert known() == {("p1@example.kr", AT): False, ("p1@example.kr", LATER): True}
        assert 'value="no" checked' in done or "checked" in done

    def test_may_be_changed_until_the_season_is_settled(self, client, season, page, officer, now):
        client.post(page, data={"all": "1"})
        assert set(known().values()) == {True}
        client.post(page, data={field(AT): "no", field(LATER): "no"})
        assert set(known().values()) == {False}
        with unit_of_work():
            seasons.discard(season, "", by=officer, now=now)
        late = client.get(page).text
        assert "더는 답을 받지 않습니다" in late and "답 보내기" not in late
        assert "더는 답을 받지 않습니다" in client.post(page, data={"all": "1"}, follow_redirects=True).text
        assert set(known().values()) == {False}

    def test_a_link_opens_one_persons_page_only(self, client, season, page):
        assert client.get(f"{page}x").status_code == client.get("/present/times/abc.def").status_code == 404
        request = db.session.scalars(
            select(AvailabilityRequest).where(AvailabilityRequest.email == "p1@example.kr")
        ).one()
        request.link_version += 1
        db.session.commit()
        ended = client.get(page)
        assert ended.status_code == 410 and "새 링크를 보냈습니다" in ended.text

    def test_staff_see_the_answers_and_write_down_what_they_heard(self, desk, client, season, page):
        desk.post(page, data={field(AT): "no", field(LATER): "yes", "note": "국외 출장"})
        shown = desk.get(f"/staff/seasons/{season.id}/availability").text
        assert "불가 1개" in shown and "국외 출장" in shown
        assert "불가 1명" in desk.get(f"/staff/seasons/{season.id}/times").text
        third = season.cards[2].need_id
        enter = f"/staff/seasons/{season.id}/availability/of/{third}"
        assert "담당 3 님의 답 적기" in desk.get(enter).text
        assert "담당 3 님의 답을 적었습니다" in desk.post(enter, data={"all": "1"}, follow_redirects=True).text
        assert known()["p3@example.kr", AT] is True
        nameless = f"/staff/seasons/{season.id}/availability/of/{season.cards[3].need_id}"
        assert "전자우편이 없어" in desk.get(nameless).text
        assert "전자우편이 없어" in desk.post(nameless, data={"all": "1"}).text
        assert desk.get(f"/staff/seasons/{season.id}/availability/of/999999").status_code == 404


def test_the_planner_is_told_who_cannot_when_and_who_is_busy_elsewhere(officer, season, now):
    first, second, third, fourth = [card.need for card in season.cards]
    second.key_since, fourth.matched_at = now, now
    given = {"ends_at": AT + timedelta(minutes=110), "said_at": now}
    db.session.add(Availability(email="p1@example.kr", starts_at=AT, possible=False, **given))
    # What was said of a time that overlaps counts; what was said of the very time counts more.
    overlaps = {"starts_at": LATER - timedelta(hours=1), "ends_at": LATER + timedelta(minutes=30), "said_at": now}
    db.session.add(Availability(email="p3@example.kr", possible=False, **overlaps))
    db.session.add(Availability(email="p1@example.kr", possible=False, **overlaps))
    exact = {"starts_at": LATER, "ends_at": LATER + timedelta(hours=2), "said_at": now}
    db.session.add(Availability(email="p1@example.kr", possible=True, **exact))
    busy = a_briefing(title="다른 설명회", starts_at=AT + timedelta(minutes=30))
    busy.slots[0].presenter_email = "Nuri@example.kr"
    over = a_briefing(title="지난 설명회", starts_at=now - timedelta(days=9))
    over.slots += [PresenterSlot(need=need, position=place) for place, need in enumerate((second, third), start=2)]
    second.last_reply_at, third.last_reply_at = now - timedelta(days=8), now - timedelta(days=10)
    db.session.commit()
    asked = ask_of(seasons.numbered(season.id), now, SEOUL)
    problem, needs = asked.problem, asked.problem.need
    assert asked.left_out == {fourth.id: "이미 성사되었습니다."}
    assert needs.keys() == {str(need.id) for need in (first, second, third)}
    assert needs[str(first.id)].presenter == needs[str(second.id)].presenter == "p1@example.kr"
    assert needs[str(first.id)].unavailable == {time_key(AT, SEOUL)}
    assert needs[str(third.id)].unavailable == {time_key(LATER, SEOUL)}
    assert needs[str(second.id)].is_key and not needs[str(first.id)].is_key
    past = [(need.waiting_days, need.presented_on, need.replied) for need in needs.values()]
    assert past == [(21, "", False), (9, "2026-11-14", True), (9, "2026-11-14", False)]
    assert [time.starts_at.hour for time in problem.times] == [14, 14]
    assert [(each.title, each.presenters) for each in problem.held.busy] == [("다른 설명회", {"nuri@example.kr"})]
    assert over.title not in {each.title for each in problem.held.busy}
