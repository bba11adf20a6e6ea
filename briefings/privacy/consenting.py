"""Asking for consent and keeping the answers with the version of the text."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select, update
from sqlalchemy.orm import joinedload

from briefings.db import db, insert_or_update
from briefings.privacy.models import Consent, ConsentText, Purpose


def current_text(purpose: Purpose, locale: str) -> ConsentText:
    """The newest version of the text in `locale`, or in Korean if there is none."""
    return current_texts([purpose], locale)[purpose]


def current_texts(purposes: Iterable[Purpose], locale: str) -> dict[Purpose, ConsentText]:
    """The newest version of each text in `locale`, or in Korean if there is none, by one statement."""
    found = db.session.scalars(_CURRENT, {"purposes": list(purposes), "locale": locale})
    return {text.purpose: text for text in found}


_CURRENT = (
    select(ConsentText)
    .where(ConsentText.purpose.in_(bindparam("purposes", expanding=True)))
    .where(or_(ConsentText.locale == bindparam("locale"), ConsentText.locale == "ko"))
    .order_by(ConsentText.locale == bindparam("locale"), ConsentText.version)
)
"""The text in the reader's own language comes last."""


def answer(about: str, text: ConsentText, given: bool, now: datetime) -> None:
    """Keep the answer to `text`; a later answer to the same text replaces the earlier."""
    answer_all(about, [(text.id, given)], now)


def answer_all(about: str, answers: Iterable[tuple[int, bool]], now: datetime) -> None:
    """Keep each answer to the text of that id, by one statement; a later answer replaces the earlier."""
    rows = [
        {"about": about, "text_id": text_id, "given": given, "answered_at": now, "withdrawn_at": None}
        for text_id, given in answers
    ]
    insert_or_update(Consent.__table__, rows, key=("about", "text_id"))


def withdraw(purpose: Purpose, abouts: Sequence[str], now: datetime) -> None:
    """From now on nobody agrees to `purpose` with any of `abouts`, to whichever version; what was answered stays."""
    texts = select(ConsentText.id).where(ConsentText.purpose == purpose)
    stands = (Consent.about.in_(abouts), Consent.given, Consent.withdrawn_at.is_(None))
    db.session.execute(update(Consent).where(*stands, Consent.text_id.in_(texts)).values(withdrawn_at=now))


def consents_with(about: str) -> list[Consent]:
    """All answers given with one thing, each with its text, the latest last."""
    found = select(Consent).where(Consent.about == about).options(joinedload(Consent.text))
    return list(db.session.scalars(found.order_by(Consent.answered_at, Consent.id)))


def agrees(purpose: Purpose, about: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether whoever answered with `about` agrees today: the latest answer counts, to whichever version it was."""
    stands = and_(Consent.given, Consent.withdrawn_at.is_(None))
    latest = select(stands).join(Consent.text).where(Consent.about == about, ConsentText.purpose == purpose)
    last = latest.order_by(Consent.answered_at.desc(), Consent.id.desc()).limit(1).scalar_subquery()
    return func.coalesce(last, false())
