"""What staff are asked to look at again, wherever a briefing is shown, thought of or about to change."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.db import db
from briefings.needs.models import NeedState
from briefings.schedule.availability import Availability
from briefings.schedule.doubts import shared_needs, warnings
from briefings.schedule.models import BriefingState, PresenterSlot
from briefings.schedule.slots import SlotPlan, plan_of
from tests.builders import BEFORE, a_briefing, a_user, saved
from tests.schedule.desk import posted, text_of

pytestmark = pytest.mark.usefixtures("app")
SEOUL = ZoneInfo("Asia/Seoul")
NURI = "nuri@example.kr"
START = datetime(2026, 12, 9, 14, 0, tzinfo=SEOUL)


def a_plan(start: datetime = START, **given):
    slots = {"slots": (SlotPlan(1, "폐어망", 9, 6, "박누리", "과장", NURI),)}
    return replace(plan_of(a_briefing(needs=0, starts_at=start)), **slots | given)


def presented(minutes: int = 0, **given):
    """A briefing with one slot of NURI, so many minutes after the other's 14:10 slot begins; it opens at once."""
    made = a_briefing(needs=1, starts_at=START + timedelta(minutes=minutes), opening_minutes=0, **given)
    made.slots[0].presenter_name, made.slots[0].presenter_email = "박누리", NURI
    db.session.commit()
    return made


def test_there_are_none_about_a_sound_programme():
    assert warnings(a_plan(), SEOUL) == []


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (datetime(2026, 12, 12, 14, 0, tzinfo=SEOUL), ["토요일입니다."]),
        (datetime(2026, 12, 25, 14, 0, tzinfo=SEOUL), ["공휴일입니다: 기독탄신일."]),
        (datetime(2027, 10, 3, 14, 0, tzinfo=SEOUL), ["공휴일입니다: 개천절.", "일요일입니다."]),
        (datetime(2026, 12, 9, 8, 30, tzinfo=SEOUL), ["업무 시간(09:00~18:00) 밖에 걸쳐 있습니다."]),
        (datetime(2026, 12, 9, 17, 0, tzinfo=SEOUL), ["업무 시간(09:00~18:00) 밖에 걸쳐 있습니다."]),
    ],
)
def test_an_unusual_time_is_named(start, words):
    assert warnings(a_plan(start), SEOUL) == words


def test_what_is_missing_and_what_does_not_fit_is_named():
    sound = a_plan(
        room_url="", registration_closes_at=START + timedelta(minutes=5), materials_due_at=START + timedelta(1)
    )
    slot = sound.slots[0]
    slots = (replace(slot, presenter_name=""), replace(slot, presenter_email=""), replace(slot, talk_minutes=100))
    assert warnings(replace(sound, slots=slots), SEOUL) == [
        "신청 마감이 시작보다 늦습니다. 시작한 뒤에도 신청을 받습니다.",
        "발표자료 기한이 시작보다 늦습니다.",
        "발표 순서가 설명회보다 56분 깁니다.",
        "1번째 발표의 발표자가 비어 있습니다: ‘폐어망’",
        "2번째 발표자 박누리 님의 전자우편이 없어 안내를 보낼 수 없습니다.",
        "접속 주소가 비어 있습니다. 시작 전까지 넣어 주세요.",
    ]


