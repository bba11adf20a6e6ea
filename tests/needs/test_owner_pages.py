"""The pages of need owners."""

import re
from datetime import date, timedelta

import pytest

from briefings.db import db
from briefings.needs import registering
from briefings.needs.models import Need, NeedState, Stage
from tests.builders import BEFORE, a_need, a_round, a_theme, a_user, an_audience, an_organization, an_owner
from tests.needs.test_registering import an_entry

TYPED = {
    "introduction": {"title": "폐어망 되살림 공정 함께 만들기", "summary": "폐어망을 원료로 바꿀 설비를 찾습니다."},
    "exchange": {
        "offers": "수거한 폐어망\r\n선별 작업장",
        "offer_tags": ["place", "budget"],
        "seeks": "재생 원료로 바꾸는 설비",
    },
    "topics": {"region": "KR-49", "stage": "pilot"},
    "contact": {
        "contact_name": "홍길동",
        "contact_phone": "064 123 4567",
        "contact_email": "gildong@example.kr",
    },
}


@pytest.fixture
def organization(app):
    """The body the signed-in owner acts for."""
    return an_organization("가온해양공단")


@pytest.fixture
def owner(client, organization):
    """A client signed in for it."""
    return client.sign_in(an_owner(organization, name="홍길동", email="gildong@example.kr", phone="064-123-4567"))


def typed(part, **given):
    """A complete part of the form."""
    topics = {"themes": [a_theme().id], "audiences": [an_audience().id]} if part == "topics" else {}
    return {"save": "leave"} | TYPED[part] | topics | given


def seen(need):
    """What the hidden field says of the version the person looks at."""
    return need.changed_at.isoformat()


def a_closed_round():
    """A call for needs that is over."""
    return a_round(name="2026 상반기", opens_at=BEFORE - timedelta(days=60), closes_at=BEFORE)


def write(client, need, part, side="my", **given):
    """What the page answers to a part that was typed over the present version."""
    data = typed(part, **{"seen": seen(need), **given})
    return client.post(f"/{side}/needs/{need.id}/edit/{part}", data=data)


def the_need():
    """The only need there is."""
    db.session.expire_all()
    return db.session.query(Need).one()


def test_whoever_has_no_need_yet_is_shown_the_way(owner):
    page = owner.get("/my/needs")
    assert "등록한 과제가 없습니다" in page.text
    assert "/my/needs/new" in page.text


def test_an_account_without_an_organization_is_told_whom_to_ask(app, client):
    user = a_user(role="owner")
    page = client.sign_in(user).get("/my/needs")
    assert "소속 기관이 아직 정해지지 않았습니다" in page.text
    assert client.get("/my/needs/new").status_code == 302
    assert client.get(f"/my/needs/{a_need().id}").status_code == 404


def test_the_first_form_sent_once_more_goes_on_with_its_draft(owner, organization):
    call = a_round(name="2026 하반기")
    new = f"/my/needs/new?round={call.public_id}"
    sent = typed("introduction", save="next", background="첫 줄\r\n둘째 줄")
    first = owner.post(new, data=sent)
    assert the_need().round_id == call.id
    write(owner, the_need(), "exchange")
    again = owner.post(new, data=sent)
    assert (again.status_code, again.location) == (303, first.location)
    assert the_need().seeks == TYPED["exchange"]["seeks"], "the draft is the only one, and as it was"


@pytest.mark.parametrize("by_colleague", [False, True])
def test_other_words_under_the_title_of_a_draft_are_kept_and_the_draft_is_offered(owner, organization, by_colleague):
    sent = typed("introduction", save="next")
    owner.post("/my/needs/new", data=sent)
    need = the_need()
    if by_colleague:
        need.created_by_id = a_user().id
        db.session.commit()
    else:
        sent |= {"summary": "다시 쓴 요약"}
    page = owner.post("/my/needs/new", data=sent).text
    assert "같은 이름의 초안이 이미 있습니다" in page and f'value="{sent["summary"]}"' in page
    assert f'href="/my/needs/{need.id}/edit/introduction"' in page and the_need().summary == need.summary
    beside = re.search(r'name="beside" type="hidden" value="(.*?)"', page)
    assert beside and beside[1] == str(need.id)
    owner.post("/my/needs/new", data=sent | {"beside": beside[1]})
    assert db.session.query(Need).count() == 2, "sent once more it is another need"
    assert "이미 있습니다" in owner.post("/my/needs/new", data=sent | {"summary": "셋째", "beside": "x" * 30}).text


def test_the_title_of_what_was_submitted_or_is_anothers_may_begin_a_draft(owner, organization):
    title = TYPED["introduction"]["title"]
    a_need(title=title, organization=organization)
    a_need(title=title, state=NeedState.DRAFT)
    assert owner.post("/my/needs/new", data=typed("introduction")).status_code == 303
    assert db.session.query(Need).count() == 3


