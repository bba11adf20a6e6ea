"""Who is asked for needs in a round, what they are sent, and what they answer by their links."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.jobs import remind_of_rounds
from briefings.needs.models import NeedState
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.rounds import asking, calling
from briefings.rounds import contacts as round_contacts
from briefings.rounds.contacts import Added, Person
from briefings.rounds.links import contact_token
from briefings.rounds.models import RoundContact
from tests.builders import a_contact, a_need, a_round, a_user, an_expert, an_organization, an_owner, saved
from tests.mails import links_in, mails_to

DAY = timedelta(days=1)


@pytest.fixture
def officer(app):
    return a_user()


def sent(kind):
    """Who was written to."""
    return sorted(db.session.scalars(select(Message.recipient).where(Message.kind == kind)))


def test_lines_are_read_as_people_paste_them(app):
    an_organization("나래 공단")
    people, faults = round_contacts.read_lines(
        "기관 이름\t유형\t담당자\t전자우편\n"
        "가온시\t지방자치단체\t홍길동\tgaon@example.kr\n"
        "\n"
        '나래공단,,김하늘,Narae@Example.kr\n"해담, 나눔협회", 협회·단체, , haedam@example.kr'
    )
    assert faults == []
    assert people == [
        Person("가온시", OrganizationKind.LOCAL, "홍길동", "gaon@example.kr"),
        Person("나래공단", OrganizationKind.PUBLIC_INSTITUTION, "김하늘", "Narae@example.kr"),
        Person("해담, 나눔협회", OrganizationKind.ASSOCIATION, "", "haedam@example.kr"),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("가온시, 지방자치단체, 홍길동", "칸이 4개여야 하는데 3개"),
        (", 지방자치단체, 홍길동, a@example.kr", "기관 이름이 비어"),
        ("가온시, 시청, 홍길동, a@example.kr", "‘시청’은\\(는\\) 없는 기관 유형"),
        ("모르는시, , 홍길동, a@example.kr", "기관 유형이 비어"),
        ("가온시, 지방자치단체, 홍길동,", "전자우편 주소가 비어"),
        ("가온시, 지방자치단체, 홍길동, a@", "‘a@’은\\(는\\) 전자우편 주소의 모양이"),
        (f"{'가' * 121}, 지방자치단체, 홍길동, a@example.kr", "120자 이하"),
        ("나래시, 지방자치단체, 김하늘, FIRST@example.kr", "1째 줄과 전자우편 주소가 같습니다"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_number(app, line, why):
    people, faults = round_contacts.read_lines(f"다도해군, 지방자치단체, 최다온, first@example.kr\n{line}")
    assert len(people) == 1
    assert [fault.line for fault in faults] == [2]
    assert re.search(why, faults[0].why)


def test_the_list_is_filled_in_four_ways_and_holds_each_address_once(officer, now):
    round, earlier = a_round(), a_round()
    owner = an_owner(email="owner@example.kr")
    an_owner(email="gone@example.kr", active=False)
    an_expert(an_organization(), email="reviewer@example.kr")
    a_contact(earlier, email="before@example.kr", locale="en")
    gaon = Person("가온시", OrganizationKind.LOCAL, "홍길동", "Gaon@example.kr")
    with unit_of_work():
        round_contacts.add(round, gaon, officer, now)
        assert round_contacts.add_lines(
            round, [gaon, Person("가온 시", gaon.kind, "", "b@example.kr")], officer, now
        ) == (Added(1, 1))
        assert round_contacts.take_over(round, earlier, officer, now) == Added(1, 0)
        assert round_contacts.take_members(round, officer, now) == Added(1, 0)
        assert round_contacts.take_members(round, officer, now) == Added(0, 1)
    listed = {each.email: each for each in db.session.query(RoundContact).filter_by(round_id=round.id)}
    assert set(listed) == {"gaon@example.kr", "b@example.kr", "before@example.kr", owner.email}
    assert listed["gaon@example.kr"].organization_id == listed["b@example.kr"].organization_id
    assert listed["before@example.kr"].locale == "en"
    assert all(each.asked_at is None for each in listed.values())
    with pytest.raises(Refused, match="이미 명단에"), unit_of_work():
        round_contacts.add(round, gaon, officer, now)
    with pytest.raises(Refused, match="1,000줄"), unit_of_work():
        round_contacts.add_lines(round, [gaon] * 1001, officer, now)
    with unit_of_work():
        round_contacts.remove(listed["b@example.kr"], officer, now)
    assert db.session.query(RoundContact).filter_by(email="b@example.kr").first() is None
    assert [entry.action for entry in history_of(round)] == [
        "round.contacts_added",
        "round.contacts_added",
        "round.contacts_taken_over",
        "round.members_added",
        "round.contact_removed",
    ]


def test_everybody_on_the_list_is_asked_once_also_who_came_later(app, officer, now):
    round = a_round()
    a_contact(round, email="first@example.kr", asked_at=None)
    a_contact(round, email="ann@example.com", name="Ann", locale="en", asked_at=None)
    with unit_of_work():
        assert asking.ask(round, officer, now) == 2
    a_contact(round, email="later@example.kr", asked_at=None)
    with unit_of_work():
        assert asking.ask(round, officer, now + DAY) == 1
    assert sent("round_asked") == ["ann@example.com", "first@example.kr", "later@example.kr"]
    with pytest.raises(Refused, match="이미 보냈습니다"), unit_of_work():
        asking.ask(round, officer, now)
    for closed in (a_round(announced_at=None), a_round(closes_at=now)):
        a_contact(closed, asked_at=None)
        with pytest.raises(Refused), unit_of_work():
            asking.ask(closed, officer, now)
    (korean,), (english,) = mails_to(app, "first@example.kr"), mails_to(app, "ann@example.com")
    assert "최다온 님께" in korean.text
    assert "(7일 뒤)" in korean.text
    assert "Dear Ann" in english.text
    assert links_in(english)[0].startswith("/en/rounds/for/")


def everybody(round, now):
    """One of each who can stand on a list, under the name of what they did."""
    body = an_organization()
    a_need(round=round, organization=body, state=NeedState.SUBMITTED)
    drafting = an_organization()
    a_need(round=round, organization=drafting, state=NeedState.DRAFT)
    a_contact(round, email="silent@example.kr")
    a_contact(round, email="drafting@example.kr", organization=drafting)
    a_contact(round, email="handed-in@example.kr", organization=body)
    a_contact(round, email="nothing@example.kr", nothing_at=now)
    a_contact(round, email="unasked@example.kr", asked_at=None)
    a_contact(round, email="fresh@example.kr", asked_at=now - DAY)


def test_only_the_silent_are_reminded_and_the_fresh_are_left_in_peace(officer, now):
    round = a_round()
    everybody(round, now)
    assert (asking.number_unasked(round), asking.number_silent(round), asking.number_held_back(round, now)) == (1, 3, 1)
    assert asking.silent_organizations(round) == 3
    with unit_of_work():
        assert asking.remind(round, officer, now) == 2
    assert sent("round_reminder") == ["drafting@example.kr", "silent@example.kr"]
    with pytest.raises(Refused, match="다시 알릴 분이 없습니다"), unit_of_work():
        asking.remind(round, officer, now)
    with unit_of_work():
        assert asking.remind(round, officer, now, at_once=True) == 3


def test_the_worker_reminds_the_silent_once_three_days_before_the_close(officer, now):
    round = a_round(closes_at=now + 5 * DAY)
    everybody(round, now)

    def due(at):
        with unit_of_work():
            return asking.remind_due(at)

    assert due(now + DAY) == 0
    assert due(now + 2 * DAY) == 3
    assert due(now + 2 * DAY + timedelta(minutes=1)) == 0
    assert sent("round_reminder") == ["drafting@example.kr", "fresh@example.kr", "silent@example.kr"]
    a_contact(round, email="late@example.kr", asked_at=now + DAY)
    assert [due(now + 2 * DAY), due(now + 3 * DAY)] == [0, 1]
    a_contact(round, email="too-late@example.kr", asked_at=now + 2 * DAY)
    assert due(now + 4 * DAY + timedelta(minutes=1)) == 0
    with unit_of_work():
        later = now + 9 * DAY
        calling.move(round, round.opens_at, later, tell=True, seen=round.changed_at, by=officer, now=now + 4 * DAY)
    assert len(sent("round_moved")) == 5
    assert due(later - 3 * DAY) == 5, "a new close has a last call of its own"


def test_the_job_waits_for_the_end_of_the_quiet_hours(app, now):
    a_contact(a_round(closes_at=now + 2 * DAY))
    night = now.replace(hour=14)  # 23:00 in Seoul
    for at, number in ((night, 0), (night + timedelta(hours=10), 1), (night + timedelta(hours=11), 1)):
        with time_machine.travel(at, tick=False):
            remind_of_rounds(app)
        assert len(sent("round_reminder")) == number


def test_a_reminder_that_waited_is_not_sent_to_whom_it_concerns_no_more(app, officer, now):
    round = a_round()
    kinds = ("silent", "says-nothing", "removed", "hands-in", "hands-over")
    people = {kind: a_contact(round, email=f"{kind}@example.kr") for kind in kinds}
    with unit_of_work():
        assert asking.remind(round, officer, now) == 5
    a_need(round=round, organization=people["hands-in"].organization)
    with unit_of_work():
        asking.say_nothing(people["says-nothing"], "", now)
        asking.hand_over(people["hands-over"], "동료", "colleague@example.kr", now)
        round_contacts.remove(people["removed"], officer, now)
    outcomes = {kind: mails_to(app, f"{kind}@example.kr")[0] for kind in kinds}
    assert [kind for kind, found in outcomes.items() if not isinstance(found, Dropped)] == ["silent"]
    db.session.refresh(round)
    round.closes_at = now
    saved(round)
    assert isinstance(mails_to(app, "silent@example.kr")[0], Dropped)


def test_who_has_nothing_says_so_and_may_take_it_back(app, client, now):
    round = a_round()
    contact = a_contact(round)
    way = f"/rounds/for/{contact_token(contact)}"
    asked, awaited = client.get(way).text, f"{contact.organization.name}의 답을 기다립니다."
    assert "등록할 과제가 없다고 알리기" in asked and awaited in asked
    assert contact.nothing_at is None, "a link does nothing by itself"
    client.get(f"{way}/nothing")
    assert contact.nothing_at is None
    page = client.post(f"{way}/nothing", data={"reason": "인력이 없습니다."}, follow_redirects=True).text
    assert "이번에는 등록할 과제가 없다고 알려 주셨습니다" in page and awaited not in page
    assert "인력이 없습니다." in page
    assert contact.nothing_at == now
    assert "답을 거두었습니다" in client.post(f"{way}/something", follow_redirects=True).text
    client.post(f"{way}/something")
    assert (contact.nothing_at, contact.nothing_reason) == (None, "")
    assert [entry.action for entry in history_of(round)] == ["round.nothing", "round.nothing_taken_back"]
    a_need(round=round, organization=contact.organization)
    assert "과제를 받았습니다" in client.get(f"/en{way}").text or "received" in client.get(f"/en{way}").text
    db.session.refresh(round)
    round.closes_at = now
    saved(round)
    assert "접수가 끝났습니다" in client.get(way).text and awaited not in client.get(way).text
    assert "접수가 끝난 수요조사입니다." in client.post(f"{way}/nothing", follow_redirects=True).text


def test_who_was_asked_does_not_type_again_what_is_known_when_asking_for_an_account(app, client, now):
    round = a_round()
    contact = a_contact(round, name="홍길동", email="gil@example.kr")
    other = a_contact(round, name="윤새로", email="saero@example.kr")
    way = f"/rounds/for/{contact_token(contact)}"
    assert f'href="{way}/account"' in client.get(way).text
    page = client.get(f"{way}/account").text
    for known in (contact.organization.name, "홍길동", "gil@example.kr"):
        assert f'value="{known}"' in page, known
    assert f'<option selected value="{contact.organization.kind.value}">' in page
    assert '<form class="form" method="post" novalidate action="/account/request">' in page
    for unknown in (other.name, other.email):
        assert unknown not in page
    assert 'value="홍길동"' not in client.get("/account/request").text, "nobody else reads it"
    # What is sent is what any such form sends; a mistake brings back what was typed.
    typed = {"organization_kind": contact.organization.kind.value, "organization_name": contact.organization.name}
    typed |= {"name": "홍길동", "email": "gil@example.kr", "phone": "064-123-4567"}
    assert 'value="gil@example.kr"' in client.post("/account/request", data=typed).text
    done = client.post("/account/request", data=typed | {"purpose": "폐어망을 되살리려고 합니다."})
    assert done.location == "/account/request/sent" and sent("account_request") == ["gil@example.kr"]
    contact.public_id = "other"
    db.session.commit()
    assert client.get(f"{way}/account").status_code == 410


def test_a_colleague_who_answers_instead_has_a_link_of_their_own(app, client, now):
    round = a_round()
    contact = a_contact(round, name="최다온", email="daon@example.kr", nothing_at=now)
    a_contact(round, email="listed@example.kr")
    way = f"/rounds/for/{contact_token(contact)}"
    page = client.post(f"{way}/colleague", data={"name": "윤새로", "email": "Listed@example.kr"}).text
    assert "이미 받는 주소입니다" in page
    assert 'value="윤새로"' in page
    page = client.post(f"{way}/colleague", data={"name": "윤새로", "email": "saero@example.kr"}, follow_redirects=True)
    assert "동료에게 보냈습니다" in page.text
    ended = client.get(way)
    assert (ended.status_code, "동료에게 넘겼거나" in ended.text) == (410, True)
    assert "윤새로" not in ended.text and contact.round.name not in ended.text
    assert client.get(f"{way}x").status_code == client.get(f"/rounds/for/{contact.public_id}.x").status_code == 404
    (mail,) = mails_to(app, "saero@example.kr")
    assert "최다온 님이" in mail.text
    assert "윤새로" in client.get(links_in(mail)[0]).text
    db.session.refresh(contact)
    assert (contact.nothing_at, contact.asked_at, contact.reminders) == (None, now, 0)
    assert db.session.query(Organization).filter_by(id=contact.organization_id).one()
