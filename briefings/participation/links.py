"""The personal link of whoever sent a reply."""

from flask import abort, url_for

from briefings.participation.models import ParticipationReply
from briefings.participation.replying import reply_with
from briefings.web.tokens import public_id_in, token_fits, token_for


def reply_url(made: ParticipationReply) -> str:
    """The full address of the sender's own page, for a mail."""
    return url_for("replies.show", token=token_for("reply", made.public_id, made.link_version), _external=True)


def reply_behind(token: str) -> ParticipationReply:
    """The reply a token opens; 404 for any other token."""
    made = reply_with(public_id_in(token))
    if made is None or not token_fits(token, "reply", made.public_id, made.link_version):
        abort(404)
    return made
