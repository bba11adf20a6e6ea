"""What staff type: a letter with its group, and when it goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.announcements.groups import Group, Presence
from briefings.announcements.models import Announcement
from briefings.announcements.words import PRESENCES
from briefings.announcements.writing import TEXT, Letter, group_of, letter_of
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.outbox.texts import BODY_LENGTH, SUBJECT_LENGTH, Template, check
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.words import REGISTRATION_STATES
from briefings.web.forms import ChoicesField, Form, MomentField, options

REPLIED = {"yes": True, "no": False}
PLACEHOLDERS = ", ".join(f"#{{{name}}}" for name in TEXT.known())


class AnnouncementForm(Form):
    """A letter and whom it goes to."""

    subject = StringField("제목", [DataRequired(), Length(max=SUBJECT_LENGTH)])
    body = TextAreaField(
        "본문", [DataRequired(), Length(max=BODY_LENGTH)], description=f"쓸 수 있는 자리: {PLACEHOLDERS}"
    )
    subject_en = StringField("영어 제목", [Length(max=SUBJECT_LENGTH)])
    body_en = TextAreaField(
        "영어 본문",
        [Length(max=BODY_LENGTH)],
        description="자리 이름은 한국어 그대로 씁니다. 비워 두면 영어로 신청한 사람에게도 한국어로 보냅니다.",
    )
    states = ChoicesField("신청 상태", choices=options(REGISTRATION_STATES))
    kinds = ChoicesField("기관 유형", choices=options(KINDS), description="하나도 고르지 않으면 모든 기관입니다.")
    presence = RadioField("참석", choices=options(PRESENCES, empty="참석했는지 따지지 않음"), default="")
    replied = RadioField(
        "참여 답글",
        choices=[
            SelectChoice("", "답글을 보냈는지 따지지 않음"),
            SelectChoice("yes", "이 설명회의 수요에 답글을 보낸 기관"),
            SelectChoice("no", "아직 답글을 보내지 않은 기관"),
        ],
        default="",
    )
    news = BooleanField(
        "소식 받기에 동의한 분께만 보내기",
        description="다음 설명회처럼 이 설명회와 상관없는 소식은 동의한 분께만 보낼 수 있습니다. "
        "보내기 전에 동의를 거두면 그분께는 가지 않습니다.",
    )
    presenters = BooleanField(
        "발표자에게도 보내기", description="위 조건과 상관없이 발표를 사양하지 않은 발표자 모두입니다."
    )

    people = HiddenField("고른 사람", [Length(max=10_000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.states, self.kinds, self.presence, self.replied):
            field.flags.unmarked = True

    @classmethod
    def of(cls, announcement: Announcement | None, people: Sequence[str] = ()) -> "AnnouncementForm":
        """The form about a draft, or an empty one about those who have a place, or about `people` who were ticked."""
        if announcement is None and people:
            return cls(states=[state.value for state in RegistrationState], people=" ".join(people))
        if announcement is None:
            return cls(states=[RegistrationState.CONFIRMED.value])
        letter, group = letter_of(announcement), group_of(announcement)
        english = letter.english or Template("", "")
        return cls(
            subject=letter.korean.subject,
            body=letter.korean.body,
            subject_en=english.subject,
            body_en=english.body,
            states=list(group.states),
            kinds=list(group.kinds),
            presence=group.presence or "",
            replied={True: "yes", False: "no", None: ""}[group.replied],
            presenters=group.presenters,
            news=group.news,
            people=" ".join(group.people),
        )

    def ticked(self) -> tuple[str, ...]:
        """The public ids of those who were ticked; none where the conditions alone decide."""
        return tuple((self.people.data or "").split())

    def validate(self, extra_validators: Any = None) -> bool:
        """Also what is wrong with the placeholders, and that there is somebody to write to."""
        sound = super().validate(extra_validators)
        if not sound:
            return False
        for suffix in ("", "_en"):
            subject, body = self[f"subject{suffix}"], self[f"body{suffix}"]
            if suffix and not (subject.data or body.data):
                continue
            for fault in check(subject.data or "", body.data or "", TEXT):
                field = {"subject": subject, "body": body}[fault.field]
                field.errors = [*field.errors, fault.sentence]
        if not self.states.data and not self.presenters.data:
            self.states.errors = ["받을 사람의 신청 상태를 하나 이상 고르거나, 발표자에게 보내기를 골라 주세요."]
        return not self.errors

    def letter(self) -> Letter:
        """The words typed."""
        english = Template(self.subject_en.data, self.body_en.data) if self.body_en.data else None
        return Letter(Template(self.subject.data, self.body.data), english)

    def group(self) -> Group:
        """The conditions chosen."""
        return Group(
            states=tuple(RegistrationState(state) for state in self.states.data),
            kinds=tuple(OrganizationKind(kind) for kind in self.kinds.data),
            presence=Presence(self.presence.data) if self.presence.data else None,
            replied=REPLIED.get(self.replied.data),
            presenters=self.presenters.data,
            news=self.news.data,
            people=self.ticked(),
        )


class SendForm(Form):
    """When it goes; `agreed` once that was said in a sentence."""

    when = RadioField(
        "언제 보냅니까?",
        choices=[
            SelectChoice("now", "지금"),
            SelectChoice("at", "정한 때에"),
            SelectChoice("held", "보류해 두고 ‘발송’에서 내보낼 때"),
        ],
        default="now",
    )
    due_at = MomentField("보낼 때", description="‘정한 때에’를 골랐을 때만 적어 주세요.")
    agreed = HiddenField("본 내용")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.when.flags.unmarked = self.due_at.flags.unmarked = True

    def validate(self, extra_validators: Any = None) -> bool:
        """A fixed moment must be given."""
        sound = super().validate(extra_validators)
        if sound and self.when.data == "at" and self.due_at.data is None:
            self.due_at.errors = ["보낼 날짜와 시각을 적어 주세요."]
            return False
        return sound

    def due(self) -> datetime | None:
        """The fixed moment, if it is to be one."""
        return self.due_at.data if self.when.data == "at" else None

    def said(self) -> str:
        """A mark of what was chosen."""
        return f"{self.when.data} {self.due() or ''}".strip()
