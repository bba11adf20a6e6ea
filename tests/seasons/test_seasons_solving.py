"""A season is solved by the worker, its plan taken over with every reason, unless the board changed meanwhile."""

from datetime import timedelta

import pytest

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.demo.loading import Demo
from briefings.jobs import do_tasks
from briefings.planner.model import LeftOver, Reason
from briefings.seasons import board, board_steps
from briefings.seasons import making as seasons
from briefings.seasons import solving as season_solving
from briefings.seasons.candidate_times import add_times
from briefings.seasons.easing import mark_of
from briefings.seasons.models import Lane, SeasonTime
from briefings.seasons.problem import ask_of
from briefings.tasks.models import TaskState
from briefings.tasks.running import Stopping, do_next
from tests.builders import a_theme, a_user, an_audience
from tests.seasons.plans import AT, SEOUL, a_lane, a_season, a_way, an_outcome, some_needs

LATER, LAST = AT + timedelta(days=7), AT + timedelta(days=14)
REASON = Reason("test", {})


def placed(season) -> dict[str, list[str]]:
    """The briefings by their day, each with its needs in order; under "-" what is left over."""
    db.session.expire_all()
    loaded = seasons.numbered(season.id)
    found = {
        f"{lane.starts_at:%m-%d}": [card.need.title for card in cards] for lane, cards in seasons.lanes_in_order(loaded)
    }
    left = sorted((card for card in loaded.cards if card.lane_id is None), key=lambda card: card.position)
    return found | {"-": [card.need.title for card in left]}


