"""Going through pages by Tab, and pages as people set them: sharp colours, large letters, colours of their own."""

import pytest

from tests.journeys.checks import barriers, trouble_on_a_phone, what_is_cut_off
from tests.journeys.keyboard import MOST_STOPS, Keyboard
from tests.journeys.person import Person
from tests.journeys.rows import OWNER, PASSWORD, STAFF

pytestmark = pytest.mark.browser

KEY_PAGES = {
    "": [
        "/",
        "/needs",
        "/needs/{need}",
        "/briefings/{open}",
        "/briefings/{open}/register",
        "/r/{confirmed}",
        "/sign-in",
    ],
    OWNER: ["/my/needs/{need}/edit/topics", "/my/needs/{need_full}/edit/files", "/my/replies/{reply_fresh}"],
    STAFF: ["/staff/", "/staff/matrix", "/staff/briefings/{draft_id}/edit", "/staff/outbox/{mail}"],
}
CASES = [pytest.param(email, address, id=address) for email, pages in KEY_PAGES.items() for address in pages]


@pytest.fixture(scope="module")
def sitting(somebody, rows):
    """One person of each role."""
    people: dict[str, Person] = {"": somebody()}
    return lambda email: people.setdefault(email, people.get(email) or somebody().sign_in(email, PASSWORD))


@pytest.mark.parametrize(("email", "address"), CASES)
def test_tab_leads_visibly_through_the_whole_page(sitting, rows, email, address):
    person = sitting(email)
    person.open(address.format(**rows))
    stops = Keyboard(person.page).stops()
    assert stops[0]["name"] == "본문 바로가기"
    assert stops[-1]["name"] == "화면 설정", "the last link of the footer is not reached, or Tab is caught somewhere"
    assert len(stops) < MOST_STOPS
    assert [stop["name"] for stop in stops if not stop["shows"]] == []
    assert [stop["name"] for stop in stops if not stop["free"]] == []


def test_the_skip_link_leads_past_the_header(sitting):
    page = sitting("").page
    sitting("").open("/needs")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_phone_shows_conditions_when_asked_and_those_in_force_and_a_wide_screen_all(somebody, rows):
    visitor = somebody()
    page, theme = visitor.page, visitor.page.get_by_label("주제")
    visitor.open("/needs")
    assert theme.is_visible() and not page.get_by_text("찾는 조건", exact=True).is_visible()
    page.set_viewport_size({"width": 375, "height": 800})
    assert not theme.is_visible()
    page.get_by_text("찾는 조건", exact=True).click()
    assert theme.is_visible()
    visitor.open("/needs?theme={theme}".format(**rows))
    assert theme.is_visible() and page.get_by_text("찾는 조건 (1)", exact=True).is_visible()


@pytest.mark.parametrize("address", ["/", "/needs?q=폐어망", "/briefings/{open}/register", "/statistics"])
def test_sharp_colours_and_large_letters_hold_on_every_kind_of_page(somebody, rows, address):
    visitor = somebody()
    visitor.open("/display")
    visitor.tick("선명한 화면(어두운 바탕, 밝은 글자)", "아주 크게")
    visitor.press("화면 설정 저장하기")
    visitor.open(address.format(**rows))
    assert visitor.page.locator("html").get_attribute("data-krds-mode") == "high-contrast"
    visitor.take_picture(f"sharp{address.partition('{')[0]}")
    found = barriers(visitor.page) + trouble_on_a_phone(visitor.page) + visitor.complaints
    assert not found, "\n".join(found)


def test_colours_of_the_readers_own_leave_buttons_and_fields_visible(somebody, rows):
    visitor = somebody(forced_colors="active")
    visitor.open(f"/briefings/{rows['open']}/register")
    visitor.take_picture("forced-colours")
    for part in (".krds-btn.primary", ".krds-input", ".consent"):
        width = visitor.page.locator(part).first.evaluate("e => parseFloat(getComputedStyle(e).borderTopWidth)")
        assert width >= 1, f"{part} has no border"


def test_more_space_between_letters_and_lines_cuts_nothing_off(somebody, rows):
    """WCAG 1.4.12; set by script because the content policy admits no style of ours."""
    visitor = somebody()
    visitor.open(f"/briefings/{rows['open']}/register")
    visitor.page.evaluate(
        """() => document.querySelectorAll('body *').forEach(e => Object.assign(e.style, {
            lineHeight: '1.5', letterSpacing: '0.12em', wordSpacing: '0.16em'}))"""
    )
    assert what_is_cut_off(visitor.page) == []


def test_paper_is_narrow_and_tables_are_printed_as_tables_all_the_same(somebody, rows):
    staff = somebody().sign_in(STAFF, PASSWORD)
    staff.page.set_viewport_size({"width": 700, "height": 990})  # A4 within the margins that browsers leave
    staff.open("/staff/statistics/report")
    shown = "all => all.map(each => getComputedStyle(each).display)"
    assert set(staff.page.locator("table.cards").evaluate_all(shown)) == {"block"}
    staff.page.emulate_media(media="print")
    assert set(staff.page.locator("table.cards").evaluate_all(shown)) == {"table"}


@pytest.mark.parametrize("list_", ["matched", "replies", "needs", "registered"])
def test_no_name_is_too_long_for_paper(somebody, rows, list_):
    staff = somebody().sign_in(STAFF, PASSWORD)
    staff.page.set_viewport_size({"width": 700, "height": 990})
    staff.open(f"/staff/statistics/funnel/{list_}")
    for name in staff.page.locator(".tbl tr > :nth-child(-n + 2)").all():
        name.evaluate("e => { e.textContent = '한국해양수산과학기술진흥협력재단'.repeat(4) }")
    staff.page.emulate_media(media="print")
    assert staff.page.evaluate("document.documentElement.scrollWidth") <= 700
