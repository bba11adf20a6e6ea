"""How gunicorn runs the web processes, wherever they run: `gunicorn --config python:briefings.web_server`."""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from briefings import logs
from briefings.config import SettingsError, settings_from
from briefings.web.site import Site

try:
    SETTINGS = settings_from()
except SettingsError as error:
    raise SystemExit(f"Cannot start: {error}") from None

# Where the processes of this machine count their requests together; before the program is loaded, which looks for it.
COUNTED = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if SETTINGS["METRICS_TOKEN"] and not COUNTED:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="briefings-metrics-")


class OwnLines(Logger):
    """Gunicorn's own lines, which are few, look as ours do and name no address."""

    def setup(self, cfg: Config) -> None:
        """As gunicorn does it, but for the form of the lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(str(SETTINGS["LOG_FORMAT"])))


wsgi_app = "briefings.app:create_app()"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4 if str(SETTINGS["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite") else 8
"""As many as a process has connections to PostgreSQL, for which they wait most of the time. SQLite is in the process:
there more of them only keep each other from the processor, above all whoever writes while all others wait."""
preload_app = True
"""Loaded once and forked: half the memory, and who takes a dead one's place answers at once."""
timeout = 30
"""Seconds after which a process that no longer moves is replaced; a thread that waits is no such process."""
graceful_timeout = 30
keepalive = 5
max_requests = 50_000
max_requests_jitter = 10_000
"""A precaution: nothing that grows is known, and the processes do not go all at once."""
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 (gunicorn's heartbeat must not wait for a disk)
limit_request_line = 8190
"""As long as gunicorn takes them, and as nginx passes them on: what is longer it refuses in a bare line of its own."""
limit_request_fields = 60
limit_request_field_size = 8190
logger_class = OwnLines
loglevel = "warning"
control_socket_disable = True


FIRST_SEEN = (
    *("base.html", "public.html"),
    *(f"components/{name}.html" for name in ("ui", "parts", "forms", "lists", "charts", "frame", "footer")),
    *(f"schedule/{name}.html" for name in ("index", "briefing", "register", "parts", "event")),
    "registrations/colleagues.html",
)
"""What a visitor's way from the list of briefings to a place is made of."""


def when_ready(server: Any) -> None:
    """What everybody comes for is compiled once, for all processes; others are as they are first asked for.

    What was loaded stays to the end, so that no process looks for garbage in the memory that all share.
    """
    site = server.app.wsgi()
    if isinstance(site, Site):
        for name in FIRST_SEEN:
            site.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()


def on_exit(server: Any) -> None:
    """Take away what was made above."""
    if SETTINGS["METRICS_TOKEN"] and not COUNTED:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
