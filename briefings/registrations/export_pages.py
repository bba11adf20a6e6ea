"""The staff's page of a list of registrants as a file; it belongs to the blueprint of the briefings."""

from flask import Response, abort, redirect, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.files.sending import attachment, download
from briefings.registrations import export
from briefings.registrations.export import Format
from briefings.registrations.staff_forms import RegistrantFilters
from briefings.schedule.models import Briefing
from briefings.schedule.staff import pages, the_briefing, zone
from briefings.web.access import staff
from briefings.web.forms import Form, options

FORMATS = {Format.XLSX: "엑셀 파일 (.xlsx)", Format.CSV: "CSV 파일 (쉼표로 나눈 글, UTF-8)"}


class ExportForm(Form):
    """Which file, and what for."""

    format = RadioField("파일 형식", [DataRequired()], choices=options(FORMATS), default=Format.XLSX.value)
    reason = StringField(
        "내려받는 까닭",
        [DataRequired(), Length(min=5, max=200)],
        description="누가 언제 왜 몇 명을 내려받았는지 기록으로 남습니다. "
        "신청자의 이름은 적지 마십시오. 예: 당일 참석 확인용 명단",
    )


@pages.route("/<int:briefing_id>/registrations/export", methods=["GET", "POST"])
@staff
def export_registrations(briefing_id: int) -> ResponseReturnValue:
    """Say what the file will hold and ask what for; then send it, or have it made where it is long."""
    briefing, now = the_briefing(briefing_id), clock.now()
    filters, form = RegistrantFilters(request.args), ExportForm()
    conditions, chosen = filters.conditions(), [] if "all" in request.args else request.args.getlist("id")
    people = export.people_of(briefing, conditions, chosen)
    if people and form.validate_on_submit():
        given, by = Format(form.format.data), current_user
        try:
            with unit_of_work():
                export.note_export(briefing, conditions, len(people), given, form.reason.data, by, now)
                if len(people) > export.LONG:
                    export.ask_for_file(briefing, conditions, chosen, given, zone(), by, now)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(request.full_path, 303) if len(people) > export.LONG else _sent(briefing, people, given)
    return render_template(
        "schedule/staff/export_registrations.html",
        briefing=briefing,
        form=form,
        people=len(people),
        long=len(people) > export.LONG,
        chosen=chosen,
        conditions=_in_words(filters),
        made=export.last_file(briefing, current_user, now),
        kept_for=export.KEPT,
        here=request.full_path.removesuffix("?"),
    )


@pages.get("/<int:briefing_id>/registrations/export/file")
@staff
def exported_registrations(briefing_id: int) -> ResponseReturnValue:
    """The file that the worker made for whoever asks; 404 for everybody else, and once its day is over."""
    made = export.last_file(the_briefing(briefing_id), current_user, clock.now())
    return download(made[1]) if made and export.is_ready(made[0]) else abort(404)


def _in_words(filters: RegistrantFilters) -> list[tuple[str, str]]:
    """The conditions in force, each by its label; a box that is ticked needs no more."""
    return [
        (str(field.label.text), "예" if field.data is True else _chosen(field))
        for field in filters
        if field.data and getattr(field.widget, "input_type", "") != "hidden"
    ]


def _chosen(field: Field) -> str:
    choices = field.iter_choices() if isinstance(field, SelectField) else ()
    return next((str(each.label) for each in choices if each.value == field.data), str(field.data))


def _sent(briefing: Briefing, people: list[int], given: Format) -> Response:
    """The file as it is written; nobody has to wait for its end to see it begin."""
    pieces = export.WRITERS[given](people, zone())
    response = Response(stream_with_context(pieces), mimetype=given.media_type)
    response.headers["Content-Disposition"] = attachment(export.file_name(briefing, given, zone()))
    return response
