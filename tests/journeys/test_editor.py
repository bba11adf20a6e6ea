"""The order in the editor: computed as it is typed, by the server where there is no script, moved by the keyboard."""

import pytest

from tests.journeys.person import Person
from tests.journeys.rows import PASSWORD, STAFF

pytestmark = pytest.mark.browser


def timetable(person: Person) -> list[str]:
    """The times of the rows, and what stands below them."""
    return [
        *person.page.locator("#timetable tbody tr td:first-child").all_inner_texts(),
        *person.page.locator("#timetable tfoot td").all_inner_texts(),
    ]


def test_times_follow_what_is_typed_as_the_server_computes_them(somebody, rows):
    address = f"/staff/briefings/{rows['draft_id']}/edit"
    officer = somebody().sign_in(STAFF, PASSWORD)
    plain = somebody(java_script_enabled=False).sign_in(STAFF, PASSWORD)
    shown = []
    for person in (officer, plain):
        person.open(address)
        before = timetable(person)
        person.page.locator("[name='slots-0-talk_minutes']").fill("40")
        person.page.locator("[name='starts_at'][type=time]").fill("09:30")
        if person is plain:
            assert timetable(plain) == before
            plain.press("다시 계산하기")
        shown.append(timetable(person))
    assert shown[0] == shown[1] != before
    assert officer.complaints == []


def test_a_row_is_moved_by_the_keyboard_and_keeps_the_focus(somebody, rows):
    officer = somebody().sign_in(STAFF, PASSWORD)
    officer.open(f"/staff/briefings/{rows['draft_id']}/edit")
    second = officer.page.locator("#timetable tbody tr").nth(2).get_attribute("id")
    with officer.page.expect_navigation():
        officer.page.locator(f"#{second} button").first.press("Enter")
    assert officer.page.locator("#timetable tbody tr").nth(1).get_attribute("id") == second
    assert officer.page.evaluate("location.hash") == f"#{second}"
    officer.page.keyboard.press("Tab")
    assert officer.page.evaluate("document.activeElement.closest('tr').id") == second
