"""The staff's pages of the certificates of a briefing: the rule, who has one, put right, taken back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.afterwards import certificate_list, certifying
from briefings.afterwards.certificate_forms import CorrectForm, PeopleFilters, RevokeForm, RuleForm
from briefings.afterwards.certificate_list import STANDING_TONES, STANDINGS, Standing
from briefings.afterwards.certificate_papers import addresses, certificate_file
from briefings.afterwards.models import Certificate
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.rounds.pages import Listed
from briefings.schedule.staff import the_briefing, zone
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.problems import reason
from briefings.web.routing import row_number

pages = Blueprint("staff_certificates", __name__, url_prefix="/staff/briefings/<int:briefing_id>/certificates")
pages.context_processor(lambda: {"standings": STANDINGS, "standing_tones": STANDING_TONES})

PER_PAGE = 50


@pages.get("")
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """Everybody who was there, with their certificate or why there is none."""
    briefing, now = the_briefing(briefing_id), clock.now()
    overview, filters = certificate_list.overview_of(briefing, now), PeopleFilters(request.args)
    found = overview.found(*filters.conditions())
    asked = request.args.get("page", 1, row_number)
    rule = certifying.rule_of(briefing)
    obstacle = certifying.not_given_reason(briefing, rule, now)
    return render_template(
        "afterwards/staff/certificates.html",
        briefing=briefing,
        rule=rule,
        obstacle=_words(obstacle) if obstacle else None,
        numbers={standing: overview.number(standing) for standing in Standing},
        overview=overview,
        filters=filters,
        filtered=any(filters.conditions()),
        page=Listed(page=asked, per_page=PER_PAGE, error_out=False, rows=found),
        words=_words,
        form=Form(),
    )


@pages.route("/rule", methods=["GET", "POST"])
@staff
def rule(briefing_id: int) -> ResponseReturnValue:
    """Say who gets one."""
    briefing, now = the_briefing(briefing_id), clock.now()
    form = RuleForm(obj=certifying.rule_of(briefing))
    if form.validate_on_submit():
        given = form.offered.data, form.minutes.data, form.survey.data
        try:
            with unit_of_work():
                certifying.set_rule(briefing, *given, by=current_user, now=now)
        except Refused as error:
            form.refuse(error)
            briefing = the_briefing(briefing_id)
        else:
            flash("참가 확인증 규칙을 저장했습니다. 이미 발급한 확인증은 그대로입니다.", "success")
            return redirect(url_for(".index", briefing_id=briefing_id), 303)
    issued = certificate_list.overview_of(briefing, now).number(Standing.ISSUED)
    return render_template("afterwards/staff/certificate_rule.html", briefing=briefing, form=form, issued=issued)


@pages.post("/issue")
@staff
def issue(briefing_id: int) -> ResponseReturnValue:
    """Issue one to everybody who may have one; nobody is written to."""
    with unit_of_work():
        number = certifying.issue_to_all(the_briefing(briefing_id), zone(), current_user, clock.now())
    words = f"{number}명에게 참가 확인증을 발급했습니다. 본인은 입장 화면에서 내려받을 수 있습니다."
    flash(words if number else "새로 발급할 사람이 없습니다.", "success" if number else "info")
    return redirect(url_for(".index", briefing_id=briefing_id), 303)


@pages.get("/<number>")
@staff
def show(briefing_id: int, number: str) -> ResponseReturnValue:
    """One certificate."""
    certificate = _certificate(briefing_id, number)
    return render_template(
        "afterwards/staff/certificate.html",
        briefing=certificate.registration.briefing,
        certificate=certificate,
        registration=certificate.registration,
        current=certifying.certificate_of(certificate.registration),
        files=addresses(".file", briefing_id=briefing_id, number=number),
    )


@pages.get("/<number>.pdf")
@staff
def file(briefing_id: int, number: str) -> ResponseReturnValue:
    """The PDF of one that holds, for whoever cannot fetch it by their link."""
    certificate = _certificate(briefing_id, number)
    if certificate.revoked_at or certificate.replaced_at:
        abort(404)
    return certificate_file(certificate)


@pages.route("/<number>/correct", methods=["GET", "POST"])
@staff
def correct(briefing_id: int, number: str) -> ResponseReturnValue:
    """Put name or organization right; the new one has a new number."""
    certificate = _certificate(briefing_id, number)
    registration = certificate.registration
    form = CorrectForm(name=registration.name, organization=registration.organization.name)
    if form.validate_on_submit():
        given = form.name.data, form.organization.data, form.reason.data
        try:
            with unit_of_work():
                made = certifying.correct(certificate, *given, zone=zone(), by=current_user, now=clock.now())
                number = made.number
        except Refused as error:
            form.refuse(error)
            certificate = _certificate(briefing_id, number)
        else:
            flash(f"새 번호 {number}로 다시 발급하고 본인에게 알렸습니다.", "success")
            return redirect(url_for(".show", briefing_id=briefing_id, number=number), 303)
    return render_template(
        "afterwards/staff/certificate_correct.html",
        briefing=certificate.registration.briefing,
        certificate=certificate,
        form=form,
    )


@pages.route("/<number>/revoke", methods=["GET", "POST"])
@staff
def revoke(briefing_id: int, number: str) -> ResponseReturnValue:
    """Ask why, then take it back."""
    certificate = _certificate(briefing_id, number)
    form = RevokeForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                certifying.revoke(certificate, form.reason.data, by=current_user, now=clock.now())
        except Refused as error:
            form.refuse(error)
            certificate = _certificate(briefing_id, number)
        else:
            flash("발급을 취소하고 본인에게 알렸습니다.", "success")
            return redirect(url_for(".show", briefing_id=briefing_id, number=number), 303)
    return render_template(
        "afterwards/staff/certificate_revoke.html",
        briefing=certificate.registration.briefing,
        certificate=certificate,
        form=form,
    )


def _certificate(briefing_id: int, number: str) -> Certificate:
    found = certifying.certificate_numbered(number)
    if found is None or found.registration.briefing_id != briefing_id:
        abort(404)
    return found


def _words(why: certifying.WhyNot) -> str:
    return reason(Refused(why.words, **why.values))
