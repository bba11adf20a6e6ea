"""What staff do on the board of a season, what comes of it in the history, and who is in whose way."""

import random
from datetime import datetime

import pytest

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.seasons import board
from briefings.seasons.board_steps import (
    Deed,
    Picture,
    Stale,
    open_board,
    past,
    redo,
    take_step,
    tidy,
    to_redo,
    undo,
)
from briefings.seasons.models import BoardStep, Card, Lane, SeasonState
from tests.builders import a_need, a_theme, a_user, saved
from tests.seasons.boards import a_board, need_of, rows, state, time


@pytest.fixture
def other(app):
    return a_user(name="김하늘")


@pytest.fixture
def press(officer, now):
    """Do something on the board as the officer, having seen it as it is now, or at an earlier version."""

    def press(act, season, *args, seen=None, by=officer, **values) -> BoardStep | None:
        with unit_of_work():
            return act(season, *args, seen=season.version if seen is None else seen, by=by, now=now, **values)

    return press


@pytest.fixture
def take_back(officer, now):
    def take_back(season, step, by=officer, **how):
        with unit_of_work():
            return undo(season, step.version, by=by, now=now, **how)

    return take_back


def lane(season, number: int) -> int:
    return sorted(season.lanes, key=lambda lane: lane.position)[number - 1].id


def test_a_card_goes_to_a_place_in_a_lane_and_into_none(press):
    season = a_board(2, 1, heap=2)
    need = need_of(season, "미배정-2")

    step = press(board.move, season, [need], lane(season, 1), position=2)

    assert rows(season) == [["미배정-1"], ["1-1", "미배정-2", "1-2"], ["2-1"]]
    assert step.what == "‘수요 미배정-2’를 1회차 2번 자리로 옮겼습니다."
    assert (season.version, step.version, step.by.name) == (1, 1, "이보람")
    assert next(card for card in season.cards if card.need_id == need).why == {}, "the solver did not put it there"

    press(board.move, season, [need, need_of(season, "1-1")], None)
    assert rows(season) == [["미배정-1", "1-1", "미배정-2"], ["1-2"], ["2-1"]]
    press(board.move, season, [need_of(season, "2-1")], lane(season, 1), before=need_of(season, "1-2"))
    assert rows(season) == [["미배정-1", "1-1", "미배정-2"], ["2-1", "1-2"], []]
    assert press(board.move, season, [need_of(season, "1-2")], lane(season, 1)) is None, "nothing changed"
    assert season.version == 3


def test_a_card_goes_up_and_down_and_no_farther_than_the_ends(press):
    season = a_board(3, heap=2)
    first = need_of(season, "1-1")
    assert press(board.shift, season, first, 1).what == "‘수요 1-1’을 1회차 2번 자리로 옮겼습니다."
    assert rows(season)[1] == ["1-2", "1-1", "1-3"]
    press(board.shift, season, first, -1)
    assert rows(season)[1] == ["1-1", "1-2", "1-3"]
    assert press(board.shift, season, first, -1) is None
    left_over = press(board.shift, season, need_of(season, "미배정-1"), 1)
    assert left_over.what == "‘수요 미배정-1’을 미배정 2번 자리로 옮겼습니다."


