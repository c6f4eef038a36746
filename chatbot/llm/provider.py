"""Asks the model: streaming, deadlines, retries, the fallback model and the breakers.

How the time until the first text is shared. All requests of a turn draw on the same 16 seconds
(`TurnDeadline`). A request after which something else can be tried (the fallback model, or, when
there is none, a retry) may use half of what is left at its start; the last one uses all of it.
A request that used up its share is not retried on its model while a fallback can be asked. So a
model that hangs costs 8 s and leaves 8 s, and one that fails at once costs nothing.
Once a reply brings text or a part of a tool call, only the gap between two pieces, the 16 s until
the first text and the 60 s of the turn limit it.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from chatbot.errors import ModelUnavailable
from chatbot.llm.breaker import Breaker, Permit
from chatbot.llm.connection import Connection
from chatbot.llm.deadline import Timing, TurnDeadline
from chatbot.llm.dialect import guess_dialect
from chatbot.llm.faults import AttemptFailed, Remedy
from chatbot.llm.reading import Patience, ReplyReader
from chatbot.llm.rounds import (
    Attempt,
    ContextTooLong,
    ModelEnd,
    ModelEvent,
    ModelRequest,
    ModelStatus,
    ModelText,
    ModelToolCall,
    ProviderValues,
    RoundFailed,
    StreamBroken,
    Usage,
)

__all__ = [
    "Attempt", "ContextTooLong", "ModelEnd", "ModelEvent", "ModelRequest", "ModelStatus",
    "ModelText", "ModelToolCall", "Provider", "ProviderValues", "RoundFailed", "StreamBroken",
    "Timing", "TurnDeadline", "Usage",
]  # fmt: skip

REQUESTS_PER_MODEL = 2
BeforeAttempt = Callable[[str], Awaitable[None]]


class _Round:
    """The state of one round while its requests are made."""

    def __init__(
        self, request: ModelRequest, deadline: TurnDeadline, before: BeforeAttempt | None
    ) -> None:
        self.request = request
        self.deadline = deadline
        self.attempts: list[Attempt] = []
        self.reasons: list[str] = []
        self.owner_action: str | None = None
        self.timed_out = False
        self._before = before

    def count_requests(self, model: str) -> int:
        made = [*self.request.earlier_attempts, *self.attempts]
        return sum(attempt.model == model for attempt in made)

    async def ask_leave(self, model: str) -> None:
        if self._before is None or not (self.request.earlier_attempts or self.attempts):
            return
        try:
            await self._before(model)
        except ModelUnavailable as error:
            raise RoundFailed(
                error.reason, attempts=self.attempts, owner_action=error.owner_action
            ) from error

    def note(self, model: str, failure: AttemptFailed) -> None:
        self.reasons.append(f"{model}: {failure.reason}")
        self.owner_action = self.owner_action or failure.owner_action
        self.timed_out = self.timed_out or failure.timed_out

    def fail(self) -> RoundFailed:
        reason = "; ".join(self.reasons) or "no time left for a request"
        return RoundFailed(reason, attempts=self.attempts, owner_action=self.owner_action)


class Provider:
    """The models of one OpenAI-compatible endpoint. For one event loop."""

    def __init__(
        self,
        values: ProviderValues,
        *,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timing = timing or Timing()
        self._connection = Connection(values, self._timing)
        names = [values.model, values.fallback_model]
        self._models = list(dict.fromkeys(name for name in names if name))
        self._breakers = {name: Breaker(self._timing, clock) for name in self._models}
        self._dialects = {name: guess_dialect(name, values.base_url) for name in self._models}
        self._failures: dict[str, AttemptFailed] = {}

    def warm_up(self) -> None:
        """Imports the openai package and makes the client (about 1 s); for a background thread."""
        self._connection.warm_up()

    def first_model(self) -> str | None:
        """The model that a round starting now would ask first; None when all breakers are open."""
        return next((name for name in self._models if self._breakers[name].would_admit()), None)

    def status(self) -> tuple[ModelStatus, ...]:
        """The state of each model, the main one first."""
        return tuple(self._describe(model) for model in self._models)

    async def close(self) -> None:
        """Closes the connections."""
        await self._connection.close()

    async def stream_round(
        self,
        request: ModelRequest,
        deadline: TurnDeadline,
        *,
        before_attempt: BeforeAttempt | None = None,
    ) -> AsyncGenerator[ModelEvent, None]:
        """Asks for one round and yields its text as it comes, its tool calls, then one ModelEnd.

        Close the iterator (`contextlib.aclosing`) to stop an answer: that ends the request.
        `before_attempt(model)` is awaited before every request but the round's first and may
        raise ModelUnavailable to prevent it.

        Raises RoundFailed when no model answers, StreamBroken when the answer broke off after some
        of it was yielded, ContextTooLong when the messages do not fit; each with its attempts.
        """
        work = _Round(request, deadline, before_attempt)
        for model in self._models:
            while (permit := self._admit(model, work)) is not None:
                try:
                    async with aclosing(self._attempt(model, work, permit)) as events:
                        async for event in events:
                            yield event
                    return
                except AttemptFailed as failure:
                    if not await self._may_retry(model, failure, work):
                        break
        raise work.fail()

    def _admit(self, model: str, work: _Round) -> Permit | None:
        if work.count_requests(model) >= REQUESTS_PER_MODEL or work.deadline.remaining() <= 0:
            return None
        permit = self._breakers[model].admit()
        if permit is None:
            work.reasons.append(f"{model}: not asked, it failed shortly before")
        return permit

    async def _may_retry(self, model: str, failure: AttemptFailed, work: _Round) -> bool:
        """Whether to ask the same model again, after the wait that this takes."""
        work.note(model, failure)
        if failure.remedy is Remedy.SHORTEN:
            raise ContextTooLong(f"{model}: {failure.reason}", attempts=work.attempts)
        if work.count_requests(model) >= REQUESTS_PER_MODEL:
            return False
        if failure.remedy is Remedy.ADAPT and failure.parameter:
            return self._adapt(model, failure.parameter, work)
        if failure.remedy is not Remedy.RETRY:
            return False
        if failure.timed_out and self._has_fallback(model):
            return False
        wait = failure.wait_seconds
        wait = self._timing.retry_delay_seconds if wait is None else wait
        if wait >= work.deadline.remaining():
            return False
        await asyncio.sleep(wait)
        return True

    def _adapt(self, model: str, parameter: str, work: _Round) -> bool:
        dialect = self._dialects[model].adapt(parameter)
        changed = dialect != self._dialects[model]
        self._dialects[model] = dialect
        if changed:
            work.owner_action = None
        return changed

    def _has_fallback(self, model: str) -> bool:
        later = self._models[self._models.index(model) + 1 :]
        return any(self._breakers[name].would_admit() for name in later)

    def _share_seconds(self, model: str, work: _Round) -> float:
        """How long a request may take until its first output; see the top of this module."""
        retry = work.count_requests(model) + 1 < REQUESTS_PER_MODEL and not work.timed_out
        left = work.deadline.remaining()
        return left / 2 if self._has_fallback(model) or retry else left

    async def _attempt(
        self, model: str, work: _Round, permit: Permit
    ) -> AsyncGenerator[ModelEvent, None]:
        """One request. Raises AttemptFailed before its first text, StreamBroken after it."""
        shown = False
        try:
            await work.ask_leave(model)
            async with aclosing(self._request(model, work, permit)) as events:
                async for event in events:
                    shown = True
                    yield event
        except AttemptFailed as failure:
            self._settle(model, failure, permit)
            work.attempts.append(Attempt(model, failure.usage, failure.sent))
            if not shown:
                raise
            raise StreamBroken(
                f"{model}: {failure.reason}", attempts=work.attempts,
                owner_action=failure.owner_action,
            ) from None  # fmt: skip
        finally:
            permit.release()

    def _settle(self, model: str, failure: AttemptFailed, permit: Permit) -> None:
        self._failures[model] = failure
        if failure.open_seconds is not None:
            permit.open_for(failure.open_seconds)
        elif failure.counts:
            permit.fail()

    async def _request(
        self, model: str, work: _Round, permit: Permit
    ) -> AsyncGenerator[ModelEvent, None]:
        body = self._dialects[model].build_body(work.request, model)
        patience = Patience(self._timing, work.deadline, self._share_seconds(model, work))
        source = await self._connection.open(body, patience.limit(has_output=False))
        async with aclosing(source):
            reader = ReplyReader(source, patience, model=model, timing=self._timing)
            while (text := await reader.next_text()) is not None:
                if reader.reply.has_output:
                    permit.succeed()
                if text:
                    work.deadline.mark_text()
                    yield ModelText(text)
            calls = await reader.finish()
        self._failures.pop(model, None)
        permit.succeed()
        work.attempts.append(Attempt(model, reader.reply.usage, sent=True))
        for call in calls:
            yield call
        finish_reason = reader.reply.finish_reason or ""
        yield ModelEnd(model, finish_reason, reader.reply.usage, tuple(work.attempts))

    def _describe(self, model: str) -> ModelStatus:
        breaker, failure = self._breakers[model], self._failures.get(model)
        return ModelStatus(
            model,
            breaker.state,
            breaker.seconds_until_probe(),
            failure.reason if failure else None,
            failure.owner_action if failure else None,
        )
