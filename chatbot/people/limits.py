"""How much one visitor may do: the same limits on every door, since the use cases ask for them.

Counted by session and by the keyed hash of the address, in memory, or in Redis for several
processes. What is refused is not counted.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chatbot.errors import LimitReached
from chatbot.people.addresses import AddressHashes
from chatbot.rates import Rate, Rates

if TYPE_CHECKING:
    from limits import RateLimitItem

log = logging.getLogger(__name__)

# Several people behind one address, or one person in several sessions.
SESSIONS_AT_ADDRESS = 3
# In a chat a person tells their details piece by piece, and each piece is saved.
PIECES_IN_CHAT = 3
# Whoever books one call may try a few times before.
TIMES_LOOKED_AT = 3
_REDIS_SECONDS = 1.0
_PREFIX = "career-chatbot"


class LimitKind(StrEnum):
    """What is limited."""

    MESSAGE = "message"
    FIT = "fit"
    CONTACT = "contact"
    ESCALATION = "escalation"
    HOLD = "hold"
    BOOKING = "booking"
    VISIT = "visit"


_AS_OFTEN_AS_MESSAGES = frozenset({LimitKind.MESSAGE, LimitKind.FIT})
_WORDS = {
    LimitKind.HOLD: "Many times were looked at already. The next one can be chosen {when}.",
    LimitKind.MESSAGE: "Time for a short break: the next message can be sent {when}.",
    LimitKind.FIT: "Time for a short break: the next job can be compared {when}.",
    LimitKind.CONTACT: "Details were left here several times just now. "
    "The next ones can be sent {when}.",
    LimitKind.ESCALATION: "A person was called several times just now, and has been told. "
    "They can be called again {when}.",
    LimitKind.VISIT: "Many chats were opened from this network just now. "
    "The next one can be opened {when}.",
    LimitKind.BOOKING: "Several calls were asked for already. The next one can be booked {when}.",
}


@dataclass(frozen=True)
class _Check:
    """One limit and whose it is."""

    item: "RateLimitItem"
    key: str


class Limits:
    """One object for the whole program; every use case that visitors can repeat asks it first.

    With `redis_url` all processes count together. When Redis is away, each process counts for
    itself: a visitor is served all the same.
    """

    def __init__(
        self,
        rates: Rates,
        *,
        addresses: AddressHashes,
        redis_url: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rates = rates
        self._addresses = addresses
        self._redis_url = redis_url
        self._clock = clock

    def warm_up(self) -> None:
        """Load what the first count needs; for a thread after the start."""
        if any(self._rates.values()):
            _ = self._memory, self._shared

    async def take(
        self,
        kind: LimitKind,
        *,
        session: str | None,
        address: str | None = None,
        is_in_chat: bool = False,
    ) -> None:
        """Count one use; raises LimitReached, which counts nothing, when it is one too many.

        `session` is None for a caller who has come for this alone: the address then stands for it.
        `is_in_chat` is for what a message brings about, which comes in pieces.
        """
        source = self._addresses.hash(address)
        checks = self._list_checks(kind, session, source, is_in_chat=is_in_chat)
        if not checks:
            return
        wait = await self._count(checks)
        if wait is not None:
            raise _build_refusal(kind, wait)

    def _list_checks(
        self, kind: LimitKind, session: str | None, source: str | None, *, is_in_chat: bool
    ) -> list[_Check]:
        own, shared = self._find_rates(kind)
        name = kind.value
        # A call is booked in one piece.
        if is_in_chat and kind is not LimitKind.BOOKING:
            own, name = _multiply(own, PIECES_IN_CHAT), f"{kind}-in-chat"
        if session is None and source is not None:
            # Messages have limits for an address of their own; else the address has the session's.
            shared, own = (shared if kind in _AS_OFTEN_AS_MESSAGES else own), ()
        checks = [_build_check(name, "address", source, rate) for rate in shared if source]
        return checks + [_build_check(name, "session", session, rate) for rate in own]

    def _find_rates(self, kind: LimitKind) -> tuple[tuple[Rate, ...], tuple[Rate, ...]]:
        """What one session may do, and what one address may."""
        if kind in _AS_OFTEN_AS_MESSAGES:
            return self._rates["session"], self._rates["address"]
        if kind is LimitKind.HOLD:
            own = _multiply(self._rates["booking"], TIMES_LOOKED_AT)
        else:
            own = self._rates[kind.value]
        return own, _multiply(own)

    async def _count(self, checks: list[_Check]) -> float | None:
        """Seconds to wait, None when everything was counted."""
        if self._shared is None:
            return self._count_in(self._memory, checks)
        from limits.errors import StorageError

        try:
            return await asyncio.to_thread(self._count_in, self._shared, checks)
        except StorageError:
            log.warning("Redis does not answer: limits are counted in this process only")
            return self._count_in(self._memory, checks)

    def _count_in(self, window: Any, checks: list[_Check]) -> float | None:
        full = [check for check in checks if not window.test(check.item, check.key)]
        # All of them are looked at before one is counted, but other processes count meanwhile.
        full = full or [check for check in checks if not window.hit(check.item, check.key)]
        if not full:
            return None
        resets = [window.get_window_stats(check.item, check.key).reset_time for check in full]
        return float(max(resets)) - self._clock()

    @cached_property
    def _memory(self) -> Any:
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())

    @cached_property
    def _shared(self) -> Any:
        if not self._redis_url:
            return None
        # The limiter takes what another thread has only begun to import; a statement waits for it.
        import redis  # noqa: F401
        from limits.storage import RedisStorage
        from limits.strategies import MovingWindowRateLimiter

        storage = RedisStorage(
            self._redis_url,
            wrap_exceptions=True,
            key_prefix=_PREFIX,
            socket_timeout=_REDIS_SECONDS,
            socket_connect_timeout=_REDIS_SECONDS,
        )
        return MovingWindowRateLimiter(storage)


def _multiply(rates: tuple[Rate, ...], times: int = SESSIONS_AT_ADDRESS) -> tuple[Rate, ...]:
    return tuple(Rate(rate.amount * times, rate.seconds) for rate in rates)


def _build_check(kind: str, whose: str, key: str | None, rate: Rate) -> _Check:
    from limits import RateLimitItemPerSecond

    item = RateLimitItemPerSecond(rate.amount, rate.seconds, namespace=f"{kind}-{whose}")
    return _Check(item, key or "")


def _build_refusal(kind: LimitKind, wait: float) -> LimitReached:
    seconds = max(1, math.ceil(wait))
    return LimitReached(_WORDS[kind].format(when=tell_wait(seconds)), retry_after=seconds)


def tell_wait(seconds: int) -> str:
    """A time to wait in words, never shorter than it is: "in 2 minutes"."""
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds > size or size == 1:
            number = math.ceil(seconds / size)
            return f"in {number} {unit}{'' if number == 1 else 's'}"
    raise AssertionError
