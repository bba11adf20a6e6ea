"""KWCAG 2.2: each of the 33 items has its test, or a person who looked and the day; the page says what is so."""

import re
from pathlib import Path

import pytest

from briefings.front.kwcag import ITEMS, LOOKED_AT, Found, Standing

TESTS = Path(__file__).parents[1]
STATIC = TESTS.parent / "briefings" / "static"
TEMPLATES = TESTS.parent / "templates"
ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)

PAGES = "journeys/test_every_page.py::test_page"  # axe, in every state of every page; and what is too wide or too small
KEYBOARD = "journeys/test_signing_up.py::test_signing_up_needs_nothing_but_a_keyboard"
BOARD = "journeys/test_board.py::test_with_the_keyboard_alone"
TAB = "journeys/test_focus_and_display.py::test_tab_leads_visibly_through_the_whole_page"
HERE = "front/test_kwcag.py"
# What tells of an item by itself.
BY_MACHINE = {
    "5.1.1": [PAGES, "client.py::check_page"],
    "5.2.1": ["live/test_setup.py::test_a_recording_waits_for_captions_or_a_transcript"],
    "5.3.1": [PAGES, f"{HERE}::test_every_table_has_a_caption_and_heads_with_a_scope"],
    "5.4.1": [
        PAGES,
        "journeys/test_focus_and_display.py::test_colours_of_the_readers_own_leave_buttons_and_fields_visible",
    ],
    "5.4.3": [
        PAGES,
        "journeys/test_focus_and_display.py::test_sharp_colours_and_large_letters_hold_on_every_kind_of_page",
    ],
    "6.1.1": [KEYBOARD, BOARD],
    "6.1.2": [TAB],
    "6.1.3": ["journeys/checks.py::trouble_on_a_phone"],
    "6.1.4": [f"{HERE}::test_no_script_listens_to_single_letters_or_to_motion"],
    "6.2.2": [f"{HERE}::test_nothing_moves_or_flashes"],
    "6.3.1": [f"{HERE}::test_nothing_moves_or_flashes"],
    "6.4.1": ["journeys/test_focus_and_display.py::test_the_skip_link_leads_past_the_header"],
    "6.4.2": [PAGES, "client.py::check_page"],
    "6.4.3": ["test_translations.py::test_korean_is_marked_and_plain_and_says_what_links_do"],
    "6.5.1": [BOARD, "journeys/test_board.py::test_on_a_phone"],
    "6.5.2": [f"{HERE}::test_nothing_acts_when_a_pointer_goes_down"],
    "6.5.3": [PAGES, f"{HERE}::test_what_is_spoken_begins_with_what_is_seen"],
    "6.5.4": [f"{HERE}::test_no_script_listens_to_single_letters_or_to_motion"],
    "7.1.1": ["client.py::check_page", "test_translations.py::test_english_pages_mark_what_is_korean"],
    "7.2.1": [f"{HERE}::test_nothing_is_sent_by_choosing_and_no_window_opens_unannounced"],
    "7.2.2": [f"{HERE}::test_help_stands_at_the_same_place_of_every_page"],
    "7.3.1": [PAGES, "web/test_forms.py::test_the_summary_leads_to_the_first_control_of_each_wrong_field"],
    "7.3.2": ["client.py::check_page"],
    "8.1.1": ["client.py::check_page", "journeys/validating.py::main"],
    "8.2.1": [PAGES],
}
# What no machine sees: who looked, and when.
BY_HAND = {
    number: ("만든 사람들", LOOKED_AT)
    for number in (
        *("5.1.1", "5.2.1", "5.3.2", "5.3.3", "5.4.1", "5.4.2", "5.4.4", "6.1.1", "6.2.1", "6.4.3", "6.4.4", "6.5.2"),
        *("7.2.1", "7.3.3", "7.3.4", "8.2.1"),
    )
}


