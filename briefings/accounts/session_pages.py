"""The browsers somebody is signed in with: their list, ending each or all others, and staying signed in."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from briefings import clock
from briefings.accounts.pages import pages
from briefings.accounts.sessions import browser_in, end, end_others, idle_life, network_in, session_named, sessions_of
from briefings.accounts.way_in import me, present_session
from briefings.db import unit_of_work
from briefings.web.access import signed_in
from briefings.web.routing import own_path
from briefings.web.security import made_by_script


@pages.get("/account/sessions")
@signed_in
def sessions() -> ResponseReturnValue:
    """Every browser that is signed in with this account, the one used last first."""
    here = present_session()
    rows = [
        {
            "handle": one.handle,
            "browser": browser_in(one.browser) or _("알 수 없는 브라우저"),
            "network": network_in(one.network),
            "begun_at": one.begun_at,
            "seen_at": one.seen_at,
            "here": one.id == here,
        }
        for one in sessions_of(me(), clock.now())
    ]
    rows.sort(key=lambda row: not row["here"])
    return render_template("accounts/sessions.html", rows=rows, idle=idle_life(me()))


@pages.post("/account/sessions/<handle>/end")
@signed_in
def end_session(handle: str) -> ResponseReturnValue:
    """Sign out of one other browser; of this one there is a button on every page."""
    found = session_named(me(), handle)
    if found is None or found.id == present_session():
        abort(404)
    with unit_of_work():
        end(me(), found.id, clock.now())
    flash(_("그 기기에서 로그아웃했습니다."), "success")
    return redirect(url_for(".sessions"))


@pages.post("/account/sessions/others/end")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Sign out of every browser but this one."""
    with unit_of_work():
        end_others(me(), present_session(), clock.now())
    flash(_("이 기기를 뺀 모든 기기에서 로그아웃했습니다."), "success")
    return redirect(url_for(".sessions"))


@pages.post("/account/stay")
@signed_in
def stay() -> ResponseReturnValue:
    """Stay signed in: the request itself is the sign that somebody is there."""
    if made_by_script():
        return Response(status=204)
    return redirect(own_path(request.form.get("next")) or url_for(".sessions"))
