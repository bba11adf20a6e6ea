"""Officers of some themes meet nobody of others: in no list, no search, no file; and are offered only what they may."""

import html
import re
from collections import Counter
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from flask import g
from werkzeug.exceptions import HTTPException

from briefings.accounts.models import Role
from briefings.db import db
from briefings.front import theme_guard
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.mentoring.models import Advice
from briefings.needs.officers import give_themes
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.outbox.queueing import Recipient, queue
from briefings.questions.models import QuestionState
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.reaching import reach_of
from briefings.schedule.registration_models import SupportState
from briefings.seasons.models import Card, Season, SeasonTime
from briefings.tasks.queueing import start
from briefings.web.access import access_of
from tests.builders import (
    BEFORE,
    a_briefing,
    a_need,
    a_question,
    a_registration,
    a_reply,
    a_theme,
    a_user,
    an_expert,
    an_organization,
    saved,
)
from tests.client import Hasty

ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
LISTS = (
    "/staff/support?state=all",
    "/staff/outbox",
    "/staff/outbox/undeliverable",
    "/staff/inbox?shelf=all",
    "/staff/replies",
    "/staff/replies?state=late",
    "/staff/questions",
    "/staff/advice",
    "/staff/recognition?who=officers",
)
FILES = (
    *("support?state=all", "messages", "undeliverable", "received_mails?shelf=all", "replies", "written_answers"),
    *("consultations", "advice", "stories", "recognition?who=officers", "briefings", "needs"),
)


@pytest.fixture
def themes(app):
    return a_theme("바다"), a_theme("하늘")


@pytest.fixture
def officer(themes, now):
    user = a_user(Role.OFFICER, name="한바다")
    give_themes(user, [themes[0].id], a_user(Role.ADMINISTRATOR), now)
    db.session.commit()
    return user


class Side:
    """A need of one theme in a briefing of it, and one person in every list there is."""

    def __init__(self, theme, word, now):
        self.word, email = word, f"{word}@people.example.kr"
        self.need = a_need(themes=[theme], contact_name=f"{word} 문의", contact_email=f"ask-{email}")
        self.briefing = a_briefing(needs=0, theme=theme, moderator=f"{word} 사회")
        slot = PresenterSlot(
            need_id=self.need.id, briefing_id=self.briefing.id, position=1, presenter_name=f"{word} 발표"
        )
        slot.talk_minutes, slot.question_minutes, slot.presenter_email = 10, 5, f"present-{email}"
        saved(slot)
        asked = {"support": "수어 통역", "support_state": SupportState.ASKED}
        self.person = a_registration(briefing=self.briefing, name=f"{word} 신청", email=email, **asked)
        body = an_organization(f"{word} 기관")
        self.reply = a_reply(need=self.need, name=f"{word} 답글", email=email, due_at=BEFORE, organization=body)
        question = {"text": f"{word} 질문", "state": QuestionState.TO_WRITE, "due_on": BEFORE.date()}
        self.question = a_question(self.person, **question)
        mentor = an_expert(name=f"{word} 전문가", email=f"mentor-{theme.id}@example.kr")
        self.advice = saved(Advice(need_id=self.need.id, mentor_id=mentor.id, asked_at=BEFORE))
        self.messages = [self._message(about, email, now) for about in self._subjects()]
        bounced = {"address": email, "since": BEFORE, "reason": word, "message_id": self.messages[0].id}
        saved(UndeliverableAddress(**bounced))
        mail = {"received_at": now, "sender": email, "subject": f"{word} 문의", "outcome": Outcome.LETTER}
        self.mail = saved(ReceivedMail(digest=word * 9, message_id=self.messages[0].id, **mail))

    def _subjects(self):
        return f"briefing:{self.briefing.id}", f"need:{self.need.id}"

    def _message(self, about, email, now):
        queue("test", f"{self.word}:{about}", Recipient(email, f"{self.word} 받는이"), now, about=about)
        db.session.commit()
        return db.session.query(Message).order_by(Message.id.desc()).first()


@pytest.fixture
def sides(themes, now):
    """The sea, which is the officer's, and the sky, which is not."""
    return Side(themes[0], "파도", now), Side(themes[1], "구름", now)


