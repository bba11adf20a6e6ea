"""The board of a season in front of people: with a mouse, with the keyboard alone, without script, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.checks import what_is_cut_off
from tests.journeys.keyboard import Keyboard
from tests.journeys.person import Person
from tests.journeys.rows import PASSWORD, STAFF, Rows
from tests.journeys.running import Site
from tests.seasons.boards import a_board

pytestmark = pytest.mark.browser

AT_HAND = "document.activeElement.closest('.need-card')?.querySelector('h3').textContent"


@pytest.fixture
def board(site: Site, rows: Rows) -> str:
    """The address of a board: two cards in the first lane, one in the second, three in none."""
    with site.app.app_context():
        return f"/staff/seasons/{a_board(2, 1, heap=3).id}/board"


@pytest.fixture
def officer(somebody: Callable[..., Person], rows: Rows) -> Person:
    return in_front_of_a_screen(somebody())


def in_front_of_a_screen(person: Person) -> Person:
    """Signed in, with room for the whole board: what is out of sight the mouse does not reach."""
    person.page.set_viewport_size({"width": 1280, "height": 1800})
    return person.sign_in(STAFF, PASSWORD)


def columns(page: Page) -> list[list[str]]:
    """The titles in each column as they stand on the page, those without a lane first."""
    titles = "lanes => lanes.map(lane => [...lane.querySelectorAll('h3')].map(h => h.textContent.replace('수요 ', '')))"
    return page.locator(".lane").evaluate_all(titles)


def card(page: Page, title: str):
    return page.locator(".need-card", has=page.get_by_role("heading", name=f"수요 {title}", exact=True))


def lift(page: Page, title: str, to: str, above: bool = False) -> None:
    """Press the mouse on one card and carry it over another; it is not let go yet."""
    start, end = (card(page, name).locator(".facts").first.bounding_box() for name in (title, to))
    box = card(page, to).bounding_box()
    assert start and end and box
    page.mouse.move(start["x"] + start["width"] - 4, start["y"] + 4)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, box["y"] + (4 if above else box["height"] - 4), steps=5)


def test_with_a_mouse(officer, board):
    page = officer.page
    officer.open(board)
    lift(page, "미배정-2", to="1-2", above=True)
    expect(page.locator(".drop-here")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".drop-here")).to_have_count(0)
    page.mouse.up()
    assert columns(page) == [["미배정-1", "미배정-2", "미배정-3"], ["1-1", "1-2"], ["2-1"]]

    lift(page, "미배정-2", to="1-2", above=True)
    page.mouse.up()
    expect(page.locator("#said")).to_contain_text("‘수요 미배정-2’를 1회차 2번 자리로 옮겼습니다.")
    assert columns(page) == [["미배정-1", "미배정-3"], ["1-1", "미배정-2", "1-2"], ["2-1"]]
    assert page.evaluate(AT_HAND) == "수요 미배정-2"
    expect(page.locator("#lane-" + page.locator(".lane").nth(1).get_attribute("data-lane"))).to_contain_text("45/60분")
    page.reload()
    assert columns(page)[1] == ["1-1", "미배정-2", "1-2"], "it is not only on the page"

    for title in ("미배정-1", "미배정-3"):
        card(page, title).get_by_role("checkbox").check()
    expect(page.get_by_role("heading", name="고른 수요")).to_have_text("고른 수요 2건")
    lift(page, "미배정-1", to="2-1")
    page.mouse.up()
    expect(page.locator("#said")).to_contain_text("‘수요 미배정-1’ 등 2건을 2회차로 옮겼습니다.")
    assert columns(page) == [[], ["1-1", "미배정-2", "1-2"], ["2-1", "미배정-1", "미배정-3"]]
    page.locator("#said").get_by_role("button", name="되돌리기").click()
    expect(page.locator("#said")).to_contain_text("되돌렸습니다.")
    assert columns(page)[0] == ["미배정-1", "미배정-3"]
    page.locator("#said").get_by_role("button", name="다시 하기").click()
    expect(page.locator("#said")).to_contain_text("다시 했습니다.")
    assert columns(page)[0] == []
    assert not officer.complaints


def test_with_the_keyboard_alone(officer, board):
    page, keys = officer.page, Keyboard(officer.page)
    officer.open(board)
    card(page, "미배정-2").focus()
    page.keyboard.press("Tab")
    keys.go_to("옮기기")
    page.keyboard.press("Enter")
    keys.choose("옮길 회차", page.locator("#to option").nth(2).inner_text())
    keys.type("자리", "1")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("‘수요 미배정-2’를 1회차 1번 자리로 옮겼습니다.")
    assert page.evaluate(AT_HAND) == "수요 미배정-2"

    keys.go_to("아래로")
    for place in (2, 3):
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text(f"1회차 {place}번 자리로 옮겼습니다.")
        assert page.evaluate(AT_HAND) == "수요 미배정-2"
    assert columns(page)[1] == ["1-1", "1-2", "미배정-2"]
    card(page, "2-1").get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.locator("#together button").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("설명회를 만들었습니다.")
    assert page.evaluate("document.activeElement.id") == f"lane-{page.locator('.lane').last.get_attribute('data-lane')}"
    assert not officer.complaints


def test_without_script(somebody, rows, board):
    officer = somebody(java_script_enabled=False).sign_in(STAFF, PASSWORD)
    officer.open(board)
    one = card(officer.page, "미배정-1")
    one.locator("summary").filter(has_text="옮기기").click()
    one.get_by_label("옮길 회차").select_option(index=2)
    one.get_by_label("자리").fill("1")
    with officer.page.expect_navigation():
        one.get_by_role("button", name="옮기기").click()
    officer.sees("‘수요 미배정-1’을 1회차 1번 자리로 옮겼습니다.")
    assert officer.page.url.endswith(f"#{card(officer.page, '미배정-1').get_attribute('id')}")
    for title in ("미배정-2", "미배정-3"):
        card(officer.page, title).get_by_role("checkbox").check()
    officer.press("고른 수요로 설명회 만들기")
    titles = [lane.get_by_role("heading", level=3).all_inner_texts() for lane in officer.page.locator(".lane").all()]
    assert titles[3] == ["수요 미배정-2", "수요 미배정-3"]


def test_on_a_phone(somebody, rows, board):
    officer = somebody(has_touch=True, is_mobile=True).sign_in(STAFF, PASSWORD)
    page = officer.page
    page.set_viewport_size({"width": 320, "height": 640})
    officer.open(board)
    expect(page.locator("#board")).not_to_have_class("can-drag")
    for details in page.locator(".need-card details").all():
        details.evaluate("e => { e.open = true }")
    assert not what_is_cut_off(page)
    tops = page.locator(".lane").evaluate_all("lanes => lanes.map(lane => lane.getBoundingClientRect().left)")
    assert len(set(tops)) == 1, "lanes below each other"
    one = card(page, "미배정-1")
    one.get_by_label("옮길 회차").select_option(index=2)
    one.get_by_role("button", name="옮기기").tap()
    expect(page.locator("#said")).to_contain_text("‘수요 미배정-1’을 1회차 3번 자리로 옮겼습니다.")
    assert page.evaluate(AT_HAND) == "수요 미배정-1"


def test_two_at_one_board(officer, somebody, board):
    other = in_front_of_a_screen(somebody())
    for person in (officer, other):
        person.open(board)
    lift(other.page, "미배정-1", to="2-1")
    other.page.mouse.up()
    expect(other.page.locator("#said")).to_contain_text("2회차 2번 자리로")

    lift(officer.page, "미배정-1", to="1-1")
    officer.page.mouse.up()
    officer.sees(
        "그사이 편성판이 바뀌었습니다", "‘수요 미배정-1’을 1회차 2번 자리로 옮기기", "2회차 2번 자리로 옮겼습니다."
    )
    officer.press("지금 편성판에서 그대로 하기")
    officer.sees("‘수요 미배정-1’을 1회차 2번 자리로 옮겼습니다.")
    assert columns(officer.page) == [["미배정-2", "미배정-3"], ["1-1", "미배정-1", "1-2"], ["2-1"]]
