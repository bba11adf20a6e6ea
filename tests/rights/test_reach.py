"""How far erasing reaches: people in seldom places, names that are short or shared, writings that hide a name."""

from urllib.parse import quote

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.audit.recording import record
from briefings.db import db, dialect, unit_of_work
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.jobs import deliver, erase_people
from briefings.live import moderating
from briefings.needs.officers import give_themes
from briefings.outbox.delivering import mark_undeliverable
from briefings.outbox.models import Message, MessageState
from briefings.privacy.models import Erasure
from briefings.rights import erasing, showing
from briefings.rights.blackening import blacken, is_in_mail, person
from briefings.schedule.models import SlotState
from tests.builders import a_briefing, a_need, a_registration, a_user, an_owner, saved
from tests.rights.test_erasing import ON_ONE, erase
from tests.rights.traces import ADDRESS, NAME, dump, traces_in

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.each_database]


@ON_ONE
def test_who_declined_a_talk_to_come_is_erased_before_that_day(app, now):
    slot = a_briefing(needs=1, now=now).slots[0]
    slot.presenter_name, slot.presenter_email, slot.state = NAME, ADDRESS, SlotState.DECLINED
    db.session.commit()
    erase(app, now)
    assert db.session.scalar(select(Erasure.finished_at)) is not None
    assert traces_in(dump()) == set()


@ON_ONE
def test_a_presenter_to_come_without_standby_is_erased(app, now):
    slot = a_briefing(needs=1, now=now).slots[0]
    slot.presenter_name, slot.presenter_email, slot.state = NAME, ADDRESS, SlotState.ACCEPTED
    db.session.commit()
    erase(app, now)
    assert db.session.scalar(select(Erasure.finished_at)) is not None
    assert traces_in(dump()) == set()


def test_a_moderator_is_known_and_erased(app, now):
    briefing = a_briefing(now=now, moderator=NAME)
    with unit_of_work():
        moderating.send_link(briefing, "Iseul.Namgung@gaon.example.kr", a_user(), now)
    deliver(app)
    assert showing.is_known(ADDRESS)
    erase(app, now)
    assert traces_in(dump()) == set()


@ON_ONE
def test_a_short_name_goes_from_what_its_account_did(app, now):
    owner, administrator = an_owner(name="김솔", email="sol@gaon.example.kr"), a_user(Role.ADMINISTRATOR)
    record(owner, "need.changed", administrator, now)
    db.session.commit()
    with unit_of_work():
        erasing.ask(owner.email, "ko", now)
    with unit_of_work():
        erasing.close_account(erasing.waiting_for_account()[0], administrator, now)
    for _ in range(3):
        erase_people(app)
        deliver(app)
    db.session.expire_all()
    assert "김솔" not in set(db.session.scalars(select(AuditEntry.actor_name)))


def test_what_is_put_in_place_of_a_short_name_fits_wherever_it_stood(app, now):
    """PostgreSQL refuses what is longer than its column, and with it everything else of the erasure."""
    short = {"name": "김솔", "email": "sol@gaon.example.kr"}
    full = "김솔 " * 33 + "x"
    place = a_registration(**short, department=full)
    need = a_need(contact_email=short["email"], contact_name=short["name"], period=full, title="김솔 " * 39)
    assert len(full) == 100
    erase(app, now, short["email"])
    assert set(need.period.split()) <= {"○○○", "○○", "○"} and len(need.period) == 100
    assert "김솔" not in place.department + need.title


@ON_ONE
def test_mails_of_somebody_whose_address_ends_alike_stay(app, now):
    a_registration(name=NAME, email="kim@gaon.example.kr")
    mails = {"received_at": now, "outcome": Outcome.LETTER, "reason": "", "raw": b"Subject: x\r\n\r\nhello"}
    other = saved(ReceivedMail(digest="1", sender="junkim@gaon.example.kr", subject="문의", **mails))
    erase(app, now, "kim@gaon.example.kr")
    db.session.refresh(other)
    assert other.sender == "junkim@gaon.example.kr"


@ON_ONE
def test_a_last_mail_that_came_back_leaves_no_address(app, now):
    a_registration(name=NAME, email=ADDRESS)
    with unit_of_work():
        erasing.ask(ADDRESS, "ko", now)
    deliver(app)
    erase_people(app)
    with unit_of_work():
        last = db.session.scalar(select(Message).where(Message.kind == "erasure_done"))
        last.state, last.error = MessageState.FAILED, f"550 <{ADDRESS}>: no such user"
        mark_undeliverable(ADDRESS, now, last.error, "5.1.1", last.id)
    with unit_of_work():
        erasing.forget_addresses(now)
    assert traces_in(dump()) == set()


@ON_ONE
def test_who_only_wrote_a_letter_is_erased(app, now):
    mails = {"received_at": now, "outcome": Outcome.LETTER, "reason": "", "raw": b"Subject: x\r\n\r\nhello"}
    saved(ReceivedMail(digest="1", sender=ADDRESS, subject="문의", **mails))
    erase(app, now)
    assert traces_in(dump()) == set()


