"""Forms of imports: the file and its round, what to do with doubtful rows, how to register, filters."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from briefings.files.forms import FilesField
from briefings.files.kinds import Kind, in_words
from briefings.imports.findings import Decision, FoundRow, decision_about
from briefings.imports.spreadsheets import MOST_ROWS
from briefings.imports.workbooks import LARGEST_FILE
from briefings.needs import rounds
from briefings.needs.models import Round
from briefings.rounds.models import NeedImport
from briefings.web.forms import Form

NO_ROUND = SelectChoice("", "수요조사 없이")
DECISIONS = [SelectChoice(Decision.TAKE.value, "들이기"), SelectChoice(Decision.LEAVE.value, "빼기")]


class ImportForm(Form):
    """A file, and the round its needs belong to."""

    round = SelectField("수요조사", description="과제가 속할 수요조사입니다.")
    file = FilesField(
        "작성한 서식 파일",
        only={Kind.XLSX},
        description=f"엑셀 파일(.xlsx) 하나. {in_words(LARGEST_FILE)}, {MOST_ROWS:,}건까지 올릴 수 있습니다.",
    )

    def __init__(self, chosen: Round | None = None) -> None:
        super().__init__(round=str(chosen.id) if chosen else "")
        self.rounds = {str(each.id): each for each in rounds.latest_rounds()}
        if chosen:
            self.rounds.setdefault(str(chosen.id), chosen)
        self.round.choices = [NO_ROUND, *(SelectChoice(number, each.name) for number, each in self.rounds.items())]

    def chosen_round(self) -> Round | None:
        """The round that was chosen, if any."""
        return self.rounds.get(self.round.data)


class SaveForm(Form):
    """What becomes of the needs, and who hears of it."""

    publish = BooleanField(
        "검토 없이 바로 게시하기",
        description="고르지 않으면 ‘검토 중’으로 등록되어 한 건씩 살펴보고 게시할 수 있습니다.",
    )
    tell = BooleanField(
        "담당자에게 전자우편으로 알리기",
        description="담당자마다 한 통씩, 등록한 과제의 목록을 보냅니다. 고르지 않으면 아무에게도 보내지 않습니다.",
    )


def field_of(row: FoundRow) -> str:
    """What the choice about a row is called: `row_14`."""
    return f"row_{row.row}"


def decision_form(import_: NeedImport, rows: Iterable[FoundRow]) -> Any:
    """A form with one choice for each of `rows`, and what is decided so far."""
    fields, decided = {}, {}
    for row in rows:
        question = f"{row.row}번째 줄을 들이시겠습니까?"
        fields[field_of(row)] = RadioField(question, choices=DECISIONS, validate_choice=False)
        decision = decision_about(import_, row.row)
        decided[field_of(row)] = decision.value if decision else None
    form = type("DecisionForm", (Form,), fields)(data=decided)
    for name in fields:
        form[name].flags.unmarked = True
    return form


def decisions_in(form: Any, rows: Iterable[FoundRow]) -> dict[int, Decision]:
    """What was chosen for each row; rows without a choice are left out."""
    chosen = {row.row: form[field_of(row)].data for row in rows}
    return {row: Decision(word) for row, word in chosen.items() if word in list(Decision)}
