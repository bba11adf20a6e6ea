"""The staff's pages of imports: the form to fill in, a file checked, its rows decided about, its needs registered."""

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from werkzeug import Response

from briefings import clock
from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.files.kinds import Kind
from briefings.files.models import StoredFile
from briefings.files.sending import download
from briefings.imports import findings, importing, spreadsheets
from briefings.imports.findings import Decision, FoundRow
from briefings.imports.forms import ImportForm, SaveForm, decision_form, decisions_in, field_of
from briefings.imports.rows import read
from briefings.imports.words import LEVEL_TONES, MISTAKES, Level, Mistake, level_of, standing_of
from briefings.needs import rounds
from briefings.needs.models import Round
from briefings.outbox.readers import readers_reach
from briefings.rounds.models import ImportState, NeedImport
from briefings.rounds.pages import Listed
from briefings.web.access import public, staff
from briefings.web.forms import Form
from briefings.web.security import limiter
from briefings.web.uploads import takes_files

pages = Blueprint("imports", __name__)
pages.context_processor(
    lambda: {"level_tones": LEVEL_TONES, "standing_of": standing_of, "levels": Level, "states": ImportState}
)

PER_PAGE = 20


@pages.get("/rounds/<round>/template.xlsx")
@public
@limiter.limit("60/minute")
def template(round: str) -> ResponseReturnValue:
    """The form to fill in for a round, with the choices of this moment; staff get it before it is announced."""
    is_staff = current_user.is_authenticated and current_user.is_staff
    found = importing.round_known_as(round) if is_staff else rounds.announced_round(round)
    return _template(found.name) if found else abort(404)


@pages.get("/staff/needs/imports/template.xlsx")
@staff
def blank() -> ResponseReturnValue:
    """The form to fill in, for no round in particular."""
    return _template("협업 수요조사")


@pages.get("/staff/needs/imports")
@staff
def index() -> ResponseReturnValue:
    """All imports, or those of one round, the latest first."""
    round = _round_asked()
    page = db.paginate(importing.imports_of(round, _bringer()), per_page=PER_PAGE, error_out=False)
    return render_template("imports/index.html", page=page, round=round, working=importing.worked_at(page.items))


@pages.route("/staff/needs/imports/new", methods=["GET", "POST"])
@staff
@takes_files
def new() -> ResponseReturnValue:
    """Choose a file and its round; it is stored and its check begins. One it stands in for is thrown away."""
    instead = _seen(importing.known_as(request.args.get("instead", "")))
    form = ImportForm(instead.round if instead else _round_asked())
    if form.validate_on_submit():
        try:
            with unit_of_work():
                now, file = clock.now(), form.file.data[0]
                made = importing.take_in(file.filename, file.read(), form.chosen_round(), current_user, now)
                if instead and instead.state not in importing.OVER:
                    importing.discard(instead, current_user, now)
        except Refused as error:
            form.refuse(error, "file")
        else:
            return redirect(url_for(".show", public_id=made.public_id), 303)
    return render_template("imports/new.html", form=form, instead=instead, round=_round_asked())


@pages.get("/staff/needs/imports/<public_id>")
@staff
def show(public_id: str) -> ResponseReturnValue:
    """How far it is, what was found, and what can be done next; once registered, its needs."""
    import_ = _import(public_id)
    if import_.state in importing.OVER:
        return _show_over(import_)
    return _show_open(import_, None)


@pages.post("/staff/needs/imports/<public_id>/check")
@staff
def check(public_id: str) -> ResponseReturnValue:
    """Look at the same file again."""
    with unit_of_work():
        importing.check_again(_import(public_id), current_user, clock.now())
    return redirect(url_for(".show", public_id=public_id), 303)


@pages.post("/staff/needs/imports/<public_id>/decide")
@staff
def decide(public_id: str) -> ResponseReturnValue:
    """Keep what was decided about the doubtful rows of one page, or about all that are left."""
    import_ = _import(public_id)
    with unit_of_work():
        rows = [row for row in findings.rows_of(import_) if row.is_doubtful]
        if (word := request.form.get("all")) in list(Decision):
            importing.decide_all(import_, Decision(word), current_user, clock.now())
        else:
            asked = [row for row in rows if field_of(row) in request.form]
            decided = decisions_in(decision_form(import_, asked), asked)
            importing.decide(import_, decided, current_user, clock.now())
    left = len(findings.undecided(import_, findings.rows_of(import_)))
    flash(
        f"저장했습니다. 아직 정하지 않은 줄 {left:,}개." if left else "저장했습니다. 모두 정했습니다.",
        "success",
    )
    back = {name: request.args[name] for name in ("level", "mistake", "page") if name in request.args}
    return redirect(url_for(".show", public_id=public_id, **back, _anchor="found" if left else None), 303)


@pages.route("/staff/needs/imports/<public_id>/save", methods=["GET", "POST"])
@staff
def save(public_id: str) -> ResponseReturnValue:
    """Ask how to register, then have everything registered at once."""
    import_, form = _import(public_id), SaveForm()
    if form.validate_on_submit():
        with unit_of_work():
            importing.start_saving(import_, form.publish.data, form.tell.data, current_user, clock.now())
        return redirect(url_for(".show", public_id=public_id), 303)
    rows = findings.rows_of(import_)
    if import_.state in importing.OVER or importing.not_savable(import_, rows):
        return redirect(url_for(".show", public_id=public_id))
    left_out = [row for row in rows if findings.decision_about(import_, row.row) is Decision.LEAVE]
    return render_template(
        "imports/save.html", import_=import_, form=form, number=importing.number_taken(import_), left_out=left_out
    )


