"""The forms in which a need is written, one for each part of it, and the one that takes its files."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.accounts.models import User
from briefings.files.forms import FilesField
from briefings.needs import finding
from briefings.needs.models import Need, NeedState, Region, Round, Stage
from briefings.needs.parts import FIELDS_OF, Part
from briefings.needs.registering import FIELDS, REQUIRED_TO_SUBMIT, Entry
from briefings.needs.words import FIELDS as NAMES
from briefings.needs.words import REGIONS, RESOURCES, STAGES
from briefings.organizations.forms import kind_choices
from briefings.organizations.models import OrganizationKind
from briefings.web.forms import ChoicesField, EmailField, Form, PhoneField, missing, options
from briefings.web.labels import label

E = TypeVar("E", bound=StrEnum)


def _name(field: str) -> Any:
    return _l(NAMES[field])


class PartForm(Form):
    """One part of a need. While it is a draft only the title is asked for; later nothing required may be emptied."""

    part: ClassVar[Part]
    seen = HiddenField()

    def __init__(self, need: Need | None = None, **given: Any) -> None:
        super().__init__(data=_shown(need) if need else given)
        self.need = need
        self.required = [name for name in FIELDS_OF[self.part] if name in REQUIRED_TO_SUBMIT]
        for name in self.required:
            self[name].flags.required = True

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: what staff or everybody read already stays complete."""
        fine = super().validate(extra_validators)
        if self.need is None or self.need.state is NeedState.DRAFT:
            return fine
        empty = [self[name] for name in self.required if not self[name].data and not self[name].errors]
        for field in empty:
            field.errors = [missing(field)]
        return fine and not empty

    def typed(self) -> dict[str, Any]:
        """What this part says now, as attributes of an `Entry`."""
        return {name: self[name].data or "" for name in FIELDS_OF[self.part]}

    def entry(self) -> Entry:
        """The whole need with what was typed."""
        stored = {name: getattr(self.need, name) for name in FIELDS} if self.need else {}
        return Entry(**{**stored, **self.typed()})

    def version_seen(self) -> datetime | None:
        """The moment of the version the person typed over; None if the page did not say."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None

    def overwrite(self) -> None:
        """After a refusal: sending the form once more means the version there is now."""
        if self.need:
            self.seen.data = self.need.changed_at.isoformat()


class ForOrganization(Form):
    """Whose need it is, where staff write it; asked for first."""

    kind = SelectField("기관 유형", [DataRequired()], choices=kind_choices)
    organization = StringField("기관 이름", [DataRequired(), Length(max=120)])

    @property
    def organization_kind(self) -> OrganizationKind:
        """The kind chosen."""
        return OrganizationKind(self.kind.data)


class IntroductionForm(PartForm):
    """What the need is called and about."""

    part = Part.INTRODUCTION
    beside = HiddenField()
    """The draft of the same title that was shown to whoever begins another need of that title all the same."""
    title = StringField(
        _name("title"),
        [DataRequired(), Length(max=120)],
        description=_l(
            "무엇을 함께하려는지 한눈에 알 수 있는 이름. 예: 바다에서 모은 폐어망을 되살려 쓰는 공정 함께 만들기"
        ),
    )
    summary = StringField(
        _name("summary"),
        [Length(max=200)],
        description=_l("목록에서 과제 이름 아래에 보입니다. 한 문장으로 적어 주세요."),
    )
    background = TextAreaField(
        _name("background"),
        [Length(max=4000)],
        description=_l("어떤 문제를 왜 함께 풀려는지, 지금까지 해 온 일을 적어 주세요."),
    )

    def draft_seen(self) -> int | None:
        """The number of that draft, if one was shown."""
        return int(self.beside.data) if (self.beside.data or "").isdecimal() else None


class IntroductionForOrganizationForm(ForOrganization, IntroductionForm):
    """The same for staff."""


class ExchangeForm(PartForm):
    """Both halves of the exchange."""

    part = Part.EXCHANGE
    offers = TextAreaField(
        _name("offers"),
        [Length(max=4000)],
        description=_l("상대 기관에 내놓을 수 있는 것. 예: 수거한 폐어망 연 20톤, 선별 작업장, 전담 인력 2명"),
    )
    offer_tags = ChoicesField(_name("offer_tags"), choices=options(RESOURCES))
    seeks = TextAreaField(
        _name("seeks"),
        [Length(max=4000)],
        description=_l("상대 기관에서 찾는 것. 예: 폐어망을 재생 원료로 바꾸는 설비와 기술, 제품을 팔 곳"),
    )
    seek_tags = ChoicesField(_name("seek_tags"), choices=options(RESOURCES))


class TopicsForm(PartForm):
    """What it is about, whom it seeks, and the round it belongs to, where one of `rounds` may be chosen."""

    part = Part.TOPICS
    round_shown = HiddenField()
    round = SelectField(_l("수요조사"), description=_l("담당자가 모집하는 수요조사에 내는 과제라면 골라 주세요."))
    themes = ChoicesField(_name("themes"), coerce=int)
    audiences = ChoicesField(_name("audiences"), coerce=int)
    region = SelectField(_name("region"), choices=options(REGIONS), default=Region.NATIONWIDE.value)
    stage = SelectField(_name("stage"), choices=options(STAGES), default=Stage.IDEA.value)
    beneficiaries = StringField(
        _name("beneficiaries"),
        [Length(max=200)],
        description=_l("협업이 이루어지면 누가 좋아지는지. 예: 섬 지역 어업인과 주민"),
    )
    period = StringField(_name("period"), [Length(max=100)], description=_l("예: 2027. 3.~2027. 12. (10개월)"))

    def __init__(self, need: Need, rounds: Sequence[Round]) -> None:
        self.rounds = {each.public_id: each for each in rounds}
        super().__init__(need)
        self.themes.choices = [SelectChoice(theme.id, label(theme)) for theme in finding.themes()]
        self.audiences.choices = [SelectChoice(row.id, label(row)) for row in finding.audiences()]
        none = SelectChoice("", gettext("수요조사와 상관없이"))
        self.round.choices = [
            none,
            *(SelectChoice(key, each.name, {"lang": "ko"}) for key, each in self.rounds.items()),
        ]
        for name in ("region", "stage"):
            self[name].flags.required = True
        if not rounds:
            del self.round, self.round_shown

    def typed(self) -> dict[str, Any]:
        """What this part says now."""
        chosen = {
            "themes": _ticked(finding.themes(), self.themes.data),
            "audiences": _ticked(finding.audiences(), self.audiences.data),
            "region": _member(Region, self.region.data) or Region.NATIONWIDE,
            "stage": _member(Stage, self.stage.data) or Stage.IDEA,
        }
        return super().typed() | chosen

    @property
    def moves_round(self) -> bool:
        """Whether the person chose another round than the page showed as that of the need."""
        return "round" in self and self.round.data != self.round_shown.data

    def chosen_round(self) -> Round | None:
        """The round chosen, if any."""
        return self.rounds.get(self.round.data)

    def overwrite(self) -> None:
        """As everywhere; a round that the person left alone is shown as it is now."""
        super().overwrite()
        if self.need and "round" in self:
            present = self.need.round.public_id if self.need.round else ""
            if not self.moves_round:
                self.round.data = present
            self.round_shown.data = present


class ContactForm(PartForm):
    """Who looks after it."""

    part = Part.CONTACT
    department = StringField(_name("department"), [Length(max=100)], description=_l("예: 해양환경과"))
    contact_name = StringField(_name("contact_name"), [Length(max=120)], render_kw={"autocomplete": "name"})
    contact_phone = PhoneField(
        _name("contact_phone"),
        [Length(max=30)],
        description=_l("적으면 과제 화면에 공개됩니다. 사무실 전화번호를 적어 주세요."),
    )
    contact_email = EmailField(
        _name("contact_email"), description=_l("공개되지 않습니다. 검토 결과와 참여 답글 소식을 이 주소로 보냅니다.")
    )

    def propose(self, author: User) -> None:
        """Fill in the person who writes, as long as nobody is named."""
        if not self.contact_name.data and not self.contact_email.data:
            self.contact_name.data, self.contact_email.data = author.name, author.email
            self.contact_phone.data = self.contact_phone.data or author.phone


class AttachForm(Form):
    """Files for a need."""

    files = FilesField(_l("올릴 파일"), several=True)


def _shown(need: Need) -> dict[str, Any]:
    shown = {name: getattr(need, name) for name in FIELDS} | {"seen": need.changed_at.isoformat()}
    shown["themes"] = [theme.id for theme in need.themes]
    shown["audiences"] = [audience.id for audience in need.audiences]
    shown["round"] = shown["round_shown"] = need.round.public_id if need.round else ""
    return shown


def _ticked(rows: list[Any], ids: list[int] | None) -> list[Any]:
    return [row for row in rows if row.id in (ids or ())]


def _member(kind: type[E], value: str | None) -> E | None:
    return kind(value) if value in set(kind) else None
