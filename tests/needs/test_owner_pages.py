"""The pages of need owners."""

from datetime import timedelta

import pytest

from briefings.db import db
from briefings.needs import registering
from briefings.needs.models import Need, NeedState
from tests.builders import a_need, a_theme, a_user, an_audience, an_organization, an_owner
from tests.needs.test_registering import an_entry

TYPED = {
    "title": "폐어망 되살림 공정 함께 만들기",
    "summary": "바다에서 모은 폐어망을 원료로 바꿀 설비를 찾습니다.",
    "offers": "수거한 폐어망\r\n선별 작업장",
    "offer_tags": ["place", "budget"],
    "seeks": "재생 원료로 바꾸는 설비",
    "region": "KR-49",
    "stage": "pilot",
    "contact_name": "홍길동",
    "contact_phone": "064 123 4567",
    "contact_email": "gildong@example.kr",
}


@pytest.fixture
def organization(app):
    """The body the signed-in owner acts for."""
    return an_organization("가온해양공단")


@pytest.fixture
def owner(client, organization):
    """A client signed in for it."""
    return client.sign_in(an_owner(organization, name="홍길동", email="gildong@example.kr", phone="064-123-4567"))


def typed(**given):
    """A complete form."""
    return TYPED | {"themes": [a_theme().id], "audiences": [an_audience().id]} | given


def seen(need):
    """What the hidden field says of the version the person looks at."""
    return need.changed_at.isoformat()


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


def test_the_form_knows_the_contact_from_the_account(owner):
    page = owner.get("/my/needs/new").text
    assert 'value="홍길동"' in page
    assert 'value="064-123-4567"' in page
    assert 'value="gildong@example.kr"' in page


def test_a_draft_is_saved_with_whatever_is_there(owner, organization):
    page = owner.post("/my/needs/new", data={"title": "생각 중", "save": "1"}, follow_redirects=True)
    assert "저장했습니다" in page.text
    assert "이어서 쓰고 제출해 주세요" in page.text
    assert (the_need().state, the_need().organization_id) == (NeedState.DRAFT, organization.id)


def test_a_complete_need_is_submitted_in_one_go(owner):
    page = owner.post("/my/needs/new", data=typed(submit="1"), follow_redirects=True)
    assert "과제를 제출했습니다" in page.text
    need = the_need()
    assert (need.state, need.offers) == (NeedState.SUBMITTED, "수거한 폐어망\n선별 작업장")
    assert (need.offer_tags, need.seek_tags, need.region) == (["place", "budget"], [], "KR-49")
    assert need.contact_phone == "064-123-4567"


def test_what_is_missing_is_said_at_each_field_and_what_was_typed_stays(owner):
    data = {"title": "폐어망", "seeks": "설비를 찾습니다", "submit": "1"}
    page = owner.post("/my/needs/new", data=data).text
    for words in ("한 줄 요약을", "제공 자원을", "주제를 골라", "찾는 기관을 골라"):
        assert words in page
    for field in ("summary", "offers", "themes", "audiences"):
        assert f'id="{field}-error"' in page
    assert 'href="#themes-0"' in page, "the summary leads to the first box"
    assert "설비를 찾습니다</textarea>" in page
    assert "<title>오류:" in page
    assert db.session.query(Need).count() == 0


def test_a_draft_needs_a_title(owner):
    page = owner.post("/my/needs/new", data={"title": " ", "save": "1"}).text
    assert "과제 이름을 입력해 주세요." in page


@pytest.mark.parametrize(
    "wrong", [{"region": "XX"}, {"stage": ""}, {"themes": ["a"]}, {"themes": ["0"]}, {"offer_tags": "gold"}]
)
def test_values_that_are_not_in_the_lists_are_refused(owner, wrong):
    page = owner.post("/my/needs/new", data=typed(submit="1", **wrong))
    assert "목록에 있는 것 가운데" in page.text
    assert db.session.query(Need).count() == 0


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


