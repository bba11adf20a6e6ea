"""Certificates: by rule, once, verified by anybody, put right and taken back by staff."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from pypdf import PdfReader

from briefings.afterwards import certifying
from briefings.afterwards.certificate_list import Standing, overview_of
from briefings.afterwards.models import Certificate, CertificateRule, Survey, SurveyTaker
from briefings.afterwards.numbers import SIGNS, new_number, read_number
from briefings.afterwards.surveys import survey_of
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.live.models import Attendance, AttendanceState
from briefings.outbox.models import Message
from briefings.papers import setting
from briefings.rights.emptying import empty_certificates
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.web.erased import GONE
from tests.builders import a_briefing, a_registration, a_user, saved
from tests.mails import mails_to

MINUTE = timedelta(minutes=1)


@pytest.fixture
def over(app, now):
    """A briefing of ninety minutes that ended two hours ago, and the time as it is."""
    return a_briefing(needs=1, starts_at=now - timedelta(hours=3, minutes=30), title="자원순환 협업이음 사업설명회")


def somebody(briefing, came=0, left=90, **given):
    """Who came and left so many minutes after the start."""
    registration = a_registration(briefing, name=given.pop("name", "김가온"))
    seen = {"first_seen_at": briefing.starts_at + came * MINUTE, "last_seen_at": briefing.starts_at + left * MINUTE}
    saved(Attendance(registration=registration, **seen | given))
    return registration


def ruled(briefing, **given):
    """Its rule."""
    return saved(
        CertificateRule(**{"briefing_id": briefing.id, "offered": True, "minutes": 0, "survey": False} | given)
    )


def page_of(app, registration, what="certificate"):
    """The address of somebody's certificate."""
    return f"/join/{token_of(registration, 'join')}/{what}"


def the_one():
    """The only certificate that holds."""
    return db.session.query(Certificate).filter_by(replaced_at=None).one()


def test_whoever_was_there_gets_one_by_a_press_and_the_same_by_the_next(app, client, over):
    registration = somebody(over)
    looked = client.get(page_of(app, registration))
    assert "참가 확인증 발급받기" in looked.text and db.session.query(Certificate).count() == 0
    assert client.get(page_of(app, registration, "certificate.pdf")).status_code == 404
    shown = client.post(page_of(app, registration), follow_redirects=True)
    client.post(page_of(app, registration))
    certificate = the_one()
    assert certificate.number in shown.text and "유효한" not in shown.text
    assert (certificate.name, certificate.minutes) == ("김가온", 90)
    assert "참가 확인증 보기" in client.get(f"/join/{token_of(registration, 'join')}").text


