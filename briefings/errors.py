"""The one exception by which a use case says no, in words for the person."""


def N_(message: str) -> str:
    """Mark a Korean sentence for the catalogues; it is translated where it is shown."""
    return message


class Refused(Exception):
    """A use case declined: `message` (a catalogue key with %(name)s places) and `values` say why; nothing was changed.

    `field` names the form field it belongs to, if any.
    """

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
        self.field = field


class NotAllowed(Refused):
    """Whoever asks may not do it, though others may."""
