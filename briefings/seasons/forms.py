"""The staff's forms about seasons: what it is made of, its rules, its times, which needs, what becomes of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from briefings.needs.models import Audience, Round, Theme
from briefings.outbox.reach import Reach
from briefings.schedule.forms import MOST_MINUTES, MOST_PLACES
from briefings.seasons.availability import Contact
from briefings.seasons.candidate_times import Candidate, Pattern, parsed_hours
from briefings.seasons.choosing import Source, Wanted
from briefings.seasons.making import Rules
from briefings.seasons.models import Season, SeasonTime
from briefings.seasons.solving import SECONDS
from briefings.web.filters import WEEKDAYS_KO, when
from briefings.web.forms import ChoicesField, Form, MomentField, searchable
from briefings.web.routing import row_number

GROUPS = [SelectChoice("", "따로 연다"), *(SelectChoice(str(n), f"묶음 {n}") for n in (1, 2, 3))]
MOST_SLOTS = 20
SHOWN = (("", "넣을 수 있는 수요"), ("key", "주요 과제만"), ("chosen", "고른 수요만"))
NEVER = datetime.min.replace(tzinfo=UTC)
RULES = (
    *("name", "min_slots", "max_slots", "talk_minutes", "question_minutes", "opening_minutes", "closing_minutes"),
    *("capacity", "parallel", "organization_once"),
)


def _minutes(label: str, least: int = 0) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(min=least, max=MOST_MINUTES)])


class RulesForm(Form):
    """The name of a season and what every briefing of it obeys; `with_sharing` adds who may share a briefing."""

    seen = HiddenField("처음 본 상태")
    name = StringField(
        "이름", [DataRequired(), Length(max=120)], description="직원끼리만 봅니다. 예: 2027년 상반기 사업설명회"
    )
    min_slots = IntegerField("최소", [InputRequired(), NumberRange(min=1, max=MOST_SLOTS)])
    max_slots = IntegerField("최대", [InputRequired(), NumberRange(min=1, max=MOST_SLOTS)])
    talk_minutes = _minutes("발표", 1)
    question_minutes = _minutes("질의")
    opening_minutes = _minutes("여는 말")
    closing_minutes = _minutes("맺는 말")
    capacity = IntegerField(
        "정원", [Optional(), NumberRange(min=1, max=MOST_PLACES)], description="비워 두면 제한 없이 받습니다."
    )
    parallel = IntegerField(
        "같은 시간에 여는 설명회",
        [Optional(), NumberRange(min=1, max=20)],
        description="비워 두면 발표자, 수요기관, 대상이 겹치지 않는 만큼 함께 엽니다.",
    )
    organization_once = BooleanField(
        "한 수요기관은 같은 시간에 한 설명회에만 나온다",
        description="풀면 발표자만 겹치지 않게 합니다.",
    )

    def validate_max_slots(self, field: IntegerField) -> None:
        """Not fewer than the least."""
        if self.min_slots.data and field.data and field.data < self.min_slots.data:
            raise ValidationError(f"최대는 최소 {self.min_slots.data}건보다 적을 수 없습니다.")

    def shares(self) -> list[SelectField]:
        """The fields that say who may share a briefing."""
        return [field for field in self if field.name.startswith("share_")]

    def rules(self) -> Rules:
        """What was typed; only after validation."""
        groups: dict[str, list[int]] = {}
        for field in self.shares():
            if field.data:
                groups.setdefault(field.data, []).append(int(field.name.removeprefix("share_")))
        return Rules(**{name: self[name].data for name in RULES}, sharing=list(groups.values()))

    def seen_at(self) -> datetime:
        """The season's `changed_at` when the page was made; a moment that fits none where the mark is broken."""
        try:
            found = datetime.fromisoformat(self.seen.data or "")
            return found.astimezone(UTC) if found.tzinfo else NEVER
        except (ValueError, OverflowError):
            return NEVER


