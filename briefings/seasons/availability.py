"""Who can present when: asking everyone who may, taking their answers, reminding the silent, looking it up."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.recording import Actor, record
from briefings.db import db, insert_or_update, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.schedule.availability import Availability
from briefings.seasons.making import end_of, open_for_change
from briefings.seasons.models import AvailabilityRequest, Card, Season, SeasonState

SETTLED = N_("이미 일정이 정해져 더는 답을 받지 않습니다. 바뀐 사정은 담당자에게 알려 주세요.")


@dataclass
class Contact:
    """Somebody who would present needs of a season, what they were asked and what they said of its times."""

    name: str
    email: str
    needs: list[Need] = field(default_factory=list)
    request: AvailabilityRequest | None = None
    answers: dict[datetime, bool] = field(default_factory=dict)
    """Time → whether they can; of the times not in it nothing is known."""

    @property
    def impossible(self) -> list[datetime]:
        """When they cannot."""
        return [moment for moment, possible in sorted(self.answers.items()) if not possible]


@dataclass(frozen=True)
class Answers:
    """What one person said, about these and any other times."""

    spans: tuple[tuple[datetime, datetime, bool], ...]

    def about(self, starts_at: datetime, ends_at: datetime) -> bool | None:
        """Whether they can at a time; None: unknown. What was said of this very start counts before what overlaps."""
        exact = [possible for start, _, possible in self.spans if start == starts_at]
        if exact:
            return exact[0]
        overlaps = any(start < ends_at and starts_at < end for start, end, possible in self.spans if not possible)
        return False if overlaps else None


def said_by(emails: Iterable[str]) -> dict[str, Answers]:
    """What each of these people said, by address in small letters; who said nothing is not in it."""
    found = select(Availability).where(Availability.email.in_({email.lower() for email in emails}))
    spans: dict[str, list[tuple[datetime, datetime, bool]]] = {}
    for each in db.session.scalars(found.order_by(Availability.starts_at)):
        spans.setdefault(each.email, []).append((each.starts_at, each.ends_at, each.possible))
    return {email: Answers(tuple(rows)) for email, rows in spans.items()}


def contacts_of(season: Season, reach: Reach = EVERYBODY) -> list[Contact]:
    """Everyone who may be seen and would present, by name; without an address one stands for themselves, unasked."""
    contacts: dict[str, Contact] = {}
    of_season = select(Card.need_id).where(Card.season_id == season.id, reach.of_need(Card.need_id))
    seen = set(db.session.scalars(of_season))
    for need in (card.need for card in season.cards if card.need_id in seen):
        email = need.contact_email.lower()
        key = email or f"{need.contact_name}|{need.organization_id}"
        contacts.setdefault(key, Contact(need.contact_name, email)).needs.append(need)
    requests = select(AvailabilityRequest).where(AvailabilityRequest.season_id == season.id)
    for request in db.session.scalars(requests):
        if contact := contacts.get(request.email):
            contact.request = request
    _fill_in(season, contacts)
    return sorted(contacts.values(), key=lambda contact: (contact.name, contact.email))


def _fill_in(season: Season, contacts: Mapping[str, Contact]) -> None:
    said = said_by(contacts)
    for email, answers in said.items():
        for each in season.times:
            possible = answers.about(*span(season, each.starts_at))
            if possible is not None:
                contacts[email].answers[each.starts_at] = possible


def span(season: Season, starts_at: datetime) -> tuple[datetime, datetime]:
    """How long a presenter is kept at a time of the season: as long as its longest briefing."""
    return starts_at, end_of(season, starts_at)


def ask(season: Season, contacts: Iterable[Contact], by: Actor, now: datetime) -> int:
    """Ask each who was not asked yet and has an address; how many were. Refused without times to choose from."""
    _refuse_without_times(season)
    new = [contact for contact in contacts if contact.email and contact.request is None]
    locales = _locales(contact.email for contact in new)
    for contact in new:
        contact.request = AvailabilityRequest(
            season_id=season.id,
            name=contact.name,
            email=contact.email,
            locale=locales.get(contact.email, "ko"),
            link_version=1,
            asked_at=now,
        )
        db.session.add(contact.request)
    db.session.flush()
    _queue(season, [contact.request for contact in new if contact.request], "availability_asked", now)
    if new:
        record(by, "season.availability_asked", season, now, people=len(new))
    return len(new)


def silent(season: Season, contacts: Iterable[Contact]) -> list[Contact]:
    """Who was asked and has not said anything of some time of the season: also one that came in since they answered."""
    moments = {each.starts_at for each in season.times}
    return [contact for contact in contacts if contact.request and moments - contact.answers.keys()]


def remind(season: Season, contacts: Iterable[Contact], by: Actor, now: datetime) -> int:
    """Ask the silent once more, at most once a day; how many were."""
    _refuse_without_times(season)
    requests = [contact.request for contact in silent(season, contacts) if contact.request]
    sent = _queue(season, requests, "availability_reminded", now)
    if sent:
        record(by, "season.availability_reminded", season, now, people=sent)
    return sent


def _refuse_without_times(season: Season) -> None:
    open_for_change(season)
    if not season.times:
        raise Refused("아직 시각이 없습니다. 먼저 설명회를 열 수 있는 시각을 넣어 주세요.")


def _queue(season: Season, requests: Collection[AvailabilityRequest], kind: str, now: datetime) -> int:
    drafts = [
        Draft(
            f"{kind}:{request.public_id}:{request.link_version}:{now.date().isoformat()}",
            Recipient(request.email, request.name, request.locale),
            {"request": request.public_id},
            thread=f"availability:{request.public_id}",
        )
        for request in requests
    ]
    return queue_many(kind, drafts, now, about=f"season:{season.id}")


def _locales(emails: Iterable[str]) -> dict[str, str]:
    known = select(func.lower(User.email), User.locale).where(func.lower(User.email).in_(list(emails)))
    return {email: locale for email, locale in db.session.execute(known)}


def closed_reason(request: AvailabilityRequest, now: datetime) -> str | None:
    """Why no answer is taken any more, or None: it may be changed until the season is settled or all times are past."""
    over = all(each.starts_at <= now for each in request.season.times)
    return SETTLED if over or request.season.state is not SeasonState.PLANNING else None


def answer(
    request: AvailabilityRequest, said: Mapping[datetime, bool], note: str, now: datetime, by: Actor | None = None
) -> None:
    """Keep what somebody says of times, themselves or through staff (`by`); what they said before is replaced."""
    lock(request)
    if reason := closed_reason(request, now):
        raise Refused(reason)
    season = request.season
    keep(season, request.email, said, now)
    request.answered_at, request.note = now, note
    detail = {"possible": sum(said.values()), "impossible": len(said) - sum(said.values())}
    record(by, "season.availability_answered", season, now, **detail)


def keep(season: Season, email: str, said: Mapping[datetime, bool], now: datetime) -> None:
    """Write what somebody said of times of the season into the rows that every plan looks at."""
    rows = []
    for moment, possible in said.items():
        starts_at, ends_at = span(season, moment)
        rows.append({"email": email, "starts_at": starts_at, "ends_at": ends_at, "possible": possible, "said_at": now})
    insert_or_update(Availability.__table__, rows, ("email", "starts_at"))
    db.session.expire_all()


def answer_for(
    season: Season, contact: Contact, said: Mapping[datetime, bool], note: str, *, seen: str, by: Actor, now: datetime
) -> None:
    """Staff write down what they heard from somebody, asked by mail before or not.

    Refused where an answer came in since they looked; `seen` is the mark of what they saw.
    """
    open_for_change(season)
    if contact.request:
        lock(contact.request)
    if mark_of(contact) != seen:
        raise Refused("그사이 새 답이 들어왔습니다. 이 화면을 새로 열어 그 답을 확인한 뒤에 다시 적어 주세요.")
    if not contact.email:
        raise Refused("전자우편이 없는 담당자의 답은 적어 둘 수 없습니다. 먼저 수요 과제에 전자우편을 적어 주세요.")
    if contact.request is None:
        contact.request = AvailabilityRequest(
            season_id=season.id, name=contact.name, email=contact.email, locale="ko", link_version=1, asked_at=now
        )
        db.session.add(contact.request)
        db.session.flush()
    answer(contact.request, said, note, now, by)


def mark_of(contact: Contact) -> str:
    """Which answer was the last when a page was made; empty before there was one."""
    answered_at = contact.request.answered_at if contact.request else None
    return answered_at.isoformat() if answered_at else ""


def known_as(public_id: str) -> AvailabilityRequest | None:
    """The request with this name in addresses, with its season."""
    found = select(AvailabilityRequest).where(AvailabilityRequest.public_id == public_id)
    return db.session.scalar(found.options(joinedload(AvailabilityRequest.season)))


def needs_of(request: AvailabilityRequest) -> list[Need]:
    """The needs of the season that the person asked would present."""
    return [card.need for card in request.season.cards if card.need.contact_email.lower() == request.email]
