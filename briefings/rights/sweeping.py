"""Erasing somebody everywhere, in one transaction: rows that are theirs, then what others wrote of them."""

import hashlib
import io
import secrets
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, inspect, select, update

from briefings.accounts.models import RecoveryCode, User, UserSession
from briefings.afterwards.models import Certificate
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.exports.models import ExportPiece
from briefings.files.models import StoredFile
from briefings.inbox.models import ReceivedMail
from briefings.live.models import BriefingDay
from briefings.needs.models import Need, officer_themes
from briefings.organizations.models import Membership
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.participation.models import ReplyDraft
from briefings.registrations.models import PeopleList
from briefings.rights.blackening import Person, blacken_all, is_in_mail, texts_in
from briefings.rights.columns import WORDS
from briefings.rights.destroying import PRESENTER
from briefings.rights.emptying import NO_SYNC, empty, empty_certificates, forget_booklets
from briefings.rights.finding import Found, certain_of
from briefings.rounds.models import ImportState, NeedImport
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting
from briefings.schedule.models import BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.tasks.models import Task
from briefings.web.erased import GONE, NOBODY

TAKEN_BACK = "본인이 개인정보를 지웠습니다."
BATCH = 200

Key = tuple[Any, Any]


def sweep(found: Found, written: Sequence[Key], now: datetime) -> dict[str, int]:
    """Empty everything that is theirs, and blacken them in the rows of `written`; how many rows of each table."""
    done: Counter[str] = Counter()
    nobody = f"erased-{secrets.token_hex(6)}{NOBODY}"
    _sweep_mails(found, done)
    _sweep_presentations(found, nobody, done)
    _sweep_what_goes(found, now, done)
    for model, ids in found.rows.items():
        done[model.__tablename__] += empty(model, ids, _address_for(model, nobody))
    db.session.expire_all()
    _sweep_files(found.who, done)
    for start in range(0, len(written), BATCH):
        for model, key in written[start : start + BATCH]:
            done[model.__tablename__] += _blacken(found, db.session.get(model, key), now)
        db.session.flush()
    return {name: number for name, number in sorted(done.items()) if number}


def _address_for(model: Any, nobody: str) -> str | None:
    """One marker for all rows of one person; messages and accounts have one each, which tells nobody anything."""
    return None if model in (Message, User) else nobody


def _sweep_mails(found: Found, done: Counter[str]) -> None:
    """Mails that came from them or in answer to what was sent to them; others that quote them lose their words."""
    items, messages = set(found.rows[CalendarItem]), set(found.rows[Message])
    mails = db.session.execute(
        select(ReceivedMail.id, ReceivedMail.item_id, ReceivedMail.message_id, ReceivedMail.sender)
    ).all()
    theirs = {
        mail.id
        for mail in mails
        if mail.item_id in items or mail.message_id in messages or found.who.is_meant_by([mail.sender])
    }
    empty_mail: dict[str, Any] = {"sender": "", "subject": "", "raw": None, "note": ""}
    _put(ReceivedMail, theirs, empty_mail)
    quoting = found.quoting.get(ReceivedMail, set()) - theirs
    _put(ReceivedMail, quoting, {"raw": None})
    _put(Message, found.quoting.get(Message, set()), {"raw": None})
    done["received_mails"] += len(theirs | quoting)


def look_into_mails(found: Found) -> None:
    """Read every mail for the person: it takes long, so it is done before anything is held."""
    for model in (ReceivedMail, Message):
        found.quoting[model] = {number for number, raw in _raw_of(model) if is_in_mail(raw, found.who)}


def _raw_of(model: Any) -> Iterable[tuple[int, bytes]]:
    ids = db.session.scalars(select(model.id).where(model.raw.is_not(None))).all()
    for number in ids:  # one by one: a mail may be as large as half a megabyte
        raw = db.session.scalar(select(model.raw).where(model.id == number))
        if raw:
            yield number, raw


def _put(model: Any, ids: Iterable[int], values: dict[str, Any]) -> None:
    chosen = list(ids)
    if chosen:
        db.session.execute(update(model).where(model.id.in_(chosen)).values(values), execution_options=NO_SYNC)


def _sweep_presentations(found: Found, nobody: str, done: Counter[str]) -> None:
    """Who presented at a published briefing is "발표자"; booklets that may name them are bound anew by staff."""
    address = found.who.address
    for slot in db.session.scalars(select(PresenterSlot).where(PresenterSlot.id.in_(found.slots))):
        if slot.presenter_email.lower() == address:
            held = slot.briefing.state is BriefingState.PUBLISHED
            slot.presenter_name, slot.presenter_title = (PRESENTER, "") if held else ("", "")
            slot.presenter_email, slot.decline_reason = nobody if held else "", ""
            slot.link_version += 1
            forget_booklets([slot.briefing_id])
        if slot.standby_email.lower() == address:
            slot.standby_name = slot.standby_title = slot.standby_email = ""
    done["presenter_slots"] += len(found.slots)
    for need in db.session.scalars(select(Need).where(Need.id.in_(found.needs))):
        need.contact_name = need.contact_phone = need.contact_email = ""
        need.revoke_claim()
    done["needs"] += len(found.needs)
    for day in db.session.scalars(select(BriefingDay).where(BriefingDay.briefing_id.in_(found.days))):
        day.moderator_email, day.moderator_version = "", day.moderator_version + 1
        day.briefing.moderator = ""
    done["briefing_days"] += len(found.days)
    db.session.flush()


