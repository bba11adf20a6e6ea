"""What forms of every slice ask about organizations."""

from typing import Any

from flask_babel import lazy_gettext

from briefings.organizations.words import KINDS


def kind_choices() -> list[tuple[str, Any]]:
    """Each kind of organization with its name in the reader's language, for a select."""
    return [(kind.value, lazy_gettext(name)) for kind, name in KINDS.items()]
