"""What staff do with a letter: write it, change it, drop it, send it once."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from briefings.announcements import groups
from briefings.announcements.groups import Group
from briefings.announcements.models import Announcement, AnnouncementState
from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.outbox.queueing import queue_many
from briefings.outbox.texts import NAME, Placeholder, Template, Text, fill, placeholders_in
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.words import REGISTRATION_STATES

TEXT = Text(
    "설명회 안내",
    (
        NAME,
        Placeholder("설명회", "설명회의 제목", "탄소중립 협업이음 사업설명회"),
        Placeholder("일시", "설명회가 열리는 때", "2026. 12. 3.(목) 14:00~15:30"),
        Placeholder("안내 주소", "누리집의 설명회 화면", "https://briefings.example.kr/b/4h2k9abc"),
        Placeholder("입장 링크", "확정된 사람만 쓰는 입장 주소", "https://briefings.example.kr/join/…", optional=True),
        Placeholder("신청 내역", "신청자만 쓰는 신청 내역 주소", "https://briefings.example.kr/r/…", optional=True),
    ),
)


WITHOUT_A_PLACE: tuple[str, ...] = ("입장 링크",)
OF_PRESENTERS: tuple[str, ...] = ("입장 링크", "신청 내역")
"""What the letter of some readers has nothing to put in for; the paragraph around it goes with it."""


class Letter(NamedTuple):
    """The words, and in English too if staff wrote them."""

    korean: Template
    english: Template | None = None


def write(briefing: Briefing, letter: Letter, group: Group, *, by: Actor, now: datetime) -> Announcement:
    """A draft; Refused while nobody can have registered."""
    if briefing.state is BriefingState.DRAFT:
        raise Refused("아직 공개하지 않은 설명회에는 안내를 받을 사람이 없습니다.")
    announcement = Announcement(briefing=briefing, author_id=by.id, created_at=now)
    _put_down(announcement, letter, group, now)
    db.session.add(announcement)
    db.session.flush()
    record(by, "announcement.written", announcement, now)
    return announcement


def rewrite(announcement: Announcement, letter: Letter, group: Group, *, by: Actor, now: datetime) -> None:
    """Other words, another group; Refused once it was sent."""
    _hold(announcement, "이미 보낸 안내는 고칠 수 없습니다. 새로 써 주세요.")
    _put_down(announcement, letter, group, now)
    record(by, "announcement.rewritten", announcement, now)


def discard(announcement: Announcement, *, by: Actor, now: datetime) -> None:
    """Delete a draft; Refused once it was sent."""
    _hold(announcement, "이미 보낸 안내는 지울 수 없습니다.")
    record(by, "announcement.discarded", announcement, now, subject=announcement.subject)
    db.session.delete(announcement)


def send(
    announcement: Announcement, *, by: Actor, now: datetime, due_at: datetime | None = None, held: bool = False
) -> int:
    """Queue it for everybody in the group, once; how many they are.

    Refused for nobody, for a past moment, and a second time.
    """
    _hold(announcement, "이미 보낸 안내입니다.")
    if due_at is not None and due_at <= now:
        raise Refused("보낼 때가 이미 지났습니다. 앞으로의 일시를 넣어 주세요.", field="due_at")
    briefing, group = announcement.briefing, group_of(announcement)
    locales = {"ko", "en"} if letter_of(announcement).english else {"ko"}
    found = groups.drafts(announcement, group, locales)
    if not found:
        raise Refused("이 조건에 맞는 사람이 없습니다. 받는 사람을 다시 골라 주세요.")
    for who, lacking, letters in _who_lacks(announcement):
        if any(_says_nothing(words, lacking) for words in letters):
            raise Refused(
                f"{who}에게는 글이 남지 않습니다. 비어 있을 수 있는 자리의 앞뒤에 빈 줄을 넣어 문단을 나누어 주세요."
            )
    announcement.state, announcement.queued_at = AnnouncementState.QUEUED, now
    about, held = f"briefing:{briefing.id}", held or briefing.hold_mails
    number = queue_many("announcement", found, now, due_at, about=about, held=held)
    record(by, "announcement.sent", briefing, now, announcement=announcement.id, number=number)
    return number


def letter_of(announcement: Announcement) -> Letter:
    """Its words."""
    english = announcement.group.get("english")
    return Letter(Template(announcement.subject, announcement.body), Template(*english) if english else None)


def group_of(announcement: Announcement) -> Group:
    """To whom it goes."""
    return Group.stored(announcement.group)


def left_out(announcement: Announcement) -> list[str]:
    """Sentences about who registered or presents and is not in the group."""
    briefing, group = announcement.briefing, group_of(announcement)
    all_ = groups.by_state(briefing)
    found = [
        f"{REGISTRATION_STATES[state]}인 {all_[state]:,}명은 고르지 않았습니다."
        for state in RegistrationState
        if all_.get(state) and state not in group.states
    ]
    others = sum(all_.get(state, 0) for state in group.states) - groups.number_of(briefing, group)
    if others:
        found.append(f"고른 상태이지만 나머지 조건에 맞지 않는 사람이 {others:,}명 있습니다.")
    if group.presenters:
        silent = [slot.presenter_name for slot in groups.presenters(briefing) if not slot.presenter_email]
        found += [f"전자우편이 적히지 않은 발표자({', '.join(silent)})에게는 보내지 못합니다."] if silent else []
    return found


def shortened(announcement: Announcement) -> list[str]:
    """Sentences about readers whose letter lacks a paragraph, because a place in it says nothing to them."""
    found = []
    for who, lacking, letters in _who_lacks(announcement):
        lines = [line for words in letters for line in words.body.splitlines() if not line.startswith("- ")]
        named = {name for line in lines for name in placeholders_in(line)}
        if lost := [f"#{{{name}}}" for name in lacking if name in named]:
            found.append(f"{who}이 받는 글에는 {', '.join(lost)} 자리가 든 문단이 없습니다.")
    return found


def announcements_of(briefing: Briefing) -> list[Announcement]:
    """All of a briefing, the newest first."""
    found = select(Announcement).where(Announcement.briefing_id == briefing.id)
    return list(db.session.scalars(found.order_by(Announcement.id.desc())))


def _who_lacks(announcement: Announcement) -> list[tuple[str, tuple[str, ...], list[Template]]]:
    """Readers, as a sentence begins with them, the places that say nothing to them, and what they may be given to read.

    Presenters are written to in Korean.
    """
    briefing, group = announcement.briefing, group_of(announcement)
    letters = [words for words in letter_of(announcement) if words]
    found = [
        (f"{REGISTRATION_STATES[state]}인 {number:,}명", WITHOUT_A_PLACE, letters)
        for state in group.states
        if state is not RegistrationState.CONFIRMED
        and (number := groups.number_of(briefing, replace(group, states=(state,))))
    ]
    presenting = groups.number_presenting(briefing, group)
    return [*found, (f"발표자 {presenting:,}명", OF_PRESENTERS, letters[:1])] if presenting else found


def _says_nothing(words: Template, lacking: tuple[str, ...]) -> bool:
    """Whether nothing but the reader's name stays of what there is to say."""
    values = {each.name: "" if each is NAME else "·" for each in TEXT.known().values()}
    return bool(fill(words, values).body) and not fill(words, values | dict.fromkeys(lacking, "")).body


def _put_down(announcement: Announcement, letter: Letter, group: Group, now: datetime) -> None:
    announcement.subject, announcement.body = letter.korean
    kept: dict[str, Any] = group.to_keep()
    if letter.english:
        kept["english"] = list(letter.english)
    announcement.group, announcement.changed_at = kept, now


def _hold(announcement: Announcement, too_late: str) -> None:
    lock(announcement)
    if announcement.state is not AnnouncementState.DRAFT:
        raise Refused(too_late)
