"""Personal links of whoever sent a reply, and of colleagues who joined it."""

from dataclasses import dataclass

from flask import abort, url_for

from briefings.participation.colleagues import colleague_with
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.participation.replying import reply_with
from briefings.participation.telling import repliers
from briefings.web.tokens import public_id_in, token_fits, token_for

OPENS_NOTHING = 0
"""A version that no link has."""


@dataclass(frozen=True)
class Replier:
    """Whoever holds a personal link to a reply; `colleague` is None for the one who sent it."""

    reply: ParticipationReply
    colleague: ReplyColleague | None = None

    @property
    def name(self) -> str:
        """How they are called."""
        return (self.colleague or self.reply).name

    @property
    def email(self) -> str:
        """Where they are written to."""
        return (self.colleague or self.reply).email


def is_replier(made: ParticipationReply, address: str) -> bool:
    """Whether that address is of the replying side today."""
    return address.lower() in {each.address for each in repliers(made)}


def token_of(made: ParticipationReply, address: str = "", purpose: str = "reply") -> str:
    """The current token of whoever of the replying side has that address, or of the sender where none is given.

    For anybody else's address it is one that opens nothing.
    """
    if not address or address.lower() == made.email:
        return token_for(purpose, made.public_id, made.link_version)
    for colleague in made.colleagues:
        if colleague.is_in and colleague.email == address.lower():
            return token_for(purpose, colleague.public_id, colleague.link_version)
    return token_for(purpose, made.public_id, OPENS_NOTHING)


def reply_url(made: ParticipationReply, address: str = "") -> str:
    """The full address of a replier's own page, for a mail to that address."""
    return url_for("replies.show", token=token_of(made, address), _external=True)


def colleague_url(colleague: ReplyColleague) -> str:
    """The full address of the page on which somebody sees whether they were let join, for a mail."""
    token = token_for("reply-colleague", colleague.public_id, colleague.link_version)
    return url_for("reply_colleagues.waiting", token=token, _external=True)


def reply_behind(token: str, purpose: str = "reply") -> ParticipationReply:
    """The reply a token opens, that of a colleague who joined it too; 404 for any other token."""
    return replier_behind(token, purpose).reply


def replier_behind(token: str, purpose: str = "reply") -> Replier:
    """The same, and whose token it is."""
    public_id = public_id_in(token)
    made = reply_with(public_id)
    if made is not None and token_fits(token, purpose, made.public_id, made.link_version):
        return Replier(made)
    colleague = colleague_with(public_id)
    if colleague is None or not colleague.is_in:
        abort(404)
    if not token_fits(token, purpose, colleague.public_id, colleague.link_version):
        abort(404)
    return Replier(colleague.reply, colleague)


def colleague_behind(token: str) -> ReplyColleague:
    """Whoever asked to join a reply, whether they were let or not; 404 for any other token."""
    colleague = colleague_with(public_id_in(token))
    if colleague is None or not token_fits(token, "reply-colleague", colleague.public_id, colleague.link_version):
        abort(404)
    return colleague
