"""The second half of the result report in words: what was asked, what people thought, and what came of it."""

from collections.abc import Iterable, Sequence

from briefings.afterwards.survey_results import Results
from briefings.needs.words import STATUSES
from briefings.organizations.words import KINDS
from briefings.outbox.models import Medium
from briefings.participation.match_models import Match
from briefings.schedule.registration_models import SupportState
from briefings.schedule.words import SUPPORT_STATES
from briefings.statistics.blocks import Bars, Block, Facts, Points, Section, Table, Words, some
from briefings.statistics.comparing import Group, Measure, Place
from briefings.statistics.funnel import Funnel, Step
from briefings.statistics.report import Report
from briefings.statistics.words import STEPS
from briefings.web.filters import day, number

HIDDEN = "가림"
MEASURES = {
    Measure.ORGANIZATIONS: ("신청 기관", "곳"),
    Measure.REGISTERED: ("신청한 사람", "명"),
    Measure.ATTENDED: ("참석한 사람", "명"),
    Measure.SHARE: ("참석률", "%"),
    Measure.QUESTIONS: ("질문 (합치거나 숨긴 질문 제외)", "건"),
    Measure.SATISFACTION: ("만족도", "점"),
    Measure.REPLIES: ("새 참여 답글", "건"),
    Measure.MATCHES: ("성사", "건"),
}
GROUPS = {Group.THEME: "같은 주제", Group.AUDIENCE: "같은 대상", Group.YEAR: "지난 1년"}
MEDIA = {Medium.MAIL: "전자우편", Medium.TEXT: "문자·알림톡"}


def questions(report: Report) -> Section:
    """What was asked and answered, also of each need."""
    found = report.questions
    ways = [("질문 정리", "staff_questions.desk", {"briefing_id": report.briefing.id})]
    if not found.number:
        return Section("questions", "질문과 답", [Words("받은 질문이 없습니다.")], ways)
    in_time = f" (약속한 날까지 {number(found.in_time)}건)" if found.written else ""
    late = f" (기한 지남 {number(found.late)}건)" if found.late else ""
    rows = [
        ("받은 질문", f"{number(found.number)}건"),
        ("언제", _asked_when(report)),
        ("설명회에서 답함", f"{number(found.live)}건"),
        ("서면으로 답함", f"{number(found.written)}건{in_time}"),
        ("답을 기다림", f"{number(found.open)}건{late}"),
        ("다른 질문에 합침", f"{number(found.merged)}건" if found.merged else ""),
        ("숨김", f"{number(found.hidden)}건" if found.hidden else ""),
    ]
    facts = Facts("질문과 답", [(name, value) for name, value in rows if value])
    table = [
        [title, f"{number(asked)}건", f"{number(answered)}건"]
        for title, (asked, answered) in _by_subject(report)
        if asked
    ]
    of_each = Table("과제별 질문 (합치거나 숨긴 질문 제외)", ["과제", "질문", "답함"], table, [1, 2]) if table else None
    return Section("questions", "질문과 답", some([facts, of_each]), ways)


def _asked_when(report: Report) -> str:
    found = report.questions
    return f"사전 {number(found.before)}건, 설명회 중 {number(found.during)}건, 끝난 뒤 {number(found.after)}건"


def _by_subject(report: Report) -> list[tuple[str, tuple[int, int]]]:
    by_slot, nothing = report.questions.by_slot, (0, 0)
    rows = [(each.need.title, by_slot.get(each.entry.slot.id, nothing)) for each in report.needs]
    return [*rows, ("설명회 전체", by_slot.get(None, nothing))]


def satisfaction(report: Report) -> Section:
    """The survey, of groups so large that nobody can be told from them."""
    results = report.survey
    ways = [("만족도 조사", "staff_survey.index", {"briefing_id": report.briefing.id})]
    if not results.survey.offered:
        return Section("survey", "만족도", [Words("만족도 조사를 하지 않았습니다.")], ways)
    answered = f"온 사람 {number(results.asked)}명 가운데 {number(results.answered)}명 답함"
    answered += f" ({results.share}%)" if results.share is not None else ""
    if not results.is_shown:
        why = (
            "이름과 따로 두는 조사여서 마감한 뒤에 결과를 싣습니다."
            if results.kept_back
            else "답이 5건보다 적어 결과를 싣지 않습니다. 누구의 답인지 짐작할 수 있기 때문입니다."
        )
        return Section("survey", "만족도", [Facts("응답", [("응답", answered)]), Words(why)], ways)
    rows = [
        [each.question["ko"], _mean(each.mean), f"{each.positive}%", *map(str, each.counts)]
        for each in results.outcomes
    ]
    heads = ["질문", "평균", "만족", "5점", "4점", "3점", "2점", "1점"]
    bars = [(each.question["ko"], each.mean or 0, f"{_mean(each.mean)}점") for each in results.outcomes]
    blocks: list[Block | None] = [
        Facts(
            "응답", [("응답", answered), ("남긴 말", f"{number(len(results.comments))}건" if results.comments else "")]
        ),
        Bars("질문별 평균 (5점 만점)", [*bars], whole=5),
        Table("질문별 답의 분포 (단위: 명)", heads, rows, list(range(1, 8))),
        _groups(results),
    ]
    return Section("survey", "만족도", some(blocks), ways)