@pytest.fixture
def season(sides, now):
    rows = {"created_by_id": a_user(Role.ADMINISTRATOR).id, "created_at": now, "changed_at": now}
    cards = [Card(need_id=side.need.id, position=place) for place, side in enumerate(sides, start=1)]
    times = [SeasonTime(starts_at=now + timedelta(days=40))]
    return saved(Season(name="가을", cards=cards, times=times, **rows))


def test_no_list_no_search_and_no_file_has_anybody_of_another_theme(client, officer, sides, season, count_queries):
    pages = [*LISTS, f"/staff/seasons/{season.id}/availability", "/staff/people?email=파도", "/staff/people?email=구름"]
    everybody = client.sign_in(a_user(Role.ADMINISTRATOR))
    for address in pages[:-1]:
        assert "파도" in everybody.get(address, follow_redirects=True).text, address
    client.sign_in(officer)
    for address in pages:
        page = client.get(address, follow_redirects=True).text
        assert "구름" not in page.replace("email=구름", "").replace('value="구름"', ""), address
        assert ("파도" in page) is (address != pages[-1]), address
        assert "맡은 주제(바다)에 속한 것만 보입니다" in page, address
    for email in ("구름@people.example.kr", "present-구름@people.example.kr"):
        assert "이 주소로 신청하거나 받은 것이 없습니다" in client.get(f"/staff/people?email={email}").text
    for name in [f"/staff/exports/{name}" for name in FILES] + [f"/staff/seasons/{season.id}/exports/plan"]:
        file = client.post(name, data={"format": "csv", "people": "with", "reason": "목록 정리에 씀"})
        assert file.status_code in (200, 400), name
        assert "구름" not in file.text, name
        if name == "/staff/exports/needs":  # every need, and whom to ask about one's own
            assert "파도 문의" in file.text and "맡지 않은 주제의 과제에는" in client.get(name).text


def test_what_is_filed_under_nothing_may_be_about_anybody(client, officer, now):
    queue("test", "nothing", Recipient("gaon@example.kr", "이가온"), now)
    mail = saved(ReceivedMail(digest="9", received_at=now, sender="gaon@example.kr", outcome=Outcome.LETTER))
    message = db.session.query(Message).one()
    client.sign_in(officer)
    assert "gaon@example.kr" not in client.get("/staff/outbox").text + client.get("/staff/inbox").text
    for address in (f"/staff/outbox/{message.id}", f"/staff/inbox/{mail.id}"):
        answer = client.get(address)
        assert answer.status_code == 403 and "모든 주제를 맡은 담당자와 관리자만" in answer.text
        assert client.get(f"{address}9").status_code == 404
    client.sign_in(a_user(Role.OFFICER))
    assert (
        client.get(f"/staff/inbox/{mail.id}").status_code
        == client.get(f"/staff/outbox/{message.id}").status_code
        == 200
    )


def test_all_of_the_mail_is_all_of_ones_own(client, officer, sides):
    own, other = sides
    client.sign_in(officer)
    ids = [message.id for side in sides for message in side.messages]
    ticked = "&".join(f"id={number}" for number in ids)
    assert "2건을 보류하시겠습니까" in client.get(f"/staff/outbox/together/hold?{ticked}").text
    page = client.get("/staff/outbox/together/hold?all=1")
    [up_to] = re.findall(r'name="up_to"[^>]*value="(\d+)"', page.text)
    assert client.post("/staff/outbox/together/hold?all=1", data={"up_to": up_to}).status_code == 303
    assert {message.state.value for message in own.messages} == {"held"}
    assert {message.state.value for message in other.messages} == {"queued"}
    assert client.get("/staff/outbox/undeliverable/trust?email=구름@people.example.kr").status_code == 404


def test_only_needs_of_ones_own_are_put_into_briefings_and_seasons(client, officer, sides, themes, season, now):
    own, other = sides
    client.sign_in(officer)
    day = (now + timedelta(days=30)).strftime("%Y-%m-%d")
    typed = {"title": "함께", "theme": themes[0].id, "audience": own.briefing.audience_id, "eligibility": "open"}
    typed |= {"starts_at-day": day, "starts_at-hour": "14", "starts_at-minute": "00", "starts_at": f"{day}T14:00"}
    typed |= {"ends_at": f"{day}T16:00", "needs": [other.need.id], "capacity": "10"}
    page = client.post(f"/staff/briefings/new?need={other.need.id}", data=typed)
    assert page.status_code == 200 and "‘하늘’ 주제의 수요라 넣을 수 없습니다" in page.text
    typed["needs"] = [own.need.id]
    assert "하늘" not in re.search(r'<select[^>]*name="theme".*?</select>', page.text, re.DOTALL)[0]
    assert client.post(f"/staff/briefings/new?need={own.need.id}", data=typed).status_code == 302
    assert db.session.query(Briefing).count() == 3
    assert reach_of(officer).themes == (themes[0].id,)


