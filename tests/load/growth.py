"""How pages grow with what there is: the same page of a small and of a large database, asked in turns."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from briefings.db import db

WARM_UP = 2
COUNTED_OUT = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Place(NamedTuple):
    """The program on one database, and by name what each page is asked for there."""

    app: Flask
    addresses: Mapping[str, str]


class Growth(NamedTuple):
    """Of one page: the seconds that 95 of 100 answers stay below and the statements, small and large."""

    small: float
    large: float
    statements: tuple[int, int]


def growth(small: Place, large: Place, rounds: int, only: str = "") -> dict[str, Growth]:
    """By the name of each page (of those that contain `only`) how it grows; asked by staff, in this process."""
    clients = {place.app: _staff_in(place.app) for place in (small, large)}
    found = {}
    for page in small.addresses:
        if only not in page:
            continue
        times: dict[Flask, list[float]] = {small.app: [], large.app: []}
        statements = {}
        for turn in range(rounds + WARM_UP):
            for place in (small, large):
                took, sent = _asked(clients[place.app], place.app, place.addresses[page])
                statements[place.app] = sent
                times[place.app] += [took] if turn >= WARM_UP else []
        below = [sorted(times[place.app])[int(0.95 * rounds) - 1] for place in (small, large)]
        found[page] = Growth(*below, (statements[small.app], statements[large.app]))
    return found


def show(title: str, heads: tuple[str, str], found: Mapping[str, Mapping[str, Growth]]) -> None:
    """Print for each page what `found` holds of each database."""
    columns = [f"{database}: {head}" for database in found for head in (*heads, "times", "SQL")]
    widths = [max(len(column), 5) for column in columns]
    pages = next(iter(found.values()))
    width = max(len(title), *(len(page) for page in pages))
    print(f"\n| {title:<{width}} | {' | '.join(columns)} |")
    print(f"|{'-' * (width + 2)}|{'|'.join('-' * (each + 1) + ':' for each in widths)}|")
    for page in pages:
        cells = [cell for grown in found.values() for cell in _cells(grown[page])]
        figures = " | ".join(f"{cell:>{each}}" for cell, each in zip(cells, widths, strict=True))
        print(f"| {page:<{width}} | {figures} |", flush=True)


def _cells(grown: Growth) -> list[str]:
    few, many = grown.statements
    times = f"{grown.large / grown.small:.1f}"
    return [
        f"{1000 * grown.small:.0f}",
        f"{1000 * grown.large:.0f}",
        times,
        f"{few}" if few == many else f"{few}→{many}",
    ]


def _staff_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = app.config["STAFF"], True
    return client


def _asked(client: FlaskClient, app: Flask, address: str) -> tuple[float, int]:
    """Seconds until the first byte of the answer, and how many statements it took until then."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        begun = time.perf_counter()
        answer = _opened(client, address)
        next(piece for piece in answer.response if piece)
        took = time.perf_counter() - begun
    finally:
        event.remove(engine, "before_cursor_execute", note)
    answer.close()
    assert answer.status_code == 200, (address, answer.status_code)
    return took, sum(not statement.startswith(COUNTED_OUT) for statement in sent)


def _opened(client: FlaskClient, address: str) -> Any:
    if not address.startswith("POST "):
        return client.get(address)
    _, path, format = address.split()
    return client.post(path, data={"format": format, "people": "with", "reason": "견주어 재는 파일"})