@ON_ONE
def test_officers_of_some_themes_erase_nobody(client, now):
    officer, place = a_user(Role.OFFICER), a_registration(name=NAME, email=ADDRESS)
    give_themes(officer, [place.briefing.theme_id], a_user(Role.ADMINISTRATOR), now)
    db.session.commit()
    client.sign_in(officer)
    said = {"sure": "y", "reason": "전화로 요청했습니다."}
    for answer in (
        client.get(f"/staff/people/erase?email={ADDRESS}"),
        client.post(f"/staff/people/erase?email={ADDRESS}", data=said),
    ):
        assert (answer.status_code, "모든 주제를 맡은 담당자에게" in answer.text) == (403, True)
    assert db.session.scalar(select(Erasure)) is None
    assert "이 사람의 정보 지우기" not in client.get(f"/staff/people?email={ADDRESS}").text


@ON_ONE
def test_what_is_wrong_with_one_does_not_keep_others_from_being_erased(app, now, monkeypatch, caplog):
    for email in (ADDRESS, "narae@example.kr"):
        a_registration(name="박나래", email=email)
        with unit_of_work():
            erasing.ask(email, "ko", now)
    deliver(app)
    look_for = erasing.look_for

    def failing(number):
        if number == 1:
            raise ValueError(NAME)
        return look_for(number)

    monkeypatch.setattr(erasing, "look_for", failing)
    erase_people(app)
    assert [each.finished_at is None for each in db.session.scalars(select(Erasure).order_by(Erasure.id))] == [
        True,
        False,
    ]
    assert ("ValueError" in caplog.text, NAME in caplog.text) == (True, False)


WHO = person(ADDRESS, {NAME}, {"010-2345-6789"})
TEXT, CALENDAR = b"Content-Type: text/plain; charset=", b"Content-Type: text/calendar; charset=utf-8"
MAILS = {
    "euc-kr": TEXT + b"euc-kr\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + f"{NAME} 님".encode("euc-kr"),
    "in base64": TEXT + b"ks_c_5601-1987\r\nContent-Transfer-Encoding: base64\r\n\r\ns7Kxw8DMvb0gtNQ=\r\n",
    "iso-2022-kr": TEXT + b"iso-2022-kr\r\n\r\n" + f"{NAME} 님".encode("iso2022_kr"),
    "an unknown charset": TEXT + b"x-none\r\n\r\n" + f"{NAME} 님".encode("cp949"),
    "a folded address": CALENDAR + b"\r\n\r\nATTENDEE:mailto:iseul.namgung@ga\r\n on.example.kr\r\n",
    "a folded name": CALENDAR + f"\r\n\r\nSUMMARY:{NAME[:3]}\r\n {NAME[3:]}\r\n".encode(),
    "a word of a head": b"Subject: =?euc-kr?B?s7Kxw8DMvb0=?=\r\n\r\nhello",
    "a file's name": f"Content-Disposition: attachment; filename*=utf-8''{quote(NAME)}.pdf\r\n\r\n".encode(),
    "references": b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>&#45224;&#44417;&#51060;&#49836;</p>",
}


@ON_ONE
@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS)
def test_a_mail_is_read_however_it_is_written(raw):
    assert is_in_mail(raw, WHO)


@ON_ONE
def test_a_name_is_found_before_a_title_or_an_ending_and_a_number_without_its_zero():
    for after in ("본부장님", "까지", "하고 함께", "이사", "매니저", "소장"):
        assert blacken(NAME + after, WHO) == f"○○○{after}"
    for number in ("1023456789", "0082-10-2345-6789", "10-2345-6789", "+82 (0)10-2345-6789"):
        assert blacken(f"전화 {number}", WHO) == "전화 ○○○"
    for other in ("110-2345-6789", "10234567890", f"{NAME}솔"):
        assert blacken(other, WHO) == other


def test_raw_sql_neither_replaces_nor_empties_the_log(app, now):
    record(None, "need.changed", a_user(), now)
    db.session.commit()
    number = db.session.scalar(select(AuditEntry.id))
    columns = "(id, at, actor_name, action, about_type, about_id, detail)"
    change = f"UPDATE audit_entries SET action = 'x.y' WHERE id = {number}"  # noqa: S608
    taken = f"REPLACE INTO audit_entries {columns} VALUES ({number}, '2020-01-01', '', 'x.y', 'users', 1, '{{}}')"  # noqa: S608
    ways = {"sqlite": [change, taken], "postgresql": [change, "TRUNCATE audit_entries"]}
    for way in ways[dialect()]:
        with pytest.raises(DBAPIError, match="never"):
            db.session.execute(text(way))
        db.session.rollback()
    assert db.session.scalar(select(AuditEntry.action)) == "need.changed"
