"""Forms of needs: the need itself, returning it, the lists' filters, themes and audiences."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.accounts.models import User
from briefings.needs import finding
from briefings.needs.models import Need, NeedState, NeedStatus, Region, Stage
from briefings.needs.registering import FIELDS, REQUIRED_TO_SUBMIT, Entry, lacking
from briefings.needs.rounds import latest_rounds
from briefings.needs.words import FIELDS as NAMES
from briefings.needs.words import NEED_STATES, REGIONS, RESOURCES, STAGES, STATUSES
from briefings.organizations.forms import kind_choices
from briefings.organizations.models import OrganizationKind
from briefings.web.forms import ChoicesField, EmailField, Filters, Form, PhoneField, missing, options, searchable
from briefings.web.labels import label

E = TypeVar("E", bound=StrEnum)
ALL = _l("전체")


def _name(field: str) -> Any:
    return _l(NAMES[field])


class NeedForm(Form):
    """A need as its owner writes it. `draft` says whether it may stay incomplete: then only the title is asked for."""

    seen = HiddenField()
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
    themes = ChoicesField(_name("themes"), coerce=int)
    audiences = ChoicesField(_name("audiences"), coerce=int)
    beneficiaries = StringField(
        _name("beneficiaries"),
        [Length(max=200)],
        description=_l("협업이 이루어지면 누가 좋아지는지. 예: 섬 지역 어업인과 주민"),
    )
    region = SelectField(_name("region"), choices=options(REGIONS), default=Region.NATIONWIDE.value)
    stage = SelectField(_name("stage"), choices=options(STAGES), default=Stage.IDEA.value)
    period = StringField(_name("period"), [Length(max=100)], description=_l("예: 2027. 3.~2027. 12. (10개월)"))
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
    save = SubmitField()
    submit = SubmitField()

    def __init__(self, need: Need | None = None, draft: bool = True, **given: Any) -> None:
        super().__init__(data=_shown(need) if need else given)
        self.themes.choices = [SelectChoice(theme.id, label(theme)) for theme in finding.themes()]
        self.audiences.choices = [SelectChoice(row.id, label(row)) for row in finding.audiences()]
        self.draft = draft
        for name in (*REQUIRED_TO_SUBMIT, "region", "stage"):
            self[name].flags.required = True

    @classmethod
    def for_new(cls, author: User) -> "NeedForm":
        """An empty form, the contact filled in from the account."""
        return cls(contact_name=author.name, contact_phone=author.phone, contact_email=author.email)

    @classmethod
    def of(cls, need: Need) -> "NeedForm":
        """The form with what `need` says now."""
        return cls(need, draft=need.state is NeedState.DRAFT)

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: everything partners need is there, unless this is a draft that is merely saved."""
        fine = super().validate(extra_validators)
        if self.draft and not self.submit.data:
            return fine
        empty = [self[name] for name in lacking(self.entry()) if not self[name].errors]
        for field in empty:
            field.errors = [missing(field)]
        return fine and not empty

    def entry(self) -> Entry:
        """What was typed."""
        typed = {name: self[name].data or "" for name in FIELDS}
        typed["themes"] = _ticked(finding.themes(), self.themes.data)
        typed["audiences"] = _ticked(finding.audiences(), self.audiences.data)
        typed["region"] = _member(Region, self.region.data) or Region.NATIONWIDE
        typed["stage"] = _member(Stage, self.stage.data) or Stage.IDEA
        return Entry(**typed)

    def version_seen(self) -> datetime | None:
        """The moment of the version the person typed over; None if the page did not say."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None

    def overwrite(self, need: Need) -> None:
        """After a refusal: sending the form once more means this version of `need`."""
        self.seen.data = need.changed_at.isoformat()


def _shown(need: Need) -> dict[str, Any]:
    shown = {name: getattr(need, name) for name in FIELDS} | {"seen": need.changed_at.isoformat()}
    shown["themes"] = [theme.id for theme in need.themes]
    shown["audiences"] = [audience.id for audience in need.audiences]
    return shown


class NeedForOrganizationForm(NeedForm):
    """A need that staff enter for an organization."""

    organization = StringField("기관 이름", [DataRequired(), Length(max=120)])
    kind = SelectField("기관 유형", [DataRequired()], choices=kind_choices)

    @property
    def organization_kind(self) -> OrganizationKind:
        """The kind chosen."""
        return OrganizationKind(self.kind.data)


class ReturnForm(Form):
    """What the owner has to put right."""

    reason = TextAreaField(
        "돌려보내는 까닭",
        [DataRequired(), Length(max=2000)],
        description="무엇을 어떻게 고치면 되는지 적어 주세요. 수요기관에 그대로 전해집니다.",
    )


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
    status = SelectField(_l("상태"), choices=options(STATUSES, empty=ALL))

    def search(self) -> finding.Search:
        """The conditions, as far as they make sense."""
        region, status = _member(Region, self.region.data), _member(NeedStatus, self.status.data)
        return replace(super().search(), region=region, status=status)


class StaffNeedFilters(NeedFilters):
    """The filters of the staff's list."""

    state = SelectField("상태", choices=options(NEED_STATES, empty=ALL))
    round = SelectField("수요조사")

    def __init__(self, args: MultiDict[str, str]) -> None:
        super().__init__(args)
        self.rows["round"] = rounds = latest_rounds()
        self.round.choices = [SelectChoice("", ALL), *(SelectChoice(str(each.id), each.name) for each in rounds)]

    def search(self) -> finding.Search:
        """The conditions, as far as they make sense."""
        return replace(super().search(), state=_member(NeedState, self.state.data), round=self._row("round"))


class TopicForm(Form):
    """The name of a theme or an audience in both languages."""

    name = StringField("이름", [DataRequired(), Length(max=60)])
    name_en = StringField("영어 이름", [DataRequired(), Length(max=60)], render_kw={"lang": "en"})


def _member(kind: type[E], value: str | None) -> E | None:
    return kind(value) if value in set(kind) else None


def _chosen(field: SelectField) -> str | None:
    return next((choice.label for choice in field.choices if choice.value and choice.value == field.data), None)


def _ticked(rows: list[Any], ids: list[int] | None) -> list[Any]:
    return [row for row in rows if row.id in (ids or ())]


def _page_number(text: str) -> int:
    """At least 1, and small enough for every database to count the rows before it."""
    return max(int(text[:6]), 1) if text.isdecimal() else 1
