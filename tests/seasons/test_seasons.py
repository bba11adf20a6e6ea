"""A season as staff make it: its needs, its times, its rules, what accepting makes of it; all through its pages."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from briefings.needs.models import NeedState, Round
from briefings.needs.review_models import Outcome, Selection
from briefings.schedule.availability import Availability
from briefings.schedule.models import Briefing, BriefingState
from briefings.seasons import making as seasons
from briefings.seasons.candidate_times import Pattern, candidates, parsed_hours
from briefings.seasons.models import Season, SeasonState
from tests.builders import BEFORE, a_briefing, a_theme, an_audience, an_organization, saved
from tests.schedule.desk import text_of
from tests.seasons.plans import AT, SEOUL, a_lane, a_season, some_needs


class TestTimesByPattern:
    def outcome(self, now, **given):
        usual = {
            "weekdays": frozenset({0}),
            "hours": (time(14),),
            "first": date(2027, 2, 1),
            "last": date(2027, 3, 31),
        }
        return [
            (each.starts_at.strftime("%m-%d %H:%M"), each.left_out)
            for each in candidates(Pattern(**{**usual, **given}), [AT], now, SEOUL)
        ]

    def test_leave_out_holidays_with_their_names(self, now):
        found = dict(self.outcome(now, last=date(2027, 3, 8)))
        assert "설날" in found["02-08 14:00"] and "삼일절" in found["03-01 14:00"]
        assert found["02-01 14:00"] == found["03-08 14:00"] == ""
        substitute = self.outcome(now, weekdays=frozenset({1}), first=date(2027, 2, 9), last=date(2027, 2, 9))
        assert "설날 대체공휴일" in substitute[0][1]

    def test_have_several_hours_a_day_and_every_second_week_counted_from_the_first(self, now):
        found = self.outcome(
            now, weekdays=frozenset({1, 3}), hours=(time(14), time(10)), every=2, last=date(2027, 2, 19)
        )
        assert [at for at, _ in found] == [
            f"02-{day} {hour}" for day in ("02", "04", "16", "18") for hour in ("10:00", "14:00")
        ]

    def test_leave_out_what_is_past_or_there_already(self, now):
        days = {"weekdays": frozenset({2}), "last": date(2027, 1, 6)}
        assert self.outcome(now, first=date(2027, 1, 6), **days) == [("01-06 14:00", "이미 들어 있습니다.")]
        [past] = self.outcome(now, **{**days, "first": date(2026, 11, 18), "last": date(2026, 11, 18)})
        assert past[1] == "이미 지난 시각입니다."

    def test_must_end_after_they_begin_and_within_a_year_or_so(self, now):
        for last in (date(2027, 1, 1), date(2029, 1, 1)):
            with pytest.raises(Refused) as refused:
                self.outcome(now, last=last)
            assert refused.value.field == "last"
        with pytest.raises(Refused, match="1,416개나"):
            self.outcome(now, hours=tuple(time(hour) for hour in range(24)), weekdays=frozenset(range(7)))

    @pytest.mark.parametrize(
        "typed, read",
        [("14:00", (time(14),)), ("16:30, 9", (time(9), time(16, 30))), ("14시 30분·10시", (time(10), time(14, 30)))],
    )
    def test_hours_are_read_as_people_write_them(self, typed, read):
        assert parsed_hours(typed) == read

    @pytest.mark.parametrize("typed", ["25:00", "오후 2시", "14:60", ",", "14:00-15:00", "9" * 40])
    def test_what_is_no_hour_is_said(self, typed):
        with pytest.raises(Refused):
            parsed_hours(typed)


class TestMaking:
    def test_of_all_that_wait_then_its_times_then_ready_to_be_solved(self, desk, topic, now):
        some_needs(topic, 3)
        some_needs(topic, 1, state=NeedState.CLOSED)
        planned = a_briefing()
        assert "설명회를 기다리는 수요 3건" in desk.get("/staff/seasons").text
        empty = desk.post("/staff/seasons/new", data={"min_slots": "5", "max_slots": "3"}).text
        assert "이름을 입력해 주세요" in empty and "어떤 수요로 만들지 골라 주세요" in empty
        assert "최대는 최소 5건보다 적을 수 없습니다" in empty
        rules = {"min_slots": 2, "max_slots": 4, "talk_minutes": 10, "question_minutes": 5, "parallel": "",
                 "opening_minutes": 5, "closing_minutes": 5, "capacity": 80}  # fmt: skip
        rules |= {f"share_{topic[1].id}": "1", f"share_{planned.audience_id}": "1"}
        made = desk.post(
            "/staff/seasons/new", data={"name": "상반기", "source": "open", **rules}, follow_redirects=True
        )
        assert "수요 3건으로 편성안을 만들었습니다" in made.text
        season = db.session.scalars(select(Season)).one()
        assert [card.need.title for card in season.cards] == ["과제 1", "과제 2", "과제 3"]
        assert (season.capacity, season.parallel, season.organization_once) == (80, None, False)
        assert season.sharing == [sorted([topic[1].id, planned.audience_id])]
        assert seasons.length(season, 4) == 70
        page = f"/staff/seasons/{season.id}/times"
        pattern = {"weekdays": ["0", "2"], "hours": "14:00", "first": "2027-02-22", "last": "2027-03-03", "every": "1"}
        looked = desk.post(page, data={"do": "look", **pattern}).text
        assert "2027. 2. 22.(월) 14:00" in looked and "공휴일입니다(삼일절)" in looked and not season.times
        moments = [f"2027-02-{day}T14:00:00+09:00" for day in (22, 24)] + ["nonsense", "2027-02-24T14:00:00"]
        taken = desk.post(page, data={"do": "take", "moments": moments, **pattern}, follow_redirects=True).text
        assert "시각 2개를 넣었습니다" in taken
        one = desk.post(page, data={"do": "one", "starts_at": ["2027-01-06", "14:00"]}, follow_redirects=True).text
        assert "시각 1개를 넣었습니다" in one
        assert [each.starts_at.day for each in season.times] == [6, 22, 24]
        past = desk.post(page, data={"do": "one", "starts_at": ["2026-01-06", "14:00"]}).text
        assert "이미 지난 시각은 넣을 수 없습니다" in past and "오류: " in past
        gone = desk.post(page, data={"do": "remove", "times": [season.times[1].id]}, follow_redirects=True).text
        assert "시각 1개를 뺐습니다" in gone and [each.starts_at.day for each in season.times] == [6, 24]
        wrong = desk.post(page, data={"do": "look", **pattern, "weekdays": [], "hours": "오후 두 시"}).text
        assert "요일을 하나 이상 골라 주세요" in wrong
        assert (
            "시각으로 읽을 수 없습니다" in desk.post(page, data={"do": "look", **pattern, "hours": "오후 두 시"}).text
        )
        shown = desk.get(f"/staff/seasons/{season.id}").text
        assert "편성안 만들기" in shown and "수요 2~4건, 70분까지" in shown

    def test_of_the_selected_of_a_round_saying_what_cannot_be_presented(self, desk, officer, topic, now):
        window = {"opens_at": BEFORE, "closes_at": BEFORE + timedelta(days=9)}
        round_ = saved(Round(name="2026년 하반기", created_at=BEFORE, changed_at=BEFORE, **window))
        good, submitted, other, _ = [
            *some_needs(topic, 1, round_id=round_.id),
            *some_needs(topic, 1, round_id=round_.id, state=NeedState.SUBMITTED),
            *some_needs(topic, 2),
        ]
        for need in (good, submitted):
            decided = {"decided_by_id": officer.id, "decided_at": BEFORE, "reason": "효과가 큽니다."}
            saved(Selection(need_id=need.id, outcome=Outcome.SELECTED, **decided))
        usual = desk.get("/staff/seasons/new").text
        assert (
            "2026년 하반기 (선정 2건)" in usual
            and "checked" not in usual.split("어떤 수요로")[1].split("</fieldset>")[0]
        )
        from_the_round = desk.get(f"/staff/seasons/new?round={round_.id}").text
        assert re.search(r'<input[^>]*checked[^>]*value="round"', from_the_round)
        assert f'<option selected value="{round_.id}">' in from_the_round
        data = {"name": "주요 과제", "source": "round", "round": round_.id, "min_slots": 4, "max_slots": 6,
                "talk_minutes": 9, "question_minutes": 6, "opening_minutes": 10, "closing_minutes": 10}  # fmt: skip
        made = desk.post("/staff/seasons/new", data=data, follow_redirects=True).text
        assert "수요 1건으로" in made and "지금 설명회에 넣을 수 없는 수요 1건은 뺐습니다" in made
        season = db.session.scalars(select(Season)).one()
        assert season.round_id == round_.id and [card.need_id for card in season.cards] == [good.id]
        assert "다른 편성안에도 있습니다: 주요 과제" in desk.get(f"/staff/seasons/{a_season(officer).id}/needs").text
        assert other.id not in {card.need_id for card in season.cards}

    def test_needs_are_ticked_over_pages_and_filters_and_saved_at_the_end(self, desk, officer, topic, monkeypatch):
        monkeypatch.setattr("briefings.seasons.choosing.PER_PAGE", 2)
        first, second, third, fourth = some_needs(topic, 4)
        third.title = "갈대밭 되살리기"
        db.session.commit()
        season = a_season(officer, [first])
        page = f"/staff/seasons/{season.id}/needs"
        shown = desk.get(page).text
        assert "찾은 수요 4건, 고른 수요 1건" in shown and 'value="page-2"' in shown
        assert f'name="seen" type="hidden" value="{first.id}"' in shown
        seen = {"seen": first.id}
        turned = desk.post(page, data={**seen, "do": "page-2", "need": [first.id, second.id], "kept": ""}).text
        assert "새로 넣을 것 1건" in turned and f'name="kept" type="hidden" value="{first.id}.{second.id}"' in turned
        found = {**seen, "do": "look", "kept": f"{first.id}.{second.id}", "need": [fourth.id], "q": "갈대밭"}
        looked = desk.post(page, data=found).text
        assert "찾은 수요 1건, 고른 수요 3건" in looked
        everything = desk.post(page, data={**found, "do": "all"}).text
        assert "고른 수요 4건" in everything
        assert [card.need_id for card in season.cards] == [first.id]
        data = {**seen, "do": "save", "kept": f"{second.id}.{fourth.id}", "need": [third.id]}
        saved_ = desk.post(page, data=data, follow_redirects=True).text
        assert "3건을 넣었습니다, 1건을 뺐습니다" in saved_
        assert sorted(card.need_id for card in season.cards) == [second.id, third.id, fourth.id] and season.version == 1
        second.state = NeedState.WITHDRAWN
        db.session.commit()
        refused = desk.post(page, data={"do": "save", "kept": f"{first.id}.{second.id}.999999"}).text
        assert "이제 설명회에 넣을 수 없는 것이 있습니다" in refused
        assert "이제 넣을 수 없는 수요" in desk.get(page).text

    def test_rules_are_changed_unless_somebody_was_quicker(self, desk, officer, topic):
        season = a_season(officer, some_needs(topic, 2))
        page = f"/staff/seasons/{season.id}/rules"
        seen = season.changed_at.isoformat()
        data = {"name": "상반기", "min_slots": 1, "max_slots": 6, "talk_minutes": 9, "question_minutes": 6,
                "opening_minutes": 10, "closing_minutes": 10, "parallel": 2, "seen": seen}  # fmt: skip
        assert "규칙을 저장했습니다" in desk.post(page, data=data, follow_redirects=True).text
        assert (season.min_slots, season.parallel, season.organization_once) == (1, 2, False)
        late = desk.post(page, data={**data, "min_slots": 3}).text
        assert "그사이 다른 사람이" in late and season.min_slots == 1
        told = desk.get(f"/staff/seasons/{season.id}/history").text
        assert "한 회의 최소 수요: 2 → 1" in told and "이보람" in told


class TestSettling:
    def test_all_become_drafts_that_can_be_published_and_the_reason_is_kept(self, desk, officer, topic, now):
        needs = some_needs(topic, 5)
        late = AT + timedelta(days=7)
        season = a_season(officer, needs, [AT, late], talk_minutes=10, question_minutes=5, opening_minutes=5)
        first = a_lane(season, topic, needs[:2])
        second = a_lane(season, topic, needs[2:4], late, title="새활용 특집")
        third = a_lane(season, topic, [], AT + timedelta(days=14))
        page = f"/staff/seasons/{season.id}/accept"
        shown = desk.get(page).text
        for words in (
            "초안 2개를 한꺼번에",
            "남은 수요 1건은",
            "새활용 특집",
            "되살림 협업이음 사업설명회 (되살림 기업) 1회",
        ):
            assert words in shown, words
        assert "2회’에는 수요가 없어" in shown and "수요 4건은 발표할 수 있는지 아직 확인하지 않았습니다" in shown
        data = {"seen": season.version, "note": "국장 보고를 마침"}
        done = desk.post(page, data=data, follow_redirects=True).text
        assert "설명회 초안 2개를 만들었습니다" in done and "이미 확정해 초안으로 만든 편성안입니다" in done
        one, two = db.session.scalars(select(Briefing).order_by(Briefing.starts_at))
        assert (one.state, one.title) == (BriefingState.DRAFT, "되살림 협업이음 사업설명회 (되살림 기업) 1회")
        assert (one.starts_at, one.ends_at, one.capacity) == (AT, AT + timedelta(minutes=45), 100)
        assert (one.opening_minutes, one.slots[0].talk_minutes, one.slots[0].question_minutes) == (5, 10, 5)
        assert [slot.presenter_email for slot in one.slots] == ["p1@example.kr", "p2@example.kr"]
        assert (first.briefing_id, second.briefing_id, third.briefing_id) == (one.id, two.id, None)
        assert season.state is SeasonState.ACCEPTED and two.title == "새활용 특집"
        [accepted] = [entry for entry in history_of(season) if entry.action == "season.accepted"]
        assert accepted.detail["note"] == "국장 보고를 마침" and accepted.detail["left_over"] == [needs[4].id]
        assert "국장 보고를 마침" in desk.get(f"/staff/seasons/{season.id}/history").text
        for address in ("", "/needs", "/times", "/rules", "/availability"):
            assert "이미 확정해 초안으로" in desk.get(f"/staff/seasons/{season.id}{address}").text
        assert desk.get(page).status_code == desk.get(f"/staff/seasons/{season.id}/discard").status_code == 303
        assert "확정함" in desk.get("/staff/seasons?state=accepted").text

    def test_nothing_is_made_while_anything_stands_against_one(self, desk, officer, topic, now):
        needs = some_needs(topic, 9)
        needs[1].state, needs[2].matched_at = NeedState.CLOSED, now
        season = a_season(officer, needs, max_slots=3)
        a_lane(season, topic, needs[:4])
        a_lane(season, topic, needs[4:5], None)
        a_lane(season, topic, needs[5:6], now - timedelta(days=1))
        # The same person in two briefings of the season, and in one outside it.
        needs[7].contact_email = needs[6].contact_email = "twice@example.kr"
        a_lane(season, topic, needs[6:7], AT + timedelta(days=1))
        a_lane(season, topic, needs[7:8], AT + timedelta(days=1))
        outside = a_briefing(title="다른 설명회", starts_at=AT + timedelta(days=2))
        outside.slots[0].presenter_email = "P9@example.kr"
        db.session.commit()
        a_lane(season, topic, needs[8:9], AT + timedelta(days=2))
        page = f"/staff/seasons/{season.id}/accept"
        shown = desk.get(page).text
        for words in (
            "아직 확정할 수 없습니다",
            "한 회에 3건까지입니다",
            "‘과제 2’ 수요는 게시 중이 아닙니다",
            "‘과제 3’ 수요는 이미 성사되었습니다",
            "시각이 없습니다.",
            "시각이 이미 지났습니다.",
            "담당 8 님이 같은 시간에",
            "담당 9 님이 같은 시간에 ‘다른 설명회’에서도 발표합니다.",
        ):
            assert words in shown, words
        assert "확정하고 초안" not in shown
        before = db.session.scalars(select(Briefing.id)).all()
        assert "고친 뒤에 다시 확정해 주세요" in desk.post(page, data={"seen": season.version}).text
        assert db.session.scalars(select(Briefing.id)).all() == before and season.state is SeasonState.PLANNING

    def test_doubts_are_said_and_do_not_forbid(self, desk, officer, topic):
        needs = some_needs(topic, 2)
        needs[1].contact_email = ""
        season = a_season(officer, needs, min_slots=3)
        sunday = datetime(2027, 1, 10, 5, tzinfo=UTC)
        a_lane(season, topic, needs, sunday)
        given = {"ends_at": sunday + timedelta(hours=2), "possible": False, "said_at": BEFORE}
        saved(Availability(email="p1@example.kr", starts_at=sunday, **given))
        shown = desk.get(f"/staff/seasons/{season.id}/accept").text
        for words in (
            "정한 최소 3건보다 적습니다",
            "담당 1 님은 이 시각에 발표할 수 없다고",
            "전자우편이 없어",
            "일요일입니다",
        ):
            assert words in shown, words
        stale = desk.post(f"/staff/seasons/{season.id}/accept", data={"seen": season.version + 1}).text
        assert "그사이 편성판이 바뀌었습니다" in stale
        done = desk.post(f"/staff/seasons/{season.id}/accept", data={"seen": season.version}, follow_redirects=True)
        assert "설명회 초안 1개를 만들었습니다" in done.text

    def test_what_the_board_says_cannot_be_held_is_said_here_too(self, desk, officer, topic):
        needs = some_needs(topic, 7)
        needs[3].organization = needs[1].organization
        needs[6].contact_email, needs[6].contact_name = needs[5].contact_email, needs[5].contact_name
        season = a_season(officer, needs, [AT], min_slots=1, parallel=1, organization_once=True)
        a_lane(season, topic, needs[:2], title="가")
        a_lane(season, (topic[0], an_audience("다른 기업")), needs[2:4], title="나")
        a_lane(season, topic, needs[4:5], title="다")
        a_lane(season, topic, [], title="빈 것")
        # The same person twice, one after the other although the briefings overlap: doubtful, not impossible.
        a_lane(season, topic, needs[5:6], AT + timedelta(days=1))
        a_lane(season, topic, needs[6:7], AT + timedelta(days=1, minutes=30))
        board = text_of(desk.get(f"/staff/seasons/{season.id}/board").text)
        assert "이대로는 열 수 없습니다" in board
        shown = text_of(desk.get(f"/staff/seasons/{season.id}/accept").text)
        body = needs[1].organization.name
        for words, times in {
            "시간과 대상이 겹칩니다: 다": 1,
            "시간과 대상이 겹칩니다: 가": 1,
            f"{body} 수요가 같은 시간에 또 있습니다: 나": 1,
            "같은 시간에 설명회가 3개입니다. 1개까지 열 수 있습니다.": 3,
            "담당 6 님이 같은 시간에 또 발표합니다": 2,
            "빈 것": 1,
        }.items():
            assert shown.count(words) == times, (words, shown)
        assert "고칠 것" not in shown

    def test_a_season_given_up_stays_to_be_read(self, desk, officer, topic):
        season = a_season(officer, some_needs(topic, 1))
        page = f"/staff/seasons/{season.id}/discard"
        assert "이 편성안을 버리시겠습니까?" in desk.get(page).text
        desk.post(page, data={"why": "수요조사를 다시 하기로 함"})
        assert season.state is SeasonState.DISCARDED
        assert "수요조사를 다시 하기로 함" in desk.get(f"/staff/seasons/{season.id}/history").text
        assert "버린 편성안입니다" in desk.get(f"/staff/seasons/{season.id}").text
        solve = desk.post(f"/staff/seasons/{season.id}/solve", data={"seconds": 10}, follow_redirects=True).text
        assert "버린 편성안입니다" in solve


def test_every_page_asks_the_database_as_often_for_three_needs_as_for_twelve(desk, officer, count_queries):
    asked = []
    for number in (3, 12):
        topic = a_theme(), an_audience()
        needs = some_needs(topic, number, organization=an_organization())
        season = a_season(officer, needs, [AT + timedelta(days=7 * week) for week in range(number)], name=f"{number}")
        for place, need in enumerate(needs[:-1]):
            a_lane(season, topic, [need], AT + timedelta(days=7 * place))
        counts = []
        for page in ("", "/needs", "/times", "/rules", "/accept", "/availability", "/history"):
            address = f"/staff/seasons/{season.id}{page}"
            desk.get(address)  # what is asked once for all is asked before
            with count_queries() as sent:
                assert desk.get(address).status_code == 200
            counts.append((page, len(sent)))
        asked.append(counts)
    assert asked[0] == asked[1]
    assert max(number for _, number in asked[0]) <= 22, asked
