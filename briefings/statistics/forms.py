"""What the statistics pages ask: the day to count up to, what to count, and by what to break it down."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from briefings.needs import finding
from briefings.needs.models import Region
from briefings.needs.rounds import latest_rounds
from briefings.needs.words import REGIONS
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.statistics.scope import EARLIEST, LATEST, Axis, Scope
from briefings.statistics.words import AXES
from briefings.web.forms import Filters, options

ALL = "전체"


def _of_our_time(form: Any, field: Field) -> None:
    if field.data and not EARLIEST < field.data < LATEST:
        raise ValidationError("1900년과 2900년 사이의 날짜를 적어 주세요.")


class AsOf(Filters):
    """The day to count up to; today where none was named, or one that is still to come, which is said at the field."""

    as_of = DateField(_l("기준일"), [Optional()])

    def __init__(self, args: Any, today: date) -> None:
        super().__init__(args, data={"as_of": today})
        self.today = today

    def validate_as_of(self, field: Field) -> None:
        """Nothing can be counted yet."""
        if field.data and field.data > self.today:
            raise ValidationError(_l("아직 오지 않은 날입니다. 오늘까지 센 수를 보여 드립니다."))

    @property
    def day(self) -> date:
        """The day that is counted up to."""
        return self.as_of.data if self.validate() and self.as_of.data else self.today


class ScopeFilters(Filters):
    """The conditions, and by what to break down; what makes no sense counts as none, and is said at its field."""

    theme = SelectField("주제", validate_choice=False)
    audience = SelectField("대상", validate_choice=False)
    region = SelectField("과제의 지역", choices=options(REGIONS, empty=ALL), validate_choice=False)
    round = SelectField("수요조사", validate_choice=False)
    owner_kind = SelectField("수요기관 유형", choices=options(KINDS, empty=ALL), validate_choice=False)
    kind = SelectField("참여기관 유형", choices=options(KINDS, empty=ALL), validate_choice=False)
    since = DateField("언제부터", [Optional(), _of_our_time])
    until = DateField("언제까지", [Optional(), _of_our_time])
    by = SelectField("나누어 보기", choices=options(AXES, empty="나누지 않음"), validate_choice=False)
    briefing = HiddenField()

    def __init__(self, args: Any) -> None:
        super().__init__(args)
        known: dict[str, Sequence[Any]] = {
            "theme": finding.themes(),
            "audience": finding.audiences(),
            "round": latest_rounds(),
        }
        self.numbers = {name: {str(row.id): row.id for row in rows} for name, rows in known.items()}
        for name, rows in known.items():
            self[name].choices = [SelectChoice("", ALL), *(SelectChoice(str(row.id), row.name) for row in rows)]
        self.validate()
        if self.since.data and self.until.data and self.until.data < self.since.data:
            self.until.errors = [*self.until.errors, "‘언제부터’와 같거나 그 뒤의 날짜를 적어 주세요."]

    def scope(self) -> Scope:
        """What is asked for, as far as it makes sense."""
        briefing = self.briefing.data or ""
        return Scope(
            theme_id=self.numbers["theme"].get(self.theme.data),
            audience_id=self.numbers["audience"].get(self.audience.data),
            region=Region(self.region.data) if self.region.data in set(Region) else None,
            round_id=self.numbers["round"].get(self.round.data),
            briefing_id=int(briefing) if briefing.isdecimal() and len(briefing) < 10 else None,
            owner_kind=_kind(self.owner_kind),
            kind=_kind(self.kind),
            since=_day(self.since),
            until=_day(self.until),
        )

    def axis(self) -> Axis | None:
        """By what to break down, if at all."""
        return Axis(self.by.data) if self.by.data in set(Axis) else None


def _kind(field: Field) -> OrganizationKind | None:
    return OrganizationKind(field.data) if field.data in set(OrganizationKind) else None


def _day(field: Field) -> date | None:
    return None if field.errors else field.data
