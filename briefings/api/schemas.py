"""What other programs are told: the shape of every answer; what its fields mean stands in `words.FIELDS`.

No field is about a person. Fields may be added; none is taken away or changes its meaning in this version.
"""

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from briefings.needs.models import NeedStatus, Region, Resource, RoundPhase, Stage
from briefings.organizations.models import OrganizationKind
from briefings.schedule.models import Eligibility, Phase
from briefings.statistics.funnel import Step
from briefings.statistics.scope import Axis

Moment = Annotated[datetime, Meta(tz=True)]


class Topic(Struct, frozen=True, kw_only=True):
    """A theme or an audience."""

    id: int
    name: str
    name_en: str


class Organization(Struct, frozen=True, kw_only=True):
    """A body, as others name it."""

    id: int
    name: str
    kind: OrganizationKind


class OrganizationFacts(Organization, frozen=True, kw_only=True):
    """A body with what everybody may know of it."""

    needs: int
    matches: int
    api_url: str


class File(Struct, frozen=True, kw_only=True):
    """A file everybody may fetch."""

    name: str
    media_type: str
    size: int
    url: str


class NeedReference(Struct, frozen=True, kw_only=True):
    """A need, as others name it; without addresses where it is not public any more."""

    id: int
    title: str
    organization: Organization
    url: str | None
    api_url: str | None


class BriefingReference(Struct, frozen=True, kw_only=True):
    """A briefing, as others name it."""

    id: str
    title: str
    starts_at: Moment
    ends_at: Moment
    url: str
    api_url: str


class RoundReference(Struct, frozen=True, kw_only=True):
    """A round, as others name it."""

    id: str
    name: str
    url: str
    api_url: str


class Round(RoundReference, frozen=True, kw_only=True):
    """A call for needs."""

    description: str
    opens_at: Moment
    closes_at: Moment
    phase: RoundPhase


class NeedSummary(Struct, frozen=True, kw_only=True):
    """A need in a list."""

    id: int
    title: str
    summary: str
    organization: Organization
    themes: list[Topic]
    audiences: list[Topic]
    region: Region
    stage: Stage
    status: NeedStatus
    key: bool
    published_at: Moment | None
    changed_at: Moment
    next_briefing: BriefingReference | None
    url: str
    api_url: str


class Progress(Struct, frozen=True, kw_only=True):
    """What an organization tells of joint work."""

    happened_on: date
    organization: Organization
    text: str


class Match(Struct, frozen=True, kw_only=True):
    """Joint work that both sides confirm."""

    id: int
    need: NeedReference
    matched_on: date
    starts_on: date | None
    summary: str
    organizations: list[Organization]
    progress: list[Progress]
    url: str
    api_url: str


class Question(Struct, frozen=True, kw_only=True):
    """A question of a briefing with its answer; nobody learns who asked."""

    id: str
    text: str
    asked_by: OrganizationKind | None
    need_id: int | None
    briefing_id: str
    answer: str
    answered_by: str
    answered_at: Moment


class Need(NeedSummary, frozen=True, kw_only=True):
    """A need with everything its page says."""

    background: str
    offers: str
    offer_tags: list[Resource]
    seeks: str
    seek_tags: list[Resource]
    beneficiaries: str
    period: str
    department: str
    source: str
    round: RoundReference | None
    takes_replies: bool
    replies: int
    briefings: list[BriefingReference]
    files: list[File]
    questions: list[Question]
    match: Match | None


class Places(Struct, frozen=True, kw_only=True):
    """How many may come to a briefing, and how many will."""

    capacity: int | None
    confirmed: int
    free: int | None
    waiting: int


class BriefingSummary(BriefingReference, frozen=True, kw_only=True):
    """A briefing in a list."""

    theme: Topic
    audience: Topic
    phase: Phase
    places: Places
    registration_opens_at: Moment
    registration_closes_at: Moment
    eligibility: Eligibility
    eligible_kinds: list[OrganizationKind]
    approval: bool
    changed_at: Moment


class Slot(Struct, frozen=True, kw_only=True):
    """A need's turn in a briefing."""

    starts_at: Moment
    ends_at: Moment
    need: NeedReference


class Briefing(BriefingSummary, frozen=True, kw_only=True):
    """A briefing with its programme."""

    description: str
    cancel_reason: str
    programme: list[Slot]
    calendar_url: str
    archive_url: str | None


