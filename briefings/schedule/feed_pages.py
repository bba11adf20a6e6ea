"""Calendars to subscribe to, and the pages on which somebody chooses how to keep theirs."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import SQLAlchemyError
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from briefings import clock
from briefings.calendar.adding import Subscription, copies_of, subscription_to
from briefings.calendar.items import CalendarObject
from briefings.calendar.items import published as published_calendar
from briefings.db import db, unit_of_work
from briefings.errors import N_, Refused
from briefings.needs.models import Audience, Theme
from briefings.schedule import calendar_settings, feeds, items
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, Channel
from briefings.schedule.calendar_objects import item_object, item_objects, public_object
from briefings.schedule.invitations import open_item
from briefings.schedule.links import registration_behind, slot_behind
from briefings.schedule.models import Briefing
from briefings.web.access import by_token, public
from briefings.web.filters import site_name
from briefings.web.forms import Form
from briefings.web.labels import label
from briefings.web.problems import reason

log = logging.getLogger(__name__)
pages = Blueprint("feeds", __name__)


class ChannelForm(Form):
    """How new entries come into the calendar."""

    channel = RadioField(
        _l("새 일정을 달력에 넣는 방법"),
        [InputRequired()],
        choices=[
            SelectChoice(Channel.INVITE.value, _l("전자우편으로 일정 초대 받기")),
            SelectChoice(Channel.FEED.value, _l("달력에서 구독하기")),
            SelectChoice(Channel.NONE.value, _l("달력에 넣지 않기")),
        ],
    )


MEANINGS = {
    Channel.INVITE: _l("일정마다 초대가 옵니다. 바뀌거나 취소되면 달력의 일정도 바로 바뀝니다."),
    Channel.FEED: _l(
        "초대는 오지 않습니다. 구독 주소를 달력에 한 번 넣어 두면 모든 일정이 저절로 나타나고 바뀝니다. "
        "달력에 따라 몇 시간 뒤에 반영됩니다."
    ),
    Channel.NONE: _l("안내 전자우편만 받습니다."),
}


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Who looks at the page on keeping a calendar, what their link put into theirs, and where they came from.

    `file` is the address of the same as a file.
    """

    email: str
    items: list[CalendarItem]
    file: str
    back: str
    back_text: str


@pages.get("/cal/briefings.ics")
@public
def briefings() -> ResponseReturnValue:
    """Every briefing."""
    now = clock.now()
    return _public_feed(site_name(), feeds.briefings(now), now)


@pages.get("/cal/themes/<int:theme_id>.ics")
@public
def of_theme(theme_id: int) -> ResponseReturnValue:
    """The briefings on one theme."""
    now = clock.now()
    theme = db.session.get(Theme, theme_id) or abort(404)
    return _public_feed(f"{site_name()}: {label(theme)}", feeds.briefings(now, theme_id=theme_id), now)


@pages.get("/cal/audiences/<int:audience_id>.ics")
@public
def of_audience(audience_id: int) -> ResponseReturnValue:
    """The briefings for one audience."""
    now = clock.now()
    audience = db.session.get(Audience, audience_id) or abort(404)
    return _public_feed(f"{site_name()}: {label(audience)}", feeds.briefings(now, audience_id=audience_id), now)


@pages.get("/cal/f/<token>.ics")
@by_token
def personal(token: str) -> ResponseReturnValue:
    """What one person is registered for and presents; the secret in the address is all that opens it."""
    now = clock.now()
    setting = calendar_settings.setting_behind(token) or abort(404)
    entries = feeds.entries_of(setting.email, now)
    body = _calendar(
        gettext("설명회 일정, 신청·발표"),
        [
            *item_objects(entries.own),
            *(public_object(each, busy=False) for each in entries.around),
        ],
    )
    etag = _etag(body)
    response = _answer(body, etag, _changed_at(setting, etag, now))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@pages.route("/r/<token>/calendar", methods=["GET", "POST"])
@by_token
def of_registrant(token: str) -> ResponseReturnValue:
    """How a registrant keeps their calendar."""
    registration = registration_behind(token)
    item = open_item(registration)
    keeper = Keeper(
        email=registration.email,
        items=[item] if item and not registration.briefing.is_over(clock.now()) else [],
        file=url_for("registrations.ics", token=token),
        back=url_for("registrations.show", token=token),
        back_text=gettext("신청 내역"),
    )
    return _keeping(keeper)


