"""Four models of calendar programs, from their documented behaviour: where they differ, our messages must not.

Each takes whole mails, as its owner's mailbox would.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Entry:
    """One event as the owner sees it."""

    sequence: int
    dtstamp: datetime
    starts_at: datetime
    cancelled: bool = False


class Client(ABC):
    """What all have in common: the mail must be an invitation to the owner, from the organizer."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.entries: dict[str, Entry] = {}

    def receive(self, mail: bytes) -> None:
        """Take in one mail."""
        message = message_from_bytes(mail, policy=policy.default)
        part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
        calendar = Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        if part["content-type"].params.get("method") != calendar["METHOD"] or not self._concerns(message, event):
            return
        entry = Entry(int(event["SEQUENCE"]), event["DTSTAMP"].dt, event["DTSTART"].dt.astimezone(UTC))
        if calendar["METHOD"] == "REQUEST":
            self.requested(str(event["UID"]), entry)
        elif str(event["UID"]) in self.entries:
            self.cancelled(str(event["UID"]), entry)

    def _concerns(self, message: EmailMessage, event: Event) -> bool:
        (sender,) = message["from"].addresses
        return event["ORGANIZER"].email == sender.addr_spec and event["ATTENDEE"].email == self.owner

    def requested(self, uid: str, entry: Entry) -> None:
        """An invitation or its change."""
        known = self.entries.get(uid)
        if known is None or self.is_newer(entry, known):
            self.entries[uid] = entry

    def is_newer(self, entry: Entry, known: Entry) -> bool:
        """RFC 5546 2.1.5."""
        return (entry.sequence, entry.dtstamp) > (known.sequence, known.dtstamp)

    @abstractmethod
    def cancelled(self, uid: str, entry: Entry) -> None:
        """A withdrawal of something known."""

    def shown(self) -> list[datetime]:
        """When the owner believes to have something to attend."""
        return sorted(entry.starts_at for entry in self.entries.values() if not entry.cancelled)


class Thunderbird(Client):
    """Keeps the old content while SEQUENCE does not rise, forgets what was cancelled."""

    def is_newer(self, entry: Entry, known: Entry) -> bool:
        return entry.sequence > known.sequence

    def cancelled(self, uid: str, entry: Entry) -> None:
        del self.entries[uid]


class Strict(Client):
    """Takes nothing whose SEQUENCE does not rise, a withdrawal neither; forgets what was cancelled."""

    def is_newer(self, entry: Entry, known: Entry) -> bool:
        return entry.sequence > known.sequence

    def cancelled(self, uid: str, entry: Entry) -> None:
        if self.is_newer(entry, self.entries[uid]):
            del self.entries[uid]


class Google(Client):
    """Remembers a cancelled UID with its SEQUENCE and takes it back only above."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.remembered: dict[str, Entry] = {}

    def requested(self, uid: str, entry: Entry) -> None:
        if uid not in self.remembered or entry.sequence > self.remembered[uid].sequence:
            super().requested(uid, entry)

    def cancelled(self, uid: str, entry: Entry) -> None:
        if self.is_newer(entry, self.entries[uid]):
            del self.entries[uid]
            self.remembered[uid] = entry


class Exchange(Client):
    """Keeps the cancelled entry, marked, until the owner removes it."""

    def cancelled(self, uid: str, entry: Entry) -> None:
        if self.is_newer(entry, self.entries[uid]):
            self.entries[uid] = Entry(entry.sequence, entry.dtstamp, entry.starts_at, cancelled=True)


CLIENTS = (Thunderbird, Strict, Google, Exchange)
