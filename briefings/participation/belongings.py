"""Replies, talks and matches of an organization, and what becomes of those that two have on one need."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import aliased

from briefings.db import db
from briefings.needs.models import Need
from briefings.organizations.belongings import Belonging, Belongings, Hindrance, Pair
from briefings.participation.joining_replies import join_replies
from briefings.participation.match_models import Match, MatchOrganization, MatchProgress
from briefings.participation.models import AnswerTemplate, ParticipationReply, ReplyState

OWN = (
    "‘{title}’ 과제의 수요기관과 그 과제에 답글을 보낸 기관입니다. 합치면 자기 과제에 답한 것이 됩니다."
    " 답글을 거두어들이게 한 뒤 합쳐 주세요."
)
PARTNERS = (
    "‘{title}’ 과제의 성사에 한쪽은 수요기관으로, 다른 쪽은 함께하는 기관으로 들어 있습니다."
    " 합치면 자기 자신과 성사한 것이 됩니다. 성사 기록에서 함께하는 기관을 먼저 바로잡아 주세요."
)
DIVIDED = (
    "‘{title}’ 과제의 성사를 한쪽은 확인했고 다른 쪽은 사실과 다르다고 했습니다. 어느 말이 맞는지 먼저 정해 주세요."
)


def own_replies(pair: Pair) -> Iterator[Hindrance]:
    """Nobody answers a need of their own."""
    rows = select(Need.id, Need.title).join(ParticipationReply, ParticipationReply.need_id == Need.id)
    rows = rows.where(ParticipationReply.state != ReplyState.WITHDRAWN, *_each_has_one(ParticipationReply, pair))
    for need_id, title in db.session.execute(rows.order_by(Need.id)):
        yield Hindrance(OWN.format(title=title), "staff_needs.show", {"need_id": need_id})


def own_matches(pair: Pair) -> Iterator[Hindrance]:
    """Nobody is their own partner; nor can one body have confirmed what it objects to."""
    rows = select(Need.id, Need.title).join(Match, Match.need_id == Need.id).join(Match.organizations)
    rows = rows.where(*_each_has_one(MatchOrganization, pair)).order_by(Need.id)
    yield from _matches(rows, PARTNERS)
    other = aliased(MatchOrganization)
    rows = select(Need.id, Need.title).join(Match, Match.need_id == Need.id).join(Match.organizations)
    rows = rows.join(other, other.match_id == MatchOrganization.match_id)
    among = and_(MatchOrganization.organization_id.in_(pair), other.organization_id.in_(pair))
    rows = rows.where(among, MatchOrganization.confirmed_at.is_not(None), other.objected_at.is_not(None))
    yield from _matches(rows.where(MatchOrganization.organization_id != other.organization_id), DIVIDED)


def _matches(rows: Any, words: str) -> Iterator[Hindrance]:
    for need_id, title in db.session.execute(rows):
        yield Hindrance(words.format(title=title), "staff_matches.show", {"need_id": need_id})


def _each_has_one(model: Any, pair: Pair) -> tuple[ColumnElement[bool], ...]:
    """The need is of the one, the row of the other."""
    return (
        Need.organization_id.in_(pair),
        model.organization_id.in_(pair),
        model.organization_id != Need.organization_id,
    )


def join_matches(pair: Pair, now: datetime) -> None:
    """Of two parts in one match that stays which has come further: confirmed, asked, objected; it counts since the
    first of them confirmed, and brings what both bring.
    """
    other = aliased(MatchOrganization)
    both = select(MatchOrganization, other).join(other, other.match_id == MatchOrganization.match_id)
    both = both.where(MatchOrganization.organization_id == pair.stays, other.organization_id == pair.gone)
    for row in db.session.execute(both).all():
        kept, let = sorted(
            row, key=lambda each: (not each.agrees, each.confirmed_at is None, each.objected_at is not None)
        )
        kept.confirmed_at = min(filter(None, (kept.confirmed_at, let.confirmed_at)), default=None)
        kept.confirmed_by = kept.confirmed_by or let.confirmed_by
        if let.contribution and let.contribution != kept.contribution:
            kept.contribution = f"{kept.contribution}\n{let.contribution}".strip()
        db.session.flush()
        row_of_other = (
            MatchOrganization.match_id == let.match_id,
            MatchOrganization.organization_id == let.organization_id,
        )
        db.session.execute(delete(MatchOrganization).where(*row_of_other))


def join_templates(pair: Pair, now: datetime) -> None:
    """Of two templates of one title that say the same one stays; otherwise the other gets a title of its own."""
    templates = db.session.scalars(select(AnswerTemplate).where(AnswerTemplate.organization_id.in_(pair))).all()
    own = {(each.purpose, each.title): each for each in templates if each.organization_id == pair.stays}
    taken = {(each.purpose, each.title) for each in templates}
    for each in [each for each in templates if each.organization_id == pair.gone]:
        known = own.get((each.purpose, each.title))
        if known and known.text == each.text:
            db.session.delete(each)
        elif known:
            titles = (f"{each.title[:74]} ({number})" for number in count(2))
            each.title = next(title for title in titles if (each.purpose, title) not in taken)
            taken.add((each.purpose, each.title))


BELONGINGS: Belongings = (
    Belonging(
        "replies",
        "참여 답글",
        ParticipationReply.organization_id,
        listed=True,
        hinders=own_replies,
        join=join_replies,
    ),
    Belonging(
        "consultations", "협의 기록", ParticipationReply.organization_id, through=ParticipationReply.consultations
    ),
    Belonging("talks", "1:1 협의", ParticipationReply.organization_id, through=ParticipationReply.appointments),
    Belonging(
        "matches", "성사", MatchOrganization.organization_id, listed=True, hinders=own_matches, join=join_matches
    ),
    Belonging("progress", "성사 진행 소식", MatchProgress.organization_id),
    Belonging("templates", "답글의 상용 문구", AnswerTemplate.organization_id, "개", join=join_templates),
)
