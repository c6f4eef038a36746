import asyncio
import itertools
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import fields, replace
from typing import Any

import pytest

from chatbot.errors import ModelUnavailable
from chatbot.llm.deadline import Timing, TurnDeadline
from chatbot.llm.provider import (
    Attempt,
    ContextTooLong,
    ModelEnd,
    ModelEvent,
    ModelRequest,
    ModelText,
    ModelToolCall,
    Provider,
    ProviderValues,
    RoundFailed,
    StreamBroken,
    Usage,
)
from tests.stand_in import ERRORS, Fault, Raw, Reply, StandIn, ToolCall, closed_port_url

FAST = Timing(
    connect_seconds=10.0,
    gap_seconds=1.0,
    fair_wait_seconds=0.1,
    retry_delay_seconds=0.01,
    longest_retry_after_seconds=0.5,
    usage_wait_seconds=0.2,
    drain_seconds=0.1,
    gather_seconds=0.005,
)
TOOL = {"type": "function", "function": {"name": "save", "parameters": {"type": "object"}}}
QUOTA = [kind for kind, (_, family, _, _) in ERRORS.items() if family == "insufficient_quota"]
REFUSALS = ["401", "402", "403", "404", *QUOTA]
PASSING_STATUSES = ["408", "409", "429", "500", "502", "503", "504"]
# Nothing of these replies may be shown: the role chunk is all that comes before the fault.
SILENT_FAULTS = [
    "drop", "hang", "hang_after_headers", "stall", "eof", "eof_close", "reset", "cut_chunk",
    "bad_json", "html", "empty_json", "error_event", "empty_choices", "empty_stream",
]  # fmt: skip
PASSING = [*PASSING_STATUSES, *SILENT_FAULTS]
BROKEN_LATER = [
    "stall", "eof", "eof_close", "reset", "cut_chunk", "bad_json", "error_event", "empty_choices",
]  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


@asynccontextmanager
async def connect(url: str, fallback: str | None = None, **options: Any) -> AsyncIterator[Provider]:
    values = ProviderValues(options.pop("api_key", "sk-secret"), url, "main-model", fallback)
    provider = Provider(values, **{"timing": FAST, **options})
    try:
        yield provider
    finally:
        await provider.close()


def build_request(**changes: Any) -> ModelRequest:
    messages = [{"role": "user", "content": "Where did you study?"}]
    return replace(ModelRequest(messages, [], temperature=0.7, max_tokens=50), **changes)


def short_deadline(first_text_seconds: float = 10.0, turn_seconds: float = 20.0) -> TurnDeadline:
    return TurnDeadline(first_text_seconds=first_text_seconds, turn_seconds=turn_seconds)


async def ask(provider: Provider, shown: list[ModelEvent] | None = None, **options: Any) -> list:
    """All events of one round; those before a failure are in `shown`."""
    events: list[ModelEvent] = [] if shown is None else shown
    deadline = options.pop("deadline", None) or short_deadline()
    before = options.pop("before_attempt", None)
    request = build_request(**options)
    async with aclosing(
        provider.stream_round(request, deadline, before_attempt=before)
    ) as round_events:
        async for event in round_events:
            events.append(event)
    return events


def join_text(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ModelText))


def list_models(stand_in: StandIn) -> list[str]:
    return [request.body["model"] for request in stand_in.requests]


async def test_text_streams_and_ends_with_its_usage(stand_in: StandIn) -> None:
    stand_in.script(Reply(text="I studied in Delft. Ask me more! ✓", usage=(120, 100, 9)))
    async with connect(stand_in.base_url) as provider:
        events = await ask(provider)
    usage = Usage(120, 100, 9)
    assert join_text(events) == "I studied in Delft. Ask me more! ✓"
    assert events[-1] == ModelEnd(
        "main-model", "stop", usage, (Attempt("main-model", usage, sent=True),)
    )


