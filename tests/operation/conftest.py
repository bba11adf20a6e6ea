"""A mail server that is up, as the outbox's tests have it."""

from tests.outbox.conftest import deliver, mail_server, plain  # noqa: F401 (fixtures)
