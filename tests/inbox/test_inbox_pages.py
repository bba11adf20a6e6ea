"""What staff see of mails that came in, and what their buttons do."""

import pytest
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.inbox.receiving import forget_raw
from tests.builders import a_user, an_owner
from tests.inbox import reports, shapes
from tests.inbox.conftest import HANEUL
from tests.inbox.test_reports import reference_of

EVIL = '<script>alert(1)</script><img src="https://evil.example/x.gif">'


@pytest.fixture
def staff(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "AUTHSERV_ID", shapes.SERVER)
    return client.sign_in(a_user(Role.OFFICER, name="이보람"))


def acts() -> list[str]:
    done = AuditEntry.action.not_like("%.seen")
    return list(db.session.scalars(select(AuditEntry.action).where(done).order_by(AuditEntry.id)))


def test_an_empty_inbox_says_what_will_come(staff):
    assert "살펴볼 전자우편이 없습니다" in staff.get("/staff/inbox").text
    assert "아직 받은 전자우편이 없습니다" in staff.get("/staff/inbox?shelf=all").text
    assert "조건에 맞는 전자우편이 없습니다" in staff.get("/staff/inbox?q=없음&outcome=review").text
    assert staff.get("/staff/inbox?shelf=nothing&outcome=nothing&page=x").status_code == 200
    assert staff.get("/staff/inbox/1").status_code == 404


def test_what_waits_stands_first_and_everything_can_be_found(scene, arrives, staff, count_queries):
    arrives(shapes.letter(scene.said(number=1)))
    arrives(shapes.exchange(scene.said(number=2, attendee="haneul@other.example", partstat="DECLINED")))
    arrives(shapes.gmail(scene.said(number=3, method="COUNTER")))
    arrives(shapes.exchange(scene.said(number=4)))
    waiting = staff.get("/staff/inbox").text
    assert waiting.count('<th scope="row">') == 3
    assert "처리할 것 3" in waiting
    assert waiting.index("문의드립니다") < waiting.rindex("다른 시각을 제안함")
    everything = staff.get("/staff/inbox?shelf=all").text
    assert everything.count('<th scope="row">') == 4 and "답을 기록함" in everything
    assert staff.get("/staff/inbox?shelf=all&q=other.example").text.count('<th scope="row">') == 1
    assert staff.get("/staff/inbox?shelf=all&outcome=answered").text.count('<th scope="row">') == 1
    assert "살펴볼 받은 전자우편" in staff.get("/staff/").text
    assert 'href="/staff/inbox"' in staff.get("/staff/outbox").text
    with count_queries() as few:
        staff.get("/staff/inbox?q=문의")
    with count_queries() as more:
        staff.get("/staff/inbox")
    assert len(few) == len(more)


def test_an_answer_of_a_stranger_is_accepted_with_one_button(scene, arrives, staff):
    mail = arrives(shapes.exchange(scene.said(attendee="haneul@other.example", partstat="DECLINED", comment="출장")))
    page = staff.get(f"/staff/inbox/{mail.id}").text
    assert "다른 주소로 답했습니다" in page and "확인됨 (DKIM이나 DMARC 통과)" in page
    assert "출장" in page and "참석하겠습니다." in page and "이 답을 받아들이기" in page
    assert f"/registrations/{scene.place.public_id}" in page
    assert scene.states == ("confirmed", "waitlisted")
    done = staff.post(f"/staff/inbox/{mail.id}/accept", follow_redirects=True).text
    assert "신청을 취소하고 자리를 비웠습니다" in done and "이보람" in done
    assert scene.states == ("cancelled", "confirmed")
    assert "처리할 것 0" in staff.get("/staff/inbox").text
    assert staff.post(f"/staff/inbox/{mail.id}/accept").status_code == 409
    assert staff.post(f"/staff/inbox/{mail.id}/handled").status_code == 409
    assert acts() == ["mail.accepted"]


