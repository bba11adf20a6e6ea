"""Registering colleagues of the same organization in one go: each has a place, a mail and a link of their own."""

import pytest
from sqlalchemy import select

from briefings.db import db
from briefings.outbox.models import Message
from briefings.privacy.consenting import consents_with
from briefings.registrations.pressing import number_of
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, a_registration
from tests.mails import links_in, mails_to
from tests.schedule.letters import delivered
from tests.schedule.test_public_pages import APPLICANT, registrations, url

CONFIRMED, WAITLISTED, CANCELLED = tuple(RegistrationState)[1:]
HANEUL, NARAE = "haneul@example.com", "narae@example.com"


def with_colleagues(*named: tuple[str, str], **given: str) -> dict[str, str]:
    """What is posted for the applicant and these colleagues (name, address)."""
    rows = {}
    for n, (name, email) in enumerate(named):
        rows |= {f"colleagues-{n}-name": name, f"colleagues-{n}-email": email}
    return APPLICANT | rows | given


def sign_up(client, briefing, *named: tuple[str, str], **given: str) -> str:
    return client.post(url(briefing, "/register"), data=with_colleagues(*named, **given), follow_redirects=True).text


def of(email: str) -> Registration:
    return db.session.scalars(select(Registration).where(Registration.email == email)).one()


def test_each_has_a_registration_an_invitation_and_a_link_of_their_own(app, client):
    briefing = a_briefing(needs=1)
    page = sign_up(
        client,
        briefing,
        ("김하늘", "Haneul@example.com"),
        ("", ""),
        ("박나래", NARAE),
        phone="010-1234-5678",
        question="언제부터?",
        news="yes",
        interests=str(briefing.slots[0].need_id),
    )
    assert "신청이 끝났습니다" in page and "함께 신청한 동료" in page and "김하늘" in page and "박나래" in page
    first, haneul, narae = registrations()
    assert [each.state for each in (first, haneul, narae)] == [CONFIRMED] * 3
    assert (haneul.email, haneul.name, haneul.brought_by) == (HANEUL, "김하늘", first)
    assert haneul.organization_id == first.organization_id and narae.brought_by == first and first.brought_by is None
    assert (haneul.phone, haneul.question, haneul.interests) == ("", "", []), (
        "what one says of oneself is no colleague's"
    )
    assert len(consents_with(consents_of(first))) == 2 and consents_with(consents_of(haneul)) == []

    letters = [delivered(app, email)[0] for email in ("gaon@example.com", HANEUL, NARAE)]
    assert [letter.facts.attendees for letter in letters] == [("gaon@example.com",), (HANEUL,), (NARAE,)]
    assert len({letter.facts.uid for letter in letters}) == 3
    own, told, _ = (letter.text for letter in letters)
    assert "이가온 님이 같은 기관의 동료로 함께 신청하셔서" in told and "제15조제1항제3호" in told
    assert "바로 취소해 주세요" in told and "동료" not in own
    page = client.get(f"/r/{token_of(haneul)}").text
    assert "다른 분이 신청해 드려서 답하신 동의가 없습니다" in page and "신청 취소하기" in page
    assert [link for link in links_in(mails_to(app, HANEUL)[0]) if link.startswith("/r/")] == [f"/r/{token_of(haneul)}"]


def test_a_colleague_can_say_no_at_once(app, client):
    briefing = a_briefing(capacity=2)
    sign_up(client, briefing, ("김하늘", HANEUL), ("박나래", NARAE))
    client.post(f"/r/{token_of(of(HANEUL))}/cancel")
    db.session.expire_all()
    assert (of(HANEUL).state, of(NARAE).state) == (CANCELLED, CONFIRMED)
    *_, promoted = delivered(app, NARAE)
    assert "자리가 나서" in promoted.text


