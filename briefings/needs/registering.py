"""The owner's side: register a need, edit it, submit it, take it back, close it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Audience, Need, NeedState, Region, Stage, Theme
from briefings.organizations.finding import members_of
from briefings.organizations.models import Organization
from briefings.outbox.queueing import Recipient, queue


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a need says, as typed: the attributes of `Need` that its owner may change."""

    title: str
    summary: str = ""
    background: str = ""
    offers: str = ""
    offer_tags: Iterable[str] = ()
    seeks: str = ""
    seek_tags: Iterable[str] = ()
    themes: Iterable[Theme] = ()
    audiences: Iterable[Audience] = ()
    beneficiaries: str = ""
    region: Region = Region.NATIONWIDE
    stage: Stage = Stage.IDEA
    period: str = ""
    department: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


FIELDS = tuple(field.name for field in fields(Entry))
REQUIRED_TO_SUBMIT = ("summary", "offers", "seeks", "themes", "audiences", "contact_name", "contact_email")
LISTS = ("offer_tags", "seek_tags", "themes", "audiences")
PERSONAL = ("contact_name", "contact_phone", "contact_email")
"""The log says that these changed, not from what to what: personal data has no place in what is kept for good."""


def lacking(need: Need | Entry) -> list[str]:
    """The fields staff and partners cannot do without and that are still empty, in the order of the form."""
    return [name for name in REQUIRED_TO_SUBMIT if not getattr(need, name)]


def register(entry: Entry, organization: Organization, by: User, now: datetime) -> Need:
    """A new draft of `organization`, with whatever is there; flushed."""
    need = Need(organization=organization, created_by_id=by.id, created_at=now, changed_at=now)
    db.session.add(need)
    _write(need, entry)
    db.session.flush()
    record(by, "need.registered", need, now)
    return need


def edit(need: Need, entry: Entry, seen: datetime | None, by: User, now: datetime) -> None:
    """Replace what the need says and log what changed; live at once if it is published.

    `seen` is the `changed_at` of the version the person typed over: Refused if somebody changed it since.
    """
    lock(need)
    if need.not_editable:
        raise Refused(need.not_editable)
    if seen != need.changed_at:
        raise Refused(STALE, at=need.changed_at)
    if need.state is not NeedState.DRAFT:
        _refuse_incomplete(entry)
    before = _said(need)
    _write(need, entry)
    after = _said(need)
    changed = {name: _logged(name, before, after) for name in FIELDS if before[name] != after[name]}
    if not changed:
        return
    # Two changes never bear the same moment, or the second of them would not be seen to be stale.
    need.changed_at = max(now, need.changed_at + timedelta(microseconds=1))
    record(by, "need.edited", need, now, changed=changed)


STALE = N_(
    "그 사이 다른 사람이 이 과제를 고쳤습니다(%(at)s). 적으신 내용은 그대로 두었습니다. "
    "지금 저장된 내용과 비교해 보고, 다시 저장하면 적으신 내용으로 바뀝니다."
)


def submit(need: Need, by: User, now: datetime) -> None:
    """Hand it to staff and confirm that by mail; Refused while something is missing."""
    lock(need)
    _refuse_incomplete(need)
    need.submit(now)
    record(by, "need.submitted", need, now)
    tell_owner("need_submitted", need, now)


def withdraw(need: Need, by: User, now: datetime) -> None:
    """Take it back for good; no longer public."""
    lock(need)
    need.withdraw()
    record(by, "need.withdrawn", need, now)


def close(need: Need, by: User, now: datetime) -> None:
    """Take no more replies; stays readable."""
    lock(need)
    need.close()
    record(by, "need.closed", need, now)


def owners_of(need: Need) -> list[Recipient]:
    """Who hears of what happens to a need: its contact, and the account that entered it if that is another person.

    Where neither is known, everybody who acts for its organization.
    """
    contact, author = need.contact_email.lower(), need.created_by
    people = [author] if author and author.is_member and author.active else []
    if not people and not contact:
        people = members_of(need.organization)
    known = [Recipient(user.email, user.name, user.locale) for user in people]
    if contact and contact not in (user.email for user in people):
        known.append(Recipient(contact, need.contact_name or need.organization.name))
    return known


def tell_owner(kind: str, need: Need, now: datetime) -> None:
    """Queue a mail of `kind` to each of `owners_of` the need."""
    for place, person in enumerate(owners_of(need)):
        queue(kind, f"{kind}:{need.id}:{now:%Y%m%d%H%M%S%f}:{place}", person, now, need=need.id)


def _refuse_incomplete(need: Need | Entry) -> None:
    if missing := lacking(need):
        raise Refused(N_("아직 비어 있는 필수 항목이 있습니다."), field=missing[0])


def _write(need: Need, entry: Entry) -> None:
    for name in FIELDS:
        value = getattr(entry, name)
        setattr(need, name, list(value) if name in LISTS else value)


def _said(need: Need) -> dict[str, Any]:
    return {name: _plain(getattr(need, name)) for name in FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [item if isinstance(item, str) else item.name for item in value]
    return value.value if isinstance(value, StrEnum) else value


def _logged(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    return [] if name in PERSONAL else [before[name], after[name]]