class TestTakingAPlanOver:
    @pytest.fixture
    def needs(self, topic):
        return some_needs(topic, 5)

    @pytest.fixture
    def season(self, officer, needs):
        return a_season(officer, needs, [AT, LATER, LAST])

    def taken(self, season, officer, now, briefings, left_over=(), **given):
        outcome = an_outcome(season, now, briefings, left_over, reason=REASON, **given)
        with unit_of_work():
            season_solving.take(seasons.numbered(season.id), outcome, officer, now)

    def test_puts_lanes_and_cards_with_their_reasons_in_one_step_that_can_be_undone(
        self,
        desk,
        officer,
        season,
        needs,
        now,
    ):
        first, second, third, fourth, fifth = needs
        left = LeftOver(str(fifth.id), (REASON,), (a_way("if_max", max=4),))
        self.taken(season, officer, now, [(LATER, [third, first]), (AT, [second, fourth])], [left])
        assert placed(season) == {"01-06": ["과제 2", "과제 4"], "01-13": ["과제 3", "과제 1"], "-": ["과제 5"]}
        assert (season.version, season.solved_version, season.solved_at) == (1, 1, now)
        assert season.lanes[0].why["reasons"] == [{"code": "test", "values": {}}]
        shown = desk.get(f"/staff/seasons/{season.id}").text
        for words in (
            "어떤 편성도 이것보다 10.0% 넘게 좋을 수 없습니다",
            "많아야 수요 1건을 더 넣는 만큼의 차이입니다",
            "설명회 2회",
            "2027. 1. 6.(수) 14:00~14:50",
            "가능한지 확인 전",
            "남은 수요 1건",
            "이렇게 하면 들어갈 수 있습니다",
            "확정하고 초안 만들기",
        ):
            assert words in shown, words
        assert "지난번과 달라진 것" not in shown
        with unit_of_work():
            board_steps.undo(season, 1, by=officer, now=now)
        assert placed(season) == {"-": [f"과제 {n}" for n in range(1, 6)]}
        assert "계산한 뒤에 편성판을 1번 고쳤습니다" in desk.get(f"/staff/seasons/{season.id}").text

    def test_says_what_changed_since_the_last_and_keeps_what_is_fast(self, desk, officer, season, needs, now):
        first, second, third, fourth, fifth = needs
        self.taken(season, officer, now, [(AT, [first, second]), (LATER, [third, fourth])])
        fast, other = season.lanes
        fast.locked, fast.title = True, "고정한 설명회"
        other_id = other.id
        db.session.commit()
        held = ask_of(seasons.numbered(season.id), now, SEOUL).problem.held.briefings
        assert [(each.key, each.title, each.whole, each.needs) for each in held] == [
            (str(fast.id), "고정한 설명회", True, (str(first.id), str(second.id)))
        ]
        outcome = an_outcome(season, now, [(AT, [first, second]), (LAST, [third, fifth])], objective=9, bound=9)
        outcome["briefings"][0]["held"] = str(fast.id)
        with unit_of_work():
            season_solving.take(seasons.numbered(season.id), outcome, officer, now)
        assert placed(season) == {"01-06": ["과제 1", "과제 2"], "01-20": ["과제 3", "과제 5"], "-": []} | {
            "-": ["과제 4"]
        }
        assert fast in season.lanes and fast.locked and db.session.get(Lane, other_id) is None
        shown = desk.get(f"/staff/seasons/{season.id}").text
        for words in (
            "지난번과 달라진 것: 수요 3건",
            "지난번에는 설명회 2회에 수요 4건이었습니다",
            "편성하지 않음",
            "되살림 × 되살림 기업, 2027. 1. 20.(수) 14:00",
            "이보다 좋은 편성은 없다는 것을 계산으로 확인했습니다",
            "고정한 설명회",
        ):
            assert words in shown, words

    def test_each_way_out_is_one_press_or_leads_there(self, desk, officer, season, needs, now):
        other = an_audience()
        ways = [
            a_way("if_min", min=1),
            a_way("if_max", max=7),
            a_way("if_parallel", parallel=2),
            a_way("if_organization"),
            a_way("if_sharing", pair=[str(needs[0].audiences[0].id), str(other.id)], names=["가", "나"]),
            a_way("if_time"),
            a_way("if_time", time="2027-03-01T14:00+09:00"),
            a_way("if_presenter"),
            a_way("if_loose"),
        ]
        left = [LeftOver(str(need.id), (REASON,), tuple(ways)) for need in needs]
        self.taken(season, officer, now, [], left)
        page = f"/staff/seasons/{season.id}"
        shown = desk.get(page).text
        for words in (
            *(
                "한 회 최소를 1건으로 줄이기",
                "한 회 최대를 7건으로 늘리기",
                "같은 시간에 2회까지 열기",
                "두 설명회에 나와도",
            ),
            *("가·나 함께 부르기", "2027. 2. 3.(수) 14:00 넣기", "(삼일절)", "담당 1 님의 답 고치기", "고정 풀기"),
        ):
            assert words in shown, words
        marks = [mark_of(way.code, way.values) for way in ways]
        for mark, said in zip(
            marks,
            (
                *("한 회의 최소 수요: 2 → 1", "한 회의 최대 수요: 6 → 7", "같은 시간에 여는 설명회: 1 → 2"),
                *("한 수요기관은 한 번에 한 설명회: 예 → 아니요", "함께 여는 대상", "시각 2027. 2. 3.(수) 14:00"),
            ),
            strict=False,
        ):
            done = desk.post(f"{page}/ease", data={"need": needs[0].id, "remedy": mark}, follow_redirects=True).text
            assert f"반영했습니다({said})" in done
        assert (season.min_slots, season.max_slots, season.parallel, season.organization_once) == (1, 7, 2, False)
        assert season.sharing == [sorted([needs[0].audiences[0].id, other.id])]
        assert [each.starts_at for each in season.times][-1] == AT + timedelta(days=28)
        wrong = [{"need": needs[1].id, "remedy": mark} for mark in (marks[0], marks[5], marks[7], "if_max:8", "0")]
        for given in [*wrong, {"need": 999999, "remedy": marks[1]}, {}]:
            assert "이미 반영했거나" in desk.post(f"{page}/ease", data=given, follow_redirects=True).text, given

    def test_cards_kept_in_a_lane_hold_its_topic_and_not_its_time(self, officer, season, needs, now):
        lane = a_lane(season, (needs[0].themes[0], needs[0].audiences[0]), needs[:2])
        season.cards[0].locked = True
        gone = SeasonTime(season_id=season.id, starts_at=now - timedelta(days=1))
        db.session.add(gone)
        db.session.commit()
        problem = ask_of(seasons.numbered(season.id), now, SEOUL).problem
        [held] = problem.held.briefings
        assert (held.key, held.time, held.needs, held.whole) == (str(lane.id), None, (str(needs[0].id),), False)
        assert [time.starts_at for time in problem.times] == [AT, LATER, LAST]  # what is past is no candidate
        lane.locked, lane.starts_at = True, gone.starts_at
        db.session.commit()
        problem = ask_of(seasons.numbered(season.id), now, SEOUL).problem
        assert [time.open for time in problem.times] == [False, True, True, True]

    def test_a_lane_with_cards_kept_in_it_stays_theirs_when_another_takes_its_time(self, officer, season, needs, now):
        lane = a_lane(season, (needs[0].themes[0], needs[0].audiences[0]), needs[:2], title="직원이 붙인 이름")
        next(card for card in season.cards if card.need_id == needs[0].id).locked = True
        db.session.commit()
        outcome = an_outcome(season, now, [(AT, needs[2:]), (LATER, needs[:2])])
        outcome["briefings"][1]["held"] = str(lane.id)
        with unit_of_work():
            season_solving.take(seasons.numbered(season.id), outcome, officer, now)
        assert placed(season) == {"01-06": ["과제 3", "과제 4", "과제 5"], "01-13": ["과제 1", "과제 2"], "-": []}
        assert (lane.starts_at, lane.title) == (LATER, "직원이 붙인 이름")
        assert [each.title for each in season.lanes if each is not lane] == [""]


