"""The result report as files: tagged PDF, a document of 한글 and an ODT with the same words, whatever people wrote."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from defusedxml import ElementTree as ET
from hwpx import HwpxDocument
from pypdf import PdfReader

from briefings.errors import Refused
from briefings.papers import drawing
from briefings.papers.hangul import hwpx_of
from briefings.papers.measures import WIDTH
from briefings.papers.open_text import odt_of
from briefings.papers.png import size_of
from briefings.papers.setting import Busy
from briefings.papers.writer import writable
from briefings.statistics import report_files
from briefings.statistics.blocks import Bars, Facts, Line, Paper, Points, Section, Table, Words
from briefings.statistics.report_files import FILES, Site, written

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
ODD = '#let x = 1 $a$ <script>alert("1")</script> =1+1 @me *별* _밑_ \\ `코드` &amp; 가\x01나'
PLAIN = ODD.replace("\x01", "")
PAPER = Paper(
    title=f"설명회 {ODD} 결과보고",
    subtitle="2026. 11. 20.(금) 14:00~15:30",
    as_of="2026. 11. 23.(월) 10:00 기준",
    figures=[("신청", "38", "명", "기관 18곳"), ("만족도", "4.24", "/ 5점", "21명 답함")],
    summary=["38명(18곳) 신청", ODD],
    keywords=["협업이음", "탄소중립"],
    sections=[
        Section("outline", "개요", [Facts("개요", [("행사", ODD), ("", ""), ("빈칸", "")])]),
        Section(
            "registrations",
            "신청",
            [
                Bars("유형별", [("기업", 3, "3명"), ("지방자치단체", 0, "0명")]),
                Table("유형별", ["유형", "사람"], [["기업", "3명"], [ODD, "0명"]], [1], ["모두", "3명"]),
                Line("쌓인 모습", "신청", [("11. 1.", "1일"), ("11. 2.", "2일")], [1, 3], "3명"),
                Words(f"첫 줄\n{ODD}"),
                Points(["참석: 온 사람"]),
            ],
        ),
    ],
)
SITE = Site("협업이음", "행정안전부")
DESCRIBED = ["유형별. 기업 3명, 지방자치단체 0명", "쌓인 모습. 1일부터 2일까지: 신청 1에서 3명까지"]
"""What is said of the charts to whoever does not see them."""


def squeezed(text):
    """Without spaces: where lines and words break is not what is looked for."""
    return "".join(text.split())


def is_drawn(png):
    """Whether it is a picture as wide as the text, sharp, and of more than paper."""
    wide, high = size_of(png)
    return wide == round(WIDTH / 25.4 * drawing.DOTS) and high > 50 and len(png) > 2000


@pytest.fixture(scope="module")
def files():
    """Made once: each by a process of its own."""
    return {ending: io.BytesIO(written(ending, PAPER, SITE, NOW)) for ending in FILES}


def test_the_pdf_is_tagged_and_says_everything(files):
    reader = PdfReader(files["pdf"])
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "ko"
    assert "pdfuaid" in root["/Metadata"].get_data().decode() or "/StructTreeRoot" in root
    assert reader.metadata.author == "행정안전부" and "탄소중립" in reader.metadata["/Keywords"]
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert "38명(18곳)신청" in text and squeezed('<script>alert("1")</script>') in text


def test_the_document_of_hangul_is_valid_and_reads_the_same(files):
    document = HwpxDocument.open(files["hwpx"])
    report = document.validate()
    assert not [issue for issue in report.issues if issue.level == "error"], report.issues
    text = document.text.plain()
    assert "38명(18곳) 신청" in text and PLAIN in text and "첫 줄" in text
    with zipfile.ZipFile(files["hwpx"]) as file:
        assert file.namelist()[0] == "mimetype" and file.read("mimetype") == b"application/hwp+zip"
        section = ET.fromstring(file.read("Contents/section0.xml"))
        pictures = [file.read(name) for name in file.namelist() if name.startswith("BinData/")]
    tables = [each for each in section.iter() if each.tag.endswith("}tbl")]
    assert [(each.get("rowCnt"), each.get("repeatHeader")) for each in tables] == [("3", "1"), ("1", "0"), ("4", "1")]
    assert [each.text for each in section.iter() if each.tag.endswith("}shapeComment")] == DESCRIBED
    assert len(pictures) == len(DESCRIBED) and all(is_drawn(each) for each in pictures)


def test_the_odt_reads_the_same_in_order(files):
    with zipfile.ZipFile(files["odt"]) as file:
        first = file.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert file.read("mimetype").decode() == FILES["odt"].media_type
        parts = {name: ET.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")}
        pictures = {name: file.read(name) for name in file.namelist() if name.startswith("Pictures/")}
    listed = [
        name for each in parts["META-INF/manifest.xml"] for key, name in each.items() if key.endswith("}full-path")
    ]
    assert sorted(listed) == ["/", *sorted(pictures), "content.xml", "meta.xml", "styles.xml"]
    assert len(pictures) == len(DESCRIBED) and all(is_drawn(each) for each in pictures.values())
    frames = [each for each in parts["content.xml"].iter() if each.tag.endswith("}frame")]
    assert [". ".join(told.text for told in frame[1:]) for frame in frames] == DESCRIBED
    shown = {name for frame in frames for key, name in frame[0].items() if key.endswith("}href")}
    assert shown == set(pictures)
    text = "".join(parts["content.xml"].itertext())
    assert PLAIN in text and text.index("요약") < text.index("1. 개요") < text.index("2. 신청")
    styles = {value for each in parts["content.xml"].iter() for name, value in each.items() if "style-name" in name}
    known = {
        value
        for part in parts.values()
        for each in part.iter()
        for name, value in each.items()
        if name.endswith("}name")
    }
    assert styles <= known


def test_numbers_beside_a_line_are_written_as_everywhere():
    line = Line("쌓인 모습", "과제", [("20", "2020년"), ("21", "2021년")], [48, 1175], "1,175건")
    paper = replace(PAPER, sections=[Section("figures", "공표 수치", [line])])
    text = PdfReader(io.BytesIO(written("pdf", paper, SITE, NOW))).pages[0].extract_text()
    assert {"1,500", "750"} <= set(text.split())


def test_what_cannot_be_made_now_is_said_in_words(monkeypatch):
    def busy(*given):
        raise Busy("too many")

    monkeypatch.setattr(report_files, "write_document", busy)
    with pytest.raises(Refused, match="잠시 뒤에"):
        written("odt", PAPER, SITE, NOW)


def test_documents_are_written_without_charts_where_no_korean_letters_are(monkeypatch):
    monkeypatch.setattr(drawing, "typesetter", lambda folder: None)
    assert drawing.drawn(Path(), PAPER.plain()) == {}
    for write in (hwpx_of, odt_of):
        data = writable(PAPER.plain() | {"site": "협업이음", "issuer": "행정안전부", "at": NOW.isoformat()})
        assert zipfile.is_zipfile(io.BytesIO(write(data, {})))


def test_columns_of_tables_are_as_wide_as_their_words_ask_in_every_kind_of_document():
    bodies = ", ".join(f"예시 협력 기관 {number:03}" for number in range(6))
    matched = Table(
        "성사", ["과제", "함께하는 기관", "성사한 날"], [["산간 지역 수리", bodies, "2021. 8. 15.(일)"]], []
    )
    heads = ["주제", *["답글 받은 과제 (건)"] * 8]
    by_theme = Table("주제별", heads, [["디지털·데이터", *["9,999"] * 8]], [*range(1, 9)])
    paper = replace(PAPER, sections=[Section("matches", "성사", [matched, by_theme])])
    [[what, who, day], [theme, *counts]] = (block["widths"] for block in paper.plain()["sections"][0]["blocks"])
    assert what + who + day == pytest.approx(WIDTH) == theme + sum(counts)
    assert who > what > 26 and day > 28 and theme > 26 and min(counts) > 14
    with zipfile.ZipFile(io.BytesIO(written("odt", paper, SITE, NOW))) as file:
        styles = ET.fromstring(file.read("content.xml")).iter()
    widths = [value for each in styles for name, value in each.items() if name.endswith("}column-width")]
    assert widths[-12:-9] == [f"{each:.1f}mm" for each in (what, who, day)]
    lines = PdfReader(io.BytesIO(written("pdf", paper, SITE, NOW))).pages[0].extract_text().splitlines()
    assert any("산간 지역 수리" in line for line in lines) and any("디지털·데이터" in line for line in lines)
