"""Sessions: one for each browser in which somebody signed in, each with an end of its own (OWASP ASVS 5, V7)."""

import re
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from briefings.accounts.models import User, UserSession
from briefings.db import db

SESSION_ID = re.compile("[0-9a-f]{32}")
IDLE_OF_STAFF = timedelta(minutes=30)
IDLE_OF_OTHERS = timedelta(hours=8)
LONGEST_OF_STAFF = timedelta(hours=12)
LONGEST_OF_OTHERS = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=5)
"""So often, at most, the row is written anew while its person goes on working."""


def idle_life(user: User) -> timedelta:
    """After how long without any act a session of `user` ends."""
    return IDLE_OF_STAFF if user.is_staff else IDLE_OF_OTHERS


def longest_life(user: User) -> timedelta:
    """After how long a session of `user` ends whatever is done in it."""
    return LONGEST_OF_STAFF if user.is_staff else LONGEST_OF_OTHERS


def begin(user: User, now: datetime, network: str = "", browser: str = "") -> UserSession:
    """A new session of `user`, from a network and with what the browser says of itself."""
    session = UserSession(user=user, begun_at=now, seen_at=now, network=network[:45], browser=browser[:200])
    db.session.add(session)
    db.session.flush()
    return session


def session_with(session_id: str, now: datetime) -> UserSession | None:
    """The session, with its account, in one statement; None once it ended, was left alone, or its account is off."""
    if not SESSION_ID.fullmatch(session_id):
        return None
    row = db.session.execute(_WITH_ACCOUNT, {"session_id": session_id}).first()
    return row[0] if row is not None and row[1].active and is_open(row[0], now) else None


_WITH_ACCOUNT = select(UserSession, User).join(UserSession.user).where(UserSession.id == bindparam("session_id"))
"""Put together once: every request of whoever is signed in asks it."""


def user_of_session(session_id: str, now: datetime) -> User | None:
    """The account that is signed in by a session, while it is open."""
    session = session_with(session_id, now)
    return session.user if session else None


def is_open(session: UserSession, now: datetime) -> bool:
    """Whether it may be used at `now`. The last act may be noted late, so nobody is sent away before their time."""
    in_use = now - session.seen_at <= idle_life(session.user) + NOTED_EVERY
    return session.ended_at is None and in_use and now - session.begun_at <= longest_life(session.user)


def is_to_be_noted(session: UserSession, now: datetime) -> bool:
    """Whether it is so long ago that its use was noted that it has to be again."""
    return now - session.seen_at >= NOTED_EVERY


def note_use(session: UserSession, now: datetime) -> None:
    """Note that its person is there."""
    _write(UserSession.id == session.id, seen_at=now)


def sessions_of(user: User, now: datetime) -> list[UserSession]:
    """The open sessions of an account, the one used last first."""
    found = select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    late_enough = found.where(UserSession.begun_at >= now - longest_life(user))
    sessions = db.session.scalars(late_enough.order_by(UserSession.seen_at.desc(), UserSession.id))
    return [session for session in sessions if is_open(session, now)]


def session_named(user: User, handle: str) -> UserSession | None:
    """The session of an account that is called so, also after its end: it may be ended twice."""
    kept = db.session.scalars(select(UserSession).where(UserSession.user_id == user.id))
    return next((session for session in kept if session.handle == handle), None)


def end(user: User, session_id: str, now: datetime) -> None:
    """Sign `user` out of one of their browsers."""
    _write((UserSession.id == session_id) & (UserSession.user_id == user.id), ended_at=now)


def end_others(user: User, kept: str, now: datetime) -> None:
    """Sign `user` out everywhere but in the session `kept`."""
    _write((UserSession.id != kept) & (UserSession.user_id == user.id), ended_at=now)


def end_all(user: User, now: datetime) -> None:
    """Sign `user` out everywhere."""
    _write(UserSession.user_id == user.id, ended_at=now)


def _write(which: object, **values: datetime) -> None:
    still_open = update(UserSession).where(which, UserSession.ended_at.is_(None)).values(**values)  # type: ignore[arg-type]
    db.session.execute(still_open)


_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)
_BROWSERS = (
    ("Whale", r"Whale/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/"),
)


def browser_in(said: str) -> str:
    """`Chrome 141, Windows` out of what a browser says of itself (RFC 9110, 10.1.5); '' where nothing is known."""
    named = (f"{name} {found[1]}" for name, pattern in _BROWSERS if (found := re.search(pattern, said)))
    system = (name for name, pattern in _SYSTEMS if re.search(pattern, said))
    return ", ".join(filter(None, (next(named, ""), next(system, ""))))


def network_in(address: str) -> str:
    """The part of a network address that tells one place from another, and no more: 203.0.113.*"""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + ":…"
    return address.rpartition(".")[0] + ".*" if address else ""
