"""The pages on which every list is taken away as a file: what is in it, what for, and the file."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import NotAllowed, Refused
from briefings.exports import making
from briefings.exports.forms import ExportForm
from briefings.exports.lists import Asked, Format, Found, ListFile, NotThere, Readers
from briefings.files.kinds import in_words
from briefings.files.sending import attachment
from briefings.outbox.readers import readers_reach
from briefings.web.access import member, staff
from briefings.web.problems import FOR

pages = Blueprint("exports", __name__)


@pages.route("/staff/exports/<name>", methods=["GET", "POST"])
@pages.route("/staff/briefings/<int:briefing_id>/exports/<name>", methods=["GET", "POST"])
@pages.route("/staff/rounds/<int:round_id>/exports/<name>", methods=["GET", "POST"])
@pages.route("/staff/seasons/<int:season_id>/exports/<name>", methods=["GET", "POST"])
@staff
def ask(name: str, **path: int) -> ResponseReturnValue:
    """Say what the file will hold and ask what for; then send it, or have it made where it is long."""
    return _asked_for(_list_of_staff(name, path), path, making.LONG)


@pages.get("/staff/exports/<name>/file")
@pages.get("/staff/briefings/<int:briefing_id>/exports/<name>/file")
@pages.get("/staff/rounds/<int:round_id>/exports/<name>/file")
@pages.get("/staff/seasons/<int:season_id>/exports/<name>/file")
@staff
def made(name: str, **path: int) -> ResponseReturnValue:
    """The file that the worker made for whoever asks; 404 for everybody else, and once its day is over."""
    task = making.last_made(_list_of_staff(name, path), _asking(path))
    if task is None or not making.is_ready(task):
        abort(404)
    size, file = task.result["size"], task.params["file"]
    response = _sent(making.pieces_of(task), file, Format(task.params["format"]).media_type)
    response.content_length = size
    return response


@pages.route("/my/exports/<name>", methods=["GET", "POST"])
@member
def ask_own(name: str) -> ResponseReturnValue:
    """The same for lists of those who registered needs; always sent at once."""
    found = _lists().get(name)
    return _asked_for(found, {}, None) if found and found.readers is Readers.OWNERS else abort(404)


def _asked_for(list: ListFile, path: dict[str, int], long: int | None) -> ResponseReturnValue:
    asked = _asking(path)
    found = _found(list, asked)
    form = ExportForm.about(found)
    left_to_worker = long is not None and found.rows.number > long
    if found.rows.number and form.validate_on_submit():
        choice = form.choice()
        try:
            with unit_of_work():
                found = making.anew(list, found, asked)  # as it is now, whatever became of it meanwhile
                making.take(list, found, asked, choice)
                if left_to_worker:
                    making.ask_for_file(list, found, asked, choice)
        except Refused as error:
            form.refuse(error)
            found = _found(list, asked)
        else:
            if left_to_worker:
                return redirect(request.full_path, 303)
            name = list.file_name(found, choice.format, asked)
            return _sent(making.write(list, found, asked, choice), name, choice.format.media_type)
    return render_template(
        "exports/ask.html",
        list=list,
        found=found,
        form=form,
        long=left_to_worker,
        task=making.last_made(list, asked) if long is not None else None,
        kept_for=making.KEPT,
        size=in_words,
        path=path,
        args={name: said[0] if len(said) == 1 else said for name, said in request.args.lists()},
        here=request.full_path.removesuffix("?"),
        owners=list.readers is Readers.OWNERS,
        belongs_to=(found.page or list.page).partition(".")[0],
    )


def _lists() -> dict[str, ListFile]:
    lists: dict[str, ListFile] = current_app.extensions["exports"]
    return lists


def _list_of_staff(name: str, path: dict[str, int]) -> ListFile:
    found = _lists().get(name)
    if found is None or found.readers is Readers.OWNERS or set(path) != set(found.of):
        abort(404)
    if found.readers is Readers.ADMINISTRATORS and not current_user.is_administrator:
        raise NotAllowed(FOR["administrator"])
    return found


def _asking(path: dict[str, int]) -> Asked:
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    reach = readers_reach()
    return Asked(request.args, path, current_user, current_user.is_administrator, reach, clock.now(), zone)


def _found(list: ListFile, asked: Asked) -> Found[Any]:
    try:
        return list.found(asked)
    except NotThere:
        abort(404)


def _sent(pieces: Any, name: str, media_type: str) -> Response:
    response = Response(stream_with_context(pieces), mimetype=media_type)
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
