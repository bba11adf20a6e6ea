"""How much mail strangers may have sent: by a network, and to one address; beyond it they are asked to wait."""

import hmac
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from typing import NamedTuple, TypeVar

from flask import current_app
from flask.typing import ResponseReturnValue
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from briefings import clock
from briefings.errors import N_, Refused
from briefings.web.security import limiter, network

LEFT_ALONE = 10.0
"""So many seconds nobody waits for shared counters that have failed; meanwhile each process counts for itself."""

Answer = TypeVar("Answer")

_alone = {"until": 0.0}


class TooOften(Refused):
    """Somebody has to wait `seconds` before the same can be done again."""

    def __init__(self, seconds: int) -> None:
        minutes = math.ceil(seconds / 60)
        words = N_("짧은 사이에 너무 여러 번 보내셨습니다. 적은 내용은 그대로이니 %(minutes)s분 뒤에 눌러 주세요.")
        super().__init__(words, minutes=minutes)
        self.seconds = seconds


class Counted(NamedTuple):
    """So many more for somebody, of whom there may be so many in a time."""

    limit: RateLimitItem
    who: tuple[str, ...]
    number: int


@contextmanager
def counting_mail(typed: Sequence[str] = (), about: str = "registering") -> Iterator[None]:
    """What is done inside has mail sent; it is counted once it was done. TooOften, before, where a counter is full.

    The rule: MAILS_PER_NETWORK counts people by the network a press came from. MAILS_PER_ADDRESS counts an address that
    was `typed`, for each network it was typed in and apart for what the mail is `about`; nothing is counted for whoever
    has proven an address by a personal link, an invitation or a browser that remembers them. So a stranger fills
    nobody's mailbox, and by trying shuts out nobody but their own network. Even there the owner gets in: each press
    that counts for registering has left a registration of that address, whose mail holds a personal link.

    What mail is about links one has already is withheld beyond three an hour to an address, from wherever it is asked
    for (`registering.MAILS_PER_HOUR`). Of an address only a digest is kept; what stands behind a + is the same mailbox.
    """
    counters = _counters(typed, about) if limiter.enabled else []
    for each in counters:
        _refuse_where_full(each)
    yield
    for each in counters:
        _count(each)


WRONG_PER_NETWORK = "10/minute;40/hour"


@contextmanager
def counting_wrong(about: str) -> Iterator[None]:
    """What is typed inside may be wrong so often in one network (WRONG_PER_NETWORK); then TooOften, before it is tried.

    A Refused from inside is a wrong one. Who types what is right is never counted: many sit behind one network.
    """
    limits = parse_many(WRONG_PER_NETWORK) if limiter.enabled else []
    counters = [Counted(limit, ("wrong", about, network()), 1) for limit in limits]
    for each in counters:
        _refuse_where_full(each)
    try:
        yield
    except Refused:
        for each in counters:
            _count(each)
        raise


class Share(NamedTuple):
    """How often somebody may ask in so many seconds, how often still, and after how many seconds all of it again."""

    name: str
    amount: int
    window: int
    left: int
    seconds: int
    granted: bool


def take_share(setting: str, who: str) -> Share | None:
    """Count one more for somebody by the limits of a setting; what is said is of the one nearest to its end.

    None while nothing is limited. Where it is not granted, `seconds` says when it will be.
    """
    if not limiter.enabled:
        return None
    shares = []
    for limit in parse_many(current_app.config[setting]):
        granted = _asked(lambda counts, limit=limit: counts.hit(limit, setting, who))  # type: ignore[misc]
        window = _asked(lambda counts, limit=limit: counts.get_window_stats(limit, setting, who))  # type: ignore[misc]
        seconds = max(math.ceil(window.reset_time - clock.now().timestamp()), 1)
        name = str(limit.GRANULARITY.name)
        shares.append(Share(name, limit.amount, limit.get_expiry(), max(window.remaining, 0), seconds, granted))
    return min(shares, key=lambda share: (share.granted, share.left / share.amount))


def with_wait(page: str, refused: Refused | None) -> ResponseReturnValue:
    """The page of a form; where it was sent too often with the status that says so, and when to try again."""
    return (page, 429, {"Retry-After": str(refused.seconds)}) if isinstance(refused, TooOften) else page


def seconds_to_wait() -> int:
    """After how many seconds this request, which a limit of its view refused, would be let through."""
    refused = limiter.current_limit
    return _seconds_until_free(refused.limit, refused.request_args) if refused else 1


def _seconds_until_free(limit: RateLimitItem, who: Sequence[str]) -> int:
    reset = _asked(lambda counts: counts.get_window_stats(limit, *who).reset_time)
    return max(math.ceil(reset - clock.now().timestamp()), 1)


def _counters(typed: Sequence[str], about: str) -> list[Counted]:
    came_from = network()
    wanted: list[tuple[str, tuple[str, ...], int]] = [("MAILS_PER_NETWORK", (came_from,), len(typed) or 1)]
    for mailbox, times in Counter(map(_digest, typed)).items():
        wanted.append(("MAILS_PER_ADDRESS", (about, came_from, mailbox), times))
    return [
        Counted(limit, (setting, *who), number)
        for setting, who, number in wanted
        for limit in parse_many(current_app.config[setting])
    ]


def _refuse_where_full(counted: Counted) -> None:
    limit, who, number = counted
    if not _asked(lambda counts: counts.test(limit, *who, cost=number)):
        raise TooOften(_seconds_until_free(limit, who))


def _count(counted: Counted) -> None:
    limit, who, number = counted
    _asked(lambda counts: counts.hit(limit, *who, cost=number))


def _asked(question: Callable[[RateLimiter], Answer]) -> Answer:
    """What the counters say; where the shared ones cannot be had, those of this process."""
    if time.monotonic() >= _alone["until"]:
        try:
            return question(limiter.limiter)
        except Exception as error:
            _alone["until"] = time.monotonic() + LEFT_ALONE
            current_app.logger.warning("each process counts its limits alone: %s", type(error).__name__)
    return question(_of_process())


@cache
def _of_process() -> RateLimiter:
    """Made when it is needed: it starts a thread, which a process that is forked would not have."""
    return MovingWindowRateLimiter(MemoryStorage())


def _digest(address: str) -> str:
    name, _, domain = address.lower().rpartition("@")
    mailbox = f"{name.partition('+')[0]}@{domain}"
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), mailbox.encode(), sha256).hexdigest()
