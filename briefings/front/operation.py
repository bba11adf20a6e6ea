"""What machines ask that watch over the program: does it live, may it be used, how does it fare."""

from functools import cache
from secrets import compare_digest

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from briefings import clock
from briefings.config import beside_or_inside
from briefings.db import db
from briefings.front.gauges import Gauges
from briefings.web import metrics
from briefings.web.access import public

pages = Blueprint("operation", __name__)

TEXT = "text/plain"
AWAY = "the database does not answer"


@pages.get("/health")
@public
def health() -> ResponseReturnValue:
    """`ok` while this process and the database answer, 503 otherwise: for whoever starts it again."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return _says(503, AWAY)
    return _says(200, "ok")


@pages.get("/ready")
@public
def ready() -> ResponseReturnValue:
    """`ready` once the tables are those of this program, 503 and why not otherwise: for whoever sends people here."""
    try:
        if db.engine.dialect.has_table(db.session.connection(), "alembic_version"):
            found = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        else:
            found = None
    except SQLAlchemyError:
        return _says(503, AWAY)
    if found != (wanted := newest_migration()):
        return _says(503, f"the tables are at {found or 'nothing'}, not at {wanted}: run `flask db upgrade`")
    return _says(200, "ready")


@pages.get("/metrics")
@public
def tell_metrics() -> ResponseReturnValue:
    """How it fares, for Prometheus, who knows METRICS_TOKEN; for everybody else there is nothing here."""
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    if not token or not compare_digest(given.encode(), f"Bearer {token}".encode()):
        abort(404)
    return Response(metrics.told(Gauges(clock.now())), mimetype=TEXT)


@cache
def newest_migration() -> str:
    """The number of the last migration this program brings along."""
    return max(path.name[:4] for path in (beside_or_inside("migrations") / "versions").glob("[0-9]*.py"))


def _says(status: int, words: str) -> Response:
    answer = Response(f"{words}\n", status, mimetype=TEXT)
    answer.headers["Cache-Control"] = "no-store"
    return answer
