"""The advice that experts were asked for as a file for staff."""

from briefings.exports.lists import Asked, Column, Found, ListFile, Step, listed
from briefings.mentoring.advising import all_advices
from briefings.mentoring.models import Advice
from briefings.mentoring.staff import SHELVES
from briefings.mentoring.words import READERS

WORDS = {"waiting": "조언을 기다림", "written": "조언함"}
COLUMNS: tuple[Column[Advice], ...] = (
    Column("과제", 40, lambda each: each.need.title),
    Column("수요기관", 28, lambda each: each.need.organization.name),
    Column("전문가", 12, lambda each: each.mentor.name, personal=True),
    Column("전문가 전자우편", 28, lambda each: each.mentor.email, personal=True),
    Column("공개", 24, lambda each: READERS[each.readers] if each.written_at else ""),
    Column("조언", 60, lambda each: each.text, personal=True),
    Column("부탁한 때", 17, lambda each: each.asked_at),
    Column("조언한 때", 17, lambda each: each.written_at),
    Column("고친 때", 17, lambda each: each.changed_at),
)


def find_advice(asked: Asked) -> Found[Advice]:
    """Every advice that was asked for, or those that wait or are written."""
    shelf = asked.args.get("shelf", "")
    conditions = [("상태", WORDS[shelf])] if shelf in WORDS else []
    above = (Step("수요 과제", "staff_needs.index", {}),)
    return Found(COLUMNS, listed(all_advices(SHELVES.get(shelf), asked.reach)), conditions, above=above)


LISTS = (ListFile("advice", "전문가 조언", "staff_advice.index", find_advice, narrowed=True),)
