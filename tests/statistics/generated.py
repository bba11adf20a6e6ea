"""A made-up installation of so many briefings, as rows and in bulk: its totals are counted in more ways than one.

Everything that counts otherwise than it looks is among it: needs with two themes or none, needs and replies taken back,
drafts, briefings called off or still to come, people who wait, gave up their place, or came without one.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select

from briefings.db import db, dialect
from briefings.live.models import Attendance, AttendanceState
from briefings.needs.models import Need, NeedState, Region, Stage, need_audiences, need_themes
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import Consultation, ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_round, a_theme, an_audience

OPENED = datetime(2023, 1, 2, 1, tzinfo=UTC)
KINDS, REGIONS = list(OrganizationKind), list(Region)[:6]
STATES = [*[RegistrationState.CONFIRMED] * 7, *RegistrationState]


class Installation:
    """How large it is, and the ids of what is in it."""

    def __init__(self, now: datetime, briefings: int) -> None:
        self.draw, self.now, self.size = Random(20261123), now, briefings  # noqa: S311 (the same every time)
        self.themes = [a_theme().id for _ in range(6)]
        self.audiences = [an_audience().id for _ in range(4)]
        self.rounds = [a_round().id for _ in range(3)]

    def fill(self) -> "Installation":
        """Insert everything, in one transaction."""
        organizations = self._organizations()
        needs = self._needs(organizations)
        briefings = self._briefings(needs)
        self._people(briefings, organizations)
        self._replies(needs, organizations)
        if dialect() == "postgresql":  # which does so by itself some time after so many rows have come
            db.session.connection().exec_driver_sql("ANALYZE")
        db.session.commit()
        return self

    def _insert(self, table: Any, rows: list[dict[str, Any]]) -> list[int]:
        """Their ids, where the table has one."""
        db.session.connection().execute(insert(table), rows)
        if not hasattr(table, "id"):
            return []
        return list(db.session.scalars(select(table.id).order_by(table.id.desc()).limit(len(rows))))[::-1]

    def _moment(self, first: datetime, days: float) -> datetime:
        return first + timedelta(days=days * self.draw.random())

    def _organizations(self) -> list[tuple[int, OrganizationKind]]:
        kinds = [KINDS[place % len(KINDS)] for place in range(self.size)]
        rows = [
            {"name": f"기관 {place}", "name_key": f"기관{place}", "kind": kind, "created_at": OPENED}
            for place, kind in enumerate(kinds)
        ]
        return list(zip(self._insert(Organization, rows), kinds, strict=True))

    def _needs(self, organizations: list[tuple[int, OrganizationKind]]) -> list[dict[str, Any]]:
        states = [*[NeedState.PUBLISHED] * 6, *NeedState]
        rows = []
        for place in range(2 * self.size):
            at, state = self._moment(OPENED, 1400), self.draw.choice(states)
            row = {"organization_id": self.draw.choice(organizations)[0], "title": f"과제 {place}", "state": state}
            row |= {"offers": "제공", "seeks": "필요", "region": self.draw.choice(REGIONS), "stage": Stage.PILOT}
            row |= {"round_id": self.draw.choice([None, *self.rounds]), "created_at": at, "changed_at": at}
            unread = state in (NeedState.DRAFT, NeedState.SUBMITTED, NeedState.RETURNED)
            rows.append(row | {"published_at": None if unread else at})
        for row, number in zip(rows, self._insert(Need, rows), strict=True):
            row["id"] = number
        for table, column, choice in (
            (need_themes, "theme_id", self.themes),
            (need_audiences, "audience_id", self.audiences),
        ):
            several = [self.draw.sample(choice, self.draw.choice((0, 1, 1, 1, 2))) for _ in rows]
            pairs = zip(rows, several, strict=True)
            self._insert(table, [{"need_id": row["id"], column: each} for row, chosen in pairs for each in chosen])
        return [row for row in rows if row["published_at"]]

    def _briefings(self, needs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        states = [*[BriefingState.PUBLISHED] * 8, *BriefingState]
        rows = []
        for place in range(self.size):
            at = self._moment(OPENED + timedelta(days=60), 1400)
            row = {"title": f"설명회 {place}", "theme_id": self.draw.choice(self.themes), "sequence": 0}
            row |= {
                "audience_id": self.draw.choice(self.audiences),
                "starts_at": at,
                "ends_at": at + timedelta(hours=2),
            }
            row |= {"registration_opens_at": OPENED, "registration_closes_at": at, "state": self.draw.choice(states)}
            rows.append(row | {"created_at": OPENED, "changed_at": OPENED, "published_at": OPENED})
        slots = []
        for row, number in zip(rows, self._insert(Briefing, rows), strict=True):
            row["id"] = number
            for position, need in enumerate(self.draw.sample(needs, self.draw.randint(0, 4))):
                slots.append({"briefing_id": number, "need_id": need["id"], "position": position})
        self._insert(PresenterSlot, slots)
        return rows

    def _people(self, briefings: list[dict[str, Any]], organizations: list[tuple[int, OrganizationKind]]) -> None:
        rows: list[dict[str, Any]] = []
        for briefing in briefings:
            for _ in range(self.draw.randint(0, 12)):
                state = self.draw.choice(STATES)
                waiting = state is RegistrationState.WAITLISTED
                row = {"briefing_id": briefing["id"], "organization_id": self.draw.choice(organizations)[0]}
                row |= {"name": "이가온", "email": f"gaon{len(rows)}@example.com", "state": state}
                row |= {"registered_at": OPENED, "waiting_since": OPENED if waiting else None}
                row |= {"public_id": f"p{len(rows):011}"}  # to be drawn takes as long as all else about them
                rows.append(row)
        begun = {briefing["id"] for briefing in briefings if briefing["starts_at"] <= self.now}
        attended = []
        for row, number in zip(rows, self._insert(Registration, rows), strict=True):
            confirmed = row["state"] is RegistrationState.CONFIRMED
            if row["briefing_id"] in begun and self.draw.random() < (0.6 if confirmed else 0.05):
                mark = self.draw.choice([None, None, None, AttendanceState.PRESENT, AttendanceState.ABSENT])
                seen = {"first_seen_at": OPENED, "last_seen_at": OPENED, "mark": mark, "mark_reason": "명단"}
                attended.append({"registration_id": number} | seen)
        self._insert(Attendance, attended)

    def _replies(self, needs: list[dict[str, Any]], organizations: list[tuple[int, OrganizationKind]]) -> None:
        states = [each for each in ReplyState if each is not ReplyState.MATCHED]
        rows, matched = [], []
        for need in self.draw.sample(needs, len(needs) // 3):
            repliers = self.draw.sample(organizations, self.draw.randint(1, 4))
            for organization_id, _ in repliers:
                state, at = self.draw.choice(states), min(self._moment(need["published_at"], 500), self.now)
                taken_back = state is ReplyState.WITHDRAWN
                row = {"need_id": need["id"], "organization_id": organization_id, "name": "이가온", "offer": "설비"}
                row |= {"email": "gaon@example.com", "state": state, "sent_at": at, "due_at": at + timedelta(days=7)}
                read = state is not ReplyState.SENT and not taken_back
                row |= {"acknowledged_at": self._moment(at, 14) if read else None}
                rows.append(row | {"withdrawn_at": self.now if taken_back else None})
            if self.draw.random() < 0.4:
                matched.append((need, repliers[:2]))
        numbers = self._insert(ParticipationReply, rows)
        noted = {"held_on": OPENED.date(), "notes": "만남", "noted_at": OPENED}
        talks = [number for number in numbers if self.draw.random() < 0.1]
        self._insert(Consultation, [{"reply_id": number} | noted for number in talks])
        self._matches(matched)

    def _matches(self, matched: list[Any]) -> None:
        rows = []
        for need, _ in matched:
            at = min(self._moment(need["published_at"], 400), self.now)
            confirmed_at = at if self.draw.random() < 0.9 else None
            row = {"need_id": need["id"], "matched_on": at.date(), "summary": "함께", "recorded_at": at}
            rows.append(row | {"confirmed_at": confirmed_at})
        joined = []
        for (need, partners), row, number in zip(matched, rows, self._insert(Match, rows), strict=True):
            for organization_id in {need["organization_id"], *(each for each, _ in partners)}:
                joined.append({"match_id": number, "organization_id": organization_id})
                joined[-1]["confirmed_at"] = row["confirmed_at"]
        self._insert(MatchOrganization, joined)


def an_installation(now: datetime, briefings: int) -> Installation:
    """Filled."""
    return Installation(now, briefings).fill()
