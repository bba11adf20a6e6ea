"""The owner's side: register a need, edit it, submit it, take it back, close it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.accounts.signing_in import user_with
from briefings.audit.recording import history_of, record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Audience, Need, NeedState, Region, Round, Stage, Theme
from briefings.needs.review_models import Review, ReviewState, Selection
from briefings.needs.rounds import not_open_reason
from briefings.organizations.finding import acts_for, members_of
from briefings.organizations.models import Organization
from briefings.outbox.queueing import Recipient, queue
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a need says, as typed: the attributes of `Need` that its owner may change."""

    title: str
    summary: str = ""
    background: str = ""
    offers: str = ""
    offer_tags: Sequence[str] = ()
    seeks: str = ""
    seek_tags: Sequence[str] = ()
    themes: Sequence[Theme] = ()
    audiences: Sequence[Audience] = ()
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
BEGUN_WITH = ("title", "summary", "background")
LISTS = ("offer_tags", "seek_tags", "themes", "audiences")
PERSONAL = ("contact_name", "contact_phone", "contact_email")
"""The log says that these changed, not from what to what: personal data has no place in what is kept for good."""


def lacking(need: Need | Entry) -> list[str]:
    """The fields staff and partners cannot do without and that are still empty, in the order of the form."""
    return [name for name in REQUIRED_TO_SUBMIT if not getattr(need, name)]


class AlreadyBegun(Refused):
    """There is a draft of that title already: `draft`."""

    def __init__(self, draft: Need) -> None:
        super().__init__(
            N_("같은 이름의 초안이 이미 있습니다. 그 초안을 이어서 쓰시거나, 다른 과제이면 한 번 더 저장해 주세요."),
            field="title",
        )
        self.draft = draft