def test_a_returned_need_shows_the_reason_and_is_submitted_again(owner, organization):
    need = a_need(organization=organization, state=NeedState.RETURNED, return_reason="수거량을 적어 주세요.")
    assert "수거량을 적어 주세요." in owner.get(f"/my/needs/{need.id}/edit").text
    owner.post(f"/my/needs/{need.id}/edit", data=typed(submit="1", seen=seen(need)))
    assert the_need().state is NeedState.SUBMITTED


def test_an_edit_of_a_published_need_is_live_and_in_the_history(owner, organization, client):
    need = a_need(organization=organization, title="옛 이름")
    assert "게시 중인 과제입니다" in owner.get(f"/my/needs/{need.id}/edit").text
    page = owner.post(f"/my/needs/{need.id}/edit", data=typed(save="1", seen=seen(need)), follow_redirects=True).text
    assert "저장했습니다" in page
    assert "고침" in page
    assert TYPED["title"] in client.get(f"/needs/{need.id}").text


def test_a_published_need_keeps_both_halves(owner, organization):
    need = a_need(organization=organization)
    page = owner.post(f"/my/needs/{need.id}/edit", data=typed(save="1", seeks="", seen=seen(need))).text
    assert "필요 역량을 입력해 주세요." in page


def test_the_second_of_two_people_is_told_and_may_then_overwrite(owner, organization, now):
    need = a_need(organization=organization)
    seen_by_both = seen(need)
    registering.edit(need, an_entry(title="첫 사람"), need.changed_at, a_user(), now + timedelta(minutes=5))
    db.session.commit()
    page = owner.post(f"/my/needs/{need.id}/edit", data=typed(save="1", title="둘째 사람", seen=seen_by_both)).text
    assert "그 사이 다른 사람이 이 과제를 고쳤습니다(2026. 11. 23.(월) 10:05)" in page
    assert 'value="둘째 사람"' in page
    assert "지금 저장된 내용 보기" in page
    assert the_need().title == "첫 사람"
    assert f'value="{seen(the_need())}"' in page, "sending once more means to overwrite"
    owner.post(f"/my/needs/{need.id}/edit", data=typed(save="1", title="둘째 사람", seen=seen(the_need())))
    assert the_need().title == "둘째 사람"


def test_withdrawing_asks_first(owner, organization):
    need = a_need(organization=organization)
    assert "과제를 철회하시겠습니까?" in owner.get(f"/my/needs/{need.id}/withdraw").text
    assert the_need().state is NeedState.PUBLISHED
    page = owner.post(f"/my/needs/{need.id}/withdraw", follow_redirects=True).text
    assert "과제를 철회했습니다" in page
    assert the_need().state is NeedState.WITHDRAWN
    assert owner.get(f"/my/needs/{need.id}/withdraw").status_code == 409
    assert owner.get(f"/my/needs/{need.id}/edit").status_code == 409


def test_closing_asks_first(owner, organization):
    need = a_need(organization=organization)
    assert "과제를 마감하시겠습니까?" in owner.get(f"/my/needs/{need.id}/close").text
    owner.post(f"/my/needs/{need.id}/close")
    assert the_need().state is NeedState.CLOSED
    assert owner.get(f"/my/needs/{need.id}/close").status_code == 409


@pytest.mark.parametrize("page", ["", "/edit", "/withdraw", "/close"])
def test_another_organizations_need_is_not_there(owner, page):
    need = a_need(state=NeedState.DRAFT)
    assert owner.get(f"/my/needs/{need.id}{page}").status_code == 404
    if page:
        assert owner.post(f"/my/needs/{need.id}{page}", data=typed(save="1", seen=seen(need))).status_code == 404
    assert the_need().state is NeedState.DRAFT


def test_colleagues_share_the_needs_of_their_organization(client, owner, organization):
    need = a_need(organization=organization, state=NeedState.DRAFT)
    client.sign_in(an_owner(organization))
    assert client.get(f"/my/needs/{need.id}/edit").status_code == 200


def test_strangers_and_staff_have_no_business_here(app, client):
    assert "/sign-in" in client.get("/my/needs").location
    assert client.sign_in(a_user()).get("/my/needs").status_code == 403
