"""A new draft like an earlier briefing: what moves along, what keeps off holidays, what is left behind."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.needs.models import NeedState
from briefings.schedule import copying, editing
from briefings.schedule.copying import Order
from briefings.schedule.models import Briefing, BriefingState, Visibility
from briefings.schedule.slots import plan_of
from tests.builders import a_briefing, a_user
from tests.client import PageClient
from tests.schedule.desk import SEOUL, filled, posted, text_of
from tests.schedule.steps import refused, times

KST = ZoneInfo("Asia/Seoul")


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=KST)


@pytest.fixture
def officer(app) -> User:
    return a_user(name="이보람")


@pytest.fixture
def source(app) -> Briefing:
    """A Friday's briefing with everything set, one of whose two needs is closed by now."""
    made = a_briefing(
        needs=2,
        title="지난 설명회",
        starts_at=at("2026-11-06T14:00"),
        registration_opens_at=at("2026-10-16T09:00"),
        registration_closes_at=at("2026-11-05T18:00"),
        rehearsal_starts_at=at("2026-11-04T10:00"),
        rehearsal_ends_at=at("2026-11-04T11:00"),
        materials_due_at=at("2026-10-23T18:00"),
        moderator="윤다온",
        visibility=Visibility.UNLISTED,
    )
    made.slots[0].need.state, made.slots[0].need.title = NeedState.CLOSED, "닫힌 과제"
    made.slots[1].presenter_email = "nuri@example.kr"
    db.session.commit()
    return made


def copied(
    source: Briefing, officer: User, now: datetime, start: datetime, order: Order = Order.PRESENTERS
) -> Briefing:
    with unit_of_work():
        given = {"title": "다시", "times": times(start), "order": order, "by": officer, "now": now, "zone": KST}
        return copying.copy_briefing(source, **given)


def test_it_takes_along_what_is_no_matter_of_the_day_and_shifts_what_is(source, officer, now):
    made = copied(source, officer, now, at("2026-12-18T14:00"))

    assert (made.state, made.moderator, made.visibility, made.room_url) == (
        BriefingState.DRAFT,
        "윤다온",
        Visibility.UNLISTED,
        "",
    )
    assert made.registration_opens_at == at("2026-11-27T09:00")
    assert made.registration_closes_at == at("2026-12-17T18:00")
    assert (made.rehearsal_starts_at, made.rehearsal_ends_at) == (at("2026-12-16T10:00"), at("2026-12-16T11:00"))
    assert made.materials_due_at == at("2026-12-04T18:00")
    assert [(slot.need_id, slot.presenter_email) for slot in made.slots] == [
        (source.slots[1].need_id, "nuri@example.kr")
    ]


@pytest.mark.parametrize(("order", "emails"), [(Order.NEEDS, [""]), (Order.NOTHING, [])])
def test_presenters_or_the_whole_order_are_left_out_if_staff_want_so(source, officer, now, order, emails):
    made = copied(source, officer, now, at("2026-12-18T14:00"), order)
    assert [slot.presenter_email for slot in made.slots] == emails


def test_dates_keep_off_holidays_and_weekends(source, now):
    moments = copying.shifted(source, times(at("2026-12-28T14:00")), now, KST)  # a Monday after Christmas

    assert moments["registration_closes_at"].at == at("2026-12-24T18:00")
    assert "쉬는 날(일요일)" in moments["registration_closes_at"].why
    assert moments["rehearsal_starts_at"].at == at("2026-12-24T10:00")
    assert moments["registration_opens_at"].at == at("2026-12-07T09:00")
    friday = copying.shifted(source, times(at("2027-01-08T14:00")), now, KST)
    assert friday["materials_due_at"].at == at("2026-12-24T18:00")
    assert "12. 25.이 쉬는 날(기독탄신일)" in friday["materials_due_at"].why


