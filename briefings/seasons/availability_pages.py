"""Asking who can present when: the staff's pages of it, and the page behind the personal link."""

from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.outbox.preview import Preview, dry_run
from briefings.seasons import availability
from briefings.seasons import making as seasons
from briefings.seasons import words as season_words
from briefings.seasons.availability import Contact
from briefings.seasons.forms import HeardForm, answer_form, answered_before, answers_in
from briefings.seasons.links import availability_request_behind
from briefings.seasons.models import AvailabilityRequest, Season
from briefings.seasons.pages import the_season
from briefings.web.access import by_token, staff
from briefings.web.forms import Form
from briefings.web.problems import reason

pages = Blueprint("availability", __name__)
pages.context_processor(lambda: {"tones": season_words.SEASON_TONES})

REACHED = {
    "availability_asked": "%(named)s에게 발표할 수 있는 시각을 묻습니다.",
    "availability_reminded": "아직 답하지 않은 %(named)s에게 다시 묻습니다.",
}


class Asking(NamedTuple):
    """What asking or reminding does, in words."""

    title: str
    button: str
    done: str
    none: str


ACTS = {
    "ask": Asking(
        "발표 가능 시간을 묻겠습니까?",
        "전자우편 보내기",
        "%s명에게 발표 가능 시간을 물었습니다.",
        "새로 물을 사람이 없습니다.",
    ),
    "remind": Asking(
        "답하지 않은 사람에게 다시 묻겠습니까?",
        "다시 묻기",
        "%s명에게 다시 물었습니다.",
        "오늘 다시 물을 사람이 없습니다. 모두 답했거나 오늘 이미 물었습니다.",
    ),
}


@pages.get("/staff/seasons/<int:season_id>/availability")
@staff
def index(season_id: int) -> ResponseReturnValue:
    """Who would present, who was asked, who answered what."""
    season = the_season(season_id)
    contacts = _contacts(season, "narrowed_reach")
    return render_template(
        "seasons/availability.html",
        season=season,
        contacts=contacts,
        times=len(season.times),
        unasked=sum(bool(contact.email) and contact.request is None for contact in contacts),
        silent=len(availability.silent(season, contacts)),
        settled=seasons.settled_reason(season),
    )


@pages.route("/staff/seasons/<int:season_id>/availability/<any('ask', 'remind'):what>", methods=["GET", "POST"])
@staff
def ask(season_id: int, what: str) -> ResponseReturnValue:
    """Show whom it would reach and with what mail, then ask; or remind the silent."""
    now, words, form = clock.now(), ACTS[what], Form()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                number = _send(the_season(season_id), what, now)
        except Refused as error:
            flash(str(error), "error")
        else:
            flash(*((words.done % number, "success") if number else (words.none, "info")))
        return redirect(url_for(".index", season_id=season_id), 303)
    try:
        with dry_run(current_app, now) as preview:
            _send(the_season(season_id), what, now)
    except Refused as error:
        flash(str(error), "error")
        return redirect(url_for(".index", season_id=season_id), 303)
    season = the_season(season_id)
    without = [contact for contact in _contacts(season) if not contact.email]
    return render_template(
        "seasons/ask.html",
        season=season,
        form=form,
        words=words,
        preview=preview,
        sentences=preview.sentences(REACHED),
        left_out=_left_out(preview, without) if what == "ask" else [],
    )


def _send(season: Season, what: str, now: datetime) -> int:
    act = availability.ask if what == "ask" else availability.remind
    return act(season, _contacts(season), current_user, now)


def _contacts(season: Season, reach: str = "reach") -> list[Contact]:
    return availability.contacts_of(season, current_app.extensions[reach]())


def _left_out(preview: Preview, without: list[Contact]) -> list[str]:
    names = ", ".join(contact.name or "이름 없음" for contact in without[:10])
    more = " 등" if len(without) > 10 else ""
    return [f"전자우편이 없는 담당자 {len(without)}명({names}{more})에게는 묻지 못합니다."] if without else []


