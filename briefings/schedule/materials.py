"""What presenters hand in before the day: slides and the like, until a deadline; who is reminded of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import String, and_, cast, exists, func, literal, select
from sqlalchemy.orm import joinedload

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.files.storing import store
from briefings.outbox.models import Message
from briefings.outbox.queueing import Draft, Recipient, queue, queue_many
from briefings.outbox.quiet import QuietHours
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.items import concerning
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotFile, SlotState
from briefings.schedule.presenters import HELD_BACK, item_of, settled_reason
from briefings.schedule.slots import materials_due
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

KINDS = frozenset({Kind.PDF, Kind.PPTX, Kind.HWP, Kind.HWPX, Kind.PNG, Kind.JPEG})
MOST = 10
"""Files of one slot."""
BEFORE, AFTER = timedelta(days=3), timedelta(days=3)
"""So long before the deadline, and so long after it, a reminder is of use."""
ASKED_AGAIN = timedelta(days=1)
"""So long staff do not ask the same presenter for slides once more."""


class Nudge(StrEnum):
    """When presenters are reminded of what they owe: before the deadline, and on the day after it."""

    BEFORE = "before"
    AFTER = "after"


def files_of(slot: PresenterSlot) -> list[SlotFile]:
    """What was handed in for a slot, the oldest first, without what the files contain."""
    found = select(SlotFile).where(SlotFile.slot_id == slot.id).options(joinedload(SlotFile.file))
    return list(db.session.scalars(found.order_by(SlotFile.handed_in_at, SlotFile.file_id)))


def files_by_slot(briefing: Briefing) -> dict[int, list[SlotFile]]:
    """The same for every slot of a briefing, by one statement."""
    found = select(SlotFile).join(SlotFile.slot).where(PresenterSlot.briefing_id == briefing.id)
    by_slot: dict[int, list[SlotFile]] = {}
    ordered = found.options(joinedload(SlotFile.file)).order_by(SlotFile.handed_in_at, SlotFile.file_id)
    for each in db.session.scalars(ordered):
        by_slot.setdefault(each.slot_id, []).append(each)
    return by_slot


def file_of(slot: PresenterSlot, public_id: str) -> StoredFile | None:
    """One of the files handed in for `slot`; None for any other."""
    found = select(StoredFile).join(SlotFile, SlotFile.file_id == StoredFile.id)
    return db.session.scalar(found.where(SlotFile.slot_id == slot.id, StoredFile.public_id == public_id))


def hand_in(
    slot: PresenterSlot, name: str, data: bytes, now: datetime, by: Actor | None = None, public: bool = False
) -> StoredFile:
    """Take a file for a slot, from its presenter or from staff (`by`); one of the same name is replaced by it.

    `public`: everybody may have it once the briefing is over.
    """
    _hold(slot, now, by)
    file = store(name, data, now, only=KINDS)
    kept = files_of(slot)
    if any(each.file.sha256 == file.sha256 for each in kept):
        raise Refused(N_("‘%(name)s’ 파일은 이미 올린 파일과 내용이 같습니다."), name=file.name)
    replaced = [each for each in kept if each.file.name == file.name]
    if len(kept) - len(replaced) >= MOST:
        raise Refused(N_("파일은 %(most)s개까지 올릴 수 있습니다. 쓰지 않을 파일을 먼저 지워 주세요."), most=MOST)
    _drop(replaced)
    who = by.name if by else slot.presenter_name or slot.presenter_email
    row = SlotFile(slot_id=slot.id, file_id=file.id, handed_in_by=who[:120], handed_in_at=now, public=public)
    db.session.add(row)
    db.session.flush()
    _note("slot.file_replaced" if replaced else "slot.file_handed_in", slot, file.name, now, by)
    return file


def let_publish(slot: PresenterSlot, public_id: str, public: bool, now: datetime, by: Actor | None = None) -> str:
    """Say whether everybody may have a file once the briefing is over, also later; its name."""
    lock(slot)
    found = next((each for each in files_of(slot) if each.file.public_id == public_id), None)
    if found is None:
        raise Refused(N_("그사이 지워진 파일입니다."))
    if found.public != public:
        found.public = public
        _note("slot.file_published" if public else "slot.file_kept_back", slot, found.file.name, now, by)
        if public and slot.briefing.is_over(now):
            announce(Event.MATERIALS_PUBLISHED, slot.briefing, now)
    return found.file.name


def take_away(slot: PresenterSlot, public_id: str, now: datetime, by: Actor | None = None) -> str:
    """Remove a file for good; its name. Presenters may until the deadline, staff (`by`) always."""
    _hold(slot, now, by)
    if by is None and is_late(slot.briefing, now):
        raise Refused(N_("기한이 지나 지울 수 없습니다. 고친 파일을 같은 이름으로 올리면 바뀝니다."))
    found = [each for each in files_of(slot) if each.file.public_id == public_id]
    if not found:
        raise Refused(N_("그사이 지워진 파일입니다."))
    name = found[0].file.name
    _drop(found)
    _note("slot.file_removed", slot, name, now, by)
    return name


def is_late(briefing: Briefing, now: datetime) -> bool:
    """Whether the deadline is past."""
    return now >= materials_due(briefing)


def tell_of_late(slot: PresenterSlot, office: Recipient, now: datetime) -> None:
    """Tell the office that something came in after the deadline, once an hour however many files come."""
    about = f"briefing:{slot.briefing_id}"
    queue("materials_late", f"materials_late:{slot.public_id}:{now:%Y%m%d%H}", office, now, about=about, slot=slot.id)


def ask_for(slot: PresenterSlot, by: Actor, now: datetime) -> None:
    """Staff remind one presenter; Refused where there is something already, nobody to write to, or they just did."""
    _hold(slot, now, by)
    if files_of(slot):
        raise Refused("이미 올린 자료가 있습니다.")
    item = item_of(slot)
    if item is None:
        raise Refused("발표 안내를 보낸 발표자가 없어 부탁할 수 없습니다.")
    asked = f"materials_reminder:{slot.public_id}:{slot.link_version}:asked:"
    lately = Message.key.startswith(asked, autoescape=True) & (Message.created_at > now - ASKED_AGAIN)
    if db.session.scalar(select(exists().where(lately))):
        raise Refused("이미 부탁했습니다. 하루가 지나면 다시 부탁할 수 있습니다.")
    params = {"briefing": slot.briefing_id, "need": slot.need_id}
    to = Recipient(item.email, item.name, item.locale)
    draft = Draft(f"{asked}{now:%Y%m%d%H%M%S}", to, params)
    queue_many("materials_reminder", [draft], now, **concerning(slot.briefing))
    record(by, "slot.materials_asked_for", slot.briefing, now, need=slot.need.title, presenter=slot.presenter_name)


def remind_due(now: datetime, quiet: QuietHours) -> int:
    """Remind presenters who have handed in nothing, three days before the deadline and on the day after it."""
    if quiet.cover(now):
        return 0
    coming = select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at > now)
    briefings = db.session.scalars(coming.order_by(Briefing.id)).all()
    return sum(_remind(briefing, nudge, now) for briefing, nudge in _due(briefings, now, quiet))


def _due(briefings: Iterable[Briefing], now: datetime, quiet: QuietHours) -> Iterator[tuple[Briefing, Nudge]]:
    for briefing in briefings:
        due = materials_due(briefing)
        if due - BEFORE <= now < due:
            yield briefing, Nudge.BEFORE
        elif due <= now < due + AFTER and now.astimezone(quiet.zone).date() > due.astimezone(quiet.zone).date():
            yield briefing, Nudge.AFTER


def _remind(briefing: Briefing, nudge: Nudge, now: datetime) -> int:
    """Remind those of one briefing who were asked to present at least HELD_BACK ago; how many are new."""
    mark = f":{nudge}:{materials_due(briefing):%Y%m%d%H%M}:"
    key = literal("materials_reminder:") + PresenterSlot.public_id + literal(mark)
    key = key + cast(PresenterSlot.link_version, String)
    entry = and_(
        CalendarItem.briefing_id == PresenterSlot.briefing_id,
        CalendarItem.need_id == PresenterSlot.need_id,
        CalendarItem.email == func.lower(PresenterSlot.presenter_email),
        CalendarItem.kind == ItemKind.PRESENTATION,
        CalendarItem.state == ItemState.OPEN,
    )
    owing = (
        select(key, CalendarItem)
        .select_from(PresenterSlot)
        .join(CalendarItem, entry)
        .where(
            PresenterSlot.briefing_id == briefing.id,
            PresenterSlot.state != SlotState.DECLINED,
            CalendarItem.created_at <= now - HELD_BACK,
            ~exists().where(SlotFile.slot_id == PresenterSlot.id),
            ~exists().where(Message.key == key),
        )
    )
    drafts = [
        Draft(words, Recipient(item.email, item.name, item.locale), {"briefing": briefing.id, "need": item.need_id})
        for words, item in db.session.execute(owing.order_by(PresenterSlot.position))
    ]
    return queue_many("materials_reminder", drafts, now, **concerning(briefing))


def _hold(slot: PresenterSlot, now: datetime, by: Actor | None) -> None:
    """Hold the slot; Refused where nobody can hand in any more. Staff may also complete what is over."""
    version = slot.link_version
    lock(slot)
    if slot.briefing.state is BriefingState.CANCELLED:
        raise Refused(N_("취소되었거나 끝난 설명회입니다."))
    if by is not None:
        return
    if refused := settled_reason(slot, now):
        raise refused
    if slot.link_version != version:
        raise Refused(N_("그사이 발표자가 바뀌었습니다. 앞 화면을 새로 열어 확인해 주세요."))
    if slot.state is SlotState.DECLINED:
        raise Refused(N_("사양한 발표에는 자료를 올릴 수 없습니다."))


def _drop(files: Iterable[SlotFile]) -> None:
    for each in files:
        db.session.delete(each)
    db.session.flush()


def _note(action: str, slot: PresenterSlot, name: str, now: datetime, by: Actor | None) -> None:
    """In the course of the briefing; without an actor it was the presenter."""
    who = slot.presenter_name or slot.presenter_email
    record(by, action, slot.briefing, now, need=slot.need.title, presenter=who, to=name)
