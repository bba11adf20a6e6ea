"""Who may call a view: exactly one mark above each, enforced before every request, deny by default."""

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

View = Callable[..., Any]
MARKS = ("public", "by_token", "by_key", "signed_in", "member", "expert", "staff", "administrator")


def _mark(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anyone, without an account."""
    return _mark(view, "public")


def by_token(view: View) -> View:
    """Whoever holds the personal link in the address; the view answers 404 for any other."""
    return _mark(view, "by_token")


def by_key(view: View) -> View:
    """A program that shows a key which opens what the view tells; the view itself answers 401 or 403 to any other."""
    return _mark(view, "by_key")


def signed_in(view: View) -> View:
    """Any account."""
    return _mark(view, "signed_in")


def member(view: View) -> View:
    """An account tied to an organization that registers needs (수요기관)."""
    return _mark(view, "member")


def expert(view: View) -> View:
    """An account that scores needs for their selection (전문가)."""
    return _mark(view, "expert")


def staff(view: View) -> View:
    """Ministry officers and administrators."""
    return _mark(view, "staff")


def administrator(view: View) -> View:
    """Administrators only."""
    return _mark(view, "administrator")


def access_of(app: Flask, endpoint: str) -> str | None:
    """The mark of an endpoint, or None if it has none."""
    return "public" if endpoint == "static" else getattr(app.view_functions[endpoint], "access", None)


def refuse_unmarked_views(app: Flask) -> None:
    """RuntimeError naming every view without a mark: the program does not start with one."""
    unmarked = sorted(name for name in app.view_functions if access_of(app, name) not in MARKS)
    if unmarked:
        raise RuntimeError(f"views without an access mark: {', '.join(unmarked)}")


def enforce() -> ResponseReturnValue | None:
    """Before each request: let it pass, send to the sign-in page, or answer 403."""
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access in ("public", "by_token", "by_key"):
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    allowed = {
        "signed_in": True,
        "member": current_user.is_member,
        "expert": current_user.is_expert,
        "staff": current_user.is_staff,
        "administrator": current_user.is_administrator,
    }
    if not allowed.get(access or "", False):
        g.turned_away = not current_user.is_staff
        abort(403)
    return None
