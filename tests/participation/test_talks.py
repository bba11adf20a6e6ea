"""Talks between owner and replier: offered, chosen, moved, called off, and both calendars right at every step."""

from datetime import datetime, timedelta
from email.utils import getaddresses
from zoneinfo import ZoneInfo

import pytest
import time_machine

from briefings import clock
from briefings.accounts.signing_in import user_with
from briefings.db import db, unit_of_work
from briefings.inbox.models import Outcome
from briefings.inbox.receiving import receive
from briefings.jobs import chase_owners, watch_talks
from briefings.outbox.mail import Mail
from briefings.outbox.models import Message
from briefings.participation import answering, appointments, colleagues
from briefings.participation.links import token_of
from briefings.participation.models import Appointment, AppointmentState, ReplyState
from briefings.schedule import calendar_settings
from briefings.schedule.calendar_models import CalendarItem, ItemState
from tests.builders import a_colleague, a_need, a_reply, a_user, an_organization, an_owner
from tests.inbox import shapes
from tests.inbox.conftest import RULES
from tests.inbox.shapes import Said
from tests.mails import mails_to
from tests.schedule.letters import delivered

OWNER, GAON = "owner@agency.example.kr", "gaon@house.example.kr"
TUESDAY = ["2026-12-01T10:00", "2026-12-01T14:30", "2026-12-02T10:00"]
SEOUL = ZoneInfo("Asia/Seoul")
TERMS = {"place": "https://room.example.kr/talk", "note": "설비 규모를 여쭙고 싶습니다."}


class Sides:
    """Both sides of one reply: the owner signed in, whoever replied by the personal link."""

    def __init__(self, app, client, reply):
        self.app, self.client, self.reply = app, client, reply

    @property
    def talk(self) -> Appointment:
        db.session.commit()
        return self.reply.talk

    @property
    def link(self) -> str:
        return f"/talks/{token_of(self.reply, self.reply.email, 'talk')}"

    def offer(self, times=TUESDAY, look=True, **more):
        """Ends on the page that follows, unless nobody looks."""
        form = {"times": times, **TERMS, **more}
        return self.client.post(f"/my/replies/{self.reply.public_id}/talk", data=form, follow_redirects=look)

    def choose(self, place=0, look=True):
        times = [each.starts_at.isoformat() for each in self.talk.times]
        return self.client.post(self.link, data={"starts_at": times[place]}, follow_redirects=look)

    def arrange(self, times=TUESDAY):
        """Offered and chosen without the pages, which other tests go through."""
        moments = [datetime.fromisoformat(each).replace(tzinfo=SEOUL) for each in times]
        with unit_of_work():
            owner = user_with(OWNER)
            appointments.offer(self.reply, moments, appointments.Terms(**TERMS), owner, SEOUL, clock.now())
        with unit_of_work():
            by = appointments.one_of_repliers(self.reply, self.reply.email)
            appointments.choose(self.reply.talk, moments[0], by, clock.now())

    def mails(self, address):
        """Subjects and SEQUENCE of what left for an address, calendars read by every reader."""
        return [
            (mail.kind, mail.facts.method, mail.facts.sequence) if mail.calendar else (mail.kind, None, None)
            for mail in delivered(self.app, address)
        ]

    def says(self, item: CalendarItem, partstat: str, **other):
        """An answer from the calendar of one side."""
        said = Said(uid=f"{item.uid}@cal.briefings.example.kr", attendee=item.email, partstat=partstat)
        with unit_of_work():
            return receive(shapes.exchange(said.but(sequence=item.sequence, **other)), clock.now(), RULES)


@pytest.fixture
def sides(app, client):
    organization = an_organization("한려해양공단")
    client.sign_in(an_owner(organization, email=OWNER, name="홍길동"))
    return Sides(app, client, a_reply(a_need(organization=organization, title="폐어망 되살림"), email=GAON))


