"""Who decided what in the review of a round, when and why: the record of decisions (결정 기록)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, and_, or_, select

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.needs.models import Need, Round
from briefings.needs.review_models import Outcome
from briefings.needs.words import REVIEW_ACTS as NEED_ACTS
from briefings.reviews.words import OUTCOMES
from briefings.rounds.words import REVIEW_ACTS as ROUND_ACTS

PER_PAGE = 50
PROGRAM = "프로그램"


class Chapter(StrEnum):
    """What the record can be narrowed to."""

    CRITERIA = "criteria"
    REVIEWERS = "reviewers"
    SCORES = "scores"
    DECISIONS = "decisions"
    TOLD = "told"


CHAPTERS = {
    Chapter.CRITERIA: "심사 기준과 기한",
    Chapter.REVIEWERS: "심사위원 배정",
    Chapter.SCORES: "점수와 회피",
    Chapter.DECISIONS: "선정 결정",
    Chapter.TOLD: "알림",
}
CONTENTS = {
    Chapter.CRITERIA: [act for act in ROUND_ACTS if "criteri" in act] + ["round.reviews_due"],
    Chapter.REVIEWERS: ["round.reviews_assigned", "need.review_assigned", "need.review_taken_back"],
    Chapter.SCORES: [
        "need.reviewed",
        "need.review_changed",
        "need.review_recused",
        "need.review_set_aside",
        "need.recusal_undone",
    ],
    Chapter.DECISIONS: ["need.decided", "need.undecided"],
    Chapter.TOLD: [
        "round.reviewers_asked",
        "round.reviewers_reminded",
        "round.decisions_told",
        "need.decision_told",
    ],
}


@dataclass(frozen=True)
class Line:
    """One entry in words; `need` it is about, if it is about one."""

    at: datetime
    who: str
    what: str
    details: list[str]
    reason: str
    need: Need | None


def entries(round: Round, chapter: Chapter | None, who: str, need_id: int | None, page: int) -> Pagination:
    """A page of what was done."""
    return db.paginate(entries_of(round, chapter, who, need_id), page=page, per_page=PER_PAGE, error_out=False)


def entries_of(round: Round, chapter: Chapter | None, who: str, need_id: int | None) -> Select[AuditEntry]:
    """What was done, the newest first; by chapter, by person, and for one need."""
    acts = CONTENTS[chapter] if chapter else [*ROUND_ACTS, *NEED_ACTS]
    of_round = and_(AuditEntry.about_type == Round.__tablename__, AuditEntry.about_id == round.id)
    needs = select(Need.id).where(Need.round_id == round.id)
    of_needs = and_(AuditEntry.about_type == Need.__tablename__, AuditEntry.about_id.in_(needs))
    found = select(AuditEntry).where(or_(of_round, of_needs), AuditEntry.action.in_(acts))
    if who:
        found = found.where(AuditEntry.actor_name == ("" if who == PROGRAM else who))
    if need_id:
        found = found.where(AuditEntry.about_type == Need.__tablename__, AuditEntry.about_id == need_id)
    return found.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def people_in(round: Round) -> list[str]:
    """Everybody who did something in the review, by name."""
    of_round = and_(AuditEntry.about_type == Round.__tablename__, AuditEntry.about_id == round.id)
    needs = select(Need.id).where(Need.round_id == round.id)
    of_needs = and_(AuditEntry.about_type == Need.__tablename__, AuditEntry.about_id.in_(needs))
    found = select(AuditEntry.actor_name).where(or_(of_round, of_needs))
    names = db.session.scalars(found.where(AuditEntry.action.in_([*ROUND_ACTS, *NEED_ACTS])).distinct())
    return sorted(name or PROGRAM for name in names)


def in_words(found: Sequence[AuditEntry]) -> list[Line]:
    """The entries as staff read them, by two statements."""
    need_ids = {entry.about_id for entry in found if entry.about_type == Need.__tablename__}
    people = {number for entry in found for number in _reviewers(entry.detail)}
    needs = (
        {each.id: each for each in db.session.scalars(select(Need).where(Need.id.in_(need_ids)))} if need_ids else {}
    )
    names: Mapping[int, str] = {}
    if people:
        names = {
            number: name for number, name in db.session.execute(select(User.id, User.name).where(User.id.in_(people)))
        }
    return [_line(entry, needs, names) for entry in found]


def _line(entry: AuditEntry, needs: Mapping[int, Need], names: Mapping[int, str]) -> Line:
    words = {**ROUND_ACTS, **NEED_ACTS}
    need = needs.get(entry.about_id) if entry.about_type == Need.__tablename__ else None
    details = [said for said in _details(entry.detail, names) if said]
    what, who = words[entry.action], entry.actor_name or PROGRAM
    return Line(entry.at, who, what, details, entry.detail.get("reason", ""), need)


def _details(detail: Mapping[str, Any], names: Mapping[int, str]) -> list[str]:
    """What an entry adds to its act, a few words each."""
    return [
        _criterion(detail),
        ", ".join(detail.get("order", ())),
        f"가져온 곳: {detail['source']}" if "source" in detail else "",
        _change("", _day(detail.get("before")), _day(detail.get("after"))) if "after" in detail else "",
        f"과제 하나에 {detail['per_need']}명씩, {detail['sheets']:,}건" if "sheets" in detail else "",
        f"{detail['number']:,}명" if "number" in detail else "",
        f"심사위원: {', '.join(sorted(names.get(each, '') for each in _reviewers(detail)))}"
        if _reviewers(detail)
        else "",
        _change("점수 ", detail.get("score_was"), detail.get("score"))
        if "score" in detail and "outcome" not in detail
        else "",
        _decision(detail),
        *_told(detail),
    ]


def _reviewers(detail: Mapping[str, Any]) -> set[int]:
    """The accounts an entry speaks of: one, or all who were given something at once."""
    return {number for _, number in detail.get("pairs", ())} | ({detail["reviewer"]} if "reviewer" in detail else set())


def _criterion(detail: Mapping[str, Any]) -> str:
    if "criterion" not in detail:
        return ""
    name = _change("", detail.get("was") if detail.get("was") != detail["criterion"] else "", detail["criterion"])
    weight = _change("가중치 ", detail.get("weight_was"), detail["weight"])
    return f"{name} ({weight})"


def _decision(detail: Mapping[str, Any]) -> str:
    if "outcome" not in detail:
        return OUTCOMES[Outcome(detail["was"])] if detail.get("was") in list(Outcome) else ""
    was = OUTCOMES[Outcome(detail["was"])] if detail.get("was") else ""
    standing = f" ({detail['rank']}위, {detail['score']}점)" if "rank" in detail else ""
    return _change("", was, OUTCOMES[Outcome(detail["outcome"])]) + standing


def _told(detail: Mapping[str, Any]) -> list[str]:
    return [f"{word} {detail[outcome.value]:,}건" for outcome, word in OUTCOMES.items() if detail.get(outcome.value)]


def _change(label: str, before: object, after: object) -> str:
    return label + (f"{before} → {after}" if before not in (None, "", after) else f"{after}")


def _day(text: str | None) -> str:
    if not text:
        return ""
    value = date.fromisoformat(text)
    return f"{value.year}. {value.month}. {value.day}."
