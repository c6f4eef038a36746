"""An OpenAI-compatible server on a loopback port that answers, and fails, as it is told.

Real HTTP/1.1 with chunked server-sent events, so that the client's whole path is under test:

    with StandIn() as stand_in:
        stand_in.script(Fault("503"), Reply(text="Hello there."))
        ...  # two requests to stand_in.base_url
        assert len(stand_in.requests) == 2

An unscripted request gets `stand_in.answer(request)` when that hook returns something, else
`stand_in.default`; one for embeddings gets `stand_in.vectors`. For benchmarks it runs in a process
of its own:

    python -m tests.stand_in --port 9009 --tokens 200 --rate 200
"""

import argparse
import asyncio
import contextlib
import functools
import json
import re
import socket
import struct
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# They claim nothing, so that no profile has to support them.
SENTENCES = (
    "I can tell you about the payments team, and what it is like to work with it.",
    "Ask me anything about the work, and I will look it up for you.",
    "Would you like to hear how such a project is planned from its first day?",
    "Happy to go deeper on any of these projects, so just ask.",
    "Let me know which part of it you would like to hear more about.",
)
ERRORS: dict[str, tuple[int, str, str, str | None]] = {
    # kind: status, error.type, error.code, error.param
    "401": (401, "invalid_request_error", "invalid_api_key", None),
    "402": (402, "billing_error", "payment_required", None),
    "403": (403, "request_forbidden", "unsupported_country_region_territory", None),
    "404": (404, "invalid_request_error", "model_not_found", None),
    "400": (400, "invalid_request_error", "invalid_value", "messages"),
    "408": (408, "timeout", "request_timeout", None),
    "409": (409, "conflict", "conflict", None),
    "429": (429, "requests", "rate_limit_exceeded", None),
    "500": (500, "server_error", "internal_error", None),
    "502": (502, "server_error", "bad_gateway", None),
    "503": (503, "server_error", "overloaded", None),
    "504": (504, "server_error", "gateway_timeout", None),
    "insufficient_quota": (429, "insufficient_quota", "insufficient_quota", None),
    "credit_balance_exhausted": (429, "insufficient_quota", "credit_balance_exhausted", None),
    "organization_spend_limit_exceeded": (
        429, "insufficient_quota", "organization_spend_limit_exceeded", None,
    ),
    "project_spend_limit_exceeded": (
        429, "insufficient_quota", "project_spend_limit_exceeded", None,
    ),
    "organization_usage_limit_exceeded": (
        429, "insufficient_quota", "organization_usage_limit_exceeded", None,
    ),
    "context_length_exceeded": (
        400, "invalid_request_error", "context_length_exceeded", "messages",
    ),
    "unsupported_max_tokens": (
        400, "invalid_request_error", "unsupported_parameter", "max_tokens",
    ),
    "unsupported_temperature": (
        400, "invalid_request_error", "unsupported_value", "temperature",
    ),
}  # fmt: skip
MESSAGES = {
    "401": "Incorrect API key provided: sk-secr*********************fragment.",
    "unsupported_max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this "
    "model. Use 'max_completion_tokens' instead.",
    "unsupported_temperature": "Unsupported value: 'temperature' does not support 0.7 with this "
    "model. Only the default (1) value is supported.",
    "context_length_exceeded": "This model's maximum context length is 8192 tokens.",
}
STREAM_FAULTS = frozenset({
    "hang", "hang_after_headers", "stall", "drip", "eof", "eof_close", "drop", "reset",
    "cut_chunk", "bad_json", "html", "empty_json", "error_event", "empty_choices",
    "empty_stream", "content_filter", "length", "malformed_tool_json", "unknown_tool",
    "endless_tools",
})  # fmt: skip


@dataclass(frozen=True)
class ToolCall:
    """A tool call of a reply; `arguments` is sent as it stands, so it may be broken JSON."""

    name: str
    arguments: str = "{}"
    id: str | None = "call_1"


