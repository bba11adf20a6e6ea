"""Forms of needs: returning one, the lists' filters, themes and audiences. `part_forms` has those it is written in."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from briefings import clock
from briefings.needs import finding
from briefings.needs.models import NeedState, NeedStatus, Region, Stage, Theme
from briefings.needs.rounds import latest_rounds
from briefings.needs.words import NEED_STATES, REGIONS, STAGES, STATUSES
from briefings.web.filters import local
from briefings.web.forms import ChoicesField, Filters, Form, options, searchable
from briefings.web.labels import label

E = TypeVar("E", bound=StrEnum)
ALL = _l("전체")
OWN = "own"
"""Stands in the address for the themes that whoever looks answers for."""
RETURNED = {finding.Returned.LATE: "돌려보냄: 고칠 기한이 지남", finding.Returned.AHEAD: "돌려보냄: 고칠 기한이 남음"}
REMINDED = "이틀 전에 수요기관에 한 번 더 알립니다. 비워 두면 기한이 없습니다."


class ReturnForm(Form):
    """What the owner has to put right, and until when."""

    reason = TextAreaField(
        "돌려보내는 까닭",
        [DataRequired(), Length(max=2000)],
        description="무엇을 어떻게 고치면 되는지 적어 주세요. 수요기관에 그대로 전해집니다.",
    )
    due_on = DateField("고칠 기한", [Optional()], description=f"10근무일 뒤를 제안합니다. {REMINDED}")


class DeadlineForm(Form):
    """Another day until when a returned need should be put right."""

    due_on = DateField("고칠 기한", [Optional()], description=REMINDED)


class NeedFilters(Filters):
    """What to look for among needs; an unknown value counts as none."""

    q = StringField(_l("검색어"), filters=[searchable], render_kw={"maxlength": 100, "type": "search"})
    theme = SelectField(_l("주제"))
    audience = SelectField(_l("찾는 기관"))

    def __init__(self, args: MultiDict[str, str]) -> None:
        super().__init__(args)
        self.rows: dict[str, Any] = {"theme": finding.themes(), "audience": finding.audiences()}
        for name, rows in self.rows.items():
            self[name].choices = [SelectChoice("", ALL), *(SelectChoice(str(row.id), label(row)) for row in rows)]
        self.args = args

    def search(self) -> finding.Search:
        """The conditions, as far as they make sense."""
        return finding.Search(
            q=self.q.data or "",
            theme=self._row("theme"),
            audience=self._row("audience"),
            by_title=self.args.get("sort") == "title",
            page=_page_number(self.args.get("page", "")),
        )

    def conditions(self) -> list[tuple[str, str]]:
        """(words, name in the address) of each condition in force, but for the words looked for."""
        chosen = {field: _chosen(field) for field in self if isinstance(field, SelectField)}
        return [(f"{field.label.text}: {name}", field.name) for field, name in chosen.items() if name]

    def _row(self, name: str) -> Any:
        return next((row for row in self.rows[name] if str(row.id) == self[name].data), None)


class PublicNeedFilters(NeedFilters):
    """The filters of the public list."""

    region = SelectField(_l("지역"), choices=options(REGIONS, empty=ALL))
    stage = SelectField(_l("단계"), choices=options(STAGES, empty=ALL))
    status = SelectField(_l("상태"), choices=options(STATUSES, empty=ALL))
    key = BooleanField(_l("주요 과제만"), render_kw={"value": "1"})

    def search(self) -> finding.Search:
        """The conditions, as far as they make sense."""
        return replace(
            super().search(),
            region=_member(Region, self.region.data),
            stage=_member(Stage, self.stage.data),
            status=_member(NeedStatus, self.status.data),
            key=self.key.data,
        )

    def conditions(self) -> list[tuple[str, str]]:
        """Also whether only key needs are wanted."""
        return super().conditions() + ([(self.key.label.text, self.key.name)] if self.key.data else [])


class StaffNeedFilters(NeedFilters):
    """The filters of the staff's list; `own`: the themes that whoever looks answers for, if not for all."""

    state = SelectField("상태", choices=[*options(NEED_STATES, empty=ALL), *options(RETURNED)])
    round = SelectField("수요조사")

    def __init__(self, args: MultiDict[str, str], own: Sequence[Theme] = ()) -> None:
        super().__init__(args)
        self.own = own
        if own:
            names = ", ".join(theme.name for theme in own)
            self.theme.choices.insert(1, SelectChoice(OWN, f"내 담당 주제 ({names})"))
        self.rows["round"] = rounds = latest_rounds()
        self.round.choices = [SelectChoice("", ALL), *(SelectChoice(str(each.id), each.name) for each in rounds)]

    def search(self) -> finding.Search:
        """The conditions, as far as they make sense."""
        own = tuple(theme.id for theme in self.own) if self.theme.data == OWN else ()
        state, round_ = _member(NeedState, self.state.data), self._row("round")
        returned, late = _member(finding.Returned, self.state.data), None
        if returned:
            state, late = NeedState.RETURNED, (local(clock.now()).date(), returned is finding.Returned.LATE)
        return replace(super().search(), state=state, round=round_, own_themes=own, late=late)


class TopicForm(Form):
    """The name of a theme or an audience in both languages."""

    name = StringField("이름", [DataRequired(), Length(max=60)])
    name_en = StringField("영어 이름", [DataRequired(), Length(max=60)], render_kw={"lang": "en"})


def _member(kind: type[E], value: str | None) -> E | None:
    return kind(value) if value in set(kind) else None


def _chosen(field: SelectField) -> str | None:
    return next((choice.label for choice in field.choices if choice.value and choice.value == field.data), None)


def _page_number(text: str) -> int:
    """At least 1, and small enough for every database to count the rows before it."""
    return max(int(text[:6]), 1) if text.isdecimal() else 1


class OfficerThemesForm(Form):
    """Which themes an officer answers for."""

    themes = ChoicesField("담당 주제", coerce=int, description="하나도 고르지 않으면 모든 주제를 맡습니다.", choices=[])
