"""The WebSocket of the live bell: rings go down, and up comes that somebody is writing.

Frames down are "0" (a ping), "1" (read again), "1:ID" (read this conversation again, to the owner)
and "t:ID" (the other side is writing in this conversation). The first frame up is the ticket; after
it come "t:ID" and, from the owner, "s": somebody is using the page. Whatever else comes is ignored.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from chatbot.errors import ChatbotError
from chatbot.web.live import TYPING, Listener, LiveBell, Ticket
from chatbot.web.origins import Origins

log = logging.getLogger(__name__)

BELL_PATH = "/api/bell"
SEEN = "s"
_PING = "0"
_MAX_FRAME_BYTES = 4096
_FIRST_FRAME_SECONDS = 10.0
# Pages send their frames more seldom than that; whoever does not is not listened to in between.
_FRAME_SECONDS = 1.0
_POLICY_VIOLATION, _TOO_BIG, _TRY_LATER = 1008, 1009, 1013


class Typing(Protocol):
    """Passes on that somebody is writing."""

    async def visitor_types(self, session_id: uuid.UUID, conversation_id: uuid.UUID) -> None: ...

    async def owner_types(self, conversation_id: uuid.UUID) -> None: ...


@dataclass(frozen=True)
class BellCallers:
    """Who is told what comes up, and who says whether the headers of a request are the owner's.

    Without `is_owner` nobody can listen to the owner's bell.
    """

    typing: Typing | None = None
    note_seen: Callable[[], Awaitable[None]] | None = None
    is_owner: Callable[[Mapping[str, str]], Awaitable[bool]] | None = None


def build_bell_router(
    bell: LiveBell, origins: Origins, callers: BellCallers | None = None
) -> APIRouter:
    """The WebSocket route of the bell. Needs the `websockets` package at run time."""
    router = APIRouter()
    told = callers or BellCallers()

    @router.websocket(BELL_PATH)
    async def listen(socket: WebSocket) -> None:
        own = origins.accepts(socket.headers.get("origin"), host=socket.headers.get("host"))
        if not own:
            await socket.close(_POLICY_VIOLATION)
            return
        await socket.accept()
        with suppress(WebSocketDisconnect, RuntimeError):
            await _serve(bell, socket, told)

    return router


async def _serve(bell: LiveBell, socket: WebSocket, callers: BellCallers) -> None:
    try:
        async with asyncio.timeout(_FIRST_FRAME_SECONDS):
            frame = await _read_frame(socket)
    except TimeoutError:
        frame = None
    ticket = bell.read_ticket(frame) if frame is not None else None
    if ticket is None or not await _may_listen(socket, ticket, callers):
        await socket.close(_POLICY_VIOLATION)
        return
    with bell.listening(ticket) as listener:
        if listener is None:
            await socket.close(_TRY_LATER)
            return
        line = _Line(bell, socket, ticket, callers)
        sender = asyncio.create_task(line.send_frames(listener))
        try:
            await line.read_frames()
        finally:
            sender.cancel()


async def _may_listen(socket: WebSocket, ticket: Ticket, callers: BellCallers) -> bool:
    """A visitor's ticket is enough; the owner must also be signed in still."""
    if ticket.session_id is not None:
        return True
    try:
        return callers.is_owner is not None and await callers.is_owner(socket.headers)
    except ChatbotError:
        return False


class _Line:
    """One open socket whose ticket is good."""

    def __init__(
        self, bell: LiveBell, socket: WebSocket, ticket: Ticket, callers: BellCallers
    ) -> None:
        self._bell = bell
        self._socket = socket
        self._ticket = ticket
        self._callers = callers
        self._heard: dict[str, float] = {}

    async def send_frames(self, listener: Listener) -> None:
        """Sends what the listener is told, and pings; ends when the owner is signed in no more."""
        checked = time.monotonic()
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                try:
                    async with asyncio.timeout(self._bell.ping_seconds):
                        frames = await listener.next_frames()
                except TimeoutError:
                    frames = [_PING]
                if time.monotonic() - checked >= self._bell.ping_seconds:
                    if not await _may_listen(self._socket, self._ticket, self._callers):
                        await self._socket.close(_POLICY_VIOLATION)
                        return
                    checked = time.monotonic()
                for frame in frames:
                    await self._socket.send_text(frame)

    async def read_frames(self) -> None:
        while (frame := await _read_frame(self._socket)) is not None:
            kind, _, target = frame.partition(":")
            if kind not in (TYPING, SEEN) or self._is_too_soon(kind):
                continue
            try:
                await self._hear(kind, target)
            except ChatbotError as error:
                log.warning("a page's sign was not passed on: %s", error)

    def _is_too_soon(self, kind: str) -> bool:
        now = time.monotonic()
        if now - self._heard.get(kind, -_FRAME_SECONDS) < _FRAME_SECONDS:
            return True
        self._heard[kind] = now
        return False

    async def _hear(self, kind: str, target: str) -> None:
        typing, session_id = self._callers.typing, self._ticket.session_id
        if kind == SEEN:
            if session_id is None and self._callers.note_seen is not None:
                await self._callers.note_seen()
            return
        try:
            conversation_id = uuid.UUID(target)
        except ValueError:
            return
        if typing is None:
            return
        if session_id is None:
            await typing.owner_types(conversation_id)
        else:
            await typing.visitor_types(session_id, conversation_id)


async def _read_frame(socket: WebSocket) -> str | None:
    """The next text frame; None after closing the socket because it was too long or not text."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    text = message.get("text")
    if text is None or len(text) > _MAX_FRAME_BYTES:
        await socket.close(_TOO_BIG)
        return None
    return str(text)
