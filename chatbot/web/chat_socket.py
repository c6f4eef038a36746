"""The WebSocket of one chat: what happens in it goes down as events, and messages come up.

The caller is known by the Authorization header, by the owner's cookie, or by a first frame HELLO
with a token, because browsers cannot send the header; a token never stands in the address.
"""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, ValidationError

from chatbot.engine.chat_feed import ChatFeed, FeedEvent
from chatbot.engine.live_turn import LiveTurn
from chatbot.engine.program_chat import Caller, ProgramChat
from chatbot.engine.visitor_chat import POLL_SECONDS
from chatbot.errors import ChatbotError, NotLoaded, NotSaved
from chatbot.web.api_errors import describe, error_content
from chatbot.web.api_models import MessageBody, NewMessage
from chatbot.web.bearer import read_bearer
from chatbot.web.callers import Callers
from chatbot.web.live import Listener, LiveBell, Ticket
from chatbot.web.origins import Origins
from chatbot.web.owner_cookie import read_owner_cookie
from chatbot.web.refusals import Refusal, log_refusal

SOCKET_PATH = "/api/chats/{chat_id}/events"
MAX_FRAME_BYTES = 64 * 1024
_POLICY_VIOLATION, _TOO_BIG, _NOT_TEXT, _TRY_LATER = 1008, 1009, 1003, 1013
_INTERNAL = 1011
_GOING_AWAY = 1001


@dataclass(frozen=True)
class SocketTimes:
    """Seconds: for the first frame, between pings, and without any frame of the caller's."""

    hello: float = 10.0
    ping: float = 25.0
    idle: float = 300.0


class Hello(BaseModel):
    """Who holds the socket, and the last message that they have seen."""

    token: str = Field("", max_length=1024)
    after: uuid.UUID | None = None


