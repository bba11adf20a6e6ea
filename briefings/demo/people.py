"""Who appears in the example data: evidently fictional people at addresses that lead nowhere."""

from briefings.accounts.models import Role
from briefings.errors import N_
from briefings.organizations.models import OrganizationKind

PASSWORD = "ieum-demo-2026"  # noqa: S105 (printed at start; `flask demo` refuses to run in production)
EXPERT = "expert@example.kr"

ACCOUNTS = (
    (Role.ADMINISTRATOR, "admin@example.kr", "한결", N_("관리자")),
    (Role.OFFICER, "staff@example.kr", "김하늘", N_("사업 담당 직원")),
    (Role.OWNER, "owner@example.kr", "홍길동", N_("수요기관 담당자")),
    (Role.EXPERT, EXPERT, "서해솔", N_("심사를 맡은 전문가")),
)
"""Role, address, name, and what the role is called when the accounts are printed."""

NAMES = (
    "홍길동", "김하늘", "이가온", "박노을", "최바다", "정나무", "강산들", "조약돌", "윤슬빛", "장미꽃",
    "임바위", "한여울", "오름찬", "서해솔", "신나리", "권보름", "황새벽", "안다솜", "송이든", "전푸름",
    "홍바람", "유난새", "고운별", "문빛나", "손길찬", "양떼님", "배움터", "백두산", "허브리", "남하랑",
)  # fmt: skip

VISITORS = (
    ("가온재활용(주)", OrganizationKind.COMPANY),
    ("새솔물류(주)", OrganizationKind.COMPANY),
    ("다올소재(주)", OrganizationKind.COMPANY),
    ("한울배터리(주)", OrganizationKind.COMPANY),
    ("늘찬식품(주)", OrganizationKind.COMPANY),
    ("마루모빌리티(주)", OrganizationKind.COMPANY),
    ("이든소프트(주)", OrganizationKind.COMPANY),
    ("푸른섬유협동조합", OrganizationKind.ASSOCIATION),
    ("함께걸음연대", OrganizationKind.ASSOCIATION),
    ("나눔가게협회", OrganizationKind.ASSOCIATION),
    ("가람시", OrganizationKind.LOCAL),
    ("너울군", OrganizationKind.LOCAL),
    ("해오름도", OrganizationKind.LOCAL),
    ("가온시설공단", OrganizationKind.PUBLIC_INSTITUTION),
    ("누리환경공사", OrganizationKind.PUBLIC_INSTITUTION),
    ("다온의료원", OrganizationKind.PUBLIC_INSTITUTION),
    ("가람교육청", OrganizationKind.EDUCATION_OFFICE),
    ("한빛대학교 산학협력단", OrganizationKind.UNIVERSITY),
)
"""Invented organizations whose people register and reply."""
