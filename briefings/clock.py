"""The only place that asks what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC, to the second's fraction; tests move it with time-machine."""
    return datetime.now(UTC)
