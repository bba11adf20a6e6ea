"""The one question of the statistics pages."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Optional

from briefings.web.forms import Filters


class AsOf(Filters):
    """The day to count up to."""

    as_of = DateField(_l("기준일"), [Optional()])
