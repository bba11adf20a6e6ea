"""What is known of somebody otherwise: replies, talks, presentations, needs, invitations, accounts, mails, files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.errors import N_
from briefings.inbox.models import ReceivedMail
from briefings.live.models import BriefingDay
from briefings.needs.models import Need
from briefings.organizations.finding import organization_of
from briefings.organizations.models import AccountRequest
from briefings.outbox.models import Message
from briefings.participation.models import Appointment, ParticipationReply, ReplyColleague
from briefings.rights.shown import Entry, Item, Section, Term
from briefings.rounds.models import RoundContact
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem, ItemKind
from briefings.schedule.calendar_settings import setting_of
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Invitee, Registration
from briefings.seasons.models import AvailabilityRequest


def replies(address: str) -> Section:
    found = select(ParticipationReply).where(ParticipationReply.email == address)
    together = (
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    entries = [
        (
            Item("need", N_("수요 과제"), each.need.title),
            Item("owner", N_("받은 기관"), each.need.organization.name),
            Item("organization", N_("답글을 쓴 기관"), each.organization.name),
            Item("name", N_("이름"), each.name),
            Item("phone", N_("전화번호"), each.phone),
            Item("offer", N_("우리가 보탤 수 있는 것"), each.offer),
            Item("conditions", N_("조건과 시기"), each.conditions),
            Item("state", N_("상태"), each.state),
            Item("sent_at", N_("보낸 때"), each.sent_at),
        )
        for each in db.session.scalars(found.options(*together).order_by(ParticipationReply.sent_at.desc()))
    ]
    return Section("replies", N_("참여 답글"), "", entries)


def joined(address: str) -> Section:
    found = select(ReplyColleague).where(ReplyColleague.email == address)
    together = joinedload(ReplyColleague.reply).joinedload(ParticipationReply.need)
    entries = [
        (
            Item("need", N_("수요 과제"), each.reply.need.title),
            Item("name", N_("이름"), each.name),
            Item("phone", N_("전화번호"), each.phone),
            Item("offer", N_("우리가 보탤 수 있는 것"), each.offer),
            Item("asked_at", N_("부탁한 때"), each.asked_at),
            Item("accepted_at", N_("함께하게 된 때"), each.accepted_at),
        )
        for each in db.session.scalars(found.options(together).order_by(ReplyColleague.id.desc()))
    ]
    return Section("joined_replies", N_("함께하는 답글"), "", entries)


def talks(address: str) -> Section:
    own = select(CalendarItem.id).where(CalendarItem.email == address)
    found = select(Appointment).where(or_(Appointment.owner_item_id.in_(own), Appointment.replier_item_id.in_(own)))
    together = joinedload(Appointment.reply).joinedload(ParticipationReply.need)
    entries = [
        (
            Item("need", N_("수요 과제"), each.reply.need.title),
            Item("starts_at", N_("일시"), each.starts_at),
            Item("place", N_("장소"), each.place),
            Item("state", N_("상태"), each.state),
        )
        for each in db.session.scalars(found.options(together).order_by(Appointment.id.desc()))
    ]
    return Section("talks", N_("1:1 협의"), "", entries)


def presents(address: str) -> Any:
    presenter, standby = func.lower(PresenterSlot.presenter_email), func.lower(PresenterSlot.standby_email)
    return or_(presenter == address, standby == address)


def presentations(address: str) -> Section:
    found = select(PresenterSlot).where(presents(address)).join(PresenterSlot.briefing)
    together = (joinedload(PresenterSlot.briefing), joinedload(PresenterSlot.need))
    entries = []
    for each in db.session.scalars(found.options(*together).order_by(Briefing.starts_at.desc())):
        leads = each.presenter_email.lower() == address
        entries.append(
            (
                Item("briefing", N_("설명회"), each.briefing.title),
                Item("need", N_("수요 과제"), each.need.title),
                Item("starts_at", N_("일시"), each.briefing.starts_at),
                Item("role", N_("맡은 일"), Term(N_("발표자") if leads else N_("예비 발표자"))),
                Item("name", N_("이름"), each.presenter_name if leads else each.standby_name),
                Item("title", N_("부서·직위"), each.presenter_title if leads else each.standby_title),
            )
        )
    return Section(
        "presentations", N_("발표"), N_("지난 설명회의 발표자는 공개된 화면에 남아 있을 수 있습니다."), entries
    )


def moderations(address: str) -> Section:
    found = select(Briefing).join(BriefingDay).where(func.lower(BriefingDay.moderator_email) == address)
    entries = [
        (
            Item("briefing", N_("설명회"), each.title),
            Item("starts_at", N_("일시"), each.starts_at),
            Item("name", N_("이름"), each.moderator),
        )
        for each in db.session.scalars(found.order_by(Briefing.starts_at.desc()))
    ]
    return Section("moderations", N_("설명회 사회"), "", entries)


def needs(address: str) -> Section:
    found = select(Need).where(func.lower(Need.contact_email) == address).order_by(Need.id.desc())
    entries = [
        (
            Item("need", N_("수요 과제"), each.title),
            Item("name", N_("이름"), each.contact_name),
            Item("phone", N_("전화번호"), each.contact_phone),
        )
        for each in db.session.scalars(found)
    ]
    return Section("need_contacts", N_("담당자로 적힌 수요 과제"), "", entries)


def invitations(address: str) -> Section:
    found = select(Invitee).where(Invitee.email == address).options(joinedload(Invitee.briefing))
    entries = [
        (
            Item("briefing", N_("설명회"), each.briefing.title),
            Item("name", N_("이름"), each.name),
            Item("organization", N_("기관"), each.organization),
            Item("asked_at", N_("초대한 때"), each.asked_at),
            Item("declined_at", N_("사양한 때"), each.declined_at),
        )
        for each in db.session.scalars(found.order_by(Invitee.id.desc()))
    ]
    return Section("invitations", N_("받은 초대"), "", entries)


def rounds(address: str) -> Section:
    found = select(RoundContact).where(RoundContact.email == address).options(joinedload(RoundContact.round))
    entries = [
        (
            Item("round", N_("수요조사"), each.round.name),
            Item("name", N_("이름"), each.name),
            Item("asked_at", N_("부탁한 때"), each.asked_at),
            Item("nothing_reason", N_("낼 과제가 없는 까닭"), each.nothing_reason),
        )
        for each in db.session.scalars(found.order_by(RoundContact.id.desc()))
    ]
    return Section("rounds", N_("수요조사에서 부탁받은 것"), "", entries)


def availability(address: str) -> Section:
    found = select(Availability).where(Availability.email == address).order_by(Availability.starts_at.desc())
    entries: list[Entry] = [
        (
            Item("starts_at", N_("일시"), each.starts_at),
            Item("possible", N_("답"), Term(N_("발표할 수 있음") if each.possible else N_("발표할 수 없음"))),
        )
        for each in db.session.scalars(found)
    ]
    asked = select(AvailabilityRequest).where(AvailabilityRequest.email == address)
    for request in db.session.scalars(asked.order_by(AvailabilityRequest.id.desc())):
        entries.append(
            (
                Item("name", N_("이름"), request.name),
                Item("asked_at", N_("물은 때"), request.asked_at),
                Item("note", N_("적어 주신 말"), request.note),
            )
        )
    return Section("availability", N_("발표할 수 있는 시간"), "", entries)


def account(address: str) -> Section:
    entries: list[Entry] = []
    for user in db.session.scalars(select(User).where(User.email == address)):
        organization = organization_of(user)
        entries.append(
            (
                Item("role", N_("역할"), user.role),
                Item("name", N_("이름"), user.name),
                Item("phone", N_("전화번호"), user.phone),
                Item("organization", N_("기관"), organization.name if organization else ""),
                Item("created_at", N_("만든 때"), user.created_at),
                Item("signed_in_at", N_("마지막으로 로그인한 때"), user.signed_in_at),
            )
        )
    for request in db.session.scalars(select(AccountRequest).where(AccountRequest.email == address)):
        entries.append(
            (
                Item("request", N_("계정 신청"), request.organization_name),
                Item("name", N_("이름"), request.name),
                Item("phone", N_("전화번호"), request.phone),
                Item("department", N_("부서"), request.department),
                Item("purpose", N_("쓰려는 까닭"), request.purpose),
                Item("requested_at", N_("신청한 때"), request.requested_at),
            )
        )
    return Section("account", N_("계정"), N_("기관을 대신해 로그인하는 데 씁니다."), entries)


ITEMS = {
    ItemKind.REGISTRATION: N_("설명회 참가"),
    ItemKind.PRESENTATION: N_("발표"),
    ItemKind.REHEARSAL: N_("리허설"),
    ItemKind.APPOINTMENT: N_("1:1 협의"),
}
CHANNELS = {
    "invite": N_("전자우편으로 초대를 받음"),
    "feed": N_("달력 구독 주소로 봄"),
    "none": N_("달력에 넣지 않음"),
}


def calendar(address: str) -> Section:
    setting = setting_of(address)
    entries: list[Entry] = []
    if setting.changed_at is not None:
        entries.append(
            (
                Item("channel", N_("달력에 넣는 방법"), Term(CHANNELS[setting.channel.value])),
                Item("feed", N_("구독 주소"), Term(N_("만듦") if setting.feed_hash else N_("없음"))),
                Item("changed_at", N_("정한 때"), setting.changed_at),
            )
        )
    found = select(CalendarItem).where(CalendarItem.email == address).order_by(CalendarItem.starts_at.desc())
    items = db.session.scalars(found.options(joinedload(CalendarItem.briefing))).all()
    needs = _needs_talked_about([item.id for item in items if item.briefing is None])
    for item in items:
        entries.append(
            (
                Item("kind", N_("무엇"), Term(ITEMS[item.kind])),
                Item("briefing", N_("설명회"), item.briefing.title if item.briefing else ""),
                Item("need", N_("수요 과제"), needs.get(item.id, "")),
                Item("starts_at", N_("일시"), item.starts_at),
                Item("ends_at", N_("끝나는 때"), item.ends_at),
                Item("answer", N_("달력에서 보낸 답"), item.answer_partstat),
                Item("comment", N_("함께 적은 말"), item.answer_comment),
            )
        )
    return Section("calendar", N_("달력"), "", entries)


def _needs_talked_about(ids: Sequence[int]) -> dict[int, str]:
    """By calendar entry of a talk the title of the need it is about."""
    sides = (Appointment.owner_item_id, Appointment.replier_item_id)
    found = (
        select(side, Need.title).join(Appointment.reply).join(ParticipationReply.need).where(side.in_(ids))
        for side in sides
    )
    return {number: title for each in found for number, title in db.session.execute(each) if number} if ids else {}


def messages(address: str) -> Section:
    found = select(Message.subject, Message.created_at, Message.sent_at, Message.phone).where(
        Message.recipient == address
    )
    entries = [
        (
            Item("subject", N_("제목"), subject or Term(N_("보내지 않은 안내"))),
            Item("queued_at", N_("쓴 때"), created_at),
            Item("sent_at", N_("보낸 때"), sent_at),
            Item("phone", N_("문자를 보낸 번호"), phone),
        )
        for subject, created_at, sent_at, phone in db.session.execute(found.order_by(Message.id.desc()))
    ]
    return Section("messages", N_("보내 드린 안내"), "", entries)


def received(address: str) -> Section:
    found = select(ReceivedMail.subject, ReceivedMail.received_at).where(func.lower(ReceivedMail.sender) == address)
    entries = [
        (Item("subject", N_("제목"), subject), Item("received_at", N_("받은 때"), received_at))
        for subject, received_at in db.session.execute(found.order_by(ReceivedMail.id.desc()))
    ]
    note = N_("본문은 30일 뒤에 지웁니다.")
    return Section("received", N_("보내 주신 전자우편"), note, entries)


def exports(registrations: Sequence[Registration]) -> Section:
    """Files that staff took away of a briefing after the person had come into it, as the record of acts says."""
    since = {each.briefing_id: each for each in registrations}
    found = select(AuditEntry).where(
        AuditEntry.about_type == Briefing.__tablename__,
        AuditEntry.about_id.in_(since),
        AuditEntry.action.endswith("exported"),
    )
    entries = [
        (
            Item("briefing", N_("설명회"), since[entry.about_id].briefing.title),
            Item("at", N_("내려받은 때"), entry.at),
            Item("reason", N_("까닭"), str(entry.detail.get("reason", ""))),
        )
        for entry in db.session.scalars(found.order_by(AuditEntry.at.desc()))
        if entry.at >= since[entry.about_id].registered_at
    ]
    note = N_(
        "설명회를 준비하려고 직원이 명단을 파일로 내려받은 기록입니다. 이 가운데 본인이 든 파일이 있을 수 있습니다."
    )
    return Section("exports", N_("본인이 들었을 수 있는 파일"), note, entries)
