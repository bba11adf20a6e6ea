"""The staff's pages of needs."""

import re
from datetime import date, timedelta

import pytest

from briefings.db import db
from briefings.needs.models import Need, NeedState, Theme
from briefings.organizations.models import Organization
from tests.builders import BEFORE, a_need, a_round, a_theme, a_user, an_audience, an_organization, an_owner
from tests.mails import mails_to
from tests.needs.test_owner_pages import the_need, typed, write


@pytest.fixture
def officer(app, client):
    """A client signed in as ministry officer."""
    return client.sign_in(a_user(name="김하늘"))


def test_the_list_counts_by_state_and_finds(officer):
    a_need(title="기다리는 과제", state=NeedState.SUBMITTED)
    a_need(title="게시된 과제")
    page = officer.get("/staff/needs").text
    assert "검토를 기다리는 과제 1건" in page
    assert page.index("기다리는 과제</a>") < page.index("게시된 과제</a>")
    page = officer.get("/staff/needs?state=submitted&q=기다리는과제").text
    assert "게시된 과제" not in page
    assert "검색 결과 1건" in page


def test_nonsense_in_the_address_is_ignored(officer):
    for query in ("theme=99999999999999999999", "page=0", "page=-1", "page=9999999999", "state=x", "q=%00%ff"):
        assert officer.get(f"/staff/needs?{query}").status_code == 200, query
        assert officer.get(f"/needs?{query}").status_code == 200, query


def test_nothing_found_offers_the_way_back(officer):
    assert "조건 모두 해제" in officer.get("/staff/needs?q=없는말").text
    a_need(title="섬마을 드론", state=NeedState.SUBMITTED)
    page = officer.get("/staff/needs?q=드론&state=draft").text
    assert "‘상태: 작성 중’ 조건을 빼고 찾기</a> (1건)" in page
    assert "‘드론’만으로 찾기</a> (1건)" in officer.get("/staff/needs?q=드론+없는말").text
    assert "섬마을 <mark>드론</mark>" in officer.get("/staff/needs?q=드론").text


def test_publishing_with_one_press(officer):
    need = a_need(state=NeedState.SUBMITTED, published_at=None)
    assert "게시하기" in officer.get(f"/staff/needs/{need.id}").text
    page = officer.post(f"/staff/needs/{need.id}/publish", follow_redirects=True).text
    assert "과제를 게시하고" in page
    assert "김하늘" in page
    assert the_need().state is NeedState.PUBLISHED
    assert officer.post(f"/staff/needs/{need.id}/publish").status_code == 409


def test_returning_asks_for_a_reason_and_proposes_a_deadline(officer):
    need = a_need(state=NeedState.SUBMITTED)
    address = f"/staff/needs/{need.id}/return"
    assert 'value="2026-12-07"' in officer.get(address).text, "ten working days after Monday the 23rd"
    page = officer.post(address, data={"reason": "", "due_on": "2026-11-23"}).text
    assert "돌려보내는 까닭을 입력해 주세요." in page
    for late in ("2026-11-23", "2027-12-01"):
        page = officer.post(address, data={"reason": "수거량을 적어 주세요.", "due_on": late}).text
        assert "기한은 내일부터 1년 안의 날이어야 합니다." in page
    assert "날짜를 연, 월, 일" in officer.post(address, data={"reason": "수거량", "due_on": "내일"}).text
    page = officer.post(
        address, data={"reason": "수거량을 적어 주세요.", "due_on": "2026-11-25"}, follow_redirects=True
    )
    for words in ("수거량을 적어 주세요.", "D-2", "고칠 기한"):
        assert words in page.text
    assert (the_need().state, the_need().return_due_on) == (NeedState.RETURNED, date(2026, 11, 25))
    assert "D-2" in officer.get("/staff/needs?state=returned").text


def test_staff_give_more_time_and_the_owner_is_told(app, officer):
    given = {"return_reason": "수거량을 적어 주세요.", "contact_email": "gildong@example.kr"}
    need = a_need(state=NeedState.RETURNED, return_due_on=date(2026, 11, 20), **given)
    address = f"/staff/needs/{need.id}/deadline"
    assert 'value="2026-11-20"' in officer.get(address).text
    assert "기한은 내일부터" in officer.post(address, data={"due_on": "2026-11-20"}).text
    page = officer.post(address, data={"due_on": "2026-12-04"}, follow_redirects=True).text
    for words in ("D-11", "고칠 기한 바꿈", "2026. 12. 4.(금)"):
        assert words in page
    officer.post(address, data={"due_on": "2026-12-04"})
    [mail] = mails_to(app, "gildong@example.kr")
    assert "- 고칠 기한: 2026. 12. 4.(금)" in mail.text
    officer.post(address, data={"due_on": ""})
    assert the_need().return_due_on is None
    assert "- 고칠 기한: 정해지지 않음" in mails_to(app, "gildong@example.kr")[-1].text
    assert officer.post(f"/staff/needs/{a_need().id}/deadline", data={"due_on": ""}).status_code == 200


def test_what_is_late_stands_among_what_waits_today(officer):
    a_need(state=NeedState.RETURNED, return_due_on=date(2026, 11, 22))
    a_need(state=NeedState.RETURNED, return_due_on=date(2026, 11, 23))
    assert "기한 1일 지남" in officer.get("/staff/needs?state=returned").text
    assert re.search(r"고칠 기한이 지난 수요</span> <strong>1건", officer.get("/staff/").text)


