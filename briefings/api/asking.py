"""What other programs may ask: the parameters of every list; what they mean stands in `words.PARAMETERS`."""

from datetime import date
from typing import Annotated, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from briefings.needs.models import NeedStatus, Region, Stage
from briefings.organizations.models import OrganizationKind
from briefings.statistics.scope import Axis
from briefings.web.routing import LAST_ROW

LAST_PAGE = 10_000
MOST_PER_PAGE = 100
Number = Annotated[int, Meta(ge=1, le=LAST_ROW)]
Words = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line; no control characters, which no text of ours holds."""
Name = Annotated[str, Meta(max_length=12, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""By which others know a row."""
Given = TypeVar("Given")


def given(value: Given | UnsetType) -> Given | None:
    """The value; None where nothing was said."""
    return None if isinstance(value, UnsetType) else value


class Asked(Struct, kw_only=True, forbid_unknown_fields=True):
    """Nothing at all; what is asked for in vain is refused, so that a misspelled filter does not pass for none."""


class Leafing(Asked, kw_only=True, forbid_unknown_fields=True):
    """Which page of a list."""

    page: Annotated[int, Meta(ge=1, le=LAST_PAGE)] = 1
    per_page: Annotated[int, Meta(ge=1, le=MOST_PER_PAGE)] = 20


class ForNeeds(Leafing, kw_only=True, forbid_unknown_fields=True):
    """The filters of the page of needs."""

    q: Words = ""
    theme: Number | UnsetType = UNSET
    audience: Number | UnsetType = UNSET
    region: Region | UnsetType = UNSET
    stage: Stage | UnsetType = UNSET
    status: NeedStatus | UnsetType = UNSET
    key: bool = False
    sort: Literal["newest", "title"] = "newest"


class ForBriefings(Leafing, kw_only=True, forbid_unknown_fields=True):
    """The filters of the page of briefings."""

    past: bool = False
    theme: Number | UnsetType = UNSET
    audience: Number | UnsetType = UNSET


class ForArchive(Leafing, kw_only=True, forbid_unknown_fields=True):
    """The filters of the page of past briefings."""

    q: Words = ""
    half: Annotated[str, Meta(pattern="^[0-9]{4}-[12]$")] | UnsetType = UNSET
    theme: Number | UnsetType = UNSET


class ForOrganizations(Leafing, kw_only=True, forbid_unknown_fields=True):
    """Which organizations."""

    q: Words = ""
    kind: OrganizationKind | UnsetType = UNSET


class ForMatches(Leafing, kw_only=True, forbid_unknown_fields=True):
    """Which matches."""

    theme: Number | UnsetType = UNSET
    since: date | UnsetType = UNSET
    until: date | UnsetType = UNSET


class ForFigures(Asked, kw_only=True, forbid_unknown_fields=True):
    """As of when."""

    as_of: date | UnsetType = UNSET


class ForSeries(Asked, kw_only=True, forbid_unknown_fields=True):
    """By what."""

    by: Literal["half", "year"] = "half"


class ForFunnel(Asked, kw_only=True, forbid_unknown_fields=True):
    """The scope of a funnel, and by what it is broken down."""

    theme: Number | UnsetType = UNSET
    audience: Number | UnsetType = UNSET
    region: Region | UnsetType = UNSET
    round: Name | UnsetType = UNSET
    briefing: Name | UnsetType = UNSET
    owner_kind: OrganizationKind | UnsetType = UNSET
    kind: OrganizationKind | UnsetType = UNSET
    since: date | UnsetType = UNSET
    until: date | UnsetType = UNSET
    by: Axis | UnsetType = UNSET
