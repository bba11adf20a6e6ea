"""How much mail strangers may have sent: by a network, and to one address; beyond it they are asked to wait."""

import hmac
import math
from hashlib import sha256

from flask import current_app
from flask.typing import ResponseReturnValue
from limits import RateLimitItem, parse_many

from briefings import clock
from briefings.errors import N_, Refused
from briefings.web.security import limiter, network


class TooOften(Refused):
    """Somebody has to wait `seconds` before the same can be done again."""

    def __init__(self, seconds: int) -> None:
        minutes = math.ceil(seconds / 60)
        words = N_("짧은 사이에 너무 여러 번 보내셨습니다. 적은 내용은 그대로이니 %(minutes)s분 뒤에 눌러 주세요.")
        super().__init__(words, minutes=minutes)
        self.seconds = seconds


def count_mail_to(*addresses: str) -> None:
    """Count a press that has mail sent to `addresses`: for the network it came from, and for each of them.

    TooOften beyond MAILS_PER_NETWORK or MAILS_PER_ADDRESS. Of an address only a digest is kept; what stands behind a +
    is the same mailbox.
    """
    _take("MAILS_PER_NETWORK", network(), cost=len(addresses))
    for address in addresses:
        _take("MAILS_PER_ADDRESS", _digest(address))


def with_wait(page: str, refused: Refused | None) -> ResponseReturnValue:
    """The page of a form; where it was sent too often with the status that says so, and when to try again."""
    return (page, 429, {"Retry-After": str(refused.seconds)}) if isinstance(refused, TooOften) else page


def _take(setting: str, who: str, cost: int = 1) -> None:
    if not limiter.enabled:
        return
    for limit in parse_many(current_app.config[setting]):
        if not _has_room(limit, setting, who, cost):
            reset = limiter.limiter.get_window_stats(limit, setting, who).reset_time
            raise TooOften(max(math.ceil(reset - clock.now().timestamp()), 1))


def _has_room(limit: RateLimitItem, setting: str, who: str, cost: int) -> bool:
    try:
        return limiter.limiter.hit(limit, setting, who, cost=cost)
    except Exception as error:
        # Where nothing can be counted nobody is sent away: registering matters more than the limit.
        current_app.logger.warning("limits are not counted: %s", type(error).__name__)
        return True


def _digest(address: str) -> str:
    name, _, domain = address.lower().rpartition("@")
    mailbox = f"{name.partition('+')[0]}@{domain}"
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), mailbox.encode(), sha256).hexdigest()
