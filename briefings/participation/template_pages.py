"""The owner's pages of words to answer with again and again."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.participation import answer_templates
from briefings.participation.answer_templates import USUAL
from briefings.participation.desk import done, own_organization
from briefings.participation.desk_forms import TemplateForm
from briefings.participation.models import AnswerTemplate, TemplatePurpose
from briefings.web.access import member
from briefings.web.forms import Form

pages = Blueprint("owner_templates", __name__, url_prefix="/my/templates")


@pages.get("")
@member
def index() -> ResponseReturnValue:
    """What the organization keeps, by purpose."""
    templates = answer_templates.templates_of(own_organization())
    by_purpose = {purpose: [each for each in templates if each.purpose is purpose] for purpose in TemplatePurpose}
    return render_template("participation/templates.html", by_purpose=by_purpose, usual=USUAL)


@pages.route("/new", methods=["GET", "POST"])
@member
def create() -> ResponseReturnValue:
    """Keep another one, beginning with the usual words."""
    wanted = request.args.get("purpose", "")
    purpose = TemplatePurpose(wanted) if wanted in list(TemplatePurpose) else TemplatePurpose.ACKNOWLEDGE
    form = TemplateForm(data={"purpose": purpose.value, "text": gettext(USUAL[purpose])})
    organization = own_organization()

    def act() -> None:
        answer_templates.keep(organization, form.kept_as(), form.title.data, form.text.data, clock.now())

    if done(form, act):
        flash(gettext("글틀을 저장했습니다."), "success")
        return redirect(url_for(".index"), 303)
    return render_template("participation/template.html", form=form, template=None)


@pages.route("/<int:number>", methods=["GET", "POST"])
@member
def change(number: int) -> ResponseReturnValue:
    """Other words for one of them."""
    organization, made = own_organization(), _own(number)
    form = TemplateForm(obj=made)

    def act() -> None:
        answer_templates.change(made, organization, form.kept_as(), form.title.data, form.text.data, clock.now())

    if done(form, act):
        flash(gettext("글틀을 저장했습니다."), "success")
        return redirect(url_for(".index"), 303)
    return render_template("participation/template.html", form=form, template=made)


@pages.route("/<int:number>/discard", methods=["GET", "POST"])
@member
def discard(number: int) -> ResponseReturnValue:
    """Ask first, then keep it no longer."""
    made, form = _own(number), Form()
    if form.validate_on_submit():
        with unit_of_work():
            answer_templates.discard(_own(number))
        flash(gettext("글틀을 지웠습니다."), "success")
        return redirect(url_for(".index"), 303)
    return render_template("participation/template_discard.html", form=form, template=made)


def _own(number: int) -> AnswerTemplate:
    return answer_templates.template_of(own_organization(), number) or abort(404)
