"""The order in which a server ends: answers first, then connections."""

from collections.abc import Awaitable, Callable
from typing import Any


def wind_down_first(server: Any, wind_down: Callable[[], Awaitable[None]]) -> None:
    """Makes a uvicorn server call `wind_down` before it ends its connections.

    A page that follows an answer then hears its end, instead of being cut off in the middle of it.
    """
    end = server.shutdown

    async def shutdown(*arguments: Any, **options: Any) -> None:
        await wind_down()
        await end(*arguments, **options)

    server.shutdown = shutdown
