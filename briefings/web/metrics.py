"""Requests as Prometheus counts them: by each web process for itself, summed over all of a machine when asked."""

import fcntl
import os
from io import TextIOWrapper
from itertools import count as numbers
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the web processes of one machine count together; without it a process tells of itself alone."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
OWN = CollectorRegistry()

_places: dict[int, tuple[str, TextIOWrapper]] = {}


def _place() -> str:
    """The number under which this process counts: the lowest that no living one has.

    Files named by process would pile up with every restart. A lock ends with its holder, however that ends, and who
    comes after goes on counting where it stopped.
    """
    if os.getpid() not in _places:
        for number in map(str, numbers()):
            file = open(Path(os.environ[FOLDER]) / f"{number}.lock", "w")  # noqa: SIM115 (held as long as the process)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                continue
            _places[os.getpid()] = number, file
            break
    return _places[os.getpid()][0]


if FOLDER in os.environ:
    values.ValueClass = values.MultiProcessValue(_place)

REQUESTS = Counter("briefings_requests", "Requests answered", ("endpoint", "method", "status"), registry=OWN)
DURATION = Histogram(
    "briefings_request_seconds", "How long answers took", ("endpoint", "method"), buckets=SECONDS, registry=OWN
)


def count(endpoint: str, method: str, status: int, seconds: float) -> None:
    """One request was answered."""
    REQUESTS.labels(endpoint, method, status).inc()
    DURATION.labels(endpoint, method).observe(seconds)


def told(of_database: Collector) -> bytes:
    """Everything in Prometheus's text format, with what `of_database` finds there at this moment."""
    registry = CollectorRegistry()
    registry.register(of_database)
    found = generate_latest(registry)
    if FOLDER in os.environ:
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together) + found
    return generate_latest(OWN) + found
