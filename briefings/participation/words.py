"""The words people read for the enums of this slice."""

from briefings.errors import N_
from briefings.participation.models import ReplyState, Visibility

REPLY_STATES = {
    ReplyState.SENT: N_("확인 기다림"),
    ReplyState.ACKNOWLEDGED: N_("확인함"),
    ReplyState.CONSULTING: N_("협의 중"),
    ReplyState.MATCHED: N_("성사"),
    ReplyState.DECLINED: N_("함께하지 않음"),
    ReplyState.WITHDRAWN: N_("거두어들임"),
}
REPLY_TONES = {
    ReplyState.SENT: "warning",
    ReplyState.ACKNOWLEDGED: "info",
    ReplyState.CONSULTING: "info",
    ReplyState.MATCHED: "success",
    ReplyState.DECLINED: "quiet",
    ReplyState.WITHDRAWN: "quiet",
}
VISIBILITIES = {
    Visibility.OWNER: N_("수요기관만 봅니다"),
    Visibility.PUBLIC: N_("과제 화면에 기관 이름과 답글을 공개합니다"),
}
WORDS = {ReplyState: REPLY_STATES, Visibility: VISIBILITIES}
