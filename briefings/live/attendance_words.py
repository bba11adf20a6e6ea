"""What staff read for attendance."""

from enum import StrEnum

from briefings.live.models import Attendance, AttendanceListState, AttendanceSource, AttendanceState
from briefings.web.labels import Words

STANDINGS: dict[StrEnum, str] = {
    AttendanceState.PRESENT: "참석",
    AttendanceState.LATE: "늦게 참석",
    AttendanceState.LEFT_EARLY: "일찍 나감",
    AttendanceState.ABSENT: "불참",
}
TONES = {
    AttendanceState.PRESENT: "success",
    AttendanceState.LATE: "warning",
    AttendanceState.LEFT_EARLY: "warning",
    AttendanceState.ABSENT: "quiet",
}
SOURCES: dict[StrEnum, str] = {
    AttendanceSource.GATE: "입장 화면",
    AttendanceSource.IMPORT: "회의 도구 명단",
    AttendanceSource.STAFF: "담당자 표시",
}


def sources_of(attendance: Attendance | None) -> str:
    """Where it is known from; the gate and a meeting tool may both know of somebody."""
    if attendance is None:
        return ""
    found = [SOURCES[attendance.source]]
    if attendance.source is AttendanceSource.GATE and attendance.minutes is not None:
        found.append(SOURCES[AttendanceSource.IMPORT])
    if attendance.mark is not None and attendance.source is not AttendanceSource.STAFF:
        found.append(SOURCES[AttendanceSource.STAFF])
    return ", ".join(found)


LISTS: dict[StrEnum, str] = {
    AttendanceListState.CHECKED: "확인하는 중",
    AttendanceListState.TAKEN: "반영함",
    AttendanceListState.DISCARDED: "버림",
}
WORDS: Words = {AttendanceState: STANDINGS, AttendanceSource: SOURCES, AttendanceListState: LISTS}
