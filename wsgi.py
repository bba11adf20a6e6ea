"""What a WSGI server loads: `gunicorn wsgi:app`."""

from briefings.app import create_app
from briefings.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    raise SystemExit(f"Cannot start: {error}") from None
