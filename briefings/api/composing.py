"""What other programs are told of a need, a briefing, a match: the same in answers and in webhooks, of nobody a word.

Every function takes rows that anybody may see; whoever calls has made sure of that, but for `told`, which looks itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from flask import current_app, url_for

from briefings import clock
from briefings.api import schemas
from briefings.archive import stories
from briefings.archive.booklets import published_booklet
from briefings.archive.models import Story
from briefings.archive.shelf import Left
from briefings.db import db
from briefings.files.models import StoredFile
from briefings.needs import finding as needs_finding
from briefings.needs.attaching import files_of
from briefings.needs.models import Audience, Need, Round, Theme
from briefings.organizations.models import Organization
from briefings.participation.match_models import Match, MatchProgress
from briefings.participation.matching import public_match_of
from briefings.participation.need_course import briefings_presenting, next_briefings, replies_to
from briefings.participation.progressing import progress_of
from briefings.questions.publishing import Published, published_about, published_of
from briefings.schedule import finding
from briefings.schedule.finding import Places
from briefings.schedule.materials import files_by_slot
from briefings.schedule.models import Briefing, BriefingState, Visibility
from briefings.schedule.programme import ProgrammeEntry, programme_of
from briefings.schedule.replaying import Replay, replay_of
from briefings.statistics.hiding import hidden_kinds
from briefings.statistics.published import Figures


def address(endpoint: str, **values: Any) -> str:
    """The full address of a page, on the host that people use, whatever host was asked."""
    return str(current_app.config["PUBLIC_URL"]) + url_for(endpoint, _external=False, **values)


def topic(row: Theme | Audience) -> schemas.Topic:
    """A theme or an audience."""
    return schemas.Topic(id=row.id, name=row.name, name_en=row.name_en)


def organization(row: Organization) -> schemas.Organization:
    """A body."""
    return schemas.Organization(id=row.id, name=row.name, kind=row.kind)


def organization_facts(row: Organization, needs: int, matches: int) -> schemas.OrganizationFacts:
    """A body with how many needs and matches of it are public."""
    return schemas.OrganizationFacts(
        id=row.id,
        name=row.name,
        kind=row.kind,
        needs=needs,
        matches=matches,
        api_url=address("api.organization", organization_id=row.id),
    )


def need_reference(need: Need) -> schemas.NeedReference:
    """A need as others name it; the programme of a briefing names those that were withdrawn since as well."""
    return schemas.NeedReference(
        id=need.id,
        title=need.title,
        organization=organization(need.organization),
        url=address("needs.show", need_id=need.id) if need.is_public else None,
        api_url=address("api.need", need_id=need.id) if need.is_public else None,
    )


def briefing_reference(briefing: Briefing) -> schemas.BriefingReference:
    """A briefing as others name it."""
    return schemas.BriefingReference(**_named(briefing))


def round_data(round: Round, now: datetime) -> schemas.Round:
    """A round that was announced."""
    return schemas.Round(
        **_round_named(round),
        description=round.description,
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        phase=round.phase(now),
    )


def need_summary(need: Need, coming: Mapping[int, Briefing]) -> schemas.NeedSummary:
    """A need in a list; `coming` has the next briefing of each need that has one."""
    return schemas.NeedSummary(**_summed_up(need, coming))


def need_data(need: Need, now: datetime) -> schemas.Need:
    """Everything the page of a public need says, but who answers for it."""
    presented, match = briefings_presenting(need), public_match_of(need)
    announced = need.round is not None and need.round.announced_at is not None
    return schemas.Need(
        **_summed_up(need, next_briefings([need], now)),
        background=need.background,
        offers=need.offers,
        offer_tags=need.offer_resources,
        seeks=need.seeks,
        seek_tags=need.seek_resources,
        beneficiaries=need.beneficiaries,
        period=need.period,
        department=need.department,
        source=need.source,
        round=schemas.RoundReference(**_round_named(need.round)) if need.round and announced else None,
        takes_replies=need.takes_replies,
        replies=replies_to(need).number,
        briefings=[briefing_reference(briefing) for briefing in presented],
        files=[file(each, "needs.file", need_id=need.id, public_id=each.public_id) for each in files_of(need)],
        questions=[question(each) for each in published_about(need)],
        match=match_data(match, progress_of(match, public_only=True)) if match else None,
    )


def briefing_summary(briefing: Briefing, places: Places, now: datetime) -> schemas.BriefingSummary:
    """A briefing in a list, with its places as they are now."""
    return schemas.BriefingSummary(**_scheduled(briefing, places, now))


def briefing_data(briefing: Briefing, places: Places, now: datetime) -> schemas.Briefing:
    """Everything the page of a briefing says, but who presents and who leads it."""
    return schemas.Briefing(
        **_scheduled(briefing, places, now),
        description=briefing.description,
        cancel_reason=briefing.cancel_reason,
        programme=_programme(programme_of(briefing)),
        calendar_url=address("briefings.ics", public_id=briefing.public_id),
        archive_url=address("api.archived", public_id=briefing.public_id) if was_held(briefing, now) else None,
    )


def was_held(briefing: Briefing, now: datetime) -> bool:
    """Whether it took place and is over: then it is in the archive, and its files are for everybody."""
    return briefing.state is BriefingState.PUBLISHED and briefing.is_over(now)


def archived_summary(briefing: Briefing, left: Left) -> schemas.ArchivedSummary:
    """A briefing that is over, in a list."""
    return schemas.ArchivedSummary(**_left(briefing, left))


def archived_data(briefing: Briefing, left: Left) -> schemas.Archived:
    """What is left of a briefing that is over."""
    programme = programme_of(briefing)
    replay = replay_of(briefing, programme)
    return schemas.Archived(
        **_left(briefing, left),
        programme=_programme(programme),
        replay=_shown(replay) if replay else None,
        materials=materials_of(briefing, programme),
        questions=[question(each) for each in published_of(briefing)],
    )


def _shown(replay: Replay) -> schemas.Replay:
    return schemas.Replay(
        url=replay.address,
        captioned=replay.captioned,
        transcript=replay.transcript,
        chapters=[
            schemas.Chapter(seconds=each.seconds, need=need_reference(each.entry.need)) for each in replay.chapters
        ],
    )


def materials_of(briefing: Briefing, programme: Iterable[ProgrammeEntry]) -> list[schemas.Material]:
    """The files that everybody may have of a briefing that is over: what presenters released, then the booklet."""
    released, found = files_by_slot(briefing), list[schemas.Material]()
    for entry in programme:
        for each in released.get(entry.slot.id, []):
            if each.public:
                shown = file(each.file, "archive.file", public_id=briefing.public_id, file_id=each.file.public_id)
                found.append(schemas.Material(need=need_reference(entry.need), file=shown))
    if booklet := published_booklet(briefing):
        shown = file(booklet.file, "archive.booklet", public_id=briefing.public_id)
        found.append(schemas.Material(need=None, file=shown))
    return found


def match_data(match: Match, progress: Sequence[MatchProgress]) -> schemas.Match:
    """Joint work that both sides confirm, and what they tell everybody of it."""
    return schemas.Match(
        id=match.need_id,
        need=need_reference(match.need),
        matched_on=match.matched_on,
        starts_on=match.starts_on,
        summary=match.summary,
        organizations=[organization(each.organization) for each in match.standing],
        progress=[
            schemas.Progress(happened_on=each.happened_on, organization=organization(each.organization), text=each.text)
            for each in progress
        ],
        url=address("needs.show", need_id=match.need_id, _anchor="match"),
        api_url=address("api.match", need_id=match.need_id),
    )


def story_summary(story: Story) -> schemas.StorySummary:
    """A story in a list."""
    return schemas.StorySummary(**_told_of(story))


def story_data(story: Story) -> schemas.Story:
    """A published story."""
    match_url = address("api.match", need_id=story.match.need_id)
    return schemas.Story(**_told_of(story), text=story.text, match_url=match_url)


def figures(found: Figures, every: bool) -> schemas.Figures:
    """The figures of a day; `every`: small groups, too."""
    by_kind = found.in_matches_by_kind if every else hidden_kinds(found.in_matches_by_kind).by_kind
    return schemas.Figures(
        as_of=found.as_of,
        needs=found.needs,
        needs_replied=found.needs_replied,
        replying=found.replying,
        replying_distinct=found.replying_distinct,
        matches=found.matches,
        in_matches=found.in_matches,
        in_matches_distinct=found.in_matches_distinct,
        in_matches_by_kind=[schemas.KindCount(kind=kind, organizations=number) for kind, number in by_kind.items()],
        public_private=found.public_private,
        reply_rate=found.reply_rate,
        match_rate=found.match_rate,
        public_private_share=found.public_private_share,
    )


def question(published: Published) -> schemas.Question:
    """A question with its answer; without words where it was answered in the briefing itself."""
    return schemas.Question(
        id=published.public_id,
        text=published.text,
        asked_by=published.kind,
        need_id=published.need_id,
        briefing_id=published.briefing_public_id,
        answer=published.answer,
        answered_by=published.answered_by,
        answered_at=published.answered_at,
    )


def file(stored: StoredFile, endpoint: str, **values: Any) -> schemas.File:
    """A file, with the address it is fetched from."""
    url = address(endpoint, **values)
    return schemas.File(name=stored.name, media_type=stored.media_type, size=stored.size, url=url)


def told(about: str) -> schemas.Told | None:
    """What a webhook tells of `need:7`, `briefing:4`, `match:3` or `story:2` (numbers of rows), as plain values.

    None where nobody may see it any more.
    """
    kind, _, number = about.partition(":")
    found = _TOLD[kind](int(number), clock.now())
    return None if found is None else msgspec.to_builtins(found, builtin_types=())


def _need_told(number: int, now: datetime) -> schemas.Need | None:
    need = needs_finding.public_need(number)
    return need_data(need, now) if need else None


def _briefing_told(number: int, now: datetime) -> schemas.Briefing | None:
    briefing = db.session.get(Briefing, number)
    listed = briefing is not None and briefing.visibility is Visibility.LISTED
    seen = finding.published(briefing.public_id) if briefing and listed else None
    return briefing_data(*seen, now) if seen else None


def _match_told(number: int, now: datetime) -> schemas.Match | None:
    match = db.session.get(Match, number)
    shown = public_match_of(match.need) if match else None
    return match_data(shown, progress_of(shown, public_only=True)) if shown and shown.need.is_public else None


def _story_told(number: int, now: datetime) -> schemas.Story | None:
    story = db.session.scalar(stories.public_stories().where(Story.id == number))
    return story_data(story) if story else None


_TOLD: dict[str, Callable[[int, datetime], Any]] = {
    "need": _need_told,
    "briefing": _briefing_told,
    "match": _match_told,
    "story": _story_told,
}


def _named(briefing: Briefing) -> dict[str, Any]:
    return {
        "id": briefing.public_id,
        "title": briefing.title,
        "starts_at": briefing.starts_at,
        "ends_at": briefing.ends_at,
        "url": address("briefings.show", public_id=briefing.public_id),
        "api_url": address("api.briefing", public_id=briefing.public_id),
    }


def _round_named(round: Round) -> dict[str, Any]:
    return {
        "id": round.public_id,
        "name": round.name,
        "url": address("rounds.show", public_id=round.public_id),
        "api_url": address("api.round", public_id=round.public_id),
    }


def _summed_up(need: Need, coming: Mapping[int, Briefing]) -> dict[str, Any]:
    following = coming.get(need.id)
    return {
        "id": need.id,
        "title": need.title,
        "summary": need.summary,
        "organization": organization(need.organization),
        "themes": [topic(each) for each in need.themes],
        "audiences": [topic(each) for each in need.audiences],
        "region": need.region,
        "stage": need.stage,
        "status": need.status,
        "key": need.key_since is not None,
        "published_at": need.published_at,
        "changed_at": need.changed_at,
        "next_briefing": briefing_reference(following) if following else None,
        "url": address("needs.show", need_id=need.id),
        "api_url": address("api.need", need_id=need.id),
    }


def _scheduled(briefing: Briefing, places: Places, now: datetime) -> dict[str, Any]:
    return {
        **_named(briefing),
        "theme": topic(briefing.theme),
        "audience": topic(briefing.audience),
        "phase": briefing.phase(now),
        "places": schemas.Places(
            capacity=places.capacity, confirmed=places.confirmed, free=places.free, waiting=places.waiting
        ),
        "registration_opens_at": briefing.registration_opens_at,
        "registration_closes_at": briefing.registration_closes_at,
        "eligibility": briefing.eligibility,
        "eligible_kinds": briefing.kinds_taken,
        "approval": briefing.approval,
        "changed_at": briefing.changed_at,
    }


def _left(briefing: Briefing, left: Left) -> dict[str, Any]:
    topics = {"theme": topic(briefing.theme), "audience": topic(briefing.audience)}
    return {**_named(briefing), **topics, **left._asdict()}


def _programme(entries: Iterable[ProgrammeEntry]) -> list[schemas.Slot]:
    return [
        schemas.Slot(starts_at=entry.starts_at, ends_at=entry.ends_at, need=need_reference(entry.need))
        for entry in entries
    ]


def _told_of(story: Story) -> dict[str, Any]:
    picture = None
    if story.picture is not None:
        url = address("stories.picture", public_id=story.public_id, file_id=story.picture.public_id)
        picture = schemas.Picture(url=url, alt=story.picture_alt)
    return {
        "id": story.public_id,
        "title": story.title,
        "summary": story.summary,
        "organizations": [organization(each) for each in stories.organizations_of(story)],
        "need": need_reference(story.match.need),
        "published_at": story.published_at,
        "picture": picture,
        "url": address("stories.show", public_id=story.public_id),
        "api_url": address("api.story", public_id=story.public_id),
    }
