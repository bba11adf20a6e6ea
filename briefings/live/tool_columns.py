"""Which column of a meeting tool's list holds what: as its heading says, or as staff said of such headings before."""

import hashlib
import re
from collections.abc import Sequence

from briefings.imports.cells import key_of

FIELDS = {
    "name": "이름",
    "email": "전자우편",
    "organization": "기관",
    "joined": "들어온 때",
    "left": "나간 때",
    "minutes": "머문 시간",
}
"""What a column may hold, as staff read it."""
HEADINGS = {
    "name": (
        "이름 성명 성함 표시이름 표시명 사용자이름 사용자명 참가자 참가자이름 참가자명 참석자 참석자이름 참석자명 "
        "닉네임 name fullname displayname username participant participantname attendee attendeename nickname"
    ),
    "email": (
        "전자우편 전자우편주소 이메일 이메일주소 메일 메일주소 사용자이메일 사용자전자메일 전자메일 전자메일주소 "
        "참가자이메일 참석자이메일 email emailaddress mail useremail attendeeemail participantemail"
    ),
    "organization": "기관 기관명 소속 소속기관 회사 회사명 단체 organization organisation company affiliation",
    "joined": (
        "참가시간 참가시각 참여시간 참여시각 입장시간 입장시각 입장일시 접속시간 접속시각 접속일시 들어온때 들어온시각 "
        "첫번째참가 첫참가 처음참가 최초참가 가입시간 jointime joinedat joined firstjoin firstjointime "
        "entrytime logintime"
    ),
    "left": (
        "나간시간 나간시각 나간때 퇴장시간 퇴장시각 퇴장일시 떠난시간 마지막나가기 마지막나감 마지막퇴장 "
        "leavetime leftat left lastleave lastleavetime exittime logouttime"
    ),
    "minutes": (
        "기간 지속시간 참가기간 참석시간 참여기간 체류시간 머문시간 모임참가기간 모임내기간 회의참가시간 총참여시간 "
        "총시간 duration inmeetingduration attendanceduration timeinsession timeinsessionminutes totalduration"
    ),
}
FIELD_BY_HEADING = {key_of(word): field for field, words in HEADINGS.items() for word in words.split()}
TOOLS = (
    ("Zoom", ("originalname", "원래이름", "recordingconsent", "녹화동의", "waitingroom", "대기실")),
    ("Microsoft Teams", ("upn", "firstjoin", "첫번째참가")),
    ("Webex", ("attendeeemail", "attendanceduration", "참석자이메일", "connectiontype")),
)
"""Tools by a word in their headings that others do not have."""
_BRACKETS = re.compile(r"[(\[（].*?[)\]）]")


def recognised(headings: Sequence[str]) -> list[str]:
    """What each column holds, each thing once; "" where that cannot be told or is not needed."""
    found: list[str] = []
    for heading in headings:
        field = FIELD_BY_HEADING.get(key_of(_BRACKETS.sub("", heading))) or FIELD_BY_HEADING.get(key_of(heading), "")
        found.append("" if field in found else field)
    return found


def is_heading(cells: Sequence[str]) -> bool:
    """Whether these cells are the headings of a list of people, and not somebody, nor the headings of a summary."""
    known = set(recognised(cells)) - {""}
    people = "name" in known or {"email", "joined"} <= known
    return people and len(known) >= 2 and not any("@" in cell for cell in cells)


def hash_of(headings: Sequence[str]) -> str:
    """What the same headings of another list are known by."""
    return hashlib.sha256("\x1f".join(key_of(each) for each in headings).encode()).hexdigest()


def tool_named(headings: Sequence[str]) -> str:
    """The tool that writes such headings, or ""."""
    keys = " ".join(key_of(each) for each in headings)
    return next((name for name, signs in TOOLS if any(sign in keys for sign in signs)), "")
