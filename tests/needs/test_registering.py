"""Registering, editing, submitting, withdrawing and closing a need."""

from datetime import timedelta

import pytest

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs import registering
from briefings.needs.finding import need_of
from briefings.needs.models import NeedState, NeedStatus, Region
from briefings.needs.registering import Entry
from briefings.organizations.finding import organization_of
from tests.builders import a_need, a_theme, a_user, an_audience, an_organization, an_owner
from tests.mails import links_in, mails_to


def an_entry(**given):
    """Everything staff and partners need."""
    complete = {
        "title": "폐어망 되살림 공정 함께 만들기",
        "summary": "바다에서 모은 폐어망을 원료로 바꿀 설비를 찾습니다.",
        "offers": "수거한 폐어망과 선별 작업장",
        "seeks": "재생 원료로 바꾸는 설비",
        "themes": [a_theme()],
        "audiences": [an_audience()],
        "contact_name": "홍길동",
        "contact_email": "gildong@example.kr",
    }
    return Entry(**{**complete, **given})


@pytest.fixture
def owner(app):
    """Somebody who acts for an organization."""
    return an_owner(email="haneul@example.kr")


def test_a_draft_needs_nothing_but_its_title(owner, now):
    need = registering.register(Entry(title="아직 생각 중"), an_organization(), owner, now)
    assert need.state is NeedState.DRAFT
    assert (need.created_at, need.changed_at, need.created_by) == (now, now, owner)


@pytest.mark.parametrize("missing", registering.REQUIRED_TO_SUBMIT)
def test_submitting_is_refused_while_anything_is_missing(owner, now, missing):
    empty = [] if missing in registering.LISTS else ""
    need = registering.register(an_entry(**{missing: empty}), an_organization(), owner, now)
    with pytest.raises(Refused) as refused:
        registering.submit(need, owner, now)
    assert refused.value.field == missing
    assert need.state is NeedState.DRAFT


def test_a_submitted_need_cannot_be_submitted_again(owner, now):
    need = registering.register(an_entry(), an_organization(), owner, now)
    registering.submit(need, owner, now)
    with pytest.raises(Refused, match="이미 제출한"):
        registering.submit(need, owner, now)


def test_submitting_confirms_by_mail_to_the_contact_and_to_whoever_entered_it(app, owner, now):
    need = registering.register(an_entry(), organization_of(owner), owner, now)
    registering.submit(need, owner, now)
    [to_author] = mails_to(app, "haneul@example.kr")
    assert "수요 과제가 접수되었습니다: 폐어망" in to_author.subject
    assert links_in(to_author) == [f"/my/needs/{need.id}"]
    [to_contact] = mails_to(app, "gildong@example.kr")
    assert links_in(to_contact) == [], "the contact has no account to sign in with"
    assert "아래 연락처로 알려 주세요" in to_contact.text


def test_author_and_contact_in_one_person_get_one_mail_in_their_language(app, now):
    author = an_owner(email="gildong@example.kr", locale="en")
    need = registering.register(an_entry(contact_email="GilDong@example.kr"), organization_of(author), author, now)
    registering.submit(need, author, now)
    [mail] = mails_to(app, "gildong@example.kr")
    assert links_in(mail) == [f"/en/my/needs/{need.id}"]


def test_staff_who_enter_a_need_for_others_get_no_mail_themselves(app, now):
    officer = a_user(email="officer@example.kr")
    need = registering.register(an_entry(), an_organization(), officer, now)
    registering.submit(need, officer, now)
    assert mails_to(app, "officer@example.kr") == []
    assert len(mails_to(app, "gildong@example.kr")) == 1


def test_without_contact_and_author_everybody_of_the_organization_hears(app):
    organization = an_organization()
    first, second = an_owner(organization), an_owner(organization)
    an_owner(organization, active=False)
    need = a_need(organization=organization)
    assert [person.address for person in registering.owners_of(need)] == [first.email, second.email]
    need.contact_email = "Gildong@example.kr"
    assert [person.address for person in registering.owners_of(need)] == ["gildong@example.kr"]


