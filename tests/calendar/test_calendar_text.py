"""Words and addresses from people."""

import pytest

from briefings.calendar.addresses import ascii_domain, calendar_address, has_calendar_address, mail_address
from briefings.calendar.text import display_name, one_line, plain_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc\x85d\u2028e\u2029f\ng", "a\nb\nc\nd\ne\nf\ng"),
        ("a\tb", "a b"),
        ("\ufeffa\x00\x07\x7f\u202e\u2066b\ud800", "ab"),
        ("\u1112\u1161\u11ab", "한"),  # conjoining letters become one syllable
        ("👩🏽‍💻", "👩🏽‍💻"),
        ("가" * 5000, "가" * 3999 + "…"),
    ],
)
def test_text_keeps_lines_and_loses_what_is_not_seen(raw: str, clean: str) -> None:
    assert plain_text(raw) == clean


def test_a_title_is_one_line_of_bounded_length() -> None:
    assert one_line("  a \r\n\n b  ") == "a b"
    assert len(one_line("가" * 300)) == 200


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("김하늘", "김하늘"),
        ('"Kim", Haneul <x>', "Kim Haneul x"),
        ("O'Brien", "O’Brien"),
        ("a\\b^c;d:e", "a b c d e"),
        ("\r\n", ""),
        ("가" * 100, "가" * 63 + "…"),
    ],
)
def test_a_name_needs_no_quoting(raw: str, clean: str) -> None:
    assert display_name(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("kim@한국.kr", "kim@xn--3e0b707e.kr"),
        (" Kim.Haneul+a@Example.KR ", "Kim.Haneul+a@example.kr"),
        ("o'brien@example.com", "o'brien@example.com"),
    ],
)
def test_a_calendar_address_is_ascii(raw: str, clean: str) -> None:
    assert calendar_address(raw) == clean
    assert has_calendar_address(raw)


@pytest.mark.parametrize("raw", ["하늘@example.kr", "a%b@example.kr", "a&b@example.kr", "a/b@example.kr"])
def test_some_addresses_take_mail_but_no_calendar(raw: str) -> None:
    assert mail_address(raw) == raw
    assert not has_calendar_address(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "@",
        "kim",
        "kim@",
        "@example.kr",
        "a b@example.kr",
        '"a b"@example.kr',
        "a..b@example.kr",
        ".a@example.kr",
        "a@-x.kr",
        "a@x..kr",
        "a@x.kr\r\nBcc:b",
        "a@b@x.kr",
        "a@x_y.kr",
        "a@[127.0.0.1]",
        "a@\ud800.kr",
        "a@한국\u202e.kr",
        "\ud800@x.kr",
        "a" * 65 + "@x.kr",
        "a@" + "x" * 64 + ".kr",
        "a@" + "가" * 400,
    ],
)
def test_what_is_no_address_is_refused(raw: str) -> None:
    with pytest.raises(ValueError):
        mail_address(raw)
    assert not has_calendar_address(raw)


def test_a_domain_is_lower_case_ascii() -> None:
    assert ascii_domain("Cal.한국.KR") == "cal.xn--3e0b707e.kr"
