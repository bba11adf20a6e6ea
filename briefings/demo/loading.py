"""The example data: needs as reported publicly, with an invented season of briefings around them, dated from today."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.accounts.signing_in import set_password, user_with
from briefings.db import db
from briefings.demo.accounts import load_accounts
from briefings.demo.attendance import load_attendance
from briefings.demo.exports import load_exports
from briefings.demo.matches import load_matches
from briefings.demo.organizations import load_organizations
from briefings.demo.papers import load_papers
from briefings.demo.people import ACCOUNTS, NAMES, PASSWORD, VISITORS
from briefings.demo.programs import load_programs
from briefings.demo.questions import ADVANCE, load_questions
from briefings.demo.replies import share_replies
from briefings.demo.reports import load_reports
from briefings.demo.reviews import load_reviews
from briefings.demo.rights import load_rights
from briefings.demo.rounds import load_rounds
from briefings.demo.talks import load_talks
from briefings.demo.ways_in import put_up_recording
from briefings.demo.webhooks import load_webhooks
from briefings.live.models import Attendance
from briefings.needs.models import Audience, Need, NeedState, Region, Stage, Theme
from briefings.organizations.finding import named
from briefings.organizations.models import Membership, OrganizationKind
from briefings.outbox.reach import EVERYBODY
from briefings.participation import answering, matching, replying
from briefings.participation.models import Visibility
from briefings.participation.replying import Offer, Sender
from briefings.privacy.consenting import answer_all, current_text, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import presenters, support
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registering import Applicant, consents_of, register
from briefings.schedule.registration_models import Registration, RegistrationState, SupportState
from briefings.seasons import making as seasons
from briefings.seasons.candidate_times import Pattern, add_times, candidates
from briefings.seasons.choosing import open_needs
from briefings.seasons.making import Rules

NEEDS = Path(__file__).with_name("needs.toml")
OFFERS = (
    "같은 원료를 다루는 생산 시설과 시험 인력이 있습니다.",
    "전국 12개 영업소의 수거 차량을 함께 쓸 수 있습니다.",
    "지역 복지관과 협력해 이용자를 이을 수 있습니다.",
    "누리집과 소식지에서 회원사 300곳에 알릴 수 있습니다.",
    "비어 있는 작업장 200㎡를 내어 드릴 수 있습니다.",
    "관련 데이터를 모으고 분석한 경험이 있습니다.",
)


class Demo:
    """Loads everything once, seen from one moment in one zone."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now = now
        self.zone = zone
        self.names = cycle(NAMES)
        self.consents = current_texts([Purpose.REGISTRATION, Purpose.PROVISION, Purpose.NEWS], "ko")
        self.offers = cycle(OFFERS)
        self.themes = {theme.name: theme for theme in db.session.scalars(select(Theme))}
        self.audiences = {audience.name: audience for audience in db.session.scalars(select(Audience))}

    def load(self) -> None:
        """Accounts, needs in every state, a past briefing and what came of it, others to come, one season."""
        needs = self._needs()
        self._accounts(needs[0])
        self._waiting_for_staff(needs[0])
        by_theme = self._by_theme(needs)
        self._past(next(by_theme))
        load_attendance(self.now, self.zone)
        load_papers(self.now, self.zone)
        self._coming(next(by_theme), weeks=1, capacity=40, people=23)
        self._coming(next(by_theme), weeks=2, capacity=12, people=15)
        self._draft(next(by_theme))
        load_talks(self.now, self.zone)
        load_questions(self.now, self.zone)
        self._season()
        load_rounds(needs, self.now, self.zone)
        load_reviews(self.now, self.zone)
        load_matches(self.now, self.zone)
        load_reports(self.now)
        load_accounts(self.now)
        load_rights(self.now)
        load_exports(self.now)
        load_programs(self.now, self.zone)
        load_webhooks(self.now)
        load_organizations(self.now)

    def _wednesday(self, weeks: int) -> datetime:
        """14:00 of the Wednesday so many weeks after this one."""
        today = self.now.astimezone(self.zone)
        wednesday = today + timedelta(days=2 - today.weekday(), weeks=weeks)
        return wednesday.replace(hour=14, minute=0, second=0, microsecond=0)

    def _needs(self) -> list[Need]:
        """The published needs of needs.toml, the oldest five months old."""
        data = tomllib.loads(NEEDS.read_text("utf-8"))
        rows = [{"source": data["source"]} | row for row in data["needs"]]
        needs = []
        for place, row in enumerate(rows):
            published_at = self.now - timedelta(days=150 - 140 * place // len(rows), hours=place % 7)
            needs.append(self._need(row, published_at))
        db.session.add_all(needs)
        db.session.flush()
        return needs

    def _need(self, row: dict[str, Any], published_at: datetime) -> Need:
        return Need(
            organization=named(row.pop("owner"), OrganizationKind(row.pop("kind")), published_at),
            themes=[self.themes[name] for name in row.pop("themes")],
            audiences=[self.audiences[name] for name in row.pop("audiences")],
            region=Region(row.pop("region")),
            stage=Stage(row.pop("stage")),
            contact_phone="044-000-0000",
            state=NeedState.PUBLISHED,
            created_at=published_at - timedelta(days=6),
            submitted_at=published_at - timedelta(days=4),
            published_at=published_at,
            changed_at=published_at,
            **row,
        )

    def _accounts(self, of_owner: Need) -> None:
        for role, email, name, _ in ACCOUNTS:
            user = User(email=email, name=name, role=role, created_at=self.now, session_version=0)
            set_password(user, PASSWORD)
            db.session.add(user)
            db.session.flush()
            if role is Role.OWNER:
                db.session.add(Membership(user_id=user.id, organization_id=of_owner.organization_id))

    def _waiting_for_staff(self, published: Need) -> None:
        """Needs of the demo owner that are not public: one to review, one returned, one draft."""
        common = {
            "organization": published.organization,
            "themes": published.themes,
            "audiences": published.audiences,
            "offers": "회의실과 교육 기자재, 담당 직원 두 명",
            "seeks": "주민에게 사용법을 알려 줄 강사와 교재",
            "contact_name": "홍길동",
            "contact_email": "owner@example.kr",
            "source": published.source,
            "created_at": self.now - timedelta(days=3),
            "changed_at": self.now - timedelta(days=1),
        }
        since = {"submitted_at": self.now - timedelta(days=1)}
        title = "보장구 자가 점검 교실 함께 열기"
        summary = "이용자가 스스로 점검하도록 돕는 교실을 함께 열 기관을 찾습니다."
        reason = {"return_reason": "찾는 역량을 더 자세히 적어 주세요. 강사 수와 교육 시간이 있으면 답글이 늘어납니다."}
        db.session.add_all(
            [
                Need(title=title, summary=summary, state=NeedState.SUBMITTED, **common, **since),
                Need(title="찾아가는 수리 차량 공동 운영", state=NeedState.RETURNED, **reason, **common, **since),
                Need(title="부품 나눔 창고 만들기", state=NeedState.DRAFT, **common),
            ]
        )  # fmt: skip

    def _by_theme(self, needs: list[Need]) -> Iterator[list[Need]]:
        """Groups of four or five needs of one theme, the largest theme first."""
        groups: dict[str, list[Need]] = {}
        for need in needs:
            groups.setdefault(need.themes[0].name, []).append(need)
        for group in sorted(groups.values(), key=len, reverse=True):
            yield group[:5]

    def _briefing(self, needs: list[Need], starts_at: datetime, capacity: int, state: BriefingState) -> Briefing:
        theme, audience = needs[0].themes[0], needs[0].audiences[0]
        what = f"{theme.name} 분야의 수요기관 {len(needs)}곳이 과제를 소개하고 함께할 기관({audience.name})을 찾습니다."
        made_at = min(self.now, starts_at) - timedelta(days=14)
        briefing = Briefing(
            title=f"{theme.name} 협업이음 온라인 사업설명회",
            theme=theme,
            audience=audience,
            description=what,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30 + 15 * len(needs)),
            capacity=capacity,
            registration_opens_at=made_at,
            registration_closes_at=starts_at - timedelta(hours=1),
            room_url="https://room.example.com/ieum",
            room_note="영상이 열리지 않으면 044-000-0000으로 전화해 주세요.",
            moderator="김하늘",
            state=state,
            created_at=made_at,
            changed_at=made_at,
            published_at=made_at if state is BriefingState.PUBLISHED else None,
        )
        for position, need in enumerate(needs, start=1):
            presenter = need.contact_name
            slot = PresenterSlot(need=need, position=position, presenter_name=presenter, presenter_title="담당자")
            slot.presenter_email = f"presenter{need.id}@example.kr"
            briefing.slots.append(slot)
        db.session.add(briefing)
        db.session.flush()
        return briefing

    def _applicant(self, number: int, needs: list[Need]) -> Applicant:
        name, kind = VISITORS[number * 5 % len(VISITORS)]
        return Applicant(
            kind=kind,
            organization=name,
            name=next(self.names),
            email=f"visitor{number}@example.com",
            locale="ko",
            interests=tuple(need.id for need in needs[number % 2 :: 2]),
            question=ADVANCE[number // 6 % len(ADVANCE)] if number % 6 == 0 else "",
            support="문자 통역이 필요합니다." if number % 8 == 4 else "",
            consents=self._answers(number),
        )

    def _answers(self, number: int) -> tuple[tuple[int, bool], ...]:
        """Everybody agrees to what is required, two of three to being known to owners, every other to news."""
        agrees = {Purpose.PROVISION: number % 3 > 0, Purpose.NEWS: number % 2 > 0}
        return tuple((text.id, agrees.get(purpose, True)) for purpose, text in self.consents.items())

    def _coming(self, needs: list[Need], weeks: int, capacity: int, people: int) -> None:
        """A published briefing with people who registered as anyone would, their mails included."""
        briefing = self._briefing(needs, self._wednesday(weeks), capacity, BriefingState.PUBLISHED)
        self._ask_presenters(briefing)
        made = [register(briefing, self._applicant(100 * weeks + number, needs), self.now) for number in range(people)]
        asked = next(each for each in made if each.support)
        arranged = "문자 통역을 준비했습니다. 입장한 뒤에 화면 아래의 ‘자막’을 눌러 주세요."
        support.answer(asked, SupportState.ARRANGED, arranged, asked.support_changed_at, self.now)

    def _ask_presenters(self, briefing: Briefing) -> None:
        """Their slots go into their calendars; the first has said yes, the second has a stand-by."""
        first, second = briefing.slots[:2]
        second.standby_name, second.standby_title = next(self.names), "팀장"
        second.standby_email = f"standby{second.need_id}@example.kr"
        presenters.keep_calendars(briefing, self.now)
        presenters.accept(first, self.now)

    def _draft(self, needs: list[Need]) -> None:
        self._briefing(needs, self._wednesday(4), 60, BriefingState.DRAFT)

    def _season(self) -> None:
        """A plan for the needs that still wait, with the Wednesdays of two months: ready to be solved."""
        staff = db.session.scalars(select(User).where(User.email == "staff@example.kr")).one()
        public = ("공공기관", "지방자치단체", "중앙행정기관", "교육청")
        sharing = [
            [self.audiences[name].id for name in self.audiences if (name in public) is one] for one in (True, False)
        ]
        rules = Rules(name="다음 분기 온라인 사업설명회", min_slots=3, sharing=sharing)
        season = seasons.make(rules, open_needs(self.now, EVERYBODY), None, by=staff, now=self.now)
        first = self._wednesday(5)
        pattern = Pattern(frozenset({2}), (time(10), time(14)), first.date(), first.date() + timedelta(weeks=7))
        good = [each.starts_at for each in candidates(pattern, (), self.now, self.zone) if not each.left_out]
        add_times(season, good, staff, self.now)

    def _past(self, needs: list[Need]) -> None:
        """Three weeks ago: who registered, who came, who replied, and one match."""
        briefing = self._briefing(needs, self._wednesday(-3), 60, BriefingState.PUBLISHED)
        put_up_recording(briefing)
        for number in range(38):
            self._attended(briefing, self._applicant(900 + number, needs), came=number % 5 < 3)
        self._replies(briefing, needs)

    def _attended(self, briefing: Briefing, visitor: Applicant, came: bool) -> None:
        registered_at = briefing.starts_at - timedelta(days=5)
        registration = Registration(
            briefing=briefing,
            organization=named(visitor.organization, visitor.kind, registered_at),
            name=visitor.name,
            email=visitor.email,
            question=visitor.question,
            state=RegistrationState.CONFIRMED,
            registered_at=registered_at,
            confirmed_at=registered_at,
            interests=[slot.need for slot in briefing.slots if slot.need_id in visitor.interests],
        )
        db.session.add(registration)
        db.session.flush()
        answer_all(consents_of(registration), visitor.consents, registered_at)
        if came:
            seen = briefing.starts_at + timedelta(minutes=registration.id % 9 - 4)
            attendance = Attendance(registration=registration, first_seen_at=seen, last_seen_at=briefing.ends_at)
            db.session.add(attendance)

    def _replies(self, briefing: Briefing, needs: list[Need]) -> None:
        """Eight replies in the days after; some answered, two consulted, one matched, one that waits too long."""
        staff = db.session.scalars(select(User).where(User.email == "staff@example.kr")).one()
        consent = current_text(Purpose.REPLY, "ko")
        made = []
        for number in range(8):
            name, kind = VISITORS[number * 2 % len(VISITORS)]
            sender = Sender(next(self.names), f"reply{number}@example.com", name, kind)
            at = briefing.ends_at + timedelta(hours=2 + 7 * number)
            offer = Offer(needs[number % 3], next(self.offers))
            sent = replying.reply(sender, [offer], "", Visibility.OWNER, consent, self.zone.key, at, briefing)
            made += sent.replies
        share_replies(made, briefing, consent, self.names)
        for reply in made[:6]:
            answering.acknowledge(reply, reply.sent_at + timedelta(days=1))
        self._outcome(made, briefing, staff)

    def _outcome(self, made: list[Any], briefing: Briefing, staff: User) -> None:
        today = self.now.astimezone(self.zone).date()
        talked_on = briefing.starts_at.astimezone(self.zone).date() + timedelta(days=8)
        for reply in (made[0], made[1]):
            notes = "서로 맡을 일과 시작 시기를 이야기했습니다. 현장을 함께 보기로 했습니다."
            at = reply.sent_at + timedelta(days=8)
            answering.note_consultation(reply, talked_on, notes, "현장 방문 날짜 정하기", staff, today, at)
        need = made[0].need
        contributions = {need.organization_id: "장소와 담당 인력", made[0].organization_id: made[0].offer}
        summary = f"{made[0].organization.name}에서 ‘{need.title}’ 과제를 함께 시작하기로 했습니다."
        matched_on = talked_on + timedelta(days=4)
        matched_at = briefing.starts_at + timedelta(days=12)
        terms = matching.Terms(contributions, matched_on, summary, matched_on + timedelta(days=3))
        match = matching.record_match(need, [made[0]], terms, staff, today, matched_at)
        seen = match.partners[0].asked_at
        matching.confirm(match, made[0].organization_id, made[0].name, seen, matched_at + timedelta(days=1))


def load_demo(now: datetime, zone: ZoneInfo) -> bool:
    """Add the example data to the session; False if it is there already."""
    if user_with(ACCOUNTS[0][1]):
        return False
    Demo(now, zone).load()
    return True
