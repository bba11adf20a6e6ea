"""Forms of the owner's desk, and of those who choose a time for a talk."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from briefings.participation.appointments import Terms
from briefings.participation.models import TemplatePurpose
from briefings.participation.talk_times import MINUTES, Day
from briefings.participation.words import TEMPLATE_PURPOSES
from briefings.web.filters import clock_time, day, local, machine_time, period
from briefings.web.forms import ChoicesField, Form, MomentField, options

OTHER_TIMES = 3


class AcknowledgeForm(Form):
    """A word to whoever replied, if the owner wants to add one."""

    words = TextAreaField(
        _l("덧붙일 말"),
        [Length(max=1000)],
        description=_l("답글을 보낸 기관에 그대로 전해집니다. 언제쯤 어떻게 연락할지 적어 주시면 기다리기 쉽습니다."),
    )


class DeclineForm(Form):
    """Why the owner says no."""

    reason = TextAreaField(
        _l("함께하기 어려운 까닭"),
        [DataRequired(), Length(max=1000)],
        description=_l("답글을 보낸 기관에 그대로 전해집니다."),
    )


class ConsultationForm(Form):
    """What was talked about, and what comes next."""

    held_on = DateField(_l("협의한 날"), [DataRequired()])
    notes = TextAreaField(
        _l("나눈 이야기"),
        [DataRequired(), Length(max=5000)],
        description=_l("우리 기관과 사업 담당 직원만 봅니다."),
    )
    next_step = StringField(_l("다음에 할 일"), [Length(max=200)])
    next_on = DateField(
        _l("다음 일을 할 날"), [Optional()], description=_l("그날 아침에 전자우편으로 다시 알려 드립니다.")
    )


class TemplateForm(Form):
    """Words to answer with again and again."""

    purpose = SelectField(_l("쓰는 때"), [DataRequired()], choices=options(TEMPLATE_PURPOSES))
    title = StringField(
        _l("글틀 이름"),
        [DataRequired(), Length(max=80)],
        description=_l("고를 때 보이는 이름입니다. 우리 기관만 봅니다."),
    )
    text = TextAreaField(
        _l("글"),
        [DataRequired(), Length(max=1000)],
        description=_l("#{이름}, #{답글 기관}, #{과제}, #{우리 기관} 자리는 답글마다 저절로 채워집니다."),
    )

    def kept_as(self) -> TemplatePurpose:
        """When it is to be used."""
        return TemplatePurpose(self.purpose.data)


class TermsForm(Form):
    """Where one talks, and what the owner adds."""

    place = StringField(
        _l("만나는 곳"),
        [DataRequired(), Length(max=500)],
        description=_l("화상회의 주소, 전화번호나 찾아올 곳을 적어 주세요. 두 기관의 달력과 전자우편에 적힙니다."),
    )
    note = TextAreaField(_l("전하는 말"), [Length(max=1000)])

    def terms(self) -> Terms:
        """What was typed."""
        return Terms(self.place.data, self.note.data)


class OfferForm(TermsForm):
    """Times for a talk: ticked among those laid out, or typed; made by `offer_form`."""

    times = ChoicesField(_l("협의 시간"))
    out_of_hours = BooleanField(_l("업무 시간이 아닌 때도 그대로 제안합니다"))

    others: Sequence[str] = [f"other_{number}" for number in range(1, OTHER_TIMES + 1)]

    def typed(self) -> list[Any]:
        """The fields for times that are not laid out."""
        return [self[name] for name in self.others]

    def moments(self) -> list[datetime]:
        """Every time, ticked or typed."""
        zone = local(datetime.fromisoformat("2000-01-01T00:00+00:00")).tzinfo
        ticked = [datetime.fromisoformat(value).replace(tzinfo=zone) for value in self.times.data]
        return ticked + [field.data for field in self.typed() if field.data]

    def has_ticks(self, on: Day) -> bool:
        """Whether a time of that day is ticked."""
        return any(value_of(place.starts_at) in (self.times.data or ()) for place in on.places)

    def is_odd(self) -> bool:
        """Whether a time was typed at which offices are closed, and nobody said yet that it is meant."""
        return bool(self.out_of_hours.errors)


def offer_form(days: Iterable[Day], **given: Any) -> OfferForm:
    """The form with a tick for each time that is free on one of the `days`."""
    fields = {name: MomentField(_l("다른 시간")) for name in OfferForm.others}
    form: OfferForm = type("OfferFormOfDays", (OfferForm,), fields)(**given)
    free = (place for each in days for place in each.places if not place.busy)
    form.times.choices = [SelectChoice(value_of(place.starts_at), spoken(place.starts_at)) for place in free]
    return form


def value_of(moment: datetime) -> str:
    """How a time is written into a form: `2026-12-03T10:00` on the clock of the installation."""
    return machine_time(moment)[:16]


def spoken(moment: datetime) -> str:
    """A time as it is read out: `2026. 12. 3.(목) 10:00`."""
    return f"{day(local(moment).date())} {clock_time(moment)}"


class ChooseForm(Form):
    """Which of the times offered; made by `choose_form`."""

    starts_at = RadioField(_l("협의 시간"), [DataRequired()])

    def moment(self) -> datetime:
        """The time chosen."""
        return datetime.fromisoformat(self.starts_at.data)


def choose_form(free: Iterable[datetime]) -> ChooseForm:
    """The form with the times that can still be chosen."""
    form = ChooseForm()
    form.starts_at.choices = [
        SelectChoice(moment.isoformat(), period((moment, moment + timedelta(minutes=MINUTES)))) for moment in free
    ]
    return form


class TimesForm(Form):
    """What would suit instead, in words."""

    words = TextAreaField(
        _l("가능한 때"),
        [DataRequired(), Length(max=1000)],
        description=_l("수요기관에 그대로 전해집니다. 예: 다음 주 화요일이나 수요일 오후가 좋습니다."),
    )


class CallOffForm(Form):
    """Why a talk is called off."""

    reason = TextAreaField(
        _l("취소하는 까닭"), [DataRequired(), Length(max=1000)], description=_l("상대 기관에 그대로 전해집니다.")
    )


class StaffWordsForm(Form):
    """What staff add when they ask an owner to look at replies."""

    words = TextAreaField(
        "덧붙일 말", [Length(max=1000)], description="전자우편에 그대로 적힙니다. 비워 두면 정해진 글만 보냅니다."
    )
