"""Signing up on one page: what is asked, what comes of it, and what nobody may learn of somebody else's address."""

import re
import time
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from briefings.db import db, dialect
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import new_address
from briefings.schedule.links import token_of
from briefings.schedule.models import Eligibility
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web import limits
from briefings.web.security import limiter
from tests.builders import a_briefing, a_registration
from tests.schedule.test_public_pages import APPLICANT, registrations, url

CONFIRMED, WAITLISTED, REQUESTED = (
    RegistrationState.CONFIRMED,
    RegistrationState.WAITLISTED,
    RegistrationState.REQUESTED,
)
TOKEN = "0123456789abcdef" * 2


def sign_up(client, briefing, **given):
    """The page one ends on."""
    return client.post(url(briefing, "/register"), data=APPLICANT | given, follow_redirects=True).text


def kinds() -> list[str]:
    return list(db.session.scalars(select(Message.kind).order_by(Message.id)))


class TestTheForm:
    def test_asks_for_nothing_more_than_it_needs_and_shows_every_consent(self, client):
        briefing = a_briefing(needs=2)
        page = client.get(url(briefing, "/register")).text
        assert "개인정보 수집·이용 동의" in page and "개인정보 제3자 제공 동의" in page and "다음 설명회 소식" in page
        assert all(slot.need.title in page for slot in briefing.slots) and "checked" not in page
        for later in ("department", "rank", "phone", "support", "question", "together"):
            assert f'name="{later}"' not in page

    def test_says_until_when_support_can_be_asked_for(self, client, now):
        page = client.get(url(a_briefing(), "/register")).text
        assert "지원은 2026. 11. 26.(목) 10:00까지 신청할 수 있습니다" in page
        soon = client.get(url(a_briefing(starts_at=now + timedelta(days=3)), "/register")).text
        assert "지원이 필요하시면 아래 연락처로 문의해 주세요" in soon and "까지 신청할 수 있습니다" not in soon

    def test_what_the_law_wants_to_stand_out_is_larger(self, client):
        page = client.get(url(a_briefing(), "/register")).text
        texts = current_texts([Purpose.REGISTRATION, Purpose.PROVISION, Purpose.NEWS], "ko")
        provided, news = texts[Purpose.PROVISION], texts[Purpose.NEWS]
        larger = re.findall(r'<dd class="stands-out pre">(.*?)</dd>', page)
        assert {provided.recipient, provided.use, provided.retention, news.use, news.retention} <= set(larger)
        assert texts[Purpose.REGISTRATION].use not in larger and texts[Purpose.REGISTRATION].use in page

    def test_what_need_not_be_answered_and_was_left_open_stays_unanswered(self, client):
        briefing, next_one = a_briefing(), a_briefing()
        sign_up(client, briefing)
        (made,) = db.session.scalars(select(Registration))
        assert [each.text.purpose for each in consents_with(consents_of(made))] == [Purpose.REGISTRATION]
        page = client.get(f"/r/{token_of(made)}").text
        assert page.count("답하지 않음") == 2 and "동의했음" in page and "동의하지 않았음" not in page
        client.post(f"/r/{token_of(made)}/remember")
        assert 'type="radio"' not in client.get(url(next_one, "/register")).text

    def test_says_at_the_field_what_is_missing_and_keeps_what_was_typed(self, client):
        briefing = a_briefing()
        page = client.post(url(briefing, "/register"), data={"name": "이가온", "email": "gaon@"}).text
        assert "오류: " in page and 'value="이가온"' in page
        assert "전자우편 주소에 ‘@’ 뒤의 주소가 빠졌습니다" in page
        assert "기관 유형을 골라 주세요" in page and "기관·회사 이름을 입력해 주세요" in page
        assert "‘개인정보 수집·이용 동의’에 답해 주세요" in page
        asked = [page.index(f'<a href="#{field}">') for field in ("kind", "organization", "email", "consent-0")]
        assert asked == sorted(asked), "in the order of the page"
        assert registrations() == []

    def test_does_not_go_on_without_the_required_consent(self, client):
        page = client.post(url(a_briefing(), "/register"), data=APPLICANT | {"consent": "no"}).text
        assert "동의하지 않으면 이 신청을 받을 수 없습니다" in page and registrations() == []

    def test_asks_once_more_when_the_trap_was_filled(self, client):
        page = client.post(url(a_briefing(), "/register"), data=APPLICANT | {"website": "http://spam.example"}).text
        assert "한 번 더 눌러 주세요" in page and "spam.example" not in page and registrations() == []

    def test_says_so_when_it_closed_in_the_meantime(self, client, now):
        briefing = a_briefing(registration_closes_at=now)
        for answer in (
            client.get(url(briefing, "/register")),
            client.post(url(briefing, "/register"), data=APPLICANT),
        ):
            assert "지금은 신청할 수 없습니다" in answer.text and "마감되었습니다" in answer.text
            assert "<form" not in answer.text.partition("<main")[2].partition("</main")[0]
        assert registrations() == []

    def test_is_there_for_those_who_may_register(self, client):
        kinds_only = a_briefing(eligibility=Eligibility.KINDS, eligible_kinds=["local", "central"])
        page = client.get(url(kinds_only, "/register")).text
        assert "지방자치단체" in page and 'value="local"' in page and 'value="company"' not in page
        assert "목록에 있는 것 가운데 골라 주세요" in sign_up(client, kinds_only)
        invited_only = a_briefing(eligibility=Eligibility.INVITED)
        for page in (client.get(url(invited_only, "/register")).text, sign_up(client, invited_only)):
            assert "초대받은 분만 신청할 수 있는 설명회입니다" in page and 'name="email"' not in page
        assert registrations() == []


