"""Officers who answer for some themes act within them: the one place that knows what an address is about.

They see every list, count and page of needs and briefings; what another theme's need or briefing holds of persons they
open as little as they change it. What has no theme (rounds, seasons, texts, settings) is everybody's. Administrators
are never limited. A new view of staff with a variable in its address must be placed here: a test asks for it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy import Select, or_, select
from werkzeug.routing import AnyConverter

from briefings.accounts.models import Role
from briefings.archive.models import Story
from briefings.db import db
from briefings.errors import N_, NotAllowed
from briefings.inbox.models import ReceivedMail
from briefings.mentoring.models import Advice
from briefings.needs.models import Theme, need_themes
from briefings.needs.officers import missing_themes, themes_of
from briefings.needs.review_models import Review
from briefings.outbox.models import Message
from briefings.participation.match_models import Match
from briefings.participation.models import Appointment, ParticipationReply
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.web.access import access_of
from briefings.web.routing import row_number

Find = Callable[[Any], list[Theme]]
"""The themes of what a value in an address names; none where it names nothing, which the view then says."""


def _themes(*where: Any) -> list[Theme]:
    return list(db.session.scalars(select(Theme).where(or_(*where)).order_by(Theme.position, Theme.id)))


def _among_needs(needs: Select[Any]) -> Any:
    return Theme.id.in_(select(need_themes.c.theme_id).where(need_themes.c.need_id.in_(needs)))


def of_briefing(briefing_id: int) -> list[Theme]:
    """Its own theme and those of the needs in it."""
    own = select(Briefing.theme_id).where(Briefing.id == briefing_id)
    needs = select(PresenterSlot.need_id).where(PresenterSlot.briefing_id == briefing_id)
    return _themes(Theme.id.in_(own), _among_needs(needs))


def of_need(need_id: int) -> list[Theme]:
    """Its themes."""
    return _themes(Theme.id.in_(select(need_themes.c.theme_id).where(need_themes.c.need_id == need_id)))


def of_reply(public_id: str) -> list[Theme]:
    """Those of its need."""
    return _themes(_among_needs(select(ParticipationReply.need_id).where(ParticipationReply.public_id == public_id)))


def of_reply_numbered(reply_id: int) -> list[Theme]:
    """The same by its number, as lists tick them."""
    return _themes(_among_needs(select(ParticipationReply.need_id).where(ParticipationReply.id == reply_id)))


def of_talk(item_id: int) -> list[Theme]:
    """Those of the need that a talk in somebody's calendar is about."""
    of_item = or_(Appointment.owner_item_id == item_id, Appointment.replier_item_id == item_id)
    return _themes(
        _among_needs(select(ParticipationReply.need_id).join(ParticipationReply.appointments).where(of_item))
    )


def of_story(public_id: str) -> list[Theme]:
    """Those of the need of its match."""
    return _themes(
        _among_needs(select(Match.need_id).join(Story, Story.match_id == Match.id).where(Story.public_id == public_id))
    )


def of_advice(advice_id: int) -> list[Theme]:
    """Those of the need it is about."""
    return _themes(_among_needs(select(Advice.need_id).where(Advice.id == advice_id)))


def of_review(review_id: int) -> list[Theme]:
    """Those of the need that is scored."""
    return _themes(_among_needs(select(Review.need_id).where(Review.id == review_id)))


def of_registration(public_id: str) -> list[Theme]:
    """Those of the briefing somebody registered for."""
    briefing_id = db.session.scalar(select(Registration.briefing_id).where(Registration.public_id == public_id))
    return of_briefing(briefing_id) if briefing_id else []


def of_message(message_id: int) -> list[Theme]:
    """Those of the briefing or need that it is filed under."""
    return _of_subject(db.session.scalar(select(Message.about).where(Message.id == message_id)) or "")


def of_mail(mail_id: int) -> list[Theme]:
    """Those of what somebody answers to."""
    mail = db.session.get(ReceivedMail, mail_id)
    item = db.session.get(CalendarItem, mail.item_id) if mail and mail.item_id else None
    if item is not None:
        return of_briefing(item.briefing_id) if item.briefing_id else of_need(item.need_id or 0)
    return of_message(mail.message_id) if mail and mail.message_id else []


def _of_subject(about: str) -> list[Theme]:
    kind, _, number = about.partition(":")
    find = {"briefing": of_briefing, "need": of_need}.get(kind)
    return find(int(number)) if find and number.isdecimal() else []


