"""Whom rounds ask for needs on behalf of an organization."""

from briefings.organizations.belongings import Belonging, Belongings
from briefings.rounds.models import RoundContact

# A round asks an address once, whatever organization it is of: no two can be double, and a body asked by two addresses
# has answered once either of them has.
BELONGINGS: Belongings = (Belonging("contacts", "수요조사 담당자", RoundContact.organization_id, "명"),)
