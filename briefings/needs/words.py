"""The words people read for the enums of this slice: catalogue keys, translated where they are shown."""

from briefings.errors import N_
from briefings.needs.models import NeedState, NeedStatus, Region, Resource, RoundPhase, Stage
from briefings.needs.parts import Part

NEED_STATES = {
    NeedState.DRAFT: N_("작성 중"),
    NeedState.SUBMITTED: N_("검토 중"),
    NeedState.RETURNED: N_("돌려보냄"),
    NeedState.PUBLISHED: N_("게시 중"),
    NeedState.CLOSED: N_("마감"),
    NeedState.WITHDRAWN: N_("철회"),
}
NEED_TONES = {
    NeedState.DRAFT: "quiet",
    NeedState.SUBMITTED: "info",
    NeedState.RETURNED: "error",
    NeedState.PUBLISHED: "success",
    NeedState.CLOSED: "quiet",
    NeedState.WITHDRAWN: "quiet",
}
STATUSES = {
    NeedStatus.OPEN: N_("답글 받는 중"),
    NeedStatus.CONSULTING: N_("협의 중"),
    NeedStatus.MATCHED: N_("성사"),
    NeedStatus.CLOSED: N_("마감"),
}
STATUS_TONES = {
    NeedStatus.OPEN: "success",
    NeedStatus.CONSULTING: "info",
    NeedStatus.MATCHED: "primary",
    NeedStatus.CLOSED: "quiet",
}
STAGES = {
    Stage.IDEA: N_("아이디어"),
    Stage.PILOT: N_("시범"),
    Stage.EXPANSION: N_("확산"),
    Stage.GOOD_PRACTICE: N_("우수 사례 나눔"),
}
REGIONS = {
    Region.NATIONWIDE: N_("전국"),
    Region.SEOUL: N_("서울특별시"),
    Region.BUSAN: N_("부산광역시"),
    Region.DAEGU: N_("대구광역시"),
    Region.INCHEON: N_("인천광역시"),
    Region.GWANGJU: N_("광주광역시"),
    Region.DAEJEON: N_("대전광역시"),
    Region.ULSAN: N_("울산광역시"),
    Region.SEJONG: N_("세종특별자치시"),
    Region.GYEONGGI: N_("경기도"),
    Region.GANGWON: N_("강원특별자치도"),
    Region.CHUNGBUK: N_("충청북도"),
    Region.CHUNGNAM: N_("충청남도"),
    Region.JEONBUK: N_("전북특별자치도"),
    Region.JEONNAM: N_("전라남도"),
    Region.GYEONGBUK: N_("경상북도"),
    Region.GYEONGNAM: N_("경상남도"),
    Region.JEJU: N_("제주특별자치도"),
}
RESOURCES = {
    Resource.PEOPLE: N_("인력"),
    Resource.PLACE: N_("시설·장소"),
    Resource.EQUIPMENT: N_("장비"),
    Resource.DATA: N_("데이터·시스템"),
    Resource.BUDGET: N_("예산·현물"),
    Resource.PUBLICITY: N_("홍보·네트워크"),
    Resource.REGULATION: N_("제도·행정 지원"),
}
NEXT_STEPS = {
    NeedState.DRAFT: N_("아직 담당자에게 보내지 않았습니다. 이어서 쓰고 제출해 주세요."),
    NeedState.SUBMITTED: N_("담당자가 검토하고 있습니다. 결과를 전자우편으로 알려 드립니다."),
    NeedState.RETURNED: N_("담당자의 의견을 보고 고친 뒤 다시 제출해 주세요."),
    NeedState.PUBLISHED: N_("누구나 볼 수 있습니다. 참여 답글이 오면 전자우편으로 알려 드립니다."),
    NeedState.CLOSED: N_("답글을 더 받지 않습니다. 내용은 계속 공개됩니다."),
    NeedState.WITHDRAWN: N_("철회하여 공개되지 않습니다."),
}
"""What the state means for the owner, and what to do next."""

ROUND_PHASES = {
    RoundPhase.DRAFT: "준비 중",
    RoundPhase.ANNOUNCED: N_("예고"),
    RoundPhase.OPEN: N_("접수 중"),
    RoundPhase.CLOSED: N_("마감"),
}
ROUND_TONES = {
    RoundPhase.DRAFT: "quiet",
    RoundPhase.ANNOUNCED: "info",
    RoundPhase.OPEN: "success",
    RoundPhase.CLOSED: "quiet",
}