@pages.route("/staff/needs/imports/<public_id>/discard", methods=["GET", "POST"])
@staff
def discard(public_id: str) -> ResponseReturnValue:
    """Ask, then throw the file away."""
    import_, form = _import(public_id), Form()
    if form.validate_on_submit():
        with unit_of_work():
            importing.discard(import_, current_user, clock.now())
        flash("파일을 버렸습니다. 등록한 과제는 없습니다.", "success")
        return redirect(url_for(".index"), 303)
    return render_template("imports/discard.html", import_=import_, form=form)


@pages.route("/staff/needs/imports/<public_id>/take-back", methods=["GET", "POST"])
@staff
def take_back(public_id: str) -> ResponseReturnValue:
    """Ask, then withdraw every need of the import."""
    import_, form = _import(public_id), Form()
    if form.validate_on_submit():
        with unit_of_work():
            number = importing.take_back(import_, current_user, clock.now())
        flash(f"과제 {number:,}건의 등록을 되돌렸습니다.", "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    if importing.not_to_be_taken_back(import_):
        return redirect(url_for(".show", public_id=public_id))
    return render_template("imports/take_back.html", import_=import_, form=form)


@pages.get("/staff/needs/imports/<public_id>/file.xlsx")
@staff
def original(public_id: str) -> ResponseReturnValue:
    """The file as it was sent."""
    import_ = _import(public_id)
    return download(import_.file) if import_.file.size else abort(404)


@pages.get("/staff/needs/imports/<public_id>/marked.xlsx")
@staff
def marked(public_id: str) -> ResponseReturnValue:
    """A copy of the file in which everything that was found is marked at its cell."""
    import_ = _import(public_id)
    found = [row for row in findings.rows_of(import_) if row.found]
    if not import_.file.size or not found:
        abort(404)
    data = db.session.scalars(select(StoredFile.content).where(StoredFile.id == import_.file_id)).one()
    lists = spreadsheets.lists_now()
    reading = read(data, lists)
    marks = [
        spreadsheets.Mark(row.row, each.column, f"{each.cell} {each.says}".strip(), each.level is not Level.ERROR)
        for row in found
        for each in row.found
    ]
    copy = spreadsheets.marked(reading.sheet, marks, reading.headings, lists, import_.created_at)
    return _xlsx(copy, import_.file.name.removesuffix(".xlsx") + "_점검 결과")


def _show_over(import_: NeedImport) -> ResponseReturnValue:
    page = db.paginate(importing.needs_of(import_), per_page=PER_PAGE, error_out=False)
    return render_template(
        "imports/over.html",
        import_=import_,
        page=page,
        not_to_be_taken_back=importing.not_to_be_taken_back(import_),
    )


def _show_open(import_: NeedImport, form: Any) -> ResponseReturnValue:
    rows = findings.rows_of(import_)
    work = importing.latest_work(import_)
    level, mistake = _chosen(Level, "level"), _chosen(Mistake, "mistake")
    wanted = [row for row in rows if row.row and _fits(row, level, mistake)]
    page = Listed(page=request.args.get("page", 1, int), per_page=PER_PAGE, error_out=False, rows=wanted)
    doubtful = [row for row in page.items if row.is_doubtful]
    counts = findings.counts_of(rows)
    return render_template(
        "imports/show.html",
        import_=import_,
        work=work,
        rows=rows,
        page=page,
        form=form or decision_form(import_, doubtful),
        doubtful=doubtful,
        beside=importing.needs_numbered(need_id for row in doubtful for need_id, _ in row.alike),
        counts=[(mistake, level_of(mistake), MISTAKES[mistake], number) for mistake, number in counts.items()],
        undecided=findings.undecided(import_, rows),
        cut_short=findings.is_cut_short(rows),
        not_savable=importing.not_savable(import_, rows),
        number=importing.number_taken(import_),
        level=level,
        mistake=mistake,
        same_file=importing.same_file(import_),
    )


def _fits(row: FoundRow, level: Level | None, mistake: Mistake | None) -> bool:
    return any(level in (None, each.level) and mistake in (None, each.mistake) for each in row.found)


def _chosen(kind: type[Any], name: str) -> Any:
    word = request.args.get(name)
    return kind(word) if word in set(kind) else None


def _round_asked() -> Round | None:
    number = request.args.get("round_id", 0, int)
    return rounds.round_numbered(number) if 0 < number <= rounds.HIGHEST_ID else None


def _import(public_id: str) -> NeedImport:
    """There may be people of all themes in a file: officers of some open those they brought themselves."""
    return _seen(importing.known_as(public_id)) or abort(404)


def _seen(found: NeedImport | None) -> NeedImport | None:
    bringer = _bringer()
    return found if found and (bringer is None or found.created_by_id == bringer.id) else None


def _bringer() -> User | None:
    """Whose files alone the reader sees; None: everybody's."""
    return current_user if readers_reach().themes else None


def _template(title: str) -> Response:
    return _xlsx(spreadsheets.template(spreadsheets.lists_now(), title, clock.now()), f"수요조사 서식_{title}")


def _xlsx(data: bytes, name: str) -> Response:
    """A spreadsheet made just now, to be saved."""
    return send_file(BytesIO(data), Kind.XLSX.media_type, as_attachment=True, download_name=f"{name}.xlsx")
