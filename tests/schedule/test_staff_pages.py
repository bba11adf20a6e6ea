"""The staff's pages of matrix and briefings, as staff use them."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import html5lib
import pytest
import time_machine
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule import invitations, planning
from briefings.schedule.forms import rearranged
from briefings.schedule.models import Briefing, BriefingState, Registration, RegistrationState
from briefings.schedule.slots import arrange, slot_for
from tests.builders import BEFORE, a_briefing, a_need, a_theme, a_user, an_audience, an_organization, saved
from tests.client import XHTML, PageClient

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture
def officer(app):
    return a_user(name="이보람")


@pytest.fixture
def desk(client: PageClient, officer) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


def filled(html: str) -> dict[str, object]:
    """What a browser would post from the (one) POST form of the editor, without any button."""
    tree = html5lib.parse(html, treebuilder="etree")
    form = next(form for form in tree.iter(f"{XHTML}form") if "full" in form.get("class", ""))
    values: dict[str, object] = {}
    for element in form.iter():
        tag, name = str(element.tag).removeprefix(XHTML), element.get("name")
        if not name or tag == "button":
            continue
        if tag == "select":
            options = list(element.iter(f"{XHTML}option"))
            value = next((o for o in options if o.get("selected") is not None), options[0]).get("value")
        else:
            value = (element.text or "").removeprefix("\n") if tag == "textarea" else element.get("value", "")
        values[name] = [*values[name], value] if name in values else [value]
    return values


def posted(start: datetime, minutes: int = 90) -> dict[str, list[str]]:
    ends = start + timedelta(minutes=minutes)
    return {
        name: at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M").split()
        for name, at in (("starts_at", start), ("ends_at", ends))
    }


def text_of(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def registered(briefing: Briefing, n: int, state=RegistrationState.CONFIRMED, **given) -> Registration:
    values = {"organization": an_organization(), "name": "김가온", "email": f"person{n}@example.kr"} | given
    waiting = BEFORE + timedelta(minutes=n) if state is RegistrationState.WAITLISTED else None
    return saved(Registration(briefing=briefing, state=state, registered_at=BEFORE, waiting_since=waiting, **values))


def invited(briefing: Briefing, n: int, now: datetime, **given) -> Registration:
    """Somebody registered who has the briefing in their calendar."""
    registration = registered(briefing, n, **given)
    with unit_of_work():
        invitations.invite(registration, now)
    return registration


class TestAccess:
    PATHS = (
        "/staff/matrix",
        "/staff/briefings",
        "/staff/briefings/new",
        "/staff/briefings/{0}",
        "/staff/briefings/{0}/edit",
        "/staff/briefings/{0}/publish",
        "/staff/briefings/{0}/move",
        "/staff/briefings/{0}/cancel",
        "/staff/briefings/{0}/copy",
        "/staff/briefings/{0}/discard",
        "/staff/briefings/{0}/registrations",
    )

    @pytest.mark.parametrize("path", PATHS)
    def test_is_for_staff_only(self, client, path):
        address = path.format(a_briefing().id)
        assert client.get(address).status_code == 302
        assert client.sign_in(a_user(Role.OWNER)).get(address).status_code == 403

    @pytest.mark.parametrize("path", PATHS[3:])
    def test_of_an_unknown_briefing_finds_nothing(self, desk, path):
        assert desk.get(path.format(999999)).status_code == 404

    @pytest.mark.parametrize("path", PATHS)
    def test_looking_changes_nothing(self, desk, path):
        briefing = a_briefing()
        desk.get(path.format(briefing.id))
        db.session.refresh(briefing)
        assert (briefing.state, briefing.changed_at) == (BriefingState.PUBLISHED, BEFORE)
        assert db.session.scalars(select(Message)).all() == []


def planned(need) -> None:
    """Put the need into a briefing of its own."""
    briefing = a_briefing(needs=0)
    with unit_of_work():
        arrange(briefing, [slot_for(need)])


class TestMatrix:
    def test_counts_lead_to_the_needs_behind_them(self, desk):
        need = a_need(title="폐어망 되살림")
        theme, audience = need.themes[0], need.audiences[0]

        page = desk.get("/staff/matrix").text
        assert f'href="/staff/matrix/{theme.id}/{audience.id}"' in page
        assert "폐어망 되살림" in desk.get(f"/staff/matrix/{theme.id}/{audience.id}").text

    def test_says_when_nothing_waits(self, desk):
        assert "지금 설명회를 기다리는 수요가 없습니다" in desk.get("/staff/matrix").text

    def test_shows_planned_needs_only_when_asked(self, desk):
        briefing = a_briefing(needs=1, title="다가오는 설명회")
        address = f"/staff/matrix/{briefing.theme_id}/{briefing.audience_id}"

        assert "기다리는 수요가 없습니다" in desk.get(address).text
        assert "다가오는 설명회" in desk.get(f"{address}?planned=1").text

    def test_knows_no_other_themes(self, desk):
        assert desk.get("/staff/matrix/999999/1").status_code == 404

    def test_costs_the_same_for_one_need_and_for_three(self, desk, count_queries):
        theme, audience = a_theme(), an_audience()
        address = f"/staff/matrix/{theme.id}/{audience.id}?planned=1"
        costs = []
        for more in (1, 2):
            for _ in range(more):
                need = a_need(themes=[theme], audiences=[audience])
                planned(need)
            with count_queries() as sent:
                desk.get("/staff/matrix")
                desk.get(address)
            costs.append(len(sent))
        assert costs[0] == costs[1]


class TestComposing:
    def test_starts_from_the_ticked_needs_with_everything_proposed(self, desk):
        need = a_need(title="폐어망 되살림")
        theme, audience = need.themes[0], need.audiences[0]

        page = desk.get(f"/staff/briefings/new?theme={theme.id}&audience={audience.id}&need={need.id}").text

        assert "이 1건으로 설명회 만들기" in page
        assert f'value="{theme.name} 협업이음 사업설명회"' in page
        assert re.search(r'value="2026-12-16".*?value="14:00"', page, re.DOTALL), "a Wednesday three weeks ahead, 14:00"

    def test_makes_a_draft_and_goes_on_to_its_editor(self, desk, now):
        first, second = a_need(), a_need(contact_name="박누리")
        form = {
            "title": "새 설명회",
            "theme": first.themes[0].id,
            "audience": first.audiences[0].id,
            "capacity": "",
            "needs": [first.id, second.id],
            **posted(now + timedelta(days=30)),
        }

        answer = desk.post(f"/staff/briefings/new?need={first.id}&need={second.id}", data=form)

        made = db.session.scalars(select(Briefing)).one()
        assert answer.location.endswith(f"/staff/briefings/{made.id}/edit")
        assert (made.state, made.capacity) == (BriefingState.DRAFT, None)
        assert [slot.presenter_name for slot in made.slots] == ["", "박누리"]

    def test_keeps_what_was_typed_when_it_is_refused(self, desk, now):
        form = {
            "title": "새 설명회",
            "theme": a_theme().id,
            "audience": an_audience().id,
            **posted(now - timedelta(days=1)),
        }

        page = desk.post("/staff/briefings/new", data=form).text

        assert "시작 일시가 이미 지났습니다" in page
        assert 'value="새 설명회"' in page

    def test_asks_for_an_end_after_the_start(self, desk, now):
        form = {
            "title": "가",
            "theme": a_theme().id,
            "audience": an_audience().id,
            **posted(now + timedelta(days=1), 0),
        }

        assert "‘끝 일시’ 칸은 ‘시작 일시’ 칸보다 뒤여야 합니다" in desk.post("/staff/briefings/new", data=form).text

    def test_passes_over_needs_that_do_not_exist(self, desk):
        page = desk.get("/staff/briefings/new?need=99999999999999999999&need=x&need=-1&theme=x").text
        assert "고른 수요가 없습니다" in page

    def test_copies_an_earlier_briefing(self, desk, now):
        source = a_briefing(needs=2, starts_at=now - timedelta(days=20))
        assert source.title in desk.get(f"/staff/briefings/{source.id}/copy").text

        form = {"title": "올해 두 번째", "with_slots": "y", **posted(now + timedelta(days=30))}
        answer = desk.post(f"/staff/briefings/{source.id}/copy", data=form)

        made = db.session.scalars(select(Briefing).where(Briefing.title == "올해 두 번째")).one()
        assert answer.location.endswith(f"/staff/briefings/{made.id}/edit")
        assert [slot.need_id for slot in made.slots] == [slot.need_id for slot in source.slots]
        again = desk.post(f"/staff/briefings/{source.id}/copy", data=form | posted(now - timedelta(days=20)))
        assert "이미 지났습니다" in again.text


class TestList:
    def test_shows_each_briefing_where_it_stands(self, desk, now):
        a_briefing(title="다가오는 것")
        a_briefing(title="만드는 것", state=BriefingState.DRAFT)
        a_briefing(title="지난 것", starts_at=now - timedelta(days=5))
        a_briefing(title="취소한 것", state=BriefingState.CANCELLED)

        for shelf, title in (
            ("", "다가오는 것"),
            ("draft", "만드는 것"),
            ("over", "지난 것"),
            ("cancelled", "취소한 것"),
        ):
            titles = re.findall(r"\S+ 것(?=</a>)", desk.get(f"/staff/briefings?shelf={shelf}").text)
            assert [words.rpartition(">")[2] for words in titles] == [title]

    def test_names_sign_ups_and_gaps(self, desk):
        briefing = a_briefing(needs=2, capacity=1, room_url="")
        registered(briefing, 1)
        registered(briefing, 2, RegistrationState.WAITLISTED)

        page = text_of(desk.get("/staff/briefings").text)

        assert "1/1명 대기 1명 2건 발표자 정보 2건 빠짐 접속 주소 없음" in page

    def test_says_why_a_shelf_is_empty(self, desk):
        assert "만들고 있는 초안이 없습니다" in desk.get("/staff/briefings?shelf=draft").text

    def test_costs_the_same_for_one_briefing_and_for_three(self, desk, count_queries):
        costs = []
        for more in (1, 2):
            for _ in range(more):
                registered(a_briefing(needs=more), more)
            with count_queries() as sent:
                desk.get("/staff/briefings")
            costs.append(len(sent))
        assert costs[0] == costs[1]

    def test_one_briefing_costs_the_same_with_one_need_and_with_three(self, desk, count_queries):
        costs = []
        for briefing in (a_briefing(needs=1), a_briefing(needs=3)):
            with count_queries() as sent:
                for path in ("", "/edit", "/move", "/cancel", "/copy"):
                    desk.get(f"/staff/briefings/{briefing.id}{path}")
            costs.append(len(sent))
        assert costs[0] == costs[1]


class TestOverview:
    def test_of_a_draft_offers_to_publish_and_says_what_is_in_the_way(self, desk):
        draft = a_briefing(needs=0, state=BriefingState.DRAFT)

        page = desk.get(f"/staff/briefings/{draft.id}").text

        assert f"/staff/briefings/{draft.id}/publish" in page
        assert "발표할 수요가 없습니다." in page

    def test_tells_what_was_done_and_by_whom(self, desk, officer, now):
        briefing = a_briefing(needs=1)
        with unit_of_work():
            planning.cancel(briefing, "발표 기관의 사정", by=officer, now=now)

        page = text_of(desk.get(f"/staff/briefings/{briefing.id}").text)

        assert "취소 : 발표 기관의 사정 2026. 11. 23.(월) 10:00 · 이보람" in page
        assert "2026. 11. 23.(월) 10:00에 취소했습니다" in page


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
        new = a_need(themes=[briefing.theme], contact_name="박누리")
        first, second = (slot.need_id for slot in briefing.slots)
        form = self.open(desk, briefing) | {"add": str(new.id)}

        form = filled(self.press(desk, briefing, form, "add").text)
        assert (form["slots-2-need_id"], form["slots-2-presenter_name"]) == ([str(new.id)], ["박누리"])
        form = filled(self.press(desk, briefing, form, f"remove-{first}").text)
        self.press(desk, briefing, form)

        db.session.refresh(briefing)
        assert [slot.need_id for slot in briefing.slots] == [second, new.id]

    def test_refuses_rows_of_needs_that_do_not_exist(self, desk):
        briefing = a_briefing(needs=1)
        form = self.open(desk, briefing)
        for number in ("999999", "9" * 30, "zwei", ""):
            assert self.press(desk, briefing, form | {"slots-0-need_id": number}).status_code == 400

    @pytest.mark.parametrize("do", ["recalculate", "save", "add", "up-1", "", "up-x"])
    def test_is_not_upset_by_any_number_or_date(self, desk, do):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT)
        for huge in ("9" * 30, "-5", "1e9"):
            typed = {name: huge for name in ("slots-0-talk_minutes", "opening_minutes", "add", "capacity", "theme_id")}
            for year in ("0001", "9999"):
                typed |= {
                    name: [f"{year}-12-31", "23:59"] for name in ("starts_at", "ends_at", "registration_opens_at")
                }
                assert self.press(desk, draft, self.open(desk, draft) | typed, do).status_code == 200

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

    @pytest.mark.parametrize(
        "address", ["ftp://room.example.kr", "https://", "//room.example.kr", "http://[", "https://a b"]
    )
    def test_takes_web_addresses_only(self, desk, address):
        briefing = a_briefing(needs=1)
        page = self.press(desk, briefing, self.open(desk, briefing) | {"room_url": address}).text
        assert "https://로 시작하는 주소를 넣어 주세요" in page

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

    @pytest.mark.parametrize("seen", ["", "gestern", "2026-11-01T00:00:00"])
    def test_refuses_a_broken_mark_of_the_state_seen(self, desk, seen):
        briefing = a_briefing(needs=1)
        page = self.press(desk, briefing, self.open(desk, briefing) | {"seen": seen, "title": "새 제목"}).text
        assert "오래된 화면입니다" in page

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

    def test_asks_again_when_more_is_changed_after_the_preview(self, desk):
        briefing = a_briefing(needs=2)
        form = self.open(desk, briefing) | {"slots-0-presenter_email": "nuri@example.kr"}
        form = filled(self.press(desk, briefing, form).text) | {"slots-1-presenter_email": "haneul@example.kr"}

        page = text_of(self.press(desk, briefing, form).text)

        assert "발표자 2명(홍길동, 홍길동)에게 발표 시각을 알립니다." in page
        assert history_of(briefing) == []

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

    def test_is_closed_for_a_cancelled_briefing(self, desk):
        assert desk.get(f"/staff/briefings/{a_briefing(state=BriefingState.CANCELLED).id}/edit").status_code == 409

    def test_leaves_rows_alone_that_a_button_does_not_name(self):
        rows = {"title": "가", "slots-0-need_id": "5", "slots-0-talk_minutes": "9", "slots-3-need_id": "7"}
        assert rearranged(MultiDict(rows), "up", "5").getlist("slots-0-need_id") == ["5"]
        assert rearranged(MultiDict(rows), "down", "7").getlist("slots-1-need_id") == ["7"]
        assert rearranged(MultiDict(rows), "up", "99").getlist("slots-1-need_id") == ["7"]
        assert rearranged(MultiDict(rows), "twist", "5").getlist("slots-0-talk_minutes") == ["9"]


class TestPublishing:
    def test_shows_what_will_happen_first(self, desk, now):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT, registration_opens_at=now + timedelta(days=1))
        draft.slots[0].presenter_email = "nuri@example.kr"
        db.session.commit()

        page = text_of(desk.get(f"/staff/briefings/{draft.id}/publish").text)

        assert "2026. 11. 24.(화) 10:00부터 신청을 받아" in page
        assert "발표자 1명(홍길동)에게 발표 시각을 알립니다." in page

    def test_publishes_and_says_so(self, desk):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT)

        answer = desk.post(f"/staff/briefings/{draft.id}/publish", follow_redirects=True)

        assert "설명회를 공개했습니다" in answer.text
        assert desk.get(f"/staff/briefings/{draft.id}/publish").status_code == 302

    def test_offers_no_button_while_something_is_in_the_way(self, desk):
        draft = a_briefing(needs=0, state=BriefingState.DRAFT)
        page = desk.get(f"/staff/briefings/{draft.id}/publish").text
        assert "설명회 공개하기" not in page
        assert "아직 공개할 수 없습니다" in page
        assert desk.post(f"/staff/briefings/{draft.id}/publish").status_code == 409


class TestMoving:
    def test_shows_who_gets_what_then_moves(self, desk, now):
        briefing = a_briefing(needs=2)
        invited(briefing, 1, now)
        registered(briefing, 2, RegistrationState.WAITLISTED)
        address = f"/staff/briefings/{briefing.id}/move"
        start = datetime(2026, 12, 12, 14, 0, tzinfo=SEOUL)
        seen = re.search(r'name="seen" type="hidden" value="([^"]+)"', desk.get(address).text)
        form = {"seen": seen[1], **posted(start)}

        page = desk.post(address, data=form).text

        words = text_of(page)
        assert "토요일입니다." in words
        assert "확정된 1명에게 일정 초대를 다시 보냅니다." in words
        assert "대기 중인 1명에게 바뀐 일시를 알립니다." in words
        assert "10:10~10:25 14:10~14:25" in words
        db.session.refresh(briefing)
        assert briefing.sequence == 0

        agreed = re.search(r'name="agreed" type="hidden" value="([^"]+)"', page)[1]
        assert desk.post(address, data=form | {"agreed": agreed}).location.endswith(f"/staff/briefings/{briefing.id}")
        db.session.refresh(briefing)
        assert (briefing.starts_at, briefing.sequence) == (start, 1)

    def test_asks_again_for_yet_another_time(self, desk, now):
        briefing = a_briefing(needs=1)
        form = {
            "seen": BEFORE.isoformat(),
            "agreed": "2026. 12. 12.(토) 14:00~15:30",
            **posted(now + timedelta(days=20)),
        }

        assert "이 일시로 옮기시겠습니까?" in desk.post(f"/staff/briefings/{briefing.id}/move", data=form).text

    def test_says_at_the_field_why_not(self, desk, now):
        briefing = a_briefing(needs=1)
        address = f"/staff/briefings/{briefing.id}/move"
        same = {"seen": BEFORE.isoformat(), **posted(briefing.starts_at)}

        assert "지금과 같은 일시입니다" in desk.post(address, data=same).text
        assert "이미 지났습니다" in desk.post(address, data=same | posted(now - timedelta(days=1))).text

    def test_names_a_quicker_change_only_where_it_matters(self, desk, officer, now):
        briefing = a_briefing(needs=1)
        with unit_of_work():
            planning.reschedule(
                briefing, (now + timedelta(days=7), now + timedelta(days=7, hours=1)), seen=BEFORE, by=officer, now=now
            )
        wanted = posted(now + timedelta(days=20))
        agreed = "2026. 12. 13.(일) 10:00~11:30"

        page = desk.post(
            f"/staff/briefings/{briefing.id}/move", data={"seen": BEFORE.isoformat(), "agreed": agreed, **wanted}
        ).text

        assert "먼저 바꾸었습니다: 일시 변경" in page

    def test_is_closed_once_the_briefing_is_over(self, desk, now):
        over = a_briefing(needs=1, starts_at=now - timedelta(days=2))
        assert desk.get(f"/staff/briefings/{over.id}/move").status_code == 409


class TestCallingOff:
    def test_needs_a_reason_and_says_who_will_be_told(self, desk, now):
        briefing = a_briefing(needs=1)
        invited(briefing, 1, now)
        address = f"/staff/briefings/{briefing.id}/cancel"

        assert "확정된 1명에게 취소를 알리고 달력에서 일정을 지웁니다." in desk.get(address).text
        assert "취소 사유를 입력해 주세요" in desk.post(address, data={"reason": " "}).text
        reason = "발표 기관의 사정"
        page = desk.post(address, data={"reason": reason}).text
        assert "보낸 사람" in page and page.count(reason) > 1 and "설명회를 취소하고 알리기" in page
        other = desk.post(address, data={"reason": "접속 장애", "agreed": reason})
        assert "설명회를 취소하고 알리기" in other.text and history_of(briefing) == []
        answer = desk.post(address, data={"reason": reason, "agreed": reason}, follow_redirects=True)
        assert "설명회를 취소하고 모두에게 알렸습니다" in answer.text
        assert desk.get(address).status_code == 409

    def test_deletes_a_draft_after_asking(self, desk):
        draft = a_briefing(needs=1, state=BriefingState.DRAFT)
        address = f"/staff/briefings/{draft.id}/discard"

        assert "다시 편성을 기다립니다" in desk.get(address).text
        answer = desk.post(address, follow_redirects=True)
        assert "초안을 지웠습니다" in answer.text
        assert desk.get(address).status_code == 404
        assert desk.post(f"/staff/briefings/{a_briefing().id}/discard").status_code == 409
