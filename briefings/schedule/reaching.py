"""What officers of some themes see and do: a need is of its themes, a briefing of its own and of those of its needs."""

from collections.abc import Collection

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.audit.recording import Actor
from briefings.db import db
from briefings.errors import N_, Refused
from briefings.needs.models import Need, Theme, need_themes
from briefings.needs.officers import themes_of
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.schedule.models import Briefing, PresenterSlot

NEED_OF_OTHERS = N_(
    "‘%(need)s’은(는) ‘%(themes)s’ 주제의 수요라 넣을 수 없습니다. 그 주제를 맡은 담당자나 관리자에게 부탁해 주세요."
)
THEME_OF_OTHERS = N_("‘%(theme)s’ 주제는 그 주제를 맡은 담당자나 관리자만 고를 수 있습니다.")


def reach_of(user: User | None) -> Reach:
    """Of whom this account may see who they are; by one statement."""
    own = [theme.id for theme in themes_of(user)] if user is not None else []
    if not own:
        return EVERYBODY
    theirs = select(need_themes.c.need_id).where(need_themes.c.theme_id.in_(own))
    needs = select(need_themes.c.need_id).where(need_themes.c.need_id.not_in(theirs))
    presented = select(PresenterSlot.briefing_id).where(PresenterSlot.need_id.in_(theirs))
    others = Briefing.theme_id.not_in(own) & Briefing.id.not_in(presented)
    return Reach(tuple(own), needs, select(Briefing.id).where(others))


def reach_of_account(number: int | None) -> Reach:
    """The same by the number of an account."""
    return reach_of(db.session.get(User, number) if number is not None else None)


def refuse_of_others(
    by: Actor,
    needs: Collection[int],
    theme: int | None = None,
    field: str | None = None,
    theme_field: str | None = None,
) -> None:
    """Refused, at a field, where an officer of some themes would put needs or a theme of others into a briefing.

    One theme in common is enough, and what has none is everybody's.
    """
    reach = reach_of_account(by.id)
    if reach.needs is None:
        return
    closed = select(Need).where(Need.id.in_(needs), Need.id.in_(reach.needs)).order_by(Need.id).limit(1)
    if (need := db.session.scalar(closed)) is not None:
        names = ", ".join(each.name for each in need.themes)
        raise Refused(NEED_OF_OTHERS, field=field, need=need.title, themes=names)
    if theme is not None and theme not in reach.themes:
        name = db.session.scalars(select(Theme.name).where(Theme.id == theme)).one()
        raise Refused(THEME_OF_OTHERS, field=theme_field, theme=name)
