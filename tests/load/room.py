"""A thousand people in one room: they come within minutes, then every page asks every few seconds what is new.

They ask when it is their time, whether or not the server has answered others: an answer is as late as its reader finds
it. Meanwhile staff say something to everybody, people vote, and each page says once a minute that it is still there.
"""

import asyncio
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from statistics import quantiles

import flask_migrate
from flask import Flask
from sqlalchemy import insert

from briefings import clock
from briefings.app import create_app
from briefings.db import db, new_public_id, unit_of_work
from briefings.live.days import day_to_change
from briefings.live.models import Attendance
from briefings.questions.models import Question, QuestionState
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_briefing, an_organization, saved
from tests.database import postgresql_server
from tests.load.programs import ROOT, Program, environment, served
from tests.load.visitors import Visitor, hidden

EVERY = 5.0
"""Seconds between two looks of one page, more or less, as static/js/now.js has it."""
SIGN_EVERY = 60.0
NEWS_EVERY = 10.0
VOTES_A_SECOND = 2
AT_ONCE = 32
EXPECTED = {"look 200", "look 304", "seen 204", "questions/vote 302", "questions/vote 303"}
TAG = re.compile(r'data-tag="(\w+)"')


@dataclass
class Person:
    """One page that stays open: its address, its cookies, and what it has seen last."""

    token: str
    cookie: str = ""
    csrf: str = ""
    tag: str = ""


@dataclass
class Answers:
    """What came back: seconds until each, by kind; how many of each status."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    took: float = 0
    processor: float = 0

    def note(self, kind: str, status: int, seconds: float) -> None:
        """One answer."""
        self.seconds.setdefault(kind, []).append(seconds)
        self.statuses[f"{kind} {status}"] += 1


def show_room(people: int, seconds: float) -> None:
    """Print lines for each database; AssertionError where anybody got anything but an answer."""
    print(f"\n{people:,} people in one room, two web processes, each page asks every {EVERY:.0f} s")
    print("| | looks a second | of them 304 | p50 | p95 | p99 | presses, p95 | processor for one answer |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        for name, url in (("PostgreSQL", server), ("SQLite", f"sqlite:///{folder}/room.db")):
            app, tokens, question = filled(url, people)
            with served("ours", url, []) as program:
                entered = arrive(program, everybody := [Person(token) for token in tokens])
                print(f"| {name}: {people / entered:.0f} people enter a second | | | | | | | |")
                for what, busy in (("nothing changes", False), (f"{VOTES_A_SECOND} votes a second, news", True)):
                    answers = asyncio.run(_stay(program, app, everybody, question if busy else "", seconds))
                    _show(f"{name}, {what}", answers)
                    assert set(answers.statuses) <= EXPECTED, answers.statuses
            _check(app, people)


def filled(url: str, people: int) -> tuple[Flask, list[str], str]:
    """A briefing that has just begun, with so many registered: their join tokens, and a question they may vote for."""
    app, now = create_app(environ=environment(url)), clock.now()
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        briefing = a_briefing(6, now=now, starts_at=now - timedelta(minutes=10), capacity=None)
        place = {"briefing_id": briefing.id, "organization_id": an_organization().id, "name": "이가온"}
        place |= {"state": RegistrationState.CONFIRMED, "registered_at": now, "confirmed_at": now, "link_version": 1}
        rows = [place | {"public_id": f"{n:08}", "email": f"gaon{n}@example.com"} for n in range(people)]
        db.session.execute(insert(Registration), rows)
        db.session.commit()
        for number in range(12):
            asked = {"briefing_id": briefing.id, "asked_at": now, "text": f"설비는 어디에 둡니까? {number}"}
            question = saved(Question(public_id=new_public_id(), state=QuestionState.WAITING, **asked))
        tokens = [token_of(each, "join") for each in db.session.query(Registration).order_by(Registration.id)]
        key = question.public_id
        db.session.remove()
    return app, tokens, key


def arrive(program: Program, people: Sequence[Person]) -> float:
    """Everybody opens their page and presses the button, so many at once; the seconds until all are in."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(partial(_enter, program), people))
    return time.perf_counter() - begun