class TestOtherBriefings:
    def test_for_the_same_audience_at_the_same_time(self):
        other = a_briefing(needs=0, starts_at=START + timedelta(minutes=80), title="옆 설명회")
        after = a_briefing(needs=0, starts_at=START + timedelta(minutes=170), audience=other.audience)
        gone = {"starts_at": START, "audience": other.audience, "state": BriefingState.CANCELLED}
        a_briefing(needs=0, **gone)
        assert warnings(a_plan(audience_id=other.audience_id), SEOUL) == [
            "대상이 같은 ‘옆 설명회’도 같은 시간에 열립니다."
        ]
        assert "같은 시간" not in " ".join(warnings(plan_of(after), SEOUL))

    def test_with_the_same_organization_at_the_same_time(self):
        other = a_briefing(needs=1, starts_at=START, title="옆 설명회")
        need = other.slots[0].need
        ours = a_plan(slots=(SlotPlan(need.id, need.title, 9, 6, "박누리", "", NURI),))
        words = f"{need.organization.name} 소속이 같은 시간에 ‘옆 설명회’에서도 발표합니다."
        assert warnings(ours, SEOUL) == [words]
        other.slots[0].presenter_email = NURI
        db.session.commit()
        assert warnings(ours, SEOUL) == [], "one person twice is a clash, which is refused"

    @pytest.mark.parametrize(
        ("minutes", "gap"),
        [(25, 0), (39, 14), (40, None), (-5, 0), (-19, 14), (-20, None)],
    )
    def test_that_leave_a_presenter_too_little_time_between(self, minutes, gap):
        presented(minutes, title="옆 설명회")
        said = f"박누리 님은 ‘옆 설명회’에서도 발표합니다. 그 사이가 {gap}분입니다."
        assert warnings(a_plan(), SEOUL) == ([] if gap is None else [said])

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (30, ["사회자 윤다온 님은 같은 시간에 ‘옆 설명회’의 사회도 봅니다."]),
            (95, ["사회자 윤다온 님은 ‘옆 설명회’의 사회도 봅니다. 그 사이가 5분입니다."]),
            (-100, ["사회자 윤다온 님은 ‘옆 설명회’의 사회도 봅니다. 그 사이가 10분입니다."]),
            (110, []),
        ],
    )
    def test_with_the_same_moderator(self, minutes, words):
        a_briefing(needs=0, starts_at=START + timedelta(minutes=minutes), title="옆 설명회", moderator="윤다온 ")
        assert warnings(a_plan(moderator="윤다온"), SEOUL) == words
        assert warnings(a_plan(moderator="한결"), SEOUL) == []


def test_what_a_presenter_said_of_the_time_is_heeded():
    given = {"email": NURI, "said_at": BEFORE}
    saved(Availability(starts_at=START, ends_at=START + timedelta(hours=1), possible=False, **given))
    saved(Availability(starts_at=START + timedelta(7), ends_at=START + timedelta(8), possible=True, **given))
    assert warnings(a_plan(), SEOUL) == ["박누리 님은 이 시간에 발표하기 어렵다고 답했습니다."]
    for start in (START + timedelta(hours=1), START + timedelta(days=7)):
        assert warnings(a_plan(start), SEOUL) == []


def test_what_a_presenter_said_of_the_very_start_counts_before_what_overlaps_it():
    """Times an hour apart overlap, because each is kept as long as the longest briefing."""
    for hours, possible in ((-1, False), (0, True)):
        start = START + timedelta(hours=hours)
        ends_at = start + timedelta(minutes=110)
        saved(Availability(email=NURI, said_at=BEFORE, starts_at=start, ends_at=ends_at, possible=possible))
    assert warnings(a_plan(), SEOUL) == []
    earlier = a_plan(START - timedelta(hours=1))
    assert warnings(earlier, SEOUL) == ["박누리 님은 이 시간에 발표하기 어렵다고 답했습니다."]


def test_the_same_is_said_on_every_page_about_a_briefing(client):
    desk = client.sign_in(a_user())
    christmas = datetime(2026, 12, 25, 14, 0, tzinfo=SEOUL)
    words = "공휴일입니다: 기독탄신일."
    draft = a_briefing(needs=1, starts_at=christmas, state=BriefingState.DRAFT)
    published = a_briefing(needs=1, starts_at=START)
    for page in ("", "/edit", "/publish"):
        assert words in text_of(desk.get(f"/staff/briefings/{draft.id}{page}").text), page
    move = posted(christmas) | {"seen": published.changed_at.isoformat()}
    assert words in text_of(desk.post(f"/staff/briefings/{published.id}/move", data=move).text)


