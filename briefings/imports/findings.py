"""What was found in a file, as it is kept with the import and as its page shows it: rows with their cells."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from briefings.imports.rows import Finding, NeedRow, Reading
from briefings.imports.words import Level, Mistake, level_of
from briefings.rounds.models import NeedImport

MOST_KEPT = 5_000
"""Of a file in which more is found nothing is registered: nobody could decide about what is not kept."""


class Decision(StrEnum):
    """What staff decided about a doubtful row."""

    TAKE = "take"
    LEAVE = "leave"


@dataclass(frozen=True)
class Found:
    """One thing that was found, with its cell if it is about one."""

    cell: str
    column: int
    heading: str
    mistake: Mistake
    says: str
    value: str

    @property
    def level(self) -> Level:
        """What follows from it."""
        return level_of(self.mistake)


@dataclass(frozen=True)
class Twin:
    """A row before it in the same file that says nearly the same, and what it says."""

    row: int
    share: int
    said: dict[str, str]


@dataclass(frozen=True)
class FoundRow:
    """A row in which something was found; row 0 stands for the file. Shares are in percent, the most alike first."""

    row: int
    title: str
    organization: str
    said: dict[str, str]
    found: list[Found]
    alike: list[tuple[int, int]] = field(default_factory=list)
    """(id of a need, how alike)"""
    twins: list[Twin] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether something in it must be corrected."""
        return any(each.level is Level.ERROR for each in self.found)

    @property
    def is_doubtful(self) -> bool:
        """Whether staff must decide about it."""
        return not self.is_wrong and any(each.level is Level.DOUBT for each in self.found)


def kept(reading: Reading) -> list[dict[str, Any]]:
    """As JSON: what concerns the file, then each row in which something was found."""
    left = MOST_KEPT
    rows = []
    said = {row.number: row.said for row in reading.rows}
    for row in reading.rows:
        if row.findings and left > 0:
            rows.append(_row(row, row.findings[:left], said))
            left -= len(row.findings)
    about_file = [*reading.findings]
    if more := sum(len(row.findings) for row in reading.rows) - sum(len(row["found"]) for row in rows):
        says = f"이 밖에도 {more:,}건이 더 있습니다. 아래를 고치거나 파일을 나누어 다시 올려 주세요."
        about_file.append(Finding(0, 0, Mistake.MORE, says))
    whole = FoundRow(0, "", "", {}, [_found(each) for each in about_file])
    return ([asdict(whole)] if about_file else []) + rows


def rows_of(found_in: NeedImport) -> list[FoundRow]:
    """Everything that was found in a file."""
    return [_from_json(each) for each in found_in.findings]


def counts_of(rows: Iterable[FoundRow]) -> dict[Mistake, int]:
    """How often each mistake was found, in the order in which they are listed."""
    counted = Counter(each.mistake for row in rows for each in row.found)
    return {mistake: counted[mistake] for mistake in Mistake if counted[mistake]}


def is_cut_short(rows: Iterable[FoundRow]) -> bool:
    """Whether more was found than is kept."""
    return any(each.mistake is Mistake.MORE for row in rows for each in row.found)


def decision_about(found_in: NeedImport, row: int) -> Decision | None:
    """What staff decided about a row so far."""
    word = found_in.decisions.get(str(row))
    return Decision(word) if word else None


def undecided(found_in: NeedImport, rows: Iterable[FoundRow]) -> list[FoundRow]:
    """The doubtful rows about which nobody has decided."""
    return [row for row in rows if row.is_doubtful and decision_about(found_in, row.row) is None]


def _row(row: NeedRow, findings: list[Finding], said: dict[int, dict[str, str]]) -> dict[str, Any]:
    shown = FoundRow(
        row.number,
        row.said.get("과제 이름", ""),
        row.said.get("기관 이름", ""),
        row.said,
        [_found(each) for each in findings],
        _in_percent(row.alike),
        [Twin(number, share, said[number]) for number, share in _in_percent(row.twins)],
    )
    return asdict(shown)


def _found(finding: Finding) -> Found:
    return Found(finding.cell, finding.column, finding.heading, finding.mistake, finding.says, finding.value)


def _in_percent(shares: dict[int, float]) -> list[tuple[int, int]]:
    found = [(number, round(100 * share)) for number, share in shares.items()]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:3]


def _from_json(given: dict[str, Any]) -> FoundRow:
    found = [Found(**each | {"mistake": Mistake(each["mistake"])}) for each in given["found"]]
    alike = [(number, share) for number, share in given["alike"]]
    twins = [Twin(**each) for each in given["twins"]]
    return FoundRow(**given | {"found": found, "alike": alike, "twins": twins})
