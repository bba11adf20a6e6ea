"""Personal links of those who are asked when they can present."""

from flask import abort, url_for

from briefings.seasons.availability import known_as
from briefings.seasons.models import AvailabilityRequest
from briefings.web.tokens import public_id_in, refuse_unless_in_force, token_for


def availability_url(request: AvailabilityRequest) -> str:
    """The full address at which somebody says when they can present, for a mail."""
    token = token_for("availability", request.public_id, request.link_version)
    return url_for("availability.answer", token=token, _external=True)


def availability_request_behind(token: str) -> AvailabilityRequest:
    """The question a token was made for, with its season; LinkEnded for one of before, 404 for any other token."""
    asked = known_as(public_id_in(token))
    if asked is None:
        abort(404)
    refuse_unless_in_force(token, "availability", asked.public_id, asked.link_version, of=asked.email)
    return asked
