"""Everything known about an address, in plain words and by what it came of: what pages, JSON and CSV show alike."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.afterwards.models import Certificate, SurveyAnswer
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.errors import N_
from briefings.inbox.models import ReceivedMail
from briefings.live.models import Attendance
from briefings.needs.models import Need
from briefings.organizations.finding import organization_of
from briefings.organizations.models import AccountRequest
from briefings.outbox.models import Message
from briefings.participation.models import Appointment, ParticipationReply, ReplyColleague
from briefings.privacy.models import Consent, Purpose
from briefings.questions.models import Question, QuestionVote
from briefings.rounds.models import RoundContact
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.calendar_settings import setting_of
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Invitee, Registration
from briefings.seasons.models import AvailabilityRequest


class Term(str):
    """A value that is a word of the catalogue, to be translated where it is shown."""

    __slots__ = ()


Value = str | int | bool | date | datetime | StrEnum | None


class Item(NamedTuple):
    """One thing that is known: its key in the files, its word (a catalogue key), what it is."""

    key: str
    label: str
    value: Value


Entry = tuple[Item, ...]


@dataclass(frozen=True)
class Section:
    """One kind of things: the key in the files, what it is called, what must be said of it, and the things."""

    key: str
    title: str
    note: str
    entries: Sequence[Entry]


def known_about(address: str) -> list[Section]:
    """Every section that holds something, in the order of a person's way; a constant number of statements."""
    address = address.lower()
    registrations = _registrations(address)
    ids = [each.id for each in registrations]
    sections = [
        _of_registrations(registrations),
        _consents(address, registrations),
        _attendances(ids),
        _questions(ids),
        _votes(ids),
        _surveys(ids),
        _certificates(ids),
        _provided(registrations),
        _replies(address),
        _joined(address),
        _talks(address),
        _presentations(address),
        _needs(address),
        _invitations(address),
        _rounds(address),
        _availability(address),
        _account(address),
        _calendar(address),
        _messages(address),
        _received(address),
        _exports(registrations),
    ]
    return [section for section in sections if section.entries]


def is_known(address: str) -> bool:
    """Whether anything is: the cheap question of whether a link is worth a mail."""
    address = address.lower()
    sources: tuple[tuple[Any, Any], ...] = (
        (Registration, Registration.email == address),
        (ParticipationReply, ParticipationReply.email == address),
        (ReplyColleague, ReplyColleague.email == address),
        (Message, Message.recipient == address),
        (Invitee, Invitee.email == address),
        (User, User.email == address),
        (CalendarItem, CalendarItem.email == address),
        (RoundContact, RoundContact.email == address),
        (AvailabilityRequest, AvailabilityRequest.email == address),
        (AccountRequest, AccountRequest.email == address),
        (Availability, Availability.email == address),
        (PresenterSlot, _presents(address)),
        (Need, func.lower(Need.contact_email) == address),
        (ReceivedMail, func.lower(ReceivedMail.sender) == address),
    )
    found = select(or_(*(select(model.id).where(condition).exists() for model, condition in sources)))
    return bool(db.session.scalar(found))


def name_of(address: str) -> tuple[str, str]:
    """What somebody is called, and their language, as they or others said last; empty and Korean where nobody did."""
    for model in (Registration, ParticipationReply, ReplyColleague, Invitee, User):
        column = model.email
        found = select(model.name, model.locale).where(column == address.lower(), model.name != "")
        if row := db.session.execute(found.order_by(model.id.desc()).limit(1)).first():
            return row[0], row[1]
    return "", "ko"


def _registrations(address: str) -> list[Registration]:
    found = select(Registration).where(Registration.email == address).join(Registration.briefing)
    together = (
        joinedload(Registration.briefing),
        joinedload(Registration.organization),
        selectinload(Registration.interests).joinedload(Need.organization),
    )
    return list(db.session.scalars(found.options(*together).order_by(Briefing.starts_at.desc())))


def _of_registrations(registrations: Sequence[Registration]) -> Section:
    entries = [
        (
            Item("briefing", N_("설명회"), each.briefing.title),
            Item("starts_at", N_("일시"), each.briefing.starts_at),
            Item("state", N_("상태"), each.state),
            Item("name", N_("이름"), each.name),
            Item("organization", N_("기관"), each.organization.name),
            Item("department", N_("부서"), each.department),
            Item("rank", N_("직급"), each.rank),
            Item("phone", N_("전화번호"), each.phone),
            Item("support", N_("필요한 지원"), each.support),
            Item("support_answer", N_("지원 요청의 답"), each.support_answer),
            Item("question", N_("사전 질문"), each.question),
            Item("interests", N_("관심 수요"), ", ".join(need.title for need in each.interests)),
            Item("registered_at", N_("신청한 때"), each.registered_at),
            Item("reconfirmed_at", N_("다시 확인한 때"), each.reconfirmed_at),
            Item("cancelled_at", N_("취소한 때"), each.cancelled_at),
        )
        for each in registrations
    ]
    return Section("registrations", N_("설명회 신청"), "", entries)


