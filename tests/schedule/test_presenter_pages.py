"""A presenter's own pages, and what staff see of the answers."""

import pytest

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.schedule import planning, presenters
from briefings.schedule.links import presenter_token
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState
from briefings.web.tokens import token_for
from tests.builders import a_briefing, a_user
from tests.schedule.letters import delivered

NURI, HANEUL = "nuri@example.kr", "haneul@example.kr"


@pytest.fixture
def briefing(app, now) -> Briefing:
    """Published, its one presenter invited."""
    made = a_briefing(needs=2, state=BriefingState.DRAFT)
    made.slots[0].presenter_name, made.slots[0].presenter_email = "박누리", NURI
    db.session.commit()
    with unit_of_work():
        planning.publish(made, seen=made.changed_at, by=a_user(name="이보람"), now=now)
    return made


@pytest.fixture
def slot(briefing) -> PresenterSlot:
    return briefing.slots[0]


@pytest.fixture
def page(app, slot) -> str:
    """The address of the presenter's page."""
    with app.test_request_context():
        return f"/present/{presenter_token(slot)}"


def stand_by(slot: PresenterSlot) -> None:
    slot.standby_name, slot.standby_email = "김하늘", HANEUL
    db.session.commit()


class TestAPresenter:
    def test_sees_the_time_the_room_and_what_can_be_done(self, client, slot, page):
        shown = client.get(page).text
        for words in (
            "박누리 님의 발표입니다",
            slot.need.title,
            "답을 기다림",
            "발표 수락하기",
            "https://room.example.kr/abc",
        ):
            assert words in shown
        assert "Accept" in client.get(f"/en{page}").text

    def test_accepts_with_one_press(self, client, slot, page):
        assert "수락하셨습니다" in client.post(f"{page}/accept", follow_redirects=True).text
        assert slot.state is SlotState.ACCEPTED
        shown = client.get(page).text
        assert "수락함" in shown and "발표 수락하기" not in shown

    def test_declines_with_a_reason_and_the_link_goes_to_the_stand_by(self, app, client, slot, page):
        stand_by(slot)
        assert "예비 발표자가 대신" in client.get(f"{page}/decline").text
        done = client.post(f"{page}/decline", data={"reason": "출장이 겹쳤습니다."}, follow_redirects=True).text
        assert "발표를 사양하셨습니다" in done
        assert client.get(page).status_code == 410
        [asked] = delivered(app, HANEUL)
        link = next(line for line in asked.text.splitlines() if "/present/" in line)
        assert "김하늘 님의 발표입니다" in client.get(link.removeprefix("http://briefings.example.kr")).text

    def test_who_declined_without_a_stand_by_still_sees_that(self, client, slot, page):
        assert "아직 예비 발표자가 없습니다" in client.get(f"{page}/decline").text
        done = client.post(f"{page}/decline", follow_redirects=True).text
        assert "다시 발표하실 수 있게 되면" in done and "더 열리지 않습니다" not in done
        shown = client.get(page).text
        assert "사양하셨다고 알려 주셨습니다" in shown
        assert "님의 발표입니다" not in shown and "내 발표" not in shown
        assert "이미 사양한 발표입니다" in client.post(f"{page}/accept", follow_redirects=True).text

    def test_hands_over_to_a_colleague(self, app, client, slot, page):
        wrong = client.post(f"{page}/hand-over", data={"name": "최", "email": "daon"}).text
        assert "이름" in wrong and "‘@’가 빠졌습니다" in wrong and 'value="daon"' in wrong
        same = client.post(f"{page}/hand-over", data={"name": "박누리", "email": NURI.upper()}).text
        assert "지금 발표자와 같은 주소입니다" in same
        colleague = {"name": "최다온", "title": "주무관", "email": "daon@example.kr"}
        done = client.post(f"{page}/hand-over", data=colleague, follow_redirects=True)
        assert "동료에게 넘겼습니다" in done.text
        assert (slot.presenter_name, slot.presenter_title, slot.state) == ("최다온", "주무관", SlotState.UNANSWERED)

    def test_who_had_the_talk_before_reads_that_somebody_else_has_it_and_no_more(self, app, client, slot, page):
        colleague = {"name": "최다온", "title": "주무관", "email": "daon@example.kr"}
        client.post(f"{page}/hand-over", data=colleague)
        for address, words in (
            (page, "다른 분이 이 발표를 맡았습니다. 지금 들어와 계시면 사회자에게 알려 주세요."),
            (f"{page}/day", "다른 분이 이 발표를 맡았습니다."),
            (f"/en{page}", 'lang="en"'),
        ):
            told = client.get(address)
            assert told.status_code == 410 and words in told.text
            assert "최다온" not in told.text and slot.need.title not in told.text
        pressed = client.post(f"{page}/accept"), client.get(f"{page}/hand-over"), client.post(f"{page}/decline")
        there = *pressed, client.get(f"{page}/day/now"), client.get(f"{page}/calendar")
        assert all(each.status_code == 410 and "다른 분이" in each.text for each in there), "an older page"
        assert slot.presenter_name == "최다온" and slot.state is SlotState.UNANSWERED
        with app.test_request_context():
            never = token_for("presenter", slot.public_id, 0), token_for("presenter", slot.public_id, 3)
        assert [client.get(f"/present/{token}").status_code for token in never] == [404, 404]
        slot.hand_over("", "", "")
        db.session.commit()
        nobodys = client.get(page)
        assert nobodys.status_code == 410 and "지금은 맡고 계신 발표가 아닙니다" in nobodys.text
        db.session.delete(slot)
        db.session.commit()
        for address in (page, f"{page}/questions"):
            gone = client.get(address)
            assert gone.status_code == 410 and "지금은 맡고 계신 발표가 아닙니다" in gone.text
        assert client.get(f"/present/{never[0]}").status_code == 404

    def test_gets_the_same_invitation_again(self, app, client, page):
        delivered(app, NURI)
        assert "다시 보냈습니다" in client.post(f"{page}/invitation", follow_redirects=True).text
        first, again = delivered(app, NURI)
        assert first.calendar == again.calendar
        assert first.parsed["Message-ID"] != again.parsed["Message-ID"]

    def test_takes_the_slot_along_as_a_file_under_the_same_uid(self, app, client, page):
        [letter] = delivered(app, NURI)
        file = client.get(f"{page}/talk.ics")
        assert letter.facts.uid.encode() in file.data.replace(b"\r\n ", b"")
        assert b"METHOD" not in file.data and b"mailto" not in file.data

    def test_can_only_look_once_it_is_called_off(self, client, briefing, slot, page, now):
        with unit_of_work():
            planning.cancel(briefing, "사정", by=a_user(), now=now)
        assert "발표 수락하기" not in client.get(page).text
        assert "취소되었거나 끝난" in client.post(f"{page}/accept", follow_redirects=True).text
        assert "취소되었거나 끝난" in client.post(f"{page}/decline").text


