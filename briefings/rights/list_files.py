"""The destruction register as a file for administrators."""

from sqlalchemy import select

from briefings.accounts.models import User
from briefings.exports.lists import Asked, Column, Found, ListFile, Readers, Step, listed
from briefings.privacy.models import Destruction
from briefings.rights.words import KINDS, UNKNOWN

COLUMNS: tuple[Column[tuple[Destruction, str | None]], ...] = (
    Column("때", 17, lambda each: each[0].at),
    Column("무엇", 36, lambda each: KINDS.get(each[0].kind, UNKNOWN).title),
    Column("수", 10, lambda each: each[0].number),
    Column("까닭", 40, lambda each: each[0].reason),
    Column("언제까지의 것", 17, lambda each: each[0].until),
    Column("누가", 12, lambda each: each[1] or "프로그램"),
)


def find_destructions(asked: Asked) -> Found[tuple[Destruction, str | None]]:
    """The lines of the register, the last first; of one kind where it is named."""
    found = select(Destruction, User.name).outerjoin(User, User.id == Destruction.by_id)
    kind = asked.args.get("kind", "")
    if kind in KINDS:
        found = found.where(Destruction.kind == kind)
    rows = listed(found.order_by(Destruction.at.desc(), Destruction.id.desc()))
    above = (Step("계정", "staff_accounts.index", {}), Step("개인정보 보유 기간", "rights.index", {}))
    return Found(COLUMNS, rows, [("무엇", KINDS[kind].title)] if kind in KINDS else [], above=above)


LISTS = (ListFile("destructions", "파기대장", "rights.register", find_destructions, readers=Readers.ADMINISTRATORS),)
