"""Who leads a briefing without an account: the moderator, by a personal link that staff send and take back."""

from datetime import datetime
from typing import NamedTuple

from briefings.audit.recording import Actor, record
from briefings.errors import Refused
from briefings.live.days import day_to_change
from briefings.outbox.queueing import Recipient, queue
from briefings.schedule.items import concerning
from briefings.schedule.models import Briefing, BriefingState


class Moderator(NamedTuple):
    """The moderator as somebody who acts: by name, without an account."""

    name: str
    id: None = None


def moderator_of(briefing: Briefing) -> Moderator:
    """Who acts by the moderator's link."""
    return Moderator(f"사회자 {briefing.moderator}" if briefing.moderator else "사회자")


def send_link(briefing: Briefing, email: str, by: Actor, now: datetime) -> None:
    """Mail the link to the run sheet; Refused for a briefing that is not published or is over."""
    day = day_to_change(briefing)
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        raise Refused("공개되어 있고 끝나지 않은 설명회의 링크만 보낼 수 있습니다.")
    email = email.lower()
    day.moderator_email = email
    key = f"moderator:{briefing.id}:{day.moderator_version}:{email}:{int(now.timestamp())}"
    about = concerning(briefing) | {"briefing": briefing.id, "version": day.moderator_version}
    queue("moderator_link", key, Recipient(email, briefing.moderator), now, **about)
    record(by, "day.moderator_asked", briefing, now)


def revoke_link(briefing: Briefing, by: Actor, now: datetime) -> None:
    """From now on the link that was sent or copied opens nothing; a new one takes its place."""
    day = day_to_change(briefing)
    day.moderator_version += 1
    day.moderator_email = ""
    record(by, "day.moderator_revoked", briefing, now)
