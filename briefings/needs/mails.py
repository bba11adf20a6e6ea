"""The words of mails about needs, to their owners and to whoever takes one over."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from briefings.accounts.signing_in import user_with
from briefings.needs.claiming import claim_token, closed_reason, good_until
from briefings.needs.finding import need_numbered
from briefings.needs.models import Need, NeedState
from briefings.needs.registering import has_left
from briefings.organizations.finding import acts_for
from briefings.outbox.mail import Composer, Dropped, Mail, ShortText
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.web.filters import day, when


def submitted(message: Message, now: datetime) -> Mail | Dropped:
    """We have it; what happens next."""
    need = _need(message)
    submitted_at = when(need.submitted_at) if need.submitted_at else ""
    own_page = _own_page(message, need)
    text = "need_submitted" if own_page else "need_submitted_contact"
    return write(text, {**_said(message, need), "제출한 때": submitted_at, "과제 주소": own_page})


def published(message: Message, now: datetime) -> Mail | Dropped:
    """Everyone can read it now."""
    need = _need(message)
    if not need.is_public:
        return Dropped("그 사이 과제를 철회함")
    address = url_for("needs.show", need_id=need.id, _external=True)
    return write("need_published", {**_said(message, need), "과제 주소": address})


def returned(message: Message, now: datetime) -> Mail | Dropped:
    """What is missing, and what to do."""
    need = _need(message)
    if need.state is not NeedState.RETURNED:
        return Dropped("그 사이 과제를 다시 제출했거나 철회함")
    own_page = _own_page(message, need)
    text = "need_returned" if own_page else "need_returned_contact"
    return write(text, {**_said(message, need), **_what_to_mend(need), "과제 주소": own_page})


def return_due(message: Message, now: datetime) -> Mail | Dropped:
    """The deadline is near."""
    need = _need(message)
    if need.state is not NeedState.RETURNED or f"{need.return_due_on}" != message.params.get("due_on"):
        return Dropped("그 사이 과제를 다시 제출했거나 기한이 바뀜")
    own_page = _own_page(message, need)
    text = "need_return_due" if own_page else "need_return_due_contact"
    return write(text, {**_said(message, need), **_what_to_mend(need), "과제 주소": own_page})


def return_moved(message: Message, now: datetime) -> Mail | Dropped:
    """There is another deadline, or none any more."""
    need = _need(message)
    if need.state is not NeedState.RETURNED:
        return Dropped("그 사이 과제를 다시 제출했거나 철회함")
    mend = _what_to_mend(need)
    until = mend["기한"] or _("정해지지 않음")
    return write(
        "need_return_moved", {**_said(message, need), **mend, "기한": until, "과제 주소": _own_page(message, need)}
    )


def claim(message: Message, now: datetime) -> Mail | Dropped:
    """The link by which the contact takes the need over."""
    need = _need(message)
    until = good_until(need)
    if need.claim_version != message.params["version"] or until is None or closed_reason(need, now):
        return Dropped("그 사이 링크를 거두었거나 다시 보냈거나 넘겨받음")
    address = url_for("claims.show", token=claim_token(need), _external=True)
    return write("need_claim", {**_said(message, need), "넘겨받는 링크": address, "기한": when(until)})


def claim_refused(message: Message, now: datetime) -> Mail | Dropped:
    """For staff: the contact could not take it over."""
    need = _need(message)
    if need.claimed_at:
        return Dropped("그 사이 넘겨받음")
    address = url_for("staff_needs.show", need_id=need.id, _external=True)
    return write("need_claim_refused", {**_said(message, need), "과제 주소": address})


def _what_to_mend(need: Need) -> dict[str, str]:
    return {"까닭": need.return_reason, "기한": day(need.return_due_on) if need.return_due_on else ""}


def _said(message: Message, need: Need) -> dict[str, str]:
    return {"이름": message.recipient_name, "과제": need.title, "수요기관": need.organization.name}


def _need(message: Message) -> Need:
    need = need_numbered(message.params["need"])
    if need is None:
        raise LookupError(f"no need {message.params['need']}")
    return need


def _own_page(message: Message, need: Need) -> str | None:
    """Where the reader can go on by themselves; None for a contact without an account of the need's organization."""
    user = user_with(message.recipient)
    is_own = user is not None and acts_for(user, need.organization)
    return url_for("owner.show", need_id=need.id, _external=True) if is_own else None


