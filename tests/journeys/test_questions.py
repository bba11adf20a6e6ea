"""Asking and wanting to know too in the room: without leaving the page, in Korean as it is typed, without script."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator

pytestmark = pytest.mark.browser

COMPOSED = """(field) => {
    const press = (more) => field.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, ...more}));
    press({isComposing: true, ctrlKey: true});
    press({isComposing: true});
    press({});
}"""


def test_whoever_watches_asks_and_wants_to_know_too_without_leaving_the_page(somebody, rows):
    person = somebody()
    page = person.page
    person.open(f"/join/{rows['voting']}")
    page.evaluate("window.watching = true")
    mine = page.get_by_label("질문", exact=True)
    mine.fill("아직 쓰는 중인 질")
    other = page.locator('button[form="vote"]:not([aria-pressed="true"])').first
    name = other.get_attribute("value")
    number = _number(other)
    other.click()
    pressed = page.locator(f'button[form="vote"][value="{name}"][aria-pressed="true"]')
    pressed.wait_for()
    assert _number(pressed) == number + 1
    assert mine.input_value() == "아직 쓰는 중인 질"
    pressed.click()
    page.locator(f'button[form="vote"][value="{name}"][aria-pressed="false"]').wait_for()

    mine.evaluate(COMPOSED)
    assert page.get_by_text("질문을 올렸습니다.").count() == 0
    mine.fill("다 쓴 질문입니다.")
    mine.press("Control+Enter")
    page.get_by_text("질문을 올렸습니다.").first.wait_for()
    assert page.locator("#asking article", has_text="다 쓴 질문입니다.").count() == 1
    assert mine.input_value() == ""
    page.locator("#asking article", has_text="다 쓴 질문입니다.").get_by_role("button").click()
    page.get_by_text("질문을 거두었습니다.").wait_for()

    page.get_by_role("button", name="질문 올리기").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.evaluate("window.watching"), "a stream in the page would have stopped"
    assert not person.complaints


def _number(button: Locator) -> int:
    return int(button.locator(".number").inner_text().split()[0])


def test_without_script_the_same_buttons_lead_there(somebody, rows, pass_time):
    pass_time(timedelta(minutes=2))  # nobody asks more than three things in a minute
    person = somebody(java_script_enabled=False)
    page = person.page
    person.open(f"/join/{rows['asking']}/questions")
    page.get_by_label("질문", exact=True).fill("글로만 묻습니다.")
    page.get_by_role("button", name="질문 올리기").click()
    page.get_by_text("질문을 올렸습니다.").wait_for()
    page.locator('button[form="vote"]').last.click()
    page.get_by_text("궁금하다고 표시했습니다.").wait_for()
    page.locator('button[aria-pressed="true"]').last.click()
    page.get_by_text("표시를 거두었습니다.").wait_for()
