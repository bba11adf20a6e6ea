"""The staff's pages of who is asked in a round: the list, adding to it, asking, reminding."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs.models import NeedState, Round
from briefings.needs.rounds import latest_rounds
from briefings.needs.words import ROUND_TONES
from briefings.organizations.words import KINDS
from briefings.outbox.finding import undeliverable_among
from briefings.outbox.forms import SendForm
from briefings.outbox.sending_pages import show_then_send
from briefings.rounds import asking
from briefings.rounds import contacts as round_contacts
from briefings.rounds.contacts import Added, Fault
from briefings.rounds.forms import ContactForm, CorrectionForm, EarlierForm, LinesForm
from briefings.rounds.pages import is_quiet, the_round
from briefings.rounds.progress import standings
from briefings.rounds.words import ANSWER_TONES
from briefings.web.access import staff
from briefings.web.forms import Form

pages = Blueprint("round_contacts", __name__, url_prefix="/staff/rounds/<int:round_id>/contacts")
pages.context_processor(lambda: {"round_tones": ROUND_TONES, "answer_tones": ANSWER_TONES})

ANSWERING = {"yes": True, "no": False}


@pages.route("", methods=["GET", "POST"])
@staff
def index(round_id: int) -> ResponseReturnValue:
    """Everybody who is asked, what came of it, and a form for one more."""
    round, form = the_round(round_id), ContactForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                round_contacts.add(round, form.person(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("명단에 넣었습니다. 부탁하는 전자우편은 ‘부탁하기’에서 보냅니다.", "success")
            return redirect(url_for(".index", round_id=round_id), 303)
    return _list(round_id, form)


@pages.route("/lines", methods=["GET", "POST"])
@staff
def lines(round_id: int) -> ResponseReturnValue:
    """Check pasted lines; all of them go on the list, or none, with what is wrong in which."""
    round, form = the_round(round_id), LinesForm()
    faults: list[Fault] = []
    if form.validate_on_submit():
        people, faults = round_contacts.read_lines(form.lines.data)
        try:
            if not faults and not people:
                raise Refused("명단에서 읽을 줄을 찾지 못했습니다.", field="lines")
            if not faults:
                with unit_of_work():
                    added = round_contacts.add_lines(round, people, current_user, clock.now())
                return _say_added(round_id, added)
            form.lines.errors = [f"{len(faults)}줄을 고쳐야 합니다. 아직 아무도 넣지 않았습니다."]
        except Refused as error:
            form.refuse(error)
    return render_template("rounds/lines.html", round=the_round(round_id), form=form, faults=faults, kinds=KINDS)


@pages.route("/take", methods=["GET", "POST"])
@staff
def take(round_id: int) -> ResponseReturnValue:
    """Choose an earlier round, then put everybody on the list who was asked there."""
    round, form = the_round(round_id), EarlierForm()
    earlier = {each.id: each for each in latest_rounds() if each.id != round_id}
    form.earlier.choices = [SelectChoice(each.id, each.name) for each in earlier.values()]
    if form.validate_on_submit():
        with unit_of_work():
            added = round_contacts.take_over(round, earlier[form.earlier.data], current_user, clock.now())
        return _say_added(round_id, added)
    return render_template("rounds/take.html", round=round, form=form)


@pages.post("/members")
@staff
def members(round_id: int) -> ResponseReturnValue:
    """Put everybody on the list who acts for an organization with an account."""
    with unit_of_work():
        added = round_contacts.take_members(the_round(round_id), current_user, clock.now())
    return _say_added(round_id, added)


@pages.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@staff
def edit(round_id: int, contact_id: int) -> ResponseReturnValue:
    """Correct who is asked: a name misspelt, an address mail came back from, a colleague who took over."""
    contact = round_contacts.contact_of(the_round(round_id), contact_id) or abort(404)
    form = CorrectionForm(obj=contact)
    if form.validate_on_submit():
        given = form.name.data or "", form.email.data, form.locale.data
        try:
            with unit_of_work():
                other = round_contacts.correct(contact, *given, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash("담당자를 고쳤습니다." + (" 새 주소로 부탁하는 전자우편을 보내 주세요." if other else ""), "success")
            return redirect(url_for(".index", round_id=round_id), 303)
    contact = round_contacts.contact_of(the_round(round_id), contact_id) or abort(404)
    return render_template("rounds/contact.html", round=contact.round, contact=contact, form=form)


@pages.route("/<int:contact_id>/remove", methods=["GET", "POST"])
@staff
def remove(round_id: int, contact_id: int) -> ResponseReturnValue:
    """Ask, then take somebody off the list."""
    round, form = the_round(round_id), Form()
    contact = round_contacts.contact_of(round, contact_id) or abort(404)
    if not form.validate_on_submit():
        return render_template("rounds/remove.html", round=round, contact=contact, form=form)
    with unit_of_work():
        round_contacts.remove(contact, current_user, clock.now())
    flash("명단에서 뺐습니다.", "success")
    return redirect(url_for(".index", round_id=round_id), 303)


@pages.route("/ask", methods=["GET", "POST"])
@staff
def ask(round_id: int) -> ResponseReturnValue:
    """Show the mails to those who have not been written to, then send them."""
    round, form, now = the_round(round_id), SendForm(), clock.now()

    def write() -> int:
        return asking.ask(round, current_user, now)

    return _send(round_id, "rounds/ask.html", form, write, now, "%s명에게 부탁하는 전자우편을 보냅니다.")


@pages.route("/remind", methods=["GET", "POST"])
@staff
def remind(round_id: int) -> ResponseReturnValue:
    """Show the mails to those who have not answered, then send them."""
    round, form, now = the_round(round_id), SendForm(), clock.now()

    def write() -> int:
        return asking.remind(round, current_user, now, bool(form.at_once.data))

    return _send(round_id, "rounds/remind.html", form, write, now, "%s명에게 다시 알립니다.")


def _send(
    round_id: int, template: str, form: SendForm, write: Callable[[], int], now: datetime, done: str
) -> ResponseReturnValue:
    number, preview, obstacle = show_then_send(form, write, now)
    if number is not None:
        flash(done % f"{number:,}", "success")
        return redirect(url_for("staff_rounds.show", round_id=round_id), 303)
    round = the_round(round_id)
    return render_template(
        template,
        round=round,
        form=form,
        preview=preview,
        obstacle=obstacle,
        quiet=is_quiet(now),
        unasked=asking.number_unasked(round),
        silent=asking.number_silent(round),
        held_back=asking.number_held_back(round, now),
    )


def _list(round_id: int, form: ContactForm) -> str:
    round = the_round(round_id)
    answering = ANSWERING.get(request.args.get("answering", ""))
    page = round_contacts.contacts_of(round, request.args.get("page", 1, int), answering)
    return render_template(
        "rounds/contacts.html",
        round=round,
        form=form,
        page=page,
        returned=undeliverable_among({contact.email for contact in page.items}),
        answering=request.args.get("answering") if answering is not None else None,
        standings={each.organization.id: each for each in standings(round)},
        unasked=asking.number_unasked(round),
        silent=asking.number_silent(round),
        draft=NeedState.DRAFT,
        earlier=_has_earlier(round),
    )


def _has_earlier(round: Round) -> bool:
    return any(each.id != round.id for each in latest_rounds())


def _say_added(round_id: int, added: Added) -> ResponseReturnValue:
    known = f" 이미 명단에 있던 주소 {added.known:,}개는 그대로 두었습니다." if added.known else ""
    new = f"{added.new:,}명을 명단에 넣었습니다." if added.new else "새로 넣은 분이 없습니다."
    flash(new + known, "success" if added.new else "info")
    return redirect(url_for(".index", round_id=round_id), 303)
