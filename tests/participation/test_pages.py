"""Pages of replies: one screen, errors at the field, nobody sees another's."""

from datetime import timedelta

import pytest

from briefings.db import db
from briefings.needs.models import NeedState
from briefings.participation.match_models import Match
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.schedule.links import token_of
from briefings.web.tokens import token_for
from tests.builders import a_briefing, a_need, a_registration, a_reply, a_user, an_organization, an_owner

SENDER = {
    "kind": "company",
    "organization": "가온재활용(주)",
    "name": "이가온",
    "email": "gaon@example.com",
    "visibility": "owner",
}


def offering(need, offer="재생 설비가 있습니다.", **more):
    """What the form holds of a need that is answered; its owner may have it."""
    return {f"chosen_{need.id}": "y", f"offer_{need.id}": offer, f"consent_{need.id}": "yes"} | {
        f"{name}_{need.id}": value for name, value in more.items()
    }


def replies():
    """Every reply there is."""
    return db.session.query(ParticipationReply).all()


def link(reply, action=""):
    """The sender's own page of a reply."""
    return f"/replies/{token_for('reply', reply.public_id, reply.link_version)}{action}"


@pytest.fixture
def desk(app, client):
    """An owner signed in, with one reply to a need of the own organization."""
    organization = an_organization()
    client.sign_in(an_owner(organization))
    return client, a_reply(a_need(organization=organization))


def test_one_reply_from_the_page_of_a_need(app, client):
    need = a_need()
    form = {**SENDER, **offering(need, tags="equipment", conditions="내년 3월부터")}
    answer = client.post(f"/needs/{need.id}/reply", data=form, follow_redirects=True)
    assert "참여 답글을 보냈습니다" in answer.text
    assert need.title in answer.text
    assert "2026. 11. 30.(월) 18:00" in answer.text  # what the owner does next, by when
    assert [(made.offer_tags, made.conditions) for made in replies()] == [(["equipment"], "내년 3월부터")]


def test_every_presented_need_on_one_screen_and_only_those_ticked_are_answered(app, client):
    briefing = a_briefing(needs=3)
    first, second, third = (slot.need for slot in briefing.slots)
    page = client.get(f"/briefings/{briefing.public_id}/reply").text
    assert all(need.title in page for need in (first, second, third))
    form = {**SENDER, **offering(second, "판로가 있습니다."), f"offer_{third.id}": "쓰다 만 말"}
    client.post(f"/briefings/{briefing.public_id}/reply", data=form)
    assert [(made.need_id, made.briefing_id) for made in replies()] == [(second.id, briefing.id)]


def test_what_was_given_at_registration_is_filled_in(app, client):
    registration = a_registration(a_briefing(needs=2))
    registration.interests.append(registration.briefing.slots[1].need)
    db.session.commit()
    for address in (f"/r/{token_of(registration)}/reply", f"/join/{token_of(registration, 'join')}/reply"):
        page = client.get(address).text
        assert registration.email in page
        assert page.count("checked") == 2  # the interest and the visibility


def test_errors_stand_at_the_field_and_the_typing_is_kept(app, client):
    briefing = a_briefing(needs=2)
    first, second = (slot.need for slot in briefing.slots)
    form = {**SENDER, f"offer_{first.id}": "재생 설비"}
    answer = client.post(f"/briefings/{briefing.public_id}/reply", data=form)
    assert answer.status_code == 200
    assert "답글을 남길 과제를 하나 이상 골라 주세요" in answer.text
    form |= {f"chosen_{second.id}": "y", f"offer_{second.id}": "판로가 있습니다."}
    answer = client.post(f"/briefings/{briefing.public_id}/reply", data=form)
    assert f"‘{second.organization.name}에 개인정보 제공’에 답해 주세요" in answer.text
    assert first.organization.name + "에 개인정보 제공’" not in answer.text  # nothing is asked for those not ticked
    assert "재생 설비" in answer.text
    assert replies() == []


def test_a_ticked_need_wants_a_sentence(app, client):
    need = a_need()
    answer = client.post(f"/needs/{need.id}/reply", data={**SENDER, **offering(need, "")})
    assert "한 문장으로 적어 주세요" in answer.text
    assert replies() == []


def test_without_consent_nothing_is_passed_on(app, client):
    need = a_need()
    form = {**SENDER, **offering(need, consent="no")}
    assert "이 수요기관에 답글을 전할 수 없습니다" in client.post(f"/needs/{need.id}/reply", data=form).text
    assert replies() == []


def test_a_closed_need_says_so_and_an_unpublished_one_is_not_found(app, client):
    assert "더 이상 답글을 받지 않습니다" in client.get(f"/needs/{a_need(state=NeedState.CLOSED).id}/reply").text
    assert client.get(f"/needs/{a_need(state=NeedState.SUBMITTED).id}/reply").status_code == 404


def test_the_sender_sees_changes_and_takes_back_the_reply_by_link(app, client):
    made = a_reply()
    assert made.offer in client.get(link(made)).text
    client.post(
        link(made, "/change"), data={"offer": "설비와 인력이 있습니다.", "visibility": "public", "conditions": ""}
    )
    db.session.expire_all()
    assert made.offer == "설비와 인력이 있습니다."
    assert "거두어들이시겠습니까" in client.get(link(made, "/withdraw")).text
    db.session.expire_all()
    assert made.state is ReplyState.SENT
    assert "거두어들였습니다" in client.post(link(made, "/withdraw"), follow_redirects=True).text


def test_a_made_up_link_opens_no_reply(app, client):
    assert client.get("/replies/abc.def").status_code == 404