@dataclass(frozen=True)
class Reply:
    """A good answer. `tokens` words of plausible prose unless `text` or `tool_calls` say more.

    With `go_on` it stops after `tokens_before` words until a test has set that event.
    """

    text: str | None = None
    tokens: int = 20
    tokens_per_second: float | None = None
    first_token_seconds: float = 0.0
    tool_calls: tuple[ToolCall, ...] = ()
    split_arguments: bool = True
    finish_reason: str | None = None
    usage: tuple[int, int, int] | None | str = "counted"
    send_done: bool = True
    close_framing: bool = False
    go_on: threading.Event | None = None
    tokens_before: int = 4


@dataclass(frozen=True)
class Fault:
    """A scripted failure: `kind` is a key of ERRORS or a member of STREAM_FAULTS."""

    kind: str
    after_tokens: int = 5
    retry_after: str | None = None
    seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in ERRORS and self.kind not in STREAM_FAULTS:
            raise ValueError(f"no such fault: {self.kind}")


@dataclass(frozen=True)
class Raw:
    """Exact bytes for a reply's body, one network write per piece.

    `ending`: "whole", or broken off as "close" (no framing), "cut" (inside a chunk) or "reset".
    """

    pieces: tuple[bytes, ...]
    content_type: str = "text/event-stream"
    status: int = 200
    pause_seconds: float = 0.0
    ending: str = "whole"


@dataclass(frozen=True)
class Vectors:
    """Embeddings of a text: its words counted in `size` bins, so that the same words give the same
    vector. Words of one group in `same` count as one word, as a model that knows meanings would.

    With `go_on` it says nothing until a test has set that event.
    """

    same: tuple[frozenset[str], ...] = ()
    size: int = 256
    with_usage: bool = True
    go_on: threading.Event | None = None

    def embed(self, text: str) -> list[float]:
        bins = [0.0] * self.size
        for word in re.findall(r"[^\W_]+", text.lower()):
            meant = next((min(group) for group in self.same if word in group), word)
            bins[zlib.crc32(meant.encode()) % self.size] += 1.0
        return bins


Answer = Reply | Fault | Raw | Vectors


