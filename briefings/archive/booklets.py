"""The booklet (자료집) of a briefing: what goes into it, having it bound, letting everybody have it."""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.archive.models import Booklet
from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.needs.models import Need, NeedState
from briefings.schedule.materials import files_by_slot
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.programme import ProgrammeEntry, programme_of
from briefings.tasks.models import Task
from briefings.tasks.queueing import latest, start
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

KIND = "bind_booklet"
PUBLIC = (NeedState.PUBLISHED, NeedState.CLOSED)
"""Needs in these states may be read by anybody, here as everywhere."""
ROOM = 50 * 1024 * 1024
"""Bytes of slides and other files in one booklet; what does not fit is fetched from the page of the briefing."""


class Part(NamedTuple):
    """What stands in a booklet about one need."""

    entry: ProgrammeEntry
    bound: list[StoredFile]
    attached: list[StoredFile]
    too_large: list[StoredFile]
    kept_back: list[StoredFile]
    """Files their presenters did not let everybody have."""


def parts_of(briefing: Briefing) -> list[Part]:
    """In the order of the programme; files are taken in as long as there is room."""
    files, room, parts = files_by_slot(briefing), ROOM, []
    for entry in programme_of(briefing):
        part = Part(entry, [], [], [], [])
        for each in files.get(entry.slot.id, []):
            if not each.public:
                part.kept_back.append(each.file)
            elif each.file.size > room:
                part.too_large.append(each.file)
            else:
                room -= each.file.size
                (part.bound if each.file.kind is Kind.PDF else part.attached).append(each.file)
        parts.append(part)
    return parts


def made_of(briefing: Briefing, parts: list[Part]) -> str:
    """What is the same for the same booklet: by it a change since is noticed."""
    needs = [
        [part.entry.starts_at.isoformat(), part.entry.need.id, part.entry.need.changed_at.isoformat()]
        + [part.entry.need.is_public]
        + [file.sha256 for file in part.bound + part.attached]
        for part in parts
    ]
    told = [briefing.title, briefing.description, briefing.moderator, briefing.ends_at.isoformat(), needs]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def booklet_of(briefing: Briefing) -> Booklet | None:
    """The one that was bound last, with its file but not its bytes."""
    found = select(Booklet).where(Booklet.briefing_id == briefing.id).options(joinedload(Booklet.file))
    return db.session.scalar(found)


def published_booklet(briefing: Briefing) -> Booklet | None:
    """The one everybody may have; none as long as something in it has been kept back since."""
    found = booklet_of(briefing)
    return found if found and found.published_at and not holds_kept_back(found) else None


def holds_kept_back(booklet: Booklet) -> bool:
    """Whether a file in it was taken away or is no longer for everybody, or a need in it was withdrawn."""
    files = files_by_slot(booklet.briefing).values()
    public = {each.file.public_id for several in files for each in several if each.public}
    of_briefing = (PresenterSlot.briefing_id == booklet.briefing_id, Need.state.in_(PUBLIC))
    needs = select(Need.id).join(PresenterSlot, PresenterSlot.need_id == Need.id).where(*of_briefing)
    return not set(booklet.holds) <= public | {f"need-{number}" for number in db.session.scalars(needs)}


def held_by(parts: list[Part]) -> list[str]:
    """What of a booklet of these parts may be kept back later."""
    files = [file.public_id for part in parts for file in part.bound + part.attached]
    return [*files, *(f"need-{part.entry.need.id}" for part in parts if part.entry.need.is_public)]


def last_task(briefing: Briefing) -> Task | None:
    """The last time one was bound, or is being bound."""
    return latest(KIND, _about(briefing))


def ask_for(briefing: Briefing, site: dict[str, str], by: Actor, now: datetime) -> Task:
    """Have it bound by the worker; `site` is what the booklet says of us. Refused while one is being bound."""
    lock(briefing)
    if briefing.state is BriefingState.CANCELLED:
        raise Refused("취소한 설명회의 자료집은 만들지 않습니다.")
    if not briefing.slots:
        raise Refused("발표할 과제가 없어 자료집에 실을 것이 없습니다. 발표 순서를 먼저 정해 주세요.")
    record(by, "booklet.asked_for", briefing, now)
    return start(KIND, _about(briefing), {"briefing": briefing.id, "site": site}, by, now)


def publish(briefing: Briefing, public: bool, by: Actor, now: datetime) -> None:
    """Let everybody have it, or nobody any more."""
    lock(briefing)
    booklet = booklet_of(briefing)
    if booklet is None:
        raise Refused("아직 만든 자료집이 없습니다.")
    if public and briefing.state is not BriefingState.PUBLISHED:
        raise Refused("공개한 설명회의 자료집만 공개할 수 있습니다.")
    if bool(booklet.published_at) != public:
        booklet.published_at = now if public else None
        record(by, "booklet.published" if public else "booklet.withdrawn", briefing, now)
        if public:
            announce(Event.MATERIALS_PUBLISHED, briefing, now)


def _about(briefing: Briefing) -> str:
    return f"booklet:{briefing.id}"
