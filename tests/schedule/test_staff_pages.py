"""The staff's pages of matrix and briefings, as staff use them; the editor has a file of its own."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule import editing, planning
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registering import cancel
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.slots import arrange, plan_of, slot_for
from tests.builders import BEFORE, a_briefing, a_need, a_theme, a_user, an_audience
from tests.client import PageClient
from tests.schedule.desk import SEOUL, filled, invited, posted, registered, text_of


@pytest.fixture
def officer(app):
    return a_user(name="이보람")


@pytest.fixture
def desk(client: PageClient, officer) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


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

    def test_is_for_staff_only(self, client):
        number = a_briefing().id
        for path in self.PATHS:
            assert client.get(path.format(number)).status_code == 302, path
        client.sign_in(a_user(Role.OWNER))
        for path in self.PATHS:
            assert client.get(path.format(number)).status_code == 403, path

    def test_of_an_unknown_briefing_finds_nothing(self, desk):
        for path in self.PATHS[3:]:
            assert desk.get(path.format(999999)).status_code == 404, path

    def test_looking_changes_nothing(self, desk):
        briefing = a_briefing()
        for path in self.PATHS:
            desk.get(path.format(briefing.id))
            db.session.refresh(briefing)
            assert (briefing.state, briefing.changed_at) == (BriefingState.PUBLISHED, BEFORE), path
            assert db.session.scalars(select(Message)).all() == [], path


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

        assert "1/1명 대기 1명 2건 발표자 정보 2건 빠짐 발표자료 2건 빠짐 접속 주소 없음" in page

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
            page = f"/staff/briefings/{briefing.id}"
            with count_queries() as sent:
                for path in ("", "/edit", "/move", "/cancel", "/copy"):
                    desk.get(f"{page}{path}")
            # What a preview undoes is forgotten with its transaction, which in a test goes on.
            costs.append(sum("content_version" not in str(each) for each in sent))
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

        address = f"/staff/briefings/{draft.id}/publish"
        form = filled(desk.get(address).text)

        assert "설명회를 공개했습니다" in desk.post(address, data=form, follow_redirects=True).text
        assert desk.get(address).status_code == 302
        again = text_of(desk.post(address, data=form, follow_redirects=True).text)
        assert "먼저 바꾸었습니다: 공개. 지금 내용을 확인해 주세요." in again

    def test_publishes_nothing_but_what_was_looked_at(self, desk, officer, now):
        draft = a_briefing(needs=2, state=BriefingState.DRAFT, title="다 쓴 설명회")
        address = f"/staff/briefings/{draft.id}/publish"
        form, details = filled(desk.get(address).text), replace(editing.details_of(draft), title="아직 쓰는 설명회")
        left = {"seen": draft.changed_at, "by": officer, "now": now + timedelta(minutes=1)}
        with unit_of_work():
            editing.edit(draft, details, plan_of(draft).slots[1:], **left)

        for stale in (form, {}):
            shown = desk.post(address, data=stale).text
            assert draft.state is BriefingState.DRAFT
        assert "오래된 화면입니다" in shown or "먼저 바꾸었습니다" in shown
        assert "이보람 님이 2026. 11. 23.(월) 10:01에 먼저 바꾸었습니다: 제목" in desk.post(address, data=form).text
        assert "설명회를 공개했습니다" in desk.post(address, data=filled(shown), follow_redirects=True).text

    def test_offers_no_button_while_something_is_in_the_way(self, desk):
        draft = a_briefing(needs=0, state=BriefingState.DRAFT)
        page = desk.get(f"/staff/briefings/{draft.id}/publish").text
        assert "설명회 공개하기" not in page
        assert "아직 공개할 수 없습니다" in page
        refused = desk.post(f"/staff/briefings/{draft.id}/publish", data=filled(page)).text
        assert "발표할 수요가 없습니다. 고친 뒤에 공개해 주세요." in refused


class TestMoving:
    def test_so_near_that_registration_would_be_over_is_said_beforehand(self, desk, now):
        briefing = a_briefing(needs=1, registration_closes_at=now + timedelta(days=1))
        address, seen = f"/staff/briefings/{briefing.id}/move", {"seen": briefing.changed_at.isoformat()}
        words = "새 신청 마감이 이미 지난 때라 옮기면 신청을 더 받지 않습니다."
        earlier = briefing.starts_at - timedelta(hours=12)

        assert words not in text_of(desk.post(address, data=posted(earlier) | seen).text)
        assert words in text_of(desk.post(address, data=posted(earlier - timedelta(days=1)) | seen).text)

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


def test_a_full_briefing_reads_the_same_for_staff_and_for_everybody(client: PageClient, now):
    free = a_briefing(capacity=9, title="빈 설명회")
    full = a_briefing(capacity=1, title="가득한 설명회", starts_at=free.starts_at + timedelta(days=1))
    place = registered(full, 1)
    month = f"/briefings/calendar?month={full.starts_at:%Y-%m}"
    public = ["/", "/search?q=설명회", "/briefings", month, f"/briefings/{full.public_id}"]
    waits = "대기 신청 받는 중"
    for path in (*public, f"/r/{token_of(place)}"):
        assert waits in text_of(client.get(path).text), path
    assert waits not in client.get(f"/briefings/{free.public_id}").text
    desk = client.sign_in(a_user())
    for path in ("/staff/", "/staff/briefings", f"/staff/briefings/{full.id}"):
        assert text_of(desk.get(path).text).count(waits) == 1, path
    assert waits not in desk.get(f"/staff/briefings/{free.id}").text
    # The page of the month is kept, and made anew when a place becomes free.
    anybody = PageClient(client.application)
    assert waits in text_of(anybody.get(month).text)
    with unit_of_work():
        cancel(place, now)
    assert waits not in text_of(anybody.get(month).text)
