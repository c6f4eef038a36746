"""Talks to the running program as the page in a browser does, over plain HTTP.

    async with PageClient(app.url) as page:
        await page.open()
        async for state in page.send("Where did you study?"):
            print(state.answer)
        print(page.timing.first_text, page.timing.end)

What a page sends of itself (`token`, `conversation_id`, `message_id`, `ticket`, `session_hash`) are
plain attributes: set them to forge them.
"""

import asyncio
import copy
import html
import json
import re
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});</script", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_FOOT = re.compile(r'<div class="cc-foot".*', re.DOTALL)
_WAITING = "cc-wait"
_ANSWERING = "is-answering"
_LAST = ("process_completed", "unexpected_error")


class PageError(Exception):
    """The server answered a call of the page with an error; holds the status and the words."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body[:300]}")
        self.status = status
        self.body = body


@dataclass(frozen=True)
class PageState:
    """What the page shows after one update; `at` is seconds since the call."""

    values: dict[str, Any]
    at: float

    @property
    def messages(self) -> list[tuple[str, str]]:
        """(role, HTML) of every message shown, oldest first."""
        log = self.values.get("log") or []
        return [(entry["role"], entry["content"][0]["text"]) for entry in log]

    @property
    def answer(self) -> str:
        """The words of the last message when it is an answer, without its sources and buttons."""
        role, text = self.messages[-1] if self.messages else ("user", "")
        return "" if role == "user" or _WAITING in text else plain_words(_FOOT.sub("", text))

    @property
    def error(self) -> str:
        """The words of the error line, "" when there is none."""
        return plain_words(_words(self.values.get("error-line")))

    @property
    def is_answering(self) -> bool:
        return _ANSWERING in _words(self.values.get("state"))


@dataclass
class Timing:
    """Seconds since a call: stored and shown as sent, first words of an answer, end."""

    shown: float | None = None
    first_text: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class _Event:
    """An event of the page: what it is sent and what it changes, by element id."""

    id: int
    trigger: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass
class PageClient:
    """One open page. Calls may overlap, as they do when a visitor stops an answer."""

    base_url: str
    token: str = ""
    session_hash: str = field(default_factory=lambda: secrets.token_hex(6))
    timeout: float = 90.0
    conversation_id: str = ""
    message_id: str = ""
    ticket: str = ""
    timing: Timing = field(default_factory=Timing)
    state: PageState = field(default_factory=lambda: PageState({}, 0.0))

    def __post_init__(self) -> None:
        # Shorter than the server keeps a connection: none is used in the moment that it is closed.
        limits = httpx.Limits(keepalive_expiry=2.0)
        self.http = httpx.AsyncClient(
            base_url=self.base_url, timeout=self.timeout, verify=False, limits=limits
        )
        self._events: dict[str, _Event] = {}
        self._reader: asyncio.Task[None] | None = None
        self._waiting: set[str] = set()
        self._arrived: defaultdict[str, asyncio.Queue[dict[str, Any]]] = defaultdict(asyncio.Queue)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Leaves, as a closed tab does: at once, whatever is still being answered."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self.http.aclose()

    async def open(self) -> PageState:
        """Loads the page and what it does by itself when it has loaded."""
        if not self._events:
            await self.load()
        async for _ in self.call("load"):
            pass
        return self.state

    async def load(self) -> None:
        """Gets the page and reads its events, without calling any."""
        page = await self.http.get("/")
        found = _CONFIG.search(_checked(page).text)
        self.learn(
            json.loads(found[1]) if found else _checked(await self.http.get("/config")).json()
        )

    def learn(self, config: dict[str, Any]) -> None:
        """Takes the events that can be called from a page's configuration."""
        self._events = _read_events(config)

    @property
    def events(self) -> list[str]:
        """The names by which events can be called."""
        return list(self._events)

    def share(self, other: "PageClient") -> None:
        """Takes the events that another page of the same server has read: many load sooner."""
        self._events = other._events

    def send(self, text: str) -> AsyncIterator[PageState]:
        """Sends a message and yields what the page shows, up to the end of the answer."""
        return self.call("send", **{"message-box": text})

    async def ask(self, text: str) -> PageState:
        """Sends a message and returns what the page shows at the end."""
        async for _ in self.send(text):
            pass
        return self.state

    async def press(self, name: str, **values: Any) -> PageState:
        """Triggers an event ("stop", "talk", "new-chat", "earlier", "ring", "load") to its end."""
        async for _ in self.call(name, **values):
            pass
        return self.state

    async def act(self, do: str, target: str, text: str = "") -> PageState:
        """A button inside a message or the list of chats, such as "retry", "go-on" or "open"."""
        return await self.press("act", action=json.dumps({"do": do, "id": target, "text": text}))

    async def call(self, name: str, **values: Any) -> AsyncIterator[PageState]:
        """Triggers an event by the element it hangs on and yields the page after each update.

        `values` replaces what the page would send, by element id. Raises PageError when the
        server refuses the call or breaks it off.
        """
        event, started = self._events[name], time.perf_counter()
        self.timing = timing = Timing()
        event_id = await self._join(event, values)
        data: list[Any] = []
        while True:
            message = await asyncio.wait_for(self._arrived[event_id].get(), self.timeout)
            if message["msg"] == "unexpected_error" or message.get("success") is False:
                raise PageError(500, json.dumps(message))
            is_last = message["msg"] in _LAST
            data = _merge(data, message, is_generating=not is_last)
            if data:
                timing.end = time.perf_counter() - started
                self._show(event, data, timing)
                yield self.state
            if is_last:
                return

    async def post(self, body: bytes) -> httpx.Response:
        """Joins the queue with raw bytes; the answer is for the caller to judge."""
        headers = {"content-type": "application/json"}
        return await self.http.post("/gradio_api/queue/join", content=body, headers=headers)

    def build_body(self, name: str, **values: Any) -> dict[str, Any]:
        """What the page would post for an event."""
        event = self._events[name]
        return self._body(event, values)

    def _body(self, event: _Event, values: dict[str, Any]) -> dict[str, Any]:
        own = {
            "token": self.token,
            "conversation-id": self.conversation_id,
            "message-id": self.message_id,
            "ticket": self.ticket,
            "form-id": self.state.values.get("form-id", ""),
        }
        data = [values.get(part, own.get(part, "")) for part in event.inputs]
        return {
            "data": data,
            "event_data": None,
            "fn_index": event.id,
            "trigger_id": event.trigger,
            "session_hash": self.session_hash,
        }

    async def _join(self, event: _Event, values: dict[str, Any]) -> str:
        # Not httpx's own JSON: a browser sends lone surrogates as escapes, which this does too.
        answer = await self.post(json.dumps(self._body(event, values)).encode())
        event_id = str(_checked(answer).json()["event_id"])
        self._waiting.add(event_id)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return event_id

    async def _read(self) -> None:
        """Reads the session's one stream until no event is waited for."""
        while self._waiting:
            try:
                await self._read_stream()
            except (httpx.HTTPError, PageError) as error:
                self._break_off(error)

    async def _read_stream(self) -> None:
        parameters = {"session_hash": self.session_hash}
        async with self.http.stream("GET", "/gradio_api/queue/data", params=parameters) as stream:
            if stream.status_code != 200:
                raise PageError(stream.status_code, (await stream.aread()).decode())
            async for line in _read_lines(stream):
                if line.startswith(b"data:"):
                    self._deliver(json.loads(line[5:]))

    def _deliver(self, message: dict[str, Any]) -> None:
        event_id = message.get("event_id")
        if event_id is not None:
            if message["msg"] in _LAST:
                self._waiting.discard(event_id)
            if message["msg"] in (*_LAST, "process_generating"):
                self._arrived[event_id].put_nowait(message)
        elif message["msg"] == "unexpected_error":
            raise PageError(500, json.dumps(message))

    def _break_off(self, error: Exception) -> None:
        for event_id in self._waiting:
            self._arrived[event_id].put_nowait({"msg": "unexpected_error", "error": str(error)})
        self._waiting.clear()

    def _show(self, event: _Event, data: list[Any], timing: Timing) -> None:
        shown = {
            part: value
            for part, value in zip(event.outputs, data, strict=True)
            if not _is_skipped(value)
        }
        self.state = PageState({**self.state.values, **shown}, timing.end or 0.0)
        self.token = shown.get("token", self.token)
        self.conversation_id = shown.get("conversation-id", self.conversation_id)
        self.message_id = shown.get("message-id", self.message_id)
        self.ticket = shown.get("ticket", self.ticket)
        timing.shown = timing.shown or self.state.at
        if timing.first_text is None and self.state.answer:
            timing.first_text = self.state.at


