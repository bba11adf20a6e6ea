"""Officers who answer for some themes change and look into those alone; they see all the rest."""

import pytest

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.front.theme_guard import unplaced
from briefings.mentoring.models import Advice
from briefings.needs.officers import give_themes, themes_of
from briefings.outbox.models import Message
from briefings.outbox.queueing import Recipient, queue
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import SupportState
from tests.builders import (
    BEFORE,
    a_briefing,
    a_need,
    a_registration,
    a_reply,
    a_theme,
    a_user,
    an_expert,
    saved,
)


@pytest.fixture
def sea(app):
    return a_theme("바다")


@pytest.fixture
def officer(client, sea, now):
    """Somebody who answers for the sea alone, signed in."""
    user = a_user(Role.OFFICER)
    give_themes(user, [sea.id], a_user(Role.ADMINISTRATOR), now)
    db.session.commit()
    client.sign_in(user)
    return user


def test_every_view_of_staff_with_a_variable_says_what_it_is_about(app):
    assert list(unplaced(app)) == []


def addresses(need, briefing, reply, registration, advice, message):
    """What only somebody who answers for their theme may open, and what everybody may read."""
    closed = [
        f"/staff/needs/{need.id}/withdraw",
        f"/staff/needs/{need.id}/edit/topics",
        f"/staff/briefings/{briefing.id}/edit",
        f"/staff/briefings/{briefing.id}/registrations",
        f"/staff/briefings/{briefing.id}/registrations/{registration.public_id}",
        f"/staff/briefings/{briefing.id}/attendance",
        f"/staff/support/{registration.public_id}",
        f"/staff/replies/{reply.public_id}",
        f"/staff/replies/remind?reply={reply.id}",
        f"/staff/advice/{advice.id}/hide",
        f"/staff/advice/ask?need={need.id}",
        f"/staff/outbox/{message.id}",
    ]
    return closed, [f"/staff/needs/{need.id}", f"/staff/briefings/{briefing.id}", "/staff/replies", "/staff/briefings"]


def presenting(need, theme):
    briefing = a_briefing(needs=0, theme=theme)
    slot = PresenterSlot(need_id=need.id, briefing_id=briefing.id, position=1, talk_minutes=10, question_minutes=5)
    saved(slot)
    return briefing


@pytest.fixture
def world(now):
    """A need in a briefing of its theme, with what belongs to both."""

    def of(theme):
        need = a_need(themes=[theme])
        briefing = presenting(need, theme)
        registration = a_registration(briefing=briefing, support="수어 통역", support_state=SupportState.ASKED)
        advice = saved(Advice(need_id=need.id, mentor_id=an_expert().id, asked_at=BEFORE))
        queue("test", f"test:{need.id}", Recipient("a@example.kr", "김"), now, about=f"briefing:{briefing.id}")
        db.session.commit()
        message = db.session.query(Message).order_by(Message.id.desc()).first()
        return need, briefing, a_reply(need=need), registration, advice, message

    return of


def test_what_is_of_their_theme_is_theirs(client, officer, sea, world):
    closed, to_read = addresses(*world(sea))
    for address in [*closed, *to_read]:
        assert client.get(address).status_code in (200, 302, 303), address


def test_what_is_of_another_theme_is_read_but_neither_changed_nor_looked_into(client, officer, world, count_queries):
    other = a_theme("하늘")
    need, briefing, *rest = world(other)
    closed, to_read = addresses(need, briefing, *rest)
    for address in to_read:
        assert client.get(address).status_code == 200, address
    assert "하늘 주제를 맡은 담당자만 고칠 수 있습니다" in client.get(to_read[0]).text
    for address in closed:
        with count_queries() as sent:
            answer = client.get(address)
        assert answer.status_code == 403, address
        assert "‘하늘’ 주제를 맡은 담당자만" in answer.text
        assert len(sent) < 8, address
    for action in ("close", "publish", "claim"):
        assert client.post(f"/staff/needs/{need.id}/{action}").status_code == 403
    assert client.post(f"/staff/briefings/{briefing.id}/hold-mails").status_code == 403
    assert client.post(f"/staff/outbox/{rest[-1].id}/hold").status_code == 403
    assert not history_of(need)


