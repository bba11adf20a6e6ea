"""The visitor of tests sees what is wrong with a page."""

import pytest

from tests.client import check_page

PAGE = (
    '<!doctype html>\n<html lang="ko"><head><title>표</title></head><body><main>\n<h1>표</h1>{}</main></body></html>\n'
)
SOUND = [
    '<p id="a">글 &amp; 그림<br>줄</p><table><tbody><tr><td aria-describedby="a">칸</td></tr></tbody></table>',
    '<svg><title>선</title><path d="M0 0"/></svg><template><p id="b">글</p></template>',
    '<label for="c">이름</label><input id="c"><textarea aria-label="글">\n<p>\n</textarea><img src="/a" alt="">',
]
FAULTY = [
    *("<p>글", "글</p>", "<b><i>글</b></i>", "<p>글<div>칸</div></p>", "<ul><li>하나<li>둘</ul>", "<a>글<a>글</a></a>"),
    *("<table><tbody>글<tr><td>칸</td></tr></tbody></table>", "<table><tr><td>칸</td></tr></table>", "<body><p>글</p>"),
    *("<form><form></form></form>", "<div/>", "<br/>", '<p id="a" id="b">글</p>', '<p id="a"class="b">글</p>', "<!글>"),
    *("<h1>둘</h1>", '<p id="a">글</p><p id="a">글</p>', '<p aria-describedby="a">글</p>', "<input>", '<img src="/a">'),
    *('<p style="color: red">글</p>', "{{ 이름 }}", "&없음; &#0; <", "\0"),
]


@pytest.mark.parametrize("part", SOUND)
def test_a_sound_page_is_let_through(part):
    check_page(PAGE.format(part))
    check_page(part)


@pytest.mark.parametrize("part", FAULTY)
def test_a_fault_is_told(part):
    with pytest.raises(AssertionError):
        check_page(PAGE.format(part))


@pytest.mark.parametrize("lacking", ["<!doctype html>", ' lang="ko"', "<title>표</title>", "<h1>표</h1>", "</main>"])
def test_what_every_page_needs_is_missed(lacking):
    with pytest.raises(AssertionError):
        check_page(PAGE.format("<p>글</p>").replace(lacking, ""))