@pytest.fixture
def agreed(sides):
    """A talk agreed on, of which both were told."""
    sides.arrange()
    delivered(sides.app, OWNER)
    return sides


def test_times_offered_are_chosen_by_link_and_stand_in_both_calendars(sides):
    page = sides.client.get(f"/my/replies/{sides.reply.public_id}/talk").text
    assert "12. 1.(화)" in page and 'value="2026-12-01T12:00"' not in page  # nobody talks at lunch
    assert "협의 시간을 제안했습니다" in sides.offer().text
    assert (sides.reply.state, sides.talk.state) == (ReplyState.ACKNOWLEDGED, AppointmentState.OFFERED)
    (offered,) = delivered(sides.app, GAON)
    assert offered.subject == "[협의 시간 고르기] 한려해양공단: 폐어망 되살림"
    assert "- 2026. 12. 1.(화) 10:00~10:20 (대한민국 표준시)" in offered.text and sides.link in offered.text
    seen = sides.client.get(sides.link)
    assert sides.talk.state is AppointmentState.OFFERED  # looking changes nothing
    assert seen.text.count('name="starts_at"') == 3
    assert "양쪽에 일정 초대를 보냅니다" in sides.choose(1).text
    assert (sides.reply.state, sides.reply.need.consulting_since) == (ReplyState.CONSULTING, clock.now())
    assert sides.mails(OWNER) == [("talk", "REQUEST", 0)]
    assert sides.mails(GAON) == [("talk_offered", None, None), ("talk", "REQUEST", 0)]
    (invitation,) = [mail for mail in delivered(sides.app, GAON) if mail.calendar]
    facts = invitation.facts
    assert (facts.starts_at, facts.ends_at) == (sides.talk.starts_at, sides.talk.ends_at)
    assert getaddresses([invitation.parsed["To"]])[0][1] == GAON
    assert sides.link not in invitation.calendar.decode()  # a calendar is read by others: no personal link in it
    door = f"/talks/at/{sides.talk.public_id}"
    assert door.encode() in invitation.calendar.replace(b"\r\n ", b"")
    assert f"/my/talks/{sides.talk.public_id}" in sides.client.get(door).location


def test_a_time_chosen_on_a_page_of_before_is_answered_by_how_it_stands(agreed):
    times = [each.isoformat() for each in (agreed.talk.starts_at, agreed.talk.starts_at + timedelta(days=1))]
    for chosen in times:
        page = agreed.client.post(agreed.link, data={"starts_at": chosen}, follow_redirects=True).text
        assert "그사이 바뀐 협의입니다" in page and "오류" not in page
    assert agreed.talk.starts_at.isoformat() == times[0]


def test_whoever_opens_the_entry_of_a_calendar_learns_nothing_but_may_have_the_link_sent(agreed):
    door = f"/talks/at/{agreed.talk.public_id}"
    agreed.client.post("/sign-out")
    page = agreed.client.get(door).text
    assert "폐어망" not in page and "가온" not in page
    agreed.client.post(door)
    assert agreed.mails(GAON)[-1] == ("talk", "REQUEST", 0)
    for seconds in (1, 2, 3):
        with time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False):
            answer = agreed.client.post(door, follow_redirects=True)
    assert "한 시간에 세 번까지" in answer.text


def test_the_sender_comes_in_the_stead_of_a_colleague_who_takes_part_no_more(sides):
    made = sides.reply
    narae = a_colleague(made, email="narae@house.example.kr", accepted_at=clock.now())
    sides.offer(look=False)
    times = [each.starts_at.isoformat() for each in sides.talk.times]
    sides.client.post(f"/talks/{token_of(made, narae.email, 'talk')}", data={"starts_at": times[0]})
    assert sides.talk.replier_item.email == narae.email
    delivered(sides.app, narae.email)
    with unit_of_work():
        colleagues.keep_out(narae, clock.now())
    assert sides.mails(narae.email)[-2:] == [("talk_off", "CANCEL", 1), ("reply_join_refused", None, None)]
    assert sides.mails(GAON)[-1] == ("talk", "REQUEST", 0)
    watch_talks(sides.app)
    assert (sides.talk.state, sides.talk.replier_item.email) == (AppointmentState.AGREED, GAON)
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        sides.client.post(f"/my/talks/{sides.talk.public_id}/terms", data={"place": "02-000-0000", "note": ""})
        assert sides.mails(GAON)[-1] == ("talk", "REQUEST", 1)
        assert not any("02-000-0000" in mail.text for mail in delivered(sides.app, narae.email))


