"""The forms of a season's board."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from briefings.needs.models import Audience, Theme
from briefings.seasons.board import HEAP, name_of, number_of
from briefings.seasons.models import Lane
from briefings.web.filters import when
from briefings.web.forms import ChoicesField, Form
from briefings.web.routing import LAST_ROW

NONE_YET = ("", "일시 없음")


class SeenForm(Form):
    """A button; it says which version of the board was looked at."""

    seen = IntegerField("처음 본 상태", [InputRequired(), NumberRange(min=0, max=LAST_ROW)], widget=HiddenInput())


class MoveForm(SeenForm):
    """Which cards go where: `to` is a lane, or 0 for none."""

    need = ChoicesField("수요", coerce=int, validate_choice=False)
    to = SelectField("옮길 회차", [InputRequired()], coerce=lambda value: int(value or 0), validate_choice=False)
    position = IntegerField(
        "자리", [Optional(), NumberRange(min=1, max=9999)], description="비워 두면 맨 뒤에 놓습니다."
    )
    before = HiddenField("앞에 놓을 수요")

    def offer(self, lanes: Iterable[Lane]) -> None:
        """Where cards may go."""
        self.to.choices = [(0, HEAP), *((lane.id, f"{number_of(lane)} {name_of(lane)}") for lane in lanes)]

    def next_one(self) -> int | None:
        """The need that the cards are dropped in front of."""
        text = self.before.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class TimeForm(SeenForm):
    """When a lane begins: one of the season's times, or none yet."""

    starts_at = SelectField("일시", validate_choice=False)

    def validate_starts_at(self, field: SelectField) -> None:
        """A moment with its zone, in our century."""
        try:
            found = self.moment()
        except ValueError:
            raise ValidationError("목록에 있는 것 가운데 골라 주세요.") from None
        if found and (found.tzinfo is None or not 2000 <= found.year < 2100):
            raise ValidationError("목록에 있는 것 가운데 골라 주세요.")

    def moment(self) -> datetime | None:
        """The time chosen."""
        return datetime.fromisoformat(self.starts_at.data) if self.starts_at.data else None


class LaneForm(TimeForm):
    """What can be written about a lane."""

    title = StringField(
        "이름", [Length(max=120)], description="비워 두면 주제와 대상으로 부릅니다. 설명회의 제목이 됩니다."
    )
    theme_id = SelectField("주제", [InputRequired()], coerce=int)
    audience_id = SelectField("대상", [InputRequired()], coerce=int)

    def offer(
        self, themes: Iterable[Theme], audiences: Iterable[Audience], times: Sequence[tuple[datetime, str]]
    ) -> None:
        """What there is to choose from; each time with what else is held then."""
        self.theme_id.choices = [(theme.id, theme.name) for theme in themes]
        self.audience_id.choices = [(audience.id, audience.name) for audience in audiences]
        self.starts_at.choices = [NONE_YET, *((moment.isoformat(), when(moment) + note) for moment, note in times)]
        self.starts_at.flags.unmarked = True


class MergeForm(SeenForm):
    """Which lane takes another's cards in."""

    into = SelectField("합칠 회차", [InputRequired()], coerce=int, validate_choice=False)

    def offer(self, lanes: Iterable[Lane]) -> None:
        """The other lanes."""
        self.into.choices = [(lane.id, f"{number_of(lane)} {name_of(lane)}") for lane in lanes]
