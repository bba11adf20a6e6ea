"""The result report of a briefing in words and tables: what it says, whatever it is set as."""

from datetime import timedelta

from briefings.live.running import SlotState
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.schedule.words import ELIGIBILITIES
from briefings.statistics.blocks import Bars, Block, Facts, Line, Paper, Section, Table, Words, some
from briefings.statistics.funnel import Count, Step
from briefings.statistics.report import Report
from briefings.statistics.report_counts import Day
from briefings.statistics.report_results import (
    COUNTED,
    SINCE_IT_BEGAN,
    by_need,
    comparison,
    how_counted,
    matches,
    messages,
    needs_to_matches,
    questions,
    satisfaction,
)
from briefings.web.filters import clock_period, clock_time, day, number, period, when

MOST_DAYS = 14
"""Of so many days each has a row of its own; of more each week has."""
WEEK = timedelta(days=7)


def paper_of(report: Report) -> Paper:
    """All of it; what the day brought is left out as long as it has not begun."""
    briefing = report.briefing
    sections = [_outline(report), _signing_up(report)]
    if report.has_begun:
        sections += [_attendance(report), _course(report), questions(report), satisfaction(report)]
    sections += [by_need(report), needs_to_matches(report)]
    sections += [matches(report)] if report.matches else []
    sections += [messages(report)]
    sections += [comparison(report)] if report.has_begun else []
    if report.remarks and report.remarks.remarks:
        sections.append(Section("remarks", "담당자 의견", [Words(report.remarks.remarks)]))
    owners = dict.fromkeys(each.need.organization.name for each in report.needs)
    return Paper(
        title=f"{briefing.title} 결과보고",
        subtitle=period((briefing.starts_at, briefing.ends_at)),
        as_of=f"{when(report.now)} 기준",
        figures=_figures(report),
        summary=_summary(report),
        keywords=["협업이음", "온라인 사업설명회", briefing.theme.name, briefing.audience.name, *list(owners)[:5]],
        sections=[*sections, how_counted(COUNTED, SINCE_IT_BEGAN)],
    )


def people(count: Count) -> str:
    """`38명(28곳)`."""
    return f"{number(count.number)}명({number(count.organizations)}곳)"


def percent_of(share: float | None) -> str:
    """`60.5%`, or a dash of nothing."""
    return "–" if share is None else f"{number(share)}%"


def _figures(report: Report) -> list[tuple[str, str, str, str]]:
    counts, asked = report.outcome.funnel, report.questions
    registered, attended, replies = counts[Step.REGISTERED], counts[Step.ATTENDED], counts[Step.REPLIES]
    whole = report.survey.outcomes[0] if report.survey.is_shown and report.survey.outcomes else None
    found = [("신청", number(registered.number), "명", f"기관 {number(registered.organizations)}곳")]
    if report.has_begun:
        share = f", 참석률 {percent_of(attended.share)}" if attended.share is not None else ""
        found.append(("참석", number(attended.number), "명", f"기관 {number(attended.organizations)}곳{share}"))
        found.append(("질문", number(asked.number), "건", f"답한 질문 {number(asked.answered)}건"))
        if whole and whole.mean is not None:
            found.append(("만족도", f"{whole.mean:.2f}", "/ 5점", f"{number(report.survey.answered)}명 답함"))
        before = f"시작 전 {number(report.outcome.replies_before)}건"
        found.append(("새 참여 답글", number(replies.number), "건", before))
    found.append(("성사", number(counts[Step.MATCHED].number), "건", f"발표한 과제 {number(len(report.needs))}건"))
    return found


def _summary(report: Report) -> list[str]:
    """The report in a few lines, as it is quoted."""
    counts, asked, survey = report.outcome.funnel, report.questions, report.survey
    registered, attended, replies = counts[Step.REGISTERED], counts[Step.ATTENDED], counts[Step.REPLIES]
    said = [f"수요기관의 과제 {number(len(report.needs))}건 소개, {people(registered)} 신청"]
    if not report.has_begun:
        return said
    said[0] += f", {people(attended)} 참석(참석률 {percent_of(attended.share)})"
    if asked.number:
        by_mouth, in_writing = number(asked.live), number(asked.written)
        said.append(f"질문 {number(asked.number)}건 가운데 설명회에서 {by_mouth}건, 서면으로 {in_writing}건 답변")
    if survey.is_shown and survey.outcomes and survey.outcomes[0].mean is not None:
        first = survey.outcomes[0]
        said.append(f"만족도 {first.mean:.2f}점(5점 만점, {number(survey.answered)}명 답함), 만족 {first.positive}%")
    before, after = report.outcome.replies_before, replies.number
    said.append(
        f"참여 답글 시작 전 {number(before)}건에서 시작 뒤 {number(after)}건이 더해져 모두 {number(before + after)}건"
    )
    answered = counts[Step.ANSWERED]
    if answered.of:
        said.append(f"기한 안에 확인한 답글 {number(answered.number)}건({percent_of(answered.share)})")
    if counts[Step.CONSULTED].number or counts[Step.MATCHED].number:
        talks, done = number(counts[Step.CONSULTED].number), number(counts[Step.MATCHED].number)
        said.append(f"협의한 과제 {talks}건, 성사 {done}건")
    return said


