"""A message that waited may find the world changed: whatever happened, it is written or dropped, never stuck."""

from datetime import timedelta
from itertools import product

import pytest

from briefings.accounts.models import Role
from briefings.jobs import composing_in
from briefings.needs.models import NeedState
from briefings.organizations.models import RequestState
from briefings.outbox.delivering import Letter
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.outbox.words import KINDS
from briefings.participation.models import ReplyState
from briefings.schedule.models import BriefingState, CalendarItem, ItemState, RegistrationState
from tests.builders import (
    a_briefing,
    a_need,
    a_registration,
    a_reply,
    a_user,
    an_account_request,
    an_owner,
    saved,
)

GONE = 2**31 - 1
TITLE = "“한강” 100% {{ 되살림 }} <b>& 협업</b> %(title)s"
MOMENTS = {"before": timedelta(days=2), "live": -timedelta(minutes=30), "over": -timedelta(days=1)}
AGAIN, MOVED = ({"again": True}, {"again": False}), ({"moved": True}, {"moved": False})
WHY = ({"why": "self"}, {"why": "staff"}, {"why": "briefing"})


def composed(app, now, locale, kind, recipient, **params):
    """What becomes of a message of that kind."""
    message = Message(
        id=1,
        key="k",
        kind=kind,
        recipient=recipient,
        recipient_name="이 “가온”",
        locale=locale,
        params=params,
        created_at=now,
        due_at=now,
        reference="0" * 32,
    )
    found = composing_in(app)(message, now)
    assert isinstance(found, Letter | Dropped), kind
    return found


def test_every_kind_has_words_and_a_composer(app):
    assert set(KINDS) == set(app.extensions["composers"])


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_about_briefings(app, now, locale, moment):
    written = set()
    for state, held in product(BriefingState, RegistrationState):
        briefing = a_briefing(state=state, title=TITLE, starts_at=now + MOMENTS[moment], cancel_reason="비가 와서")
        briefing.slots[0].presenter_email = "p@example.kr"
        place = a_registration(briefing, state=held, locale=locale)
        stands = ItemState.OPEN if held is RegistrationState.CONFIRMED else ItemState.CLOSED
        stamps = {"created_at": now, "modified_at": now, "dtstamp": now}
        item = saved(CalendarItem(registration=place, state=stands, sequence=1, **stamps))
        slot = {"briefing": briefing.id, "need": briefing.slots[0].need_id}
        about = {"registration": place.id, "sequence": briefing.sequence, "item": item.id}
        messages = [
            *product(("invitation", "new_time"), [about | again for again in AGAIN]),
            *product(("withdrawal", "waiting_ended"), [about | why for why in WHY]),
            *product(("new_title", "waitlisted", "waiting_new_time", "already_registered", "reminder"), [about]),
            *product(("presenter_slot",), [slot | moved for moved in MOVED]),
            ("presenter_released", slot),
            ("my_registrations", {"registration": place.id}),
        ]
        for kind, params in messages:
            found = composed(app, now, locale, kind, "p@example.kr" if "presenter" in kind else place.email, **params)
            written |= {kind} if isinstance(found, Letter) else set()
    if moment == "over":
        assert written <= {"already_registered"}
    if moment == "before":
        assert {"invitation", "new_time", "withdrawal", "waitlisted", "reminder", "presenter_slot"} <= written


def test_about_what_is_gone(app, now):
    gone = {"registration": GONE, "item": GONE, "briefing": GONE, "need": GONE, "request": "gone", "sequence": 0}
    kinds = set(KINDS) - {"need_submitted", "need_published", "need_returned", "password_changed"}
    for kind in (kind for kind in kinds if not kind.startswith("reply_")):  # needs and replies are never deleted
        found = composed(app, now, "ko", kind, "nobody@example.kr", **gone, why="self", moved=False, session_version=1)
        assert isinstance(found, Dropped), kind


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_about_needs_and_replies(app, now, locale):
    for state in NeedState:
        need = a_need(state=state, title=TITLE, return_reason="제공 자원을 더 적어 주세요.")
        for kind in ("need_submitted", "need_published", "need_returned"):
            composed(app, now, locale, kind, "nobody@example.kr", need=need.id)
            composed(app, now, locale, kind, an_owner(need.organization).email, need=need.id)
    for state, needed in product(ReplyState, (NeedState.PUBLISHED, NeedState.CLOSED, NeedState.WITHDRAWN)):
        made = a_reply(a_need(state=needed, title=TITLE), state=state, decline_reason="예산이 없습니다.")
        for kind in ("received", "withdrawn", "exists", "acknowledged", "declined", "matched"):
            composed(app, now, locale, f"reply_{kind}", made.email, reply=made.id)
        composed(app, now, locale, "reply_sent", made.email, replies=[made.id])


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_about_accounts(app, now, locale):
    for state in RequestState:
        decided = now if state in (RequestState.APPROVED, RequestState.DECLINED) else None
        asked = an_account_request(state=state, decided_at=decided, decline_reason="이미 있습니다.", requested_at=now)
        for kind in ("account_request", "account_declined"):
            composed(app, now, locale, kind, asked.email, request=asked.public_id)
    for active in (True, False):
        user = a_user(Role.OWNER, active=active)
        for kind in ("set_password", "forgotten_password", "password_changed"):
            composed(app, now, locale, kind, user.email, session_version=user.session_version)
            composed(app, now, locale, kind, "nobody@example.kr", session_version=1)
