"""A briefing that is on right now, half an hour in: `flask demo --live-day`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from briefings.accounts.models import User
from briefings.db import db
from briefings.demo.loading import Demo
from briefings.demo.ways_in import open_ways_in
from briefings.live import cueing, leading
from briefings.live.days import day_of
from briefings.live.leading import Press, mark_of, mark_of_line
from briefings.live.models import Attendance
from briefings.live.running import state_of
from briefings.needs.models import Need, NeedState
from briefings.organizations.finding import named
from briefings.privacy.consenting import answer_all
from briefings.questions import asking
from briefings.schedule import presenters
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import Registration, RegistrationState, registration_interests

TITLE = "오늘 열린 협업이음 온라인 사업설명회"
MINUTE = timedelta(minutes=1)
PEOPLE = 42
ASKED = (
    ("처음부터 모든 지역에서 시작합니까, 한 곳에서 먼저 해 봅니까?", 0, (1, 2, 3, 4, 5)),
    ("참여 기관이 낼 비용이 따로 있습니까?", 1, (6, 7, 8)),
    ("소규모 기관도 함께할 수 있습니까?", 1, (9,)),
    ("발표자료는 언제 볼 수 있습니까?", None, (10, 11, 12, 13)),
    ("자료를 주고받을 때 개인정보는 어떻게 다룹니까?", 1, ()),
)
"""What people ask, about which talk, and which others want to know it too."""


class LiveDay(Demo):
    """One briefing, led up to this moment."""

    def load(self) -> None:
        """Who registered and came, what was pressed, asked and said so far."""
        found = select(Need).where(Need.state == NeedState.PUBLISHED).order_by(Need.id.desc()).limit(4)
        needs = list(db.session.scalars(found))
        starts_at = self.now.replace(second=0, microsecond=0) - 34 * MINUTE
        briefing = self._briefing(needs, starts_at, 60, BriefingState.PUBLISHED)
        briefing.title, briefing.moderator = TITLE, "윤다온"
        open_ways_in(briefing)
        self._ask_presenters_before(briefing)
        people = [self._person(briefing, number, needs) for number in range(PEOPLE)]
        self._lead(briefing)
        self._ask(briefing, people)
        self._raise_interest(people, needs)

    def _ask_presenters_before(self, briefing: Briefing) -> None:
        asked_at = briefing.starts_at - timedelta(days=9)
        presenters.keep_calendars(briefing, asked_at)
        for slot in briefing.slots:
            slot.standby_name, slot.standby_title = next(self.names), "팀장"
            slot.standby_email = f"standby{slot.need_id}@example.kr"
        for slot in briefing.slots[:3]:
            presenters.accept(slot, asked_at)

    def _person(self, briefing: Briefing, number: int, needs: list[Need]) -> Registration:
        """Three of four came; of them most are still there."""
        visitor, registered_at = self._applicant(700 + number, needs), briefing.starts_at - timedelta(days=5)
        registration = Registration(
            briefing=briefing,
            organization=named(visitor.organization, visitor.kind, registered_at),
            name=visitor.name,
            email=visitor.email,
            state=RegistrationState.CONFIRMED,
            registered_at=registered_at,
            confirmed_at=registered_at,
            interests=[need for need in needs if need.id in visitor.interests],
        )
        db.session.add(registration)
        db.session.flush()
        answer_all(consents_of(registration), visitor.consents, registered_at)
        if number % 4:
            came = briefing.starts_at + (number % 11 - 6) * MINUTE
            last = self.now - (20 * MINUTE if number % 9 == 0 else timedelta(seconds=number))
            db.session.add(Attendance(registration=registration, first_seen_at=came, last_seen_at=last))
        return registration

    def _lead(self, briefing: Briefing) -> None:
        """One talk is over, the second is on; the third presenter is there, the fourth is not to be seen."""
        start = briefing.starts_at
        notes = {
            "opening": "녹화와 자막을 알리고, 질문은 입장 화면에서 받는다고 말하기",
            f"talk:{briefing.slots[1].public_id}": "영상이 하나 있음: 소리 공유를 켰는지 묻기",
            "closing": "답글 남기는 방법, 만족도 조사, 다시보기 올리는 날",
        }
        staff = db.session.scalars(select(User).where(User.email == "staff@example.kr")).one()
        cueing.write_notes(briefing, notes, cueing.mark_of_notes(day_of(briefing)), staff, start - timedelta(days=1))
        for minutes, what, slot in (
            (-25, Press.SEE_PRESENTER, 0),
            (-20, Press.SEE_PRESENTER, 1),
            (1, Press.BEGIN, None),
            (12, Press.BEGIN_TALK, 0),
            (20, Press.SEE_PRESENTER, 2),
            (29, Press.BEGIN_TALK, 1),
        ):
            self._press(briefing, what, slot, staff, start + minutes * MINUTE)
        said = "지금 발표하는 과제에 관심이 있으면 입장 화면의 ‘관심 있음’을 눌러 주세요."
        leading.say(briefing, said, mark_of_line(day_of(briefing)), staff, start + 30 * MINUTE)

    @staticmethod
    def _press(briefing: Briefing, what: Press, place: int | None, by: User, at: datetime) -> None:
        state = state_of(briefing, at)
        slot = None if place is None else state.slots[place]
        leading.press(briefing, what, slot.slot.public_id if slot else "", mark_of(state, what, slot), by, at)

    def _ask(self, briefing: Briefing, people: list[Registration]) -> None:
        at, today = briefing.starts_at + 18 * MINUTE, self.now.astimezone(self.zone).date()
        for number, (words, place, others) in enumerate(ASKED):
            slot_id = None if place is None else briefing.slots[place].id
            question = asking.ask(people[number], words, slot_id, number % 2 > 0, today, at + 3 * number * MINUTE)
            for other in others:
                asking.vote(people[20 + other], question.public_id, at + 4 * number * MINUTE)

    def _raise_interest(self, people: list[Registration], needs: list[Need]) -> None:
        columns = registration_interests.c
        for number, need in enumerate(needs[:2]):
            ids = [person.id for person in people[number::3]]
            one = (columns.need_id == need.id, columns.registration_id.in_(ids))
            db.session.execute(update(registration_interests).where(*one).values(raised_at=self.now - 5 * MINUTE))


def load_live_day(now: datetime, zone: ZoneInfo) -> bool:
    """Add a briefing that is on at `now`; False where one is on already."""
    on = (Briefing.title == TITLE, Briefing.ends_at > now)
    if db.session.scalar(select(func.count()).select_from(Briefing).where(*on)):
        return False
    LiveDay(now, zone).load()
    return True
