"""The body of a request on its way in: how large it may be, and how long it may take to come."""

import asyncio
from collections.abc import Callable

from starlette.types import Message, Receive

from chatbot.web.refusals import Refusal

# Whoever is slower than a bad phone line keeps a request open for its own sake.
SECONDS = 20.0
BYTES_PER_SECOND = 4 * 1024


def bound_body(receive: Receive, max_bytes: int, refuse: Callable[[Refusal], None]) -> Receive:
    """`receive`, which raises Refusal for a body of more than `max_bytes` (413), and for one that
    has not come after 20 s and a second more for each 4 KB that it may hold (408).

    `refuse` is told before: FastAPI makes a 400 of whatever is raised while it reads a body.
    """
    until = asyncio.get_running_loop().time() + SECONDS + max_bytes / BYTES_PER_SECOND
    received, is_whole = 0, False

    def end_with(refusal: Refusal) -> Refusal:
        refuse(refusal)
        return refusal

    async def bounded() -> Message:
        nonlocal received, is_whole
        if is_whole:
            # From here on it only tells that the sender has gone.
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise end_with(Refusal.of_status(408)) from None
        received += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if received > max_bytes:
            raise end_with(too_large(max_bytes))
        return message

    return bounded


def too_large(max_bytes: int) -> Refusal:
    """The error for a body that holds more than it may."""
    return Refusal(413, "too_large", f"A request may hold at most {max_bytes // 1024} KB.")


def replay(body: bytes, receive: Receive) -> Receive:
    """`receive` for somebody else, after the body has been read."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed
