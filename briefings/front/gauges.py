"""What the database says of how the program fares, counted when Prometheus asks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from briefings.db import db, dialect
from briefings.outbox.models import Message, MessageState
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration
from briefings.tasks.models import Task
from briefings.tasks.showing import number_there

CONNECTIONS = text(
    "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1"
)
MOST_CONNECTIONS = text("SELECT current_setting('max_connections')::int")


@dataclass(frozen=True)
class Gauges(Collector):
    """As at the moment `now`."""

    now: datetime

    def collect(self) -> Iterable[Metric]:
        """One metric after the other; the same on every machine, so that one of them is enough to look at."""
        yield from self._messages()
        tasks = db.session.execute(select(Task.state, func.count()).group_by(Task.state))
        yield _by("state", "briefings_tasks", "Long work asked for", tasks)
        yield _one("briefings_workers", "Workers that showed themselves lately", number_there(self.now))
        yield self._registrations()
        yield from _connections()

    def _messages(self) -> Iterator[Metric]:
        counted = db.session.execute(select(Message.state, func.count()).group_by(Message.state))
        yield _by("state", "briefings_messages", "Messages", counted)
        due = (Message.state == MessageState.QUEUED, Message.due_at <= self.now)
        oldest = db.session.scalar(select(func.min(Message.due_at)).where(*due))
        age = (self.now - oldest).total_seconds() if oldest else 0
        yield _one("briefings_oldest_due_message_seconds", "How long the oldest due message has waited", age)

    def _registrations(self) -> Metric:
        of_coming = select(Registration.state, func.count()).join(Briefing, Briefing.id == Registration.briefing_id)
        counted = db.session.execute(of_coming.where(Briefing.ends_at > self.now).group_by(Registration.state))
        return _by("state", "briefings_registrations", "Registrations for briefings that are not over", counted)


def _connections() -> Iterator[Metric]:
    """What all processes on all machines hold open, and how much the server allows."""
    if dialect() == "postgresql":
        rows = db.session.execute(CONNECTIONS)
        yield _by("state", "briefings_database_connections", "Connections to the database", rows)
        most = db.session.scalar(MOST_CONNECTIONS)
        yield _one("briefings_database_connections_most", "Connections the server allows", most or 0)


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _by(label: str, name: str, words: str, rows: Iterable[tuple[str, int]]) -> Metric:
    found = GaugeMetricFamily(name, words, labels=[label])
    for value, number in rows:
        found.add_metric([str(value)], number)
    return found
