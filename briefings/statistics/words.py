"""What the steps of the funnel are called, their counters, and what each counts (Korean: for staff)."""

STEPS = {
    "needs": ("발표한 과제", "건", "이 설명회에 편성된 수요 과제"),
    "registered": ("참가 신청", "명", "확정된 신청(사람)"),
    "attended": ("참석", "명", "입장 단추를 누른 사람"),
    "replies_after": ("새 참여 답글", "건", "설명회 시작 뒤 발표 과제에 온 답글(거두어들인 것 제외)"),
    "answered_in_time": ("기한 안에 확인", "건", "새 답글 가운데 수요기관이 기한 안에 확인한 것"),
    "consulting": ("협의", "건", "새 답글 가운데 협의하고 있거나 성사된 것"),
    "matched": ("성사", "건", "설명회 시작 뒤 성사로 기록된 발표 과제"),
}
