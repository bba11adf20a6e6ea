"""What staff tick, see and set on the page of a briefing's reminders and rehearsal."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.outbox.models import Message
from briefings.schedule import presenters, reminders
from briefings.schedule.changes import described
from briefings.schedule.ladder import QuietHours
from briefings.schedule.models import USUAL_STEPS, Briefing, BriefingState
from tests.builders import BEFORE, a_briefing, a_registration, a_user
from tests.client import PageClient

SEOUL = ZoneInfo("Asia/Seoul")
USUAL = [step.value for step in USUAL_STEPS]


@pytest.fixture
def desk(app, client) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


@pytest.fixture
def briefing(app) -> Briefing:
    """In ten days at 14:00, everything as usual, two registrants, one with a mobile number."""
    briefing = a_briefing(starts_at=datetime(2026, 12, 3, 14, tzinfo=SEOUL))
    a_registration(briefing, phone="010-1234-5678")
    a_registration(briefing, phone="02-123-4567")
    return briefing


@pytest.fixture
def with_gateway(app, monkeypatch) -> None:
    """Texts can be sent, and cost something."""
    monkeypatch.setitem(app.config, "GATEWAY_URL", "https://gateway.example.kr/")
    monkeypatch.setitem(app.config, "GATEWAY_PRICES", {"alimtalk": 7, "sms": 10, "lms": 30})
    monkeypatch.setitem(app.config, "GATEWAY_TEMPLATES", {"missed": "TPL_3"})


def save(desk: PageClient, briefing: Briefing, *rungs: str, seen: str = BEFORE.isoformat(), **more: str):
    form = {"rungs": list(rungs), "seen": seen, **more}
    return desk.post(f"/staff/briefings/{briefing.id}/telling", data=form, follow_redirects=True)


def rows_of(page: str) -> str:
    """The words of the ladder without marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("tbl cards ladder")[1].split("</table>")[0]).split())


def test_shows_every_step_with_its_moment_and_whom_it_concerns(desk, briefing):
    assert f'href="/staff/briefings/{briefing.id}/telling"' in desk.get(f"/staff/briefings/{briefing.id}").text
    page = desk.get(f"/staff/briefings/{briefing.id}/telling").text
    words = rows_of(page)
    for step in (
        "7일 전 일시와 취소 링크 2026. 11. 26.(목) 14:00 확정된 2명",
        "넘김 2026. 12. 1.(화) 14:00 참가한다고 아직 알리지 않은 2명",
        "시작 10분 뒤 아직 방에 없는 사람에게 입장 링크 2026. 12. 3.(목) 14:10 확정된 2명 가운데 그때 방에 없는 사람",
        "다음 날: 참가한 사람에게 감사, 다시보기, 답글 링크 2026. 12. 4.(금) 10:00",
    ):
        assert step in words
    assert "21:00~08:00는 조용한 시간입니다" in page
    assert page.count('type="checkbox"') == 8 and page.count("checked") == 7
    assert "처음 설정으로 되돌리기" not in page and "문자도 함께" not in page


def test_what_is_ticked_is_kept_and_written_down_and_can_be_set_back(desk, briefing):
    assert "알림을 저장했습니다." in save(desk, briefing, "reconfirm", "day").text
    assert briefing.reminders == ["reconfirm", "day"]
    assert [described(entry) for entry in history_of(briefing)] == [["알림"]]
    page = desk.get(f"/staff/briefings/{briefing.id}/telling").text
    [seen] = set(re.findall(r'name="seen" type="hidden" value="([^"]+)"', page))
    assert "바뀐 내용이 없습니다." in save(desk, briefing, "reconfirm", "day", seen=seen).text
    assert "처음 설정으로 되돌리기" in page
    save(desk, briefing, "day", seen=seen, do="usual")
    assert briefing.reminders == USUAL


