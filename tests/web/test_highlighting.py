"""Where the words looked for are, marked."""

import pytest

from briefings.web.highlighting import highlighted


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("해양 폐-기물 되살림", "해양폐기물", "<mark>해양 폐-기물</mark> 되살림"),
        ("휠체어 행복나눔", "ㅎㅊㅇ ㅎㅂ", "<mark>휠체어</mark> <mark>행복</mark>나눔"),
        ("빵과 까치, ㅃ", "ㅃ", "<mark>빵</mark>과 까치, <mark>ㅃ</mark>"),
        ("해양 폐기물", "ㅎ양", "해양 폐기물"),
        ("<b>산불</b> & ICT", "ict 산불", "&lt;b&gt;<mark>산불</mark>&lt;/b&gt; &amp; <mark>ICT</mark>"),
        ("글", " - ", "글"),
    ],
)
def test_words_are_marked_however_they_are_spaced_and_by_their_first_consonants(text, words, shown):
    assert highlighted(text, words) == shown
