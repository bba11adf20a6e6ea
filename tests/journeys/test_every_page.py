"""Every page in every state it can be in, in both languages: no barrier, no sideways scrolling, no complaint."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser
from werkzeug.exceptions import NotFound

from tests.journeys.checks import NARROW, barriers, bring_axe, shape, trouble_on_a_phone
from tests.journeys.person import Person
from tests.journeys.rows import (
    ADMINISTRATOR,
    NEW_OWNER,
    NEW_REVIEWER,
    OWNER,
    PASSWORD,
    REVIEWER,
    STAFF,
    Rows,
    people,
)
from tests.journeys.running import Site, running_site

pytestmark = pytest.mark.browser

VISITOR = ""
# Name → address; " | " and what is pressed on the page first; " = " and the status where it is not 200.
PUBLIC = {
    "home": "/",
    "search": "/search",
    "search found": "/search?q=폐어망",
    "search not found": "/search?q=없는말",
    "guide": "/guide",
    "privacy": "/privacy",
    "accessibility": "/accessibility",
    "needs": "/needs",
    "needs, second page": "/needs?page=2",
    "needs found": "/needs?q=폐어망&region=nationwide&sort=title",
    "needs not found": "/needs?q=없는말",
    "need": "/needs/{need}",
    "need with little": "/needs/{need_bare}",
    "need matched": "/needs/{need_matched}",
    "need closed": "/needs/{need_closed}",
    "need to take over": "/needs/claim/{claim}",
    "need taken over": "/needs/claim/{claim_taken}",
    "need taken over too late": "/needs/claim/{claim_late} = 410",
    "rounds": "/rounds",
    "round announced": "/rounds/{round_announced}",
    "round open": "/rounds/{round_open}",
    "round closed": "/rounds/{round_closed}",
    "asked": "/rounds/for/{asked_silent}",
    "asked, nothing said": "/rounds/for/{asked_nothing}",
    "asked, handed in": "/rounds/for/{asked_handed_in}",
    "asked early": "/rounds/for/{asked_early}",
    "asked, too late": "/rounds/for/{asked_late}",
    "asked, saying nothing": "/rounds/for/{asked_silent}/nothing",
    "asked, naming a colleague": "/rounds/for/{asked_silent}/colleague",
    "asked, naming a colleague wrongly": "/rounds/for/{asked_silent}/colleague | submit",
    "asked, handed over": "/rounds/handed-over",
    "briefings": "/briefings",
    "briefings past": "/briefings?past=1",
    "briefings none": "/briefings?theme={theme}&audience={audience}&page=9",
    "briefings of a topic": "/briefings?theme={theme}&audience={audience}",
    "calendar": "/briefings/calendar",
    "calendar empty": "/briefings/calendar?month=2031-05",
    "briefing open": "/briefings/{open}",
    "briefing full": "/briefings/{full}",
    "briefing announced": "/briefings/{announced}",
    "briefing closed": "/briefings/{closed}",
    "briefing soon": "/briefings/{soon}",
    "briefing ended": "/briefings/{ended}",
    "briefing cancelled": "/briefings/{cancelled}",
    "briefing where staff approve, full": "/briefings/{approving_full}",
    "briefing of some kinds": "/briefings/{for_kinds}",
    "briefing of the invited": "/briefings/{for_invited}",
    "registering": "/briefings/{open}/register",
    "registering wrongly": "/briefings/{open}/register | submit",
    "registering a colleague": "/briefings/{open}/register | do add",
    "registering to wait": "/briefings/{full}/register",
    "registering too late": "/briefings/{closed}/register",
    "registering where staff approve": "/briefings/{approving}/register",
    "registering of some kinds": "/briefings/{for_kinds}/register",
    "registering of the invited": "/briefings/{for_invited}/register",
    "invited": "/i/{guest}",
    "invited, registering wrongly": "/i/{guest} | submit",
    "invited, not coming": "/i/{guest_declined}",
    "invited, registered": "/i/{guest_registered}",
    "invited, too late": "/i/{guest_late}",
    "registration confirmed": "/r/{confirmed}",
    "registration waiting": "/r/{waiting}",
    "registration cancelled": "/r/{gone}",
    "registration cancelled for good": "/r/{gone_for_good}",
    "registration requested": "/r/{requested}",
    "registration not approved": "/r/{refused}",
    "registration of a party": "/r/{with_colleagues}",
    "registration by staff": "/r/{entered}",
    "registering for another": "/r/{confirmed}/others/{approving}",
    "registering for another wrongly": "/r/{entered}/others/{open} | submit",
    "registering for another too late": "/r/{confirmed}/others/{closed}",
    "registering for another there": "/r/{confirmed}/others/{open}",
    "registration past": "/r/{past}",
    "registration called off": "/r/{called_off}",
    "registration changing": "/r/{confirmed}/change",
    "registration changing wrongly": "/r/{confirmed}/change | clear",
    "registration helped": "/r/{helped}",
    "consent to read": "/r/{helped}/consents/registration",
    "consent given": "/r/{helped}/consents/provision",
    "consent withdrawing": "/r/{helped}/consents/news/withdraw",
    "consent to give later": "/r/{confirmed}/consents/news",
    "consent to give later wrongly": "/r/{confirmed}/consents/news | submit",
    "registration by a colleague": "/r/{brought}",
    "registration cancelling": "/r/{confirmed}/cancel",
    "registration cancelling for good": "/r/{no_way_back}/cancel",
    "address changing": "/r/{confirmed}/address",
    "address changing wrongly": "/r/{confirmed}/address | submit",
    "address to confirm": "/r/new-address/{new_address}",
    "address confirmed too late": "/r/new-address/{new_address_late} = 410",
    "calendar kept": "/r/{invited}/calendar",
    "calendar kept by a feed": "/r/{invited}/calendar | do new",
    "calendar kept while waiting": "/r/{waiting}/calendar",
    "calendar kept by a presenter": "/present/{presenter}/calendar",
    "place to take back": "/r/{gone}/take-back",
    "place taken back": "/r/{confirmed}/take-back",
    "place to take back too late": "/r/{past_gone}/take-back",
    "place to give up": "/give-up/{give_up}",
    "place to give up too late": "/give-up/{give_up_late}",
    "registration of nobody": "/r/{confirmed}x = 404",
    "links asked for": "/registrations/find",
    "links asked for wrongly": "/registrations/find | submit",
    "links sent": "/registrations/find/sent",
    "coming or not": "/reconfirm/{confirmed_reconfirm}",
    "coming no more": "/reconfirm/{gone_reconfirm}",
    "entry by number": "/j",
    "entry by number wrongly": "/j | submit",
    "entry by number of a briefing": "/j/{room_code}",
    "join too early": "/join/{confirmed_join}",
    "join now": "/join/{ready_join}",
    "join entered": "/join/{inside_join}",
    "join over": "/join/{past_join}",
    "join called off": "/join/{called_off_join}",
    "join without a place": "/join/{waiting_join}",
    "talk": "/present/{presenter}",
    "talk declining": "/present/{presenter}/decline",
    "talk handing over": "/present/{presenter}/hand-over",
    "talk with slides": "/present/{presenter_early}",
    "talk over": "/present/{presenter_ended}",
    "talk slides late": "/present/{presenter}/materials",
    "talk slides": "/present/{presenter_early}/materials",
    "talk slides none wrongly": "/present/{presenter_early}/materials | submit",
    "talk slides too late": "/present/{presenter_ended}/materials",
    "talk stand-by": "/present/{presenter}/stand-by",
    "talk stand-by wrongly": "/present/{presenter_early}/stand-by | submit",
    "talk handing over wrongly": "/present/{presenter}/hand-over | submit",
    "talk declined": "/present/done/declined",
    "talk of today": "/present/{presenter_on}",
    "presenting now": "/present/{presenter_on}/day",
    "presenting next": "/present/{presenter_next}/day",
    "presenting later": "/present/{presenter_last}/day",
    "presented": "/present/{presenter_done}/day",
    "presenting long before": "/present/{presenter}/day",
    "presenting over": "/present/{presenter_ended}/day",
    "run sheet of the moderator": "/moderate/{moderator}",
    "cue sheet of the moderator": "/moderate/{moderator}/cue-sheet",
    "notes of the moderator": "/moderate/{moderator}/cue-sheet/notes",
    "run sheet by an old link": "/moderate/{moderator}x = 404",
    "times to answer": "/present/times/{times_silent}",
    "times to answer wrongly": "/present/times/{times_silent} | submit",
    "times answered": "/present/times/{times_said}",
    "times of nobody": "/present/times/{times_said}x = 404",
    "reply to a need": "/needs/{need}/reply",
    "reply wrongly": "/needs/{need}/reply | submit",
    "reply to a closed need": "/needs/{need_closed}/reply",
    "reply to a briefing": "/briefings/{open}/reply",
    "reply from a registration": "/r/{confirmed}/reply",
    "reply from the room": "/join/{inside_join}/reply",
    "reply kept": "/r/{drafted}/reply",
    "reply to one of a briefing": "/briefings/{open}/reply?need={need}",
    "reply sent": "/replies/sent",
    "reply sent from the room": "/join/{inside_join}/reply/sent",
    "colleagues of a reply": "/replies/{link_talked}/colleagues",
    "colleagues of a reply, none": "/replies/{link_fresh}/colleagues",
    "own reply with colleagues": "/replies/{link_talked}",
    "reply of a colleague": "/replies/{link_joined}",
    "leaving a reply": "/replies/{link_joined}/leave",
    "joining, waiting": "/joining/{joining_waits}",
    "joining, in": "/joining/{joining_in}",
    "joining, not": "/joining/{joining_no}",
    "own reply": "/replies/{link_fresh}",
    "own reply matched": "/replies/{link_matched}",
    "own reply declined": "/replies/{link_declined}",
    "own reply changing": "/replies/{link_fresh}/change",
    "own reply withdrawing": "/replies/{link_fresh}/withdraw",
    "past briefings": "/archive",
    "past briefings, none found": "/archive?q=없는말입니다",
    "past briefing": "/archive/{paper}",
    "past briefing with nothing left": "/archive/{bare_paper}",
    "certificate": "/join/{cert_taken}/certificate",
    "certificate to take": "/join/{cert_ready}/certificate",
    "certificate not yet": "/join/{cert_short}/certificate",
    "certificate taken back": "/join/{cert_lost}/certificate",
    "checking a certificate": "/certificates",
    "checking a certificate wrongly": "/certificates?number=2026 = 404",
    "certificate that holds": "/certificates/{number}",
    "certificate that was replaced": "/certificates/{number_old}",
    "certificate that was taken back": "/certificates/{number_lost}",
    "certificate of nobody": "/certificates/2026-AAAA-AAAA = 404",
    "figures": "/statistics",
    "figures before the first": "/statistics?as_of=2019-01-01",
    "sign in": "/sign-in",
    "sign in wrongly": "/sign-in | submit",
    "password forgotten": "/forgotten-password",
    "password link sent": "/forgotten-password/sent",
    "new password": "/new-password/{new_password}",
    "new password too late": "/new-password/{new_password}x = 410",
    "account asked for": "/account/request",
    "account asked for wrongly": "/account/request | submit",
    "account request sent": "/account/request/sent",
    "account request to confirm": "/account/request/{request_new}",
    "account request waiting": "/account/request/{request_pending}",
    "account request too late": "/account/request/{request_new}x = 410",
    "display": "/display",
    "nothing there": "/nothing = 404",
}
OWNERS = {
    "own needs": "/my/needs",
    "need to write": "/my/needs/new",
    "need to write in a round": "/my/needs/new?round={open_round}",
    "need to write wrongly": "/my/needs/new | submit",
    "own need published": "/my/needs/{need}",
    "own need, who is interested": "/my/needs/{need}/interested",
    "own need, who is interested by name": "/my/needs/{need}/interested | do look",
    "own need, nobody interested": "/my/needs/{need_bare}/interested",
    "own need returned": "/my/needs/{need_returned}",
    "own need draft": "/my/needs/{need_draft}",
    "own need closed": "/my/needs/{need_closed}",
    "own need going on": "/my/needs/{need_draft}/edit",
    "own need introduction": "/my/needs/{need}/edit/introduction",
    "own need introduction wrongly": "/my/needs/{need}/edit/introduction | clear",
    "own need introduction returned": "/my/needs/{need_returned}/edit/introduction",
    "own need exchange": "/my/needs/{need}/edit/exchange",
    "own need exchange wrongly": "/my/needs/{need}/edit/exchange | clear",
    "own need topics": "/my/needs/{need}/edit/topics",
    "own need contact": "/my/needs/{need}/edit/contact",
    "own need contact wrongly": "/my/needs/{need}/edit/contact | clear",
    "own need files": "/my/needs/{need}/edit/files",
    "own need files none": "/my/needs/{need_draft}/edit/files",
    "own need files none wrongly": "/my/needs/{need_draft}/edit/files | submit",
    "own need files full": "/my/needs/{need_full}/edit/files",
    "own need file removing": "/my/needs/{need}/edit/files/{file}/remove",
    "own need check": "/my/needs/{need}/edit/check",
    "own need check returned": "/my/needs/{need_returned}/edit/check",
    "own need check lacking": "/my/needs/{need_full}/edit/check",
    "own need check lacking wrongly": "/my/needs/{need_full}/edit/check | submit",
    "own need withdrawing": "/my/needs/{need_bare}/withdraw",
    "own need closing": "/my/needs/{need_bare}/close",
    "own replies": "/my/replies",
    "reply new": "/my/replies/{reply_fresh}",
    "reply late": "/my/replies/{reply_late}",
    "reply talked about": "/my/replies/{reply_talked}",
    "reply matched": "/my/replies/{reply_matched}",
    "reply declined": "/my/replies/{reply_declined}",
    "reply declining": "/my/replies/{reply_fresh}/decline",
    "reply declining wrongly": "/my/replies/{reply_fresh}/decline | submit",
    "match recording": "/my/replies/{reply_talked}/match",
    "match recording wrongly": "/my/replies/{reply_talked}/match | submit",
    "own account": "/account",
    "own password": "/account/password",
    "own password wrongly": "/account/password | submit",
    "staff only": "/staff/needs = 403",
}
NEW_OWNERS = {"no needs": "/my/needs", "no replies": "/my/replies"}
STAFFS = {
    "today": "/staff/",
    "matrix": "/staff/matrix",
    "candidates": "/staff/matrix/{theme}/{audience}",
    "candidates planned too": "/staff/matrix/{theme}/{audience}?planned=1",
    "board": "/staff/seasons/{board}/board",
    "board of a topic": "/staff/seasons/{board}/board?theme={theme}&audience={audience}",
    "board after a change": "/staff/seasons/{board}/board?said=4&at=need-{board_need}",
    "board settled": "/staff/seasons/{board_settled}/board",
    "board without lanes": "/staff/seasons/{board_bare}/board",
    "board empty": "/staff/seasons/{board_empty}/board",
    "board, one card": "/staff/seasons/{board}/board/needs/{board_need}",
    "board, one lane": "/staff/seasons/{board}/board/lanes/{board_lane}",
    "board, undoing another's": "/staff/seasons/{board}/board/undo/1",
    "board history": "/staff/seasons/{board}/board/history",
    "board history none": "/staff/seasons/{board_empty}/board/history",
    "staff briefings": "/staff/briefings",
    "staff briefings drafts": "/staff/briefings?shelf=draft",
    "staff briefings past": "/staff/briefings?shelf=over",
    "briefing of needs": "/staff/briefings/new?need={need}&need={need_bare}&theme={theme}&audience={audience}",
    "briefing of nothing": "/staff/briefings/new",
    "briefing of nothing wrongly": "/staff/briefings/new | submit",
    "draft": "/staff/briefings/{draft_id}",
    "draft blank": "/staff/briefings/{blank_id}",
    "staff briefing open": "/staff/briefings/{open_id}",
    "staff briefing ended": "/staff/briefings/{ended_id}",
    "staff briefing cancelled": "/staff/briefings/{cancelled_id}",
    "draft editing": "/staff/briefings/{draft_id}/edit",
    "draft editing wrongly": "/staff/briefings/{draft_id}/edit | clear",
    "briefing editing": "/staff/briefings/{open_id}/edit",
    "briefing editing over": "/staff/briefings/{ended_id}/edit",
    "draft previewing": "/staff/briefings/{draft_id}/preview",
    "staff briefing with changes": "/staff/briefings/{announced_id}",
    "changes": "/staff/briefings/{announced_id}/changes",
    "changes contested": "/staff/briefings/{closed_id}/changes",
    "changes contested wrongly": "/staff/briefings/{closed_id}/changes | do settle",
    "changes discarding": "/staff/briefings/{announced_id}/changes/discard",
    "changes editing": "/staff/briefings/{closed_id}/edit",
    "changes previewing": "/staff/briefings/{announced_id}/preview",
    "briefing copying": "/staff/briefings/{ended_id}/copy",
    "briefing copying to a day": "/staff/briefings/{ended_id}/copy | do look",
    "draft publishing": "/staff/briefings/{draft_id}/publish",
    "draft not to be published": "/staff/briefings/{blank_id}/publish",
    "draft discarding": "/staff/briefings/{draft_id}/discard",
    "briefing moving": "/staff/briefings/{open_id}/move",
    "briefing cancelling": "/staff/briefings/{open_id}/cancel",
    "briefing cancelling wrongly": "/staff/briefings/{open_id}/cancel | submit",
    "presenters": "/staff/briefings/{open_id}/presenters",
    "presenters of nothing": "/staff/briefings/{blank_id}/presenters",
    "run sheet": "/staff/briefings/{on_id}/day",
    "run sheet before": "/staff/briefings/{soon_id}/day",
    "run sheet long before": "/staff/briefings/{open_id}/day",
    "run sheet over": "/staff/briefings/{ended_id}/day",
    "run sheet called off": "/staff/briefings/{cancelled_id}/day",
    "run sheet of nothing": "/staff/briefings/{blank_id}/day",
    "set-up of the day": "/staff/briefings/{soon_id}/day/settings",
    "set-up of the day with one way more": "/staff/briefings/{soon_id}/day/settings | do add",
    "set-up of a day that is over": "/staff/briefings/{ended_id}/day/settings",
    "set-up of the day of nothing": "/staff/briefings/{blank_id}/day/settings",
    "cue sheet": "/staff/briefings/{on_id}/day/cue-sheet",
    "cue sheet of nothing": "/staff/briefings/{blank_id}/day/cue-sheet",
    "notes of the cue sheet": "/staff/briefings/{on_id}/day/cue-sheet/notes",
    "moderator's link": "/staff/briefings/{on_id}/day/moderator",
    "moderator's link wrongly": "/staff/briefings/{on_id}/day/moderator | submit",
    "moderator's link of what is over": "/staff/briefings/{ended_id}/day/moderator",
    "reminders": "/staff/briefings/{open_id}/telling",
    "reminders of a draft": "/staff/briefings/{draft_id}/telling",
    "reminders past": "/staff/briefings/{ended_id}/telling",
    "reminders called off": "/staff/briefings/{cancelled_id}/telling",
    "registrants": "/staff/briefings/{open_id}/registrations",
    "registrants as a file": "/staff/briefings/{open_id}/registrations/export",
    "registrants as a file wrongly": "/staff/briefings/{open_id}/registrations/export?state=confirmed | submit",
    "registrants as a file, none": "/staff/briefings/{announced_id}/registrations/export",
    "registrants none": "/staff/briefings/{announced_id}/registrations",
    "registrant": "/staff/briefings/{open_id}/registrations/{confirmed_number}",
    "support": "/staff/support",
    "support none": "/staff/support?state=impossible",
    "support over": "/staff/support?over=y",
    "support to answer": "/staff/support/{support_asked}",
    "support to answer opened": "/staff/support/{support_asked} | do look",
    "support answered opened": "/staff/support/{support_answered} | do look",
    "support past opened": "/staff/support/{support_past} | do look",
    "support of nobody": "/staff/support/{confirmed_number}",
    "support on the day": "/staff/support/briefings/{open_id}",
    "support on the day opened": "/staff/support/briefings/{open_id} | do look",
    "support on a day without any": "/staff/support/briefings/{announced_id}",
    "support to be destroyed": "/staff/support/destruction",
    "registrants to decide about": "/staff/briefings/{deciding_id}/registrations",
    "registrants requested": "/staff/briefings/{deciding_id}/registrations?state=requested",
    "registrants approving": "/staff/briefings/{deciding_id}/registrations/together/approve?all=1&state=requested",
    "registrants approving nobody": "/staff/briefings/{deciding_id}/registrations/together/approve",
    "registrants refusing": "/staff/briefings/{deciding_id}/registrations/together/refuse?id={requested_number}",
    "registrants refusing wrongly": "/staff/briefings/{deciding_id}/registrations/together/refuse"
    "?id={requested_number} | submit",
    "registrants removing": "/staff/briefings/{deciding_id}/registrations/together/remove?id={requested_number}",
    "registrants moving": "/staff/briefings/{deciding_id}/registrations/together/move?all=1",
    "registrants moving there": "/staff/briefings/{deciding_id}/registrations/together/move?all=1 | do look",
    "registrant requested": "/staff/briefings/{deciding_id}/registrations/{requested_number}",
    "registrant refused": "/staff/briefings/{deciding_id}/registrations/{refused_number}",
    "registrant entering": "/staff/briefings/{deciding_id}/registrations/enter",
    "registrant entering wrongly": "/staff/briefings/{deciding_id}/registrations/enter | submit",
    "briefing to decide about": "/staff/briefings/{deciding_id}",
    "briefing to decide about editing": "/staff/briefings/{deciding_id}/edit",
    "invitees": "/staff/briefings/{deciding_id}/invitees",
    "invitees wrongly": "/staff/briefings/{deciding_id}/invitees | submit",
    "invitees none": "/staff/briefings/{draft_id}/invitees",
    "invitees past": "/staff/briefings/{ended_id}/invitees",
    "invitee removing": "/staff/briefings/{deciding_id}/invitees/{guest_listed}/remove",
    "inviting": "/staff/briefings/{deciding_id}/invitees/ask",
    "inviting nobody": "/staff/briefings/{draft_id}/invitees/ask",
    "reminding the invited": "/staff/briefings/{deciding_id}/invitees/remind",
    "list": "/staff/briefings/{deciding_id}/lists/{list_good}",
    "list wrong": "/staff/briefings/{deciding_id}/lists/{list_bad}",
    "list wrong row": "/staff/briefings/{deciding_id}/lists/{list_bad}/rows/2",
    "list taking": "/staff/briefings/{deciding_id}/lists/{list_good}/take",
    "list to invite taking": "/staff/briefings/{deciding_id}/lists/{list_invite}/take",
    "list discarding": "/staff/briefings/{deciding_id}/lists/{list_good}/discard",
    "list working": "/staff/briefings/{deciding_id}/lists/{list_working}",
    "list failed": "/staff/briefings/{deciding_id}/lists/{list_failed}",
    "list taken": "/staff/briefings/{deciding_id}/lists/{list_taken}",
    "list discarded": "/staff/briefings/{deciding_id}/lists/{list_discarded}",
    "list new": "/staff/briefings/{deciding_id}/lists/new?purpose=invite",
    "list new wrongly": "/staff/briefings/{deciding_id}/lists/new | submit",
    "staff needs": "/staff/needs",
    "staff needs not found": "/staff/needs?q=없는말",
    "staff need submitted": "/staff/needs/{need_submitted}",
    "staff need published": "/staff/needs/{need}",
    "staff need returned": "/staff/needs/{need_returned}",
    "staff need to hand over": "/staff/needs/{need_unclaimed}",
    "staff need being handed over": "/staff/needs/{need_claim}",
    "staff need handed over": "/staff/needs/{need_claim_taken}",
    "staff need new": "/staff/needs/new",
    "staff need new wrongly": "/staff/needs/new | submit",
    "staff need going on": "/staff/needs/{need_full}/edit",
    "staff need topics": "/staff/needs/{need}/edit/topics",
    "staff need files": "/staff/needs/{need}/edit/files",
    "staff need file removing": "/staff/needs/{need}/edit/files/{file}/remove",
    "staff need check": "/staff/needs/{need_full}/edit/check",
    "staff need returning": "/staff/needs/{need_submitted}/return",
    "staff need returning wrongly": "/staff/needs/{need_submitted}/return | submit",
    "staff need deadline": "/staff/needs/{need_returned}/deadline",
    "staff need withdrawing": "/staff/needs/{need_bare}/withdraw",
    "staff need closing": "/staff/needs/{need_bare}/close",
    "imports": "/staff/needs/imports",
    "imports of a round": "/staff/needs/imports?round_id={round_draft_id}",
    "import new": "/staff/needs/imports/new?round_id={round_open_id}",
    "import new wrongly": "/staff/needs/imports/new | submit",
    "import instead": "/staff/needs/imports/new?instead={import_wrong}",
    "import checking": "/staff/needs/imports/{import_checking}",
    "import stopped": "/staff/needs/imports/{import_stopped}",
    "import wrong": "/staff/needs/imports/{import_wrong}",
    "import wrong of a kind": "/staff/needs/imports/{import_wrong}?mistake=unknown_kind",
    "import wrong as a whole": "/staff/needs/imports/{import_wrong}?mistake=hidden",
    "import doubtful": "/staff/needs/imports/{import_doubtful}",
    "import with a row left out": "/staff/needs/imports/{import_left_out}",
    "import ready": "/staff/needs/imports/{import_ready}",
    "import to save": "/staff/needs/imports/{import_left_out}/save",
    "import to discard": "/staff/needs/imports/{import_ready}/discard",
    "import saving": "/staff/needs/imports/{import_saving}",
    "import saved": "/staff/needs/imports/{import_saved}",
    "import saved, second page": "/staff/needs/imports/{import_saved}?page=2",
    "import to take back": "/staff/needs/imports/{import_saved}/take-back",
    "import touched": "/staff/needs/imports/{import_touched}",
    "import taken back": "/staff/needs/imports/{import_taken_back}",
    "import discarded": "/staff/needs/imports/{import_discarded}",
    "topics": "/staff/needs/topics",
    "topic new": "/staff/needs/topics/themes/new",
    "topic renaming": "/staff/needs/topics/audiences/{audience}",
    "staff replies": "/staff/replies",
    "staff replies late": "/staff/replies?state=late",
    "staff reply": "/staff/replies/{reply_talked}",
    "mails": "/staff/outbox",
    "mails not found": "/staff/outbox?q=없는말",
    "mail": "/staff/outbox/{mail}",
    "mail failed": "/staff/outbox/{mail_failed}",
    "mail held": "/staff/outbox/{mail_held}",
    "mail waiting": "/staff/outbox/{mail_waiting}",
    "mail bounced": "/staff/outbox/{mail_bounced}",
    "mails of a briefing": "/staff/outbox?about=briefing:{open_id}",
    "mails to hold": "/staff/outbox/together/hold?all=1&about=briefing:{open_id}",
    "mails to release": "/staff/outbox/together/release?id={mail_held}&id={mail_failed}",
    "mails to send again": "/staff/outbox/together/again?all=1",
    "mails none ticked": "/staff/outbox/together/hold",
    "received": "/staff/inbox",
    "received all": "/staff/inbox?shelf=all",
    "received not found": "/staff/inbox?q=없는말",
    "received letter": "/staff/inbox/{received_letter}",
    "received from a stranger": "/staff/inbox/{received_stranger}",
    "received proposal": "/staff/inbox/{received_proposal}",
    "received answer": "/staff/inbox/{received_answer}",
    "received too large": "/staff/inbox/{received_large}",
    "addresses given up": "/staff/outbox/undeliverable",
    "address to trust": "/staff/outbox/undeliverable/trust?email=gone@gaon.example.com",
    "person": "/staff/people?email=mailed@gaon.example.com",
    "people found": "/staff/people?email=mailed",
    "people found by a name": "/staff/people?email=%EC%9D%B4",
    "people not found": "/staff/people?email=%EC%97%86%EB%8A%94%EC%82%AC%EB%9E%8C",
    "person given up": "/staff/people?email=gone@gaon.example.com",
    "person unknown": "/staff/people?email=nobody@nowhere.example.com",
    "person nobody": "/staff/people",
    "slides": "/staff/briefings/{open_id}/presenters/{slot}/files",
    "slides none wrongly": "/staff/briefings/{open_id}/presenters/{slot}/files | submit",
    "announcements": "/staff/briefings/{open_id}/announcements",
    "announcements none": "/staff/briefings/{soon_id}/announcements",
    "announcements of a draft": "/staff/briefings/{draft_id}/announcements",
    "announcement new": "/staff/briefings/{open_id}/announcements/new",
    "announcement new wrongly": "/staff/briefings/{open_id}/announcements/new | submit",
    "announcement": "/staff/briefings/{open_id}/announcements/{letter}",
    "announcement to nobody": "/staff/briefings/{open_id}/announcements/{letter_to_nobody}",
    "announcement sent": "/staff/briefings/{open_id}/announcements/{letter_sent}",
    "announcement editing": "/staff/briefings/{open_id}/announcements/{letter}/edit",
    "announcement sending": "/staff/briefings/{open_id}/announcements/{letter}/send",
    "announcement discarding": "/staff/briefings/{open_id}/announcements/{letter}/discard",
    "texts": "/staff/outbox/texts",
    "text": "/staff/outbox/texts/ko/invitation",
    "text in English": "/staff/outbox/texts/en/text/reminder",
    "text wrongly": "/staff/outbox/texts/ko/invitation | clear",
    "text giving back": "/staff/outbox/texts/restore/ko/invitation",
    "staff rounds": "/staff/rounds",
    "staff round new": "/staff/rounds/new",
    "staff round new wrongly": "/staff/rounds/new | submit",
    "staff round draft": "/staff/rounds/{round_draft_id}",
    "staff round open": "/staff/rounds/{round_open_id}",
    "staff round none of a kind": "/staff/rounds/{round_open_id}?answer=silent&kind=central",
    "staff round closed": "/staff/rounds/{round_closed_id}",
    "staff round editing": "/staff/rounds/{round_open_id}/edit",
    "staff round announcing": "/staff/rounds/{round_draft_id}/announce",
    "staff round moving": "/staff/rounds/{round_open_id}/dates",
    "staff round reopening": "/staff/rounds/{round_closed_id}/dates",
    "staff round moving wrongly": "/staff/rounds/{round_closed_id}/dates | submit",
    "staff round discarding": "/staff/rounds/{round_draft_id}/discard",
    "contacts": "/staff/rounds/{round_open_id}/contacts",
    "contacts none": "/staff/rounds/{round_draft_id}/contacts",
    "contacts that answered": "/staff/rounds/{round_announced_id}/contacts?answering=yes",
    "contact wrongly": "/staff/rounds/{round_open_id}/contacts | submit",
    "contacts pasting": "/staff/rounds/{round_open_id}/contacts/lines",
    "contacts taking over": "/staff/rounds/{round_open_id}/contacts/take",
    "contact correcting": "/staff/rounds/{round_open_id}/contacts/{asked_silent_id}/edit",
    "contact removing": "/staff/rounds/{round_open_id}/contacts/{asked_silent_id}/remove",
    "contacts asking": "/staff/rounds/{round_open_id}/contacts/ask",
    "contacts asked already": "/staff/rounds/{round_closed_id}/contacts/ask",
    "contacts reminding": "/staff/rounds/{round_open_id}/contacts/remind",
    "contacts reminding nobody": "/staff/rounds/{round_closed_id}/contacts/remind",
    "seasons": "/staff/seasons",
    "seasons none": "/staff/seasons?state=discarded",
    "season new": "/staff/seasons/new",
    "season new wrongly": "/staff/seasons/new | submit",
    "season of nothing": "/staff/seasons/{season_bare}",
    "season ready": "/staff/seasons/{season_ready}",
    "season planned": "/staff/seasons/{season_planned}",
    "season being solved": "/staff/seasons/{season_busy}",
    "season changed meanwhile": "/staff/seasons/{season_stale}",
    "season accepted": "/staff/seasons/{season_accepted}",
    "season needs": "/staff/seasons/{season_ready}/needs",
    "season needs not found": "/staff/seasons/{season_accepted}/needs",
    "season times": "/staff/seasons/{season_planned}/times",
    "season times looked at": "/staff/seasons/{season_ready}/times | do look",
    "season times none": "/staff/seasons/{season_bare}/times",
    "season rules": "/staff/seasons/{season_ready}/rules",
    "season rules wrongly": "/staff/seasons/{season_ready}/rules | clear",
    "season rules settled": "/staff/seasons/{season_accepted}/rules",
    "season accepting": "/staff/seasons/{season_planned}/accept",
    "season not to be accepted": "/staff/seasons/{season_impossible}/accept",
    "season discarding": "/staff/seasons/{season_planned}/discard",
    "season history": "/staff/seasons/{season_accepted}/history",
    "availability": "/staff/seasons/{season_planned}/availability",
    "availability of nobody": "/staff/seasons/{season_bare}/availability",
    "availability asking": "/staff/seasons/{season_ready}/availability/ask",
    "availability asked": "/staff/seasons/{season_planned}/availability/ask",
    "availability reminding": "/staff/seasons/{season_planned}/availability/remind",
    "availability entering": "/staff/seasons/{season_ready}/availability/of/{season_need}",
    "availability entering wrongly": "/staff/seasons/{season_ready}/availability/of/{season_need} | submit",
    "staff figures": "/staff/statistics",
    "funnel": "/staff/statistics/briefings/{ended_id}",
    "funnel of nothing": "/staff/statistics/briefings/{blank_id}",
    "accounts": "/staff/accounts",
    "account request": "/staff/accounts/requests/{request}",
}
STAFFS |= {
    "booklet": "/staff/briefings/{paper_id}/booklet",
    "booklet on its way": "/staff/briefings/{waiting_paper_id}/booklet",
    "booklet of nothing": "/staff/briefings/{bare_paper_id}/booklet",
    "certificates": "/staff/briefings/{paper_id}/certificates",
    "certificates, none found": "/staff/briefings/{paper_id}/certificates?q=없는말",
    "certificates of nobody": "/staff/briefings/{bare_paper_id}/certificates",
    "certificates too early": "/staff/briefings/{open_id}/certificates",
    "who gets a certificate": "/staff/briefings/{paper_id}/certificates/rule",
    "staff certificate": "/staff/briefings/{paper_id}/certificates/{number}",
    "staff certificate replaced": "/staff/briefings/{paper_id}/certificates/{number_old}",
    "staff certificate taken back": "/staff/briefings/{paper_id}/certificates/{number_lost}",
    "certificate correcting": "/staff/briefings/{paper_id}/certificates/{number}/correct",
    "certificate correcting wrongly": "/staff/briefings/{paper_id}/certificates/{number}/correct | clear",
    "certificate taking back": "/staff/briefings/{paper_id}/certificates/{number}/revoke",
    "certificate taking back wrongly": "/staff/briefings/{paper_id}/certificates/{number}/revoke | submit",
    "certificates taking away": "/staff/briefings/{paper_id}/certificates/export",
    "certificates taking away wrongly": "/staff/briefings/{paper_id}/certificates/export | submit",
    "certificates taking away none": "/staff/briefings/{bare_paper_id}/certificates/export",
    "review": "/staff/rounds/{under}/reviews",
    "review to begin": "/staff/rounds/{begun_empty}/reviews",
    "review without reviewers": "/staff/rounds/{begun}/reviews",
    "review of nothing": "/staff/rounds/{stuck}/reviews",
    "last day of a review": "/staff/rounds/{under}/reviews/due",
    "criteria": "/staff/rounds/{under}/reviews/criteria",
    "criteria none": "/staff/rounds/{begun_empty}/reviews/criteria",
    "criteria wrongly": "/staff/rounds/{begun}/reviews/criteria | submit",
    "criteria copying": "/staff/rounds/{begun_empty}/reviews/criteria/copy",
    "criterion": "/staff/rounds/{begun}/reviews/criteria/{criterion}",
    "criterion wrongly": "/staff/rounds/{begun}/reviews/criteria/{criterion} | clear",
    "reviewers": "/staff/rounds/{under}/reviews/assign",
    "reviewers, given out": "/staff/rounds/{under}/reviews/assign | do look",
    "reviewers wrongly": "/staff/rounds/{begun}/reviews/assign | submit",
    "reviewers asking": "/staff/rounds/{under}/reviews/ask",
    "reviewers reminding": "/staff/rounds/{under}/reviews/remind",
    "ranking": "/staff/rounds/{under}/reviews/ranking",
    "ranking narrowed": "/staff/rounds/{under}/reviews/ranking?only=disputed&sort=spread",
    "ranking narrowed to nothing": "/staff/rounds/{under}/reviews/ranking?only=reserve",
    "ranking of nothing": "/staff/rounds/{stuck}/reviews/ranking",
    "scores of a need": "/staff/rounds/{under}/reviews/needs/{scored}",
    "scores of a need, few": "/staff/rounds/{under}/reviews/needs/{scored_little}",
    "scores of a need, decided": "/staff/rounds/{under}/reviews/needs/{scored_decided}",
    "scores of a need, gone": "/staff/rounds/{under}/reviews/needs/{scored_gone}",
    "reviewer": "/staff/rounds/{under}/reviews/reviewers/{reviewer}",
    "reviewer, taking back": "/staff/rounds/{under}/reviews/sheets/{sheet_waiting}/take-back",
    "leaving a score out": "/staff/rounds/{under}/reviews/sheets/{sheet_done}/set-aside",
    "leaving a score out wrongly": "/staff/rounds/{under}/reviews/sheets/{sheet_done}/set-aside | submit",
    "deciding": "/staff/rounds/{under}/reviews/decide?need={scored}&need={scored_little}",
    "deciding wrongly": "/staff/rounds/{under}/reviews/decide?need={scored} | submit",
    "deciding the rest": "/staff/rounds/{under}/reviews/decide?rest=1",
    "deciding nothing": "/staff/rounds/{under}/reviews/decide",
    "telling": "/staff/rounds/{under}/reviews/tell",
    "telling nothing": "/staff/rounds/{begun}/reviews/tell",
    "telling impossible": "/staff/rounds/{stuck}/reviews/tell",
    "record of decisions": "/staff/rounds/{under}/reviews/record",
    "record of decisions, narrowed": "/staff/rounds/{under}/reviews/record?chapter=decisions&need={scored_decided}",
    "record of decisions, none": "/staff/rounds/{begun}/reviews/record",
}
REVIEWERS = {
    "reviews": "/reviews",
    "sheet": "/reviews/{sheet_open}",
    "sheet wrongly": "/reviews/{sheet_open} | submit",
    "sheet submitted": "/reviews/{sheet_done}",
    "sheet stepped back from": "/reviews/{sheet_recused}",
    "sheet left out": "/reviews/{sheet_left_out}",
    "sheet decided": "/reviews/{sheet_decided}",
    "sheet of a need that is gone": "/reviews/{sheet_gone}",
    "stepping back": "/reviews/{sheet_open}/recuse",
    "stepping back wrongly": "/reviews/{sheet_open}/recuse | submit",
}
NEW_REVIEWERS = {"no reviews": "/reviews"}
ADMINISTRATORS = {
    "account": "/staff/accounts/{user}",
    "account new": "/staff/accounts/new",
    "consent texts": "/staff/consents",
    "consent text": "/staff/consents/reply",
    "consent text new": "/staff/consents/registration/new",
    "consent text new, nothing changed": "/staff/consents/registration/new | submit",
    "consent text new wrongly": "/staff/consents/provision/new | clear",
    "consent text new to check": "/staff/consents/registration/new | change",
}
TABLE = {
    VISITOR: PUBLIC,
    OWNER: OWNERS,
    NEW_OWNER: NEW_OWNERS,
    REVIEWER: REVIEWERS,
    NEW_REVIEWER: NEW_REVIEWERS,
    STAFF: STAFFS,
    ADMINISTRATOR: ADMINISTRATORS,
}
IN_ENGLISH = (VISITOR, OWNER, NEW_OWNER, REVIEWER, NEW_REVIEWER)


@pytest.fixture(scope="module")
def sitting(somebody: Callable[..., Person], rows: Rows) -> Iterator[Callable[[str, str], Person]]:
    """One person of each role who looks at all pages of theirs, and one who looks at them in English on a phone."""
    sitting: dict[tuple[str, str], Person] = {}

    def person(email: str, prefix: str) -> Person:
        if (email, prefix) not in sitting:
            new = sitting[email, prefix] = somebody()
            if email:
                new.sign_in(email, PASSWORD)
            if prefix:
                new.page.set_viewport_size(NARROW)
            else:
                bring_axe(new.page.context)
        return sitting[email, prefix]

    return person


@pytest.fixture(scope="module")
def new_site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation that has accounts and nothing else."""
    with running_site(tmp_path_factory.mktemp("new")) as site:
        with site.app.app_context():
            people()
        yield site


