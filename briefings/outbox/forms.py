"""The conditions of the list of messages."""

from typing import Any

from flask import current_app
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional

from briefings.outbox.finding import Search
from briefings.outbox.models import MessageState
from briefings.outbox.words import KINDS, MESSAGE_STATES
from briefings.web.forms import Filters, options


class MessageFilters(Filters):
    """From the address of the page; what is not understood counts as not said."""

    q = StringField("받는 사람", [Optional(), Length(max=320)], description="전자우편 주소나 이름")
    state = SelectField("상태", [Optional()], choices=options(MESSAGE_STATES, empty="모든 상태"))
    kind = SelectField("무엇에 관한 것", [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(kind, KINDS[kind]) for kind in current_app.extensions["composers"] if kind in KINDS]
        self.kind.choices = [("", "모든 것"), *known]

    def search(self) -> Search:
        """What to look for."""
        self.validate()
        said = {field.name: "" if field.errors else field.data or "" for field in self}
        state = MessageState(said["state"]) if said["state"] else None
        return Search(q=said["q"], state=state, kind=said["kind"])