class TestThePress:
    def test_takes_five_answers_and_ends_on_a_page_that_says_what_comes_next(self, client):
        briefing = a_briefing(needs=2)
        need = briefing.slots[1].need
        data = APPLICANT | {"interests": [str(need.id)], "news": "yes", "provision": "no"}
        answer = client.post(url(briefing, "/register"), data=data)
        assert (answer.status_code, answer.location) == (303, url(briefing, "/registered"))
        done = client.get(answer.location)
        (registration,) = registrations()
        assert registration.state is CONFIRMED and registration.interests == [need]
        answers = {each.text.purpose: each.stands for each in consents_with(consents_of(registration))}
        assert answers == {Purpose.REGISTRATION: True, Purpose.PROVISION: False, Purpose.NEWS: True}
        assert "신청이 끝났습니다" in done.text and "gaon@example.com" in done.text.lower()
        assert "하루 전" in done.text and "두 시간 전" in done.text and "briefing.ics" in done.text
        assert registration.public_id in done.text and need.title in done.text
        assert f"/r/{registration.public_id}" not in done.text, "the personal link goes by mail only"
        assert done.headers["Cache-Control"] == "no-store"

    def test_puts_in_line_when_full(self, client):
        briefing = a_briefing(capacity=0)
        assert "대기 신청하기" in client.get(url(briefing, "/register")).text
        assert "대기 신청을 받았습니다" in sign_up(client, briefing)
        assert registrations()[0].state is WAITLISTED

    def test_waits_for_the_staff_where_they_approve(self, client):
        briefing = a_briefing(approval=True)
        assert "담당자가 신청을 확인하고 승인하면" in client.get(url(briefing, "/register")).text
        page = sign_up(client, briefing)
        assert "신청을 받았습니다" in page and "승인되었는지 전자우편으로" in page
        assert registrations()[0].state is REQUESTED and kinds() == ["requested"]

    def test_counts_once_however_often_the_same_form_is_sent(self, client):
        briefing = a_briefing()
        pages = [sign_up(client, briefing, form_token=TOKEN) for _ in range(2)]
        assert pages[0] == pages[1] and "신청이 끝났습니다" in pages[0]
        assert len(registrations()) == 1 and kinds() == ["invitation"]

    def test_every_opened_form_bears_a_mark_of_its_own_which_an_error_does_not_change(self, client):
        address = url(a_briefing(), "/register")
        marks = [client.get(address).text.partition('name="form_token"')[2][:50] for _ in range(2)]
        assert marks[0] != marks[1]
        assert TOKEN in client.post(address, data={"form_token": TOKEN}).text
        odd = client.post(address, data={"form_token": "<script>" + TOKEN}).text
        assert TOKEN not in odd

    def test_takes_the_same_form_with_another_address_for_another_person(self, client):
        """Whoever goes back and corrects the address, or signs the next colleague up, sends the same form again."""
        briefing, emails = a_briefing(), ("gaon@example.com", "haneul@example.com")
        pages = [sign_up(client, briefing, form_token=TOKEN, email=email) for email in emails]
        assert all("신청이 끝났습니다" in page for page in pages)
        first, second = registrations()
        assert first.public_id in pages[0] and second.public_id in pages[1]
        new_address.move_to(first, "other@example.com", first.registered_at)
        db.session.commit()
        assert "신청이 끝났습니다" in sign_up(client, briefing, form_token=TOKEN)
        assert [each.email for each in registrations()] == [
            "other@example.com",
            "haneul@example.com",
            "gaon@example.com",
        ]

    def test_remembers_the_language_for_the_mails(self, client):
        client.post(f"/en{url(a_briefing(), '/register')}", data=APPLICANT)
        assert db.session.scalars(select(Message.locale)).all() == ["en"]

    @pytest.mark.parametrize("known", [True, False])
    def test_takes_at_most_so_many_statements(self, client, count_queries, known):
        briefing = a_briefing(needs=3)
        organization = a_registration().organization.name if known else "새로운 기관"
        data = APPLICANT | {"organization": organization, "interests": [str(briefing.slots[0].need_id)], "news": "yes"}
        address = url(briefing, "/register")
        with count_queries() as sent:
            answer = client.post(address, data=data)
        assert answer.status_code == 303
        lock_and_version = 2 if dialect() == "sqlite" else 1
        assert len(sent) <= (11 if known else 13) + lock_and_version, "\n".join(sent)

    def test_takes_twelve_statements_with_the_pages_before(self, app, client, count_queries):
        briefing = a_briefing(capacity=5)
        data = APPLICANT | {"organization": a_registration().organization.name}
        visitor = FlaskClient(app)  # which does not compare what comes from memory
        addresses = url(briefing), url(briefing, "/register")
        for address in addresses:
            visitor.get(address)
        FlaskClient(app).post(addresses[1], data=data | {"email": "first@example.com"})
        a_registration(briefing)
        with count_queries() as sent:
            for address in addresses:
                assert visitor.get(address).status_code == 200
            assert visitor.post(addresses[1], data=data).status_code == 303
        assert len(sent) <= 12 + (dialect() == "sqlite"), "\n".join(sent)


