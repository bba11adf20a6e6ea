"""What no page's address tells: values for the addresses of files, feeds, sessions, and of what is done to things."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.password_links import password_token
from briefings.accounts.sessions import begin
from briefings.archive.models import Story
from briefings.archive.stories import story_with
from briefings.archive.stories_links import consent_token
from briefings.db import db, unit_of_work
from briefings.files.storing import store
from briefings.live.days import day_of
from briefings.live.moderator_links import moderator_token
from briefings.mentoring.models import Advice
from briefings.needs.attaching import attach
from briefings.needs.models import Need
from briefings.needs.review_models import Review
from briefings.outbox.models import Message
from briefings.participation.models import Appointment, ParticipationReply
from briefings.schedule import calendar_settings
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.tasks.models import Task
from tests.files import samples
from tests.journeys.rows import OWNER, Rows

Values = dict[str, dict[str, Any]]
MAIL = b"From: a@b.kr\nDate: Mon, 23 Nov 2026 10:00:00 +0900\nContent-Type: text/html\n\n<p>mail"


def values_no_page_tells(rows: Rows) -> Values:
    """By the rule of each address; "*": for any other."""
    with unit_of_work():
        return _usual(rows) | _of_sessions(rows) | _of_files(rows) | _of_stories(rows) | _of_links(rows) | _others(rows)


def _usual(rows: Rows) -> Values:
    none = {name: "0" * 32 for name in ("public_id", "file_id")}
    numbers = {"progress_id": rows["progress"], "item_id": 1, "organization_id": rows["partner_waiting"]}
    return {"*": none | numbers | {"name": "needs", "token": "abcd2345.AAAA"}}


def _of_sessions(rows: Rows) -> Values:
    owner = db.session.scalars(select(User).where(User.email == OWNER)).one()
    task = db.session.scalars(select(Task).where(Task.created_by_id == rows["officer"].id)).first()
    assert task is not None
    return {
        "/account/sessions/<handle>/end": {"handle": begin(owner, clock.now() + timedelta(days=900)).handle},
        "/staff/tasks/<public_id>": {"public_id": task.public_id},
        "/staff/tasks/<public_id>/cancel": {"public_id": task.public_id},
    }


def _of_files(rows: Rows) -> Values:
    sheet, advice = db.session.get_one(Review, rows["sheet_open"]), db.session.get_one(Advice, rows["advice_waiting"])
    full = db.session.scalars(select(PresenterSlot).where(PresenterSlot.briefing_id == rows["paper_id"])).all()
    slot = next(each for each in full if each.files)
    early = db.session.scalars(select(PresenterSlot).where(PresenterSlot.briefing_id == rows["full_id"])).first()
    assert early is not None
    db.session.get_one(Message, rows["mail"]).raw = MAIL
    handed_in = {
        "token": rows["presenter_early"],
        "another": rows["presenter"],
        "public_id": early.files[0].file.public_id,
    }
    of_slot = {"briefing_id": rows["paper_id"], "slot_id": slot.public_id, "public_id": slot.files[0].file.public_id}
    to_staff = "/staff/briefings/<int:briefing_id>/presenters/<slot_id>/files/<public_id>"
    return {
        "/reviews/<int:review_id>/files/<public_id>": {"review_id": sheet.id, "public_id": _attached(sheet.need, rows)},
        "/advice/<int:advice_id>/files/<public_id>": {
            "advice_id": advice.id,
            "public_id": _attached(advice.need, rows),
        },
        "/rounds/<round>/template.xlsx": {"round": rows["open_round"]},
        "/archive/<public_id>/files/<file_id>": {"public_id": rows["paper"], "file_id": rows["paper_file"]},
        "/staff/needs/imports/<public_id>/marked.xlsx": {"public_id": rows["import_wrong"]},
        "/staff/briefings/<int:briefing_id>/booklet/booklet.pdf": {"briefing_id": rows["paper_id"]},
        "/staff/briefings/<int:briefing_id>/exports/<name>/file": {
            "briefing_id": rows["open_id"],
            "name": "registrations",
        },
        "/staff/outbox/<int:message_id>/mail.eml": {"message_id": rows["mail"]},
        "/open-data/<name>.<any(csv, jsonl):form>": {"name": "needs"},
        **{f"{to_staff}{deed}": of_slot for deed in ("", "/publish", "/remove")},
        **{f"/present/<token>/materials/<public_id>{deed}": handed_in for deed in ("", "/publish", "/remove")},
    }


def _attached(need: Need, rows: Rows) -> str:
    return attach(need, "계획.pdf", samples.a_pdf(b"plan"), rows["officer"], clock.now()).public_id


def _of_stories(rows: Rows) -> Values:
    published, asked = _with_picture(rows["story"]), _with_picture(rows["story_in_question"])
    story = story_with(rows["story"])
    other = consent_token(story, story.match.standing[0].organization_id)
    return {
        "/stories/<public_id>/picture/<file_id>": published,
        "/staff/stories/<public_id>/picture/<file_id>": published,
        "/stories/consent/<token>/picture/<file_id>": {
            "token": rows["story_asked"],
            "another": other,
            "file_id": asked["file_id"],
        },
        "/api/v1/stories/<public_id>": {"public_id": rows["story"]},
    }


def _with_picture(public_id: str) -> dict[str, str]:
    story: Story | None = story_with(public_id)
    assert story is not None
    story.picture, story.picture_alt = store("그물.png", samples.a_png(), clock.now()), "그물"
    db.session.flush()
    return {"public_id": public_id, "file_id": story.picture.public_id}


def _of_links(rows: Rows) -> Values:
    """`another`: a link like it that is not for the thing the address names."""
    other = db.session.get_one(Briefing, rows["soon_id"])
    reply = db.session.scalars(
        select(ParticipationReply).where(ParticipationReply.public_id == rows["reply_talked"])
    ).one()
    waiting = next(each for each in reply.colleagues if not each.is_in)
    password_token(rows["officer"], clock.now())  # there are two
    slides = next(each.file.public_id for slot in other.slots for each in slot.files if each.public)
    question = {"token": rows["moderator"], "another": moderator_token(other, day_of(other))}
    return {
        "/cal/f/<token>.ics": {"token": calendar_settings.make_feed("mailed@gaon.example.com", clock.now())},
        "/r/<token>/briefing.ics": {"token": rows["invited"]},
        "/talks/<token>/talk.ics": {"token": rows["talking_agreed"]},
        "/join/<token>/certificate.pdf": {"token": rows["cert_taken"]},
        "/join/<token>/slides": {"token": rows["inside_join"], "query": f"?file={slides}"},
        "/matches/<token>/progress/<int:progress_id>/remove": {
            "token": rows["match_confirmed"],
            "another": rows["match_waiting"],
        },
        "/my-data/<token>/consents/<int:consent_id>/withdraw": {"another": rows["my_data_none"]},
        "/moderate/<token>/questions/<public_id>": question,
        "/present/<token>/questions/<public_id>": {"another": rows["presenter_early"]},
        "/replies/<token>/colleagues/<public_id>": {
            "token": rows["link_talked"],
            "public_id": waiting.public_id,
            "another": rows["link_fresh"],
        },
    }


def _others(rows: Rows) -> Values:
    named = {"organization_id": rows["organization_named_anew"], "name_id": rows["organization_other_name"]}
    talk = db.session.scalars(select(Appointment).where(Appointment.public_id == rows["talk_agreed"])).one()
    return {
        "/my/talks/<public_id>/talk.ics": {"public_id": talk.public_id},
        "/staff/replies/talk/<int:item_id>": {"item_id": talk.owner_item_id},
        "/staff/organizations/<int:organization_id>/names/<int:name_id>/remove": named,
        "/staff/seasons/<int:season_id>/take": {"season_id": rows["season_stale"]},
        "/api/v1/rounds/<public_id>": {"public_id": rows["round_open"]},
        "/api/v1/matches/<int:need_id>": {"need_id": rows["need_of_match"]},
        "/api/v1/organizations/<int:organization_id>": {"organization_id": rows["organization"].id},
    }
