"""What the pages of the owner's desk share: whose replies they are, and how a form is acted on."""

from collections.abc import Callable

from flask import abort
from flask_login import current_user

from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization
from briefings.participation.answering import reply_to
from briefings.participation.models import ParticipationReply
from briefings.web.forms import Form


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
