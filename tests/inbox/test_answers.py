"""What an answer does to the place, the waiting list and the programme, and to nothing that is not to be believed."""

from datetime import timedelta
from itertools import product

import pytest
import time_machine
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import Role
from briefings.db import db, unit_of_work
from briefings.inbox import receiving
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.inbox.receiving import Rules
from briefings.outbox.mail import Mail
from briefings.outbox.models import Message
from briefings.schedule import planning, registering
from briefings.schedule.answers import PUBLIC_PROVIDERS
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.invitations import open_item, tell_of_new_title
from briefings.schedule.models import SlotState
from briefings.schedule.presenters import keep_calendars
from tests.builders import a_user
from tests.calendar.test_calendar_replies import strange_mails
from tests.inbox import shapes
from tests.inbox.conftest import HANEUL, RULES, WAITING
from tests.inbox.shapes import CALENDARS, SERVER, Said
from tests.mails import links_in, mails_to
from tests.schedule.letters import delivered

ASKING = Rules(SERVER, "briefings.example.kr", ask_first=True)
KEPT, FREED = ("confirmed", "waitlisted"), ("cancelled", "confirmed")


def move(scene, by: timedelta) -> None:
    """Staff move the briefing, and everybody is told."""
    officer, briefing = a_user(Role.OFFICER), scene.briefing
    times = briefing.starts_at + by, briefing.ends_at + by
    with unit_of_work():
        planning.reschedule(briefing, times, seen=briefing.changed_at, by=officer, now=clock.now())
    delivered(scene.app, HANEUL)


@pytest.mark.parametrize("shape", CALENDARS)
def test_a_proven_no_frees_the_place_from_every_calendar_program(scene, arrives, shape):
    mail = arrives(shape(scene.said(partstat="DECLINED", comment="출장입니다")))
    assert (mail.outcome, mail.item, mail.note) == (Outcome.ANSWERED, scene.item, "출장입니다")
    assert scene.states == FREED
    assert (scene.item.state, scene.item.partstat) == (ItemState.CLOSED, "DECLINED")
    assert scene.kinds() == ["invitation", "declined"]  # and no CANCEL: the calendar has dropped the entry itself
    assert scene.kinds(WAITING) == ["invitation"]


def test_who_declined_by_mistake_takes_the_place_back_with_one_button(scene, arrives, client):
    scene.briefing.capacity = 2
    db.session.commit()
    arrives(shapes.exchange(scene.said(partstat="DECLINED")))
    assert scene.states == FREED
    (mail,) = [mail for mail in mails_to(scene.app, HANEUL) if isinstance(mail, Mail)]
    assert mail.subject == "[취소] 바다 설명회 (12/3 10:00)"
    (page,) = [link for link in links_in(mail) if link.endswith("/take-back")]
    shown = client.get(page)
    assert scene.states == FREED  # looking changes nothing
    assert "다시 신청하기" in shown.text and "자리가" in shown.text
    client.post(page.replace("take-back", "register"))
    assert scene.states == ("confirmed", "confirmed")
    assert open_item(scene.place) not in (None, scene.item)
    assert "이미 신청되어 있습니다" in client.get(page).text


def test_a_full_briefing_offers_the_waiting_list(scene, arrives, client):
    arrives(shapes.exchange(scene.said(partstat="DECLINED")))
    (mail,) = [mail for mail in mails_to(scene.app, HANEUL) if isinstance(mail, Mail)]
    page = next(link for link in links_in(mail) if link.endswith("/take-back"))
    assert "자리가 모두 찼습니다" in client.get(page).text
    scene.briefing.registration_closes_at = clock.now()
    db.session.commit()
    assert "마감되었습니다" in client.get(page).text


@pytest.mark.parametrize(
    "doubtful",
    [
        {"found": "unsigned"},
        {"found": "fail"},
        {"found": ""},
        {"found": f"Authentication-Results: {shapes.OTHERS}; dmarc=pass"},
    ],
    ids=["unsigned", "dmarc=fail", "not looked at", "forged"],
)
def test_a_no_that_is_not_proven_is_noted_and_asked_about(scene, arrives, client, doubtful):
    mail = arrives(shapes.exchange(scene.said(partstat="DECLINED", **doubtful)))
    assert mail.outcome is Outcome.ANSWERED
    assert scene.states == KEPT
    assert (scene.item.state, scene.item.partstat) == (ItemState.OPEN, "DECLINED")
    assert scene.kinds() == ["invitation", "decline_asked"]


