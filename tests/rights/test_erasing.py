"""Erasing somebody: nothing of them is left in the database, what is counted stays, and they hear of it once."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from briefings.accounts.models import Role
from briefings.audit.recording import record
from briefings.db import Base, db, unit_of_work
from briefings.errors import Refused
from briefings.jobs import deliver, erase_people
from briefings.outbox.models import Message, MessageState
from briefings.participation.models import ReplyState
from briefings.privacy.models import Destruction, Erasure
from briefings.rights import asking, erasing, showing
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.registration_models import RegistrationState
from briefings.statistics.published import published_figures
from briefings.statistics.recognition import Deed, Who, half_of, ranking
from briefings.web.erased import NOBODY
from tests.builders import a_briefing, a_colleague, a_question, a_registration, a_reply, a_user, an_owner
from tests.mails import links_in, mails_to
from tests.rights.traces import ADDRESS, NAME, Traces, dump, traces_in
from tests.schedule.signing_up import register

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.each_database]
ON_ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
"""What these ask of the database is asked on both by others here."""
SEOUL = ZoneInfo("Asia/Seoul")


def erase(app, now, address=ADDRESS):
    """As somebody presses, and the worker goes on to the end."""
    with unit_of_work():
        erasing.ask(address, "ko", now)
    for _ in range(3):
        deliver(app)
        erase_people(app)
    db.session.expire_all()


def counts(now):
    """Whatever is counted of an installation."""
    rows = {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.tables.values()
    }
    gone = (
        "calendar_settings",
        "availabilities",
        "undeliverable_addresses",
        "reply_drafts",
        "booklets",
        "stored_files",
    )
    new = ("messages", "audit_entries", "erasures", "destructions", "content_version", "tasks", "export_pieces")
    return (
        {name: number for name, number in rows.items() if name not in gone + new},
        published_figures(now.date(), "Asia/Seoul"),
        [
            (place, points, part.key.organization_id)
            for who in Who
            for place, points, part in ranking(who, half_of(now, SEOUL), dict.fromkeys(Deed, 1), None, SEOUL, now)
        ],
    )


def test_nothing_of_the_person_is_left_and_every_count_is_as_it_was(app, now):
    made = Traces(now)
    before = counts(now)
    assert len({line.split(":")[0] for line in traces_in(dump())}) >= 35, "the person stands in many tables"
    erase(app, now)
    assert traces_in(dump()) == set()
    assert counts(now)[:2] == before[:2]
    assert sorted(counts(now)[2][:3]) == sorted(before[2][:3])
    erasure = db.session.scalar(select(Erasure))
    assert (erasure.address, erasure.account_id) == (None, None)
    assert erasure.numbers["registrations"] == 1
    assert db.session.scalar(select(Destruction.number)) == sum(erasure.numbers.values())
    assert made.place.state is RegistrationState.CONFIRMED, "who was there was there"
    assert showing.known_about(ADDRESS) == []


def test_places_are_given_up_so_that_the_line_moves_and_calendars_hear_of_it(app, now):
    briefing = a_briefing(capacity=1)
    first = register(briefing, now, ADDRESS, name=NAME)
    second = register(briefing, now, "narae@example.kr", name="박나래")
    deliver(app)
    later = now + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        with unit_of_work():
            erasing.ask(ADDRESS, "ko", later)
        assert second.state is RegistrationState.CONFIRMED, "the next in line has the place"
        erase_people(app)
        assert first.email == ADDRESS, "nothing is erased while the CANCEL has not left"
        deliver(app)
        sent = db.session.scalars(
            select(Message).where(Message.recipient == ADDRESS).order_by(Message.id.desc())
        ).first()
        assert b"method=CANCEL" in sent.raw or b'method="CANCEL"' in sent.raw
        erase_people(app)
        last = db.session.scalar(select(Message).where(Message.kind == "erasure_done"))
        assert (last.recipient, last.state) == (ADDRESS, MessageState.QUEUED)
        assert {line.split(":")[0] for line in traces_in(dump())} == {"messages", "erasures"}
        deliver(app)
        erase_people(app)
        assert traces_in(dump()) == set()
        assert (first.name, first.email.endswith(NOBODY)) == ("○○○", True)
        anew = register(briefing, later, ADDRESS, name=NAME)
    assert anew.id != first.id, "whoever comes back is somebody new"


@ON_ONE
def test_links_of_whoever_was_erased_say_so(app, client, now):
    mine, talk = a_registration(email=ADDRESS), a_briefing(needs=1).slots[0]
    talk.presenter_email = ADDRESS
    asking.ask(ADDRESS, "ko", now)
    db.session.commit()
    [mail] = [mail for mail in mails_to(app, ADDRESS) if "/my-data/" in mail.text]
    pages = [f"/r/{token_of(mine)}", f"/join/{token_of(mine, 'join')}", f"/present/{presenter_token(talk)}"]
    pages += [each for each in links_in(mail) if each.startswith("/my-data/")]
    assert [client.get(page).status_code for page in pages] == [200] * 4
    erase(app, now)
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 410 and "이 링크로 보시던 개인정보는 지웠습니다." in answer.text, page
    assert client.get(f"{pages[-1]}x").status_code == 404


@ON_ONE
def test_whoever_is_being_erased_is_not_asked_to_register_again(app, client, now):
    mine = a_registration(email=ADDRESS)
    with unit_of_work():
        erasing.ask(ADDRESS, "ko", now)
    own = f"/r/{token_of(mine)}"
    page = client.get(own).text
    assert "개인정보를 지우고 있어 지금은 다시 신청할 수 없습니다." in page
    assert f"{own}/register" not in page
    client.post(f"{own}/register")
    db.session.expire_all()
    assert mine.state is RegistrationState.CANCELLED
    assert "다시 신청" not in "".join(mail.text for mail in mails_to(app, ADDRESS))


@ON_ONE
def test_an_open_reply_goes_over_to_a_colleague_or_ends(app, now):
    handed = a_reply(name=NAME, email=ADDRESS, state=ReplyState.CONSULTING, acknowledged_at=now)
    a_colleague(handed, name="박나래", email="narae@example.kr", accepted_at=now)
    ended = a_reply(name=NAME, email=ADDRESS, state=ReplyState.ACKNOWLEDGED, acknowledged_at=now)
    unread = a_reply(name=NAME, email=ADDRESS)
    matched = a_reply(name=NAME, email=ADDRESS, state=ReplyState.MATCHED, acknowledged_at=now)
    erase(app, now)
    assert (handed.name, handed.email, handed.state) == ("박나래", "narae@example.kr", ReplyState.CONSULTING)
    assert [made.state for made in (ended, unread, matched)] == [
        ReplyState.ENDED,
        ReplyState.WITHDRAWN,
        ReplyState.MATCHED,
    ]
    assert matched.name == "○○○"
    assert traces_in(dump()) == set()


def test_a_name_that_others_bear_stays_where_they_may_be_meant(app, now):
    theirs = a_registration(name="김하늘", email="haneul@example.kr", question="김하늘입니다.")
    mine = a_registration(name="김하늘", email=ADDRESS)
    about_mine = a_question(mine, text="문의는 김하늘(010-2345-6789)에게")
    erase(app, now)
    assert (theirs.name, theirs.question) == ("김하늘", "김하늘입니다.")
    assert (mine.name, about_mine.anonymous) == ("○○○", True)
    with unit_of_work():
        erasing.ask("haneul@example.kr", "ko", now)
    deliver(app)
    erase_people(app)
    assert about_mine.text == "문의는 ○○○(010-2345-6789)에게", "by now nobody else is called so"


def test_the_line_of_an_office_stays_where_others_are_reached_by_it_as_well(app, now):
    a_registration(email="haneul@example.kr", phone="044-123-4567")
    a_registration(email=ADDRESS, phone="044-123-4567")
    a_registration(email="nuri@example.kr", phone="010-9876-5432")
    a_registration(email="nuri2@example.kr", phone="010-9876-5432")
    room = a_briefing(room_note="안 열리면 044-123-4567로, 급하면 010-9876-5432로 전화해 주세요.")
    erase(app, now)
    assert room.room_note == "안 열리면 044-123-4567로, 급하면 010-9876-5432로 전화해 주세요."
    erase(app, now, "nuri@example.kr")
    assert room.room_note == "안 열리면 044-123-4567로, 급하면 ○○○로 전화해 주세요.", "a mobile phone is one person's"
    erase(app, now, "haneul@example.kr")
    assert room.room_note == "안 열리면 ○○○로, 급하면 ○○○로 전화해 주세요.", "by now nobody else has it"


@ON_ONE
def test_whose_account_it_is_waits_for_an_administrator(app, now):
    owner, administrator = an_owner(name=NAME, email=ADDRESS), a_user(Role.ADMINISTRATOR)
    record(owner, "need.changed", administrator, now, contact=NAME)
    place = a_registration(a_briefing(capacity=1), name=NAME, email=ADDRESS)
    line = a_registration(place.briefing, state=RegistrationState.WAITLISTED)
    db.session.commit()
    erase(app, now)
    [waiting] = erasing.waiting_for_account()
    assert (place.state, line.state) == ("confirmed", "waitlisted"), "nothing is given up before somebody decides"
    assert (owner.name, erasing.number_waiting()) == (NAME, 1)
    with pytest.raises(Refused, match="이미 지우고 있습니다"):
        erasing.ask(ADDRESS, "ko", now)
    later = now + timedelta(days=5)
    with time_machine.travel(later, tick=False):
        with unit_of_work():
            erasing.close_account(waiting, administrator, later)
        db.session.expire_all()
        assert (place.state, line.state) == ("cancelled", "confirmed")
        erase_people(app)
        db.session.expire_all()
        assert place.name == NAME, "its CANCEL goes out first, however long ago it was asked for"
        deliver(app)
    for _ in range(2):
        erase_people(app)
        deliver(app)
    erase_people(app)
    db.session.expire_all()
    assert (owner.name, owner.active, erasing.number_waiting()) == ("○○○", False, 0)
    assert traces_in(dump()) == set()


@ON_ONE
def test_the_last_administrator_and_who_is_unknown_cannot_be_erased(app, now):
    a_user(Role.ADMINISTRATOR, email=ADDRESS)
    for address, why in ((ADDRESS, "하나뿐인 관리자"), ("nobody@example.kr", "보관하는 정보가 없습니다")):
        with pytest.raises(Refused, match=why):
            erasing.ask(address, "ko", now)