def test_nothing_of_another_theme_goes_along_with_several(client, officer, sea, world):
    need, briefing, reply, registration, _, message = world(a_theme("하늘"))
    own, *_, own_message = world(sea)
    junk = "&".join(["need=x"] * 120)
    for address in (
        f"/staff/advice/ask?{junk}&need={need.id}",
        f"/staff/advice/ask?need=%20{need.id}",
        f"/staff/replies/remind?reply=%20{reply.id}",
    ):
        assert client.get(address).status_code == client.post(address).status_code == 403, address
    assert client.get(f"/staff/briefings/{briefing.id}/day/cue-sheet").status_code == 403
    mine = presenting(own, sea)
    to = {"id": registration.id, "destination": briefing.id}
    assert client.post(f"/staff/briefings/{mine.id}/registrations/together/move", data=to).status_code == 403
    for nonsense in ("99999999999999999999", "-1", "²"):
        for address in ("/staff/replies/remind?reply", "/staff/advice/ask?need", "/staff/outbox/together/hold?id"):
            assert client.get(f"{address}={nonsense}").status_code == 200, address
    assert client.get(f"/staff/outbox/together/hold?id={own_message.id}").status_code == 200
    for address in (f"id={message.id}", f"all=1&about=briefing:{briefing.id}"):
        assert "보류할 것이 없습니다" in client.get(f"/staff/outbox/together/hold?{address}").text, address


def test_how_to_reach_the_people_of_another_theme_is_not_shown(client, officer, sea):
    for theme, shown in ((a_theme(), False), (sea, True)):
        need = a_need(themes=[theme])
        briefing = presenting(need, theme)
        need.contact_name, need.contact_email = "도토리 담당", "dotori@example.kr"
        briefing.slots[0].presenter_name, briefing.slots[0].presenter_email = "박발표", "balpyo@example.kr"
        db.session.commit()
        page = client.get(f"/staff/needs/{need.id}").text
        assert (need.contact_email in page) is (need.contact_name in page) is shown
        page = client.get(f"/staff/briefings/{briefing.id}").text
        assert "박발표" in page
        assert ("balpyo@example.kr" in page) is shown


def test_one_theme_in_common_is_enough_and_a_briefing_has_those_of_its_needs(client, officer, sea):
    both = a_need(themes=[a_theme(), sea])
    assert client.get(f"/staff/needs/{both.id}/withdraw").status_code == 200
    briefing = presenting(both, a_theme())
    assert client.get(f"/staff/briefings/{briefing.id}/edit").status_code == 200
    assert client.get(f"/staff/needs/{2**31 - 1}/withdraw").status_code == 404


def test_administrators_and_officers_without_themes_answer_for_everything(client, app, officer, sea, world, now):
    closed, _ = addresses(*world(a_theme()))
    assert client.get(closed[0]).status_code == 403
    give_themes(officer, [], a_user(Role.ADMINISTRATOR), now)
    db.session.commit()
    for person in (client, app.test_client().sign_in(a_user(Role.ADMINISTRATOR))):
        assert person.get(closed[0]).status_code == 200


def test_whether_an_officer_answers_for_all_is_asked_once_for_a_page_and_then_nothing_of_the_thing(
    client, app, count_queries
):
    client.sign_in(a_user())
    need = a_need()
    with count_queries() as sent:
        assert client.get(f"/staff/needs/{need.id}").status_code == 200
    assert len([each for each in sent if "officer_themes" in each]) == 1
    assert not [each for each in sent if "FROM themes" in each and "need_themes" in each.partition("WHERE")[2]]


def test_an_administrator_gives_themes_which_is_kept_and_shown(app, sea, client):
    officer, owner = a_user(Role.OFFICER), a_user(Role.OWNER)
    client.sign_in(a_user(Role.ADMINISTRATOR))
    sky = a_theme("하늘")
    page = f"/staff/accounts/{officer.id}/themes"
    assert "하늘" in client.get(page).text
    assert client.post(page, data={"themes": [sky.id, sea.id]}).location == f"/staff/accounts/{officer.id}"
    assert [theme.name for theme in themes_of(officer)] == ["바다", "하늘"]
    assert client.post(page, data={"themes": ["99999999"]}).status_code == 200
    assert "바다, 하늘" in client.get("/staff/accounts").text
    assert "담당 주제를 바꿈: 모든 주제 → 바다, 하늘" in client.get(f"/staff/accounts/{officer.id}").text
    client.post(page, data={"csrf_token": "x"})
    assert themes_of(officer) == []
    assert client.get(f"/staff/accounts/{owner.id}/themes").status_code == 404
    assert client.sign_in(officer).post(page, data={"themes": [sky.id]}).status_code == 403


def test_their_themes_are_the_first_filter_of_the_list_and_of_its_file(client, officer, sea):
    own, other = a_need(themes=[sea], title="바다에서 건진 그물"), a_need(title="산에서 주운 도토리")
    page = client.get("/staff/needs?theme=own").text
    assert "내 담당 주제 (바다)" in page
    assert own.title in page and other.title not in page
    assert "과제 1건" in page
    file = client.post("/staff/exports/needs?theme=own", data={"format": "csv", "reason": "담당 과제 정리"})
    assert own.title in file.text and other.title not in file.text
    client.sign_in(a_user(Role.OFFICER))
    assert other.title in client.get("/staff/needs?theme=own").text
