"""Connections on which there is no request yet: none waits for ever, and there are not too many.

The server itself closes a connection that rests after an answer, but one that never says what it
wants would stay open for as long as the program runs.
"""

import asyncio
from typing import Any

# A request's head is a few KB: whoever has not sent it by then is not going to.
HEAD_SECONDS = 20.0
# Each open request has one; the others rest, or have not said anything yet.
CONNECTIONS_PER_REQUEST = 2


def build_protocol(max_open_requests: int, *, head_seconds: float = HEAD_SECONDS) -> type[Any]:
    """uvicorn's HTTP protocol with these limits; for `uvicorn.Config(http=...)`.

    A connection without a whole request head is closed after `head_seconds` to twice as long; one
    more than twice `max_open_requests` at once.
    """
    from uvicorn.protocols.http.auto import AutoHTTPProtocol

    most = CONNECTIONS_PER_REQUEST * max_open_requests

    class PatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        """Looks after its connection every `head_seconds`."""

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._waited_after: object = self
            self._look = self.loop.call_later(head_seconds, self._look_after)
            if len(self.connections) > most:
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            self._look.cancel()
            super().connection_lost(exc)

        def _look_after(self) -> None:
            if self.transport.get_protocol() is not self:
                # It has become a WebSocket's.
                return
            waits = self._waits_for_head()
            if waits and self._waited_after is self.cycle:
                self.transport.close()
                return
            self._waited_after = self.cycle if waits else self
            self._look = self.loop.call_later(head_seconds, self._look_after)

        def _waits_for_head(self) -> bool:
            """Whether the next request is awaited, and not by the server's own clock."""
            if self.cycle is None:
                return True
            return self.cycle.response_complete and self.timeout_keep_alive_task is None

    return PatientProtocol
