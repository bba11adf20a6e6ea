"""Who registered for briefings from an organization."""

from briefings.organizations.belongings import Belonging, Belongings
from briefings.schedule.registration_models import Registration

# An address has one row in a briefing, whatever organization it is of: no two can be double, and nobody's place moves.
BELONGINGS: Belongings = (Belonging("registrations", "설명회 신청", Registration.organization_id, listed=True),)
