"""The words staff read for the enums of this slice; staff pages are Korean only."""

from briefings.registrations.invitees import Answer
from briefings.registrations.models import ListPurpose, ListState

ANSWERS = {
    Answer.UNASKED: "아직 초대하지 않음",
    Answer.SILENT: "답 없음",
    Answer.REGISTERED: "신청함",
    Answer.DECLINED: "참석하지 않음",
}
ANSWER_TONES = {
    Answer.UNASKED: "warning",
    Answer.SILENT: "info",
    Answer.REGISTERED: "success",
    Answer.DECLINED: "quiet",
}
PURPOSES = {ListPurpose.INVITE: "초대 명단에 넣기", ListPurpose.REGISTER: "신청시키기"}
LIST_STATES = {ListState.CHECKED: "확인 중", ListState.TAKEN: "넣음", ListState.DISCARDED: "버림"}
WORDS = {Answer: ANSWERS, ListPurpose: PURPOSES, ListState: LIST_STATES}