def test_the_question_whether_to_give_the_place_up_waits_seven_days_for_its_button(scene, arrives, client):
    arrives(shapes.exchange(scene.said(partstat="DECLINED", found="unsigned")))
    mail = mails_to(scene.app, HANEUL)[-1]
    assert isinstance(mail, Mail) and "2026. 11. 30.(월) 10:00까지" in mail.text
    (page,) = [link for link in links_in(mail) if link.startswith("/give-up/")]
    assert "자리를 내놓으시겠습니까?" in client.get(page).text
    assert client.get(f"{page}x").status_code == client.get("/give-up/1-2.x").status_code == 404
    with time_machine.travel(clock.now() + timedelta(days=7), tick=False):
        assert "기한이 지났습니다" in client.get(page).text
        client.post(page)
        assert scene.states == KEPT
    assert client.post(page).status_code == 303
    assert scene.states == FREED
    assert "이미 취소된 신청입니다" in client.get(page).text
    with unit_of_work():
        registering.register_again(scene.place, clock.now())
    client.post(page)  # it was about the entry that is gone, not about the new one
    assert scene.states == ("waitlisted", "confirmed")


def test_the_question_whether_to_give_the_place_up_ends_with_the_briefing(scene, arrives):
    briefing = scene.place.briefing
    arrives(shapes.exchange(scene.said(partstat="DECLINED", found="unsigned")))
    briefing.starts_at, briefing.ends_at = clock.now() + timedelta(days=2), clock.now() + timedelta(days=2, hours=1)
    db.session.commit()
    assert "2026. 11. 25.(수) 11:00까지" in mails_to(scene.app, HANEUL)[-1].text


def test_the_question_is_not_sent_once_the_answer_is_another(scene, arrives):
    arrives(shapes.exchange(scene.said(partstat="DECLINED", found="unsigned")))
    arrives(shapes.exchange(scene.said(partstat="ACCEPTED", number=2, stamp="20261123T005100Z")))
    assert [type(mail).__name__ for mail in mails_to(scene.app, HANEUL)[1:]] == ["Dropped"]


def test_an_installation_may_ask_before_any_no_counts(scene, arrives):
    arrives(shapes.exchange(scene.said(partstat="DECLINED")), ASKING)
    assert scene.states == KEPT
    assert scene.kinds() == ["invitation", "decline_asked"]


def test_no_mailbox_is_filled_with_questions(scene, arrives):
    for number in range(5):
        stamp = f"20261123T00{50 + number}00Z"
        arrives(shapes.exchange(scene.said(partstat="DECLINED", found="unsigned", number=number, stamp=stamp)))
    assert scene.kinds() == ["invitation", "decline_asked"]
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        tomorrow = scene.said(partstat="DECLINED", found="unsigned", number=9, stamp="20261124T005000Z")
        arrives(shapes.exchange(tomorrow))
    assert scene.kinds() == ["invitation", "decline_asked", "decline_asked"]


@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE"])
def test_a_yes_or_perhaps_needs_no_proof_and_changes_no_place(scene, arrives, partstat):
    mail = arrives(shapes.gmail(scene.said(partstat=partstat, found="unsigned", comment="늦습니다")))
    assert (mail.outcome, scene.states) == (Outcome.ANSWERED, KEPT)
    assert (scene.item.partstat, scene.item.answer_comment) == (partstat, "늦습니다")
    assert scene.kinds() == ["invitation"]
    assert scene.place.reconfirmed_at is None


def test_a_yes_in_the_last_two_days_says_that_one_will_come(scene, arrives):
    with time_machine.travel(scene.briefing.starts_at - timedelta(days=2), tick=False):
        arrives(shapes.gmail(scene.said(stamp="20261201T005000Z")))
        assert scene.place.reconfirmed_at == clock.now()


