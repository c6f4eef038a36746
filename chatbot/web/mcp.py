"""The Model Context Protocol server at `/api/mcp`: what a recruiter's agent can do.

Streamable HTTP, each request for itself and answered as JSON. The SDK takes more than a second to
import, so it is loaded with the first request. No tool is the owner's.
"""

import asyncio
import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from chatbot import __version__
from chatbot.web.client_address import client_address
from chatbot.web.mcp_tools import MCP_PATH, McpTools
from chatbot.web.refusals import Refusal, refuse

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024
INSTRUCTIONS = (
    "Ask about {name}, who is open to work: answers come from {name}'s own records and name their "
    "sources. Leave a contact only with the person's consent."
)
address_of_caller: ContextVar[str | None] = ContextVar("address_of_caller", default=None)


def build_mcp_router(tools: McpTools, *, name: str) -> APIRouter:
    """The route of the server; `name` is the owner's."""
    router = APIRouter(include_in_schema=False)
    door = McpDoor(tools, name)

    @router.post(MCP_PATH)
    async def serve(request: Request) -> Response:
        address_of_caller.set(client_address(request))
        return _Passing(door)

    return router


class McpDoor:
    """The server, from its first request on until the event loop ends."""

    def __init__(self, tools: McpTools, name: str) -> None:
        self._tools = tools
        self._name = name
        self._opening = asyncio.Lock()
        self._manager: StreamableHTTPSessionManager | None = None
        self._running: asyncio.Task[None] | None = None

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        manager = await self._open()
        await manager.handle_request(scope, receive, send)

    async def _open(self) -> "StreamableHTTPSessionManager":
        async with self._opening:
            if self._manager is None:
                # In a thread: an import of a second must not hold everybody up.
                manager = await asyncio.to_thread(_build_manager, self._tools, self._name)
                started = asyncio.Event()
                self._running = asyncio.create_task(_run(manager, started), name="mcp")
                await started.wait()
                self._manager = manager
        return self._manager


async def _run(manager: "StreamableHTTPSessionManager", started: asyncio.Event) -> None:
    """Keep the server's tasks together; the end of the event loop ends them."""
    async with manager.run():
        started.set()
        await asyncio.Event().wait()


def _build_manager(tools: McpTools, name: str) -> "StreamableHTTPSessionManager":
    from mcp.server.mcpserver import MCPServer
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    server: MCPServer[Any] = MCPServer(
        "career-chatbot",
        title=f"{name}: AI stand-in",
        instructions=INSTRUCTIONS.format(name=name),
        version=__version__,
        subscriptions=False,
    )
    _add_tools(server, tools)
    return StreamableHTTPSessionManager(
        server._lowlevel_server,
        json_response=True,
        stateless=True,
        max_request_body_size=MAX_BODY_BYTES,
    )


def _add_tools(server: "MCPServer[Any]", tools: McpTools) -> None:
    from mcp_types import ToolAnnotations

    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    saying = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
    server.add_tool(tools.ask, annotations=saying)
    server.add_tool(tools.fit, annotations=saying)
    server.add_tool(tools.availability, annotations=reading)
    server.add_tool(tools.leave_contact, annotations=saying)


class _Passing(Response):
    """Lets the server answer in its own way, but for errors that are not JSON."""

    def __init__(self, door: McpDoor) -> None:
        super().__init__()
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        filtered = _JsonErrors(scope, send)
        await self._door.answer(scope, receive, filtered)


class _JsonErrors:
    """Passes a response on; an error in another form than JSON becomes one of ours."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._is_replaced = False

    async def __call__(self, message: Message) -> None:
        if self._is_replaced:
            return
        if message["type"] == "http.response.start" and message["status"] >= 400:
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if not kind.startswith("application/json"):
                self._is_replaced = True
                refusal = Refusal.of_status(message["status"])
                headers = {"cache-control": "no-store"}
                await refuse(refusal, headers=headers, send=self._send, scope=self._scope)
                return
        await self._send(message)
