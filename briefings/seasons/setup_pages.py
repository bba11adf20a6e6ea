"""The staff's pages of what a season is planned from, its needs and its times; they belong to its blueprint."""

from datetime import datetime
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.needs import finding as need_finding
from briefings.outbox.readers import readers_reach
from briefings.seasons import candidate_times
from briefings.seasons import choosing as season_needs
from briefings.seasons import making as seasons
from briefings.seasons.availability import contacts_of
from briefings.seasons.candidate_times import Candidate
from briefings.seasons.forms import (
    CandidatesForm,
    NeedsForm,
    OneTimeForm,
    PatternForm,
    RemoveTimesForm,
    packed,
    unpacked,
    usual_pattern,
)
from briefings.seasons.models import Season, SeasonTime
from briefings.seasons.pages import pages, the_season, zone
from briefings.seasons.problem import busy_between
from briefings.web.access import staff
from briefings.web.filters import local, month


class TimeRow(NamedTuple):
    """A time of a season: what is planned then, what goes on beside it, who said that they cannot."""

    time: SeasonTime
    planned: list[str]
    beside: list[str]
    cannot: list[str]


@pages.route("/<int:season_id>/needs", methods=["GET", "POST"])
@staff
def needs(season_id: int) -> ResponseReturnValue:
    """Tick the needs of a season; ticks travel along from page to page until they are saved."""
    now, season = clock.now(), the_season(season_id)
    present = {card.need_id for card in season.cards}
    form = NeedsForm()
    form.offer(need_finding.themes(), need_finding.audiences(), season_needs.rounds())
    settled = seasons.settled_reason(season)
    if settled:
        form.only.data = "chosen"
    act, _, turn = request.form.get("do", "look").partition("-")
    chosen = _chosen(form, act, present, now) if form.is_submitted() and not settled else present
    if act == "save" and form.is_submitted():
        try:
            with unit_of_work():
                season = the_season(season_id)
                new, gone = season_needs.choose(season, chosen, seen=present, by=current_user, now=now)
        except Refused as error:
            form.refuse(error)
            season = the_season(season_id)
        else:
            flash(*(_said(new, gone)))
            return redirect(url_for(".times" if new and not season.times else ".show", season_id=season_id), 303)
    number = int(turn) if act == "page" and turn.isascii() and turn.isdigit() and len(turn) < 6 else 1
    page = season_needs.listed(form.wanted(max(number, 1), readers_reach()), chosen, now)
    form.need.choices = [(need.id, need.title) for need in page.items]
    form.need.data = [need.id for need in page.items if need.id in chosen]
    form.kept.data, form.seen.data = packed(chosen - {need.id for need in page.items}), packed(present)
    return render_template(
        "seasons/needs.html",
        season=season,
        form=form,
        page=page,
        rows=list(zip(page.items, form.need, strict=True)),
        chosen=chosen,
        new=len(chosen - present),
        gone=len(present - chosen),
        elsewhere=season_needs.elsewhere([need.id for need in page.items], season),
        settled=settled,
        now=now,
    )


def _chosen(form: NeedsForm, act: str, present: set[int], now: datetime) -> set[int]:
    """What is chosen by now; what others put in or took out since the page was made is in it or out of it."""
    ticked = {number for number in form.need.data or [] if number}
    chosen = season_needs.merged(present, unpacked(form.kept.data) | ticked, unpacked(form.seen.data))
    if act == "none":
        return set()
    if act != "all":
        return chosen
    return chosen | set(season_needs.found_ids(form.wanted(1, readers_reach()), now))


def _said(new: int, gone: int) -> tuple[str, str]:
    if not (new or gone):
        return "바뀐 내용이 없습니다.", "info"
    parts = [f"{new:,}건을 넣었습니다" if new else "", f"{gone:,}건을 뺐습니다" if gone else ""]
    return f"수요 {', '.join(part for part in parts if part)}.", "success"


