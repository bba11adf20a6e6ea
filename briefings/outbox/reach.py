"""Whose data somebody may see: the conditions that lists of people and of messages are narrowed by."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, true


@dataclass(frozen=True)
class Reach:
    """Everybody's; or, of officers of some themes, all but that of people of other themes.

    `themes` are those somebody answers for; `needs` and `briefings` select the numbers of those whose people are not
    shown. Where a column names nothing there is nothing to hide.
    """

    themes: tuple[int, ...] = ()
    needs: Select[Any] | None = None
    briefings: Select[Any] | None = None

    def of_need(self, need_id: Any) -> ColumnElement[bool]:
        """Of rows that belong to the need numbered in this column, those they may see."""
        return _not_among(need_id, self.needs)

    def of_briefing(self, briefing_id: Any) -> ColumnElement[bool]:
        """The same of rows that belong to a briefing."""
        return _not_among(briefing_id, self.briefings)

    def of_subject(self, about: Any) -> ColumnElement[bool]:
        """The same of messages by what they are filed under.

        What is filed under nothing, or under a season, may be about anybody: it is for whoever answers for all.
        """
        if self.needs is None or self.briefings is None:
            return true()
        hidden = (_named("briefing:", self.briefings), _named("need:", self.needs))
        return and_(about != "", about.not_like("season:%"), *(about.not_in(names) for names in hidden))


EVERYBODY = Reach()


def _not_among(number: Any, hidden: Select[Any] | None) -> ColumnElement[bool]:
    return true() if hidden is None else or_(number.is_(None), number.not_in(hidden))


def _named(kind: str, ids: Select[Any]) -> Select[Any]:
    (number,) = ids.selected_columns
    return ids.with_only_columns(literal(kind) + cast(number, String))
