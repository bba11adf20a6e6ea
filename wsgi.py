"""What a WSGI server loads: `gunicorn wsgi:app`."""

from briefings.app import create_app

app = create_app()
