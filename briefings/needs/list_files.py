"""The needs and the lists by which they are grouped as files, for staff; an organization's own needs for itself."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.db import db
from briefings.errors import N_
from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, NotThere, Readers, Step, at_hand, listed
from briefings.exports.values import Value
from briefings.needs import finding
from briefings.needs.forms import StaffNeedFilters
from briefings.needs.models import Audience, Need, Resource, Theme, need_audiences, need_themes
from briefings.needs.officers import themes_of
from briefings.needs.words import NEED_STATES, REGIONS, RESOURCES, STAGES, STATUSES
from briefings.organizations.finding import organization_of
from briefings.organizations.words import KINDS
from briefings.web.filters import phone
from briefings.web.labels import label


def _tags(tags: Sequence[str]) -> str:
    return ", ".join(RESOURCES[Resource(tag)] for tag in tags)


def _names(rows: Sequence[Theme] | Sequence[Audience]) -> str:
    return ", ".join(label(each) for each in rows)


SAID: tuple[Column[Need], ...] = (
    Column(N_("번호"), 8, lambda need: need.id),
    Column(N_("과제"), 40, lambda need: need.title),
    Column(N_("상태"), 10, lambda need: NEED_STATES[need.state], worded=True),
    Column(N_("진행"), 12, lambda need: STATUSES[need.status] if need.is_public else "", worded=True),
    Column(N_("주제"), 24, lambda need: _names(need.themes)),
    Column(N_("찾는 기관"), 24, lambda need: _names(need.audiences)),
    Column(N_("요약"), 50, lambda need: need.summary),
    Column(N_("배경"), 50, lambda need: need.background),
    Column(N_("제공 자원"), 50, lambda need: need.offers),
    Column(N_("제공 자원 구분"), 20, lambda need: _tags(need.offer_tags), worded=True),
    Column(N_("필요 역량"), 50, lambda need: need.seeks),
    Column(N_("필요 역량 구분"), 20, lambda need: _tags(need.seek_tags), worded=True),
    Column(N_("혜택을 받는 사람"), 24, lambda need: need.beneficiaries),
    Column(N_("지역"), 16, lambda need: REGIONS[need.region], worded=True),
    Column(N_("단계"), 14, lambda need: STAGES[need.stage], worded=True),
    Column(N_("기간"), 18, lambda need: need.period),
)
DATES: tuple[Column[Need], ...] = (
    Column(N_("수요조사"), 24, lambda need: need.round.name if need.round else ""),
    Column(N_("주요 과제"), 10, lambda need: "예" if need.key_since else "", worded=True),
    Column(N_("제출한 때"), 17, lambda need: need.submitted_at),
    Column(N_("게시한 때"), 17, lambda need: need.published_at),
    Column(N_("고친 때"), 17, lambda need: need.changed_at),
    Column(N_("협의를 시작한 때"), 17, lambda need: need.consulting_since),
    Column(N_("성사된 때"), 17, lambda need: need.matched_at),
    Column(N_("돌려보낸 까닭"), 40, lambda need: need.return_reason),
    Column(N_("고칠 기한"), 12, lambda need: need.return_due_on),
)
CONTACT: tuple[Column[Need], ...] = (
    Column(N_("담당 부서"), 18, lambda need: need.department),
    Column(N_("담당자"), 12, lambda need: need.contact_name, personal=True),
    Column(N_("담당자 전화번호"), 16, lambda need: phone(need.contact_phone), personal=True),
    Column(N_("담당자 전자우편"), 28, lambda need: need.contact_email, personal=True),
)
OWNER: tuple[Column[Need], ...] = (
    Column("수요기관", 28, lambda need: need.organization.name),
    Column("기관 유형", 16, lambda need: KINDS[need.organization.kind]),
)
_TOGETHER = (
    joinedload(Need.organization),
    joinedload(Need.round),
    selectinload(Need.themes),
    selectinload(Need.audiences),
)


def find_needs(asked: Asked) -> Found[Need]:
    """The needs that staff see listed, in that order; whom to ask only of those they answer for."""
    officer = db.session.get(User, asked.by.id)
    filters = StaffNeedFilters(asked.args, themes_of(officer) if officer else ())
    rows = listed(finding.every_need(filters.search()).options(*_TOGETHER))
    own = asked.reach.themes
    contact = tuple(_of_themes(column, own) if column.personal and own else column for column in CONTACT)
    note = "맡지 않은 주제의 과제에는 담당자와 연락처를 적지 않습니다." if own else ""
    return Found((*SAID[:3], *OWNER, *SAID[3:], *contact, *DATES), rows, in_words(filters), note=note)


def _of_themes(column: Column[Need], own: Sequence[int]) -> Column[Need]:
    """Empty where a need has themes, and none of these."""

    def value(need: Need) -> Value:
        themes = {theme.id for theme in need.themes}
        return column.value(need) if not themes or themes & {*own} else ""

    return column._replace(value=value)


def find_own_needs(asked: Asked) -> Found[Need]:
    """Everything the organization of whoever asks ever registered, the last first."""
    user = db.session.get(User, asked.by.id)
    organization = organization_of(user) if user else None
    if organization is None:
        raise NotThere("organization")
    found = select(Need).where(Need.organization_id == organization.id).options(*_TOGETHER)
    rows = listed(found.order_by(Need.changed_at.desc(), Need.id.desc()))
    return Found((*SAID, *CONTACT, *DATES), rows, subtitle=organization.name)


def find_topics(asked: Asked) -> Found[Any]:
    """The themes and audiences in their order, with how many needs each has."""
    counted = {
        Theme: _counted(need_themes, need_themes.c.theme_id),
        Audience: _counted(need_audiences, need_audiences.c.audience_id),
    }
    rows = [*finding.themes(), *finding.audiences()]
    columns = (
        Column[Any]("구분", 8, lambda topic: "주제" if isinstance(topic, Theme) else "대상"),
        Column[Any]("순서", 8, lambda topic: topic.position),
        Column[Any]("이름", 28, lambda topic: topic.name),
        Column[Any]("영어 이름", 28, lambda topic: topic.name_en),
        Column[Any]("과제 수", 10, lambda topic: counted[type(topic)](topic.id)),
    )
    return Found(columns, at_hand(rows), above=(Step("수요 과제", "staff_needs.index", {}),))


def _counted(table: Any, column: Any) -> Callable[[int], int]:
    numbers = {key: number for key, number in db.session.execute(select(column, func.count()).group_by(column))}
    return lambda topic_id: numbers.get(topic_id, 0)


LISTS = (
    ListFile("needs", "수요 과제", "staff_needs.index", find_needs),
    ListFile("topics", "주제와 대상", "staff_needs.list_topics", find_topics),
    ListFile("own_needs", N_("내 수요 과제"), "owner.needs", find_own_needs, readers=Readers.OWNERS),
)
