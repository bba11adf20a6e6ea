"""The short way in from another device: a briefing's code and a person's number lead to their own join page."""

import re

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from briefings import clock
from briefings.errors import Refused
from briefings.live.links import NUMBER_LENGTH, numbered, tidy_code
from briefings.schedule.links import token_of
from briefings.web.access import public
from briefings.web.forms import Form
from briefings.web.limits import counting_wrong, with_wait

pages = Blueprint("entry", __name__)


class EntryForm(Form):
    """A code and a number, typed in any grouping; the name only where a number is not enough."""

    code = StringField(
        _l("설명회 번호"),
        [DataRequired(), Length(max=20)],
        description=_l("입장 화면에 적힌 글자 5개입니다. 대문자와 소문자는 가리지 않습니다."),
    )
    number = StringField(
        _l("입장 번호"), [DataRequired(), Length(max=20)], description=_l("숫자 8개입니다. 예: 1234 5678")
    )
    name = StringField(_l("이름"), [Length(max=120)])

    def validate_number(self, field: StringField) -> None:
        """Digits, however they are grouped."""
        field.data = re.sub(r"[\s·.-]", "", field.data)
        if not re.fullmatch(rf"[0-9]{{{NUMBER_LENGTH}}}", field.data):
            raise ValidationError(_l("입장 번호는 숫자 8개입니다. 다시 확인해 주세요."))


@pages.route("/j", methods=["GET", "POST"])
@public
def show() -> ResponseReturnValue:
    """Ask for code and number; who types both right gets to their join page, where a button enters."""
    form, refused = EntryForm(), None
    if form.validate_on_submit():
        try:
            with counting_wrong("entry"):
                found = numbered(form.code.data, form.number.data, form.name.data or "", clock.now())
        except Refused as error:
            refused = error
            form.refuse(error)
        else:
            return redirect(url_for("live.join", token=token_of(found, "join")), 303)
    return with_wait(render_template("live/entry.html", form=form), refused)


@pages.get("/j/<code>")
@public
def of_briefing(code: str) -> ResponseReturnValue:
    """The same with the code filled in, as the short address of one briefing says it."""
    form = EntryForm(formdata=None, data={"code": tidy_code(code)[:20]})
    return render_template("live/entry.html", form=form)
