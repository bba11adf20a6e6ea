"""create_app: settings, extensions, blueprints, composers, commands. Only wsgi.py and the tests import it."""

import gc
import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Flask
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix

from briefings import OFTEN, logs
from briefings.accounts import (
    agency_pages,  # noqa: F401 (views of the accounts)
    second_factor_pages,  # noqa: F401 (the same)
    session_pages,  # noqa: F401 (the same)
    way_in,
)
from briefings.accounts import mails as account_mails
from briefings.accounts import pages as account_pages
from briefings.accounts import words as account_words
from briefings.afterwards import (
    certificate_boxes,
    certificate_mails,
    certificate_pages,
    certificate_staff_pages,
    follow_up_pages,
    survey_box,
    survey_pages,
    survey_staff_pages,
)
from briefings.afterwards import list_files as afterwards_list_files
from briefings.afterwards import mails as afterwards_mails
from briefings.afterwards import models as afterwards_models  # noqa: F401 (the same)
from briefings.announcements import mails as announcement_mails
from briefings.announcements import pages as announcement_pages
from briefings.announcements import words as announcement_words
from briefings.api import developer_pages as api_developer_pages
from briefings.api import key_pages as api_key_pages
from briefings.api import models as api_models  # noqa: F401 (its tables)
from briefings.api import open_data_pages as api_open_data_pages
from briefings.api import programs as api_programs
from briefings.api.describing import SCOPES
from briefings.api.problems import told_to_programs
from briefings.archive import belongings as archive_belongings
from briefings.archive import binding as archive_binding
from briefings.archive import booklet_pages, stories_mails, stories_pages, stories_staff, stories_words
from briefings.archive import booklets as archive_booklets
from briefings.archive import list_files as archive_list_files
from briefings.archive import public as archive_public
from briefings.archive.boxes import BoxMaker as ArchiveBox
from briefings.audit import details as audit_details
from briefings.audit import pages as audit_pages
from briefings.audit import seeing as audit_seeing
from briefings.audit import words as audit_words
from briefings.config import beside_or_inside, settings_from
from briefings.db import db, let_go
from briefings.demo.public import example_accounts
from briefings.exports import list_files as export_list_files
from briefings.exports import making as export_making
from briefings.exports import models as export_models  # noqa: F401 (its table)
from briefings.exports import pages as export_pages
from briefings.exports.lists import ListFile, action_words, by_name
from briefings.front import operation as front_operation
from briefings.front import public as front_public
from briefings.front import staff as front_staff
from briefings.front import theme_guard
from briefings.imports import mails as import_mails
from briefings.imports import pages as import_pages
from briefings.imports import words as import_words
from briefings.imports import work as import_work
from briefings.imports.forms import DECISIONS
from briefings.inbox import list_files as inbox_list_files
from briefings.inbox import mails as inbox_mails
from briefings.inbox import public as inbox_public
from briefings.inbox import staff as inbox_staff
from briefings.inbox import words as inbox_words
from briefings.live import (
    attendance_pages,
    attendance_words,
    moderator_mails,
    moderator_pages,
    presenting_pages,  # noqa: F401 (views of the presenters)
    tool_pages,
)
from briefings.live import day_pages as live_day
from briefings.live import entry_pages as live_entry
from briefings.live import list_files as live_list_files
from briefings.live import mails as live_mails
from briefings.live import pages as live_pages
from briefings.live import presenter_box as live_presenter_box
from briefings.live import question_pages as live_questions  # noqa: F401 (views of the moderator)
from briefings.live import setup_pages as live_setup  # noqa: F401 (views of the staff's day)
from briefings.live.boxes import BoxMaker
from briefings.live.setup_forms import ATTENDANCE_RULES, ROOM_KINDS
from briefings.mentoring import boxes as mentoring_boxes
from briefings.mentoring import list_files as mentoring_list_files
from briefings.mentoring import mails as mentoring_mails
from briefings.mentoring import pages as mentoring_pages
from briefings.mentoring import staff as mentoring_staff
from briefings.mentoring import words as mentoring_words
from briefings.needs import belongings as need_belongings
from briefings.needs import claim_pages, officer_pages
from briefings.needs import list_files as need_list_files
from briefings.needs import mails as need_mails
from briefings.needs import owner as need_owner
from briefings.needs import staff as need_staff
from briefings.needs import words as need_words
from briefings.needs.boxes import Show
from briefings.needs.officers import themes_of_each
from briefings.needs.rounds import titles as round_titles
from briefings.organizations import belongings as organization_belongings
from briefings.organizations import list_files as organization_list_files
from briefings.organizations import mails as organization_mails
from briefings.organizations import public as organization_public
from briefings.organizations import staff as organization_staff
from briefings.organizations import staff_organizations
from briefings.organizations import words as organization_words
from briefings.organizations.belongings import Belongings
from briefings.outbox import mails as outbox_mails
from briefings.outbox import pages as outbox_pages
from briefings.outbox import text_pages as outbox_texts
from briefings.outbox import words as outbox_words
from briefings.outbox.mail import Composer
from briefings.outbox.texts import Text
from briefings.participation import (
    appointment_mails,
    appointment_pages,
    choosing_pages,
    colleague_mails,
    colleague_pages,
    desk_mails,
    interest_box,
    match_box,
    match_mails,
    match_pages,
    match_staff_pages,
    need_pages,
    own_box,
    own_pages,  # noqa: F401 (views of the replies)
    partner_pages,
    retrospect,
    template_pages,
)
from briefings.participation import belongings as participation_belongings
from briefings.participation import list_files as participation_list_files
from briefings.participation import mails as participation_mails
from briefings.participation import owner as participation_owner
from briefings.participation import public as participation_public
from briefings.participation import staff as participation_staff
from briefings.participation import words as participation_words
from briefings.privacy import pages as privacy_pages
from briefings.privacy import words as privacy_words
from briefings.questions import list_files as question_list_files
from briefings.questions import mails as question_mails
from briefings.questions import owner as question_owner
from briefings.questions import pages as question_pages
from briefings.questions import presenter_box
from briefings.questions import staff as question_staff
from briefings.questions import words as question_words
from briefings.registrations import (
    consent_pages,  # noqa: F401 (views of the own pages)
    deciding_pages,  # noqa: F401 (views of the staff's briefings)
    entering_pages,  # noqa: F401 (the same)
    invited_pages,
    invitee_mails,
    invitee_pages,
    list_pages,
    list_work,
    listing,
    other_pages,  # noqa: F401 (views of the own pages)
    reconfirm_pages,
    support_mails,
    support_pages,
)
from briefings.registrations import list_files as registration_list_files
from briefings.registrations import models as registration_models  # noqa: F401 (its tables)
from briefings.registrations import own_pages as registration_pages
from briefings.registrations import owner as registration_owner
from briefings.registrations import public as registration_public  # noqa: F401 (views of the briefings)
from briefings.registrations import staff as registration_staff
from briefings.registrations import words as registration_words
from briefings.reviews import assigning_pages, reviewer_pages, selecting_pages  # noqa: F401 (views of the review)
from briefings.reviews import list_files as review_list_files
from briefings.reviews import mails as review_mails
from briefings.reviews import pages as review_pages
from briefings.reviews import words as review_words
from briefings.rights import list_files as rights_list_files
from briefings.rights import mails as rights_mails
from briefings.rights import pages as rights_pages
from briefings.rights import staff as rights_staff
from briefings.rights import words as rights_words
from briefings.rounds import belongings as round_belongings
from briefings.rounds import contact_pages as round_contact_pages
from briefings.rounds import list_files as round_list_files
from briefings.rounds import mails as round_mails
from briefings.rounds import pages as round_pages
from briefings.rounds import public as round_public
from briefings.rounds import words as round_words
from briefings.schedule import belongings as schedule_belongings
from briefings.schedule import (
    editor_pages,  # noqa: F401 (views of the staff's briefings)
    link_mails,
    material_mails,
    presenter_pages,
    presenter_staff_pages,
    registering_mails,
)
from briefings.schedule import feed_pages as schedule_feeds
from briefings.schedule import list_files as schedule_list_files
from briefings.schedule import mails as schedule_mails
from briefings.schedule import matrix as schedule_matrix
from briefings.schedule import presenter_mails as schedule_presenter_mails
from briefings.schedule import public as schedule_public
from briefings.schedule import reminder_mails as schedule_reminder_mails
from briefings.schedule import telling_pages as schedule_telling
from briefings.schedule import words as schedule_words
from briefings.schedule.calendar_models import ItemKind
from briefings.schedule.calendar_objects import Describe
from briefings.schedule.ladder import RUNGS
from briefings.schedule.overview import titles
from briefings.schedule.presenter_boxes import Show as PresenterBox
from briefings.schedule.reaching import reach_of_account
from briefings.seasons import availability_pages, lane_pages
from briefings.seasons import list_files as season_list_files
from briefings.seasons import mails as season_mails
from briefings.seasons import setup_pages as season_setup_pages
from briefings.seasons import solving as season_solving
from briefings.seasons import words as season_words
from briefings.seasons.making import titles as season_titles
from briefings.statistics import archive_box, funnel_pages, recognition_pages, report_pages, span_report_pages
from briefings.statistics import list_files as statistics_list_files
from briefings.statistics import models as statistics_models  # noqa: F401 (its table)
from briefings.statistics import pages as statistics_pages
from briefings.tasks import pages as task_pages
from briefings.tasks import showing
from briefings.tasks import words as task_words
from briefings.tasks.running import Function
from briefings.web import (
    access,
    content,  # noqa: F401 (notices what kept pages show)
    display,
    filters,
    indexing,
    labels,
    logging,
    problems,
    security,
    stamped,
    uploads,
)
from briefings.web.language import LanguagePrefix, babel, language, other_language_url, said, said_of
from briefings.web.on_demand import Commands, Migrations
from briefings.web.routing import RowNumber, refuse_odd_paths
from briefings.web.site import Site
from briefings.webhooks import mails as webhook_mails
from briefings.webhooks import pages as webhook_pages
from briefings.webhooks import words as webhook_words

