"""What officers answer for: some themes, or all where they were given none; administrators always all."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select

from briefings.accounts.models import Role, User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Theme, officer_themes


def themes_of(user: User) -> list[Theme]:
    """The themes an officer was given, in the order of all; none: they answer for all."""
    return themes_of_each([user]).get(user.id, []) if user.role is Role.OFFICER else []


def themes_of_each(users: Iterable[User]) -> dict[int, list[Theme]]:
    """The themes of each officer who has some, by the account's id, in one statement."""
    officers = [user.id for user in users if user.role is Role.OFFICER]
    found = select(officer_themes.c.user_id, Theme).join(Theme, Theme.id == officer_themes.c.theme_id)
    rows = db.session.execute(found.where(officer_themes.c.user_id.in_(officers)).order_by(Theme.position, Theme.id))
    themes: dict[int, list[Theme]] = {}
    for user_id, theme in rows:
        themes.setdefault(user_id, []).append(theme)
    return themes


def who_answers_for(themes: Collection[Theme]) -> list[str]:
    """The names of the officers who were given one of these themes."""
    ids = [theme.id for theme in themes]
    given = select(officer_themes.c.user_id).where(officer_themes.c.theme_id.in_(ids))
    found = select(User.name).where(User.id.in_(given), User.active, User.role == Role.OFFICER)
    return list(db.session.scalars(found.order_by(User.name)))


def give_themes(user: User, ids: Collection[int], by: User, now: datetime) -> None:
    """Let an officer answer for these themes alone, or for all where there are none; Refused for any other role."""
    lock(user)
    if user.role is not Role.OFFICER:
        raise Refused(N_("담당자 계정에만 주제를 맡길 수 있습니다. 관리자는 모든 주제를 맡습니다."))
    before = themes_of(user)
    after = list(db.session.scalars(select(Theme).where(Theme.id.in_(ids)).order_by(Theme.position, Theme.id)))
    if before == after:
        return
    db.session.execute(delete(officer_themes).where(officer_themes.c.user_id == user.id))
    if after:
        db.session.execute(insert(officer_themes), [{"user_id": user.id, "theme_id": theme.id} for theme in after])
    record(by, "account.themes_changed", user, now, before=_names(before), after=_names(after))


def missing_themes(own: Collection[int], of_thing: Collection[Theme]) -> list[Theme]:
    """Of a thing's themes one of which an officer of `own` would have to answer for to act on it; none where they may.

    What has no theme is everybody's, and one theme in common is enough.
    """
    return [] if any(theme.id in own for theme in of_thing) else list(of_thing)


def _names(themes: Iterable[Theme]) -> str:
    return ", ".join(theme.name for theme in themes) or "모든 주제"
