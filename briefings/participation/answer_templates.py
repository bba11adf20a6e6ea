"""Words an organization answers replies with again and again: kept, chosen, filled in."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.organizations.models import Organization
from briefings.outbox.texts import PLACEHOLDER, placeholders_in
from briefings.participation.models import AnswerTemplate, ParticipationReply, TemplatePurpose

MOST = 30
"""Templates of one organization."""
PLACES = ("이름", "답글 기관", "과제", "우리 기관")
"""What a template may have filled in: `#{이름}` and the others."""
USUAL = {
    TemplatePurpose.ACKNOWLEDGE: N_(
        "#{이름} 님, ‘#{과제}’ 과제에 보내 주신 답글을 잘 읽었습니다. 담당 부서와 검토한 뒤 다시 연락드리겠습니다."
    ),
    TemplatePurpose.CONSULT: N_(
        "#{이름} 님, 보내 주신 답글을 보고 자세한 이야기를 나누고 싶습니다. 편한 시간을 골라 주세요."
    ),
    TemplatePurpose.DECLINE: N_(
        "#{이름} 님, ‘#{과제}’ 과제에 관심을 가져 주셔서 고맙습니다. 이번에는 함께하기 어렵게 되었습니다."
    ),
}
"""What is offered to those who keep none of their own."""


class Choice(NamedTuple):
    """One text to choose; `key` names it on the page, for the usual one of a purpose it is `usual`."""

    key: str
    title: str
    text: str


def templates_of(organization: Organization) -> list[AnswerTemplate]:
    """What an organization keeps, by purpose and title."""
    found = select(AnswerTemplate).where(AnswerTemplate.organization_id == organization.id)
    listed = db.session.scalars(found.order_by(AnswerTemplate.title, AnswerTemplate.id))
    order = list(TemplatePurpose)
    return sorted(listed, key=lambda each: order.index(each.purpose))


def template_of(organization: Organization, number: int) -> AnswerTemplate | None:
    """One of them; None for another's."""
    found = select(AnswerTemplate).where(AnswerTemplate.organization_id == organization.id, AnswerTemplate.id == number)
    return db.session.scalar(found)


def keep(organization: Organization, purpose: TemplatePurpose, title: str, text: str, now: datetime) -> AnswerTemplate:
    """Keep another one; Refused for a name that is taken, an unknown place to fill in, or too many."""
    lock(organization)
    if len(templates_of(organization)) >= MOST:
        raise Refused(N_("글틀은 30개까지 둘 수 있습니다. 쓰지 않는 것을 지워 주세요."))
    made = AnswerTemplate(organization_id=organization.id)
    _fill(made, organization, purpose, title, text, now)
    db.session.add(made)
    return made


def change(
    made: AnswerTemplate, organization: Organization, purpose: TemplatePurpose, title: str, text: str, now: datetime
) -> None:
    """Other words, or another name; Refused as for a new one."""
    lock(organization)
    lock(made)
    _fill(made, organization, purpose, title, text, now)


def discard(made: AnswerTemplate) -> None:
    """Keep it no longer."""
    lock(made)
    db.session.delete(made)


def choices_for(organization: Organization, purpose: TemplatePurpose) -> list[Choice]:
    """What can be chosen for a purpose: the organization's own, otherwise the usual one, whose title is empty."""
    own = [each for each in templates_of(organization) if each.purpose is purpose]
    return [Choice(str(each.id), each.title, each.text) for each in own] or [Choice("usual", "", USUAL[purpose])]


def filled(text: str, made: ParticipationReply, name: str = "") -> str:
    """The words of a template for one reply, every place filled in; unknown ones are left as they stand."""
    values: Mapping[str, str] = {
        "이름": name or made.name,
        "답글 기관": made.organization.name,
        "과제": made.need.title,
        "우리 기관": made.need.organization.name,
    }
    return PLACEHOLDER.sub(lambda found: values.get(" ".join(found[1].split()), found[0]), text)


def _fill(
    made: AnswerTemplate, organization: Organization, purpose: TemplatePurpose, title: str, text: str, now: datetime
) -> None:
    unknown = [name for name in placeholders_in(text) if name not in PLACES]
    if unknown:
        raise Refused(
            N_("#{%(name)s} 자리는 채울 수 없습니다. 쓸 수 있는 자리를 확인해 주세요."), field="text", name=unknown[0]
        )
    same = [
        each
        for each in templates_of(organization)
        if each is not made and each.purpose is purpose and each.title == title
    ]
    if same:
        raise Refused(N_("같은 이름의 글틀이 이미 있습니다. 다른 이름을 적어 주세요."), field="title")
    made.purpose, made.title, made.text, made.changed_at = purpose, title, text, now
