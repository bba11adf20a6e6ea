"""What registering should come to, in plain Python: slow, obvious, and knowing nothing of the program.

A step is worked out on people, lists and the clock alone; the machine in test_registering_machine.py does the same with
the program and compares everything afterwards.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta


class No(Exception):
    """The step is refused."""


@dataclass
class Place:
    """What one address has in one briefing; `number` tells who was written down first."""

    email: str
    number: int
    state: str = ""
    registered: datetime | None = None
    since: datetime | None = None
    party: int = 0
    kind: str = "company"
    token: str = ""
    by_staff: bool = False
    asked: date | None = None


@dataclass
class Reminder:
    """That an address was told of what it has in a session already, because of a form."""

    email: str
    session: "Session"
    token: str
    at: datetime

    def of(self, email: str, session: "Session") -> bool:
        return self.email == email and self.session is session


@dataclass
class Session:
    """One briefing with everybody in it, and what each address was told, in order."""

    capacity: int | None
    approval: bool = False
    kinds: set[str] | None = None
    invited_only: bool = False
    invited: set[str] = field(default_factory=set)
    off: bool = False
    people: dict[str, Place] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    reminders: list[Reminder] = field(default_factory=list, repr=False)

    def tell(self, email: str, kind: str) -> None:
        self.told.setdefault(email, []).append(kind)

    def those(self, *states: str) -> list[Place]:
        return [each for each in self.people.values() if each.state in states]

    def line(self) -> list[Place]:
        return sorted(self.those("waitlisted"), key=lambda each: (each.since, each.number))

    def standing(self, email: str) -> Place | None:
        found = self.people.get(email)
        return found if found is not None and found.state != "cancelled" else None

    # What people do

    def register(
        self,
        emails: list[str],
        now: datetime,
        kind: str = "company",
        together: bool = False,
        invitee: bool = False,
        token: str = "",
    ) -> None:
        """The first of these registers all of them."""
        invitee = invitee and emails[0] in self.invited
        if len(emails) > 1 and not self.may(kind, False):
            raise No
        if self.off or not self.may(kind, invitee):
            raise No
        together = together and len(emails) > 1
        if together and self.capacity is not None and len(emails) > self.capacity:
            raise No
        new = [email for email in emails if self.standing(email) is None]
        party = 1 + max((each.party for each in self.people.values()), default=0)
        approved = not self.approval or (invitee and not together)
        written = []
        for email in emails:
            if email not in new:
                self.remind(email, token, now)
                continue
            place = self.write(email, now, kind, token)
            place.party = party if together and len(new) > 1 else 0
            written.append(place)
            if not together:
                self.admit([place], now, approved if email == emails[0] else not self.approval)
        if together:
            self.admit(written, now, approved)

    def may(self, kind: str, invitee: bool) -> bool:
        if invitee or (not self.invited_only and self.kinds is None):
            return True
        return not self.invited_only and kind in (self.kinds or ())

    def remind(self, email: str, token: str, now: datetime) -> None:
        """A known address is told of what it has, once for a form, three times an hour of all briefings."""
        same_press = token in (
            self.people[email].token,
            *(each.token for each in self.reminders if each.of(email, self)),
        )
        lately = [each for each in self.reminders if each.email == email and each.at > now - timedelta(hours=1)]
        if not same_press and len(lately) < 3:
            self.reminders.append(Reminder(email, self, token, now))
            self.tell(email, "already_registered")

    def write(self, email: str, now: datetime, kind: str, token: str) -> Place:
        place = self.people.setdefault(email, Place(email, len(self.people)))
        place.registered, place.party, place.kind, place.token, place.by_staff = now, 0, kind, token, False
        return place

    def admit(self, newcomers: list[Place], now: datetime, approved: bool) -> None:
        behind = max((each.since for each in self.line()), default=None)
        end = now if behind is None or now > behind else behind + timedelta(microseconds=1)
        for place in newcomers:
            place.state, place.since = ("waitlisted", end) if approved else ("requested", None)
        self.settle(newcomers)
        for place in newcomers:
            self.tell(place.email, {"confirmed": "invitation"}.get(place.state, place.state))

    def register_again(self, email: str, now: datetime) -> None:
        place = self.people[email]
        chosen = place.by_staff or email in self.invited
        if place.state != "cancelled" or self.off or not (chosen or self.may(place.kind, False)):
            raise No
        place.registered, place.party, place.token = now, 0, ""
        self.admit([place], now, chosen or not self.approval)

    def cancel(self, email: str) -> None:
        place = self.standing(email)
        if place is None:
            raise No
        ended = {"confirmed": "withdrawal", "waitlisted": "waiting_ended", "requested": "request_ended"}
        if not (self.off and place.state == "confirmed"):
            self.tell(email, ended[place.state])
        else:
            self.tell(email, "place_given_up")  # nothing stands in the calendar any more
        self.leave(place)

    def decline(self, email: str, believed: bool, now: datetime) -> None:
        """A no from the calendar; a doubtful one asks first, once a day for one entry."""
        place = self.standing(email)
        if place is None or place.state != "confirmed" or self.off:
            return
        if believed:
            self.leave(place)
            self.tell(email, "declined")
        elif place.asked != now.date():
            place.asked = now.date()
            self.tell(email, "decline_asked")

    def leave(self, place: Place) -> None:
        place.state, place.since = "cancelled", None
        self.settle()

    def take_any(self, email: str) -> None:
        place = self.standing(email)
        if place is None or not place.party or place.state == "confirmed" or self.off:
            raise No
        for each in self.people.values():
            if each is not place and each.party == place.party:
                each.party = 0
        place.party = 0
        self.settle()

    # What staff do

    def approve(self, email: str) -> None:
        place = self.standing(email)
        if place is None or place.state != "requested" or self.off:
            raise No
        self.take_in([place])

    def take_in(self, places: list[Place]) -> None:
        for place in places:
            place.state, place.since = "waitlisted", place.registered
        self.settle(places)
        for place in places:
            self.tell(place.email, "invitation" if place.state == "confirmed" else "waitlisted")

    def refuse(self, email: str) -> None:
        place = self.standing(email)
        if place is None or place.state != "requested" or self.off:
            raise No
        self.tell(email, "refused")
        self.leave(place)

    def enter(self, email: str, now: datetime) -> None:
        if self.off or self.standing(email) is not None:
            raise No
        place = self.write(email, now, "company", "")
        place.by_staff = True
        self.admit([place], now, True)

    def move_to(self, email: str, other: "Session", now: datetime) -> None:
        place = self.standing(email)
        if place is None or other.off or other.standing(email) is not None:
            raise No
        moved = other.write(email, now, place.kind, "")
        moved.by_staff = place.by_staff
        if place.state == "confirmed" and not self.off:
            self.tell(email, "withdrawal")
        other.admit([moved], now, True)
        self.leave(place)

    def set_capacity(self, capacity: int | None) -> None:
        if self.off or (capacity is not None and capacity != self.capacity and capacity < len(self.those("confirmed"))):
            raise No
        self.capacity = capacity
        self.settle()

    def set_approval(self, on: bool) -> None:
        if self.off:
            raise No
        self.approval = on
        if not on:
            self.take_in(sorted(self.those("requested"), key=lambda each: (each.registered, each.number)))

    def set_eligibility(self, kinds: set[str], invited_only: bool) -> None:
        if self.off:
            raise No
        self.kinds, self.invited_only = kinds or None, invited_only

    def reschedule(self) -> None:
        if self.off:
            raise No
        self.tell_all({"confirmed": "new_time", "waitlisted": "waiting_new_time", "requested": "request_new_time"})

    def call_off(self) -> None:
        if self.off:
            raise No
        self.off = True
        self.tell_all({"confirmed": "withdrawal", "waitlisted": "waiting_ended", "requested": "request_ended"})

    def tell_all(self, kinds: dict[str, str]) -> None:
        for place in self.those(*kinds):
            self.tell(place.email, kinds[place.state])

    # Places

    def settle(self, newcomers: list[Place] | None = None) -> None:
        """Again and again: the first in line whom the free places suffice for gets them."""
        while not self.off and (unit := self.first_that_fits()):
            for place in unit:
                place.state, place.since, place.asked = "confirmed", None, None
                if place not in (newcomers or []):
                    self.tell(place.email, "invitation")

    def first_that_fits(self) -> list[Place]:
        for first in self.line():
            party = [each for each in self.people.values() if first.party and each.party == first.party]
            if any(each.state == "requested" for each in party):
                continue
            unit = [each for each in party if each.state == "waitlisted"] or [first]
            if self.capacity is None or len(self.those("confirmed")) + len(unit) <= self.capacity:
                return unit
        return []