BLUEPRINTS: tuple[Blueprint, ...] = (
    front_public.pages,
    front_operation.pages,
    front_staff.pages,
    outbox_pages.pages,
    outbox_texts.pages,
    display.pages,
    audit_pages.pages,
    webhook_pages.pages,
    task_pages.pages,
    account_pages.pages,
    organization_public.pages,
    organization_staff.pages,
    staff_organizations.pages,
    privacy_pages.pages,
    rights_pages.pages,
    rights_staff.pages,
    rights_staff.people_pages,
    live_pages.pages,
    live_entry.pages,
    attendance_pages.pages,
    tool_pages.pages,
    follow_up_pages.pages,
    survey_pages.pages,
    survey_staff_pages.pages,
    certificate_pages.pages,
    certificate_staff_pages.pages,
    live_day.pages,
    moderator_pages.pages,
    question_pages.pages,
    question_owner.pages,
    question_owner.slot_pages,
    question_staff.pages,
    need_owner.pages,
    need_staff.pages,
    officer_pages.pages,
    round_pages.pages,
    round_contact_pages.pages,
    round_public.pages,
    import_pages.pages,
    review_pages.pages,
    reviewer_pages.pages,
    mentoring_pages.pages,
    mentoring_staff.pages,
    need_pages.pages,
    claim_pages.pages,
    schedule_public.pages,
    registration_pages.pages,
    registration_owner.pages,
    invited_pages.pages,
    reconfirm_pages.pages,
    inbox_public.pages,
    inbox_staff.pages,
    presenter_pages.pages,
    schedule_feeds.pages,
    schedule_matrix.pages,
    season_setup_pages.pages,  # and the rest of a season
    availability_pages.pages,
    lane_pages.pages,  # and the rest of a season's board
    registration_staff.pages,  # and the rest of the staff's briefings
    invitee_pages.pages,
    list_pages.pages,
    presenter_staff_pages.pages,
    schedule_telling.pages,
    support_pages.pages,
    announcement_pages.pages,
    participation_public.pages,
    colleague_pages.pages,
    participation_owner.pages,
    appointment_pages.pages,
    template_pages.pages,
    choosing_pages.pages,
    match_pages.pages,
    partner_pages.pages,
    match_staff_pages.pages,
    participation_staff.pages,
    archive_public.pages,
    stories_pages.pages,
    stories_staff.pages,
    booklet_pages.pages,
    statistics_pages.pages,
    statistics_pages.staff_pages,
    funnel_pages.pages,
    recognition_pages.pages,
    span_report_pages.pages,
    report_pages.pages,
    export_pages.pages,
    api_programs.pages,
    api_developer_pages.pages,
    api_key_pages.pages,
    api_open_data_pages.pages,
)
COMPOSERS: dict[str, Composer] = {
    **outbox_mails.COMPOSERS,
    **webhook_mails.COMPOSERS,
    **rights_mails.COMPOSERS,
    **account_mails.COMPOSERS,
    **organization_mails.COMPOSERS,
    **need_mails.COMPOSERS,
    **round_mails.COMPOSERS,
    **import_mails.COMPOSERS,
    **review_mails.COMPOSERS,
    **mentoring_mails.COMPOSERS,
    **schedule_mails.COMPOSERS,
    **invitee_mails.COMPOSERS,
    **registering_mails.COMPOSERS,
    **link_mails.COMPOSERS,
    **support_mails.COMPOSERS,
    **schedule_presenter_mails.COMPOSERS,
    **material_mails.COMPOSERS,
    **season_mails.COMPOSERS,
    **schedule_reminder_mails.COMPOSERS,
    **live_mails.COMPOSERS,
    **afterwards_mails.COMPOSERS,
    **question_mails.COMPOSERS,
    **moderator_mails.COMPOSERS,
    **certificate_mails.COMPOSERS,
    **inbox_mails.COMPOSERS,
    **participation_mails.COMPOSERS,
    **desk_mails.COMPOSERS,
    **appointment_mails.COMPOSERS,
    **match_mails.COMPOSERS,
    **stories_mails.COMPOSERS,
    **colleague_mails.COMPOSERS,
    **announcement_mails.COMPOSERS,
}
TEXTS: dict[str, dict[str, Text]] = {
    "계정": {**account_mails.TEXTS, **organization_mails.TEXTS},
    "수요 과제": need_mails.TEXTS,
    "수요조사": {**round_mails.TEXTS, **import_mails.TEXTS},
    "심사와 선정": review_mails.TEXTS,
    "전문가 조언": mentoring_mails.TEXTS,
    "참여 답글": {
        **participation_mails.TEXTS,
        **desk_mails.TEXTS,
        **appointment_mails.TEXTS,
        **match_mails.TEXTS,
        **stories_mails.TEXTS,
        **colleague_mails.TEXTS,
    },
    "발송": {**outbox_mails.TEXTS, **webhook_mails.TEXTS},
    "내 개인정보": rights_mails.TEXTS,
    "설명회 신청": {
        **schedule_mails.TEXTS,
        **registering_mails.TEXTS,
        **invitee_mails.TEXTS,
        **link_mails.TEXTS,
        **support_mails.TEXTS,
    },
    "발표": {**schedule_presenter_mails.TEXTS, **material_mails.TEXTS, **season_mails.TEXTS, **moderator_mails.TEXTS},
    "질문과 답": question_mails.TEXTS,
    "달력의 답": inbox_mails.TEXTS,
    "참가 확인증": certificate_mails.TEXTS,
    "알림": {**schedule_reminder_mails.TEXTS, **live_mails.TEXTS, **afterwards_mails.TEXTS},
}
"""Every text of a message, as staff see them listed."""
ENTRIES: dict[ItemKind, Describe] = {ItemKind.APPOINTMENT: appointment_mails.entries}
"""What entries in calendars say that belong to no briefing."""
BOXES_OF_OWNER: tuple[Show, ...] = (match_box.of_owner, retrospect.of_owner, mentoring_boxes.of_owner)
BOXES_OF_STAFF: tuple[Show, ...] = (match_box.of_staff, retrospect.of_staff, mentoring_boxes.of_staff)
"""What the pages of a need show besides the need itself, to its owner and to staff."""
BELONGINGS: Belongings = (
    *organization_belongings.BELONGINGS,
    *need_belongings.BELONGINGS,
    *round_belongings.BELONGINGS,
    *schedule_belongings.BELONGINGS,
    *participation_belongings.BELONGINGS,
    *archive_belongings.BELONGINGS,
)
"""Everything that names an organization: what goes along when two are made one."""
EXPORTS: dict[str, ListFile] = by_name(
    (
        *need_list_files.LISTS,
        *round_list_files.LISTS,
        *review_list_files.LISTS,
        *mentoring_list_files.LISTS,
        *season_list_files.LISTS,
        *schedule_list_files.LISTS,
        *registration_list_files.LISTS,
        *live_list_files.LISTS,
        *question_list_files.LISTS,
        *afterwards_list_files.LISTS,
        *participation_list_files.LISTS,
        *archive_list_files.LISTS,
        *statistics_list_files.LISTS,
        *rights_list_files.LISTS,
        *organization_list_files.LISTS,
        *inbox_list_files.LISTS,
        *export_list_files.LISTS,
    )
)
"""Every list that is taken away as a file."""
TASKS: dict[str, Function] = {
    "check_needs": import_work.check,
    "save_needs": import_work.save,
    season_solving.KIND: season_solving.solve,
    listing.TASK: list_work.take_people,
    export_making.KIND: partial(export_making.make_file, EXPORTS, MultiDict, reach_of_account),
    archive_booklets.KIND: archive_binding.bind,
}
"""What the worker does when a task of this kind was asked for."""
JOIN_BOXES: tuple[BoxMaker, ...] = (interest_box.box, survey_box.survey_box, certificate_boxes.certificate_box)
"""What stands on a join page for one person, in this order."""
OWN_BOXES: tuple[BoxMaker, ...] = (own_box.own_box,)
"""What stands on the own page of a registration beside what was given with it, in this order."""
ARCHIVE_BOXES: tuple[ArchiveBox, ...] = (archive_box.in_numbers,)
"""What the pages of past briefings show beside what is left of them."""
PRESENTER_BOXES: tuple[PresenterBox, ...] = (live_presenter_box.box_of_day, presenter_box.presenter_box)
"""What stands on a presenter's own page, in this order."""
COMMANDS: dict[str, str] = {
    "users": "briefings.accounts.commands:users",
    "statistics": "briefings.statistics.commands:statistics",
    "demo": "briefings.demo.commands:demo",
    "privacy": "briefings.rights.commands:privacy",
    "mail-in": "briefings.inbox.commands:mail_in_command",
    "plan": "briefings.planner.commands:plan",
    "worker": "briefings.jobs:worker_command",
    "serve": "briefings.serving:serve_command",
    "backup": "briefings.backups:backup_command",
    "restore": "briefings.backups:restore_command",
    "db": "flask_migrate.cli:db",
}
"""Where each is found, for whoever calls it: the web needs none, nor what they load."""
WORDS: tuple[labels.Words, ...] = (
    audit_words.WORDS,
    webhook_words.WORDS,
    task_words.WORDS,
    outbox_words.WORDS,
    inbox_words.WORDS,
    account_words.WORDS,
    organization_words.WORDS,
    need_words.WORDS,
    round_words.WORDS,
    import_words.WORDS,
    review_words.WORDS,
    mentoring_words.WORDS,
    schedule_words.WORDS,
    question_words.WORDS,
    registration_words.WORDS,
    privacy_words.WORDS,
    season_words.WORDS,
    attendance_words.WORDS,
    participation_words.WORDS,
    stories_words.WORDS,
    announcement_words.WORDS,
)

