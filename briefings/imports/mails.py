"""The mail to people whose needs came in with a spreadsheet: what was registered in their name."""

from datetime import datetime

from flask import url_for
from sqlalchemy import func, select

from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.rounds.models import NeedImport

TAKEN_BACK = Dropped("그사이 과제를 모두 철회함")


def registered(message: Message, now: datetime) -> Mail | Dropped:
    """Each need of theirs that is still there, with its page if everybody may read it."""
    import_ = db.session.get(NeedImport, message.params["import"])
    needs = _needs_of(import_, message.recipient) if import_ else []
    if import_ is None or not needs:
        return TAKEN_BACK
    text = "needs_imported_published" if import_.publish else "needs_imported"
    listed = "\n".join(_listed(need) for need in needs)
    round = import_.round.name if import_.round else ""
    return write(text, {"이름": message.recipient_name, "과제 목록": listed, "수요조사": round})


def _needs_of(import_: NeedImport, address: str) -> list[Need]:
    theirs = (Need.import_id == import_.id, func.lower(Need.contact_email) == address.lower())
    found = select(Need).where(*theirs, Need.state != NeedState.WITHDRAWN).order_by(Need.id)
    return list(db.session.scalars(found))


def _listed(need: Need) -> str:
    line = f"- {need.title} ({need.organization.name})"
    return f"{line}\n  {url_for('needs.show', need_id=need.id, _external=True)}" if need.is_public else line


COMPOSERS: dict[str, Composer] = {"needs_imported": registered}

_SAID = (
    NAME,
    Placeholder("과제 목록", "등록한 과제의 이름과 수요기관", "- 폐어망 되살림 공정 함께 만들기 (한려해양공단)"),
    Placeholder("수요조사", "과제가 속한 수요조사", "2027년 상반기 협업 수요조사", optional=True),
)
TEXTS = {
    "needs_imported": Text("파일로 과제 등록 (검토할 과제)", _SAID, must=("과제 목록",)),
    "needs_imported_published": Text(
        "파일로 과제 등록 (게시한 과제)", _SAID, must=("과제 목록",), kinds=("needs_imported",)
    ),
}