def test_lanes_are_made_split_merged_and_deleted(press):
    season = a_board(3, heap=3)
    most = a_theme("많은 주제")
    for title in ("미배정-1", "미배정-2"):
        need = next(card.need for card in season.cards if card.need.title == f"수요 {title}")
        need.themes = [most, *need.themes]
    db.session.commit()

    step = press(board.make_lane, season, [need_of(season, f"미배정-{n}") for n in (1, 2, 3)])
    made = next(lane for lane in season.lanes if lane.position == 2)
    assert made.theme.name != "많은 주제", "three of three have the other theme"
    assert rows(season) == [[], ["1-1", "1-2", "1-3"], ["미배정-1", "미배정-2", "미배정-3"]]
    assert "‘수요 미배정-1’ 등 3건을 모아 2회차" in step.what

    press(board.split, season, [need_of(season, "1-2"), need_of(season, "1-3")])
    assert rows(season) == [[], ["1-1"], ["1-2", "1-3"], ["미배정-1", "미배정-2", "미배정-3"]]
    with pytest.raises(Refused, match="모두 골랐습니다"):
        press(board.split, season, [need_of(season, "1-1")])
    with pytest.raises(Refused, match="한 회차에 있는"):
        press(board.split, season, [need_of(season, "1-2"), need_of(season, "1-1")])

    press(board.merge, season, lane(season, 2), lane(season, 1))
    assert rows(season) == [[], ["1-1", "1-2", "1-3"], ["미배정-1", "미배정-2", "미배정-3"]]
    with pytest.raises(Refused, match="다른 회차"):
        press(board.merge, season, lane(season, 1), lane(season, 1))

    step = press(board.remove_lane, season, lane(season, 1))
    assert rows(season) == [["1-1", "1-2", "1-3"], ["미배정-1", "미배정-2", "미배정-3"]]
    assert "(수요 3건은 미배정으로) 지웠습니다." in step.what


def test_a_lane_takes_a_name_a_topic_and_one_of_the_seasons_times(press, now):
    season = a_board(1, 1, times=3)
    theme = a_theme("바다")
    first = season.lanes[0]
    given = {"title": "첫 설명회", "theme_id": theme.id, "audience_id": first.audience_id, "starts_at": time(2)}
    assert press(board.change_lane, season, first.id, **given).what == "1회차의 이름, 주제, 일시를 고쳤습니다."
    assert (first.title, first.theme.name, first.starts_at) == ("첫 설명회", "바다", time(2))
    assert press(board.change_lane, season, first.id, **given) is None

    step = press(board.set_time, season, first.id, time(0), "2026. 12. 9.(수) 14:00")
    assert step.what == "1회차를 2026. 12. 9.(수) 14:00에 열기로 했습니다."
    assert press(board.set_time, season, first.id, None, "").what == "1회차의 일시를 비웠습니다."
    with pytest.raises(Refused, match="편성안의 시각"):
        press(board.set_time, season, first.id, time(7), "")
    season.times[0].starts_at = now
    with pytest.raises(Refused, match="지난 일시"):
        press(board.set_time, season, first.id, now, "")

    press(board.order_by_time, season)
    assert [lane.title for lane in sorted(season.lanes, key=lambda lane: lane.position)] == ["", "첫 설명회"]


def test_what_is_held_says_so_and_is_free_again_where_it_has_no_lane(press):
    season = a_board(2, heap=1)
    need = need_of(season, "1-1")
    card = next(card for card in season.cards if card.need_id == need)
    assert press(board.hold, season, need, True).what == "‘수요 1-1’을 1회차에 고정했습니다."
    assert card.locked
    press(board.move, season, [need], None)
    assert not card.locked
    with pytest.raises(Refused, match="먼저 회차로"):
        press(board.hold, season, need_of(season, "미배정-1"), True)
    assert press(board.hold_lane, season, lane(season, 1), True).what == "1회차를 고정했습니다."
    assert press(board.hold_lane, season, lane(season, 1), False).what == "1회차를 고정한 것을 풀었습니다."


def test_everything_can_be_undone_one_by_one_and_done_again(press, take_back, officer, now):
    season = a_board(3, 2, heap=3)
    pictures, steps = [state(season)], []
    for act, *args in (
        (board.move, [need_of(season, "미배정-2")], lane(season, 2)),
        (board.hold, need_of(season, "미배정-2"), True),
        (board.make_lane, [need_of(season, "1-1"), need_of(season, "미배정-3")]),
        (board.split, [need_of(season, "2-1")]),
        (board.merge, lane(season, 1), lane(season, 2)),
        (board.remove_lane, lane(season, 2)),
        (board.shift, need_of(season, "미배정-1"), 1),
    ):
        steps.append(press(act, season, *args))
        pictures.append(state(season))
    for step, before in zip(reversed(steps), reversed(pictures[:-1]), strict=True):
        take_back(season, step)
        assert state(season) == before, step.what
    assert all(step.undone for step in steps)
    for after in pictures[1:]:
        with unit_of_work():
            redo(season, to_redo(past(season)).version, by=officer, now=now)
        assert state(season) == after
    assert to_redo(past(season)) is None
    assert season.version == 3 * len(steps)

    take_back(season, steps[-1])
    press(board.move, season, [need_of(season, "미배정-1")], lane(season, 1))
    assert to_redo(past(season)) is None, "something else was done since"
    with pytest.raises(Refused, match="다시 할 수 없습니다"), unit_of_work():
        redo(season, season.version - 1, by=officer, now=now)
    with pytest.raises(Refused, match="이미 되돌렸거나"):
        take_back(season, steps[-1])