class NewSeasonForm(RulesForm):
    """A season from nothing: also where its needs come from."""

    source = RadioField(
        "어떤 수요로 만듭니까?",
        [InputRequired("어떤 수요로 만들지 골라 주세요.")],
    )
    round = SelectField("수요조사", coerce=int)

    def offer(self, waiting: int, rounds: Sequence[tuple[Round, int]]) -> None:
        """How many needs there are to take."""
        choices = [(Source.OPEN.value, f"설명회를 기다리는 수요 모두 ({waiting:,}건)")]
        if rounds:
            choices.append((Source.ROUND.value, "수요조사에서 선정한 수요"))
        self.source.choices = [*choices, (Source.HAND.value, "목록에서 직접 고릅니다")]
        self.round.choices = [(each.id, f"{each.name} (선정 {number:,}건)") for each, number in rounds]
        if not rounds:
            del self.round


def with_sharing(kind: type[RulesForm], audiences: Iterable[Audience]) -> type[RulesForm]:
    """The form with a field for each audience: which others it may share a briefing with."""
    fields = {f"share_{audience.id}": SelectField(audience.name, choices=GROUPS, default="") for audience in audiences}
    return type(kind.__name__, (kind,), fields)


def values_of(season: Season) -> dict[str, Any]:
    """What the form about a season's rules is filled with."""
    values = {name: getattr(season, name) for name in RULES} | {"seen": season.changed_at.isoformat()}
    for number, group in enumerate(season.sharing, start=1):
        values |= {f"share_{audience}": str(number) for audience in group}
    return values


def of_this_age(form: Form, field: DateField) -> None:
    """A day of the calendar that anybody plans for."""
    if field.data and not 2000 <= field.data.year < 2100:
        raise ValidationError("2000년부터 2099년까지의 날을 적어 주세요.")


