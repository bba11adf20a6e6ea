"""Whoever sees people's data leaves a trace: once an hour, beside what was done, and never in the way of an answer."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.exc import OperationalError

from briefings.audit import seeing
from briefings.audit.models import AuditEntry
from briefings.audit.recording import history_of
from briefings.audit.seeing import PAGES
from briefings.db import db
from briefings.web.access import access_of
from tests.builders import a_need, a_registration, a_reply, a_user, an_owner


def acts() -> list[str]:
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_who_saw_the_people_of_a_list_is_recorded_once_an_hour(client, now):
    briefing = a_registration().briefing
    officer = a_user()
    address = f"/staff/briefings/{briefing.id}/registrations"
    client.sign_in(officer)
    for minutes, number in ((0, 1), (59, 1), (61, 2)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            client.sign_in(officer).get(address)
        assert acts() == ["registrants.seen"] * number
    client.sign_in(a_user()).get(address)
    assert len(acts()) == 3
    assert history_of(briefing) == [], "who looked is no part of what was done to it"


def test_what_was_not_shown_was_not_seen(client):
    need = a_need()
    client.get(f"/needs/{need.id}")
    client.sign_in(an_owner()).get("/staff/people?email=gaon@example.kr")
    client.sign_in(a_user()).get("/staff/briefings/999/registrations")
    assert acts() == []


def test_owners_leave_a_trace_too(client):
    reply = a_reply()
    owner = an_owner(reply.need.organization)
    assert client.sign_in(owner).get(f"/my/replies/{reply.public_id}").status_code == 200
    [entry] = db.session.query(AuditEntry)
    assert (entry.action, entry.about_type, entry.about_id) == ("reply.seen", "seen:participation_replies", reply.id)


def test_an_answer_does_not_fail_where_the_log_cannot_be_written(client, monkeypatch, caplog):
    briefing = a_registration().briefing
    client.sign_in(a_user())
    monkeypatch.setattr(seeing, "record", _fails)
    assert client.get(f"/staff/briefings/{briefing.id}/registrations").status_code == 200
    assert "seen=registrants.seen" in caplog.text


def _fails(*_args, **_named):
    raise OperationalError("INSERT", {}, Exception("disk full"))


WITHOUT_PEOPLE = """
    announcements: discard edit index new send show
    api_keys: index new revoke show
    availability: ask
    board: card history lane show undo
    consents: index new show
    exports: ask ask_own made
    imports: blank discard index new save take_back
    outbox: together trust
    outbox_texts: edit index restore
    owner: attach check close edit file needs new remove_file show withdraw write
    owner_interest: show
    owner_matches: end match
    owner_replies: acknowledge change_consultation decline
    owner_talks: cancel change_terms ics offer offer_others
    owner_templates: change create discard index
    reviews: ask assign change_criterion copy_criteria decide due index list_criteria need ranked record
        remind reviewer set_aside take_back tell
    rights: close files index period register turn_down
    round_contacts: ask lines remind remove take
    seasons: accept discard history index needs new rules show times
    staff: guide today
    staff_accounts: new
    staff_advice: ask hide index
    staff_booklet: file show
    staff_briefings: cancel changes copy discard discard_changes edit enter_registration index move new
        preview publish show
    staff_certificates: revoke rule
    staff_day: moderator notes parts settings show
    staff_follow_up: index send
    staff_funnel: index names organizations
    staff_invitees: ask remind remove
    staff_lists: discard new take
    staff_matches: confirm_on_paper hide index
    staff_matrix: index show
    staff_needs: add_topic attach check close edit file index list_topics move_deadline new remove_file
        rename_topic send_back withdraw write
    staff_officers: themes
    staff_organizations: choose correct index merge names
    staff_presenters: file files
    staff_replies: of_talk remind
    staff_report: file remarks show
    staff_span_report: file show
    staff_rounds: announce dates discard edit index new show
    staff_statistics: briefing index
    staff_stories: ask edit index of_match picture put_picture show withdraw
    staff_survey: edit
    staff_telling: index rehearsal
    staff_tool_lists: discard new take
    staff_webhooks: delivery edit index new remove renew_secret show
    support: day destruction show
    tasks: show
"""
"""Pages that show nobody but accounts of staff, or nobody whom the page that leads to them did not show already."""


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)
def test_of_every_page_for_staff_and_owners_it_is_decided_whether_it_shows_people(app):
    marks = {"staff", "administrator", "member"}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and access_of(app, rule.endpoint) in marks
    }
    assert sorted(pages - set(PAGES) - without_people()) == [], "add it to audit/seeing.py, or to the list here"
    assert sorted((set(PAGES) | without_people()) - pages) == [], "there is no such page"


def without_people() -> set[str]:
    found, prefix = set(), ""
    for name in WITHOUT_PEOPLE.split():
        if name.endswith(":"):
            prefix = name.replace(":", ".")
        else:
            found.add(prefix + name)
    return found
