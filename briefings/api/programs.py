"""The read API, version 1: what everybody may see, for programs; and counts for those with a key."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask_babel import force_locale, gettext

from briefings import clock
from briefings.api import asking, composing, reading, schemas
from briefings.api.answering import JSON, add_cors, encoder, may, page_facts, tells, today, zone
from briefings.api.asking import given
from briefings.api.describing import VERSION, document
from briefings.api.models import Scope
from briefings.api.problems import Unanswered, show_unanswered
from briefings.api.words import CODES
from briefings.archive import shelf, stories
from briefings.archive.shelf import Half
from briefings.db import db
from briefings.errors import N_
from briefings.needs import finding as needs_finding
from briefings.needs.models import Audience, Round, Theme
from briefings.needs.rounds import announced_round
from briefings.needs.search_index import WORDS_LOOKED_FOR
from briefings.participation.match_models import Match
from briefings.participation.need_course import next_briefings
from briefings.schedule import finding
from briefings.schedule.models import Briefing
from briefings.schedule.programme import programme_of
from briefings.statistics.funnel import Count, funnels, steps_by
from briefings.statistics.naming import in_order
from briefings.statistics.published import published_figures, series
from briefings.statistics.scope import Axis
from briefings.statistics.scope import Scope as Counted
from briefings.web.access import by_key, public
from briefings.web.language import language

pages = Blueprint("api", __name__, url_prefix="/api/v1")
pages.after_request(add_cors)
pages.register_error_handler(Unanswered, show_unanswered)

NEEDS, BRIEFINGS, RESULTS, TOPICS = N_("수요 과제"), N_("설명회"), N_("성과와 통계"), N_("주제·기관·부호")
EARLIEST, LATEST = date(1900, 1, 1), date(2900, 1, 1)
"""Nothing happened before or after."""


@pages.get("")
@public
@tells(schemas.Start, TOPICS, N_("시작하는 곳"), more=N_("자료마다 목록의 주소를 알립니다."))
def start() -> schemas.Start:
    """Where everything is."""
    lists = ("needs", "briefings", "archive", "matches", "stories", "rounds", "organizations", "themes", "audiences")
    told = (*lists, "codes", "statistics", "statistics_series", "funnel")
    return schemas.Start(
        name=current_app.config["SITE_NAME"],
        version=VERSION,
        document=composing.address("api.openapi"),
        documentation=composing.address("developers.show"),
        licence=current_app.config["LICENCE"],
        licence_url=current_app.config["LICENCE_URL"],
        resources={name: composing.address(f"api.{name}") for name in told},
    )


@pages.get("/openapi.json")
@public
def openapi() -> Response:
    """The description of this API (OpenAPI 3.1), in the language of whoever asks."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(_encoded(app, language()), content_type=JSON)
    response.vary.add("Accept-Language")
    response.add_etag()
    response.make_conditional(request)
    return response


@lru_cache(maxsize=8)
def _encoded(app: Flask, of_language: str) -> bytes:
    """The description as it is sent: nothing in it changes while the program runs."""
    return encoder.encode(document(app, pages.name))


@pages.get("/needs")
@public
@tells(
    schemas.NeedPage,
    NEEDS,
    N_("수요 과제 목록"),
    asks=asking.ForNeeds,
    more=N_("누구나 볼 수 있는 과제입니다. 새로 게시한 것부터 보여 줍니다."),
)
def needs(asked: asking.ForNeeds) -> schemas.NeedPage:
    """The needs anyone may read, by the filters of their page."""
    theme, audience = _row(Theme, given(asked.theme)), _row(Audience, given(asked.audience))
    found: Any = None
    if (theme is None) == (given(asked.theme) is None) and (audience is None) == (given(asked.audience) is None):
        search = needs_finding.Search(
            q=asked.q,
            theme=theme,
            audience=audience,
            region=given(asked.region),
            stage=given(asked.stage),
            status=given(asked.status),
            key=asked.key,
            by_title=asked.sort == "title",
            page=asked.page,
        )
        found = needs_finding.public_needs(search, asked.per_page)
    rows, total, more = (found.items, found.total, found.more) if found else ([], 0, False)
    coming = next_briefings(rows, clock.now())
    items = [composing.need_summary(need, coming) for need in rows]
    return schemas.NeedPage(**page_facts(total, asked.page, asked.per_page, more), items=items)


