"""The conditions of the list of messages, the ticks in it, and the agreement to do something with many."""

import re
from collections.abc import Iterable
from typing import Any

from flask import current_app
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from briefings.errors import Refused
from briefings.outbox.finding import Search, Standing
from briefings.outbox.models import Medium, Message
from briefings.outbox.reach import Reach
from briefings.outbox.words import KINDS, MEDIA, STANDINGS
from briefings.web.forms import ChoicesField, Filters, Form, options


class MessageFilters(Filters):
    """From the address of the page; what is not understood counts as not said."""

    q = StringField("받는 사람", [Optional(), Length(max=320)], description="전자우편 주소나 이름")
    state = SelectField("상태", [Optional()], choices=options(STANDINGS, empty="모든 상태"))
    kind = SelectField("무엇에 관한 것", [Optional()])
    about = SelectField("관련", [Optional()])
    medium = SelectField("보내는 방법", [Optional()], choices=options(MEDIA, empty="모두"))
    thread = HiddenField(validators=[Optional(), Regexp(r"[a-z]+:[0-9]+$")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(kind, KINDS[kind]) for kind in current_app.extensions["composers"] if kind in KINDS]
        self.kind.choices = [("", "모든 것"), *known]
        subjects = current_app.extensions["subjects"]
        here = subjects([self.about.data]) if self.about.data else {}
        self.about.choices = [("", "모든 것"), *({**subjects(), **here}).items()]

    def search(self, reach: Reach, strict: bool = False) -> Search:
        """What to look for among the messages that may be seen.

        Where something is to be done with all of it, `strict`: Refused if a condition is not understood.
        """
        if not self.validate() and strict:
            raise Refused("찾는 조건을 알아볼 수 없습니다. 목록에서 조건을 다시 골라 주세요.")
        said = {field.name: "" if field.errors else field.data or "" for field in self}
        return Search(
            q=said["q"],
            standing=Standing(said["state"]) if said["state"] else None,
            kind=said["kind"],
            about=said["about"],
            thread=said["thread"],
            medium=Medium(said["medium"]) if said["medium"] else None,
            reach=reach,
        )


class Ticks(Filters):
    """Messages of one page of the list to do something with; it leads to the page that asks, conditions included."""

    q = HiddenField()
    state = HiddenField()
    kind = HiddenField()
    about = HiddenField()
    thread = HiddenField()
    medium = HiddenField()
    id = ChoicesField("고르기", coerce=int)

    @classmethod
    def of(cls, search: Search, messages: Iterable[Message]) -> "Ticks":
        """One tick for each message, none set."""
        conditions = search.conditions()
        form = cls(**conditions)
        for name in form._fields.keys() - conditions.keys() - {"id"}:
            del form[name]
        form.id.choices = [(message.id, message.recipient_name or message.recipient) for message in messages]
        return form


class TogetherForm(Form):
    """The agreement to what was counted: `up_to` is the last message there was then."""

    up_to = HiddenField(filters=[lambda value: int(value) if re.fullmatch("[0-9]{1,10}", str(value)) else 0])


class SendForm(Form):
    """Whether those who were told a short while ago are told again. `agreed`: what was shown before."""

    agreed = HiddenField("보낼 전자우편 확인")
    at_once = BooleanField("이틀 안에 전자우편을 보낸 분께도 보내기")