def test_what_would_be_past_begins_now_or_falls_away(source, now):
    moments = copying.shifted(source, times(at("2026-11-25T14:00")), now, KST)  # the day after tomorrow

    assert (moments["registration_opens_at"].at, moments["registration_closes_at"].at) == (now, at("2026-11-24T18:00"))
    assert moments["rehearsal_starts_at"].at is None
    assert moments["materials_due_at"].at is None
    assert "이미 지나" in moments["materials_due_at"].why


def test_what_is_on_the_day_itself_stays_as_long_before(app, now):
    source = a_briefing(starts_at=at("2026-11-06T14:00"), registration_closes_at=at("2026-11-06T13:00"))
    moments = copying.shifted(source, times(at("2026-12-16T10:00")), now, KST)
    assert moments["registration_closes_at"].at == at("2026-12-16T09:00")


@pytest.mark.parametrize("opened", ["2026-10-16T09:00", "2026-11-06T14:40"])
def test_registration_ends_with_the_start_where_a_shorter_copy_would_be_over_by_then(app, officer, now, opened):
    source = a_briefing(
        starts_at=at("2026-11-06T14:00"),
        ends_at=at("2026-11-06T16:00"),
        registration_opens_at=at(opened),
        registration_closes_at=at("2026-11-06T15:40"),
    )
    start = at("2026-12-16T14:00")
    with unit_of_work():
        given = {"title": "다시", "order": Order.NEEDS, "by": officer, "now": now, "zone": KST}
        made = copying.copy_briefing(source, times=(start, start + timedelta(minutes=30)), **given)
    assert made.registration_opens_at < made.registration_closes_at == start
    with unit_of_work():
        details = replace(editing.details_of(made), title="고친 제목")
        assert editing.edit(made, details, plan_of(made).slots, seen=made.changed_at, by=officer, now=now)


def test_the_day_proposed_is_the_same_weekday_and_no_holiday(app, now):
    wednesday = a_briefing(starts_at=at("2026-09-16T15:00"), registration_opens_at=at("2026-09-01T09:00"))
    assert copying.proposed_times(wednesday, now, KST)[0] == at("2026-12-16T15:00")
    friday = a_briefing(starts_at=at("2026-12-04T10:00"))
    assert copying.proposed_times(friday, at("2026-12-04T12:00"), KST) == times(at("2027-01-08T10:00"))


def test_it_is_refused_for_a_time_gone_by(source, officer, now):
    with refused("이미 지났습니다"):
        copied(source, officer, now, now - timedelta(days=1))


def test_staff_look_at_the_dates_before_anything_is_made(client: PageClient, officer, source, now):
    desk, address = client.sign_in(officer), f"/staff/briefings/{source.id}/copy"
    form = filled_copy(desk.get(address).text) | posted(datetime(2027, 1, 8, 14, tzinfo=SEOUL))

    page = desk.post(address, data=form).text

    words = text_of(page)
    for sentence in (
        "신청 마감 2026. 11. 5.(목) 18:00 2027. 1. 7.(목) 18:00",
        "12. 25.이 쉬는 날(기독탄신일)이라 앞으로 당겼습니다",
        "더는 게시 중이 아닌 수요는 빠집니다: ‘닫힌 과제’",
        "접속 주소가 비어 있습니다.",
    ):
        assert sentence in words, sentence
    assert db.session.scalars(select(Briefing)).all() == [source]
    other_day = filled_copy(page) | posted(datetime(2027, 1, 15, 14, tzinfo=SEOUL))
    assert "2027. 1. 14.(목) 18:00" in text_of(desk.post(address, data=other_day).text), "asked anew for another day"

    answer = desk.post(address, data=filled_copy(page))

    made = db.session.scalars(select(Briefing).where(Briefing.id != source.id)).one()
    assert answer.location.endswith(f"/staff/briefings/{made.id}/edit")
    past = filled_copy(page) | posted(now - timedelta(days=1))
    assert "이미 지났습니다" in desk.post(address, data=past).text


def filled_copy(page: str) -> dict[str, object]:
    return filled(page.replace('class="form"', 'class="form full"'))