def _consents(address: str, registrations: Sequence[Registration]) -> Section:
    abouts = [about for about, _ in _abouts(address, registrations)]
    found = select(Consent).where(Consent.about.in_(abouts)).options(joinedload(Consent.text))
    entries = [
        (
            Item("text", N_("동의"), each.text.title),
            Item("version", N_("문안의 판"), each.text.version),
            Item("given", N_("답"), Term(N_("동의함") if each.given else N_("동의하지 않음"))),
            Item("answered_at", N_("답한 때"), each.answered_at),
            Item("withdrawn_at", N_("거둔 때"), each.withdrawn_at),
        )
        for each in db.session.scalars(found.order_by(Consent.answered_at.desc(), Consent.id))
    ]
    return Section("consents", N_("개인정보 동의"), "", entries)


def _abouts(address: str, registrations: Iterable[Registration]) -> Iterator[tuple[str, str]]:
    """What consents were given with, and what that is called."""
    yield from ((f"registration:{each.public_id}", each.briefing.title) for each in registrations)
    for model, name in ((ParticipationReply, "reply"), (ReplyColleague, "reply-colleague")):
        for public_id in db.session.scalars(select(model.public_id).where(model.email == address)):
            yield f"{name}:{public_id}", ""


def _attendances(ids: Sequence[int]) -> Section:
    found = select(Attendance).where(Attendance.registration_id.in_(ids))
    together = joinedload(Attendance.registration).joinedload(Registration.briefing)
    entries = [
        (
            Item("briefing", N_("설명회"), each.registration.briefing.title),
            Item("first_seen_at", N_("처음 들어온 때"), each.first_seen_at),
            Item("last_seen_at", N_("마지막으로 있던 때"), each.last_seen_at),
            Item("minutes", N_("참가한 분"), each.minutes),
            Item("mark_reason", N_("직원이 적은 까닭"), each.mark_reason),
        )
        for each in db.session.scalars(found.options(together).order_by(Attendance.registration_id.desc()))
    ]
    return Section("attendance", N_("출석"), "", entries)


def _questions(ids: Sequence[int]) -> Section:
    found = select(Question).where(Question.registration_id.in_(ids)).options(joinedload(Question.briefing))
    entries = [
        (
            Item("briefing", N_("설명회"), each.briefing.title),
            Item("text", N_("질문"), each.text),
            Item("anonymous", N_("이름"), Term(N_("밝히지 않음") if each.anonymous else N_("밝힘"))),
            Item("state", N_("상태"), each.state),
            Item("asked_at", N_("물은 때"), each.asked_at),
            Item("answer", N_("답"), each.answer),
        )
        for each in db.session.scalars(found.order_by(Question.asked_at.desc()))
    ]
    return Section("questions", N_("질문"), "", entries)


def _votes(ids: Sequence[int]) -> Section:
    found = select(Question.text, QuestionVote.voted_at).join(QuestionVote).where(QuestionVote.registration_id.in_(ids))
    entries = [
        (Item("question", N_("질문"), text), Item("voted_at", N_("누른 때"), voted_at))
        for text, voted_at in db.session.execute(found.order_by(QuestionVote.voted_at.desc()))
    ]
    return Section("votes", N_("공감한 질문"), "", entries)


def _surveys(ids: Sequence[int]) -> Section:
    found = select(SurveyAnswer, Briefing.title).join(Briefing, Briefing.id == SurveyAnswer.briefing_id)
    entries = [
        (
            Item("briefing", N_("설명회"), title),
            Item("points", N_("점수"), ", ".join(f"{point}" for point in answer.points.values())),
            Item("comment", N_("의견"), answer.comment),
            Item("answered_on", N_("답한 날"), answer.answered_on),
        )
        for answer, title in db.session.execute(found.where(SurveyAnswer.registration_id.in_(ids)))
    ]
    apart = N_("이름과 따로 두기로 한 조사의 답은 누구의 것인지 저희도 알 수 없어 여기에 없습니다.")
    return Section("surveys", N_("만족도 조사"), apart, entries)


