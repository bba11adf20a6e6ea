"""Who may register and whether staff approve: written down with a briefing, kept unpublished, copied, and said."""

from datetime import timedelta

import pytest

from briefings.db import db, unit_of_work
from briefings.organizations.models import OrganizationKind
from briefings.schedule import copying, drafting, impact, planning
from briefings.schedule.draft_words import changes_of
from briefings.schedule.models import BriefingState, Eligibility
from briefings.schedule.registration_models import Invitee, RegistrationState
from briefings.schedule.slots import plan_of
from tests.builders import BEFORE, a_briefing, a_registration, a_user, an_organization, saved
from tests.client import PageClient
from tests.schedule.desk import SEOUL, filled, posted, text_of
from tests.schedule.steps import details_of, edit, messages, refused

KINDS = {"eligibility": Eligibility.KINDS, "eligible_kinds": ["company", "local"]}


@pytest.fixture
def officer(app):
    return a_user(name="이보람")


@pytest.fixture
def desk(client: PageClient, officer) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


def test_a_new_briefing_is_made_for_certain_kinds_with_approval(desk, now):
    draft = a_briefing(needs=0, state=BriefingState.DRAFT)
    page = desk.get("/staff/briefings/new").text
    assert "신청 자격" in page and "승인한 뒤에 자리 주기" in page
    given = {"title": "새 설명회", "theme": draft.theme_id, "audience": draft.audience_id, "capacity": "30"}
    given |= posted(now + timedelta(days=30)) | {"eligibility": "kinds"}

    assert "받을 기관 유형을 하나 이상 골라 주세요" in desk.post("/staff/briefings/new", data=given).text
    desk.post("/staff/briefings/new", data=given | {"eligible_kinds": ["company"], "approval": "y"})

    made = db.session.scalars(db.select(type(draft)).where(type(draft).title == "새 설명회")).one()
    assert (made.kinds_taken, made.approval) == ([OrganizationKind.COMPANY], True)


def test_the_editor_shows_what_it_means_for_those_who_registered_before_it_is_saved(desk, now):
    briefing = a_briefing(approval=True, capacity=1)
    a_registration(briefing, organization=an_organization(kind=OrganizationKind.UNIVERSITY))
    waits = a_registration(briefing, state=RegistrationState.REQUESTED, confirmed_at=None)
    address = f"/staff/briefings/{briefing.id}/edit"
    typed = filled(desk.get(address).text) | {"eligibility": "kinds", "eligible_kinds": ["company"], "do": "save"}
    typed.pop("approval")

    page = desk.post(address, data=typed).text

    words = text_of(page)
    assert "이미 신청한 1명은 바뀐 신청 자격에 맞지 않지만 신청이 그대로 남습니다." in words
    assert "승인을 기다리던 1명은 모두 승인되어" in words
    db.session.refresh(briefing)
    assert briefing.approval
    desk.post(address, data=filled(page) | {"do": "save"})

    db.session.refresh(briefing), db.session.refresh(waits)
    assert (briefing.kinds_taken, briefing.approval) == ([OrganizationKind.COMPANY], False)
    assert waits.state is RegistrationState.WAITLISTED
    assert [each.recipient for each in messages("waitlisted")] == [waits.email]
    assert "신청 자격 ‘정해진 기관 유형만’" in desk.get(f"/staff/briefings/{briefing.id}").text


def test_it_can_be_kept_to_be_published_later_and_is_said_in_words(officer, now):
    briefing = a_briefing()
    details = details_of(briefing, **KINDS, approval=True)
    with unit_of_work():
        seen = {"seen": briefing.changed_at, "seen_draft": None, "by": officer, "now": now}
        drafting.keep(briefing, details, plan_of(briefing).slots, **seen)

    draft = drafting.draft_of(briefing)
    assert draft.details() == details and briefing.eligibility is Eligibility.OPEN
    assert {(each.what, each.was, each.now) for each in changes_of(draft)} == {
        ("신청 자격", "누구나", "정해진 기관 유형만"),
        ("받을 기관 유형", "없음", "기업, 지방자치단체"),
        ("자리를 주는 방법", "바로 자리 주기", "승인한 뒤에 자리 주기"),
    }


def test_nobody_at_all_may_not_be_meant(officer, now):
    with refused("받을 기관 유형을 하나 이상"):
        edit(a_briefing(), officer, now, eligibility=Eligibility.KINDS, eligible_kinds=[])


def test_a_copy_takes_it_along(officer, now):
    source = a_briefing(approval=True, **KINDS)
    times = copying.proposed_times(source, now, SEOUL)
    with unit_of_work():
        given = {"order": copying.Order.NOTHING, "by": officer, "now": now, "zone": SEOUL}
        copy = copying.copy_briefing(source, title="같은 설명회", times=times, **given)

    assert (copy.kinds_taken, copy.approval) == (source.kinds_taken, True)


def test_what_changes_for_the_invited_and_where_approval_begins_is_said(app, now):
    briefing = a_briefing()
    a_registration(briefing, email="gaon@example.kr")
    a_registration(briefing)
    saved(Invitee(briefing=briefing, email="gaon@example.kr", added_at=BEFORE))

    said = impact.admission(briefing, details_of(briefing, eligibility=Eligibility.INVITED, approval=True))

    assert said[0].startswith("이미 신청한 1명은 바뀐 신청 자격에") and said[1].startswith("이미 신청한 2명은 그대로")
    assert impact.admission(briefing, details_of(briefing)) == []
    assert impact.admission(a_briefing(state=BriefingState.DRAFT), details_of(briefing, **KINDS)) == []
    assert planning.nobody_invited(a_briefing(eligibility=Eligibility.INVITED)) != []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            KINDS | {"approval": True},
            "분만 신청할 수 있습니다: 기업, 지방자치단체 담당자가 신청을 확인",
        ),
        ({"eligibility": Eligibility.INVITED}, "초대받은 분만 신청할 수 있습니다."),
        ({"approval": True}, "담당자가 신청을 확인하고 승인하면"),
    ],
)
def test_the_public_page_says_who_may_register(client, given, said):
    briefing = a_briefing(**given)
    page = client.get(f"/briefings/{briefing.public_id}").text
    assert said in text_of(page)
    assert (f"/briefings/{briefing.public_id}/register" in page) != (given.get("eligibility") == Eligibility.INVITED)


def test_staff_see_on_their_first_page_and_in_the_list_how_many_wait_for_approval(desk):
    briefing = a_briefing(approval=True)
    a_registration(briefing, state=RegistrationState.REQUESTED, confirmed_at=None)

    first = desk.get("/staff/").text
    assert "승인을 기다리는 신청" in first
    assert f"/staff/briefings/{briefing.id}/registrations?state=requested" in first
    assert "승인 대기 1명" in desk.get("/staff/briefings").text
    a_registration(a_briefing(), state=RegistrationState.REQUESTED, confirmed_at=None)
    assert "/staff/briefings?shelf=coming" in desk.get("/staff/").text
