"""What presenters hand in, until when, who is reminded, and what they know of those who come."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.files.models import StoredFile
from briefings.organizations.models import OrganizationKind
from briefings.outbox.mail import Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.queueing import Recipient
from briefings.outbox.quiet import QuietHours
from briefings.schedule import materials, planning, presenters
from briefings.schedule.interest import interest_in
from briefings.schedule.links import presenter_token
from briefings.schedule.models import BriefingState, SlotState
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.slots import materials_due
from tests.builders import BEFORE, a_briefing, a_registration, a_user, an_organization
from tests.files import samples
from tests.mails import mails_to

DAY = timedelta(days=1)
ALWAYS = QuietHours(ZoneInfo("Asia/Seoul"), 0, 0)
NURI = "nuri@example.kr"


def a_talk(now, days=30, **given):
    """A published briefing whose first presenter was asked three days ago."""
    briefing = a_briefing(needs=2, starts_at=now + days * DAY, **given)
    slot = briefing.slots[0]
    slot.presenter_name, slot.presenter_email = "박누리", NURI
    db.session.commit()
    with unit_of_work():
        presenters.keep_calendars(briefing, now - 3 * DAY)
    return briefing, slot


@pytest.fixture
def talk(app, now):
    """The slot of a presenter whose slides are due in sixteen days."""
    return a_talk(now)[1]


@pytest.fixture
def page(app, talk):
    """The address of the presenter's page."""
    with app.test_request_context():
        return f"/present/{presenter_token(talk)}"


def sent(*files):
    """A form with files, each (name, content)."""
    return MultiDict([("files", (samples.BytesIO(data), name)) for name, data in files])


def handed_in(slot, now, name="발표.pdf", data=None, by=None):
    with unit_of_work():
        return materials.hand_in(slot, name, data or samples.a_pdf(name.encode()), now, by)


def names_of(slot):
    return [each.file.name for each in materials.files_of(slot)]


def reminded():
    """Who was reminded of slides."""
    return list(db.session.scalars(select(Message.recipient).where(Message.kind == "materials_reminder")))


