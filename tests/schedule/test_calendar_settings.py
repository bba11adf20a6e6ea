"""Choosing how the calendar is kept: by invitations, by a feed, or not at all."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.schedule import planning
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, Channel
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import Registration
from tests.builders import a_briefing, a_registration, a_user
from tests.schedule.letters import delivered
from tests.schedule.test_invitations import move
from tests.schedule.test_registering import register

GAON = "gaon@example.com"
ADDRESS = re.compile(r'value="http://briefings\.example\.kr(/\S+\.ics)"')


@pytest.fixture
def registration(app, now) -> Registration:
    return register(a_briefing(title="바다 설명회"), now, GAON)


def page_of(registration: Registration) -> str:
    return f"/r/{token_of(registration)}/calendar"


def choose(client, registration: Registration, channel: Channel) -> str:
    data = {"do": "keep", "channel": channel.value}
    return client.post(page_of(registration), data=data, follow_redirects=True).text


def made_feed(client, registration: Registration, prefix: str = "") -> str:
    """The address of a new feed, as the page tells it."""
    (address,) = ADDRESS.findall(client.post(prefix + page_of(registration), data={"do": "new"}).text)
    return address


class TestThePage:
    def test_offers_the_invitation_then_the_feed_then_copies(self, client, registration):
        page = client.get(page_of(registration)).text
        main = page.partition("<main")[2]
        order = (
            "받는 방법 고르기",
            "일정 초대 다시 보내기",
            "구독 주소 만들기",
            "Google 달력에 넣기",
            "이렇게 넣은 일정은",
        )
        places = [main.index(words) for words in order]
        assert places == sorted(places)
        assert 'value="invite" checked' in page or 'checked id="channel-0"' in page
        assert GAON in page and f'href="/r/{token_of(registration)}/briefing.ics"' in page
        assert "action=TEMPLATE" in page and "rru=addevent" in page
        assert token_of(registration) not in "".join(re.findall(r'href="https?://[^"]+"', page)), "told to nobody else"
        for prefix in ("", "/en"):
            assert client.get(prefix + page_of(registration)).status_code == 200

    def test_has_nothing_to_send_where_nothing_stands(self, client, now):
        for other in (a_registration(a_briefing(starts_at=now - timedelta(hours=3))), a_registration(a_briefing())):
            page = client.get(page_of(other)).text
            assert "일정 초대 다시 보내기" not in page and "구독 주소 만들기" in page
            answer = client.post(page_of(other), data={"do": "again-x"}, follow_redirects=True)
            assert "보낼 초대가 없습니다" in answer.text

    def test_sends_the_invitation_again_three_times_an_hour(self, client, registration):
        uid = db.session.scalars(select(CalendarItem.uid)).one()
        pages = [
            client.post(page_of(registration), data={"do": f"again-{uid}"}, follow_redirects=True).text
            for _ in range(3)
        ]
        assert all("일정 초대를 보냈습니다" in page for page in pages)

    def test_is_not_there_for_any_other_link_and_asks_for_a_choice(self, client, registration):
        assert client.get(f"/r/{token_of(registration, 'join')}/calendar").status_code == 404
        answer = client.post(page_of(registration), data={"do": "keep"}, follow_redirects=True)
        assert "방법을 골라 주세요" in answer.text
        assert db.session.scalars(select(CalendarSetting)).all() == []

    def test_is_there_for_presenters_with_talk_and_rehearsal(self, app, client, now):
        begins = now + timedelta(days=9)
        briefing = a_briefing(
            state=BriefingState.DRAFT, rehearsal_starts_at=begins, rehearsal_ends_at=begins + timedelta(hours=1)
        )
        briefing.slots[0].presenter_email = "Nuri@Example.kr"
        db.session.commit()
        with unit_of_work():
            planning.publish(briefing, seen=briefing.changed_at, by=a_user(), now=now)
        address = f"/present/{presenter_token(briefing.slots[0])}/calendar"
        page = client.get(address).text
        need = briefing.slots[0].need.title
        assert page.count("일정 초대 다시 보내기: ") == 2 and f"[발표] {need}" in page and "[리허설]" in page
        feed = ADDRESS.findall(client.post(address, data={"do": "new"}).text)
        client.post(address, data={"do": "keep", "channel": "none"})
        assert client.get(feed[0]).data.count(b"BEGIN:VEVENT") == 3
        assert db.session.get(CalendarSetting, "nuri@example.kr").channel is Channel.NONE


class TestTheFeed:
    def test_is_told_once_replaced_and_taken_away(self, client, registration):
        first = made_feed(client, registration)
        page = client.get(page_of(registration)).text
        assert first not in page and "구독 주소를 쓰고 계십니다" in page and "구독 주소 만들기" not in page
        assert b"SUMMARY:" in client.get(first).data
        second = made_feed(client, registration, "/en")
        assert second.startswith("/en/cal/f/")
        assert client.get(first).status_code == 404 and client.get(second).status_code == 200
        page = client.post(page_of(registration), data={"do": "end"}, follow_redirects=True).text
        assert "구독 주소를 없앴습니다" in page and "구독 주소 만들기" in page
        assert client.get(second).status_code == 404

    def test_is_offered_in_every_way_and_kept_from_caches(self, client, registration):
        answer = client.post(page_of(registration), data={"do": "new"})
        (address,) = ADDRESS.findall(answer.text)
        assert f'href="webcal://briefings.example.kr{address}"' in answer.text
        assert "cid=webcal%3A%2F%2Fbriefings.example.kr" in answer.text and "한 번만 보여 드립니다" in answer.text
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert address not in str(client.get_cookie("session"))

    def test_changes_nothing_by_being_looked_at(self, client, registration, count_queries):
        with count_queries() as sent:
            client.get(page_of(registration))
        assert all(statement.startswith("SELECT") for statement in sent) and len(sent) <= 5


class TestTheChannel:
    @pytest.mark.parametrize(
        ("channel", "words"), [(Channel.FEED, "구독하시는 달력에"), (Channel.NONE, "받지 않기로 하셔서")]
    )
    def test_takes_nothing_back_and_sends_new_things_without_a_calendar_part(
        self, app, client, now, registration, channel, words
    ):
        (invitation,) = delivered(app, GAON)
        assert "고르신 방법으로" in choose(client, registration, channel)
        other = register(a_briefing(title="숲 설명회"), now, GAON)
        _, new = delivered(app, GAON)
        for briefing in (registration.briefing, other.briefing):
            move(briefing, briefing.starts_at + timedelta(days=1), now)

        *_, moved, other_moved = delivered(app, GAON)

        assert invitation.facts.method == "REQUEST" and moved.facts.sequence == 1, "what stands is kept right"
        assert new.calendar is None and words in new.text and other_moved.calendar is None
        if channel is Channel.FEED:
            assert "아직 구독 주소가 없습니다" in client.get(page_of(other)).text

    def test_can_be_invitations_again_and_sends_the_one_that_was_not_sent(self, app, client, now, registration):
        choose(client, registration, Channel.NONE)
        other = register(a_briefing(), now, GAON)
        page = client.get(page_of(other)).text
        assert "일정 초대 보내기" in page and "일정 초대 다시 보내기" not in page
        uid = db.session.scalars(select(CalendarItem.uid).where(CalendarItem.registration_id == other.id)).one()
        client.post(page_of(other), data={"do": f"again-{uid}"})
        choose(client, registration, Channel.INVITE)
        third = register(a_briefing(), now, GAON)
        *_, again, newest = delivered(app, GAON)
        assert (again.facts.uid.partition("@")[0], again.facts.sequence) == (uid, 0)
        assert newest.facts.method == "REQUEST" and third.briefing.title in newest.subject

    def test_is_known_before_the_first_registration(self, app, client, now, registration):
        choose(client, registration, Channel.FEED)
        register(a_briefing(), now, GAON.upper())
        assert [item.by_mail for item in db.session.scalars(select(CalendarItem).order_by(CalendarItem.id))] == [
            True,
            False,
        ]


def test_no_mail_with_an_invitation_has_a_link_that_would_add_it_twice(app, registration):
    (letter,) = delivered(app, GAON)
    for other_way in ("action=TEMPLATE", "deeplink", ".ics", "webcal", "/cal/"):
        assert other_way not in letter.text