def test_a_need_is_written_part_by_part_and_submitted(owner, organization):
    first = owner.post("/my/needs/new", data=typed("introduction", save="next"))
    need = the_need()
    assert (need.state, need.organization_id, need.title) == (
        NeedState.DRAFT,
        organization.id,
        "폐어망 되살림 공정 함께 만들기",
    )
    for part, following in (("exchange", "topics"), ("topics", "contact"), ("contact", "files")):
        assert first.location.endswith(f"/edit/{part}")
        first = write(owner, the_need(), part, save="next")
        assert first.location.endswith(f"/edit/{following}")
    page = owner.get(first.location.replace("files", "check")).text
    assert "가지 남음" not in page
    for words in ("선별 작업장", "제주특별자치도", "064-123-4567", "공개되면 아래처럼 보입니다"):
        assert words in page
    page = owner.post(f"/my/needs/{need.id}/edit/check", follow_redirects=True).text
    assert "과제를 제출했습니다" in page
    again = owner.post(f"/my/needs/{need.id}/edit/check", follow_redirects=True)  # after going back
    assert again.request.path == f"/my/needs/{need.id}" and "이미 제출한 과제입니다." in again.text
    need = the_need()
    assert (need.state, need.offers) == (NeedState.SUBMITTED, "수거한 폐어망\n선별 작업장")
    assert (need.offer_tags, need.seek_tags, need.region) == (["place", "budget"], [], "KR-49")


def test_the_form_knows_the_contact_from_the_account(owner, organization):
    need = a_need(organization=organization, state=NeedState.DRAFT)
    page = owner.get(f"/my/needs/{need.id}/edit/contact").text
    for value in ("홍길동", "064-123-4567", "gildong@example.kr"):
        assert f'value="{value}"' in page
    assert the_need().contact_name == "", "looking changes nothing"


def test_a_draft_is_saved_with_whatever_is_there_and_says_what_is_left(owner, organization):
    page = owner.post("/my/needs/new", data={"title": "생각 중", "save": "leave"}, follow_redirects=True)
    assert "저장했습니다" in page.text
    assert "이어서 쓰고 제출해 주세요" in page.text
    need = the_need()
    assert owner.get(f"/my/needs/{need.id}/edit").location.endswith("/edit/introduction"), "the summary is missing"
    page = owner.get(f"/my/needs/{need.id}/edit/exchange").text
    assert re.findall(r"(\d)가지 남음", page) == ["1", "2", "2", "2"]
    assert f'href="/my/needs/{need.id}/edit/contact"' in page


def test_what_is_missing_is_named_with_the_way_to_its_field(owner, organization):
    need = a_need(organization=organization, state=NeedState.DRAFT, summary="", contact_name="홍", contact_email="")
    looked = owner.get(f"/my/needs/{need.id}"), owner.get(f"/my/needs/{need.id}/edit/check")
    for answer in (*looked, owner.post(f"/my/needs/{need.id}/edit/check")):
        assert "제출하려면 2가지를 더 채워 주세요" in answer.text
        assert f'href="/my/needs/{need.id}/edit/introduction#summary"' in answer.text
        assert f'href="/my/needs/{need.id}/edit/contact#contact_email"' in answer.text
    assert "<title>오류:" in answer.text
    assert the_need().state is NeedState.DRAFT


def test_a_draft_needs_a_title(owner):
    page = owner.post("/my/needs/new", data={"title": " ", "save": "next"}).text
    assert "과제 이름을 입력해 주세요." in page
    assert db.session.query(Need).count() == 0


def test_values_that_are_not_in_the_lists_are_refused(owner, organization):
    need = a_need(organization=organization, state=NeedState.DRAFT)
    before = seen(need)
    for part, wrong in (
        ("topics", {"region": "XX"}),
        ("topics", {"stage": ""}),
        ("topics", {"themes": ["a"]}),
        ("topics", {"themes": ["0"]}),
        ("exchange", {"offer_tags": "gold"}),
    ):
        page = write(owner, need, part, **wrong)
        assert "목록에 있는 것 가운데" in page.text, wrong
        assert seen(the_need()) == before, wrong