def test_editing_a_published_need_is_live_and_logged_with_what_changed(owner, now):
    need = a_need(title="옛 이름")
    theme = need.themes[0]
    entry = an_entry(
        title="새 이름", region=Region.JEJU, themes=need.themes, audiences=need.audiences, offer_tags=["people"]
    )
    registering.edit(need, entry, need.changed_at, owner, now)
    assert (need.title, need.state, need.themes) == ("새 이름", NeedState.PUBLISHED, [theme])
    [logged] = history_of(need)
    assert logged.detail["changed"]["title"] == ["옛 이름", "새 이름"]
    assert logged.detail["changed"]["region"] == ["KR", "KR-49"]
    assert logged.detail["changed"]["offer_tags"] == [[], ["people"]]
    assert "themes" not in logged.detail["changed"]


def test_the_log_keeps_no_personal_data_of_the_contact(owner, now):
    need = a_need(contact_name="이가온")
    registering.edit(need, an_entry(contact_name="홍길동"), need.changed_at, owner, now)
    assert history_of(need)[0].detail["changed"]["contact_name"] == []


def test_saving_without_a_change_is_no_change(owner, now):
    need = a_need()
    entry = Entry(**{name: getattr(need, name) for name in registering.FIELDS if name not in registering.PERSONAL})
    complete = Entry(**{**vars(entry), "contact_name": "홍길동", "contact_email": "gildong@example.kr"})
    registering.edit(need, complete, need.changed_at, owner, now)
    at = need.changed_at
    registering.edit(need, complete, at, owner, now + timedelta(hours=1))
    assert need.changed_at == at
    assert len(history_of(need)) == 1


def test_an_edit_over_somebody_elses_edit_is_refused_and_loses_nothing(owner, now):
    need = a_need(title="옛 이름")
    seen_by_both = need.changed_at
    registering.edit(need, an_entry(title="첫 사람의 이름"), seen_by_both, owner, now)
    with pytest.raises(Refused, match="다른 사람이, 또는 다른 창에서 이 과제를 고쳤습니다"):
        registering.edit(need, an_entry(title="둘째 사람의 이름"), seen_by_both, owner, now)
    assert need.title == "첫 사람의 이름"


def test_two_edits_in_the_same_instant_still_differ(owner, now):
    need = a_need()
    registering.edit(need, an_entry(title="하나"), need.changed_at, owner, now)
    seen = need.changed_at
    registering.edit(need, an_entry(title="둘"), seen, owner, now)
    assert need.changed_at > seen


def test_an_edit_that_does_not_say_what_it_saw_is_stale(owner, now):
    with pytest.raises(Refused):
        registering.edit(a_need(), an_entry(), None, owner, now)


def test_a_published_need_cannot_lose_one_of_its_halves(owner, now):
    need = a_need()
    with pytest.raises(Refused) as refused:
        registering.edit(need, an_entry(seeks=""), need.changed_at, owner, now)
    assert refused.value.field == "seeks"


@pytest.mark.parametrize("state", [NeedState.CLOSED, NeedState.WITHDRAWN])
def test_what_ended_is_not_edited_any_more(owner, now, state):
    need = a_need(state=state)
    with pytest.raises(Refused, match="고칠 수 없습니다"):
        registering.edit(need, an_entry(), need.changed_at, owner, now)


def test_a_closed_need_stays_readable_and_takes_no_replies(owner, now):
    need = a_need()
    registering.close(need, owner, now)
    assert (need.is_public, need.takes_replies, need.status) == (True, False, NeedStatus.CLOSED)
    with pytest.raises(Refused, match="게시 중인 과제만"):
        registering.close(need, owner, now)
    with pytest.raises(Refused, match="마감했거나 철회한"):
        registering.withdraw(need, owner, now)


def test_a_withdrawn_need_is_gone_for_the_public(owner, now):
    need = a_need()
    registering.withdraw(need, owner, now)
    assert not need.is_public
    assert [entry.action for entry in history_of(need)] == ["need.withdrawn"]


def test_another_organizations_need_is_not_found(app):
    need = a_need()
    assert need_of(need.organization, need.id) is need
    assert need_of(an_organization(), need.id) is None


def test_a_refused_submission_leaves_no_draft_behind(app, owner, now):
    organization = an_organization()
    with pytest.raises(Refused), unit_of_work():
        registering.submit(registering.register(an_entry(seeks=""), organization, owner, now), owner, now)
    assert db.session.query(registering.Need).filter_by(organization_id=organization.id).count() == 0
