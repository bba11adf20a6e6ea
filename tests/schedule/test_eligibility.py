"""Who may register: anybody, certain kinds of organizations, or whom staff invited."""

from datetime import timedelta

import pytest

from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.organizations.models import OrganizationKind
from briefings.schedule import new_address, registering
from briefings.schedule.eligibility import ineligible_reason
from briefings.schedule.models import Eligibility
from briefings.schedule.registering import Details
from tests.builders import a_briefing, a_registration, an_invitee
from tests.schedule.signing_up import CANCELLED, CONFIRMED, cancel, register, register_all, told

pytestmark = pytest.mark.usefixtures("app")

COMPANY, LOCAL = OrganizationKind.COMPANY, OrganizationKind.LOCAL
GAON = "gaon@example.com"


def for_local(**given):
    """A briefing for local governments alone."""
    return a_briefing(eligibility=Eligibility.KINDS, eligible_kinds=[LOCAL.value], **given)


def refused(words, field=None):
    """Refused in these words."""
    return pytest.raises(Refused, match=words)


def test_only_certain_kinds_of_organizations_register_where_staff_want_so(now):
    briefing = for_local()

    assert register(briefing, now, "haneul@example.kr", kind=LOCAL).state is CONFIRMED
    with pytest.raises(Refused, match="정해진 기관 유형만") as no:
        register(briefing, now)
    assert no.value.field == "kind" and told(GAON) == []
    assert ineligible_reason(briefing, None, None) is None, "before anybody said what they are"


def test_whom_staff_invited_may_register_whatever_their_organization(now):
    briefing = for_local()
    assert register(briefing, now, invitee=an_invitee(briefing, email=GAON)).state is CONFIRMED


class TestByInvitation:
    def test_nobody_registers_without_one_nor_with_that_of_another_briefing(self, now):
        briefing = a_briefing(eligibility=Eligibility.INVITED)
        for invitee in (None, an_invitee(a_briefing(), email=GAON)):
            with refused("초대받은 분만"):
                register(briefing, now, invitee=invitee)

    def test_the_address_is_the_invited_one(self, now):
        briefing = a_briefing(eligibility=Eligibility.INVITED)
        invitee = an_invitee(briefing, email="Gaon@Example.com", declined_at=now)

        with pytest.raises(Refused, match="초대받은 주소로만") as no:
            register(briefing, now, "another@example.com", invitee=invitee)
        assert no.value.field == "email"
        registration = register(briefing, now, GAON, invitee=invitee)
        assert invitee.registration == registration and invitee.declined_at is None

    def test_it_stays_the_invited_one(self, now):
        briefing = a_briefing(eligibility=Eligibility.INVITED)
        registration = register(briefing, now, GAON, invitee=an_invitee(briefing, email=GAON))
        with refused("주소를 바꿀 수 없습니다"), unit_of_work():
            new_address.ask(registration, "another@example.com", now)

    def test_brings_no_colleagues(self, now):
        briefing = a_briefing(eligibility=Eligibility.INVITED)
        with pytest.raises(Refused, match="동료는 함께") as no:
            register_all(briefing, now, GAON, "b@example.com", invitee=an_invitee(briefing, email=GAON))
        assert no.value.field == "colleagues" and told(GAON) == []


class TestRegisteringAgain:
    def test_is_for_those_who_may_register_still(self, now):
        briefing = a_briefing()
        company, invited = register(briefing, now), register(briefing, now, "invited@example.com")
        an_invitee(briefing, email="invited@example.com")
        entered = a_registration(briefing, by_staff=True, state=CANCELLED)
        for registration in (company, invited):
            cancel(registration, now)
        briefing.eligibility, briefing.eligible_kinds = Eligibility.KINDS, [LOCAL.value]

        with refused("정해진 기관 유형만"), unit_of_work():
            registering.register_again(company, now + timedelta(hours=1))
        for registration in (invited, entered):
            with unit_of_work():
                registering.register_again(registration, now + timedelta(hours=1))
            assert registration.state is CONFIRMED


def test_nobody_gets_in_as_one_kind_and_is_another_afterwards(now):
    briefing = for_local()
    registration = register(briefing, now, kind=LOCAL, organization="다도해군")
    said = Details(kind=COMPANY, organization="가온재활용", name="이가온")

    with refused("정해진 기관 유형만"), unit_of_work():
        registering.change(registration, said, now)
    with unit_of_work():
        registering.change(registration, Details(kind=LOCAL, organization="은하군", name="이가온"), now)
    assert registration.organization.name == "은하군"