async def test_request_asks_for_a_stream_with_usage_and_the_given_limits(stand_in: StandIn) -> None:
    async with connect(stand_in.base_url) as provider:
        await ask(provider, tools=[TOOL])
        await ask(provider)
    offered, plain = (request.body for request in stand_in.requests)
    assert stand_in.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert offered["tools"] == [TOOL]
    assert "tools" not in plain
    assert plain == {
        "model": "main-model", "messages": [{"role": "user", "content": "Where did you study?"}],
        "stream": True, "stream_options": {"include_usage": True},
        "temperature": 0.7, "max_tokens": 50,
    }  # fmt: skip


async def test_first_text_is_yielded_before_the_reply_ends(stand_in: StandIn) -> None:
    stand_in.script(Reply(tokens=40, tokens_per_second=80))
    async with connect(stand_in.base_url) as provider:
        started = time.monotonic()
        async with aclosing(provider.stream_round(build_request(), short_deadline())) as events:
            await anext(events)
            first = time.monotonic() - started
            async for _ in events:
                pass
    assert first < (time.monotonic() - started) / 2


async def test_split_tool_calls_come_out_whole_and_after_the_text(stand_in: StandIn) -> None:
    calls = (
        ToolCall("save", json.dumps({"email": "ann@example.com", "name": "Ann Ö"}), "call_a"),
        ToolCall("escalate", json.dumps({"reason": "wants a human"}), "call_b"),
    )
    stand_in.script(Reply(text="One moment.", tool_calls=calls))
    async with connect(stand_in.base_url) as provider:
        events = await ask(provider)
    assert join_text(events) == "One moment."
    assert events[-3:-1] == [ModelToolCall(call.id, call.name, call.arguments) for call in calls]
    assert events[-1].finish_reason == "tool_calls"


@pytest.mark.parametrize("kind", PASSING)
async def test_a_passing_fault_is_retried_once_and_answered(stand_in: StandIn, kind: str) -> None:
    stand_in.script(Fault(kind, after_tokens=0), Reply(text="Here I am."))
    async with connect(stand_in.base_url) as provider:
        events = await ask(provider)
    assert join_text(events) == "Here I am."
    assert len(stand_in.requests) == 2
    assert [attempt.sent for attempt in events[-1].attempts] == [True, True]


@pytest.mark.parametrize("kind", PASSING)
async def test_a_model_that_stays_broken_gets_two_requests(stand_in: StandIn, kind: str) -> None:
    stand_in.default = Fault(kind, after_tokens=0)
    shown: list[ModelEvent] = []
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider, shown)
    assert shown == []
    assert len(stand_in.requests) == len(caught.value.attempts) == 2
    assert caught.value.owner_action is None


@pytest.mark.parametrize("kind", [*PASSING, *REFUSALS, "400"])
async def test_the_fallback_model_answers_for_a_broken_one(stand_in: StandIn, kind: str) -> None:
    stand_in.answer = lambda request: (
        Fault(kind, after_tokens=0) if request.body["model"] == "main-model" else Reply(text="Hi.")
    )
    async with connect(stand_in.base_url, "spare-model") as provider:
        events = await ask(provider)
    assert join_text(events) == "Hi."
    assert events[-1].model == "spare-model"
    assert list_models(stand_in)[-1] == "spare-model"
    assert list_models(stand_in).count("main-model") <= 2


@pytest.mark.parametrize("kind", REFUSALS)
async def test_refusals_are_not_retried_and_tell_the_owner(stand_in: StandIn, kind: str) -> None:
    stand_in.default = Fault(kind)
    clock = Clock()
    async with connect(stand_in.base_url, clock=clock) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
        with pytest.raises(RoundFailed) as again:
            await ask(provider)
        (status,) = provider.status()
        assert provider.first_model() is None
        clock.now += 601
        assert provider.first_model() == "main-model"
    assert len(stand_in.requests) == 1
    assert caught.value.owner_action
    assert again.value.owner_action is None
    assert (status.breaker, status.seconds_until_probe) == ("open", 600.0)
    assert status.owner_action == caught.value.owner_action
    assert "\n" not in caught.value.owner_action
    for text in (caught.value.owner_action, caught.value.reason, str(caught.value), repr(status)):
        assert "sk-" not in text
        assert "fragment" not in text