def test_returning_what_was_decided_meanwhile_is_refused_with_the_reason_kept(officer):
    need = a_need()
    page = officer.post(f"/staff/needs/{need.id}/return", data={"reason": "수거량을 적어 주세요."}).text
    assert "제출된 과제만 돌려보낼 수 있습니다." in page
    assert "수거량을 적어 주세요.</textarea>" in page


def test_a_need_entered_for_an_organization_is_found_by_its_people(officer, client):
    known = an_organization("누리 공단")
    data = typed("introduction", save="next", organization="누리공단", kind="public_institution")
    assert officer.post("/staff/needs/new", data=data).location.endswith("/edit/exchange")
    for part in ("exchange", "topics", "contact"):
        write(officer, the_need(), part, "staff")
    officer.post(f"/staff/needs/{the_need().id}/edit/check")
    assert (the_need().organization_id, the_need().state) == (known.id, NeedState.SUBMITTED)
    assert the_need().title in client.sign_in(an_owner(known)).get("/my/needs").text


def test_a_need_may_be_entered_for_a_body_nobody_knew(officer):
    officer.post("/staff/needs/new", data=typed("introduction", organization="새별(주)", kind="company"))
    assert the_need().organization.name == "새별(주)"
    assert "직원이 대신 쓰고 있습니다." in officer.get(f"/staff/needs/{the_need().id}").text


def test_no_body_is_made_for_a_form_with_errors(officer):
    page = officer.post("/staff/needs/new", data={"organization": "새별(주)", "kind": "", "save": "next"}).text
    assert "과제 이름을 입력해 주세요." in page
    assert "기관 유형을 골라 주세요." in page
    assert db.session.query(Organization).count() == 0


def test_staff_correct_a_need_and_the_history_says_what_it_was(officer):
    need = a_need(title="옛 이름", changed_at=BEFORE + timedelta(days=1))
    write(officer, need, "introduction", "staff", title="새 이름")
    assert "목록에 있는 것 가운데" in write(officer, the_need(), "topics", "staff", region="KR-39").text
    page = officer.get(write(officer, the_need(), "topics", "staff", region="KR-49").location).text
    for words in ("옛 이름", "새 이름", "제주특별자치도", "고치기 전과 뒤"):
        assert words in page


def test_staff_may_put_a_need_into_a_round_that_has_closed(officer):
    late = a_round(name="2026 상반기", opens_at=BEFORE - timedelta(days=60), closes_at=BEFORE)
    secret = a_round(name="아직 비밀", announced_at=None)
    need = a_need()
    page = officer.get(f"/staff/needs/{need.id}/edit/topics").text
    assert "2026 상반기" in page
    assert "아직 비밀" not in page
    assert "목록에 있는 것" in write(officer, need, "topics", "staff", round=secret.public_id).text
    write(officer, need, "topics", "staff", round=late.public_id)
    assert the_need().round_id == late.id


def test_staff_see_the_stale_edit_too(officer):
    need = a_need()
    assert "그 사이 다른 사람이" in write(officer, need, "introduction", "staff", seen="").text


@pytest.mark.parametrize(("what", "state"), [("withdraw", NeedState.WITHDRAWN), ("close", NeedState.CLOSED)])
def test_staff_withdraw_and_close_in_the_owners_stead(officer, what, state):
    need = a_need()
    says = "되돌릴 수 없습니다" if what == "withdraw" else "나중에 다시 열 수 있습니다"
    assert says in officer.get(f"/staff/needs/{need.id}/{what}").text
    officer.post(f"/staff/needs/{need.id}/{what}")
    assert the_need().state is state
    assert officer.get(f"/staff/needs/{need.id}/edit").status_code == 409
    assert officer.post(f"/staff/needs/{need.id}/reopen").status_code == (302 if what == "close" else 409)


def test_themes_are_added_renamed_and_moved(officer):
    theme = a_theme("옛 주제")
    officer.post("/staff/needs/topics/themes/new", data={"name": "우주", "name_en": "Space"})
    officer.post(f"/staff/needs/topics/themes/{theme.id}", data={"name": "새 주제", "name_en": "New theme"})
    officer.post(f"/staff/needs/topics/themes/{theme.id}/up")
    page = officer.get("/staff/needs/topics").text
    assert "우주" in page
    assert "새 주제" in page
    assert "옛 주제" not in page


def test_a_topic_without_a_name_or_with_one_that_is_taken_is_refused(officer):
    audience = an_audience()
    page = officer.post(f"/staff/needs/topics/audiences/{audience.id}", data={"name": "", "name_en": "X"}).text
    assert "이름을 입력해 주세요." in page
    page = officer.post("/staff/needs/topics/audiences/new", data={"name": audience.name, "name_en": "X"}).text
    assert "같은 이름이 이미 있습니다." in page
    assert officer.get(f"/staff/needs/topics/themes/{10**6}").status_code == 404
    assert officer.get("/staff/needs/topics/colours/new").status_code == 404
    assert db.session.query(Theme).filter_by(name="X").count() == 0


def test_a_need_that_does_not_exist_is_not_there(officer):
    assert officer.get(f"/staff/needs/{10**6}").status_code == 404
    assert officer.post(f"/staff/needs/{10**6}/publish").status_code == 404


def test_owners_have_no_business_here(app, client):
    client.sign_in(an_owner())
    assert client.get("/staff/needs").status_code == 403
    assert client.post(f"/staff/needs/{a_need(state=NeedState.SUBMITTED).id}/publish").status_code == 403
    assert db.session.query(Need).one().state is NeedState.SUBMITTED
