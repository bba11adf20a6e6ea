"""First themes, audiences and consent texts; staff go on from here."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

THEMES = (
    ("탄소중립", "Carbon neutrality"),
    ("자원순환", "Circular resources"),
    ("국민안전", "Public safety"),
    ("사회적 약자", "Inclusion"),
    ("복지", "Welfare"),
    ("보건", "Health"),
    ("일자리", "Jobs"),
    ("디지털·데이터", "Digital and data"),
    ("소상공인", "Small business"),
    ("행정", "Administration"),
)
AUDIENCES = (
    ("민간 기업", "Companies"),
    ("협회·단체", "Associations and groups"),
    ("공공기관", "Public institutions"),
    ("지방자치단체", "Local governments"),
    ("중앙행정기관", "Central agencies"),
    ("교육청", "Education offices"),
    ("대학·연구기관", "Universities and research bodies"),
)
CONSENT_TEXTS = (
    {
        "purpose": "registration",
        "locale": "ko",
        "title": "개인정보 수집·이용 동의",
        "use": "설명회 참가 확인, 접속 주소와 일정 안내 발송",
        "items": "기관 유형, 기관 이름, 이름, 전자우편 (선택: 부서, 직급, 휴대 전화번호, 필요한 지원, 사전 질문)",
        "retention": "설명회가 끝난 날부터 1년",
        "refusal": "동의하지 않을 권리가 있습니다. 동의하지 않으면 온라인으로 신청할 수 없으며, 전화로 문의해 주세요.",
    },
    {
        "purpose": "registration",
        "locale": "en",
        "title": "Collection and use of personal data",
        "use": "Confirming your place, sending the access address and changes of time",
        "items": "Kind and name of organization, your name, e-mail"
        " (optional: department, rank, mobile phone, support, questions)",
        "retention": "One year from the end of the briefing",
        "refusal": "You may refuse. Without consent you cannot register online; please call us instead.",
    },
    {
        "purpose": "provision",
        "locale": "ko",
        "title": "개인정보 제3자 제공 동의",
        "recipient": "관심 수요로 고른 과제의 수요기관",
        "use": "협업 협의를 위한 연락",
        "items": "기관 이름, 이름, 전자우편",
        "retention": "설명회가 끝난 날부터 1년",
        "refusal": "동의하지 않아도 설명회에 참가할 수 있습니다.",
    },
    {
        "purpose": "provision",
        "locale": "en",
        "title": "Provision to third parties",
        "recipient": "Owners of the needs you marked as of interest",
        "use": "Contacting you about collaboration",
        "items": "Name of organization, your name, e-mail",
        "retention": "One year from the end of the briefing",
        "refusal": "You can take part without this consent.",
    },
    {
        "purpose": "news",
        "locale": "ko",
        "title": "다음 설명회 소식 받기 동의",
        "use": "다음 협업이음 사업설명회 안내 발송",
        "items": "이름, 전자우편",
        "retention": "동의한 날부터 2년 또는 철회할 때까지",
        "refusal": "동의하지 않아도 설명회에 참가할 수 있습니다.",
    },
    {
        "purpose": "news",
        "locale": "en",
        "title": "News of coming briefings",
        "use": "Telling you about coming briefings",
        "items": "Your name, e-mail",
        "retention": "Two years, or until you withdraw",
        "refusal": "You can take part without this consent.",
    },
    {
        "purpose": "reply",
        "locale": "ko",
        "title": "참여 답글 개인정보 제공 동의",
        "recipient": "답글을 보내는 과제의 수요기관",
        "use": "참여 답글 확인과 협의를 위한 연락",
        "items": "기관 유형, 기관 이름, 이름, 전자우편, 답글 내용 (선택: 휴대 전화번호)",
        "retention": "답글을 보낸 날부터 2년",
        "refusal": "동의하지 않을 권리가 있습니다. 동의하지 않으면 수요기관에 답글을 전할 수 없습니다.",
    },
    {
        "purpose": "reply",
        "locale": "en",
        "title": "Provision of your reply to the need owner",
        "recipient": "Owners of the needs you reply to",
        "use": "Reading your reply and contacting you about it",
        "items": "Kind and name of organization, your name, e-mail, the reply (optional: mobile phone)",
        "retention": "Two years from the reply",
        "refusal": "You may refuse. Without consent the reply cannot be passed on.",
    },
)


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


def _named(rows: tuple[tuple[str, str], ...]) -> list[dict[str, object]]:
    return [{"name": ko, "name_en": en, "position": place} for place, (ko, en) in enumerate(rows, start=1)]


def upgrade() -> None:
    """Add the rows."""
    op.bulk_insert(_table("themes", "name", "name_en", "position"), _named(THEMES))
    op.bulk_insert(_table("audiences", "name", "name_en", "position"), _named(AUDIENCES))
    texts = _table(
        "consent_texts", "purpose", "version", "locale", "title", "recipient", "use", "items", "retention", "refusal"
    )
    op.bulk_insert(texts, [{"version": 1, "recipient": ""} | row for row in CONSENT_TEXTS])


def downgrade() -> None:
    """Take them away with everything else: 0001 drops the tables."""
