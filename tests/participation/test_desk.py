"""The owner's desk: what waits first, answers with words kept for it, and what follows when nobody answers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from briefings.audit.models import AuditEntry
from briefings.db import db, unit_of_work
from briefings.jobs import chase_owners
from briefings.outbox.models import Message
from briefings.participation import answering
from briefings.participation.models import AnswerTemplate, ReplyState
from tests.builders import a_need, a_reply, a_user, an_organization, an_owner
from tests.mails import mails_to

OWNER = "owner@agency.example.kr"


@pytest.fixture
def desk(app, client):
    """An owner signed in, with one reply sent on Monday the 23rd at 10:00 to a need of the own organization."""
    organization = an_organization("한려해양공단")
    client.sign_in(an_owner(organization, email=OWNER, name="홍길동"))
    need = a_need(organization=organization, title="폐어망 되살림")
    return client, a_reply(
        need, sent_at=datetime(2026, 11, 23, 1, tzinfo=UTC), due_at=datetime(2026, 11, 30, 9, tzinfo=UTC)
    )


def test_the_offer_stands_first_and_lists_are_by_what_is_to_be_done(desk):
    client, waiting = desk
    states = (ReplyState.CONSULTING, ReplyState.DECLINED, ReplyState.WITHDRAWN)
    going, settled, gone = (a_reply(waiting.need, state=state) for state in states)
    page = client.get("/my/replies").text
    assert page.index(waiting.offer[:10]) < page.index(waiting.organization.name)
    assert "2026. 11. 30.(월) 18:00까지 확인해 주세요" in page
    assert going.organization.name not in page
    shown = {shelf: client.get(f"/my/replies?shelf={shelf}").text for shelf in ("going", "done", "all", "nonsense")}
    assert going.organization.name in shown["going"] and settled.organization.name in shown["done"]
    assert gone.organization.name not in shown["all"]
    assert waiting.organization.name in shown["nonsense"]
    other = a_reply(a_need(organization=waiting.need.organization))
    assert other.organization.name not in client.get(f"/my/replies?need={waiting.need_id}").text
    assert client.get("/my/replies?need=x").status_code == 200


def test_long_lists_come_in_pages_with_as_many_queries(desk, count_queries):
    client, made = desk
    with count_queries() as one:
        client.get("/my/replies")
    for _ in range(21):
        a_reply(made.need)
    with count_queries() as many:
        page = client.get("/my/replies").text
    assert page.count('<article class="card">') == 20 and "page=2" in page
    assert len(many) == len(one)


def test_a_word_goes_along_with_the_acknowledgement(app, desk):
    client, made = desk
    page = f"/my/replies/{made.public_id}/acknowledge"
    text = client.get(f"{page}?template=usual").text
    assert f"이가온 님, ‘{made.need.title}’ 과제에" in text
    assert made.state is ReplyState.SENT
    client.post(page, data={"words": "다음 주에 전화드리겠습니다."})
    assert (made.state, made.acknowledgement) == (ReplyState.ACKNOWLEDGED, "다음 주에 전화드리겠습니다.")
    (mail,) = mails_to(app, made.email)
    assert "다음 주에 전화드리겠습니다." in mail.text
    assert "다음 주에 전화드리겠습니다." in client.get(f"/my/replies/{made.public_id}").text


def test_words_are_kept_chosen_changed_and_discarded(desk):
    client, made = desk
    assert "기본 글" in client.get(f"/my/replies/{made.public_id}/decline").text
    assert "저장한 글틀이 없어" in client.get("/my/templates").text
    form = {"purpose": "decline", "title": "예산", "text": "#{이름} 님, #{우리 기관}의 올해 예산이 끝났습니다."}
    assert "#{기관장} 자리는" in client.post("/my/templates/new", data={**form, "text": "#{기관장} 귀중"}).text
    client.post("/my/templates/new", data=form)
    assert "같은 이름의 글틀" in client.post("/my/templates/new", data=form).text
    kept = db.session.query(AnswerTemplate).one()
    assert "이가온 님, 한려해양공단의 올해 예산이" in client.get(
        f"/my/replies/{made.public_id}/decline?template={kept.id}"
    ).text  # fmt: skip
    client.post(f"/my/templates/{kept.id}", data={**form, "title": "예산 없음"})
    assert "예산 없음" in client.get("/my/templates").text
    client.sign_in(an_owner(an_organization("다른 기관")))
    assert client.get(f"/my/templates/{kept.id}").status_code == 404
    assert "예산 없음" not in client.get("/my/templates").text
    client.sign_in(an_owner(made.need.organization))  # colleagues share them
    assert "지우시겠습니까" in client.get(f"/my/templates/{kept.id}/discard").text
    client.post(f"/my/templates/{kept.id}/discard")
    assert db.session.query(AnswerTemplate).count() == 0


def test_an_owner_who_lets_replies_wait_is_asked_after_two_and_after_five_working_days(app, desk):
    _, made = desk
    a_reply(made.need, sent_at=made.sent_at + timedelta(hours=3), due_at=made.due_at)
    steps = {
        "2026-11-24T01:00Z": [],
        "2026-11-24T23:59Z": [],  # 08:59 on Wednesday in Seoul
        "2026-11-25T00:00Z": [2],  # one mail for both replies
        "2026-11-26T01:00Z": [2],
        "2026-11-28T01:00Z": [2],  # nobody is asked on a Saturday
        "2026-11-30T00:10Z": [2, 5],
        "2026-12-01T01:00Z": [2, 5],
        "2026-12-20T01:00Z": [2, 5],
    }
    for moment, expected in steps.items():
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            chase_owners(app), chase_owners(app)
            found = [message.params["step"] for message in db.session.query(Message).filter_by(kind="reply_chase")]
            assert found == expected, moment
            if moment.startswith("2026-11-30"):
                first, last = mails_to(app, OWNER)
                assert "참여 답글 2건" in first.subject and first.text.count("- 가온재활용") == 2
                assert "확인 기한입니다" in last.subject


def test_whoever_answered_is_not_asked_again(app, desk):
    _, made = desk
    with time_machine.travel("2026-11-25T00:10Z", tick=False):
        chase_owners(app)
        with unit_of_work():
            answering.acknowledge(made, made.sent_at)
        assert "모두 확인" in mails_to(app, OWNER)[0].reason
    with time_machine.travel("2026-11-30T00:10Z", tick=False):
        chase_owners(app)
        assert db.session.query(Message).filter_by(kind="reply_chase").count() == 1


def test_replies_that_were_late_long_ago_are_left_to_staff(app, desk):
    with time_machine.travel("2027-03-02T01:00Z", tick=False):
        chase_owners(app)
        assert db.session.query(Message).filter_by(kind="reply_chase").count() == 0


def test_staff_see_what_was_sent_and_ask_in_their_own_words(app, desk, count_queries):
    client, made = desk
    with time_machine.travel("2026-11-30T00:10Z", tick=False):
        chase_owners(app)
    with time_machine.travel("2026-12-02T01:00Z", tick=False):
        client.sign_in(a_user())
        page = client.get("/staff/replies?state=late").text
        assert "5근무일째 알림" in page and "1일 지남" in page and OWNER in page
        with count_queries() as one:
            client.get("/staff/replies?state=late")
        a_reply(made.need, due_at=made.due_at), a_reply(due_at=made.due_at)
        with count_queries() as three:
            client.get("/staff/replies?state=late")
        assert len(three) == len(one)
        ask = f"/staff/replies/remind?reply={made.id}&reply=7777777&reply=x"
        shown = client.get(ask).text
        assert "받는 사람이 보는 모습" in shown and made.organization.name in shown
        assert db.session.query(Message).filter_by(kind="reply_chase").count() == 1
        form = {"reply": made.id, "words": "설명회 뒤에 온 답글입니다.", "do": "preview"}
        assert "설명회 뒤에 온 답글입니다." in client.post("/staff/replies/remind", data=form).text
        assert db.session.query(Message).filter_by(kind="reply_chase").count() == 1
        answer = client.post("/staff/replies/remind", data={**form, "do": "send"}, follow_redirects=True)
        assert "1통을 보냈습니다" in answer.text and "직원이 알림" in answer.text
        assert "설명회 뒤에 온 답글입니다." in mails_to(app, OWNER)[-1].text
        assert db.session.query(AuditEntry).filter_by(action="reply.owner_reminded").one().about_id == made.id
        assert "하루 안에 이미 알렸습니다" in client.post("/staff/replies/remind", data={**form, "do": "send"}).text
        assert "골라 주세요" in client.get("/staff/replies/remind").text
        assert "직원이 알림" in client.get(f"/staff/replies/{made.public_id}").text
