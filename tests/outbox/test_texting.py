"""Numbers, lengths, kinds and costs of text messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.outbox.texting import (
    LMS_BYTES,
    TextKind,
    cost_of,
    fault_of,
    fitted,
    kind_of,
    mobile_number,
    size,
    unsendable,
)


@pytest.mark.parametrize(
    "written", ["010-1234-5678", "01012345678", "010 1234 5678", "+82 10-1234-5678", "+821012345678"]
)
def test_a_mobile_number_is_known_however_it_is_written(written):
    assert mobile_number(written) == "01012345678"


@pytest.mark.parametrize(
    "written", ["", "02-123-4567", "044-205-1234", "1588-0000", "+81 90-1234-5678", "010-12", "070-1234-5678", "가나다"]
)
def test_any_other_number_takes_no_texts(written):
    assert mobile_number(written) is None


def test_older_mobile_numbers_are_some_too():
    assert mobile_number("011-234-5678") == "0112345678"


@pytest.mark.parametrize(
    ("words", "bytes_", "kind"),
    [
        ("a" * 90, 90, "sms"),
        ("가" * 45, 90, "sms"),
        ("가" * 45 + "a", 91, "lms"),
        ("똠방각하", 8, "sms"),
        ("가\n나", 5, "sms"),
    ],
)
def test_a_text_is_as_long_as_its_bytes_in_the_code_of_phones(words, bytes_, kind):
    assert (size(words), kind_of(words)) == (bytes_, TextKind(kind))


def test_what_stands_in_the_way_is_named():
    assert fault_of("가" * (LMS_BYTES // 2)) is None
    assert fault_of("가" * (LMS_BYTES // 2) + "a") == "문자는 2,000바이트까지 보낼 수 있습니다. 지금 2,001바이트입니다."
    assert fault_of("봄🌸 ñandú 🌸") == "문자로 보낼 수 없는 글자가 있습니다: 🌸 ñ ú"
    assert fault_of("‘봄’ – 여름\xa0— 가을 • 겨울・") is None
    assert fitted("봄 – 여름") == "봄 - 여름"


@given(st.text(max_size=50))
def test_what_can_be_sent_can_be_written_in_the_code(words):
    if not unsendable(words):
        assert size(words) == len(fitted(words).encode("cp949"))


def test_a_cost_is_known_where_a_price_is_set():
    assert cost_of(TextKind.LMS, 312, {"lms": 30}) == 9360
    assert cost_of(TextKind.SMS, 312, {"lms": 30}) is None
