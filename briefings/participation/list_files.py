"""Replies, talks and matches as files: all of them for staff, those to their own needs for owners."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.db import db
from briefings.errors import N_
from briefings.exports.lists import Asked, Column, Found, ListFile, NotThere, Readers, Step, listed
from briefings.needs.models import Need, Resource
from briefings.needs.words import RESOURCES
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Organization
from briefings.organizations.words import KINDS
from briefings.participation import answering
from briefings.participation.answering import Shelf
from briefings.participation.match_listing import SHELVES as MATCH_SHELVES
from briefings.participation.match_listing import Shelf as MatchShelf
from briefings.participation.match_listing import matches_on
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import Appointment, AppointmentState, Consultation, ParticipationReply, ReplyState
from briefings.participation.staff import LATE, replies_in, theme_in
from briefings.participation.words import (
    APPOINTMENT_STATES,
    END_REASONS,
    REPLY_STATES,
    SHELVES,
    SIDES,
    VISIBILITIES,
)
from briefings.web.filters import phone
from briefings.web.routing import row_number


def _tags(tags: Sequence[str]) -> str:
    return ", ".join(RESOURCES[Resource(tag)] for tag in tags)


REPLIES: tuple[Column[ParticipationReply], ...] = (
    Column(N_("과제"), 40, lambda each: each.need.title),
    Column(N_("답글을 보낸 기관"), 28, lambda each: each.organization.name),
    Column(N_("기관 유형"), 16, lambda each: KINDS[each.organization.kind], worded=True),
    Column(N_("상태"), 12, lambda each: REPLY_STATES[each.state], worded=True),
    Column(N_("이름"), 12, lambda each: each.name, personal=True),
    Column(N_("전자우편"), 28, lambda each: each.email, personal=True),
    Column(N_("전화번호"), 16, lambda each: phone(each.phone), personal=True),
    Column(N_("함께할 수 있는 것"), 50, lambda each: each.offer),
    Column(N_("보탤 자원 구분"), 20, lambda each: _tags(each.offer_tags), worded=True),
    Column(N_("조건"), 40, lambda each: each.conditions),
    Column(N_("공개 범위"), 24, lambda each: VISIBILITIES[each.visibility], worded=True),
    Column(N_("설명회"), 40, lambda each: each.briefing.title if each.briefing else ""),
    Column(N_("보낸 때"), 17, lambda each: each.sent_at),
    Column(N_("답할 기한"), 17, lambda each: each.due_at),
    Column(N_("확인한 때"), 17, lambda each: each.acknowledged_at),
    Column(N_("수요기관의 말"), 40, lambda each: each.acknowledgement, personal=True),
    Column(N_("함께하지 못하는 까닭"), 40, lambda each: each.decline_reason, personal=True),
    Column(N_("미성사 까닭"), 24, lambda each: END_REASONS[each.end_reason] if each.end_reason else "", worded=True),
    Column(N_("끝난 때"), 17, lambda each: each.ended_at),
    Column(N_("거두어들인 때"), 17, lambda each: each.withdrawn_at),
)
OWNER: tuple[Column[ParticipationReply], ...] = (
    Column("수요기관", 28, lambda each: each.need.organization.name),
    Column("수요기관 유형", 16, lambda each: KINDS[each.need.organization.kind]),
)
TALKS: tuple[Column[Appointment], ...] = (
    Column("과제", 40, lambda each: each.reply.need.title),
    Column("수요기관", 28, lambda each: each.reply.need.organization.name),
    Column("답글을 보낸 기관", 28, lambda each: each.reply.organization.name),
    Column("상태", 14, lambda each: APPOINTMENT_STATES[each.state]),
    Column("시작", 17, lambda each: each.starts_at),
    Column("길이(분)", 10, lambda each: each.minutes),
    Column("시간을 낸 때", 17, lambda each: each.offered_at),
    Column("시간을 정한 때", 17, lambda each: each.agreed_at),
    Column("취소한 때", 17, lambda each: each.cancelled_at),
    Column("취소한 쪽", 16, lambda each: SIDES[each.cancelled_by] if each.cancelled_by else ""),
    Column("답글의 상태", 12, lambda each: REPLY_STATES[each.reply.state]),
)
"""Where they meet and what they say to each other is between both sides."""
CONSULTATIONS: tuple[Column[Consultation], ...] = (
    Column("만난 날", 12, lambda each: each.held_on),
    Column("과제", 40, lambda each: each.reply.need.title),
    Column("수요기관", 28, lambda each: each.reply.need.organization.name),
    Column("답글을 보낸 기관", 28, lambda each: each.reply.organization.name),
    Column("답글의 상태", 12, lambda each: REPLY_STATES[each.reply.state]),
    Column("나눈 이야기", 60, lambda each: each.notes, personal=True),
    Column("다음에 할 일", 40, lambda each: each.next_step, personal=True),
    Column("다음에 할 일의 기한", 18, lambda each: each.next_on),
    Column("적은 때", 17, lambda each: each.noted_at),
)
MATCHES: tuple[Column[Match], ...] = (
    Column("과제", 40, lambda each: each.need.title),
    Column("수요기관", 28, lambda each: each.need.organization.name),
    Column("수요기관 유형", 16, lambda each: KINDS[each.need.organization.kind]),
    Column("함께하는 기관", 40, lambda each: "\n".join(_partner(joined) for joined in each.partners)),
    Column("확인 여부", 12, lambda each: "확인함" if each.confirmed_at else "확인 전"),
    Column("성사한 날", 12, lambda each: each.matched_on),
    Column("함께 일을 시작하는 날", 18, lambda each: each.starts_on),
    Column("내용", 60, lambda each: each.summary),
    Column("기관마다 맡은 것", 60, lambda each: "\n".join(_part(joined) for joined in each.organizations)),
    Column("기록한 때", 17, lambda each: each.recorded_at),
    Column("처음 확인한 때", 17, lambda each: each.confirmed_at),
)


def find_replies(asked: Asked) -> Found[ParticipationReply]:
    """The replies that staff see listed."""
    wanted, theme = asked.args.get("state", ""), theme_in(asked.args)
    words = {LATE: "기한이 지남", **{state.value: REPLY_STATES[state] for state in ReplyState}}
    rows = listed(replies_in(wanted, asked.now, asked.reach, theme))
    conditions = [*([("상태", words[wanted])] if wanted in words else []), *([("주제", theme.name)] if theme else [])]
    return Found((REPLIES[0], *OWNER, *REPLIES[1:]), rows, conditions)


def find_own_replies(asked: Asked) -> Found[ParticipationReply]:
    """The replies to the needs of the organization of whoever asks, as the list shows them."""
    organization, need = _organization(asked), asked.args.get("need", type=row_number)
    wanted = asked.args.get("shelf", "")
    shelf = Shelf(wanted) if wanted in list(Shelf) else Shelf.ALL
    rows = listed(answering.listed_on(organization, shelf, need).options(joinedload(ParticipationReply.briefing)))
    return Found(REPLIES, rows, [(N_("상태"), SHELVES[shelf])], subtitle=organization.name)


def find_talks(asked: Asked) -> Found[Appointment]:
    """Every talk, the one offered last first."""
    reply = joinedload(Appointment.reply)
    found = select(Appointment).options(
        reply.joinedload(ParticipationReply.need).joinedload(Need.organization),
        reply.joinedload(ParticipationReply.organization),
    )
    wanted = asked.args.get("state", "")
    if wanted in list(AppointmentState):
        found = found.where(Appointment.state == AppointmentState(wanted))
    rows = listed(found.order_by(Appointment.offered_at.desc(), Appointment.id.desc()))
    return Found(TALKS, rows, above=(Step("답글", "staff_replies.index", {}),))


def find_consultations(asked: Asked) -> Found[Consultation]:
    """Every note of a consultation, the last first."""
    reply = joinedload(Consultation.reply)
    found = select(Consultation).options(
        reply.joinedload(ParticipationReply.need).joinedload(Need.organization),
        reply.joinedload(ParticipationReply.organization),
    )
    found = found.join(Consultation.reply).where(asked.reach.of_need(ParticipationReply.need_id))
    rows = listed(found.order_by(Consultation.held_on.desc(), Consultation.id.desc()))
    return Found(CONSULTATIONS, rows, above=(Step("답글", "staff_replies.index", {}),))


def find_matches(asked: Asked) -> Found[Match]:
    """The matches of a shelf, or all, with their organizations."""
    wanted = asked.args.get("shelf", "")
    shelf = MatchShelf(wanted) if wanted in list(MatchShelf) else None
    conditions = [("보기", MATCH_SHELVES[shelf])] if shelf else []
    rows = listed(matches_on(shelf, asked.now))
    return Found(MATCHES, rows, conditions, above=(Step("답글", "staff_replies.index", {}),))


def _organization(asked: Asked) -> Organization:
    user = db.session.get(User, asked.by.id)
    organization = organization_of(user) if user else None
    if organization is None:
        raise NotThere("organization")
    return organization


def _partner(joined: MatchOrganization) -> str:
    said = "확인함" if joined.agrees else "다르다고 함" if joined.objected_at else "확인 전"
    return f"{joined.organization.name} ({said})"


def _part(joined: MatchOrganization) -> str:
    return f"{joined.organization.name}: {joined.contribution}"


LISTS = (
    ListFile("replies", "답글", "staff_replies.index", find_replies, narrowed=True),
    ListFile("consultations", "협의 기록", "staff_replies.index", find_consultations, narrowed=True),
    ListFile("talks", "협의 일정", "staff_replies.index", find_talks),
    ListFile("matches", "성사", "staff_matches.index", find_matches),
    ListFile("own_replies", N_("받은 답글"), "owner_replies.index", find_own_replies, readers=Readers.OWNERS),
)