def _certificates(ids: Sequence[int]) -> Section:
    found = select(Certificate).where(Certificate.registration_id.in_(ids)).order_by(Certificate.id.desc())
    entries = [
        (
            Item("number", N_("번호"), each.number),
            Item("briefing", N_("설명회"), each.title),
            Item("name", N_("이름"), each.name),
            Item("organization", N_("기관"), each.organization),
            Item("issued_at", N_("발급한 때"), each.issued_at),
            Item("revoked_at", N_("발급을 취소한 때"), each.revoked_at),
        )
        for each in db.session.scalars(found)
    ]
    return Section("certificates", N_("참가 확인증"), "", entries)


def _provided(registrations: Sequence[Registration]) -> Section:
    """Whoever a need was ticked for may read name and address, where the person agreed and agrees."""
    abouts = {f"registration:{each.public_id}": each for each in registrations}
    found = select(Consent).where(Consent.about.in_(abouts), Consent.given).join(Consent.text)
    agreed = [each for each in db.session.scalars(found) if each.text.purpose is Purpose.PROVISION]
    entries = [
        (
            Item("organization", N_("받은 기관"), need.organization.name),
            Item("need", N_("수요 과제"), need.title),
            Item("items", N_("항목"), Term(N_("이름, 기관, 전자우편 주소"))),
            Item("from", N_("언제부터"), consent.answered_at),
            Item("until", N_("언제까지"), consent.withdrawn_at),
        )
        for consent in agreed
        for need in abouts[consent.about].interests
    ]
    note = N_("동의하신 뒤 관심 수요를 낸 기관이 볼 수 있는 정보입니다.")
    return Section("provided", N_("수요기관에 알린 것"), note, entries)


def _replies(address: str) -> Section:
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


def _joined(address: str) -> Section:
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


def _talks(address: str) -> Section:
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


def _presents(address: str) -> Any:
    presenter, standby = func.lower(PresenterSlot.presenter_email), func.lower(PresenterSlot.standby_email)
    return or_(presenter == address, standby == address)


def _presentations(address: str) -> Section:
    found = select(PresenterSlot).where(_presents(address)).join(PresenterSlot.briefing)
    together = (joinedload(PresenterSlot.briefing), joinedload(PresenterSlot.need))
    entries = []
    for each in db.session.scalars(found.options(*together).order_by(Briefing.starts_at.desc())):
        presents = each.presenter_email.lower() == address
        entries.append(
            (
                Item("briefing", N_("설명회"), each.briefing.title),
                Item("need", N_("수요 과제"), each.need.title),
                Item("starts_at", N_("일시"), each.briefing.starts_at),
                Item("role", N_("맡은 일"), Term(N_("발표자") if presents else N_("예비 발표자"))),
                Item("name", N_("이름"), each.presenter_name if presents else each.standby_name),
                Item("title", N_("직위"), each.presenter_title if presents else each.standby_title),
            )
        )
    return Section(
        "presentations", N_("발표"), N_("지난 설명회의 발표자는 공개된 화면에 남아 있을 수 있습니다."), entries
    )


def _needs(address: str) -> Section:
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


def _invitations(address: str) -> Section:
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


def _rounds(address: str) -> Section:
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


def _availability(address: str) -> Section:
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


def _account(address: str) -> Section:
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


CHANNELS = {
    "invite": N_("전자우편으로 초대를 받음"),
    "feed": N_("달력 구독 주소로 봄"),
    "none": N_("달력에 넣지 않음"),
}


def _calendar(address: str) -> Section:
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
    for item in db.session.scalars(found):
        entries.append(
            (
                Item("starts_at", N_("일시"), item.starts_at),
                Item("ends_at", N_("끝나는 때"), item.ends_at),
                Item("answer", N_("달력에서 보낸 답"), item.answer_partstat),
                Item("comment", N_("함께 적은 말"), item.answer_comment),
            )
        )
    return Section("calendar", N_("달력"), "", entries)


def _messages(address: str) -> Section:
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


def _received(address: str) -> Section:
    found = select(ReceivedMail.subject, ReceivedMail.received_at).where(func.lower(ReceivedMail.sender) == address)
    entries = [
        (Item("subject", N_("제목"), subject), Item("received_at", N_("받은 때"), received_at))
        for subject, received_at in db.session.execute(found.order_by(ReceivedMail.id.desc()))
    ]
    note = N_("본문은 30일 뒤에 지웁니다.")
    return Section("received", N_("보내 주신 전자우편"), note, entries)


def _exports(registrations: Sequence[Registration]) -> Section:
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
