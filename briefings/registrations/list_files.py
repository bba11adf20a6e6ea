"""The lists of people who sign up, are invited or ask for support, as files for staff."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select

from briefings.db import db
from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, listed
from briefings.needs.models import Need
from briefings.organizations.words import KINDS
from briefings.privacy.models import Consent, ConsentText, Purpose
from briefings.registrations.invitees import Answer, answer_of, invitees_of
from briefings.registrations.staff_forms import RegistrantFilters
from briefings.registrations.support_forms import SupportFilters
from briefings.registrations.words import ANSWERS
from briefings.schedule import support
from briefings.schedule.list_files import OF_BRIEFING, belonging_to
from briefings.schedule.models import Briefing
from briefings.schedule.registrants import registrants
from briefings.schedule.registration_models import Invitee, Registration, registration_interests
from briefings.schedule.words import REGISTRATION_STATES, SUPPORT_STATES
from briefings.web.filters import phone


class Person(NamedTuple):
    """One registration with what belongs to it."""

    row: Registration
    interests: str
    provision: str


REGISTRANTS: tuple[Column[Person], ...] = (
    Column("상태", 10, lambda each: REGISTRATION_STATES[each.row.state]),
    Column("기관", 28, lambda each: each.row.organization.name),
    Column("기관 유형", 16, lambda each: KINDS[each.row.organization.kind]),
    Column("이름", 12, lambda each: each.row.name, personal=True),
    Column("부서", 18, lambda each: each.row.department, personal=True),
    Column("직급", 12, lambda each: each.row.rank, personal=True),
    Column("전자우편", 28, lambda each: each.row.email, personal=True),
    Column("전화번호", 16, lambda each: phone(each.row.phone), personal=True),
    Column("관심 수요", 40, lambda each: each.interests),
    Column("사전 질문", 40, lambda each: each.row.question, personal=True),
    Column("지원 요청", 10, lambda each: "있음" if each.row.support_state else "", personal=True),
    Column("수요기관 제공 동의", 18, lambda each: each.provision),
    Column("신청한 때", 17, lambda each: each.row.registered_at),
    Column("확정된 때", 17, lambda each: each.row.confirmed_at),
    Column("대기 시작", 17, lambda each: each.row.waiting_since),
    Column("취소한 때", 17, lambda each: each.row.cancelled_at),
    Column("참가 확인", 17, lambda each: each.row.reconfirmed_at),
    Column("등록 방법", 12, lambda each: "직원이 등록" if each.row.by_staff else "본인 신청"),
)
"""What somebody needs in order to take part is not among them: it must be destroyed, and a file is out of reach."""
INVITEES: tuple[Column[Invitee], ...] = (
    Column("기관", 28, lambda each: each.organization),
    Column("기관 유형", 16, lambda each: KINDS[each.kind] if each.kind else ""),
    Column("이름", 12, lambda each: each.name, personal=True),
    Column("전자우편", 28, lambda each: each.email, personal=True),
    Column("답", 16, lambda each: ANSWERS[answer_of(each)]),
    Column("초대한 때", 17, lambda each: each.asked_at),
    Column("사양한 때", 17, lambda each: each.declined_at),
    Column("신청 상태", 10, lambda each: REGISTRATION_STATES[each.registration.state] if each.registration else ""),
)
SUPPORT: tuple[Column[Registration], ...] = (
    Column("설명회", 40, lambda each: each.briefing.title),
    Column("시작", 17, lambda each: each.briefing.starts_at),
    Column("답할 때", 17, lambda each: support.due_at(each.briefing)),
    Column("상태", 16, lambda each: SUPPORT_STATES[each.support_state] if each.support_state else ""),
    Column("기관", 28, lambda each: each.organization.name),
    Column("이름", 12, lambda each: each.name, personal=True),
    Column("전자우편", 28, lambda each: each.email, personal=True),
    Column("전화번호", 16, lambda each: phone(each.phone), personal=True),
    Column("신청 상태", 10, lambda each: REGISTRATION_STATES[each.state]),
    Column("요청한 때", 17, lambda each: each.support_changed_at),
)


def find_registrants(asked: Asked) -> Found[Person]:
    """Those whom the list shows, in its order; of those who were ticked if any are."""
    briefing, filters = asked.of(Briefing, "briefing_id"), RegistrantFilters(asked.args)
    found, ticked = registrants(briefing, **filters.conditions()), asked.args.getlist("id")
    if ticked and "all" not in asked.args:
        found = found.where(Registration.public_id.in_(ticked))
    note = "참가에 필요한 지원의 내용은 담지 않습니다. 설명회가 끝나면 없애야 하기 때문입니다."
    rows = listed(found, _with_more)
    return Found(REGISTRANTS, rows, in_words(filters), note=note, **belonging_to(briefing, asked))


def find_invitees(asked: Asked) -> Found[Invitee]:
    """Those who are invited, with what they answered."""
    briefing, wanted = asked.of(Briefing, "briefing_id"), asked.args.get("answer")
    answer = Answer(wanted) if wanted in list(Answer) else None
    conditions = [("답", ANSWERS[answer])] if answer else []
    return Found(INVITEES, listed(invitees_of(briefing, answer)), conditions, **belonging_to(briefing, asked))


def find_support(asked: Asked) -> Found[Registration]:
    """Who asked for support, and what became of it; what they need is read one by one on the page, never taken away."""
    briefings = support.briefings_asked_about(asked.now, asked.reach, bool(asked.args.get("over")))
    filters = SupportFilters(briefings, asked.args)
    found = support.requests(asked.now, asked.reach, **filters.conditions())
    return Found(
        SUPPORT,
        listed(found),
        in_words(filters),
        note="무엇이 필요한지는 담지 않습니다. 읽은 사람이 기록되도록 화면에서 하나씩 봅니다.",
    )


def _with_more(some: Sequence[Registration]) -> Iterator[Person]:
    interests = _interests([each.id for each in some])
    provision = _provision([each.public_id for each in some])
    for each in some:
        yield Person(each, "\n".join(interests.get(each.id, ())), provision.get(each.public_id, ""))


def _interests(ids: Sequence[int]) -> dict[int, list[str]]:
    table = registration_interests.c
    titles = select(table.registration_id, Need.title).join(Need, Need.id == table.need_id)
    found: dict[int, list[str]] = {}
    for registration, title in db.session.execute(titles.where(table.registration_id.in_(ids)).order_by(Need.id)):
        found.setdefault(registration, []).append(title)
    return found


def _provision(public_ids: Sequence[str]) -> dict[str, str]:
    """By public id whether the person agrees that needs' owners hear of them; the last answer counts."""
    answers = select(Consent.about, Consent.given, Consent.withdrawn_at).join(Consent.text)
    about = [f"registration:{public_id}" for public_id in public_ids]
    of_these = answers.where(ConsentText.purpose == Purpose.PROVISION, Consent.about.in_(about))
    return {
        said.about.partition(":")[2]: "동의" if said.given and said.withdrawn_at is None else "동의하지 않음"
        for said in db.session.execute(of_these.order_by(Consent.answered_at, Consent.id))
    }


LISTS = (
    ListFile(
        "registrations",
        "신청자",
        "staff_briefings.registrations",
        find_registrants,
        counted="명",
        of=OF_BRIEFING,
        file="설명회_신청자",
    ),
    ListFile(
        "invitees", "초대 명단", "staff_invitees.index", find_invitees, "명", of=OF_BRIEFING, file="설명회_초대명단"
    ),
    ListFile("support", "지원 요청", "support.index", find_support, narrowed=True),
)
