"""The REST API under `/api`."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from chatbot import __version__
from chatbot.engine.health import Health
from chatbot.web.health_view import OwnerHealth

IsOwner = Callable[[Mapping[str, str]], Awaitable[bool]]
ReadHealth = Callable[[], Awaitable[Health]]
FindRisk = Callable[[], str]


class Liveness(BaseModel):
    """That the program runs, which version, and whether its data would survive the end of this
    machine; why it would not is for the owner only."""

    status: str = "ok"
    version: str = __version__
    durable: bool


class OwnersView(OwnerHealth, Liveness):
    """Liveness, and how the parts do that can fail."""


def build_api_router(is_owner: IsOwner, read_health: ReadHealth, find_risk: FindRisk) -> APIRouter:
    """Routes for everyone; `is_owner` tells by a request's headers and never raises.

    `find_risk` says why the data would not survive the end of this machine, "" when it would.
    """
    router = APIRouter(prefix="/api")

    @router.head("/health", include_in_schema=False)
    async def is_alive(response: Response) -> Liveness:
        response.headers["cache-control"] = "no-store"
        return Liveness(durable=not find_risk())

    @router.get("/health", summary="Ask whether it runs")
    async def health(request: Request, response: Response) -> OwnersView | Liveness:
        """Liveness, version and whether the data is safe for everybody; for the owner also every
        part that can fail."""
        # Not in a worker thread: for everyone else it answers while all of them are busy.
        response.headers["cache-control"] = "no-store"
        if not await is_owner(request.headers):
            return Liveness(durable=not find_risk())
        seen = OwnerHealth.of(await read_health())
        return OwnersView(durable=not seen.risk, **dict(seen))

    return router