@dataclass(frozen=True)
class Request:
    """One request as it came in; `at` is time.monotonic()."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


def build_tokens(count: int) -> list[str]:
    """Words with their leading space, punctuation apart, in whole sentences, cut at `count`."""
    pieces: list[str] = []
    while len(pieces) < count:
        for sentence in SENTENCES:
            pieces += re.findall(r" ?\w+|[^\w\s]", f" {sentence}" if pieces else sentence)
    return pieces[:count]


def split_text(text: str) -> list[str]:
    """The text in word-sized deltas that join to the same text."""
    return re.findall(r"\s*\S+|\s+$", text)


def _event(payload: dict[str, Any] | str) -> bytes:
    data = payload if isinstance(payload, str) else json.dumps(payload)
    return b"data: " + data.encode() + b"\n\n"


def _chunk(model: str, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return {
        "id": "chatcmpl-stand-in", "object": "chat.completion.chunk", "created": 1_700_000_000,
        "model": model, "system_fingerprint": "fp_stand_in", "choices": [choice], "usage": None,
    }  # fmt: skip


def _call_deltas(index: int, call: ToolCall, *, split: bool) -> Iterator[dict[str, Any]]:
    step = 7 if split else max(len(call.arguments), 1)
    head = {"index": index, "id": call.id, "type": "function"}
    yield {"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]}
    for start in range(0, len(call.arguments), step):
        part = call.arguments[start : start + step]
        yield {"tool_calls": [{"index": index, "function": {"arguments": part}}]}


def _interleave(streams: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    longest = max((len(stream) for stream in streams), default=0)
    return [stream[i] for i in range(longest) for stream in streams if i < len(stream)]


@functools.lru_cache(maxsize=64)
def _reply_events(reply: Reply, model: str) -> tuple[bytes, ...]:
    """All events of a reply but usage and [DONE]; cached because benchmarks repeat one reply."""
    if reply.text is not None:
        words = split_text(reply.text)
    else:
        words = [] if reply.tool_calls else build_tokens(reply.tokens)
    calls = [
        list(_call_deltas(index, call, split=reply.split_arguments))
        for index, call in enumerate(reply.tool_calls)
    ]
    deltas = [{"role": "assistant", "content": ""}, *({"content": word} for word in words)]
    events = [_event(_chunk(model, delta)) for delta in [*deltas, *_interleave(calls)]]
    finish = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
    return (*events, _event(_chunk(model, {}, finish)))


def _usage_event(reply: Reply, request: Request) -> bytes:
    if reply.usage is None:
        return b""
    if isinstance(reply.usage, str):
        prompt = len(json.dumps(request.body.get("messages", []))) // 4
        spoken = len(_reply_events(reply, request.body.get("model", ""))) - 2
        prompt_tokens, cached, completion = max(prompt, 1), 0, max(spoken, 1)
    else:
        prompt_tokens, cached, completion = reply.usage
    usage = {
        "prompt_tokens": prompt_tokens, "completion_tokens": completion,
        "total_tokens": prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }  # fmt: skip
    chunk = _chunk(request.body.get("model", ""), {})
    return _event({**chunk, "choices": [], "usage": usage})


class _Connection:
    """One client connection: reads requests and writes what the stand-in decides."""

    def __init__(
        self, owner: "StandIn", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.owner = owner
        self.reader = reader
        self.writer = writer
        self.chunked = True

    async def serve(self) -> None:
        while True:
            request = await self._read_request()
            if request is None:
                return
            if request.method == "GET":
                self._send_whole(200, json.dumps({"requests": len(self.owner.requests)}))
                continue
            self.owner.requests.append(request)
            if not await self._answer(self.owner.next_answer(request), request):
                return

    async def _read_request(self) -> Request | None:
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines) if k}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, path, headers, json.loads(body) if body else {})

    async def _answer(self, answer: Answer, request: Request) -> bool:
        """Answers one request; False when the connection is finished."""
        if isinstance(answer, Raw):
            return await self._send_raw(answer)
        if isinstance(answer, Fault):
            return await self._fail(answer, request)
        if isinstance(answer, Vectors):
            return await self._embed(answer, request)
        await self._stream(answer, request)
        return not answer.close_framing

    def _head(self, status: int, content_type: str, extra: str = "") -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\n{extra}\r\n"
        self.writer.write(head.encode())

    def _send_whole(
        self, status: int, body: str, *, kind: str = "application/json", extra: str = ""
    ) -> None:
        data = body.encode()
        self._head(status, kind, f"content-length: {len(data)}\r\n{extra}")
        self.writer.write(data)

    def _start_events(self, *, close_framing: bool = False) -> None:
        self.chunked = not close_framing
        framing = "connection: close" if close_framing else "transfer-encoding: chunked"
        self._head(200, "text/event-stream; charset=utf-8", f"{framing}\r\n")

    def _write(self, data: bytes) -> None:
        if data:
            self.writer.write(b"%x\r\n%b\r\n" % (len(data), data) if self.chunked else data)

    def _end(self) -> None:
        if self.chunked:
            self.writer.write(b"0\r\n\r\n")

    async def _send_raw(self, raw: Raw) -> bool:
        self.chunked = raw.ending != "close"
        framing = "transfer-encoding: chunked" if self.chunked else "connection: close"
        self._head(raw.status, raw.content_type, f"{framing}\r\n")
        for piece in raw.pieces:
            self._write(piece)
            await asyncio.sleep(raw.pause_seconds)
        if raw.ending == "cut":
            self.writer.write(b"400\r\n")
        elif raw.ending == "reset":
            # The client must have read what was written: RST discards the rest.
            await asyncio.sleep(0.02)
            self._reset()
        elif raw.ending == "whole":
            self._end()
            return True
        return False

    async def _stream(self, reply: Reply, request: Request) -> None:
        if reply.first_token_seconds:
            await asyncio.sleep(reply.first_token_seconds)
        self._start_events(close_framing=reply.close_framing)
        events = _reply_events(reply, request.body.get("model", ""))
        if reply.go_on is not None:
            # One more than the words: the first event says who speaks.
            await self._pace(events[: reply.tokens_before + 1], reply.tokens_per_second)
            await self._wait_for(reply.go_on)
            events = events[reply.tokens_before + 1 :]
        await self._pace(events, reply.tokens_per_second)
        tail = _usage_event(reply, request) + (b"data: [DONE]\n\n" if reply.send_done else b"")
        self._write(tail)
        self._end()

    async def _embed(self, vectors: Vectors, request: Request) -> bool:
        if vectors.go_on is not None:
            await self._wait_for(vectors.go_on)
        texts = request.body["input"]
        rows = [
            {"object": "embedding", "index": number, "embedding": vectors.embed(text)}
            for number, text in enumerate(texts)
        ]
        body = {"object": "list", "data": rows[::-1], "model": request.body["model"]}
        if vectors.with_usage:
            tokens = sum(len(text.split()) for text in texts)
            body["usage"] = {"prompt_tokens": tokens, "total_tokens": tokens}
        self._send_whole(200, json.dumps(body))
        return True

    async def _pace(self, events: Sequence[bytes], rate: float | None) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, event in enumerate(events):
            wait = start + number / rate - loop.time() if rate else 0.0
            if wait > 0:
                await asyncio.sleep(wait)
            if self.writer.is_closing():
                return
            self._write(event)

    async def _wait_for(self, event: threading.Event) -> None:
        while not event.is_set() and not self.writer.is_closing():
            await asyncio.sleep(0.01)

    async def _fail(self, fault: Fault, request: Request) -> bool:
        if fault.kind in ERRORS:
            self._send_error(fault)
            return True
        named = {
            "length": Reply(finish_reason="length"),
            "content_filter": Reply(text="", finish_reason="content_filter"),
            "malformed_tool_json": Reply(tool_calls=(ToolCall("save", '{"email": "a@b.c'),)),
            "unknown_tool": Reply(tool_calls=(ToolCall("no_such_tool"),)),
            "empty_stream": Reply(text=""),
        }
        if fault.kind in named:
            return await self._answer(named[fault.kind], request)
        if fault.kind == "endless_tools":
            return await self._answer(_endless_tools(request), request)
        whole = {"html": ("<html><body>Bad gateway</body></html>", "text/html"),
                 "empty_json": ("{}", "application/json")}  # fmt: skip
        if fault.kind in whole:
            body, kind = whole[fault.kind]
            self._send_whole(200, body, kind=kind)
            return True
        return await self._break_stream(fault, request)

    def _send_error(self, fault: Fault) -> None:
        status, kind, code, param = ERRORS[fault.kind]
        message = MESSAGES.get(fault.kind, f"The stand-in was told to fail: {fault.kind}.")
        error = {"message": message, "type": kind, "code": code, "param": param}
        extra = f"retry-after: {fault.retry_after}\r\n" if fault.retry_after is not None else ""
        self._send_whole(status, json.dumps({"error": error}), extra=extra)

    async def _break_stream(self, fault: Fault, request: Request) -> bool:
        if fault.kind == "drop":
            return False
        if fault.kind == "hang":
            await self._linger(fault.seconds)
            return False
        self._start_events(close_framing=fault.kind == "eof_close")
        if fault.kind == "hang_after_headers":
            await self._linger(fault.seconds)
            return False
        events = _reply_events(Reply(tokens=40), request.body.get("model", ""))
        for event in events[: fault.after_tokens + 1]:
            self._write(event)
        return await self._end_badly(fault, events)

    async def _linger(self, seconds: float) -> None:
        """Says nothing for so long, or until the client has left."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.reader.read(1), seconds)

    async def _end_badly(self, fault: Fault, events: Sequence[bytes]) -> bool:
        if fault.kind == "stall":
            await self._linger(fault.seconds)
        elif fault.kind == "drip":
            await self._pace(events[1:-1] * 50, 10.0)
        elif fault.kind == "eof":
            self._end()
            return True
        elif fault.kind == "reset":
            await asyncio.sleep(0.05)
            self._reset()
        elif fault.kind == "cut_chunk":
            self.writer.write(b"400\r\n" + events[-2][:20])
        elif fault.kind == "bad_json":
            self._write(b'data: {"choices": [{"delta": {"con\n\n')
            self._end()
        elif fault.kind == "error_event":
            error = {"message": "The server had an error.", "type": "server_error", "code": None}
            self._write(_event({"error": error}))
            self._end()
        elif fault.kind == "empty_choices":
            self._write(_event({"id": "x", "choices": []}) + _event({"choices": None}))
            self._write(b"data: [DONE]\n\n")
            self._end()
            return True
        return False

    def _reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def _endless_tools(request: Request) -> Reply:
    """A tool call as long as tools are offered; each answer names another call id."""
    tools = request.body.get("tools") or []
    if not tools:
        return Reply(text="That is all I can say.")
    number = len(request.body.get("messages", []))
    return Reply(tool_calls=(ToolCall(tools[0]["function"]["name"], "{}", f"call_{number}"),))