def test_times_offered_that_nobody_chose_are_past_and_the_time_agreed_on_is_no_other_one(sides):
    sides.arrange()
    again = {**TERMS, **typed(("2026-12-01", "10:00"))}
    page = sides.client.post(f"/my/talks/{sides.talk.public_id}/times", data=again).text
    assert "지금 정한 시간 말고 다른 시간" in page and not sides.talk.waits
    with unit_of_work():
        sides.talk.state, sides.talk.starts_at, sides.talk.agreed_at = AppointmentState.OFFERED, None, None
    organization, now = sides.reply.need.organization, clock.now()
    assert [answering.talks_of(organization, past, 1, now).total for past in (False, True)] == [0, 1]


def test_whoever_offers_in_the_stead_of_an_account_that_left_is_who_comes(sides):
    sides.offer(look=False)
    other = an_owner(sides.reply.need.organization, email="other@agency.example.kr")
    with unit_of_work():
        sides.talk.offered_by.active = False
    sides.client.sign_in(other)
    sides.client.post(f"/my/talks/{sides.talk.public_id}/times", data={"times": TUESDAY[1:], **TERMS})
    sides.choose(look=False)
    assert sides.talk.owner_item.email == other.email


def typed(*moments):
    """Times that are not among those laid out, as the form sends them."""
    return {f"other_{number}": list(moment) for number, moment in enumerate(moments, 1)}


LATER = (("2026-12-02", "10:00"), ("2026-12-03", "10:00"))


def test_times_that_cannot_be_meant_are_refused_in_words(sides):
    for times, more, words in (
        (TUESDAY[:2], {}, "시간을 3개에서 8개까지"),
        ([], typed(("2026-12-05", "10:00"), *LATER), "업무 시간이 아닙니다"),
        ([], typed(("2026-12-02", "10:10"), *LATER), "서로 겹치는"),
        ([], typed(("2026-11-20", "10:00"), *LATER), "90일 안에서"),
        (["2026-12-01T10:07"], {}, "목록에 있는 것"),
        (TUESDAY, {"place": ""}, "만나는 곳"),
    ):
        assert words in sides.offer(times, **more).text
        assert sides.talk is None, words


def test_a_saturday_is_offered_by_whoever_says_that_it_is_meant(sides):
    saturday = {f"other_{n}": [f"2026-12-0{4 + n}", "10:00"] for n in (1, 2)} | {"other_3": ["2026-12-07", "19:00"]}
    assert "업무 시간이 아닌 때도" in sides.offer([], **saturday).text
    sides.offer([], **saturday, out_of_hours="y", look=False)
    assert len(sides.talk.times) == 3


def test_nobody_is_expected_in_two_places(agreed):
    other = Sides(agreed.app, agreed.client, a_reply(agreed.reply.need, email="other@example.com"))
    page = agreed.client.get(f"/my/replies/{other.reply.public_id}/talk").text
    assert 'value="2026-12-01T10:00"' not in page and page.count("일정 있음") == 1
    assert "목록에 있는 것" in other.offer().text
    third = Sides(agreed.app, agreed.client, a_reply(agreed.reply.need, email="third@example.com"))
    free = ["2026-12-03T10:00", "2026-12-03T14:30", "2026-12-04T10:00"]
    other.offer(free), third.offer(free)
    assert "다른 곳에도 제안함" in agreed.client.get(f"/my/replies/{a_reply(agreed.reply.need).public_id}/talk").text
    other.choose(look=False)
    assert "그사이 수요기관에 다른 일정이 생긴 시간" in agreed.client.get(third.link).text
    taken = other.talk.starts_at.isoformat()
    agreed.client.post(third.link, data={"starts_at": taken})
    assert third.talk.state is AppointmentState.OFFERED
    third.choose(1)
    assert third.talk.state is AppointmentState.AGREED


