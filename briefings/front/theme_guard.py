"""Officers who answer for some themes act within them: the one place that knows what an address is about.

They see every list, count and page of needs and briefings; what another theme's need or briefing holds of persons they
open as little as they change it, and lists of persons and messages leave them out (`own_reach`). What has no theme
(rounds, texts, settings) is everybody's; a season is worked on by whoever answers for every need in it. Administrators
are never limited. A new view of staff with a variable in its address must be placed here: a test asks for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy import Select, case, or_, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import AnyConverter, Rule

from briefings.accounts.models import Role
from briefings.archive.models import Story
from briefings.db import db
from briefings.errors import NotAllowed
from briefings.exports.making import KIND as FILE_TASK
from briefings.inbox.finding import seen as mails_seen
from briefings.inbox.models import ReceivedMail
from briefings.mentoring.models import Advice
from briefings.needs.models import Theme, need_themes
from briefings.needs.officers import missing_themes, themes_of, who_answers_for
from briefings.needs.review_models import Review
from briefings.outbox.models import Message
from briefings.outbox.reach import EVERYBODY, Reach
from briefings.participation.match_models import Match
from briefings.participation.models import Appointment, ParticipationReply
from briefings.registrations.models import PeopleList
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.reaching import reach_of
from briefings.schedule.registration_models import Registration
from briefings.seasons.models import Card
from briefings.tasks.models import Task
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


def of_season(season_id: int) -> list[Theme]:
    """Those of the needs in it that the reader does not answer for."""
    hidden = own_reach().needs
    return [] if hidden is None else _themes(_among_needs(_cards(season_id).where(Card.need_id.in_(hidden))))


def _cards(season_id: int) -> Select[Any]:
    return select(Card.need_id).where(Card.season_id == season_id)


def of_task(public_id: str) -> list[Theme]:
    """Those of what long work is about: whoever may begin it may follow and end it."""
    kind, _, number = (db.session.scalar(select(Task.about).where(Task.public_id == public_id)) or "").partition(":")
    if kind == "list":
        return of_briefing(db.session.scalar(select(PeopleList.briefing_id).where(PeopleList.id == int(number))) or 0)
    find = {"booklet": of_briefing, "season": of_season}.get(kind)
    return find(int(number)) if find else []


def may_follow(task: Task) -> bool:
    """Whether somebody who did not ask for it may see how far it is, and end it: never a file for somebody else."""
    if task.kind == FILE_TASK:
        return False
    return not task.about.startswith("import:") or own_reach() is EVERYBODY


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
    ("board", "season_id"): of_season,
    ("inbox", "mail_id"): of_mail,
    ("outbox", "message_id"): of_message,
    ("reviews", "review_id"): of_review,
    ("seasons", "season_id"): of_season,
    ("staff_advice", "advice_id"): of_advice,
    ("staff_replies", "item_id"): of_talk,
    ("staff_replies", "public_id"): of_reply,
    ("staff_stories", "public_id"): of_story,
    ("support", "public_id"): of_registration,
    ("tasks", "public_id"): of_task,
}
"""What a variable means in the views of one part."""
SEEN: dict[tuple[str, str], tuple[Any, Callable[[Reach], Any]]] = {
    ("inbox", "mail_id"): (ReceivedMail, mails_seen),
    ("outbox", "message_id"): (Message, lambda reach: reach.of_subject(Message.about)),
}
"""What may be about anybody where it names no theme, with the condition by which lists show it."""
NOT_THEIRS = (
    "‘%(themes)s’ 주제를 맡은 담당자만 할 수 있습니다(%(who)s). "
    "맡아야 하면 관리자에게 담당 주제에 넣어 달라고 해 주세요."
)
OF_ALL = "어느 주제의 것인지 알 수 없어, 모든 주제를 맡은 담당자와 관리자만 봅니다. 필요하면 관리자에게 물어 주세요."
TICKED: dict[tuple[str, str], Find] = {
    ("reviews.decide", "need"): of_need,
    ("staff_advice.ask", "need"): of_need,
    ("staff_briefings.registrations_together", "destination"): of_briefing,
    ("staff_replies.remind", "reply"): of_reply_numbered,
}
"""What the numbers of rows mean in the query or the form of views that act on several, or on another, at once."""
MOST_TICKED = 200
"""So many rows are looked at: more than any of those views takes."""
OF_NO_THEME = frozenset(
    {
        *(
            "reviews",
            "round_contacts",
            "staff_rounds",
        ),  # a round asks for needs of all themes; one need of it is placed
        "staff_matrix",  # shows where needs are, nothing else
        "staff_funnel",  # names in full whom the reader answers for, and nobody else
        *("outbox_texts", "staff_accounts", "staff_organizations"),
        "imports",  # belongs to whoever brought the file
        *("exports", "availability.index", "availability.ask"),  # of a season without people of others; of a round
        *("staff_needs.rename_topic", "staff_needs.move_topic"),
    }
)
"""Parts and views whose other variables lead to nothing that has a theme."""
CLOSED = frozenset(
    {
        *("announcements.index", "announcements.show"),
        *("board.show", "board.card", "board.history"),
        *("inbox.show", "inbox.download"),
        *("outbox.show", "outbox.body", "outbox.download"),
        *("exports.made", "staff_attendance.index", "staff_attendance.organizations"),
        *("staff_booklet.show", "staff_briefings.registrations", "staff_follow_up.index"),
        *("staff_certificates.index", "staff_certificates.show", "staff_certificates.file"),
        *("staff_day.cue_sheet", "staff_day.parts", "staff_day.settings", "staff_day.show"),
        *("staff_matches.show", "staff_needs.edit", "staff_questions.desk"),
        *("staff_replies.show", "staff_replies.of_talk", "staff_stories.show", "staff_survey.index"),
        "tasks.show",
    }
)
"""Pages that show persons, or are a desk to work at; a page with a form is one on which something is changed."""


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
    if not _is_officers():
        return
    closed = _is_closed(request.endpoint or "", request.url_rule.methods if request.url_rule else None, request.method)
    for find, value in _leads():
        if own_reach() is EVERYBODY:
            return
        missing = missing_themes(own_reach().themes, find(value))
        if missing and closed:
            raise NotAllowed(NOT_THEIRS, themes=_names(missing), who=_who(missing))
        if missing:
            g.only_read = missing
    for name, value in (request.view_args or {}).items():
        if (kind := SEEN.get((request.blueprint or "", name))) and not _is_seen(*kind, value):
            raise NotAllowed(OF_ALL)


def own_reach() -> Reach:
    """Of whom the reader may see who they are: what lists of persons and of messages are narrowed by."""
    if not _is_officers():
        return EVERYBODY
    if "reach" not in g:
        g.reach = reach_of(current_user)
    return g.reach


def narrowed_reach() -> Reach:
    """The same for a page that then says what it leaves out."""
    g.narrowed = True
    return own_reach()


def only_own() -> str:
    """The themes of whose people alone this page shows anything; '' where it shows everybody."""
    return _names(themes_of(current_user)) if g.get("narrowed") and own_reach() is not EVERYBODY else ""


class OnlyRead(NamedTuple):
    """Why a page can only be read: for want of which themes, and who has them."""

    themes: str
    who: str


def only_read() -> OnlyRead | None:
    """Why whoever looks at this page may only read it; None where they may act."""
    missing = g.get("only_read", ())
    return OnlyRead(_names(missing), _who(missing)) if missing else None


def may_go(address: str, method: str = "GET") -> bool:
    """Whether the reader may go where a link or a form of this page leads; by three statements at most for a page."""
    if access_of_request() != "staff" or not address.startswith("/"):
        return True
    try:
        rule, values = current_app.create_url_adapter(request).match(  # type: ignore[union-attr]
            urlsplit(address).path, method, return_rule=True
        )
    except HTTPException:
        return True
    if access_of(current_app, rule.endpoint) == "administrator":
        return bool(current_user.is_administrator)
    if not _is_closed(rule.endpoint, rule.methods, method) or own_reach() is EVERYBODY:
        return True
    return _leads_to_own(rule, values)


def _leads_to_own(rule: Rule, values: Mapping[str, Any]) -> bool:
    """What an address names beside needs and briefings belongs to what the page is about."""
    if any(values[name] in _hidden(name) for name in OF_ARGUMENT if name in values):
        return False
    if _find_of(rule.endpoint, "season_id") is of_season and "season_id" in values:
        return not _missing_in_season(values["season_id"])
    others = any(_find_of(rule.endpoint, name) for name in values if name not in OF_ARGUMENT)
    ticks = any(endpoint == rule.endpoint for endpoint, _ in TICKED)
    return not ((others or ticks) and g.get("only_read"))


def _missing_in_season(season_id: int) -> list[Theme]:
    """Asked once for a page: it is about one season."""
    if "missing_in_season" not in g:
        g.missing_in_season = of_season(season_id)
    return g.missing_in_season


def _hidden(name: str) -> set[int]:
    """The numbers of the needs or briefings of others."""
    if f"hidden_{name}" not in g:
        reach = own_reach()
        ids = reach.needs if name == "need_id" else reach.briefings
        setattr(g, f"hidden_{name}", set(db.session.scalars(ids)) if ids is not None else set())
    return getattr(g, f"hidden_{name}")


def _is_officers() -> bool:
    """Whether a page of staff was asked for by an officer."""
    if access_of_request() != "staff" or not current_user.is_authenticated:
        return False
    return current_user.role is Role.OFFICER


def _is_seen(model: Any, seen: Callable[[Reach], Any], number: int) -> bool:
    """Also where there is none, which the view then says."""
    found = db.session.execute(select(case((seen(own_reach()), 1), else_=0)).where(model.id == number)).scalar()
    return found != 0


def _names(themes: Iterable[Theme]) -> str:
    return ", ".join(theme.name for theme in themes)


def _who(themes: list[Theme]) -> str:
    names = who_answers_for(themes)
    return f"지금 맡은 담당자: {', '.join(names)}" if names else "지금은 모든 주제를 맡은 담당자와 관리자"


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


def _find_of(endpoint: str, name: str) -> Find | None:
    return OF_BLUEPRINT.get((endpoint.partition(".")[0], name)) or OF_ARGUMENT.get(name)


def _is_closed(endpoint: str, methods: Collection[str] | None, method: str) -> bool:
    """Whether a request changes something, opens a form for it, or shows persons."""
    return method == "POST" or endpoint in CLOSED or "POST" in (methods or ())
