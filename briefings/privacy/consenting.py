"""Asking for consent and keeping the answers with the version of the text."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.privacy.models import Consent, ConsentText, Purpose


def current_text(purpose: Purpose, locale: str) -> ConsentText:
    """The newest version of the text in `locale`, or in Korean if there is none."""
    found = select(ConsentText).where(ConsentText.purpose == purpose, ConsentText.locale.in_((locale, "ko")))
    own_language_first = (ConsentText.locale == locale).desc()
    return db.session.scalars(found.order_by(own_language_first, ConsentText.version.desc()).limit(1)).one()


def answer(about: str, text: ConsentText, given: bool, now: datetime) -> None:
    """Keep the answer to `text`; a later answer to the same text replaces the earlier."""
    kept = db.session.scalar(select(Consent).where(Consent.about == about, Consent.text_id == text.id))
    if kept is None:
        kept = Consent(about=about, text_id=text.id)
        db.session.add(kept)
    kept.given, kept.answered_at, kept.withdrawn_at = given, now, None


def withdraw(consent: Consent, now: datetime) -> None:
    """From now on the person does not agree; the record of the earlier answer stays."""
    if consent.stands:
        consent.withdrawn_at = now


def consents_with(about: str) -> list[Consent]:
    """All answers given with one thing, each with its text."""
    found = select(Consent).where(Consent.about == about).options(joinedload(Consent.text))
    return list(db.session.scalars(found.order_by(Consent.id)))
