"""Visitors and the owner at every door of the running site: page, REST and WebSocket.

Each visitor writes a secret mark of their own into everything they send, and keeps all that any
door has told them: whoever has received another's mark has read what is another's.
"""

import asyncio
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chatbot.storage.models import Conversation, Floor
from tests.door_server import PASSWORD, DoorServer
from tests.page_client import PageClient, PageError

SECONDS = 120
Until = Callable[[list[dict[str, Any]]], bool]
MARK = re.compile(r"mark[a-z]{20}")
_KEY = re.compile(r'href="/fit\?key=([^"]+)"')
# The policy violation with which the socket of somebody else's chat is closed.
REFUSED_SOCKET = 1008


def new_mark() -> str:
    """A word that nobody can guess and no rule of the program takes for a name or a number."""
    return "mark" + "".join(chr(ord("a") + byte % 26) for byte in uuid.uuid4().bytes + b"wxyz")


class NotedPage(PageClient):
    """An open page that keeps what it is sent, each frame and what the page then shows."""

    def __init__(self, url: str, heard: list[str]) -> None:
        super().__init__(url)
        self.heard = heard

    def _deliver(self, message: dict[str, Any]) -> None:
        self.heard.append(json.dumps(message))
        super()._deliver(message)

    def _show(self, *arguments: Any) -> None:
        super()._show(*arguments)
        self.heard.append(json.dumps(self.state.values))

    async def try_event(self, name: str, **values: Any) -> None:
        """An event that may be refused, but must not end in a fault of the server."""
        try:
            await self.press(name, **values)
        except PageError as error:
            if error.status >= 500:
                raise


