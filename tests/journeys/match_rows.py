"""Matches to confirm, objected to, going on; stories in every state; advice waited for, for all and for the owner."""

from datetime import date
from typing import Any

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.archive import stories, stories_asking
from briefings.archive.models import Story
from briefings.archive.stories import Words
from briefings.archive.stories_links import consent_token
from briefings.db import db, unit_of_work
from briefings.mentoring import advising
from briefings.mentoring.models import Advice, Readers
from briefings.needs.models import Need
from briefings.participation import matching, progressing
from briefings.participation.match_models import Match, MatchProgress
from briefings.participation.matching import Terms
from briefings.participation.models import ParticipationReply
from briefings.web.tokens import token_for
from tests.builders import a_need, a_reply
from tests.journeys.running import BEGINNING

SUMMARY = "폐어망을 모아 재생 원료를 함께 만들기로 했습니다."
TOLD = "시험 설비를 놓고 첫 재생 원료 300kg을 만들었습니다."
ADVICE = "가까운 어촌계와 먼저 이야기해 보시기를 권합니다.\n협약서에 비용을 나누는 기준을 먼저 적어 두십시오."


def fill_matches(officer: User, mentor: User, confirmed: Match, long_title: str) -> dict[str, Any]:
    """Values for the addresses of pages, beside the match that `confirmed` is."""
    waiting, objected, told, untold, none = (a_reply(a_need(title=long_title)) for _ in range(5))
    made = db.session.scalars(select(ParticipationReply).where(ParticipationReply.need_id == confirmed.need_id)).first()
    assert made is not None
    with unit_of_work():
        for reply in (waiting, objected, told, untold):
            _record(reply, officer)
        _object(objected)
        for reply in (told, untold):
            _confirm(reply)
        _tell(made, "두 기관만 봅니다.", public=False)
        _tell(made, TOLD, public=True)
        none.acknowledge(BEGINNING)
    values = _stories(officer, confirmed, told) | _advice(officer, mentor, confirmed.need, none.need)
    progress = select(MatchProgress.id).where(MatchProgress.public)
    return values | {
        "need_of_match": confirmed.need_id,
        "need_objected": objected.need_id,
        "need_waiting": waiting.need_id,
        "need_untold": untold.need_id,
        "partner_waiting": waiting.organization_id,
        "progress": db.session.scalars(progress).first(),
        **{
            f"match_{name}": token_for("match", reply.public_id, reply.link_version)
            for name, reply in (("waiting", waiting), ("objected", objected), ("confirmed", made), ("none", none))
        },
    }


def _record(reply: ParticipationReply, officer: User) -> None:
    brings = {reply.organization_id: "재생 설비", reply.need.organization_id: "작업장과 전담 인력"}
    terms = Terms(brings, BEGINNING.date(), SUMMARY, date(2027, 1, 4))
    matching.record_match(reply.need, [reply], terms, officer, BEGINNING.date(), BEGINNING)


def _of(reply: ParticipationReply) -> tuple[Match, Any]:
    match = matching.match_of(reply.need)
    assert match is not None
    return match, match.of(reply.organization_id)


def _confirm(reply: ParticipationReply) -> None:
    match, joined = _of(reply)
    matching.confirm(match, reply.organization_id, reply.name, joined.asked_at, BEGINNING)


def _object(reply: ParticipationReply) -> None:
    match, joined = _of(reply)
    said = "우리 기관은 설비만 맡습니다.\n사람은 보내지 않습니다."
    matching.object_to(match, reply.organization_id, said, joined.asked_at, BEGINNING)


def _tell(reply: ParticipationReply, text: str, public: bool) -> None:
    day = BEGINNING.date()
    progressing.add_progress(reply.need, reply.organization_id, day, text, public, reply.name, day, BEGINNING)


def _stories(officer: User, published: Match, in_question: ParticipationReply) -> dict[str, Any]:
    asked, _ = _of(in_question)
    drafted = a_reply()
    with unit_of_work():
        _record(drafted, officer)
        _confirm(drafted)
        first, second, third = (
            stories.begin(
                match, Words(f"버려진 그물이 새 원료로 {n}", "두 기관이 함께 만들었습니다.", TEXT), officer, BEGINNING
            )
            for n, match in enumerate((published, asked, _of(drafted)[0]))
        )
        changed = consent_token(second, asked.standing[0].organization_id)
        stories_asking.ask(second, officer, BEGINNING)
        stories.rewrite(second, Words("다시 쓴 이야기", "한 줄", TEXT), second.version, officer, BEGINNING)
        for story in (first, second):
            stories_asking.ask(story, officer, BEGINNING)
        for joined in published.standing:
            _agree(first, joined)
        _agree(second, asked.standing[0])
    return {
        "story": first.public_id,
        "story_in_question": second.public_id,
        "story_draft": third.public_id,
        "story_agreed": consent_token(second, asked.standing[0].organization_id),
        "story_asked": consent_token(second, asked.standing[1].organization_id),
        "story_changed": changed,
    }


TEXT = "## 무엇이 문제였나\n해마다 폐어망이 쌓였습니다.\n\n## 어떻게 함께하나\n한 기관이 모으고 한 기관이 되살립니다."


def _agree(story: Story, joined: Any) -> None:
    stories_asking.answer(story, joined.organization, True, "", "이가온", story.version, BEGINNING)


def _advice(officer: User, mentor: User, need: Need, other: Need) -> dict[str, Any]:
    with unit_of_work():
        advising.ask([need, other], [mentor], officer, BEGINNING)
        public, waiting = db.session.scalars(select(Advice).order_by(Advice.need_id == other.id, Advice.id))
        advising.write(public, ADVICE, Readers.PUBLIC, BEGINNING)
    return {"advice_public": public.id, "advice_waiting": waiting.id}
