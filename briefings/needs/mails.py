"""The words of mails about needs, to their owners."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from briefings.accounts.signing_in import user_with
from briefings.needs.finding import need_numbered
from briefings.needs.models import Need, NeedState
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import render


def submitted(message: Message, now: datetime) -> Mail | Dropped:
    """We have it; what happens next."""
    need = _need(message)
    subject = _("[협업이음] 수요 과제가 접수되었습니다: %(title)s", title=need.title)
    return Mail(
        subject, render("need_submitted", name=message.recipient_name, need=need, address=_own_page(message, need))
    )


def published(message: Message, now: datetime) -> Mail | Dropped:
    """Everyone can read it now."""
    need = _need(message)
    if not need.is_public:
        return Dropped("그 사이 과제를 철회함")
    address = url_for("needs.show", need_id=need.id, _external=True)
    subject = _("[협업이음] 수요 과제를 게시했습니다: %(title)s", title=need.title)
    return Mail(subject, render("need_published", name=message.recipient_name, need=need, address=address))


def returned(message: Message, now: datetime) -> Mail | Dropped:
    """What is missing, and what to do."""
    need = _need(message)
    if need.state is not NeedState.RETURNED:
        return Dropped("그 사이 과제를 다시 제출했거나 철회함")
    subject = _("[협업이음] 수요 과제를 고쳐 다시 제출해 주세요: %(title)s", title=need.title)
    return Mail(
        subject, render("need_returned", name=message.recipient_name, need=need, address=_own_page(message, need))
    )


def _need(message: Message) -> Need:
    need = need_numbered(message.params["need"])
    if need is None:
        raise LookupError(f"no need {message.params['need']}")
    return need


def _own_page(message: Message, need: Need) -> str | None:
    """Where the reader can go on by themselves; None for a contact who has no account."""
    has_account = user_with(message.recipient) is not None
    return url_for("owner.show", need_id=need.id, _external=True) if has_account else None


COMPOSERS: dict[str, Composer] = {
    "need_submitted": submitted,
    "need_published": published,
    "need_returned": returned,
}
