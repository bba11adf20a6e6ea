"""What the pages of the owner's desk share: whose replies they are, how a form is acted on, words to choose."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import abort, request
from flask_babel import gettext
from flask_login import current_user

from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization
from briefings.participation.answer_templates import choices_for, filled
from briefings.participation.answering import reply_to, talk_of
from briefings.participation.models import Appointment, ParticipationReply, TemplatePurpose
from briefings.web.forms import Form


class Offered(NamedTuple):
    """Texts to choose for an answer, (key, title) each, which was chosen, and its words for this reply."""

    titles: list[tuple[str, str]]
    key: str
    words: str


def texts_offered(made: ParticipationReply, purpose: TemplatePurpose) -> Offered:
    """What can be chosen, and what was by `?template=` in the address; nothing is chosen before."""
    choices = choices_for(made.need.organization, purpose)
    asked_for = request.args.get("template", "")
    chosen = next((each for each in choices if each.key == asked_for), None)
    titles = [(each.key, each.title or gettext("기본 글")) for each in choices]
    if chosen is None:
        return Offered(titles, "", "")
    text = chosen.text if chosen.title else gettext(chosen.text)
    return Offered(titles, chosen.key, filled(text, made))


def done(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form was posted, was sound, and the use case agreed; otherwise the form says why."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            act()
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def own_organization() -> Organization:
    """The organization of whoever is signed in; 404 for those without."""
    return organization_of(current_user) or abort(404)


def own_reply(public_id: str) -> ParticipationReply:
    """A reply to one of the organization's needs; 404 for another's."""
    return reply_to(own_organization(), public_id) or abort(404)


def own_talk(public_id: str) -> Appointment:
    """A talk about one of the organization's needs; 404 for another's."""
    return talk_of(own_organization(), public_id) or abort(404)


def account() -> Any:
    """The account itself, to be written down as who did something."""
    return current_user._get_current_object()
