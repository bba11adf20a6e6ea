"""Files that say more about a need."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.files.models import StoredFile
from briefings.files.storing import discard, store
from briefings.needs.models import Need, NeedFile

MOST = 10
"""Files of one need."""
TOO_MANY = N_("파일은 %(most)s개까지 붙일 수 있습니다. ‘%(name)s’ 파일은 올리지 않았습니다.")


def files_of(need: Need) -> list[StoredFile]:
    """What is attached, in its order, without what the files contain."""
    return [attached.file for attached in _attached(need)]


def file_of(need: Need, public_id: str) -> StoredFile | None:
    """One of the files attached to `need`; None for any other."""
    found = select(StoredFile).join(NeedFile, NeedFile.file_id == StoredFile.id)
    return db.session.scalar(found.where(NeedFile.need_id == need.id, StoredFile.public_id == public_id))


def attach(need: Need, name: str, data: bytes, by: User, now: datetime) -> StoredFile:
    """Add a file at the end; Refused where it may not be taken, is there already, or is one too many."""
    lock(need)
    _refuse_ended(need)
    kept = _attached(need)
    file = store(name, data, now)
    if any(attached.file.sha256 == file.sha256 for attached in kept):
        raise Refused(N_("‘%(name)s’ 파일은 이미 붙인 파일과 내용이 같습니다."), name=file.name)
    if len(kept) >= MOST:
        raise Refused(TOO_MANY, most=MOST, name=file.name)
    last = db.session.scalar(select(func.max(NeedFile.position)).where(NeedFile.need_id == need.id)) or 0
    db.session.add(NeedFile(need_id=need.id, file_id=file.id, position=last + 1))
    _note(need, "need.file_added", file.name, by, now)
    return file


def detach(need: Need, public_id: str, by: User, now: datetime) -> str:
    """Take a file away for good; its name. Refused if it is gone."""
    lock(need)
    _refuse_ended(need)
    place, kept = _placed(need, public_id)
    file = kept[place].file
    db.session.delete(kept[place])
    db.session.flush()
    _note(need, "need.file_removed", file.name, by, now)
    discard(file)
    return file.name


def move_up(need: Need, public_id: str, by: User, now: datetime) -> None:
    """Let a file change places with the one before it; the first one stays."""
    lock(need)
    _refuse_ended(need)
    place, kept = _placed(need, public_id)
    if place:
        above, here = kept[place - 1], kept[place]
        above.position, here.position = here.position, above.position
        _note(need, "need.file_moved", here.file.name, by, now)


def _attached(need: Need) -> list[NeedFile]:
    found = select(NeedFile).where(NeedFile.need_id == need.id).options(joinedload(NeedFile.file))
    return list(db.session.scalars(found.order_by(NeedFile.position, NeedFile.file_id)))


def _placed(need: Need, public_id: str) -> tuple[int, list[NeedFile]]:
    kept = _attached(need)
    for place, attached in enumerate(kept):
        if attached.file.public_id == public_id:
            return place, kept
    raise Refused(N_("그사이 지워진 파일입니다."))


def _refuse_ended(need: Need) -> None:
    if need.not_editable:
        raise Refused(need.not_editable)


def _note(need: Need, action: str, name: str, by: User, now: datetime) -> None:
    need.touch(now)
    record(by, action, need, need.changed_at, file=name)