def test_a_need_joins_the_round_it_came_from_and_may_leave_it_while_that_is_open(owner, organization, now):
    open_, closed = a_round(name="2026 하반기"), a_closed_round()
    assert "2026 하반기" in owner.get(f"/my/needs/new?round={open_.public_id}").text
    assert "접수가 끝난 수요조사입니다." in owner.get(f"/my/needs/new?round={closed.public_id}").text
    owner.post(f"/my/needs/new?round={open_.public_id}", data=typed("introduction"))
    assert the_need().round_id == open_.id
    page = owner.get(f"/my/needs/{the_need().id}/edit/topics").text
    assert f'<option lang="ko" selected value="{open_.public_id}">2026 하반기</option>' in page
    assert closed.public_id not in page
    assert "목록에 있는 것" in write(owner, the_need(), "topics", round=closed.public_id).text
    write(owner, the_need(), "topics", round="")
    assert the_need().round_id is None
    assert "2026 하반기" in owner.get(f"/my/needs/{the_need().id}").text, "the history says where it was"


def test_what_was_given_to_a_round_that_closed_is_not_moved_by_its_owner(owner, organization, now):
    closed, open_ = a_closed_round(), a_round(name="2026 하반기")
    complete = {"contact_name": "홍길동", "contact_email": "g@example.kr"}
    need = a_need(organization=organization, state=NeedState.DRAFT, round=closed, **complete)
    page = owner.get(f"/my/needs/{need.id}/edit/topics").text
    assert "접수가 끝나 수요조사를 바꿀 수 없습니다." in page
    write(owner, need, "topics", round=open_.public_id)
    assert the_need().round_id == closed.id
    page = owner.post(f"/my/needs/{need.id}/edit/check").text
    assert "‘2026 상반기’의 접수가 끝났습니다." in page
    assert the_need().state is NeedState.DRAFT
    need.state, need.return_reason = NeedState.RETURNED, "수거량을 적어 주세요."
    db.session.commit()
    owner.post(f"/my/needs/{need.id}/edit/check")
    assert the_need().state is NeedState.SUBMITTED, "what was returned may come back"


def test_the_list_says_each_state_in_words_and_what_to_do(owner, organization):
    a_need(
        organization=organization, title="돌아온 과제", state=NeedState.RETURNED, return_reason="수거량을 적어 주세요."
    )
    a_need(organization=organization, title="공개된 과제")
    a_need(title="남의 과제")
    page = owner.get("/my/needs").text
    for words in ("돌려보냄", "수거량을 적어 주세요.", "고쳐서 다시 제출하기", "게시 중", "참여 답글이 오면"):
        assert words in page
    assert "남의 과제" not in page


def test_a_returned_need_shows_reason_and_deadline_and_is_submitted_again(owner, organization):
    given = {"contact_name": "홍길동", "contact_email": "g@example.kr", "return_due_on": date(2026, 11, 26)}
    need = a_need(organization=organization, state=NeedState.RETURNED, return_reason="수거량을 적어 주세요.", **given)
    for page in ("", f"/{need.id}", f"/{need.id}/edit/exchange", f"/{need.id}/edit/check"):
        shown = owner.get(f"/my/needs{page}").text
        assert "수거량을 적어 주세요." in shown
        assert "2026. 11. 26.(목)" in shown
        assert "3일 남음" in shown
    assert "필요 역량을 입력해 주세요." in write(owner, need, "exchange", seeks="").text
    owner.post(f"/my/needs/{need.id}/edit/check")
    assert (the_need().state, the_need().return_due_on) == (NeedState.SUBMITTED, None)


def test_an_edit_of_a_published_need_is_live_and_in_the_history(owner, organization, client):
    need = a_need(organization=organization, title="옛 이름")
    assert "게시 중인 과제입니다" in owner.get(f"/my/needs/{need.id}/edit/introduction").text
    page = owner.get(write(owner, need, "introduction").location).text
    assert "저장했습니다" in page
    assert "고침" in page
    assert TYPED["introduction"]["title"] in client.get(f"/needs/{need.id}").text


def test_the_second_of_two_people_is_told_and_may_then_overwrite(owner, organization, now):
    need = a_need(organization=organization)
    seen_by_both, colleague = seen(need), a_user()
    registering.edit(need, an_entry(title="첫 사람"), need.changed_at, colleague, now + timedelta(minutes=5))
    db.session.commit()
    page = write(owner, need, "introduction", title="둘째 사람", seen=seen_by_both).text
    assert "그 사이 다른 사람이, 또는 다른 창에서 이 과제를 고쳤습니다(2026. 11. 23.(월) 10:05)" in page
    assert 'value="둘째 사람"' in page
    assert "지금 저장된 내용 보기" in page
    assert the_need().title == "첫 사람"
    assert f'value="{seen(the_need())}"' in page, "sending once more means to overwrite"
    write(owner, the_need(), "introduction", title="둘째 사람")
    assert the_need().title == "둘째 사람"


def test_two_parts_open_in_two_windows_do_not_disturb_each_other(owner, organization):
    need = a_need(organization=organization)
    seen_by_both = seen(need)
    write(owner, need, "introduction", title="새 이름", seen=seen_by_both)
    write(owner, need, "exchange", seeks="새로 찾는 것", seen=seen_by_both)
    assert (the_need().title, the_need().seeks) == ("새 이름", "새로 찾는 것")


