"""Somebody who is known: one press, from a browser that remembers them or from their own page."""

import pytest
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.privacy.consenting import answer_all, consents_with, current_text, current_texts
from briefings.privacy.models import Basis, ConsentText, Purpose
from briefings.registrations.cookies import KEPT_FOR, NAME, PURPOSE
from briefings.schedule.links import token_of
from briefings.schedule.models import Eligibility, Visibility
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration
from tests.schedule.test_public_pages import APPLICANT, url

WAITLISTED = RegistrationState.WAITLISTED
TOKEN = "0123456789abcdef" * 2
KNOWN = {"do": "known", "form_token": TOKEN}


@pytest.fixture
def person(app, now) -> Registration:
    """Somebody who agreed to all but the provision, and opened the own page."""
    made = a_registration(
        name="이가온",
        email="gaon@example.com",
        department="사업팀",
        phone="010-1234-5678",
        question="언제?",
        rank="과장",
    )
    with unit_of_work():
        texts = current_texts(Purpose, "ko")
        answer_all(
            consents_of(made), [(text.id, purpose is not Purpose.PROVISION) for purpose, text in texts.items()], now
        )
    return made


@pytest.fixture
def there(client, person):
    """A browser that remembers the person."""
    answer = client.post(own(person, "/remember"))
    assert answer.status_code == 303
    return client


@pytest.fixture
def briefing(app):
    return a_briefing(needs=2, title="바다 설명회")


def own(person: Registration, action: str = "") -> str:
    return f"/r/{token_of(person)}{action}"


def at(briefing) -> list[Registration]:
    return list(db.session.scalars(select(Registration).where(Registration.briefing_id == briefing.id)))


def a_new_version(purpose: Purpose, **given) -> ConsentText:
    """What staff write anew, in force from now on."""
    old = current_text(purpose, "ko")
    columns = {name: getattr(old, name) for name in ("title", "recipient", "use", "items", "retention", "refusal")}
    values = columns | {"purpose": purpose, "version": old.version + 1, "locale": "ko", "basis": old.basis} | given
    db.session.add(new := ConsentText(**values))
    db.session.commit()
    return new


class TestTheCookie:
    def test_is_set_from_the_own_page_alone_and_opens_nothing(self, app, client, person, briefing):
        answer = client.post(own(person, "/remember"))
        (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{NAME}=")]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", f"Max-Age={int(KEPT_FOR.total_seconds())}"))
        assert "Secure" not in cookie and "gaon" not in cookie
        token = token_of(person, PURPOSE)
        assert token in cookie and client.get(f"/r/{token}").status_code == 404
        assert client.get(own(person, "/remember")).status_code == 405
        assert app.test_client().post(f"/r/{token}/remember").status_code == 404

    def test_ends_with_the_links_of_the_registration(self, there, person, briefing):
        assert "이가온" in there.get(url(briefing, "/register")).text
        person.link_version += 1
        db.session.commit()
        page = there.get(url(briefing, "/register")).text
        assert "이가온" not in page and 'name="organization"' in page

    def test_is_nothing_where_it_is_forged(self, client, person, briefing):
        parts = {"own": person.public_id, "other": a_registration().public_id}
        parts["digest"] = token_of(person, PURPOSE).partition(".")[2]
        for forged in ("", "x", "{other}.{digest}", "{own}.x", "ü"):
            client.set_cookie(NAME, forged.format(**parts))
            page = client.get(url(briefing, "/register")).text
            assert "기억하고 있습니다" not in page and 'name="organization"' in page, forged
            answer = client.post(url(briefing, "/register"), data=KNOWN)
            assert "더는 기억하지 않습니다" in answer.text and at(briefing) == [], forged

    def test_is_forgotten_by_somebody_else(self, there, briefing):
        page = there.get(url(briefing, "/register"))
        assert "다른 사람입니까?" in page.text and page.headers["Cache-Control"] == "no-store"
        page = there.post(
            "/registrations/forget", data={"back": url(briefing, "/register")}, follow_redirects=True
        ).text
        assert "더는 기억하지 않습니다" in page and "이가온" not in page and there.get_cookie(NAME) is None
        assert there.post("/registrations/forget", data={"back": "//evil.example"}).location == "/briefings"

    def test_is_shown_and_taken_away_on_the_own_page(self, there, person):
        page = there.get(own(person)).text
        assert "이 브라우저에서 지우기" in page and "이 브라우저에서 기억하기" not in page
        page = there.post(own(person, "/forget"), follow_redirects=True).text
        assert "이 브라우저에서 기억하기" in page and there.get_cookie(NAME) is None