def test_an_earlier_change_is_undone_while_nothing_later_builds_on_it(press, take_back):
    season = a_board(2, 2, heap=1)
    earlier = press(board.move, season, [need_of(season, "미배정-1")], lane(season, 1))
    elsewhere = press(board.shift, season, need_of(season, "2-1"), 1)
    assert [each.undoable for each in past(season)] == [True, True]
    later = press(board.shift, season, need_of(season, "1-1"), 1)
    assert [each.undoable for each in past(season)] == [True, True, False]
    with pytest.raises(Refused, match="나중에 한 변경부터"):
        take_back(season, earlier)
    take_back(season, later)
    take_back(season, earlier)
    assert rows(season) == [["미배정-1"], ["1-1", "1-2"], ["2-2", "2-1"]]
    take_back(season, elsewhere)
    assert rows(season) == [["미배정-1"], ["1-1", "1-2"], ["2-1", "2-2"]]


@pytest.mark.parametrize("seed", (0, 1, 19))
def test_whatever_was_done_can_be_undone_in_any_order_that_is_offered(press, take_back, seed):
    season, chance = a_board(3, 2, 2, heap=4), random.Random(seed)  # noqa: S311
    before = state(season)
    for _ in range(20):
        lanes = [*state(season).lanes]
        needs, two = [*before.cards], chance.sample(lanes, 2) if len(lanes) > 1 else None
        kind = chance.choices(("move", "undo", "merge", "make"), (5, 3, 1, 1))[0]
        if kind == "move":
            to = chance.choice([*lanes, None])
            press(board.move, season, chance.sample(needs, 2), to, position=chance.randint(1, 3))
        elif kind == "undo" and (free := [each.step for each in past(season) if each.undoable]):
            take_back(season, chance.choice(free))
        elif kind == "merge" and two:
            press(board.merge, season, *two)
        else:
            press(board.make_lane, season, chance.sample(needs, 2))
        rows(season)  # looks for gaps
    while free := [each.step for each in past(season) if each.undoable]:
        take_back(season, chance.choice(free))
    after = state(season)
    assert after.lanes == before.lanes
    assert {need: row for need, row in after.cards.items() if row["lane_id"]} == {
        need: row for need, row in before.cards.items() if row["lane_id"]
    }
    assert all(each.step.undone for each in past(season) if not each.took_back)


def test_somebody_elses_change_is_undone_only_knowingly(press, take_back, other):
    season = a_board(1, heap=1)
    step = press(board.move, season, [need_of(season, "미배정-1")], lane(season, 1), by=other)
    with pytest.raises(Refused, match="다른 사람이 한 변경"):
        take_back(season, step)
    assert take_back(season, step, others_too=True).what.endswith("되돌렸습니다.")