@pages.get("/needs/<int:need_id>")
@public
@tells(schemas.Need, NEEDS, N_("수요 과제 하나"))
def need(need_id: int) -> schemas.Need:
    """One need with everything its page says."""
    return composing.need_data(needs_finding.public_need(need_id) or abort(404), clock.now())


@pages.get("/briefings")
@public
@tells(
    schemas.BriefingPage,
    BRIEFINGS,
    N_("설명회 목록"),
    asks=asking.ForBriefings,
    more=N_("앞으로 열릴 설명회는 가까운 것부터, 끝난 설명회는 최근 것부터 보여 줍니다."),
)
def briefings(asked: asking.ForBriefings) -> schemas.BriefingPage:
    """Briefings to come or over, with their places."""
    now = clock.now()
    search = finding.Search(past=asked.past, theme_id=given(asked.theme), audience_id=given(asked.audience))
    found = finding.listed(search, now, asked.page, asked.per_page)
    items = [composing.briefing_summary(briefing, places, now) for briefing, places in found.items]
    return schemas.BriefingPage(**page_facts(found.total or 0, asked.page, asked.per_page), items=items)


@pages.get("/briefings/<public_id>")
@public
@tells(schemas.Briefing, BRIEFINGS, N_("설명회 하나와 발표 순서"))
def briefing(public_id: str) -> schemas.Briefing:
    """One briefing with its programme and places."""
    found, places = finding.published(public_id) or abort(404)
    return composing.briefing_data(found, places, clock.now())


@pages.get("/briefings/<public_id>/materials")
@public
@tells(
    list[schemas.Material],
    BRIEFINGS,
    N_("설명회의 자료"),
    more=N_("설명회가 끝나야 공개합니다. 그 전에는 비어 있습니다."),
)
def materials(public_id: str) -> list[schemas.Material]:
    """The files everybody may have of a briefing."""
    found, _ = finding.published(public_id) or abort(404)
    return composing.materials_of(found, programme_of(found)) if composing.was_held(found, clock.now()) else []


@pages.get("/archive")
@public
@tells(
    schemas.ArchivedPage,
    BRIEFINGS,
    N_("지난 설명회 목록"),
    asks=asking.ForArchive,
    more=N_("끝난 설명회마다 남은 것의 수를 알립니다. 최근 것부터 보여 줍니다."),
)
def archive(asked: asking.ForArchive) -> schemas.ArchivedPage:
    """Briefings that are over, with how much is left of each."""
    now, half = clock.now(), given(asked.half)
    words = tuple(asked.q.split()[:WORDS_LOOKED_FOR])
    search = shelf.Search(half=_half(half) if half else None, theme_id=given(asked.theme), words=words)
    found = shelf.found(search, zone(), now, asked.page, asked.per_page)
    left = shelf.left_of(found.items, now)
    items = [composing.archived_summary(each, left[each.id]) for each in found.items]
    return schemas.ArchivedPage(**page_facts(found.total or 0, asked.page, asked.per_page), items=items)


@pages.get("/archive/<public_id>")
@public
@tells(
    schemas.Archived,
    BRIEFINGS,
    N_("지난 설명회 하나"),
    more=N_("다시보기, 자료, 질문과 답입니다. 아직 끝나지 않은 설명회는 404로 답합니다."),
)
def archived(public_id: str) -> schemas.Archived:
    """What is left of one briefing."""
    now, (found, _) = clock.now(), finding.published(public_id) or abort(404)
    if not composing.was_held(found, now):
        abort(404)
    return composing.archived_data(found, shelf.left_of([found], now)[found.id])


@pages.get("/rounds")
@public
@tells(
    schemas.RoundPage, NEEDS, N_("수요조사 목록"), asks=asking.Leafing, more=N_("예고한 것부터 끝난 것까지 모두입니다.")
)
def rounds(asked: asking.Leafing) -> schemas.RoundPage:
    """Every round that was announced."""
    now, found = clock.now(), reading.announced_rounds(asked.page, asked.per_page)
    items = [composing.round_data(round, now) for (round,) in found.rows]
    return schemas.RoundPage(**page_facts(found.total, asked.page, asked.per_page), items=items)


