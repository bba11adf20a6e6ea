"""Personal data goes on its day: forecast, destroyed, written into the register; numbers stay as they are."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.jobs import destroy_drafts, destroy_due
from briefings.live.models import Attendance, BriefingDay
from briefings.outbox.models import Message
from briefings.outbox.queueing import NOBODY, Recipient, queue
from briefings.participation.models import ReplyDraft, ReplyState
from briefings.privacy.consenting import answer, current_text
from briefings.privacy.models import Destruction, Erasure, Purpose
from briefings.rights import retention, working
from briefings.rights.kinds import BY_NAME, KINDS, PROMISED
from briefings.rights.words import KINDS as WORDS
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, ItemKind, ItemState
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import Registration
from briefings.seasons.models import AvailabilityRequest, Season, SeasonTime
from briefings.statistics.funnel import crossed
from briefings.statistics.published import published_figures
from briefings.statistics.recognition import Deed, Who, half_of, ranking
from briefings.statistics.scope import Axis, Scope
from briefings.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from tests.builders import a_colleague, a_question, a_registration, a_reply, a_user, saved
from tests.rights.test_erasing import SEOUL, counts, erase
from tests.rights.traces import Traces, a_past_briefing, dump, traces_in
from tests.statistics.generated import an_installation

pytestmark = pytest.mark.usefixtures("app")
DAY = timedelta(days=1)


def of_kind(name):
    """The forecast of one kind."""
    return next(each for each in retention.forecast(NOW[0]) if each.kind.name == name)


NOW: list = []
ON_ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
"""What these ask of the database is asked on both by others here."""


@pytest.fixture(autouse=True)
def moment(now):
    NOW[:] = [now]


def test_what_is_due_goes_and_is_written_down_and_what_is_not_stays(app, now):
    old = a_registration(a_past_briefing(now, 400), name="남궁이슬", phone="010-2345-6789")
    soon = a_registration(a_past_briefing(now, 360))
    young = a_registration(a_past_briefing(now, 30))
    found = of_kind("registrations")
    assert (found.now, found.ahead, found.days) == (1, {30: 1, 60: 1, 90: 1}, 365)
    assert retention.number_due_soon(now) == 1
    destroy_due(app)
    db.session.expire_all()
    assert (old.name, old.phone, old.email.endswith(NOBODY)) == ("○○○", "", True)
    assert (soon.name, young.name) == ("이가온", "이가온")
    [line] = db.session.scalars(select(Destruction).where(Destruction.kind == "registrations"))
    assert (line.number, line.by_id, line.until) == (1, None, old.briefing.ends_at)
    destroy_due(app)
    assert (of_kind("registrations").now, line.number) == (0, 1)


@ON_ONE
def test_the_register_says_of_each_kind_what_the_dry_run_said(app, now):
    for _ in range(2):
        a_question(a_registration(a_past_briefing(now, 400)), anonymous=False)
    foretold = {each.kind.name: each.now for each in retention.forecast(now) if each.now}
    assert foretold == {"registrations": 2, "questions": 2}
    destroy_due(app)
    assert {line.kind: line.number for line in db.session.scalars(select(Destruction))} == foretold


@ON_ONE
def test_what_tells_of_nobody_goes_with_the_rest_and_is_not_counted_as_personal_data(app, client, now):
    admin = a_user(Role.ADMINISTRATOR)
    a_registration(a_past_briefing(now, 366))
    endpoint = saved(
        WebhookEndpoint(url="https://a.example.kr/", secret="", events=[], created_at=now, created_by_id=admin.id)
    )
    for number in range(3):
        event = {"event_id": f"e{number}", "event": "need.published", "about": "needs:1", "data": {}}
        told = dict.fromkeys(("occurred_at", "next_at", "told_at"), now - timedelta(days=89))
        saved(WebhookDelivery(endpoint_id=endpoint.id, state=DeliveryState.SENT, **event, **told))
    assert of_kind("webhooks").ahead[30] == 3
    assert retention.number_due_soon(now) == 1
    client.sign_in(admin)
    foot = client.get("/staff/privacy").text.partition("개인정보 모두")[2]
    assert re.findall(r">(\d+)건<", foot)[:2] == ["1", "0"]
    destroy_due(app)
    assert retention.number_due_soon(now) == 0


@ON_ONE
def test_what_is_wrong_with_one_kind_keeps_no_other_waiting_and_is_not_kept_quiet(now, monkeypatch):
    first, looked = KINDS[0], []

    def look(kind, moment):
        looked.append(kind)
        if kind is first:
            raise RuntimeError
        return False

    monkeypatch.setattr(retention, "is_due", look)
    with pytest.raises(RuntimeError):
        working.destroy_due(lambda: now)
    assert sorted(looked, key=KINDS.index) == list(KINDS)


@ON_ONE
def test_what_goes_on_one_day_is_one_line_however_many_batches(app, now, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    briefing = a_past_briefing(now, 400)
    for _ in range(5):
        a_registration(briefing)
    destroy_due(app)
    [line] = db.session.scalars(select(Destruction).where(Destruction.kind == "registrations"))
    assert line.number == 5


def test_who_wants_news_is_kept_for_it_until_that_consent_is_old(app, now):
    place = a_registration(a_past_briefing(now, 400))
    about = f"registration:{place.public_id}"
    answer(about, current_text(Purpose.NEWS, "ko"), True, now - 400 * DAY)
    db.session.commit()
    destroy_due(app)
    db.session.refresh(place)
    assert place.name == "이가온"
    answer(about, current_text(Purpose.NEWS, "ko"), True, now - 800 * DAY)
    db.session.commit()
    destroy_due(app)  # the consent ends first, then nothing keeps the name
    destroy_due(app)
    db.session.refresh(place)
    assert place.name == "○○○"


def test_of_everything_that_is_old_only_numbers_are_left(app, now):
    made = Traces(now - 4000 * DAY)
    before = counts(now)
    for _ in range(2):
        destroy_due(app)
    db.session.expire_all()
    assert counts(now)[1] == before[1]
    half = half_of(made.now, SEOUL)
    assert ranking(Who.ORGANIZATIONS, half, dict.fromkeys(Deed, 1), None, SEOUL, now)
    left = {line.split(":")[0] for line in traces_in(dump())}
    assert left & {"calendar_items", "certificates", "invitees", "presenter_slots", "survey_answers"} == set()
    assert {made.place.name, made.reply.name, made.item.name} == {"○○○"}


def test_who_is_asked_when_they_can_is_kept_until_the_last_of_these_times_is_past(app, now):
    about = {"created_by_id": a_user(Role.ADMINISTRATOR).id, "created_at": now, "changed_at": now}
    season = saved(Season(name="가을", **about, times=[SeasonTime(starts_at=now + 40 * DAY)]))
    asked = saved(AvailabilityRequest(season=season, name="이가온", email="gaon@example.kr", asked_at=now))
    with unit_of_work():
        retention.change_period(BY_NAME["availability_requests"], 30, a_user(Role.ADMINISTRATOR), now)
    for days, name in ((31, "이가온"), (69, "이가온"), (71, "○○○")):
        with time_machine.travel(now + days * DAY, tick=False):
            destroy_due(app)
        db.session.expire_all()
        assert asked.name == name, days


def test_periods_change_within_bounds_and_the_change_is_recorded(now):
    administrator = a_user(Role.ADMINISTRATOR)
    kind = BY_NAME["registrations"]
    for days in (kind.bounds[0] - 1, kind.bounds[1] + 1):
        with pytest.raises(Refused, match="일 이상"):
            retention.change_period(kind, days, administrator, now)
    retention.change_period(kind, 100, administrator, now)
    retention.change_period(kind, 100, administrator, now)
    assert retention.periods()["registrations"] == 100
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.changed"))
    assert entry.detail == {"kind": "registrations", "before": 365, "days": 100}


def test_the_log_of_acts_goes_only_after_the_time_the_database_guards(app, now):
    entry = {"actor_name": "", "action": "x.y", "about_type": "users", "about_id": 1, "detail": {}}
    saved(AuditEntry(at=now - 1200 * DAY, **entry))
    saved(AuditEntry(at=now - 1000 * DAY, **entry))
    destroy_due(app)
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "x.y")).all()) == 1
    assert BY_NAME["audit"].bounds[0] > 730


@ON_ONE
def test_what_pages_promise_is_written_down_too(app, now):
    saved(ReplyDraft(owner_key="x", content={}, saved_at=now - 8 * DAY))
    destroy_drafts(app)
    assert db.session.scalars(select(Destruction.number).where(Destruction.kind == "drafts")).all() == [1]


@ON_ONE
def test_every_kind_has_words_and_sound_bounds():
    assert {kind.name for kind in (*KINDS, *PROMISED)} | {"erasure"} == set(WORDS)
    assert all(kind.bounds[0] <= kind.days <= kind.bounds[1] for kind in KINDS)


@ON_ONE
def test_nothing_is_queued_for_somebody_who_is_gone(now):
    assert not queue("thanks", "k", Recipient(f"erased-1{NOBODY}", "○○○"), now)
    assert db.session.scalars(select(Message)).all() == []


def test_the_forecast_takes_a_statement_for_each_kind_and_the_first_page_one(count_queries, now):
    with count_queries() as sent:
        retention.forecast(now)
    assert len(sent) == len(KINDS) + 1
    with count_queries() as sent:
        retention.number_due_soon(now)
    assert len(sent) == 2


@ON_ONE
def test_from_the_command_line(app, now):
    a_registration(a_past_briefing(now, 400))
    runner = app.test_cli_runner()
    assert "registrations" in runner.invoke(args=["privacy", "destroy", "--dry-run"]).output
    assert of_kind("registrations").now == 1
    assert "Destroyed the data of" in runner.invoke(args=["privacy", "destroy"]).output
    assert of_kind("registrations").now == 0


def test_figures_of_an_installation_are_the_same_after_everything_has_gone(app, now):
    an_installation(now, briefings=40)
    somebody = db.session.scalar(select(Registration.email).join(Attendance).limit(1))

    def figures():
        by_kind = crossed(Scope(), Axis.KIND, SEOUL, now)
        half = half_of(now - 200 * DAY, SEOUL)
        ranked = ranking(Who.ORGANIZATIONS, half, dict.fromkeys(Deed, 1), None, SEOUL, now)
        told = {kind: [count.number for count in found.steps()] for kind, found in by_kind.items()}
        return told, published_figures(now.date(), "Asia/Seoul"), [(place, points) for place, points, _ in ranked]

    before = figures()
    erase(app, now, somebody)
    assert db.session.scalar(select(Erasure.numbers["registrations"].as_integer())) >= 1
    administrator = a_user(Role.ADMINISTRATOR)
    with unit_of_work():
        for kind in KINDS:
            retention.change_period(kind, kind.bounds[0], administrator, now)
    destroy_due(app)
    assert db.session.scalar(select(Destruction.number).where(Destruction.kind == "registrations")) > 100
    assert figures() == before


@ON_ONE
def test_who_is_still_talked_with_stays_until_what_they_agreed_to_is_over(app, now):
    administrator = a_user(Role.ADMINISTRATOR)
    with unit_of_work():
        for name in ("replies", "colleagues"):
            retention.change_period(BY_NAME[name], 180, administrator, now)
    given = {"sent_at": now - 300 * DAY, "acknowledged_at": now - 299 * DAY}
    talked, ended, late = (
        a_reply(state=ReplyState.CONSULTING, **given),
        a_reply(state=ReplyState.ENDED, ended_at=now, **given),
        a_reply(state=ReplyState.MATCHED, **given | {"sent_at": now - 731 * DAY}),
    )
    joined = a_colleague(talked, asked_at=now - 290 * DAY, accepted_at=now - 280 * DAY)
    kept = (talked.name, joined.name)
    destroy_due(app)
    db.session.expire_all()
    assert (talked.name, joined.name) == kept
    assert (ended.name, late.name) == ("○○○", "○○○")


def test_who_led_or_stood_by_and_how_calendars_were_kept_goes_too(app, now):
    old = a_past_briefing(now, 1200, moderator="박나래", state=BriefingState.CANCELLED)
    slot = old.slots[0]
    slot.standby_name, slot.standby_email = "남궁이슬", "iseul@example.kr"
    day = saved(BriefingDay(briefing_id=old.id, moderator_email="narae@example.kr"))
    for email in ("narae@example.kr", "iseul@example.kr"):
        saved(CalendarSetting(email=email, changed_at=now - 1200 * DAY))
    moments = {"created_at": now, "modified_at": now, "dtstamp": now, "starts_at": now, "ends_at": now + DAY}
    of_coming = {"kind": ItemKind.PRESENTATION, "briefing_id": old.id, "state": ItemState.OPEN}
    saved(CalendarItem(name="박나래", email="narae@example.kr", need_id=slot.need_id, **of_coming, **moments))
    destroy_due(app)
    db.session.expire_all()
    assert (old.moderator, day.moderator_email, slot.standby_name, slot.standby_email) == ("", "", "", "")
    assert db.session.scalars(select(CalendarSetting.email)).all() == ["narae@example.kr"], "something stands in it"
