"""The report over many briefings in words and tables."""

from collections.abc import Callable, Sequence
from typing import Any

from briefings.statistics.blocks import Block, Line, Paper, Section, Table, Words, some
from briefings.statistics.comparing import Measure
from briefings.statistics.funnel import Funnel, Step, steps_by
from briefings.statistics.published import Figures
from briefings.statistics.report_results import how_counted, named_matches, reached, value_in_words
from briefings.statistics.report_words import people, percent_of
from briefings.statistics.scope import Axis, query_of
from briefings.statistics.span_report import MOST_LINES, SpanReport, Told
from briefings.statistics.spans import SpanKind
from briefings.statistics.words import AXES, STEPS
from briefings.web.filters import day, number, period, when

OF_NEEDS = (Step.NEEDS, Step.GROUPED, Step.BRIEFED, Step.REPLIED, Step.CONSULTED, Step.MATCHED)
FEWEST = 10
BEFORE = {SpanKind.HALF: "앞선 반기", SpanKind.YEAR: "앞선 해", SpanKind.ROUND: "앞선 수요조사"}
COHORT = {
    SpanKind.HALF: "등록된 과제는 이 반기에 게시된 과제, 설명회는 이 반기에 시작한 설명회이며, 그 과제와 설명회에서 "
    "나온 것은 언제 나왔든 셉니다.",
    SpanKind.YEAR: "등록된 과제는 이 해에 게시된 과제, 설명회는 이 해에 시작한 설명회이며, 그 과제와 설명회에서 나온 "
    "것은 언제 나왔든 셉니다.",
    SpanKind.ROUND: "이 수요조사로 받은 과제와, 그 과제를 하나라도 소개한 설명회를 셉니다.",
    SpanKind.WHOLE: "처음부터 지금까지 모두 셉니다.",
}
"""Of which needs and briefings its numbers are."""
FIGURES: Sequence[tuple[str, str, str]] = (
    ("needs", "등록된 과제", "건"),
    ("needs_replied", "답글 받은 과제", "건"),
    ("replying", "답글을 보낸 기관 (과제마다 셈)", "곳"),
    ("replying_distinct", "답글을 보낸 기관 (한 번만 셈)", "곳"),
    ("matches", "성사", "건"),
    ("in_matches", "성사에 함께한 기관 (성사마다 셈)", "곳"),
    ("in_matches_distinct", "성사에 함께한 기관 (한 번만 셈)", "곳"),
    ("public_private", "공공과 민간이 함께한 성사", "건"),
)
"""The published figures by their names."""
LINE: Sequence[tuple[str, Measure]] = (
    ("신청", Measure.REGISTERED),
    ("참석", Measure.ATTENDED),
    ("참석률", Measure.SHARE),
    ("만족도", Measure.SATISFACTION),
    ("새 답글", Measure.REPLIES),
    ("성사", Measure.MATCHES),
)
"""What is said of each briefing in its line."""


def paper_over(report: SpanReport) -> Paper:
    """All of it."""
    span, counts = report.span, report.told.funnel
    about = "" if span.kind is SpanKind.WHOLE else f"{span.name} "
    theme = f"{report.theme.name} " if report.theme else ""
    since = f"{day(report.last)}까지" if span.first is None else period((span.first, span.last))
    beside = "성사한 협업과 공표 수치는 이 기간에 이룬 것을 셉니다." if _has_days(report) else ""
    sections = [_steps(report), *([_compared(report, report.earlier)] if report.earlier else []), _published(report)]
    sections += [_part(report, axis) for axis in report.parts]
    return Paper(
        title=f"{about}{theme}협업이음 결과보고",
        subtitle=since,
        as_of=f"{when(report.now)} 기준",
        figures=_figures(report),
        summary=_summary(report, counts),
        keywords=["협업이음", "온라인 사업설명회", *([report.theme.name] if report.theme else []), span.name],
        sections=[
            *sections,
            _briefings(report),
            _matches(report),
            how_counted(Step, *some_words([COHORT[span.kind], beside])),
        ],
    )


def some_words(said: Sequence[str]) -> list[str]:
    """Those that say anything."""
    return [each for each in said if each]


def _has_days(report: SpanReport) -> bool:
    """Whether matches are those of its days, and not those of its needs."""
    return report.span.kind in (SpanKind.HALF, SpanKind.YEAR)


def _matched(report: SpanReport) -> str:
    return "이 기간에 이룬 성사" if _has_days(report) else STEPS[Step.MATCHED].name


