"""What registrants agree to, take back and agree to later, and what follows for owners and for news."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.announcements.groups import Group, number_of
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.mail import Dropped, Mail
from briefings.privacy.consenting import answer_all, current_texts
from briefings.privacy.models import ConsentText, Purpose
from briefings.schedule import agreeing
from briefings.schedule.links import token_of
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration, a_user, an_owner, saved
from tests.mails import mails_to

REGISTRATION, PROVISION, NEWS, _ = Purpose
ASKED = (REGISTRATION, PROVISION, NEWS)


def agreeing_person(now, given=ASKED, **values) -> Registration:
    """Somebody who answered every consent and said yes to those `given`."""
    made = a_registration(**values)
    with unit_of_work():
        texts = current_texts(ASKED, "ko")
        answer_all(consents_of(made), [(texts[purpose].id, purpose in given) for purpose in ASKED], now)
    return made


def link(registration, action=""):
    return f"/r/{token_of(registration)}{action}"


@pytest.fixture
def briefing(app):
    return a_briefing()


@pytest.fixture
def owner(app, briefing):
    """The owner of the need that is presented."""
    return app.test_client().sign_in(an_owner(briefing.slots[0].need.organization))


def test_owners_see_numbers_and_whoever_agreed_until_they_take_it_back(client, owner, briefing, now):
    need = briefing.slots[0].need
    address = f"/my/needs/{need.id}/interested"
    assert "아직 이 과제에 관심이 있다고 한 사람이 없습니다" in owner.get(address).text
    person = agreeing_person(now, briefing=briefing, interests=[need], name="이가온")
    silent = agreeing_person(now, (REGISTRATION,), briefing=briefing, interests=[need], name="박조용")
    agreeing_person(now, briefing=briefing, name="최무관")
    gone = {"state": RegistrationState.CANCELLED}
    agreeing_person(now, briefing=briefing, interests=[need], name="정취소", **gone)

    page = owner.get(address).text
    assert person.email not in page and "이름과 연락처 보기" in page
    page = owner.post(address).text
    assert person.email in page and "이가온" in page
    assert not any(name in page for name in (silent.email, "박조용", "최무관", "정취소"))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "need.interested_seen")).one()
    assert entry.detail == {"people": 1}

    page = client.get(link(person, "/consents/provision/withdraw")).text
    assert "수요기관 화면에서 이름과 연락처가 바로 사라지고" in page
    page = client.post(link(person, "/consents/provision/withdraw"), follow_redirects=True).text
    assert "동의를 철회했습니다" in page and "철회함" in page
    page = owner.post(address).text
    assert person.email not in page and "동의하지 않은 분은 수로만 보입니다" in page
    assert "관심을 보인 사람" in page and owner.get("/my/needs/999999/interested").status_code == 404

    with time_machine.travel(now + timedelta(hours=1), tick=False):
        page = client.get(link(person, "/consents/provision")).text
        assert "[선택] 개인정보 제3자 제공 동의" in page and "철회함" in page
        assert "답해 주세요" in client.post(link(person, "/consents/provision")).text
        client.post(link(person, "/consents/provision"), data={"consent": "no"})
        assert person.email not in owner.post(address).text
        page = client.post(link(person, "/consents/provision"), data={"consent": "yes"}, follow_redirects=True).text
        assert "동의하신 것을 적어 두었습니다" in page
        assert person.email in owner.post(address).text


def test_news_reach_only_who_agrees_when_they_are_sent(app, client, briefing, now):
    person = agreeing_person(now, briefing=briefing)
    elsewhere = agreeing_person(now, email=person.email)
    agreeing_person(now, (REGISTRATION, PROVISION), briefing=briefing)
    a_registration(briefing)  # a colleague entered this one: nothing was asked
    everybody = Group(states=(RegistrationState.CONFIRMED,))
    news = Group(states=(RegistrationState.CONFIRMED,), news=True)
    assert (number_of(briefing, everybody), number_of(briefing, news)) == (3, 1)
    assert Group.stored(news.to_keep()) == news

    desk = app.test_client().sign_in(a_user())
    letter = {"subject": "다음 설명회 소식", "body": "#{이름} 님께", "states": ["confirmed"], "news": "y"}
    address = desk.post(f"/staff/briefings/{briefing.id}/announcements/new", data=letter).location
    assert "동의한 분께만" in desk.get(address).text
    page = desk.post(f"{address}/send", data={"when": "now"}).text
    agreed = page.split('name="agreed" type="hidden" value="')[1].split('"')[0]
    assert desk.post(f"{address}/send", data={"when": "now", "agreed": agreed}).status_code == 303
    assert isinstance(mails_to(app, person.email)[0], Mail)

    page = client.get(link(elsewhere, "/consents/news/withdraw")).text
    assert "같은 주소로 하신 다른 신청에서 동의하신 것도 함께" in page
    client.post(link(elsewhere, "/consents/news/withdraw"))
    assert mails_to(app, person.email)[0] == Dropped("그사이 소식 받기 동의를 거두었습니다.")
    assert number_of(briefing, news) == 0


def test_the_latest_answer_counts_to_whichever_version(briefing, now):
    person = agreeing_person(now, briefing=briefing)
    old = current_texts([NEWS], "ko")[NEWS]
    parts = {part: getattr(old, part) for part in ("title", "use", "items", "retention", "refusal")}
    new = saved(ConsentText(purpose=NEWS, version=2, locale="ko", created_at=now, **parts))
    (before,) = [each for each in agreeing.answers_of(person, "ko") if each.purpose is NEWS]
    assert before.stands and before.outdated, "an earlier version agreed to still holds"
    with unit_of_work():
        answer_all(consents_of(person), [(new.id, False)], now + timedelta(hours=1))
    (after,) = [each for each in agreeing.answers_of(person, "ko") if each.purpose is NEWS]
    assert not after.stands and [each.text.version for each in after.said] == [1, 2]
    assert number_of(briefing, Group(states=(RegistrationState.CONFIRMED,), news=True)) == 0


def test_what_is_required_is_shown_and_cannot_be_taken_back_here(client, briefing, now):
    person = agreeing_person(now, briefing=briefing)
    page = client.get(link(person, "/consents/registration")).text
    assert "설명회가 끝난 날부터 1년" in page and "신청을 취소해 주세요" in page
    assert 'href="/my-data"' in page.split("<main")[1].split("</main>")[0], "where the rest of it can be erased"
    assert f'href="{link(person, "/cancel")}"' in page
    gone = a_registration(briefing, state=RegistrationState.CANCELLED, cancelled_at=now)
    assert "/cancel" not in client.get(link(gone, "/consents/registration")).text
    assert client.post(link(person, "/consents/registration/withdraw")).status_code == 404
    assert client.get(link(person, "/consents/reply")).status_code == 404
    other = a_registration()
    assert "다른 분이 신청해" not in client.get(link(other)).text
    brought = a_registration(brought_by=person)
    page = client.get(link(brought)).text
    assert "다른 분이 신청해 드려서" in page and link(brought, "/consents/news") in page
    assert client.post(link(brought, "/consents/news/withdraw")).status_code == 303, "nothing to take back"
    client.post(link(brought, "/consents/news"), data={"consent": "yes"})
    assert "동의했음" in client.get(link(brought)).text


def test_agreeing_later_to_a_text_that_was_replaced_is_asked_anew(client, briefing, now):
    person = agreeing_person(now, (REGISTRATION,), briefing=briefing)
    old = current_texts([NEWS], "ko")[NEWS]
    parts = {part: getattr(old, part) for part in ("title", "use", "items", "retention", "refusal")}
    saved(ConsentText(purpose=NEWS, version=2, locale="ko", created_at=now, **parts))
    page = client.post(link(person, "/consents/news"), data={"consent": "yes", "consent-text": str(old.id)}).text
    assert "내용이 바뀌었습니다" in page
    for text in (old, current_texts([REGISTRATION], "ko")[REGISTRATION]):
        with pytest.raises(Refused):
            agreeing.agree(person, text, now)