PARTS_CHANGED: dict[str, Mapping[str, str]] = {
    "briefings": schedule_words.DETAILS | ATTENDANCE_RULES,
    "needs": need_words.FIELDS,
    "rounds": round_words.PARTS,
    "organizations": organization_words.PARTS | {each.key: each.title for each in BELONGINGS},
    "seasons": season_words.RULES,
}
"""What the parts of things are called in the log, where they were changed."""
SAID_UNDER_A_KEY = {
    **{f"kind:{name}": about.title for name, about in rights_words.KINDS.items()},
    **{f"scopes:{scope}": words for scope, words in SCOPES.items()},
    **{f"fields:{name}": words for name, words in rights_words.CORRECTED.items()},
    **{f"ways:{kind}": words for kind, words in ROOM_KINDS.items()},
    **{f"reminders:{rung.value}": f"{schedule_words.STEPS[rung.step][0]}{' 문자' * rung.by_text}" for rung in RUNGS},
    **{f"visibility:{each}": words for each, words in schedule_words.VISIBILITIES.items()},
    **{f"eligibility:{each}": words for each, words in schedule_words.ELIGIBILITIES.items()},
    **{f"approval:{each}": words for each, words in schedule_words.APPROVAL.items()},
    **{f"{side}_tags:{each}": words for side in ("offer", "seek") for each, words in need_words.RESOURCES.items()},
    **{f"rows:{each.value}": each.label for each in DECISIONS},
}
"""Words of the log for values that mean this under the key before the colon alone."""