class TestNeedsThatStandElsewhereToo:
    def test_are_named_with_every_coming_briefing_or_draft_but_none_that_is_past_or_called_off(self):
        ours = a_briefing(needs=2, starts_at=START, state=BriefingState.DRAFT)
        others = [
            a_briefing(needs=0, starts_at=START + timedelta(days=days), title=title, state=state)
            for days, title, state in (
                (3, "두 번째", BriefingState.PUBLISHED),
                (1, "첫 번째", BriefingState.DRAFT),
                (-2, "지난 설명회", BriefingState.PUBLISHED),
                (2, "취소한 설명회", BriefingState.CANCELLED),
            )
        ]
        ids = [slot.need_id for slot in ours.slots]
        for other in others:
            for position, need_id in enumerate(reversed(ids), 1):
                other.slots.append(PresenterSlot(need_id=need_id, position=position))
        db.session.commit()
        found = shared_needs(ids, START - timedelta(days=1), ours.id)
        titles = [slot.need.title for slot in reversed(ours.slots)]
        assert [(each.other.title, each.needs) for each in found] == [("첫 번째", titles), ("두 번째", titles)]
        assert shared_needs([], START) == []

    def test_are_said_with_a_link_where_a_briefing_is_looked_at_and_made(self, client):
        desk = client.sign_in(a_user())
        ours = a_briefing(needs=1, starts_at=START, title="우리 초안", state=BriefingState.DRAFT)
        need = ours.slots[0].need
        theirs = a_briefing(needs=0, starts_at=START + timedelta(days=7), title="남의 초안", state=BriefingState.DRAFT)
        assert "같은 수요가" not in desk.get(f"/staff/briefings/{ours.id}").text
        theirs.slots.append(PresenterSlot(need=need, position=1))
        db.session.commit()
        said = f"‘남의 초안’ (초안, 2026. 12. 16.(수) 14:00)에도 같은 수요가 들어 있습니다: ‘{need.title}’"
        for page in (f"{ours.id}", f"{ours.id}/edit", f"{ours.id}/publish", f"new?need={need.id}"):
            shown = desk.get(f"/staff/briefings/{page}").text
            assert said in text_of(shown), page
            assert f'href="/staff/briefings/{theirs.id}"' in shown, page


def test_a_need_taken_back_after_it_was_published_is_said_on_the_page_and_in_the_list(client):
    desk = client.sign_in(a_user())
    published = a_briefing(needs=2, starts_at=datetime(2126, 12, 9, 14, 0, tzinfo=SEOUL))
    assert "게시 중이 아닌 수요" not in text_of(desk.get("/staff/briefings").text)
    need = published.slots[0].need
    need.state = NeedState.WITHDRAWN
    db.session.commit()
    assert "게시 중이 아닌 수요 1건" in text_of(desk.get("/staff/briefings").text)
    page = text_of(desk.get(f"/staff/briefings/{published.id}").text)
    assert f"‘{need.title}’ 수요는 더는 게시 중이 아닙니다. 공개된 발표 순서에는 아직 나옵니다." in page


def test_a_need_that_found_its_partners_meanwhile_is_said_before_a_copy_of_its_briefing_is_made_and_published(client):
    desk = client.sign_in(a_user())
    source = a_briefing(needs=2, starts_at=START)
    need, other = (slot.need for slot in source.slots)
    need.matched_at = BEFORE
    db.session.commit()
    words = f"‘{need.title}’ 과제는 이미 협업이 성사되었습니다. 그래도 발표할지 확인해 주세요."
    look = {**posted(START + timedelta(days=7)), "title": "다시", "order": "presenters"}
    page = text_of(desk.post(f"/staff/briefings/{source.id}/copy", data=look).text)
    assert words in page and f"‘{other.title}’ 과제는" not in page
    draft = a_briefing(needs=0, starts_at=START + timedelta(days=7), state=BriefingState.DRAFT)
    draft.slots.append(PresenterSlot(need=need, position=1))
    db.session.commit()
    for each in ("", "/edit", "/publish"):
        assert words in text_of(desk.get(f"/staff/briefings/{draft.id}{each}").text), each


def test_a_need_closed_after_it_was_matched_is_said_once_and_keeps_a_draft_from_being_published(client):
    desk = client.sign_in(a_user())
    draft = a_briefing(needs=1, starts_at=START, state=BriefingState.DRAFT)
    need = draft.slots[0].need
    need.matched_at, need.state = BEFORE, NeedState.CLOSED
    db.session.commit()
    page = text_of(desk.get(f"/staff/briefings/{draft.id}/publish").text)
    assert f"‘{need.title}’ 수요는 더는 게시 중이 아닙니다." in page and "협업이 성사되었습니다" not in page
