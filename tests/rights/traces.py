"""One person who left traces everywhere, in rows of their own and in what others wrote; a look at every byte."""

import base64
import json
import quopri
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from briefings.afterwards.models import Certificate, SurveyAnswer, SurveyTaker
from briefings.archive.models import Booklet, Story, StoryConsent
from briefings.audit.recording import record
from briefings.audit.seeing import digest_of_person
from briefings.db import Base, db
from briefings.exports.models import ExportPiece
from briefings.files.models import StoredFile
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.live.models import Attendance, AttendanceList, AttendanceState, BriefingDay
from briefings.outbox.models import Message, MessageState, UndeliverableAddress, WrittenText
from briefings.participation.match_models import Match, MatchOrganization, MatchProgress
from briefings.participation.models import Appointment, Consultation, ReplyDraft, ReplyState
from briefings.privacy.consenting import answer, current_text
from briefings.privacy.models import Purpose
from briefings.registrations.models import ListPurpose, PeopleList
from briefings.rounds.models import ImportState, NeedImport
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, ItemKind, ItemState
from briefings.schedule.models import Briefing, SlotFile
from briefings.seasons.models import AvailabilityRequest, Season
from briefings.tasks.models import Task, TaskState
from tests.builders import (
    a_briefing,
    a_colleague,
    a_contact,
    a_need,
    a_question,
    a_registration,
    a_reply,
    a_round,
    a_user,
    an_account_request,
    an_invitee,
    an_organization,
    saved,
)

NAME, ADDRESS, PHONE = "남궁이슬", "iseul.namgung@gaon.example.kr", "010-2345-6789"
SAID = f"{NAME}님({ADDRESS}, {PHONE})께 여쭈어보세요."
OTHERWISE = "남궁 이슬 과장, ISEUL.Namgung@Gaon.example.kr, +82 10 2345 6789, 01023456789"
DAY = timedelta(days=1)


