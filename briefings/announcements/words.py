"""The words staff read for the enums of this slice."""

from briefings.announcements.groups import Presence
from briefings.announcements.models import AnnouncementState

PRESENCES = {Presence.CAME: "참석한 사람", Presence.ABSENT: "참석하지 않은 사람"}
ANNOUNCEMENT_STATES = {AnnouncementState.DRAFT: "초안", AnnouncementState.QUEUED: "보냄"}
ANNOUNCEMENT_TONES = {AnnouncementState.DRAFT: "quiet", AnnouncementState.QUEUED: "success"}
WORDS = {Presence: PRESENCES, AnnouncementState: ANNOUNCEMENT_STATES}
