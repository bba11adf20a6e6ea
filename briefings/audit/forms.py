"""The conditions under which the log is looked through, from the address of the page."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp, ValidationError

from briefings.audit.about import KINDS
from briefings.audit.finding import Search
from briefings.audit.seeing import digest_of_person
from briefings.audit.words import DEEDS, EXPORTED, GROUPS, OF_EXPORTS, deed_of
from briefings.web.forms import Filters, options

ABOUT = r"[a-z_]{1,40}:[0-9]{1,9}$"


def _of_our_time(form: Filters, field: DateField) -> None:
    if field.data and not 2000 <= field.data.year <= 2200:
        raise ValidationError("2000년부터 2200년까지의 날짜를 적어 주세요.")


class AuditFilters(Filters):
    """Who did what to which thing, when; what is not understood counts as not said."""

    who = StringField("누가", [Optional(), Length(max=320)], description="이름이나 전자우편 주소")
    deed = SelectField("한 일", [Optional()], choices=options(DEEDS, empty="모두"))
    group = SelectField("분야", [Optional()])
    kind = SelectField("무엇에", [Optional()])
    named = StringField("그 이름", [Optional(), Length(max=200)], description="제목이나 이름에 있는 말")
    person = StringField("누구의 개인정보", [Optional(), Length(max=320)], description="전자우편 주소 전체")
    since = DateField("언제부터", [Optional(), _of_our_time])
    until = DateField("언제까지", [Optional(), _of_our_time])
    q = StringField("자세한 내용", [Optional(), Length(max=100)], description="내용에 있는 말")
    about = HiddenField(validators=[Optional(), Regexp(ABOUT)])
    actor = HiddenField(validators=[Optional(), Regexp(r"[0-9]{1,9}$")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(KINDS.items(), key=lambda each: each[1].words)
        self.group.choices = [
            SelectChoice("", "모든 분야"),
            *(SelectChoice(name, name) for name in (*GROUPS, OF_EXPORTS)),
        ]
        self.kind.choices = [SelectChoice("", "모든 것"), *(SelectChoice(name, kind.words) for name, kind in kinds)]
        self.validate()
        if self.since.data and self.until.data and self.until.data < self.since.data:
            self.until.errors = [*self.until.errors, "‘언제부터’와 같거나 그 뒤의 날짜를 적어 주세요."]

    def said(self) -> dict[str, Any]:
        """Each condition that is said and understood, as it stands in an address."""
        return {field.name: field.raw_data[0] for field in self if field.data and not field.errors and field.raw_data}

    def search(self, zone: ZoneInfo, own: int | None = None) -> Search:
        """What to look for; `own`: among the acts of this account alone."""
        said = {field.name: field.data for field in self if field.data and not field.errors}
        about_type, _, about_id = said.get("about", "").partition(":")
        return Search(
            actor=own if own is not None else int(said["actor"]) if "actor" in said else None,
            who="" if own is not None else said.get("who", ""),
            actions=_actions(said.get("deed"), said.get("group")),
            about_type=about_type or said.get("kind", ""),
            about_id=int(about_id) if about_id else None,
            named=said.get("named", ""),
            person=_person(said.get("person", "")),
            since=_midnight(said.get("since"), zone),
            until=_midnight(said.get("until"), zone, days=1),
            words=said.get("q", ""),
        )


def action_words() -> Mapping[str, str]:
    """What every act is called, exports by their lists."""
    return current_app.extensions["audit_actions"]


def _actions(deed: str | None, group: str | None) -> Collection[str] | None:
    if not deed and not group:
        return None
    known = action_words()
    if group == OF_EXPORTS:
        known = {action: words for action, words in known.items() if action.endswith(EXPORTED)}
    elif group:
        known = GROUPS[group]
    return [action for action in known if not deed or deed_of(action) == deed]


def _person(address: str) -> tuple[str, str] | None:
    email = address.strip().lower()
    return (email, digest_of_person(email)) if email else None


def _midnight(day: date | None, zone: ZoneInfo, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time(), zone) if day else None
