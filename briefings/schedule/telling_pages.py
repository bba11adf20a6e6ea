"""The staff's page of what a briefing tells people by itself: its ladder of reminders, and the rehearsal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.gateway import Gateway
from briefings.outbox.quiet import QuietHours
from briefings.outbox.rendering import as_reader, write_short
from briefings.outbox.texting import TextKind, fault_of, kind_of, size
from briefings.schedule import telling
from briefings.schedule.forms import Seen
from briefings.schedule.ladder import Rung
from briefings.schedule.models import USUAL_STEPS, Briefing, BriefingState, PresenterSlot, SlotState
from briefings.schedule.planning import settled_reason
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.reminder_mails import SHORT_TEXTS, values_for
from briefings.schedule.reminders import KINDS
from briefings.schedule.staff import the_briefing
from briefings.schedule.telling import Standing
from briefings.schedule.words import STEPS
from briefings.web.access import staff
from briefings.web.forms import ChoicesField, Form, MomentField
from briefings.web.tokens import hidden_tokens

pages = Blueprint("staff_telling", __name__, url_prefix="/staff/briefings")
TEXT_KINDS = {TextKind.ALIMTALK: "알림톡", TextKind.SMS: "짧은 문자(SMS)", TextKind.LMS: "긴 문자(LMS)"}


class LadderForm(Seen, Form):
    """Which rungs the briefing climbs; those that are past are not offered."""

    rungs = ChoicesField("보낼 알림", validate_choice=False)

    def offer(self, rungs: Sequence[Rung]) -> None:
        """What there is to choose from."""
        self.rungs.choices = [(rung.value, self.words_of(rung)) for rung in rungs]

    @staticmethod
    def words_of(rung: Rung) -> str:
        """`하루 전`, `하루 전 문자`."""
        return f"{STEPS[rung.step][0]} 문자도 함께" if rung.by_text else STEPS[rung.step][0]


class RehearsalForm(Seen, Form):
    """When presenters rehearse; both ends or neither."""

    rehearsal_starts_at = MomentField("리허설 시작")
    rehearsal_ends_at = MomentField("리허설 끝")

    def validate(self, extra_validators: Any = None) -> bool:
        """One end alone says nothing."""
        sound = super().validate(extra_validators)
        for one, other in (("rehearsal_starts_at", "rehearsal_ends_at"), ("rehearsal_ends_at", "rehearsal_starts_at")):
            if sound and self[one].data and not self[other].data:
                self[other].errors = [f"‘{self[other].label.text}’ 칸도 채우거나, 두 칸을 모두 비워 주세요."]
                return False
        return sound

    def times(self) -> tuple[datetime, datetime] | None:
        """Both ends, or None."""
        start, end = self.rehearsal_starts_at.data, self.rehearsal_ends_at.data
        return (start, end) if start and end else None


@dataclass(frozen=True)
class AsRead:
    """A text in one language: personal links are counted as they are and shown hidden."""

    locale: str
    reader: str
    shown: str
    bytes: int
    kind: TextKind
    alimtalk: bool
    fault: str | None


@dataclass(frozen=True)
class OnPhones:
    """What a rung looks like on the phone of a real reader, and what it costs: at most, where 알림톡 may not arrive."""

    reader: str
    words: str
    bytes: int
    kind: TextKind
    alimtalk: bool
    cost: int | None
    most: int | None
    fault: str | None


@pages.route("/<int:briefing_id>/telling", methods=["GET", "POST"])
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """The ladder with the moment of each rung and whom it concerns; ticked, unticked, or set back to the usual."""
    now, quiet = clock.now(), QuietHours.of(current_app.config)
    briefing = the_briefing(briefing_id)
    standings = telling.ladder_of(briefing, now, quiet)
    offered = [each.rung for each in standings if _is_offered(briefing, each)]
    form = LadderForm(rungs=briefing.reminders)
    form.offer(offered)
    if not form.is_submitted():
        form.look_again(briefing)
    if form.validate_on_submit():
        wanted = [step.value for step in USUAL_STEPS] if request.form.get("do") == "usual" else form.rungs.data
        try:
            with unit_of_work():
                seen = form.seen_at()
                changed = telling.set_ladder(briefing, wanted, offered, seen=seen, by=current_user, now=now)
            return _saved(briefing_id, changed, "알림을 저장했습니다.")
        except Refused as error:
            form.refuse(error)
            form.look_again(the_briefing(briefing_id))
    return _page(briefing_id, now, form=form)


@pages.route("/<int:briefing_id>/telling/rehearsal", methods=["GET", "POST"])
@staff
def rehearsal(briefing_id: int) -> ResponseReturnValue:
    """Set when presenters rehearse, or that they do not."""
    if request.method == "GET":
        return redirect(url_for(".index", briefing_id=briefing_id))
    now, briefing, form = clock.now(), the_briefing(briefing_id), RehearsalForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                seen, times = form.seen_at(), form.times()
                changed = telling.set_rehearsal(briefing, times, seen=seen, by=current_user, now=now)
            return _saved(briefing_id, changed, "리허설을 저장했습니다. 공개한 설명회라면 발표자에게 일정을 보냅니다.")
        except Refused as error:
            form.refuse(error)
            form.look_again(the_briefing(briefing_id))
    return _page(briefing_id, now, rehearsing=form)


def _saved(briefing_id: int, changed: bool, words: str) -> ResponseReturnValue:
    flash(*((words, "success") if changed else ("바뀐 내용이 없습니다.", "info")))
    return redirect(url_for(".index", briefing_id=briefing_id))


def _page(
    briefing_id: int, now: datetime, *, form: LadderForm | None = None, rehearsing: RehearsalForm | None = None
) -> str:
    quiet = QuietHours.of(current_app.config)
    briefing = the_briefing(briefing_id)
    standings = telling.ladder_of(briefing, now, quiet)
    if form is None:
        form = LadderForm(None, rungs=briefing.reminders)
        form.offer([each.rung for each in standings if _is_offered(briefing, each)])
        form.look_again(briefing)
    if rehearsing is None:
        rehearsing = RehearsalForm(None, obj=briefing)
        rehearsing.look_again(briefing)
    return render_template(
        "schedule/staff/telling.html",
        briefing=briefing,
        now=now,
        form=form,
        rehearsing=rehearsing,
        rungs=[(each, by_text, _on_phones(briefing, by_text)) for each, by_text in _paired(standings)],
        options={option.data: option for option in form.rungs},
        steps=STEPS,
        message_kinds=KINDS,
        text_kinds=TEXT_KINDS,
        gateway=Gateway.of(current_app.config),
        quiet=quiet,
        settled=settled_reason(briefing, now),
        presenters=_presenters(briefing),
        unusual=briefing.reminders != [step.value for step in USUAL_STEPS],
    )


def _is_offered(briefing: Briefing, standing: Standing) -> bool:
    possible = not standing.rung.by_text or bool(current_app.config["GATEWAY_URL"])
    return possible and not standing.past and briefing.state is not BriefingState.CANCELLED


def _paired(standings: Sequence[Standing]) -> list[tuple[Standing, Standing | None]]:
    """Each rung by mail, with the one by text that belongs to it where there is a gateway."""
    texts = {each.rung.step: each for each in standings if each.rung.by_text and current_app.config["GATEWAY_URL"]}
    return [(each, texts.get(each.rung.step)) for each in standings if not each.rung.by_text]


def _presenters(briefing: Briefing) -> int:
    """How many addresses a rehearsal concerns."""
    slots: list[PresenterSlot] = [slot for slot in briefing.slots if slot.state is not SlotState.DECLINED]
    return len({slot.presenter_email.lower() for slot in slots if slot.presenter_email})


def _on_phones(briefing: Briefing, standing: Standing | None) -> OnPhones | None:
    """A text as one of its readers gets it, in the language most of them read, and what all of it costs."""
    if standing is None or standing.past:
        return None
    name, gateway = SHORT_TEXTS[standing.rung.step], Gateway.of(current_app.config)
    found = [_as_read(briefing, name, locale) for locale, _ in sorted(standing.readers.items(), key=_least_read)]
    texts = [text for text in found if text is not None]
    if not texts:
        return None
    *_, most_read = texts
    numbers = [standing.readers[text.locale] for text in texts]
    first = [TextKind.ALIMTALK if text.alimtalk else text.kind for text in texts]
    by_alimtalk = any(text.alimtalk for text in texts)
    return OnPhones(
        reader=most_read.reader,
        words=most_read.shown,
        bytes=most_read.bytes,
        kind=most_read.kind,
        alimtalk=most_read.alimtalk,
        cost=_together(gateway, zip(first, numbers, strict=True)),
        most=_together(gateway, zip((text.kind for text in texts), numbers, strict=True)) if by_alimtalk else None,
        fault=next((text.fault for text in texts if text.fault), None),
    )


def _least_read(language: tuple[str, int]) -> tuple[int, str]:
    """By how many read it; of two languages that as many read, Korean (`ko`) comes after English (`en`)."""
    return language[1], language[0]


def _as_read(briefing: Briefing, name: str, locale: str) -> AsRead | None:
    """How the first of its readers in a language gets a text; None where nobody reads it."""
    of_briefing = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
    found = select(Registration).where(*of_briefing, Registration.locale == locale)
    found = found.where(Registration.phone.startswith("01")).order_by(Registration.id)
    reader = db.session.scalar(found.options(joinedload(Registration.briefing)).limit(1))
    if reader is None:
        return None
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with as_reader(app, locale):
        words = write_short(name, values_for(reader)).text
        with hidden_tokens():
            shown = write_short(name, values_for(reader)).text
    alimtalk = Gateway.of(current_app.config).template(name, locale) is not None
    return AsRead(locale, reader.name, shown, size(words), kind_of(words), alimtalk, fault_of(words))


def _together(gateway: Gateway, sorts: Iterable[tuple[TextKind, int]]) -> int | None:
    """What texts of several sorts cost; None where one of them has no price."""
    costs = [gateway.cost(kind, number) for kind, number in sorts]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None