def _enter(program: Program, person: Person) -> None:
    path = f"/join/{person.token}"
    with Visitor(program.port) as browser:
        browser.post(path, {"csrf_token": hidden(browser.get(path))["csrf_token"]}, expected=303)
        page = browser.get(path)
        person.csrf, person.tag = hidden(page)["csrf_token"], TAG.search(page)[1]
        person.cookie = b"; ".join(b"%s=%s" % cookie for cookie in browser.cookies.items()).decode()


async def _stay(program: Program, app: Flask, people: Sequence[Person], question: str, seconds: float) -> Answers:
    answers, dice = Answers(), random.Random(1)  # noqa: S311 (only spreads them)
    before, begun = _processor(program), time.perf_counter()
    until = begun + seconds
    pages = [_look_again(program, person, answers, dice, until) for person in people]
    signs = [_say_here(program, person, answers, dice.uniform(0, SIGN_EVERY), until) for person in people]
    news = [_vote(program, people, question, answers, until), _tell(app, until)] if question else []
    await asyncio.gather(*pages, *signs, *news)
    answers.took, answers.processor = time.perf_counter() - begun, _processor(program) - before
    return answers


async def _look_again(program: Program, person: Person, answers: Answers, dice: random.Random, until: float) -> None:
    due = time.perf_counter() + dice.uniform(0, EVERY)
    while due < until:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        head = await _ask(program, f"GET /join/{person.token}/now", f'If-None-Match: W/"{person.tag}"')
        answers.note("look", status := int(head[9:12]), time.perf_counter() - due)
        if status == 200:
            person.tag = re.search(r'(?i)\netag: W/"(\w+)"', head)[1]
        due += EVERY * dice.uniform(0.8, 1.2)


async def _say_here(program: Program, person: Person, answers: Answers, after: float, until: float) -> None:
    due = time.perf_counter() + after
    while due < until:
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        await _press(program, person, "seen", "quiet=yes", answers, due)
        due += SIGN_EVERY


async def _vote(program: Program, people: Sequence[Person], question: str, answers: Answers, until: float) -> None:
    for person in people:
        due = time.perf_counter() + 1 / VOTES_A_SECOND
        if due >= until:
            return
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        await _press(program, person, "questions/vote", f"question={question}", answers, due)


async def _press(program: Program, person: Person, what: str, words: str, answers: Answers, due: float) -> None:
    body = f"csrf_token={person.csrf}&{words}"
    more = f"Cookie: {person.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
    head = await _ask(program, f"POST /join/{person.token}/{what}", more, body)
    answers.note(what, int(head[9:12]), time.perf_counter() - due)


async def _tell(app: Flask, until: float) -> None:
    """Staff say something to everybody every now and then."""
    for number in range(1, 1_000):
        await asyncio.sleep(NEWS_EVERY)
        if time.perf_counter() >= until:
            return
        await asyncio.to_thread(_say, app, f"{number}번째로 알립니다.")


def _say(app: Flask, words: str) -> None:
    with app.app_context(), unit_of_work():
        day_to_change(db.session.query(Briefing).one()).line = words


async def _ask(program: Program, what: str, more: str, body: str = "") -> str:
    """The head of the answer, on a connection of its own as the proxy opens one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    lines = f"{what} HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\nConnection: close\r\n{more}\r\n\r\n{body}"
    writer.write(lines.encode())
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[0].decode()


def _processor(program: Program) -> float:
    """Seconds that its processes have computed."""
    times = [each.cpu_times() for each in (program.process, *program.process.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _show(name: str, answers: Answers) -> None:
    looks = answers.seconds["look"]
    unchanged = answers.statuses["look 304"] / len(looks)
    at = quantiles(looks, n=100)
    others = [seconds for kind, several in answers.seconds.items() if kind != "look" for seconds in several]
    number = len(looks) + len(others)
    cells = [f"{len(looks) / answers.took:.0f}", f"{unchanged:.0%}"]
    cells += [f"{1000 * seconds:.1f} ms" for seconds in (at[49], at[94], at[98], quantiles(others, n=100)[94])]
    cells += [f"{1000 * answers.processor / number:.1f} ms"]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _check(app: Flask, people: int) -> None:
    """Everybody is on the list."""
    with app.app_context():
        assert db.session.query(Attendance).count() == people
        db.session.remove()
        db.engine.dispose()
