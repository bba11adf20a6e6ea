"""The 33 items of KWCAG 2.2 (KS X OT0003:2022), how this site stands to each, and how that was found out."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from briefings.errors import N_


class Standing(StrEnum):
    """How the site stands to an item."""

    MET = "met"
    PARTLY = "partly"
    NOTHING = "nothing"
    """Nothing of the kind is on the site."""


class Found(StrEnum):
    """How that was found out."""

    MACHINE = "machine"
    PERSON = "person"
    BOTH = "both"


class Item(NamedTuple):
    """One item: its number, its name, how the site stands to it, how that was found out, and what to say about it."""

    number: str
    name: str
    standing: Standing
    found: Found
    remark: str = ""


MET, PARTLY, NOTHING = Standing
MACHINE, PERSON, BOTH = Found
STANDINGS = {MET: N_("지킴"), PARTLY: N_("일부 지킴"), NOTHING: N_("해당하는 것 없음")}
FOUND = {MACHINE: N_("자동 검사"), PERSON: N_("사람이 살펴봄"), BOTH: N_("자동 검사와 사람이 살펴봄")}
TONES = {MET: "success", PARTLY: "warning", NOTHING: "quiet"}
LOOKED_AT = date(2026, 11, 26)
"""When a person last went through what no machine sees; the developers did, with the keyboard and at three widths."""

ITEMS = (
    Item("5.1.1", N_("적절한 대체 텍스트 제공"), MET, BOTH, N_("기관이 올린 파일 안의 그림은 올린 기관에 달렸습니다.")),
    Item(
        "5.2.1",
        N_("자막 제공"),
        PARTLY,
        BOTH,
        N_("다시보기는 자막이나 원고가 있어야 올립니다. 생중계의 자막은 요청하시면 마련합니다."),
    ),
    Item("5.3.1", N_("표의 구성"), MET, MACHINE),
    Item("5.3.2", N_("콘텐츠의 선형구조"), MET, PERSON),
    Item("5.3.3", N_("명확한 지시사항 제공"), MET, PERSON),
    Item("5.4.1", N_("색에 무관한 콘텐츠 인식"), MET, BOTH),
    Item("5.4.2", N_("자동 재생 금지"), MET, PERSON),
    Item("5.4.3", N_("텍스트 콘텐츠의 명도 대비"), MET, MACHINE),
    Item("5.4.4", N_("콘텐츠 간의 구분"), MET, PERSON),
    Item(
        "6.1.1",
        N_("키보드 사용 보장"),
        PARTLY,
        BOTH,
        N_("설명회 화상 회의는 다른 누리집의 것이라 저희가 보장하지 못합니다."),
    ),
    Item("6.1.2", N_("초점 이동과 표시"), MET, MACHINE),
    Item("6.1.3", N_("조작 가능"), MET, MACHINE),
    Item("6.1.4", N_("문자 단축키"), NOTHING, MACHINE),
    Item(
        "6.2.1",
        N_("응답시간 조절"),
        MET,
        PERSON,
        N_("링크의 기한은 화면과 전자우편에 적고, 지나면 새로 받을 수 있습니다."),
    ),
    Item(
        "6.2.2",
        N_("정지 기능 제공"),
        MET,
        MACHINE,
        N_("설명회 날 화면은 5초마다 새로워지지만 움직이지 않고, 초점을 옮기지 않습니다."),
    ),
    Item("6.3.1", N_("깜빡임과 번쩍임 사용 제한"), NOTHING, MACHINE),
    Item("6.4.1", N_("반복 영역 건너뛰기"), MET, MACHINE),
    Item("6.4.2", N_("제목 제공"), MET, MACHINE),
    Item("6.4.3", N_("적절한 링크 텍스트"), MET, BOTH),
    Item(
        "6.4.4",
        N_("고정된 참조 위치 정보"),
        NOTHING,
        PERSON,
        N_("전자출판문서는 없습니다. 자료집 PDF에는 쪽 번호가 있습니다."),
    ),
    Item("6.5.1", N_("단일 포인터 입력 지원"), MET, MACHINE),
    Item("6.5.2", N_("포인터 입력 취소"), MET, BOTH),
    Item("6.5.3", N_("레이블과 네임"), MET, MACHINE),
    Item("6.5.4", N_("동작기반 작동"), NOTHING, MACHINE),
    Item("7.1.1", N_("기본 언어 표시"), MET, MACHINE),
    Item("7.2.1", N_("사용자 요구에 따른 실행"), MET, BOTH),
    Item("7.2.2", N_("찾기 쉬운 도움 정보"), MET, MACHINE),
    Item("7.3.1", N_("오류 정정"), MET, MACHINE),
    Item("7.3.2", N_("레이블 제공"), MET, MACHINE),
    Item("7.3.3", N_("접근 가능한 인증"), MET, PERSON),
    Item("7.3.4", N_("반복 입력 정보"), MET, PERSON),
    Item("8.1.1", N_("마크업 오류 방지"), MET, MACHINE),
    Item(
        "8.2.1",
        N_("웹 애플리케이션 접근성 준수"),
        PARTLY,
        BOTH,
        N_("화면 낭독기를 쓰는 분들의 평가는 아직 받지 못했습니다."),
    ),
)
