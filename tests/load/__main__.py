"""Measure the program next to the bare limits and print one table for each group.

Each figure is the median of rounds in which the programs take turns: the machine may be busy with other things.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

import psycopg
from flask import Flask

from briefings import clock
from briefings.app import create_app
from tests.database import postgresql_server
from tests.load import growth, mails, needs
from tests.load import people as registrants
from tests.load.people import Size
from tests.load.programs import STAFF, Program, environment, filled, served
from tests.load.room import show_room
from tests.load.rush import AT_ONCE, register, repeat, rush
from tests.load.seasons import show_seasons
from tests.load.visitors import Visitor, hidden, per_second

PAGES, CROWDED = 0, 1  # which briefing is for what; then one for each rush, and from the end one for each round
STAY = 10  # pages a visitor looks at: a connection kept for ever would tie everybody to one process
SMALLER_IS_BETTER = ("seconds", "MiB")
Figures = dict[str, float]
Databases = dict[str, tuple[str, list[str]]]
"""By program the address, and the public ids of the briefings in it."""
Filling = Callable[[str, Any], Flask]
Addresses = Callable[[Flask], Mapping[str, str]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of everything, to see that it works")
    parser.add_argument("--seasons", action="store_true", help="only the season planner")
    parser.add_argument("--rush", action="store_true", help="only rushes for seats, twenty times each way")
    parser.add_argument("--growth", action="store_true", help="only how pages grow with needs and with people")
    parser.add_argument("--pages", action="store_true", help="only pages and registrations next to the bare limits")
    parser.add_argument("--room", action="store_true", help="only a thousand people in one room whose pages ask again")
    given = parser.parse_args()
    quick = given.quick
    room = (50, 6.0) if quick else (1_000, 60.0)
    if given.room:
        return show_room(*room)
    if given.pages:
        return show_pages(quick)
    if given.rush:
        return show_rushes(*((1, 100) if quick else (20, 500)))
    if given.growth:
        return show_all_growth(quick)
    show_seasons(quick)
    if given.seasons:
        return
    rounds, rushes, seconds, people, visitors = (1, 1, 0.2, 200, 100) if quick else (3, 2, 1.0, 10_000, 500)
    capacities = [80, None, *[visitors // 5] * rushes, *[None] * (18 - rushes)]
    with databases(capacities, people) as on, ExitStack() as running:
        show("Start, and after 300 answers", starts(on, rounds))
        ours = running.enter_context(served("ours", *on["ours"]))
        others = {name: running.enter_context(served(name, *on[name], lengths(ours))) for name in ("raw", "orm")}
        programs = {"ours": ours} | others
        show("Anybody, 8 at once", pages(programs, rounds, seconds, people) | registrations(programs, rounds, seconds))
        until = "seconds until all are served on"
        with on_files(capacities) as small:
            served_after = {
                f"{until} PostgreSQL, none over": rushed(programs, rushes, visitors),
                f"{until} SQLite, none over": rushed(small, rushes, visitors),
            }
        show(f"{visitors} visitors for {visitors // 5} seats, 64 at once", served_after)
        show(f"{people:,} people are told of a new time", move(ours) | sent(ours, rounds, seconds))
    show_room(*room)
    show_all_growth(quick)


def show_pages(quick: bool) -> None:
    """Print how many pages and registrations a second there are, on a database of their own."""
    rounds, seconds, people = (1, 0.2, 200) if quick else (5, 2.0, 10_000)
    with databases([80, None, *[None] * rounds], people) as on, ExitStack() as running:
        ours = running.enter_context(served("ours", *on["ours"]))
        others = {name: running.enter_context(served(name, *on[name], lengths(ours))) for name in ("raw", "orm")}
        programs = {"ours": ours} | others
        show("Anybody, 8 at once", pages(programs, rounds, seconds, people) | registrations(programs, rounds, seconds))


def show_rushes(times: int, visitors: int) -> None:
    """Print a line for each rush as it ends; AssertionError where anything was not as it must be."""
    seats = visitors // 5
    print(f"{visitors} visitors for {seats} seats, 64 at once, over HTTP")
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        for name, url in (("SQLite", f"sqlite:///{folder}/rush.db"), ("PostgreSQL", server)):
            with served("ours", url, filled("ours", url, [seats] * 3 * times)) as program:
                for way, number, (seconds, confirmed, waiting) in repeat(program, times, seats, visitors):
                    outcome = f"{confirmed} have a place, {waiting} wait in turn, all served after {seconds:.1f} s"
                    print(f"{name}, {way}, {number}: {outcome}", flush=True)


@contextmanager
def databases(capacities: Sequence[int | None], people: int) -> Iterator[Databases]:
    """A filled one for each program, on one PostgreSQL server."""
    with ExitStack() as standing:
        found = {name: standing.enter_context(postgresql_server()) for name in ("ours", "raw", "orm")}
        on = {name: (address, filled(name, address, capacities, people)) for name, address in found.items()}
        for address in found.values():
            execute(address, "VACUUM ANALYZE")  # which it does by itself some time after so many rows have come
        yield on


def execute(url: str, statement: str) -> None:
    """Outside any transaction."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def on_files(capacities: Sequence[int | None]) -> Iterator[dict[str, Program]]:
    """The programs that know SQLite, on a database file each."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        files = {name: f"sqlite:///{folder}/{name}.db" for name in ("ours", "orm")}
        on = {name: (url, filled(name, url, capacities)) for name, url in files.items()}
        yield {name: running.enter_context(served(name, *where)) for name, where in on.items()}


def in_turns(
    rounds: int, measure: Callable[[str, int], float], names: Sequence[str] = ("ours", "raw", "orm")
) -> Figures:
    """For each program the median of what `measure` finds, which is told its name and the number of the round."""
    found = [{name: measure(name, number) for name in names} for number in range(rounds)]
    return {name: median(each[name] for each in found) for name in names}


def starts(on: Databases, rounds: int) -> dict[str, Figures]:
    """From the command to the first answer, and the memory of both processes."""
    memory: Figures = {}

    def first_answer(name: str, number: int) -> float:
        with served(name, *on[name]) as program:
            for _ in range(300 // STAY):
                look(program, f"/briefings/{program.keys[PAGES]}")
            memory[name] = program.mebibytes()
            return program.first_answer

    return {"seconds to the first answer": in_turns(rounds, first_answer), "MiB of two web processes": memory}


def lengths(ours: Program) -> str:
    """How long our pages are, for the others to be as long."""
    briefing = f"/briefings/{ours.keys[PAGES]}"
    paths = {"index": "/briefings", "show": briefing, "register": f"{briefing}/register"}
    with Visitor(ours.port) as visitor:
        return json.dumps({kind: len(visitor.get(path).encode()) for kind, path in paths.items()})


def look(program: Program, path: str) -> None:
    """Open a page as often as a visitor stays."""
    with Visitor(program.port) as visitor:
        for _ in range(STAY):
            visitor.get(path)


def pages(programs: Mapping[str, Program], rounds: int, seconds: float, people: int) -> dict[str, Figures]:
    """What anybody may look at."""
    paths = {
        "briefing pages a second": ("/briefings/{}", PAGES),
        f"the same with {people:,} registered": ("/briefings/{}", CROWDED),
        "lists of 20 a second": ("/briefings", PAGES),
        "event .ics a second": ("/briefings/{}/briefing.ics", PAGES),
    }

    def answered(path: str, briefing: int, name: str, number: int) -> float:
        program = programs[name]
        return STAY * per_second(partial(look, program, path.format(program.keys[briefing])), seconds)

    return {what: in_turns(rounds, partial(answered, *where)) for what, where in paths.items()}


def registrations(programs: Mapping[str, Program], rounds: int, seconds: float) -> dict[str, Figures]:
    """Every round in a briefing of its own."""

    def done(name: str, number: int) -> float:
        return per_second(partial(register, programs[name], programs[name].keys[-1 - number]), 2 * seconds)

    return {"whole registrations a second": in_turns(rounds, done)}


def rushed(programs: Mapping[str, Program], rounds: int, visitors: int) -> Figures:
    """For a fifth as many seats: seconds until all are served; AssertionError if anybody was seated over, or lost."""

    def served_after(name: str, number: int) -> float:
        program, key = programs[name], programs[name].keys[2 + number]
        if name == "ours":
            return rush(program, key, visitors // 5, visitors).seconds
        begun = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            list(crowd.map(lambda _: register(program, key), range(visitors)))
        took, states = time.perf_counter() - begun, program.states(key)
        assert states == {"confirmed": visitors // 5, "waitlisted": visitors - visitors // 5}, f"{name}: {states}"
        return took

    return in_turns(rounds, served_after, ("ours", "orm"))


def move(ours: Program) -> dict[str, Figures]:
    """What staff do: look at the form, at the effects, and press the button."""
    path, day = f"/staff/briefings/{CROWDED + 1}/move", f"{clock.now() + timedelta(days=40):%Y-%m-%d}"
    times = {"starts_at": [day, "14:00"], "ends_at": [day, "15:30"]}
    with Visitor(ours.port) as staff:
        staff.post("/sign-in", hidden(staff.get("/sign-in")) | STAFF, expected=302)
        form, begun = hidden(staff.get(path)) | times, time.perf_counter()
        form, shown = hidden(staff.post(path, form, expected=200)) | times, time.perf_counter()
        staff.post(path, form, expected=302)
    done = time.perf_counter()
    return {
        "seconds until staff see the effects": {"ours": shown - begun},
        "seconds until moved": {"ours": done - shown},
    }


def sent(ours: Program, rounds: int, seconds: float) -> dict[str, Figures]:
    """By one worker, into the mailbox next to only building, and over SMTP next to building and handing over."""
    app = create_app(environ=environment(ours.url))
    mails.delivered_per_second(app, "mailbox:", 0.2)
    words = mails.words_of_one(app)

    def way(smtp_url: str, to: int | None, name: str, number: int) -> float:
        if name == "ours":
            return mails.delivered_per_second(app, smtp_url, seconds)
        return mails.bare_per_second(words, to, seconds)

    with mails.mail_server() as port:
        ways = {
            "mails a second into the mailbox (raw: only built)": ("mailbox:", None),
            "mails a second over SMTP (raw: one by one)": (f"smtp://127.0.0.1:{port}", port),
        }
        found = {what: in_turns(rounds, partial(way, *where), ("ours", "raw")) for what, where in ways.items()}

        def side_by_side(name: str, number: int) -> float:
            return mails.delivered_by(2 if name == "ours" else 1, app, f"smtp://127.0.0.1:{port}", 2 * seconds)

        found["mails a second over SMTP by two workers (raw: by one)"] = in_turns(rounds, side_by_side, ("ours", "raw"))
        return found


def show_growth(
    title: str, sizes: tuple[Any, Any], heads: tuple[str, str], filling: Filling, addresses: Addresses, rounds: int
) -> None:
    """Print how the pages of a small database compare with the same pages of a large one, on both databases."""
    found = {}
    for name in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as standing:
            places = []
            for number, size in enumerate(sizes):
                file = f"sqlite:///{folder}/{number}.db"
                app = filling(file if name == "SQLite" else standing.enter_context(postgresql_server()), size)
                places.append(growth.Place(app, addresses(app)))
            found[name] = growth.growth(*places, rounds)
    growth.show(title, heads, found)


def show_all_growth(quick: bool) -> None:
    """Of needs, and of people: one in a hundred are as many people for a tenth of the briefings, a tenth each."""
    few, many, rounds = (100, 1_000, 5) if quick else (1_000, 100_000, 40)
    title = "{}: milliseconds that 95 of 100 answers stay below"
    show_growth(title.format("Needs"), (few, many), (f"{few:,}", f"{many:,}"), needs.ready, needs.addresses, rounds)
    sizes = (Size(100, 20), Size(200, 40)) if quick else (Size(100, 100), Size(1000, 1000))
    heads = tuple(f"{size.registrations:,}" for size in sizes)
    show_growth(title.format("People"), sizes, heads, registrants.ready, registrants.addresses, rounds)


def show(title: str, rows: Mapping[str, Figures]) -> None:
    """Print a table; whatever is measured, a ratio above 1 is better than the bare program."""
    print(f"\n| {title:<64} |    ours |     raw |     orm | of raw | of orm |")
    print(f"|{'-' * 66}|{'--------:|' * 3}{'-------:|' * 2}")
    for what, figures in rows.items():
        power = -1 if what.startswith(SMALLER_IS_BETTER) else 1
        ratios = {name: (figures["ours"] / figure) ** power for name, figure in figures.items()}
        cells = [f"{_digits(figures.get(name)):>7}" for name in ("ours", "raw", "orm")]
        cells += [f"{_digits(ratios.get(name)):>6}" for name in ("raw", "orm")]
        print(f"| {what:<64} | {' | '.join(cells)} |", flush=True)


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:,.{0 if value >= 20 else 2}f}"


if __name__ == "__main__":
    main()
