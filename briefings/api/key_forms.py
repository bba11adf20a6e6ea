"""The form by which administrators make keys for programs."""

from typing import Any

from wtforms import DateField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from briefings.api.models import Scope
from briefings.web.forms import ChoicesField, Form

SCOPES = {Scope.STATISTICS: "누적 통계", Scope.FUNNEL: "단계별 성과"}
SCOPES_IN_WORDS = {
    Scope.STATISTICS: "공개 화면에서 감추는 5보다 작은 수까지 모두 보입니다.",
    Scope.FUNNEL: "등록에서 성사까지 단계마다 센 수입니다. 직원이 보는 통계 화면과 같습니다.",
}


class KeyForm(Form):
    """Whose program, what it may read, and until when."""

    name = StringField(
        "어디에 쓰는 열쇠",
        [DataRequired(), Length(max=120)],
        description="쓸 기관과 프로그램을 적어 주세요. 사람 이름은 적지 않습니다. 예: 데이터분석과 성과 현황판",
    )
    scopes = ChoicesField(
        "읽을 수 있는 자료",
        [DataRequired()],
        choices=[SelectChoice(each.value, words) for each, words in SCOPES.items()],
    )
    expires_on = DateField(
        "쓸 수 있는 마지막 날", [Optional()], description="두 해까지 정할 수 있습니다. 비워 두면 거둘 때까지 씁니다."
    )

    def wanted(self) -> dict[str, Any]:
        """What the key is to be."""
        scopes = [Scope(value) for value in self.scopes.data or []]
        return {"name": self.name.data, "scopes": scopes, "expires_on": self.expires_on.data}