def _while_theirs(composer: Composer) -> Composer:
    def compose(message: Message, now: datetime) -> Mail | ShortText | Dropped:
        if has_left(message.recipient, _need(message)):
            return Dropped("그 사이 과제의 기관을 떠난 계정")
        return composer(message, now)

    return compose


COMPOSERS: dict[str, Composer] = {
    "need_submitted": _while_theirs(submitted),
    "need_published": _while_theirs(published),
    "need_returned": _while_theirs(returned),
    "need_return_due": _while_theirs(return_due),
    "need_return_moved": _while_theirs(return_moved),
    "need_claim": claim,
    "need_claim_refused": claim_refused,
}

_NEED = (
    NAME,
    Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
    Placeholder("수요기관", "과제를 올린 기관", "한려해양공단"),
)
_SUBMITTED = (*_NEED, Placeholder("제출한 때", "과제를 제출한 때", "2026. 11. 23.(월) 10:00"))
_REASON = Placeholder("까닭", "돌려보내는 까닭", "제공 자원을 더 적어 주세요.")
_OWN_PAGE = Placeholder("과제 주소", "과제를 고치는 화면의 주소", "https://briefings.example.kr/my/needs/1")
_DUE = Placeholder("기한", "고칠 기한", "2026. 12. 7.(월)")
_MAYBE_DUE = _DUE._replace(optional=True)
_PAGE = Placeholder("과제 주소", "누구나 보는 과제 화면의 주소", "https://briefings.example.kr/needs/1")
TEXTS = {
    "need_submitted": Text("과제 제출 (계정이 있는 분)", (*_SUBMITTED, _OWN_PAGE)),
    "need_submitted_contact": Text("과제 제출 (계정이 없는 분)", _SUBMITTED, kinds=("need_submitted",)),
    "need_published": Text("과제 공개", (*_NEED, _PAGE), must=("과제 주소",)),
    "need_returned": Text(
        "과제 돌려보냄 (계정이 있는 분)", (*_NEED, _REASON, _MAYBE_DUE, _OWN_PAGE), must=("까닭", "과제 주소")
    ),
    "need_returned_contact": Text(
        "과제 돌려보냄 (계정이 없는 분)", (*_NEED, _REASON, _MAYBE_DUE), must=("까닭",), kinds=("need_returned",)
    ),
    "need_return_due": Text(
        "고칠 기한 알림 (계정이 있는 분)", (*_NEED, _REASON, _DUE, _OWN_PAGE), must=("기한", "과제 주소")
    ),
    "need_return_due_contact": Text(
        "고칠 기한 알림 (계정이 없는 분)", (*_NEED, _REASON, _DUE), must=("기한",), kinds=("need_return_due",)
    ),
    "need_return_moved": Text(
        "고칠 기한 바뀜", (*_NEED, _REASON, _DUE, _OWN_PAGE._replace(optional=True)), must=("기한",)
    ),
    "need_claim": Text(
        "과제 넘겨받기",
        (
            *_NEED,
            Placeholder(
                "넘겨받는 링크", "본인만 쓰는, 과제를 넘겨받는 주소", "https://briefings.example.kr/needs/claim/…"
            ),
            Placeholder("기한", "링크를 쓸 수 있는 때", "2026. 12. 23.(수) 10:00"),
        ),
        must=("넘겨받는 링크",),
    ),
    "need_claim_refused": Text(
        "담당자가 과제를 넘겨받지 못함 (직원)",
        (
            *_NEED,
            Placeholder("과제 주소", "직원이 보는 과제 화면의 주소", "https://briefings.example.kr/staff/needs/1"),
        ),
        must=("과제 주소",),
    ),
}
