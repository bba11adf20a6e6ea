"""Two officers at one board of a real server: what was answered as done is done, and no card is lost or doubled.

AT_ONCE_SECONDS=60 lets them go on for a minute on each database, AT_ONCE_PROCESSES=2 against two web processes.
"""

import http.client
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from briefings.accounts.signing_in import set_password
from briefings.app import create_app
from briefings.db import db, unit_of_work
from briefings.seasons.models import BoardStep, Card, Lane, Season
from briefings.serving import web_options
from tests.builders import a_user
from tests.forks import started
from tests.load.programs import environment, free_port, running
from tests.prepared import a_database
from tests.seasons.boards import a_board, state

SECONDS = float(os.environ.get("AT_ONCE_SECONDS", "3"))
LEAST = 10
"""Answers for each on a machine that is busy with other things."""
PROCESSES = int(os.environ.get("AT_ONCE_PROCESSES", "1"))
PASSWORD = "barley-Lantern-72"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Move:
    """One move that was answered as done, by the version it made."""

    version: int
    need: int
    lane: int
    position: int


@dataclass
class Officer:
    """Somebody who clicks as fast as answers come, often on a picture that is old by then."""

    host: str
    board: str
    email: str
    chance: random.Random
    cookie: str = ""
    page: str = ""
    moves: list[Move] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    """Versions that were answered to be theirs."""
    answers: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def ask(self, path: str, form: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """Status, where to, and the page."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        body = urlencode(form, doseq=True) if form is not None else None
        headers = {"Cookie": self.cookie} | (FORM if form is not None else {})
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.partition(";")[0]
        connection.close()
        return answer.status, answer.getheader("Location") or "", text

    def sign_in(self) -> None:
        _, _, page = self.ask("/sign-in")
        form = {"csrf_token": token_in(page), "email": self.email, "password": PASSWORD}
        status, _, _ = self.ask("/sign-in", form)
        assert status in (302, 303), status

    def work_until(self, end: float) -> None:
        """Press one button after the other."""
        try:
            while time.monotonic() < end or self.answers.total() < LEAST:
                if not self.page or self.chance.random() < 0.4:
                    self.page = self.ask(self.board)[2]
                self.press_something()
        except Exception as error:
            self.failed.append(repr(error))

    def press_something(self) -> None:
        needs = [int(need) for need in re.findall(r'data-need="(\d+)"', self.page)]
        lanes = [int(lane) for lane in re.findall(r'data-lane="(\d+)"', self.page)]
        need, lane, position = self.chance.choice(needs), self.chance.choice(lanes), self.chance.randint(1, 5)
        kind = self.chance.choices(("move", "up", "lanes", "remove", "undo"), (12, 4, 1, 1, 3))[0]
        if kind == "move":
            self.post(
                "/move",
                lambda version: self.moves.append(Move(version, need, lane, position)),
                need=need,
                to=lane,
                position=position,
            )
        elif kind == "up":
            self.post("/move", need=need, do="up")
        elif kind == "lanes":
            self.post("/lanes", need=self.chance.sample(needs, 2))
        elif kind == "remove" and len(lanes) > 4:
            self.post(f"/lanes/{lanes[-1]}/remove")
        elif kind == "undo" and self.own:
            self.post(f"/undo/{self.own[-1]}")

    def post(self, path: str, done: Any = None, **form: Any) -> None:
        seen = re.search(r'name="seen" value="(\d+)"', self.page)
        assert seen
        status, where, page = self.ask(self.board + path, form | {"csrf_token": token_in(self.page), "seen": seen[1]})
        said = re.search(r"said=(\d+)", where)
        if status == 303 and said:
            self.own.append(int(said[1]))
            if done:
                done(int(said[1]))
            self.answers["done"] += 1
        elif status == 303:
            self.answers["nothing new"] += 1
        elif status == 409:
            self.answers["overtaken" if "그사이 편성판이 바뀌었습니다" in page else "refused"] += 1
        else:
            self.failed.append(f"{path} {form}: {status}")


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


@contextmanager
def a_site(url: str, now: datetime) -> Iterator[tuple[Flask, str]]:
    """The application for its rows, and the host where a server of its own answers by the same clock."""
    port = free_port()
    settings = environment(url, port)
    app = create_app(environ=settings)
    command = ["gunicorn", *web_options("127.0.0.1", port, PROCESSES), "briefings.app:create_app()"]
    with running(command, port, settings, partial(started, at=now)):
        yield app, f"127.0.0.1:{port}"


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_two_officers_at_one_board_lose_nothing(dialect, now, capsys):
    with a_database(dialect) as url, a_site(url, now) as (app, host):
        with app.app_context():
            users = {person.email: person.id for person in (an_officer(), an_officer())}
            season = a_board(4, 3, 3, heap=6)
            season_id, before = season.id, state(season)
        officers = at_work(host, season_id, list(users))
        with app.app_context():
            season = db.session.get_one(Season, season_id)
            steps = list(db.session.scalars(select(BoardStep).where(BoardStep.season_id == season_id)))
            answered = {version: users[each.email] for each in officers for version in each.own}
            assert {step.version: step.by_id for step in steps} == answered, "every change was answered as done, once"
            assert sorted(answered) == list(range(1, season.version + 1))
            pictures = going_back(season, steps)
            db.session.remove()
            db.engine.dispose()
    assert [pictures[0][0], pictures[0][1]] == [before.lanes, before.cards]
    for lanes, cards in pictures.values():
        check(lanes, cards, set(before.cards))
    for move in (move for each in officers for move in each.moves):
        lanes, cards = pictures[move.version]
        card = cards[move.need]
        size = sum(other["lane_id"] == card["lane_id"] for other in cards.values())
        assert move.lane not in {0, *lanes} or (card["lane_id"] or 0) == move.lane
        assert card["position"] == min(move.position, size)
    with capsys.disabled():
        print(f"\n{dialect}, {SECONDS:g} s:", dict(sum((each.answers for each in officers), Counter())))
    assert all(each.answers["done"] for each in officers)


def an_officer() -> Any:
    person = a_user()
    with unit_of_work():
        set_password(person, PASSWORD)
    return person


def at_work(host: str, season_id: int, emails: list[str]) -> list[Officer]:
    """Both at once, until the time is over."""
    board = f"/staff/seasons/{season_id}/board"
    officers = [Officer(host, board, email, random.Random(n)) for n, email in enumerate(emails)]  # noqa: S311
    for officer in officers:
        officer.sign_in()
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=officer.work_until, args=(end,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [trouble for officer in officers for trouble in officer.failed]
    return officers


def going_back(season: Season, steps: list[BoardStep]) -> dict[int, tuple[dict[int, Any], dict[int, Any]]]:
    """The board as it was after each version, out of its present state and the history."""
    found = state(season)
    lanes, cards = dict(found.lanes), dict(found.cards)
    assert len(cards) == len(list(db.session.scalars(select(Card.id).where(Card.season_id == season.id))))
    assert len(lanes) == len(list(db.session.scalars(select(Lane.id).where(Lane.season_id == season.id))))
    pictures = {season.version: (lanes, cards)}
    for step in sorted(steps, key=lambda step: -step.version):
        lanes, cards = earlier(lanes, step.before["lanes"]), earlier(cards, step.before["needs"])
        pictures[step.version - 1] = (lanes, cards)
    return pictures


def earlier(rows: dict[int, Any], before: dict[str, Any]) -> dict[int, Any]:
    changed = rows | {int(key): row for key, row in before.items()}
    return {key: row for key, row in changed.items() if row is not None}


def check(lanes: dict[int, Any], cards: dict[int, Any], needs: set[int]) -> None:
    """Every card once, in a lane that is there or in none, everything numbered without gaps."""
    assert set(cards) == needs
    assert sorted(lane["position"] for lane in lanes.values()) == list(range(1, len(lanes) + 1))
    for lane in {card["lane_id"] for card in cards.values()}:
        assert lane is None or lane in lanes
        places = sorted(card["position"] for card in cards.values() if card["lane_id"] == lane)
        assert places == list(range(1, len(places) + 1)), places