@pages.route("/<int:season_id>/times", methods=["GET", "POST"])
@staff
def times(season_id: int) -> ResponseReturnValue:
    """The times at which briefings of the season may begin; more by pattern or one by one, fewer by ticks."""
    now, season = clock.now(), the_season(season_id)
    act = request.form.get("do", "")
    pattern = PatternForm(None if act not in ("look", "take") else request.form, data=usual_pattern(local(now).date()))
    one = OneTimeForm(request.form if act == "one" else None)
    remove = RemoveTimesForm(request.form if act == "remove" else None)
    remove.offer(season.times)
    picked, found = CandidatesForm(request.form if act == "take" else None), []
    try:
        if act in ("look", "take") and pattern.validate_on_submit():
            found = candidate_times.candidates(
                pattern.pattern(), (each.starts_at for each in season.times), now, zone()
            )
            picked.offer(found)
            if act == "take":
                return _added(season_id, picked.taken())
            picked.moments.data = [value for value, _ in picked.moments.choices]
        elif act == "one" and one.validate_on_submit():
            return _added(season_id, [one.starts_at.data])
        elif act == "remove" and remove.validate_on_submit():
            return _removed(season_id, remove.times.data or [])
    except Refused as error:
        (one if act == "one" else remove if act == "remove" else pattern).refuse(error)
        season = the_season(season_id)
    return render_template(
        "seasons/times.html",
        season=season,
        pattern=pattern,
        one=one,
        remove=remove,
        picked=picked,
        found=found,
        by_month=_by_month(found),
        rows=_rows(season, remove, now),
        form=next((form for form in (pattern, one, remove) if form.error_summary()), None),
        full=seasons.length(season, season.max_slots),
        settled=seasons.settled_reason(season),
    )


def _added(season_id: int, moments: list[datetime]) -> ResponseReturnValue:
    with unit_of_work():
        number = candidate_times.add_times(the_season(season_id), moments, current_user, clock.now())
    flash(*((f"시각 {number}개를 넣었습니다.", "success") if number else ("새로 넣은 시각이 없습니다.", "info")))
    return redirect(url_for(".times", season_id=season_id), 303)


def _removed(season_id: int, ids: list[int]) -> ResponseReturnValue:
    with unit_of_work():
        number = candidate_times.remove_times(the_season(season_id), ids, current_user, clock.now())
    flash(*((f"시각 {number}개를 뺐습니다.", "success") if number else ("뺄 시각을 골라 주세요.", "info")))
    return redirect(url_for(".times", season_id=season_id) + "#times", 303)


def _by_month(found: list[Candidate]) -> dict[str, list[Candidate]]:
    months: dict[str, list[Candidate]] = {}
    for each in found:
        months.setdefault(month(each.starts_at), []).append(each)
    return months


def _rows(season: Season, remove: RemoveTimesForm, now: datetime) -> dict[str, list[tuple[TimeRow, object]]]:
    """The times by month, each with its tick, by a fixed number of statements."""
    titles = seasons.lane_titles(season)
    planned: dict[datetime, list[str]] = {}
    for lane in season.lanes:
        if lane.starts_at:
            planned.setdefault(lane.starts_at, []).append(titles[lane.id])
    cannot: dict[datetime, list[str]] = {}
    for contact in contacts_of(season) if season.times else []:
        for moment in contact.impossible:
            cannot.setdefault(moment, []).append(contact.name or contact.email)
    rows: dict[str, list[tuple[TimeRow, object]]] = {}
    beside = _beside(season, now)
    for each, tick in zip(season.times, remove.times, strict=True):
        at = each.starts_at
        row = TimeRow(each, planned.get(at, []), beside.get(at, []), cannot.get(at, []))
        rows.setdefault(month(at), []).append((row, tick))
    return rows


def _beside(season: Season, now: datetime) -> dict[datetime, list[str]]:
    moments = [each.starts_at for each in season.times]
    if not moments:
        return {}
    found: dict[datetime, list[str]] = {}
    for briefing in busy_between(moments[0], moments[-1], season, now):
        for moment in moments:
            if briefing.starts_at < seasons.end_of(season, moment) and moment < briefing.ends_at:
                found.setdefault(moment, []).append(briefing.title)
    return found
