"""The hours in which nobody is disturbed."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


class QuietHours(NamedTuple):
    """The hours of the installation's clock in which nobody is disturbed, as 21 to 8; none where both are the same."""

    zone: tzinfo
    first: int
    last: int

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "QuietHours":
        """From the settings of the application."""
        return cls(ZoneInfo(settings["TIMEZONE"]), *settings["QUIET_HOURS"])

    def cover(self, moment: datetime) -> bool:
        """Whether `moment` lies in them."""
        hour = moment.astimezone(self.zone).hour
        if self.first <= self.last:
            return self.first <= hour < self.last
        return hour >= self.first or hour < self.last

    def over_at(self, moment: datetime) -> datetime:
        """`moment` itself, or the end of the quiet hours it lies in."""
        if not self.cover(moment):
            return moment
        local = moment.astimezone(self.zone)
        end = local.replace(hour=self.last, minute=0, second=0, microsecond=0)
        return end if end > local else end + timedelta(days=1)
