"""What administrators say about an endpoint."""

from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from briefings.web.forms import ChoicesField, Form, options
from briefings.webhooks.events import Event
from briefings.webhooks.words import EVENTS


class EndpointForm(Form):
    """Where to tell, what it is, and of what."""

    description = StringField(
        "어디에 쓰는 웹훅", [InputRequired(), Length(max=120)], description="예: 정보화담당관실 알림판"
    )
    url = StringField("받을 주소", [InputRequired(), Length(max=500)], description="예: https://hooks.example.kr/ieum")
    events = ChoicesField("알릴 일", [InputRequired("알릴 일을 하나 이상 골라 주세요.")], choices=options(EVENTS))

    def wanted(self) -> dict[str, Any]:
        """As the use cases take it."""
        events = [Event(each) for each in self.events.data or ()]
        return {"url": self.url.data, "description": self.description.data, "events": events}