@pages.route("/present/<token>/calendar", methods=["GET", "POST"])
@by_token
def of_presenter(token: str) -> ResponseReturnValue:
    """How a presenter keeps their calendar."""
    slot = slot_behind(token)
    keeper = Keeper(
        email=slot.presenter_email,
        items=[] if slot.briefing.is_over(clock.now()) else feeds.standing_of(slot),
        file=url_for("presenters.ics", token=token),
        back=url_for("presenters.show", token=token),
        back_text=gettext("맡으신 발표"),
    )
    return _keeping(keeper)


def _keeping(keeper: Keeper) -> ResponseReturnValue:
    """Show the page, or do what was pressed on it; the secret of a new feed is told in that answer alone."""
    act, _, uid = request.form.get("do", "").partition("-")
    if request.method != "POST":
        return _page(keeper)
    now = clock.now()
    if act == "new":
        with unit_of_work():
            token = calendar_settings.make_feed(keeper.email, now)
        return _page(keeper, subscription_to(url_for(".personal", token=token, _external=True)))
    try:
        with unit_of_work():
            done = _do(keeper, act, uid, now)
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(done, "success")
    return redirect(_here(), 303)


def _do(keeper: Keeper, act: str, uid: str, now: datetime) -> str:
    """Do what was pressed; the words that say so."""
    if act == "end":
        calendar_settings.end_feed(keeper.email, now)
        return gettext("구독 주소를 없앴습니다. 이제 그 주소로는 아무도 일정을 볼 수 없습니다.")
    if act == "again":
        items.resend(next((each for each in keeper.items if each.uid == uid), None), now)
        return gettext("일정 초대를 보냈습니다. 전자우편을 확인해 주세요.")
    form = ChannelForm()
    if not form.validate():
        raise Refused(N_("새 일정을 달력에 넣는 방법을 골라 주세요."))
    calendar_settings.keep_by(keeper.email, Channel(form.channel.data), now)
    return gettext("저장했습니다. 앞으로 새 일정은 고르신 방법으로 알려 드립니다.")


def _page(keeper: Keeper, made: Subscription | None = None) -> str:
    setting = calendar_settings.setting_of(keeper.email)
    entries = [(each, item_object(each, each.sequence)) for each in keeper.items]
    return render_template(
        "schedule/calendar.html",
        keeper=keeper,
        here=_here(),
        form=ChannelForm(formdata=None, data={"channel": setting.channel.value}),
        meanings={channel.value: words for channel, words in MEANINGS.items()},
        channel=setting.channel,
        has_feed=setting.feed_hash is not None,
        made=made,
        entries=[(item, entry, copies_of(entry)) for item, entry in entries],
    )


def _here() -> str:
    return url_for(str(request.endpoint), **(request.view_args or {}))


def _public_feed(name: str, found: Iterable[Briefing], now: datetime) -> Response:
    body = _calendar(name, [public_object(each) for each in found])
    changed_at = feeds.last_change(now)
    if changed_at is not None and now - changed_at < timedelta(seconds=1):
        changed_at = None  # it may change again within the second, and a date could not tell
    return _answer(body, _etag(body), changed_at)


def _calendar(name: str, entries: Iterable[CalendarObject]) -> bytes:
    cancelled = gettext("취소")
    return published_calendar(
        entries, name, timezone=current_app.config["TIMEZONE"], cancelled_prefix=f"[{cancelled}] "
    )


def _etag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def _changed_at(setting: CalendarSetting, etag: str, now: datetime) -> datetime | None:
    """When a personal feed last became another one.

    Its newest entry cannot tell: one that leaves the window changes the feed and moves no date. So the first to ask
    for what is new writes the moment down. That decides nothing for anybody and takes no lock while nothing is new;
    where it cannot be written the answer goes without a date.
    """
    if setting.feed_etag == etag:
        return setting.feed_changed_at
    try:
        with unit_of_work():
            return feeds.remember(setting, etag, now)
    except SQLAlchemyError as error:
        log.warning("feed=not-dated %s", type(error).__name__)
        return None


def _answer(body: bytes, etag: str, changed_at: datetime | None) -> Response:
    """The feed, or that it is as it was (304). Never compressed: outlook.com cannot read it then."""
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="briefings.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(etag)
    if changed_at is not None:
        response.last_modified = changed_at
    return response.make_conditional(request)