OF_ARGUMENT: dict[str, Find] = {"briefing_id": of_briefing, "need_id": of_need}
"""What a variable means wherever it stands."""
OF_BLUEPRINT: dict[tuple[str, str], Find] = {
    ("inbox", "mail_id"): of_mail,
    ("outbox", "message_id"): of_message,
    ("reviews", "review_id"): of_review,
    ("staff_advice", "advice_id"): of_advice,
    ("staff_replies", "item_id"): of_talk,
    ("staff_replies", "public_id"): of_reply,
    ("staff_stories", "public_id"): of_story,
    ("support", "public_id"): of_registration,
}
"""What a variable means in the views of one part."""
NOT_THEIRS = N_(
    "‘%(themes)s’ 주제를 맡은 담당자만 할 수 있습니다. 맡아야 하면 관리자에게 담당 주제에 넣어 달라고 해 주세요."
)
TICKED: dict[tuple[str, str], Find] = {
    ("outbox.together", "id"): of_message,
    ("staff_advice.ask", "need"): of_need,
    ("staff_briefings.registrations_together", "destination"): of_briefing,
    ("staff_replies.remind", "reply"): of_reply_numbered,
}
"""What the numbers of rows mean in the query or the form of views that act on several, or on another, at once."""
MOST_TICKED = 200
"""So many rows are looked at: more than any of those views takes."""
ALL_TOGETHER = N_(
    "담당 주제가 정해져 있으면 모든 전자우편을 한꺼번에 다룰 수 없습니다. "
    "‘관련’에서 맡은 설명회를 고르거나 하나씩 골라 주세요."
)
OF_NO_THEME = frozenset(
    {
        *("board", "seasons"),  # a season lays needs of all themes out together
        *(
            "reviews",
            "round_contacts",
            "staff_rounds",
        ),  # a round asks for needs of all themes; one need of it is placed
        "imports",
        "staff_matrix",  # shows where needs are, nothing else
        "staff_funnel",  # names in full whom the reader answers for, and nobody else
        *("outbox_texts", "tasks", "staff_accounts"),
        *("exports", "availability.index", "availability.ask"),  # of a season or a round; of a briefing it is placed
        *("staff_needs.rename_topic", "staff_needs.move_topic"),
    }
)
"""Parts and views whose other variables lead to nothing that has a theme."""
PERSONAL = frozenset(
    {
        *("inbox.show", "inbox.download"),
        *("outbox.show", "outbox.body", "outbox.download"),
        *("exports.made", "staff_attendance.index", "staff_briefings.registrations"),
        *("staff_certificates.index", "staff_certificates.show", "staff_certificates.file"),
        *(
            "staff_day.cue_sheet",
            "staff_matches.show",
            "staff_questions.desk",
            "staff_replies.show",
            "staff_replies.of_talk",
            "staff_stories.show",
        ),
    }
)
"""Pages that show persons and only that; a page with a form is one on which something is changed."""
FOR_READING = frozenset[str]()
"""Pages with a form that are read by everybody all the same; sending the form is not for everybody."""


def unplaced(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, variable) of every view of staff with a variable in its address that is not placed anywhere."""
    for rule in app.url_map.iter_rules():
        part = rule.endpoint.partition(".")[0]
        if access_of(app, rule.endpoint) != "staff" or OF_NO_THEME & {part, rule.endpoint}:
            continue
        things = [name for name, kind in rule._converters.items() if not isinstance(kind, AnyConverter)]
        if things and not any(_find_of(rule.endpoint, name) for name in things):
            yield rule.endpoint, things[0]


def guard_themes() -> None:
    """Before each request: NotAllowed where an officer may not act on, or look into, what the address leads to."""
    if access_of_request() != "staff" or not current_user.is_authenticated or current_user.role is not Role.OFFICER:
        return
    if _acts_on_all() and themes_of(current_user):
        raise NotAllowed(ALL_TOGETHER)
    for find, value in _leads():
        missing = missing_themes(current_user, find(value))
        if missing and _is_closed():
            names = ", ".join(theme.name for theme in missing)
            raise NotAllowed(NOT_THEIRS, themes=names)
        if missing:
            g.only_read = missing


def only_read() -> str:
    """The themes for want of which whoever looks at this page may only read it; '' where they may act."""
    return ", ".join(theme.name for theme in g.get("only_read", ()))


def access_of_request() -> str | None:
    """The mark of the view that was asked for."""
    return access_of(current_app, request.endpoint) if request.endpoint else None


def _leads() -> Iterator[tuple[Find, Any]]:
    for name, value in (request.view_args or {}).items():
        if find := _find_of(request.endpoint or "", name):
            yield find, value
    for (endpoint, name), find in TICKED.items():
        if endpoint == request.endpoint:
            ticked = dict.fromkeys(request.values.getlist(name, type=row_number))
            yield from ((find, value) for value in list(ticked)[:MOST_TICKED])
    if request.endpoint == "outbox.together":
        yield _of_subject, request.args.get("about", "").strip()


def _acts_on_all() -> bool:
    """Whether it is about every message that meets conditions among which is no briefing or need."""
    return request.endpoint == "outbox.together" and "all" in request.args and not request.args.get("about", "").strip()


def _find_of(endpoint: str, name: str) -> Find | None:
    return OF_BLUEPRINT.get((endpoint.partition(".")[0], name)) or OF_ARGUMENT.get(name)


def _is_closed() -> bool:
    """Whether this request changes something, opens a form for it, or shows persons."""
    if request.method == "POST" or request.endpoint in PERSONAL:
        return True
    changes = request.url_rule is not None and "POST" in (request.url_rule.methods or ())
    return changes and request.endpoint not in FOR_READING
