"""Many visitors for few seats, all at once, over HTTP; while a worker sends, and while staff add seats."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import NullPool, create_engine, text

from tests.load.mails import mail_server
from tests.load.programs import STAFF, Program, Start, environment, started
from tests.load.visitors import Visitor, hidden
from tests.schedule.desk import filled

AT_ONCE = 64
LINE = """SELECT r.state, r.waiting_since, r.id FROM registrations r JOIN briefings b ON b.id = r.briefing_id
WHERE b.public_id = :key ORDER BY r.id"""
TOLD = """SELECT m.kind, m.state, m.recipient, m.params FROM messages m JOIN briefings b
ON m.about = 'briefing:' || b.id WHERE b.public_id = :key"""
numbers = count(1)
Meanwhile = Callable[[], object]


class Rush(NamedTuple):
    """What came of it: how long until all were served, and how many got a place, or a place in line."""

    seconds: float
    confirmed: int
    waiting: int


def register(program: Program, key: str) -> None:
    """The page, the form, the answer, by somebody new; AssertionError where anything else than these comes back."""
    number = next(numbers)
    person = {"name": "이가온", "email": f"visitor{number}@example.com", "organization": f"가온재활용 {number % 100}"}
    answers = {"kind": "company", "consent": "yes", "provision": "no", "news": "no"}
    with Visitor(program.port) as visitor:
        visitor.get(f"/briefings/{key}")
        form = hidden(visitor.get(f"/briefings/{key}/register"))
        visitor.post(f"/briefings/{key}/register", form | person | answers, expected=303)


def rush(program: Program, key: str, seats: int, visitors: int, meanwhile: Meanwhile | None = None) -> Rush:
    """All visitors for the seats of a briefing; AssertionError if anybody was seated over, lost, or out of turn.

    `meanwhile` is done once half of them are served; `seats` are those there are in the end.
    """
    served, half = Counter[str](), threading.Event()

    def visit(_: int) -> None:
        register(program, key)
        served["visitors"] += 1  # one more or less does not matter here
        if served["visitors"] >= visitors // 2:
            half.set()

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE + 1) as crowd:
        other = crowd.submit(_after, half, meanwhile) if meanwhile else None
        try:
            list(crowd.map(visit, range(visitors)))
        finally:
            half.set()
        if other:
            other.result()
    took = time.perf_counter() - begun
    return Rush(took, *_checked(program, key, seats, visitors))


def add_seats(program: Program, key: str, number: int) -> None:
    """What staff do in the editor: raise the capacity, look at what that sets off, confirm."""
    with Visitor(program.port) as staff:
        staff.post("/sign-in", hidden(staff.get("/sign-in")) | STAFF, expected=302)
        path = f"/staff/briefings/{program.keys.index(key) + 1}/edit"
        form = filled(staff.get(path))
        form |= {"capacity": int(form["capacity"][0]) + number, "do": "save"}
        form = filled(staff.post(path, form, expected=200)) | {"do": "save"}
        staff.post(path, form, expected=302)


@contextmanager
def sending(program: Program, starting: Start = started) -> Iterator[None]:
    """A worker delivers what is queued to a real mail server, until the block ends; then everything else."""
    with mail_server() as port:
        settings = environment(program.url, program.port) | {"SMTP_URL": f"smtp://127.0.0.1:{port}"}
        with starting(["flask", "--app", "briefings.app", "worker"], settings) as worker:
            yield
            _wait_until_all_is_sent(program)
            assert worker.poll() is None, "the worker has ended"


def told_once(program: Program, key: str) -> None:
    """AssertionError unless every person in a briefing was told once of a place, once of a place in line, by mail.

    What was to tell somebody of a place in line is dropped where they have a place by then.
    """
    rows = _rows(program, TOLD, key)
    places = [row.recipient for row in rows if row.kind == "invitation" and row.state == "sent"]
    in_line = [row.recipient for row in rows if row.kind == "waitlisted" and row.state == "sent"]
    dropped = [row.recipient for row in rows if row.kind == "waitlisted" and row.state == "dropped"]
    assert len(places) + len(in_line) + len(dropped) == len(rows), Counter((row.kind, row.state) for row in rows)
    assert len(set(places)) == len(places) and len({*in_line, *dropped}) == len(in_line) + len(dropped)
    assert {*dropped} <= {*places}, "somebody in line was never told"
    states = program.states(key)
    assert len(places) == states["confirmed"] and len({*places, *in_line}) == sum(states.values()), states


def repeat(program: Program, times: int, seats: int, visitors: int) -> Iterator[tuple[str, int, Rush]]:
    """Each way so many times, in turns, on a program with three briefings for each time: way, time, what came of it."""
    added = seats // 2
    for time_ in range(times):
        plain, with_worker, with_more = program.keys[3 * time_ : 3 * time_ + 3]
        yield "nothing else", time_ + 1, rush(program, plain, seats, visitors)
        with sending(program):
            outcome = rush(program, with_worker, seats, visitors)
        told_once(program, with_worker)
        yield "while a worker sends", time_ + 1, outcome
        more = partial(add_seats, program, with_more, added)
        yield f"while staff add {added} seats", time_ + 1, rush(program, with_more, seats + added, visitors, more)


def _after(half: threading.Event, meanwhile: Meanwhile) -> None:
    half.wait()
    meanwhile()


def _checked(program: Program, key: str, seats: int, visitors: int) -> tuple[int, int]:
    rows = _rows(program, LINE, key)
    states = Counter(row.state for row in rows)
    assert states == Counter({"confirmed": seats, "waitlisted": visitors - seats}), (program.url, states)
    line = [row.id for row in rows if row.state == "waitlisted"]
    waiting = [(row.waiting_since, row.id) for row in rows if row.state == "waitlisted"]
    in_turn = [number for _, number in sorted(waiting)]  # SQLite gives moments as texts, which sort alike
    assert line == in_turn, f"{sum(a != b for a, b in zip(line, in_turn, strict=True))} of {len(line)} out of turn"
    # Nobody in line came before somebody who has a place.
    assert max(row.id for row in rows if row.state == "confirmed") < min(line, default=2**31)
    return states["confirmed"], states["waitlisted"]


def _wait_until_all_is_sent(program: Program, patience: float = 600) -> None:
    waiting = "SELECT count(*) AS number FROM messages WHERE state IN ('queued', 'sending')"
    deadline = time.monotonic() + patience
    while _rows(program, waiting)[0].number:
        assert time.monotonic() < deadline, "the worker does not come to an end"
        time.sleep(0.2)


def _rows(program: Program, statement: str, key: str = "") -> list[Any]:
    with create_engine(program.url, poolclass=NullPool).connect() as connection:
        return list(connection.execute(text(statement), {"key": key} if key else {}))