async def test_a_refused_key_leaves_no_trace_of_it_in_the_exception_chain(
    stand_in: StandIn,
) -> None:
    stand_in.default = Fault("401")
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
    assert caught.value.__cause__ is None
    refusal = caught.value.__context__
    assert refusal is None or "fragment" not in repr(refusal)


@pytest.mark.parametrize("kind", BROKEN_LATER)
async def test_an_answer_that_breaks_off_is_never_complete_and_never_repeated(
    stand_in: StandIn, kind: str
) -> None:
    stand_in.default = Fault(kind, after_tokens=5)
    shown: list[ModelEvent] = []
    async with connect(stand_in.base_url, "spare-model") as provider:
        with pytest.raises(StreamBroken) as caught:
            await ask(provider, shown)
    assert join_text(shown) == "I can tell you about"
    assert len(stand_in.requests) == 1
    assert caught.value.attempts == (Attempt("main-model", None, sent=True),)


@pytest.mark.parametrize("ending", ["whole", "close", "cut", "reset"])
async def test_a_reply_cut_at_any_byte_is_never_complete(stand_in: StandIn, ending: str) -> None:
    chunk = {"choices": [{"index": 0, "delta": {"content": "Größe ✓ "}, "finish_reason": None}]}
    body = f"data: {json.dumps(chunk, ensure_ascii=False)}\r\n\r\n".encode() * 4
    body += b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}'
    stops = random.Random(4).sample(range(len(body)), 12 if ending == "reset" else 40)
    async with connect(stand_in.base_url, timing=replace(FAST, breaker_failures=999)) as provider:
        for stop in stops:
            stand_in.default = Raw((body[:stop],), ending=ending)
            with pytest.raises(RoundFailed):
                await ask(provider)


async def test_a_drip_ends_with_the_turn(stand_in: StandIn) -> None:
    stand_in.default = Fault("drip")
    shown: list[ModelEvent] = []
    started = time.monotonic()
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(StreamBroken):
            await ask(provider, shown, deadline=short_deadline(turn_seconds=0.8))
    assert join_text(shown)
    # A drip that is not ended would go on for 20 s.
    assert 0.7 < time.monotonic() - started < 10


async def test_models_that_hang_are_each_asked_once_within_the_time_to_first_text(
    stand_in: StandIn,
) -> None:
    stand_in.default = Fault("hang")
    started = time.monotonic()
    timing = replace(FAST, gap_seconds=20.0)
    async with connect(stand_in.base_url, "spare-model", timing=timing) as provider:
        with pytest.raises(RoundFailed):
            await ask(provider, deadline=short_deadline(1.0))
    first, second = stand_in.requests
    assert list_models(stand_in) == ["main-model", "spare-model"]
    # The gap that each may take is 20 s; half of the time to the first text is kept for the second.
    assert 0.35 < second.at - first.at < 5
    assert time.monotonic() - started < 10


async def test_a_model_alone_that_hangs_is_asked_again_after_half_the_time(
    stand_in: StandIn,
) -> None:
    stand_in.script(Fault("hang"), Reply(text="Awake."))
    timing = replace(FAST, gap_seconds=20.0)
    async with connect(stand_in.base_url, timing=timing) as provider:
        events = await ask(provider, deadline=short_deadline(1.0))
    first, second = stand_in.requests
    assert join_text(events) == "Awake."
    assert second.at - first.at == pytest.approx(0.5, abs=0.15)


async def test_no_request_is_sent_when_the_time_is_up(stand_in: StandIn) -> None:
    clock = Clock()
    deadline = TurnDeadline(clock=clock)
    clock.now += 16.1
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed, match="no time"):
            await ask(provider, deadline=deadline)
        deadline.mark_text()
        assert join_text(await ask(provider, deadline=deadline))
    assert len(stand_in.requests) == 1