class TestStaff:
    @pytest.fixture
    def staff(self, client):
        return client.sign_in(a_user(name="김하늘"))

    def test_name_stand_bys_with_an_address(self, staff, briefing, slot):
        page = f"/staff/briefings/{briefing.id}/presenters"
        rows = {f"slots-{n}-slot": each.public_id for n, each in enumerate(briefing.slots)}
        wrong = staff.post(page, data=rows | {"slots-0-standby_name": "김하늘"}).text
        assert "전자우편 주소를 적어 주세요" in wrong and 'value="김하늘"' in wrong
        own = staff.post(page, data=rows | {"slots-0-standby_name": "박", "slots-0-standby_email": NURI}).text
        assert "발표자와 같은 주소입니다" in own and 'value="박"' in own
        named = rows | {"slots-0-standby_name": "김하늘", "slots-0-standby_email": HANEUL}
        assert "예비 발표자를 적었습니다" in staff.post(page, data=named, follow_redirects=True).text
        assert (slot.standby_name, slot.standby_email) == ("김하늘", HANEUL)
        assert "바뀐 내용이 없습니다" in staff.post(page, data=named, follow_redirects=True).text

    def test_note_an_answer_heard_by_telephone(self, staff, briefing, slot):
        act = f"/staff/briefings/{briefing.id}/presenters/{slot.public_id}"
        assert "수락한 것으로 적었습니다" in staff.post(f"{act}/accepted", follow_redirects=True).text
        assert slot.state is SlotState.ACCEPTED
        assert history_of(briefing)[-1].actor_name == "김하늘"

    def test_let_the_stand_by_present(self, app, staff, briefing, slot):
        delivered(app, NURI)
        act = f"/staff/briefings/{briefing.id}/presenters/{slot.public_id}/standby"
        assert "예비 발표자가 없습니다" in staff.post(act, follow_redirects=True).text
        stand_by(slot)
        assert "예비 발표자로 바꾸고" in staff.post(act, follow_redirects=True).text
        assert slot.presenter_email == HANEUL
        assert delivered(app, NURI)[-1].facts.method == "CANCEL"

    def test_read_who_declined_and_why(self, staff, briefing, slot, now):
        with unit_of_work():
            presenters.decline(slot, now, "출장이 겹쳤습니다.")
        shown = staff.get(f"/staff/briefings/{briefing.id}/presenters").text
        assert "사양함" in shown and "출장이 겹쳤습니다." in shown
        place = f"slot-{slot.need_id}"
        assert f'/staff/briefings/{briefing.id}/edit#{place}">다른 발표자 적기' in shown
        assert f'id="{place}"' in staff.get(f"/staff/briefings/{briefing.id}/edit").text
        overview = staff.get(f"/staff/briefings/{briefing.id}").text
        assert "다른 발표자를 찾아 주세요" in overview and "발표 사양: 박누리" in overview

    def test_a_draft_has_nobody_to_chase_and_a_slot_of_elsewhere_is_not_touched(self, staff, briefing):
        draft = a_briefing(state=BriefingState.DRAFT)
        assert "공개하면" in staff.get(f"/staff/briefings/{draft.id}/presenters").text
        assert "발표할 수요가 없습니다" in staff.get(f"/staff/briefings/{a_briefing(needs=0).id}/presenters").text
        other = f"/staff/briefings/{draft.id}/presenters/{briefing.slots[0].public_id}/accepted"
        assert "발표 순서에서 빠진" in staff.post(other, follow_redirects=True).text
