"""The conditions of the list of mails that came in."""

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import AnyOf, Length, Optional

from briefings.inbox.finding import Search, Shelf
from briefings.inbox.models import Outcome
from briefings.inbox.words import OUTCOMES
from briefings.outbox.reach import Reach
from briefings.web.forms import Filters, options


class MailFilters(Filters):
    """From the address of the page; what is not understood counts as not said."""

    q = StringField("보낸 사람이나 제목", [Optional(), Length(max=320)])
    outcome = SelectField("무엇이 되었는지", [Optional()], choices=options(OUTCOMES, empty="모두"))
    shelf = HiddenField(validators=[Optional(), AnyOf(list(Shelf))])

    def search(self, reach: Reach) -> Search:
        """What to look for among the mails that may be seen."""
        self.validate()
        said = {field.name: "" if field.errors else field.data or "" for field in self}
        outcome = Outcome(said["outcome"]) if said["outcome"] else None
        return Search(Shelf(said["shelf"] or Shelf.WAITING), outcome, said["q"], reach)
