"""Files that outlive whoever they may name: bodies handed them in, and nobody looks into them but an administrator."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.files.models import StoredFile
from briefings.files.storing import discard
from briefings.needs.models import Need, NeedFile
from briefings.rights.destroying import PRESENTER
from briefings.rights.emptying import forget_booklets
from briefings.schedule.models import PresenterSlot, SlotFile
from briefings.web.erased import NOBODY

PER_PAGE = 30


@dataclass(frozen=True)
class Remaining:
    """One file, with the talk or the need it was handed in for."""

    file: StoredFile
    slot: PresenterSlot | None
    need: Need


def files_of(address: str) -> list[Remaining]:
    """What was handed in for the talks of somebody, and for the needs they are the contact of."""
    address = address.lower()
    presents = or_(
        *(func.lower(getattr(PresenterSlot, f"{part}_email")) == address for part in ("presenter", "standby"))
    )
    found = _files(presents, func.lower(Need.contact_email) == address)
    return _told(list(db.session.scalars(found)))


def files_of_those_gone(page: int) -> tuple[Pagination, list[Remaining]]:
    """What was handed in for talks and needs whose person is gone, the newest first."""
    presented = or_(PresenterSlot.presenter_email.endswith(NOBODY), PresenterSlot.presenter_name == PRESENTER)
    found = db.paginate(
        _files(presented, and_(Need.contact_email == "", Need.contact_name == "")),
        page=page,
        per_page=PER_PAGE,
        error_out=False,
    )
    return found, _told(found.items)


def remove(public_ids: Collection[str], by: User, now: datetime) -> int:
    """Delete files of talks and needs for good, whatever state these are in; how many. Refused where none is chosen.

    Their names are not recorded: they may say who is gone.
    """
    sound = [each for each in public_ids if each.isascii() and each.isprintable()]
    files = list(db.session.scalars(select(StoredFile).where(StoredFile.public_id.in_(sound))))
    chosen = _told(files)
    if not chosen:
        raise Refused("지울 파일을 하나 이상 골라 주세요.", field="files")
    for each in chosen:
        lock(each.slot or each.need)
        if each.slot:
            db.session.delete(db.session.get_one(SlotFile, (each.slot.id, each.file.id)))  # and the file with it
            forget_booklets([each.slot.briefing_id])
            record(by, "slot.file_removed", each.slot.briefing, now, need=each.need.title)
        else:
            db.session.delete(db.session.get_one(NeedFile, (each.need.id, each.file.id)))
            db.session.flush()
            discard(each.file)
            record(by, "need.file_removed", each.need, now)
    return len(chosen)


def _files(presented: ColumnElement[bool], of_need: ColumnElement[bool]) -> Select[StoredFile]:
    slots = select(SlotFile.file_id).join(SlotFile.slot).where(presented)
    needs = select(NeedFile.file_id).join(NeedFile.need).where(of_need)
    newest = (StoredFile.created_at.desc(), StoredFile.id.desc())
    return select(StoredFile).where(or_(StoredFile.id.in_(slots), StoredFile.id.in_(needs))).order_by(*newest)


def _told(files: Collection[StoredFile]) -> list[Remaining]:
    ids = [file.id for file in files]
    slots = select(SlotFile.file_id, PresenterSlot).join(SlotFile.slot).where(SlotFile.file_id.in_(ids))
    slots = slots.options(joinedload(PresenterSlot.briefing), joinedload(PresenterSlot.need))
    needs = select(NeedFile.file_id, Need).join(NeedFile.need).where(NeedFile.file_id.in_(ids))
    by_slot = {number: slot for number, slot in db.session.execute(slots)}
    by_need = {number: need for number, need in db.session.execute(needs)} | {
        number: slot.need for number, slot in by_slot.items()
    }
    return [Remaining(file, by_slot.get(file.id), by_need[file.id]) for file in files if file.id in by_need]