class _Closed(Exception):
    """The socket is to be closed, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def build_socket_router(
    chats: ProgramChat,
    bell: LiveBell,
    callers: Callers,
    origins: Origins,
    times: SocketTimes | None = None,
) -> APIRouter:
    """The WebSocket route. Needs the `websockets` package at run time."""
    router = APIRouter()
    limits = times or SocketTimes()

    @router.websocket(SOCKET_PATH)
    async def listen(socket: WebSocket, chat_id: uuid.UUID, after: uuid.UUID | None = None) -> None:
        headers = socket.headers
        if not origins.accepts(headers.get("origin"), host=headers.get("host")):
            await socket.close(_POLICY_VIOLATION)
            return
        line = _Line(socket, chats, bell, callers, limits)
        with suppress(WebSocketDisconnect, RuntimeError):
            try:
                await line.serve(chat_id, after)
            except _Closed as closed:
                await socket.close(closed.code)
            except (NotLoaded, NotSaved):
                await socket.close(_TRY_LATER)
            except (Refusal, ChatbotError):
                # Not yours or gone: both read the same.
                await socket.close(_POLICY_VIOLATION)
            except (WebSocketDisconnect, RuntimeError):
                raise
            except Exception as error:
                await line.send_error(Refusal.of_fault(), error)
                await socket.close(_INTERNAL)

    return router


class _Line:
    """One socket from its opening to its end."""

    def __init__(
        self,
        socket: WebSocket,
        chats: ProgramChat,
        bell: LiveBell,
        callers: Callers,
        times: SocketTimes,
    ) -> None:
        self._socket = socket
        self._chats = chats
        self._bell = bell
        self._callers = callers
        self._times = times
        self._heard_at = time.monotonic()
        self._token = ""

    async def serve(self, chat_id: uuid.UUID, after: uuid.UUID | None) -> None:
        headers = self._socket.headers
        if read_bearer(headers) or read_owner_cookie(headers):
            caller = await self._find_caller()
            await self._chats.read(caller, chat_id)
            await self._socket.accept()
        else:
            await self._socket.accept()
            hello = await self._read_hello()
            self._token, after = hello.token, hello.after or after
            caller = await self._find_caller()
        feed = ChatFeed(self._chats, caller, chat_id, after)
        session_id = await feed.find_session()
        with self._bell.listening(Ticket(session_id, f"ws-{uuid.uuid4()}")) as listener:
            if listener is None:
                raise _Closed(_TRY_LATER)
            async with asyncio.TaskGroup() as tasks:
                pump = tasks.create_task(self._run(self._pump(feed, listener, caller)))
                read = tasks.create_task(self._run(self._read(caller, chat_id)))
                done, rest = await asyncio.wait({pump, read}, return_when=asyncio.FIRST_COMPLETED)
                for task in rest:
                    task.cancel()
            for task in done:
                if (error := task.result()) is not None:
                    raise error

    async def _run(self, work: Coroutine[Any, Any, None]) -> Exception | None:
        """The error with which a part ended: it is for the socket as a whole to deal with."""
        try:
            await work
        except Exception as error:
            return error
        return None

    async def _read_hello(self) -> Hello:
        try:
            async with asyncio.timeout(self._times.hello):
                frame = await self._read_frame()
            if frame.get("event") == "HELLO":
                return Hello.model_validate(frame.get("body"))
        except (TimeoutError, ValidationError, ValueError):
            pass
        raise _Closed(_POLICY_VIOLATION)

    async def _read(self, caller: Caller, chat_id: uuid.UUID) -> NoReturn:
        """Takes what comes up: messages; whatever else it is, it says that somebody is there."""
        while True:
            try:
                frame = await self._read_frame()
                self._heard_at = time.monotonic()
                if frame.get("event") == "SEND_MESSAGE":
                    await self._send_message(caller, chat_id, frame.get("body"))
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"])) or "body"
                await self.send_error(Refusal(422, "bad_request", f"{place}: {first['msg']}."))
            except ValueError:
                await self.send_error(Refusal(422, "bad_request", "A frame is a JSON object."))

    async def _send_message(self, caller: Caller, chat_id: uuid.UUID, body: object) -> None:
        new = NewMessage.model_validate(body)
        key = new.client_message_id
        try:
            if caller.is_owner:
                await self._find_caller()
                await self._chats.say_as_owner(chat_id, new.message, key)
            else:
                await self._chats.send(caller, chat_id, new.message, key)
        except ChatbotError as error:
            await self.send_error(describe(error)[0], error, client_message_id=key)

    async def _read_frame(self) -> dict[str, Any]:
        """The next frame; raises ValueError for one that is no JSON object."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1000)
        text = message.get("text")
        if text is None:
            raise _Closed(_NOT_TEXT)
        if len(text.encode("utf-8", "replace")) > MAX_FRAME_BYTES:
            raise _Closed(_TOO_BIG)
        try:
            frame = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if not isinstance(frame, dict):
            raise ValueError("no object")
        return frame

    async def _pump(self, feed: ChatFeed, listener: Listener, caller: Caller) -> NoReturn:
        """Sends what happens, until the socket or the right to it ends."""
        await self._tell(await feed.start())
        ring, answer = asyncio.create_task(listener.next_frames()), _Answer()
        told_at = time.monotonic()
        try:
            while True:
                answer.begin(feed.find_live())
                pause = POLL_SECONDS if feed.is_answered_elsewhere else self._times.ping
                done, _ = await asyncio.wait(
                    {ring, *answer.waited}, timeout=pause, return_when=asyncio.FIRST_COMPLETED
                )
                if answer.step is not None and answer.step in done:
                    await self._follow(feed, answer)
                if ring in done:
                    ring = asyncio.create_task(listener.next_frames())
                    await self._tell(await feed.read_news())
                if not done:
                    await self._tell(await feed.read_news())
                if done or time.monotonic() - told_at < self._times.ping:
                    continue
                told_at = time.monotonic()
                await self._check(caller)
                await self._tell([FeedEvent("PING", {})])
        finally:
            for task in (ring, *answer.waited):
                task.cancel()

    async def _follow(self, feed: ChatFeed, answer: "_Answer") -> None:
        assert answer.live is not None
        delta = feed.read_delta(answer.live)
        await self._tell([delta] if delta else [])
        if answer.go_on():
            return
        feed.leave_live()
        await self._tell(await feed.read_news())

    async def _check(self, caller: Caller) -> None:
        """Whoever says nothing for long, or may listen no more, is not told more."""
        if time.monotonic() - self._heard_at > self._times.idle:
            raise _Closed(_GOING_AWAY)
        if caller.is_owner:
            await self._find_caller()

    async def _find_caller(self) -> Caller:
        """Who holds the socket, asked anew; raises Refusal when they are signed in no more."""
        if self._token:
            return await self._callers.find_by_token(self._token, self._socket)
        return await self._callers.find(self._socket)

    async def _tell(self, events: list[FeedEvent]) -> None:
        for event in events:
            body = event.values
            if event.message is not None:
                body = MessageBody.of(event.message).model_dump(mode="json")
            await self._send(event.name, body)

    async def send_error(
        self, refusal: Refusal, cause: Exception | None = None, **values: str
    ) -> None:
        """Tells of an error, under an id that is in the log too."""
        log_refusal(refusal, self._socket.scope, cause)
        await self._send("ERROR", {**error_content(refusal)["error"], **values})

    async def _send(self, event: str, body: dict[str, Any]) -> None:
        await self._socket.send_text(json.dumps({"event": event, "body": body}))


class _Answer:
    """The answer that is being followed, if there is one, and the wait for its next step."""

    def __init__(self) -> None:
        self.live: LiveTurn | None = None
        self.step: asyncio.Task[bool] | None = None
        self._changes: AsyncIterator[None] | None = None

    @property
    def waited(self) -> tuple["asyncio.Task[bool]", ...]:
        return (self.step,) if self.step is not None else ()

    def begin(self, live: LiveTurn | None) -> None:
        """Follow an answer from here on; None, or another one meanwhile, changes nothing."""
        if live is not None and self.step is None:
            self.live, self._changes = live, live.changes()
            self.step = asyncio.create_task(self._next())

    def go_on(self) -> bool:
        """Wait for the next step; False after the last one."""
        is_over = self.step is None or not self.step.result()
        self.step = None if is_over else asyncio.create_task(self._next())
        return not is_over

    async def _next(self) -> bool:
        assert self._changes is not None
        async for _ in self._changes:
            return True
        return False