COLLEAGUE = "boss@agency.example.kr"
STRANGERS = {
    "another domain": {"attendee": "haneul@other.example"},
    "another domain, same sender": {"attendee": "haneul@other.example", "sender": HANEUL},
    "From differs": {"sender": "haneul@other.example"},
    "alias not proven": {"attendee": COLLEAGUE, "found": "unsigned"},
    "delegate not proven": {"sender": "helper@other.example", "sent_by": "helper@other.example", "found": "unsigned"},
    "delegate is not the sender": {"sender": "helper@other.example", "sent_by": "third@other.example"},
}
BELIEVED = {
    "alias of the same company": {"attendee": COLLEAGUE},
    "alias sends for the registered address": {"sender": COLLEAGUE},
    "upper case": {"attendee": HANEUL.upper()},
}


def test_strangers_are_left_to_staff_and_nothing_is_recorded(scene, arrives):
    said = product(STRANGERS.items(), ("ACCEPTED", "DECLINED"))
    for number, ((name, other), partstat) in enumerate(said):
        mail = arrives(shapes.exchange(scene.said(partstat=partstat, number=number, **other)))
        assert (mail.outcome, mail.handled_at) == (Outcome.REVIEW, None), (name, partstat)
        assert scene.states == KEPT, (name, partstat)
        assert (scene.item.partstat, scene.item.answered_at) == ("ACCEPTED", None), (name, partstat)
        assert scene.kinds() == ["invitation"], (name, partstat)


@pytest.mark.parametrize("other", BELIEVED.values(), ids=BELIEVED)
def test_the_same_house_is_believed_when_proven(scene, arrives, other):
    arrives(shapes.exchange(scene.said(partstat="DECLINED", **other)))
    assert scene.states == FREED
    assert scene.kinds()[-1] == "declined"  # to the registered address, whoever answered


@pytest.mark.parametrize(("attendee", "left"), [(HANEUL, []), (COLLEAGUE, ["withdrawal"])])
def test_only_the_calendar_that_answered_has_dropped_the_entry(scene, arrives, attendee, left):
    arrives(shapes.exchange(scene.said(partstat="DECLINED", sender=COLLEAGUE, attendee=attendee)))
    assert scene.kinds() == ["invitation", *left, "declined"]
    methods = [letter.facts.method for letter in delivered(scene.app, HANEUL) if letter.calendar]
    assert methods == ["CANCEL" for _ in left]


def test_a_no_that_crossed_another_title_is_followed_by_a_withdrawal(scene, arrives):
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        with unit_of_work():
            tell_of_new_title(scene.briefing, clock.now() - timedelta(minutes=30))
        delivered(scene.app, HANEUL)
        arrives(shapes.exchange(scene.said(partstat="DECLINED")))
        assert scene.states == FREED and scene.kinds() == ["invitation", "new_title", "withdrawal", "declined"]
        letters = [letter for letter in delivered(scene.app, HANEUL) if letter.calendar]
    assert [(each.facts.method, each.facts.sequence) for each in letters] == [("REQUEST", 1), ("CANCEL", 2)]


@pytest.mark.parametrize("domain", ["gmail.com", "naver.com", "korea.kr"])
def test_neighbours_at_a_public_provider_are_strangers(scene, arrives, domain):
    assert domain in PUBLIC_PROVIDERS
    scene.place.email = scene.item.email = f"haneul@{domain}"
    db.session.commit()
    mail = arrives(shapes.exchange(scene.said(partstat="DECLINED", attendee=f"other@{domain}")))
    assert (mail.outcome, scene.states) == (Outcome.REVIEW, KEPT)


def test_a_delegate_answers_but_gives_no_place_up(scene, arrives):
    helper = {"sender": "helper@other.example", "sent_by": "helper@other.example"}
    arrives(shapes.exchange(scene.said(partstat="TENTATIVE", **helper)))
    assert scene.item.partstat == "TENTATIVE"
    later = scene.said(partstat="DECLINED", stamp="20261123T005500Z", number=2, **helper)
    arrives(shapes.exchange(later))
    assert (scene.item.partstat, scene.states) == ("DECLINED", KEPT)
    assert scene.kinds() == ["invitation", "decline_asked"]


