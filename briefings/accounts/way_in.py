"""Between the password and a session: the second proof, and what was typed when a session ended meanwhile."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from briefings import clock
from briefings.accounts.forms import CodeForm, SignInForm
from briefings.accounts.linking import link
from briefings.accounts.models import User, UserSession
from briefings.accounts.sessions import begin, idle_life, is_to_be_noted, longest_life, note_use, session_with
from briefings.accounts.signing_in import note_sign_in, user_numbered
from briefings.db import db, trouble_of, unit_of_work
from briefings.web.routing import own_path
from briefings.web.sealing import seal, unseal
from briefings.web.security import made_by_script, network

log = logging.getLogger(__name__)

HALF, SESSION, WAY, SUBJECT = "half", "_user_id", "way", "subject"
PASSWORD, AGENCY = "password", "agency"
"""Ways to give the first proof."""
HALF_FOR = timedelta(minutes=10)
"""So long somebody may take between the first proof and the second."""
TYPED = "typed-before-sign-in"
TYPED_FOR = timedelta(hours=24)
LARGEST_KEPT = 300_000
"""Bytes of typed text that are carried through signing in."""


@dataclass(frozen=True)
class Half:
    """Somebody who has given the first proof of who they are, and not yet the second."""

    user: User
    way: str
    next: str
    subject: str
    """Who they are for the service of their agency, if it gave the first proof."""


def present_session() -> str:
    """The session this browser is in."""
    return str(session.get(SESSION, ""))


def way_of_session() -> str:
    """How whoever is signed in gave the first proof."""
    return str(session.get(WAY, PASSWORD))


def user_in_session(session_id: str) -> User | None:
    """Whoever is signed in with this browser; looked up once for each request, in one statement."""
    if g.get("database_failed"):  # the page that says so asks too, as every page does
        return None
    now = clock.now()
    found = session_with(session_id, now)
    if found is None:
        return None
    g.session_in_use = found
    return found.user


def session_seconds() -> int:
    """After how many seconds without an act whoever is signed in is signed out, as pages say."""
    return int(idle_life(me()).total_seconds())


def session_ends_in() -> int:
    """After how many seconds the session ends whatever is done in it, as pages say."""
    used = g.session_in_use
    return max(0, int((used.begun_at + longest_life(used.user) - clock.now()).total_seconds()))


def longest_hours() -> int:
    """How many hours after signing in that is."""
    return int(longest_life(me()).total_seconds()) // 3600


def note_activity() -> None:
    """Before each request that was let in: its person is there, which is written every few minutes at the most.

    This is no act of the person: it is written whatever they ask for, changes nothing anybody sees but the list of
    their devices, and what a page asks for by itself does not count, or no session would ever be left alone.
    """
    by_itself = made_by_script() and request.method == "GET"
    known = current_app.config["SESSION_COOKIE_NAME"] in request.cookies and request.endpoint != "static"
    if not known or by_itself or SESSION not in session or not current_user.is_authenticated:
        return
    used, now = g.session_in_use, clock.now()
    if is_to_be_noted(used, now):
        _note(used, now)


def _note(used: UserSession, now: datetime) -> None:
    """Where nothing can be written at the moment, what they asked for may still be read."""
    try:
        with unit_of_work():
            note_use(used, now)
    except DBAPIError as error:
        db.session.rollback()
        if (trouble := trouble_of(error)) is None:
            raise
        log.warning("database=%s: the use of a session was not noted", trouble.value)


def wants_second_factor(user: User) -> bool:
    """Whether this account must have a second factor before it is let in."""
    return bool(current_app.config["TWO_FACTOR"] == "required" and user.is_staff)


def let_in(
    user: User, way: str, after: str, proven: bool = False, typed: str = "", subject: str = ""
) -> ResponseReturnValue:
    """On for somebody who has given a first proof; `proven`: the service that gave it asked for a second one too."""
    if proven or not (user.has_second_factor or wants_second_factor(user)):
        return go_in(user, way, after, typed, subject)
    empty_session()
    session[SUBJECT] = subject
    session[HALF] = [user.id, user.session_version, int(clock.now().timestamp()), way, after]
    g.proven = True
    if user.has_second_factor and typed:
        return render_template("accounts/code.html", form=CodeForm(formdata=None), typed=typed, by_recovery=False)
    return redirect(url_for("accounts.code" if user.has_second_factor else "accounts.first_set_up"))


def half() -> Half | None:
    """Whoever gave the first proof in this browser, not long ago; None once the account has changed since."""
    number, version, at, way, after = session.get(HALF) or (0, 0, 0, "", "")
    user = user_numbered(str(number)) if at > (clock.now() - HALF_FOR).timestamp() else None
    sound = user is not None and user.active and user.session_version == version
    return Half(user, way, after, session.get(SUBJECT, "")) if user is not None and sound else None


def go_in(user: User, way: str, after: str = "", typed: str = "", subject: str = "") -> ResponseReturnValue:
    """Into a session, then on to where they wanted to go, or first to what they were sending when it ended."""
    begin_session(user, way, subject)
    g.proven = True
    kept = typed_before(typed, user)
    if kept:
        return render_template("accounts/typed.html", kept=kept, after=after or first_page(user))
    return redirect(after or first_page(user))


def begin_session(user: User, way: str, subject: str = "") -> None:
    """A new session for `user`: nothing of the one before lives on, its form token neither.

    The service of an agency by which they came, as `subject`, opens the account from now on: every proof is given.
    """
    now = clock.now()
    with unit_of_work():
        if subject and user.oidc_subject != subject:
            link(user, subject, now)
        note_sign_in(user, now, way=way, network=network())
        begun = begin(user, now, network(), request.user_agent.string)
    empty_session()
    session[SESSION], session[WAY] = begun.id, way
    session.permanent = True


def empty_session() -> None:
    """Forget what this browser was known by; a form that follows in the same answer has a token of the new session."""
    session.clear()
    g.pop("csrf_token", None)


def first_page(user: User) -> str:
    """Where each role begins."""
    if user.is_staff:
        return url_for("staff.today")
    if user.is_expert:
        return url_for("reviewer.index")
    return url_for("owner.needs" if user.is_member else "front.home")


@dataclass(frozen=True)
class Kept:
    """What somebody was sending when their session had ended."""

    to: str
    pairs: list[tuple[str, str]]

    @property
    def words(self) -> list[str]:
        """The texts in it, for whoever wonders whether all is there."""
        return [text for name, text in self.pairs if len(text.split()) > 1]


def ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page; what was being sent in a session that ended meanwhile comes along.

    It is taken up only with the form token of that session, so no other site can put words into it.
    """
    here = request.full_path if request.query_string else request.path
    if request.method != "POST" or SESSION not in session or made_by_script():
        return redirect(url_for("accounts.sign_in", next=own_path(f"{request.script_root}{here}")))
    return ask_again(_sealed_form())


