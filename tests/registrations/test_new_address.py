"""A registration goes to another address: proven first, then the old calendar is emptied and the new one filled."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import new_address, presenters, registering
from briefings.schedule.calendar_models import CalendarItem, ItemState
from briefings.schedule.finding import place_in_line
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing, Eligibility
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration
from tests.calendar.clients import CLIENTS
from tests.mails import links_in, mails_to
from tests.prepared import a_database
from tests.schedule.letters import delivered
from tests.schedule.signing_up import an_applicant, cancel, register
from tests.schedule.test_last_seat import a_program

OLD, NEW = "gaon@example.com", "gaon@new.example.com"
CONFIRMED, WAITLISTED, CANCELLED = tuple(RegistrationState)[1:]
ROUNDS = 20


@pytest.fixture
def briefing(app) -> Briefing:
    return a_briefing(title="바다 설명회", needs=2, capacity=2)


@pytest.fixture
def registration(briefing, now) -> Registration:
    texts = current_texts([Purpose.REGISTRATION, Purpose.NEWS], "ko")
    consents = tuple((text.id, True) for text in texts.values())
    interests = (briefing.slots[0].need_id,)
    return register(briefing, now, OLD, phone="010-1234-5678", interests=interests, consents=consents)


def ask(client, registration: Registration, email: str) -> str:
    return client.post(f"/r/{token_of(registration)}/address", data={"email": email}, follow_redirects=True).text


def proof(app, email: str = NEW) -> str:
    """The link in the newest mail to the new address."""
    return next(link for link in links_in(mails_to(app, email)[-1]) if link.startswith("/r/new-address/"))


def kinds_to(email: str) -> list[str]:
    return list(db.session.scalars(select(Message.kind).where(Message.recipient == email).order_by(Message.id)))


def test_nothing_changes_until_the_link_is_followed_and_the_button_pressed(app, client, registration):
    page = ask(client, registration, "Gaon@New.Example.com")
    assert "Gaon@new.example.com 주소로 확인 링크를 보냈습니다" in page and OLD in page
    link = proof(app)
    for prefix in ("", "/en"):
        shown = client.get(prefix + link).text
        assert NEW in shown and "바다 설명회" in shown
    db.session.refresh(registration)
    assert registration.email == OLD and kinds_to(NEW) == ["new_address"] and kinds_to(OLD) == ["invitation"]


def test_the_old_calendar_is_emptied_and_the_new_one_filled(app, client, now, registration):
    starts_at = registration.briefing.starts_at
    (invitation,) = delivered(app, OLD)
    ask(client, registration, NEW)
    link = proof(app)
    page = client.post(link, follow_redirects=True).text
    assert "전자우편 주소를 바꾸었습니다" in page and "신청 확정" in page and NEW in page

    _, withdrawal = delivered(app, OLD)
    (own,) = delivered(app, NEW)
    for program in CLIENTS:
        old, new = program(OLD), program(NEW)
        for letter in (invitation, withdrawal):
            old.receive(letter.raw)
        new.receive(own.raw)
        assert old.shown() == [] and new.shown() == [starts_at], program
    assert (withdrawal.facts.method, withdrawal.facts.sequence) == ("CANCEL", 1)
    assert (own.facts.method, own.facts.sequence) == ("REQUEST", 0) and own.facts.uid != withdrawal.facts.uid
    assert withdrawal.facts.uid == invitation.facts.uid
    assert (withdrawal.facts.attendees, own.facts.attendees) == ((OLD,), (NEW,))
    assert "주소를 바꾸었습니다" in withdrawal.text and "/r/" not in withdrawal.text and NEW not in withdrawal.text


def test_everything_else_is_kept_and_the_earlier_links_are_dead(app, client, now, registration):
    number, earlier = registration.public_id, [token_of(registration), token_of(registration, "join")]
    register(registration.briefing, now, OLD)
    with unit_of_work():
        registering.find_mine(OLD, now)
    ask(client, registration, NEW)
    ask(client, registration, "third@example.com")
    other_link = proof(app, "third@example.com")
    client.post(proof(app))

    db.session.refresh(registration)
    assert (registration.public_id, registration.state, registration.email) == (number, CONFIRMED, NEW)
    assert registration.phone == "010-1234-5678" and len(registration.interests) == 1
    assert [each.stands for each in consents_with(registering.consents_of(registration))] == [True, True]
    for address in (f"/r/{earlier[0]}", f"/join/{earlier[1]}"):
        ended = client.get(address)
        assert ended.status_code == 410 and "전에 쓰던 링크입니다" in ended.text
        assert registration.briefing.title not in ended.text and NEW not in ended.text
    ended = client.post(f"/r/{earlier[0]}/cancel")
    assert ended.status_code == 410 and registration.state is CONFIRMED
    composed = [mail for mail in mails_to(app, OLD) if not isinstance(mail, Dropped)]
    assert composed and not [mail for mail in composed if "/r/" in mail.text or "/join/" in mail.text]
    assert client.post(other_link).status_code == 404, "and so is any other proof"
    assert isinstance(mails_to(app, "third@example.com")[-1], Dropped)


def test_a_place_in_line_is_kept(app, client, now, briefing, registration):
    waiting = [register(briefing, now + timedelta(minutes=n), f"w{n}@example.com") for n in range(3)][1]
    assert place_in_line(waiting) == 1
    later = register(briefing, now + timedelta(hours=1), "later@example.com")
    ask(client, waiting, NEW)
    assert "자리를 기다리고 있습니다" in client.post(proof(app), follow_redirects=True).text
    db.session.refresh(waiting)
    assert (place_in_line(waiting), place_in_line(later)) == (1, 3)
    assert kinds_to("w1@example.com") == ["waitlisted", "waiting_ended"] and kinds_to(NEW) == [
        "new_address",
        "waitlisted",
    ]
    told, left = mails_to(app, "w1@example.com")
    assert isinstance(told, Dropped), "it would tell the new link to the old address"
    assert "주소를 바꾸었습니다" in left.text and "/r/" not in left.text


def test_pressed_twice_it_is_done_once(app, client, registration):
    ask(client, registration, NEW)
    link = proof(app)
    assert "이 주소로 안내를 받으시겠습니까?" in client.get(link).text
    pages = [client.post(link, follow_redirects=True).text for _ in range(2)]
    assert all("신청 확정" in page for page in pages)
    opened_again = client.get(link).text
    assert "이 주소로 이미 바꾸었습니다" in opened_again and "이 주소로 바꾸기" not in opened_again
    assert kinds_to(OLD) == ["invitation", "withdrawal"] and kinds_to(NEW) == ["new_address", "invitation"]
    states = db.session.scalars(select(CalendarItem.state).order_by(CalendarItem.id)).all()
    assert states == [ItemState.CLOSED, ItemState.OPEN]


@pytest.mark.parametrize("state", [CONFIRMED, WAITLISTED])
def test_a_registration_of_the_new_address_is_told_to_itself_alone(app, client, briefing, registration, state):
    a_registration(briefing, email=NEW, state=state)
    elsewhere = a_registration(email="free@example.com")
    answers = [ask(client, registration, email).replace(email, "") for email in (NEW, elsewhere.email)]
    assert len({re.sub(r'name="form_token" value="\w+"', "", answer) for answer in answers}) == 1
    page = client.post(proof(app)).text
    assert "이미 신청되어 있어 옮길 수 없습니다" in page and "신청의 링크 받기" in page
    db.session.refresh(registration)
    assert registration.email == OLD and kinds_to(OLD) == ["invitation"]
    client.post("/registrations/find", data={"email": NEW})
    assert kinds_to(NEW) == ["new_address", "my_registrations"]


def test_an_address_that_had_cancelled_is_asked_to_register_again(app, client, now, briefing, registration):
    cancel(register(briefing, now, NEW), now)
    ask(client, registration, NEW)
    page = client.post(proof(app)).text
    assert "취소한 기록이 있어" in page and "링크 받기" not in page


def test_two_links_pressed_at_once_move_it_once(app, client, now, registration):
    """The second has read the registration before the first was done."""
    ask(client, registration, NEW)
    ask(client, registration, "third@example.com")
    first, second = (new_address.move_behind(proof(app, to).rpartition("/")[2]) for to in (NEW, "third@example.com"))
    with unit_of_work():
        new_address.follow(first, now)
    with pytest.raises(Refused, match="이제 쓸 수 없습니다"), unit_of_work():
        new_address.follow(second, now)
    assert registration.email == NEW


def test_a_link_is_good_for_a_day_and_for_what_it_names(app, client, now, registration):
    ask(client, registration, NEW)
    link = proof(app)
    head, dot, tail = link.partition(".")
    for false in (
        f"{head}A{dot}{tail}",
        f"{head}{dot}{tail[:-1]}",
        "/r/new-address/x",
        f"/r/new-address/{'²' * 3}-²-²",
        f"/r/new-address/{registration.public_id}-{10**30}-aaaa.x",
    ):
        assert client.get(false).status_code == 404
    with time_machine.travel(now + timedelta(hours=24), tick=False):
        for answer in (client.get(link), client.post(link)):
            assert answer.status_code == 410 and "기한이 지난 링크" in answer.text
        assert isinstance(mails_to(app, NEW)[-1], Dropped)


def test_is_refused_where_there_is_nothing_to_move(app, client, now, registration):
    assert "지금 쓰고 있는 주소입니다" in ask(client, registration, OLD.upper())
    over = a_registration(a_briefing(starts_at=now - timedelta(hours=3)))
    gone = a_registration(state=CANCELLED, cancelled_at=now)
    assert "이미 끝난 설명회입니다" in ask(client, over, NEW) and "취소한 신청은" in ask(client, gone, NEW)
    invited = a_registration(a_briefing(eligibility=Eligibility.INVITED))
    for each, why in ((over, "이미 끝난"), (gone, "취소한 신청은"), (invited, "초대받은 주소로만")):
        asked = client.get(f"/r/{token_of(each)}/address").text
        assert why in asked and 'name="email"' not in asked, "said before anything is typed"
    ask(client, registration, NEW)
    link = proof(app)
    cancel(registration, now)
    assert "취소한 신청은" in client.post(link).text and kinds_to(NEW) == ["new_address"]


def test_three_mails_an_hour_go_to_one_address(app, client, registration, now):
    for minute in range(5):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            assert "확인 링크를 보냈습니다" in ask(client, registration, NEW)
    assert kinds_to(NEW) == ["new_address"] * 3


def test_whoever_presents_under_the_new_address_has_that_in_the_calendar_alone(app, client, now, registration):
    slot = registration.briefing.slots[0]
    with unit_of_work():
        slot.hand_over("이가온", "", NEW)
        db.session.flush()
        presenters.keep_calendars(slot.briefing, now)
    ask(client, registration, NEW)
    client.post(proof(app))
    assert kinds_to(NEW) == ["presenter_slot", "new_address", "place_of_presenter"]
    assert "place_of_presenter" not in kinds_to(OLD) and kinds_to(OLD)[-1] == "withdrawal"


def test_a_new_name_stands_in_what_is_sent_next(app, client, now, registration):
    data = {"kind": "company", "organization": "가온재활용", "name": "이가온누리"}
    client.post(f"/r/{token_of(registration)}/change", data=data)
    item = db.session.scalars(select(CalendarItem)).one()
    assert (item.name, item.sequence) == ("이가온누리", 1)
    (first,) = delivered(app, OLD)
    client.post(f"/r/{token_of(registration)}/invitation")
    _, again = delivered(app, OLD)
    assert (first.facts.sequence, again.facts.sequence) == (0, 1)
    assert "이가온누리" in again.calendar.decode().replace("\r\n ", "") and again.facts.uid == first.facts.uid


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_pressed_twice_while_somebody_registers_there_nobody_is_lost_or_doubled(dialect, now):
    with a_database(dialect) as url, a_program(url) as app:
        tokens, briefings = [], []
        for _ in range(ROUNDS):
            registration = register(a_briefing(needs=0), now, OLD)
            tokens.append(new_address.move_token(registration, NEW, now + timedelta(hours=1)))
            briefings.append(registration.briefing_id)
        start = Barrier(3)

        def in_turn(act) -> list[str]:
            outcomes = []
            for n in range(ROUNDS):
                with app.app_context():
                    start.wait(timeout=60)
                    try:
                        with unit_of_work():
                            act(n)
                        outcomes.append("done")
                    except Refused:
                        outcomes.append("refused")
            return outcomes

        def follow(n: int) -> None:
            new_address.follow(new_address.move_behind(tokens[n]), now)

        def take(n: int) -> None:
            registering.register(db.session.get_one(Briefing, briefings[n]), an_applicant(NEW), now)

        with ThreadPoolExecutor(3) as pool:
            first, second, taking = pool.map(in_turn, [follow, follow, take])

        db.session.rollback()  # what was read before is not what is there now
        assert first == second and taking == ["done"] * ROUNDS
        for n, briefing_id in enumerate(briefings):
            of_briefing = select(Registration.email).where(Registration.briefing_id == briefing_id)
            emails = sorted(db.session.scalars(of_briefing))
            assert emails == ([NEW] if first[n] == "done" else [OLD, NEW])
            stand = select(CalendarItem.email).where(
                CalendarItem.briefing_id == briefing_id, CalendarItem.state == ItemState.OPEN
            )
            assert sorted(db.session.scalars(stand)) == emails
