"""What is known of somebody by their places at briefings: what was given, agreed to, asked, answered, issued."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings.afterwards.models import Certificate, SurveyAnswer
from briefings.db import db
from briefings.errors import N_
from briefings.live.models import Attendance
from briefings.needs.models import Need
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.privacy.models import Consent, Purpose
from briefings.questions.models import Question, QuestionVote
from briefings.rights.shown import Item, Section, Term
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration


def registrations_of(address: str) -> list[Registration]:
    found = select(Registration).where(Registration.email == address).join(Registration.briefing)
    together = (
        joinedload(Registration.briefing),
        joinedload(Registration.organization),
        selectinload(Registration.interests).joinedload(Need.organization),
    )
    return list(db.session.scalars(found.options(*together).order_by(Briefing.starts_at.desc())))


def registrations(registrations: Sequence[Registration]) -> Section:
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


def consents(address: str, registrations: Sequence[Registration]) -> Section:
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


def attendances(ids: Sequence[int]) -> Section:
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


def questions(ids: Sequence[int]) -> Section:
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


def votes(ids: Sequence[int]) -> Section:
    found = select(Question.text, QuestionVote.voted_at).join(QuestionVote).where(QuestionVote.registration_id.in_(ids))
    entries = [
        (Item("question", N_("질문"), text), Item("voted_at", N_("누른 때"), voted_at))
        for text, voted_at in db.session.execute(found.order_by(QuestionVote.voted_at.desc()))
    ]
    return Section("votes", N_("공감한 질문"), "", entries)


def surveys(ids: Sequence[int]) -> Section:
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


def certificates(ids: Sequence[int]) -> Section:
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


def provided(registrations: Sequence[Registration]) -> Section:
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