def test_staff_may_vouch_for_a_stranger_or_leave_it(scene, arrives):
    stranger = {"attendee": "haneul@other.example", "partstat": "DECLINED"}
    left, accepted = (arrives(shapes.exchange(scene.said(number=number, **stranger))) for number in (1, 2))
    with unit_of_work():
        receiving.handle(left, clock.now())
        receiving.accept(accepted, clock.now(), RULES)
    assert (accepted.outcome, accepted.handled_at) == (Outcome.ANSWERED, clock.now())
    assert scene.states == FREED
    assert scene.kinds()[-1] == "declined"


def test_an_answer_to_an_earlier_time_is_kept_and_shown_but_counts_no_more(scene, arrives):
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        move(scene, timedelta(days=1))
        mail = arrives(shapes.exchange(scene.said(partstat="DECLINED", sequence=0, comment="그날은 안 됩니다")))
    assert (mail.outcome, scene.states) == (Outcome.STALE, KEPT)
    assert (scene.item.partstat, scene.item.answer_partstat) == ("ACCEPTED", "DECLINED")
    assert (scene.item.answer_sequence, scene.item.time_sequence) == (0, 1)
    assert scene.item.answer_comment == "그날은 안 됩니다"
    assert "decline_asked" not in scene.kinds()
    mail = arrives(shapes.exchange(scene.said(partstat="DECLINED", sequence=1, number=2)))
    assert (mail.outcome, scene.states) == (Outcome.ANSWERED, FREED)


def test_an_answer_to_what_was_never_sent_is_left_to_staff(scene, arrives):
    assert arrives(shapes.exchange(scene.said(sequence=1))).outcome is Outcome.REVIEW
    officer = a_user(Role.OFFICER)
    with unit_of_work():
        times = scene.briefing.starts_at + timedelta(days=1), scene.briefing.ends_at + timedelta(days=1)
        planning.reschedule(scene.briefing, times, seen=scene.briefing.changed_at, by=officer, now=clock.now())
    assert scene.item.sequence == 1  # and waits in the line
    assert arrives(shapes.exchange(scene.said(sequence=1, number=2))).outcome is Outcome.REVIEW
    delivered(scene.app, HANEUL)
    assert arrives(shapes.exchange(scene.said(sequence=1, number=3))).outcome is Outcome.ANSWERED


def test_the_latest_answer_wins_in_whatever_order_they_arrive(scene, arrives):
    def answer(partstat: str, minute: int, number: int, **other: object) -> Outcome:
        said = scene.said(partstat=partstat, stamp=f"20261123T00{minute}00Z", number=number, found="unsigned", **other)
        return arrives(shapes.gmail(said)).outcome

    assert answer("TENTATIVE", 55, 1) is Outcome.ANSWERED
    assert answer("DECLINED", 54, 2) is Outcome.STALE
    assert answer("TENTATIVE", 55, 3) is Outcome.DUPLICATE
    assert scene.item.partstat == "TENTATIVE"
    assert answer("ACCEPTED", 55, 4) is Outcome.ANSWERED  # Gmail was seen to answer anew with the same stamp
    assert answer("ACCEPTED", 55, 4) is Outcome.ANSWERED  # the mail itself once more
    assert scene.item.partstat == "ACCEPTED"
    assert db.session.scalars(select(ReceivedMail.outcome).order_by(ReceivedMail.id)).all() == [
        Outcome.ANSWERED,
        Outcome.STALE,
        Outcome.DUPLICATE,
        Outcome.ANSWERED,
    ]


def test_a_no_that_was_only_asked_about_counts_once_the_same_comes_proven(scene, arrives):
    doubtful = scene.said(partstat="DECLINED", found="unsigned")
    assert arrives(shapes.exchange(doubtful)).outcome is Outcome.ANSWERED
    assert arrives(shapes.exchange(scene.said(partstat="DECLINED", found="unsigned", number=2))).outcome is (
        Outcome.DUPLICATE
    )
    assert (scene.states, scene.kinds()[-1]) == (KEPT, "decline_asked")
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        assert arrives(shapes.exchange(scene.said(partstat="DECLINED", number=3))).outcome is Outcome.ANSWERED
        assert (scene.states, scene.kinds()[-1]) == (FREED, "declined")
        again = arrives(shapes.exchange(scene.said(partstat="DECLINED", number=4)))
        assert again.outcome in (Outcome.DUPLICATE, Outcome.DROPPED)


