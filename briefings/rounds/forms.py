"""Forms of rounds: the round, its dates, who is asked, and what those who were asked answer."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from briefings.needs.models import Round
from briefings.organizations.forms import kind_choices
from briefings.organizations.models import OrganizationKind
from briefings.rounds.calling import Plan
from briefings.rounds.contacts import Person
from briefings.web.filters import day, local
from briefings.web.forms import EmailField, Form, MomentField

LANGUAGES = (("ko", "한국어"), ("en", "영어"))


class SeenForm(Form):
    """A form that knows of which state of the round its page was made."""

    seen = HiddenField()

    def version_seen(self) -> datetime | None:
        """The moment of the version the person typed over; None if the page did not say."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None

    def look_again(self, round: Round) -> None:
        """The next press speaks of the round as it is now."""
        self.seen.data = round.changed_at.isoformat()


class RoundForm(SeenForm):
    """What a round says of itself and when it runs."""

    name = StringField(
        "이름",
        [DataRequired(), Length(max=120)],
        description="연도와 차수를 넣어 주세요. 예: 2027년 상반기 협업 수요조사",
    )
    description = TextAreaField(
        "설명",
        [Length(max=4000)],
        description="무엇을 찾는지, 어떤 과제가 맞는지 적어 주세요. 안내 화면과 부탁하는 전자우편에 그대로 들어갑니다.",
    )
    opens_at = MomentField("접수 시작", [InputRequired()])
    closes_at = MomentField("접수 마감", [InputRequired()])
    reviews_due_on = DateField(
        "심사 기한", [Optional()], description="심사위원이 점수를 보내는 마지막 날입니다. 나중에 정해도 됩니다."
    )

    def __init__(self, round: Round | None = None) -> None:
        super().__init__(obj=round)
        self.round = round
        if round and round.announced_at:  # its dates have a page of their own
            del self.opens_at, self.closes_at

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: nobody scores what may still come in."""
        sound = super().validate(extra_validators)
        if sound and self.reviews_due_on.data and self.reviews_due_on.data < local(self.plan().closes_at).date():
            self.reviews_due_on.errors = ["심사 기한은 접수 마감과 같은 날이거나 뒤여야 합니다."]
            return False
        return sound

    def plan(self) -> Plan:
        """What was typed, with the dates there are where they were not asked for."""
        dates = self if "closes_at" in self else None
        return Plan(
            name=self.name.data,
            description=self.description.data or "",
            opens_at=dates.opens_at.data if dates else self.round.opens_at,
            closes_at=dates.closes_at.data if dates else self.round.closes_at,
            reviews_due_on=self.reviews_due_on.data,
        )


class DatesForm(SeenForm):
    """Other dates for an announced round. `agreed` is what was shown before the last press."""

    agreed = HiddenField()
    opens_at = MomentField("접수 시작")
    closes_at = MomentField("접수 마감", [InputRequired()])
    tell = BooleanField("아직 답하지 않은 분께 바뀐 접수 기간을 알리기")

    def __init__(self, round: Round) -> None:
        super().__init__(obj=round, tell=True)
        self.round = round

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: nobody scores what may still come in."""
        sound, due_on = super().validate(extra_validators), self.round.reviews_due_on
        if sound and due_on and due_on < local(self.closes_at.data).date():
            self.closes_at.errors = [
                f"심사 기한({day(due_on)})보다 뒤입니다. ‘고치기’에서 심사 기한을 먼저 늦추거나 마감을 당겨 주세요."
            ]
            return False
        return sound

    def dates(self) -> tuple[datetime, datetime]:
        """Both ends as typed; the opening as it is where it was not asked for."""
        return self.opens_at.data or self.round.opens_at, self.closes_at.data

    def said(self) -> str:
        """What a press of the button agrees to."""
        return f"{self.closes_at.data}|{self.opens_at.data}|{bool(self.tell.data)}"


class ContactForm(Form):
    """One person to be asked."""

    organization = StringField("기관 이름", [DataRequired(), Length(max=120)], render_kw={"autocomplete": "off"})
    kind = SelectField("기관 유형", [DataRequired()], choices=kind_choices)
    name = StringField("담당자 이름", [Length(max=120)], render_kw={"autocomplete": "off"})
    email = EmailField("담당자 전자우편", [DataRequired()], render_kw={"autocomplete": "off"})
    locale = SelectField("안내할 언어", choices=[SelectChoice(*each) for each in LANGUAGES], default="ko")

    def person(self) -> Person:
        """Who was typed."""
        kind = OrganizationKind(self.kind.data)
        return Person(self.organization.data, kind, self.name.data or "", self.email.data, self.locale.data)


class CorrectionForm(Form):
    """Who is asked in an organization's stead of whoever was."""

    name = StringField("담당자 이름", [Length(max=120)], render_kw={"autocomplete": "off"})
    email = EmailField("담당자 전자우편", [DataRequired()], render_kw={"autocomplete": "off"})
    locale = SelectField("안내할 언어", choices=[SelectChoice(*each) for each in LANGUAGES], default="ko")


class LinesForm(Form):
    """Many people to be asked, a line each."""

    lines = TextAreaField(
        "명단",
        [DataRequired(), Length(max=200_000)],
        description="한 줄에 한 사람씩 기관 이름, 기관 유형, 담당자 이름, 전자우편 순서로 적어 주세요. "
        "표 계산 프로그램에서 네 칸을 복사해 붙여 넣거나 쉼표로 나누어 적으면 됩니다.",
    )


class EarlierForm(Form):
    """Whose list to take over."""

    earlier = SelectField("지난 수요조사", [DataRequired()], coerce=int)


class NothingForm(Form):
    """Why there is no need to register; they need not say."""

    reason = TextAreaField(
        _l("까닭"), [Length(max=1000)], description=_l("적지 않아도 됩니다. 담당자만 보고, 다음 수요조사에 참고합니다.")
    )


class ColleagueForm(Form):
    """Who answers instead."""

    name = StringField(_l("동료의 이름"), [DataRequired(), Length(min=2, max=120)], render_kw={"autocomplete": "off"})
    email = EmailField(_l("동료의 전자우편"), [DataRequired()], render_kw={"autocomplete": "off"})