class TestOnePress:
    def test_is_all_it_takes(self, there, person, briefing):
        page = there.get(url(briefing, "/register")).text
        assert "이가온" in page and person.organization.name in page and "gaon@example.com" in page
        assert 'name="organization"' not in page and 'type="radio"' not in page
        assert "전에 답하신 개인정보 동의는 그대로 씁니다 (3건)" in page
        need = briefing.slots[0].need
        done = there.post(url(briefing, "/register"), data=KNOWN | {"interests": [str(need.id)]}, follow_redirects=True)
        assert "신청이 끝났습니다" in done.text and "주소를 잘못 적었습니까?" not in done.text
        (made,) = at(briefing)
        assert (made.email, made.name, made.department, made.rank) == ("gaon@example.com", "이가온", "사업팀", "과장")
        assert (made.phone, made.question, made.interests) == ("010-1234-5678", "", [need])
        answers = {each.text.purpose: each.stands for each in consents_with(consents_of(made))}
        assert answers == {Purpose.REGISTRATION: True, Purpose.PROVISION: False, Purpose.NEWS: True}
        there.post(url(briefing, "/register"), data=KNOWN)
        assert len(at(briefing)) == 1 and len(db.session.scalars(select(Message)).all()) == 1

    def test_asks_anew_only_where_a_text_has_changed(self, there, person, briefing):
        new = a_new_version(Purpose.NEWS)
        page = there.get(url(briefing, "/register")).text
        assert 'name="news"' in page and 'name="consent"' not in page and "그대로 씁니다 (2건)" in page
        there.post(url(briefing, "/register"), data=KNOWN | {"news": "yes", "news-text": str(new.id)})
        answers = {each.text_id: each.stands for each in consents_with(consents_of(at(briefing)[0]))}
        assert answers[new.id] is True and len(answers) == 3

    def test_asks_for_the_required_consent_until_it_is_given(self, there, person, briefing):
        a_new_version(Purpose.REGISTRATION)
        page = there.post(url(briefing, "/register"), data=KNOWN).text
        assert "오류: " in page and "에 답해 주세요" in page and at(briefing) == []
        assert there.post(url(briefing, "/register"), data=KNOWN | {"consent": "yes"}).status_code == 303

    def test_only_tells_where_nothing_is_to_be_asked(self, there, person, briefing):
        a_new_version(Purpose.REGISTRATION, basis=Basis.NOTICE)
        page = there.get(url(briefing, "/register")).text
        assert "[안내]" in page and 'type="radio"' not in page
        assert there.post(url(briefing, "/register"), data=KNOWN).status_code == 303

    def test_says_where_the_person_has_a_place_already(self, there, person):
        page = there.get(url(person.briefing, "/register")).text
        assert "이미 신청하셨습니다" in page and "신청 확정" in page and 'value="known"' not in page
        assert "신청 내역 링크 받기" in page and f"/r/{person.public_id}" not in page

    def test_says_why_this_person_cannot(self, there, person, now):
        for given, words in (
            ({"eligibility": Eligibility.KINDS, "eligible_kinds": ["local"]}, "정해진 기관 유형만"),
            ({"eligibility": Eligibility.INVITED}, "초대받은 분만"),
            ({"registration_closes_at": now}, "마감되었습니다"),
        ):
            briefing = a_briefing(**given)
            for page in (there.get(url(briefing, "/register")), there.post(url(briefing, "/register"), data=KNOWN)):
                assert words in page.text and 'value="known"' not in page.text and "다른 사람입니까?" in page.text
            assert at(briefing) == []

    def test_leaves_the_form_to_those_who_want_it(self, there, person, briefing):
        page = there.get(url(briefing, "/register") + "?form=1").text
        assert 'value="이가온"' in page and 'value="gaon@example.com"' in page and "동료 적기" in page
        page = there.post(url(briefing, "/register") + "?form=1", data=APPLICANT | {"do": "add"}).text
        assert "동료 1" in page and "?form=1#colleagues" in page
        done = there.post(url(briefing, "/register"), data=APPLICANT | {"do": "register", "email": "new@example.com"})
        assert done.status_code == 303 and [each.email for each in at(briefing)] == ["new@example.com"]

    def test_is_never_stopped_by_the_address_having_been_typed_too_often(
        self, app, there, person, briefing, limited, monkeypatch
    ):
        monkeypatch.setitem(app.config, "MAILS_PER_ADDRESS", "1/hour")
        stranger, data = app.test_client(), APPLICANT | {"email": person.email}
        typed = [stranger.post(url(a_briefing(), "/register"), data=data).status_code for _ in range(2)]
        pressed = [there.post(url(each, "/register"), data=KNOWN).status_code for each in (briefing, a_briefing())]
        assert (typed, pressed) == ([303, 429], [303, 303])

    def test_costs_the_same_and_nothing_to_those_who_are_not_known(self, client, person, briefing, count_queries):
        counts = []
        for _ in range(2):
            with count_queries() as sent:
                client.get(url(briefing, "/register"))
            counts.append(len(sent))
            client.post(own(person, "/remember"))
        assert counts[0] <= 5 and counts[1] <= counts[0] + 4


