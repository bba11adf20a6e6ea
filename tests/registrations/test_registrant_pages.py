"""Who signed up, as staff see it: counted, found, looked at, cancelled."""

from datetime import timedelta

import pytest

from briefings.accounts.models import Role
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.organizations.models import OrganizationKind
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from tests.builders import BEFORE, a_briefing, a_registration, a_user, an_organization, saved
from tests.client import PageClient
from tests.schedule.desk import text_of

CANCELLED, CONFIRMED, WAITLISTED = (
    RegistrationState.CANCELLED,
    RegistrationState.CONFIRMED,
    RegistrationState.WAITLISTED,
)


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """Staff at work."""
    return client.sign_in(a_user(name="이보람"))


def registered(briefing: Briefing, name: str, state=CONFIRMED, kind=OrganizationKind.COMPANY, **given) -> Registration:
    minutes = db.session.query(Registration).count()
    values = {
        "organization": an_organization(given.pop("organization_name", None), kind),
        "email": f"{minutes}@example.kr",
        "registered_at": BEFORE + timedelta(minutes=minutes),
        "waiting_since": BEFORE if state is WAITLISTED else None,
        "support_state": SupportState.ASKED if "support" in given else None,
    } | given
    return saved(Registration(briefing=briefing, name=name, state=state, **values))


def names(page: str, *known: str) -> list[str]:
    """Those of `known` that the page lists, in its order."""
    return sorted((name for name in known if f">{name}</a>" in page), key=lambda name: page.index(f">{name}</a>"))


def test_counts_organizations_people_kinds_waiting_and_support(desk):
    briefing = a_briefing(capacity=2)
    first = registered(briefing, "김가온", support="수어 통역")
    registered(briefing, "이나래", organization=first.organization)
    registered(briefing, "박다솜", WAITLISTED, OrganizationKind.LOCAL)
    registered(briefing, "최라온", CANCELLED, OrganizationKind.CENTRAL, support="문자 통역")
    registered(a_briefing(), "남궁자연")

    page = text_of(desk.get(f"/staff/briefings/{briefing.id}/registrations").text)

    assert "신청한 기관 2 곳 신청한 사람 3 명 확정 2명, 정원 2명 대기 1 명 지원 요청 1 건" in page
    assert "지방자치단체 1명 기업 2명" in page
    assert "중앙행정기관 1명" not in page


def test_shows_phone_numbers_masked_until_a_button_is_pressed_which_is_logged(desk):
    registration = registered(a_briefing(), "김가온", phone="010-1234-5678")
    listed = f"/staff/briefings/{registration.briefing_id}/registrations"
    address = f"{listed}/{registration.public_id}"

    for page in (desk.get(listed).text, desk.get(address).text):
        assert "010-****-5678" in page
        assert "010-1234-5678" not in page
    assert history_of(registration) == []

    assert "010-1234-5678" in desk.post(address).text
    assert [(entry.action, entry.actor_name) for entry in history_of(registration)] == [
        ("registration.phone_seen", "이보람")
    ]


def test_finds_and_sorts(desk):
    briefing = a_briefing(capacity=2)
    registered(briefing, "김가온", support="수어 통역")
    registered(briefing, "이나래", email="narae@example.kr", organization_name="바다협회")
    registered(briefing, "박다솜", WAITLISTED, OrganizationKind.LOCAL)
    registered(briefing, "최라온", CANCELLED)

    for query, found in (
        ("", ["김가온", "이나래", "박다솜"]),
        ("?state=waitlisted", ["박다솜"]),
        ("?state=cancelled", ["최라온"]),
        ("?kind=local", ["박다솜"]),
        ("?support=y", ["김가온"]),
        ("?q=김가온", ["김가온"]),
        ("?q=바다 NARAE", ["이나래"]),
        ("?q=%25", []),
        ("?sort=name", ["김가온", "박다솜", "이나래"]),
        ("?sort=-name", ["이나래", "박다솜", "김가온"]),
        ("?sort=drop&state=drop&kind=drop", ["김가온", "이나래", "박다솜"]),
    ):
        page = desk.get(f"/staff/briefings/{briefing.id}/registrations{query}").text
        assert names(page, "김가온", "이나래", "박다솜", "최라온") == found, query