def test_there_are_33_items_each_found_out_as_it_says():
    numbers = [item.number for item in ITEMS]
    assert len(numbers) == len(set(numbers)) == 33 and numbers == sorted(numbers)
    assert {number[0] for number in numbers} == {"5", "6", "7", "8"}
    for item in ITEMS:
        assert (item.found in (Found.MACHINE, Found.BOTH)) == bool(BY_MACHINE.get(item.number)), item.number
        assert (item.found in (Found.PERSON, Found.BOTH)) == (item.number in BY_HAND), item.number
        assert item.standing is not Standing.PARTLY or item.remark, f"{item.number}: what is missing?"


def test_every_test_that_is_named_exists():
    for names in BY_MACHINE.values():
        for name in names:
            file, _, function = name.partition("::")
            assert re.search(rf"def {function}\(", (TESTS / file).read_text("utf-8")), name


@ONE
def test_the_page_says_how_it_stands_and_whom_to_ask(client):
    korean, english = client.get("/accessibility").text, client.get("/en/accessibility").text
    for item in ITEMS:
        assert f">{item.number}</td>" in korean and item.name in korean
    assert korean.count("일부 지킴") == 3 and english.count("Partly met") == 3
    assert "7일 안에 드립니다" in korean and "mailto:help@briefings.example.kr" in korean


def test_every_table_has_a_caption_and_heads_with_a_scope():
    for name, text in _templates():
        if name.startswith("mail/"):
            continue
        for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
            assert "<caption" in table, name
        assert not re.search(r"<th(?![^>]*scope=)[ >]", text), name


def test_no_script_listens_to_single_letters_or_to_motion():
    for name, text in _scripts():
        assert not re.search(r"devicemotion|deviceorientation|accesskey", text), name
        for keys in re.findall(r"\.key\s*===?\s*['\"](.)['\"]", text):
            assert not keys.isalnum(), f"{name}: {keys}"
    assert not [name for name, text in _templates() if "accesskey" in text]


def test_nothing_moves_or_flashes():
    css = (STATIC / "css" / "app.css").read_text("utf-8")
    assert "@keyframes" not in css and "animation" not in css
    for name, text in _templates():
        assert not re.search(r"<(marquee|blink|video|audio)\b|autoplay", text), name


def test_nothing_acts_when_a_pointer_goes_down():
    """A drag begins there and ends when the pointer goes up; Esc ends it before (tests/journeys/test_board.py)."""
    acting = [name for name, text in _scripts() if re.search(r"mousedown|touchstart|pointerdown", text)]
    assert acting == ["board.js"]
    assert "Escape" in (STATIC / "js" / "board.js").read_text("utf-8")


def test_what_is_spoken_begins_with_what_is_seen():
    """A label of its own for a button begins with, or contains, the words that stand on it."""
    for name, text in _templates():
        for words, label in re.findall(r'button\("([^"]+)"[^)]*label="([^"]+)"', text):
            assert words in label, f"{name}: {words} / {label}"


def test_nothing_is_sent_by_choosing_and_no_window_opens_unannounced():
    for name, text in _scripts():
        for listener in re.findall(r"addEventListener\(['\"](?:change|input|focus)['\"].{0,300}", text, re.DOTALL):
            assert "submit(" not in listener, name
    for name, text in _templates():
        for link in re.findall(r"<a[^>]*target=\"_blank\".*?</a>.{0,60}", text, re.DOTALL):
            assert "새 창" in link, f"{name}: {link}"


@ONE
def test_help_stands_at_the_same_place_of_every_page(client):
    for path in (
        "/",
        "/needs",
        "/briefings",
        "/registrations/find",
        "/sign-in",
        "/account/request",
        "/nothing",
        "/en/",
    ):
        page = client.get(path).text
        footer = page.partition('<footer class="site-footer">')[2]
        assert "mailto:help@briefings.example.kr" in footer and 'href="tel:' in footer, path
    for path in ("/registrations/find", "/account/request", "/sign-in"):
        main = client.get(path).text.partition("<main")[2].partition("</main>")[0]
        assert main.rindex('class="contact') > main.rindex("</form>"), path


def _templates():
    return [(path.relative_to(TEMPLATES).as_posix(), path.read_text("utf-8")) for path in TEMPLATES.rglob("*.html")]


def _scripts():
    return [(path.name, path.read_text("utf-8")) for path in sorted((STATIC / "js").glob("*.js"))]
