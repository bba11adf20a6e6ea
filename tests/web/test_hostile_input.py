"""Whatever is typed into any field of the public's and the owners' forms: an answer, and no markup of theirs in it."""

from itertools import count

import pytest

from briefings import clock
from briefings.accounts.password_links import password_token
from briefings.accounts.sessions import begin
from briefings.db import db
from briefings.needs.models import NeedState
from briefings.schedule.links import token_of
from briefings.web.tokens import token_for
from tests.builders import a_briefing, a_need, a_registration, a_reply, an_organization, an_owner
from tests.client import Hasty, PageClient

MARKUP = ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>")
HOSTILE = (
    *MARKUP,
    "",
    "\u200b\u200b",
    "가\x00나",
    "가" * 5_000,
    "a" * 50_000,
    "\u202eevil\u2066",
    "가온\r\nBcc: all@example.com",
    "9" * 5000,
    "-1",
    "NaN",
    "' OR 1=1 --",
    "../../etc/passwd",
    "\U0001f469\u200d\U0001f467",
)
# What passes for a text, a mail address, a phone number or a day, and is none to be careless with.
ACCEPTED = MARKUP[0] + "{{ 7 * 7 }} %(name)s %s" + "\ufdfa" * 50
ACCEPTED_AS = {
    "email": f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.kr",
    "phone": "010-1234-5678;ext=12345678901234567890",
    "_on": "0001-01-01",
    "seen": "0001-01-01T00:00:00+23:59",
}
PERSON = {
    "kind": "company",
    "organization": "가온재활용 {n}",
    "name": "이가온",
    "department": "기획팀",
    "email": "gaon{n}@example.com",
    "phone": "010-1234-5678",
    "consent": "yes",
}
VISIT = PERSON | {
    "support": "수어 통역",
    "question": "얼마나 됩니까?",
    "interests": "",
    "provision": "yes",
    "news": "no",
}
REPLY = PERSON | {"conditions": "봄부터", "visibility": "public"}
OFFER = "재생 원료로 바꾸는 설비가 있습니다."
NEED = {
    "seen": "",
    "title": "폐어망 되살림",
    "summary": "되살릴 설비를 찾습니다.",
    "background": "해마다 늘어납니다.",
    "offers": "폐어망",
    "offer_tags": "place",
    "seeks": "설비",
    "seek_tags": "equipment",
    "themes": "1",
    "audiences": "1",
    "beneficiaries": "어업인",
    "region": "KR-46",
    "stage": "pilot",
    "period": "2027",
    "department": "해양환경과",
    "contact_name": "최다온",
    "contact_phone": "061-123-4567",
    "contact_email": "daon@example.kr",
}
PARTS = ("introduction", "exchange", "topics", "contact")
ASKED = {
    "organization_kind": "local",
    "organization_name": "다도해군 {n}",
    "department": "해양환경과",
    "name": "최다온",
    "email": "daon{n}@example.kr",
    "phone": "061-123-4567",
    "purpose": "폐어망을 되살립니다.",
}
MULTIPART = "multipart/form-data; boundary=x"
numbers = count(1)


def forms_of_anyone():
    """Address and answers of each form that needs no account."""
    need, briefing, registration, reply = a_need(), a_briefing(), a_registration(), a_reply()
    own = f"/replies/{token_for('reply', reply.public_id, reply.link_version)}"
    offer = {f"chosen_{need.id}": "y", f"offer_{need.id}": OFFER, f"tags_{need.id}": "equipment"}
    return [
        (f"/briefings/{briefing.public_id}/register", VISIT | {"website": ""}),
        (f"/r/{token_of(registration)}/change", VISIT),
        (f"/needs/{need.id}/reply", REPLY | offer),
        (f"{own}/change", {"offer": OFFER, "offer_tags": "people", "conditions": "", "visibility": "public"}),
        ("/registrations/find", {"email": "gaon{n}@example.com"}),
        ("/account/request", ASKED),
        ("/sign-in?next=/needs", {"email": "gaon{n}@example.com", "password": "그물을 다시 씁니다"}),
        ("/forgotten-password", {"email": "gaon{n}@example.com"}),
        ("/display", {"mode": "standard", "size": "large"}),
    ]