def test_so_does_a_later_one_of_the_same_day_of_which_no_second_mail_asked(scene, arrives):
    for minutes, found in ((0, "unsigned"), (10, "unsigned"), (20, None)):
        stamp = "20261123T010000Z" if minutes == 0 else "20261123T010500Z"
        proof = {"found": found} if found else {}
        with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
            said = scene.said(partstat="DECLINED", stamp=stamp, number=minutes, **proof)
            assert arrives(shapes.exchange(said)).outcome is Outcome.ANSWERED
    assert (scene.states, scene.kinds()[-2:]) == (FREED, ["decline_asked", "declined"])


def test_a_clock_that_is_wrong_does_not_outrank_every_later_answer(scene, arrives):
    arrives(shapes.exchange(scene.said(partstat="TENTATIVE", stamp="20990101T000000Z")))
    assert scene.item.answer_dtstamp == clock.now()
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        arrives(shapes.exchange(scene.said(stamp="20261123T010100Z", number=2)))
    assert scene.item.partstat == "ACCEPTED"


@pytest.mark.parametrize("partstat", ["DELEGATED", "NEEDS-ACTION", "X-PERHAPS", ""])
def test_what_is_neither_yes_nor_no_is_dropped(scene, arrives, partstat):
    mail = arrives(shapes.exchange(scene.said(partstat=partstat)))
    assert (mail.outcome, scene.item.answered_at) == (Outcome.DROPPED, None)


def test_another_time_is_proposed_to_staff(scene, arrives):
    mail = arrives(shapes.gmail(scene.said(method="COUNTER", partstat="TENTATIVE", comment="오후는 어떻습니까")))
    assert (mail.outcome, mail.note, mail.handled_at) == (Outcome.PROPOSED, "오후는 어떻습니까", None)
    assert (scene.item.partstat, scene.item.answered_at) == ("ACCEPTED", None)


def test_who_asks_again_gets_the_same_invitation_three_times_an_hour(scene, arrives):
    outcomes = []
    for number in range(4):
        with time_machine.travel(clock.now() + timedelta(minutes=number), tick=False):
            outcomes.append(arrives(shapes.without_attendee(scene.said(method="REFRESH", number=number))).outcome)
    assert outcomes == [Outcome.RESENT] * 3 + [Outcome.DROPPED]
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        letters = [letter for letter in delivered(scene.app, HANEUL) if letter.raw]
    assert len(letters) == 3
    assert {letter.calendar for letter in letters} == {letters[0].calendar} != {None}


def test_nothing_is_answered_that_is_unknown_withdrawn_or_over(scene, arrives):
    unknown = [f"{'0' * 32}@cal.briefings.example.kr", "s-abcd2345@cal.briefings.example.kr", scene.item.uid[:-1]]
    for number, uid in enumerate(unknown):
        said = Said(uid=uid, attendee=HANEUL, partstat="DECLINED", number=number)
        assert arrives(shapes.exchange(said)).outcome is Outcome.DROPPED
    with time_machine.travel(scene.briefing.ends_at, tick=False):
        over = arrives(shapes.exchange(scene.said(partstat="DECLINED", number=8)))
    assert (over.outcome, scene.states) == (Outcome.DROPPED, KEPT)
    with unit_of_work():
        registering.cancel(scene.place, clock.now())
    for method in ("REPLY", "REFRESH"):
        assert arrives(shapes.exchange(scene.said(method=method, number=9))).outcome is Outcome.DROPPED


NURI, STANDBY = "nuri@agency.example.kr", "standby@agency.example.kr"