async def test_a_short_retry_after_is_waited_for(stand_in: StandIn) -> None:
    stand_in.script(Fault("429", retry_after="0.3"), Reply(text="Thanks."))
    async with connect(stand_in.base_url) as provider:
        assert join_text(await ask(provider)) == "Thanks."
    first, second = stand_in.requests
    assert second.at - first.at >= 0.29


@pytest.mark.parametrize("kind", ["429", "503"])
async def test_a_long_retry_after_opens_the_breaker_for_so_long(
    stand_in: StandIn, kind: str
) -> None:
    stand_in.default = Fault(kind, retry_after="600")
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
        (status,) = provider.status()
    assert status.breaker == "open"
    assert status.seconds_until_probe == pytest.approx(600, abs=2)
    assert len(stand_in.requests) == 1
    assert caught.value.owner_action is None


@pytest.mark.parametrize("after", ["nan", "-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_a_retry_after_that_says_nothing_is_ignored(stand_in: StandIn, after: str) -> None:
    stand_in.script(Fault("429", retry_after=after), Reply(text="Thanks."))
    async with connect(stand_in.base_url) as provider:
        assert join_text(await ask(provider)) == "Thanks."


async def test_a_retry_after_beyond_the_deadline_is_not_waited_for(stand_in: StandIn) -> None:
    stand_in.default = Fault("429", retry_after="30")
    started = time.monotonic()
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed):
            await ask(provider, deadline=short_deadline(first_text_seconds=0.3))
    assert len(stand_in.requests) == 1
    assert time.monotonic() - started < 10


async def test_messages_that_do_not_fit_are_the_engines_to_shorten(stand_in: StandIn) -> None:
    stand_in.default = Fault("context_length_exceeded")
    async with connect(stand_in.base_url, "spare-model") as provider:
        with pytest.raises(ContextTooLong) as caught:
            await ask(provider)
        assert provider.status()[0].breaker == "closed"
    assert len(stand_in.requests) == 1
    assert caught.value.attempts == (Attempt("main-model", Usage(0, 0, 0), sent=True),)


async def test_a_second_try_at_a_round_counts_its_earlier_requests(stand_in: StandIn) -> None:
    stand_in.default = Fault("500")
    earlier = (Attempt("main-model", Usage(0, 0, 0), sent=True),)
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed):
            await ask(provider, earlier_attempts=earlier)
    assert len(stand_in.requests) == 1


async def test_a_refused_token_limit_is_sent_under_its_other_name_from_then_on(
    stand_in: StandIn,
) -> None:
    stand_in.script(Fault("unsupported_max_tokens"))
    async with connect(stand_in.base_url) as provider:
        await ask(provider)
        await ask(provider)
    _, adapted, later = (request.body for request in stand_in.requests)
    assert adapted["max_completion_tokens"] == later["max_completion_tokens"] == 50
    assert {"max_tokens", "temperature"}.isdisjoint(adapted)


async def test_a_refused_temperature_is_left_out_from_then_on(stand_in: StandIn) -> None:
    stand_in.script(Fault("unsupported_temperature"))
    async with connect(stand_in.base_url) as provider:
        await ask(provider)
        await ask(provider)
    assert ["temperature" in request.body for request in stand_in.requests] == [True, False, False]
    assert stand_in.requests[2].body["max_tokens"] == 50


async def test_an_adapted_request_that_fails_for_another_reason_blames_no_parameter(
    stand_in: StandIn,
) -> None:
    stand_in.script(Fault("unsupported_temperature"), Fault("500"))
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
    assert caught.value.owner_action is None


async def test_a_parameter_that_stays_refused_ends_after_two_requests(stand_in: StandIn) -> None:
    stand_in.default = Fault("unsupported_temperature")
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
    assert len(stand_in.requests) == 2
    assert "temperature" in (caught.value.owner_action or "")