def test_who_gets_no_place_waits_in_the_order_of_the_form_and_is_named(app, client):
    briefing = a_briefing(capacity=2)
    page = sign_up(client, briefing, ("김하늘", HANEUL), ("박나래", NARAE), ("최다온", "daon@example.com"))
    assert "신청이 끝났습니다" in page
    assert "박나래: 자리가 모두 차서 대기합니다" in page and "최다온: 자리가 모두" in page
    assert "김하늘: " not in page
    assert [each.state for each in registrations()] == [CONFIRMED, CONFIRMED, WAITLISTED, WAITLISTED]
    (told,) = mails_to(app, "daon@example.com")
    assert "이가온 님이" in told.text and "대기 순번은 2번" in told.text and "제15조제1항제3호" in told.text


@pytest.mark.parametrize("state", [CONFIRMED, WAITLISTED])
@pytest.mark.parametrize("capacity", [1, 5])
def test_the_page_says_nothing_of_addresses_that_are_known(client, capacity, state):
    pages = []
    for known in (HANEUL, "somebody.else@example.com"):
        briefing = a_briefing(needs=0, title="바다 설명회", capacity=capacity)
        a_registration(briefing, email=known, state=state)
        page = sign_up(client, briefing, ("김하늘", HANEUL))
        (first,) = (
            each for each in registrations() if each.briefing == briefing and each.email == APPLICANT["email"].lower()
        )
        pages.append(page.replace(first.public_id, "").replace(briefing.public_id, ""))
    assert pages[0] == pages[1] and "김하늘" in pages[0]


def test_a_known_colleague_keeps_what_they_have_and_is_told_by_mail(app, client, now):
    briefing = a_briefing()
    known = a_registration(briefing, email=HANEUL, name="김하늘", phone="010-1234-5678")
    sign_up(client, briefing, ("다른 이름", HANEUL))
    db.session.refresh(known)
    assert (known.name, known.phone, known.brought_by) == ("김하늘", "010-1234-5678", None)
    (told,) = mails_to(app, HANEUL)
    assert "이미 신청이 확정되어 있습니다" in told.text and "이가온" not in told.text


def test_nobody_learns_through_a_colleague_who_is_registered(app, client):
    briefing = a_briefing()
    a_registration(briefing, email="gaon@example.com", name="진짜이름")
    sign_up(client, briefing, ("김하늘", HANEUL), name="적은이름")
    (told,) = mails_to(app, HANEUL)
    assert "적은이름 님이" in told.text and "진짜이름" not in told.text
    assert of(HANEUL).brought_by is None


def test_rows_come_and_go_without_a_script_and_keep_what_was_typed(client):
    briefing = a_briefing()
    address = url(briefing, "/register")
    for prefix, words in (("", "이 동료 빼기"), ("/en", "")):
        page = client.post(prefix + address, data=APPLICANT | {"do": "add"}).text
        assert 'id="colleagues-0-email"' in page and 'value="이가온"' in page and words in page
        assert "error-summary" not in page and "#colleague-2" in page
    data = with_colleagues(("김하늘", HANEUL), ("박나래", NARAE), do="remove-0")
    page = client.post(address, data=data).text
    assert "김하늘" not in page and 'value="박나래"' in page and 'id="colleagues-1-name"' not in page
    nine = [(f"동료{n}", f"c{n}@example.com") for n in range(9)]
    page = client.post(address, data=with_colleagues(*nine, do="add")).text
    assert 'id="colleagues-8-name"' in page and 'id="colleagues-9-name"' not in page and 'value="add"' not in page
    assert registrations() == []
    page = sign_up(client, briefing, *nine, ("열째", "tenth@example.com"))
    assert len(registrations()) == 10 and "열째" not in page


def test_says_at_the_field_what_is_wrong(client):
    briefing = a_briefing()
    for row, words in (
        (("김하늘", ""), "동료의 전자우편을 입력해 주세요"),
        (("", HANEUL), "동료의 이름을 두 글자 이상으로"),
        (("김하늘", "haneul@"), "‘@’ 뒤의 주소가 빠졌습니다"),
        (("김하늘", "GAON@example.com"), "같은 주소를 두 번 적으셨습니다"),
    ):
        page = sign_up(client, briefing, ("박나래", NARAE), row)
        assert words in page and 'href="#colleagues-1-' in page and 'value="박나래"' in page and registrations() == []
    page = sign_up(client, briefing, ("박나래", NARAE), ("박나래", "Narae@Example.com"))
    assert 'href="#colleagues-1-email"' in page and registrations() == []