class TestAPresenter:
    def test_hands_in_several_files_and_what_is_refused_does_not_hold_up_the_rest(self, client, talk, page):
        assert "발표자료 올리기" in client.get(page).text
        assert "아직 올린 자료가 없습니다" in client.get(f"{page}/materials").text
        assert "올릴 파일을 골라 주세요." in client.post(f"{page}/materials", data={}).text
        files = [
            ("발표.pptx", samples.an_office_file()),
            ("표.xlsx", samples.an_office_file("xlsx")),
            ("그림.png", samples.a_png()),
        ]
        shown = client.post(f"{page}/materials", data=sent(*files)).text
        assert "파일 2개를 받았습니다: 발표.pptx, 그림.png" in shown
        assert "‘표.xlsx’ 파일은 받을 수 없는 형식입니다" in shown
        assert "담당자에게 알렸습니다" not in shown
        assert names_of(talk) == ["발표.pptx", "그림.png"]
        assert "발표.pptx" in client.get(page).text
        assert client.get(f"/en{page}/materials").status_code == 200

    def test_gets_back_what_is_theirs_and_nobody_else_does(self, app, client, talk, page, now):
        file = handed_in(talk, now)
        answer = client.get(f"{page}/materials/{file.public_id}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        other = talk.briefing.slots[1]
        with app.test_request_context():
            elsewhere = f"/present/{presenter_token(other)}"
        assert client.get(f"{elsewhere}/materials/{file.public_id}").status_code == 404
        assert client.post(f"{elsewhere}/materials/{file.public_id}/remove", follow_redirects=True).status_code == 200
        assert names_of(talk) == ["발표.pdf"]

    def test_replaces_a_file_by_its_name_and_removes_it_until_the_deadline(self, client, talk, page, now):
        handed_in(talk, now)
        address = f"{page}/materials/{handed_in(talk, now, data=samples.a_pdf(b'2')).public_id}"
        assert names_of(talk) == ["발표.pdf"]
        assert db.session.query(StoredFile).count() == 1, "what was replaced is gone"
        with pytest.raises(Refused, match="내용이 같습니다"):
            handed_in(talk, now, name="다른 이름.pdf", data=samples.a_pdf(b"2"))
        shown = client.post(f"{address}/remove", follow_redirects=True).text
        assert "‘발표.pdf’ 파일을 지웠습니다." in shown
        assert db.session.query(StoredFile).count() == 0
        assert "그사이 지워진" in client.post(f"{address}/remove", follow_redirects=True).text
        done = [(entry.action, entry.detail["to"]) for entry in history_of(talk.briefing)]
        assert done == [(f"slot.file_{what}", "발표.pdf") for what in ("handed_in", "replaced", "removed")]

    def test_is_late_after_the_deadline_and_the_office_hears_of_it_once(self, app, client, now):
        _, slot = a_talk(now, days=13)
        with app.test_request_context():
            page = f"/present/{presenter_token(slot)}"
        assert "이 지났지만 아직 받지 못했습니다" in client.get(page).text
        assert "기한이 지났습니다" in client.get(f"{page}/materials").text
        shown = client.post(f"{page}/materials", data=sent(("가.pdf", samples.a_pdf(b"1"))), follow_redirects=True).text
        assert "기한이 지난 뒤라 담당자에게 알렸습니다." in shown and "기한 뒤" in shown
        client.post(f"{page}/materials", data=sent(("나.pdf", samples.a_pdf(b"2"))))
        (mail,) = mails_to(app, "help@briefings.example.kr")
        assert "박누리 님이" in mail.text and "가.pdf, 나.pdf" in mail.text
        file = materials.files_of(slot)[0].file
        assert (
            "기한이 지나 지울 수 없습니다"
            in client.post(f"{page}/materials/{file.public_id}/remove", follow_redirects=True).text
        )
        assert len(names_of(slot)) == 2

    def test_hands_in_no_more_than_there_is_room_for_and_nothing_for_what_is_settled(self, client, talk, page, now):
        for number in range(materials.MOST):
            handed_in(talk, now, name=f"{number}.pdf")
        with pytest.raises(Refused, match="10개까지"):
            handed_in(talk, now, name="하나 더.pdf")
        handed_in(talk, now, name="3.pdf", data=samples.a_pdf(b"another"))
        with unit_of_work():
            presenters.decline(talk, now)
        with pytest.raises(Refused, match="사양한 발표"):
            handed_in(talk, now, name="또.pdf")
        assert "사양하신 발표라" in client.get(f"{page}/materials").text
        talk.briefing.state = BriefingState.CANCELLED
        db.session.commit()
        assert "자료를 더 올릴 수 없습니다" in client.get(f"{page}/materials").text
        for by in (None, a_user()):
            with pytest.raises(Refused, match="취소되었거나"):
                handed_in(talk, now, by=by)

    def test_names_a_stand_by_whom_staff_see_and_takes_the_name_back(self, client, talk, page):
        own = {"name": "박누리", "title": "", "email": NURI.upper()}
        assert "본인과 같은 주소입니다" in client.post(f"{page}/stand-by", data=own).text
        wrong = client.post(f"{page}/stand-by", data={"name": "김하늘"}).text
        assert "입력해 주세요" in wrong and 'value="김하늘"' in wrong
        named = {"name": "김하늘", "title": "주무관", "email": "haneul@example.kr"}
        shown = client.post(f"{page}/stand-by", data=named, follow_redirects=True).text
        assert "예비 발표자를 적었습니다" in shown and "김하늘 주무관 님이 대신할 수 있습니다" in shown
        assert talk.standby_email == "haneul@example.kr"
        entry = history_of(talk.briefing)[-1]
        assert (entry.action, entry.actor_name) == ("slot.standby_named", "")
        client.post(f"{page}/no-stand-by")
        assert talk.standby_email == ""

    def test_knows_how_many_come_of_which_kind_but_nobody_by_name(self, client, talk, page):
        briefing, other = talk.briefing, talk.briefing.slots[1]
        company = an_organization("비밀재활용", OrganizationKind.COMPANY)
        asked = {"interests": [talk.need], "organization": company, "name": "이비밀", "email": "secret@example.com"}
        a_registration(briefing, **asked)
        a_registration(briefing)
        a_registration(briefing, interests=[other.need])
        gone = {"state": RegistrationState.CANCELLED, "confirmed_at": None, "cancelled_at": BEFORE}
        a_registration(briefing, **gone)
        found = interest_in(talk)
        assert (found.people, found.ticked) == (3, 1)
        shown = client.get(page).text
        assert "3명이 신청했고, 1명이" in shown
        for secret in ("이비밀", "비밀재활용", "secret@example.com"):
            assert secret not in shown


class TestReminders:
    def due(self, moment):
        with unit_of_work():
            return materials.remind_due(moment, ALWAYS)

    def test_go_three_days_before_and_on_the_day_after_to_those_without_anything(self, app, now, talk):
        deadline = talk.briefing.starts_at - 14 * DAY
        bare, declined = talk.briefing.slots[1], a_talk(now)[1]
        bare.presenter_name, bare.presenter_email = "이새", "sae@example.kr"
        declined.state = SlotState.DECLINED
        db.session.commit()
        with unit_of_work():
            presenters.keep_calendars(talk.briefing, now)
        handed_in(talk, now)
        looks = [deadline + hours * timedelta(hours=1) for hours in range(-100, 100, 5)]
        found = [(look - deadline, number) for look in looks if (number := self.due(look))]
        assert [number for _, number in found] == [1, 1]
        assert timedelta(days=-3) <= found[0][0] < timedelta(days=-2)
        assert timedelta(0) < found[1][0] < timedelta(days=1, hours=5)
        assert reminded() == ["sae@example.kr"] * 2
        assert all(isinstance(mail, Mail) for mail in mails_to(app, "sae@example.kr"))
        handed_in(bare, now)
        assert all(isinstance(mail, Dropped) for mail in mails_to(app, "sae@example.kr")[1:])

    def test_leave_in_peace_at_night_and_whoever_was_just_asked(self, app, now):
        briefing, slot = a_talk(now, days=16)
        night = now.replace(hour=14)  # 23:00 in Seoul
        assert materials.remind_due(night, QuietHours(ZoneInfo("Asia/Seoul"), 21, 8)) == 0
        with unit_of_work():
            presenters.hand_over(slot, "최다온", "", "daon@example.kr", now)
        assert self.due(now) == 0
        briefing.materials_due_at = now + 5 * DAY
        db.session.commit()
        assert [self.due(now + DAY), self.due(now + 3 * DAY)] == [0, 1]

    def test_words_follow_the_clock(self, app, now, talk):
        with unit_of_work():
            materials.ask_for(talk, a_user(), now)
        assert "까지 올려 주세요" in mails_to(app, NURI)[-1].subject
        talk.briefing.materials_due_at = now
        db.session.commit()
        assert "기한이 지났습니다" in mails_to(app, NURI)[-1].subject

    @pytest.mark.parametrize(
        ("left", "before"),
        [(20 * DAY, 14 * DAY), (14 * DAY, 7 * DAY), (9.5 * DAY, 4 * DAY), (2 * DAY, DAY), (DAY, DAY / 2)],
    )
    def test_a_briefing_published_late_leaves_presenters_half_the_time(self, app, now, left, before):
        draft = a_briefing(state=BriefingState.DRAFT, starts_at=now + left, published_at=None)
        draft.slots[0].presenter_email = NURI
        db.session.commit()
        with unit_of_work():
            planning.publish(draft, seen=draft.changed_at, by=a_user(), now=now)
        assert materials_due(draft) == draft.starts_at - before
        moved = draft.starts_at + 30 * DAY, draft.ends_at + 30 * DAY
        assert planning.thought_move(draft, moved, now).materials_due_at == moved[0] - 14 * DAY


class TestStaff:
    def test_see_what_is_there_hand_in_and_remove_for_presenters_and_ask(self, client, talk, now):
        desk = client.sign_in(a_user(name="김하늘"))
        here = f"/staff/briefings/{talk.briefing_id}/presenters"
        files = f"{here}/{talk.public_id}/files"
        assert "아직 없음" in desk.get(here).text
        asked = desk.post(f"{here}/{talk.public_id}/materials", follow_redirects=True).text
        assert "부탁하는 전자우편을 보냅니다" in asked
        assert "이미 부탁했습니다" in desk.post(f"{here}/{talk.public_id}/materials", follow_redirects=True).text
        assert reminded() == [NURI]
        with unit_of_work():
            materials.ask_for(talk, a_user(), now + DAY)
        assert reminded() == [NURI] * 2
        nobody = talk.briefing.slots[1]
        assert "부탁할 수 없습니다" in desk.post(f"{here}/{nobody.public_id}/materials", follow_redirects=True).text
        assert "아직 올린 자료가 없습니다" in desk.get(files).text
        shown = desk.post(files, data=sent(("발표.pdf", samples.a_pdf())), follow_redirects=True).text
        assert "파일 1개를 올렸습니다: 발표.pdf" in shown and ", 김하늘" in shown
        assert "받을 수 없는 형식" in desk.post(files, data=sent(("실행.pdf", b"MZ"))).text
        file = materials.files_of(talk)[0].file
        assert desk.get(f"{files}/{file.public_id}").data == samples.a_pdf()
        assert desk.get(f"{here}/{nobody.public_id}/files/{file.public_id}").status_code == 404
        assert (
            "이미 올린 자료가 있습니다" in desk.post(f"{here}/{talk.public_id}/materials", follow_redirects=True).text
        )
        talk.briefing.materials_due_at = now
        db.session.commit()
        assert "파일을 지웠습니다" in desk.post(f"{files}/{file.public_id}/remove", follow_redirects=True).text
        assert names_of(talk) == []
        assert "발표자료 2건 빠짐" in desk.get("/staff/briefings").text

    def test_do_not_wipe_out_a_stand_by_whom_the_presenter_named_meanwhile(self, client, talk, now):
        desk, other = client.sign_in(a_user()), talk.briefing.slots[1]
        here = f"/staff/briefings/{talk.briefing_id}/presenters"
        rows = {f"slots-{n}-slot": each.public_id for n, each in enumerate(talk.briefing.slots)}
        rows |= {f"slots-{n}-standby_{part}": "" for n in range(2) for part in ("name", "title", "email")}
        rows |= {f"slots-{n}-was": "||" for n in range(2)}
        with unit_of_work():
            presenters.name_standby(talk, "최다온", "", "daon@example.kr", None, now)
        desk.post(here, data=rows | {"slots-1-standby_name": "김하늘", "slots-1-standby_email": "haneul@example.kr"})
        assert (talk.standby_name, other.standby_name) == ("최다온", "김하늘")
        desk.post(here, data=rows | {"slots-0-was": "최다온||daon@example.kr"})
        assert talk.standby_name == ""

    def test_one_page_costs_the_same_however_many_files_there_are(self, client, talk, now, count_queries):
        desk = client.sign_in(a_user())
        here = f"/staff/briefings/{talk.briefing_id}/presenters"
        handed_in(talk, now)
        with count_queries() as one:
            desk.get(here)
        for number in range(3):
            handed_in(talk, now, name=f"{number}.pdf")
            handed_in(
                talk.briefing.slots[1], now, name=f"{number}.pdf", data=samples.a_pdf(b"%d" % number), by=a_user()
            )
        with count_queries() as many:
            desk.get(here)
        assert len(one) == len(many)


def test_files_go_with_their_slot_and_with_a_draft_that_is_thrown_away(app, now):
    officer = a_user()
    draft = a_briefing(needs=2, state=BriefingState.DRAFT)
    for slot in draft.slots:
        handed_in(slot, now, name=f"{slot.position}.pdf", by=officer)
    with unit_of_work():
        draft.slots.remove(draft.slots[0])
    assert db.session.query(StoredFile).count() == 1
    with unit_of_work():
        planning.discard(draft, by=officer, now=now)
    assert db.session.query(StoredFile).count() == 0


def test_the_office_is_told_once_an_hour(app, talk, now):
    office = Recipient("help@briefings.example.kr", "담당자")
    with unit_of_work():
        for moment in (now, now, now + timedelta(hours=1)):
            materials.tell_of_late(talk, office, moment)
    assert db.session.query(Message).filter_by(kind="materials_late").count() == 2