def test_the_owner_acknowledges_notes_and_matches(app, now, desk):
    client, made = desk
    page = f"/my/replies/{made.public_id}"
    assert "확인 기다림" in client.get("/my/replies").text
    client.post(page + "/acknowledge")
    client.post(page + "/consultations", data={"held_on": "2026-11-20", "notes": "현장을 봤습니다.", "next_step": ""})
    assert "현장을 봤습니다." in client.get(page).text
    form = {
        "partners": str(made.id),
        "matched_on": "2026-11-22",
        "summary": "함께 만들기로 했습니다.",
        "own_contribution": "작업장",
        f"contribution_{made.organization_id}": "설비",
    }
    assert "설비" in client.get(page + "/match").text
    answer = client.post(page + "/match", data=form, follow_redirects=True)
    assert "성사를 기록하고" in answer.text
    assert len(db.session.query(Match).one().organizations) == 2


def test_beside_each_organization_stands_what_it_brings_and_each_reply_says_whose_match_it_is(app, desk):
    client, made = desk
    other = a_reply(made.need)
    form = client.get(f"/my/replies/{made.public_id}/match").text
    for reply in (made, other):
        part = next(part for part in form.split('<div class="reply-need">') if f'value="{reply.id}"' in part)
        assert f'name="contribution_{reply.organization_id}"' in part
        assert ("checked" in part.split("<label")[0]) is (reply is made)
    sent = {"partners": str(made.id), "matched_on": "2026-11-22", "summary": "함께합니다.", "own_contribution": "우리"}
    client.post(f"/my/replies/{made.public_id}/match", data=sent)
    assert "성사된 협업</h2>" in client.get(f"/my/replies/{made.public_id}").text
    assert "이 과제의 다른 성사</h2>" in client.get(f"/my/replies/{other.public_id}").text


def test_a_consultation_of_tomorrow_is_refused_at_the_field(app, desk):
    client, made = desk
    answer = client.post(
        f"/my/replies/{made.public_id}/consultations", data={"held_on": "2026-11-24", "notes": "내일 만납니다."}
    )
    assert "오늘이거나 지난 날" in answer.text
    assert "내일 만납니다." in answer.text


def test_the_owner_declines_with_a_reason(app, desk):
    client, made = desk
    page = f"/my/replies/{made.public_id}"
    assert "입력해 주세요" in client.post(page + "/decline", data={"reason": ""}).text
    client.post(page + "/decline", data={"reason": "설비가 이미 있습니다."})
    assert "설비가 이미 있습니다." in client.get(link(made)).text


def test_a_second_press_of_the_button_says_why_not(app, desk):
    client, made = desk
    client.post(f"/my/replies/{made.public_id}/acknowledge")
    answer = client.post(f"/my/replies/{made.public_id}/acknowledge")
    assert answer.status_code == 409
    assert "이미 확인했거나" in answer.text


def test_another_organizations_reply_is_not_found(app, desk):
    client, _ = desk
    other = a_reply()
    for action in ("", "/decline", "/match"):
        assert client.get(f"/my/replies/{other.public_id}{action}").status_code == 404
    for action in ("/acknowledge", "/consultations"):
        assert client.post(f"/my/replies/{other.public_id}{action}").status_code == 404


def test_staff_see_all_replies_and_those_let_wait(app, client, now):
    client.sign_in(a_user())
    late = a_reply(due_at=now - timedelta(days=3))
    fresh = a_reply()
    page = client.get("/staff/replies?state=late").text
    assert late.organization.name in page
    assert fresh.organization.name not in page
    assert late.offer in client.get(f"/staff/replies/{late.public_id}").text


def test_lists_of_replies_take_as_many_queries_for_three_as_for_one(app, desk, count_queries):
    client, made = desk
    client.get("/my/replies")  # which is recorded once in an hour
    with count_queries() as one:
        client.get("/my/replies")
    for _ in range(2):
        a_reply(made.need)
    with count_queries() as three:
        client.get("/my/replies")
    assert len(three) == len(one)


def test_spaces_alone_are_no_name(app, client):
    need = a_need()
    form = {**SENDER, "organization": "   ", **offering(need)}
    assert "입력해 주세요" in client.post(f"/needs/{need.id}/reply", data=form).text
    assert replies() == []


def test_an_owner_who_replies_to_anothers_need_finds_the_account_filled_in(app, client):
    owner = an_owner(an_organization("가온공단 본사"))
    page = client.sign_in(owner).get(f"/needs/{a_need().id}/reply").text
    assert "가온공단 본사" in page
    assert owner.email in page


def test_whoever_replies_learns_nothing_of_who_replied_before(client):
    need, pages = a_need(), []
    for email in ("gaon@example.com", "daon@example.com"):  # the second is of the same organization
        told = SENDER | offering(need) | {"email": email}
        pages.append(client.post(f"/needs/{need.id}/reply", data=told, follow_redirects=True).text.replace(email, ""))
        client.delete_cookie("session")
    assert pages[0] == pages[1] and len(replies()) == 1


def test_more_replies_may_come_from_one_network_address_than_after_one_briefing(app, client, limited):
    need = a_need()
    answers = [client.post(f"/needs/{need.id}/reply", data=SENDER).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_link_of_before_says_that_it_ended_and_nothing_of_the_reply(client):
    reply = a_reply()
    before = [link(reply), link(reply, "/change")]
    reply.link_version += 1
    db.session.commit()
    for ended in map(client.get, before):
        assert ended.status_code == 410 and "전에 쓰던 링크입니다" in ended.text
        assert reply.need.title not in ended.text and reply.name not in ended.text
    made_up = f"/replies/{reply.public_id}.{'x' * 27}"
    assert client.get(made_up).status_code == 404