def _outline(report: Report) -> Section:
    briefing = report.briefing
    capacity = "제한 없음" if briefing.capacity is None else f"{number(briefing.capacity)}명"
    kinds = ", ".join(KINDS[kind] for kind in briefing.kinds_taken)
    who = ELIGIBILITIES[briefing.eligibility] + (f" ({kinds})" if kinds else "")
    owners = dict.fromkeys(each.need.organization.name for each in report.needs)
    rows = [
        ("행사", briefing.title),
        ("일시", period((briefing.starts_at, briefing.ends_at))),
        ("방식", "온라인"),
        ("주제와 대상", f"{briefing.theme.name} × {briefing.audience.name}"),
        ("발표한 과제", f"{number(len(report.needs))}건"),
        ("수요기관", ", ".join(owners)),
        ("사회", briefing.moderator),
        ("신청 기간", period((briefing.registration_opens_at, briefing.registration_closes_at))),
        ("신청 자격", who),
        ("정원", capacity),
    ]
    return Section("outline", "개요", [Facts("설명회 개요", [(name, value) for name, value in rows if value])])


def _signing_up(report: Report) -> Section:
    registered, outcome = report.outcome.funnel[Step.REGISTERED], report.outcome
    states = [
        ("확정", people(registered)),
        ("승인 대기", f"{number(report.requested)}명" if report.requested else ""),
        ("대기", f"{number(outcome.waitlisted)}명"),
        ("취소", f"{number(outcome.cancelled)}명"),
        ("모든 신청", f"{number(registered.of or 0)}명"),
    ]
    facts = Facts("신청 상태", [(name, value) for name, value in states if value])
    nobody = Words("아직 신청한 사람이 없습니다.") if not registered.of else None
    values = {"briefing": report.briefing.id}
    ways = [("신청자 명단", "staff_funnel.people", {"step": "registered", **values})] if registered.number else []
    blocks = some([facts, nobody, *_by_kind(report), *_by_day(report.signing_up)])
    return Section("registrations", "신청", blocks, ways)


def _by_kind(report: Report) -> list[Block | None]:
    bodies, persons = report.outcome.organizations_by_kind, report.outcome.registered_by_kind
    there = {kind: came for kind, _, came in report.attendance.by_kind}
    kinds = [kind for kind in OrganizationKind if persons[kind] or there.get(kind)]
    if not kinds:
        return []
    total = sum(persons.values())
    begun = report.has_begun
    rows = [[KINDS[kind], *_of_kind(bodies[kind], persons[kind], total, there.get(kind, 0), begun)] for kind in kinds]
    foot = ["모두", *_of_kind(sum(bodies.values()), total, total, sum(there.values()), begun)]
    heads = ["기관 유형", "신청 기관", "신청한 사람", "비율", *(["참석한 사람"] if begun else [])]
    bars = [(KINDS[kind], persons[kind], f"{number(persons[kind])}명") for kind in kinds]
    table = Table("기관 유형별 신청" + ("과 참석" if begun else ""), heads, rows, list(range(1, len(heads))), foot)
    return [Bars("기관 유형별로 신청한 사람", [*bars]), table]


def _of_kind(bodies: int, persons: int, total: int, came: int, begun: bool) -> list[str]:
    share = percent_of(round(100 * persons / total, 1) if total else None)
    return [f"{number(bodies)}곳", f"{number(persons)}명", share, *([f"{number(came)}명"] if begun else [])]


def _by_day(days: list[Day]) -> list[Block | None]:
    """When people signed up: a line over all days, and a table of days, or of weeks where they are many."""
    if not days:
        return []
    line = None
    if len(days) > 1:
        moments = [(f"{each.day.month}. {each.day.day}.", day(each.day)) for each in days]
        so_far = [each.so_far for each in days]
        line = Line("신청이 쌓인 모습", "모든 신청", moments, so_far, f"{number(so_far[-1])}명")
    step = 1 if len(days) <= MOST_DAYS else WEEK.days
    groups = [days[place : place + step] for place in range(0, len(days), step)]
    rows = [
        [
            period((group[0].day, group[-1].day)),
            f"{number(sum(each.number for each in group))}명",
            f"{number(group[-1].so_far)}명",
        ]
        for group in groups
    ]
    caption = "날마다 신청한 사람" if step == 1 else "주마다 신청한 사람"
    return [line, Table(f"{caption} (취소와 대기 포함)", ["날짜", "신청", "모두"], rows, [1, 2])]