def test_another_time_moves_the_entries_and_keeps_their_uid(agreed):
    uids = agreed.talk.owner_item.uid, agreed.talk.replier_item.uid
    agreed.client.post(f"{agreed.link}/other-times", data={"words": "오후가 좋습니다."})
    (asked,) = [mail for mail in delivered(agreed.app, OWNER) if mail.kind == "talk_other_time"]
    assert "오후가 좋습니다." in asked.text and f"/my/talks/{agreed.talk.public_id}/times" in asked.text
    agreed.client.post(f"/my/talks/{agreed.talk.public_id}/times", data={"times": ["2026-12-03T15:00"], **TERMS})
    assert agreed.talk.state is AppointmentState.AGREED  # the earlier time stands until another is chosen
    assert "새 시간을 고르기 전까지는" in agreed.client.get(agreed.link).text
    agreed.choose(look=False)
    assert (agreed.talk.owner_item.uid, agreed.talk.replier_item.uid) == uids
    assert agreed.mails(OWNER) == [("talk", "REQUEST", 0), ("talk_other_time", None, None), ("talk", "REQUEST", 1)]
    moved = delivered(agreed.app, GAON)[-1]
    assert moved.subject.startswith("[협의 일시 변경]") and moved.facts.starts_at == agreed.talk.starts_at
    assert moved.parsed["In-Reply-To"]


def test_a_new_place_is_told_to_both_at_once_other_words_are_not(agreed):
    page = f"/my/talks/{agreed.talk.public_id}/terms"
    agreed.client.post(page, data={"place": TERMS["place"], "note": "자료를 보내 주세요."})
    assert agreed.mails(GAON)[-1] == ("talk", "REQUEST", 0)
    agreed.client.post(page, data={"place": "044-000-0000", "note": ""})
    assert agreed.mails(GAON)[-1] == agreed.mails(OWNER)[-1] == ("talk", "REQUEST", 1)
    assert "044-000-0000" in delivered(agreed.app, GAON)[-1].text


@pytest.mark.parametrize("side", ["owner", "replier"])
def test_either_side_calls_it_off_and_both_calendars_let_it_go(agreed, side):
    page = f"/my/talks/{agreed.talk.public_id}" if side == "owner" else agreed.link
    assert "취소하시겠습니까" in agreed.client.get(f"{page}/cancel").text
    assert agreed.talk.state is AppointmentState.AGREED
    assert "까닭을 입력해 주세요" in agreed.client.post(f"{page}/cancel", data={"reason": ""}).text
    agreed.client.post(f"{page}/cancel", data={"reason": "출장을 갑니다."})
    for address in (OWNER, GAON):
        assert agreed.mails(address)[-1] == ("talk_off", "CANCEL", 1)
        assert "출장을 갑니다." in delivered(agreed.app, address)[-1].text
    assert "출장을 갑니다." in agreed.client.get(agreed.link).text
    assert agreed.client.get(f"{agreed.link}/talk.ics").status_code == 404
    agreed.offer(["2026-12-03T10:00", "2026-12-03T14:30", "2026-12-04T10:00"], look=False)
    agreed.choose(look=False)
    assert agreed.mails(GAON)[-1] == ("talk", "REQUEST", 0)  # another talk, another UID