class StandIn:
    """The server in a thread of its own; use it as a context manager."""

    def __init__(self, *, port: int = 0, default: Answer | None = None) -> None:
        self.port = port
        self.default: Answer = default or Reply()
        self.vectors: Answer = Vectors()
        self.answer: Callable[[Request], Answer | None] = lambda _request: None
        self.requests: list[Request] = []
        self.connections_accepted = 0
        self.open_connections = 0
        self._queue: deque[Answer] = deque()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def embedded(self) -> list[list[str]]:
        """The texts of each request for embeddings."""
        return [r.body["input"] for r in self.requests if r.path.endswith("/embeddings")]

    @property
    def chats(self) -> list[Request]:
        """The requests for answers."""
        return [r for r in self.requests if r.path.endswith("/completions")]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, *answers: Answer) -> None:
        """Queues answers for the next requests, in order."""
        self._queue.extend(answers)

    def next_answer(self, request: Request) -> Answer:
        hooked = self.answer(request)
        if hooked is not None:
            return hooked
        if request.path.endswith("/embeddings"):
            return self.vectors
        return self._queue.popleft() if self._queue else self.default

    def __enter__(self) -> "StandIn":
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def listen(self) -> None:
        """Accepts connections, again on the same port after `refuse`."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def refuse(self) -> None:
        """Closes the port and all connections: further connections are refused."""
        asyncio.run_coroutine_threadsafe(self._refuse(), self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, backlog=512, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections_accepted += 1
        self.open_connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await _Connection(self, reader, writer).serve()
        except asyncio.CancelledError:
            # asyncio reports a cancelled connection handler as an error of its own.
            pass
        finally:
            self.open_connections -= 1
            self._tasks.discard(task)
            writer.close()

    def run_forever(self) -> None:
        """Serves in this thread until interrupted."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        sys.stdout.write(f"{self.base_url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            self._loop.run_forever()


def closed_port_url() -> str:
    """A base URL on a loopback port where nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--rate", type=float, default=200.0, help="tokens per second")
    parser.add_argument("--first-token", type=float, default=0.0, help="seconds before the answer")
    arguments = parser.parse_args()
    default = Reply(
        tokens=arguments.tokens,
        tokens_per_second=arguments.rate,
        first_token_seconds=arguments.first_token,
    )
    StandIn(port=arguments.port, default=default).run_forever()


if __name__ == "__main__":
    main()
