"""`flask statistics`: the published figures on the terminal."""

import json
from dataclasses import asdict
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from briefings import clock
from briefings.organizations.words import KINDS
from briefings.statistics.published import Figures, published_figures
from briefings.web.filters import local


@click.command("statistics")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day to count up to, e.g. 2020-12-31; default today."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@with_appcontext
def statistics(as_of: datetime | None, as_json: bool) -> None:
    """Print the published figures as of a day, counted from the rows in the database."""
    today = local(clock.now()).date()
    day = min(as_of.date(), today) if as_of else today
    figures = published_figures(day, current_app.config["TIMEZONE"])
    click.echo(_as_json(figures) if as_json else _as_table(figures))


def _as_json(figures: Figures) -> str:
    rates = {name: getattr(figures, name) for name in ("reply_rate", "match_rate", "public_private_share")}
    return json.dumps(asdict(figures) | rates, ensure_ascii=False, indent=2, default=date.isoformat)


def _as_table(figures: Figures) -> str:
    rows: list[tuple[str, object]] = [
        ("등록된 수요 과제", figures.needs),
        ("답글 있는 과제", figures.needs_replied),
        ("답글을 보낸 기관 (과제마다 셈)", figures.replying),
        ("답글을 보낸 기관 (한 번만 셈)", figures.replying_distinct),
        ("성사", figures.matches),
        ("성사에 함께한 기관 (성사마다 셈)", figures.in_matches),
        ("성사에 함께한 기관 (한 번만 셈)", figures.in_matches_distinct),
        *((f"  {KINDS[kind]}", number) for kind, number in figures.in_matches_by_kind.items() if number),
        ("  공공 합계", figures.public_in_matches),
        ("  민간 합계", figures.in_matches - figures.public_in_matches),
        ("민·관 협업 성사", figures.public_private),
        ("답글 비율 (%)", _shown(figures.reply_rate)),
        ("답글 있는 과제의 성사 비율 (%)", _shown(figures.match_rate)),
        ("민·관 협업 비율 (%)", _shown(figures.public_private_share)),
    ]
    lines = [f"{figures.as_of:%Y-%m-%d} 기준 누적"]
    lines += [f"{value!s:>8}  {name}" for name, value in rows]
    return "\n".join(lines)


def _shown(share: float | None) -> str:
    return "-" if share is None else str(share)