class TestAStranger:
    """Whoever types somebody's address learns nothing of it and changes nothing."""

    @pytest.mark.parametrize(("capacity", "approval"), [(0, False), (5, False), (5, True)])
    def test_reads_the_same_of_a_known_address_and_any_other(self, client, capacity, approval):
        pages, sessions = [], []
        for known in (CONFIRMED, WAITLISTED, REQUESTED, None):
            briefing = a_briefing(needs=0, title="바다 설명회", capacity=capacity, approval=approval)
            there = a_registration(briefing, email="gaon@example.com", name="진짜이름", state=known) if known else None
            page = sign_up(client, briefing, form_token=TOKEN)
            if there:
                assert there.public_id not in page and there.name not in page
            pages.append(page.replace(briefing.public_id, ""))
            with client.session_transaction() as session:
                sessions.append({**session["registered"], "briefing": ""})
            client.delete_cookie("session")
            for row in registrations() if not known else []:
                assert (row.public_id in page) is (row.briefing == briefing), "its number, where it is new"
        assert pages[1:] == pages[:-1] and sessions[1:] == sessions[:-1]

    def test_reads_the_same_of_an_address_that_was_cancelled_and_never_the_number_of_then(self, client, now):
        briefing = a_briefing(needs=0)
        gone = a_registration(
            briefing,
            email="gaon@example.com",
            state=RegistrationState.CANCELLED,
            cancelled_at=now,
            phone="010-1234-5678",
        )
        page = sign_up(client, briefing)
        assert "신청이 끝났습니다" in page and gone.public_id not in page and "010-" not in page
        db.session.refresh(gone)
        assert gone.state is CONFIRMED

    def test_changes_nothing_of_a_known_address_which_is_told(self, client, now):
        briefing = a_briefing()
        there = a_registration(briefing, email="gaon@example.com", name="진짜이름", phone="010-1234-5678")
        sign_up(client, briefing, news="yes")
        db.session.refresh(there)
        assert (there.name, there.phone, there.registered_at < now) == ("진짜이름", "010-1234-5678", True)
        assert consents_with(consents_of(there)) == [] and kinds() == ["already_registered"]


