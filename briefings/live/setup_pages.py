"""The staff's page of a briefing's set-up for its day: when the door opens, the ways in, what can be seen again."""

from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.live import days, rooms
from briefings.live.day_pages import pages
from briefings.live.days import closes_at, day_of, opens_at
from briefings.live.players import player_of
from briefings.live.setup_forms import ReplayForm, RoomForm, WaysForm, WindowForm, rearranged
from briefings.schedule import replaying
from briefings.schedule.models import Briefing
from briefings.schedule.staff import the_briefing
from briefings.web.access import staff
from briefings.web.forms import Form


@pages.get("/<int:briefing_id>/day/settings")
@staff
def settings(briefing_id: int) -> ResponseReturnValue:
    """Everything that is set up for the day."""
    return _page(the_briefing(briefing_id))


@pages.post("/<int:briefing_id>/day/settings/window")
@staff
def set_window(briefing_id: int) -> ResponseReturnValue:
    """When the room opens, and who counts as late or left early."""
    briefing = the_briefing(briefing_id)
    form = WindowForm.of(day_of(briefing), request.form)

    def act() -> bool:
        minutes = form.opens_minutes.data, form.late_minutes.data, form.early_minutes.data
        return days.set_up(briefing, *minutes, by=current_user, now=clock.now())

    return _done(briefing, form, act, "window", "입장과 출석의 기준을 저장했습니다.")


@pages.post("/<int:briefing_id>/day/settings/room")
@staff
def set_room(briefing_id: int) -> ResponseReturnValue:
    """Lead everybody to another main room from this moment on."""
    briefing = the_briefing(briefing_id)
    form = RoomForm.of(briefing, request.form)

    def act() -> bool:
        url, note = form.room_url.data or "", form.room_note.data or ""
        return rooms.change_now(briefing, url, note, seen=form.seen.data or "", by=current_user, now=clock.now())

    return _done(briefing, form, act, "room", "설명회장을 바꾸었습니다. 입장 화면에 곧바로 나타납니다.")


@pages.post("/<int:briefing_id>/day/settings/ways")
@staff
def set_ways(briefing_id: int) -> ResponseReturnValue:
    """The ways in beside the main room; a button of a row only rearranges what was typed."""
    briefing = the_briefing(briefing_id)
    do = request.form.get("do", "save")
    if do != "save":
        form = WaysForm(rearranged(request.form, do))
        return _page(briefing, ways=form, unsaved=True)
    form = WaysForm(request.form)

    def act() -> bool:
        seen = form.seen_ways.data or ""
        return rooms.set_ways(briefing, form.plans(), seen=seen, by=current_user, now=clock.now())

    return _done(briefing, form, act, "ways", "들어가는 다른 길을 저장했습니다. 입장 화면에 곧바로 나타납니다.")


@pages.post("/<int:briefing_id>/day/settings/replay")
@staff
def put_up_replay(briefing_id: int) -> ResponseReturnValue:
    """The recording, what stands in for its sound, and its chapters."""
    briefing = the_briefing(briefing_id)
    form = ReplayForm.of(briefing, request.form)

    def act() -> bool:
        return replaying.put_up(briefing, form.recording(), by=current_user, now=clock.now())

    return _done(briefing, form, act, "replay", "다시보기를 저장했습니다.")


def _done(briefing: Briefing, form: Form, act: Callable[[], bool], part: str, words: str) -> ResponseReturnValue:
    """Do it and show its part of the page; the page with what is wrong where it was refused."""
    if form.validate():
        try:
            with unit_of_work():
                changed = act()
        except Refused as error:
            form.refuse(error)
            if isinstance(form, RoomForm):  # whoever was told what others did may press again
                form.seen.data = rooms.mark_of_main(the_briefing(briefing.id))
        else:
            flash(words if changed else "바뀐 것이 없습니다.", "success" if changed else "info")
            return redirect(url_for(".settings", briefing_id=briefing.id) + f"#{part}", 303)
    return _page(the_briefing(briefing.id), **{part: form})


def _page(briefing: Briefing, unsaved: bool = False, **forms: Form) -> ResponseReturnValue:
    now, day, hosts = clock.now(), day_of(briefing), current_app.config["EMBED_HOSTS"]
    ways = rooms.other_ways(briefing)
    wrong = next((form for form in forms.values() if form.errors), None)
    return render_template(
        "live/settings.html",
        briefing=briefing,
        day=day,
        opens_at=opens_at(briefing, day),
        over=now >= closes_at(briefing, day),
        window=forms.get("window") or WindowForm.of(day, None),
        room=forms.get("room") or RoomForm.of(briefing, None),
        ways=forms.get("ways") or WaysForm.of(ways, None),
        replay=forms.get("replay") or ReplayForm.of(briefing, None),
        plays={way.key for way in rooms.ways_into(briefing) if player_of(way.address, hosts)},
        shown_ways=rooms.ways_into(briefing),
        hosts=hosts,
        unsaved=unsaved,
        form=wrong,
    )
