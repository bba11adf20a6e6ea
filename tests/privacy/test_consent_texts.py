"""Consent texts as administrators keep them, and what forms do with each version."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.participation.models import ParticipationReply
from briefings.privacy import writing
from briefings.privacy.consenting import consents_with, current_text
from briefings.privacy.models import Basis, ConsentText, Purpose
from briefings.schedule.links import token_of
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_need, a_user

REGISTRATION, PROVISION, NEWS, REPLY = Purpose
PERSON = {"kind": "company", "organization": "가온재활용", "name": "이가온", "email": "gaon@example.com"}


@pytest.fixture
def administrator(app):
    return a_user(Role.ADMINISTRATOR, name="김관리")


@pytest.fixture
def desk(app, administrator):
    """An administrator at work."""
    return app.test_client().sign_in(administrator)


def written(purpose=REGISTRATION, **changed) -> dict[str, str]:
    """The form as it opens, with some fields `changed`."""
    in_force = writing.versions_of(purpose)[0]
    fields = {
        f"{locale}-{part}": value
        for locale in writing.LANGUAGES
        for part, value in in_force.words(locale)._asdict().items()
        if part != "recipient" or purpose in writing.TO_OTHERS
    }
    return fields | {"basis": in_force.basis.value, "seen": str(in_force.number)} | changed


def put_in_force(administrator, now, purpose=REGISTRATION, basis=Basis.CONSENT, title="새 제목") -> ConsentText:
    """A new version with another title in both languages."""
    in_force = writing.versions_of(purpose)[0]
    words = {locale: in_force.words(locale)._replace(title=f"{title} {locale}") for locale in writing.LANGUAGES}
    with unit_of_work():
        return writing.write(purpose, basis, words, in_force.number, by=administrator, now=now)


def test_a_new_version_is_seen_before_it_is_in_force_and_earlier_ones_stay(desk, now):
    address = "/staff/consents/registration"
    assert "처음부터" in desk.get("/staff/consents").text and "앞의 판이 없습니다" in desk.get(address).text
    changed = {"ko-retention": "설명회가 끝난 날부터 6개월", "en-retention": "Six months from the end of the briefing"}
    form = written(**changed)
    page = desk.post(f"{address}/new", data=form | {"do": "look"}).text
    assert "<del>1년</del>" in page and "<ins>6개월</ins>" in page
    assert "[필수] 개인정보 수집·이용 동의" in page and "[required] Collection and use of personal data" in page
    assert "한 언어만" not in page and len(writing.versions_of(REGISTRATION)) == 1, "nothing is kept by looking"
    assert changed["en-retention"] in desk.post(f"{address}/new", data=form | {"do": "edit"}).text

    assert desk.post(f"{address}/new", data=form | {"do": "write"}).status_code == 303
    new, old = writing.versions_of(REGISTRATION)
    assert (new.number, new.since, old.since) == (2, now, None)
    assert old.texts["ko"].retention == "설명회가 끝난 날부터 1년"
    assert current_text(REGISTRATION, "en").retention == changed["en-retention"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "consent_text.written")).one()
    assert entry.detail == {"purpose": "registration", "version": 2, "basis": "consent"}
    page = desk.get(address).text
    assert "지금 쓰는 제2판" in page and "설명회가 끝난 날부터 1년" in page
    policy = desk.get("/privacy").text
    assert "설명회가 끝난 날부터 6개월" in policy and "제2판 · 2026. 11. 23.(월)부터" in policy


def test_what_is_lacking_or_was_overtaken_is_said_and_nothing_is_lost(desk, administrator, now):
    address = "/staff/consents/reply/new"
    page = desk.post(address, data=written(REPLY, **{"ko-use": "", "en-title": "Kept"}) | {"do": "look"}).text
    assert "목적을 입력해 주세요" in page and "영어 목적을" not in page and "Kept" in page
    assert "다른 곳이 없습니다" in desk.post(address, data=written(REPLY) | {"do": "look"}).text
    form = written(REPLY, **{"ko-use": "다른 목적"})
    assert "한 언어만 고치셨습니다" in desk.post(address, data=form | {"do": "look"}).text
    put_in_force(administrator, now, REPLY)
    page = desk.post(address, data=form | {"do": "write"}).text
    assert "그사이 다른 관리자가" in page and "다른 목적" in page and len(writing.versions_of(REPLY)) == 2
    with pytest.raises(Refused):
        in_force = writing.versions_of(REPLY)[0]
        words = {locale: in_force.words(locale) for locale in writing.LANGUAGES}
        writing.write(REPLY, in_force.basis, words, in_force.number, by=administrator, now=now)
    for seen in ("", "x", "99"):
        assert "그사이 다른 관리자가" in desk.post(address, data=form | {"seen": seen, "do": "look"}).text


def test_news_and_provision_can_only_be_asked_for(desk, administrator, now):
    assert 'name="basis"' not in desk.get("/staff/consents/news/new").text
    for purpose in (NEWS, PROVISION):
        with pytest.raises(Refused):
            put_in_force(administrator, now, purpose, Basis.NOTICE)


def test_where_the_basis_is_a_notice_registrants_are_told_and_not_asked(client, desk, administrator, now):
    address = "/staff/consents/registration/new"
    page = desk.post(address, data=written(basis="notice") | {"do": "look"}).text
    assert "글은 그대로이고 근거만 바뀝니다" in page and "문안에 ‘동의’라는 말이 있습니다" in page
    assert "[안내] 개인정보 수집·이용 동의" in page
    text = put_in_force(administrator, now, basis=Basis.NOTICE, title="개인정보 안내")
    briefing = a_briefing()
    form = client.get(f"/briefings/{briefing.public_id}/register").text
    assert "[안내] 개인정보 안내 ko" in form and 'name="consent"' not in form and 'name="news"' in form
    assert "설명회가 끝난 날부터 1년" in form
    data = {**PERSON, **hidden(form)}
    assert client.post(f"/briefings/{briefing.public_id}/register", data=data).status_code == 303
    made = db.session.scalars(select(Registration)).one()
    answers = {each.text.purpose: each for each in consents_with(consents_of(made))}
    assert answers[REGISTRATION].text_id == text.id and answers[REGISTRATION].given is False
    own = client.get(f"/r/{token_of(made)}").text
    assert "알려 드림" in own and "개인정보 안내" in own
    policy = client.get("/privacy").text
    assert policy.index("동의 없이 처리할 수 있는") < policy.index("개인정보 안내 ko")


def test_replies_too(client, administrator, now):
    need = a_need()
    text = put_in_force(administrator, now, REPLY, Basis.NOTICE, title="답글 안내")
    form = client.get(f"/needs/{need.id}/reply").text
    assert "[안내] 답글 안내 ko" in form and 'name="consent"' not in form
    sender = {"kind": "company", "organization": "가온재활용", "name": "이가온", "email": "gaon@example.com"}
    offer = {f"offer_{need.id}": "재생 설비가 있습니다.", "visibility": "owner", "consent-text": str(text.id)}
    assert client.post(f"/needs/{need.id}/reply", data=sender | offer).status_code == 303
    made = db.session.scalars(select(ParticipationReply)).one()
    (answer,) = consents_with(f"reply:{made.public_id}")
    assert answer.text.basis is Basis.NOTICE and not answer.given


def hidden(page: str) -> dict[str, str]:
    """What a form sends along unseen."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    named = [(re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)) for each in found]
    return {name[1]: value[1] if value else "" for name, value in named if name and name[1] != "do"}


