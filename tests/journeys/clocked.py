"""The program as it is, its clock moved to where the journeys begin: what their web server loads."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

from briefings.app import create_app

ahead = timedelta(seconds=float(os.environ["SECONDS_AHEAD"]))
time_machine.travel(datetime.now(UTC) + ahead, tick=True).start()
# The browser keeps its own clock: by it, a session that ends at the server's evening may have ended long ago.
app = create_app({"PERMANENT_SESSION_LIFETIME": timedelta(days=36500)})
