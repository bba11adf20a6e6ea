"""The words of every mail that is not to registrants, in both languages, as files to be read: tests/outbox/snapshots.

`UPDATE_SNAPSHOTS=1 pytest tests/outbox/test_words.py` writes them anew. Those to registrants: tests/schedule/snapshots.
"""

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from briefings.accounts.models import Role
from briefings.archive.models import Story, StoryConsent, StoryState
from briefings.db import db
from briefings.mentoring.models import Advice
from briefings.needs.models import Need, NeedState
from briefings.needs.review_models import Outcome, Selection
from briefings.organizations.models import Organization, OrganizationKind, RequestState
from briefings.outbox.mail import Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import compose
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import EndReason, ParticipationReply, ReplyState
from briefings.questions.models import Question, QuestionState
from tests.builders import (
    a_briefing,
    a_colleague,
    a_contact,
    a_need,
    a_question,
    a_registration,
    a_reply,
    a_review,
    a_round,
    a_user,
    an_account_request,
    an_expert,
    an_organization,
    an_owner,
    saved,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"
READER = {"email": "haneul@example.kr", "name": "김하늘"}
ROUND = "2027년 상반기 협업 수요조사"
Scene = tuple[str, dict[str, Any]]
"""The kind of a message, and its parameters."""


def set_password(now: datetime) -> Scene:
    user = a_user(Role.OWNER, id=4711, **READER)
    return "set_password", {"session_version": user.session_version}


def forgotten_password(now: datetime) -> Scene:
    a_user(Role.OWNER, id=4711, **READER)
    return "forgotten_password", {}


def password_changed(now: datetime) -> Scene:
    return "password_changed", {}


def second_factor_reset(now: datetime) -> Scene:
    a_user(Role.OFFICER, id=4711, **READER)
    return "second_factor_reset", {}


def recovery_code_used(now: datetime) -> Scene:
    a_user(Role.OFFICER, id=4711, **READER)
    return "recovery_code_used", {"left": 9}


def account_request(now: datetime) -> Scene:
    asked = an_account_request(public_id="7p3vdabc", organization_name="다도해군", requested_at=now, **READER)
    return "account_request", {"request": asked.public_id}


def account_exists(now: datetime) -> Scene:
    a_user(Role.OWNER, **READER)
    return account_request(now)


def account_declined(now: datetime) -> Scene:
    asked = an_account_request(
        public_id="7p3vdabc",
        organization_name="다도해군",
        state=RequestState.DECLINED,
        decided_at=now,
        decline_reason="같은 부서에서 쓰시는 계정이 이미 있습니다.",
        **READER,
    )
    return "account_declined", {"request": asked.public_id}


def need_submitted(now: datetime) -> Scene:
    return _to_owner(need_submitted_by_staff(now))


def need_submitted_by_staff(now: datetime) -> Scene:
    return "need_submitted", _need(state=NeedState.SUBMITTED)


def need_published(now: datetime) -> Scene:
    return "need_published", _need()


def need_returned(now: datetime) -> Scene:
    return _to_owner(need_returned_to_contact(now))


def need_returned_to_contact(now: datetime) -> Scene:
    reason = "제공 자원을 더 적어 주세요.\n\n- 설비의 크기\n- 쓸 수 있는 때"
    return "need_returned", _need(state=NeedState.RETURNED, return_reason=reason)


def round_asked(now: datetime) -> Scene:
    return "round_asked", _contact()


def round_asked_colleague(now: datetime) -> Scene:
    return "round_asked", _contact() | {"by": "최다온"}


def round_reminder(now: datetime) -> Scene:
    return "round_reminder", _contact()


def round_moved(now: datetime) -> Scene:
    return "round_moved", _contact()


def reply_received(now: datetime) -> Scene:
    return _to_owner_of("reply_received", _reply())


def reply_received_to_contact(now: datetime) -> Scene:
    return "reply_received", {"reply": _reply().id}


def reply_withdrawn(now: datetime) -> Scene:
    return "reply_withdrawn", {"reply": _reply(state=ReplyState.WITHDRAWN).id}


def reply_sent(now: datetime) -> Scene:
    first = _reply()
    other = _a_need(id=816, title="빈집을 일터로", organization=first.need.organization)
    offer = "돌아오는 봄부터 쓸 수 있는 시험 설비가 있습니다.\n하루 2톤입니다."
    second = _reply(other, public_id="8q4wexyz", organization=first.organization, offer=offer)
    return "reply_sent", {"replies": [first.id, second.id]}


def _joining(**given: Any) -> dict[str, int]:
    made = _reply()
    who = {"name": "박나래", "email": READER["email"], "public_id": "3c0lleag"}
    return {"reply": made.id, "colleague": a_colleague(made, **who | given).id}


def reply_join_asked(now: datetime) -> Scene:
    return "reply_join_asked", _joining()


def reply_join_waits(now: datetime) -> Scene:
    return "reply_join_waits", _joining()


def reply_joined(now: datetime) -> Scene:
    return "reply_joined", _joining(accepted_at=now)


def reply_join_refused(now: datetime) -> Scene:
    return "reply_join_refused", _joining(refused_at=now)


def reply_join_over(now: datetime) -> Scene:
    return "reply_join_over", {"reply": _reply(state=ReplyState.WITHDRAWN).id}


def reply_colleague_joined(now: datetime) -> Scene:
    return "reply_colleague_joined", _joining(accepted_at=now)


def reply_exists(now: datetime) -> Scene:
    return "reply_exists", {"reply": _reply(email=READER["email"]).id}


def reply_acknowledged(now: datetime) -> Scene:
    return "reply_acknowledged", {"reply": _reply().id}


def reply_declined(now: datetime) -> Scene:
    reason = "올해 예산이 이미 정해졌습니다.\n내년에 다시 살펴보겠습니다."
    return "reply_declined", {"reply": _reply(state=ReplyState.DECLINED, decline_reason=reason).id}


def reply_matched(now: datetime) -> Scene:
    return "reply_matched", {"reply": _reply(state=ReplyState.ACKNOWLEDGED).id}


def match_asked(now: datetime) -> Scene:
    return "match_asked", {"reply": _in_match(now, asked_at=now, starts_on=date(2027, 1, 4)).id}


def match_reminded(now: datetime) -> Scene:
    return "match_reminded", {"reply": _in_match(now, asked_at=now).id}


def match_left_out(now: datetime) -> Scene:
    return "match_left_out", {"reply": _reply(**READER).id}


def match_confirmed(now: datetime) -> Scene:
    return _to_owner_of("match_confirmed", _in_match(now, confirmed_at=now))


def match_objected(now: datetime) -> Scene:
    said = {"objected_at": now, "objection": "우리는 설비만 맡습니다.\n사람은 보내지 않습니다."}
    return _to_owner_of("match_objected", _in_match(now, **said))


def match_progress_asked(now: datetime) -> Scene:
    made = _in_match(now, confirmed_at=now)
    return "match_progress_asked", {"reply": made.id, "need": made.need_id}


def story_asked(now: datetime) -> Scene:
    return "story_asked", _story(now, StoryState.ASKED)


def story_published(now: datetime) -> Scene:
    return "story_published", _story(now, StoryState.PUBLISHED)


def story_refused(now: datetime) -> Scene:
    return "story_refused", _story(now, StoryState.ASKED)


def story_withdrawn(now: datetime) -> Scene:
    return "story_withdrawn", _story(now, StoryState.WITHDRAWN)


def _story(now: datetime, state: StoryState) -> dict[str, Any]:
    made = _in_match(now, confirmed_at=now)
    match = db.session.query(Match).one()
    story = Story(match=match, public_id="9r5xfabc", title="버려진 그물이 새 원료로", text="글", state=state)
    story.changed_at, story.consents = now, []
    said = {"version": 1, "agreed": False, "words": "수치를 고쳐 주세요.", "said_by": "이가온", "said_at": now}
    story.consents.append(StoryConsent(organization_id=made.organization_id, **said))
    saved(story)
    return {"story": story.public_id, "organization": made.organization_id, "version": 1}


def reply_ended(now: datetime) -> Scene:
    ended = {"end_reason": EndReason.TIMING, "end_words": "내년에 다시 이야기하고 싶습니다."}
    return "reply_ended", {"reply": _reply(state=ReplyState.ENDED, **ended).id}


def reply_ended_by_replier(now: datetime) -> Scene:
    return _to_owner_of("reply_ended_by_replier", _reply(state=ReplyState.ENDED, end_reason=EndReason.RULES))


def _in_match(now: datetime, starts_on: date | None = None, **given: Any) -> ParticipationReply:
    partner = saved(
        Organization(id=4711, name="가온재활용", name_key="가온재활용", kind=OrganizationKind.COMPANY, created_at=now)
    )
    made = _reply(organization=partner, **READER)
    summary = "폐어망을 모아 재생 원료를 함께 만들기로 했습니다."
    match = Match(need=made.need, matched_on=date(2026, 11, 20), starts_on=starts_on, summary=summary, recorded_at=now)
    own = MatchOrganization(organization=made.need.organization, contribution="폐어망을 모읍니다.", confirmed_at=now)
    partner = MatchOrganization(organization=made.organization, contribution="재생 설비를 돌립니다.", **given)
    match.organizations = [own, partner]
    saved(match)
    return made


def _to_owner_of(kind: str, made: ParticipationReply) -> Scene:
    an_owner(made.need.organization, email=READER["email"] if made.email != READER["email"] else "owner@example.kr")
    return kind, {"reply": made.id}


def review_assigned(now: datetime) -> Scene:
    return "review_assigned", _reviewer()


def review_reminder(now: datetime) -> Scene:
    return "review_reminder", _reviewer()


def advice_asked(now: datetime) -> Scene:
    return "advice_asked", {"advices": [_advice(now).id]}


def advice_reminded(now: datetime) -> Scene:
    return "advice_reminded", {"advices": [_advice(now).id]}


def advice_written(now: datetime) -> Scene:
    return _to_owner(("advice_written", _need()))


def advice_changed(now: datetime) -> Scene:
    return _to_owner(("advice_changed", _need()))


def advice_given_back(now: datetime) -> Scene:
    return "advice_given_back", _need() | {"mentor": "서해솔", "reason": "제 분야가 아닙니다."}


def selection_selected(now: datetime) -> Scene:
    return "selection_selected", _decided(Outcome.SELECTED, now)


def selection_reserve(now: datetime) -> Scene:
    return "selection_reserve", _decided(Outcome.RESERVE, now, state=NeedState.SUBMITTED)


def selection_reserve_instead(now: datetime) -> Scene:
    return "selection_reserve", _decided(Outcome.RESERVE, now) | {"before": "selected"}


def selection_not_selected(now: datetime) -> Scene:
    return "selection_not_selected", _decided(Outcome.NOT_SELECTED, now)


def _reviewer() -> dict[str, int]:
    round, reviewer = a_round(name=ROUND, reviews_due_on=date(2026, 12, 4)), an_expert(**READER)
    for _ in range(2):
        a_review(a_need(round=round), reviewer)
    return {"round": round.id, "user": reviewer.id}


def _advice(now: datetime) -> Advice:
    return saved(Advice(need=_a_need(), mentor=an_expert(**READER), asked_at=now))


def _decided(outcome: Outcome, now: datetime, **given: Any) -> dict[str, Any]:
    need = _a_need(round=a_round(name=ROUND), **given)
    reason = "주고받을 것이 뚜렷하고 바로 시작할 수 있습니다."
    by = a_user(Role.OFFICER).id
    saved(Selection(need_id=need.id, outcome=outcome, reason=reason, decided_by_id=by, decided_at=now, told_at=now))
    return {"need": need.id, "before": ""}


def _need(**given: Any) -> dict[str, int]:
    return {"need": _a_need(**given).id}


def _to_owner(scene: Scene) -> Scene:
    need = db.session.get(Need, scene[1]["need"])
    an_owner(need.organization, **READER)
    return scene


def _a_need(**given: Any) -> Need:
    organization = given.pop("organization", None) or an_organization("한려해양공단")
    return a_need(**{"id": 815, "title": "폐어망 되살림 공정 함께 만들기", "organization": organization} | given)


def _contact() -> dict[str, Any]:
    round = a_round(public_id="4h2k9xyz", name="2026년 하반기 협업 수요조사")
    contact = a_contact(
        round, public_id="7p3vdabc", organization=an_organization("가온시", OrganizationKind.LOCAL), **READER
    )
    return {"contact": contact.public_id}


def _reply(need: Need | None = None, **given: Any) -> ParticipationReply:
    organization = given.pop("organization", None) or an_organization("가온재활용", OrganizationKind.COMPANY)
    return a_reply(need or _a_need(), **{"public_id": "7p3vdabc", "organization": organization} | given)


def _question(now: datetime, **given: Any) -> Question:
    """A question about the talk of the reader's organization, which the reader asks, or is to answer."""
    briefing = a_briefing(title="바다와 자원순환 협업이음 사업설명회")
    [slot] = briefing.slots
    slot.need, slot.public_id, slot.presenter_email = _a_need(), "5ta1kabc", READER["email"]
    place = a_registration(briefing, public_id="9p1aceab", email=READER["email"], name=READER["name"])
    return a_question(place, slot_id=slot.id, text="설비를 옮기는 비용도\n지원합니까?", **given)


def _to_write(kind: str, now: datetime) -> Scene:
    asked = _question(now, state=QuestionState.TO_WRITE, due_on=date(2026, 11, 26))
    return kind, {"slot": asked.slot_id, "questions": [asked.id], "due_on": "2026-11-26"}


def questions_to_write(now: datetime) -> Scene:
    return _to_write("questions_to_write", now)


def questions_due(now: datetime) -> Scene:
    return _to_write("questions_due", now)


def questions_late(now: datetime) -> Scene:
    return _to_write("questions_late", now)


def question_answered(now: datetime) -> Scene:
    said = {"answer": "옮기는 비용의 절반을 지원합니다.\n나머지는 참여 기관이 냅니다.", "answered_by": "한려해양공단"}
    asked = _question(now, state=QuestionState.WRITTEN, answered_at=now, **said)
    return "question_answered", {"question": asked.id, "registration": asked.registration_id}


SCENES = (
    set_password,
    forgotten_password,
    password_changed,
    second_factor_reset,
    recovery_code_used,
    account_request,
    account_exists,
    account_declined,
    need_submitted,
    need_submitted_by_staff,
    need_published,
    need_returned,
    need_returned_to_contact,
    round_asked,
    round_asked_colleague,
    round_reminder,
    round_moved,
    review_assigned,
    review_reminder,
    advice_asked,
    advice_reminded,
    advice_written,
    advice_changed,
    advice_given_back,
    selection_selected,
    selection_reserve,
    selection_reserve_instead,
    selection_not_selected,
    reply_received,
    reply_received_to_contact,
    reply_withdrawn,
    reply_sent,
    reply_exists,
    reply_join_asked,
    reply_join_waits,
    reply_joined,
    reply_join_refused,
    reply_join_over,
    reply_colleague_joined,
    reply_acknowledged,
    reply_declined,
    reply_matched,
    match_asked,
    match_reminded,
    match_left_out,
    match_confirmed,
    match_objected,
    match_progress_asked,
    story_asked,
    story_published,
    story_refused,
    story_withdrawn,
    reply_ended,
    reply_ended_by_replier,
    questions_to_write,
    questions_due,
    questions_late,
    question_answered,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_every_mail_reads_as_it_should(app: Flask, now: datetime, scene: Callable[[datetime], Scene]) -> None:
    kind, params = scene(now)
    for locale in ("ko", "en"):
        reader = {"recipient": READER["email"], "recipient_name": READER["name"], "locale": locale}
        mail = compose(app, Message(kind=kind, params=params, created_at=now, **reader), now)
        assert isinstance(mail, Mail), mail
        file = SNAPSHOTS / f"{scene.__name__}.{locale}.txt"
        written = f"Subject: {mail.subject}\n{mail.text}"
        if os.environ.get("UPDATE_SNAPSHOTS"):
            file.write_text(written, encoding="utf-8")
        assert written == file.read_text(encoding="utf-8")
