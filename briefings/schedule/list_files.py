"""The lists of briefings that staff take away as files, and what every list of one briefing has in common."""

from collections.abc import Iterator, Sequence
from typing import Any

from briefings.exports.lists import Asked, Column, Found, ListFile, Step, at_hand, listed
from briefings.organizations.words import KINDS
from briefings.schedule import overview
from briefings.schedule.models import Briefing, Eligibility
from briefings.schedule.overview import Row, Shelf
from briefings.schedule.programme import ProgrammeEntry, programme_of
from briefings.schedule.words import ELIGIBILITIES, SLOT_STATES, VISIBILITIES, status_of
from briefings.web.filters import period

OF_BRIEFING = ("briefing_id",)
SHELVES = {Shelf.COMING: "예정", Shelf.DRAFT: "초안", Shelf.OVER: "끝남", Shelf.CANCELLED: "취소됨"}

PROGRAMME: tuple[Column[ProgrammeEntry], ...] = (
    Column("순서", 8, lambda each: each.slot.position),
    Column("시작", 17, lambda each: each.starts_at),
    Column("끝", 17, lambda each: each.ends_at),
    Column("과제", 40, lambda each: each.need.title),
    Column("수요기관", 28, lambda each: each.need.organization.name),
    Column("기관 유형", 16, lambda each: KINDS[each.need.organization.kind]),
    Column("발표(분)", 10, lambda each: each.slot.talk_minutes),
    Column("질의(분)", 10, lambda each: each.slot.question_minutes),
)
PRESENTERS: tuple[Column[ProgrammeEntry], ...] = (
    *PROGRAMME[:5],
    Column("발표자", 12, lambda each: each.slot.presenter_name, personal=True),
    Column("부서·직위", 18, lambda each: each.slot.presenter_title, personal=True),
    Column("전자우편", 28, lambda each: each.slot.presenter_email, personal=True),
    Column("발표 답", 12, lambda each: SLOT_STATES[each.slot.state]),
    Column("답한 때", 17, lambda each: each.slot.answered_at),
    Column("사양한 까닭", 40, lambda each: each.slot.decline_reason, personal=True),
    Column("예비 발표자", 12, lambda each: each.slot.standby_name, personal=True),
    Column("예비 발표자 부서·직위", 18, lambda each: each.slot.standby_title, personal=True),
    Column("예비 발표자 전자우편", 28, lambda each: each.slot.standby_email, personal=True),
    Column("발표자료 수", 12, lambda each: len(each.slot.files)),
)


def belonging_to(briefing: Briefing, asked: Asked) -> dict[str, Any]:
    """What a `Found` says of the briefing it belongs to: what the audit log is told about, where it is, its day."""
    return {
        "about": briefing,
        "subtitle": f"{briefing.title}, {period((briefing.starts_at, briefing.ends_at))}",
        "above": (
            Step("설명회", "staff_briefings.index", {}),
            Step(briefing.title, "staff_briefings.show", {"briefing_id": briefing.id}),
        ),
        "day": briefing.starts_at.astimezone(asked.zone).date(),
    }


def find_briefings(asked: Asked) -> Found[Row]:
    """The briefings of a shelf with places, people and what is missing; those to come unless another is named."""
    wanted = asked.args.get("shelf", "")
    shelf = Shelf(wanted) if wanted in list(Shelf) else Shelf.COMING

    def with_people(some: Sequence[Briefing]) -> Iterator[Row]:
        return iter(overview.rows(list(some), asked.now))

    columns = (
        Column[Row]("번호", 8, lambda each: each.briefing.id),
        Column[Row]("설명회", 40, lambda each: each.briefing.title),
        Column[Row]("상태", 20, lambda each: status_of(each.briefing, each.places.full, asked.now).word),
        Column[Row]("시작", 17, lambda each: each.briefing.starts_at),
        Column[Row]("끝", 17, lambda each: each.briefing.ends_at),
        Column[Row]("주제", 20, lambda each: each.briefing.theme.name),
        Column[Row]("대상", 20, lambda each: each.briefing.audience.name),
        Column[Row]("발표할 과제 수", 14, lambda each: each.slots),
        Column[Row]("정원", 8, lambda each: each.places.capacity),
        Column[Row]("신청 확정", 10, lambda each: each.places.confirmed),
        Column[Row]("대기", 8, lambda each: each.places.waiting),
        Column[Row]("신청 자격", 20, lambda each: _eligible(each.briefing)),
        Column[Row]("누리집", 20, lambda each: VISIBILITIES[each.briefing.visibility]),
        Column[Row]("신청 시작", 17, lambda each: each.briefing.registration_opens_at),
        Column[Row]("신청 마감", 17, lambda each: each.briefing.registration_closes_at),
        Column[Row]("사회자", 12, lambda each: each.briefing.moderator, personal=True),
        Column[Row]("공개한 때", 17, lambda each: each.briefing.published_at),
        Column[Row]("취소한 때", 17, lambda each: each.briefing.cancelled_at),
        Column[Row]("취소한 까닭", 40, lambda each: each.briefing.cancel_reason),
        Column[Row]("빠진 것", 40, lambda each: ", ".join(each.gaps)),
    )
    return Found(columns, listed(overview.on_shelf(shelf, asked.now), with_people), [("상태", SHELVES[shelf])])


def find_programme(asked: Asked) -> Found[ProgrammeEntry]:
    """What is presented when in a briefing."""
    briefing = asked.of(Briefing, "briefing_id")
    return Found(PROGRAMME, at_hand(programme_of(briefing)), **belonging_to(briefing, asked))


def find_presenters(asked: Asked) -> Found[ProgrammeEntry]:
    """Who presents in a briefing, who stands by, and what they answered."""
    briefing = asked.of(Briefing, "briefing_id")
    return Found(PRESENTERS, at_hand(programme_of(briefing)), **belonging_to(briefing, asked))


def _eligible(briefing: Briefing) -> str:
    if briefing.eligibility is not Eligibility.KINDS:
        return ELIGIBILITIES[briefing.eligibility]
    return ", ".join(KINDS[kind] for kind in briefing.kinds_taken)


LISTS = (
    ListFile("briefings", "설명회", "staff_briefings.index", find_briefings, across=True),
    ListFile("programme", "발표 순서", "staff_briefings.show", find_programme, of=OF_BRIEFING, file="설명회_발표순서"),
    ListFile("presenters", "발표자", "staff_presenters.index", find_presenters, of=OF_BRIEFING, file="설명회_발표자"),
)