def _figures(report: SpanReport) -> list[tuple[str, str, str, str]]:
    earlier = report.earlier

    def beside(told: Callable[[Told], int], unit: str) -> str:
        return f"{BEFORE[report.span.kind]} {number(told(earlier))}{unit}" if earlier else ""

    found = []
    for step in (Step.NEEDS, Step.REGISTERED, Step.ATTENDED, Step.REPLIES):
        count, unit = report.told.funnel[step], STEPS[step].unit
        note = beside(lambda told, step=step: told.funnel[step].number, unit)  # type: ignore[misc]
        found.append((STEPS[step].name, number(count.number), unit, note))
    held = ("연 설명회", number(report.told.held), "회", beside(lambda told: told.held, "회"))
    of_needs = f"등록된 과제에서 {number(report.told.funnel[Step.MATCHED].number)}건" if _has_days(report) else ""
    return [found[0], held, *found[1:], (_matched(report), number(report.matched), "건", of_needs)]


def _summary(report: SpanReport, counts: Funnel) -> list[str]:
    needs, attended = counts[Step.NEEDS], counts[Step.ATTENDED]
    said = [f"수요기관 {number(needs.organizations)}곳의 과제 {number(needs.number)}건 등록"]
    if report.told.held:
        came = f"{people(counts[Step.REGISTERED])} 신청, {people(attended)} 참석(참석률 {percent_of(attended.share)})"
        said.append(
            f"설명회 {number(report.told.held)}회에서 과제 {number(counts[Step.BRIEFED].number)}건 소개, {came}"
        )
    replied, answered = counts[Step.REPLIED], counts[Step.ANSWERED]
    if replied.number:
        said.append(f"과제 {number(replied.number)}건에 참여 답글 {number(counts[Step.REPLIES].number)}건")
    if answered.of:
        said.append(f"기한 안에 확인한 답글 {number(answered.number)}건({percent_of(answered.share)})")
    if counts[Step.CONSULTED].number or report.matched:
        talks = number(counts[Step.CONSULTED].number)
        said.append(f"협의한 과제 {talks}건, {_matched(report)} {number(report.matched)}건")
    return said


def _steps(report: SpanReport) -> Section:
    blocks = reached(report.told.funnel, OF_NEEDS, list(Step))
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("단계별 명단", "staff_funnel.index", query_of(report.span.scope)),
    ]
    return Section("steps", "단계별 실적", [*blocks, Words(COHORT[report.span.kind])], ways)


def _compared(report: SpanReport, earlier: Told) -> Section:
    """Beside what came before it, step by step."""
    now, then = report.told, earlier
    rows = [["연 설명회", f"{number(now.held)}회", f"{number(then.held)}회", _difference(now.held, then.held)]]
    for step in Step:
        one, other, unit = now.funnel[step], then.funnel[step], STEPS[step].unit
        difference = _difference(one.number, other.number)
        rows.append([STEPS[step].name, number(one.number) + unit, number(other.number) + unit, difference])
    for name, step in (
        ("참석률", Step.ATTENDED),
        ("기한 안 확인한 비율", Step.ANSWERED),
        ("성사한 비율", Step.MATCHED),
    ):
        one, other = now.funnel[step], then.funnel[step]
        rows.append([name, percent_of(one.share), percent_of(other.share), _points(one.share, other.share)])
    heads = ["항목", report.span.name, then.span.name, "차이"]
    still = " 아직 끝나지 않았으므로 더 쌓일 수입니다." if not report.over else ""
    note = f"답글과 성사는 지금까지 쌓인 수여서 먼저일수록 쌓일 시간이 길었습니다.{still}"
    title = f"{BEFORE[report.span.kind]}와 견주기"
    return Section("comparison", title, [Table("단계마다의 차이", heads, rows, [1, 2, 3]), Words(note)])


def _difference(now: int, then: int) -> str:
    """`+12 (+25%)`; no share of less than ten, which would say more than it knows."""
    if now == then:
        return "같음"
    share = f" ({100 * (now - then) / then:+,.0f}%)" if then >= FEWEST else ""
    return f"{now - then:+,}{share}"


def _points(now: float | None, then: float | None) -> str:
    return "–" if now is None or then is None else f"{now - then:+.1f}%p"


