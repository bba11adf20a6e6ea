"""Who may register and who waits for what: the states of signing up, approval, colleagues and invitations."""

from datetime import timedelta
from typing import Any

from briefings.organizations.models import OrganizationKind
from briefings.registrations.links import invitee_token
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing, Eligibility
from briefings.schedule.registration_models import Invitee, RegistrationState
from tests.builders import BEFORE, a_briefing, a_registration, saved
from tests.journeys.running import BEGINNING

REASON = "이번 설명회는 지방자치단체를 위한 자리입니다. 다음 달에 여는 기업 설명회를 안내해 드리겠습니다."


def fill_registrations(rows: dict[str, Any], common: dict[str, Any]) -> None:
    """Briefings for some, with people in each state that needs one."""
    kinds = {"eligibility": Eligibility.KINDS, "eligible_kinds": ["local", "education_office"]}
    made = {
        "approving": a_briefing(needs=1, approval=True, **common),
        "for_kinds": a_briefing(needs=1, **kinds, **common),
        "for_invited": a_briefing(needs=2, eligibility=Eligibility.INVITED, **common),
        "approving_full": a_briefing(needs=1, approval=True, capacity=0, **common),
        "in_line": a_briefing(needs=1, capacity=2, **common),
        "no_longer": a_briefing(needs=1, registration_closes_at=BEGINNING - timedelta(hours=1), **common),
    }
    rows.update({name: briefing.public_id for name, briefing in made.items()})
    requested = {"state": RegistrationState.REQUESTED, "confirmed_at": None}
    refused = {"state": RegistrationState.CANCELLED, "confirmed_at": None, "cancelled_at": BEGINNING}
    party = {"state": RegistrationState.WAITLISTED, "party": "a" * 32}
    registrations = {
        "requested": a_registration(made["approving"], **requested),
        "refused": a_registration(made["approving"], **refused, refused_at=BEGINNING, refusal_reason=REASON),
        "entered": a_registration(made["in_line"], by_staff=True),
        "no_way_back": a_registration(made["for_invited"]),
        "gone_for_good": a_registration(made["for_invited"], **refused),
        "alone": a_registration(made["in_line"]),
        "with_colleagues": a_registration(made["in_line"], **party),
        "colleague": a_registration(made["in_line"], **party),
    }
    rows.update({name: token_of(registration) for name, registration in registrations.items()})
    _invitees(rows, made)


def _invitees(rows: dict[str, Any], made: dict[str, Briefing]) -> None:
    given = {"name": "최다온", "organization": "다도해군", "kind": OrganizationKind.LOCAL}
    asked = {"added_at": BEFORE, "asked_at": BEGINNING}
    for name, briefing, answer in (
        ("guest", made["for_invited"], {}),
        ("guest_declined", made["for_invited"], {"declined_at": BEGINNING}),
        ("guest_registered", made["for_invited"], {}),
        ("guest_late", made["no_longer"], {}),
    ):
        email = f"{name}@dadohae.example.kr"
        rows[name] = invitee_token(saved(Invitee(briefing=briefing, email=email, **given, **asked, **answer)))
        if name == "guest_registered":
            a_registration(briefing, email=email)