def test_an_old_window_takes_no_need_out_of_its_round(owner, organization):
    need, call, other = a_need(organization=organization), a_round(name="2026 하반기"), a_round(name="2027 상반기")
    page = owner.get(f"/my/needs/{need.id}/edit/topics").text
    old = {"seen": seen(need), "round_shown": re.search(r'name="round_shown" type="hidden" value="(.*?)"', page)[1]}
    old |= {"themes": [need.themes[0].id], "audiences": [need.audiences[0].id], "region": need.region.value}
    write(owner, need, "topics", **old, stage=need.stage.value, round=call.public_id)
    write(owner, need, "topics", **old, stage="pilot", round="")
    found = the_need()
    assert (found.round_id, found.stage) == (call.id, Stage.PILOT), "the second window left the round alone"
    page = write(owner, need, "topics", **old, stage="pilot", round=other.public_id, period="2027년")
    assert "그 사이 다른 사람이, 또는 다른 창에서 이 과제를 고쳤습니다" in page.text
    assert f'<option lang="ko" selected value="{other.public_id}">' in page.text, "the typing is kept"
    assert 'value="2027년"' in page.text
    assert the_need().round_id == call.id
    write(owner, the_need(), "topics", round_shown=call.public_id, round=other.public_id)
    assert the_need().round_id == other.id, "sending once more means to change it"


def test_a_round_left_alone_stays_when_something_else_is_refused(owner, organization, now):
    need, call = a_need(organization=organization), a_round(name="2026 하반기")
    old = {"seen": seen(need), "round_shown": "", "round": "", "period": "2027년"}
    write(owner, need, "topics", round=call.public_id, period="2028년")
    page = write(owner, need, "topics", **old).text
    assert "그 사이 다른 사람이, 또는 다른 창에서 이 과제를 고쳤습니다" in page
    assert f'<option lang="ko" selected value="{call.public_id}">' in page
    assert f'name="round_shown" type="hidden" value="{call.public_id}"' in page


def test_withdrawing_asks_first(owner, organization):
    need = a_need(organization=organization)
    assert "과제를 철회하시겠습니까?" in owner.get(f"/my/needs/{need.id}/withdraw").text
    assert the_need().state is NeedState.PUBLISHED
    page = owner.post(f"/my/needs/{need.id}/withdraw", follow_redirects=True).text
    assert "과제를 철회했습니다" in page
    assert the_need().state is NeedState.WITHDRAWN
    assert owner.get(f"/my/needs/{need.id}/withdraw").status_code == 409
    for part in ("", "/exchange", "/files", "/check"):
        assert owner.get(f"/my/needs/{need.id}/edit{part}").status_code == 409


def test_closing_asks_first(owner, organization):
    need = a_need(organization=organization)
    assert "과제를 마감하시겠습니까?" in owner.get(f"/my/needs/{need.id}/close").text
    owner.post(f"/my/needs/{need.id}/close")
    assert the_need().state is NeedState.CLOSED
    assert owner.get(f"/my/needs/{need.id}/close").status_code == 409
    assert "다시 열었습니다" in owner.post(f"/my/needs/{need.id}/reopen", follow_redirects=True).text
    assert the_need().takes_replies
    assert owner.post(f"/my/needs/{need.id}/reopen").status_code == 409


def test_what_led_to_a_match_stays_closed(owner, organization):
    need = a_need(organization=organization, state=NeedState.CLOSED, matched_at=BEFORE)
    assert "다시 열기" not in owner.get(f"/my/needs/{need.id}").text
    assert owner.post(f"/my/needs/{need.id}/reopen").status_code == 409


def test_another_organizations_need_is_not_there(owner):
    need = a_need(state=NeedState.DRAFT)
    form = {"save": "leave", "seen": seen(need)}
    for page in ("", "/edit/topics", "/edit/files", "/edit/check", "/withdraw", "/close"):
        assert owner.get(f"/my/needs/{need.id}{page}").status_code == 404, page
        if page:
            assert owner.post(f"/my/needs/{need.id}{page}", data=form).status_code == 404, page
        assert the_need().state is NeedState.DRAFT, page


def test_colleagues_share_the_needs_of_their_organization(client, owner, organization):
    need = a_need(organization=organization, state=NeedState.DRAFT)
    client.sign_in(an_owner(organization))
    assert client.get(f"/my/needs/{need.id}/edit/topics").status_code == 200


def test_strangers_and_staff_have_no_business_here(app, client):
    assert "/sign-in" in client.get("/my/needs").location
    assert client.sign_in(a_user()).get("/my/needs").status_code == 403
