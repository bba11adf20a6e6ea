"""What the planner says, as staff read it (Korean): one sentence for each reason, none of them written elsewhere."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from briefings.planner.model import Plan, Progress, Reason

PARTICLES = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "으로(로)": ("으로", "로"),
}
PARTICLE = re.compile(r"([가-힣A-Za-z0-9])([’)\]]*)(" + "|".join(map(re.escape, PARTICLES)) + ")")
RIEUL = 8
DIGITS = (1, RIEUL, 0, 1, 0, 0, 1, RIEUL, RIEUL, 0)
"""Whether the names of the digits end in a consonant, and which of them in ㄹ."""
Values = Mapping[str, Any]
WEEKDAYS = "월화수목금토일"
NAMED = 3
"""So many of a list are named, the others counted."""
PARTS = {
    "placed": "편성한 과제",
    "key": "주요 과제",
    "waiting": "기다린 기간",
    "again": "답글 없이 끝난 발표",
    "briefings": "설명회 수",
    "sizes": "크기의 고르기",
    "weeks": "주마다 고르기",
}
"""What the objective is made of."""
AGAINST = {
    "presenter": "발표자가 어렵습니다",
    "busy": "발표자나 기관이 다른 설명회에 나갑니다",
    "whole": "고정되어 있습니다",
    "elsewhere": "같은 때 발표자나 기관이 다른 설명회에 나갑니다",
    "full": "자리가 찼습니다",
    "open": "자리가 있지만 여기가 전체로 보아 낫습니다",
}


def sentence(reason: Reason) -> str:
    """A reason in words; a code that is not known stands for itself, for plans of an earlier version."""
    say = SENTENCES.get(reason.code)
    if say is None:
        return reason.code
    return PARTICLE.sub(_particle, say(reason.values) if callable(say) else say.format(**reason.values))


def _particle(found: re.Match[str]) -> str:
    """을(를) and the like in the form that fits the sound before it; both forms after what has no Korean sound."""
    last, between, particle = found.groups()
    if last.isascii() and not last.isdigit():
        return found.group()
    final = (ord(last) - ord("가")) % 28 if not last.isdigit() else DIGITS[int(last)]
    with_final, without = PARTICLES[particle]
    if particle == "으로(로)" and final == RIEUL:
        return last + between + without
    return last + between + (with_final if final else without)


def progress(progress: Progress) -> str:
    """How far the planner is, for who waits."""
    if progress.objective is None:
        return "편성할 수 있는 경우를 살피고 있습니다"
    found = f"설명회 {progress.briefings}회에 과제 {progress.placed}건을 편성했습니다"
    gap = progress.gap
    return f"{found}. 더 나은 안이 있어도 {_percent(gap)} 이내입니다" if gap is not None else found


def result(plan: Plan) -> str:
    """What came of it, in a sentence."""
    if plan.clashes:
        return "정해 둔 것끼리 맞지 않아 편성하지 못했습니다."
    placed = sum(len(briefing.needs) for briefing in plan.briefings)
    found = f"설명회 {len(plan.briefings)}회에 과제 {placed}건을 편성했고 {len(plan.left_over)}건이 남았습니다."
    if plan.proven:
        return f"{found} 이보다 나은 안은 없습니다(증명됨)."
    return f"{found} 더 나은 안이 있더라도 차이는 {_percent(plan.gap)} 이내입니다."


def moment(iso: str) -> str:
    """A time as everywhere in the program."""
    at = datetime.fromisoformat(iso)
    return f"{_day(at.date())} {at:%H:%M}"


def topic(values: Values) -> str:
    """Theme and audience."""
    return f"{values['theme']} × {values['audience']}"


def _day(day: date) -> str:
    return f"{day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"


def _date(iso: str) -> str:
    """A past day, which may be of another year."""
    day = date.fromisoformat(iso)
    return f"{day.year}. {_day(day)}"


def _percent(share: float) -> str:
    return f"{max(share, 0.0001):.2%}"


def _listed(names: Sequence[str]) -> str:
    more = f" 외 {len(names) - NAMED}건" if len(names) > NAMED else ""
    return ", ".join(f"‘{name}’" for name in names[:NAMED]) + more


def _where(values: Values) -> str:
    return f"{moment(values['time'])} ‘{topic(values)}’ 설명회"


def _several(values: Values) -> str:
    places = values["briefings"]
    more = f" 등 {len(places)}곳" if len(places) > NAMED else ""
    return ", ".join(f"{moment(place['time'])} ‘{topic(place)}’" for place in places[:NAMED]) + more


def _held(values: Values) -> str:
    kept = "주제와 대상, 시각" if values["time"] else "주제와 대상"
    if values["whole"]:
        return f"직원이 고정한 설명회입니다. {kept}과 과제 {values['needs']}건을 그대로 두었습니다."
    return f"직원이 고정한 과제 {values['needs']}건이 있는 설명회입니다. 함께 발표할 과제를 더했습니다."


def _demand(values: Values) -> str:
    return (
        f"‘{topic(values)}’에 맞는 과제가 {values['needs']}건 있고, 그 가운데 {values['here']}건이 여기에서 발표합니다."
    )


def _when(values: Values) -> str:
    best = "가장 많습니다" if values["can"] >= values["best"] else f"가장 많은 시각은 {values['best']}건입니다"
    week = f"그 주의 설명회는 {values['week']}회입니다"
    return f"{moment(values['time'])}에 모을 수 있는 과제는 {values['can']}건으로, {best}. {week}."


def _without(values: Values) -> str:
    if not values["lost"]:
        return "이 설명회의 과제는 다른 설명회에도 들어갈 수 있지만, 크기와 날짜를 고르게 하려고 나누었습니다."
    return f"이 설명회가 없으면 과제 {values['needs']}건 가운데 {values['lost']}건은 들어갈 곳이 없습니다."


def _shares(values: Values) -> str:
    return f"찾는 대상({', '.join(values['sought'])})이 ‘{values['audience']}’과(와) 설명회를 함께할 수 있습니다."


def _place(values: Values) -> str:
    cannot = f"발표자가 어렵다고 한 시각은 후보 {values['times']}개 가운데 {values['cannot']}개입니다. "
    said, options = cannot if values["cannot"] else "", values["options"]
    if not options:
        return f"{said}이 과제의 주제와 대상으로 열리는 설명회는 이것뿐입니다."
    against = "; ".join(f"{_where(option)}는 {AGAINST[option['because']]}" for option in options[:NAMED])
    more = f" (그 밖에 {len(options) - NAMED}곳)" if len(options) > NAMED else ""
    return f"{said}다른 설명회와 견주면: {against}{more}."


def _no_time(values: Values) -> str:
    if not values["times"]:
        return "앞으로 설명회를 열 수 있는 시각이 없습니다."
    if values["cannot"] == values["times"]:
        return f"후보 시각 {values['times']}개 모두 발표자가 어렵습니다."
    return f"후보 시각 {values['times']}개 모두 발표자가 어렵거나 다른 설명회에 나가 있습니다."


def _too_few(values: Values) -> str:
    where = f"{moment(values['time'])}에 ‘{topic(values)}’으로(로) 모을 수 있는 남은 과제가 {values['needs']}건뿐입니다"
    return f"{where}. 최소 {values['min']}건이 되려면 {values['missing']}건이 더 있어야 합니다."


def _to(values: Values) -> str:
    if values["new"]:
        return f"남은 과제 {len(values['with'])}건으로 {_where(values)}를 새로 열 수 있습니다."
    return f"{_where(values)}에 들어갈 수 있습니다."


def _if_time(values: Values) -> str:
    week = _day(date.fromisoformat(values["week"]))
    if values["new"]:
        return (
            f"{week} 주에 발표자들이 되는 시각이 하나 더 있으면 남은 과제 "
            f"{len(values['with'])}건으로 ‘{topic(values)}’ 설명회를 "
            "새로 열 수 있습니다."
        )
    return f"{week} 주에 시각이 하나 더 있으면 자리가 납니다."


def _too_many_pairs(values: Values) -> str:
    first, second = values["needs"]
    return (
        f"{_listed(values['briefings'])}이(가) {moment(values['time'])}에 겹치는데, "
        f"‘{first}’과(와) ‘{second}’의 발표자나 기관이 같아 "
        "두 곳에 함께 나올 수 없습니다. 한쪽의 시각이나 과제를 바꿔 주세요."
    )


def _together(values: Values) -> str:
    when = f" (정해진 시각: {', '.join(moment(each) for each in values['times'][:NAMED])})" if values["times"] else ""
    return (
        f"하나씩은 가능하지만 함께는 열 수 없습니다: {_listed(values['briefings'])}{when}. 후보 "
        f"시각을 더하거나 하나의 고정을 "
        "풀어 주세요."
    )


SENTENCES: Mapping[str, str | Callable[[Values], str]] = {
    # Why a briefing is held, and then.
    "held": _held,
    "demand": _demand,
    "when": _when,
    "without": _without,
    # Why a need is in it.
    "fixed": "직원이 이 설명회에 고정했습니다.",
    "key": "주요 과제라서 먼저 편성했습니다.",
    "waited": "설명회를 {days}일 기다렸습니다.",
    "unanswered": lambda v: (
        f"{_date(v['date'])} 설명회에서 발표했지만 그 뒤 {v['days']}일 동안 답글이 없어, 다시 알리도록 "
        f"{v['points']}점을 더했습니다."
    ),
    "answered": lambda v: (
        f"{_date(v['date'])} 설명회에서 발표한 뒤 답글을 받아, 기다린 기간을 점수에 더하지 않았습니다."
    ),
    "fits": lambda v: f"‘{topic(v)}’을(를) 찾는 과제이고, 같은 주제와 대상의 과제 {v['others']}건과 함께 발표합니다.",
    "shares": _shares,
    "place": _place,
    "same_organization": "같은 기관({organization})의 과제 {others}건과 한 설명회에서 발표합니다.",
    # Why a need is left over.
    "no_topic": "주제나 대상이 정해져 있지 않습니다.",
    "no_time": _no_time,
    "too_few": _too_few,
    "no_room": lambda v: (
        f"‘{topic(v)}’으로(로) {v['needs']}건을 모을 수 있지만, 그때 같은 대상의 설명회가 있거나 "
        f"동시에 여는 수가 찼습니다."
    ),
    "full_before": lambda v: f"{_several(v)} 설명회는 더 오래 기다렸거나 주요한 과제로 자리가 찼습니다.",
    "full": lambda v: f"{_several(v)} 설명회는 자리가 찼습니다. 전체로 보아 더 많은 과제가 들어가는 쪽을 골랐습니다.",
    "not_elsewhere": lambda v: f"{_several(v)} 설명회 때는 발표자나 기관이 다른 설명회에 나갑니다.",
    "not_presenter": lambda v: f"{_several(v)} 설명회 때는 발표자가 어렵습니다.",
    "not_busy": lambda v: f"{_several(v)} 설명회 때는 발표자나 기관이 이미 잡힌 다른 설명회에 나갑니다.",
    "not_whole": lambda v: f"{_several(v)} 설명회는 직원이 고정해서 과제를 더하지 않았습니다.",
    # What would give it a place, the rest staying as it is.
    "if_presenter": lambda v: (
        f"발표자가 {moment(v['time'])}에 발표할 수 있으면 ‘{topic(v)}’ 설명회에 들어갈 수 있습니다."
    ),
    "if_max": lambda v: f"설명회마다 최대 {v['max']}건까지 발표하면 {_to(v)}",
    "if_loose": lambda v: f"설명회의 고정을 풀면 {_to(v)}",
    "if_min": lambda v: f"설명회마다 최소 {v['min']}건이면 {_to(v)}",
    "if_sharing": lambda v: f"대상 {_listed(v['names'])}이(가) 설명회를 함께하면 {_to(v)}",
    "if_organization": lambda v: f"한 기관이 같은 때 두 설명회에 나올 수 있게 하면 {_to(v)}",
    "if_parallel": lambda v: f"동시에 {v['parallel']}회까지 열면 {_to(v)}",
    "if_time": _if_time,
    # What is held and cannot be.
    "slots": (
        "설명회의 최소 과제 수({min})와 최대 과제 수({max})가 맞지 않습니다. 최소를 1 이상, 최대를 "
        "최소 이상으로 정해 주세요."
    ),
    "parallel": "동시에 여는 설명회 수는 1 이상이어야 합니다.",
    "minutes": "발표와 질의 시간이 0분입니다. 시간을 정해 주세요.",
    "unknown_need": "고정한 설명회 ‘{briefing}’의 과제 {need}이(가) 편성할 과제에 없습니다.",
    "unknown_time": "고정한 설명회 ‘{briefing}’의 시각 {time}이(가) 후보 시각에 없습니다.",
    "need_twice": lambda v: (
        f"과제 ‘{v['need']}’이(가) 고정한 설명회 두 곳 이상에 있습니다: {_listed(v['briefings'])}. "
        f"한 곳에만 두어 주세요."
    ),
    "too_many": (
        "설명회 ‘{briefing}’에 고정한 과제가 {needs}건인데 최대는 {max}건입니다. 고정을 줄이거나 최대를 늘려 주세요."
    ),
    "held_too_few": (
        "설명회 ‘{briefing}’에 모을 수 있는 과제가 {needs}건뿐이어서 최소 {min}건이 되지 않습니다. "
        "최소를 줄이거나 그대로 고정해 주세요."
    ),
    "no_time_for_all": lambda v: (
        f"설명회 ‘{v['briefing']}’에 고정한 과제({_listed(v['needs'])})의 발표자가 모두 되는 "
        f"시각이 후보 {v['times']}개 가운데 없습니다. "
        "과제를 옮기거나 시각을 더해 주세요."
    ),
    "audience_busy": lambda v: (
        f"설명회 ‘{v['briefing']}’의 시각 {moment(v['time'])}에 같은 대상의 설명회 ‘{v['other']}’이(가) 이미 있습니다."
    ),
    "presenter_cannot": lambda v: (
        f"설명회 ‘{v['briefing']}’은(는) {moment(v['time'])}로 고정되어 있는데, 과제 "
        f"‘{v['need']}’의 발표자가 그때 어렵습니다. "
        "시각이나 과제의 고정을 풀어 주세요."
    ),
    "person_busy": lambda v: (
        f"설명회 ‘{v['briefing']}’은(는) {moment(v['time'])}로 고정되어 있는데, 과제 "
        f"‘{v['need']}’의 발표자나 기관이 그때 이미 다른 "
        "설명회에 나갑니다."
    ),
    "audience_twice": lambda v: (
        f"{_listed(v['briefings'])}은(는) 같은 대상의 설명회인데 {moment(v['time'])}에 겹칩니다. "
        f"한쪽의 시각을 바꿔 주세요."
    ),
    "person_twice": _too_many_pairs,
    "together": _together,
}
