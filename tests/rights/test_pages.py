"""내 개인정보 as a visitor uses it, and what staff do: links, files, corrections, consents, erasing, periods."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from briefings import clock
from briefings.accounts.models import Role
from briefings.afterwards.follow_up import mailings_of
from briefings.announcements import groups
from briefings.audit.recording import history_of, record
from briefings.db import db
from briefings.exports.values import in_a_cell
from briefings.files.models import StoredFile
from briefings.needs.attaching import attach
from briefings.organizations.managing import accounts_found
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Recipient, queue
from briefings.outbox.quiet import QuietHours
from briefings.outbox.rendering import compose
from briefings.privacy.models import Erasure, Purpose
from briefings.rights.retention import periods
from briefings.schedule.agreeing import answers_of
from briefings.schedule.registration_models import RegistrationState
from briefings.web.erased import GONE, NOBODY
from briefings.web.filters import addressed, as_read
from tests.builders import a_contact, a_need, a_question, a_registration, a_reply, a_round, a_user, an_owner
from tests.files import samples
from tests.mails import links_in, mails_to
from tests.rights.test_erasing import erase
from tests.rights.traces import ADDRESS, NAME, PHONE, Traces, a_past_briefing

pytestmark = pytest.mark.usefixtures("app")
ON_ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
"""What these ask of the database is asked on both by others here."""


def link_to(app, client, email=ADDRESS):
    """Ask for the link as anybody does, and take it from the mail."""
    assert client.post("/my-data", data={"email": email}).location == "/my-data/sent"
    mine = (Message.recipient == email.lower(), Message.kind == "my_data")
    message = db.session.scalars(select(Message).where(*mine).order_by(Message.id.desc())).first()
    return links_in(compose(app, message, clock.now()))[0]


@ON_ONE
def test_the_answer_is_the_same_whoever_asks_and_the_link_is_good_for_half_an_hour(app, client, now):
    a_registration(name=NAME, email=ADDRESS)
    for email in (ADDRESS, "nobody@example.kr"):
        assert client.post("/my-data", data={"email": email}).location == "/my-data/sent"
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1
    link = link_to(app, client, ADDRESS.upper())
    page = client.get(link)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert NAME in page.text and "10:30" in page.text
    token, _, secret = link.rpartition(".")
    for wrong in (f"{token}.x{secret[1:]}", "/my-data/1.x", "/my-data/x", link.replace("my-data/", "my-data/9")):
        assert client.get(wrong).status_code == 404
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        late = client.get(link)
        assert (late.status_code, client.get(f"{link}/erase").status_code) == (410, 410)
        assert client.post(f"{link}/erase", data={"sure": "y"}).status_code == 410
    for minute in range(1, 5):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            client.post("/my-data", data={"email": ADDRESS})
    assert db.session.scalar(select(func.count()).select_from(Message)) == 3, "three an hour"


def test_everything_that_is_known_is_shown_and_taken_along_in_both_languages(app, client, now, count_queries):
    Traces(now)
    link = link_to(app, client)
    for page in (client.get(link).text, client.get(f"/en{link}").text):
        for words in (NAME, PHONE, "2026-0001", "수어 통역", "가온재활용"):
            assert words in page
    data = json.loads(client.get(f"{link}/data.json").text)
    assert data["about"] == ADDRESS
    assert data["data"]["registrations"][0]["phone"] == PHONE
    assert set(data["data"]) == set(data["keys"]) >= {"consents", "attendance", "replies", "certificates", "messages"}
    meant = data["keys"]["registrations"]
    assert (meant["section"], meant["items"]["phone"]) == ("설명회 신청", "전화번호")
    assert {entry["kind"] for entry in data["data"]["calendar"] if entry.get("kind")} == {"설명회 참가"}
    assert all(entry["briefing"] or entry["need"] for entry in data["data"]["calendar"] if "kind" in entry)
    assert data["data"]["attendance"][0]["first_seen_at"].endswith("+09:00")
    table = client.get(f"{link}/data.csv")
    rows = list(csv.reader(StringIO(table.data.decode("utf-8-sig"))))
    assert [PHONE in row for row in rows].count(True) >= 3
    assert "attachment" in table.headers["Content-Disposition"]
    with count_queries() as sent:
        client.get(link)
    assert len(sent) < 60


def test_what_was_said_is_put_right_everywhere_at_once(app, client, now):
    coming, past = (
        a_registration(email=ADDRESS),
        a_registration(a_past_briefing(now, 9), email=ADDRESS),
    )
    reply = a_reply(email=ADDRESS)
    link = link_to(app, client)
    said = {"name": "이나래", "phone": "01023456789", "department": "기획처"}
    assert client.post(f"{link}/correct", data=said).location == link
    db.session.expire_all()
    assert {each.name for each in (coming, past, reply)} == {"이나래"}
    assert {each.phone for each in (coming, past, reply)} == {"010-2345-6789"}
    assert coming.department == "기획처"
    assert "바꾼 것이 없습니다" in client.post(f"{link}/correct", data=said).text


@ON_ONE
def test_a_consent_is_taken_back(app, client, now):
    made = Traces(now)
    link = link_to(app, client)
    provision = next(each for each in answers_of(made.place, "ko") if each.purpose is Purpose.PROVISION).given
    address = f"{link}/consents/{provision.id}/withdraw"
    assert "수요기관은 이제부터" in client.get(address).text
    assert client.post(address).location == link
    db.session.refresh(provision)
    assert provision.withdrawn_at == now
    assert client.get(address).location == client.post(address).location == link, "pressed twice it is still so"
    assert client.get(address.replace(f"/{provision.id}/", f"/{provision.id + 1000}/")).status_code == 404


@ON_ONE
def test_erasing_says_what_follows_and_needs_a_tick(app, client, now):
    place = a_registration(name=NAME, email=ADDRESS)
    link = link_to(app, client)
    page = client.get(f"{link}/erase").text
    assert place.briefing.title in page and "취소를 알리는 전자우편이 나간 뒤" in page
    assert "여기에 표시해 주세요" in client.post(f"{link}/erase", data={}).text
    assert client.post(f"{link}/erase", data={"sure": "y"}).location == "/my-data/erased"
    db.session.expire_all()
    assert place.state is RegistrationState.CANCELLED
    assert client.get("/my-data/erased").status_code == 200
    assert "이미 지우고 있습니다" in client.get(f"{link}/erase").text
    page = client.get(link).text
    assert "모두 지우는 중입니다" in page and f"{link}/erase" not in page and f"{link}/correct" not in page
    typed = {"name": "다른 이름", "phone": PHONE, "department": ""}
    for answer in (client.get(f"{link}/correct"), client.post(f"{link}/correct", data=typed)):
        assert "이미 지우고 있습니다" in answer.text and "모두 고치기" not in answer.text
    db.session.expire_all()
    assert place.name == NAME


@ON_ONE
def test_whoever_has_nothing_to_come_reads_of_nothing_that_is_cancelled(app, client, now):
    a_registration(a_past_briefing(now, 50), name=NAME, email=ADDRESS)
    link = link_to(app, client)
    page = client.get(f"{link}/erase").text
    assert "그런 다음 모두 지웁니다" in page and "취소를 알리는" not in page
    client.post(f"{link}/erase", data={"sure": "y"})
    assert "취소했습니다" not in client.get("/my-data/erased").text.replace("있었으면 취소했습니다", "")
    assert "취소를 알리는" not in client.get(link).text


@ON_ONE
def test_staff_erase_for_somebody_who_wrote_or_called(client, now):
    a_registration(name=NAME, email=ADDRESS)
    client.sign_in(a_user(Role.OFFICER))
    assert f"/staff/people/erase?email={ADDRESS}" in client.get(f"/staff/people?email={ADDRESS}").text.replace(
        "%40", "@"
    )
    address = f"/staff/people/erase?email={ADDRESS}"
    assert client.get("/staff/people/erase?email=x").status_code == 404
    assert "보관하는 것이 없습니다" in client.get("/staff/people/erase?email=nobody@example.kr").text
    assert "까닭" in client.post(address, data={"sure": "y"}).text
    said = {"sure": "y", "reason": "전화로 요청했고 등록된 번호로 다시 걸어 확인했습니다."}
    assert client.post(address, data=said).status_code == 303
    [entry] = history_of(db.session.scalar(select(Erasure)))
    assert (entry.action, entry.detail["reason"]) == ("erasure.asked", said["reason"])
    assert "이미 지우고 있습니다" in client.get(address).text


@ON_ONE
def test_administrators_close_accounts_or_say_why_not(app, client, now):
    for email in (ADDRESS, "b@example.kr"):
        an_owner(name=NAME, email=email)
        place = a_registration(name=NAME, email=email)
        link = link_to(app, client, email)
        assert "관리자가 계정을 닫으면" in client.get(f"{link}/erase").text
        said = client.post(f"{link}/erase", data={"sure": "y"}, follow_redirects=True).text
        assert "자리와 답글이 그대로이고" in said and "관리자가 확인하고" in client.get(link).text
    administrator = a_user(Role.ADMINISTRATOR)
    client.sign_in(administrator)
    first, second = db.session.scalars(select(Erasure).order_by(Erasure.id)).all()
    acts = (f"{first.id}/close", f"{second.id}/turn-down")
    assert ADDRESS in client.get("/staff/privacy/requests").text
    page = client.get(f"/staff/privacy/requests/{first.id}/close").text
    assert "로그인이 끊기고" in page and "자리(1건)" in page
    assert client.post(f"/staff/privacy/requests/{first.id}/close").location == "/staff/privacy/requests"
    why = {"reason": "후임자를 먼저 알려 주세요."}
    assert client.post(f"/staff/privacy/requests/{second.id}/turn-down", data=why).status_code == 303
    assert "후임자를 먼저" in mails_to(app, "b@example.kr")[-1].text
    db.session.expire_all()
    assert place.state is RegistrationState.CONFIRMED, "who is told why not has lost nothing"
    assert "기다리는 요청이 없습니다" in client.get("/staff/privacy/requests").text
    for done in acts:  # by another administrator, or pressed twice
        again = client.post(f"/staff/privacy/requests/{done}", data=why)
        assert again.status_code == 409 and "이미 처리한 요청이거나 없는 요청입니다." in again.text


def test_files_that_may_name_somebody_are_told_of_and_deleted_in_one_place(app, client, now):
    traces = Traces(now)
    slides = traces.briefing.slots[0].files[0].file
    slides.name, public_id = "탄소중립 발표.pdf", slides.public_id
    need = a_need(contact_email=ADDRESS, contact_name=NAME)
    attached = attach(need, "제안서.pdf", samples.a_pdf(), traces.officer, now).public_id
    kept = attach(
        a_need(contact_email="b@example.kr"), "다른 과제.pdf", samples.a_pdf(b"1"), traces.officer, now
    ).public_id
    db.session.commit()
    told = client.get(f"{link_to(app, client)}/erase").text
    assert "탄소중립 발표.pdf" in told and "제안서.pdf" in told and "다른 과제.pdf" not in told
    client.sign_in(a_user(Role.ADMINISTRATOR))
    assert "제안서.pdf" in client.get(f"/staff/people/erase?email={ADDRESS}").text
    erase(app, now)
    here = "/staff/privacy/files"
    page = client.get(here).text
    assert public_id in page and attached in page and kept not in page
    assert "하나 이상 골라" in client.post(here, data={"sure": "y", "files": ["x", "\x00"]}).text
    assert "여기에 표시해" in client.post(here, data={"files": [attached]}).text
    assert client.post(here, data={"sure": "y", "files": [attached, public_id]}).status_code == 303
    left = db.session.scalars(select(StoredFile.public_id)).all()
    assert kept in left and not {attached, public_id} & set(left)
    assert "그런 파일이 없습니다" in client.get(here).text
    assert "발표자료 지움" in client.get(f"/staff/briefings/{traces.briefing.id}").text


@ON_ONE
def test_administrators_keep_the_periods_and_read_the_register(client, now):
    client.sign_in(a_user(Role.ADMINISTRATOR))
    page = client.get("/staff/privacy").text
    assert "참가 신청의 이름과 연락처" in page and "한 시간 안에 저절로 파기되고" in page
    assert "아직 파기한 것이 없습니다" in client.get("/staff/privacy/register").text
    address = "/staff/privacy/periods/registrations"
    assert "30일부터 1,095일까지" in client.get(address).text
    assert "30일 이상" in client.post(address, data={"days": "1"}).text
    assert client.post(address, data={"days": "100"}).location == "/staff/privacy"
    assert "처음 값 365일" in client.get("/staff/privacy").text
    assert client.get("/staff/privacy/periods/nothing").status_code == 404


@ON_ONE
def test_who_shortens_a_period_reads_how_much_goes_at_once_before_it_does(client, now):
    past = a_past_briefing(now, 50)
    for _ in range(2):
        a_registration(past)
    address = "/staff/privacy/periods/registrations"
    page = client.sign_in(a_user(Role.ADMINISTRATOR)).post(address, data={"days": "30"}).text
    assert "이렇게 줄이면 2건이 한 시간 안에 파기되고" in page and "알고 줄이기" in page
    assert periods()["registrations"] == 365
    agreed = re.search(r'name="agreed"[^>]*value="(\d+)"', page)[1]
    a_registration(past)
    assert "이렇게 줄이면 3건이" in client.post(address, data={"days": "30", "agreed": agreed}).text, (
        "one came meanwhile"
    )
    assert client.post(address, data={"days": "60"}).location == "/staff/privacy", "nothing goes by that"
    assert client.post(address, data={"days": "30", "agreed": "3"}).location == "/staff/privacy"
    assert periods()["registrations"] == 30
    assert client.post(address, data={"days": "365"}).location == "/staff/privacy", "longer loses nothing"


def test_where_somebody_was_erased_lists_and_files_say_so_and_lead_to_nobody(app, client, now):
    briefing = a_past_briefing(now, 3)
    a_registration(briefing, name=GONE, email="erased-7@invalid")
    a_registration(briefing, name="박하늘", email="haneul@example.kr")
    client.sign_in(a_user())
    page = client.get(f"/staff/briefings/{briefing.id}/registrations").text
    assert page.count(">지움<") == 2
    assert "haneul@example.kr</a>" in page
    assert NOBODY not in page and f">{GONE}<" not in page
    assert [in_a_cell(each, ZoneInfo("Asia/Seoul")) for each in (GONE, "erased-7@invalid", "a@invalid")] == [
        "지움",
        "지움",
        "a@invalid",
    ]


def test_who_edits_what_is_left_of_a_contact_finds_no_address_to_keep(app, client, now):
    contact = a_contact(a_round(), email="erased-a7@invalid", name=GONE)
    client.sign_in(a_user())
    page = client.get(f"/staff/rounds/{contact.round_id}/contacts/{contact.id}/edit").text
    assert NOBODY not in page
    assert GONE not in page


def test_headings_and_choices_read_well_where_somebody_was_erased(client, now):
    briefing = a_past_briefing(now, 3)
    gone = a_registration(briefing, name=GONE, email="erased-7@invalid")
    officer = a_user(name=GONE, email="erased-a8@invalid", active=False)
    record(None, "account.closed", officer, now)
    client.sign_in(a_user(Role.ADMINISTRATOR))
    page = client.get(f"/staff/briefings/{briefing.id}/registrations/{gone.public_id}").text
    assert page.count("개인정보를 지운 분의 신청<") == 1 and "<title>개인정보를 지운 분의 신청" in page
    asked = a_question(gone)
    page = client.get(f"/staff/briefings/{briefing.id}/questions/{asked.public_id}").text
    assert f"지움 ({gone.organization.name})" in page
    page = client.get(f"/staff/accounts/{officer.id}").text
    assert "개인정보를 지운 분의 계정</h1>" in page and "개인정보를 지우려고 계정을 닫음" in page
    listed = client.get("/staff/accounts").text
    wanted = {"format": "csv", "people": "with", "reason": "계정 점검용"}
    taken = client.post("/staff/exports/accounts", data=wanted).data.decode("utf-8-sig")
    [line] = [line for line in taken.splitlines() if line.startswith("지움")]
    assert listed.count("모든 주제") == 0 and "꺼짐" not in listed and line.count("지움") == 3
    assert "계정 켜기" not in page and "역할 저장하기" not in page
    client.post(f"/staff/accounts/{officer.id}/on")
    assert not officer.active
    page = client.get(f"/staff/audit?actor={officer.id}").text
    assert "누가: 지움" in page


def test_who_was_erased_is_not_counted_among_those_who_are_written_to(now):
    briefing = a_past_briefing(now, 1)
    a_registration(briefing, name=GONE, email="erased-7@invalid")
    a_registration(briefing)
    group = groups.Group(states=(RegistrationState.CONFIRMED,), presenters=True)
    assert (groups.number_of(briefing, group), groups.by_state(briefing)) == (1, {RegistrationState.CONFIRMED: 1})
    mails = mailings_of(briefing, now, QuietHours(ZoneInfo("Asia/Seoul"), 0, 0))
    assert [each.concerned for each in mails] == [0, 1]


def test_a_message_that_was_dropped_and_emptied_ends_its_sentence(client, now):
    queue("thanks", "k", Recipient("a@example.kr", "이가온"), now)
    [message] = db.session.scalars(select(Message))
    message.recipient, message.state, message.error = "erased-9@invalid", MessageState.DROPPED, ""
    db.session.commit()
    client.sign_in(a_user())
    assert "보내지 않기로 했습니다.<" in client.get(f"/staff/outbox/{message.id}").text


def test_accounts_of_erased_people_come_last():
    gone, stays = a_user(name=GONE, email="erased-a8@invalid", active=False), a_user(name="홍길동")
    assert db.session.scalars(accounts_found()).all() == [stays, gone]


def test_what_is_composed_of_an_address_names_no_marker():
    assert as_read("발표자 (erased-7a@invalid) → 새 사람") == "발표자 (지움) → 새 사람"
    assert as_read("○○○ 님은 이렇게 말했습니다.") == "○○○ 님은 이렇게 말했습니다.", "so somebody wrote it"
    assert addressed("홍길동") == "홍길동 님"
    assert addressed("erased-7a@invalid") == "개인정보를 지운 분"