def test_a_page_grown_old_overwrites_nothing(desk, briefing, now):
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        save(desk, briefing, "day")
        page = save(desk, briefing, "week").text
    assert "이보람 님이 2026. 11. 23.(월) 10:01에 먼저 바꾸었습니다: 알림." in page
    assert briefing.reminders == ["day"]


def test_what_is_past_is_told_and_kept_as_it_was(desk, briefing, now):
    with unit_of_work():
        reminders.queue_due(now + timedelta(days=4), QuietHours(SEOUL, 21, 8))
    with time_machine.travel(now + timedelta(days=6), tick=False):
        desk.sign_in(a_user())
        page = desk.get(f"/staff/briefings/{briefing.id}/telling").text
        assert "7일 전 지남" in rows_of(page) and "대기 2건" in page
        assert f"/staff/outbox?about=briefing:{briefing.id}&amp;kind=reminder_week" in page.replace("%3A", ":")
        save(desk, briefing, "day", "week")
    assert briefing.reminders == ["week", "day"]


def test_quiet_hours_show_where_they_put_a_step_off_or_swallow_it(desk, app):
    early = a_briefing(starts_at=datetime(2026, 12, 3, 9, tzinfo=SEOUL))
    dawn = a_briefing(starts_at=datetime(2026, 12, 3, 7, tzinfo=SEOUL))
    words = rows_of(desk.get(f"/staff/briefings/{early.id}/telling").text)
    assert "2026. 12. 3.(목) 08:00 (조용한 시간이 끝난 뒤)" in words
    words = rows_of(desk.get(f"/staff/briefings/{dawn.id}/telling").text)
    assert "보낼 때가 모두 조용한 시간이라 보내지 않습니다." in words


def test_nothing_can_be_ticked_of_what_was_called_off(desk, app):
    off = a_briefing(state=BriefingState.CANCELLED)
    page = desk.get(f"/staff/briefings/{off.id}/telling").text
    assert "취소된 설명회라" in page and 'type="checkbox"' not in page
    assert "취소된 설명회라 알림을 보내지 않습니다." in save(desk, off, "day").text


@pytest.mark.usefixtures("with_gateway")
class TestTexts:
    def test_a_text_shows_its_length_its_cost_and_a_real_one(self, desk, briefing):
        page = desk.get(f"/staff/briefings/{briefing.id}/telling").text
        words = rows_of(page)
        assert words.count("휴대 전화번호가 있는 1명") == 3
        assert "바이트, 긴 문자(LMS)" in words and "예상 비용 30원" in words
        assert (
            "먼저 알림톡으로 보내고, 닿지 않으면 문자로" in words and "예상 비용 7원 (모두 문자로 가면 30원)" in words
        )
        assert f"설명회가 14:00에 시작합니다. {briefing.title}" in words
        registration = db.session.scalar(select(Message.key))  # nothing is queued by looking
        assert registration is None
        assert not re.search(r"/join/\w{8}\.[\w-]{27}", page)

    def test_each_language_costs_its_own_way_and_the_one_most_read_is_shown(self, desk, briefing):
        a_registration(briefing, name="Ann", locale="en", phone="010-1111-1111")
        a_registration(briefing, name="김바다", phone="010-2222-2222")
        words = rows_of(desk.get(f"/staff/briefings/{briefing.id}/telling").text)
        assert words.count("휴대 전화번호가 있는 3명") == 3 and "Ann 님이" not in words
        assert "예상 비용 44원 (모두 문자로 가면 90원)" in words  # two by 알림톡, which has no English template
        for _ in range(2):
            a_registration(briefing, name="Ben", locale="en", phone="010-3333-3333")
        words = rows_of(desk.get(f"/staff/briefings/{briefing.id}/telling").text)
        assert "Ann 님이 받을 문자 보기" in words and "예상 비용 104원" in words

    def test_what_no_phone_can_show_is_named_before_it_is_sent(self, desk, briefing):
        briefing.title = "탄소중립 🌱 설명회"
        db.session.commit()
        page = desk.get(f"/staff/briefings/{briefing.id}/telling").text
        assert "문자로 보낼 수 없는 글자가 있습니다: 🌱" in page

    def test_a_text_goes_with_its_mail_and_not_alone(self, desk, briefing):
        assert "같은 때의 전자우편도 골라 주세요." in save(desk, briefing, "day:text").text
        assert briefing.reminders == USUAL
        save(desk, briefing, "day", "day:text")
        assert briefing.reminders == ["day", "day:text"]

    def test_without_a_gateway_it_is_not_offered_and_stays_as_it_was(self, desk, briefing, app, monkeypatch):
        save(desk, briefing, "day", "day:text")
        monkeypatch.setitem(app.config, "GATEWAY_URL", "")
        page = desk.get(f"/staff/briefings/{briefing.id}/telling").text
        [seen] = set(re.findall(r'name="seen" type="hidden" value="([^"]+)"', page))
        save(desk, briefing, "day", "week", seen=seen)
        assert briefing.reminders == ["week", "day", "day:text"]