def _groups(results: Results) -> Table | None:
    if not results.groups:
        return None
    rows = [
        [KINDS[each.kind], HIDDEN if each.number is None else f"{number(each.number)}건", *_means(each.means, results)]
        for each in results.groups
    ]
    heads = ["기관 유형", "답", *(f"{place}번" for place in range(1, len(results.outcomes) + 1))]
    caption = "기관 유형별 평균 (답이 적은 유형과 빼 보면 알 수 있는 유형은 가림)"
    return Table(caption, heads, rows, list(range(1, len(heads))))


def _means(means: list[float | None] | None, results: Results) -> list[str]:
    return ["–"] * len(results.outcomes) if means is None else [_mean(each) for each in means]


def _mean(mean: float | None) -> str:
    return "–" if mean is None else f"{mean:.2f}"


def by_need(report: Report) -> Section:
    """Replies before and since, and what became of them, of each need that was presented."""
    if not report.needs:
        return Section("needs", "과제별 성과", [Words("발표한 과제가 없습니다.")])
    rows = [
        [
            f"{each.need.title} ({each.need.organization.name})",
            f"{number(each.interested)}명",
            f"{number(each.before)}건",
            f"{number(each.after)}건",
            f"{number(each.answered)}/{number(each.due)}",
            f"{number(each.consulted)}건",
            STATUSES[each.need.status] if each.need.is_public else "공개하지 않음",
        ]
        for each in report.needs
    ]
    sums = [
        sum(getattr(each, name) for each in report.needs)
        for name in ("before", "after", "answered", "due", "consulted")
    ]
    before, after, answered, due, consulted = (number(each) for each in sums)
    foot = ["모두", "–", f"{before}건", f"{after}건", f"{answered}/{due}", f"{consulted}건", ""]
    heads = ["과제 (수요기관)", "관심", "시작 전 답글", "새 답글", "기한 안 확인", "협의", "지금"]
    note = (
        "관심은 신청하거나 듣는 동안 이 과제에 관심 있다고 한 사람입니다. 기한 안 확인은 새 답글 가운데 "
        "확인했거나 기한이 지난 것을 분모로 합니다."
    )
    table = Table("과제별 답글과 협의", heads, rows, [1, 2, 3, 4, 5], foot)
    ways = (
        [("새 답글 명단", "staff_funnel.names", {"step": "replies", "briefing": report.briefing.id})] if sums[1] else []
    )
    return Section("needs", "과제별 성과", [table, Words(note)], ways)


def reached(counts: Funnel, needs: Sequence[Step], steps: Sequence[Step]) -> list[Block]:
    """How many `needs` reached which step as bars, and every one of `steps` with what its share is of as a table."""
    bars = [(STEPS[step].name, counts[step].number, number(counts[step].number) + STEPS[step].unit) for step in needs]
    rows = [
        [
            STEPS[each.step].name,
            number(each.number) + STEPS[each.step].unit,
            f"{number(each.organizations)}곳",
            "–" if each.share is None else f"{number(each.share)}%",
            f"{STEPS[each.step].of} {number(each.of)}{STEPS[each.step].unit}" if each.of is not None else "–",
        ]
        for each in (counts[step] for step in steps)
    ]
    heads = ["단계", "수", "기관", "비율", "비율의 분모"]
    return [Bars("과제에서 성사까지", [*bars]), Table("단계별 수와 비율", heads, rows, [1, 2, 3], wide=4)]


def needs_to_matches(report: Report) -> Section:
    """The steps of the funnel of this briefing, and what was talked about."""
    counts, needs = report.outcome.funnel, [Step.BRIEFED, Step.REPLIED, Step.CONSULTED, Step.MATCHED]
    steps = [*needs[:2], Step.REPLIES, Step.ANSWERED, *needs[2:]]
    talks = report.talks
    facts = Facts(
        "협의",
        [
            ("잡은 협의", f"{number(talks.agreed)}건 (지난 것 {number(talks.held)}건)"),
            ("취소한 협의", f"{number(talks.called_off)}건" if talks.called_off else ""),
            ("협의 기록", f"{number(talks.noted)}건"),
        ],
    )
    blocks: list[Block] = [*reached(counts, needs, steps), facts]
    values = {"briefing": report.briefing.id}
    return Section("results", "답글에서 성사까지", blocks, [("단계별 명단", "staff_funnel.index", values)])


