"""A report as an OpenDocument text (ODF 1.3): headings, tables and pictures that any office program goes on with."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

from briefings.papers.measures import WIDTH, table_widths
from briefings.papers.png import size_of

TYPE = "application/vnd.oasis.opendocument.text"
SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
}
NAVY, GREY, SHADE, RULE = "#063a74", "#58616a", "#eef2f7", "#b1b8be"
FONT = "Pretendard GOV, Noto Sans CJK KR, 맑은 고딕, NanumGothic"
LOOKS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "Standard": ({"fo:margin-bottom": "1mm", "fo:line-height": "150%"}, {"fo:font-size": "10.5pt"}),
    "Title": (
        {"fo:text-align": "center", "fo:margin-bottom": "2mm"},
        {"fo:font-size": "20pt", "fo:font-weight": "bold", "fo:color": NAVY},
    ),
    "Subtitle": ({"fo:text-align": "center"}, {"fo:font-size": "10.5pt"}),
    "Small": ({}, {"fo:font-size": "9pt", "fo:color": GREY}),
    "Heading_20_1": (
        {"fo:margin-top": "6mm", "fo:margin-bottom": "2mm", "fo:keep-with-next": "always"},
        {"fo:font-size": "14pt", "fo:font-weight": "bold", "fo:color": NAVY},
    ),
    "Caption": (
        {"fo:margin-top": "3mm", "fo:margin-bottom": "1mm", "fo:keep-with-next": "always"},
        {"fo:font-size": "10.5pt", "fo:font-weight": "bold"},
    ),
    "Cell": ({"fo:line-height": "130%"}, {"fo:font-size": "9.5pt"}),
    "Number": ({"fo:line-height": "130%", "fo:text-align": "end"}, {"fo:font-size": "9.5pt"}),
    "Head": ({"fo:line-height": "130%"}, {"fo:font-size": "9.5pt", "fo:font-weight": "bold"}),
    "HeadNumber": (
        {"fo:line-height": "130%", "fo:text-align": "end"},
        {"fo:font-size": "9.5pt", "fo:font-weight": "bold"},
    ),
}
"""What paragraphs of each style look like: the paragraph, and its letters."""


def odt_of(data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The file; `pictures` of the charts by the name of their block (`registrations-2`)."""
    for name, space in SPACES.items():
        ET.register_namespace(name, space)
    writer = _Writer(data, pictures)
    parts = {"content.xml": writer.content(), "styles.xml": _styles(), "meta.xml": _meta(data)}
    parts |= {f"Pictures/{name}.png": pictures[name] for name in writer.used}
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("mimetype"), TYPE)  # first, and stored as it is: that is how the kind is told
        for name, content in {**parts, "META-INF/manifest.xml": _manifest(list(parts))}.items():
            file.writestr(name, content)
    return buffer.getvalue()


def _name(short: str) -> str:
    prefix, _, local = short.partition(":")
    return f"{{{SPACES[prefix]}}}{local}"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    """A child; `table__style_name` stands for `table:style-name`."""
    names = {_name(key.replace("__", ":").replace("_", "-")): value for key, value in attributes.items()}
    made = ET.SubElement(parent, _name(tag), names)
    made.text = text or None
    return made


def _root(tag: str) -> ET.Element:
    return ET.Element(_name(tag), {_name("office:version"): "1.3"})


def _bytes(root: ET.Element) -> bytes:
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


