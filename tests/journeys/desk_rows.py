"""For the journeys: a briefing whose registrations staff approve, people who are invited, lists of people."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.needs.models import Audience, Theme
from briefings.organizations.models import OrganizationKind
from briefings.registrations import listing
from briefings.registrations.list_reading import read_text
from briefings.registrations.models import ListPurpose, ListState, PeopleList
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Invitee, RegistrationState
from briefings.tasks.models import Task, TaskState
from tests.builders import a_briefing, a_registration, an_organization, saved
from tests.journeys.running import BEGINNING

HEADINGS = "기관명\t기관유형\t성명\t이메일\t부서\t휴대폰\n"
GOOD = HEADINGS + "".join(
    f"가온시\t지방자치단체\t홍길동\tlist{n}@gaon.example.kr\t자원순환과\t010-1234-5678\n" for n in range(4)
)
BAD = (
    HEADINGS
    + "가온시\t지자체\t홍\tgaon.example.kr\t\t12\n"
    + "다도해군\t지방자치단체\t이나래\tdado@example.kr\t\t\n" * 2
    + "해담\t기업\t박다솜\tgone@gaon.example.com\t\t\n"
)


def fill_desk(officer: User, theme: Theme, audience: Audience, long_title: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    admission = {"approval": True, "eligibility": "kinds", "eligible_kinds": ["company", "local"]}
    briefing = a_briefing(needs=2, capacity=2, theme=theme, audience=audience, now=BEGINNING, **admission)
    long_name = an_organization(long_title, OrganizationKind.COMPANY)
    for n in range(2):
        a_registration(briefing, name=f"확정 {n}", department="자원순환과", phone="010-1234-5678")
    a_registration(briefing, name="대기", state=RegistrationState.WAITLISTED, by_staff=True)
    asked = [
        a_registration(briefing, name="이가온", organization=each, state=RegistrationState.REQUESTED, confirmed_at=None)
        for each in (long_name, an_organization())
    ]
    refused = {"refused_at": BEGINNING, "refusal_reason": "대상 기관이 아닙니다.", "cancelled_at": BEGINNING}
    gone = a_registration(briefing, state=RegistrationState.CANCELLED, confirmed_at=None, **refused)
    found = {
        "deciding_id": briefing.id,
        "requested_number": asked[0].public_id,
        "refused_number": gone.public_id,
        "guest_listed": _invitees(briefing).public_id,
    }
    return found | _lists(briefing, officer)


def _invitees(briefing: Briefing) -> Invitee:
    told = {"asked_at": BEGINNING - timedelta(days=3), "added_at": BEGINNING}
    registered = a_registration(briefing, name="박나래", by_staff=True)
    for name, given in (
        ("new", {"asked_at": None}),
        ("silent", {}),
        ("lately", {"asked_at": BEGINNING - timedelta(hours=3)}),
        ("declined", {"declined_at": BEGINNING}),
        ("registered", {"registration": registered}),
    ):
        guest = Invitee(briefing=briefing, email=f"{name}@guest.example.kr", name="이가온", **told | given)
        saved(guest)
    return guest


def _lists(briefing: Briefing, officer: User) -> dict[str, str]:
    found = {}
    texts = {"good": GOOD, "bad": BAD, "working": GOOD, "failed": GOOD, "taken": GOOD, "discarded": GOOD}
    for name, text in texts.items():
        with unit_of_work():
            made = listing.take_in(briefing, ListPurpose.REGISTER, read_text(text), "명단.csv", officer, BEGINNING)
        found[f"list_{name}"] = made.public_id
        if name in ("working", "failed"):
            saved(_task(made, officer, TaskState.FAILED if name == "failed" else TaskState.RUNNING))
        if name in ("taken", "discarded"):
            made.state, made.rows, made.faults, made.settled_at = ListState(name), [], [], BEGINNING
            made.outcome = {"confirmed": 2, "waitlisted": 1, "skipped": 1} if name == "taken" else {}
            db.session.commit()
    with unit_of_work():
        text = "김가온 <gaon@list.example.kr>; 이나래 <narae@list.example.kr>"
        made = listing.take_in(briefing, ListPurpose.INVITE, read_text(text), "", officer, BEGINNING)
    return found | {"list_invite": made.public_id}


def _task(list_: PeopleList, officer: User, state: TaskState) -> Task:
    failed = state is TaskState.FAILED
    return Task(
        kind=listing.TASK,
        about=listing.about(list_),
        params={},
        state=state,
        created_by_id=officer.id,
        created_by_name=officer.name,
        created_at=BEGINNING,
        finished_at=BEGINNING if failed else None,
        error=listing.NEWS if failed else "",
        note="4명을 신청시키는 중",
        lease_until=None if failed else BEGINNING + timedelta(days=300),
    )
