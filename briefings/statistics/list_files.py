"""What staff take away of the statistics as files: the funnel and who is behind it, figures over time, nominations."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from briefings.archive.shelf import Half
from briefings.db import db
from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, NotThere, Step, at_hand, computed, listed
from briefings.needs.words import NEED_STATES, REGIONS
from briefings.organizations.models import Organization, OrganizationKind
from briefings.organizations.words import KINDS
from briefings.participation.words import REPLY_STATES
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.schedule.words import REGISTRATION_STATES
from briefings.statistics.behind import People, behind, organizations_behind
from briefings.statistics.forms import AsOf, ScopeFilters
from briefings.statistics.funnel import COUNTED, PEOPLE, REPLIES, Count, Counted, funnels, steps_by
from briefings.statistics.funnel import Step as Reached
from briefings.statistics.naming import Line, in_order
from briefings.statistics.published import Figures, series
from briefings.statistics.recognition import Deed, Part, Ranked, Who, half_in_words, named
from briefings.statistics.recognition_pages import RecognitionFilters, ranked_by
from briefings.statistics.words import AXES, DEEDS, MERITS, STEPS, WORDS


def find_nominations(asked: Asked) -> Found[Ranked]:
    """A row for each line of the ranking, with what each did in a sentence."""
    filters = RecognitionFilters(asked.args)
    who, half = filters.chosen_who(), filters.chosen_half()
    weights = {deed.value: weight for deed, weight in filters.weights().items()}
    return Found(
        _columns(who, half),
        at_hand(named(ranked_by(filters, asked.reach))),
        in_words(filters),
        subtitle=half_in_words(half),
        above=(Step("통계", "staff_statistics.index", {}),),
        noted={"who": who.value, "half": str(half), "weights": weights},
    )


def merits_of(part: Part, half: Half) -> str:
    """What somebody did, in a sentence for a nomination."""
    done = ", ".join(MERITS[deed].format(number=part.done[deed]) for deed in Deed if part.done.get(deed))
    return f"{half_in_words(half)} {done}"


def _columns(who: Who, half: Half) -> list[Column[Any]]:
    officers = [
        Column[Ranked]("이름", 12, lambda line: line.part.name, personal=True),
        Column[Ranked]("전자우편", 28, lambda line: line.part.key.address, personal=True),
    ]
    return [
        Column[Ranked]("순위", 8, lambda line: line.place),
        Column[Ranked]("기관", 28, lambda line: line.organization),
        Column[Ranked]("기관 유형", 16, lambda line: KINDS[line.kind]),
        *(officers if who is Who.OFFICERS else []),
        *(Column[Ranked](DEEDS[deed][0], 12, _number_of(deed)) for deed in Deed),
        Column[Ranked]("점수", 8, lambda line: line.points),
        Column[Ranked]("공적 요지", 60, lambda line: merits_of(line.part, half)),
    ]


PERSON: Sequence[Column[Registration]] = (
    Column("이름", 12, lambda each: each.name, personal=True),
    Column("전자우편", 28, lambda each: each.email, personal=True),
    Column("기관", 28, lambda each: each.organization.name),
    Column("기관 유형", 16, lambda each: KINDS[each.organization.kind]),
    Column("설명회", 40, lambda each: each.briefing.title),
    Column("설명회 일시", 18, lambda each: each.briefing.starts_at),
    Column("신청 상태", 12, lambda each: REGISTRATION_STATES[each.state]),
)
ABOVE = (Step("통계", "staff_statistics.index", {}), Step("단계별 실적", "staff_funnel.index", {}))


class FunnelLine(NamedTuple):
    """One number of the funnel, of the whole or of a part of it."""

    part: str
    count: Count


def find_funnel(asked: Asked) -> Found[FunnelLine]:
    """A row for each step: of the whole, and of every part where it is broken down."""
    filters = ScopeFilters(asked.args)
    scope, axis = filters.scope(), filters.axis()
    found = funnels(scope, [axis] if axis else [], asked.zone, asked.now)
    parts = in_order(axis, found.by[axis]) if axis else []
    whole = Line(None, "전체", found.whole)
    of_parts = [(part, steps_by(axis)) for part in parts]
    lines = [
        FunnelLine(part.name, part.funnel[step])
        for part, steps in [(whole, list(Reached)), *of_parts]
        for step in steps
    ]
    return Found(
        (
            Column[FunnelLine](AXES[axis] if axis else "무엇의", 32, lambda line: line.part),
            Column[FunnelLine]("단계", 16, lambda line: STEPS[line.count.step].name),
            Column[FunnelLine]("수", 12, lambda line: line.count.number),
            Column[FunnelLine]("단위", 8, lambda line: STEPS[line.count.step].unit),
            Column[FunnelLine]("기관 수", 12, lambda line: line.count.organizations),
            Column[FunnelLine]("비율의 분모", 12, lambda line: line.count.of),
            Column[FunnelLine]("비율 (%)", 12, lambda line: line.count.share),
            Column[FunnelLine]("무엇의 비율", 40, lambda line: STEPS[line.count.step].of),
            Column[FunnelLine]("무엇을 세는지", 60, lambda line: STEPS[line.count.step].meaning),
        ),
        computed(lines),
        _conditions(filters),
        above=(Step("통계", "staff_statistics.index", {}),),
    )


def find_behind(asked: Asked) -> Found[Any]:
    """The needs, replies or matches that one number of the funnel counts."""
    return _behind(asked, frozenset(COUNTED.values()) - set(PEOPLE), _columns_behind)


def find_people(asked: Asked) -> Found[Registration]:
    """The people that one number of the funnel counts."""
    return _behind(asked, frozenset(PEOPLE), lambda step: PERSON)


def find_organizations(asked: Asked) -> Found[Organization]:
    """The organizations that are counted beside one number of the funnel."""
    filters, step = ScopeFilters(asked.args), asked.args.get("step")
    if step not in STEPS:
        raise NotThere("step")
    step = Reached(step)
    columns = (
        Column[Organization](STEPS[step].organizations, 28, lambda each: each.name),
        Column[Organization]("기관 유형", 16, lambda each: KINDS[each.kind]),
    )
    rows = listed(organizations_behind(filters.scope(), step, asked.zone, asked.now))
    return Found(columns, rows, _conditions(filters), subtitle=STEPS[step].name, above=ABOVE)


def _behind(asked: Asked, among: frozenset[Counted], columns: Callable[[Counted], Sequence[Column[Any]]]) -> Found[Any]:
    filters, what = ScopeFilters(asked.args), COUNTED.get(asked.args.get("step", ""))
    if what not in among:
        raise NotThere("step")
    scope = filters.scope()
    number = len(People(scope, what, asked.zone, asked.now)) if what in PEOPLE else None
    rows = listed(behind(scope, what, asked.zone, asked.now), number=number)
    return Found(columns(what), rows, _conditions(filters), subtitle=WORDS[what].name, above=ABOVE)


def _conditions(filters: ScopeFilters) -> list[tuple[str, str]]:
    """In words, with the one briefing that is asked about, which no field of the page shows."""
    briefing_id = filters.scope().briefing_id
    briefing = db.session.get(Briefing, briefing_id) if briefing_id is not None else None
    if briefing_id is not None and briefing is None:
        raise NotThere("briefing")
    return [*([("설명회", briefing.title)] if briefing else []), *in_words(filters)]


def _columns_behind(what: Counted) -> list[Column[Any]]:
    if what in REPLIES:
        return [
            Column("답글을 보낸 기관", 28, lambda each: each.organization.name),
            Column("기관 유형", 16, lambda each: KINDS[each.organization.kind]),
            Column("과제", 40, lambda each: each.need.title),
            Column("수요기관", 28, lambda each: each.need.organization.name),
            Column("보낸 때", 18, lambda each: each.sent_at),
            Column("확인 기한", 18, lambda each: each.due_at),
            Column("확인한 때", 18, lambda each: each.acknowledged_at),
            Column("상태", 12, lambda each: REPLY_STATES[each.state]),
        ]
    if what is Reached.MATCHED:
        return [
            Column("과제", 40, lambda each: each.need.title),
            Column("수요기관", 28, lambda each: each.need.organization.name),
            Column("함께한 기관", 40, lambda each: ", ".join(one.organization.name for one in each.standing)),
            Column("성사된 날", 12, lambda each: each.matched_on),
        ]
    return [
        Column("과제", 40, lambda each: each.title),
        Column("수요기관", 28, lambda each: each.organization.name),
        Column("기관 유형", 16, lambda each: KINDS[each.organization.kind]),
        Column("지역", 16, lambda each: REGIONS[each.region]),
        Column("게시한 때", 18, lambda each: each.published_at),
        Column("상태", 12, lambda each: NEED_STATES[each.state]),
    ]


def find_figures(asked: Asked) -> Found[Figures]:
    """The published figures at the end of every half-year (or year), and of the day asked for."""
    day = AsOf(asked.args, asked.now.astimezone(asked.zone).date()).day
    rows = series(asked.zone, day, asked.args.get("step") == "year")
    return Found(_figure_columns(), computed(rows), above=(Step("통계", "staff_statistics.index", {}),), day=day)


def _figure_columns() -> list[Column[Figures]]:
    def kind(which: OrganizationKind) -> Column[Figures]:
        return Column(f"성사에 함께한 {KINDS[which]}", 16, lambda each: each.in_matches_by_kind[which])

    return [
        Column("기준일", 12, lambda each: each.as_of),
        Column("등록된 수요 과제", 12, lambda each: each.needs),
        Column("답글 있는 과제", 12, lambda each: each.needs_replied),
        Column("답글을 보낸 기관 (과제마다 셈)", 16, lambda each: each.replying),
        Column("답글을 보낸 기관 (한 번만 셈)", 16, lambda each: each.replying_distinct),
        Column("성사", 12, lambda each: each.matches),
        Column("성사에 함께한 기관 (성사마다 셈)", 16, lambda each: each.in_matches),
        Column("성사에 함께한 기관 (한 번만 셈)", 16, lambda each: each.in_matches_distinct),
        *(kind(each) for each in OrganizationKind),
        Column("민·관 협업 성사", 12, lambda each: each.public_private),
        Column("답글 비율 (%)", 12, lambda each: each.reply_rate),
        Column("답글 있는 과제의 성사 비율 (%)", 16, lambda each: each.match_rate),
        Column("민·관 협업 비율 (%)", 12, lambda each: each.public_private_share),
    ]


def _number_of(deed: Deed) -> Callable[[Ranked], int]:
    return lambda line: line.part.done.get(deed, 0)


LISTS = (
    ListFile("recognition", "추천 명부", "staff_recognition.index", find_nominations, counted="줄", narrowed=True),
    ListFile("funnel", "단계별 실적", "staff_funnel.index", find_funnel, counted="줄"),
    ListFile("funnel_rows", "단계별 과제와 답글", "staff_funnel.names", find_behind),
    ListFile("funnel_people", "단계별 신청자", "staff_funnel.people", find_people, counted="명", across=True),
    ListFile("funnel_organizations", "단계별 기관", "staff_funnel.organizations", find_organizations, counted="곳"),
    ListFile("figures", "공표 수치", "staff_statistics.index", find_figures, counted="줄"),
)