def test_none_of_the_times_fits_and_the_owner_reads_what_would(sides):
    sides.offer(look=False)
    sides.client.post(f"{sides.link}/other-times", data={"words": "다음 주가 좋습니다."})
    assert sides.talk.state is AppointmentState.CANCELLED
    (told,) = mails_to(sides.app, OWNER)
    assert "다음 주가 좋습니다." in told.text and f"/my/replies/{sides.reply.public_id}/talk" in told.text
    assert sides.offer().status_code == 200 and sides.talk.state is AppointmentState.OFFERED


def test_another_time_is_asked_for_five_times_an_hour_and_of_every_talk_apart(agreed, client):
    other = Sides(agreed.app, client, a_reply(agreed.reply.need, email="sora@house.example.kr"))
    other.arrange(["2026-12-03T10:00", "2026-12-03T14:30", "2026-12-04T10:00"])
    ask = {"words": "오전이 좋습니다."}
    with time_machine.travel(clock.now(), tick=True):
        answers = [client.post(f"{agreed.link}/other-times", data=ask) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [200]
    assert "조금 전에 부탁을 보냈습니다" in answers[-1].text
    assert client.post(f"{other.link}/other-times", data=ask).status_code == 303
    assert db.session.query(Message).filter_by(kind="talk_other_time", recipient=OWNER).count() == 6


def test_an_offer_taken_back_is_told_to_those_who_were_asked(sides):
    sides.offer(look=False)
    delivered(sides.app, GAON)
    sides.client.post(f"/my/talks/{sides.talk.public_id}/cancel", data={"reason": "담당자가 바뀝니다."})
    assert "담당자가 바뀝니다." in delivered(sides.app, GAON)[-1].text
    assert "취소된 협의입니다" in sides.client.get(sides.link).text


@pytest.mark.parametrize("side", ["owner", "replier"])
def test_a_believed_no_from_a_calendar_calls_the_talk_off_and_tells_the_other(agreed, side):
    mine = agreed.talk.owner_item if side == "owner" else agreed.talk.replier_item
    here, there = (OWNER, GAON) if side == "owner" else (GAON, OWNER)
    mail = agreed.says(mine, "DECLINED", comment="급한 일이 생겼습니다")
    assert (mail.outcome, mine.state) == (Outcome.ANSWERED, ItemState.CLOSED)
    watch_talks(agreed.app)
    assert (agreed.talk.state, agreed.talk.cancelled_by) == (AppointmentState.CANCELLED, side)
    assert agreed.mails(there)[-1] == ("talk_off", "CANCEL", 1)
    assert "급한 일이 생겼습니다" in delivered(agreed.app, there)[-1].text
    assert agreed.mails(here)[-1] == ("talk_declined", None, None)  # whose calendar has dropped the entry itself
    watch_talks(agreed.app)
    assert len(agreed.mails(there)) == 2


def test_of_times_that_have_gone_by_nobody_hears_that_they_are_offered_no_more(sides):
    sides.offer(look=False)
    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        with unit_of_work():
            answering.decline(sides.reply, "올해는 어렵습니다.", clock.now())
        watch_talks(sides.app)
        assert [mail[0] for mail in sides.mails(GAON)][-1] == "reply_declined"


def test_who_declines_as_the_talk_begins_is_not_waited_for(agreed):
    with time_machine.travel(agreed.talk.starts_at + timedelta(minutes=5), tick=False):
        agreed.says(agreed.talk.replier_item, "DECLINED")
        watch_talks(agreed.app)
        assert agreed.talk.state is AppointmentState.CANCELLED
        assert agreed.mails(OWNER)[-1] == ("talk_off", "CANCEL", 1)


def test_a_no_nobody_can_vouch_for_only_asks(agreed):
    mail = agreed.says(agreed.talk.replier_item, "DECLINED", found="unsigned")
    assert "물었습니다" in mail.reason
    watch_talks(agreed.app)
    assert agreed.talk.state is AppointmentState.AGREED
    asked = delivered(agreed.app, GAON)[-1]
    assert asked.kind == "talk_decline_asked" and agreed.link in asked.text
    agreed.says(agreed.talk.owner_item, "ACCEPTED")
    page = agreed.client.get(f"/my/talks/{agreed.talk.public_id}").text
    assert "참석" in page and "불참" in page


def test_a_reply_that_ends_takes_its_talk_along(agreed):
    agreed.client.post(f"/my/replies/{agreed.reply.public_id}/decline", data={"reason": "예산이 없습니다."})
    assert agreed.talk.state is AppointmentState.CANCELLED
    assert agreed.mails(GAON)[-1][0] == "reply_declined" and ("talk_off", "CANCEL", 1) in agreed.mails(GAON)
    other = Sides(agreed.app, agreed.client, a_reply(agreed.reply.need, email="other@example.com"))
    other.arrange()
    delivered(agreed.app, OWNER)
    other.reply.state = ReplyState.WITHDRAWN
    db.session.commit()
    watch_talks(agreed.app)
    assert other.talk.state is AppointmentState.CANCELLED
    assert "답글이 끝나서" in delivered(agreed.app, OWNER)[-1].text


def test_both_are_reminded_a_day_and_an_hour_before_once_each(agreed):
    starts_at = agreed.talk.starts_at

    def reminded():
        watch_talks(agreed.app), watch_talks(agreed.app)
        return [
            message.params["news"]
            for message in db.session.query(Message).filter_by(kind="talk_reminder").order_by(Message.id)
        ]

    for before, expected in (
        (timedelta(hours=25), []),
        (timedelta(hours=23), ["day"] * 2),
        (timedelta(hours=2), ["day"] * 2),
        (timedelta(minutes=55), ["day"] * 2 + ["hour"] * 2),
        (timedelta(minutes=-1), ["day"] * 2 + ["hour"] * 2),
    ):
        with time_machine.travel(starts_at - before, tick=False):
            assert reminded() == expected, before
            if before == timedelta(hours=23):
                assert delivered(agreed.app, GAON)[-1].subject.startswith("[내일 협의]")
    with time_machine.travel(starts_at + timedelta(hours=1), tick=False):
        kinds = [kind for kind, *_ in agreed.mails(OWNER)]
        assert kinds == ["talk", "talk_reminder"]  # the one of the last hour was late, so it is not sent any more


def test_what_was_said_is_noted_with_what_comes_next_and_its_day_is_remembered(agreed):
    page = f"/my/talks/{agreed.talk.public_id}"
    assert "협의 기록 남기기" not in agreed.client.get(page).text
    with time_machine.travel(agreed.talk.ends_at, tick=False):
        agreed.client.sign_in(agreed.talk.offered_by)
        assert "기록 없음" in agreed.client.get("/my/talks?past=1").text
        assert "기록을 남기지 않은 협의" in agreed.client.get(f"/my/replies/{agreed.reply.public_id}").text
        note = {"held_on": "2026-12-01", "notes": "설비를 보기로 했습니다.", "next_step": "방문 날짜 정하기"}
        wrong = agreed.client.post(f"{page}/consultations", data={**note, "next_on": "2026-11-30"})
        assert "협의한 날보다 뒤" in wrong.text and "설비를 보기로" in wrong.text
        agreed.client.post(f"{page}/consultations", data={**note, "next_on": "2026-12-04"})
        (noted,) = agreed.reply.consultations
        assert noted.appointment is agreed.talk and "설비를 보기로" in agreed.client.get(page).text
        change = f"/my/replies/{agreed.reply.public_id}/consultations/{noted.id}"
        assert "설비를 보기로" in agreed.client.get(change).text
        agreed.client.post(change, data={**note, "notes": "설비를 보았습니다.", "next_on": "2026-12-07"})
        assert "기록 없음" not in agreed.client.get("/my/talks?past=1").text
    with time_machine.travel("2026-12-07T00:30:00Z", tick=False):
        chase_owners(agreed.app), chase_owners(agreed.app)
        reminded = [
            mail for mail in mails_to(agreed.app, OWNER) if isinstance(mail, Mail) and "오늘 할 일" in mail.subject
        ]
        assert len(reminded) == 1 and "방문 날짜 정하기" in reminded[0].text
        organization = agreed.reply.need.organization
        assert answering.talks_of(organization, True, 1, clock.now()).total == 1


def test_a_colleague_of_another_organization_sees_no_talk(agreed, client):
    client.sign_in(an_owner(an_organization("다른 기관")))
    page = f"/my/talks/{agreed.talk.public_id}"
    for action in ("", "/cancel", "/times", "/terms", "/talk.ics"):
        assert client.get(page + action).status_code == 404, action
    assert client.post(f"{page}/again").status_code == 404
    assert client.get(f"/talks/{token_of(agreed.reply, GAON, 'reply')}").status_code == 404  # made for another purpose
    assert "한려해양공단" not in client.get("/my/talks").text


def test_the_entry_stands_in_the_feed_and_in_a_file_under_one_uid(agreed, count_queries):
    uid = agreed.talk.replier_item.uid
    assert uid in agreed.client.get(f"{agreed.link}/talk.ics").text
    assert agreed.talk.owner_item.uid in agreed.client.get(f"/my/talks/{agreed.talk.public_id}/talk.ics").text
    with unit_of_work():
        token = calendar_settings.make_feed(OWNER, clock.now())
    feed = f"/cal/f/{token}.ics"
    assert "폐어망 되살림" in agreed.client.get(feed).text.replace("\r\n ", "")
    with count_queries() as one:
        agreed.client.get(feed)
    other = Sides(agreed.app, agreed.client, a_reply(agreed.reply.need, email="other@example.com"))
    other.arrange(["2026-12-03T10:00", "2026-12-03T14:30", "2026-12-04T10:00"])
    agreed.client.get(feed)
    with count_queries() as two:
        body = agreed.client.get(feed).text
    assert body.count("BEGIN:VEVENT") == 2 and len(two) == len(one)
    assert "mailto" not in body and GAON not in body


def test_lists_of_talks_take_as_many_queries_for_three_as_for_one(agreed, count_queries):
    with count_queries() as one:
        agreed.client.get("/my/talks")
    for number in (1, 2):
        other = Sides(agreed.app, agreed.client, a_reply(agreed.reply.need, email=f"other{number}@example.com"))
        other.offer(
            [f"2026-12-0{2 + number}T10:00", f"2026-12-0{2 + number}T11:00", f"2026-12-0{2 + number}T15:00"], look=False
        )
        other.choose(look=False)
    with count_queries() as three:
        assert agreed.client.get("/my/talks").text.count("시간 정함") == 3
    assert len(three) == len(one)


def test_staff_find_the_talk_from_a_mail_that_came_in_and_from_the_person(agreed):
    mail = agreed.says(agreed.talk.replier_item, "DECLINED", sender="else@other.example")
    assert mail.outcome is Outcome.REVIEW
    agreed.client.sign_in(a_user())
    assert "1:1 협의" in agreed.client.get("/staff/inbox").text
    shown = agreed.client.get(f"/staff/inbox/{mail.id}").text
    assert "1:1 협의가 취소되고 상대 기관에 알립니다" in shown
    lead = f"/staff/replies/talk/{agreed.talk.replier_item_id}"
    assert lead in shown and agreed.client.get(lead).location.endswith(f"/staff/replies/{agreed.reply.public_id}")
    assert "시간 정함" in agreed.client.get(f"/staff/replies/{agreed.reply.public_id}").text
    assert "1:1 협의: " in agreed.client.get(f"/staff/people?email={GAON}").text
    agreed.client.post(f"/staff/inbox/{mail.id}/accept")
    watch_talks(agreed.app)
    assert agreed.talk.state is AppointmentState.CANCELLED