class TestAskingForAPlan:
    def test_is_refused_where_there_is_nothing_to_plan_from(self, desk, officer, topic, now):
        for needs, times, why in (
            ([], [AT], "이 편성안에 수요가 없습니다"),
            (some_needs(topic, 1), [now - timedelta(days=1)], "앞으로 열 수 있는 시각이 없습니다"),
        ):
            season = a_season(officer, needs, times)
            page = f"/staff/seasons/{season.id}"
            assert why in desk.post(f"{page}/solve", data={"seconds": 10}, follow_redirects=True).text
            assert "찾는 시간" not in desk.get(page).text
        assert "찾는 시간을 골라" in desk.post(f"{page}/solve", data={"seconds": 7}, follow_redirects=True).text
        assert desk.post(f"{page}/take").status_code == 404

    def test_shows_that_it_is_under_way_and_can_be_ended(self, desk, officer, topic):
        season = a_season(officer, some_needs(topic, 3))
        page = f"/staff/seasons/{season.id}"
        shown = desk.post(f"{page}/solve", data={"seconds": 10}, follow_redirects=True).text
        assert "편성안을 만드는 중" in shown and "중단하기" in shown and "찾는 시간" not in shown
        again = desk.post(f"{page}/solve", data={"seconds": 10}, follow_redirects=True).text
        assert "이미 진행하고 있는 작업이 있습니다" in again
        task = season_solving.latest_task(season)
        desk.post(f"/staff/tasks/{task.public_id}/cancel", data={"back": page})
        assert "작업을 중단했습니다" in desk.get(page).text
        assert season_solving.latest_task(season).state is TaskState.CANCELLED


