"""Who may call what: every view of the program with its mark, reviewed here, and the marks kept on every one."""

from itertools import product

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from briefings.accounts.models import Role
from briefings.web.access import MARKS, access_of, refuse_unmarked_views
from briefings.web.routing import RowNumber
from tests.builders import a_user, an_owner
from tests.client import Hasty
from tests.rendering import make_once
from tests.test_access_to_objects import signed_in as somebody

ACCESS = {
    "public": """
        account_requests: new sent
        accounts: code first_set_up forgotten forgotten_sent from_agency sign_in signed_out to_agency
        api: archive archived audiences briefing briefings codes match matches materials need needs openapi organization
            organizations round rounds start statistics statistics_series stories story themes
        archive: booklet file index show
        certificates: check show
        briefings: forget_person ics index month register registered short show
        developers: show
        display: settings
        entry: of_briefing show
        feeds: briefings of_audience of_theme
        front: accessibility guide guide_attendees guide_experts guide_owners guide_presenters home privacy robots
            search site_map sitemap
        imports: template
        my_data: ask erased sent
        needs: file index show
        open_data: catalog file index
        operation: health ready tell_metrics
        presenters: done
        registrations: find links_sent
        replies: sent write write_for_briefing
        rounds: handed_over index show
        static
        statistics: index
        stories: index picture show
        talks: door
    """,
    "by_key": """
        api: funnel
    """,
    "by_token": """
        account_requests: confirmation
        accounts: new_password
        answers: give_up take_back
        availability: answer
        certificates: file own take
        claims: show
        feeds: of_presenter of_registrant personal
        invitees: say_no show
        stories: consent picture_to_agree_to take_back
        matches: confirm end object_to show take_away tell
        live: enter join now qr seen slides
        my_data: as_json as_table correct erase show withdraw
        moderator: change_room cue_sheet desk notes parts press press_desk question say show
        presenters: accept be_there day day_now decline file hand_in hand_over ics invite_again no_stand_by
            publish_file remove_file show stand_by
        questions: ask unvote vote withdraw
        reconfirmation: answer show
        registrations: cancel change change_address confirm_address confirm_cancel consent forget_person ics
            invite_again register_again register_other remember_person show take_any withdraw_consent
        slot_questions: index_of_slot show_of_slot
        survey: take
        talks: cancel ics other_times send_again show
        replies: change raise_interest sent_from_join sent_with_link show withdraw write_from_join write_with_link
        reply_colleagues: decide index leave stop_waiting waiting
        rounds: account colleague intake nothing something
    """,
    "signed_in": """
        accounts: another_app end_other_sessions end_session new_codes own own_password second_factor
            second_factor_off sessions sign_out stay unlink_agency
    """,
    "member": """
        exports: ask_own
        owner: attach check close edit file move_file needs new remove_file reopen show withdraw write
        owner_interest: show
        owner_matches: end match show take_away tell
        owner_questions: index show
        owner_replies: acknowledge change_consultation decline index note_consultation show
        owner_talks: cancel change_terms ics index note offer offer_others send_again show
        owner_templates: change create discard index
    """,
    "expert": """
        advice: file give_back index write
        reviewer: file index recuse sheet
    """,
    "staff": """
        announcements: discard edit index new send show test
        availability: ask enter index
        board: card history hold hold_lane lane make_lane merge move order redo remove_lane set_time show split undo
        imports: blank check decide discard index marked new original save show take_back
        exports: ask made
        inbox: accept download handle index show
        outbox: body download handle index show test together trust undeliverable
        outbox_texts: edit index restore
        seasons: accept discard ease history index needs new rules show solve take times
        reviews: ask assign change_criterion copy_criteria decide due index list_criteria move_criterion need
            propose_criteria ranked record remind remove_criterion reviewer set_aside take_back tell undecide
            undo_recusal
        round_contacts: ask edit index lines members remind remove take
        staff: guide person today
        staff_erasing: erase
        staff_attendance: index mark_people organizations
        staff_audit: index
        staff_follow_up: index send
        staff_survey: edit index
        staff_tool_lists: columns discard likely new person show take
        staff_advice: ask hide index remind take_back
        staff_accounts: account_request approve_request decline_request index
        staff_organizations: index show
        staff_briefings: cancel changes copy discard discard_changes edit enter_registration
            hold_mails index move new
            preview publish registration registrations registrations_together show
        staff_booklet: bind file publish show
        staff_certificates: correct file index issue revoke rule show
        staff_day: change_room cue_sheet moderator notes parts press revoke say show
            put_up_replay set_room set_ways set_window settings
        staff_invitees: ask index remind remove
        staff_lists: discard look_again mend new show take
        staff_recognition: index
        staff_report: file remarks show
        staff_span_report: file show
        staff_stories: ask edit index of_match picture put_picture remind remove_picture show withdraw
        staff_matches: confirm_on_paper hide index show
        staff_matrix: index show
        staff_questions: desk index press show
        staff_presenters: act file files index publish_file remove_file
        staff_needs: add_topic ask_to_claim attach check close edit file index list_topics move_deadline move_file
            move_topic new
            publish remove_file rename_topic reopen revoke_claim send_back show withdraw write
        staff_replies: index of_talk remind show
        staff_rounds: announce dates discard edit index new show
        staff_telling: index rehearsal
        support: day destruction index show
        staff_funnel: index names organizations people
        staff_statistics: briefing index
        tasks: cancel show
    """,
    "administrator": """
        api_keys: index new revoke show
        consents: index new show
        rights: close files index period register requests turn_down
        staff_accounts: end_sessions new off on reset_second_factor send_link show unlink_agency withdraw_invitation
        staff_officers: themes
        staff_organizations: choose correct merge names remove_name take_back_apart tell_apart
        staff_webhooks: delivery edit index new remove renew_secret send_again show switch try_out
    """,
}