def test_a_season_is_worked_on_by_whoever_answers_for_every_need_in_it(client, officer, sides, season):
    client.sign_in(officer)
    page = client.get(f"/staff/seasons/{season.id}")
    assert page.status_code == 200 and "하늘 주제를 맡은 담당자만 고칠 수 있습니다" in page.text
    assert "편성안 만들기</button>" not in page.text and "/board" not in page.text
    for address in ("board", "needs", "times", "rules", "accept", "discard"):
        assert client.get(f"/staff/seasons/{season.id}/{address}").status_code == 403, address
    assert client.post(f"/staff/seasons/{season.id}/solve").status_code == 403
    db.session.delete(season.cards[1])
    db.session.commit()
    assert client.get(f"/staff/seasons/{season.id}/board").status_code == 200


def test_long_work_is_followed_by_whoever_may_begin_it(client, officer, sides, now):
    own, other = sides
    somebody = a_user(Role.OFFICER)
    task = {
        about: start(kind, about, {}, somebody, now).public_id
        for kind, about in (
            ("booklet", f"booklet:{own.briefing.id}"),
            ("booklet", f"booklet:{other.briefing.id}"),
            ("export", f"messages:{somebody.id}"),
            ("check_needs", "import:1"),
        )
    }
    db.session.commit()
    client.sign_in(officer)
    for about, expected in zip(task, (200, 403, 404, 404), strict=True):
        assert client.get(f"/staff/tasks/{task[about]}").status_code == expected, about
        assert client.post(f"/staff/tasks/{task[about]}/cancel").status_code == (302 if expected == 200 else expected)
    client.sign_in(a_user(Role.ADMINISTRATOR))
    assert [client.get(f"/staff/tasks/{each}").status_code for each in task.values()] == [200, 200, 404, 200]


@pytest.mark.slow
@ONE
def test_nothing_is_offered_that_answers_no(app, officer, sides, season):
    """Of every page that links lead to, one's own and others': links open, forms may be sent, nobody shows."""
    visitor, pages, seen, often = Hasty(app), ["/staff/"], set(), Counter()
    begin_as(app, visitor, officer)
    while pages:
        address = pages.pop()
        rule = rule_of(app, address)
        often[rule.endpoint] += 1
        if address in seen or often[rule.endpoint] > 4:
            continue
        seen.add(address)
        answer = visitor.get(address)
        assert answer.status_code in (200, 302, 303), address
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        assert "구름@" not in answer.text and "구름 신청" not in answer.text and "구름 문의" not in answer.text, address
        for tag, href in re.findall(r'<(a|form)\b[^>]*\b(?:href|action)="([^"#]+)', answer.text):
            to = urljoin(address, html.unescape(href))
            if to.startswith("/staff") and tag == "a":
                pages.append(to)
        for form in re.findall(r'<form\b[^>]*method="post"[^>]*>', answer.text):
            action = re.search(r'action="([^"]+)"', form)
            refuse_none(app, officer, html.unescape(action[1]) if action else address)
    assert len({rule_of(app, address).endpoint for address in seen}) > 80


def begin_as(app, visitor, user):
    from_page_client = app.test_client().sign_in(user)
    with from_page_client.session_transaction() as session, visitor.session_transaction() as own:
        own.update(session)


def rule_of(app, address):
    try:
        return app.url_map.bind("localhost").match(address.partition("?")[0], "GET", return_rule=True)[0]
    except HTTPException as error:
        raise AssertionError(address) from error


def refuse_none(app, user, address):
    """AssertionError where a form leads to what its reader may not do."""
    if not address.startswith("/staff"):
        return
    with app.test_request_context(address, method="POST") as context:
        g._login_user = user
        assert access_of(app, context.request.endpoint) == "staff", address
        theme_guard.guard_themes()
