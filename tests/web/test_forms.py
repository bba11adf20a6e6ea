"""What typed values become, and what is said when they will not do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, current_app
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, IntegerField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length, NumberRange

from briefings.errors import Refused
from briefings.web.forms import ChoicesField, ConsentField, EmailField, Filters, Form, MomentField, PhoneField


@pytest.fixture(autouse=True)
def in_a_request(app: Flask):
    with app.test_request_context("/"):
        yield


class Person(Form):
    name = StringField("이름", [InputRequired(), Length(min=2, max=5)])
    password = PasswordField("비밀번호")
    note = TextAreaField("전할 말")
    email = EmailField("전자우편")
    phone = PhoneField("휴대 전화번호")


class Answer(Form):
    at = MomentField("시작 일시", [InputRequired()])
    minutes = IntegerField("발표 시간", [InputRequired(), NumberRange(5, 60)])
    scope = RadioField("공개 범위", choices=["owner", "public"], validators=[InputRequired()])
    wants = ChoicesField("관심 수요", choices=["1", "2", "3"])
    must = ConsentField("개인정보 수집·이용 동의", must=True)
    may = ConsentField("소식 받기")


def filled(kind: type[Form], **values: Any) -> Any:
    pairs = [(k, v) for k, found in values.items() for v in (found if isinstance(found, list) else [found])]
    form = kind(formdata=MultiDict(pairs))
    form.validate()
    return form


def test_typed_text_is_trimmed_composed_and_keeps_its_line_breaks():
    form = filled(Person, name="  김가온 ", password="  as typed ", note=" 첫째\r\n둘째 ")
    assert form.name.data == "김가온"
    assert form.password.data == "  as typed "
    assert form.note.data == "첫째\n둘째"
    assert not form.errors


@pytest.mark.parametrize("text", ["가\x00온", "가\n온", "가\u202e온", "가\x1b온", "가\x85온"])
def test_characters_nobody_sees_are_refused(text: str):
    assert "보이지 않는 글자" in filled(Person, name=text).errors["name"][0]


def test_what_nobody_sees_is_shown_where_it_was_typed_and_refused_until_it_is_gone():
    form = filled(Person, name="가\x00온", note="앞\u202e뒤")
    assert 'value="가�온"' in form.name() and "앞�뒤" in form.note()
    assert "‘�’로 보이는 곳" in form.errors["name"][0]
    assert "‘�’로 보이는 곳" in filled(Person, name="가�온").errors["name"][0]  # pressed again as it was shown


def test_only_a_longer_text_may_have_line_breaks():
    assert "note" not in filled(Person, name="김가온", note="첫째\n둘째").errors
    assert "note" in filled(Person, name="김가온", note="첫째\x0b둘째").errors


def test_a_missing_value_is_asked_for_by_its_name():
    errors = filled(Answer).errors
    assert errors["at"] == ["시작 일시를 입력해 주세요."]
    assert errors["minutes"] == ["발표 시간을 입력해 주세요."]
    assert errors["scope"] == ["공개 범위를 골라 주세요."]
    with current_app.test_request_context(base_url="http://briefings.example.kr/en"):
        assert "“이름”" in filled(Person).errors["name"][0]


def test_built_in_messages_speak_plain_korean():
    assert filled(Person, name="김").errors["name"] == ["2자 이상 5자 이하로 적어 주세요."]
    assert filled(Answer, minutes="스무").errors["minutes"][0] == "숫자로 적어 주세요. 예: 20"
    assert filled(Answer, minutes="90").errors["minutes"] == ["5부터 60까지의 숫자로 적어 주세요."]
    assert filled(Answer, scope="secret").errors["scope"] == ["목록에 있는 것 가운데 골라 주세요."]
    assert filled(Answer, wants=["1", "9"]).errors["wants"] == ["목록에 있는 것 가운데 골라 주세요."]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gaon.example.kr", "‘@’가 빠졌습니다"),
        ("gaon@", "‘@’ 뒤의 주소가 빠졌습니다"),
        ("@example.kr", "‘@’ 앞의 이름이 빠졌습니다"),
        ("gaon@example", "모양이 맞지 않습니다"),
        ("가온 <gaon@example.kr>", "모양이 맞지 않습니다"),
        ("gaon@example.kr\r\nBcc: all@example.kr", "모양이 맞지 않습니다"),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong_with_it(typed: str, said: str):
    form = filled(Person, name="김가온", email=typed)
    assert said in form.errors["email"][0]
    assert form.email.data == typed


def test_addresses_and_numbers_are_kept_in_one_spelling():
    form = filled(Person, name="김가온", email=" Gaon@EXAMPLE.kr ", phone="+82 10 1234 5678")
    assert (form.email.data, form.phone.data) == ("Gaon@example.kr", "010-1234-5678")
    assert filled(Person, name="김가온").email.data in (None, "")


@pytest.mark.parametrize("typed", ["123", "전화 없음", "010-1234-567890123"])
def test_what_is_no_phone_number_is_refused(typed: str):
    assert "다시 확인해 주세요" in filled(Person, name="김가온", phone=typed).errors["phone"][0]


def test_a_phone_number_longer_than_its_place_is_refused():
    assert "phone" in filled(Person, name="김가온", phone="010-1234-5678;ext=12345678901234567890").errors


def test_a_name_of_signs_that_nobody_sees_is_no_name():
    assert "name" in filled(Person, name="\u200b\ufeff\u200e").errors
    assert filled(Person, name="김\u200b가온").name.data == "김가온"


@pytest.mark.parametrize("typed", [["2026-11-23", "14:00"], ["2026-11-23T14:00"], ["2026-11-23", "14:00:00"]])
def test_a_moment_is_read_on_the_clock_of_seoul(typed: list[str]):
    assert filled(Answer, at=typed).at.data == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", [["2026-11-23", ""], ["2026-02-30", "14:00"], ["내일", "두 시"]])
def test_half_a_moment_is_refused_and_stays_typed(typed: list[str]):
    form = filled(Answer, at=typed)
    assert form.errors["at"] == ["날짜와 시각을 함께 적어 주세요. 예: 2026-11-23 14:00"]
    assert form.at.typed() == tuple(typed)


def test_a_stored_moment_is_shown_in_two_labelled_controls():
    html = Answer(at=datetime(2026, 11, 23, 5, 0, tzinfo=UTC)).at(aria_invalid="true", class_="ignored")
    assert '<label for="at">' in html and '<label for="at-time">' in html
    assert 'value="2026-11-23"' in html and 'value="14:00"' in html
    assert html.count('aria-invalid="true"') == 2


def test_what_was_typed_cannot_leave_its_attribute():
    assert '"><script>' not in filled(Answer, at=['"><script>', ""]).at()


def test_a_consent_is_answered_by_nobody_but_the_person():
    form = filled(Answer)
    assert form.must.data is None and form.may.data is None
    assert "checked" not in "".join(str(option()) for option in form.must)
    assert "답해 주세요" in form.errors["must"][0] and "may" not in form.errors


def test_a_required_consent_needs_a_yes_and_an_optional_one_any_answer():
    form = filled(Answer, must="no", may="no")
    assert form.must.data is False and form.may.data is False
    assert "must" in form.errors and "may" not in form.errors
    assert "must" not in filled(Answer, must="yes", may="yes").errors
    assert [str(option()).count("checked") for option in form.may] == [0, 1]


def test_a_refusal_stands_at_its_field_or_above_the_form():
    form = filled(Person, name="김가온")
    form.refuse(Refused("자리가 %(count)s개뿐입니다.", count=3))
    form.refuse(Refused("이미 신청한 주소입니다.", field="email"))
    form.refuse(Refused("%(at)s부터 신청을 받습니다.", at=datetime(2026, 11, 23, 5, 0, tzinfo=UTC)), "name")
    assert form.error_summary() == [
        (None, "자리가 3개뿐입니다."),
        ("name", "이름: 2026. 11. 23.(월) 14:00부터 신청을 받습니다."),
        ("email", "전자우편: 이미 신청한 주소입니다."),
    ]


def test_the_summary_leads_to_the_first_control_of_each_wrong_field():
    assert [target for target, _ in filled(Answer, minutes="5").error_summary()] == [
        "at",
        "scope-0",
        "must-0",
    ]


def test_the_summary_says_in_which_row_and_which_field():
    class Row(Form):
        class Meta(Form.Meta):
            csrf = False

        email = EmailField("전자우편", [InputRequired()])
        minutes = IntegerField("발표(분)", [NumberRange(min=1)])

    class Rows(Form):
        rows = FieldList(FormField(Row), "순서", min_entries=2, max_entries=2)
        other = FormField(Row, "영어")

    given = {"rows-0-email": "a@example.kr", "rows-0-minutes": "5", "rows-1-email": "", "rows-1-minutes": "0"}
    form = filled(Rows, **given, **{"other-email": "a@example.kr", "other-minutes": "x"})
    assert form.error_summary() == [
        ("rows-1-email", "순서 2: 전자우편을 입력해 주세요."),
        ("rows-1-minutes", "순서 2, 발표(분): 1 이상인 숫자로 적어 주세요."),
        ("other-minutes", "영어, 발표(분): 숫자로 적어 주세요. 예: 20"),
    ]


def test_the_summary_names_no_field_that_its_sentence_names():
    class Mailed(Form):
        email = EmailField("E-mail")

    form = filled(Mailed)
    form.refuse(Refused("The e-mail address lacks the “@”.", field="email"))
    assert form.error_summary() == [("email", "The e-mail address lacks the “@”.")]


def fields_of_forms() -> Iterator[tuple[str, UnboundField]]:
    """Every field of every form, with where it stands."""

    def below(kind: type[Form]) -> Iterator[type[Form]]:
        for each in kind.__subclasses__():
            yield from (each, *below(each))

    for form in below(Form):
        found = {name: getattr(form, name) for name in dir(form)}
        yield from ((f"{form.__name__}.{name}", one) for name, one in found.items() if isinstance(one, UnboundField))


def label_of(field: UnboundField) -> str:
    return str(field.args[0] if field.args else field.kwargs.get("label", ""))


def test_every_list_of_rows_has_a_name_for_the_summary():
    rows = {place: one for place, one in fields_of_forms() if one.field_class is FieldList}
    assert len(rows) > 3
    assert [place for place, one in rows.items() if len(one.args) < 2 and "label" not in one.kwargs] == []


def test_no_label_says_itself_what_the_page_says_of_every_field_that_may_stay_empty():
    assert [place for place, one in fields_of_forms() if "(선택)" in label_of(one)] == []


def test_filters_read_the_address_and_mark_nothing_optional():
    class NeedFilters(Filters):
        q = StringField("검색어")

    form = NeedFilters(MultiDict({"q": " 폐기물 "}))
    assert form.validate() and form.q.data == "폐기물" and form.q.flags.unmarked