def ask_again(typed: str) -> ResponseReturnValue:
    """The sign-in page for somebody whose time was over, with what they were sending."""
    form = SignInForm(formdata=None)
    return render_template("accounts/sign_in.html", form=form, typed=typed, ended=True, after=None), 401


def _sealed_form() -> str:
    """What was sent, sealed for its author; '' where it is a password, or too much."""
    pairs = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
    if request.blueprint == "accounts" or not pairs or sum(len(text) for _, text in pairs) > LARGEST_KEPT:
        return ""
    author = db.session.get(UserSession, present_session())
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    to = own_path(f"{request.script_root}{request.path}{query}")
    if author is None or to is None:
        return ""
    at = int(clock.now().timestamp())
    return seal(json.dumps({"to": to, "pairs": pairs, "by": author.user_id, "at": at}, ensure_ascii=False), TYPED)


def typed_before(sealed: str, user: User) -> Kept | None:
    """What `user` was sending when their session had ended; None for anybody else, and a day later."""
    opened = unseal(sealed, TYPED) if sealed else None
    kept: dict[str, Any] = json.loads(opened) if opened else {}
    if not kept or kept["by"] != user.id or _is_past(kept["at"], clock.now()):
        return None
    return Kept(kept["to"], [(name, text) for name, text in kept["pairs"]])


def _is_past(at: int, now: datetime) -> bool:
    return at < (now - TYPED_FOR).timestamp()


def me() -> User:
    """The account that acts."""
    return current_user._get_current_object()
