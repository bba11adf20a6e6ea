"""What can be wrong with a sheet of needs, and the words staff read for it; staff pages are Korean only."""

from enum import StrEnum

from briefings.rounds.models import ImportState, NeedImport


class Mistake(StrEnum):
    """What is said about a cell, a row or the whole file."""

    NO_SHEET = "no_sheet"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    NO_HEADING = "no_heading"
    RENAMED_HEADING = "renamed_heading"
    DOUBLE_HEADING = "double_heading"
    UNKNOWN_HEADING = "unknown_heading"
    MERGED = "merged"
    MISSING = "missing"
    BLANK = "blank"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_REGION = "unknown_region"
    UNKNOWN_STAGE = "unknown_stage"
    UNKNOWN_THEME = "unknown_theme"
    UNKNOWN_AUDIENCE = "unknown_audience"
    UNKNOWN_RESOURCE = "unknown_resource"
    TWICE_CHOSEN = "twice_chosen"
    BAD_MAIL = "bad_mail"
    BAD_PHONE = "bad_phone"
    TOO_LONG = "too_long"
    UNSEEN = "unseen"
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    NUMBER = "number"
    DATE_FOR_TEXT = "date_for_text"
    TRUE_FALSE = "true_false"
    BAD_DATE = "bad_date"
    UPSIDE_DOWN = "upside_down"
    EXAMPLE_MARK_LEFT = "example_mark_left"
    TWICE_IN_FILE = "twice_in_file"
    TWO_KINDS = "two_kinds"
    OTHER_KIND = "other_kind"
    OTHERS_CONTACT = "others_contact"
    ALIKE_IN_FILE = "alike_in_file"
    ALIKE = "alike"
    EMPTY_ROWS = "empty_rows"
    EXAMPLE = "example"
    HIDDEN = "hidden"
    MORE = "more"


class Level(StrEnum):
    """What follows: the file must be corrected, staff must decide about the row, or nothing."""

    ERROR = "error"
    DOUBT = "doubt"
    NOTE = "note"


DOUBTS = (Mistake.OTHERS_CONTACT, Mistake.ALIKE_IN_FILE, Mistake.ALIKE)
NOTES = (Mistake.UNKNOWN_HEADING, Mistake.EMPTY_ROWS, Mistake.EXAMPLE, Mistake.HIDDEN, Mistake.MORE)


def level_of(mistake: Mistake) -> Level:
    """What follows from it."""
    if mistake in DOUBTS:
        return Level.DOUBT
    return Level.NOTE if mistake in NOTES else Level.ERROR


MISTAKES = {
    Mistake.NO_SHEET: "시트를 찾을 수 없음",
    Mistake.NO_ROWS: "과제가 없음",
    Mistake.TOO_MANY_ROWS: "줄이 너무 많음",
    Mistake.NO_HEADING: "머리글이 없음",
    Mistake.RENAMED_HEADING: "머리글이 바뀜",
    Mistake.DOUBLE_HEADING: "같은 머리글이 두 번",
    Mistake.UNKNOWN_HEADING: "서식에 없는 열",
    Mistake.MERGED: "합쳐진 셀",
    Mistake.MISSING: "필수 칸이 비어 있음",
    Mistake.BLANK: "빈칸만 있음",
    Mistake.UNKNOWN_KIND: "목록에 없는 기관 유형",
    Mistake.UNKNOWN_REGION: "목록에 없는 지역",
    Mistake.UNKNOWN_STAGE: "목록에 없는 단계",
    Mistake.UNKNOWN_THEME: "목록에 없는 주제",
    Mistake.UNKNOWN_AUDIENCE: "목록에 없는 찾는 기관",
    Mistake.UNKNOWN_RESOURCE: "목록에 없는 자원 유형",
    Mistake.TWICE_CHOSEN: "같은 것을 두 번 고름",
    Mistake.BAD_MAIL: "잘못된 전자우편 주소",
    Mistake.BAD_PHONE: "잘못된 전화번호",
    Mistake.TOO_LONG: "너무 긴 글",
    Mistake.UNSEEN: "보이지 않는 글자",
    Mistake.FORMULA: "수식",
    Mistake.ERROR_VALUE: "계산 오류 값",
    Mistake.NUMBER: "글 대신 숫자",
    Mistake.DATE_FOR_TEXT: "글 대신 날짜",
    Mistake.TRUE_FALSE: "글 대신 참·거짓",
    Mistake.BAD_DATE: "잘못된 날짜",
    Mistake.UPSIDE_DOWN: "앞뒤가 바뀐 기간",
    Mistake.EXAMPLE_MARK_LEFT: "예시 표시가 남아 있음",
    Mistake.TWICE_IN_FILE: "파일 안에 같은 과제",
    Mistake.TWO_KINDS: "한 기관에 두 가지 유형",
    Mistake.OTHER_KIND: "등록된 것과 다른 기관 유형",
    Mistake.OTHERS_CONTACT: "다른 기관의 계정인 담당자",
    Mistake.ALIKE_IN_FILE: "파일 안에 비슷한 과제",
    Mistake.ALIKE: "이미 있는 과제와 비슷함",
    Mistake.EMPTY_ROWS: "빈 줄",
    Mistake.EXAMPLE: "예시 줄",
    Mistake.HIDDEN: "숨긴 줄",
    Mistake.MORE: "더 있음",
}
LEVELS = {Level.ERROR: "고칠 곳", Level.DOUBT: "확인할 곳", Level.NOTE: "참고"}
LEVEL_TONES = {Level.ERROR: "error", Level.DOUBT: "warning", Level.NOTE: "info"}
IMPORT_STATES = {
    ImportState.CHECKING: "점검 중",
    ImportState.CHECKED: "점검함",
    ImportState.SAVING: "등록 중",
    ImportState.SAVED: "등록함",
    ImportState.DISCARDED: "버림",
}
WORDS = {Mistake: MISTAKES, Level: LEVELS, ImportState: IMPORT_STATES}
STATE_TONES = {
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "warning",
    ImportState.SAVING: "info",
    ImportState.SAVED: "success",
    ImportState.DISCARDED: "quiet",
}


def standing_of(import_: NeedImport, is_working: bool) -> tuple[str, str]:
    """(what staff read, tone) about where an import stands."""
    if import_.state is ImportState.DISCARDED and import_.saved_at:
        return "되돌림", "quiet"
    if import_.state in (ImportState.CHECKING, ImportState.SAVING) and not is_working:
        return "멈춤", "error"
    return IMPORT_STATES[import_.state], STATE_TONES[import_.state]
