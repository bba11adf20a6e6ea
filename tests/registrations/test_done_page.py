"""The page after signing up: what nobody had to say, and a wrong address put right; never a word of what was known."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with
from briefings.schedule import new_address
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.links import token_of
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from tests.builders import a_briefing, a_registration
from tests.mails import links_in, mails_to
from tests.schedule.test_public_pages import APPLICANT, registrations, url

CONFIRMED, WAITLISTED, REQUESTED, CANCELLED = (
    RegistrationState.CONFIRMED,
    RegistrationState.WAITLISTED,
    RegistrationState.REQUESTED,
    RegistrationState.CANCELLED,
)
TOKEN = "0123456789abcdef" * 2
WRONG, RIGHT = "gaon@example.com", "right@example.com"
OWNER_DOES = [
    ("change", {"support": "수어 통역"}),
    ("change", {"phone": "010-9876-5432"}),
    ("change", {"department": "비밀팀", "rank": "부장"}),
    ("change", {"question": "제 질문"}),
    ("change", {"name": "진짜이름"}),
    ("change", {"organization": "다른 기관"}),
    ("consents/news", {"consent": "yes"}),
    ("consents/provision/withdraw", {}),
    ("cancel register", {}),
]
"""What the owner of an address may do on the own page, with what is posted."""
MORE = {"do": "more", "support": "문자 통역", "question": "언제부터?", "rank": "과장", "phone": "01012345678"}


@pytest.fixture
def briefing(app):
    """Two places."""
    return a_briefing(capacity=2)


@pytest.fixture
def press(client, briefing):
    """Sends the form, or a button of the page that follows; ends on the page, unless nobody looks."""

    def send(look: bool = True, **given: str) -> str:
        if "do" in given:
            return client.post(url(briefing, "/registered"), data=given, follow_redirects=look).text
        data = APPLICANT | {"form_token": TOKEN} | given
        return client.post(url(briefing, "/register"), data=data, follow_redirects=look).text

    return send


def of(email: str) -> Registration | None:
    return db.session.scalar(select(Registration).where(Registration.email == email))


def told() -> list[tuple[str, str]]:
    found = select(Message.kind, Message.recipient).order_by(Message.id)
    return [(kind, recipient.partition("@")[0]) for kind, recipient in db.session.execute(found)]


def test_a_mail_that_staff_hold_is_not_said_to_have_left(briefing, press):
    briefing.hold_mails = True
    db.session.commit()
    page = press()
    assert f"담당자가 확인한 뒤에 {APPLICANT['email']} 주소로 안내를 보내 드립니다" in page
    assert "안내를 보냈습니다" not in page


def test_is_shown_to_nobody_else_and_not_for_ever(app, client, briefing, press):
    press(look=False)
    for does in ({}, {"do": "more", "question": "?"}, {"do": "address", "right": RIGHT}):
        other = app.test_client()
        page = other.post(url(briefing, "/registered"), data=does) if does else other.get(url(briefing, "/registered"))
        assert page.location == url(briefing)
    assert client.get(url(a_briefing(), "/registered")).status_code == 302
    with time_machine.travel("2026-11-23T01:31:00Z", tick=False):
        assert client.get(url(briefing, "/registered")).location == url(briefing)
        press(look=False, **MORE)
        press(look=False, do="address", right=RIGHT)
    assert len(registrations()) == 1 and of(WRONG).question == ""


class TestSayingMore:
    def test_is_kept_with_the_registration(self, press):
        assert "더 알려 주실 것이 있습니까?" in press() and "2026. 11. 26.(목) 10:00까지 적어 주시면" in press()
        page = press(**MORE, department="사업팀")
        assert "더 알려 주신 내용을 받았습니다" in page and 'name="question"' not in page
        (made,) = registrations()
        assert (made.support, made.support_state) == ("문자 통역", SupportState.ASKED)
        assert (made.question, made.rank, made.department, made.phone) == (
            "언제부터?",
            "과장",
            "사업팀",
            "010-1234-5678",
        )

    def test_says_at_the_field_what_is_wrong(self, press):
        press(look=False)
        page = press(**MORE | {"phone": "12"})
        assert "오류: " in page and "전화번호를 다시 확인해 주세요" in page and "언제부터?</textarea>" in page
        assert "적으신 내용이 없습니다" in press(do="more")
        assert of(WRONG).question == ""

    def test_changes_nothing_of_an_address_that_was_known_and_reads_the_same(self, client, briefing, press):
        pages = []
        for known in (False, True):
            press(look=False)
            pages.append(press(**MORE))
            client.delete_cookie("session")
            if not known:
                made = of(WRONG)
                made.form_token, made.question, made.support, made.support_state = "", "", "", None
                db.session.commit()
        assert pages[0] == pages[1]
        assert (of(WRONG).question, of(WRONG).support, of(WRONG).rank) == ("", "", "과장")

    def test_is_not_written_into_what_was_cancelled_meanwhile(self, client, press):
        press(look=False)
        client.post(f"/r/{token_of(of(WRONG))}/cancel")
        assert "더 알려 주신 내용을 받았습니다" in press(**MORE)
        assert of(WRONG).question == ""


class TestAWrongAddress:
    def test_is_put_right_with_the_place_and_the_old_links_die(self, app, client, press, now):
        press(look=False)
        made = of(WRONG)
        old, number = token_of(made), made.public_id
        consents = len(consents_with(consents_of(made)))
        page = press(do="address", right="Right@Example.com")
        assert "주소를 고치고" in page and RIGHT in page.lower() and WRONG not in page.lower()
        (made,) = registrations()
        assert (made.email, made.state) == (RIGHT, CONFIRMED)
        assert made.public_id in page and made.public_id != number and len(consents_with(consents_of(made))) == consents
        assert client.get(f"/r/{old}").status_code == 404
        assert told() == [("invitation", "gaon"), ("withdrawal", "gaon"), ("invitation", "right")]
        (link,) = [each for each in links_in(mails_to(app, RIGHT)[0]) if each.startswith("/r/")]
        assert "신청 확정" in client.get(link).text
        page = press(**MORE)
        assert "더 알려 주신 내용을 받았습니다" in page and registrations()[0].question == "언제부터?"

    def test_keeps_the_place_in_line(self, briefing, press):
        for _ in range(2):
            a_registration(briefing)
        press(look=False)
        a_registration(briefing, state=WAITLISTED, waiting_since=of(WRONG).waiting_since + timedelta(seconds=1))
        page = press(do="address", right=RIGHT)
        assert "대기 신청을 받았습니다" in page and of(RIGHT).state is WAITLISTED
        assert of(RIGHT).waiting_since < max(each.waiting_since for each in registrations() if each.waiting_since)
        assert told()[-2:] == [("waiting_ended", "gaon"), ("waitlisted", "right")]

    def test_is_put_right_where_staff_approve_first(self, briefing, press, now):
        briefing.approval = True
        db.session.commit()
        press(look=False)
        with time_machine.travel("2026-11-23T01:10:00Z", tick=False):
            press(look=False, do="address", right=RIGHT)
        assert of(RIGHT).state is REQUESTED and of(WRONG) is None and told()[-1] == ("requested", "right")
        assert of(RIGHT).registered_at == now, "staff approve in the order of who came first"

    @pytest.mark.parametrize("right_known", [None, CONFIRMED, CANCELLED])
    @pytest.mark.parametrize("wrong_known", [None, CONFIRMED, CANCELLED])
    def test_reads_the_same_whatever_is_known_of_either(self, client, press, briefing, wrong_known, right_known):
        briefing.capacity = 9
        there = {}
        for email, state in ((WRONG, wrong_known), (RIGHT, right_known)):
            if state:
                cancelled = {"cancelled_at": briefing.changed_at} if state is CANCELLED else {}
                there[email] = a_registration(briefing, email=email, name="진짜이름", state=state, **cancelled)
        known = {email: each.public_id for email, each in there.items()}
        page = press() and press(do="address", right=RIGHT)
        assert "주소를 고치고 그 주소로 안내를 보냈습니다" in page and "신청이 끝났습니다" in page
        assert "진짜이름" not in page and not any(number in page for number in known.values())
        wrong, right = of(WRONG), of(RIGHT)
        assert right.state is CONFIRMED and (wrong is None or wrong.state is (wrong_known or CANCELLED))
        if right_known is CONFIRMED:
            assert right.name == "진짜이름" and told()[-1] == ("already_registered", "right")
        if wrong_known:
            assert wrong.public_id == known[WRONG], "what others gave with it goes to nobody else"

    def test_is_left_alone_once_somebody_has_used_what_was_mailed(self, press, now):
        press(look=False)
        made = of(WRONG)
        db.session.scalars(select(CalendarItem)).one().answered_at = now
        db.session.commit()
        page = press(do="address", right=RIGHT)
        assert "주소를 고치고" in page
        db.session.refresh(made)
        assert (made.email, made.state) == (WRONG, CONFIRMED) and of(RIGHT).state is CONFIRMED

    @pytest.mark.parametrize(("does", "given"), OWNER_DOES)
    def test_takes_nothing_along_that_the_owner_of_the_address_said_or_did(self, app, briefing, press, does, given):
        briefing.capacity = 9
        db.session.commit()
        press(look=False, provision="yes")
        if "question" not in given:
            press(look=False, **MORE)
        made = of(WRONG)
        owner, page = FlaskClient(app), f"/r/{token_of(made)}"
        said = {"kind": "company", "organization": "가온재활용", "name": "이가온"} | {
            each: getattr(made, each) for each in ("department", "rank", "phone", "support", "question")
        }
        with time_machine.travel("2026-11-23T01:10:00Z", tick=False):
            for step in does.split():
                assert owner.post(f"{page}/{step}", data=said | given).status_code == 303
            db.session.expire_all()
            before = {column.key: getattr(made, column.key) for column in inspect(Registration).column_attrs}
            answer = press(do="address", right=RIGHT)
        assert "주소를 고치고 그 주소로 안내를 보냈습니다" in answer and "신청이 끝났습니다" in answer
        db.session.expire_all()
        assert before == {name: getattr(made, name) for name in before}
        right = of(RIGHT)
        assert (right.name, right.state, right.support, right.phone, right.question) == (
            "이가온",
            CONFIRMED,
            "",
            "",
            "",
        )

    def test_takes_along_what_was_added_even_where_the_right_address_had_cancelled(self, briefing, press):
        there = a_registration(briefing, email=RIGHT, state=CANCELLED, cancelled_at=briefing.changed_at)
        press(look=False)
        press(look=False, **MORE)
        press(look=False, do="address", right="second@example.com")
        assert of("second@example.com").support == "문자 통역" and of(WRONG) is None
        press(look=False, do="address", right=RIGHT)
        db.session.refresh(there)
        assert (there.state, there.support, there.phone) == (CONFIRMED, "문자 통역", "010-1234-5678")
        press(look=False, do="address", right="third@example.com")
        assert of("third@example.com").support == "문자 통역" and of(RIGHT).state is CANCELLED

    def test_comes_back_to_an_address_whose_owner_has_moved_away_meanwhile(self, briefing, press, now):
        press(look=False)
        with unit_of_work():
            new_address.move_to(of(WRONG), "elsewhere@example.com", now)
        press(look=False, do="address", right=RIGHT)
        page = press(do="address", right=WRONG)
        assert "주소를 고치고" in page and of(WRONG).state is CONFIRMED and of(RIGHT) is None
        assert of("elsewhere@example.com").state is CONFIRMED

    def test_names_the_organization_before_it_waits_for_the_briefing_like_everybody(self, press, count_queries):
        press(look=False)
        with count_queries() as sent:
            press(look=False, do="address", right=RIGHT)
        order = [
            line
            for line in sent
            if "FROM organizations" in line or line.startswith("UPDATE briefings") or "FOR NO KEY" in line
        ]
        assert "FROM organizations" in order[0], "\n".join(order)

    def test_is_refused_alike_once_registration_is_closed(self, briefing, press, now):
        press(look=False)
        briefing.registration_closes_at = now
        db.session.commit()
        page = press(do="address", right=RIGHT)
        assert "오류: " in page and "마감되었습니다" in page and of(RIGHT) is None
        assert "지금 적혀 있는 주소와 같습니다" not in page

    def test_must_be_another_and_a_sound_one(self, press):
        press(look=False)
        assert "‘@’가 빠졌습니다" in press(do="address", right="gaon")
        assert "지금 적혀 있는 주소와 같습니다" in press(do="address", right="GAON@example.com")
        assert [each.email for each in registrations()] == [WRONG]

    def test_can_be_put_right_three_times_and_no_more(self, press):
        press(look=False)
        pages = [press(do="address", right=f"right{n}@example.com") for n in range(4)]
        assert ["주소를 고치고" in page for page in pages] == [True, True, True, False]
        assert "주소를 잘못 적었습니까?" not in pages[2] and "여기서는 더 고칠 수 없습니다" in pages[3]
        assert [each.email for each in registrations()] == ["right2@example.com"]

    def test_counts_for_the_limits(self, app, client, briefing, press, limited, monkeypatch):
        monkeypatch.setitem(app.config, "MAILS_PER_NETWORK", "2/minute")
        press(look=False)
        press(look=False, do="address", right=RIGHT)
        answer = client.post(url(briefing, "/registered"), data={"do": "address", "right": "third@example.com"})
        assert answer.status_code == 429 and "짧은 사이에" in answer.text and 'value="third@example.com"' in answer.text
        assert answer.headers["Retry-After"] == "60"
