"""What staff read of a step before they take it: whom it reaches, in words for each kind of message, and whom not."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, exists, func, select

from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.outbox.models import Message
from briefings.schedule.calendar_models import ASKED_ANEW, CalendarItem, ItemState
from briefings.schedule.editing import Details
from briefings.schedule.finding import places_of
from briefings.schedule.models import Briefing, BriefingState, Eligibility, PresenterSlot, SlotFile, SlotState
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState
from briefings.schedule.slots import SlotPlan

REACHED = {
    "invitation:entered": "%(number)s이 확정되고, 일정 초대와 함께 대신 신청했다는 안내를 받습니다.",
    "waitlisted:entered": "%(number)s이 대기하게 되고, 대신 신청했다는 안내를 받습니다.",
    "invitation:moved": "%(number)s에게 옮긴 설명회의 참가가 확정되었다고 알리고 일정 초대를 보냅니다.",
    "waitlisted:moved": "%(number)s에게 옮긴 설명회의 대기 순번을 알립니다.",
    "withdrawal:moved": "옮긴 %(number)s의 달력에서 앞의 일정을 지우고 알립니다.",
    "invitation": "대기하던 %(number)s이 확정되고, 일정 초대를 받습니다.",
    "invitation:approved": "승인된 %(number)s에게 신청이 확정되었다고 알리고 일정 초대를 보냅니다.",
    "waitlisted:approved": "승인된 %(number)s에게 대기 순번을 알립니다.",
    "waitlisted": "%(number)s에게 대기 순번을 알립니다.",
    "place_of_presenter": "대기하던 발표자 %(number)s이 확정되고, 글로 알립니다.",
    "new_time": "확정된 %(number)s에게 일정 초대를 다시 보냅니다.",
    "new_time:several": "확정된 %(number)s에게 새 일시와 새 제목을 담은 일정 초대를 다시 보냅니다.",
    "waiting_new_time": "대기 중인 %(number)s에게 바뀐 일시를 알립니다.",
    "waiting_new_time:several": "대기 중인 %(number)s에게 바뀐 일시와 제목을 알립니다.",
    "request_new_time": "승인을 기다리는 %(number)s에게 바뀐 일시를 알립니다.",
    "request_new_time:several": "승인을 기다리는 %(number)s에게 바뀐 일시와 제목을 알립니다.",
    "new_title": "확정된 %(number)s의 달력에 새 제목을 보냅니다.",
    "withdrawal": "이제 발표하는 %(named)s의 참가 일정을 달력에서 지웁니다.",
    "presenter_slot:new": "발표자 %(named)s에게 발표 시각을 알립니다.",
    "presenter_slot:time": "발표자 %(named)s에게 바뀐 발표 시각을 알립니다.",
    "presenter_slot:room": "발표자 %(named)s에게 바뀐 접속 주소를 알립니다.",
    "presenter_slot:title": "발표자 %(named)s에게 바뀐 제목을 알립니다.",
    "presenter_slot:several": "발표자 %(named)s에게 바뀐 내용을 한 번에 알립니다.",
    "presenter_released": "발표자 %(named)s에게 발표가 취소되었다고 알립니다.",
    "rehearsal:new": "발표자 %(named)s에게 리허설 일정을 알립니다.",
    "rehearsal": "발표자 %(named)s에게 바뀐 리허설 일정을 알립니다.",
    "rehearsal_off": "발표자 %(named)s에게 리허설이 취소되었다고 알립니다.",
}
REACHED_BY_CANCELLING = REACHED | {
    "withdrawal": "확정된 %(number)s에게 취소를 알리고 달력에서 일정을 지웁니다.",
    "waiting_ended": "대기 중인 %(number)s에게 취소를 알립니다.",
    "request_ended": "승인을 기다리는 %(number)s에게 취소를 알립니다.",
}


def taken_back(briefing: Briefing, times: tuple[datetime, datetime]) -> list[str]:
    """Sentences about answers that another time makes void or leaves in doubt; none where the time stays."""
    if times == (briefing.starts_at, briefing.ends_at) or briefing.state is not BriefingState.PUBLISHED:
        return []
    confirmed = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
    reconfirmed = select(func.count()).where(*confirmed, Registration.reconfirmed_at.is_not(None))
    doubting = select(func.count()).where(
        CalendarItem.briefing_id == briefing.id,
        CalendarItem.state == ItemState.OPEN,
        CalendarItem.partstat.in_(ASKED_ANEW),
    )
    again, asked = db.session.scalars(reconfirmed).one(), db.session.scalars(doubting).one()
    accepted = [slot for slot in briefing.slots if slot.state is SlotState.ACCEPTED]
    found = []
    if again:
        found.append(f"온다고 확인해 준 신청자 {again:,}명은 새 일시로 다시 확인해야 합니다.")
    if asked:
        found.append(f"달력에서 미정이나 거절로 답한 {asked:,}명은 새 일시로 다시 답하게 됩니다.")
    if accepted:
        names = ", ".join(slot.presenter_name or slot.presenter_email for slot in accepted)
        found.append(
            f"발표를 수락한 {len(accepted)}명({names})의 수락은 그대로 둡니다. "
            "시각이 바뀌면 새 시각을 알리고, 어려우면 사양하거나 넘길 수 있습니다."
        )
    return found


def left_out(briefing: Briefing, now: datetime) -> list[str]:
    """Sentences about whom the messages just queued at `now` pass by, as far as that is no matter of their address."""
    queued = (Message.about == f"briefing:{briefing.id}", Message.created_at == now)
    kinds = set(db.session.scalars(select(Message.kind).where(*queued).distinct()))
    found = []
    silent = [slot.presenter_name for slot in briefing.slots if slot.presenter_name and not slot.presenter_email]
    if silent:
        found.append(f"전자우편이 적히지 않은 발표자({', '.join(silent)})에게는 알리지 못합니다.")
    if "new_title" in kinds and (waiting := places_of(briefing).waiting):
        found.append(f"대기 중인 {waiting:,}명에게는 새 제목을 알리지 않습니다.")
    if kinds & {"new_time", "withdrawal"} and (cancelled := _cancelled(briefing)):
        found.append(f"신청을 취소한 {cancelled:,}명에게는 알리지 않습니다.")
    if without_calendar := _without_calendar(briefing, now):
        found.append(f"달력 초대를 받지 않기로 한 {without_calendar:,}명에게는 글만 보냅니다.")
    return found


def files_lost(briefing: Briefing, slots: Iterable[SlotPlan]) -> list[str]:
    """Sentences about what presenters handed in for needs that are in the order, and would be no longer."""
    left_out = {slot.need_id for slot in briefing.slots} - {slot.need_id for slot in slots}
    if not left_out:
        return []
    counted = (
        select(Need.title, func.count())
        .join(PresenterSlot, PresenterSlot.need_id == Need.id)
        .join(SlotFile, SlotFile.slot_id == PresenterSlot.id)
        .where(PresenterSlot.briefing_id == briefing.id, Need.id.in_(left_out))
        .group_by(PresenterSlot.position, Need.title)
        .order_by(PresenterSlot.position)
    )
    return [f"‘{title}’의 발표자료 {number}개도 지워집니다." for title, number in db.session.execute(counted)]


def admission(briefing: Briefing, details: Details) -> list[str]:
    """Sentences about people who registered already, where others may from now on or in another way."""
    if briefing.state is not BriefingState.PUBLISHED:
        return []
    found = []
    changed = (details.eligibility, details.eligible_kinds) != (briefing.eligibility, briefing.eligible_kinds)
    unfit = _unfit(briefing, details) if changed else None
    if unfit is not None and (number := _standing(briefing, unfit)):
        found.append(
            f"이미 신청한 {number:,}명은 바뀐 신청 자격에 맞지 않지만 신청이 그대로 남습니다. "
            "빼려면 신청자 목록에서 신청을 취소해 주세요."
        )
    requested = Registration.state == RegistrationState.REQUESTED
    if details.approval and not briefing.approval and (number := _standing(briefing, ~requested)):
        found.append(f"이미 신청한 {number:,}명은 그대로이고, 이제부터 신청하는 사람이 승인을 기다립니다.")
    if briefing.approval and not details.approval and (number := _standing(briefing, requested)):
        found.append(f"승인을 기다리던 {number:,}명은 모두 승인되어, 신청한 순서대로 자리를 받거나 대기합니다.")
    return found


def _unfit(briefing: Briefing, details: Details) -> ColumnElement[bool] | None:
    """Which registrations would not be taken any more; None where all would."""
    if details.eligibility is Eligibility.OPEN:
        return None
    if details.eligibility is Eligibility.KINDS:
        of_kind = exists().where(
            Organization.id == Registration.organization_id, Organization.kind.in_(details.eligible_kinds)
        )
        return ~of_kind
    invited = exists().where(Invitee.briefing_id == briefing.id, Invitee.email == Registration.email)
    return ~invited


def _standing(briefing: Briefing, condition: ColumnElement[bool]) -> int:
    standing = (Registration.briefing_id == briefing.id, Registration.state != RegistrationState.CANCELLED)
    return db.session.scalars(select(func.count()).select_from(Registration).where(*standing, condition)).one()


def _cancelled(briefing: Briefing) -> int:
    of_briefing = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CANCELLED)
    return db.session.scalars(select(func.count()).select_from(Registration).where(*of_briefing)).one()


def _without_calendar(briefing: Briefing, now: datetime) -> int:
    """Those whose entries changed just now, and who are told in words alone."""
    changed = (CalendarItem.briefing_id == briefing.id, CalendarItem.modified_at == now)
    found = select(func.count(distinct(CalendarItem.email))).where(*changed, CalendarItem.by_mail.is_(False))
    return db.session.scalars(found).one()
