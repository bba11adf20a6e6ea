"""누리집 지도: every page anybody may begin at, in the order of what people come for."""

from briefings.errors import N_

Section = tuple[str, tuple[tuple[str, str], ...]]

SECTIONS: tuple[Section, ...] = (
    (
        N_("수요와 설명회"),
        (
            ("front.home", N_("홈")),
            ("front.search", N_("검색")),
            ("needs.index", N_("수요 찾기")),
            ("rounds.index", N_("수요조사")),
            ("briefings.index", N_("설명회 일정")),
            ("briefings.month", N_("설명회 달력")),
        ),
    ),
    (
        N_("지난 일과 성과"),
        (
            ("archive.index", N_("지난 설명회")),
            ("stories.index", N_("성공 사례")),
            ("statistics.index", N_("통계")),
            ("open_data.index", N_("공공데이터")),
            ("developers.show", N_("읽기 API")),
        ),
    ),
    (
        N_("신청하고 참가하는 분"),
        (
            ("registrations.find", N_("신청 내역 확인")),
            ("entry.show", N_("입장 번호로 들어가기")),
            ("certificates.check", N_("참가 확인증 확인")),
            ("my_data.ask", N_("내 개인정보")),
        ),
    ),
    (
        N_("수요기관"),
        (
            ("account_requests.new", N_("기관 계정 신청하기")),
            ("accounts.sign_in", N_("로그인")),
            ("accounts.forgotten", N_("비밀번호를 잊으셨습니까?")),
        ),
    ),
    (
        N_("이용 안내"),
        (
            ("front.guide", N_("이용 안내")),
            ("front.guide_attendees", N_("참여하려는 기관")),
            ("front.guide_owners", N_("수요를 낼 기관")),
            ("front.guide_presenters", N_("발표를 맡은 기관")),
            ("front.guide_experts", N_("심사와 조언을 맡은 전문가")),
        ),
    ),
    (
        N_("이 누리집"),
        (
            ("front.privacy", N_("개인정보 처리방침")),
            ("front.accessibility", N_("접근성 안내")),
            ("display.settings", N_("화면 설정")),
            ("front.site_map", N_("누리집 지도")),
        ),
    ),
)