def test_who_looked_earlier_is_in_nobodys_way_elsewhere(press, other):
    season = a_board(2, 2, 1, heap=2)
    press(board.shift, season, need_of(season, "1-1"), 1, by=other)
    press(board.move, season, [need_of(season, "미배정-1")], lane(season, 1), by=other)
    assert press(board.move, season, [need_of(season, "미배정-2")], lane(season, 2), position=1, seen=0), (
        "from the heap"
    )
    assert press(board.move, season, [need_of(season, "3-1")], None, seen=0), "into the heap"
    assert rows(season) == [["3-1"], ["1-2", "1-1", "미배정-1"], ["미배정-2", "2-1", "2-2"], []]


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        pytest.param(("미배정-1", 1), ("미배정-1", 2), id="the same card"),
        pytest.param(("미배정-1", 1), ("미배정-2", 1), id="into the same lane"),
        pytest.param(("1-1", 0), ("1-2", 2), id="out of the same lane"),
    ],
)
def test_who_looked_earlier_and_touches_the_same_is_told_what_others_did(press, other, theirs, mine):
    season = a_board(2, 2, heap=2)
    first, second = (([need_of(season, title)], to and lane(season, to)) for title, to in (theirs, mine))
    press(board.move, season, *first, by=other)
    before = state(season)
    with pytest.raises(Stale) as caught:
        press(board.move, season, *second, seen=0)
    assert state(season) == before
    assert season.version == 1
    assert caught.value.deed.wish.endswith("옮기기")
    assert [(step.by.name, step.what) for step in caught.value.steps] == [("김하늘", season_step(season).what)]
    assert press(board.move, season, *second), "seen what they did, it may be done all the same"


def season_step(season) -> BoardStep:
    return past(season)[-1].step


def test_what_is_gone_can_not_be_touched(press):
    season = a_board(1, 1)
    gone = lane(season, 2)
    press(board.remove_lane, season, gone)
    for act, args in ((board.move, ([need_of(season, "1-1")], gone)), (board.remove_lane, (gone,))):
        with pytest.raises(board.Gone, match="회차가 없어졌습니다"):
            press(act, season, *args, seen=0)
    with pytest.raises(board.Gone, match="빠졌습니다"):
        press(board.move, season, [a_need().id], None)
    with pytest.raises(Refused, match="먼저 수요를 골라"):
        press(board.move, season, [], None)


def test_a_lane_whose_number_was_given_away_comes_back_under_another(press, take_back, other):
    season = a_board(1, 2)
    moved = press(board.shift, season, need_of(season, "2-1"), 1)
    number = lane(season, 2)
    before = state(season)
    gone = press(board.remove_lane, season, number)
    elsewhere = a_board()
    topic = {"theme_id": season.lanes[0].theme_id, "audience_id": season.lanes[0].audience_id}
    saved(Lane(id=number, season_id=elsewhere.id, position=1, **topic))

    take_back(season, gone)
    assert rows(season) == [[], ["1-1"], ["2-2", "2-1"]]
    assert in_order(state(season)) == in_order(before)
    take_back(season, moved)
    assert rows(season) == [[], ["1-1"], ["2-1", "2-2"]]
    assert rows(elsewhere) == [[], []]


def in_order(board: Picture) -> list[dict[str, object]]:
    """The lanes without their numbers."""
    return sorted(board.lanes.values(), key=lambda lane: lane["position"])


def test_needs_that_come_and_go_are_part_of_the_history(officer, now, take_back):
    season = a_board(2)
    need, gone = a_need(title="수요 새것"), need_of(season, "1-1")
    with unit_of_work():
        before = open_board(season)
        db.session.delete(next(card for card in season.cards if card.need_id == gone))
        db.session.add(Card(season_id=season.id, need_id=need.id))
        tidy(season)
        step = take_step(season, before, Deed("수요를", "바꾸었습니다", "바꾸기"), by=officer, now=now)
    assert rows(season) == [["새것"], ["1-2"]]
    take_back(season, step)
    assert rows(season) == [[], ["1-1", "1-2"]]


def test_a_settled_season_stays_as_it_is(press, take_back, officer):
    season = a_board(2)
    step = press(board.shift, season, need_of(season, "1-1"), 1)
    season.state, season.settled_at = SeasonState.ACCEPTED, datetime.now().astimezone()
    db.session.commit()
    with pytest.raises(Refused, match="확정"):
        press(board.shift, season, need_of(season, "1-1"), -1)
    with pytest.raises(Refused, match="확정"):
        take_back(season, step)
