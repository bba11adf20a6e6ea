"""How far a task is, for the page that shows it; and ending it."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.tasks import queueing
from briefings.tasks.models import Task, TaskState
from briefings.web.access import staff
from briefings.web.routing import own_path

pages = Blueprint("tasks", __name__, url_prefix="/staff/tasks")


@pages.get("/<public_id>")
@staff
def show(public_id: str) -> ResponseReturnValue:
    """The part of a page that shows the task, as it stands now; the script puts it in place of the old one."""
    back = own_path(request.args.get("back")) or "/staff"
    return render_template("tasks/progress.html", task=_task(public_id), back=back)


@pages.post("/<public_id>/cancel")
@staff
def cancel(public_id: str) -> ResponseReturnValue:
    """End it, and go back to the page that shows it."""
    task = _task(public_id)
    with unit_of_work():
        queueing.cancel(task, current_user, clock.now())
        too_late = not task.is_under_way and task.state is not TaskState.CANCELLED
    flash("이미 끝난 작업입니다." if too_late else "작업을 중단합니다.", "info")
    return redirect(own_path(request.form.get("back", "")) or "/staff")


def _task(public_id: str) -> Task:
    """Its own people's, and of those who may begin the same."""
    task = queueing.known_as(public_id) or abort(404)
    if task.created_by_id != current_user.id and not current_app.extensions["may_follow"](task):
        abort(404)
    return task
