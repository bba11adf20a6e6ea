"""An installation with a row in every list, and everything that people write replaced by something hostile."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Enum, String, Text, literal, update

from briefings.accounts.models import Role
from briefings.afterwards.models import Certificate, Survey, SurveyAnswer, SurveyTaker
from briefings.archive.models import Story
from briefings.audit.recording import record
from briefings.db import Base, db
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.live.models import Attendance, AttendanceSource
from briefings.mentoring.models import Advice
from briefings.needs.review_models import Outcome as Decided
from briefings.needs.review_models import Selection
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import Appointment, Consultation
from briefings.privacy.models import Destruction
from briefings.questions.models import QuestionState
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.seasons.models import Card, Lane, Season
from tests.builders import (
    BEFORE,
    a_briefing,
    a_contact,
    a_need,
    a_question,
    a_registration,
    a_reply,
    a_review,
    a_round,
    a_user,
    an_expert,
    an_invitee,
    an_owner,
    criteria_for,
)

HOSTILE = "=HYPERLINK(1)\n@<&>_x0041_\u202e'\""
KEPT = {
    # What the program wrote and reads again.
    "alembic_version",
    "content_version",
    "consents",
    "consent_texts",
    "audit_entries",
    "tasks",
    "workers",
}
NAMES = {"key", "about", "kind", "thread", "locale", "status", "digest", "reference", "public_id", "number", "party"}
SECRETS = {"password_hash", "totp_secret", "oidc_subject"}


def fill(now: Any) -> dict[str, Any]:
    """Make the rows; what their addresses need: the numbers of a briefing, a round and a season, and an owner."""
    round = a_round()
    need = a_need(round=round, contact_name="최다온", contact_email="daon@example.kr", contact_phone="061-123-4567")
    briefing = a_briefing(starts_at=now - timedelta(days=3))
    first = a_registration(briefing, support="휠체어", interests=[need])
    a_registration(support="수어 통역")
    people = [first, *(a_registration(briefing) for _ in range(4))]
    _fill_round(round, need, now)
    _fill_day(briefing, people, now)
    _fill_participation(need, briefing, now)
    season = _fill_season(need, briefing, now)
    address = "nobody@example.com"
    message = {"key": "k:1", "kind": "invitation", "recipient": address, "recipient_name": "이가온", "locale": "ko"}
    db.session.add_all(
        (
            Message(**message, params={}, about=f"briefing:{briefing.id}", created_at=now, due_at=now, error="550"),
            Destruction(at=now, kind="drafts", number=3, reason="기간이 지남"),
            UndeliverableAddress(address=address, since=now, reason="550 unknown"),
            ReceivedMail(digest="0" * 64, received_at=now, sender=address, subject="문의", outcome=Outcome.LETTER),
        )
    )
    db.session.commit()
    owner = an_owner(need.organization)
    return {"briefing_id": briefing.id, "round_id": round.id, "season_id": season.id, "owner": owner}


def _fill_round(round: Any, need: Any, now: Any) -> None:
    a_contact(round)
    criteria, staff = criteria_for(round), a_user()
    expert = an_expert()
    a_review(need, expert, {each: 4 for each in criteria})
    decided = Selection(need_id=need.id, outcome=Decided.SELECTED, reason="좋음", decided_by_id=staff.id)
    decided.decided_at = now
    advice = Advice(need_id=need.id, mentor_id=expert.id, text="이렇게 하십시오.", asked_at=BEFORE, written_at=now)
    db.session.add_all((decided, advice))
    record(staff, "need.decided", need, now, outcome="selected", reason="좋음", was="")
    db.session.commit()


def _fill_day(briefing: Briefing, people: list[Registration], now: Any) -> None:
    an_invitee(briefing)
    a_question(people[0])
    a_question(
        people[1], state=QuestionState.TO_WRITE, due_on=date(2026, 11, 25), slot_id=briefing.slots[0].id, anonymous=True
    )
    questions = [{"key": "useful", "ko": "=도움이 되었습니까?", "en": "Useful?"}]
    rows: list[Any] = [Survey(briefing_id=briefing.id, questions=questions, changed_at=BEFORE)]
    for number, person in enumerate(people):
        seen = {"first_seen_at": briefing.starts_at, "last_seen_at": briefing.ends_at}
        rows += [
            Attendance(registration_id=person.id, source=AttendanceSource.GATE, mark_reason="봄", **seen),
            SurveyTaker(registration_id=person.id, briefing_id=briefing.id),
            SurveyAnswer(
                briefing_id=briefing.id,
                registration_id=person.id,
                points={"useful": 5},
                comment="좋음",
                answered_on=now.date(),
            ),
            Certificate(
                number=f"2026-{number}",
                registration_id=person.id,
                name="이가온",
                organization="가온",
                title="설명회",
                starts_at=briefing.starts_at,
                ends_at=briefing.ends_at,
                minutes=90,
                issued_at=now,
            ),
        ]
    db.session.add_all(rows)
    db.session.commit()


def _fill_participation(need: Any, briefing: Briefing, now: Any) -> None:
    reply = a_reply(need, briefing_id=briefing.id)
    match = Match(need=need, matched_on=date(2026, 11, 20), summary="함께", recorded_at=now, confirmed_at=now)
    for organization in (need.organization, reply.organization):
        match.organizations.append(MatchOrganization(organization=organization, contribution="설비", confirmed_at=now))
    db.session.add_all(
        (
            match,
            Appointment(reply_id=reply.id, offered_at=now, place="https://room.example.kr"),
            Consultation(reply_id=reply.id, held_on=date(2026, 11, 21), notes="만남", noted_at=now),
            Story(match=match, title="사례", text="이야기", changed_at=now),
        )
    )
    db.session.commit()


def _fill_season(need: Any, briefing: Briefing, now: Any) -> Season:
    season = Season(name="가을", created_by_id=a_user(Role.ADMINISTRATOR).id, created_at=now, changed_at=now)
    lane = Lane(season=season, position=1, theme=briefing.theme, audience=briefing.audience, starts_at=now)
    db.session.add_all((season, lane, Card(season=season, need=need, lane=lane, why={"sentences": [HOSTILE]})))
    db.session.commit()
    return season


def make_hostile() -> None:
    """Write something that calculates, breaks lines and turns the direction of writing into every text there is."""
    for table in Base.metadata.sorted_tables:
        values = {
            column.name: literal(HOSTILE) + column if column.unique or _in_unique(table, column) else HOSTILE
            for column in table.columns
            if isinstance(column.type, String | Text)
            and not isinstance(column.type, Enum)
            and not column.primary_key
            and not column.foreign_keys
            and column.name not in NAMES | SECRETS
            and (column.type.length or 1000) > 60
        }
        if values and table.name not in KEPT:
            db.session.execute(update(table).values(values))
    db.session.commit()


def _in_unique(table: Any, column: Any) -> bool:
    return any(column in list(index.columns) for index in (*table.constraints, *table.indexes) if _is_unique(index))


def _is_unique(index: Any) -> bool:
    return getattr(index, "unique", False) or type(index).__name__ == "UniqueConstraint"
