"""How many requests are open at one time: in all, and of one address.

A WebSocket, a stream of events, and a body that comes slowly are open for long; without a limit one
client could hold all that the machine has.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chatbot.people.addresses import network_of
from chatbot.web.refusals import Refusal

# A whole office may sit behind one address, and one client must leave room for others.
SHARE_OF_ADDRESS = 5
RETRY_SECONDS = 30
_TOO_MANY = "Too many pages or connections are open from this network. Close some and try again."


class OpenRequests:
    """Counts what is open; `most` in all, a fifth of it for one address (IPv6: one /64)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_address = max(1, most // SHARE_OF_ADDRESS)
        self._open: Counter[str] = Counter()
        self._total = 0

    @property
    def total(self) -> int:
        """How many are open now."""
        return self._total

    @contextmanager
    def holding(self, address: str | None) -> Iterator[None]:
        """One request while it is open; raises Refusal (429 or 503) when it is one too many."""
        key = network_of(address) if address else ""
        if self._open.get(key, 0) >= self._most_of_address:
            raise Refusal(429, "too_many", _TOO_MANY, retry_after=RETRY_SECONDS)
        if self._total >= self._most:
            raise Refusal.of_status(503, retry_after=RETRY_SECONDS)
        self._open[key] += 1
        self._total += 1
        try:
            yield
        finally:
            self._total -= 1
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]
