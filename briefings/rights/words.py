"""The words staff read for kinds of personal data: what it is, from when its time runs, why so long, and what stays."""

from typing import NamedTuple


class About(NamedTuple):
    """What the table of periods says of a kind."""

    title: str
    since: str
    ground: str
    stays: str


_ARTICLE_21 = "개인정보 보호법 제21조"
KINDS: dict[str, About] = {
    "registrations": About(
        "참가 신청의 이름과 연락처",
        "설명회가 끝난 날",
        f"‘설명회 신청’ 동의문의 보유 기간({_ARTICLE_21}). 소식을 받겠다고 한 분은 그 동의가 끝난 뒤",
        "신청과 참석의 수, 기관과 유형",
    ),
    "news": About(
        "다음 설명회 소식의 동의", "동의한 날", "‘다음 설명회 소식’ 동의문의 보유 기간", "동의했던 때와 끝난 때"
    ),
    "invitees": About("초대한 사람", "설명회가 끝난 날", _ARTICLE_21, "초대한 수"),
    "calendar": About("달력에 넣은 일정의 받는 사람", "일정이 끝난 날", _ARTICLE_21, "일정의 수와 번호"),
    "subscriptions": About("달력을 받는 방법", "일정이 모두 지워진 뒤, 마지막으로 바꾼 날", _ARTICLE_21, "없음"),
    "questions": About("질문한 사람", "설명회가 끝난 날", _ARTICLE_21, "질문과 답, 공감 수"),
    "survey_comments": About("만족도 조사의 의견", "설명회가 끝난 날", _ARTICLE_21, "점수"),
    "certificates": About(
        "참가 확인증의 이름", "발급한 날", "번호로 확인해 주는 동안(법 제15조 제1항 제4호)", "번호와 발급한 수"
    ),
    "presenters": About("지난 설명회의 발표자", "설명회가 끝난 날", _ARTICLE_21, "발표한 수요와 기관, 발표자료"),
    "availability": About("발표할 수 있는 시간", "물은 시간이 지난 날", _ARTICLE_21, "없음"),
    "availability_requests": About(
        "발표할 수 있는지 물은 사람", "물은 날과 물은 시간 가운데 늦은 날", _ARTICLE_21, "물은 수"
    ),
    "moderators": About("지난 설명회의 사회자", "설명회가 끝난 날", _ARTICLE_21, "설명회"),
    "replies": About(
        "끝난 참여 답글의 담당자", "답글을 보낸 날", "‘참여 답글’ 동의문의 보유 기간", "기관의 제안과 상태"
    ),
    "open_replies": About(
        "협의 중이거나 성사된 답글의 담당자", "답글을 보낸 날", "‘참여 답글’ 동의문의 보유 기간", "기관의 제안과 상태"
    ),
    "colleagues": About("끝난 답글에 함께한 동료", "함께하겠다고 한 날", "‘참여 답글’ 동의문의 보유 기간", "함께한 수"),
    "open_colleagues": About(
        "협의 중이거나 성사된 답글의 동료", "함께하겠다고 한 날", "‘참여 답글’ 동의문의 보유 기간", "함께한 수"
    ),
    "talks": About("협의 기록의 글", "적은 날", _ARTICLE_21, "협의한 날과 수"),
    "signers": About("성사를 확인한 사람", "성사를 적은 날", _ARTICLE_21, "기관과 확인한 때, 진행 경과"),
    "need_contacts": About("끝난 수요 과제의 담당자", "마지막으로 바뀐 날", _ARTICLE_21, "수요 과제와 기관"),
    "round_contacts": About("수요조사에서 부탁받은 사람", "조사가 끝난 날", _ARTICLE_21, "부탁하고 답한 수"),
    "imports": About("수요를 올린 엑셀 파일", "올린 날", _ARTICLE_21, "파일 이름과 줄의 수"),
    "messages": About("보낸 안내의 받는 사람", "보내기로 한 날", _ARTICLE_21, "종류와 결과의 수, 비용"),
    "undeliverable": About("되돌아온 주소", "되돌아온 날", _ARTICLE_21, "없음"),
    "received": About("받은 전자우편의 보낸 사람과 제목", "받은 날", _ARTICLE_21, "처리한 결과의 수"),
    "account_requests": About("처리한 계정 신청", "정한 날", _ARTICLE_21, "신청한 기관과 결과"),
    "accounts": About(
        "오래 쓰지 않은 계정", "마지막으로 로그인한 날", f"{_ARTICLE_21}. 관리자의 계정은 빼고", "한 일의 기록"
    ),
    "sessions": About("로그인한 기기의 기록", "마지막으로 쓴 날", _ARTICLE_21, "없음"),
    "consents": About("동의하지 않았거나 거둔 기록", "답한 날", "동의 여부의 증명(법 제22조)", "없음"),
    "audit": About(
        "업무 기록(접속기록)",
        "한 날",
        "개인정보의 안전성 확보조치 기준 제8조: 2년 이상. 그 전에는 데이터베이스가 지우기를 막습니다",
        "없음",
    ),
    "webhooks": About("웹훅을 보낸 기록", "일어난 날", "개인정보는 없지만 함께 지웁니다", "없음"),
    "tasks": About("긴 작업의 기록", "끝난 날", _ARTICLE_21, "없음"),
    "drafts": About("쓰다 만 답글", "마지막으로 저장한 날", "화면에서 7일이라고 알립니다", "없음"),
    "lists": About(
        "올려 두고 쓰지 않은 명단",
        "설명회가 끝난 때, 출석 명단은 올린 날",
        "바로 쓰지 않을 까닭이 없습니다",
        "버린 명단의 수",
    ),
    "support": About(
        "지원 요청의 글", "설명회가 끝난 날", "건강을 짐작하게 하는 글이어서 짧게 둡니다(법 제23조)", "지원한 수"
    ),
    "raw_mails": About("받은 전자우편의 본문", "받은 날", _ARTICLE_21, "보낸 사람과 제목, 처리 결과"),
    "unconfirmed_requests": About(
        "주소를 확인하지 않은 계정 신청", "신청한 날", "처리방침에서 7일이라고 알립니다", "없음"
    ),
    "export_files": About("내려받으려고 만든 파일", "만든 때", "받은 뒤에는 둘 까닭이 없습니다", "내려받은 기록"),
    "erasure": About("본인의 요청으로 지운 것", "요청한 때", "개인정보 보호법 제36조", "사람을 알아볼 수 없는 수"),
}
CORRECTED = {"name": "이름", "phone": "전화번호", "department": "부서"}
"""What people put right themselves, as the log calls it."""
UNKNOWN = About("그 밖의 것", "", "", "")