async def _read_lines(stream: httpx.Response) -> AsyncIterator[bytes]:
    """The lines of a stream as a browser reads them; httpx would end them at U+2028 too."""
    rest = b""
    async for piece in stream.aiter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line


def plain_words(markup: str) -> str:
    """The text of a piece of HTML."""
    return html.unescape(_TAG.sub("", markup.replace("<br>", "\n"))).strip()


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _checked(response: httpx.Response) -> httpx.Response:
    if response.status_code != 200:
        raise PageError(response.status_code, response.text)
    return response


def _read_events(config: dict[str, Any]) -> dict[str, _Event]:
    """The page's events by the element id of their trigger; the first one is called "load"."""
    names = {part["id"]: _name(part) for part in config["components"]}
    events = {}
    for entry in config["dependencies"]:
        for target, action in entry["targets"]:
            name = "load" if action == "load" else names.get(target, "")
            events[name or str(entry["api_name"])] = _Event(
                id=entry["id"],
                trigger=target,
                inputs=tuple(names[part] for part in entry["inputs"]),
                outputs=tuple(names[part] for part in entry["outputs"]),
            )
    return events


def _name(component: dict[str, Any]) -> str:
    if component["type"] == "browserstate":
        return "token"
    return str(component["props"].get("elem_id") or "")


def _merge(data: list[Any], message: dict[str, Any], *, is_generating: bool) -> list[Any]:
    """The values of all outputs after an update: whole at first, then edits of the last ones."""
    update = (message.get("output") or {}).get("data") or []
    if not is_generating or not data:
        return update or data
    return [_apply(value, edits) for value, edits in zip(data, update, strict=True)]


def _apply(value: Any, edits: Any) -> Any:
    """Applies the edits that Gradio's `utils.diff` makes; `value` itself stays as it was."""
    if not isinstance(edits, list):
        return edits
    for action, path, new in edits:
        value = _edited(value, path, action, new)
    return value


def _edited(value: Any, path: list[Any], action: str, new: Any) -> Any:
    if not path:
        return value + new if action == "append" else new
    step, *rest = path
    changed = copy.copy(value)
    if rest or action in ("append", "replace"):
        changed[step] = _edited(value[step], rest, action, new)
    elif action == "delete":
        del changed[step]
    elif isinstance(changed, list):
        changed.insert(step, new)
    else:
        changed[step] = new
    return changed


def _is_skipped(value: Any) -> bool:
    return isinstance(value, dict) and value.get("__type__") == "update"