async def test_five_failures_stop_the_requests_until_one_probe_succeeds(stand_in: StandIn) -> None:
    stand_in.default = Fault("500")
    clock = Clock()
    async with connect(stand_in.base_url, clock=clock) as provider:
        for _ in range(4):
            with pytest.raises(RoundFailed):
                await ask(provider)
        assert len(stand_in.requests) == 5
        clock.now += 29
        with pytest.raises(RoundFailed):
            await ask(provider)
        assert len(stand_in.requests) == 5
        clock.now += 2
        stand_in.default = Reply(text="Back.", first_token_seconds=0.1)
        rounds = [ask(provider) for _ in range(10)]
        outcomes = await asyncio.gather(*rounds, return_exceptions=True)
        assert len(stand_in.requests) == 6
        assert sum(isinstance(outcome, RoundFailed) for outcome in outcomes) == 9
        assert join_text(await ask(provider)) == "Back."


async def test_a_dead_provider_gets_one_probe_for_each_opening(stand_in: StandIn) -> None:
    stand_in.default = Fault("503")
    clock = Clock()
    async with connect(stand_in.base_url, clock=clock) as provider:
        for _ in range(60):
            with pytest.raises(RoundFailed):
                await ask(provider)
            clock.now += 1
    assert len(stand_in.requests) == 6


async def test_an_abandoned_probe_lets_the_next_one_probe(stand_in: StandIn) -> None:
    stand_in.default = Fault("500")
    clock = Clock()
    async with connect(stand_in.base_url, clock=clock) as provider:
        for _ in range(3):
            with pytest.raises(RoundFailed):
                await ask(provider)
        clock.now += 31
        stand_in.default = Fault("hang")
        probe = asyncio.create_task(ask(provider))
        await asyncio.sleep(0.1)
        assert provider.first_model() is None
        probe.cancel()
        with pytest.raises(asyncio.CancelledError):
            await probe
        stand_in.default = Reply(text="Back.")
        assert join_text(await ask(provider)) == "Back."


async def test_leave_is_asked_before_every_request_but_the_first(stand_in: StandIn) -> None:
    stand_in.script(Fault("500"), Fault("500"), Fault("500"), Reply())
    asked: list[str] = []

    async def before(model: str) -> None:
        asked.append(f"{model} after {len(stand_in.requests)}")

    async with connect(stand_in.base_url, "spare-model") as provider:
        await ask(provider, before_attempt=before)
    assert asked == ["main-model after 1", "spare-model after 2", "spare-model after 3"]


async def test_refused_leave_ends_the_round_with_its_attempts(stand_in: StandIn) -> None:
    stand_in.default = Fault("500")

    async def before(_model: str) -> None:
        raise ModelUnavailable("the budget is spent", owner_action="Raise DAILY_BUDGET_USD.")

    async with connect(stand_in.base_url, "spare-model") as provider:
        with pytest.raises(RoundFailed, match="budget") as caught:
            await ask(provider, before_attempt=before)
    assert len(stand_in.requests) == len(caught.value.attempts) == 1
    assert caught.value.owner_action == "Raise DAILY_BUDGET_USD."


async def test_closing_the_stream_ends_the_request(stand_in: StandIn) -> None:
    stand_in.default = Reply(tokens=2000, tokens_per_second=100)
    async with connect(stand_in.base_url) as provider:
        async with aclosing(provider.stream_round(build_request(), short_deadline())) as events:
            await anext(events)
        for _ in range(50):
            if stand_in.open_connections == 0:
                break
            await asyncio.sleep(0.02)
        assert stand_in.open_connections == 0
        assert provider.first_model() == "main-model"


async def test_a_hung_request_is_closed_when_its_time_is_up(stand_in: StandIn) -> None:
    stand_in.default = Fault("hang")
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed):
            await ask(provider)
        await asyncio.sleep(0.1)
        assert stand_in.open_connections == 0


async def test_rounds_reuse_their_connection(stand_in: StandIn) -> None:
    async with connect(stand_in.base_url) as provider:
        for _ in range(5):
            await ask(provider)
    assert stand_in.connections_accepted == 1


