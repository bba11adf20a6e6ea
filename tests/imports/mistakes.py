"""One line for each mistake that can be made in a form, and a sheet with what can be wrong with it as a whole."""

from datetime import date
from typing import Any

from briefings.imports.words import Mistake
from tests.imports.sheets import FIRST, PLACES, a_line

# Heading → what stands there by mistake, which mistake it is, what is said; each in a line of its own.
MISTAKEN: list[tuple[str, Any, Mistake, str]] = [
    ("과제 이름", None, Mistake.MISSING, "과제 이름을 적어 주세요."),
    ("기관 이름", None, Mistake.MISSING, "기관 이름을 적어 주세요."),
    ("기관 유형", None, Mistake.MISSING, "기관 유형을 골라 주세요."),
    ("한 줄 요약", None, Mistake.MISSING, "한 줄 요약을 적어 주세요."),
    ("제공 자원", None, Mistake.MISSING, "제공 자원을 적어 주세요."),
    ("필요 역량", None, Mistake.MISSING, "필요 역량을 적어 주세요."),
    ("주제 1", None, Mistake.MISSING, "주제 1을 골라 주세요."),
    ("찾는 기관 1", None, Mistake.MISSING, "찾는 기관 1을 골라 주세요."),
    ("담당자 이름", None, Mistake.MISSING, "담당자 이름을 적어 주세요."),
    ("담당자 전자우편", None, Mistake.MISSING, "담당자 전자우편을 적어 주세요."),
    ("한 줄 요약", "  \u3000 ", Mistake.BLANK, "빈칸만 있습니다."),
    ("기관 유형", "공공기간", Mistake.UNKNOWN_KIND, "혹시 ‘공공기관’입니까?"),
    ("지역", "전라남동", Mistake.UNKNOWN_REGION, "혹시 ‘전라남도’입니까?"),
    ("단계", "시번", Mistake.UNKNOWN_STAGE, "혹시 ‘시범’입니까?"),
    ("주제 2", "탄소중림", Mistake.UNKNOWN_THEME, "혹시 ‘탄소중립’입니까?"),
    ("찾는 기관 2", "우주", Mistake.UNKNOWN_AUDIENCE, "쓸 수 있는 말: 민간 기업, 협회·단체"),
    ("제공 자원 유형 2", "장비들", Mistake.UNKNOWN_RESOURCE, "혹시 ‘장비’입니까?"),
    ("주제 2", "탄소중립", Mistake.TWICE_CHOSEN, "‘탄소중립’ 항목을 두 번 골랐습니다."),
    ("담당자 전자우편", "gildong@", Mistake.BAD_MAIL, "‘@’ 뒤의 주소가 빠졌습니다. 예:"),
    ("담당자 사무실 전화번호", "전화 주세요", Mistake.BAD_PHONE, "예: 044-205-1234"),
    ("과제 이름", "긴 이름 " * 40, Mistake.TOO_LONG, "120자까지 적을 수 있습니다. 지금 199자입니다. 79자를"),
    ("배경과 필요성", "앞\u202e뒤", Mistake.UNSEEN, "보이지 않는 글자"),
    ("제공 자원", "=1+1", Mistake.FORMULA, "수식이 들어 있습니다."),
    ("필요 역량", "#REF!", Mistake.ERROR_VALUE, "계산 오류 #REF!"),
    ("담당자 사무실 전화번호", 611234567, Mistake.NUMBER, "앞의 0이 지워졌을 수 있습니다."),
    ("과제 이름", date(2027, 3, 1), Mistake.DATE_FOR_TEXT, "날짜(2027-03-01)가 들어 있습니다."),
    ("담당 부서", True, Mistake.TRUE_FALSE, "참·거짓 값(TRUE)"),
    ("협업 시작일", "2027-02-30", Mistake.BAD_DATE, "달력에 없는 날짜(2027-02-30)"),
    ("협업 종료일", "내년 봄", Mistake.BAD_DATE, "날짜를 읽을 수 없습니다."),
    ("협업 종료일", date(2027, 2, 1), Mistake.UPSIDE_DOWN, "종료일(2027-02-01)이 시작일(2027-03-01)보다 앞섭니다."),
    ("과제 이름", "[예시] 우리 과제", Mistake.EXAMPLE_MARK_LEFT, "‘[예시]’가 남아 있습니다."),
    ("과제 이름", "섬마을 이동진료 돕기 1호", Mistake.TWICE_IN_FILE, f"{FIRST}번째 줄과 같은 과제"),
    ("기관 유형", "기업", Mistake.TWO_KINDS, f"{FIRST}번째 줄에는 이 기관의 유형이 다르게"),
    ("기관 유형", "기업", Mistake.OTHER_KIND, "‘공공기관’(으)로 등록되어 있습니다."),
    ("담당자 전자우편", "owner@example.kr", Mistake.OTHERS_CONTACT, "‘남의공단’ 계정의 주소입니다."),
]


def mistaken_lines() -> list[dict[str, Any]]:
    """A line without a mistake, then one for each mistake."""
    lines = [a_line(1)]
    for number, (heading, value, mistake, _) in enumerate(MISTAKEN, start=2):
        line = a_line(number) | {heading: value}
        if mistake in (Mistake.TWICE_IN_FILE, Mistake.TWO_KINDS):
            line["기관 이름"] = lines[0]["기관 이름"]
        if mistake is Mistake.OTHER_KIND:
            line["기관 이름"] = "가온 해양공단"
        lines.append(line)
    return lines


def spoil(sheet: Any) -> None:
    """What can be wrong with the sheet as a whole."""
    column = PLACES["혜택을 받는 사람"]
    sheet.cell(1, column).value = "혜택 받는 분"
    sheet.cell(1, PLACES["주제 3"]).value = "주제 2"
    sheet.cell(1, len(PLACES) + 1).value = "비고"
    last = FIRST + len(MISTAKEN) + 1
    sheet.merge_cells(start_row=last - 1, end_row=last - 1, start_column=7, end_column=8)
    sheet.row_dimensions[FIRST].hidden = True
    for heading, value in a_line(99).items():
        sheet.cell(last + 3, PLACES[heading]).value = value
