"""The page behind an invitation: it shows, and two buttons answer."""

from datetime import timedelta

import pytest

from briefings.db import db
from briefings.organizations.models import OrganizationKind
from briefings.registrations.links import invitee_token
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState, Eligibility
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState
from tests.builders import BEFORE, a_briefing, a_registration, saved
from tests.mails import mails_to

ANSWERS = {"kind": "local", "organization": "다도해군", "name": "최다온", "consent": "yes"}


def an_invitee(**given) -> Invitee:
    values = {"email": "daon@example.kr", "name": "최다온", "organization": "다도해군", "kind": OrganizationKind.LOCAL}
    values |= {"added_at": BEFORE, "asked_at": BEFORE} | given
    if "briefing" not in values:
        values["briefing"] = a_briefing(eligibility=Eligibility.INVITED, approval=True)
    return saved(Invitee(**values))


def link(invitee: Invitee, action: str = "") -> str:
    return f"/i/{invitee_token(invitee)}{action}"


def registrations() -> list[Registration]:
    return list(db.session.query(Registration).order_by(Registration.id))


def test_shows_what_it_is_about_and_what_is_known(client):
    invitee = an_invitee()
    page = client.get(link(invitee)).text
    assert invitee.briefing.title in page and "daon@example.kr" in page and "참석하지 않습니다" in page
    assert 'value="최다온"' in page and 'value="다도해군"' in page and '<option selected value="local">' in page
    assert 'name="email"' not in page and "지원은 2026. 11. 26.(목) 10:00까지" in page
    db.session.refresh(invitee)
    assert invitee.declined_at is None and registrations() == []


def test_registers_the_address_it_went_to_and_leads_to_the_own_page(app, client):
    invitee = an_invitee()
    done = client.post(link(invitee), data=ANSWERS | {"email": "other@example.kr"}, follow_redirects=True)
    (made,) = registrations()
    assert (made.email, made.state, made.name) == ("daon@example.kr", RegistrationState.CONFIRMED, "최다온")
    assert done.request.path == f"/r/{token_of(made)}" and "신청이 끝났습니다" in done.text
    db.session.refresh(invitee)
    assert invitee.registration == made and len(mails_to(app, "daon@example.kr")) == 1
    page = client.get(link(invitee)).text
    assert "이미 신청하셨습니다" in page and f'href="/r/{token_of(made)}"' in page and 'name="organization"' not in page


def test_says_at_the_field_what_is_missing(client):
    page = client.post(link(an_invitee()), data=ANSWERS | {"name": "", "consent": ""}).text
    assert "오류: " in page and "이름을 입력해 주세요" in page and "에 답해 주세요" in page and registrations() == []


def test_notes_a_no_which_may_be_taken_back(client, now):
    invitee = an_invitee()
    page = client.post(link(invitee, "/decline"), follow_redirects=True).text
    assert "알려 주셔서 고맙습니다" in page and "마음이 바뀌셨다면" in page and "참석하지 않습니다</button>" not in page
    db.session.refresh(invitee)
    assert invitee.declined_at == now
    client.post(link(invitee), data=ANSWERS)
    db.session.refresh(invitee)
    assert invitee.declined_at is None and len(registrations()) == 1
    page = client.post(link(invitee, "/decline"), follow_redirects=True).text
    assert "신청 내역에서 취소해 주세요" in page


def test_waits_in_line_where_it_is_full(client):
    invitee = an_invitee(briefing=a_briefing(capacity=0, eligibility=Eligibility.INVITED))
    assert "대기 신청하기" in client.get(link(invitee)).text
    assert "대기 신청을 받았습니다" in client.post(link(invitee), data=ANSWERS, follow_redirects=True).text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"state": BriefingState.CANCELLED, "cancel_reason": "태풍이 옵니다."}, "태풍이 옵니다."),
        ({"starts_at": BEFORE + timedelta(days=2)}, "이미 끝난 설명회라"),
        ({"registration_closes_at": BEFORE + timedelta(days=1)}, "마감되었습니다"),
    ],
)
def test_says_why_nothing_can_be_done(client, given, words):
    invitee = an_invitee(briefing=a_briefing(eligibility=Eligibility.INVITED, **given))
    for page in (client.get(link(invitee)).text, client.post(link(invitee), data=ANSWERS).text):
        assert words in page and 'name="organization"' not in page
    assert registrations() == []


def test_knows_what_the_address_has_and_where_it_went(client):
    invitee = an_invitee(briefing=a_briefing())
    there = a_registration(invitee.briefing, email="daon@example.kr", name="최다온")
    assert f'href="/r/{token_of(there)}"' in client.get(link(invitee)).text
    invitee.registration, there.email = there, "moved@example.kr"
    db.session.commit()
    page = client.get(link(invitee)).text
    assert "다른 전자우편 주소로 옮기셨습니다" in page and "/r/" not in page and "moved@" not in page


def test_is_not_there_for_any_other_token(client):
    invitee = an_invitee()
    other = a_registration()
    for token in ("x", f"{invitee.public_id}.x", token_of(other), f"{other.public_id}.{invitee_token(invitee)[9:]}"):
        assert client.get(f"/i/{token}").status_code == client.post(f"/i/{token}/decline").status_code == 404
    stale = link(invitee)
    invitee.link_version += 1
    db.session.commit()
    assert client.get(stale).status_code == client.post(f"{stale}/decline").status_code == 410
    assert client.get(link(invitee, "/decline")).status_code == 405


def test_is_for_no_cache_and_counted(app, client, limited, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_ADDRESS", "1/hour")
    monkeypatch.setitem(app.config, "MAILS_PER_NETWORK", "2/hour")
    invitee = an_invitee()
    headers = client.get(link(invitee)).headers
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    made = client.post(link(invitee), data=ANSWERS, follow_redirects=True).request.path
    client.post(f"{made}/cancel")
    assert client.post(link(invitee), data=ANSWERS).status_code == 303, "the address is proven, so it is not counted"
    client.post(f"{made}/cancel")
    again = client.post(link(invitee), data=ANSWERS)
    assert again.status_code == 429 and "짧은 사이에" in again.text and "Retry-After" in again.headers
