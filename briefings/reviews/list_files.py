"""The ranked list of a round and the record of its decisions as files for staff."""

from typing import Any

from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, Step, at_hand, listed
from briefings.needs.models import Round
from briefings.needs.words import NEED_STATES
from briefings.reviews import record
from briefings.reviews.forms import RecordFilters
from briefings.reviews.ranking import ORDERS, Ranked, ranking_of, rounded
from briefings.reviews.record import Line
from briefings.reviews.selecting_pages import NARROWINGS, shown_in
from briefings.reviews.words import OUTCOMES
from briefings.rounds.list_files import OF_ROUND, belonging_to

RANKED: tuple[Column[Ranked], ...] = (
    Column("순위", 8, lambda row: row.rank),
    Column("공동 순위", 10, lambda row: "예" if row.tied else ""),
    Column("과제 번호", 10, lambda row: row.need_id),
    Column("과제", 40, lambda row: row.title),
    Column("수요기관", 28, lambda row: row.organization),
    Column("상태", 10, lambda row: NEED_STATES[row.state]),
    Column("점수", 10, lambda row: None if row.mean is None else float(rounded(row.mean))),
    Column("가장 낮은 점수", 14, lambda row: float(rounded(min(row.scores))) if row.scores else None),
    Column("가장 높은 점수", 14, lambda row: float(rounded(max(row.scores))) if row.scores else None),
    Column("표준편차", 10, lambda row: None if row.deviation is None else float(row.deviation)),
    Column("점수를 보낸 심사위원", 18, lambda row: len(row.scores)),
    Column("남은 심사위원", 14, lambda row: row.missing),
    Column("회피", 8, lambda row: row.recused),
    Column("의견이 갈린 기준", 24, lambda row: ", ".join(row.disputed)),
    Column("결정", 14, lambda row: OUTCOMES[row.decision.outcome] if row.decision else ""),
    Column("결정한 까닭", 40, lambda row: row.decision.reason if row.decision else ""),
    Column("결정한 때", 17, lambda row: row.decision.decided_at if row.decision else None),
    Column("알린 때", 17, lambda row: row.decision.told_at if row.decision else None),
)
RECORD: tuple[Column[Line], ...] = (
    Column("언제", 17, lambda line: line.at),
    Column("누가", 12, lambda line: line.who, personal=True),
    Column("무엇을", 40, lambda line: "\n".join([line.what, *line.details]), personal=True),
    Column("어느 과제", 40, lambda line: line.need.title if line.need else ""),
    Column("까닭", 40, lambda line: line.reason),
)


def find_ranking(asked: Asked) -> Found[Ranked]:
    """The needs by their scores, as the list is sorted and narrowed."""
    round, sort, only = asked.of(Round, "round_id"), asked.args.get("sort", ""), asked.args.get("only", "")
    sort, only = sort if sort in ORDERS else "rank", only if only in NARROWINGS else ""
    rows = shown_in(ranking_of(round.id), sort, only)
    return Found(RANKED, at_hand(rows), [("보기", NARROWINGS[only])] if only else [], **_within(round))


def find_record(asked: Asked) -> Found[Line]:
    """Who decided what, when and why, the newest first."""
    round = asked.of(Round, "round_id")
    filters = RecordFilters(asked.args, record.people_in(round))
    need = asked.args.get("need", "")
    found = record.entries_of(round, *filters.chosen(), int(need) if need.isdecimal() and len(need) < 10 else None)
    return Found(RECORD, listed(found, record.in_words), in_words(filters), **_within(round))


def _within(round: Round) -> dict[str, Any]:
    whole = belonging_to(round)
    return whole | {"above": (*whole["above"], Step("심사", "reviews.index", {"round_id": round.id}))}


LISTS = (
    ListFile("ranking", "심사 순위", "reviews.ranked", find_ranking, of=OF_ROUND),
    ListFile("decisions", "결정 기록", "reviews.record", find_record, of=OF_ROUND),
)
