import json
from typing import Any

import pytest

from chatbot.llm.rounds import ModelToolCall, Usage
from chatbot.llm.stream import BadReply, ErrorReply, Reply, parse_usage


def event(delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
    chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


HI = event({"content": "Hi"})


def call_event(**part: Any) -> bytes:
    return event({"tool_calls": [part]})


def read(*pieces: bytes) -> tuple[str, Reply]:
    reply = Reply("text/event-stream")
    text = "".join([reply.feed(piece) for piece in pieces])
    return text + reply.finish(), reply


@pytest.mark.parametrize(
    "body",
    [
        HI,
        HI.replace(b"data: ", b"data:"),
        HI.replace(b"\n", b"\r\n"),
        HI.rstrip(),
        b": keep-alive\n\nevent: message\nid: 7\n" + HI,
        HI.replace(b'{"index"', b'\ndata: {"index"'),
        event({"content": "H"}).rstrip() + b"\n" + event({"content": "i"}).rstrip() + b"\n",
        b'data: {"choices": []}\n\ndata: {"choices": null}\n\n' + HI,
        event({"role": "assistant"}) + HI,
        event({"content": None}) + b'data: {"choices": [7]}\n\n' + HI,
        b'data: {"choices": [{"delta": null}]}\n\n' + event({"refusal": "Hi"}),
        event({"content": [{"type": "text", "text": "Hi"}, None]}),
    ],
)
def test_every_framing_in_use_is_read(body: bytes) -> None:
    assert read(body)[0] == "Hi"
    assert read(*(body[i : i + 1] for i in range(len(body))))[0] == "Hi"


def test_text_cut_inside_a_character_is_read_whole() -> None:
    body = event({"content": "Größe ✓ 😀"}).decode().encode()
    raw = b'data: {"choices":[{"delta":{"content":"Gr\xc3\xb6\xc3\x9fe \xf0\x9f\x98\x80"}}]}\n\n'
    assert read(*(raw[i : i + 3] for i in range(0, len(raw), 3)))[0] == "Größe 😀"
    assert read(body)[0] == "Größe ✓ 😀"


def test_bytes_and_escapes_that_are_no_text_become_replacement_characters() -> None:
    text, _ = read(b'data: {"choices":[{"delta":{"content":"a\xff\\ud83db"}}]}\n\n')
    assert text == "a\ufffd\ufffdb"
    text.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"data: {broken\n\n",
        b"data: [1, 2]\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: " + b"x" * 1_100_000,
    ],
)
def test_garbage_is_named_garbage(body: bytes) -> None:
    with pytest.raises(BadReply):
        read(body)


def test_a_page_in_place_of_a_stream_is_garbage() -> None:
    with pytest.raises(BadReply, match="HTML"):
        Reply("text/html; charset=utf-8")


@pytest.mark.parametrize(
    "body",
    [
        b'data: {"error": {"message": "overloaded", "code": "server_error"}}\n\n',
        b'{"error": {"message": "overloaded", "code": "server_error"}}\n',
        b'event: error\ndata: {"error": "overloaded"}\n\n',
        b'data: {"choices":[{"delta":{},"finish_reason":"error"}]}\n\n',
    ],
)
def test_an_error_in_the_stream_is_no_text(body: bytes) -> None:
    with pytest.raises(ErrorReply):
        read(body)


def test_only_a_finish_reason_completes_a_reply() -> None:
    _, cut = read(event({"content": "Hi"}), b"data: [DONE]\n\n")
    _, whole = read(event({"content": "Hi"}), event({}, "stop"))
    assert (cut.finish_reason, cut.is_done) == (None, True)
    assert (whole.finish_reason, whole.is_done) == ("stop", False)


def test_parts_of_several_tool_calls_may_alternate() -> None:
    _, reply = read(
        call_event(index=0, id="a", function={"name": "save", "arguments": ""}),
        call_event(index=1, id="b", function={"name": "ask", "arguments": '{"q"'}),
        call_event(index=0, function={"arguments": '{"x": 1}'}),
        call_event(index=1, function={"arguments": ": 2}"}),
    )
    assert reply.list_tool_calls() == [
        ModelToolCall("a", "save", '{"x": 1}'),
        ModelToolCall("b", "ask", '{"q": 2}'),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        [
            {"id": "a", "function": {"name": "save", "arguments": '{"x"'}},
            {"function": {"arguments": ": 1}"}},
            {"id": "b", "function": {"name": "ask", "arguments": "{}"}},
        ],
        [
            {"index": 0, "id": "a", "function": {"name": "save", "arguments": '{"x"'}},
            {"index": 0, "id": "a", "function": {"name": "save", "arguments": ": 1}"}},
            {"index": 0, "id": "b", "function": {"name": "ask", "arguments": "{}"}},
        ],
        [
            {"index": 0, "id": "a", "function": {"name": "save", "arguments": {"x": 1}}},
            {"index": 1, "id": "b", "function": {"name": "ask", "arguments": None}},
        ],
        [
            {"index": None, "id": "a", "function": {"name": "save", "arguments": '{"x": 1}'}},
            {"index": None, "id": "b", "function": {"name": "ask"}},
        ],
    ],
)
def test_servers_that_number_their_calls_badly_are_understood(parts: list[dict[str, Any]]) -> None:
    _, reply = read(*(call_event(**part) for part in parts))
    assert reply.list_tool_calls() == [
        ModelToolCall("a", "save", '{"x": 1}'),
        ModelToolCall("b", "ask", "{}"),
    ]


def test_calls_without_an_id_or_with_the_same_get_ids_of_their_own() -> None:
    _, reply = read(
        call_event(index=0, function={"name": "save", "arguments": "{}"}),
        call_event(index=1, id="a", function={"name": "ask", "arguments": "{}"}),
        call_event(index=2, id="a", function={"name": "ask", "arguments": "{}"}),
    )
    ids = [call.id for call in reply.list_tool_calls()]
    assert len(set(ids)) == 3
    assert all(ids)


@pytest.mark.parametrize("calls", [None, {}, "x", [None, 3], [{"function": None}], [{"id": 5}]])
def test_nonsense_in_place_of_tool_calls_is_no_call(calls: Any) -> None:
    _, reply = read(event({"tool_calls": calls}))
    assert reply.list_tool_calls() == []


def test_usage_is_read_with_what_the_cache_served_and_took() -> None:
    details = {"cached_tokens": 60, "cache_write_tokens": 30}
    usage = {"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": details}
    assert parse_usage(usage) == Usage(100, 60, 5, 30)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        [],
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": -1, "completion_tokens": 5},
        {"prompt_tokens": "9", "completion_tokens": 5},
        {"prompt_tokens": True, "completion_tokens": 5},
    ],
)
def test_usage_that_makes_no_sense_is_unknown(usage: Any) -> None:
    assert parse_usage(usage) is None


def test_more_cached_than_sent_counts_as_all_cached() -> None:
    details = {"cached_tokens": 900, "cache_write_tokens": 900}
    usage = {"prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": details}
    assert parse_usage(usage) == Usage(100, 100, 5, 0)
