"""The search over everything, and for one person."""

from flask_babel import lazy_gettext as _l
from wtforms import SearchField

from briefings.web.forms import Filters, searchable


class SearchForm(Filters):
    """Words to look for."""

    q = SearchField(_l("어떤 협업을 찾으십니까?"), filters=[searchable], render_kw={"maxlength": 100})


class PersonForm(Filters):
    """Whose page to open."""

    email = SearchField(
        "이름이나 전자우편 주소",
        description="앞부분만 적어도 됩니다. 이름이 흔하면 뒤에 기관 이름을 함께 적어 주세요. 예: 이가온 재활용",
        render_kw={"maxlength": 320, "spellcheck": "false"},
    )
