"""The words people read for the enums of this slice: catalogue keys, translated where they are shown."""

from briefings.errors import N_
from briefings.needs.models import NeedState, NeedStatus, Region, Resource, Stage

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
WORDS = {NeedState: NEED_STATES, NeedStatus: STATUSES, Stage: STAGES, Region: REGIONS, Resource: RESOURCES}