class TestRehearsal:
    def rehearse(self, desk, briefing, start: str = "", end: str = "", seen: str = BEFORE.isoformat()) -> str:
        form = {"seen": seen, "rehearsal_starts_at": start.split(), "rehearsal_ends_at": end.split()}
        address = f"/staff/briefings/{briefing.id}/telling/rehearsal"
        return desk.post(address, data=form, follow_redirects=True).text

    @pytest.fixture
    def presented(self, briefing, now) -> Briefing:
        """With a presenter who knows the time of the talk."""
        briefing.slots[0].presenter_email = "presenter@example.kr"
        with unit_of_work():
            presenters.keep_calendars(briefing, now)
        return briefing

    def kinds(self) -> list[str]:
        return list(db.session.scalars(select(Message.kind).order_by(Message.id)))

    def test_presenters_get_it_into_their_calendar_and_out_again(self, desk, presented, now):
        page = self.rehearse(desk, presented, "2026-12-02 10:00", "2026-12-02 10:30")
        assert "리허설을 저장했습니다." in page
        assert presented.rehearsal_starts_at == datetime(2026, 12, 2, 10, tzinfo=SEOUL)
        assert self.kinds() == ["presenter_slot", "rehearsal"]
        assert [described(entry) for entry in history_of(presented)] == [["리허설 시작", "리허설 끝"]]
        [seen] = set(re.findall(r'name="seen" type="hidden" value="([^"]+)"', page))
        with time_machine.travel(now + timedelta(minutes=1), tick=False):
            self.rehearse(desk, presented, seen=seen)
        assert presented.rehearsal_starts_at is None
        assert self.kinds() == ["presenter_slot", "rehearsal", "rehearsal_off"]

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            ("2026-12-02 10:00", "", "‘리허설 끝’ 칸도 채우거나"),
            ("", "2026-12-02 10:00", "‘리허설 시작’ 칸도 채우거나"),
            ("2026-11-22 10:00", "2026-11-22 11:00", "이미 지났습니다"),
            ("2026-12-02 10:00", "2026-12-02 10:00", "리허설 시작보다 뒤여야"),
            ("2026-12-03 13:30", "2026-12-03 14:30", "설명회가 시작하기 전에"),
        ],
    )
    def test_takes_place_before_the_briefing_and_has_two_ends(self, desk, presented, start, end, words):
        assert words in self.rehearse(desk, presented, start, end)
        assert presented.rehearsal_starts_at is None
        assert self.kinds() == ["presenter_slot"]

    def test_is_settled_with_its_briefing(self, desk, now):
        over = a_briefing(starts_at=now - timedelta(days=1))
        assert "정한 리허설이 없습니다." in desk.get(f"/staff/briefings/{over.id}/telling").text
        assert "이미 끝난 설명회입니다." in self.rehearse(desk, over, "2026-12-02 10:00", "2026-12-02 10:30")
        assert desk.get(f"/staff/briefings/{over.id}/telling/rehearsal").status_code == 302
