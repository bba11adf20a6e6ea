"""The search over everything, and for one person."""

from flask_babel import lazy_gettext as _l
from wtforms import SearchField

from briefings.web.forms import Filters, searchable


class SearchForm(Filters):
    """Words to look for."""

    q = SearchField(_l("어떤 협업을 찾으십니까?"), filters=[searchable], render_kw={"maxlength": 100})


class PersonForm(Filters):
    """Whose page to open."""

    email = SearchField("전자우편 주소", render_kw={"maxlength": 320, "spellcheck": "false"})