@pages.get("/rounds/<public_id>")
@public
@tells(schemas.Round, NEEDS, N_("수요조사 하나"))
def round(public_id: str) -> schemas.Round:
    """One round."""
    return composing.round_data(announced_round(public_id) or abort(404), clock.now())


@pages.get("/matches")
@public
@tells(
    schemas.MatchPage,
    RESULTS,
    N_("성사된 협업 목록"),
    asks=asking.ForMatches,
    by_content=True,
    more=N_("함께하는 기관이 확인한 것만 보여 줍니다. 최근에 성사된 것부터입니다."),
)
def matches(asked: asking.ForMatches) -> schemas.MatchPage:
    """Matches by theme and day."""
    wanted = {
        "theme": lambda value: reading.about_theme(value),
        "since": lambda value: Match.matched_on >= value,
        "until": lambda value: Match.matched_on <= value,
    }
    conditions = [say(given(getattr(asked, name))) for name, say in wanted.items() if given(getattr(asked, name))]
    found = reading.matches(conditions, asked.page, asked.per_page)
    rows = [match for (match,) in found.rows]
    progress = reading.progress_by_match(rows)
    items = [composing.match_data(match, progress[match.id]) for match in rows]
    return schemas.MatchPage(**page_facts(found.total, asked.page, asked.per_page), items=items)


@pages.get("/matches/<int:need_id>")
@public
@tells(schemas.Match, RESULTS, N_("수요 과제에서 성사된 협업"), by_content=True)
def match(need_id: int) -> schemas.Match:
    """The match on one need."""
    found = reading.match_on(need_id) or abort(404)
    return composing.match_data(found, reading.progress_by_match([found])[found.id])


@pages.get("/stories", endpoint="stories")
@public
@tells(schemas.StoryPage, RESULTS, N_("성공 사례 목록"), asks=asking.Leafing, by_content=True)
def list_stories(asked: asking.Leafing) -> schemas.StoryPage:
    """Every published story, the latest first."""
    found = reading.part_of(stories.public_stories(), asked.page, asked.per_page)
    items = [composing.story_summary(each) for (each,) in found.rows]
    return schemas.StoryPage(**page_facts(found.total, asked.page, asked.per_page), items=items)


@pages.get("/stories/<public_id>")
@public
@tells(schemas.Story, RESULTS, N_("성공 사례 하나"), by_content=True)
def story(public_id: str) -> schemas.Story:
    """One story."""
    return composing.story_data(stories.public_story(public_id) or abort(404))


@pages.get("/organizations")
@public
@tells(
    schemas.OrganizationPage,
    TOPICS,
    N_("기관 목록"),
    asks=asking.ForOrganizations,
    by_content=True,
    more=N_("공개된 수요 과제나 성사가 있는 기관입니다. 설명회를 신청하기만 한 기관은 담지 않습니다."),
)
def organizations(asked: asking.ForOrganizations) -> schemas.OrganizationPage:
    """Organizations everybody may know of."""
    found = reading.organizations(asked.q, given(asked.kind), asked.page, asked.per_page)
    items = [composing.organization_facts(*row) for row in found.rows]
    return schemas.OrganizationPage(**page_facts(found.total, asked.page, asked.per_page), items=items)


@pages.get("/organizations/<int:organization_id>")
@public
@tells(schemas.OrganizationFacts, TOPICS, N_("기관 하나"), by_content=True)
def organization(organization_id: int) -> schemas.OrganizationFacts:
    """One of them."""
    return composing.organization_facts(*(reading.organization(organization_id) or abort(404)))


@pages.get("/themes")
@public
@tells(list[schemas.Topic], TOPICS, N_("주제"), by_content=True)
def themes() -> list[schemas.Topic]:
    """What needs are about."""
    return [composing.topic(row) for row in needs_finding.themes()]


@pages.get("/audiences")
@public
@tells(list[schemas.Topic], TOPICS, N_("대상"), by_content=True)
def audiences() -> list[schemas.Topic]:
    """Whom needs look for."""
    return [composing.topic(row) for row in needs_finding.audiences()]


@pages.get("/codes")
@public
@tells(list[schemas.CodeList], TOPICS, N_("부호와 뜻"))
def codes() -> list[schemas.CodeList]:
    """Every code with its words in both languages."""
    with force_locale("en"):
        english = {words: gettext(words) for of_kind in CODES.values() for words in of_kind.values()}
    return [
        schemas.CodeList(
            name=kind.__name__,
            codes=[
                schemas.Code(code=code.value, name=words, name_en=english[words]) for code, words in of_kind.items()
            ],
        )
        for kind, of_kind in CODES.items()
    ]


