"""The words of mails about what presenters hand in: to them around the deadline, to the office when it is late."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.schedule.links import presenter_url
from briefings.schedule.materials import files_of, is_late
from briefings.schedule.models import BriefingState, PresenterSlot, SlotState
from briefings.schedule.slots import materials_due
from briefings.web.filters import when

GONE = Dropped("발표가 없어졌습니다.")
OVER = Dropped("취소되었거나 이미 시작한 설명회입니다.")


def reminder(message: Message, now: datetime) -> Mail | Dropped:
    """What is still owed and until when, or that the deadline is past, to whoever has handed in nothing."""
    of_need = (
        PresenterSlot.briefing_id == message.params["briefing"],
        PresenterSlot.need_id == message.params["need"],
    )
    slot = db.session.scalar(select(PresenterSlot).where(*of_need))
    if slot is None or slot.presenter_email.lower() != message.recipient.lower() or slot.state is SlotState.DECLINED:
        return Dropped("발표자가 바뀌었습니다.")
    if slot.briefing.state is not BriefingState.PUBLISHED or now >= slot.briefing.starts_at:
        return OVER
    if files_of(slot):
        return Dropped("그사이 자료를 올렸습니다.")
    values = _said(slot) | {
        "이름": slot.presenter_name or message.recipient_name,
        "발표자 링크": presenter_url(slot),
    }
    return write("materials_overdue" if is_late(slot.briefing, now) else "materials_reminder", values)


def late(message: Message, now: datetime) -> Mail | Dropped:
    """To the office: what came in after the deadline."""
    slot = db.session.get(PresenterSlot, message.params["slot"])
    if slot is None:
        return GONE
    values = _said(slot) | {
        "이름": message.recipient_name,
        "발표자": slot.presenter_name or slot.presenter_email,
        "파일": ", ".join(each.file.name for each in files_of(slot)),
        "발표자 화면 주소": url_for("staff_presenters.index", briefing_id=slot.briefing_id, _external=True),
    }
    return write("materials_late", values)


def _said(slot: PresenterSlot) -> dict[str, str]:
    return {
        "설명회": slot.briefing.title,
        "설명회 일시": when(slot.briefing.starts_at),
        "수요": slot.need.title,
        "자료 기한": when(materials_due(slot.briefing)),
    }


COMPOSERS: dict[str, Composer] = {"materials_reminder": reminder, "materials_late": late}

_MATERIALS = (
    NAME,
    Placeholder("설명회", "설명회의 이름", "탄소중립 협업이음 사업설명회"),
    Placeholder("설명회 일시", "설명회의 시작", "2026. 12. 3.(목) 10:00"),
    Placeholder("수요", "발표할 수요의 이름", "폐어망 되살림 공정 함께 만들기"),
    Placeholder("자료 기한", "발표자료를 올릴 마지막 일시", "2026. 11. 19.(목) 18:00"),
)
_LINK = Placeholder("발표자 링크", "본인만 쓰는 발표자 화면의 주소", "https://briefings.example.kr/present/…")
TEXTS = {
    "materials_reminder": Text("발표자료 부탁", (*_MATERIALS, _LINK), must=("자료 기한", "발표자 링크")),
    "materials_overdue": Text(
        "발표자료 부탁 (기한 지남)", (*_MATERIALS, _LINK), must=("발표자 링크",), kinds=("materials_reminder",)
    ),
    "materials_late": Text(
        "기한 뒤에 온 발표자료 (담당자에게)",
        (
            *_MATERIALS,
            Placeholder("발표자", "발표자의 이름", "박누리"),
            Placeholder("파일", "지금 있는 파일의 이름", "발표자료.pptx", True),
            Placeholder(
                "발표자 화면 주소",
                "직원이 보는 발표자 화면의 주소",
                "https://briefings.example.kr/staff/briefings/1/presenters",
            ),
        ),
        must=("발표자 화면 주소",),
    ),
}
