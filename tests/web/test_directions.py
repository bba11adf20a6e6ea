"""Words from right to left on our pages, which run from left to right."""

import pytest

from briefings.web.directions import isolated
from tests.builders import a_briefing, a_registration, a_user

NAME = "شركة النور"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p>{NAME} 3명 (대기)</p>", f"<p><bdi>{NAME}</bdi> 3명 (대기)</p>"),
        ("<li>שלום, 가온시 · سلام-2</li>", "<li><bdi>שלום</bdi>, 가온시 · <bdi>سلام</bdi>-2</li>"),
        ("<p>د. علي</p>", "<p><bdi>د. علي</bdi></p>"),
    ],
)
def test_words_from_right_to_left_draw_nothing_beside_them_along(html, expected):
    assert isolated(html) == expected
    assert isolated(expected) == expected, "once is enough"


@pytest.mark.parametrize(
    "html",
    [
        f'<input value="{NAME}">',
        f"<title>{NAME}</title>",
        f"<textarea rows=2>{NAME}</textarea>",
        f"<select><option selected>{NAME}</option></select>",
        f'<script type="application/json">["{NAME}"]</script>',
        f"<svg><text>{NAME}</text></svg>",
        f"<!-- {NAME} -->",
        f'<?xml version="1.0"?><title>{NAME}</title>',
        f'{{"name": "{NAME}"}}',
        "<p>가온시 3명</p>",
    ],
)
def test_what_may_hold_no_element_stays_as_it_is(html):
    assert isolated(html) == html


def test_names_stand_apart_on_the_pages_that_show_them(client):
    staff, briefing = a_user(), a_briefing(title=f"{NAME} 2회")
    place = a_registration(briefing, name=NAME)
    assert f"<bdi>{NAME}</bdi> 2회</h1>" in client.get(f"/briefings/{briefing.public_id}").text
    page = client.sign_in(staff).get(f"/staff/briefings/{briefing.id}/registrations/{place.public_id}").text
    body = page.partition("<body")[2]
    assert NAME in body and NAME not in body.replace(f"<bdi>{NAME}</bdi>", "")
    missing = client.get(f"/staff/needs?q={NAME}").text
    assert f'value="{NAME}"' in missing