def test_takes_odd_rows_for_no_rows(client):
    briefing = a_briefing()
    odd = {"colleagues-²-name": "가", "colleaguesx²": "나", "colleagues-9999999999-name": "다", "colleagues": "라"}
    assert client.post(url(briefing, "/register"), data=APPLICANT | odd).status_code == 303
    assert len(registrations()) == 1


def test_nobody_is_registered_where_the_briefing_closed_in_between(client):
    briefing = a_briefing(state=BriefingState.CANCELLED)
    sign_up(client, briefing, ("김하늘", HANEUL))
    assert registrations() == [] and db.session.scalars(select(Message)).all() == []


def test_who_wants_all_or_none_waits_until_there_are_places_for_all(client):
    briefing = a_briefing(capacity=2)
    seated = a_registration(briefing)
    page = client.post(url(briefing, "/register"), data=with_colleagues(("김하늘", HANEUL), do="add")).text
    assert "모두 함께가 아니면 기다리기" in page
    page = sign_up(client, briefing, ("김하늘", HANEUL), together="y")
    assert "대기 신청을 받았습니다" in page and "김하늘: 자리가 모두 차서 대기합니다" in page
    assert [each.state for each in registrations()] == [CONFIRMED, WAITLISTED, WAITLISTED]
    assert "모두 2명이 함께 기다립니다" in client.get(f"/r/{token_of(of(HANEUL))}").text
    client.post(f"/r/{token_of(seated)}/cancel")
    db.session.expire_all()
    assert [each.state for each in registrations()] == [CANCELLED, CONFIRMED, CONFIRMED]


def test_more_than_there_are_places_cannot_want_all_or_none(client):
    briefing = a_briefing(capacity=1)
    page = sign_up(client, briefing, ("김하늘", HANEUL), together="y")
    assert 'href="#together"' in page and 'id="together-error"' in page and registrations() == []
    unlimited = client.post(url(a_briefing(capacity=None), "/register"), data=APPLICANT | {"do": "add"}).text
    assert "모두 함께가 아니면 기다리기" not in unlimited


@pytest.mark.parametrize("capacity", [2, 5])
def test_the_page_says_as_much_of_each_colleague_whoever_is_known(client, capacity):
    pages = []
    for known in (HANEUL, "somebody.else@example.com"):
        briefing = a_briefing(needs=0, title="바다 설명회", capacity=capacity)
        a_registration(briefing, email=known)
        page = sign_up(client, briefing, ("김하늘", HANEUL), ("박나래", NARAE), together="y" if capacity > 2 else "")
        number = of_briefing(briefing, APPLICANT["email"].lower()).public_id
        pages.append(page.replace(number, "").replace(briefing.public_id, ""))
    assert pages[0].count("자리가 모두 차서") == pages[1].count("자리가 모두 차서") == (0 if capacity > 2 else 2)


@pytest.mark.parametrize(("capacity", "together"), [(4, True), (3, False), (2, False), (5, True), (None, False)])
def test_the_page_reckons_as_if_nobody_was_known(app, capacity, together):
    pages = set()
    for known in ("somebody.else@example.com", HANEUL, APPLICANT["email"].lower()):
        briefing = a_briefing(needs=0, title="바다 설명회", capacity=capacity)
        for email in ("one@example.com", known):
            a_registration(briefing, email=email)
        rows = [("김하늘", HANEUL), ("박나래", NARAE)]
        token = f"{len(pages)}".rjust(32, "0")
        page = sign_up(app.test_client(), briefing, *rows, together="y" if together else "", form_token=token)
        number = number_of(token, APPLICANT["email"])
        assert number in page
        pages.add(page.replace(number, "").replace(briefing.public_id, ""))
    assert len(pages) == 1
    assert ("전에 신청하신 분이 있으면" in page) == (": 자리가 모두 차서" in page) == (capacity in (2, 3, 4))


def of_briefing(briefing, email: str) -> Registration:
    return next(each for each in registrations() if each.briefing == briefing and each.email == email)