def table():
    """The mark of each endpoint."""
    found, prefix = {}, ""
    for mark, names in ACCESS.items():
        for name in names.split():
            if name.endswith(":"):
                prefix = name.replace(":", ".")
            else:
                found[name if name == "static" else prefix + name] = mark
    return found


def rules(app: Flask, method: str) -> list[Rule]:
    """The rules of a method, the one that ends the session last."""
    found = [rule for rule in app.url_map.iter_rules() if method in rule.methods and rule.endpoint != "static"]
    return sorted(found, key=lambda rule: rule.endpoint == "accounts.sign_out")


def address(app: Flask, rule: Rule, text: str = "abcd2345", number: int = 2**31 - 1) -> str:
    """An address of the rule, of a thing that is not there."""
    values = {}
    for name in rule.arguments - set(rule.defaults or {}):
        converter = rule._converters[name]
        of_words = min(converter.items) if isinstance(converter, AnyConverter) else text
        values[name] = number if isinstance(converter, RowNumber) else of_words
    with app.test_request_context():
        return rule.build(values, append_unknown=False)[1]


def is_named_by_text(rule: Rule) -> bool:
    """Whether a word of anybody's stands in its address, not only numbers and words of ours."""
    return any(not isinstance(kind, (RowNumber, AnyConverter)) for kind in rule._converters.values())


@pytest.fixture
def visitors(app, monkeypatch):
    """A client for each kind of visitor, and the marks whose views it may call."""
    make_once(monkeypatch)
    open_ = {"public", "by_token"}
    signed_in = open_ | {"signed_in"}
    return [
        (Hasty(app, app.response_class), open_),
        (somebody(app, a_user(Role.EXPERT)), signed_in | {"expert"}),
        (somebody(app, an_owner()), signed_in | {"member"}),
        (somebody(app, a_user(Role.OFFICER)), signed_in | {"staff"}),
        (somebody(app, a_user(Role.ADMINISTRATOR)), signed_in | {"staff", "administrator"}),
    ]


def who_may(visitors, rule: Rule):
    """Somebody whom the mark of the view lets in: an owner or an expert where only they may, else an administrator."""
    (administrator, _), (owner, _), (expert, _) = visitors[-1], visitors[2], visitors[1]
    return {"member": owner, "expert": expert}.get(table()[rule.endpoint], administrator)


def test_a_view_without_a_mark_keeps_the_program_from_starting():
    site = Flask("a site")
    site.add_url_rule("/", "front.new", lambda: "")
    with pytest.raises(RuntimeError, match=r"front\.new"):
        refuse_unmarked_views(site)


def test_every_view_has_the_mark_reviewed_here(app):
    marks = {endpoint: access_of(app, endpoint) for endpoint in app.view_functions}
    assert marks == table()
    assert set(marks.values()) <= set(MARKS)


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # decided before any question to a database
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_mark_lets_in_whom_it_names_and_nobody_else(app, visitors, method):
    """Of addresses that name no thing; tests/test_access_to_objects.py tries all others with things that are there."""
    marks = table()
    for (visitor, allowed), rule in product(visitors, [each for each in rules(app, method) if not each.arguments]):
        answer = visitor.open(address(app, rule), method=method)
        to_sign_in = (answer.location or "").startswith("/sign-in?")
        if marks[rule.endpoint] in allowed:
            assert not to_sign_in, rule
            assert answer.status_code not in (401, 403), rule
        else:
            refused = 401 if marks[rule.endpoint] == "by_key" else 403
            assert to_sign_in or answer.status_code == refused, f"{rule} lets in more than {marks[rule.endpoint]}"


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # decided before any question to a database
def test_no_form_is_taken_without_its_token(app, visitors, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    for rule in rules(app, "POST"):
        assert who_may(visitors, rule).post(address(app, rule)).status_code == 400, rule


@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)  # which refuses more
@pytest.mark.parametrize("odd", ["\x00", "²가나다", "a" * 3000, "..", "%'\"<>\U0001f600"])
def test_no_address_breaks_a_page(app, visitors, odd):
    for rule in filter(is_named_by_text, rules(app, "GET")):
        assert who_may(visitors, rule).get(address(app, rule, text=odd)).status_code < 500, rule


@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)  # whose numbers end sooner
def test_no_number_breaks_a_page(app, visitors):
    numbered = [rule for rule in rules(app, "GET") if not rule.arguments <= {"need_id", "briefing_id"}]
    for rule in numbered:
        if not is_named_by_text(rule):
            assert who_may(visitors, rule).get(address(app, rule)).status_code < 500, rule


@pytest.mark.parametrize("migrated_app", ["postgresql"], indirect=True)  # which refuses more
@pytest.mark.parametrize(
    "query",
    [
        "q=%00&page=0&state=x",
        "q=%25_&page=99999999999999999999&as_of=x",
        "page=x&theme=99999999999999999999&need=99999999999999999999&need=x",
    ],
)
def test_no_query_breaks_a_list(app, visitors, query):
    for rule in [rule for rule in rules(app, "GET") if not rule.arguments]:
        assert who_may(visitors, rule).get(f"{address(app, rule)}?{query}").status_code < 500, rule


def test_a_number_no_row_can_have_is_no_address(client):
    assert client.get(f"/needs/{2**31}").status_code == 404
