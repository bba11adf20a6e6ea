"""화면 설정: how pages look to one person, kept in a cookie that says nothing else."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from briefings.web.access import public
from briefings.web.forms import Form

pages = Blueprint("display", __name__)

COOKIE = "display"
A_YEAR = 365 * 24 * 3600


class DisplayForm(Form):
    """Colours and size of letters; what is not listed is not kept."""

    mode = RadioField(
        _l("화면 색"),
        choices=[
            SelectChoice("standard", _l("기본")),
            SelectChoice("high-contrast", _l("선명한 화면(어두운 바탕, 밝은 글자)")),
        ],
        validators=[InputRequired()],
    )
    size = RadioField(
        _l("글자 크기"),
        choices=[
            SelectChoice("medium", _l("보통")),
            SelectChoice("large", _l("크게")),
            SelectChoice("xlarge", _l("아주 크게")),
        ],
        validators=[InputRequired()],
    )


@pages.route("/display", methods=["GET", "POST"])
@public
def settings() -> ResponseReturnValue:
    """Show and keep the choice."""
    mode, _, size = request.cookies.get(COOKIE, "").partition(".")
    form = DisplayForm(data={"mode": mode or "standard", "size": size or "medium"})
    if not form.validate_on_submit():
        return render_template("display.html", form=form)
    flash(gettext("화면 설정을 바꾸었습니다."), "success")
    answer = redirect(url_for("display.settings"))
    answer.set_cookie(
        COOKIE,
        f"{form.mode.data}.{form.size.data}",
        max_age=A_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer
