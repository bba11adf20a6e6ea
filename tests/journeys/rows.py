"""What the installation of the journeys holds: one of every state that a page can show, under a short name each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.accounts.password_links import password_token
from briefings.accounts.signing_in import set_password
from briefings.announcements.groups import Group
from briefings.announcements.writing import Letter, send, write
from briefings.db import db, unit_of_work
from briefings.inbox.links import give_up_token
from briefings.inbox.receiving import Rules, receive
from briefings.live.models import Attendance
from briefings.needs.attaching import MOST, attach
from briefings.needs.claiming import claim_token
from briefings.needs.models import Audience, Need, NeedState, Resource, Round, Theme
from briefings.needs.officers import give_themes
from briefings.needs.review_models import SET_ASIDE, Outcome, ReviewState, Selection
from briefings.organizations.models import AccountRequest, Organization, OrganizationKind, RequestState
from briefings.organizations.requesting import confirmation_token
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.texts import Template
from briefings.participation import drafts
from briefings.participation.answering import acknowledge, note_consultation
from briefings.participation.matching import Terms, confirm_on_paper, record_match
from briefings.participation.models import ParticipationReply, ReplyState, Visibility
from briefings.privacy.consenting import answer_all, current_texts
from briefings.privacy.models import Purpose
from briefings.reviews import selecting
from briefings.reviews.asking_reviewers import ask
from briefings.rounds.links import contact_token
from briefings.schedule import drafting
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.editing import details_of
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.materials import hand_in
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.new_address import move_token
from briefings.schedule.presenters import hand_over, keep_calendars
from briefings.schedule.registering import Applicant, Colleague, consents_of, register_together
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.slots import plan_of
from briefings.web.tokens import token_for
from tests.builders import (
    a_briefing,
    a_colleague,
    a_contact,
    a_need,
    a_registration,
    a_reply,
    a_review,
    a_round,
    a_user,
    an_expert,
    an_organization,
    an_owner,
    criteria_for,
    saved,
)
from tests.files import samples
from tests.inbox import shapes
from tests.inbox.shapes import Said
from tests.journeys.account_rows import fill_accounts
from tests.journeys.after_rows import fill_after
from tests.journeys.api_rows import fill_keys
from tests.journeys.day_rows import fill_day
from tests.journeys.desk_rows import fill_desk
from tests.journeys.export_rows import fill_exports
from tests.journeys.import_rows import fill_imports
from tests.journeys.match_rows import fill_matches
from tests.journeys.organization_rows import fill_organizations
from tests.journeys.paper_rows import fill_papers
from tests.journeys.question_rows import fill_questions
from tests.journeys.registration_rows import fill_registrations
from tests.journeys.report_rows import fill_report
from tests.journeys.rights_rows import fill_rights
from tests.journeys.room_rows import fill_rooms
from tests.journeys.running import BEGINNING
from tests.journeys.season_rows import fill_seasons
from tests.journeys.support_rows import fill_support
from tests.journeys.talk_rows import fill_talks
from tests.journeys.webhook_rows import fill_webhooks
from tests.seasons import boards

PASSWORD = "barley-Lantern-72"
ADMINISTRATOR = "admin@ministry.example.kr"
STAFF = "officer@ministry.example.kr"
THEME_STAFF = "officer.of.a.theme@ministry.example.kr"
OWNER = "owner@gaon.example.kr"
NEW_OWNER = "new@haedam.example.kr"
REVIEWER = "reviewer@hanbit.example.kr"
NEW_REVIEWER = "new@hanbit.example.kr"

LONG_TITLE = (
    "도서 지역 고령 어업인과 장애인이 함께 쓰는 폐어망·폐부표 수거 선별 작업장의"
    " 안전 장비와 재생 원료 판로 공동 개척 시범 사업"
)


class Rows(dict[str, Any]):
    """Values for the addresses of pages: `"/needs/{need}".format(**rows)`."""


def fill() -> Rows:
    """Put everything into the database; inside an application context and the server's clock."""
    rows = Rows()
    db.session().expire_on_commit = False  # nobody else writes: what is known is not read anew after each commit
    theme = db.session.scalars(select(Theme).order_by(Theme.position)).first()
    audience = db.session.scalars(select(Audience).order_by(Audience.position)).first()
    assert theme and audience
    rows.update(theme=theme.id, audience=audience.id)
    rows["organization"], rows["officer"] = people()
    _requests(rows)
    needs = _needs(rows, theme, audience)
    _briefings(rows, theme, audience, needs)
    _rounds(rows, needs)
    _reviews(rows)
    _replies(rows, needs)
    _messages(rows)
    _announcements(rows)
    _received(rows)
    open_one, ended = (db.session.get_one(Briefing, rows[f"{name}_id"]) for name in ("open", "ended"))
    rows.update(fill_support(open_one, ended, rows["need"]))
    rows.update(fill_rights(open_one, ended, LONG_TITLE))
    rows.update(fill_after(rows["officer"], ZoneInfo("Asia/Seoul")))
    rows.update(fill_report(rows["officer"], db.session.get_one(Briefing, rows["after_id"])))
    rows.update(fill_desk(rows["officer"], theme, audience, LONG_TITLE))
    fill_exports(rows["officer"], rows["open_id"])
    rows.update(fill_papers(rows["officer"], theme, audience, LONG_TITLE))
    rows.update(fill_day(rows["officer"], theme, audience, LONG_TITLE))
    rows.update(fill_keys(db.session.scalars(select(User).where(User.email == ADMINISTRATOR)).one(), LONG_TITLE))
    administrator = db.session.scalars(select(User).where(User.email == ADMINISTRATOR)).one()
    rows.update(fill_webhooks(administrator, open_one, LONG_TITLE))
    rows.update(fill_organizations(administrator, LONG_TITLE))
    rows.update(fill_questions(db.session.get_one(Briefing, rows["on_id"]), ended, rows["organization"]))
    db.session().expire_on_commit = True
    db.session.expire_all()
    rows.update(fill_seasons(rows["officer"], theme, audience, LONG_TITLE))
    rows.update(fill_imports(rows["officer"], db.session.get_one(Round, rows["round_open_id"]), needs[1], LONG_TITLE))
    rows.update(boards.of_every_kind(rows["officer"], a_user(name="최다온"), LONG_TITLE))
    _officers(administrator)
    return rows


def people() -> tuple[Organization, User]:
    """Who signs in, each with PASSWORD; the owner's organization, and the officer."""
    organization = an_organization("가온해양환경공단")
    officer = a_user(Role.OFFICER, email=STAFF, name="김하늘")
    everybody = [
        officer,
        a_user(email=THEME_STAFF, name="한바다"),
        a_user(Role.ADMINISTRATOR, email=ADMINISTRATOR, name="한결"),
        an_owner(organization, email=OWNER, name="홍길동"),
        an_owner(email=NEW_OWNER, name="나새로"),
        an_expert(email=REVIEWER, name="이가온"),
        an_expert(email=NEW_REVIEWER, name="안다솜"),
    ]
    with unit_of_work():
        for person in everybody:
            set_password(person, PASSWORD)
    return organization, officer


def _officers(administrator: User) -> None:
    """The officer of a theme answers for the last one, of which there is next to nothing."""
    last = db.session.scalars(select(Theme.id).order_by(Theme.position.desc())).first()
    assert last
    with unit_of_work():
        officer = db.session.scalars(select(User).where(User.email == THEME_STAFF)).one()
        give_themes(officer, [last], administrator, BEGINNING)


def _requests(rows: Rows) -> None:
    officer = rows["officer"]
    rows.update(fill_accounts(officer))
    rows.update(user=officer.id, new_password=password_token(officer, BEGINNING + timedelta(days=1)))
    given = {
        "organization_name": "해담나눔협회",
        "organization_kind": OrganizationKind.ASSOCIATION,
        "name": "오나래",
        "phone": "02-1234-5678",
        "purpose": "폐교를 나눔 부엌으로 되살릴 과제를 등록하려고 합니다.",
        "requested_at": BEGINNING,
    }
    new = saved(AccountRequest(email="new@haedam2.example.kr", **given))
    waits = {"state": RequestState.PENDING, "confirmed_at": BEGINNING}
    pending = saved(AccountRequest(email="waits@haedam2.example.kr", **given, **waits))
    rows.update(request=pending.id, request_new=confirmation_token(new), request_pending=confirmation_token(pending))


def _needs(rows: Rows, theme: Theme, audience: Audience) -> list[Need]:
    organization = rows["organization"]
    common = {"themes": [theme], "audiences": [audience], "organization": organization}
    tags = {"offer_tags": [Resource.PLACE.value, Resource.PEOPLE.value], "seek_tags": [Resource.EQUIPMENT.value]}
    whole = {
        "background": "해마다 폐어망 3,000톤이 바다에 버려집니다.\n\n어업인이 모으고 저희가 선별합니다.",
        "beneficiaries": "섬 지역 어업인과 주민",
        "period": "2027. 3.~2027. 12. (10개월)",
        "department": "해양환경과",
        "contact_name": "홍길동",
        "contact_phone": "044-205-1234",
        "contact_email": OWNER,
    }
    needs = [a_need(title=LONG_TITLE, **common, **whole, **tags)]
    needs += [a_need(**common) for _ in range(12)]
    states = {
        state.value: a_need(**common, state=state).id
        for state in (NeedState.DRAFT, NeedState.SUBMITTED, NeedState.CLOSED, NeedState.WITHDRAWN)
    }
    due = {"return_reason": "찾는 역량을 더 자세히 적어 주세요.", "return_due_on": BEGINNING.date() + timedelta(days=3)}
    returned = a_need(**common, state=NeedState.RETURNED, **due)
    rows.update({f"need_{state}": number for state, number in states.items()})
    rows.update(need=needs[0].id, need_bare=needs[1].id, need_returned=returned.id, need_matched=needs[2].id)
    _attachments(rows, needs[0], a_need(**common, title=LONG_TITLE, state=NeedState.DRAFT, summary=""))
    _claims(rows, common | whole)
    return needs


def _attachments(rows: Rows, need: Need, full: Need) -> None:
    """A key need of a round with two files, and a draft with as many as there may be."""
    officer, call = rows["officer"], a_round(name="2026년 하반기 협업 수요조사", opens_at=BEGINNING - timedelta(days=7))
    call.closes_at = BEGINNING + timedelta(days=90)
    with unit_of_work():
        need.round, need.key_since = call, BEGINNING
        file = attach(need, f"{LONG_TITLE} 세부 사업 계획.pdf", samples.a_pdf(), officer, BEGINNING)
        attach(
            need, "plan-of-the-recovery-line-and-its-equipment-2027.pptx", samples.an_office_file(), officer, BEGINNING
        )
        for number in range(MOST):
            attach(full, f"사진 {number}.pdf", samples.a_pdf(f"{number}".encode()), officer, BEGINNING)
    rows.update(file=file.public_id, need_full=full.id, open_round=call.public_id)


def _claims(rows: Rows, given: dict[str, Any]) -> None:
    """Needs that staff entered: to hand over, handed over, and the links to each."""
    given |= {"created_by": rows["officer"], "contact_email": "claims@gaon.example.kr"}
    claims = {
        "claim": a_need(**given, claim_version=1, claim_asked_at=BEGINNING),
        "claim_late": a_need(**given, claim_version=1, claim_asked_at=BEGINNING - timedelta(days=31)),
        "claim_taken": a_need(**given, claim_version=1, claim_asked_at=BEGINNING, claimed_at=BEGINNING),
    }
    rows.update({name: claim_token(need) for name, need in claims.items()})
    rows.update({f"need_{name}": need.id for name, need in claims.items()}, need_unclaimed=a_need(**given).id)


def _rounds(rows: Rows, needs: list[Need]) -> None:
    """A round of each phase; the open one with somebody of each answer, another one before it to be measured by."""
    day = timedelta(days=1)
    made = {
        "draft": a_round(announced_at=None),
        "announced": a_round(opens_at=BEGINNING + day, closes_at=BEGINNING + 20 * day),
        "open": a_round(name=LONG_TITLE, opens_at=BEGINNING - 9 * day, closes_at=BEGINNING + 3 * day),
        "closed": a_round(opens_at=BEGINNING - 90 * day, closes_at=BEGINNING - 60 * day),
    }
    for name, each in made.items():
        rows[f"round_{name}"], rows[f"round_{name}_id"] = each.public_id, each.id
    body = needs[0].organization
    people = {
        "silent": a_contact(made["open"], asked_at=BEGINNING - 5 * day),
        "fresh": a_contact(made["open"], asked_at=BEGINNING),
        "unasked": a_contact(made["open"], asked_at=None),
        "nothing": a_contact(made["open"], nothing_at=BEGINNING, nothing_reason="이미 하고 있는 협업에 힘을 모읍니다."),
        "handed_in": a_contact(made["open"], organization=body),
        "early": a_contact(made["announced"]),
        "late": a_contact(made["closed"]),
    }
    for name, contact in people.items():
        rows[f"asked_{name}"], rows[f"asked_{name}_id"] = contact_token(contact), contact.id
    with unit_of_work():
        for need in needs[:3]:
            need.round = made["open"]
        needs[3].round = made["closed"]


def _reviews(rows: Rows) -> None:
    """A round under review with a sheet of each state, one that has still to begin, one that cannot be told."""
    reviewer = db.session.scalars(select(User).where(User.email == REVIEWER)).one()
    others, due = [an_expert(name="박나래"), an_expert(rows["organization"], name="최다온")], BEGINNING.date()
    under, begun, stuck = (a_round(reviews_due_on=due + timedelta(days=5)) for _ in range(3))
    criteria, officer = criteria_for(under, 30, 25, 45), rows["officer"]
    a_need(round=begun, title=LONG_TITLE)
    needs = [a_need(round=under, title=LONG_TITLE), *(a_need(round=under) for _ in range(4))]
    needs.append(a_need(round=under, organization=rows["organization"]))
    gone = a_need(round=under, state=NeedState.WITHDRAWN)
    given = {"state": ReviewState.RECUSED, "recusal_reason": "지난해까지 이 기관의 자문위원이었습니다."}
    left_out = {"state": ReviewState.RECUSED, "submitted_at": None, "recusal_reason": f"{SET_ASIDE}기관을 옮겼습니다."}
    half = {"state": ReviewState.ASSIGNED, "submitted_at": None, "comment": "더 읽어 보겠습니다."}
    sheets = {
        "open": a_review(needs[0], reviewer, dict.fromkeys(criteria[:2], 0), **half),
        "done": a_review(needs[1], reviewer, dict.fromkeys(criteria, 5), comment="바로 시작할 수 있습니다."),
        "recused": a_review(needs[2], reviewer, **given),
        "left_out": a_review(needs[5], reviewer, dict.fromkeys(criteria, 2), **left_out),
        "decided": a_review(needs[3], reviewer, dict.fromkeys(criteria, 3)),
        "gone": a_review(gone, reviewer),
    }
    for need, points in zip(needs[:5], (4, 1, 3, 3, 3), strict=True):
        a_review(need, others[0], dict.fromkeys(criteria, points))
    waits = a_review(needs[4], others[1])
    rows.update(
        {f"sheet_{name}": sheet.id for name, sheet in sheets.items()}, sheet_waiting=waits.id, reviewer=reviewer.id
    )
    rows.update(under=under.id, begun=begun.id, stuck=stuck.id, criterion=criteria_for(begun, 50)[0].id)
    rows.update(scored=needs[1].id, scored_little=needs[2].id, scored_decided=needs[3].id, scored_gone=gone.id)
    rows["begun_empty"] = a_need(round=a_round()).round_id
    with unit_of_work():
        ask(under, officer, due, BEGINNING)
        for need, outcome in ((needs[3], Outcome.SELECTED), (needs[4], Outcome.NOT_SELECTED)):
            seen = selecting.version_of([need])
            selecting.decide(under, [need], outcome, "주고받을 것이 뚜렷합니다.", seen=seen, by=officer, now=BEGINNING)
        lost = a_need(round=stuck, state=NeedState.CLOSED)
        about = {"outcome": Outcome.SELECTED, "reason": "까닭", "decided_by_id": officer.id, "decided_at": BEGINNING}
        db.session.add(Selection(need_id=lost.id, **about))


def _briefings(rows: Rows, theme: Theme, audience: Audience, needs: list[Need]) -> None:
    common = {
        "theme": theme,
        "audience": audience,
        "now": BEGINNING,
        "room_note": "영상이 열리지 않으면 044-205-1234로 전화해 주세요.",
    }
    soon, ago = BEGINNING + timedelta(minutes=20), BEGINNING - timedelta(days=20)
    made = {
        "open": a_briefing(
            needs=4, description="어업인과 기업이 함께할 과제 네 건을 소개합니다.", moderator="김하늘", **common
        ),
        "full": a_briefing(needs=2, capacity=1, **common),
        "announced": a_briefing(needs=1, registration_opens_at=BEGINNING + timedelta(days=3), **common),
        "closed": a_briefing(needs=1, registration_closes_at=BEGINNING - timedelta(hours=1), **common),
        "soon": a_briefing(needs=2, starts_at=soon, **common),
        "ended": a_briefing(needs=3, starts_at=ago, replay_url="https://room.example.kr/replay", **common),
        "cancelled": a_briefing(
            needs=1,
            state=BriefingState.CANCELLED,
            cancel_reason="발표 기관의 사정으로 열지 못합니다.",
            cancelled_at=BEGINNING,
            **common,
        ),
        "draft": a_briefing(needs=3, state=BriefingState.DRAFT, published_at=None, **common),
        "blank": a_briefing(needs=0, state=BriefingState.DRAFT, published_at=None, room_url="", **common),
    }
    for name, briefing in made.items():
        rows[name], rows[f"{name}_id"] = briefing.public_id, briefing.id
    _registrations(rows, made)
    fill_registrations(rows, common)
    rows.update(fill_rooms(rows["officer"], made["soon"], made["ended"]))
    _drafts(rows, made)


def _registrations(rows: Rows, made: dict[str, Briefing]) -> None:
    given = {
        "department": "사업기획팀",
        "phone": "01012345678",
        "question": "설비를 옮길 비용도 지원합니까?",
    }
    cancelled = {"state": RegistrationState.CANCELLED, "confirmed_at": None, "cancelled_at": BEGINNING}
    registrations = {
        "confirmed": a_registration(made["open"], **given),
        "gone": a_registration(made["open"], **cancelled),
        "seated": a_registration(made["full"]),
        "waiting": a_registration(made["full"], state=RegistrationState.WAITLISTED),
        "ready": a_registration(made["soon"]),
        "inside": a_registration(made["soon"]),
        "past": a_registration(made["ended"]),
        "called_off": a_registration(made["cancelled"]),
    }
    for _ in range(25):
        a_registration(made["open"])
    texts = current_texts([Purpose.REGISTRATION, Purpose.PROVISION, Purpose.NEWS], "ko")
    with unit_of_work():
        answers = [(text.id, purpose is not Purpose.NEWS) for purpose, text in texts.items()]
        answer_all(consents_of(registrations["confirmed"]), answers, BEGINNING)
    seen = BEGINNING - timedelta(minutes=5)
    for name in ("inside", "past"):
        saved(Attendance(registration=registrations[name], first_seen_at=seen, last_seen_at=seen))
    slot = made["open"].slots[0]
    slot.presenter_email, slot.standby_name, slot.standby_email = (
        "presents@gaon.example.kr",
        "최다온",
        "daon@gaon.example.kr",
    )
    db.session.commit()
    with unit_of_work():
        keep_calendars(made["open"], BEGINNING)
    rows["presenter"], rows["slot"] = presenter_token(slot), slot.public_id
    early = made["full"].slots[0]
    early.presenter_email, made["full"].materials_due_at = "early@gaon.example.kr", BEGINNING + timedelta(days=2)
    with unit_of_work():
        hand_in(early, "설명회 발표.pdf", samples.a_pdf(), BEGINNING)
        rows["presenter_early"] = presenter_token(early)
        rows["presenter_ended"] = presenter_token(made["ended"].slots[0])
    for name, registration in registrations.items():
        rows[name], rows[f"{name}_join"] = token_of(registration), token_of(registration, "join")
        rows[f"{name}_reconfirm"] = token_of(registration, "reconfirm")
        rows[f"{name}_number"] = registration.public_id


def _drafts(rows: Rows, made: dict[str, Briefing]) -> None:
    """Changes that are kept to be published later; of one the presenter handed over meanwhile."""
    for name in ("announced", "closed"):
        briefing = made[name]
        (slot,) = plan_of(briefing).slots
        ours = replace(slot, talk_minutes=20, presenter_name="오우리", presenter_email="ours@gaon.example.kr")
        details = replace(details_of(briefing), title=f"{briefing.title} (바뀔 이름)", moderator="윤다온")
        with unit_of_work():
            seen = {"seen": briefing.changed_at, "seen_draft": None}
            drafting.keep(briefing, details, [ours], **seen, by=rows["officer"], now=BEGINNING)
    with unit_of_work():
        rows["presenter_before"] = presenter_token(made["closed"].slots[0])
        hand_over(made["closed"].slots[0], "최다온", "과장", "daon@gaon.example.kr", BEGINNING)


def _replies(rows: Rows, needs: list[Need]) -> None:
    today = BEGINNING.date()
    fresh = a_reply(needs[0], conditions="내년 3월부터 할 수 있습니다.", phone="01012345678")
    late = a_reply(needs[1], due_at=BEGINNING - timedelta(days=2))
    declined = a_reply(
        needs[3], state=ReplyState.DECLINED, decline_reason="설비가 이미 있습니다.", acknowledged_at=BEGINNING
    )
    withdrawn = a_reply(needs[4], state=ReplyState.WITHDRAWN, withdrawn_at=BEGINNING)
    talked, matched = a_reply(needs[5], visibility=Visibility.PUBLIC), a_reply(needs[2])
    officer = rows["officer"]
    with unit_of_work():
        noted = note_consultation(
            talked, today, "서로 맡을 일을 이야기했습니다.", "현장 방문 날짜 정하기", officer, today, BEGINNING
        )
        acknowledge(matched, BEGINNING)
        brings = {matched.need.organization_id: "작업장과 전담 인력", matched.organization_id: "재생 설비"}
        terms = Terms(brings, today, "폐어망 되살림 공정을 함께 시작합니다.")
        match = record_match(matched.need, [matched], terms, officer, today, BEGINNING)
        confirm_on_paper(match, matched.organization_id, "공문으로 확인", officer, BEGINNING, BEGINNING)
    made = {
        "fresh": fresh,
        "late": late,
        "declined": declined,
        "withdrawn": withdrawn,
        "talked": talked,
        "matched": matched,
    }
    mentor = db.session.scalars(select(User).where(User.email == REVIEWER)).one()
    rows.update(fill_matches(officer, mentor, match, LONG_TITLE))
    for name, reply in made.items():
        rows[f"reply_{name}"] = reply.public_id
        rows[f"link_{name}"] = token_for("reply", reply.public_id, reply.link_version)
    _colleagues(rows, talked)
    rows.update(fill_talks(db.session.scalars(select(User).where(User.email == OWNER)).one(), needs[5]))
    rows["reply_late_id"], rows["consultation"] = late.id, noted.id


def _colleagues(rows: Rows, reply: ParticipationReply) -> None:
    """Of one reply: somebody who waits, somebody who is in, somebody who is not; and what was kept of another."""
    accepted = a_colleague(reply, name="최다온", accepted_at=BEGINNING, phone="01012345678")
    waiting, refused = a_colleague(reply), a_colleague(reply, refused_at=BEGINNING)
    for name, colleague in (("in", accepted), ("waits", waiting), ("no", refused)):
        rows[f"joining_{name}"] = token_for("reply-colleague", colleague.public_id, colleague.link_version)
    rows["link_joined"] = token_for("reply", accepted.public_id, accepted.link_version)
    place = a_registration(db.session.get_one(Briefing, rows["open_id"]))
    rows["drafted"] = token_of(place)
    need = place.briefing.slots[0].need_id
    kept = {f"chosen_{need}": True, f"offer_{need}": "시험 운영할 현장이 있습니다.", f"tags_{need}": ["place"]}
    with unit_of_work():
        drafts.save(drafts.key_of_registration(place), kept, BEGINNING)


def _messages(rows: Rows) -> None:
    """A mail with a calendar object, which the worker has still to deliver, and one that could not be delivered."""
    briefing = db.session.get_one(Briefing, rows["open_id"])
    with unit_of_work():
        applicant = Applicant(
            kind=OrganizationKind.COMPANY,
            organization="가온재활용",
            name="이가온",
            email="mailed@gaon.example.com",
            locale="ko",
        )
        together = register_together(briefing, applicant, [Colleague("박나래", "brought@gaon.example.com")], BEGINNING)
    invited, brought = together
    rows.update(invited=token_of(invited), brought=token_of(brought))
    for name, hours in (("new_address", 24), ("new_address_late", -1)):
        rows[name] = move_token(invited, "new@gaon.example.com", BEGINNING + timedelta(hours=hours))
    failed = {"created_at": BEGINNING, "due_at": BEGINNING, "attempts": 8, "error": "550 5.1.1 no such user"}
    message = Message(
        key="reminder:failed",
        kind="reminder",
        recipient="nobody@gaon.example.com",
        recipient_name="박나래",
        locale="ko",
        params={},
        state=MessageState.FAILED,
        **failed,
    )
    rows["mail_failed"] = saved(message).id
    rows["mail"] = db.session.scalars(select(Message.id).where(Message.recipient == "mailed@gaon.example.com")).first()

    _more_messages(rows)


def _more_messages(rows: Rows) -> None:
    """One that staff hold, one that waits, and one that came back from an address that takes nothing any more."""
    given = {"kind": "my_registrations", "locale": "ko", "params": {}, "created_at": BEGINNING, "due_at": BEGINNING}
    for name, state, address, error in (
        ("held", MessageState.HELD, "mailed@gaon.example.com", ""),
        ("waiting", MessageState.QUEUED, "later@gaon.example.com", "450 4.2.0 Greylisted, try again"),
        ("bounced", MessageState.BOUNCED, "gone@gaon.example.com", "550 5.1.1 no such user"),
    ):
        message = Message(
            **given | {"due_at": BEGINNING + timedelta(hours=9)},
            key=f"journey:{name}",
            recipient=address,
            recipient_name="박나래",
            state=state,
            attempts=1 if error else 0,
            error=error,
        )
        rows[f"mail_{name}"] = saved(message).id
    saved(
        UndeliverableAddress(
            address="gone@gaon.example.com",
            since=BEGINNING,
            status="5.1.1",
            reason="550 5.1.1 no such user",
            message_id=rows["mail_bounced"],
        )
    )


def _announcements(rows: Rows) -> None:
    """A letter still to be sent, one that has nobody to go to, and one that was sent."""
    briefing = db.session.get_one(Briefing, rows["open_id"])
    words = Template(
        "#{설명회} 자료를 미리 드립니다", "#{이름} 님, 안녕하십니까?\n\n#{일시}에 뵙겠습니다.\n\n#{신청 내역}"
    )
    english = Template("Material for #{설명회}", "Dear #{이름},\n\n#{일시}\n\n#{신청 내역}")
    everybody = Group((RegistrationState.CONFIRMED, RegistrationState.CANCELLED), presenters=True)
    nobody = Group((RegistrationState.WAITLISTED,))
    with unit_of_work():
        for name, group in (("letter", everybody), ("letter_to_nobody", nobody), ("letter_sent", everybody)):
            written = write(briefing, Letter(words, english), group, by=rows["officer"], now=BEGINNING)
            rows[name] = written.id
        send(written, by=rows["officer"], now=BEGINNING, held=True)


def _received(rows: Rows) -> None:
    """One mail of each kind that came in, and the links that follow a no from a calendar."""
    item = db.session.scalars(select(CalendarItem).where(CalendarItem.email == "mailed@gaon.example.com")).one()
    for name, asked in (("give_up", BEGINNING), ("give_up_late", BEGINNING - timedelta(days=8))):
        rows[name] = give_up_token(item, asked)
    ended = db.session.get_one(Briefing, rows["ended_id"])
    gone = {"state": RegistrationState.CANCELLED, "confirmed_at": None, "cancelled_at": BEGINNING}
    rows["past_gone"] = token_of(a_registration(ended, **gone))
    said = Said(uid=f"{item.uid}@cal.briefings.example.kr", attendee=item.email, partstat="TENTATIVE")
    mails = {
        "letter": shapes.letter(said.but(number=1), "주차할 곳이 있습니까?\n\n" + "가" * 400),
        "stranger": shapes.exchange(said.but(number=2, attendee="haneul@other.example.com", comment="출장입니다")),
        "proposal": shapes.gmail(said.but(number=3, method="COUNTER", comment="오후는 어떻습니까?")),
        "answer": shapes.exchange(said.but(number=4, comment="늦을 수 있습니다")),
        "large": shapes.large(said.but(number=5)),
    }
    rules = Rules(shapes.SERVER, "briefings.example.kr", ask_first=False)
    for name, raw in mails.items():
        with unit_of_work():
            rows[f"received_{name}"] = receive(raw, BEGINNING, rules).id


def topic(theme: str, audience: str) -> dict[str, list[Theme] | list[Audience]]:
    """For builders: the theme and the audience of these names."""
    return {
        "themes": list(db.session.scalars(select(Theme).where(Theme.name == theme))),
        "audiences": list(db.session.scalars(select(Audience).where(Audience.name == audience))),
    }
