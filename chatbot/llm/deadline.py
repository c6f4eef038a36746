"""How long the provider may take, and how much of it one turn has left."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The limits of the provider policy; tests pass smaller ones. All times in seconds."""

    connect_seconds: float = 3.0
    gap_seconds: float = 20.0
    # A time-out after less than this says nothing about the model: the turn had no time left.
    fair_wait_seconds: float = 3.0
    retry_delay_seconds: float = 0.4
    longest_retry_after_seconds: float = 5.0
    # A provider that says "come back in a year" must not take a model away until then.
    longest_open_seconds: float = 3600.0
    breaker_failures: int = 5
    breaker_window_seconds: float = 30.0
    breaker_open_seconds: float = 30.0
    refused_open_seconds: float = 600.0
    # After the finish reason only the usage is missing, after [DONE] only the end of the body.
    usage_wait_seconds: float = 2.0
    drain_seconds: float = 0.2
    # Reading each token by itself costs twice the CPU; the page shows text every 80-100 ms.
    gather_seconds: float = 0.08


class TurnDeadline:
    """The time one turn has left, across all its rounds, retries and models.

    Made when the turn starts. `first_text_seconds` limits everything until the first text of the
    turn is shown, `turn_seconds` the whole turn. `clock` gives seconds and never goes back.
    """

    def __init__(
        self,
        *,
        first_text_seconds: float = 16.0,
        turn_seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._first_text_at = clock() + first_text_seconds
        self._turn_at = clock() + turn_seconds
        self._text_seen = False

    def mark_text(self) -> None:
        """The visitor sees text: from here only the turn as a whole is limited."""
        self._text_seen = True

    def remaining_first_text(self) -> float:
        """Seconds until the first text must be there, never negative; infinite once it is."""
        return math.inf if self._text_seen else max(0.0, self._first_text_at - self._clock())

    def remaining_turn(self) -> float:
        """Seconds until the turn must end, never negative."""
        return max(0.0, self._turn_at - self._clock())

    def remaining(self) -> float:
        """Seconds until the nearer of both limits."""
        return min(self.remaining_first_text(), self.remaining_turn())
