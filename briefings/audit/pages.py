"""The log as staff read it: administrators everything, officers what they did themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.audit.about import Subject, names_of, subjects_of, titles_of
from briefings.audit.details import Vocabulary, in_words, referred
from briefings.audit.finding import LOOKED_THROUGH, MOST, find, number_of
from briefings.audit.forms import AuditFilters, action_words
from briefings.audit.models import AuditEntry
from briefings.audit.recording import SEEN
from briefings.audit.words import DEEDS, OF_LINKS, Deed, deed_of
from briefings.web.access import access_of, staff
from briefings.web.filters import as_read

pages = Blueprint("staff_audit", __name__, url_prefix="/staff/audit")
PROGRAM = "프로그램"
NOBODY_KNOWN = "알 수 없음"
BY_LINK = "개인 링크를 받은 사람"
TONES = {
    Deed.SEEN: "quiet",
    Deed.CHANGED: "info",
    Deed.EXPORTED: "warning",
    Deed.SENT: "success",
    Deed.SIGNED_IN: "quiet",
}


@dataclass(frozen=True)
class Line:
    """One entry as it is read."""

    entry: AuditEntry
    who: str
    deed: Deed
    what: str
    subject: Subject
    about: str
    """By which everything about the same thing is found; empty where it is about nothing but what was done."""
    details: list[str]


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """What was done, the newest on top, under the conditions of the address."""
    own = None if current_user.is_administrator else current_user.id
    filters, now = AuditFilters(request.args), clock.now()
    search = filters.search(ZoneInfo(current_app.config["TIMEZONE"]), own)
    found = find(search, now, request.args.get("before", ""), request.args.get("after", ""))
    return render_template(
        "audit/index.html",
        own=own,
        filters=filters,
        here=filters.said(),
        conditions=_conditions(filters),
        lines=lines_of(found.entries),
        found=found,
        number=number_of(search, now),
        most=MOST,
        since=now - LOOKED_THROUGH if search.words and not search.since else None,
        deeds=DEEDS,
        tones=TONES,
        link_to=link_to,
    )


def lines_of(entries: Sequence[AuditEntry]) -> list[Line]:
    """The entries as they are read, by one statement for each kind of thing they are about."""
    subjects = subjects_of(entries)
    titles = titles_of(thing for entry in entries for thing in referred(entry.detail))
    nameless = [entry.actor_id for entry in entries if entry.actor_id is not None and not entry.actor_name]
    names = names_of(nameless)
    return [_line(entry, subjects, names, titles) for entry in entries]


def _line(
    entry: AuditEntry,
    subjects: dict[tuple[str, int], Subject],
    names: dict[int, str],
    titles: dict[tuple[str, int], str],
) -> Line:
    name = entry.about_type.removeprefix(SEEN)
    subject = Subject("") if _is_about_nothing(entry, name) else subjects[name, entry.about_id]
    extensions = current_app.extensions
    return Line(
        entry,
        who_did(entry, names),
        deed_of(entry.action),
        action_words().get(entry.action, entry.action),
        subject,
        f"{name}:{entry.about_id}" if subject.words else "",
        in_words(
            entry.detail,
            Vocabulary(extensions["audit_names"].get(entry.about_type, {}), extensions["audit_values"], titles),
        ),
    )


def _is_about_nothing(entry: AuditEntry, name: str) -> bool:
    """Whether there is no thing: what is about a whole list, or a setting, is kept under whoever did it."""
    return name == "users" and entry.about_id == entry.actor_id and not entry.action.startswith("account.")


def who_did(entry: AuditEntry, names: dict[int, str]) -> str:
    """Whoever did it, in a word: by the name of then, or what the account is called now where that was taken out."""
    if entry.actor_name:
        return entry.actor_name
    if entry.actor_id is not None:
        return names.get(entry.actor_id, NOBODY_KNOWN)
    if entry.action == "account.sign_in_failed":
        return NOBODY_KNOWN
    return BY_LINK if entry.action in OF_LINKS else PROGRAM


def link_to(subject: Subject) -> str:
    """Where it is shown, if it is there still and whoever reads this may open it."""
    mark = access_of(current_app, subject.endpoint) if subject.endpoint else None
    may = mark == "staff" or (mark == "administrator" and current_user.is_administrator)
    return url_for(subject.endpoint, **subject.values) if may else ""


def _conditions(filters: AuditFilters) -> list[tuple[str, str]]:
    """The conditions in force, each with the address without it."""
    said = filters.said()
    return [
        (_condition(filters, name), url_for(".index", **{key: value for key, value in said.items() if key != name}))
        for name in said
    ]


def _condition(filters: AuditFilters, name: str) -> str:
    field = filters[name]
    if name == "actor":
        return f"누가: {as_read(names_of([int(field.data)]).get(int(field.data), NOBODY_KNOWN))}"
    if name == "about":
        kind, _, number = field.data.partition(":")
        entry = AuditEntry(about_type=kind, about_id=int(number))
        [subject] = subjects_of([entry]).values()
        # Of what they had nothing to do with officers learn no title here: it may be a name.
        return f"{subject.words}: {(current_user.is_administrator and as_read(subject.title)) or number}"
    chosen = {choice.value: choice.label for choice in getattr(field, "choices", ())}.get(field.data, field.data)
    return f"{field.label.text}: {chosen}"