def _sweep_what_goes(found: Found, now: datetime, done: Counter[str]) -> None:
    """What nothing is counted by goes as a whole."""
    address, registrations, users = found.who.address, found.rows[Registration], found.rows[User]
    drafts = [f"registration:{number}" for number in registrations]
    for condition in (
        Availability.email == address,
        CalendarSetting.email == address,
        UndeliverableAddress.address == address,
        ReplyDraft.owner_key.in_(drafts),
        UserSession.user_id.in_(users),
        RecoveryCode.user_id.in_(users),
        Membership.user_id.in_(users),
        officer_themes.c.user_id.in_(users),
    ):
        table = condition.left.table
        done[table.name] += db.session.connection().execute(delete(table).where(condition)).rowcount
    issued = select(Certificate.id).where(Certificate.registration_id.in_(registrations))
    done["certificates"] += empty_certificates(list(db.session.scalars(issued)), now, TAKEN_BACK)


def _sweep_files(who: Person, done: Counter[str]) -> None:
    """Spreadsheets that were brought, or made for staff, and name them; what bodies hand in is theirs."""
    for made in db.session.scalars(select(NeedImport)):
        if _is_in_file(made.file_id, who):
            made.file.content, made.file.size, made.file.sha256 = b"", 0, hashlib.sha256(b"").hexdigest()
            made.state = made.state if made.state is ImportState.SAVED else ImportState.DISCARDED
            done["need_imports"] += 1
    for task_id in db.session.scalars(select(ExportPiece.task_id).distinct()).all():
        pieces = select(ExportPiece.content).where(ExportPiece.task_id == task_id).order_by(ExportPiece.number)
        if _says(b"".join(db.session.scalars(pieces)), who):
            db.session.execute(delete(ExportPiece).where(ExportPiece.task_id == task_id))
            db.session.execute(delete(Task).where(Task.id == task_id))
            done["export_pieces"] += 1
    db.session.flush()


def _is_in_file(number: int, who: Person) -> bool:
    return _says(db.session.scalar(select(StoredFile.content).where(StoredFile.id == number)) or b"", who)


def _says(data: bytes, who: Person) -> bool:
    return any(who.is_written_in(text, certain=True) for text in _texts_of(data))


def _texts_of(data: bytes) -> Iterable[str]:
    """What a spreadsheet says: the parts of a package unpacked, or a plain text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [name for name in package.namelist() if name.endswith(".xml")]
            return [package.read(name).decode("utf-8", "replace") for name in names]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):  # no package, or one nobody can open
        return [data.decode("utf-8-sig", "replace"), data.decode("cp949", "replace")]


def _blacken(found: Found, row: Any, now: datetime) -> int:
    """Put ○○○ over the person in one row; whether they stood there."""
    if row is None:
        return 0
    names = WORDS[row.__tablename__].split()
    before = {name: getattr(row, name) for name in names}
    certain = _is_certain(found, row, before)
    after = {name: blacken_all(value, found.who, certain) for name, value in before.items()}
    if after == before:
        return 0
    if isinstance(row, ReplyDraft):
        db.session.delete(row)
        return 1
    if isinstance(row, PeopleList):
        after["rows"] = _without(before["rows"], found.who)
    for name, value in after.items():
        if value != before[name]:
            setattr(row, name, _fitting(row, name, value) or _least(row, name))
    if isinstance(row, AuditEntry):
        row.redacted_at = now  # the database lets an entry change in no other way
    return 1


def _fitting(row: Any, name: str, value: Any) -> Any:
    """What there is room for: ○○○ is longer than a name of two letters."""
    return value[: inspect(type(row)).columns[name].type.length] if isinstance(value, str) else value


def _least(row: Any, name: str) -> Any:
    """What a column takes where nothing is left in it."""
    column = inspect(type(row)).columns[name]
    return None if column.nullable else GONE if isinstance(getattr(row, name), str) else type(getattr(row, name))()


def _without(rows: list[dict[str, Any]], who: Person) -> list[dict[str, Any]]:
    """A list of people without this one."""
    kept = [each for each in rows[1:] if not who.is_meant_by(texts_in(each.get("cells", [])))]
    return rows[:1] + [blacken_all(each, who) for each in kept]


def _is_by_them(found: Found, row: Any) -> bool:
    """Whether they did it, said it, or it was said to them: however short their name is, or who bears it as well."""
    by = {
        "actor_id": found.rows[User],
        "created_by_id": found.rows[User],
        "registration_id": found.rows[Registration],
        "slot_id": found.slots,
    }
    if any(getattr(row, column, None) in ids for column, ids in by.items()):
        return True
    return isinstance(row, Message) and row.params.get("registration") in found.rows[Registration]


def _is_certain(found: Found, row: Any, before: dict[str, Any]) -> bool:
    """Whether whoever bears one of the names in this row can be nobody else."""
    if isinstance(row, AuditEntry):
        of_theirs = ((model.__tablename__, ids) for model, ids in found.rows.items())
        if any(row.about_type == table and row.about_id in set(ids) for table, ids in of_theirs):
            return True
    if _is_by_them(found, row):
        return True
    said = (text for value in before.values() for text in texts_in(value))
    return certain_of(found, row) or found.who.is_meant_by(said)
