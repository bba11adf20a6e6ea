"""For the journeys: a body that stands there three times, two that cannot be one; and the pages that show them."""

from typing import Any

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import unit_of_work
from briefings.organizations.finding import name_key
from briefings.organizations.models import Organization, OrganizationKind, OtherName, ToldApart
from tests.builders import a_need, a_registration, a_reply, an_organization, an_owner, saved
from tests.journeys.running import BEGINNING

STAFF_PAGES = {
    "organizations": "/staff/organizations",
    "organizations that look double": "/staff/organizations?shelf=double",
    "organizations, none found": "/staff/organizations?q=없는말&kind=local",
    "organizations that look double, none found": "/staff/organizations?shelf=double&q=없는말",
    "organization": "/staff/organizations/{organization_double}",
    "organizations as a file": "/staff/exports/organizations?shelf=double",
}
ADMINISTRATOR_PAGES = {
    "organization with a course": "/staff/organizations/{organization_named_anew}",
    "organization correcting": "/staff/organizations/{organization_double}/edit",
    "organization correcting wrongly": "/staff/organizations/{organization_double}/edit | clear",
    "organization correcting into another": "/staff/organizations/{organization_double}/edit | submit",
    "organization with other names": "/staff/organizations/{organization_named_anew}/names",
    "organization without other names": "/staff/organizations/{organization_own}/names",
    "organization with other names, nothing typed": "/staff/organizations/{organization_own}/names | submit",
    "organization to merge": "/staff/organizations/{organization_double}/merge",
    "organization to merge, found": "/staff/organizations/{organization_double}/merge?q=가온",
    "organization to merge, none found": "/staff/organizations/{organization_double}/merge?q=없는말",
    "organization told apart": "/staff/organizations/{organization_apart}",
    "organizations told apart, to be one": "/staff/organizations/{organization_apart}/merge/{organization_own}",
    "organizations to be one": "/staff/organizations/{organization_double}/merge/{organization_named_anew}",
    "organizations that cannot be one": "/staff/organizations/{organization_own}/merge/{organization_replying}",
}


def fill_organizations(administrator: User, long: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    name = f"{long[:100]} 협의회"
    known = an_organization(name, OrganizationKind.ASSOCIATION)
    an_organization(name, OrganizationKind.UNIVERSITY)
    key = f"사단법인{known.name_key}"[:120]
    double = saved(Organization(name=f"사단법인 {name}"[:120], name_key=key, kind=known.kind, created_at=BEGINNING))
    an_owner(double, name="박나래")
    an_owner(double, name="이가온", active=False)
    a_registration(organization=double)
    with unit_of_work():
        changed = {"name": ["협의회", name], "kind": ["company", "association"]}
        record(administrator, "organization.renamed", known, BEGINNING, changed=changed)
    for other, kind in ((long[:120], known.kind), ("협의회", OrganizationKind.COMPANY)):
        named = {"name": other, "name_key": name_key(other), "kind": kind, "created_at": BEGINNING}
        other_name = saved(OtherName(organization_id=known.id, **named))
    own, replying = an_organization("누리환경공사"), an_organization("누리 환경 공사", OrganizationKind.COMPANY)
    a_reply(a_need(organization=own, title=long), organization=replying)
    apart = an_organization("누리환경 공사", OrganizationKind.ASSOCIATION)
    for one, other in ((apart, own), (own, apart)):
        saved(ToldApart(organization_id=one.id, other_id=other.id, said_at=BEGINNING))
    return {
        "organization_apart": apart.id,
        "organization_double": double.id,
        "organization_named_anew": known.id,
        "organization_other_name": other_name.id,
        "organization_own": own.id,
        "organization_replying": replying.id,
    }