def _attendance(report: Report) -> Section:
    attended, found, minutes = report.outcome.funnel[Step.ATTENDED], report.attendance, report.minutes
    standing = {each.value: count for each, count in found.by_standing.items()}
    facts = [
        ("참석", f"{people(attended)}, 참석률 {percent_of(attended.share)}"),
        ("늦게 참석", f"{number(standing['late'])}명"),
        ("일찍 나감", f"{number(standing['left_early'])}명"),
        ("불참", f"{number(report.no_shows)}명"),
        ("참가 시간", _stayed(report)),
        ("참가 확인증", f"{number(report.certificates)}건 발급" if report.certificates else ""),
        ("손으로 고친 출석", f"{number(found.marked)}명" if found.marked else ""),
    ]
    blocks: list[Block] = [Facts("참석", [(name, value) for name, value in facts if value])]
    if minutes.known:
        rows, since = [], 0
        for until, count in minutes.groups:
            name = f"{since}분 이상" if until is None else f"{until}분 미만" if not since else f"{since}~{until}분 미만"
            rows.append((name, count, f"{number(count)}명"))
            since = until or since
        blocks.append(Bars("참가 시간별 사람", [*rows]))
        shares = [[name, words, percent_of(round(100 * count / minutes.known, 1))] for name, count, words in rows]
        blocks.append(Table("참가 시간별 사람", ["참가 시간", "사람", "비율"], shares, [1, 2]))
    return Section(
        "attendance", "참석", blocks, [("출석부", "staff_attendance.index", {"briefing_id": report.briefing.id})]
    )


def _stayed(report: Report) -> str:
    minutes = report.minutes
    if minutes.mean is None or minutes.median is None:
        return ""
    unknown = f", {number(minutes.unknown)}명은 알 수 없음" if minutes.unknown else ""
    return f"평균 {number(minutes.mean)}분, 중앙값 {number(minutes.median)}분{unknown}"


def _course(report: Report) -> Section:
    """How the day went against its plan."""
    briefing, state = report.briefing, report.day
    ways = [("당일 진행", "staff_day.show", {"briefing_id": briefing.id})]
    if not state.is_led:
        planned = "진행표에서 누른 기록이 없어 계획한 시각만 있습니다."
        rows = [[clock_period((each.starts_at, each.ends_at)), each.need.title] for each in state.slots]
        table = Table("계획한 진행", ["계획", "순서"], rows, [], wide=1) if rows else None
        return Section("course", "진행", some([Words(planned), table]), ways)
    rows = [["개회", clock_time(briefing.starts_at), _at(state.began_at), _late(state.began_at, briefing.starts_at)]]
    rows += [_talk(each) for each in state.slots]
    rows += [["폐회", clock_time(briefing.ends_at), _at(state.ended_at), _late(state.ended_at, briefing.ends_at)]]
    return Section(
        "course", "진행", [Table("계획과 실제 진행", ["순서", "계획", "실제", "차이"], rows, [], wide=0)], ways
    )


def _talk(slot: SlotState) -> list[str]:
    title, planned = f"{slot.need.title} ({slot.need.organization.name})", clock_period((slot.starts_at, slot.ends_at))
    if slot.began_at is None:
        return [title, planned, "기록 없음", "–"]
    if slot.ended_at is None:
        return [title, planned, f"{clock_time(slot.began_at)} 시작", _late(slot.began_at, slot.starts_at)]
    took = slot.ended_at - slot.began_at - (slot.ends_at - slot.starts_at)
    over = round(took.total_seconds() / 60)
    length = f"{abs(over)}분 {'더' if over > 0 else '덜'} 걸림" if over else "계획한 만큼 걸림"
    return [title, planned, clock_period((slot.began_at, slot.ended_at)), length]


def _at(moment: object) -> str:
    return clock_time(moment) if moment else "기록 없음"  # type: ignore[arg-type]


def _late(moment: object, planned: object) -> str:
    if moment is None:
        return "–"
    minutes = round((moment - planned).total_seconds() / 60)  # type: ignore[operator]
    return f"{abs(minutes)}분 {'늦음' if minutes > 0 else '이름'}" if minutes else "제때"
