"""What a registrant agreed to, on pages of their own: read, taken back, agreed to later."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.privacy.models import ConsentText, Purpose
from briefings.registrations.own_pages import pages, stands
from briefings.schedule import agreeing
from briefings.schedule.agreeing import Answer, answers_of
from briefings.schedule.links import registration_behind
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token
from briefings.web.forms import ConsentField, Form
from briefings.web.language import language

ASKED = "<any(registration, provision, news):purpose>"


class AgreeForm(Form):
    """The answer to one text that need not be agreed to."""

    consent = ConsentField()

    def __init__(self, text: ConsentText, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.consent.about(text)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: an answer is what this page is for."""
        fine = super().validate(extra_validators)
        if fine and self.consent.data is None:
            self.consent.errors = [gettext("‘%(label)s’에 답해 주세요.", label=self.consent.label.text)]
        return fine and self.consent.data is not None


@pages.route(f"/r/<token>/consents/{ASKED}", methods=["GET", "POST"])
@by_token
def consent(token: str, purpose: str) -> ResponseReturnValue:
    """The text answered to, and every answer; where one does not agree, the text in force to be agreed to."""
    registration = registration_behind(token)
    said = _answer(registration, purpose)
    may_agree = said.purpose in agreeing.OPTIONAL and not said.stands
    form = AgreeForm(said.in_force)
    if may_agree and form.validate_on_submit():
        try:
            _agree(token, said.in_force, bool(form.consent.data))
        except Refused as error:
            form.refuse(error, "consent")
        else:
            return redirect(url_for("registrations.show", token=token, _anchor="consents"), 303)
    return render_template(
        "registrations/consent.html",
        token=token,
        briefing=registration.briefing,
        said=said,
        form=form if may_agree else None,
        optional=said.purpose in agreeing.OPTIONAL,
        may_cancel=stands(registration, clock.now()),
    )


@pages.route(f"/r/<token>/consents/{ASKED}/withdraw", methods=["GET", "POST"])
@by_token
def withdraw_consent(token: str, purpose: str) -> ResponseReturnValue:
    """What follows from taking a consent back, then that; 404 for one that is required."""
    registration, form = registration_behind(token), Form()
    said = _answer(registration, purpose)
    if said.purpose not in agreeing.OPTIONAL:
        abort(404)
    own_page = url_for("registrations.show", token=token, _anchor="consents")
    if not said.stands:
        return redirect(own_page, 303)
    if form.validate_on_submit():
        with unit_of_work():
            agreeing.withdraw(registration_behind(token), said.purpose, clock.now())
        flash(gettext("동의를 철회했습니다."), "success")
        return redirect(own_page, 303)
    return render_template(
        "registrations/withdraw_consent.html", said=said, form=form, briefing=registration.briefing, back=own_page
    )


def _agree(token: str, text: ConsentText, given: bool) -> None:
    if not given:
        flash(gettext("동의하지 않은 것으로 두었습니다."), "info")
        return
    with unit_of_work():
        agreeing.agree(registration_behind(token), text, clock.now())
    flash(gettext("동의하신 것을 적어 두었습니다. 언제든지 이 화면에서 거두실 수 있습니다."), "success")


def _answer(registration: Registration, purpose: str) -> Answer:
    return next(each for each in answers_of(registration, language()) if each.purpose is Purpose(purpose))