class Material(Struct, frozen=True, kw_only=True):
    """A file of a briefing, and the need it is about; None: it is about all of them (the booklet)."""

    need: NeedReference | None
    file: File


class Chapter(Struct, frozen=True, kw_only=True):
    """Where a recording speaks of a need."""

    seconds: int
    need: NeedReference


class Replay(Struct, frozen=True, kw_only=True):
    """The recording of a briefing."""

    url: str
    captioned: bool
    transcript: str
    chapters: list[Chapter]


class ArchivedSummary(BriefingReference, frozen=True, kw_only=True):
    """A briefing that is over, in a list, with how much is left of it."""

    theme: Topic
    audience: Topic
    needs: int
    matched: int
    replies: int
    booklet: bool


class Archived(ArchivedSummary, frozen=True, kw_only=True):
    """A briefing that is over, with all that is left of it."""

    programme: list[Slot]
    replay: Replay | None
    materials: list[Material]
    questions: list[Question]


class Picture(Struct, frozen=True, kw_only=True):
    """A picture with the words for those who do not see it."""

    url: str
    alt: str


class StorySummary(Struct, frozen=True, kw_only=True):
    """A success story in a list."""

    id: str
    title: str
    summary: str
    organizations: list[Organization]
    need: NeedReference
    published_at: Moment | None
    picture: Picture | None
    url: str
    api_url: str


class Story(StorySummary, frozen=True, kw_only=True):
    """A success story."""

    text: str
    match_url: str


class KindCount(Struct, frozen=True, kw_only=True):
    """How many organizations of a kind; None: too few to be shown to everybody."""

    kind: OrganizationKind
    organizations: int | None


class Figures(Struct, frozen=True, kw_only=True):
    """The published figures as of a day."""

    as_of: date
    needs: int
    needs_replied: int
    replying: int
    replying_distinct: int
    matches: int
    in_matches: int
    in_matches_distinct: int
    in_matches_by_kind: list[KindCount]
    public_private: int
    reply_rate: float | None
    match_rate: float | None
    public_private_share: float | None


class FunnelStep(Struct, frozen=True, kw_only=True):
    """How many reached a step, and of how many."""

    step: Step
    number: int
    organizations: int
    of: int | None
    share: float | None


class FunnelRow(Struct, frozen=True, kw_only=True):
    """The steps of one value of that by which a funnel is broken down."""

    value: int | str | None
    name: str
    steps: list[FunnelStep]


class Funnel(Struct, frozen=True, kw_only=True):
    """The way from needs to matches."""

    counted_at: Moment
    steps: list[FunnelStep]
    by: Axis | None
    rows: list[FunnelRow]


class Code(Struct, frozen=True, kw_only=True):
    """A word of this program in place of a longer one, and what people read instead."""

    code: str
    name: str
    name_en: str


class CodeList(Struct, frozen=True, kw_only=True):
    """All codes that a field may have."""

    name: str
    codes: list[Code]


class Page(Struct, frozen=True, kw_only=True):
    """Where a page of a list stands; `more`: there is more than `total`, but searches are counted no further."""

    total: int
    more: bool
    page: int
    per_page: int
    pages: int


class NeedPage(Page, frozen=True, kw_only=True):
    """A page of needs."""

    items: list[NeedSummary]


class BriefingPage(Page, frozen=True, kw_only=True):
    """A page of briefings."""

    items: list[BriefingSummary]


class ArchivedPage(Page, frozen=True, kw_only=True):
    """A page of briefings that are over."""

    items: list[ArchivedSummary]


class OrganizationPage(Page, frozen=True, kw_only=True):
    """A page of organizations."""

    items: list[OrganizationFacts]


class RoundPage(Page, frozen=True, kw_only=True):
    """A page of rounds."""

    items: list[Round]


class StoryPage(Page, frozen=True, kw_only=True):
    """A page of success stories."""

    items: list[StorySummary]


class MatchPage(Page, frozen=True, kw_only=True):
    """A page of matches."""

    items: list[Match]


class Wrong(Struct, frozen=True, kw_only=True):
    """What is wrong with one parameter."""

    parameter: str
    detail: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    request: str = ""
    errors: list[Wrong] = []


class Start(Struct, frozen=True, kw_only=True):
    """Where to begin."""

    name: str
    version: str
    document: str
    documentation: str
    licence: str
    licence_url: str
    resources: dict[str, str]


Told = dict[str, Any]
"""An answer as plain values, as it stands in JSON."""
