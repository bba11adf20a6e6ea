"""A message that waited may find the world changed: whatever happened, it is written or dropped, never stuck."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from briefings.accounts.models import Role
from briefings.afterwards.models import Certificate
from briefings.archive.models import Story, StoryState
from briefings.db import db
from briefings.jobs import composing_in
from briefings.mentoring.models import Advice
from briefings.needs.models import NeedState
from briefings.needs.review_models import Outcome, Selection
from briefings.organizations.models import RequestState
from briefings.outbox.delivering import BATCH, Letter
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.outbox.words import KINDS
from briefings.participation.desk_mails import CHASES
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import (
    Appointment,
    AppointmentState,
    AppointmentTime,
    Consultation,
    EndReason,
    ReplyState,
    Side,
)
from briefings.questions.models import QuestionState
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.ladder import RUNGS
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from briefings.seasons.models import AvailabilityRequest, Card, Season, SeasonState, SeasonTime
from briefings.webhooks.models import WebhookEndpoint
from tests.builders import (
    a_briefing,
    a_colleague,
    a_need,
    a_question,
    a_registration,
    a_reply,
    a_review,
    a_round,
    a_user,
    an_account_request,
    an_expert,
    an_owner,
    saved,
)
from tests.mails import read_back

GONE = 2**31 - 1
TITLE = (
    "“한강” 100% {{ 되살림 }} <b>& 협업</b> %(title)s #{이름}\r\nBcc: all@example.com\r\n"
    '\u202e"><script>alert(1)</script>'
)
MOMENTS = {"before": timedelta(days=2), "live": -timedelta(minutes=30), "over": -timedelta(days=1)}
# The kinds of messages about each sort of calendar entry, and the turns their parameters may take.
PLACES = (
    *("invitation", "new_time", "new_title", "withdrawal", "waitlisted", "waiting_new_time", "waiting_ended"),
    *("already_registered", "my_registrations", "new_address", "place_of_presenter", "declined", "decline_asked"),
    *("place_given_up", "requested", "refused", "request_new_time", "request_ended", "support_answered"),
    *("reminder_week", "reminder_three_days", "reconfirm", "reminder", "reminder_text", "reminder_two_hours"),
    *("reminder_two_hours_text", "missed", "missed_text", "thanks", "absent"),
    "survey_reminder",
)
TALKS = (
    "presenter_slot",
    "presenter_released",
    "presenter_chase",
    "presenter_reminder",
    "moderator_link",
    "materials_reminder",
    "presenter_declined",
    "presenter_decline_asked",
)
KINDS_ABOUT = {
    ItemKind.REGISTRATION: PLACES,
    ItemKind.PRESENTATION: TALKS,
    ItemKind.REHEARSAL: ("rehearsal", "rehearsal_off"),
}
read: set[tuple[str, str]] = set()
"""What kinds of mails other programs have read, in which language: once is enough."""
IN_BOTH_LANGUAGES = ("migrated_app", "locale"), [("sqlite", "ko"), ("postgresql", "en")]
"""What is asked of the database is the same in every language, and the words are the same on every database."""
AGAIN = [{"news": "new", "again": True}, {"news": "new", "again": False}]
SEVERAL = {"news": "several", "changed": ["room", "time", "title"], "title_before": "앞의 이름"}
WHY = [{"why": why} for why in ("self", "staff", "briefing", "presents", "address", "moved")]
STAFF = [
    {"reason": "발표자로 참석합니다."},
    {"news": "entered", "source": "소속 기관의 명단"},
    {"moved_from": GONE},
    {"moved_to": GONE},
]
TURNS = {
    **{kind: AGAIN for kind in ("rehearsal", "rehearsal_off")},
    **{kind: [*AGAIN, *STAFF[1:3]] for kind in ("invitation", "waitlisted")},
    **{kind: [*AGAIN, SEVERAL] for kind in ("new_time", "waiting_new_time", "request_new_time")},
    **{kind: WHY for kind in ("withdrawal", "waiting_ended", "request_ended")},
    "place_given_up": [WHY[0], WHY[1] | STAFF[0]],
    "presenter_slot": [*AGAIN, *({"news": news} for news in ("time", "room", "title")), SEVERAL],
}


def a_message(number, now, locale, kind, recipient, **params) -> Message:
    """A message of that kind that is due."""
    return Message(
        id=number,
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


def composed(app, now, locale, kind, recipient, **params):
    """What becomes of a message of that kind."""
    (found,) = composed_together(app, now, locale, [(kind, recipient, params)]).values()
    return found


def composed_together(app, now, locale, asked) -> dict[int, Letter | Dropped]:
    """What becomes of several (kind, recipient, params), which the worker composes so, by their place among them."""
    messages = [a_message(number, now, locale, *each[:2], **each[2]) for number, each in enumerate(asked)]
    made = {}
    for start in range(0, len(messages), BATCH):
        made |= composing_in(app)(messages[start : start + BATCH], now)
    for (kind, recipient, _), found in zip(asked, made.values(), strict=True):
        _look_at(found, kind, recipient, locale)
    return made


def kinds_written(asked, made: dict[int, Letter | Dropped]) -> set[str]:
    """The kinds of which at least one was no longer about nothing."""
    return {asked[place][0] for place, found in made.items() if isinstance(found, Letter)}


def _look_at(found, kind, recipient, locale) -> None:
    assert isinstance(found, Letter | Dropped), (kind, found)
    if isinstance(found, Letter) and (kind, locale) not in read and not kind.endswith("_text"):
        read.add((kind, locale))
        words = read_back(found.data, recipient).get_body(("html",))
        assert "<script" not in words.get_content(), kind


def test_every_kind_has_words_and_a_composer(app):
    assert set(KINDS) == set(app.extensions["composers"])


@pytest.mark.parametrize(
    ("migrated_app", "moment", "locale"),
    [("sqlite", "before", "ko"), ("postgresql", "before", "en"), *product(["sqlite"], ["live", "over"], ["en"])],
    indirect=["migrated_app"],
)
def test_about_briefings(app, now, locale, moment):
    asked = []
    for state, held in product(BriefingState, RegistrationState):
        reminders = [rung.value for rung in RUNGS]
        starts_at = now + MOMENTS[moment]
        briefing = a_briefing(
            state=state, title=TITLE, starts_at=starts_at, cancel_reason="비가 와서", reminders=reminders
        )
        briefing.slots[0].presenter_email = "p@example.kr"
        helped = {"support_state": SupportState.ARRANGED, "support_answer": TITLE, "support_changed_at": now}
        place = a_registration(briefing, state=held, locale=locale, **helped)
        about = {"registration": place.id, "briefing": briefing.id, "need": briefing.slots[0].need_id}
        about |= {"sequence": briefing.sequence, "version": place.link_version, "at": now.isoformat()}
        confirmed = held is RegistrationState.CONFIRMED  # what becomes of a place is nothing to who presents
        for kind_of_item, kinds in (KINDS_ABOUT if confirmed else {ItemKind.REGISTRATION: PLACES}).items():
            item = an_item(kind_of_item, briefing, place, now, state=ItemState.OPEN if confirmed else ItemState.CLOSED)
            about |= {"item": item.id}
            asked += [(each, item.email, about | turn) for each in kinds for turn in TURNS.get(each, [{}])]
    written = kinds_written(asked, composed_together(app, now, locale, asked))
    if moment == "over":
        assert written <= {"already_registered", "thanks", "absent"}
    if moment == "before":
        needed = {
            "invitation",
            "withdrawal",
            "waitlisted",
            "reminder",
            "presenter_slot",
            "presenter_chase",
            "rehearsal",
            "support_answered",
        }
        assert needed <= written


def an_item(kind: ItemKind, briefing: Briefing, place: Registration, now: datetime, **given) -> CalendarItem:
    """What stands in the calendar of the registrant or of the presenter."""
    of_place = {"registration": place, "name": place.name, "email": place.email}
    of_talk = {"name": "박누리", "email": "p@example.kr"}
    stamps = {"created_at": now, "modified_at": now, "dtstamp": now, "sequence": 1}
    return saved(
        CalendarItem(
            kind=kind,
            briefing=briefing,
            need=briefing.slots[0].need if kind is ItemKind.PRESENTATION else None,
            starts_at=briefing.starts_at,
            ends_at=briefing.ends_at,
            **(of_place if kind is ItemKind.REGISTRATION else of_talk),
            **stamps,
            **given,
        )
    )


def test_about_what_is_gone(app, now):
    gone = {"registration": GONE, "item": GONE, "briefing": GONE, "need": GONE, "request": "gone", "sequence": 0}
    gone |= {"round": GONE, "user": GONE, "announcement": GONE, "contact": "gone", "slot": GONE, "import": GONE}
    gone |= {"invitee": GONE, "certificate": GONE}
    gone |= {"talk": GONE, "consultation": GONE, "endpoint": GONE}
    kinds = set(KINDS) - {"password_changed", "test", "my_data", "erasure_done", "erasure_refused"}
    kinds = {kind for kind in kinds if not kind.startswith(("reply_", "need_"))}  # they are never deleted
    words = {"why": "self", "news": "new", "session_version": 1}
    asked = [(kind, "a@example.kr", gone | words) for kind in sorted(kinds)]
    assert kinds_written(asked, composed_together(app, now, "ko", asked)) == set()


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_needs_and_replies(app, now, locale):
    asked = []
    for state in NeedState:
        said = {"return_reason": "제공 자원을 더 적어 주세요.", "return_due_on": now.date()}
        need = a_need(state=state, title=TITLE, claim_version=1, claim_asked_at=now, **said)
        about = {"need": need.id, "due_on": f"{now.date()}", "version": 1}
        readers = ("nobody@example.kr", an_owner(need.organization).email)
        kinds = [kind for kind in KINDS if kind.startswith("need_")]
        asked += [(kind, reader, about) for kind, reader in product(kinds, readers)]
    for state, needed in product(ReplyState, (NeedState.PUBLISHED, NeedState.CLOSED, NeedState.WITHDRAWN)):
        made = a_reply(a_need(state=needed, title=TITLE), state=state, decline_reason="예산이 없습니다.")
        kinds = ("received", "withdrawn", "exists", "acknowledged", "declined", "matched")
        asked += [(f"reply_{kind}", made.email, {"reply": made.id}) for kind in kinds]
        asked += [("reply_sent", made.email, {"replies": [made.id]})]
        asked += [("reply_chase", made.email, {"replies": [made.id], "step": step, "words": ""}) for step in CHASES]
        for said in ({}, {"accepted_at": now}, {"refused_at": now}) if needed is NeedState.PUBLISHED else ():
            colleague = a_colleague(made, **said)
            about = {"reply": made.id, "colleague": colleague.id}
            kinds = ("join_asked", "join_waits", "joined", "join_refused", "join_over", "colleague_joined")
            asked += [(f"reply_{kind}", made.email, about) for kind in kinds]
    composed_together(app, now, locale, asked)


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_certificates(app, now, locale):
    for replaced, revoked in ((None, None), (now, None), (None, now)):
        place = a_registration(a_briefing(title=TITLE), locale=locale)
        given = {"name": TITLE, "organization": TITLE, "title": TITLE, "issued_at": now, "revoked_reason": TITLE}
        given |= {"starts_at": now, "ends_at": now, "replaced_at": replaced, "revoked_at": revoked}
        made = saved(Certificate(number=f"2026-{place.id}", registration=place, **given))
        for kind, holds in (("certificate_corrected", not revoked), ("certificate_revoked", True)):
            found = composed(app, now, locale, kind, place.email, certificate=made.id)
            assert isinstance(found, Letter) == (holds and not replaced)
            assert isinstance(composed(app, now, locale, kind, "nobody@example.kr", certificate=made.id), Dropped)


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_questions(app, now, locale):
    for state, held in product(QuestionState, (RegistrationState.CONFIRMED, RegistrationState.CANCELLED)):
        place = a_registration(a_briefing(title=TITLE), state=held)
        slot, day = place.briefing.slots[0], now.date()
        said = {"text": TITLE, "answer": TITLE, "due_on": day, "answered_at": now, "slot_id": slot.id}
        head = {"merged_into_id": a_question(place).id} if state is QuestionState.MERGED else {}
        asked = a_question(place, state=state, **said, **head)
        about = {"slot": slot.id, "questions": [asked.id], "due_on": f"{day}"}
        for kind in ("questions_to_write", "questions_due", "questions_late"):
            found = composed(app, now, locale, kind, "nobody@example.kr", **about)
            assert isinstance(found, Letter) == (state is QuestionState.TO_WRITE)
        about = {"question": asked.id, "registration": place.id}
        found = composed(app, now, locale, "question_answered", place.email, **about)
        assert isinstance(found, Letter) == (state is QuestionState.WRITTEN and held is RegistrationState.CONFIRMED)


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_the_review(app, now, locale):
    round, reviewer = a_round(reviews_due_on=now.date(), name=TITLE), an_expert(locale=locale)
    a_review(a_need(round=round), reviewer)
    for kind in ("review_assigned", "review_reminder"):
        about = {"round": round.id, "user": reviewer.id}
        assert isinstance(composed(app, now, locale, kind, reviewer.email, **about), Letter)
    for made, told, public in product(Outcome, (None, now), (True, False)):
        need = a_need(round=round, title=TITLE, state=NeedState.PUBLISHED if public else NeedState.SUBMITTED)
        decision = {"outcome": made, "reason": "까닭", "decided_by_id": reviewer.id, "decided_at": now, "told_at": told}
        saved(Selection(need_id=need.id, **decision))
        for outcome, before in product(Outcome, ("", "reserve")):
            kind = f"selection_{outcome.value}"
            found = composed(app, now, locale, kind, "nobody@example.kr", need=need.id, before=before)
            assert isinstance(found, Letter) == (outcome is made and told is not None)


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_matches(app, now, locale):
    for words, state in (
        ({"asked_at": now}, ReplyState.CONSULTING),
        ({"confirmed_at": now}, ReplyState.MATCHED),
        ({"objected_at": now, "objection": TITLE}, ReplyState.CONSULTING),
        (None, ReplyState.ENDED),
    ):
        made = a_reply(a_need(title=TITLE), state=state, end_reason=EndReason.OTHER, end_words=TITLE)
        match = Match(need=made.need, matched_on=now.date(), summary=TITLE, recorded_at=now)
        match.organizations = [MatchOrganization(organization=made.need.organization, confirmed_at=now)]
        if words is not None:
            match.organizations.append(MatchOrganization(organization=made.organization, contribution=TITLE, **words))
        saved(match)
        story = saved(Story(match=match, title=TITLE, text=TITLE, changed_at=now))
        about = {"story": story.public_id, "organization": made.organization_id, "version": 1}
        for told in StoryState:
            story.state = told
            db.session.commit()
            asked = [(kind, made.email, about) for kind in KINDS if kind.startswith("story_")]
            composed_together(app, now, locale, asked)
        readers = (made.email, an_owner(made.need.organization).email, "nobody@example.kr")
        of_both, of_need = {"reply": made.id, "need": made.need_id}, {"need": made.need_id}
        kinds = [kind for kind in KINDS if kind.startswith(("match_", "reply_ended"))]
        composed_together(app, now, locale, list(product(kinds, readers, (of_both, of_need))))


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_advice(app, now, locale):
    mentor, asked = an_expert(locale=locale), []
    for state in NeedState:
        need = a_need(state=state, title=TITLE)
        advice = saved(Advice(need=need, mentor=mentor, asked_at=now))
        about = {"advices": [advice.id], "need": need.id, "mentor": TITLE, "reason": TITLE}
        asked += [(kind, mentor.email, about) for kind in KINDS if kind.startswith("advice_")]
    composed_together(app, now, locale, asked)


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_seasons(app, now, locale):
    for state in SeasonState:
        need = a_need(title=TITLE, contact_name="이 “가온”", contact_email="Gaon@example.kr")
        dates = {"created_at": now, "changed_at": now}
        season = Season(name=TITLE, state=state, created_by=a_user(), **dates)
        season.cards = [Card(need=need)]
        season.times = [SeasonTime(starts_at=now + timedelta(days=7 * week)) for week in range(1, 60)]
        saved(season)
        asked = {"email": "gaon@example.kr", "name": "이 “가온”", "asked_at": now}
        about = {"request": saved(AvailabilityRequest(season_id=season.id, **asked)).public_id}
        for kind in ("availability_asked", "availability_reminded"):
            found = composed(app, now, locale, kind, "gaon@example.kr", **about)
            assert isinstance(found, Letter) == (state is SeasonState.PLANNING)
            assert isinstance(composed(app, now, locale, kind, "other@example.kr", **about), Dropped)


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
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
        for kind in ("on", "off", "reset"):
            composed(app, now, locale, f"second_factor_{kind}", user.email)
        for kind in ("recovery_code_used", "recovery_codes_renewed", "agency_linked"):
            composed(app, now, locale, kind, user.email, **({"left": 9} if kind == "recovery_code_used" else {}))


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_talks(app, now, locale):
    asked = []
    for state, moment, held in product(AppointmentState, MOMENTS.values(), (ReplyState.CONSULTING, ReplyState.ENDED)):
        made = a_reply(a_need(title=TITLE), state=held)
        times = {"starts_at": now + moment, "ends_at": now + moment + timedelta(minutes=20)}
        stamps = {"created_at": now, "modified_at": now, "dtstamp": now, "sequence": 1, "locale": locale}
        closed = {"state": ItemState.CLOSED} if state is AppointmentState.CANCELLED else {}
        items = [
            saved(CalendarItem(kind=ItemKind.APPOINTMENT, name="이 “가온”", email=email, **times, **stamps, **closed))
            for email in (f"o{made.id}@example.kr", made.email)
        ]
        sides = {"owner_item": items[0], "replier_item": items[1]}
        offered = {"times": [AppointmentTime(starts_at=now + timedelta(days=1))], "offered_at": now}
        talk = Appointment(reply=made, state=state, starts_at=times["starts_at"], place=TITLE, **sides, **offered)
        about = {"talk": saved(talk).id, "at": talk.starts_at.isoformat(), "words": TITLE, "sequence": 1}
        for side, item in zip(Side, items, strict=True):
            about |= {"item": item.id, "side": side.value}
            for kind in (each for each in KINDS if each.startswith("talk")):
                news = {"talk_reminder": ("day", "hour"), "talk_offered": ("new", "others")}
                turns = (news | {"talk": ("new", "time", "place")}).get(kind, ("new",))
                asked += [(kind, item.email, about | {"news": new}) for new in turns]
        step = {"reply": made, "notes": TITLE, "held_on": now.date(), "next_on": now.date(), "noted_at": now}
        noted = saved(Consultation(**step))
        asked += [("next_step", made.email, {"consultation": noted.id, "day": f"{now.date()}"})]
    written = kinds_written(asked, composed_together(app, now, locale, asked))
    assert {"talk", "talk_offered", "talk_reminder", "talk_other_time", "talk_declined"} <= written


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_own_data(app, now, locale):
    found = composed(app, now, locale, "my_data", "gaon@example.com")
    assert isinstance(found, Letter)
    late = composed(app, now + timedelta(minutes=30), locale, "erasure_done", "gaon@example.com", erasure=1)
    refused = composed(app, now, locale, "erasure_refused", "gaon@example.com", reason=TITLE)
    assert all(isinstance(each, Letter) for each in (late, refused))


@pytest.mark.parametrize(*IN_BOTH_LANGUAGES, indirect=["migrated_app"])
def test_about_webhooks(app, now, locale):
    by = a_user(Role.ADMINISTRATOR)
    made = {"url": "https://hooks.example.kr/", "description": TITLE, "secret": "", "events": [], "created_at": now}
    for active in (False, True):
        endpoint = saved(WebhookEndpoint(**made, created_by_id=by.id, active=active))
        found = composed(app, now, locale, "webhook_paused", by.email, endpoint=endpoint.id)
        assert isinstance(found, Dropped) == active