def test_or_ignored(scene, arrives, staff):
    mail = arrives(shapes.exchange(scene.said(attendee="haneul@other.example", partstat="DECLINED")))
    staff.post(f"/staff/inbox/{mail.id}/handled", data={"ignore": "1"})
    db.session.refresh(mail)
    assert (mail.outcome, mail.handled_at is not None, acts()) == (Outcome.REVIEW, True, ["mail.ignored"])
    assert scene.states == ("confirmed", "waitlisted")
    assert "이 답을 받아들이기" not in staff.get(f"/staff/inbox/{mail.id}").text


def test_a_letter_is_read_as_text_alone_and_marked_done(scene, arrives, staff):
    mail = arrives(shapes.letter(scene.said(), EVIL, subject=EVIL))
    page = staff.get(f"/staff/inbox/{mail.id}")
    assert EVIL not in page.text and "&lt;script&gt;alert(1)" in page.text
    assert "이 답을 받아들이기" not in page.text
    assert EVIL not in staff.get("/staff/inbox").text
    staff.post(f"/staff/inbox/{mail.id}/handled")
    assert acts() == ["mail.handled"]
    assert "처리함" in staff.get(f"/staff/inbox/{mail.id}").text
    assert "문의" in staff.get("/staff/inbox?shelf=handled").text


def test_html_of_strangers_is_never_shown(scene, arrives, staff):
    raw = shapes.letter(scene.said(), f"<p>안녕</p>{EVIL}").replace(b"text/plain", b"text/html")
    mail = arrives(raw)
    page = staff.get(f"/staff/inbox/{mail.id}").text
    assert "안녕" in page and "evil.example" not in page and "alert(1)" not in page


def test_the_whole_mail_is_a_file_to_download_and_nothing_else_is(scene, arrives, staff):
    mail = arrives(shapes.gmail(scene.said()))
    answer = staff.get(f"/staff/inbox/{mail.id}/mail.eml")
    assert answer.data == mail.raw
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=received-{mail.id}.eml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    forget_raw(mail.received_at.replace(year=2027))
    db.session.commit()
    assert staff.get(f"/staff/inbox/{mail.id}/mail.eml").status_code == 404
    assert "30일이 지나" in staff.get(f"/staff/inbox/{mail.id}").text


def test_a_proposal_shows_the_time_and_a_report_leads_to_its_message(scene, arrives, staff):
    proposal = arrives(shapes.gmail(scene.said(method="COUNTER", comment="오후는 어떻습니까")))
    page = staff.get(f"/staff/inbox/{proposal.id}").text
    assert "제안한 일시" in page and "오후는 어떻습니까" in page and "처리함" in page
    report = arrives(reports.postfix(reference_of(), HANEUL))
    page = staff.get(f"/staff/inbox/{report.id}").text
    assert f"/staff/outbox/{report.message_id}" in page and "5.1.1" in page


@pytest.mark.parametrize("strange", ["garbage", "wide", "large", "winmail"])
def test_every_strange_mail_has_a_page(scene, arrives, staff, strange):
    mail = arrives(getattr(shapes, strange)(scene.said()))
    assert mail.reason in staff.get(f"/staff/inbox/{mail.id}").text


def test_the_registrants_page_shows_the_answer(scene, arrives, staff):
    page = f"/staff/briefings/{scene.briefing.id}/registrations/{scene.place.public_id}"
    assert "달력의 답" not in staff.get(page).text
    arrives(shapes.exchange(scene.said(partstat="TENTATIVE", comment="늦을 수 있습니다")))
    shown = staff.get(page).text
    assert "달력의 답" in shown and "미정" in shown and "늦을 수 있습니다" in shown
    assert "예전 일시에 답함" not in shown
    scene.item.time_sequence = 1
    db.session.commit()
    assert "예전 일시에 답함" in staff.get(page).text


def test_only_staff_read_what_came_in(scene, arrives, client):
    mail = arrives(shapes.letter(scene.said()))
    for path in ("", f"/{mail.id}", f"/{mail.id}/mail.eml"):
        assert client.get(f"/staff/inbox{path}").status_code == 302
    client.sign_in(an_owner())
    assert client.get(f"/staff/inbox/{mail.id}").status_code == 403
    assert client.post(f"/staff/inbox/{mail.id}/handled").status_code == 403
    assert db.session.get(ReceivedMail, mail.id).handled_at is None