FIELDS = {
    "title": N_("과제 이름"),
    "summary": N_("한 줄 요약"),
    "background": N_("배경과 필요성"),
    "offers": N_("제공 자원"),
    "offer_tags": N_("제공 자원 유형"),
    "seeks": N_("필요 역량"),
    "seek_tags": N_("필요 역량 유형"),
    "themes": N_("주제"),
    "audiences": N_("찾는 기관"),
    "beneficiaries": N_("혜택을 받는 사람"),
    "region": N_("지역"),
    "stage": N_("단계"),
    "period": N_("협업 기간"),
    "department": N_("담당 부서"),
    "contact_name": N_("담당자 이름"),
    "contact_phone": N_("담당자 사무실 전화번호"),
    "contact_email": N_("담당자 전자우편"),
    "round": N_("수요조사"),
}
"""What the parts of a need are called on the form and in its history."""

ACTIONS = {
    "need.registered": N_("처음 저장"),
    "need.edited": N_("고침"),
    "need.submitted": N_("제출"),
    "need.published": N_("게시"),
    "need.returned": N_("돌려보냄"),
    "need.deadline_moved": N_("고칠 기한 바꿈"),
    "need.interested_seen": N_("관심을 보인 사람의 연락처를 봄"),
    "need.closed": N_("마감"),
    "need.reopened": N_("다시 엶"),
    "need.withdrawn": N_("철회"),
    "need.round_chosen": N_("수요조사 바꿈"),
    "need.file_added": N_("첨부 추가"),
    "need.file_removed": N_("첨부 삭제"),
    "need.file_moved": N_("첨부 순서 바꿈"),
    "need.claim_asked": N_("담당자에게 넘겨받는 링크를 보냄"),
    "need.claim_revoked": N_("넘겨받는 링크를 거둠"),
    "need.claim_refused": N_("담당자의 계정으로 넘겨받지 못함"),
    "need.claimed": N_("담당자가 넘겨받음"),
}
PARTS = {
    Part.INTRODUCTION: N_("소개"),
    Part.EXCHANGE: N_("주고받는 것"),
    Part.TOPICS: N_("분류"),
    Part.CONTACT: N_("담당자"),
    Part.FILES: N_("첨부"),
    Part.CHECK: N_("확인하고 제출"),
}
"""What the parts are called in which a need is written."""

REVIEW_ACTS = {
    "need.review_assigned": "심사위원을 더함",
    "need.review_taken_back": "심사 배정을 거둠",
    "need.reviewed": "점수를 보냄",
    "need.review_changed": "보낸 점수를 고침",
    "need.review_recused": "심사를 회피함",
    "need.review_set_aside": "담당자가 점수를 뺌",
    "need.recusal_undone": "회피나 제외를 되돌림",
    "need.decided": "선정 여부를 정함",
    "need.decided:selected": "주요 과제로 정함",
    "need.decided:reserve": "예비로 정함",
    "need.decided:not_selected": "선정하지 않기로 정함",
    "need.undecided": "선정 여부를 없던 일로 함",
    "need.decision_told": "심사 결과를 알림",
    "need.decision_told:selected": N_("주요 과제로 선정했다고 알림"),
    "need.decision_told:reserve": N_("예비로 정했다고 알림"),
    "need.decision_told:not_selected": N_("주요 과제로 선정하지 않았다고 알림"),
}
"""What was done about one need in a review; in its own history with what was decided."""
LATER_ACTS = {
    "need.advice_asked": "전문가에게 조언을 부탁함",
    "need.advice_taken_back": "부탁한 조언을 거둠",
    "need.advice_given_back": "전문가가 조언을 맡지 않음",
    "need.advice_hidden": "공개한 조언을 수요기관만 보게 함",
    "need.match_confirmed_on_paper": "문서로 성사를 확인함",
    "need.match_progress_hidden": "공개한 진행 소식을 두 기관만 보게 함",
}
"""What staff and mentors do with a need that is public: in its history for staff alone."""
INSIDE = (*(action for action in REVIEW_ACTS if not action.startswith("need.decision_told")), *LATER_ACTS)
"""What owners do not read in the history of their need: who scored it, and what was decided before they were told."""

WORDS = {
    NeedState: NEED_STATES,
    NeedStatus: STATUSES,
    Stage: STAGES,
    Region: REGIONS,
    Resource: RESOURCES,
    RoundPhase: ROUND_PHASES,
    Part: PARTS,
}