async def test_sixty_rounds_stream_at_once(stand_in: StandIn) -> None:
    stand_in.default = Reply(tokens=20, tokens_per_second=100)
    async with connect(stand_in.base_url, timing=replace(FAST, gap_seconds=30.0)) as provider:
        answers = await asyncio.gather(
            *(ask(provider, deadline=short_deadline(30.0, 60.0)) for _ in range(60))
        )
    assert {join_text(events) for events in answers} == {join_text(answers[0])}
    arrived = [request.at for request in stand_in.requests]
    # One after the other they would take 12 s: none waits for the end of another.
    assert len(arrived) == 60
    assert max(arrived) - min(arrived) < 6


async def test_a_filtered_answer_is_an_answer(stand_in: StandIn) -> None:
    stand_in.script(Fault("content_filter"))
    async with connect(stand_in.base_url) as provider:
        (end,) = await ask(provider)
    assert end.finish_reason == "content_filter"


async def test_an_answer_cut_by_its_token_limit_says_so(stand_in: StandIn) -> None:
    stand_in.script(Fault("length"))
    async with connect(stand_in.base_url) as provider:
        events = await ask(provider)
    assert events[-1].finish_reason == "length"


async def test_tokens_spent_without_a_word_tell_the_owner(stand_in: StandIn) -> None:
    stand_in.default = Reply(text="", finish_reason="length", usage=(10, 0, 50))
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
    assert "MAX_ANSWER_TOKENS" in (caught.value.owner_action or "")
    assert caught.value.attempts == (Attempt("main-model", Usage(10, 0, 50), sent=True),)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("malformed_tool_json", ("save", '{"email": "a@b.c')),
        ("unknown_tool", ("no_such_tool", "{}")),
    ],
)
async def test_bad_tool_calls_are_passed_on_as_the_model_wrote_them(
    stand_in: StandIn, kind: str, expected: tuple[str, str]
) -> None:
    stand_in.script(Fault(kind))
    async with connect(stand_in.base_url) as provider:
        call, _ = await ask(provider)
    assert (call.name, call.arguments) == expected


async def test_a_complete_answer_without_done_and_usage_is_complete(stand_in: StandIn) -> None:
    stand_in.script(
        Reply(text="Fine.", usage=None, send_done=False),
        Reply(text="Fine.", usage=None, send_done=False, close_framing=True),
    )
    async with connect(stand_in.base_url) as provider:
        for _ in range(2):
            events = await ask(provider)
            assert join_text(events) == "Fine."
            assert events[-1].usage is None


async def test_a_connection_that_breaks_after_the_finish_reason_does_no_harm(
    stand_in: StandIn,
) -> None:
    body = (
        b'data: {"choices": [{"delta": {"content": "Fine."}}]}\n\n'
        b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    )
    stand_in.script(Raw((body,), ending="reset"), Raw((body,), ending="cut"))
    async with connect(stand_in.base_url) as provider:
        for _ in range(2):
            assert join_text(await ask(provider)) == "Fine."


async def test_an_endpoint_that_does_not_stream_is_understood(stand_in: StandIn) -> None:
    message = {"role": "assistant", "content": "In one piece."}
    usage = {"prompt_tokens": 7, "completion_tokens": 4}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    stand_in.script(Raw((json.dumps(body, indent=1).encode(),), content_type="application/json"))
    async with connect(stand_in.base_url) as provider:
        events = await ask(provider)
    assert join_text(events) == "In one piece."
    assert events[-1].usage == Usage(7, 0, 4)


async def test_a_refused_connection_costs_nothing() -> None:
    async with connect(closed_port_url()) as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
    assert [attempt.sent for attempt in caught.value.attempts] == [False, False]


async def test_a_provider_that_comes_back_is_used_again(stand_in: StandIn) -> None:
    async with connect(stand_in.base_url) as provider:
        await ask(provider)
        stand_in.refuse()
        with pytest.raises(RoundFailed):
            await ask(provider)
        stand_in.listen()
        assert join_text(await ask(provider))


async def test_a_key_that_no_header_can_hold_tells_the_owner(stand_in: StandIn) -> None:
    async with connect(stand_in.base_url, api_key="sk-ключ") as provider:
        with pytest.raises(RoundFailed) as caught:
            await ask(provider)
    assert "OPENAI_API_KEY" in (caught.value.owner_action or "")
    assert stand_in.requests == []