class TestTheWorker:
    @pytest.fixture
    def season(self, officer):
        """Seven needs of one topic and two of another, four Wednesdays."""
        one, other = (a_theme(), an_audience()), (a_theme(), an_audience())
        needs = [*some_needs(one, 7), *some_needs(other, 2)]
        for number, need in enumerate(needs):
            need.contact_email = f"w{number}@example.kr"
        return a_season(officer, needs, [AT, LATER, LAST, LAST + timedelta(days=7)], min_slots=3, max_slots=4)

    def solved(self, app, desk, season):
        desk.post(f"/staff/seasons/{season.id}/solve", data={"seconds": 10})
        do_tasks(app)
        db.session.expire_all()
        return season_solving.latest_task(season)

    def test_plans_as_well_as_can_be_and_says_why_and_what_would_help(self, app, desk, season):
        task = self.solved(app, desk, season)
        assert (task.state, task.result["state"]) == (TaskState.DONE, "taken"), task.error
        assert season.objective == season.bound
        sizes = sorted(len(titles) for day, titles in placed(season).items() if day != "-")
        assert sizes == [3, 4] and len(placed(season)["-"]) == 2
        left = [card for card in season.cards if card.lane_id is None]
        assert all(card.why["sentences"] and card.why["remedies"] for card in left)
        assert all(card.why["sentences"] for card in season.cards) and all(
            lane.why["sentences"] for lane in season.lanes
        )
        shown = desk.get(f"/staff/seasons/{season.id}").text
        assert "이보다 좋은 편성은 없다는 것을" in shown and "_" not in season.cards[0].why["sentences"][0]
        # Doing as the remedy says gives the two a briefing of their own.
        assert "한 회 최소를 2건으로 줄이기" in shown
        desk.post(f"/staff/seasons/{season.id}/ease", data={"need": left[0].need_id, "remedy": "if_min:2"})
        self.solved(app, desk, season)
        assert placed(season)["-"] == []

    def test_overwrites_nothing_that_changed_while_it_planned(self, app, desk, officer, season, now, monkeypatch):
        whole = season_solving.solve_in_process

        def slow(problem, seconds, on_progress, wanted):
            plan = whole(problem, seconds, on_progress, wanted)
            with unit_of_work():
                add_times(season, [LAST + timedelta(days=70)], officer, now + timedelta(seconds=1))
            return plan

        monkeypatch.setattr(season_solving, "solve_in_process", slow)
        task = self.solved(app, desk, season)
        page = f"/staff/seasons/{season.id}"
        assert task.result["state"] == "stale" and season.version == 0
        shown = desk.get(page).text
        assert "계산하는 동안 편성안이 바뀌었습니다" in shown and "그래도 이 결과 놓기" in shown
        assert "편성판에 놓았습니다" in desk.post(f"{page}/take", follow_redirects=True).text
        assert season.version == 1 and len(season.lanes) == 2
        assert "이미 가져왔거나" in desk.post(f"{page}/take", follow_redirects=True).text

    def test_overwrites_nothing_that_changed_since_it_was_asked(self, app, desk, officer, season, now):
        desk.post(f"/staff/seasons/{season.id}/solve", data={"seconds": 10})
        with unit_of_work():
            add_times(season, [LAST + timedelta(days=70)], officer, now + timedelta(seconds=1))
        do_tasks(app)
        db.session.expire_all()
        assert season_solving.latest_task(season).result["state"] == "stale" and season.version == 0

        def killed(work):
            season_solving.solve(work)
            raise Stopping  # its plan is taken over, and nobody has written down that it was

        desk.post(f"/staff/seasons/{season.id}/solve", data={"seconds": 10})
        do_next({season_solving.KIND: killed}, clock.now, lambda: False)
        db.session.expire_all()
        moved = next(card.need_id for card in season.cards if card.lane_id)
        with unit_of_work():
            board.move(seasons.numbered(season.id), [moved], None, seen=season.version, by=officer, now=now)
        do_tasks(app)
        db.session.expire_all()
        assert season_solving.latest_task(season).result["state"] == "stale" and season.version == 2
        assert next(card for card in season.cards if card.need_id == moved).lane_id is None


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_the_needs_of_the_example_data_make_a_season_to_be_signed(app, desk, now):
    demo = Demo(now, SEOUL)
    with unit_of_work():
        needs = demo._needs()
    audiences = demo.audiences.values()
    public = [audience.id for audience in audiences if audience.name not in ("민간 기업", "협회·단체", "대학·연구기관")]
    rules = {
        "min_slots": 3,
        "max_slots": 6,
        "sharing": [public, [each.id for each in audiences if each.id not in public]],
    }
    wednesdays = [AT + timedelta(days=7 * week, hours=hour) for week in range(8) for hour in (-4, 0)]
    season = a_season(a_user(), needs, wednesdays, parallel=1, **rules)
    desk.post(f"/staff/seasons/{season.id}/solve", data={"seconds": 60})
    do_tasks(app)
    db.session.expire_all()
    lanes = seasons.lanes_in_order(seasons.numbered(season.id))
    sizes = [len(cards) for _, cards in lanes]
    assert season.objective == season.bound
    assert sum(sizes) >= len(needs) - 3 and min(sizes) >= 3 and max(sizes) <= 6
    for lane, cards in lanes:
        assert all(lane.theme in card.need.themes for card in cards)
    assert len({lane.starts_at for lane, _ in lanes}) == len(lanes)
    shown = desk.get(f"/staff/seasons/{season.id}/accept").text
    assert "확정하고 초안" in shown and "고칠 것" not in shown
