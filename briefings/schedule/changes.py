"""What an edit changes, and what somebody else changed, or keeps to publish later, meanwhile."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.errors import Refused
from briefings.schedule.models import Briefing, Eligibility, Visibility
from briefings.schedule.words import ACTIONS, APPROVAL, DETAILS, ELIGIBILITIES, VISIBILITIES

SHOWN = 40
"""Longer values are not repeated in a sentence."""
CHOSEN: dict[str, Callable[[Any], str]] = {
    "visibility": lambda name: VISIBILITIES[Visibility(name)],
    "eligibility": lambda name: ELIGIBILITIES[Eligibility(name)],
    "approval": lambda on: APPROVAL[on],
    "replay_captioned": lambda on: "있음" if on else "없음",
}
"""What staff read for a value that was chosen among a few."""
CHANGING = ("briefing.edited", "briefing.moved", "briefing.published", "briefing.cancelled")
"""The acts after which a briefing is another than was looked at; what presenters answer and who registers is not."""
LOOK_AGAIN = "지금 내용을 확인해 주세요."
TYPED = "입력한 내용은 그대로 두었습니다. 확인한 뒤에 다시 저장하면 지금 입력한 내용으로 바뀝니다."


def differences(briefing: Briefing, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Name → [old, new] for those of `values` that the briefing does not have yet, as JSON can keep them."""
    return {
        name: [_kept(getattr(briefing, name)), _kept(value)]
        for name, value in values.items()
        if getattr(briefing, name) != value
    }


def refuse_stale(briefing: Briefing, seen: datetime, then: str = TYPED) -> None:
    """Refused, naming who changed what and what is to be done `then`, if it is not as at `seen` (its `changed_at`)."""
    if briefing.changed_at == seen:
        return
    found = select(AuditEntry).where(
        AuditEntry.about_type == Briefing.__tablename__,
        AuditEntry.about_id == briefing.id,
        AuditEntry.action.in_(CHANGING),
        AuditEntry.at > seen,
    )
    entries = list(db.session.scalars(found.order_by(AuditEntry.at, AuditEntry.id)))
    if not entries:
        raise Refused("오래된 화면입니다. 새로 고친 뒤에 다시 해 주세요.")
    raise Refused(
        "%(who)s 님이 %(at)s에 먼저 바꾸었습니다: %(what)s. " + then,
        who=", ".join(dict.fromkeys(entry.actor_name for entry in entries)),
        at=entries[-1].at,
        what=", ".join(dict.fromkeys(words for entry in entries for words in described(entry))),
    )


def refuse_another_draft(briefing: Briefing, seen: datetime | None, then: str = TYPED) -> None:
    """Refused, naming who keeps what, if the changes not published yet are not those of `seen` (its `pending_at`)."""
    if briefing.pending_at == seen:
        return
    if briefing.pending is None:
        raise Refused("그사이 임시 저장한 내용을 버렸거나 공개했습니다. " + then)
    raise Refused(
        "%(who)s 님이 %(at)s에 먼저 임시 저장했습니다: %(what)s. " + then,
        who=briefing.pending["by"],
        at=briefing.pending_at,
        what=", ".join(dict.fromkeys(_part(key) for key in briefing.pending["changes"])),
    )


def _part(key: str) -> str:
    """What part of a briefing a key of a draft is about: `presenter:5` of the order."""
    return DETAILS.get(key.partition(":")[0], key)


def described(entry: AuditEntry) -> list[str]:
    """What one act on a briefing was, in words: the fields of an edit with short new values, or the act."""
    if presenter := entry.detail.get("presenter"):
        to, need = entry.detail.get("to"), entry.detail["need"]
        return [f"{ACTIONS[entry.action]}: {presenter}{f' → {to}' if to else ''} (‘{need}’)"]
    changed = entry.detail.get("changed")
    if not changed or entry.action != "briefing.edited":
        return [ACTIONS.get(entry.action, entry.action)]
    return [_described(name, new) for name, (_, new) in changed.items()]


def _described(name: str, new: Any) -> str:
    label = DETAILS.get(name, name)
    if name in CHOSEN:
        return f"{label} ‘{CHOSEN[name](new)}’"
    plain = isinstance(new, str | int) and not name.endswith(("_id", "_at"))
    return f"{label} ‘{new}’" if plain and new != "" and len(str(new)) <= SHOWN else label


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
