"""Counts wrong guesses at a secret per address, in memory: after a few the answer is "wait"."""

import time
from collections.abc import Callable

_MAX_SOURCES = 10_000


class Guesses:
    """At most `limit` wrong guesses of one address within `seconds`.

    Only who guessed wrong is ever asked to wait: behind a proxy many people share one address, and
    nobody may lock the holder of the right secret out.
    """

    def __init__(
        self, *, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._wrong: dict[str, tuple[int, float]] = {}

    def count(self, source: str) -> float:
        """Count a wrong guess; returns for how many seconds to wait, 0 while it is not too many."""
        now = self._clock()
        number, until = self._wrong.get(source, (0, 0.0))
        if now >= until:
            number, until = 0, now + self._seconds
        if source not in self._wrong and len(self._wrong) >= _MAX_SOURCES:
            self._wrong.clear()
        self._wrong[source] = (number + 1, until)
        return until - now if number >= self._limit else 0.0