def matches(report: Report) -> Section:
    """Who works together now."""
    return Section("matches", "성사", [named_matches(report.matches)])


def named_matches(found: Sequence[Match]) -> Table:
    """What about, who, and since when."""
    rows = [
        [
            match.need.title,
            ", ".join(joined.organization.name for joined in match.standing),
            day(match.matched_on),
        ]
        for match in found
    ]
    return Table("성사한 협업", ["과제", "함께하는 기관", "성사한 날"], rows, [])


def messages(report: Report) -> Section:
    """Mails and text messages about it, and the support people asked for."""
    sent = {medium: found for medium, found in report.messages.items() if any(vars(found).values())}
    rows = [
        [MEDIA[medium], *(f"{number(each)}건" for each in (found.sent, found.bounced, found.failed, found.waiting))]
        for medium, found in sent.items()
    ]
    heads = ["방법", "보냄", "되돌아옴", "실패", "보낼 것"]
    table = Table("이 설명회로 보낸 알림", heads, rows, [1, 2, 3, 4]) if rows else Words("보낸 알림이 없습니다.")
    support = [
        (SUPPORT_STATES[state], f"{number(report.support[state])}건")
        for state in SupportState
        if state in report.support
    ]
    asked = (
        Facts("참가 지원 요청 (수어·문자 통역 등)", support)
        if support
        else Words("참가 지원을 요청한 사람이 없습니다.")
    )
    ways = [("보낸 알림", "outbox.index", {"about": f"briefing:{report.briefing.id}"})] if rows else []
    return Section("messages", "안내와 지원", [table, asked], ways)


def comparison(report: Report) -> Section:
    """Beside earlier briefings."""
    found = report.comparison
    if found.is_empty:
        return Section("comparison", "이전 설명회와 견주기", [Words("견줄 만한 이전 설명회가 없습니다.")])
    groups = [group for group in Group if found.sizes[group]]
    rows = [
        [
            MEASURES[each.measure][0],
            value_in_words(each.measure, each.own),
            *_places(each.measure, [each.places[group] for group in groups]),
        ]
        for each in found.measures
    ]
    sizes = ", ".join(f"{GROUPS[group]} {number(found.sizes[group])}회" for group in groups)
    heads = ["항목", "이번", *(f"{GROUPS[group]} 중앙값 (순위)" for group in groups)]
    table = Table(f"이전 설명회의 중앙값과 이번의 순위 ({sizes})", heads, rows, list(range(1, len(heads))))
    note = (
        "이 설명회보다 먼저 시작한 설명회와 견줍니다. 순위는 이번을 넣어 높은 값부터 셉니다. "
        "답글과 성사는 지금까지 쌓인 수여서 먼저 연 설명회일수록 쌓일 시간이 길었습니다."
    )
    values = {"theme": report.briefing.theme_id, "by": "briefing"}
    ways = [("같은 주제의 설명회", "staff_funnel.index", values)]
    return Section("comparison", "이전 설명회와 견주기", [table, Words(note)], ways)


def value_in_words(measure: Measure, value: float | None) -> str:
    """With its unit, or a dash."""
    if value is None:
        return "–"
    return (f"{value:.2f}" if measure is Measure.SATISFACTION else number(value)) + MEASURES[measure][1]


def _places(measure: Measure, places: list[Place | None]) -> list[str]:
    return [
        "–" if each is None else f"{value_in_words(measure, each.median)} ({each.place}/{each.of})" for each in places
    ]


COUNTED = (Step.REGISTERED, Step.ATTENDED, Step.REPLIED, Step.REPLIES, Step.ANSWERED, Step.CONSULTED, Step.MATCHED)
SINCE_IT_BEGAN = "답글, 협의, 성사는 이 설명회를 시작한 뒤의 것을 셉니다."
COUNTED_AT = "모든 수는 작성 기준 시각에 데이터베이스에서 셌습니다."


def how_counted(steps: Iterable[Step], *beside: str) -> Section:
    """What each figure counts, in the words of the funnel."""
    said = [f"{STEPS[step].name}: {STEPS[step].meaning}" for step in steps]
    return Section("counting", "세는 법", [Points([*said, " ".join([*beside, COUNTED_AT])])])