def test_says_how_it_is_sorted_and_turns_the_order_round(desk):
    briefing = a_briefing()
    registered(briefing, "김가온")
    address = f"/staff/briefings/{briefing.id}/registrations"

    page = desk.get(f"{address}?sort=name&kind=company").text
    assert 'aria-sort="ascending"><a href="' + f"{address}?sort=-name&amp;kind=company" in page
    assert 'aria-sort="descending"' in desk.get(f"{address}?sort=-name").text


def test_every_condition_can_be_lifted_by_itself(desk):
    briefing = a_briefing()
    registered(briefing, "김가온")
    address = f"/staff/briefings/{briefing.id}/registrations"

    page = desk.get(f"{address}?q=zzz&kind=company&page=1").text

    assert "조건에 맞는 신청자가 없습니다" in page
    assert f'href="{address}?kind=company"' in page
    assert f'href="{address}?q=zzz"' in page


def test_says_when_nobody_signed_up_yet(desk):
    assert "아직 신청한 사람이 없습니다" in desk.get(f"/staff/briefings/{a_briefing().id}/registrations").text


def test_costs_the_same_for_one_person_and_for_three(desk, count_queries):
    briefing = a_briefing()
    costs = []
    for more in ("김가온",), ("이나래", "박다솜"):
        for name in more:
            registered(briefing, name)
        with count_queries() as sent:
            desk.get(f"/staff/briefings/{briefing.id}/registrations")
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_shows_everything_one_person_gave(desk):
    briefing = a_briefing(needs=1, capacity=0)
    registration = registered(
        briefing,
        "김가온",
        WAITLISTED,
        department="자원순환과",
        support="수어 통역이 필요합니다.",
        question="조건이 궁금합니다.",
        interests=[briefing.slots[0].need],
    )

    page = text_of(desk.get(f"/staff/briefings/{briefing.id}/registrations/{registration.public_id}").text)

    for words in ("자원순환과", "대기 순번 1번", briefing.slots[0].need.title, "지원 요청: 답을 기다림", "조건이 궁금"):
        assert words in page
    assert "수어 통역" not in page, "that is read where it is logged"


def test_staff_see_what_can_be_done_with_one_person_and_with_many(desk):
    briefing = a_briefing(capacity=1)
    place, gone = registered(briefing, "김가온"), registered(briefing, "최라온", CANCELLED)
    registered(briefing, "이나래", RegistrationState.REQUESTED)
    listed = f"/staff/briefings/{briefing.id}/registrations"

    def offered(page: str) -> list[str]:
        return [act for act in ("approve", "refuse", "remove", "move") if f"{listed}/together/{act}" in page]

    assert offered(desk.get(listed).text) == ["approve", "refuse", "remove", "move"]
    assert offered(desk.get(f"{listed}?state=confirmed").text) == ["remove", "move"]
    assert offered(desk.get(f"{listed}?state=cancelled").text) == []
    assert f"{listed}/together/remove?id={place.public_id}" in desk.get(f"{listed}/{place.public_id}").text
    assert offered(desk.get(f"{listed}/{gone.public_id}").text) == []
    with unit_of_work():
        briefing.state = BriefingState.CANCELLED
    assert offered(desk.get(listed).text) == ["move"], "of a briefing that was called off all may be moved elsewhere"
    assert offered(desk.get(f"{listed}/{place.public_id}").text) == ["move"]
    assert "신청한 사람 3 명" not in text_of(desk.get(listed).text)
    assert "신청한 사람 2 명" in text_of(desk.get(listed).text) and "승인 대기 1 명" in text_of(desk.get(listed).text)


def test_a_registration_belongs_to_its_briefing_and_to_staff(desk):
    registration = registered(a_briefing(), "김가온")
    other = f"/staff/briefings/{a_briefing().id}/registrations/{registration.public_id}"
    own = f"/staff/briefings/{registration.briefing_id}/registrations/{registration.public_id}"

    assert desk.get(other).status_code == 404
    desk.sign_in(a_user(Role.OWNER))
    assert desk.get(own).status_code == 403


def test_whoever_waits_is_listed_with_the_place_in_line(client):
    client.sign_in(a_user())
    briefing = a_briefing(capacity=1)
    for party in ("", "abc"):
        a_registration(briefing, state=RegistrationState.WAITLISTED, **({"party": party} if party else {}))

    page = client.get(f"/staff/briefings/{briefing.id}/registrations?state=waitlisted").text

    assert page.index("대기 1번<") < page.index("대기 2번, 모두 함께<")
