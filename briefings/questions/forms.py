"""Forms of questions and answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.questions.asking import LONGEST, closed_reason, own
from briefings.schedule.programme import ProgrammeEntry, programme_of
from briefings.schedule.registration_models import Registration
from briefings.web.filters import local
from briefings.web.forms import Form

LONGEST_ANSWER = 3000


class AskForm(Form):
    """One question, what it is about, and whether others read from which organization it comes."""

    text = TextAreaField(
        _l("질문"),
        [DataRequired(), Length(max=LONGEST)],
        description=_l("%(number)s자까지 한 번에 한 가지를 물어 주세요.", number=LONGEST),
    )
    slot = SelectField(_l("무엇에 대한 질문입니까"), coerce=lambda typed: int(typed) if typed else None)
    anonymous = BooleanField(
        _l("기관 이름을 보이지 않기"),
        description=_l("이름은 담당자만 봅니다. 다른 참가자에게는 기관 이름이 보이며, 고르시면 ‘익명’으로 보입니다."),
    )

    def about(self, programme: Sequence[ProgrammeEntry]) -> None:
        """Let the needs of a programme be chosen from."""
        whole = SelectChoice("", gettext("설명회 전체, 또는 잘 모르겠음"))
        self.slot.choices = [
            whole,
            *(SelectChoice(str(each.slot.id), each.need.title, {"lang": "ko"}) for each in programme),
        ]
        self.slot.flags.unmarked = True


def ask_form_for(
    registration: Registration,
    now: datetime,
    programme: Sequence[ProgrammeEntry] | None = None,
    talk: int | None = None,
) -> AskForm | None:
    """The form for whoever may ask at `now`, about the `talk` (a slot's id) unless they choose; None for others."""
    if closed_reason(registration, now):
        return None
    form = AskForm(slot=talk)
    form.about(programme_of(registration.briefing) if programme is None else programme)
    return form


def asking_values(
    registration: Registration,
    now: datetime,
    programme: Sequence[ProgrammeEntry] | None = None,
    talk: int | None = None,
    form: AskForm | None = None,
) -> dict[str, Any]:
    """What templates/questions/ask.html needs beside the token."""
    closed = closed_reason(registration, now)
    return {
        "ask_form": form or ask_form_for(registration, now, programme, talk),
        "asking_closed": gettext(closed) if closed else None,
        "own": own(registration),
        "asked_over": registration.briefing.is_over(now),
        "asked_today": local(now).date(),
    }


class AnswerForm(Form):
    """An answer in writing, which everybody may read; `seen` is the mark of the one that the page showed."""

    seen = HiddenField(_l("처음 본 답"))

    answer = TextAreaField(
        _l("답"),
        [DataRequired(), Length(min=2, max=LONGEST_ANSWER)],
        description=_l("누구나 읽을 수 있게 공개됩니다. 개인정보는 적지 마십시오."),
    )
