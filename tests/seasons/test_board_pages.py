"""The staff's pages of a board, as staff use them without script."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from briefings.db import db
from briefings.needs.models import NeedState
from briefings.schedule.availability import Availability
from briefings.schedule.models import BriefingState, PresenterSlot
from briefings.seasons.models import AvailabilityRequest, BoardStep, Lane, SeasonState
from tests.builders import BEFORE, a_briefing, a_theme, a_user, an_audience, saved
from tests.client import PageClient
from tests.seasons.boards import a_board, need_of, rows, time


@pytest.fixture
def second_desk(app) -> PageClient:
    return app.test_client().sign_in(a_user(name="김하늘"))


def address(season, path: str = "") -> str:
    return f"/staff/seasons/{season.id}/board{path}"


def lane(season, number: int) -> Lane:
    return sorted(season.lanes, key=lambda lane: lane.position)[number - 1]


def press(desk, season, path, **form):
    """Press a button of the board as it is now."""
    return desk.post(address(season, path), data={"seen": season.version} | form)


def post(desk, season, path, **form):
    """Press it, and the page it leads to."""
    return desk.post(address(season, path), data={"seen": season.version} | form, follow_redirects=True)


def text_of(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def part(html: str, name: str) -> str:
    """The words of the section or article with this id."""
    found = re.search(rf'<(section|article|div)[^>]* id="{name}".*?</\1>', html, re.S)
    assert found, name
    return text_of(found.group())


def test_a_move_is_said_shown_and_can_be_undone_and_done_again(desk, officer):
    season = a_board(1, heap=1)
    need = need_of(season, "미배정-1")
    answer = desk.post(
        address(season, "/move"), data={"seen": 0, "need": need, "to": lane(season, 1).id, "position": 1}
    )
    assert answer.status_code == 303
    assert answer.location.endswith(f"/board?said=1&at=need-{need}#need-{need}"), "where the card is"

    page = desk.get(answer.location)
    said = "‘수요 미배정-1’을 1회차 1번 자리로 옮겼습니다."
    assert said in part(page.text, "said")
    assert "되돌리기" in part(page.text, "said")
    assert rows(season) == [[], ["미배정-1", "1-1"]]
    assert "이보람(본인)" in text_of(page.text)

    page = post(desk, season, "/undo/1")
    assert f"“{said}” 되돌렸습니다." in part(page.text, "said")
    assert rows(season) == [["미배정-1"], ["1-1"]]
    page = post(desk, season, "/redo/2")
    assert "다시 했습니다." in part(page.text, "said")
    assert rows(season) == [[], ["미배정-1", "1-1"]]
    assert desk.get(address(season, "/history")).text.count(">되돌리기<") == 1


def test_the_buttons_of_cards_and_lanes(desk):
    season = a_board(2, 1, heap=2)
    first, second = need_of(season, "1-1"), need_of(season, "1-2")
    press(desk, season, "/move", need=first, do="down")
    press(desk, season, "/hold", need=first, on=1)
    press(desk, season, f"/lanes/{lane(season, 2).id}/hold", on=1)
    assert rows(season)[1] == ["1-2", "1-1"]
    page = desk.get(address(season)).text
    assert "고정" in part(page, f"need-{first}") and "고정" in part(page, f"lane-{lane(season, 2).id}")
    press(desk, season, "/hold", need=first, on=0)

    page = post(desk, season, "/lanes", need=[need_of(season, "미배정-1"), need_of(season, "미배정-2")])
    made = lane(season, 3)
    assert "일시 없음" in part(page.text, f"lane-{made.id}")
    press(desk, season, f"/lanes/{made.id}/time", starts_at=time(2).isoformat())
    assert "2026. 12. 11.(금) 14:00~14:50" in part(desk.get(address(season)).text, f"lane-{made.id}")
    press(desk, season, "/split", need=[second])
    assert rows(season) == [[], ["1-1"], ["1-2"], ["2-1"], ["미배정-1", "미배정-2"]]
    press(desk, season, "/order")
    assert rows(season) == [[], ["1-1"], ["2-1"], ["미배정-1", "미배정-2"], ["1-2"]]
    press(desk, season, f"/lanes/{lane(season, 4).id}/merge", into=lane(season, 1).id)
    page = post(desk, season, f"/lanes/{made.id}/remove")
    assert rows(season) == [["미배정-1", "미배정-2"], ["1-1", "1-2"], ["2-1"]]
    assert "지웠습니다" in part(page.text, "said")


def test_a_lane_has_a_page_for_its_name_topic_and_time(desk):
    season = a_board(1, 1)
    theme = a_theme("바다")
    path = f"/lanes/{lane(season, 1).id}"
    page = desk.get(address(season, path))
    assert f'<option selected value="{time(0).isoformat()}">' in page.text
    assert "2026. 12. 10.(목) 14:00 (2회차 있음)" in text_of(page.text)
    form = {"theme_id": theme.id, "audience_id": lane(season, 1).audience_id, "starts_at": time(3).isoformat()}
    page = post(desk, season, path, title="바다의 날", **form)
    assert "1회차의 이름, 주제, 일시를 고쳤습니다." in part(page.text, "said")
    assert "1회차 바다의 날" in text_of(page.text)
    page = post(desk, season, path, title="나" * 121, **form)
    assert "120자 이하로" in text_of(page.text)
    for wrong in ("내일", "0001-01-01T00:00:00+14:00", "2026-12-09T05:00:00"):
        assert "목록에 있는 것" in text_of(post(desk, season, path, title="", **form | {"starts_at": wrong}).text)
        assert post(desk, season, f"{path}/time", starts_at=wrong).status_code == 400
    assert desk.get(address(season, "/lanes/999999")).status_code == 404


def test_the_matrix_counts_what_is_left_and_shows_only_that(desk):
    season = a_board(1, 1, heap=3)
    other = a_theme("다른 주제")
    need = next(card.need for card in season.cards if card.need.title == "수요 미배정-1")
    need.themes = [other]
    lane(season, 2).theme = other
    season.cards[1].need.themes = [other]
    db.session.commit()
    theme, audience = lane(season, 1).theme_id, lane(season, 1).audience_id
    page = desk.get(address(season)).text
    assert re.findall(r"</span>(\d건)</a></td>", page) == ["2건", "1건"]

    shown = desk.get(address(season, f"?theme={other.id}&audience={audience}")).text
    assert "미배정 1건, 회차 1개를 보입니다 (다른 회차 1개는 감춤)." in text_of(shown)
    assert f'id="lane-{lane(season, 2).id}"' in shown and f'id="lane-{lane(season, 1).id}"' not in shown
    assert f'action="/staff/seasons/{season.id}/board/move?theme={other.id}&amp;audience={audience}"' in shown
    moved = desk.post(
        address(season, f"/move?theme={theme}&audience={audience}"),
        data={"seen": 0, "need": need_of(season, "미배정-2"), "to": 0, "before": need_of(season, "미배정-1")},
    )
    assert f"theme={theme}&audience={audience}" in moved.location, "the filter stays"
    assert rows(season)[0] == ["미배정-2", "미배정-1", "미배정-3"]


def test_lanes_say_what_is_wrong_with_them(desk, now):
    season = a_board(3, 1, 1, 1, min_slots=2, max_slots=2, parallel=1)
    lanes = [lane(season, number) for number in (1, 2, 3, 4)]
    lanes[1].starts_at = lanes[0].starts_at + timedelta(minutes=20)
    lanes[2].starts_at = now - timedelta(days=1)
    lanes[3].starts_at, lanes[3].theme, lanes[3].audience = time(20), a_theme("바다"), an_audience("기업")
    needs = {card.need.title.removeprefix("수요 "): card.need for card in season.cards}
    needs["2-1"].contact_email = needs["1-1"].contact_email.upper()
    needs["2-1"].organization = needs["1-2"].organization
    needs["1-3"].state = NeedState.CLOSED
    needs["1-2"].contact_email = needs["3-1"].contact_email = ""
    saved(AvailabilityRequest(season_id=season.id, name="발표자", email=needs["4-1"].contact_email, asked_at=now))
    span = {"starts_at": time(0), "ends_at": time(0) + timedelta(hours=1)}
    saved(Availability(email=needs["1-1"].contact_email, possible=False, said_at=now, **span))
    outside = a_briefing(starts_at=time(0), state=BriefingState.DRAFT)
    db.session.execute(
        update(PresenterSlot)
        .values(presenter_email=needs["1-1"].contact_email)
        .where(PresenterSlot.briefing == outside)
    )
    db.session.commit()

    page = desk.get(address(season)).text
    words = [part(page, f"lane-{each.id}") for each in lanes]
    for expected in (
        "45/30분",
        "1건 넘칩니다. 한 회차에 2건까지",
        "시간과 대상이 겹칩니다: 2회차",
        "발표자 11 님이 같은 시간에 또 발표합니다: 2회차",
        f"발표자 11 님이 같은 시간에 또 발표합니다: 설명회 ‘{outside.title}’",
        f"{needs['1-2'].organization.name} 수요가 같은 시간에 또 있습니다: 2회차",
        "같은 시간에 설명회가 3개입니다. 1개까지",
        "발표자 1명은 이 시각에 할 수 있는지 답하지 않았습니다.",
        "발표자가 이 시각에는 할 수 없다고 답했습니다.",
        "이 수요는 게시 중이 아닙니다.",
    ):
        assert expected in words[0], expected
    assert "1건 모자랍니다. 한 회차에 2건부터" in words[1]
    assert "이미 지난 일시입니다." in words[2]
    assert "전자우편 없음" in words[2]
    assert "편성안에 없는 시각입니다." in words[3]
    assert "회차의 주제(바다)와 맞지 않습니다." in words[3]
    assert "회차의 대상(기업)과 맞지 않습니다." in words[3]
    assert "발표 가능 시간 답 기다림" in words[3]
    assert "살펴볼 회차 4개" in text_of(page)

    lanes[1].audience = lanes[0].audience
    season.organization_once = season.parallel = None
    season.organization_once = False
    db.session.commit()
    words = part(desk.get(address(season)).text, f"lane-{lanes[0].id}")
    assert "수요가 같은 시간에 또" not in words and "개까지 열 수" not in words


def test_an_older_picture_is_refused_with_both_sides_and_can_be_insisted_on(desk, second_desk):
    season = a_board(1, 1, heap=1)
    need, first, second = need_of(season, "미배정-1"), lane(season, 1).id, lane(season, 2).id
    post(second_desk, season, "/move", need=need, to=second)
    sent = {"need": need, "to": first, "position": 1}

    answer = desk.post(address(season, "/move"), data={"seen": 0} | sent)
    assert answer.status_code == 409
    words = text_of(answer.text)
    assert "하려던 일 ‘수요 미배정-1’을 1회차 1번 자리로 옮기기" in words
    assert "‘수요 미배정-1’을 2회차 2번 자리로 옮겼습니다. 김하늘 님 · 2026. 11. 23.(월) 10:00" in words
    assert rows(season) == [[], ["1-1"], ["2-1", "미배정-1"]]
    hidden = dict(re.findall(r'<input type="hidden" name="(seen|need|to|position)" value="(\d*)">', answer.text))
    assert hidden == {"seen": "1", "need": str(need), "to": str(first), "position": "1"}
    desk.post(address(season, "/move"), data=hidden)
    assert rows(season) == [[], ["미배정-1", "1-1"], ["2-1"]]

    post(second_desk, season, f"/lanes/{second}/remove")
    answer = desk.post(address(season, "/move"), data={"seen": 2, "need": need, "to": second})
    assert answer.status_code == 409
    assert "이제는 할 수 없습니다. 그 회차가 없어졌습니다." in text_of(answer.text)
    assert "그대로 하기" not in answer.text


def test_another_persons_change_is_undone_on_a_page_that_names_them(desk, second_desk):
    season = a_board(1, heap=1)
    post(second_desk, season, "/move", need=need_of(season, "미배정-1"), to=lane(season, 1).id)
    page = desk.get(address(season)).text
    assert "김하늘 님이 한 것 되돌리기" in text_of(page)
    assert part(page, "said").strip() == "", "it was not I"
    assert post(desk, season, "/undo/1").status_code == 409
    asked = text_of(desk.get(address(season, "/undo/1")).text)
    assert "한 사람 김하늘 님" in asked and "옮겼습니다." in asked
    press(desk, season, "/undo/1", others=1)
    assert rows(season) == [["미배정-1"], ["1-1"]]
    assert "지금은 되돌릴 수 없습니다" in text_of(desk.get(address(season, "/undo/1")).text)
    assert desk.get(address(season, "/undo/9")).status_code == 404


def test_what_is_wrong_is_said_on_the_board(desk):
    season = a_board(1, heap=1)
    need = need_of(season, "미배정-1")
    for path, form, words, status in (
        ("/move", {"need": need, "to": ""}, "옮길 회차를 골라 주세요.", 400),
        ("/move", {"need": need, "to": 0, "position": "둘"}, "숫자로 적어 주세요.", 400),
        ("/move", {"to": lane(season, 1).id}, "먼저 수요를 골라 주세요.", 409),
        ("/lanes", {}, "먼저 수요를 골라 주세요.", 409),
        ("/split", {"need": need}, "한 회차에 있는 수요만", 409),
        ("/undo/1", {}, "", 404),
        ("/redo/1", {}, "다시 할 수 없습니다", 409),
        ("/move", {"need": need, "to": 10**30}, "회차가 없어졌습니다", 409),
    ):
        answer = post(desk, season, path, **form)
        assert answer.status_code == status, path
        assert words in text_of(answer.text), path
    assert desk.post(address(season, "/move"), data={"need": need, "to": 0}).status_code == 400
    assert desk.post(address(season, "/order"), data={"seen": 10**20}).status_code == 400
    assert "바뀐 것이 없습니다." in text_of(post(desk, season, "/move", need=need, to=0).text)
    assert season.version == 0


def test_a_settled_season_is_only_looked_at(desk, now):
    season = a_board(2, heap=1)
    season.state, season.settled_at = SeasonState.ACCEPTED, now
    db.session.commit()
    page = desk.get(address(season)).text
    assert "이미 확정해" in text_of(page)
    assert "수요 1-1" in page
    assert 'name="need"' not in page and "formaction" not in page
    answer = post(desk, season, "/move", need=need_of(season, "1-1"), to=0)
    assert (answer.status_code, "이미 확정해" in text_of(answer.text)) == (409, True)
    for path in (f"/needs/{need_of(season, '1-1')}", f"/lanes/{lane(season, 1).id}"):
        assert "이미 확정해" in text_of(desk.get(address(season, path)).text)


def test_a_season_of_another_number_or_of_nothing(desk):
    assert desk.get("/staff/seasons/999/board").status_code == 404
    assert desk.post("/staff/seasons/999/board/move", data={"seen": 0}).status_code == 404
    assert "아직 수요가 없습니다" in text_of(desk.get(address(a_board())).text)
    assert "아직 회차가 없습니다" in text_of(desk.get(address(a_board(heap=1))).text)
    assert "아직 편성판을 바꾼 적이 없습니다" in text_of(desk.get(address(a_board(), "/history")).text)


def test_a_large_board_asks_as_little_as_a_small_one_and_lists_the_lanes_once(desk, count_queries, monkeypatch):
    small, large = a_board(1, heap=1), a_board(*(3 for _ in range(8)), heap=40)
    for season in (small, large):
        for version in range(1, 3 if season is small else 9):
            values = {"season_id": season.id, "version": version, "by_id": season.created_by_id, "at": BEFORE}
            before = {"lanes": {}, "needs": {}, "touched": {"lanes": [], "needs": []}}
            db.session.add(BoardStep(what="옮겼습니다.", before=before, **values))
    db.session.commit()
    counts = []
    for season in (small, large):
        with count_queries() as sent:
            desk.get(address(season))
        counts.append(len(sent))
    assert counts[0] == counts[1] < 25

    monkeypatch.setattr("briefings.seasons.board_view.MOST_CHOICES", 100)
    page = desk.get(address(large)).text
    need = need_of(large, "1-1")
    assert page.count("<select") == 1
    assert f'href="/staff/seasons/{large.id}/board/needs/{need}">옮기기</a>' in page
    page = desk.get(address(large, f"/needs/{need}")).text
    assert f'<option selected value="{lane(large, 1).id}">' in page
    assert desk.get(address(large, "/needs/999999")).status_code == 404