async def test_messages_with_half_a_surrogate_pair_fail_cleanly(stand_in: StandIn) -> None:
    messages = [{"role": "user", "content": "\ud83d"}]
    async with connect(stand_in.base_url) as provider:
        with pytest.raises(RoundFailed, match="Unicode"):
            await ask(provider, messages=messages)


async def test_endless_tool_calls_end_when_no_tools_are_offered(stand_in: StandIn) -> None:
    stand_in.default = Fault("endless_tools")
    async with connect(stand_in.base_url) as provider:
        call, _ = await ask(provider, tools=[TOOL])
        events = await ask(provider)
    assert call.name == "save"
    assert join_text(events)


def test_the_limits_in_use_are_those_of_the_policy() -> None:
    production = {field.name: getattr(Timing(), field.name) for field in fields(Timing)}
    assert production == {
        "connect_seconds": 3.0, "gap_seconds": 20.0, "fair_wait_seconds": 3.0,
        "retry_delay_seconds": 0.4,
        "longest_retry_after_seconds": 5.0, "longest_open_seconds": 3600.0,
        "breaker_failures": 5, "breaker_window_seconds": 30.0, "breaker_open_seconds": 30.0,
        "refused_open_seconds": 600.0, "usage_wait_seconds": 2.0, "drain_seconds": 0.2,
        "gather_seconds": 0.08,
    }  # fmt: skip
    clock = Clock()
    deadline = TurnDeadline(clock=clock)
    assert (deadline.remaining_first_text(), deadline.remaining_turn()) == (16.0, 60.0)
    clock.now += 100
    assert (deadline.remaining_first_text(), deadline.remaining_turn()) == (0.0, 0.0)
    deadline.mark_text()
    assert deadline.remaining_first_text() == math.inf


@pytest.mark.parametrize(
    ("model", "base_url", "expected"),
    [
        ("gpt-4o-mini", None, {"max_tokens", "temperature"}),
        ("gpt-5-mini", None, {"max_completion_tokens"}),
        ("o4-mini", "https://api.openai.com/v1", {"max_completion_tokens"}),
        ("gpt-5-mini", "http://localhost:11434/v1", {"max_tokens", "temperature"}),
        ("llama3.2", "http://localhost:11434/v1", {"max_tokens", "temperature"}),
    ],
)
def test_each_model_is_asked_with_the_parameters_it_takes(
    model: str, base_url: str | None, expected: set[str]
) -> None:
    from chatbot.llm.dialect import guess_dialect

    body = guess_dialect(model, base_url).build_body(build_request(), model)
    assert set(body) - {"model", "messages", "stream", "stream_options"} == expected


def test_importing_the_layer_imports_nothing_slow() -> None:
    code = (
        "import sys, chatbot.llm.provider, chatbot.llm.tokens, chatbot.llm.prices;"
        "sys.exit(bool({'openai', 'httpx2', 'tiktoken', 'pydantic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_stand_in_sends_its_tokens_on_time() -> None:
    with StandIn(default=Reply(tokens=40, tokens_per_second=200)) as server:
        arrivals = asyncio.run(_time_tokens(server, clients=20))
    spans = [times[-1] - times[0] for times in arrivals]
    # Never faster than asked for; on a loaded machine later, but not one client after the other.
    assert all(40 / 200 - 0.08 < span < 4 for span in spans)


async def _time_tokens(server: StandIn, *, clients: int) -> list[list[float]]:
    timing = replace(FAST, gather_seconds=0.0, gap_seconds=30.0)
    async with connect(server.base_url, timing=timing) as provider:
        await ask(provider)

        async def follow() -> list[float]:
            times = []
            async with aclosing(provider.stream_round(build_request(), short_deadline())) as events:
                async for _ in events:
                    times.append(time.monotonic())
            return times

        return await asyncio.gather(*itertools.starmap(follow, [()] * clients))