@pytest.fixture
def talk(scene, now) -> CalendarItem:
    """The entry of a presenter, who has a stand-by."""
    first, *_ = scene.briefing.slots
    first.presenter_name, first.presenter_email = "박누리", NURI
    first.standby_name, first.standby_email = "최다온", STANDBY
    scene.briefing.rehearsal_starts_at = scene.briefing.starts_at - timedelta(days=2)
    scene.briefing.rehearsal_ends_at = scene.briefing.rehearsal_starts_at + timedelta(hours=1)
    db.session.commit()
    with unit_of_work():
        keep_calendars(scene.briefing, now)
    delivered(scene.app, NURI)
    return item_of(NURI)


def item_of(address: str, kind: ItemKind = ItemKind.PRESENTATION) -> CalendarItem:
    """The open entry of that kind."""
    found = select(CalendarItem).where(CalendarItem.email == address, CalendarItem.state == ItemState.OPEN)
    return db.session.scalars(found.where(CalendarItem.kind == kind)).one()


def by_presenter(item: CalendarItem, **other: object) -> Said:
    """An answer of the presenter."""
    return Said(uid=f"{item.uid}@cal.briefings.example.kr", attendee=NURI).but(**other)


def test_a_presenters_no_raises_the_stand_by(scene, talk, arrives):
    arrives(shapes.exchange(by_presenter(talk, partstat="DECLINED", comment="출장입니다")))
    slot = scene.briefing.slots[0]
    db.session.refresh(slot)
    assert (slot.presenter_email, slot.state, slot.standby_email) == (STANDBY, SlotState.UNANSWERED, "")
    assert talk.state is ItemState.CLOSED
    assert "presenter_released" not in scene.kinds(NURI)
    assert scene.kinds(NURI)[-1] == "presenter_declined"
    assert item_of(STANDBY).need_id == talk.need_id
    mail = mails_to(scene.app, NURI)[-1]
    assert isinstance(mail, Mail) and "발표를 사양하신 것으로 적었습니다" in mail.text


def test_a_presenters_no_that_is_not_proven_is_asked_about_on_their_own_page(scene, talk, arrives, client):
    arrives(shapes.exchange(by_presenter(talk, partstat="DECLINED", found="unsigned")))
    slot = scene.briefing.slots[0]
    db.session.refresh(slot)
    assert (slot.presenter_email, slot.state, talk.partstat) == (NURI, SlotState.UNANSWERED, "DECLINED")
    mail = mails_to(scene.app, NURI)[-1]
    (page,) = [link for link in links_in(mail) if "/present/" in link]
    assert client.get(page).status_code == 200


def test_a_presenters_yes_is_as_good_as_the_button(scene, talk, arrives):
    arrives(shapes.gmail(by_presenter(talk, found="unsigned")))
    db.session.refresh(scene.briefing.slots[0])
    assert scene.briefing.slots[0].state is SlotState.ACCEPTED
    rehearsal = item_of(NURI, ItemKind.REHEARSAL)
    mail = arrives(shapes.gmail(by_presenter(rehearsal, partstat="DECLINED", number=2)))
    assert (mail.outcome, rehearsal.partstat, rehearsal.state) == (Outcome.ANSWERED, "DECLINED", ItemState.OPEN)
    assert scene.briefing.slots[0].state is SlotState.ACCEPTED


def test_strange_mails_free_no_place_and_send_no_mail_to_strangers(scene, arrives):
    """Spoiled answers to a real invitation: unproven each, so that whatever is left of them must not be believed."""
    uid = scene.item.uid.encode()
    for number, mail in enumerate(strange_mails(200, seed=7)):
        ours = mail.replace(b"9F1C4B7AE02D4E53B8A6D0C7F3E915A2", uid).replace(SERVER.encode(), b"mx.elsewhere.example")
        arrives(ours.replace(b"1.answer@", b"%d.answer@" % number))
    assert scene.states == KEPT
    assert set(scene.kinds()) <= {"invitation", "decline_asked"}
    recipients = set(db.session.scalars(select(Message.recipient)))
    assert recipients == {HANEUL}
    outcomes = set(db.session.scalars(select(ReceivedMail.outcome)))
    assert outcomes >= {Outcome.LETTER, Outcome.REVIEW, Outcome.DROPPED, Outcome.ANSWERED}