def test_the_paper_says_the_same_in_both_languages_and_is_not_made_twice(app, client, over):
    registration = somebody(over)
    client.post(page_of(app, registration))
    number = the_one().number
    address = page_of(app, registration, "certificate.pdf")
    for prefix, words in (("", "참가하였음을 확인합니다"), ("/en", number)):
        answer = client.get(prefix + address)
        assert answer.mimetype == "application/pdf" and answer.headers["Content-Disposition"].startswith("attachment")
        paper = PdfReader(io.BytesIO(answer.data))
        text = re.sub(r"\s+", " ", paper.pages[0].extract_text())
        assert len(paper.pages) == 1 and paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert all(each in text for each in (words, "김가온", "자원순환 협업이음 사업설명회", number))
        again = client.get(prefix + address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert client.get("/en" + page_of(app, registration)).status_code == 200


def test_the_page_says_why_there_is_none_yet(app, client, over, now):
    ruled(over, minutes=60, survey=True)
    short, silent, absent = somebody(over, left=45), somebody(over, left=90), a_registration(over)
    unknown = somebody(over, left=0)
    early = somebody(a_briefing(starts_at=now + timedelta(hours=1)), left=10)
    for registration, words in {
        short: "60분 이상 참가해야 합니다. 기록된 참가 시간은 45분입니다.",
        silent: "만족도 조사에 답하면 발급합니다",
        absent: "들어온 기록이 없습니다",
        unknown: "알 수 있는 기록이 없습니다",
        early: "설명회가 끝나면 발급합니다",
    }.items():
        assert words in client.get(page_of(app, registration)).text
        assert client.post(page_of(app, registration)).status_code == 409
    saved(SurveyTaker(registration_id=silent.id, briefing_id=over.id))
    client.post(page_of(app, silent))
    assert the_one().registration_id == silent.id


def test_only_time_between_beginning_and_end_counts_unless_staff_say_they_were_there(app, client, over, now):
    ruled(over, minutes=85)
    waited = somebody(over, came=-30, left=60)
    presence = certifying.presence_of(waited, now)
    assert presence.minutes == 60
    told, by_tool = somebody(over, left=0), somebody(over, minutes=88)
    attendance = db.session.get(Attendance, told.id)
    attendance.mark, attendance.mark_reason = AttendanceState.PRESENT, "전화로 들음"
    gone = db.session.get(Attendance, somebody(over).id)
    gone.mark, gone.mark_reason = AttendanceState.ABSENT, "다른 사람이 들어옴"
    db.session.commit()
    overview = overview_of(over, now)
    assert {person.public_id for person in overview.found(Standing.READY, "")} == {told.public_id, by_tool.public_id}
    assert [person.public_id for person in overview.people if person.standing is Standing.NOT_YET] == [waited.public_id]
    by_tool = somebody(over, came=-60, left=30, minutes=90)
    assert certifying.presence_of(by_tool, now).minutes == 30
    assert certifying.presence_of(somebody(over, left=0, minutes=500), now).minutes == 90


def test_a_survey_that_is_over_or_was_never_held_leads_nobody_in_a_circle(client, app, over, now):
    ruled(over, survey=True)
    silent = somebody(over)
    with time_machine.travel(now + timedelta(days=15), tick=False):
        text = client.get(page_of(app, silent)).text
        assert "조사가 끝나 더는 답할 수 없습니다" in text and "/survey" not in text
        assert "조사가 끝나" in str(overview_of(over, now + timedelta(days=15)).people[0].why.words)
    questions, changed = survey_of(over).questions, {"changed_at": now}
    saved(Survey(briefing_id=over.id, offered=False, questions=questions, apart=False, **changed))
    client.post(page_of(app, silent))
    assert the_one().registration_id == silent.id


def test_a_sign_no_font_draws_costs_nobody_the_paper(app, client, over):
    registration = somebody(over, name="김가온 😀 𠀀 #eval(1)")
    client.post(page_of(app, registration))
    paper = PdfReader(io.BytesIO(client.get(page_of(app, registration, "certificate.pdf")).data))
    assert "#eval(1)" in paper.pages[0].extract_text()


@pytest.mark.parametrize("given", [{"offered": False}, None], ids=["not offered", "called off"])
def test_where_none_is_given_the_page_says_so(app, client, over, given):
    registration = somebody(over)
    if given:
        ruled(over, **given)
    else:
        over.state = BriefingState.CANCELLED
        db.session.commit()
    assert "아직 발급할 수 없습니다" in client.get(page_of(app, registration)).text
    assert client.post(page_of(app, registration)).status_code == 409


def test_anybody_checks_a_number_however_it_was_written_and_reads_a_masked_name(app, client, over):
    client.post(page_of(app, somebody(over)))
    number = the_one().number
    typed = f"제 {number.lower().replace('-', ' ')} 호"
    found = client.get("/certificates", query_string={"number": typed}, follow_redirects=True).text
    assert "유효한 확인증입니다" in found and "김○온" in found and "김가온" not in found
    assert 'name="robots" content="noindex"' in found
    slipped = number[:-1] + next(sign for sign in SIGNS if sign != number[-1])
    for wrong in (slipped, "2026-0000-0000", "x" * 300):
        answer = client.get(f"/certificates/{wrong}")
        assert answer.status_code == 404 and "발급한 확인증이 없습니다" in answer.text
    assert "다시 확인해 주세요" in client.get("/certificates?number=2026-K7M3").text
    assert "Certificate" in client.get(f"/en/certificates/{number}").text or client.get("/en/certificates").status_code


def test_a_slip_of_the_pen_is_never_another_number():
    number = new_number(2026)
    assert read_number(number) == number and re.fullmatch(r"2026-[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    for place in (5, 6, 7, 8, 10, 11, 12, 13):
        for sign in SIGNS:
            other = number[:place] + sign + number[place + 1 :]
            assert (read_number(other) is None) == (other != number)
    swapped = number[:5] + number[6] + number[5] + number[7:]
    assert read_number(swapped) is None or swapped == number


def test_numbers_are_not_tried_one_after_another(app, client, limited):
    answers = [client.get(f"/certificates/2026-AAAA-AA{a}{b}").status_code for a in SIGNS[:6] for b in SIGNS[:6]]
    assert answers[:30] == [404] * 30 and answers[-1] == 429


def test_colleagues_behind_one_network_are_not_counted_together(app, client, limited, over):
    person, colleague = somebody(over), a_registration(over)
    presses = [client.post(page_of(app, person)).status_code for _ in range(11)]
    assert presses[9] == 303 and presses[10] == 429
    assert client.post(page_of(app, colleague)).status_code == 409
    paper, other = (page_of(app, each, "certificate.pdf") for each in (colleague, a_registration(over)))
    looks = [client.get(paper).status_code for _ in range(31)]
    assert looks[29] == 404 and looks[30] == 429 and client.get(other).status_code == 404


def test_staff_put_a_name_right_and_the_old_number_says_so(app, client, over):
    registration = somebody(over)
    client.post(page_of(app, registration))
    old = the_one().number
    client.sign_in(staff := a_user())
    base = f"/staff/briefings/{over.id}/certificates"
    same = client.post(f"{base}/{old}/correct", data=_right("김가온", registration.organization.name))
    assert "지금 확인증과 같습니다" in same.text
    done = client.post(f"{base}/{old}/correct", data=_right("김가은", "가온재활용"), follow_redirects=True)
    new = the_one()
    assert new.number in done.text and (new.name, new.organization) == ("김가은", "가온재활용")
    assert "더는 쓰지 않는 확인증입니다" in client.get(f"/certificates/{old}").text
    assert "유효한 확인증입니다" in client.get(f"/certificates/{new.number}").text
    assert client.get(f"{base}/{old}.pdf").status_code == 404
    assert client.get(f"{base}/{new.number}.pdf").data.startswith(b"%PDF")
    assert client.post(f"{base}/{old}/revoke", data={"reason": "늦은 누름"}).status_code == 200
    [noted] = [entry for entry in history_of(over) if entry.action == "certificate.corrected"]
    assert noted.actor_id == staff.id and "김가" not in str(noted.detail)
    [mail] = mails_to(app, registration.email)
    assert new.number in mail.text and "새 번호" in mail.text


def test_what_staff_took_back_holds_no_longer_until_it_is_given_anew(app, client, over):
    registration = somebody(over)
    client.post(page_of(app, registration))
    number = the_one().number
    client.sign_in(a_user())
    base = f"/staff/briefings/{over.id}/certificates"
    client.post(f"{base}/{number}/revoke", data={"reason": "다른 분이 참가하셨습니다."})
    assert "유효하지 않은 확인증입니다" in client.get(f"/certificates/{number}").text
    assert "다른 분이" not in client.get(f"/certificates/{number}").text
    own = client.get(page_of(app, registration)).text
    assert "다른 분이 참가하셨습니다." in own and "PDF 내려받기" not in own
    assert client.get(page_of(app, registration, "certificate.pdf")).status_code == 404
    client.post(page_of(app, registration))
    assert the_one().number == number
    [mail] = mails_to(app, registration.email)
    assert "다른 분이 참가하셨습니다." in mail.text
    client.post(f"{base}/{number}/correct", data=_right("김가온", registration.organization.name))
    assert the_one().revoked_at is None


def _right(name, organization):
    return {"name": name, "organization": organization, "reason": "이름을 잘못 적음"}


def test_staff_see_everybody_issue_to_all_at_once_and_take_the_register_away(app, client, over, now, count_queries):
    ruled(over, minutes=60)
    for _ in range(3):
        somebody(over)
    somebody(over, left=20)
    a_registration(over)
    client.sign_in(a_user())
    base = f"/staff/briefings/{over.id}/certificates"
    client.get(base)  # that staff looked is written down once
    with count_queries() as few:
        first = client.get(base).text
    assert "발급할 수 있는 3명에게 모두 발급하기" in first and "기록된 참가 시간은 20분" in first
    client.post(f"{base}/issue")
    client.post(f"{base}/issue")
    assert db.session.query(Certificate).count() == 3 and db.session.query(Message).count() == 0
    for _ in range(4):
        somebody(over)
    with count_queries() as many:
        client.get(base)
    assert len(many) == len(few)
    assert "조건에 맞는 사람이 없습니다" in client.get(f"{base}?standing=revoked").text
    wanted = {"format": "csv", "people": "with", "reason": "감사 제출용"}
    taken = client.post(f"/staff/briefings/{over.id}/exports/certificates", data=wanted)
    assert taken.data.decode("utf-8-sig").count("\r\n") == 4 and "유효" in taken.data.decode("utf-8-sig")
    assert next(entry.detail for entry in history_of(over) if entry.action == "certificates.exported")["rows"] == 3


def test_whoever_was_erased_gets_none_any_more(app, client, over, now):
    ruled(over, minutes=60)
    there, gone = somebody(over), somebody(over)
    had = somebody(over)
    client.post(page_of(app, had))
    number = the_one().number
    for each in (gone, had):
        each.name, each.email = GONE, f"erased-{each.id}@invalid"
    empty_certificates([the_one().id], now, "지움")
    db.session.commit()
    client.sign_in(a_user())
    base = f"/staff/briefings/{over.id}/certificates"
    page = client.get(base).text
    assert "발급할 수 있는 1명" in page and number in page
    client.post(f"{base}/issue")
    issued = db.session.query(Certificate).filter(Certificate.revoked_at.is_(None)).all()
    assert [each.registration_id for each in issued] == [there.id]
    assert "고쳐서 다시 발급하기" not in client.get(f"{base}/{number}").text
    client.post(f"{base}/{number}/correct", data=_right("김가온", "가온"))
    assert db.session.query(Certificate).count() == 2


def test_the_rule_is_no_longer_than_the_briefing_and_changes_nothing_that_was_issued(app, client, over):
    client.sign_in(a_user())
    base = f"/staff/briefings/{over.id}/certificates"
    assert "90분" in client.post(f"{base}/rule", data={"offered": "y", "minutes": "91"}).text
    assert client.post(f"{base}/rule", data={"offered": "y", "minutes": ""}).status_code == 200
    client.post(f"{base}/rule", data={"offered": "y", "minutes": "80", "survey": "y"})
    found = db.session.get(CertificateRule, over.id)
    assert (found.offered, found.minutes, found.survey) == (True, 80, True)


def test_another_briefing_s_certificate_is_not_there(app, client, over):
    client.post(page_of(app, somebody(over)))
    number = the_one().number
    client.sign_in(a_user())
    for what in ("", ".pdf", "/correct", "/revoke"):
        assert client.get(f"/staff/briefings/{a_briefing().id}/certificates/{number}{what}").status_code == 404


def test_while_too_many_are_made_somebody_is_asked_to_wait(app, client, over, monkeypatch):

    registration = somebody(over)
    client.post(page_of(app, registration))
    monkeypatch.setattr(setting, "PATIENCE", 0.01)
    taken = [setting._TURNS.acquire() for _ in range(setting.AT_ONCE)]
    try:
        answer = client.get(page_of(app, registration, "certificate.pdf"))
    finally:
        for _ in taken:
            setting._TURNS.release()
    assert answer.status_code == 409 and "잠시 뒤에" in answer.text


def test_a_briefing_that_runs_over_ends_when_it_is_closed(app, client, over, now):
    assert certifying.not_given_reason(over, certifying.rule_of(over), now) is None
    with time_machine.travel(over.ends_at - MINUTE, tick=False):
        assert certifying.not_given_reason(over, certifying.rule_of(over), over.ends_at - MINUTE) is not None
