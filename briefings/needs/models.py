"""Theme, Audience, Round, Need, NeedFile."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused
from briefings.files.models import StoredFile
from briefings.organizations.models import Organization


class Theme(Base):
    """What needs are about (주제)."""

    __tablename__ = "themes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class Audience(Base):
    """Which kind of organization needs seek (대상)."""

    __tablename__ = "audiences"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class NeedState(StrEnum):
    """Staff and the owner move a need through these; consultation and match are recorded beside it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


ENDED = (NeedState.CLOSED, NeedState.WITHDRAWN)


class NeedStatus(StrEnum):
    """What everyone reads about a public need; follows from its state and from what participation recorded."""

    OPEN = "open"
    CONSULTING = "consulting"
    MATCHED = "matched"
    CLOSED = "closed"


class Stage(StrEnum):
    """How far the work is."""

    IDEA = "idea"
    PILOT = "pilot"
    EXPANSION = "expansion"
    GOOD_PRACTICE = "good_practice"


class Region(StrEnum):
    """Nationwide or one of the 17 provinces (ISO 3166-2:KR)."""

    NATIONWIDE = "KR"
    SEOUL = "KR-11"
    BUSAN = "KR-26"
    DAEGU = "KR-27"
    INCHEON = "KR-28"
    GWANGJU = "KR-29"
    DAEJEON = "KR-30"
    ULSAN = "KR-31"
    GYEONGGI = "KR-41"
    GANGWON = "KR-42"
    CHUNGBUK = "KR-43"
    CHUNGNAM = "KR-44"
    JEONBUK = "KR-45"
    JEONNAM = "KR-46"
    GYEONGBUK = "KR-47"
    GYEONGNAM = "KR-48"
    JEJU = "KR-49"
    SEJONG = "KR-50"


class Resource(StrEnum):
    """What can be brought or is missing (자원): tags on offers, seeks and replies."""

    PEOPLE = "people"
    PLACE = "place"
    EQUIPMENT = "equipment"
    DATA = "data"
    BUDGET = "budget"
    PUBLICITY = "publicity"
    REGULATION = "regulation"


class RoundPhase(StrEnum):
    """Where a round stands at a moment."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"


class Round(Base):
    """A call for needs (수요조사) with its dates; organizations see it once it is announced."""

    __tablename__ = "rounds"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_opening"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    reviews_due_on: Mapped[date | None]
    """Until when reviewers score, this day included."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    def phase(self, now: datetime) -> RoundPhase:
        """Where it stands at `now`."""
        if self.announced_at is None:
            return RoundPhase.DRAFT
        if now < self.opens_at:
            return RoundPhase.ANNOUNCED
        return RoundPhase.OPEN if now < self.closes_at else RoundPhase.CLOSED


need_themes = Table(
    "need_themes",
    Base.metadata,
    Column("need_id", ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("themes.id"), primary_key=True),
    Index("ix_need_themes_theme_id_need_id", "theme_id", "need_id"),
)
officer_themes = Table(
    "officer_themes",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("themes.id", ondelete="CASCADE"), primary_key=True),
)
"""What an officer answers for; who has no theme here answers for all."""
need_audiences = Table(
    "need_audiences",
    Base.metadata,
    Column("need_id", ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True),
    Column("audience_id", ForeignKey("audiences.id"), primary_key=True),
    Index("ix_need_audiences_audience_id_need_id", "audience_id", "need_id"),
)


FILTERED_BY = ("state", "region", "stage", "consulting_since", "matched_at", "key_since", "round_id")


