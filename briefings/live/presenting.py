"""What a presenter says on the day: that they are there."""

from datetime import datetime

from briefings.audit.recording import record
from briefings.db import lock
from briefings.errors import N_, Refused
from briefings.live.days import closes_at, day_of, run_to_change
from briefings.live.leading import settled_reason
from briefings.schedule.models import Briefing, PresenterSlot, SlotState

DECLINED = N_("사양하셨다고 알려 주셨습니다. 다시 맡으시려면 담당자에게 알려 주세요.")


def day_reason(briefing: Briefing, now: datetime) -> Refused | None:
    """Why nobody can say to be there at `now`, or None."""
    if settled_reason(briefing, now) is None and now < closes_at(briefing, day_of(briefing)):
        return None
    if now < briefing.starts_at:
        return Refused(N_("설명회 시작 3시간 전부터 알릴 수 있습니다."))
    return Refused(N_("취소되었거나 끝난 설명회입니다."))


def be_there(slot: PresenterSlot, now: datetime) -> None:
    """The presenter is in the room and ready; saying so again changes nothing.

    Refused outside the day, and for whoever declined.
    """
    asked = slot.link_version
    run = run_to_change(slot)
    lock(slot)
    if slot.link_version != asked:
        raise Refused(N_("그사이 발표자가 바뀌었습니다. 앞 화면을 새로 열어 확인해 주세요."))
    if slot.state is SlotState.DECLINED:
        raise Refused(DECLINED)
    if reason := day_reason(slot.briefing, now):
        raise reason
    if run.presenter_seen_at is None:
        run.presenter_seen_at = now
        who = slot.presenter_name or slot.presenter_email
        record(None, "talk.presenter_there", slot.briefing, now, need=slot.need.title, presenter=who)