class PatternForm(Form):
    """Times by pattern."""

    weekdays = ChoicesField(
        "요일", coerce=int, choices=[SelectChoice(n, f"{name}요일") for n, name in enumerate(WEEKDAYS_KO)]
    )
    hours = StringField(
        "시작 시각",
        [DataRequired(), Length(max=100)],
        description="하루에 여러 번 열 수 있으면 쉼표로 나누어 적어 주세요. 예: 10:00, 14:00",
    )
    first = DateField("언제부터", [InputRequired(), of_this_age])
    last = DateField("언제까지", [InputRequired(), of_this_age])
    every = IntegerField("몇 주마다", [InputRequired(), NumberRange(min=1, max=12)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays.flags.unmarked = True

    def validate_weekdays(self, field: ChoicesField) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError("요일을 하나 이상 골라 주세요.")

    def pattern(self) -> Pattern:
        """What was typed, as a pattern; only after validation. Refused where an hour cannot be read."""
        hours = parsed_hours(self.hours.data)
        return Pattern(frozenset(self.weekdays.data), hours, self.first.data, self.last.data, self.every.data)


def usual_pattern(today: date) -> dict[str, Any]:
    """Wednesdays at 14:00 for three months, from three weeks ahead on."""
    first = today + timedelta(days=21)
    wednesday = first + timedelta(days=(2 - first.weekday()) % 7)
    return {"weekdays": [2], "hours": "14:00", "first": wednesday, "last": wednesday + timedelta(weeks=12), "every": 1}


class CandidatesForm(Form):
    """Which of the times that came out of a pattern to take."""

    moments = ChoicesField("넣을 시각")

    def offer(self, found: Iterable[Candidate]) -> None:
        """What came out, all ticked where nothing was ticked yet."""
        good = [each.starts_at for each in found if not each.left_out]
        self.moments.choices = [(moment.isoformat(), when(moment)) for moment in good]
        self.moments.flags.unmarked = True

    def taken(self) -> list[datetime]:
        """The moments ticked, of those that came out."""
        offered = {value for value, _ in self.moments.choices}
        return [datetime.fromisoformat(typed) for typed in self.moments.data or [] if typed in offered]


class OneTimeForm(Form):
    """A single time."""

    starts_at = MomentField("시작 일시", [InputRequired()])


class RemoveTimesForm(Form):
    """Which times to take out."""

    times = ChoicesField("뺄 시각", coerce=int)

    def offer(self, times: Iterable[SeasonTime]) -> None:
        """What there is."""
        self.times.choices = [(each.id, when(each.starts_at)) for each in times]


class NeedsForm(Form):
    """Ticking needs over several pages: those ticked on other pages travel along in `kept`.

    `seen` are the needs of the season when the page was made, so that only what was changed of them is saved.
    """

    q = SearchField("검색어", [Length(max=100)])
    theme = SelectField("주제", coerce=int)
    audience = SelectField("대상", coerce=int)
    round = SelectField("수요조사", coerce=int)
    only = SelectField("보기", choices=[SelectChoice(*each) for each in SHOWN])
    kept = HiddenField()
    seen = HiddenField()
    at = HiddenField()
    need = ChoicesField("수요", coerce=row_number)

    def offer(self, themes: Iterable[Theme], audiences: Iterable[Audience], rounds: Iterable[Round]) -> None:
        """What there is to look by."""
        for field, rows in ((self.theme, themes), (self.audience, audiences), (self.round, rounds)):
            field.choices = [(0, "전체"), *((row.id, row.name) for row in rows)]
            field.data = field.data if field.data in {number for number, _ in field.choices} else 0
        for field in (self.q, self.theme, self.audience, self.round, self.only):
            field.flags.unmarked = True

    def wanted(self, page: int, reach: Reach) -> Wanted:
        """What to list for whoever may take so much."""
        only = self.only.data or ""
        return Wanted(
            searchable(self.q.data),
            self.theme.data or None,
            self.audience.data or None,
            self.round.data or None,
            key_only=only == "key",
            chosen_only=only == "chosen",
            page=page,
            reach=reach,
        )


def packed(ids: Iterable[int]) -> str:
    """Numbers in few letters: a form has room for a thousand of them in one field."""
    return ".".join(str(number) for number in sorted(ids))


def unpacked(text: str | None) -> set[int]:
    """What `packed` made; anything else is nothing."""
    return {
        int(part) for part in (text or "")[:20_000].split(".") if part.isascii() and part.isdigit() and len(part) < 10
    }


class SolveForm(Form):
    """How long to look for the best plan."""

    seconds = RadioField(
        "찾는 시간",
        [InputRequired()],
        coerce=int,
        choices=[SelectChoice(seconds, f"{name} ({seconds}초)") for seconds, name in SECONDS.items()],
        default=10,
    )


class AcceptForm(Form):
    """What staff decided and why."""

    seen = HiddenField("처음 본 상태")
    note = TextAreaField(
        "결정 내용과 까닭",
        [Length(max=2000)],
        description="기록에 남습니다. 예: 국장 보고를 마침. 남은 수요 2건은 하반기에 다시 편성함.",
    )

    def version(self) -> int:
        """The version of the board that was looked at; one that fits none where the mark is broken."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


class DiscardSeasonForm(Form):
    """Why a season is given up."""

    why = TextAreaField("버리는 까닭", [Length(max=500)], description="기록에 남습니다.")


class HeardForm(Form):
    """What staff heard from somebody; `seen` marks the last answer there was when the page was made."""

    seen = HiddenField()


def answer_form(times: Sequence[datetime], yes: str, no: str, kind: type[Form] = Form, **labels: Any) -> type[Form]:
    """A form with a question for each time; nothing is answered beforehand."""
    fields: dict[str, Any] = {
        time_field(moment): RadioField(
            when(moment),
            [InputRequired(labels["unanswered"] % {"when": when(moment)})],
            choices=[SelectChoice("yes", yes), SelectChoice("no", no)],
        )
        for moment in times
    }
    fields["note"] = TextAreaField(labels["note"], [Length(max=1000)], description=labels["hint"])
    return type("AnswerForm", (kind,), fields)


def time_field(moment: datetime) -> str:
    """The name of the question about a time."""
    return f"at_{moment.astimezone(UTC):%Y%m%d%H%M}"


def answers_in(form: Form, times: Iterable[datetime]) -> dict[datetime, bool]:
    """What was answered of each time; only after validation."""
    return {moment: form[time_field(moment)].data == "yes" for moment in times}


def answered_before(contact: Contact, times: Iterable[datetime]) -> dict[str, str]:
    """What a form is filled with that was answered before."""
    known = {moment: contact.answers[moment] for moment in times if moment in contact.answers}
    return {time_field(moment): "yes" if possible else "no" for moment, possible in known.items()}
