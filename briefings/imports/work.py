"""What the worker does with a spreadsheet of needs: read and check it, register everything in it or nothing.

Both may be begun anew at any point: a check writes its findings in one transaction, saving all needs in one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.audit.recording import record, record_each
from briefings.db import db, lock, unit_of_work
from briefings.errors import Refused
from briefings.files.models import StoredFile
from briefings.imports import comparing
from briefings.imports.findings import Decision, decision_about, kept, rows_of
from briefings.imports.importing import OVER, REGISTERING, not_savable
from briefings.imports.rows import NeedRow, Reading, read
from briefings.imports.spreadsheets import lists_now
from briefings.needs.models import Need, NeedState
from briefings.needs.registering import FIELDS, LISTS
from briefings.organizations.finding import named
from briefings.organizations.models import Organization
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.rounds.models import ImportState, NeedImport
from briefings.tasks.running import Work
from briefings.webhooks.announcing import announce_each
from briefings.webhooks.events import Event

OPENING, READING = "파일을 여는 중", "줄마다 살피는 중"
COMPARING, SAVING = "이미 있는 과제와 견주는 중", "모두 등록하는 중"
NEWS = "그사이 상황이 바뀌어 등록하지 않았습니다. 새로 찾은 것을 확인하고 다시 등록해 주세요."

Progress = Callable[[int, int, str], None]


class _SomethingNew(Exception):
    """At the last look something was found that staff have not seen."""


def check(work: Work) -> dict[str, Any]:
    """Read the file and keep what was found in it; nothing is registered."""
    import_ = _import_of(work)
    if import_.state in OVER:
        return {}
    reading, _ = examine(import_, work.tell)
    with unit_of_work():
        lock(import_)
        if import_.state is ImportState.CHECKING:
            _keep(import_, reading, work.clock())
    return {"rows": len(reading.rows)}


def save(work: Work) -> dict[str, Any]:
    """Register every row that is wanted, in one transaction; Refused, with the news kept, where the world has changed.

    The file is read again, against what is there now. What was compared before the transaction is not compared again
    inside it, only what has come since: nobody waits for that long.
    """
    import_ = _import_of(work)
    if import_.state is ImportState.SAVED:
        return {"needs": _number_of(import_)}
    reading, last = examine(import_, work.tell)
    work.tell(0, 0, SAVING)
    try:
        with unit_of_work():
            lock(import_)
            if import_.state is not ImportState.SAVING:
                raise Refused("그사이 버렸거나 다시 점검한 파일입니다.")
            _look_again(import_, reading, last)
            return {"needs": _register_all(import_, reading.rows, work, work.clock())}
    except _SomethingNew:
        with unit_of_work():
            lock(import_)
            _keep(import_, reading, work.clock())
        raise Refused(NEWS) from None


def examine(import_: NeedImport, tell: Progress) -> tuple[Reading, int]:
    """What stands in the file, compared with everything there is; and the last need it was compared with."""
    data = db.session.scalars(select(StoredFile.content).where(StoredFile.id == import_.file_id)).one()
    reading = read(data, lists_now(), lambda done, total: tell(done, total, READING if total else OPENING))
    rows = reading.rows
    known = comparing.known_organizations(rows)
    comparing.compare_with_organizations(rows, known)
    comparing.compare_with_accounts(rows, known)
    comparing.compare_with_rows(rows)
    last = comparing.compare_with_needs(rows, known, 0, lambda done, total: tell(done, total, COMPARING))
    comparing.say_what_is_alike(rows)
    return reading, last


def _import_of(work: Work) -> NeedImport:
    return db.session.get_one(NeedImport, work.params["import"])


def _number_of(import_: NeedImport) -> int:
    return len(list(db.session.scalars(select(Need.id).where(Need.import_id == import_.id))))


def _keep(import_: NeedImport, reading: Reading, now: datetime) -> None:
    """Write down what was found; a decision stays as long as the row is alike to nothing that was not known then."""
    before = {row.row: _compared(row.alike) for row in rows_of(import_)}
    import_.findings, import_.rows = kept(reading), len(reading.rows)
    doubtful = {row.row: _compared(row.alike) for row in rows_of(import_) if row.is_doubtful}
    import_.decisions = {
        row: word
        for row, word in import_.decisions.items()
        if int(row) in doubtful and doubtful[int(row)] <= before.get(int(row), set())
    }
    import_.state, import_.checked_at = ImportState.CHECKED, now


def _compared(alike: Sequence[tuple[int, int]]) -> set[int]:
    return {need_id for need_id, _ in alike}


def _look_again(import_: NeedImport, reading: Reading, last: int) -> None:
    """With the organizations held, against what has come since the file was examined; raises if staff must see it."""
    rows = reading.rows
    known = comparing.known_organizations(rows)
    _hold(known)
    comparing.compare_with_organizations(rows, known)
    said_before = {row.number for row in rows if row.alike}
    comparing.compare_with_needs(rows, known, last)
    comparing.say_what_is_alike(row for row in rows if row.number not in said_before)
    seen = {row.row: _compared(row.alike) for row in rows_of(import_)}
    fresh = NeedImport(findings=kept(reading), decisions=import_.decisions, rows=len(rows), state=import_.state)
    news = any(_compared(row.alike) - seen.get(row.row, set()) for row in rows_of(fresh))
    if news or not_savable(fresh, rows_of(fresh)):
        raise _SomethingNew


def _hold(known: comparing.Known) -> None:
    """Two files that speak of the same organization are saved one after the other; SQLite has one writer anyway."""
    ids = sorted(organization.id for found in known.values() for organization in found)
    for some in comparing.in_parts(ids):
        held = select(Organization.id).where(Organization.id.in_(some)).order_by(Organization.id)
        db.session.execute(held.with_for_update())


def _register_all(import_: NeedImport, rows: Sequence[NeedRow], work: Work, now: datetime) -> int:
    by = db.session.get_one(User, work.params["by"])
    known = comparing.known_organizations(rows)
    wanted = [row for row in rows if decision_about(import_, row.number) is not Decision.LEAVE]
    needs = [_need(import_, row, known, by, now) for row in wanted]
    db.session.add_all(needs)
    db.session.flush()
    ids = [need.id for need in needs]
    for act in REGISTERING if import_.publish else REGISTERING[:-1]:
        record_each(by, act, Need, ids, now)
    if import_.publish:
        announce_each(Event.NEED_PUBLISHED, needs, now)
    if work.params["tell"]:
        _tell_contacts(import_, needs, now)
    import_.state, import_.saved_at = ImportState.SAVED, now
    record(by, "import.saved", import_, now, needs=len(needs), published=import_.publish)
    return len(needs)


def _need(import_: NeedImport, row: NeedRow, known: comparing.Known, by: User, now: datetime) -> Need:
    entry = row.entry
    assert entry is not None  # noqa: S101 (a file with a row that has none is not saved)
    organization = comparing.organization_of(row, known)
    said = {name: list(getattr(entry, name)) if name in LISTS else getattr(entry, name) for name in FIELDS}
    need = Need(
        **said,
        organization_id=organization.id if organization else named(*row.organization, now).id,
        state=NeedState.DRAFT,
        import_id=import_.id,
        round_id=import_.round_id,
        created_by_id=by.id,
        created_at=now,
        changed_at=now,
    )
    need.submit(now)
    if import_.publish:
        need.publish(now)
    return need


def _tell_contacts(import_: NeedImport, needs: Sequence[Need], now: datetime) -> None:
    """One mail to each contact, however many needs are theirs."""
    names = {need.contact_email.lower(): need.contact_name for need in reversed(needs)}
    drafts = [
        Draft(f"needs_imported:{import_.id}:{address}", Recipient(address, name), {"import": import_.id})
        for address, name in names.items()
    ]
    queue_many("needs_imported", drafts, now, about=f"round:{import_.round_id}" if import_.round_id else "")
