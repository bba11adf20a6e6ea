"""Whose a join link is, told by one look into the database: it is asked every few seconds by everybody in the room."""

from typing import NamedTuple

from flask import abort

from briefings.db import looked_up
from briefings.schedule.registration_models import RegistrationState
from briefings.web.tokens import public_id_in, token_fits

_HOLDER = """
SELECT r.id, r.public_id, r.link_version, r.briefing_id, r.state,
       EXISTS (SELECT 1 FROM attendances a WHERE a.registration_id = r.id AND a.first_seen_at IS NOT NULL),
       (SELECT v.version FROM content_version v WHERE v.id = -r.briefing_id),
       (SELECT v.version FROM content_version v WHERE v.id = 1)
FROM registrations r WHERE r.public_id {among}
"""


class Holder(NamedTuple):
    """The holder of a join link, and the version of everything the room of their briefing sees."""

    registration_id: int
    briefing_id: int
    has_place: bool
    has_entered: bool
    version: tuple[int | None, int | None]


def holder_behind(token: str) -> Holder:
    """Whom a join link was made for; 404 for any other token."""
    for number, public_id, link_version, briefing_id, state, entered, of_places, of_content in looked_up(
        _HOLDER, [public_id_in(token)]
    ):
        if token_fits(token, "join", public_id, link_version):
            has_place = state == RegistrationState.CONFIRMED
            return Holder(number, briefing_id, has_place, bool(entered), (of_places, of_content))
    abort(404)
