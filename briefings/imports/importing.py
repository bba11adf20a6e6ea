"""Many needs at once out of a spreadsheet: taken in, decided about, asked to be saved, thrown away, taken back.

The long work, reading and saving, stands in `import_work`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Exists, Select, exists, func, or_, select, update
from sqlalchemy.orm import defer, joinedload

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.audit.recording import record, record_each
from briefings.db import Base, db, lock
from briefings.errors import Refused
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.files.packages import COMPOUND
from briefings.files.storing import store
from briefings.imports.findings import Decision, FoundRow, is_cut_short, rows_of, undecided
from briefings.imports.workbooks import LARGEST_FILE, refuse_unreadable
from briefings.needs.models import Need, NeedState, Round
from briefings.rounds.models import ImportState, NeedImport
from briefings.tasks.models import UNDER_WAY, Task
from briefings.tasks.queueing import latest, start
from briefings.webhooks.announcing import announce_each
from briefings.webhooks.events import Event

CHECK, SAVE = "check_needs", "save_needs"
REGISTERING = ("need.registered", "need.submitted", "need.published")
"""What is noted about each need when it is registered; the last if it is published at once."""
OVER = (ImportState.SAVED, ImportState.DISCARDED)


def take_in(name: str, data: bytes, round: Round | None, by: User, now: datetime) -> NeedImport:
    """A new import of this file, whose check begins in a moment; Refused where it is no .xlsx that can be read."""
    if data and not data.startswith(COMPOUND):  # of what is encrypted or of before 2007, `store` knows more
        refuse_unreadable(data)
    file = store(name, data, now, only={Kind.XLSX}, largest=LARGEST_FILE)
    made = NeedImport(round=round, file=file, created_by=by, created_at=now)
    db.session.add(made)
    db.session.flush()
    record(by, "import.taken_in", made, now, file=file.sha256, round=round.name if round else "")
    start(CHECK, about(made), {"import": made.id}, by, now)
    return made


def about(import_: NeedImport) -> str:
    """What tasks and messages of an import are about."""
    return f"import:{import_.id}"


def check_again(import_: NeedImport, by: User, now: datetime) -> None:
    """Look at the same file once more, against what is there now."""
    _lock_open(import_)
    import_.state = ImportState.CHECKING
    start(CHECK, about(import_), {"import": import_.id}, by, now)


def decide(import_: NeedImport, decisions: Mapping[int, Decision], by: User, now: datetime) -> None:
    """Keep what staff decided about doubtful rows; about any other there is nothing to decide."""
    _lock_open(import_)
    doubtful = {row.row for row in rows_of(import_) if row.is_doubtful}
    wanted = {str(row): decision.value for row, decision in decisions.items() if row in doubtful}
    changed = {row: word for row, word in wanted.items() if import_.decisions.get(row) != word}
    if changed:
        import_.decisions = import_.decisions | changed
        record(by, "import.decided", import_, now, rows=changed)


def decide_all(import_: NeedImport, decision: Decision, by: User, now: datetime) -> None:
    """The same decision about every row about which nobody has decided yet."""
    _lock_open(import_)
    decide(import_, {row.row: decision for row in undecided(import_, rows_of(import_))}, by, now)


def not_savable(import_: NeedImport, rows: list[FoundRow]) -> str | None:
    """Why its needs cannot be registered yet, if so."""
    if import_.state not in (ImportState.CHECKED, ImportState.SAVING):
        return "점검이 끝난 파일만 등록할 수 있습니다."
    if any(row.is_wrong for row in rows):
        return "고칠 곳이 있는 파일은 등록할 수 없습니다. 고친 파일을 다시 올려 주세요."
    if is_cut_short(rows):
        return "확인할 줄이 너무 많아 일부만 보이므로 등록할 수 없습니다. 파일을 나누어 올려 주세요."
    if waiting := undecided(import_, rows):
        return f"아직 들일지 뺄지 정하지 않은 줄이 {len(waiting):,}개 있습니다."
    if not number_taken(import_):
        return "모든 줄을 빼서 등록할 과제가 없습니다."
    return None


def number_taken(import_: NeedImport) -> int:
    """How many needs would be registered, by what is decided so far."""
    return import_.rows - sum(word == Decision.LEAVE for word in import_.decisions.values())


def start_saving(import_: NeedImport, publish: bool, tell: bool, by: User, now: datetime) -> Task:
    """Ask the worker to register everything at once; Refused while something stands against it.

    With `publish` the needs are shown to everyone, with `tell` each contact gets one mail that lists theirs.
    """
    _lock_open(import_)
    if reason := not_savable(import_, rows_of(import_)):
        raise Refused(reason)
    import_.state, import_.publish = ImportState.SAVING, publish
    return start(SAVE, about(import_), {"import": import_.id, "tell": tell, "by": by.id}, by, now)


def discard(import_: NeedImport, by: User, now: datetime) -> None:
    """Throw the file away, with everything it said: people stand in it who were never told."""
    _lock_open(import_)
    import_.state, import_.findings, import_.decisions = ImportState.DISCARDED, [], {}
    import_.file.content, import_.file.size = b"", 0
    record(by, "import.discarded", import_, now)


def not_to_be_taken_back(import_: NeedImport) -> str | None:
    """Why its needs cannot be taken back together, if so."""
    if import_.state is not ImportState.SAVED:
        return "등록을 마친 것만 되돌릴 수 있습니다."
    if touched := number_touched(import_):
        return (
            f"등록한 뒤에 고치거나 처리했거나 답글·순서·심사에 쓰인 과제가 {touched:,}건 있어서 "
            "한꺼번에 되돌릴 수 없습니다. 과제마다 철회해 주세요."
        )
    return None


def take_back(import_: NeedImport, by: User, now: datetime) -> int:
    """Withdraw every need of an import that nobody has touched since; how many there were.

    They are withdrawn and not deleted, so that their history and any link to them still make sense; what was published
    by mistake counts as never published.
    """
    lock(import_)
    ours = Need.import_id == import_.id
    db.session.execute(update(Need).where(ours).values(id=Need.id))  # holds them all
    needs = list(db.session.scalars(select(Need).where(ours).order_by(Need.id)))
    if reason := not_to_be_taken_back(import_):
        raise Refused(reason)
    announce_each(Event.NEED_CLOSED, [need for need in needs if need.is_public], now)
    for need in needs:
        need.withdraw()
        need.published_at, need.changed_at = None, now
    import_.state = ImportState.DISCARDED
    record_each(by, "need.withdrawn", Need, [need.id for need in needs], now, reason="한꺼번에 등록한 것을 되돌림")
    record(by, "import.taken_back", import_, now, needs=len(needs))
    return len(needs)


def number_touched(import_: NeedImport) -> int:
    """How many of its needs were changed since they were registered, or are spoken of anywhere."""
    left = NeedState.PUBLISHED if import_.publish else NeedState.SUBMITTED
    changed = or_(
        Need.state != left,
        Need.changed_at != import_.saved_at,
        Need.claim_version > 0,
        Need.key_since.is_not(None),
        _acted_on(),
    )
    # Whoever stands above (slots, replies, reviews) refers to a need by its number; nobody here knows them by name.
    used = [exists(select(column).where(column == Need.id)) for column in _references()]
    found = select(func.count()).select_from(Need).where(Need.import_id == import_.id, or_(changed, *used))
    return db.session.scalars(found).one()


def _acted_on() -> Exists:
    """Whether anything was done with a need that registering it is not: it may look again as it did then."""
    about_it = AuditEntry.about_type == Need.__tablename__, AuditEntry.about_id == Need.id
    return exists().where(*about_it, AuditEntry.action.not_in(REGISTERING))


def known_as(public_id: str) -> NeedImport | None:
    """The import with this name in addresses."""
    found = select(NeedImport).where(NeedImport.public_id == public_id)
    return db.session.scalar(found.options(joinedload(NeedImport.round), joinedload(NeedImport.file)))


def round_known_as(public_id: str) -> Round | None:
    """The round with this name in addresses, announced or not."""
    return db.session.scalar(select(Round).where(Round.public_id == public_id))


def imports_of(round: Round | None, by: User | None = None) -> Select[Any]:
    """The imports into a round, or all there are, or those somebody brought, the latest first; without findings."""
    found = select(NeedImport).options(
        defer(NeedImport.findings), joinedload(NeedImport.round), joinedload(NeedImport.file)
    )
    if round:
        found = found.where(NeedImport.round_id == round.id)
    if by:
        found = found.where(NeedImport.created_by_id == by.id)
    return found.options(joinedload(NeedImport.created_by)).order_by(NeedImport.id.desc())


def same_file(import_: NeedImport) -> NeedImport | None:
    """An earlier import of the very same file whose needs are there."""
    found = select(NeedImport).join(NeedImport.file).where(NeedImport.state == ImportState.SAVED)
    same = found.where(StoredFile.sha256 == import_.file.sha256, NeedImport.id < import_.id)
    return db.session.scalar(same.order_by(NeedImport.id.desc()).limit(1).options(defer(NeedImport.findings)))


def needs_of(import_: NeedImport) -> Select[Any]:
    """The needs that came with an import, in the order of its rows."""
    found = select(Need).where(Need.import_id == import_.id).order_by(Need.id)
    return found.options(joinedload(Need.organization))


def needs_numbered(ids: Iterable[int]) -> dict[int, Need]:
    """These needs by their id, with their organizations and rounds."""
    found = select(Need).where(Need.id.in_(set(ids)))
    rows = db.session.scalars(found.options(joinedload(Need.organization), joinedload(Need.round)))
    return {need.id: need for need in rows}


def latest_work(import_: NeedImport) -> Task | None:
    """What the worker did, does or will do last with an import."""
    tasks = [task for kind in (CHECK, SAVE) if (task := latest(kind, about(import_)))]
    return max(tasks, key=lambda task: task.id, default=None)


def worked_at(imports: Iterable[NeedImport]) -> set[int]:
    """The ids of those the worker is busy with, or will be in a moment."""
    names = {about(import_): import_.id for import_ in imports}
    found = db.session.scalars(select(Task.about).where(Task.about.in_(names), Task.state.in_(UNDER_WAY)))
    return {names[name] for name in found}


def _lock_open(import_: NeedImport) -> None:
    lock(import_)
    if import_.state in OVER:
        raise Refused("이미 등록했거나 버린 파일입니다.")
    work = latest_work(import_)
    if work and work.is_under_way:
        raise Refused("작업이 진행 중입니다. 끝난 뒤에 하거나 먼저 중단해 주세요.")


def _references() -> list[Column[Any]]:
    """The columns of all tables that refer to needs, but for what is part of a need and goes with it."""
    keys = (key for table in Base.metadata.sorted_tables for key in table.foreign_keys)
    of_needs = (key for key in keys if key.target_fullname == f"{Need.__tablename__}.id")
    return [key.parent for key in of_needs if key.ondelete != "CASCADE"]
