"""The editor of a briefing: its form, its order, what it refuses and what it keeps of the typing."""

from datetime import datetime, timedelta

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.files.models import StoredFile
from briefings.schedule import materials, presenters
from briefings.schedule.editor_forms import rearranged
from briefings.schedule.models import BriefingState, SlotState, Visibility
from briefings.schedule.registration_models import RegistrationState
from tests.builders import BEFORE, a_briefing, a_need, a_user
from tests.client import PageClient
from tests.files import samples
from tests.schedule.desk import SEOUL, filled, invited, posted, registered, text_of


@pytest.fixture
def officer(app):
    return a_user(name="이보람")


@pytest.fixture
def desk(client: PageClient, officer) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


class TestEditor:
    def open(self, desk, briefing) -> dict[str, object]:
        return filled(desk.get(f"/staff/briefings/{briefing.id}/edit").text)

    def press(self, desk, briefing, form, do="save"):
        return desk.post(f"/staff/briefings/{briefing.id}/edit", data=form | {"do": do})

    def test_saves_everything_on_the_page_at_once(self, desk, now):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT)
        form = self.open(desk, draft) | {
            "title": "고친 제목",
            "capacity": "120",
            "room_note": "전화 044-123-4567",
            "opening_minutes": "5",
            "slots-0-presenter_email": "nuri@example.kr",
            "slots-1-talk_minutes": "20",
            **posted(now + timedelta(days=11)),
        }

        answer = self.press(desk, draft, form)

        assert answer.location.endswith(f"/staff/briefings/{draft.id}")
        db.session.refresh(draft)
        assert (draft.title, draft.capacity, draft.starts_at) == ("고친 제목", 120, now + timedelta(days=11))
        assert [(slot.talk_minutes, slot.presenter_email) for slot in draft.slots] == [(9, "nuri@example.kr"), (20, "")]

    def test_of_an_untouched_page_changes_nothing(self, desk):
        briefing = a_briefing(needs=2)

        self.press(desk, briefing, self.open(desk, briefing))

        assert "바뀐 내용이 없습니다" in desk.get(f"/staff/briefings/{briefing.id}").text
        assert history_of(briefing) == []

    def test_asks_once_whose_themes_the_reader_has_and_nothing_about_nothing(self, desk, count_queries):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT)
        form = self.open(desk, draft)
        for do in ("look", "save"):
            with count_queries() as sent:
                self.press(desk, draft, form, do)
            assert len([each for each in sent if "officer_themes" in each]) == 1, do
            assert not [each for each in sent if "1!=1" in each], do  # one of an empty list

    def test_rearranges_without_saving_and_keeps_what_was_typed(self, desk):
        briefing = a_briefing(needs=3)
        first, second, third = (slot.need_id for slot in briefing.slots)
        form = self.open(desk, briefing) | {"title": "치던 제목", "slots-2-talk_minutes": "두 배"}

        page = self.press(desk, briefing, form, f"up-{third}").text

        typed = filled(page)
        assert [typed[f"slots-{n}-need_id"] for n in range(3)] == [[str(first)], [str(third)], [str(second)]]
        assert (typed["title"], typed["slots-1-talk_minutes"]) == (["치던 제목"], ["두 배"])
        assert "아직 저장하지 않았습니다" in page
        db.session.refresh(briefing)
        assert [slot.need_id for slot in briefing.slots] == [first, second, third]

    def test_computes_the_times_from_the_minutes_as_typed(self, desk):
        briefing = a_briefing(needs=2, starts_at=datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL))
        form = self.open(desk, briefing) | {"slots-0-talk_minutes": "64"}

        page = text_of(self.press(desk, briefing, form, "recalculate").text)

        assert "15:20~15:35" in page
        assert "발표가 15:35에 끝납니다. 설명회는 15:30까지라 5분 넘칩니다" in page
        assert "발표 순서가 설명회보다 5분 깁니다" in page

    def test_puts_another_need_in_and_takes_one_out(self, desk):
        briefing = a_briefing(needs=2, state=BriefingState.DRAFT)
        new = a_need(themes=[briefing.theme], contact_name="박누리", department="자원순환과")
        first, second = (slot.need_id for slot in briefing.slots)
        form = self.open(desk, briefing) | {"add": str(new.id)}

        page = self.press(desk, briefing, form, "add").text
        form = filled(page)
        assert (form["slots-2-need_id"], form["slots-2-presenter_name"]) == ([str(new.id)], ["박누리"])
        # The contact's department is all that is known of their place: it stands where departments may stand.
        assert '<label for="slots-2-presenter_title">부서·직위</label>' in page
        assert form["slots-2-presenter_title"] == ["자원순환과"]
        form = filled(self.press(desk, briefing, form, f"remove-{first}").text)
        self.press(desk, briefing, form)

        db.session.refresh(briefing)
        assert [slot.need_id for slot in briefing.slots] == [second, new.id]

    def test_refuses_rows_of_needs_that_do_not_exist(self, desk):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing)
        for number in ("999999", "9" * 30, "zwei", ""):
            assert self.press(desk, briefing, form | {"slots-0-need_id": number}).status_code == 400

    def test_is_not_upset_by_any_number_or_date(self, desk):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT)
        form = self.open(desk, draft)
        for huge, year in (("9" * 30, "0001"), ("-5", "9999"), ("1e9", "0001")):
            typed = {name: huge for name in ("slots-0-talk_minutes", "opening_minutes", "add", "capacity", "theme_id")}
            typed |= {name: [f"{year}-12-31", "23:59"] for name in ("starts_at", "ends_at", "registration_opens_at")}
            for do in ("recalculate", "save", "add", "up-1", "", "up-x"):
                assert self.press(desk, draft, form | typed, do).status_code == 200, (huge, do)

    def test_says_at_the_field_what_is_wrong(self, desk):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing) | {
            "title": "",
            "room_url": "javascript:alert(1)",
            "capacity": "0",
            "slots-0-talk_minutes": "",
            "registration_closes_at": ["2026-10-31", "10:00"],
        }

        page = text_of(self.press(desk, briefing, form).text)

        for words in (
            "제목을 입력해 주세요",
            "https://로 시작하는 주소를 넣어 주세요",
            "1부터 100000까지의 숫자로 적어 주세요",
            "발표(분)를 입력해 주세요",
            "‘신청 마감’ 칸은 ‘신청 시작’ 칸보다 뒤여야 합니다",
        ):
            assert words in page

    def test_takes_web_addresses_only(self, desk):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing)
        for address in ("ftp://room.example.kr", "https://", "//room.example.kr", "http://[", "https://a b"):
            page = self.press(desk, briefing, form | {"room_url": address}).text
            assert "https://로 시작하는 주소를 넣어 주세요" in page, address

    def test_refuses_a_capacity_below_the_confirmed_places_at_its_field(self, desk):
        briefing = a_briefing(needs=1)
        for n in range(3):
            registered(briefing, n)

        page = self.press(desk, briefing, self.open(desk, briefing) | {"capacity": "2"}).text

        assert 'id="capacity-error">이미 3명이 확정되었습니다' in page

    def test_names_the_change_of_a_quicker_colleague_and_keeps_the_typing(self, desk, officer, now):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing) | {"description": "늦은 소개"}
        with time_machine.travel(now + timedelta(minutes=3), tick=False):
            self.press(
                desk, briefing, filled(desk.get(f"/staff/briefings/{briefing.id}/edit").text) | {"moderator": "윤다온"}
            )
        with time_machine.travel(now + timedelta(minutes=5), tick=False):
            refused = self.press(desk, briefing, form).text
            assert "이보람 님이 2026. 11. 23.(월) 10:03에 먼저 바꾸었습니다: 사회자 ‘윤다온’" in refused
            assert filled(refused)["description"] == ["늦은 소개"]

            self.press(desk, briefing, filled(refused))

        db.session.refresh(briefing)
        assert briefing.description == "늦은 소개"

    def test_refuses_a_broken_mark_of_the_state_seen(self, desk):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing)
        for seen in ("", "gestern", "2026-11-01T00:00:00"):
            page = self.press(desk, briefing, form | {"seen": seen, "title": "새 제목"}).text
            assert "오래된 화면입니다" in page, seen

    def test_shows_who_will_hear_of_it_before_a_published_briefing_is_saved(self, desk, now):
        briefing = a_briefing(needs=2, capacity=1)
        invited(briefing, 1, now)
        registered(briefing, 2, RegistrationState.WAITLISTED)
        form = self.open(desk, briefing) | {
            "title": "새 제목",
            "capacity": "5",
            "slots-1-presenter_email": "nuri@example.kr",
        }

        page = self.press(desk, briefing, form).text

        words = text_of(page)
        assert "발표자 1명(홍길동)에게 발표 시각을 알립니다." in words
        assert "대기하던 1명이 확정되고, 일정 초대를 받습니다." in words
        assert "명의 달력에 새 제목을 보냅니다." in words
        db.session.refresh(briefing)
        assert briefing.capacity == 1

        self.press(desk, briefing, filled(page))
        db.session.refresh(briefing)
        assert (briefing.title, briefing.capacity) == ("새 제목", 5)

    @pytest.mark.parametrize("state", [BriefingState.DRAFT, BriefingState.PUBLISHED])
    def test_says_first_that_slides_go_with_their_need(self, desk, officer, now, state):
        briefing = a_briefing(needs=2, state=state)
        first, second = briefing.slots
        first.need.title = "폐어망 되살림"
        db.session.commit()

        def hand_in(name):
            with unit_of_work():
                materials.hand_in(first, name, samples.a_pdf(name.encode()), now, officer)

        hand_in("발표.pdf")
        hand_in("부록.pdf")
        form = filled(self.press(desk, briefing, self.open(desk, briefing), f"remove-{first.need_id}").text)
        page = self.press(desk, briefing, form).text
        assert "‘폐어망 되살림’의 발표자료 2개도 지워집니다." in page
        assert "저장하면 되돌릴 수 없습니다" in page and "저장하고 알리기" not in page
        hand_in("늦은 부록.pdf")
        page = self.press(desk, briefing, filled(page)).text
        assert "발표자료 3개도 지워집니다" in page
        assert db.session.query(StoredFile).count() == 3
        assert self.press(desk, briefing, filled(page)).status_code == 302
        assert (db.session.query(StoredFile).count(), briefing.slots) == (0, [second])

    def test_asks_again_when_more_is_changed_after_the_preview(self, desk):
        briefing = a_briefing(needs=2)
        form = self.open(desk, briefing) | {"slots-0-presenter_email": "nuri@example.kr"}
        form = filled(self.press(desk, briefing, form).text) | {"slots-1-presenter_email": "haneul@example.kr"}

        page = text_of(self.press(desk, briefing, form).text)

        assert "발표자 2명(홍길동, 홍길동)에게 발표 시각을 알립니다." in page
        assert history_of(briefing) == []

    def test_takes_visibility_and_the_due_date_of_slides(self, desk):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT, starts_at=datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL))
        page = desk.get(f"/staff/briefings/{draft.id}/edit").text
        assert "지금 일시로는 2026. 11. 25.(수) 14:00 까지입니다" in text_of(page)

        self.press(desk, draft, filled(page) | {"visibility": "unlisted", "materials_due_at": ["2026-12-01", "18:00"]})

        db.session.refresh(draft)
        assert draft.visibility is Visibility.UNLISTED
        assert draft.materials_due_at == datetime(2026, 12, 1, 18, 0, tzinfo=SEOUL)
        shown = text_of(desk.get(f"/staff/briefings/{draft.id}").text)
        assert "주소를 아는 사람만" in shown and "2026. 12. 1.(화) 18:00" in shown

    def test_moves_a_published_briefing_and_says_that_the_window_stays(self, desk, now):
        briefing = a_briefing(needs=1, starts_at=datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL))
        invited(briefing, 1, now)
        form = self.open(desk, briefing) | posted(briefing.starts_at + timedelta(days=7))

        page = self.press(desk, briefing, form).text

        words = text_of(page)
        assert "일시를 옮겼지만 신청 마감은 2026. 12. 9.(수) 13:00 그대로입니다." in words
        assert "확정된 1명에게 일정 초대를 다시 보냅니다." in words
        self.press(desk, briefing, filled(page))
        db.session.refresh(briefing)
        assert (briefing.starts_at, briefing.sequence) == (datetime(2026, 12, 16, 14, 0, tzinfo=SEOUL), 1)

    def test_keeps_moments_exact_that_it_shows_to_the_minute(self, desk):
        opened = BEFORE + timedelta(seconds=33)
        briefing = a_briefing(needs=1, registration_opens_at=opened)
        self.press(desk, briefing, self.open(desk, briefing) | {"moderator": "윤다온"})
        db.session.refresh(briefing)
        assert (briefing.moderator, briefing.registration_opens_at) == ("윤다온", opened)

    def test_leaves_a_presenter_alone_who_handed_over_meanwhile(self, desk, now):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing) | {"moderator": "윤다온"}
        with unit_of_work():
            presenters.hand_over(briefing.slots[0], "최다온", "과장", "daon@example.kr", now)

        page = self.press(desk, briefing, form)

        assert page.status_code == 302
        db.session.refresh(briefing)
        assert (briefing.moderator, briefing.slots[0].presenter_email) == ("윤다온", "daon@example.kr")

    def test_asks_again_where_staff_wrote_another_presenter_down_meanwhile(self, desk, now):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing) | {"slots-0-presenter_name": "오우리"}
        with unit_of_work():
            presenters.hand_over(briefing.slots[0], "최다온", "과장", "daon@example.kr", now)

        page = self.press(desk, briefing, form).text

        assert "그사이 최다온 님으로 바뀌었습니다. 입력한 내용은 그대로 두었습니다" in page
        self.press(desk, briefing, filled(self.press(desk, briefing, filled(page)).text))
        db.session.refresh(briefing)
        assert briefing.slots[0].presenter_name == "오우리"

    def test_changes_nothing_about_a_presenter_who_was_erased(self, desk):
        briefing = a_briefing(needs=1)
        [slot] = briefing.slots
        slot.presenter_name, slot.presenter_title, slot.presenter_email = "발표자", "", "erased-7a@invalid"
        slot.state = SlotState.DECLINED
        db.session.commit()
        form = self.open(desk, briefing)
        assert form["slots-0-presenter_email"] == [""]

        assert self.press(desk, briefing, form | {"moderator": "윤다온"}).status_code == 302

        db.session.refresh(briefing)
        assert (briefing.moderator, slot.presenter_email, slot.state) == ("윤다온", "erased-7a@invalid", "declined")
        assert "다시 부탁하기" not in desk.get(f"/staff/briefings/{briefing.id}/presenters").text
        desk.post(f"/staff/briefings/{briefing.id}/presenters/{slot.public_id}/again")
        db.session.refresh(slot)
        assert slot.state == "declined"

    @pytest.mark.parametrize("seen", ["", "null", "[1", '["가", "나"]', "7"])
    def test_is_not_upset_by_a_broken_mark_of_the_presenter_seen(self, desk, seen):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing) | {"slots-0-seen": seen, "moderator": "윤다온"}
        assert self.press(desk, briefing, form).status_code == 302

    def test_shows_a_presenter_in_two_places_and_does_not_save_it(self, desk):
        there, here = a_briefing(title="저쪽 설명회"), a_briefing(state=BriefingState.DRAFT)
        there.slots[0].presenter_email = "busy@example.kr"
        db.session.commit()
        form = self.open(desk, here) | {"slots-0-presenter_email": "busy@example.kr"}

        assert "발표자가 겹칩니다" in self.press(desk, here, form, "recalculate").text
        assert "‘저쪽 설명회’에서도 발표합니다. 시각이나 발표자를 바꿔 주세요" in self.press(desk, here, form).text
        db.session.refresh(here)
        assert here.slots[0].presenter_email == ""

    def test_of_an_over_briefing_takes_the_replay_address(self, desk, now):
        over = a_briefing(needs=1, starts_at=now - timedelta(days=3))
        form = self.open(desk, over) | {"replay_url": "https://replay.example.kr/3"}

        self.press(desk, over, form)

        db.session.refresh(over)
        assert over.replay_url == "https://replay.example.kr/3"

    def test_takes_another_time_for_a_draft_whose_own_went_by(self, desk, now):
        late = a_briefing(needs=2, state=BriefingState.DRAFT, starts_at=now - timedelta(days=3))
        opens = {"registration_opens_at": ["2026-11-23", "09:00"], "registration_closes_at": ["2026-12-01", "18:00"]}
        form = self.open(desk, late) | posted(now + timedelta(days=20)) | opens | {"slots-0-talk_minutes": "20"}

        self.press(desk, late, form)

        db.session.refresh(late)
        assert (late.starts_at, late.slots[0].talk_minutes) == (now + timedelta(days=20), 20)

    def test_is_closed_for_a_cancelled_briefing(self, desk):
        assert desk.get(f"/staff/briefings/{a_briefing(state=BriefingState.CANCELLED).id}/edit").status_code == 409

    def test_leaves_rows_alone_that_a_button_does_not_name(self):
        rows = {"title": "가", "slots-0-need_id": "5", "slots-0-talk_minutes": "9", "slots-3-need_id": "7"}
        assert rearranged(MultiDict(rows), "up", "5").getlist("slots-0-need_id") == ["5"]
        assert rearranged(MultiDict(rows), "down", "7").getlist("slots-1-need_id") == ["7"]
        assert rearranged(MultiDict(rows), "up", "99").getlist("slots-1-need_id") == ["7"]
        assert rearranged(MultiDict(rows), "twist", "5").getlist("slots-0-talk_minutes") == ["9"]