CASES = [
    pytest.param(email, prefix, address, id=f"{name}{' in English' * bool(prefix)}")
    for email, pages in TABLE.items()
    for name, address in pages.items()
    for prefix in (("", "/en") if email in IN_ENGLISH else ("",))
]
shapes: dict[tuple[str, str], str] = {}
"""Of the pages in Korean that were looked at."""


NOT_PAGES = {
    "static",
    "archive.booklet",
    "archive.file",
    "certificates.file",
    "staff_booklet.file",
    "staff_certificates.file",
    "operation.health",
    "operation.ready",
    "operation.tell_metrics",
    "staff_briefings.exported_registrations",
    "front.robots",
    "front.sitemap",
    "briefings.ics",
    "feeds.briefings",
    "feeds.of_theme",
    "feeds.of_audience",
    "feeds.personal",
    "registrations.ics",
    "presenters.ics",
    "presenters.file",
    "presenters.day_now",  # the part of a page that changes by itself
    "staff_day.parts",  # the same
    "moderator.parts",  # the same
    "live.now",  # the same
    "live.qr",
    "live.slides",
    "staff_presenters.file",
    "needs.file",
    "tasks.show",  # the part of a page that shows how far long work is
    "owner.file",
    "reviewer.file",
    "staff_needs.file",
    "imports.template",
    "imports.blank",
    "imports.original",
    "imports.marked",
    "outbox.download",
    "inbox.download",
    "outbox.body",  # a mail in its frame
    "briefings.short",  # leads on
    "staff_telling.rehearsal",  # leads on
    "briefings.registered",  # only after registering: test_signing_up.py
}


