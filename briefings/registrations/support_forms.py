"""What staff choose and write about the support people ask for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, SupportState
from briefings.schedule.support import Pending
from briefings.schedule.words import SUPPORT_STATES
from briefings.web.filters import day
from briefings.web.forms import Filters, Form, options

ALL = "all"
PENDING = {
    Pending.LATE: "답을 기다림: 기한이 지남",
    Pending.AHEAD: "답을 기다림: 기한이 남음",
    Pending.NEEDLESS: "준비함: 신청이 취소됨",
}
MOST_WORDS = 1000


class SupportFilters(Filters):
    """Which requests to list; what is not understood counts as not said."""

    state = SelectField("상태", choices=[*options(SUPPORT_STATES), *options(PENDING), SelectChoice(ALL, "모두")])
    briefing = SelectField("설명회")
    over = BooleanField("끝난 설명회 보기")

    def __init__(self, briefings: Sequence[Briefing], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [SelectChoice(str(each.id), f"{day(each.starts_at)} {each.title}") for each in briefings]
        self.briefing.choices = [SelectChoice("", "모든 설명회"), *named]

    def conditions(self) -> dict[str, Any]:
        """Arguments for `support.requests`: without a word about the state those that wait, and all that are over."""
        of_over = bool(self.over.data)
        said = self.state.data or (ALL if of_over else SupportState.ASKED.value)
        known = {choice.value for choice in self.briefing.choices} - {""}
        return {
            "state": next((kind(said) for kind in (SupportState, Pending) if said in set(kind)), None),
            "briefing_id": int(self.briefing.data) if self.briefing.data in known else None,
            "over": of_over,
        }


class AnswerForm(Form):
    """What became of one request, in words for the person who asked."""

    state = RadioField("결과", [DataRequired()])
    words = TextAreaField(
        "요청한 분께 드리는 말씀",
        [DataRequired(), Length(max=MOST_WORDS)],
        description="이 말씀이 전자우편으로 가고 신청 내역 화면에 보입니다. 준비한 것은 어떻게 쓰는지, 준비하지 못하면 "
        "대신 무엇을 해 드릴 수 있는지 적어 주세요. 요청한 내용이나 장애를 다시 적지 마십시오.",
    )
    seen = HiddenField()

    def __init__(self, registration: Registration, **kwargs: Any) -> None:
        given = registration.support_state
        answered = given if given is not SupportState.ASKED else None
        super().__init__(state=answered and answered.value, words=registration.support_answer, **kwargs)
        self.state.choices = [
            SelectChoice(SupportState.ARRANGED.value, "준비했습니다"),
            SelectChoice(SupportState.IMPOSSIBLE.value, "준비하지 못하고 다른 방법을 드립니다"),
        ]

    def see(self, registration: Registration) -> None:
        """Sending the form now answers the request as it is."""
        self.seen.data = registration.support_changed_at.isoformat() if registration.support_changed_at else ""

    def seen_at(self) -> datetime | None:
        """When the request the person read had been changed last."""
        try:
            return datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
