"""The words of mails to presenters, made when each is sent from the order as it is then."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from briefings.db import db
from briefings.needs.models import Need
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message, MessageState
from briefings.outbox.rendering import render
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.presenters import about
from briefings.schedule.programme import ProgrammeEntry, programme_of
from briefings.web.filters import when


def presenter_slot(message: Message, now: datetime) -> Mail | Dropped:
    """When and how somebody presents; nothing where they no longer do or a newer message follows."""
    briefing = db.session.get(Briefing, message.params["briefing"])
    if briefing is None or briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        return Dropped("취소되었거나 끝난 설명회입니다.")
    entry = _entry(briefing, message)
    if entry is None:
        return Dropped("발표자가 바뀌었습니다.")
    if _any_about(message, Message.id > message.id):
        return Dropped("더 새로운 안내가 뒤따릅니다.")
    moved = message.params["moved"] and _any_about(message, Message.state == MessageState.SENT)
    text = render(
        "presenter_slot",
        name=entry.slot.presenter_name or message.recipient_name,
        briefing=briefing,
        entry=entry,
        moved=moved,
        address=url_for("briefings.show", public_id=briefing.public_id, _external=True),
    )
    prefix = _("발표 일정 변경") if moved else _("발표 일정")
    return Mail(f"[{prefix}] {briefing.title}: {when(entry.starts_at)}", text)


def presenter_released(message: Message, now: datetime) -> Mail | Dropped:
    """That somebody need not present, and why; nothing to those who were never told to."""
    briefing = db.session.get(Briefing, message.params["briefing"])
    need = db.session.get(Need, message.params["need"])
    if briefing is None or need is None or briefing.is_over(now):
        return Dropped("설명회가 이미 끝났습니다.")
    if not _any_about(message, Message.state == MessageState.SENT):
        return Dropped("발표 안내를 보낸 적이 없습니다.")
    if briefing.state is BriefingState.PUBLISHED and _entry(briefing, message):
        return Dropped("다시 발표하게 되었습니다.")
    text = render("presenter_released", name=message.recipient_name, briefing=briefing, need=need)
    prefix = _("발표 취소")
    return Mail(f"[{prefix}] {briefing.title}", text)


def _entry(briefing: Briefing, message: Message) -> ProgrammeEntry | None:
    """The place in the order a message is about, while the same person has it."""
    for entry in programme_of(briefing):
        same_person = entry.slot.presenter_email.lower() == message.recipient.lower()
        if same_person and entry.slot.need_id == message.params["need"]:
            return entry
    return None


def _any_about(message: Message, condition: ColumnElement[bool]) -> bool:
    """Whether another `presenter_slot` message on the same place to the same person meets `condition`."""
    same = Message.key.startswith(about(message.params["briefing"], message.params["need"]), autoescape=True)
    found = select(Message.id).where(same, Message.recipient == message.recipient, Message.id != message.id, condition)
    return db.session.scalar(found.limit(1)) is not None


COMPOSERS: dict[str, Composer] = {"presenter_slot": presenter_slot, "presenter_released": presenter_released}
