"""The words people read for the enum of this slice."""

from briefings.errors import N_
from briefings.mentoring.models import Readers

READERS = {
    Readers.OWNER: N_("수요기관만 봅니다"),
    Readers.PUBLIC: N_("과제 화면에 이름과 함께 공개합니다"),
}
WORDS = {Readers: READERS}
