"""A report as a document of 한글 (HWPX, KS X 6101): headings, tables and pictures that people go on writing in."""

from collections.abc import Mapping, Sequence
from typing import Any

from hwpx import HwpxDocument

from briefings.papers.measures import WIDTH, table_widths

UNITS = 7200 / 25.4
"""So many units of the format to a millimetre."""
NAVY, GREY, SHADE = "#063A74", "#58616A", "#EEF2F7"


def hwpx_of(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The file; `pictures` of the charts by the name of their block (`registrations-2`)."""
    return _Writer(data, pictures).write()


class _Writer:
    def __init__(self, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
        self.data, self.pictures = data, pictures
        self.document = HwpxDocument.new()
        styles = self.document.styles
        self.title = styles.ensure_run(bold=True, size=20, color=NAVY)
        self.heading = styles.ensure_run(bold=True, size=14, color=NAVY)
        self.normal = styles.ensure_run(size=10.5)
        self.bold = styles.ensure_run(bold=True, size=10.5)
        self.small = styles.ensure_run(size=9, color=GREY)
        self.shade = styles.ensure_border_fill(fill_color=SHADE)
        self.cell, self.head = styles.ensure_run(size=9.5), styles.ensure_run(bold=True, size=9.5)

    def write(self) -> bytes:
        """Title, what it says in short, then every section."""
        document, data = self.document, self.data
        document.page.setup(paper_size="A4", margin_left_mm=20, margin_right_mm=20, margin_top_mm=20)
        document.page.set_page_number(format="page")
        document.parts.set_document_metadata(
            title=data["title"],
            creator=data["issuer"],
            subject=data["subtitle"],
            keyword=", ".join(data["keywords"]),
            created_date=data["at"],
            modified_date=data["at"],
        )
        self._paragraph(data["title"], self.title, alignment="CENTER", spacing_after_pt=4)
        self._paragraph(data["subtitle"], self.normal, alignment="CENTER")
        self._paragraph(f"{data['issuer']} · {data['as_of']}", self.small, alignment="CENTER", spacing_after_pt=8)
        self._heading("요약")
        figures = [
            [name, f"{figure}{unit}" if unit != "/ 5점" else f"{figure} {unit}", note]
            for name, figure, unit, note in data["figures"]
        ]
        self._table("", ["항목", "수", "내용"], figures, (1,), 2)
        for said in data["summary"]:
            self._point(said)
        self._paragraph(f"핵심어: {', '.join(data['keywords'])}", self.small)
        for number, section in enumerate(data["sections"], start=1):
            self._heading(f"{number}. {section['title']}")
            for place, block in enumerate(section["blocks"], start=1):
                self._block(block, f"{section['key']}-{place}")
        return document.to_bytes()

    def _block(self, block: Mapping[str, Any], key: str) -> None:
        writers = {"words": self._words, "points": self._points, "facts": self._facts, "table": self._table_block}
        writers.get(block["kind"], self._picture)(block, key)

    def _paragraph(self, text: str, shape: str, **looks: Any) -> Any:
        made = self.document.add_paragraph(text, char_pr_id_ref=shape, inherit_style=False)
        usual = {"line_spacing_percent": 150, "spacing_after_pt": 3}
        self.document.styles.apply_paragraph_format(paragraphs=[made], **(usual | looks))
        return made

    def _heading(self, text: str) -> None:
        made = self.document.add_paragraph(text, style="개요 1", char_pr_id_ref=self.heading)
        looks: dict[str, Any] = {"spacing_before_pt": 12, "spacing_after_pt": 4, "keep_with_next": True}
        self.document.styles.apply_paragraph_format(paragraphs=[made], outline_level=1, **looks)

    def _point(self, text: str) -> None:
        self._paragraph(f"○ {text}", self.normal, indent_left_mm=5, first_line_indent_mm=-5)

    def _words(self, block: Mapping[str, Any], _key: str) -> None:
        for line in block["text"].split("\n"):
            self._paragraph(line, self.normal)

    def _points(self, block: Mapping[str, Any], _key: str) -> None:
        for item in block["items"]:
            self._point(item)

    def _facts(self, block: Mapping[str, Any], _key: str) -> None:
        rows = [[name, value] for name, value in block["rows"] if value]
        self._grid([*rows], widths=[38, WIDTH - 38], heads=0, numbers=())
        self._gap()

    def _table_block(self, block: Mapping[str, Any], _key: str) -> None:
        rows = [*block["rows"], *([block["foot"]] if block["foot"] else [])]
        self._table(block["caption"], block["heads"], rows, tuple(block["numbers"]), block["wide"], bool(block["foot"]))

    def _picture(self, block: Mapping[str, Any], key: str) -> None:
        if key not in self.pictures:
            return
        self._paragraph(f"[{block['title']}]", self.bold, keep_with_next=True, spacing_before_pt=4)
        made = self.document.add_picture(self.pictures[key], "png", width_mm=WIDTH, align="CENTER")
        for told in made.element.iterfind("{*}shapeComment"):  # 개체 설명문: what is read to who does not see it
            told.text = f"{block['title']}. {block['description']}"
        self._gap()

    def _table(
        self,
        caption: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        numbers: tuple[int, ...],
        wide: int,
        has_foot: bool = False,
    ) -> None:
        if caption:
            self._paragraph(f"[{caption}]", self.bold, keep_with_next=True, spacing_before_pt=4)
        widths = table_widths(heads, rows, wide)
        self._grid([list(heads), *map(list, rows)], widths, heads=1, numbers=numbers, has_foot=has_foot)
        self._gap()

    def _gap(self) -> None:
        self._paragraph("", self.small, line_spacing_percent=60, spacing_after_pt=0)

    def _grid(
        self,
        rows: list[list[str]],
        widths: list[float],
        heads: int,
        numbers: tuple[int, ...],
        has_foot: bool = False,
    ) -> None:
        """A table, of which the first row repeats on every page where it has heads; else the first column is one."""
        table = self.document.add_table(len(rows), len(rows[0]), width=round(WIDTH * UNITS))
        table.set_column_widths(widths)
        if heads:
            table.element.set("repeatHeader", "1")
        sides: dict[str, list[Any]] = {"LEFT": [], "RIGHT": []}
        for y, (line, row) in enumerate(zip(table.rows, rows, strict=True)):
            for x, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
                is_head = y < heads or (not heads and x == 0) or (has_foot and y == len(rows) - 1)
                self._fill(cell, text, is_head)
                sides["RIGHT" if x in numbers else "LEFT"] += cell.paragraphs
                if y < heads:
                    cell.element.set("header", "1")
        for side, paragraphs in sides.items():
            if paragraphs:
                looks: dict[str, Any] = {"line_spacing_percent": 130, "alignment": side}
                self.document.styles.apply_paragraph_format(paragraphs=paragraphs, **looks)

    def _fill(self, cell: Any, text: str, is_head: bool) -> None:
        cell.set_text(text, split_paragraphs=True)
        if is_head:
            cell.element.set("borderFillIDRef", self.shade)
        for paragraph in cell.paragraphs:
            for run in paragraph.runs:
                run.char_pr_id_ref = self.head if is_head else self.cell