def begin(entry: Entry, organization: Organization, by: User, now: datetime, beside: int | None = None) -> Need:
    """A new draft, or the one that the same words began: the form is sent again by whoever goes back to it.

    Refused with `AlreadyBegun` where other words stand in a draft of that title, unless the new one is to be another
    need than that, which is `beside` it.
    """
    lock(organization)
    drafts = select(Need).where(Need.organization_id == organization.id, Need.state == NeedState.DRAFT)
    of_title = db.session.scalars(drafts.where(Need.title == entry.title).order_by(Need.id.desc())).all()
    for draft in of_title:
        if draft.created_by_id == by.id and all(getattr(draft, name) == getattr(entry, name) for name in BEGUN_WITH):
            return draft
    if of_title and of_title[0].id != beside:
        raise AlreadyBegun(of_title[0])
    return register(entry, organization, by, now)


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

    `seen` is the `changed_at` of the version the person typed over: Refused if somebody changed the same since.
    What staff or everybody read already may be reworded but not emptied.
    """
    lock(need)
    if need.not_editable:
        raise Refused(need.not_editable)
    before, after = _said(need), _said(entry)
    changed = {name: _logged(name, before, after) for name in FIELDS if before[name] != after[name]}
    if seen is None or (seen != need.changed_at and _changed_since(need, seen) & set(changed)):
        raise Refused(STALE, at=need.changed_at)
    if need.state is not NeedState.DRAFT:
        _refuse(name for name in lacking(entry) if name in changed)
    if not changed:
        return
    _write(need, entry)
    need.touch(now)
    if "contact_email" in changed and need.claim_asked_at and not need.claimed_at:
        need.revoke_claim()
    record(by, "need.edited", need, need.changed_at, changed=changed)
    if need.is_public:
        announce(Event.NEED_CHANGED, need, now)


STALE = N_(
    "그 사이 다른 사람이, 또는 다른 창에서 이 과제를 고쳤습니다(%(at)s). 적으신 내용은 그대로 두었습니다. "
    "지금 저장된 내용과 비교해 보고, 다시 저장하면 적으신 내용으로 바뀝니다."
)


def choose_round(need: Need, round: Round | None, by: User, now: datetime, shown: str | None = None) -> None:
    """Let the need belong to a round, or to none; whoever is not staff may join and leave only what is open.

    `shown` is the public id of the round that the person's page showed as that of the need (empty for none):
    Refused if the need is in another since.
    """
    lock(need)
    if need.not_editable:
        raise Refused(need.not_editable)
    if round is need.round:
        return
    if shown is not None and shown != (need.round.public_id if need.round else ""):
        raise Refused(STALE, at=need.changed_at)
    if need.round and (kept := round_kept_reason(need, by)):
        raise Refused(kept, field="round")
    if not by.is_staff:
        closed = [reason for each in (need.round, round) if each and (reason := not_open_reason(each, now))]
        if closed:
            raise Refused(closed[0], field="round")
    before, need.round = need.round, round
    need.touch(now)
    names = [each.name if each else "" for each in (before, round)]
    record(by, "need.round_chosen", need, need.changed_at, changed={"round": names})


def round_kept_reason(need: Need, by: User) -> str | None:
    """Why the need stays in its round whether or not that is open: it is under review there, or decided, if so."""
    selection = db.session.get(Selection, need.id)
    states = set(db.session.scalars(select(Review.state).where(Review.need_id == need.id)))
    if not by.is_staff:
        return UNDER_REVIEW if selection or states else None
    if selection:
        return DECIDED_AND_TOLD if selection.told_at else DECIDED
    return GIVEN_OUT if states - {ReviewState.RECUSED} else None


UNDER_REVIEW = N_("심사가 시작된 과제는 수요조사를 바꿀 수 없습니다. 담당자에게 알려 주세요.")
GIVEN_OUT = (
    "심사위원에게 맡긴 과제는 수요조사를 바꿀 수 없습니다. "
    "심사 화면에서 배정을 모두 거두거나 보낸 점수를 뺀 다음에 바꿔 주세요."
)
DECIDED = "선정 여부를 정한 과제는 수요조사를 바꿀 수 없습니다. 심사 화면에서 결정을 먼저 없던 일로 해 주세요."
DECIDED_AND_TOLD = (
    "심사 결과를 알린 과제는 수요조사를 바꿀 수 없습니다. 다른 수요조사에 낼 과제라면 새 과제로 등록해 주세요."
)


def submit(need: Need, by: User, now: datetime) -> None:
    """Hand it to staff and confirm that by mail; Refused while something is missing, or its round takes none any more.

    What was returned may come back after the round has closed.
    """
    lock(need)
    _refuse(lacking(need))
    late = need.state is NeedState.DRAFT and need.round and not_open_reason(need.round, now)
    if need.round and late and not by.is_staff:
        raise Refused(ROUND_OVER, field="round", round=need.round.name)
    need.submit(now)
    record(by, "need.submitted", need, now)
    tell_owner("need_submitted", need, now)


ROUND_OVER = N_("‘%(round)s’의 접수가 끝났습니다. 다른 수요조사를 고르거나 수요조사와 상관없이 제출해 주세요.")


def withdraw(need: Need, by: User, now: datetime) -> None:
    """Take it back for good; no longer public."""
    lock(need)
    if need.is_public:
        announce(Event.NEED_CLOSED, need, now)
    need.withdraw()
    record(by, "need.withdrawn", need, now)


def close(need: Need, by: User, now: datetime) -> None:
    """Take no more replies; stays readable."""
    lock(need)
    need.close()
    record(by, "need.closed", need, now)
    announce(Event.NEED_CLOSED, need, now)


def reopen(need: Need, by: User, now: datetime) -> None:
    """Take replies again."""
    lock(need)
    need.reopen()
    record(by, "need.reopened", need, now)
    announce(Event.NEED_CHANGED, need, now)


def owners_of(need: Need) -> list[Recipient]:
    """Who hears of what happens to a need: its contact, and the account that entered it if that is another person.

    Where neither is known, everybody who acts for its organization. An account that does so no more hears nothing.
    """
    contact, author = need.contact_email.lower(), need.created_by
    people = [author] if author and acts_for(author, need.organization) else []
    if not people and not contact:
        people = members_of(need.organization)
    known = [Recipient(user.email, user.name, user.locale) for user in people]
    if contact and contact not in (user.email for user in people):
        known.append(Recipient(contact, need.contact_name or need.organization.name))
    return known


def has_left(address: str, need: Need) -> bool:
    """Whether an account that was to hear of a need does not act for its organization any more.

    Asked again when a message goes out, which may be days later; its contact hears in any case.
    """
    user = user_with(address)
    if user is None or user.email == need.contact_email.lower():
        return False
    return not acts_for(user, need.organization)


def tell_owner(kind: str, need: Need, now: datetime) -> None:
    """Queue a mail of `kind` to each of `owners_of` the need."""
    for place, person in enumerate(owners_of(need)):
        key = f"{kind}:{need.id}:{now:%Y%m%d%H%M%S%f}:{place}"
        queue(kind, key, person, now, about=f"need:{need.id}", need=need.id)


def _refuse(missing: Iterable[str]) -> None:
    for name in missing:
        raise Refused(N_("아직 비어 있는 필수 항목이 있습니다."), field=name)


def _changed_since(need: Need, seen: datetime) -> set[str]:
    later = (entry for entry in history_of(need) if entry.action == "need.edited" and entry.at > seen)
    return {name for entry in later for name in entry.detail["changed"]}


def _write(need: Need, entry: Entry) -> None:
    for name in FIELDS:
        value = getattr(entry, name)
        setattr(need, name, list(value) if name in LISTS else value)


def _said(need: Need | Entry) -> dict[str, Any]:
    return {name: _plain(name, getattr(need, name)) for name in FIELDS}


def _plain(name: str, value: Any) -> Any:
    if name in LISTS:
        return [item if isinstance(item, str) else item.name for item in value]
    return value.value if isinstance(value, StrEnum) else value


def _logged(name: str, before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    return [] if name in PERSONAL else [before[name], after[name]]