@pages.route("/staff/seasons/<int:season_id>/availability/of/<int:need_id>", methods=["GET", "POST"])
@staff
def enter(season_id: int, need_id: int) -> ResponseReturnValue:
    """Write down what somebody said, by telephone for instance."""
    season = the_season(season_id)
    contact = _contact(season, need_id)
    moments = [each.starts_at for each in season.times]
    known = {"note": contact.request.note if contact.request else "", "seen": availability.mark_of(contact)}
    form = answer_form(moments, "가능", "불가", HeardForm, **STAFF_WORDS)(
        data=answered_before(contact, moments) | known
    )
    every = "all" in request.form  # then only the note was typed
    if form.note.validate(form) if every else form.validate_on_submit():
        said = dict.fromkeys(moments, True) if every else answers_in(form, moments)
        try:
            with unit_of_work():
                season = the_season(season_id)
                contact, note, seen = _contact(season, need_id), form.note.data or "", form["seen"].data or ""
                availability.answer_for(season, contact, said, note, seen=seen, by=current_user, now=clock.now())
        except Refused as error:
            form.refuse(error)
            season = the_season(season_id)
        else:
            flash(f"{contact.name or contact.email} 님의 답을 적었습니다.", "success")
            return redirect(url_for(".index", season_id=season_id), 303)
    return render_template(
        "seasons/enter.html",
        season=season,
        contact=_contact(season, need_id),
        form=form,
        settled=seasons.settled_reason(season),
    )


STAFF_WORDS = {
    "unanswered": "%(when)s: 가능과 불가 가운데 골라 주세요.",
    "note": "남긴 말",
    "hint": "예: 2월에는 국회 일정으로 어렵습니다.",
}


def _contact(season: Season, need_id: int) -> Contact:
    contacts = _contacts(season)
    return next((one for one in contacts if any(need.id == need_id for need in one.needs)), None) or abort(404)


@pages.route("/present/times/<token>", methods=["GET", "POST"])
@by_token
def answer(token: str) -> ResponseReturnValue:
    """The times of a season with a question for each; what was answered before is filled in."""
    now, asked = clock.now(), availability_request_behind(token)
    moments = [each.starts_at for each in asked.season.times if each.starts_at > now]
    form = _form(asked, moments)
    every = "all" in request.form  # then only the note was typed
    if form.note.validate(form) if every else form.validate_on_submit():
        said = dict.fromkeys(moments, True) if every else answers_in(form, moments)
        try:
            with unit_of_work():
                asked = availability_request_behind(token)
                availability.answer(asked, said, form.note.data or "", now)
        except Refused as error:
            flash(reason(error), "error")
        else:
            flash(gettext("답해 주셔서 고맙습니다. 일정이 정해지기 전에는 이 화면에서 고칠 수 있습니다."), "success")
        return redirect(url_for(".answer", token=token), 303)
    return render_template(
        "schedule/presenter/times.html",
        token=token,
        asked=asked,
        needs=availability.needs_of(asked),
        form=form,
        moments=moments,
        closed=availability.closed_reason(asked, now),
        minutes=seasons.length(asked.season, asked.season.max_slots),
    )


def _form(asked: AvailabilityRequest, moments: list[datetime]) -> Form:
    said = availability.said_by([asked.email]).get(asked.email)
    contact = Contact(asked.name, asked.email)
    for moment in moments:
        can = said.about(*availability.span(asked.season, moment)) if said else None
        if can is not None:
            contact.answers[moment] = can
    kind = answer_form(
        moments,
        gettext("가능"),
        gettext("불가"),
        unanswered=gettext("%(when)s: 가능과 불가 가운데 골라 주세요."),
        note=gettext("담당자에게 남길 말"),
        hint=gettext("예: 2월 둘째 주는 국외 출장으로 모두 어렵습니다."),
    )
    return kind(data=answered_before(contact, moments) | {"note": asked.note})