class TestFromTheOwnPage:
    def test_other_briefings_are_one_press_away(self, client, person, briefing):
        full = a_briefing(capacity=0, title="가득 찬 설명회")
        hidden = a_briefing(title="숨은 설명회", visibility=Visibility.UNLISTED)
        others = a_briefing(title="남의 설명회", eligibility=Eligibility.INVITED)
        page = client.get(own(person)).text
        assert "바다 설명회" in page and "대기 신청하기: 가득 찬 설명회" in page
        assert hidden.title not in page and others.title not in page
        page = client.post(own(person, f"/others/{briefing.public_id}"), data=KNOWN, follow_redirects=True).text
        assert "‘바다 설명회’ 설명회를 신청했습니다(신청 확정)" in page and "설명회 신청하기: 바다 설명회" not in page
        (made,) = at(briefing)
        assert (made.email, made.department, made.question) == ("gaon@example.com", "사업팀", "")
        page = client.post(own(person, f"/others/{full.public_id}"), data={}, follow_redirects=True).text
        assert "신청했습니다(대기 중)" in page and at(full)[0].state is WAITLISTED
        page = client.post(own(person, f"/others/{full.public_id}"), data={}, follow_redirects=True).text
        assert "이미 신청하셨습니다(대기 중)" in page and len(at(full)) == 1

    def test_what_is_new_in_the_consents_is_asked_on_a_page_of_its_own(self, client, person, briefing):
        a_new_version(Purpose.REGISTRATION)
        address = own(person, f"/others/{briefing.public_id}")
        assert f'href="{address}"' in client.get(own(person)).text
        page = client.get(address).text
        assert 'name="consent"' in page and 'name="news"' not in page and "이가온" in page
        assert "에 답해 주세요" in client.post(address, data={}).text and at(briefing) == []
        assert client.post(address, data={"consent": "yes"}).status_code == 303 and len(at(briefing)) == 1
        assert "이미 신청하셨습니다" in client.get(address).text

    def test_says_why_not(self, client, person, now):
        closed = a_briefing(registration_closes_at=now)
        address = own(person, f"/others/{closed.public_id}")
        assert "마감되었습니다" in client.get(address).text and "마감되었습니다" in client.post(address, data={}).text
        assert client.get(own(person, "/others/nothing")).status_code == 404

    def test_is_counted_for_the_network_and_never_for_the_address_which_is_proven(
        self, app, client, person, briefing, limited, monkeypatch
    ):
        monkeypatch.setitem(app.config, "MAILS_PER_ADDRESS", "1/hour")
        monkeypatch.setitem(app.config, "MAILS_PER_NETWORK", "2/hour")
        others = [briefing, a_briefing(), a_briefing()]
        codes = [client.post(own(person, f"/others/{each.public_id}")).status_code for each in others]
        assert codes == [303, 303, 429] and at(others[-1]) == []