AT_THE_BEGINNING = {
    VISITOR: (
        "/",
        "/needs",
        "/briefings",
        "/briefings?past=1",
        "/briefings/calendar",
        "/search?q=폐어망",
        "/statistics",
        "/rounds",
    ),
    STAFF: (
        *("/staff/", "/staff/needs", "/staff/matrix", "/staff/briefings", "/staff/replies", "/staff/outbox"),
        *("/staff/inbox", "/staff/statistics", "/staff/accounts", "/staff/rounds", "/staff/needs/imports"),
    ),
}


@pytest.mark.parametrize("email", [VISITOR, STAFF], ids=["a visitor", "an officer"])
def test_an_installation_without_anything_says_what_to_do(new_site, somebody, email):
    person = somebody(to=new_site)
    if email:
        person.sign_in(email, PASSWORD)
    found = []
    for address in AT_THE_BEGINNING[email]:
        person.open(address)
        person.take_picture(f"nothing-at{address.partition('?')[0]}")
        found += [f"{address} {trouble}" for trouble in barriers(person.page) + trouble_on_a_phone(person.page)]
    assert not found + person.complaints


def test_no_page_is_left_out(site, rows):
    addresses = site.app.url_map.bind("")
    looked_at = set()
    for pages in TABLE.values():
        for address in pages.values():
            path = address.partition(" ")[0].partition("?")[0].format(**rows)
            with suppress(NotFound):
                looked_at.add(addresses.match(path)[0])
    shown = {rule.endpoint for rule in site.app.url_map.iter_rules() if "GET" in rule.methods}
    assert shown - looked_at - NOT_PAGES == set()