def forms_of_an_owner(organization, owner, now):
    """Address and answers of each form of a need's owner."""
    need = a_need(organization=organization)
    draft = a_need(organization=organization, state=NeedState.DRAFT)
    replies = [f"/my/replies/{a_reply(need).public_id}" for _ in range(3)]
    agreed = {"partners": "", "matched_on": "2026-11-20", "summary": "함께합니다.", "own_contribution": "작업장"}
    return [
        ("/my/needs/new?round=x", NEED | {"save": "next"}),
        *((f"/my/needs/{draft.id}/edit/{part}", NEED | {"save": "next"}) for part in PARTS),
        (f"/my/needs/{draft.id}/edit/files", {"files": ""}),
        (f"{replies[0]}/consultations", {"held_on": "2026-11-20", "notes": "만났습니다.", "next_step": "견학"}),
        (f"{replies[1]}/match", agreed),
        (f"{replies[2]}/decline", {"reason": "예산이 없습니다."}),
        ("/account", {"name": "김하늘", "phone": "010-1234-5678", "locale": "ko"}),
        ("/account/password", {"email": "", "present": "그물을 다시 씁니다", "password": "바다에서 모은 그물"}),
        (f"/new-password/{password_token(owner, now.replace(year=2027))}", {"email": "", "password": ""}),
    ]


def put_into_every_field(hasty, careful, forms):
    """Post each form with every hostile value in all fields, then in each field alone what the form will accept."""
    for address, answers in forms:
        for value in HOSTILE:
            post(careful if value == MARKUP[0] else hasty, address, dict.fromkeys(answers, value))
        for field in answers:
            value = next((value for part, value in ACCEPTED_AS.items() if part in field), ACCEPTED)
            n = next(numbers)
            form = {name: answer.replace("{n}", str(n)) for name, answer in answers.items()}
            post(hasty, address, form | {field: value})


def post(client, address, form):
    """Whatever is answered, it is an answer, and nothing that was typed became part of the page or its headers."""
    answer = client.post(address, data=form)
    assert answer.status_code < 500, (address, form)
    assert not any(markup in answer.text for markup in MARKUP), (address, form)
    assert "Bcc" not in answer.headers, (address, form)


def signed_in(app, user):
    """A hasty and a careful client of the same person."""
    careful, hasty = PageClient(app, app.response_class), Hasty(app, app.response_class)
    careful.sign_in(user)
    with hasty.session_transaction() as session:
        session["_user_id"], session["_fresh"] = begin(user, clock.now()).id, True
    db.session.commit()
    return hasty, careful


@pytest.mark.slow
def test_nothing_typed_into_a_form_of_the_public_breaks_it(app, client):
    put_into_every_field(Hasty(app, app.response_class), client, forms_of_anyone())


@pytest.mark.slow
def test_nothing_typed_into_a_form_of_owners_breaks_it(app, now):
    organization = an_organization()
    owner = an_owner(organization)
    hasty, careful = signed_in(app, owner)
    put_into_every_field(hasty, careful, forms_of_an_owner(organization, owner, now))
    for address in ("/my/needs", "/my/replies", "/needs"):
        assert not any(markup in careful.get(address).text for markup in MARKUP)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=%FF%FE&email=%ED%A0%80&kind=%00", "application/x-www-form-urlencoded"),
        (b"\x00\xff" * 1000, "application/x-www-form-urlencoded"),
        (b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\n\xff\r\n--x--', MULTIPART),
        (b"--x", MULTIPART),
        (b"{", "application/json"),
        (b"a=1&" * 200_000, "application/x-www-form-urlencoded"),
        (b"name=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_gets_an_answer_in_the_frame_of_the_site(client, body, kind):
    answer = client.post(f"/briefings/{a_briefing().public_id}/register", data=body, content_type=kind)
    assert answer.status_code in (200, 400, 413)
    assert "<h1" in answer.text