def a_mail(words: str, to: str = "help@example.kr") -> bytes:
    """A mail whose words stand in base64, with the address in a header."""
    body = base64.encodebytes(words.encode())
    head = (
        f"From: {ADDRESS}\r\nTo: {to}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    )
    return head.encode() + b"\r\n\r\n" + body


def a_file(content: bytes, now: datetime, name: str = "명단.csv") -> StoredFile:
    """A file as it is stored."""
    return saved(
        StoredFile(
            name=name, media_type="text/csv", size=len(content), sha256="0" * 64, content=content, created_at=now
        )
    )


def a_past_briefing(now: datetime, days: int, **given: Any) -> Briefing:
    """One that began so many days ago."""
    starts_at = now - days * DAY
    return a_briefing(starts_at=starts_at, registration_opens_at=starts_at - 30 * DAY, **given)


class Traces:
    """What stands after this: a place that was held, and everything that came of it; nothing still to come."""

    def __init__(self, now: datetime) -> None:
        self.now, self.body = now, an_organization("가온재활용")
        self.officer = a_user(name="박하늘")
        self.briefing = a_past_briefing(now, 3, needs=2)
        self.place = a_registration(
            self.briefing,
            name=NAME,
            email=ADDRESS,
            phone=PHONE,
            organization=self.body,
            department="자원순환처",
            rank="과장",
            support="수어 통역",
            question=SAID,
        )
        self.fill()

    def fill(self) -> None:
        """In the order of the slices, from below."""
        self._outbox()
        self._needs()
        self._schedule()
        self._day()
        self._replies()
        self._staff()

    def _outbox(self) -> None:
        now = self.now
        common = {"kind": "invitation", "locale": "ko", "created_at": now, "due_at": now, "state": MessageState.SENT}
        to_them = {"recipient": ADDRESS, "recipient_name": NAME, "params": {"registration": self.place.id}}
        message = saved(
            Message(
                key=f"one:{ADDRESS}", subject=f"{NAME} 님", raw=a_mail(SAID, ADDRESS), error="", **to_them, **common
            )
        )
        of_others = {"recipient": "other@example.kr", "recipient_name": "박나래", "params": {"by": NAME, "to": [SAID]}}
        saved(Message(key="two", subject=f"{NAME} 님의 답글", raw=a_mail(SAID), error=SAID, **of_others, **common))
        by_text = common | {"kind": "reminder_text", "medium": "text", "phone": PHONE}
        saved(Message(key="three", **to_them, **by_text))
        saved(
            UndeliverableAddress(address=ADDRESS, since=now, reason=f"550 <{ADDRESS}> unknown", message_id=message.id)
        )
        saved(WrittenText(name="thanks", locale="ko", subject="고맙습니다", body=f"문의: {SAID}", changed_at=now))
        mails = {"received_at": now, "outcome": Outcome.LETTER, "reason": ""}
        saved(ReceivedMail(digest="1", sender=ADDRESS, subject="문의", raw=a_mail("안녕하십니까"), **mails))
        quoted = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quopri.encodestring(OTHERWISE.encode())
        saved(ReceivedMail(digest="2", sender="b@example.kr", subject=SAID, raw=quoted, note=SAID, **mails))

    def _needs(self) -> None:
        contact = {"contact_name": NAME, "contact_email": ADDRESS.title(), "contact_phone": PHONE}
        self.need = a_need(organization=self.body, background=OTHERWISE, **contact)
        contact_of_round = {"name": NAME, "email": ADDRESS, "nothing_reason": SAID}
        a_contact(a_round(), organization=self.body, **contact_of_round)
        an_account_request(name=NAME, email=ADDRESS, phone=PHONE, purpose=SAID)
        file = a_file(f"이름,주소\n{NAME},{ADDRESS}\n".encode("cp949"), self.now)
        self.imported = saved(
            NeedImport(
                file_id=file.id,
                state=ImportState.SAVED,
                findings=[{"row": 2, "cell": SAID}],
                created_by_id=self.officer.id,
                created_at=self.now,
            )
        )

    def _schedule(self) -> None:
        now, briefing = self.now, self.briefing
        text_ = current_text(Purpose.PROVISION, "ko")
        answer(f"registration:{self.place.public_id}", text_, True, now)
        an_invitee(briefing, name=NAME, email=ADDRESS, organization="가온재활용")
        held = {"starts_at": briefing.starts_at, "ends_at": briefing.ends_at, "state": ItemState.OPEN}
        moments = {"created_at": now, "modified_at": now, "dtstamp": now}
        of_place = {"kind": ItemKind.REGISTRATION, "briefing_id": briefing.id, "registration_id": self.place.id}
        self.item = saved(CalendarItem(name=NAME, email=ADDRESS, answer_comment=SAID, **of_place, **held, **moments))
        saved(CalendarSetting(email=ADDRESS, feed_hash="f" * 64, changed_at=now))
        times = {"starts_at": now + 9 * DAY, "ends_at": now + 9 * DAY + timedelta(hours=1)}
        saved(Availability(email=ADDRESS, possible=True, said_at=now, **times))
        season = saved(Season(name="하반기", created_by_id=self.officer.id, created_at=now, changed_at=now))
        asked = {"name": NAME, "email": ADDRESS, "note": SAID, "asked_at": now}
        saved(AvailabilityRequest(season_id=season.id, **asked))
        slot = briefing.slots[0]
        slot.presenter_name, slot.presenter_title, slot.presenter_email = NAME, "과장", ADDRESS
        slot.decline_reason = SAID
        briefing.slots[1].standby_name, briefing.slots[1].standby_email = NAME, ADDRESS
        briefing.description, briefing.replay_transcript = f"진행: {NAME}", f"{NAME}: 안녕하십니까"
        presenter = {f"presenter:{slot.need_id}": [["홍길동", "", ""], [NAME, "과장", ADDRESS]]}
        briefing.pending, briefing.pending_at = {"by": "박하늘", "changes": presenter}, now
        slides = a_file(b"slides", now, "발표.pdf")
        saved(SlotFile(slot_id=slot.id, file_id=slides.id, handed_in_by=NAME, handed_in_at=now))
        booklet = a_file(NAME.encode(), now, "자료집.pdf")
        saved(Booklet(briefing_id=briefing.id, file_id=booklet.id, made_at=now, made_of="0" * 64, pages=1))
        row = {"row": 2, "cells": [NAME, ADDRESS, PHONE]}
        head = {"row": 1, "fields": ["name", "email", "phone"], "headings": ["이름", "주소", "전화"], "kind": ""}
        made = {"made_by_id": self.officer.id, "made_at": now}
        saved(PeopleList(briefing_id=briefing.id, purpose=ListPurpose.INVITE, rows=[head, row], **made))

    def _day(self) -> None:
        now, place = self.now, self.place
        seen = {"first_seen_at": self.briefing.starts_at, "last_seen_at": self.briefing.ends_at}
        mark = {"mark": AttendanceState.PRESENT, "mark_reason": SAID, "marked_by_id": self.officer.id, "marked_at": now}
        saved(Attendance(registration_id=place.id, **seen, **mark))
        rows = [[NAME, ADDRESS, "58분"], ["박나래", "narae@example.kr", "60분"]]
        made = {"made_by_id": self.officer.id, "made_at": now}
        saved(AttendanceList(briefing_id=self.briefing.id, headings=["이름"], fields=["name"], rows=rows, **made))
        day = {"opens_minutes": 30, "late_minutes": 10, "early_minutes": 10, "moderator_email": ADDRESS}
        saved(BriefingDay(briefing_id=self.briefing.id, cue_notes={"1": SAID}, line=f"{NAME} 님이 곧 옵니다", **day))
        a_question(place, text=f"저는 {SAID}", answer=OTHERWISE, answered_by=NAME)
        saved(
            SurveyAnswer(
                briefing_id=self.briefing.id,
                registration_id=place.id,
                points={"1": 5},
                comment=SAID,
                answered_on=now.date(),
            )
        )
        saved(SurveyTaker(briefing_id=self.briefing.id, registration_id=place.id))
        saved(
            Certificate(
                number="2026-0001",
                registration_id=place.id,
                name=NAME,
                organization="가온재활용",
                title=self.briefing.title,
                starts_at=self.briefing.starts_at,
                ends_at=self.briefing.ends_at,
                issued_at=now,
            )
        )

    def _replies(self) -> None:
        now, people = self.now, {"name": NAME, "email": ADDRESS, "phone": PHONE}
        need = self.briefing.slots[0].need
        self.reply = a_reply(
            need,
            organization=self.body,
            state=ReplyState.MATCHED,
            offer=SAID,
            sent_at=now,
            acknowledged_at=now,
            **people,
        )
        other = a_reply(acknowledgement=OTHERWISE, state=ReplyState.ENDED)
        a_colleague(other, name=NAME, email=ADDRESS, phone=PHONE, accepted_at=now, offer=SAID)
        saved(Consultation(reply_id=self.reply.id, held_on=now.date(), notes=OTHERWISE, noted_at=now))
        saved(
            Appointment(
                reply_id=self.reply.id, state="cancelled", place=f"{PHONE}", note=SAID, offered_at=now, cancelled_at=now
            )
        )
        match = saved(Match(need_id=need.id, matched_on=now.date(), summary=SAID, recorded_at=now, confirmed_at=now))
        own = {"match_id": match.id, "organization_id": self.body.id}
        saved(MatchOrganization(contribution="설비", confirmed_by=NAME, confirmed_at=now, **own))
        progress = {"happened_on": now.date(), "text": "시험을 마쳤습니다.", "written_by": NAME, "written_at": now}
        saved(MatchProgress(**own, **progress))
        story = saved(Story(match_id=match.id, title="성공", text=f"{NAME} 과장은 말합니다.", changed_at=now))
        said = {"version": 1, "agreed": True, "said_by": NAME, "said_at": now}
        saved(StoryConsent(story_id=story.id, organization_id=self.body.id, words=SAID, **said))
        saved(ReplyDraft(owner_key="0" * 64, content={"name": NAME, "email": ADDRESS}, saved_at=now))
        saved(ReplyDraft(owner_key=f"registration:{self.place.id}", content={"offer_1": "설비"}, saved_at=now))

    def _staff(self) -> None:
        now = self.now
        record(self.officer, "support.seen", self.place, now, person=NAME)
        record(None, "slot.accepted", self.briefing, now, presenter=NAME, need="폐어망", count=3)
        record(_Guest(), "day.pressed", self.briefing, now, list=[{"address": ADDRESS, "name": NAME}])
        common = {"created_by_id": self.officer.id, "created_by_name": NAME, "created_at": now, "finished_at": now}
        seen = {"person": digest_of_person(ADDRESS)}
        record(self.officer, "person.seen", self.officer, now, **seen)
        task = {"kind": "export", "about": "registrations:1:1", "params": {"reason": SAID}, "note": SAID}
        made = saved(Task(state=TaskState.DONE, **task, **common))
        saved(ExportPiece(task_id=made.id, number=0, content=f"\ufeff이름\r\n{NAME}\r\n".encode()))
        saved(Task(state=TaskState.DONE, kind="bind", about="briefing:1", params={"q": ADDRESS}, **common))
        db.session.commit()


class _Guest:
    """Somebody who acts without an account."""

    id, name = None, NAME


def dump() -> str:
    """Every column of every table, as bytes and as what the bytes say."""
    found = []
    for table in Base.metadata.tables.values():
        for row in db.session.connection().execute(select(table)):
            found += [f"{table.name}: {words}" for value in row for words in _words(value)]
    for name in ("need_texts",):
        found += [str(row) for row in db.session.connection().execute(text(f"SELECT * FROM {name}"))]  # noqa: S608
    return "\n".join(found)


def _words(value: Any) -> list[str]:
    if isinstance(value, (dict, list)):
        return [json.dumps(value, ensure_ascii=False), json.dumps(value)]
    if not isinstance(value, bytes):
        return [str(value)] if value is not None else []
    found = [value, quopri.decodestring(value)]
    lines = re.findall(rb"(?:^[A-Za-z0-9+/]{16,}={0,2}\r?\n?)+", value, re.MULTILINE)
    found += [
        base64.b64decode(piece + b"==") for piece in lines if len(re.sub(rb"\s", b"", piece).rstrip(b"=")) % 4 != 1
    ]
    return [each.decode(kind, "replace") for each in found for kind in ("utf-8", "cp949")]


def traces_in(words: str) -> set[str]:
    """What of the person still stands in `words`, in any writing: as `table: …` lines."""
    local, _, domain = ADDRESS.partition("@")
    name = r"\s*".join(NAME)
    escaped = re.escape(json.dumps(NAME)[1:-1])
    digits = r"[\s().-]*".join("1023456789")
    address = rf"{re.escape(local)}(@|%40){re.escape(domain)}"
    digest = digest_of_person(ADDRESS)
    looked_for = re.compile(f"{name}|{escaped}|{digits}|{address}|{digest}", re.IGNORECASE)
    return {line[:160] for line in words.splitlines() if looked_for.search(line)}