class Rest:
    """A program that sends requests with a token and keeps what it is told."""

    def __init__(self, url: str, heard: list[str]) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=SECONDS, verify=False)
        self._heard = heard

    async def call(self, method: str, path: str, token: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        answer = await self._http.request(method, path, headers=headers, **options)
        assert answer.status_code < 500, answer.text
        self._heard.append(f"{answer.headers} {words_of(answer)}")
        return answer

    async def close(self) -> None:
        await self._http.aclose()


def words_of(answer: httpx.Response) -> str:
    """What an answer says, inside of a ZIP file too; the pieces of a stream also as a whole."""
    if answer.headers.get("content-type") == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
            return " ".join(file.read(name).decode() for name in file.namelist())
    pieces = re.findall(r'data: \{"text": "(.*?)"\}', answer.text)
    return f"{answer.text} {''.join(pieces)}"


class Visitor:
    """One visitor, who holds one token and uses it at all doors.

    `chats` are their chats with what they wrote there; `owner_said` is what the owner has written
    to them; `typed` are the addresses that they know because they have typed them.
    """

    def __init__(self, server: DoorServer) -> None:
        self.server = server
        self.mark = new_mark()
        self.email = f"reach-{self.mark[4:]}@example.com"
        self.typed = {self.email}
        self.heard: list[str] = []
        self.page = NotedPage(server.url, self.heard)
        self.rest = Rest(server.url, self.heard)
        self.chats: dict[str, list[str]] = {}
        self.owner_said: dict[str, list[str]] = {}

    @property
    def token(self) -> str:
        return self.page.token

    @property
    def open_chat(self) -> str:
        return self.page.conversation_id

    async def arrive(self, *, by_program: bool) -> None:
        """Comes for the first time: with a page, or with a program whose token the page brings."""
        if by_program:
            answer = await self.rest.call("POST", "/api/chats", "", json={})
            self.page.token = answer.json()["token"]
        await self.page.open()
        self.note_chat()

    def note_chat(self) -> None:
        self.chats.setdefault(self.open_chat, [])

    def forget(self, chat: str) -> None:
        """A chat that has been erased."""
        del self.chats[chat]
        self.owner_said.pop(chat, None)

    async def leave(self) -> None:
        await self.page.close()
        await self.rest.close()

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.rest.call(method, path, self.token, **options)

    async def send(self, door: str, chat: str, text: str) -> bool:
        """Sends a message at a door and waits for its answer; whether it was taken."""
        key = uuid.uuid4().hex
        if door == "page":
            values = {"message-box": text, "conversation-id": chat, "message-id": key}
            await self.page.try_event("send", **values)
            return not self.page.state.error
        body = {"message": text, "client_message_id": key}
        if door == "socket":
            return await self._send_by_socket(chat, body)
        accept = {"accept": "text/event-stream"} if door == "stream" else {}
        path = f"/api/chats/{chat}/messages"
        return (await self.call("POST", path, json=body, headers=accept)).is_success

    async def _send_by_socket(self, chat: str, body: dict[str, str]) -> bool:
        has_owner = self.has_owner(chat)

        def is_over(frames: list[dict[str, Any]]) -> bool:
            if not _has_message(frames):
                return False
            last = frames[-1]
            is_answered = last["event"] == "STATUS" and not last["body"]["answering"]
            return is_answered or has_owner or last["event"] == "ERROR"

        frames, code = await self.listen(chat, ("SEND_MESSAGE", body), until=is_over)
        assert frames or code == REFUSED_SOCKET, code
        return any(frame["event"] == "NEW_MESSAGE" for frame in frames)

    def has_owner(self, chat: str) -> bool:
        """Whether the owner has the floor in a chat."""
        key = uuid.UUID(chat)
        row = self.server.services.database.read_now(lambda s: s.get(Conversation, key))
        return row is not None and row.floor == Floor.OWNER

    async def listen(
        self,
        chat: str,
        *frames: tuple[str, dict[str, Any]],
        after: str | None = None,
        until: Until | None = None,
    ) -> tuple[list[dict[str, Any]], int]:
        """What the socket of a chat says after a message, up to `until`, and how it ends."""
        hello = {"token": self.token, "after": after}
        return await listen(self.server, chat, self.heard, hello, *frames, until=until)

    async def read(self, door: str, chat: str, after: str | None) -> bool:
        """Reads a chat at a door in every way there is; whether it was shown.

        `after` is a message in it, from which on a socket tells of the others.
        """
        if door == "page":
            for name in ("ring", "earlier"):
                await self.page.try_event(name, **{"conversation-id": chat})
            return not self.page.state.error
        if door == "socket":
            return bool((await self.listen(chat, after=after))[0])
        answers = [
            await self.call("GET", f"/api/chats/{chat}{part}")
            for part in ("", "/messages", "/context")
        ]
        assert len({answer.status_code for answer in answers}) == 1
        return answers[0].is_success

    async def make_fit_key(self, chat: str) -> str:
        """The key to the pages beside a chat, as the page asks for it; "" when it is refused."""
        action = json.dumps({"do": "door", "id": chat, "text": "fit"})
        await self.page.try_event("act", action=action, **{"conversation-id": chat})
        found = _KEY.search(str(self.page.state.values.get("state")))
        return found[1] if found and not self.page.state.error else ""


async def listen(
    server: DoorServer,
    chat: str,
    heard: list[str],
    hello: dict[str, Any],
    *sent: tuple[str, dict[str, Any]],
    until: Until | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Opens a chat's socket, says who it is, sends frames and hears until it has been told."""

    def is_told(frames: list[dict[str, Any]]) -> bool:
        return frames[-1]["event"] == "STATUS"

    told: list[dict[str, Any]] = []
    try:
        address = f"ws://127.0.0.1:{server.port}/api/chats/{chat}/events"
        async with asyncio.timeout(SECONDS), connect(address) as socket:
            await _say(socket, "HELLO", hello)
            await _hear(socket, told, is_told)
            for event, body in sent:
                await _say(socket, event, body)
            if until is None:
                return told, 1000
            begun = len(told)
            await _hear(socket, told, lambda frames: until(frames[begun:]))
            return told[begun:], 1000
    except ConnectionClosed as closed:
        return [], closed.rcvd.code if closed.rcvd else 1006
    finally:
        heard.append(json.dumps(told))
        heard.append("".join(f["body"]["text"] for f in told if f["event"] == "DELTA"))


async def _say(socket: ClientConnection, event: str, body: dict[str, Any]) -> None:
    await socket.send(json.dumps({"event": event, "body": body}))


async def _hear(socket: ClientConnection, told: list[dict[str, Any]], is_over: Until) -> None:
    """Adds what is heard to `told`, until that is over."""
    while True:
        told.append(json.loads(await socket.recv()))
        if is_over(told):
            return


class OwnerPage(NotedPage):
    """The owner's page, with the events that were made for it only."""

    async def open_area(self, password: str = PASSWORD) -> None:
        """Signs in and loads the page; `press` then knows the events of the owner's tabs too."""
        answer = await self.http.post("/owner", data={"password": password})
        assert answer.status_code == 303
        config = (await self.http.get("/config")).json()
        for entry in config["dependencies"]:
            if entry["targets"] == [[entry["targets"][0][0], "load"]] and not entry["queue"]:
                await self._fill(config, entry)

    async def _fill(self, config: dict[str, Any], entry: dict[str, Any]) -> None:
        body = {"data": [], "fn_index": entry["id"], "session_hash": self.session_hash}
        answer = await self.http.post("/gradio_api/run/predict", json=body)
        made = answer.json().get("render_config")
        if made:
            self.learn(
                {name: [*config[name], *made[name]] for name in ("components", "dependencies")}
            )


class Owner:
    """The owner, signed in on a page and with a program."""

    def __init__(self, server: DoorServer) -> None:
        self.server = server
        self.heard: list[str] = []
        self.page = OwnerPage(server.url, self.heard)
        self.rest = Rest(server.url, self.heard)
        self.token = ""

    async def sign_in(self) -> None:
        answer = await self.rest.call("POST", "/api/token", "", json={"password": PASSWORD})
        self.token = answer.json()["access_token"]
        await self.page.open_area()

    async def sign_out(self) -> None:
        assert (await self.page.http.post("/owner/sign-out")).status_code == 303
        await self.rest.call("DELETE", "/api/token", self.token)

    async def leave(self) -> None:
        await self.page.close()
        await self.rest.close()

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.rest.call(method, path, self.token, **options)

    async def listen(self, chat: str) -> tuple[list[dict[str, Any]], int]:
        return await listen(self.server, chat, self.heard, {"token": self.token})

    async def act(self, do: str, chat: str) -> None:
        values = {"owner-inbox-action": f"{do}:{chat}", "owner-inbox-selected": chat}
        await self.page.press("owner-inbox-act", **values)

    async def say(self, door: str, chat: str, text: str) -> None:
        """Writes into a chat, which takes it over."""
        key = uuid.uuid4().hex
        body = {"message": text, "client_message_id": key}
        if door == "page":
            values = {"owner-inbox-selected": chat, "owner-inbox-reply-id": key}
            await self.page.press("owner-inbox-send", **{"owner-inbox-reply": text, **values})
        elif door == "socket":
            hello = {"token": self.token}
            frames, _ = await listen(
                self.server, chat, self.heard, hello, ("SEND_MESSAGE", body), until=_has_message
            )
            assert frames
        else:
            answer = await self.call("POST", f"/api/chats/{chat}/messages", json=body)
            assert answer.is_success, answer.text


def _has_message(frames: list[dict[str, Any]]) -> bool:
    """Whether a message that was sent has come back, or was refused; a notice may come before."""
    return any(
        frame["event"] == "ERROR" or frame["body"].get("sender") in ("user", "owner")
        for frame in frames
    )
