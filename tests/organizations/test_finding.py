"""Organizations are found by name, however it is written."""

import pytest

from briefings.organizations.finding import members_of, named, organization_named
from briefings.organizations.forms import kind_choices
from briefings.organizations.models import OrganizationKind
from tests.builders import an_organization, an_owner


@pytest.mark.parametrize(
    "spelling", ["한국 해양 공단", "한국해양공단", " 한국해양 공단 ", "한국해양공단".encode().decode()]
)
def test_spaces_do_not_make_another_organization(app, now, spelling):
    known = an_organization("한국 해양공단")
    assert named(spelling, OrganizationKind.PUBLIC_INSTITUTION, now) == known


def test_signs_that_nobody_sees_do_not_make_another_organization(app, now):
    known = an_organization("행정안전부")
    assert named("행정\u200b안전부\u200e", OrganizationKind.PUBLIC_INSTITUTION, now) == known


@pytest.mark.parametrize("spelling", ["(주)마루모빌리티", "㈜ 마루모빌리티", "마루모빌리티 주식회사", "마루모빌리티"])
def test_who_leaves_the_legal_form_out_means_the_same(app, now, spelling):
    known = an_organization("마루모빌리티 (주)", OrganizationKind.COMPANY)
    assert named(spelling, OrganizationKind.COMPANY, now) == known
    assert organization_named("주식회사", OrganizationKind.COMPANY) is None


def test_a_name_whose_signs_stand_for_many_has_room(app, now):
    name = "\ufdfa" * 120  # one sign, eighteen letters
    assert named(name, OrganizationKind.COMPANY, now) == named(name, OrganizationKind.COMPANY, now)


def test_the_same_name_of_another_kind_is_another_organization(app, now):
    known = an_organization("가온")
    assert organization_named("가온", OrganizationKind.COMPANY) is None
    assert named("가온", OrganizationKind.COMPANY, now) != known


def test_a_new_organization_is_written_as_it_was_typed_with_single_spaces(app, now):
    assert named("  가온   Recycling ", OrganizationKind.COMPANY, now).name == "가온 Recycling"


def test_those_who_act_for_it_are_its_active_accounts(app):
    organization = an_organization()
    active = an_owner(organization)
    an_owner(organization, active=False)
    an_owner()
    assert members_of(organization) == [active]


def test_the_kinds_can_be_chosen_in_the_order_the_ministry_counts_them(app):
    with app.test_request_context():
        assert [str(choice.label) for choice in kind_choices()][:3] == ["골라 주세요", "중앙행정기관", "지방자치단체"]