def _published(report: SpanReport) -> Section:
    """What everybody reads of the last day, and how much of it came in these days."""
    rows = []
    for name, words, unit in FIGURES:
        value = getattr(report.figures, name, None)
        if value is not None:
            grown = [] if report.before is None else [f"{value - getattr(report.before, name):+,}{unit}"]
            rows.append([words, f"{number(value)}{unit}", *grown])
    grown_head = [] if report.before is None else ["이 기간에 늘어난 수"]
    heads = ["항목", day(report.last), *grown_head]
    table = Table(f"{day(report.last)}까지 쌓인 수", heads, rows, list(range(1, len(heads))))
    blocks = some([table, *_over_time(report.over_time)])
    ways: list[tuple[str, str, dict[str, Any]]] = [
        ("공표 수치", "statistics.index", {"as_of": report.last.isoformat()}),
    ]
    return Section("published", "공표 수치", blocks, ways)


def _over_time(figures: list[Figures]) -> list[Block | None]:
    """How it grew from half-year to half-year."""
    if len(figures) < 2:
        return []
    moments = [(f"{each.as_of.year}. {each.as_of.month}.", day(each.as_of)) for each in figures]
    needs = [each.needs for each in figures]
    rows = [
        [day(each.as_of), f"{number(each.needs)}건", f"{number(each.needs_replied)}건", f"{number(each.matches)}건"]
        for each in figures
    ]
    return [
        Line("등록된 과제가 쌓인 모습", "등록된 과제", moments, needs, f"{number(needs[-1])}건"),
        Table("반기마다 쌓인 수", ["기준일", "등록된 과제", "답글 받은 과제", "성사"], rows, [1, 2, 3]),
    ]


def _part(report: SpanReport, axis: Axis) -> Section:
    """Broken down."""
    steps = [step for step in steps_by(axis) if step not in (Step.GROUPED, Step.CONSULTED)]
    rows = [
        [line.name, *(number(line.funnel[step].number) for step in steps)]
        for line in report.parts[axis]
        if any(line.funnel[step].number for step in steps)
    ]
    title = f"{AXES[axis]}별 실적"
    if not rows:
        return Section(f"by-{axis.value}", title, [Words("아직 나누어 볼 수가 없습니다.")])
    heads = [AXES[axis], *(f"{STEPS[step].name} ({STEPS[step].unit})" for step in steps)]
    note = "두 주제에 드는 과제는 두 줄에 셉니다." if axis is Axis.THEME else ""
    table = Table(f"{AXES[axis]}마다의 단계별 수", heads, rows, list(range(1, len(heads))))
    values = {"by": axis.value, **query_of(report.span.scope)}
    blocks = some([table, Words(note) if note else None])
    return Section(f"by-{axis.value}", title, blocks, [("단계별 실적", "staff_funnel.index", values)])


def _briefings(report: SpanReport) -> Section:
    """Each in one line."""
    if not report.briefings:
        return Section("briefings", "설명회", [Words("이 가운데 아직 시작한 설명회가 없습니다.")])
    rows = [
        [
            f"{briefing.title} ({briefing.theme.name}, {briefing.audience.name})",
            day(briefing.starts_at),
            *(value_in_words(measure, values[measure]) for _, measure in LINE),
        ]
        for briefing, values in report.briefings
    ]
    heads = ["설명회", "연 날", *(name for name, _ in LINE)]
    table = Table("설명회마다의 결과", heads, rows, list(range(2, len(heads))))
    notes = [f"앞으로 열 설명회가 {number(report.to_come)}회 있습니다." if report.to_come else ""]
    notes += [_rest(report.told.held, "회", "설명회")]
    values = {"by": Axis.BRIEFING.value, **query_of(report.span.scope)}
    blocks = some([table, *(Words(note) for note in some_words(notes))])
    return Section("briefings", "설명회", blocks, [("설명회별 실적", "staff_funnel.index", values)])


def _matches(report: SpanReport) -> Section:
    if not report.matches:
        return Section("matches", "성사한 협업", [Words("성사한 협업이 아직 없습니다.")])
    rest = _rest(report.matched, "건", "성사")
    blocks = some([named_matches(report.matches), Words(rest) if rest else None])
    return Section("matches", "성사한 협업", blocks)


def _rest(in_all: int, unit: str, what: str) -> str:
    """What is not named one by one."""
    if in_all <= MOST_LINES:
        return ""
    return f"{what} {number(in_all)}{unit} 가운데 가까운 {number(MOST_LINES)}{unit}만 하나씩 적었습니다."