class Need(Base):
    """One collaboration need: an exchange, never a bare request, so both halves are required to submit it.

    `consulting_since`, `matched_at` and `last_reply_at` are set by participation, which stands above.
    """

    __tablename__ = "needs"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'withdrawn') OR (offers <> '' AND seeks <> '')", name="both_halves"),
        # Lists are read from these alone, filters included, so that among a hundred thousand needs only those shown are
        # fetched. None begins with the state: SQLite would take it, fetch every public need, and sort them.
        Index("ix_needs_listed", "published_at", "id", *FILTERED_BY),
        Index("ix_needs_by_title", "title", "id", *FILTERED_BY),
        Index("ix_needs_changed", "changed_at", "id", "state", "round_id"),
        Index("ix_needs_waiting", "submitted_at", "id", "state"),
        # The funnel counts needs and their organizations from it alone.
        Index("ix_needs_counted", "organization_id", "published_at", "id", "region", "round_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(200), default="")
    background: Mapped[str] = mapped_column(Text, default="")
    offers: Mapped[str] = mapped_column(Text, default="")
    offer_tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    seeks: Mapped[str] = mapped_column(Text, default="")
    seek_tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    beneficiaries: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[Region] = mapped_column(words(Region), default=Region.NATIONWIDE)
    stage: Mapped[Stage] = mapped_column(words(Stage), default=Stage.IDEA)
    period: Mapped[str] = mapped_column(String(100), default="")
    department: Mapped[str] = mapped_column(String(100), default="")
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    """Where an illustrative need of the demo comes from; empty for real ones."""
    state: Mapped[NeedState] = mapped_column(words(NeedState), default=NeedState.DRAFT)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    return_due_on: Mapped[date | None] = mapped_column(index=True)
    """Until when its owner should put right what it was returned for, this day included."""
    round_id: Mapped[int | None] = mapped_column(ForeignKey(Round.id), index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("need_imports.id"), index=True)
    """The spreadsheet it came with."""
    key_since: Mapped[datetime | None]
    """Since when it is one of the few key needs of its round, as its owner was told."""
    claim_version: Mapped[int] = mapped_column(default=0)
    """Of the link by which its contact may take it over from staff; 0: nobody was asked to."""
    claim_asked_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    consulting_since: Mapped[datetime | None]
    matched_at: Mapped[datetime | None]
    last_reply_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    created_by: Mapped[User | None] = relationship()
    round: Mapped[Round | None] = relationship()
    files: Mapped[list["NeedFile"]] = relationship(
        back_populates="need", order_by="NeedFile.position", cascade="all, delete-orphan"
    )
    themes: Mapped[list[Theme]] = relationship(secondary=need_themes, order_by=Theme.position)
    audiences: Mapped[list[Audience]] = relationship(secondary=need_audiences, order_by=Audience.position)

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it: published, or published once and closed since."""
        return self.state in (NeedState.PUBLISHED, NeedState.CLOSED)

    @property
    def takes_replies(self) -> bool:
        """Whether an organization may still answer it."""
        return self.state is NeedState.PUBLISHED

    @property
    def offer_resources(self) -> list[Resource]:
        """The tags of what it offers."""
        return [Resource(tag) for tag in self.offer_tags]

    @property
    def seek_resources(self) -> list[Resource]:
        """The tags of what it seeks."""
        return [Resource(tag) for tag in self.seek_tags]

    @property
    def status(self) -> NeedStatus:
        """Where a public need stands, in one word; `finding.with_status` asks the database the same."""
        if self.matched_at:
            return NeedStatus.MATCHED
        if self.state is NeedState.CLOSED:
            return NeedStatus.CLOSED
        return NeedStatus.CONSULTING if self.consulting_since else NeedStatus.OPEN

    @property
    def not_editable(self) -> str | None:
        """Why its text may not be changed any more, if so."""
        return N_("마감했거나 철회한 과제는 고칠 수 없습니다.") if self.state in ENDED else None

    @property
    def not_withdrawable(self) -> str | None:
        """Why it cannot be taken back, if so."""
        return N_("마감했거나 철회한 과제입니다.") if self.state in ENDED else None

    @property
    def not_closable(self) -> str | None:
        """Why it cannot be closed, if so."""
        return None if self.state is NeedState.PUBLISHED else N_("게시 중인 과제만 마감할 수 있습니다.")

    @property
    def not_reopenable(self) -> str | None:
        """Why it cannot take replies again, if so."""
        if self.state is not NeedState.CLOSED:
            return N_("마감한 과제만 다시 열 수 있습니다.")
        return N_("협업이 성사된 과제는 다시 열 수 없습니다.") if self.matched_at else None

    def touch(self, now: datetime) -> None:
        """Note that what it says changed; two changes never bear the same moment, so that a stale edit shows."""
        self.changed_at = max(now, self.changed_at + timedelta(microseconds=1))

    def submit(self, now: datetime) -> None:
        """Hand it to staff; Refused while a half is missing or it is already there."""
        if self.state not in (NeedState.DRAFT, NeedState.RETURNED):
            raise Refused(N_("이미 제출한 과제입니다."))
        if not (self.offers.strip() and self.seeks.strip()):
            raise Refused(N_("제공 자원과 필요 역량을 모두 적어 주세요."))
        self.state, self.submitted_at = NeedState.SUBMITTED, now
        self.return_reason, self.return_due_on = "", None

    def publish(self, now: datetime) -> None:
        """Show it to everyone; the first time counts as its registration."""
        if self.state is not NeedState.SUBMITTED:
            raise Refused(N_("제출된 과제만 게시할 수 있습니다."))
        self.state, self.published_at = NeedState.PUBLISHED, self.published_at or now

    def send_back(self, reason: str, due_on: date | None = None) -> None:
        """Return it to its owner with what is missing, to be put right by a day, this day included."""
        if self.state is not NeedState.SUBMITTED:
            raise Refused(N_("제출된 과제만 돌려보낼 수 있습니다."))
        self.state, self.return_reason, self.return_due_on = NeedState.RETURNED, reason, due_on

    def close(self) -> None:
        """Take no more replies; stays readable."""
        if self.not_closable:
            raise Refused(self.not_closable)
        self.state = NeedState.CLOSED

    def reopen(self) -> None:
        """Take replies again after it was closed."""
        if self.not_reopenable:
            raise Refused(self.not_reopenable)
        self.state = NeedState.PUBLISHED

    def withdraw(self) -> None:
        """Take it back; no longer public."""
        if self.not_withdrawable:
            raise Refused(self.not_withdrawable)
        self.state = NeedState.WITHDRAWN

    def revoke_claim(self) -> None:
        """The link by which it could be taken over opens nothing any more."""
        self.claim_version, self.claim_asked_at = self.claim_version + 1, None


class NeedFile(Base):
    """A file attached to a need."""

    __tablename__ = "need_files"

    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id, ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id), primary_key=True)
    position: Mapped[int]

    need: Mapped[Need] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()
