"""Of whom the reader of a page of staff may see who they are."""

from flask import current_app

from briefings.outbox.reach import Reach


def readers_reach() -> Reach:
    """What their lists are narrowed by; looked up once for each page, by what the program was put together with."""
    return current_app.extensions["reach"]()
