"""Personal links of whoever sent a reply, and of colleagues who joined it."""

from dataclasses import dataclass

from flask import url_for

from briefings.errors import N_, LinkEnded
from briefings.participation.colleagues import colleague_with
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.participation.replying import reply_with
from briefings.participation.telling import repliers
from briefings.web.tokens import public_id_in, refuse_of_gone, refuse_unless_in_force, token_for

REPLY_ANEW = N_(
    "전에 쓰던 링크입니다. 답글을 거두어 새로 보냈거나 다른 분이 이어받은 뒤에는 열리지 않습니다. "
    "마지막에 받은 전자우편의 링크를 열어 주세요. 받은 것이 없으면 아래 연락처로 알려 주세요."
)
OUT_OF_IT = N_(
    "답글에 더는 함께하지 않는 분의 링크입니다. 먼저 보낸 동료가 함께하지 않는다고 답했거나, "
    "스스로 빠졌거나, 답글을 거두어들인 뒤에는 열리지 않습니다. 잘못된 것 같으면 기관 안에서 먼저 이야기해 주세요."
)

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
    """The reply a token opens, that of a colleague who joined it too; LinkEnded for one of before, else 404."""
    return replier_behind(token, purpose).reply


def replier_behind(token: str, purpose: str = "reply") -> Replier:
    """The same, and whose token it is."""
    public_id = public_id_in(token)
    made = reply_with(public_id)
    if made is not None:
        refuse_unless_in_force(token, purpose, made.public_id, made.link_version, REPLY_ANEW, made.email)
        return Replier(made)
    colleague = colleague_with(public_id)
    if colleague is None:
        refuse_of_gone(token, purpose, ended=OUT_OF_IT)
    refuse_unless_in_force(token, purpose, colleague.public_id, colleague.link_version, REPLY_ANEW, colleague.email)
    if not colleague.is_in:  # and was once: nobody is given this link before
        raise LinkEnded(OUT_OF_IT)
    return Replier(colleague.reply, colleague)


def colleague_behind(token: str) -> ReplyColleague:
    """Whoever asked to join a reply, whether they were let or not; LinkEnded for one of before, else 404."""
    colleague = colleague_with(public_id_in(token))
    if colleague is None:
        refuse_of_gone(token, "reply-colleague", ended=OUT_OF_IT)
    version = colleague.link_version
    refuse_unless_in_force(token, "reply-colleague", colleague.public_id, version, REPLY_ANEW, colleague.email)
    return colleague
