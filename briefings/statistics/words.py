"""What the steps of the funnel and the deeds of recognition are called, and what each counts: said once, here."""

from typing import NamedTuple

from briefings.errors import N_
from briefings.statistics.funnel import Counted, Step, Whole
from briefings.statistics.recognition import Deed, Who
from briefings.statistics.scope import Axis


class StepWords(NamedTuple):
    """A step: its name, what it counts in (건, 명), what that is, and of what its share is taken ("": of nothing)."""

    name: str
    unit: str
    meaning: str
    of: str
    organizations: str
    """Whose organizations are counted beside it, each once."""


STEPS: dict[Counted, StepWords] = {
    Step.NEEDS: StepWords(
        N_("등록된 과제"),
        N_("건"),
        N_("게시된 수요 과제입니다. 나중에 마감하거나 철회한 것도 셉니다."),
        "",
        N_("수요기관"),
    ),
    Step.GROUPED: StepWords(
        N_("편성한 과제"),
        N_("건"),
        N_("취소하지 않은 설명회에 편성한 과제입니다. 초안도 셉니다."),
        N_("등록된 과제 가운데"),
        N_("수요기관"),
    ),
    Step.BRIEFED: StepWords(
        N_("발표한 과제"),
        N_("건"),
        N_("시작했거나 끝난 설명회에서 소개한 과제입니다. 여러 번 소개해도 한 번 셉니다."),
        N_("편성한 과제 가운데"),
        N_("수요기관"),
    ),
    Step.REGISTERED: StepWords(
        N_("참가 신청"),
        N_("명"),
        N_("공개한 설명회에 자리가 확정된 사람입니다. 설명회마다 셉니다."),
        N_("취소와 대기를 더한 모든 신청 가운데"),
        N_("신청한 기관"),
    ),
    Step.ATTENDED: StepWords(
        N_("참석"),
        N_("명"),
        N_("입장했거나, 출석부나 직원이 참석으로 확인한 사람입니다. 설명회마다 셉니다."),
        N_("시작한 설명회의 확정 신청과 자리 없이 온 사람 가운데"),
        N_("참석한 기관"),
    ),
    Step.REPLIED: StepWords(
        N_("답글 받은 과제"),
        N_("건"),
        N_("거두어들이지 않은 참여 답글이 하나라도 있는 과제입니다."),
        N_("등록된 과제 가운데"),
        N_("수요기관"),
    ),
    Step.REPLIES: StepWords(
        N_("참여 답글"),
        N_("건"),
        N_("거두어들이지 않은 참여 답글입니다. 한 기관이 과제 두 건에 답하면 두 건입니다."),
        "",
        N_("답글을 보낸 기관"),
    ),
    Step.ANSWERED: StepWords(
        N_("기한 안 확인"),
        N_("건"),
        N_("수요기관이 기한(근무일 5일) 안에 확인한 답글입니다."),
        N_("확인했거나 기한이 지난 답글 가운데"),
        N_("답글을 보낸 기관"),
    ),
    Step.CONSULTED: StepWords(
        N_("협의한 과제"),
        N_("건"),
        N_("답글을 보낸 기관과 협의하고 있거나, 협의를 적었거나, 협의가 성사로 또는 성사 없이 끝난 과제입니다."),
        N_("답글 받은 과제 가운데"),
        N_("수요기관"),
    ),
    Step.MATCHED: StepWords(
        N_("성사"),
        N_("건"),
        N_("수요기관이 적고 참여기관이 확인한 성사입니다. 과제마다 하나입니다."),
        N_("답글 받은 과제 가운데"),
        N_("성사에 함께한 기관"),
    ),
}
WHOLES: dict[Counted, StepWords] = {
    Whole.APPLIED: StepWords(
        N_("모든 신청"),
        N_("명"),
        N_("공개한 설명회의 신청입니다. 승인이나 자리를 기다리는 사람과 취소한 사람도 셉니다."),
        "",
        "",
    ),
    Whole.EXPECTED: StepWords(
        N_("참석할 사람"),
        N_("명"),
        N_("시작한 설명회에 자리가 확정된 사람과, 자리 없이 온 사람입니다."),
        "",
        "",
    ),
    Whole.DUE: StepWords(
        N_("확인할 때가 된 답글"),
        N_("건"),
        N_("수요기관이 확인했거나, 확인할 기한(근무일 5일)이 지난 답글입니다."),
        "",
        "",
    ),
}
"""What shares are taken of that is no step."""
WORDS = STEPS | WHOLES
AXES = {
    Axis.THEME: N_("주제"),
    Axis.AUDIENCE: N_("대상"),
    Axis.KIND: N_("참여기관 유형"),
    Axis.OWNER_KIND: N_("수요기관 유형"),
    Axis.REGION: N_("지역"),
    Axis.ROUND: N_("수요조사"),
    Axis.BRIEFING: N_("설명회"),
    Axis.HALF: N_("반기"),
    Axis.YEAR: N_("해"),
}

DEEDS = {
    Deed.NEEDS: ("수요 등록", "그 반기에 게시된 수요 과제(건). 담당자는 과제의 담당자로 적힌 사람"),
    Deed.PRESENTED: ("설명회 발표", "그 반기에 열린 설명회에서 소개한 과제(건). 담당자는 발표자"),
    Deed.ANSWERED: ("기한 안 확인", "그 반기에 받은 참여 답글 가운데 근무일 5일 안에 확인한 것(건)"),
    Deed.ATTENDED: ("설명회 참석", "그 반기에 열린 설명회에 참석한 사람(설명회마다 셈)"),
    Deed.REPLIES: ("참여 답글", "그 반기에 보낸 참여 답글(건, 거두어들인 것 제외)"),
    Deed.MATCHED: ("협업 성사", "그 반기에 두 기관이 확인한 성사(건)"),
}
"""What counts for recognition, and how it is counted."""
MERITS = {
    Deed.NEEDS: "수요 과제 {number:,}건 등록",
    Deed.PRESENTED: "설명회에서 과제 {number:,}건 발표",
    Deed.ANSWERED: "참여 답글 {number:,}건을 기한 안에 확인",
    Deed.ATTENDED: "설명회 참석 {number:,}회",
    Deed.REPLIES: "참여 답글 {number:,}건 제출",
    Deed.MATCHED: "협업 {number:,}건 성사",
}
WHO = {Who.ORGANIZATIONS: "기관", Who.OFFICERS: "담당자"}
