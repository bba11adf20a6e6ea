"""The bare limit with the usual parts: Flask-SQLAlchemy, and Flask-WTF with CSRF. Works on SQLite as well."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, redirect
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect, FlaskForm
from sqlalchemy import JSON, DateTime, ForeignKey, Index, event, func, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column
from werkzeug.wrappers import Response as Answer
from wtforms import StringField
from wtforms.validators import DataRequired

from tests.load.page import bare_app, page


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Briefing(Base):
    __tablename__ = "briefings"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    capacity: Mapped[int | None]


class Slot(Base):
    __tablename__ = "slots"
    id: Mapped[int] = mapped_column(primary_key=True)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id), index=True)
    position: Mapped[int]
    title: Mapped[str]
    organization: Mapped[str]
    minutes: Mapped[int]


class Registration(Base):
    __tablename__ = "registrations"
    __table_args__ = (Index("ix_registrations", "briefing_id", "state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id))
    name: Mapped[str]
    organization: Mapped[str]
    email: Mapped[str]
    state: Mapped[str]


class Message(Base):
    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSON)


def _counted(state: str) -> Any:
    of_briefing = (Registration.briefing_id == Briefing.id, Registration.state == state)
    return column_property(select(func.count()).where(*of_briefing).correlate_except(Registration).scalar_subquery())


Briefing.confirmed, Briefing.waiting = _counted("confirmed"), _counted("waitlisted")


class RegistrationForm(FlaskForm):
    name = StringField(validators=[DataRequired()])
    organization = StringField(validators=[DataRequired()])
    email = StringField(validators=[DataRequired()])


class Orm:
    """Flask-SQLAlchemy's session."""

    def listed(self) -> Sequence[Any]:
        return db.session.scalars(select(Briefing).order_by(Briefing.starts_at, Briefing.id).limit(20)).all()

    def seen(self, key: str) -> Any:
        return db.one_or_404(select(Briefing).where(Briefing.public_id == key))

    def slots_of(self, briefing: Any) -> Sequence[Any]:
        return db.session.scalars(select(Slot).where(Slot.briefing_id == briefing.id).order_by(Slot.position)).all()

    def register(self, key: str) -> Response | Answer:
        form = RegistrationForm()
        if not form.validate_on_submit():
            return page("register", "신청", briefings=[self.seen(key)], form=form)
        # Locks on SQLite too, where SELECT … FOR UPDATE is nothing.
        db.session.execute(update(Briefing).where(Briefing.public_id == key).values(id=Briefing.id))
        briefing = self.seen(key)
        free = briefing.capacity is None or briefing.confirmed + briefing.waiting < briefing.capacity
        made = Registration(briefing_id=briefing.id, state="confirmed" if free else "waitlisted")
        form.populate_obj(made)
        db.session.add(made)
        db.session.flush()
        db.session.add(Message(key=f"{made.state}:{made.id}", recipient=made.email, params={"registration": made.id}))
        db.session.commit()
        return redirect(f"/briefings/{key}", 303)


def create_app(url: str = os.environ.get("DATABASE_URL", "")) -> Flask:
    """The bare program."""
    app = bare_app(Orm(), SECRET_KEY="bare", SQLALCHEMY_DATABASE_URI=url)
    CSRFProtect(app)
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "connect", _prepare_sqlite)
    return app


def filled(url: str, capacities: Sequence[int | None], people: int) -> list[str]:
    """Make the tables and a briefing for each capacity, the second with `people` in it; their public ids."""
    with create_app(url).app_context():
        db.create_all()
        for number, capacity in enumerate(capacities, 1):
            starts_at = datetime.now(UTC) + timedelta(days=10 + number)
            times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90)}
            key = f"b{number}"
            db.session.add(Briefing(id=number, public_id=key, title=f"사업설명회 {key}", capacity=capacity, **times))
            slot = {"briefing_id": number, "title": "폐어망 되살림 공정", "organization": "가온공단", "minutes": 15}
            db.session.flush()
            db.session.execute(insert(Slot), [slot | {"position": position} for position in range(5)])
        person = {"briefing_id": 2, "name": "이가온", "organization": "가온재활용", "state": "confirmed"}
        if people:
            db.session.execute(insert(Registration), [person | {"email": f"p{n}@example.com"} for n in range(people)])
        db.session.commit()
        db.engine.dispose()
    return [f"b{number}" for number in range(1, len(capacities) + 1)]


def _prepare_sqlite(connection: Any, record: Any) -> None:
    if type(connection).__module__ == "sqlite3":
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 15000"):
            connection.execute(f"PRAGMA {pragma}")