class TestLimits:
    @pytest.fixture(autouse=True)
    def few(self, app, limited, monkeypatch):
        monkeypatch.setitem(app.config, "MAILS_PER_NETWORK", "4/minute;5/hour")
        monkeypatch.setitem(app.config, "MAILS_PER_ADDRESS", "2/hour")

    def press(self, client, email: str, came_from: str = "192.0.2.1", prefix: str = "", **given):
        where = {"environ_base": {"REMOTE_ADDR": came_from}}
        data = APPLICANT | {"email": email, "form_token": TOKEN} | given
        return client.post(f"{prefix}{url(a_briefing(needs=0), '/register')}", data=data, **where)

    def test_keep_the_form_as_it_was_and_say_when_to_try_again(self, client):
        codes = [self.press(client, f"a{n}@example.com").status_code for n in range(5)]
        assert codes == [303] * 4 + [429]
        refused = self.press(client, "a9@example.com", name="박나래")
        assert "짧은 사이에 너무 여러 번" in refused.text and "1분 뒤에" in refused.text
        assert (
            'value="박나래"' in refused.text
            and TOKEN in refused.text
            and 1 <= int(refused.headers["Retry-After"]) <= 60
        )
        assert self.press(client, "a9@example.com", prefix="/en").status_code == 429
        assert len(registrations()) == 4

    def test_count_by_the_network_and_not_by_what_it_has_behind_it(self, client):
        for n in range(4):
            assert self.press(client, f"a{n}@example.com", f"2001:db8:1:2:{n}::1").status_code == 303
        assert self.press(client, "b@example.com", "2001:db8:1:2:ffff::9").status_code == 429
        assert self.press(client, "b@example.com", "2001:db8:1:3::9").status_code == 303
        assert self.press(client, "c@example.com", "::ffff:192.0.2.1").status_code == 303

    def test_count_by_the_address_that_was_typed_and_stop_the_network_that_typed_it(self, client):
        typed = ("gaon@example.com", "GAON+more@example.com", "gaon+again@example.com")
        assert [self.press(client, email).status_code for email in typed] == [303, 303, 429]
        assert self.press(client, "gaon@example.com", "192.0.2.2").status_code == 303, "its owner, elsewhere"

    def test_do_not_count_what_was_not_sent(self, client, now):
        codes = [self.press(client, "").status_code for _ in range(6)]
        codes += [self.press(client, "", do="add").status_code for _ in range(6)]
        closed = a_briefing(registration_closes_at=now)
        ineligible = a_briefing(eligibility=Eligibility.INVITED)
        for briefing in (closed, ineligible):
            sent = [client.post(url(briefing, "/register"), data=APPLICANT | {"form_token": TOKEN}) for _ in range(6)]
            codes += [answer.status_code for answer in sent]
        assert set(codes) == {200} and registrations() == []
        assert self.press(client, APPLICANT["email"], "127.0.0.1").status_code == 303

    def test_count_every_colleague(self, client):
        rows = {f"colleagues-{n}-name": "김하늘" for n in range(4)}
        rows |= {f"colleagues-{n}-email": f"c{n}@example.com" for n in range(4)}
        assert self.press(client, "gaon@example.com", **rows).status_code == 429
        assert registrations() == []

    def test_count_asking_for_links_apart_from_registering(self, client):
        registration = a_registration()
        find = [client.post("/registrations/find", data={"email": registration.email}).status_code for _ in range(3)]
        assert find == [303, 303, 429]
        page = client.post("/registrations/find", data={"email": registration.email}).text
        assert "짧은 사이에" in page and f'value="{registration.email}"' in page
        assert self.press(client, registration.email, "127.0.0.1").status_code == 303

    def test_count_in_the_process_and_leave_shared_counters_alone_while_they_are_away(self, client, monkeypatch):
        shared, asked = limiter.limiter, []

        def broken(*_, **__):
            asked.append(1)
            raise ConnectionError

        monkeypatch.setattr(limits, "_alone", {"until": 0.0})
        limits._of_process.cache_clear()
        with monkeypatch.context() as away:
            away.setattr(shared, "test", broken)
            away.setattr(shared, "hit", broken)
            codes = [self.press(client, "gaon@example.com").status_code for _ in range(3)]
            assert codes == [303, 303, 429] and len(asked) == 1
            assert limits._alone["until"] - time.monotonic() > limits.LEFT_ALONE / 2
            limits._alone["until"] = 0.0
            assert self.press(client, "gaon@example.com").status_code == 429 and len(asked) == 2
        limits._alone["until"] = 0.0
        assert self.press(client, "gaon@example.com").status_code == 303


def test_what_is_kept_of_nine_colleagues_fits_into_a_cookie(client):
    syllables = [chr(0xAC00 + 7919 * n % 11172) for n in range(1000)]
    names = ["".join(syllables[40 * n : 40 * n + 40]) for n in range(9)]
    rows = {f"colleagues-{n}-name": name for n, name in enumerate(names)}
    rows |= {f"colleagues-{n}-email": f"colleague{n}@example.com" for n in range(9)}
    briefing = a_briefing(needs=9)
    own = {"name": "".join(syllables[400:520]), "organization": "".join(syllables[520:640])}
    interests = [str(slot.need_id) for slot in briefing.slots]
    answer = client.post(url(briefing, "/register"), data=APPLICANT | rows | own | {"interests": interests})
    assert answer.status_code == 303
    assert max(len(each) for each in answer.headers.getlist("Set-Cookie")) < 4000
