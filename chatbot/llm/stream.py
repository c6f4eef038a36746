"""Reads a streamed Chat Completions reply: bytes in; text, tool calls and usage out.

The openai package parses each chunk into typed models, which costs more CPU than the whole rest of
a turn; the few fields that matter are read here from plain JSON. The format:
https://platform.openai.com/docs/api-reference/chat-streaming, and the event framing:
https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
"""

import json
from collections.abc import Iterator
from typing import Any

from chatbot.llm.rounds import ModelToolCall, Usage
from chatbot.llm.tool_calls import ToolCallParts, is_count, is_json

MAX_EVENT_BYTES = 1_000_000


class BadReply(Exception):
    """What the endpoint sent is not a Chat Completions stream."""


class ErrorReply(Exception):
    """The endpoint sent an error in place of an answer; `error` is its JSON object."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__("error event")
        self.error = error


class EventReader:
    """Server-sent events from pieces of bytes, however the network cut them."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The data of every event that `piece` completes. Raises BadReply when one is endless."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > MAX_EVENT_BYTES:
            raise BadReply("an event without end")
        for line in lines:
            yield from self._read_line(line.rstrip(b"\r"))

    def flush(self) -> Iterator[bytes]:
        """The data of a last event that lacks its blank line."""
        yield from self._read_line(self._rest.rstrip(b"\r"))
        yield from self._dispatch()

    def _read_line(self, line: bytes) -> Iterator[bytes]:
        if not line:
            yield from self._dispatch()
        elif line.startswith(b"data:"):
            self._data.append(line[5:].strip())
        elif line.startswith(b"{"):
            # Some gateways report an error as bare JSON in the middle of a stream.
            yield line

    def _dispatch(self) -> Iterator[bytes]:
        data, self._data = self._data, []
        if len(data) > 1 and not is_json(b"\n".join(data)):
            # Servers that leave out the blank line send one event per line.
            yield from data
        elif data:
            yield b"\n".join(data)


class WholeBody:
    """A reply that is one JSON document, from endpoints that do not stream."""

    def __init__(self) -> None:
        self._body = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._body += piece
        if len(self._body) > MAX_EVENT_BYTES:
            raise BadReply("a JSON body without end")
        return iter(())

    def flush(self) -> Iterator[bytes]:
        return iter((self._body,) if self._body.strip() else ())


class Reply:
    """One reply as far as it has come in.

    Attributes: `finish_reason` (None until the model says that it is complete), `usage` (None when
    not reported), `is_done` (the endpoint said that nothing follows), `has_output` (text or a part
    of a tool call came in), `has_text`.
    """

    def __init__(self, content_type: str) -> None:
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "text/html":
            raise BadReply("an HTML page")
        self._source = WholeBody() if kind == "application/json" else EventReader()
        self._calls = ToolCallParts()
        self.finish_reason: str | None = None
        self.usage: Usage | None = None
        self.is_done = False
        self.has_text = False

    @property
    def has_output(self) -> bool:
        return self.has_text or bool(self._calls.slots)

    def feed(self, piece: bytes) -> str:
        """Takes in bytes and returns the text they add. Raises BadReply, ErrorReply."""
        return "".join([self._read(data) for data in self._source.feed(piece)])

    def finish(self) -> str:
        """Takes in the end of the body and returns the text it adds."""
        return "".join([self._read(data) for data in self._source.flush()])

    def list_tool_calls(self) -> list[ModelToolCall]:
        """The tool calls; complete only when `finish_reason` is there."""
        return self._calls.build()

    def _read(self, data: bytes) -> str:
        if data == b"[DONE]":
            self.is_done = True
            return ""
        chunk = parse_chunk(data)
        self.usage = parse_usage(chunk.get("usage")) or self.usage
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._read_choice(choice) if isinstance(choice, dict) else ""

    def _read_choice(self, choice: dict[str, Any]) -> str:
        reason = choice.get("finish_reason")
        if reason == "error":
            raise ErrorReply({})
        if isinstance(reason, str) and reason:
            self.finish_reason = reason
        delta = choice.get("delta") or choice.get("message")
        if not isinstance(delta, dict):
            return ""
        self._calls.add(delta.get("tool_calls"))
        text = read_text(delta.get("content")) or read_text(delta.get("refusal"))
        self.has_text = self.has_text or bool(text)
        return text


def parse_chunk(data: bytes) -> dict[str, Any]:
    """The JSON object of one event. Raises BadReply when it is none, ErrorReply for an error."""
    try:
        chunk = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise BadReply("an event that is not JSON") from None
    if not isinstance(chunk, dict):
        raise BadReply("an event that is not an object")
    error = chunk.get("error")
    if error:
        raise ErrorReply(error if isinstance(error, dict) else {"message": str(error)})
    return chunk


def read_text(content: object) -> str:
    """The text of a `content` field: a string, or a list of parts as some endpoints send it."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join([part for part in parts if isinstance(part, str)])
    if not isinstance(content, str) or content.isascii():
        return content if isinstance(content, str) else ""
    # JSON can carry half a surrogate pair, which no database and no browser takes.
    return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def parse_usage(usage: object) -> Usage | None:
    """Billed tokens, or None when they are missing or make no sense (zeros, negative, text)."""
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    details = details if isinstance(details, dict) else {}
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    cached, written = details.get("cached_tokens"), details.get("cache_write_tokens")
    if not is_count(prompt) or not is_count(completion) or prompt == 0:
        return None
    cached = min(cached, prompt) if is_count(cached) else 0
    written = min(written, prompt - cached) if is_count(written) else 0
    return Usage(prompt, cached, completion, written)
