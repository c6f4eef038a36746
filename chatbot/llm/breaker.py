"""Stops asking a model that keeps failing, and finds out when it works again."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from chatbot.llm.deadline import Timing


class Breaker:
    """The circuit breaker of one model.

    Closed, it lets every request pass. `breaker_failures` failures within
    `breaker_window_seconds` open it for `breaker_open_seconds`; after that exactly one request
    passes as a probe, and its outcome closes or opens the breaker again.
    For one event loop: it is not safe to share between threads.
    """

    def __init__(self, timing: Timing, clock: Callable[[], float] = time.monotonic) -> None:
        self._timing = timing
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=timing.breaker_failures)
        self._open_until: float | None = None
        self._probe: Permit | None = None

    @property
    def state(self) -> str:
        """ "closed", "open", or "half_open" when the next request may probe or is probing."""
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half_open"

    def would_admit(self) -> bool:
        """Whether `admit` would let a request pass at this moment."""
        return self.state == "closed" or (self.state == "half_open" and self._probe is None)

    def seconds_until_probe(self) -> float:
        """How long the breaker stays open; 0 when it is not."""
        return max(0.0, (self._open_until or 0.0) - self._clock()) if self._open_until else 0.0

    def admit(self) -> "Permit | None":
        """A permit for one request, or None when it must not be sent."""
        if not self.would_admit():
            return None
        permit = Permit(self)
        if self.state == "half_open":
            self._probe = permit
        return permit

    def _succeed(self, permit: "Permit") -> None:
        if permit is self._probe:
            self._probe = self._open_until = None
            self._failures.clear()

    def _fail(self, permit: "Permit") -> None:
        now = self._clock()
        self._failures.append(now)
        full = len(self._failures) == self._timing.breaker_failures
        recent = full and now - self._failures[0] <= self._timing.breaker_window_seconds
        if permit is self._probe or recent:
            self._open(self._timing.breaker_open_seconds)
        self._release(permit)

    def _open(self, seconds: float) -> None:
        self._open_until = max(self._open_until or 0.0, self._clock() + seconds)

    def _release(self, permit: "Permit") -> None:
        if permit is self._probe:
            self._probe = None


@dataclass(frozen=True, eq=False)
class Permit:
    """Leave to send one request; say how it went, and always `release` it."""

    _breaker: Breaker

    def succeed(self) -> None:
        """The model answers: a probe closes the breaker."""
        self._breaker._succeed(self)

    def fail(self) -> None:
        """The model did not answer as it should."""
        self._breaker._fail(self)

    def open_for(self, seconds: float) -> None:
        """The provider refuses until something changes: no request for so long."""
        self._breaker._open(seconds)
        self._breaker._release(self)

    def release(self) -> None:
        """Ends the request; without a verdict the next request may probe."""
        self._breaker._release(self)
