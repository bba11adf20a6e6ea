"""Questions in every state that a page can show."""

from datetime import timedelta
from typing import Any

from briefings.db import db, unit_of_work
from briefings.organizations.models import Organization
from briefings.questions import asking, desk
from briefings.questions.models import QuestionState
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing, PresenterSlot
from tests.builders import a_question, a_registration
from tests.journeys.running import BEGINNING

LONG = "그물을 거두는 배의 연료비와 섬에서 뭍으로 옮기는 운반비를 누가 내는지, 해마다 다시 정하는지 궁금합니다. " * 3
State = QuestionState


def fill_questions(on: Briefing, ended: Briefing, owner: Organization) -> dict[str, Any]:
    """A full board in a briefing that is on, and questions about the owner's need, under short names."""
    people = [a_registration(on) for _ in range(8)]
    first = on.slots[0]
    with unit_of_work():
        asked = [
            asking.ask(
                people[number],
                f"{LONG.strip()} {number}" if number == 1 else f"{number}번째 질문입니다. 되나요?",
                first.id if number % 2 else None,
                number == 2,
                BEGINNING.date(),
                BEGINNING,
            )
            for number in range(6)
        ]
        asking.vote(people[7], asked[3].public_id, BEGINNING)
        desk.take_live(asked[0], None, BEGINNING)
        desk.merge(asked[1], [asked[2]], None, BEGINNING)
        desk.hide(asked[5], "설명회와 관계없는 내용", None, BEGINNING)
    for number in range(14):
        a_question(people[number % 8], text=f"더 궁금한 것 {number}")
    said = {"state": State.WRITTEN, "answer": LONG, "answered_at": BEGINNING, "answered_by": "가온해양환경공단"}
    written = a_question(people[6], slot_id=first.id, **said)
    return {
        "asking": token_of(people[0], "join"),
        "voting": token_of(people[7], "join"),
        "question": asked[1].public_id,
        "question_hidden": asked[5].public_id,
        "question_written": written.public_id,
    } | _of_owner(ended.slots[0], owner)


def _of_owner(slot: PresenterSlot, owner: Organization) -> dict[str, Any]:
    slot.need.organization = owner
    db.session.commit()
    place, day = a_registration(slot.briefing), BEGINNING.date()
    late, coming = day - timedelta(days=4), day + timedelta(days=2)
    owed = a_question(place, slot_id=slot.id, state=State.TO_WRITE, due_on=late, text=LONG)
    a_question(place, slot_id=slot.id, state=State.TO_WRITE, due_on=coming)
    waits = a_question(place, slot_id=slot.id, anonymous=True)
    told = a_question(place, slot_id=slot.id, state=State.ANSWERED, answered_at=BEGINNING)
    a_question(place, slot_id=slot.id, state=State.WRITTEN, answer="지원합니다.", answered_at=BEGINNING)
    return {"owed": owed.public_id, "waits": waits.public_id, "told": told.public_id}