@pytest.mark.parametrize("basis", Basis)
def test_a_form_opened_under_an_earlier_version_is_asked_anew_with_all_that_was_typed(
    client, administrator, now, basis
):
    briefing = a_briefing()
    address = f"/briefings/{briefing.public_id}/register"
    opened = hidden(client.get(address).text)
    data = {**PERSON, **opened, "consent": "yes", "provision": "no"}
    put_in_force(administrator, now, basis=basis, title="개인정보")
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        page = client.post(address, data=data).text
        assert "그사이 ‘개인정보 ko’의 내용이 바뀌었습니다" in page and "gaon@example.com" in page
        again = {**data, **hidden(page)}
        if basis is Basis.CONSENT:
            checked = re.findall(r'<input[^>]*name="consent"[^>]*>', page)
            assert len(checked) == 2 and "checked" not in "".join(checked), "answered for nobody"
        assert not db.session.scalar(select(Registration.id))
        assert client.post(address, data=again).status_code == 303
    made = db.session.scalars(select(Registration)).one()
    versions = {each.text.purpose: each.text.version for each in consents_with(consents_of(made))}
    assert versions[REGISTRATION] == 2 and NEWS not in versions, "which was left open"


def test_an_answer_to_an_earlier_optional_text_is_asked_anew_but_silence_is_no_answer(client, administrator, now):
    briefing = a_briefing()
    address = f"/briefings/{briefing.public_id}/register"
    data = {**PERSON, **hidden(client.get(address).text), "consent": "yes"}
    put_in_force(administrator, now, NEWS, title="소식")
    assert "그사이 ‘소식 ko’의 내용이 바뀌었습니다" in client.post(address, data={**data, "news": "yes"}).text
    assert client.post(address, data=data).status_code == 303