# All is loaded, and stays.
gc.freeze()
gc.set_threshold(*OFTEN)


def create_app(settings: Mapping[str, Any] | None = None, environ: Mapping[str, str] = os.environ) -> Flask:
    """The WSGI application with its settings from `environ`, `settings` on top."""
    app = Site(__name__, template_folder=str(beside_or_inside("templates")))
    app.config.update(settings_from(environ))
    app.config.update(settings or {})
    logs.begin(app.config["LOG_FORMAT"], app.config["LOG_LEVEL"])
    app.url_map.converters["int"] = RowNumber
    _extend(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli = Commands(COMMANDS)
    app.extensions["composers"] = COMPOSERS
    app.extensions["told_to_programs"] = told_to_programs
    app.extensions["themes_of_each"] = themes_of_each
    app.extensions["belongings"] = BELONGINGS
    app.extensions["entries"] = ENTRIES
    app.extensions["tasks"] = TASKS
    app.extensions["exports"] = EXPORTS
    app.extensions["reach"] = theme_guard.own_reach
    app.extensions["narrowed_reach"] = theme_guard.narrowed_reach
    app.extensions["may_follow"] = theme_guard.may_follow
    app.extensions["audit_actions"] = audit_words.ACTIONS | action_words(EXPORTS.values())
    app.extensions["audit_names"] = PARTS_CHANGED
    app.extensions["audit_values"] = audit_details.values_of(WORDS) | SAID_UNDER_A_KEY
    app.extensions["join_boxes"] = JOIN_BOXES
    app.extensions["own_boxes"] = OWN_BOXES
    app.extensions["archive_boxes"] = ARCHIVE_BOXES
    app.extensions["presenter_boxes"] = PRESENTER_BOXES
    app.extensions["subjects"] = _subjects
    app.extensions["silence"] = showing.silence
    app.extensions["boxes_of_owner"] = BOXES_OF_OWNER
    app.extensions["boxes_of_staff"] = BOXES_OF_STAFF
    app.extensions["text_groups"] = TEXTS
    app.extensions["texts"] = {name: text for group in TEXTS.values() for name, text in group.items()}
    access.refuse_unmarked_views(app)
    return app


def _subjects(about: Sequence[str] | None = None) -> dict[str, str]:
    """What messages are filed under, for staff who look for them: briefings, rounds and seasons by their names."""
    return titles(about) | round_titles(about) | season_titles(about)


def _extend(app: Flask) -> None:
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    db.init_app(app)
    app.teardown_appcontext(let_go)  # before that of the library, which fails where the database is away
    app.extensions["migrate"] = Migrations(db, str(beside_or_inside("migrations")))
    babel.init_app(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(said, said_of, newstyle=True)  # type: ignore[attr-defined]
    logging.register(app)  # before anything else: what it sets up is there for every line, what it notes comes last
    app.before_request(uploads.allow_uploads)  # before anybody reads the body of a request
    CSRFProtect(app)
    security.limiter.init_app(app)
    login = LoginManager(app)
    app.after_request_funcs[None].remove(login._update_remember_cookie)  # it looks at every session, for nobody
    login.login_view = "accounts.sign_in"
    login.login_message = None
    login.session_protection = None  # what browsers say of themselves changes; sessions have an end of their own
    login.user_loader(way_in.user_in_session)
    login.unauthorized_handler(way_in.ask_to_sign_in)
    app.jinja_env.globals["session_seconds"] = way_in.session_seconds
    app.jinja_env.globals["session_ends_in"] = way_in.session_ends_in
    app.jinja_env.globals["longest_hours"] = way_in.longest_hours
    app.jinja_env.globals["only_read"] = theme_guard.only_read
    app.jinja_env.globals["only_own"] = theme_guard.only_own
    app.jinja_env.globals["may_go"] = theme_guard.may_go
    filters.register(app)
    stamped.register(app)
    labels.register(app, *WORDS)
    problems.register(app)
    indexing.register(app)
    app.jinja_env.globals["other_language_url"] = other_language_url
    app.jinja_env.globals["example_accounts"] = example_accounts
    app.before_request(refuse_odd_paths)
    app.before_request(access.enforce)
    audit_seeing.register(app)
    app.before_request(way_in.note_activity)
    app.before_request(theme_guard.guard_themes)
    app.after_request(security.add_headers)
