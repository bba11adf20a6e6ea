"""What the steps of the funnel and the deeds of recognition are called, and what each counts (Korean: for staff)."""

from briefings.statistics.recognition import Deed, Who

STEPS = {
    "needs": ("발표한 과제", "건", "이 설명회에 편성된 수요 과제"),
    "registered": ("참가 신청", "명", "확정된 신청(사람)"),
    "attended": ("참석", "명", "입장했거나, 출석부나 직원이 참석으로 확인한 사람"),
    "replies_after": ("새 참여 답글", "건", "설명회 시작 뒤 발표 과제에 온 답글(거두어들인 것 제외)"),
    "answered_in_time": ("기한 안에 확인", "건", "새 답글 가운데 수요기관이 기한 안에 확인한 것"),
    "consulting": ("협의", "건", "새 답글 가운데 협의하고 있거나 협의가 성사로, 또는 성사 없이 끝난 것"),
    "matched": ("성사", "건", "설명회 시작 뒤 두 기관이 성사를 확인한 발표 과제"),
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
