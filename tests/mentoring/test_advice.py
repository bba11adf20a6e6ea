"""Advice of experts: asked for by staff, written for the owner or for everybody, given back, hidden."""

import pytest

from briefings.audit.recording import history_of
from briefings.db import db
from briefings.errors import Refused
from briefings.mentoring import advising
from briefings.mentoring.models import Advice, Readers
from briefings.needs.models import NeedState
from briefings.outbox.mail import Dropped
from tests.builders import a_need, a_user, an_expert, an_organization, an_owner
from tests.mails import links_in, mails_to

WORDS = "가까운 어촌계와 먼저 이야기해 보시기를 권합니다."


@pytest.fixture
def officer(app):
    return a_user(name="김하늘")


def the_advice():
    """The one advice there is."""
    return db.session.query(Advice).one()


def test_staff_give_needs_to_mentors_once_and_each_hears_of_all_of_them_in_one_mail(app, client, officer, now):
    first, second, draft = a_need(), a_need(), a_need(state=NeedState.DRAFT)
    mentor, other, left = an_expert(), an_expert(), an_expert(name="떠난이", active=False)
    client.sign_in(officer)
    address = f"/staff/advice/ask?need={first.id}&need={second.id}&need={draft.id}"
    page = client.get(address).text
    assert first.title in page and draft.title not in page and left.name not in page
    form = {"needs": [first.id, second.id], "mentors": [mentor.id, other.id]}
    answer = client.post(address, data=form, follow_redirects=True)
    assert "조언 4건을 부탁하고" in answer.text
    [mail] = mails_to(app, mentor.email)
    assert first.title in mail.text and second.title in mail.text and links_in(mail) == ["/advice"]
    assert "이미 맡고 있습니다" in client.post(address, data=form).text
    assert len(mails_to(app, mentor.email)) == 1
    assert [entry.action for entry in history_of(first)] == ["need.advice_asked"]
    assert mentor.name in client.get(f"/staff/needs/{first.id}").text
    assert "조언 4건" in client.get("/staff/advice").text
    assert "이 상태의 조언이 없습니다" in client.get("/staff/advice?shelf=written").text


def test_a_mentor_reads_the_need_writes_and_the_owner_reads(app, client, officer, now):
    organization = an_organization()
    owner, mentor = an_owner(organization), an_expert(name="서해솔")
    need = a_need(organization=organization, created_by=owner)
    advising.ask([need], [mentor], officer, now)
    client.sign_in(mentor)
    assert need.title in client.get("/advice").text
    page = f"/advice/{the_advice().id}"
    assert need.offers in client.get(page).text
    assert "조언을 입력해 주세요" in client.post(page, data={"text": "", "readers": "owner"}).text
    client.post(page, data={"text": WORDS, "readers": "owner"})
    assert WORDS not in client.get(f"/needs/{need.id}").text
    assert "고친 조언 보내기" in client.get(page).text
    client.post(page, data={"text": WORDS, "readers": "public"})
    assert WORDS in client.get(f"/needs/{need.id}").text
    client.sign_in(owner)
    shown = client.get(f"/my/needs/{need.id}").text
    assert WORDS in shown and "서해솔" in shown
    told = mails_to(app, owner.email)
    assert [mail.subject.split("]")[1].split(":")[0].strip() for mail in told] == [
        "전문가의 조언이 왔습니다",
        "전문가가 조언을 고쳤습니다",
    ]
    assert links_in(told[0]) == [f"/my/needs/{need.id}"]


def test_the_same_words_again_tell_nobody(app, officer, now):
    need, mentor = a_need(contact_email="gaon@example.kr"), an_expert()
    advising.ask([need], [mentor], officer, now)
    for _ in range(2):
        advising.write(the_advice(), WORDS, Readers.OWNER, now)
    assert len(mails_to(app, "gaon@example.kr")) == 1


def test_a_mentor_gives_a_need_back_and_whoever_asked_hears_why(app, client, officer, now):
    need, mentor = a_need(), an_expert()
    advising.ask([need], [mentor], officer, now)
    db.session.commit()
    client.sign_in(mentor)
    page = f"/advice/{the_advice().id}/decline"
    assert "까닭을 입력해 주세요" in client.post(page, data={"reason": ""}).text
    client.post(page, data={"reason": "제 분야가 아닙니다."})
    assert db.session.query(Advice).count() == 0
    assert "제 분야가 아닙니다." in mails_to(app, officer.email)[0].text
    assert isinstance(mails_to(app, mentor.email)[0], Dropped)
    client.sign_in(officer)
    assert "제 분야가 아닙니다." in client.get(f"/staff/needs/{need.id}").text


def test_staff_remind_once_a_day_and_take_back_what_is_not_written(app, client, officer, now):
    need, mentor = a_need(), an_expert()
    advising.ask([need], [mentor], officer, now)
    db.session.commit()
    client.sign_in(officer)
    page = f"/staff/advice/{the_advice().id}"
    assert "다시 알렸습니다" in client.post(page + "/remind", follow_redirects=True).text
    assert "오늘 이미" in client.post(page + "/remind", follow_redirects=True).text
    assert len(mails_to(app, mentor.email)) == 2
    client.post(page + "/take-back")
    assert db.session.query(Advice).count() == 0


def test_staff_take_a_public_advice_off_the_page_with_a_reason(app, client, officer, now):
    need = a_need()
    advising.ask([need], [an_expert()], officer, now)
    advising.write(the_advice(), WORDS, Readers.PUBLIC, now)
    db.session.commit()
    client.sign_in(officer)
    page = f"/staff/advice/{the_advice().id}/hide"
    assert WORDS in client.get(page).text
    client.post(page, data={"reason": "사실과 다른 말이 있습니다."})
    assert WORDS not in client.get(f"/needs/{need.id}").text
    assert history_of(need)[-1].detail["reason"] == "사실과 다른 말이 있습니다."
    with pytest.raises(Refused, match="공개한 조언이 아닙니다"):
        advising.hide(the_advice(), "또", officer, now)


def test_another_mentors_need_is_not_found_and_a_need_taken_back_is_not_shown(app, client, officer, now):
    need, mentor = a_need(), an_expert()
    advising.ask([need], [mentor], officer, now)
    page = f"/advice/{the_advice().id}"
    client.sign_in(an_expert())
    assert client.get(page).status_code == 404
    client.sign_in(mentor)
    need.state = NeedState.WITHDRAWN
    db.session.commit()
    shown = client.get(page).text
    assert need.offers not in shown and "지금은 조언을 적을 수 없습니다" in shown
    assert "지금은 조언을 적을 수 없습니다" in client.post(page, data={"text": WORDS, "readers": "owner"}).text
    with pytest.raises(Refused):
        advising.ask([need], [an_expert()], officer, now)


def test_nobody_can_be_asked_where_there_are_no_experts_or_no_needs(app, client, officer):
    client.sign_in(officer)
    assert "전문가 계정이 없습니다" in client.get(f"/staff/advice/ask?need={a_need().id}").text
    assert "부탁할 수 있는 과제가 없습니다" in client.get("/staff/advice/ask").text
    client.sign_in(an_expert())
    assert "아직 부탁받은 과제가 없습니다" in client.get("/advice").text