HIDDEN = N_("5보다 작은 수와 그것을 알아낼 수 있는 수는 감춥니다. ‘statistics’ 자료를 읽는 열쇠로는 모두 보입니다.")


@pages.get("/statistics")
@public
@tells(schemas.Figures, RESULTS, N_("누적 통계"), asks=asking.ForFigures, by_content=True, more=HIDDEN)
def statistics(asked: asking.ForFigures) -> schemas.Figures:
    """The published figures as of a day."""
    day = min(max(given(asked.as_of) or today(), EARLIEST), today())
    return composing.figures(published_figures(day, zone().key), may(Scope.STATISTICS))


@pages.get("/statistics/series", endpoint="statistics_series")
@public
@tells(
    list[schemas.Figures],
    RESULTS,
    N_("시기별 누적 통계"),
    asks=asking.ForSeries,
    by_content=True,
    more=N_("첫 과제가 등록된 때부터 반기(해)가 끝나는 날마다, 마지막은 오늘까지 센 것입니다."),
)
def figures_over_time(asked: asking.ForSeries) -> list[schemas.Figures]:
    """The same at the end of every year or half-year."""
    every = may(Scope.STATISTICS)
    return [composing.figures(each, every) for each in series(zone(), today(), by_year=asked.by == "year")]


@pages.get("/funnel", endpoint="funnel")
@by_key
@tells(
    schemas.Funnel,
    RESULTS,
    N_("단계별 성과"),
    asks=asking.ForFunnel,
    scope=Scope.FUNNEL,
    more=N_("등록에서 성사까지 단계마다 센 수입니다. 직원이 보는 통계 화면과 같은 수이며, 작은 수도 감추지 않습니다."),
)
def count_funnel(asked: asking.ForFunnel) -> schemas.Funnel:
    """The steps of a scope, whole and broken down."""
    now, by = clock.now(), given(asked.by)
    scope = Counted(
        theme_id=given(asked.theme),
        audience_id=given(asked.audience),
        region=given(asked.region),
        round_id=_number_of(Round, given(asked.round)),
        briefing_id=_number_of(Briefing, given(asked.briefing)),
        owner_kind=given(asked.owner_kind),
        kind=given(asked.kind),
        since=given(asked.since),
        until=given(asked.until),
    )
    found = funnels(scope, [by] if by else [], zone(), now)
    lines = in_order(by, found.by[by]) if by else []
    values = _values(by, [line.value for line in lines])
    return schemas.Funnel(
        counted_at=now,
        steps=_steps(found.whole.steps()),
        by=by,
        rows=[
            schemas.FunnelRow(
                value=values[line.value], name=line.name, steps=_steps(line.funnel[step] for step in steps_by(by))
            )
            for line in lines
        ],
    )


def _steps(counts: Iterable[Count]) -> list[schemas.FunnelStep]:
    return [
        schemas.FunnelStep(
            step=each.step, number=each.number, organizations=each.organizations, of=each.of, share=each.share
        )
        for each in counts
    ]


def _row(model: type[Any], number: int | None) -> Any:
    return None if number is None else db.session.get(model, number)


def _half(written: str) -> Half:
    year, number = written.split("-")
    return Half(min(max(int(year), EARLIEST.year), LATEST.year), int(number))


def _number_of(model: type[Any], public_id: str | None) -> int | None:
    """The number of a row by the name others know it by; nought, which no row has, where there is none."""
    if public_id is None:
        return None
    return db.session.scalar(db.select(model.id).where(model.public_id == public_id)) or 0


def _values(by: Axis | None, values: list[Any]) -> dict[Any, int | str | None]:
    """What stands for each row of a breakdown, as parameters name it."""
    if by is Axis.HALF:
        return {value: f"{value // 2}-{value % 2 + 1}" for value in values}
    if by not in (Axis.ROUND, Axis.BRIEFING):
        return {value: value for value in values}
    model: Any = Round if by is Axis.ROUND else Briefing
    found = db.session.execute(
        db.select(model.id, model.public_id).where(model.id.in_([each for each in values if each]))
    )
    return {None: None} | {number: public_id for number, public_id in found}
