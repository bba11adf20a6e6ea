"""Those who took part most as a list of nominations: a spreadsheet or comma-separated lines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from briefings.archive.shelf import Half
from briefings.audit.recording import Actor, record
from briefings.organizations.words import KINDS
from briefings.registrations.export import Format
from briefings.registrations.plain_tables import comma_separated
from briefings.registrations.workbooks import Value, workbook
from briefings.statistics.recognition import Deed, Part, Ranked, Who
from briefings.statistics.words import DEEDS, MERITS


def lines_of(ranked: Sequence[Ranked], who: Who, half: Half) -> tuple[list[tuple[str, int]], list[list[Value]]]:
    """The headings with their widths, and a row for each line of the ranking."""
    officers = who is Who.OFFICERS
    person = [("이름", 12), ("전자우편", 28)] if officers else []
    head = [("순위", 8), ("기관", 28), ("기관 유형", 16), *person, *((DEEDS[deed][0], 12) for deed in Deed)]
    head += [("점수", 8), ("공적 요지", 60)]
    rows: list[list[Value]] = []
    for line in ranked:
        named: list[Value] = [line.part.name, line.part.key.address] if officers else []
        done: list[Value] = [str(line.part.done.get(deed, 0)) for deed in Deed]
        merits = merits_of(line.part, half)
        rows.append([str(line.place), line.organization, KINDS[line.kind], *named, *done, str(line.points), merits])
    return head, rows


def merits_of(part: Part, half: Half) -> str:
    """What somebody did, in a sentence for a nomination."""
    done = ", ".join(MERITS[deed].format(number=part.done[deed]) for deed in Deed if part.done.get(deed))
    return f"{in_words(half)} {done}"


def in_words(half: Half) -> str:
    """`2026년 하반기`."""
    return f"{half.year}년 {'상반기' if half.number == 1 else '하반기'}"


def file_of(ranked: Sequence[Ranked], who: Who, half: Half, format: Format) -> Iterator[bytes]:
    """The file piece by piece."""
    head, rows = lines_of(ranked, who, half)
    if format is Format.CSV:
        return comma_separated([heading for heading, _ in head], rows)
    return workbook("추천 명부", head, rows, len(rows))


def file_name(who: Who, half: Half, format: Format) -> str:
    """`추천_명부_담당자_2026_하반기.xlsx`."""
    what = "담당자" if who is Who.OFFICERS else "기관"
    return f"추천_명부_{what}_{half.year}_{'상반기' if half.number == 1 else '하반기'}.{format}"


def note_export(
    who: Who,
    half: Half,
    weights: Mapping[Deed, int],
    number: int,
    format: Format,
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    """Who took how long a list away, how it was weighed, and why."""
    said = {"who": who.value, "half": str(half), "weights": {deed.value: weights[deed] for deed in Deed}}
    record(by, "recognition.exported", by, now, reason=reason, number=number, format=format.value, **said)
