"""The one exception by which a use case says no, in words for the person."""


def N_(message: str) -> str:
    """Mark a Korean sentence for the catalogues; it is translated where it is shown."""
    return message


REPLACED = N_(
    "담당자가 거두었거나 새 링크를 보냈습니다. 마지막에 받은 전자우편의 링크를 열어 주세요. "
    "받은 것이 없으면 아래 연락처로 알려 주세요."
)


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


class LinkEnded(Exception):
    """The personal link was a true one once: whoever has it may know that it ended, but nothing of its thing.

    No Refused: there is no page of theirs any more that could say why.
    """

    def __init__(self, message: str = REPLACED) -> None:
        super().__init__(message)
        self.message = message
        self.values: dict[str, object] = {}