class _Writer:
    def __init__(self, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
        self.data, self.pictures = data, pictures
        self.used: list[str] = []
        self.root = _root("office:document-content")
        self.styles = _add(self.root, "office:automatic-styles")
        self.text = _add(_add(self.root, "office:body"), "office:text")
        self.tables = 0
        self._cell_styles()

    def content(self) -> bytes:
        """Title, what it says in short, then every section."""
        data = self.data
        self._paragraph(data["title"], "Title")
        self._paragraph(data["subtitle"], "Subtitle")
        self._paragraph(f"{data['issuer']} · {data['as_of']}", "Subtitle")
        self._heading("요약")
        figures = [[name, f"{figure} {unit}", note] for name, figure, unit, note in data["figures"]]
        self._table("", ["항목", "수", "내용"], figures, (1,), 2)
        for said in data["summary"]:
            self._paragraph(f"○ {said}")
        self._paragraph(f"핵심어: {', '.join(data['keywords'])}", "Small")
        for number, section in enumerate(data["sections"], start=1):
            self._heading(f"{number}. {section['title']}")
            for place, block in enumerate(section["blocks"], start=1):
                self._block(block, f"{section['key']}-{place}")
        return _bytes(self.root)

    def _block(self, block: Mapping[str, Any], key: str) -> None:
        writers = {"words": self._words, "points": self._points, "facts": self._facts, "table": self._table_block}
        writers.get(block["kind"], self._picture)(block, key)

    def _paragraph(self, text: str, style: str = "Standard", parent: ET.Element | None = None) -> ET.Element:
        made = _add(self.text if parent is None else parent, "text:p", text__style_name=style)
        first, *others = text.split("\n")
        made.text = first
        for line in others:
            _add(made, "text:line-break").tail = line
        return made

    def _heading(self, text: str) -> None:
        _add(self.text, "text:h", text, text__style_name="Heading_20_1", text__outline_level="1")

    def _words(self, block: Mapping[str, Any], _key: str) -> None:
        self._paragraph(block["text"])

    def _points(self, block: Mapping[str, Any], _key: str) -> None:
        for item in block["items"]:
            self._paragraph(f"○ {item}")

    def _facts(self, block: Mapping[str, Any], _key: str) -> None:
        rows = [[name, value] for name, value in block["rows"] if value]
        self._grid(rows, [38, WIDTH - 38], heads=0, numbers=())

    def _table_block(self, block: Mapping[str, Any], _key: str) -> None:
        rows = [*block["rows"], *([block["foot"]] if block["foot"] else [])]
        self._table(block["caption"], block["heads"], rows, tuple(block["numbers"]), block["wide"], bool(block["foot"]))

    def _picture(self, block: Mapping[str, Any], key: str) -> None:
        if key not in self.pictures:
            return
        self.used.append(key)
        self._paragraph(block["title"], "Caption")
        wide, high = size_of(self.pictures[key])
        frame = _add(
            self._paragraph(""),
            "draw:frame",
            draw__name=key,
            text__anchor_type="as-char",
            svg__width=f"{WIDTH}mm",
            svg__height=f"{WIDTH * high / wide:.1f}mm",
        )
        _add(
            frame,
            "draw:image",
            xlink__href=f"Pictures/{key}.png",
            xlink__type="simple",
            xlink__show="embed",
            xlink__actuate="onLoad",
        )
        _add(frame, "svg:title", block["title"])
        _add(frame, "svg:desc", block["description"])

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
            self._paragraph(caption, "Caption")
        widths = table_widths(heads, rows, wide)
        self._grid([heads, *rows], widths, heads=1, numbers=numbers, has_foot=has_foot)

    def _grid(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        heads: int,
        numbers: tuple[int, ...],
        has_foot: bool = False,
    ) -> None:
        """A table, of which the first row repeats on every page where it has heads; else the first column is one."""
        self.tables += 1
        name = f"Table{self.tables}"
        style = _add(self.styles, "style:style", style__name=name, style__family="table")
        _add(
            style,
            "style:table-properties",
            style__width=f"{WIDTH}mm",
            table__align="margins",
            fo__margin_bottom="3mm",
        )
        table = _add(self.text, "table:table", table__name=name, table__style_name=name)
        for place, width in enumerate(widths):
            column = f"{name}.{place}"
            style = _add(self.styles, "style:style", style__name=column, style__family="table-column")
            _add(style, "style:table-column-properties", style__column_width=f"{width:.1f}mm")
            _add(table, "table:table-column", table__style_name=column)
        for y, row in enumerate(rows):
            parent = _add(table, "table:table-header-rows") if y < heads else table
            line = _add(parent, "table:table-row")
            for x, text in enumerate(row):
                is_head = y < heads or (not heads and x == 0) or (has_foot and y == len(rows) - 1)
                cell = _add(
                    line,
                    "table:table-cell",
                    table__style_name="HeadCell" if is_head else "PlainCell",
                    office__value_type="string",
                )
                names = ("HeadNumber" if is_head else "Number") if x in numbers else "Head" if is_head else "Cell"
                self._paragraph(text, names, cell)

    def _cell_styles(self) -> None:
        for name, looks in (("PlainCell", {}), ("HeadCell", {"fo__background_color": SHADE})):
            style = _add(self.styles, "style:style", style__name=name, style__family="table-cell")
            _add(style, "style:table-cell-properties", fo__padding="1mm", fo__border=f"0.5pt solid {RULE}", **looks)


def _styles() -> bytes:
    root = _root("office:document-styles")
    styles = _add(root, "office:styles")
    for name, (paragraph, letters) in LOOKS.items():
        style = _add(styles, "style:style", style__name=name, style__family="paragraph")
        style.set(_name("style:display-name"), name.replace("_20_", " "))
        if name.startswith("Heading"):
            style.set(_name("style:default-outline-level"), "1")
        ET.SubElement(
            style, _name("style:paragraph-properties"), {_name(key): value for key, value in paragraph.items()}
        )
        said = {**letters, "fo:font-family": FONT, "style:font-family-asian": FONT, "fo:language": "ko"}
        said |= {"style:language-asian": "ko", "style:country-asian": "KR", "fo:country": "KR"}
        said |= {key.replace("fo:", "style:") + "-asian": letters[key] for key in letters if key != "fo:color"}
        ET.SubElement(style, _name("style:text-properties"), {_name(key): value for key, value in said.items()})
    layout = _add(_add(root, "office:automatic-styles"), "style:page-layout", style__name="A4")
    _add(layout, "style:page-layout-properties", fo__page_width="210mm", fo__page_height="297mm", fo__margin="20mm")
    pages = _add(root, "office:master-styles")
    page = _add(pages, "style:master-page", style__name="Standard", style__page_layout_name="A4")
    footer = _add(_add(page, "style:footer"), "text:p", text__style_name="Subtitle")
    _add(footer, "text:page-number", "1", text__select_page="current")
    return _bytes(root)


def _meta(data: Mapping[str, Any]) -> bytes:
    root = _root("office:document-meta")
    meta = _add(root, "office:meta")
    for tag, value in (("title", data["title"]), ("creator", data["issuer"]), ("subject", data["subtitle"])):
        _add(meta, f"dc:{tag}", value)
    _add(meta, "dc:language", "ko-KR")
    _add(meta, "dc:date", data["at"][:19])
    _add(meta, "dc:description", "\n".join(data["summary"]))
    for word in data["keywords"]:
        _add(meta, "meta:keyword", word)
    return _bytes(root)


def _manifest(names: Sequence[str]) -> bytes:
    root = ET.Element(_name("manifest:manifest"), {_name("manifest:version"): "1.3"})
    _add(root, "manifest:file-entry", manifest__full_path="/", manifest__version="1.3", manifest__media_type=TYPE)
    for name in names:
        kind = "image/png" if name.endswith(".png") else "text/xml"
        _add(root, "manifest:file-entry", manifest__full_path=name, manifest__media_type=kind)
    return _bytes(root)
