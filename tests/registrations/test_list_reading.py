"""A list of people is read whatever made it, and its columns are recognised whatever they are called."""

import io

import openpyxl
import pytest

from briefings.errors import Refused
from briefings.registrations.list_columns import heading_row, recognised
from briefings.registrations.list_reading import MOST_ROWS, read_file, read_text

CSV = "기관명,성명,이메일\r\n가온시,홍길동,gaon@example.kr\r\n"
ROWS = [["기관명", "성명", "이메일"], ["가온시", "홍길동", "gaon@example.kr"]]


def rows(table) -> list[list[str]]:
    """The cells alone."""
    return [cells for _, cells in table.rows]


def a_workbook(*lines: list, formulas: bool = False) -> bytes:
    """A spreadsheet as Excel would save it."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_csv_is_read_in_every_encoding_korean_programs_write(encoding):
    assert rows(read_file("명단.csv", CSV.encode(encoding))) == ROWS


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        CSV.replace(",", "\t"),
        CSV.replace(",", ";"),
        '기관명, 성명, 이메일\n"가온시", 홍길동, gaon@example.kr\n\n',
        "\n기관명\t성명\t이메일\t\n가온시\t홍\u200b길동\tgaon@example.kr\t\n",
    ],
)
def test_lines_are_parted_by_whatever_stands_between_them(text):
    assert [row[:3] for row in rows(read_text(text))] == ROWS


def test_addresses_as_mail_programs_write_them_are_names_and_addresses():
    pasted = '"홍길동" <gaon@example.kr>; 김하늘 <narae@example.kr>,\n<daon@example.kr>'

    assert rows(read_text(pasted)) == [
        ["홍길동", "gaon@example.kr"],
        ["김하늘", "narae@example.kr"],
        ["", "daon@example.kr"],
    ]


def test_a_spreadsheet_keeps_the_numbers_of_its_rows_and_tells_formulas_apart():
    data = a_workbook(["참석자 명단"], [], ["기관명", "성명", "연락처"], ["가온시", "=A1", 1012345678])

    table = read_file("명단.xlsx", data)

    assert [number for number, _ in table.rows] == [1, 3, 4]
    assert table.rows[2][1][2] == "1012345678"
    assert list(table.odd) == [(4, 1)] and table.sheet == "Sheet"
    assert heading_row(table.rows) == 1


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("명단.csv", b"", "빈 파일"),
        ("명단.csv", b"\n\n , \n", "읽을 줄을 찾지 못했습니다"),
        ("명단.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "읽을 수 없는 파일"),
        ("명단.csv", b"\xff\xff\xff\xff", "읽을 수 없는 파일"),
        ("명단.xlsx", b"abc", "엑셀 파일"),
        ("명단.xls", b"\xd0\xcf\x11\xe0" + b"0" * 100, "엑셀 파일"),
        ("명단.csv", b"a," * 3_000_000, "너무 큽니다"),
        ("명단.csv", b"a@example.kr\n" * (MOST_ROWS + 11), "나누어"),
        ("명단.csv", b'"' + b"a" * 200_000 + b'"', "읽을 수 없는 파일"),
    ],
)
def test_says_what_is_wrong_with_what_cannot_be_read(name, data, says):
    with pytest.raises(Refused, match=says):
        read_file(name, data)


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["No.", "소속기관", "성 명", "E-mail", "직위"], ["", "organization", "name", "email", "rank"]),
        (
            ["회사명", "기관 구분", "담당자 이름(한글)", "이메일 주소", "휴대폰 번호", "비고"],
            ["organization", "kind", "name", "email", "phone", ""],
        ),
        (
            ["Company", "Full name", "Email address", "Department", "language"],
            ["organization", "name", "email", "department", "locale"],
        ),
        (["이름", "이름", "메일"], ["name", "", "email"]),
    ],
)
def test_columns_are_recognised_by_their_headings_each_thing_once(headings, fields):
    assert recognised(headings, []) == fields


def test_without_headings_what_stands_there_tells():
    people = [
        ["가온시청", "지방자치단체", "홍길동", "gaon@example.kr", "010-1234-5678"],
        ["나래공단", "공공기관", "김하늘", "narae@example.kr", ""],
    ]

    assert heading_row(list(enumerate(people))) is None
    assert heading_row([(1, ["단체", "사람", "주소"]), (2, ["가온시", "홍길동", "gaon@example.kr"])]) == 0
    assert recognised([""] * 5, people) == ["organization", "kind", "name", "email", "phone"]
    assert recognised([""] * 2, [["홍길동", "gaon@example.kr"]]) == ["name", "email"]
    assert recognised([""], [[""]]) == [""]


MIXED = "김초대 <chodae@example.kr>\nguest@example.kr\nbad-address\n박초대, park@example.kr, 박물관\n"


def test_pasted_lines_of_every_make_stand_below_each_other_and_none_vanishes():
    table = read_text(MIXED)

    assert table.rows == [
        (1, ["김초대", "chodae@example.kr", ""]),
        (2, ["", "guest@example.kr", ""]),
        (3, ["", "bad-address", ""]),
        (4, ["박초대", "park@example.kr", "박물관"]),
    ]
    assert heading_row(table.rows) is None
    assert recognised([""] * 3, rows(table)) == ["name", "email", "organization"]


@pytest.mark.parametrize(
    ("text", "read", "heading"),
    [
        ("bad-address\nok2@example.kr", [["bad-address"], ["ok2@example.kr"]], None),
        (
            "이름\t이메일\n홍길동\tgaon@example.kr\n김하늘, narae@example.kr\nbad\n이나래 <ra@example.kr>",
            [
                ["이름", "이메일"],
                ["홍길동", "gaon@example.kr"],
                ["김하늘", "narae@example.kr"],
                ["bad", ""],
                ["이나래", "ra@example.kr"],
            ],
            0,
        ),
        # A cell that goes on below belongs to it; a mark that was forgotten takes nobody in.
        ('"가온시\n본청",홍길동,a@example.kr', [["가온시 본청", "홍길동", "a@example.kr"]], None),
        (
            '"홍길동,a@example.kr\n김하늘,b@example.kr\n이"나래,c@example.kr',
            [['"홍길동', "a@example.kr"], ["김하늘", "b@example.kr"], ['이"나래', "c@example.kr"]],
            None,
        ),
        ("홍길동;a@example.kr\n김하늘\tb@example.kr", [["홍길동", "a@example.kr"], ["김하늘", "b@example.kr"]], None),
        ("a@example.kr, 홍길동\n김하늘, b@example.kr", [["홍길동", "a@example.kr"], ["김하늘", "b@example.kr"]], None),
        ("이메일, a@example.kr", [["이메일", "a@example.kr"]], None),
        ("a@example.kr; b@example.kr, c", [["a@example.kr", "b@example.kr", "c"]], None),
        (
            "홍 <a@example.kr>; bad; b@example.kr",
            [["홍", "a@example.kr"], ["", "bad"], ["", "b@example.kr"]],
            None,
        ),
        (
            "\n".join(["; ".join(f"p{n}@example.kr" for n in range(40))]),
            [[f"p{n}@example.kr"] for n in range(40)],
            None,
        ),
    ],
)
def test_every_line_is_cut_by_itself(text, read, heading):
    table = read_text(text)

    assert rows(table) == read
    assert heading_row(table.rows) == heading
    assert len({number for number, _ in table.rows}) == len(read)
    below = rows(table)[1:] if heading == 0 else rows(table)
    headings = rows(table)[0] if heading == 0 else [""] * len(read[0])
    assert "email" in recognised(headings, below)