@pytest.mark.parametrize(("email", "prefix", "address"), CASES)
def test_page(sitting, rows, request, email, prefix, address):
    person = sitting(email, prefix)
    person.complaints.clear()
    page, (address, _, status) = (email, address), address.partition(" = ")
    path, _, act = address.partition(" | ")
    answer = person.open(prefix + path.format(**rows))
    assert answer.status == int(status or 200)
    if act:
        _send(person, act)
    person.take_picture(request.node.callspec.id)
    found = trouble_on_a_phone(person.page)
    if not prefix:
        shapes[page] = shape(person.page)
    # In English the words are others, the look is the same, and mostly the elements are too.
    if not prefix or shape(person.page) != shapes.get(page):
        found += barriers(person.page, look=not prefix)
        if prefix:
            person.page.set_viewport_size(NARROW)
    found += person.complaints
    assert not found, "\n".join(found)


def _send(person: Person, act: str) -> None:
    """Send the main form of the page as it is, or with its text cleared away; it comes back with what is wrong.

    `do …` presses the button that does this; with `change` the form is sent with something else in it, and goes on.
    """
    if act.startswith("do "):
        does = f'[name=do][value="{act.removeprefix("do ")}"]'
        with person.page.expect_navigation():
            person.page.locator(f"main button{does}, main form:has(input{does}) button").click()
        return
    form = person.page.locator("main form.form").first
    if act == "clear":
        for field in form.locator("input[type=text], textarea").all():
            field.fill("")
    if act == "change":
        form.locator("textarea").first.fill("고쳐 쓴 글")
        with person.page.expect_navigation():
            form.get_by_role("button").last.click()
        return
    with person.page.expect_navigation():
        form.get_by_role("button").last.click()
    assert person.page.evaluate("document.activeElement.id") == "error-summary"
