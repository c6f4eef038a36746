"""The answer of a model: rounds of text and tool calls, each bounded, each paid for."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlmodel import Session

from chatbot.engine.admission import Draft, Turn
from chatbot.engine.citations import CitationMarks
from chatbot.engine.knowledge_now import Knowledge
from chatbot.engine.meaning import Meaning
from chatbot.engine.outcome import Outcome
from chatbot.engine.prompts import (
    STABLE_SHARE,
    CountTokens,
    PromptParts,
    build_extra_passages,
    build_instructions,
    build_job,
    build_messages,
)
from chatbot.engine.sentence_gate import WITHHELD_NOTICE, SentenceGate
from chatbot.engine.tools import DONE, REFUSED, Toolbox, ToolContext, ToolResult
from chatbot.errors import ModelUnavailable
from chatbot.events import TextDelta, ToolCalled, TurnEvent, Withheld
from chatbot.knowledge.audience import Audience
from chatbot.knowledge.evidence_job import JobInSight
from chatbot.knowledge.sections import Section
from chatbot.knowledge.vectors import fuse
from chatbot.llm import budget
from chatbot.llm.prices import Prices, cost_micro_usd, worst_case_micro_usd
from chatbot.llm.provider import (
    Attempt,
    ContextTooLong,
    ModelEnd,
    ModelEvent,
    ModelRequest,
    ModelText,
    ModelToolCall,
    Provider,
    TurnDeadline,
)
from chatbot.llm.tokens import MESSAGE_FRAME_TOKENS, count_tool_tokens
from chatbot.storage import messages
from chatbot.storage.database import Database
from chatbot.storage.models import MessageStatus

MAX_ROUNDS = 4
MAX_TOOL_CALLS = 8
# What a round adds to the next one's prompt besides its own answer: the results of its tools.
TOOL_RESULT_TOKENS = 400
TOO_MANY_CALLS = ToolResult("Refused: too many calls in one turn. Answer in words.", REFUSED)
SAME_CALL = ToolResult("This has been done in this turn. Answer in words.", DONE)
FILES_QUESTION = "record_unknown_question"
FILTERED = "I cannot answer that. Is there anything you would like to know about {first}'s work?"


@dataclass(frozen=True)
class ModelValues:
    """The models, in the order in which they are asked, and the limits of a request.

    `budget_cap` is the day's money in micro-USD.
    """

    models: tuple[str, ...]
    base_url: str | None
    temperature: float
    max_answer_tokens: int
    profile_tokens: int
    budget_cap: int


@dataclass
class Rounds:
    """What the rounds of one turn share; `prompt_tokens` grows with the results of tools."""

    messages: list[dict[str, Any]]
    marks: CitationMarks
    gate: SentenceGate
    context: ToolContext
    prompt_tokens: int
    deadline: TurnDeadline = field(default_factory=TurnDeadline)
    calls: set[tuple[str, str]] = field(default_factory=set)
    tools_done: set[str] = field(default_factory=set)
    text_round: int | None = None
    has_filed: bool = False
    finish_reason: str = ""

    @property
    def has_text(self) -> bool:
        """Whether the visitor has been shown any words of this turn."""
        return self.text_round is not None


class ModelAnswer:
    """Asks the model for the words of a turn and runs the tools that it calls.

    With `meaning`, records that the prompt has no room for are also chosen by what they mean.
    """

    def __init__(
        self,
        values: ModelValues,
        *,
        toolbox: Toolbox,
        database: Database,
        prices: Prices,
        count: CountTokens,
        provider: Provider,
        meaning: Meaning | None = None,
    ) -> None:
        self._values = values
        self._toolbox = toolbox
        self._database = database
        self._prices = {model: prices.price_of(model, values.base_url) for model in values.models}
        self._count = count
        self._provider = provider
        self._meaning = meaning
        self._schemas = toolbox.schemas()
        self._built: deque[tuple[Knowledge, PromptParts]] = deque(maxlen=len(Audience))
        self.in_flight = 0

    def _parts(self, knowledge: Knowledge) -> PromptParts:
        """The fixed beginning of the prompts, built once for each state of the knowledge."""
        for known, parts in tuple(self._built):
            if known is knowledge:
                return parts
        parts = build_instructions(
            knowledge.profile, profile_tokens=self._values.profile_tokens, count=self._count
        )
        self._built.append((knowledge, parts))
        return parts

    @cached_property
    def _schema_tokens(self) -> int:
        return count_tool_tokens(self._schemas)

    def warm_up(self, knowledge: Knowledge) -> None:
        """Load what the first turn needs (about 1.5 s); for a thread after the start."""
        self._provider.warm_up()
        if self._meaning is not None:
            self._meaning.warm_up()
        _ = self._parts(knowledge), self._schema_tokens

    def start(self, knowledge: Knowledge) -> None:
        """Begin to fetch the vectors of the records, where the prompt has no room for all."""
        if self._meaning is not None and not self._parts(knowledge).has_whole_profile:
            self._meaning.start()

    def worst_case(self, draft: Draft) -> int:
        """The most that the requests of a turn can cost, in micro-USD: every round used, each with
        a full answer, at the dearest of the models, nothing cached."""
        tokens = self._prompt_tokens(draft)
        found = 0
        if self._meaning is not None and not self._parts(draft.knowledge).has_whole_profile:
            found = self._meaning.worst_case(draft.question or "")
        return found + sum(self._worst_round(tokens, number) for number in range(MAX_ROUNDS))

    def _worst_round(self, prompt_tokens: int, round_number: int) -> int:
        limit = self._values.max_answer_tokens
        tokens = prompt_tokens + round_number * (limit + TOOL_RESULT_TOKENS)
        return max(
            worst_case_micro_usd(price, prompt_tokens=tokens, max_tokens=limit)
            for price in self._prices.values()
        )

    def _prompt_tokens(self, draft: Draft) -> int:
        texts = [row.content for row in draft.history] + [draft.question or "", self._job(draft)]
        parts = self._parts(draft.knowledge)
        return (
            parts.tokens
            + self._schema_tokens
            + self._extra_limit(parts)
            + sum(self._count(text) + MESSAGE_FRAME_TOKENS for text in texts)
        )

    def _job(self, draft: Draft) -> str:
        return build_job(draft.job_told, first_name=draft.knowledge.profile.first_name)

    async def begin(
        self, turn: Turn, wanted: Sequence[Section], context: ToolContext, outcome: Outcome
    ) -> Rounds:
        """The state of a turn before its first round; `wanted` are the sections that the words of
        its question find, the best first."""
        draft, extra, deadline = turn.draft, "", TurnDeadline()
        profile, parts = draft.knowledge.profile, self._parts(draft.knowledge)
        told = draft.job_told
        if not parts.has_whole_profile:
            if self._meaning is not None:
                near = await self._meaning.find(draft.knowledge, draft.question or "", outcome)
                wanted = fuse(wanted, near)
            extra = build_extra_passages(
                profile,
                [section for section in wanted if section.id in parts.left_out],
                limit=self._extra_limit(parts),
                count=self._count,
            )
        return Rounds(
            messages=build_messages(
                parts,
                draft.history,
                owner_name=profile.name,
                question=draft.question,
                extra=extra,
                job=self._job(draft),
            ),
            marks=CitationMarks(profile.sections),
            gate=SentenceGate(
                draft.knowledge.evidence.begin(
                    visitor_words="\n".join([*draft.earlier_words, draft.question or ""]),
                    job=JobInSight(told.text, told.sheet) if told else None,
                )
            ),
            context=context,
            prompt_tokens=self._prompt_tokens(draft),
            deadline=deadline,
        )

    def _extra_limit(self, parts: PromptParts) -> int:
        """The tokens that passages chosen for one question may take."""
        if parts.has_whole_profile:
            return 0
        return int(self._values.profile_tokens * (1 - STABLE_SHARE))

    async def run(self, turn: Turn, rounds: Rounds, outcome: Outcome) -> AsyncGenerator[TurnEvent]:
        """Yield the events of the model's answer; the last round offers no tools, so that it ends
        in words. Raises ModelUnavailable (StreamBroken after the first text)."""
        self.in_flight += 1
        number = 0
        try:
            for number in range(MAX_ROUNDS):
                calls: list[ModelToolCall] = []
                async with aclosing(self._stream_round(turn, rounds, number, outcome)) as events:
                    async for event in events:
                        if isinstance(event, ModelText):
                            if event.text.strip():
                                rounds.deadline.mark_text()
                            for shown in self._show(rounds.gate.feed(event.text), rounds, number):
                                yield shown
                        elif isinstance(event, ModelToolCall):
                            calls.append(event)
                for shown in self._show(rounds.gate.finish(), rounds, number, is_last=True):
                    yield shown
                if not calls:
                    break
                async for called in self._run_calls(calls, rounds):
                    yield called
        except ModelUnavailable:
            # Of a sentence that broke off, what was said by then may be shown like any other.
            for shown in self._show(rounds.gate.finish(), rounds, number, is_last=True):
                yield shown
            raise
        finally:
            self.in_flight -= 1
        for shown in self._end_text(turn, rounds, outcome):
            yield shown

    async def _stream_round(
        self, turn: Turn, rounds: Rounds, round_number: int, outcome: Outcome
    ) -> AsyncGenerator[ModelEvent]:
        """One round; a history that is too long for the model is left out, once."""

        async def reserve_again(_model: str) -> None:
            await self._reserve_more(turn, self._worst_round(rounds.prompt_tokens, 0), outcome)

        earlier: tuple[Attempt, ...] = ()
        while True:
            request = self._request(rounds, round_number, earlier)
            try:
                stream = self._provider.stream_round(
                    request, rounds.deadline, before_attempt=reserve_again
                )
                async with aclosing(stream):
                    async for event in stream:
                        if isinstance(event, ModelEnd):
                            outcome.model, rounds.finish_reason = event.model, event.finish_reason
                            self.book(event.attempts, rounds, outcome)
                        yield event
                return
            except (asyncio.CancelledError, GeneratorExit):
                # A request that is broken off is billed, but nobody tells how much.
                outcome.spent += self._worst_round(rounds.prompt_tokens, 0)
                raise
            except ContextTooLong as error:
                if earlier or rounds.has_text:
                    raise
                earlier = error.attempts
                self.book(earlier, rounds, outcome)
                start = 2 if turn.draft.job_told else 1
                del rounds.messages[start : start + len(turn.draft.history)]

    def _request(
        self, rounds: Rounds, round_number: int, earlier: tuple[Attempt, ...]
    ) -> ModelRequest:
        offers_tools = round_number < MAX_ROUNDS - 1 and len(rounds.calls) < MAX_TOOL_CALLS
        return ModelRequest(
            messages=rounds.messages,
            tools=self._schemas if offers_tools else (),
            temperature=self._values.temperature,
            max_tokens=self._values.max_answer_tokens,
            earlier_attempts=earlier,
        )

    def _show(
        self,
        parts: Sequence[str | Withheld],
        rounds: Rounds,
        round_number: int,
        *,
        is_last: bool = False,
    ) -> list[TurnEvent]:
        """The events of what the gate let through; `is_last` at the end of a round's text."""
        events: list[TurnEvent] = [part for part in parts if isinstance(part, Withheld)]
        known = len(rounds.marks.citations)
        shown = rounds.marks.feed("".join(part for part in parts if isinstance(part, str)))
        shown += rounds.marks.finish() if is_last else ""
        events += rounds.marks.citations[known:]
        if shown and rounds.text_round != round_number:
            # The words after a tool's result begin a paragraph of their own.
            shown = ("\n\n" if rounds.has_text else "") + shown.lstrip()
        if shown.strip() or (shown and rounds.text_round == round_number):
            rounds.text_round = round_number
            events.append(TextDelta(shown))
        return events

    def _end_text(self, turn: Turn, rounds: Rounds, outcome: Outcome) -> list[TurnEvent]:
        """That something was withheld, and how the turn ends by the provider's finish reason."""
        first = turn.draft.knowledge.profile.first_name
        events: list[TurnEvent] = []
        if rounds.gate.withheld:
            space = "\n\n" if rounds.has_text else ""
            events.append(TextDelta(space + WITHHELD_NOTICE.format(first=first)))
        if rounds.finish_reason == "length":
            outcome.end(MessageStatus.INTERRUPTED, "length")
        if not rounds.has_text and not events:
            if rounds.finish_reason != "content_filter":
                raise ModelUnavailable("the model ended without a word")
            events.append(TextDelta(FILTERED.format(first=first)))
        return events

    async def _run_calls(
        self, calls: Sequence[ModelToolCall], rounds: Rounds
    ) -> AsyncGenerator[TurnEvent]:
        """Run the calls of a round and add their results to the messages of the next."""
        rounds.messages.append(_assistant_message(calls))
        for call in calls:
            result = await self._run_call(call, rounds)
            rounds.gate.check.hear(result.text)
            rounds.messages.append(
                {"role": "tool", "tool_call_id": call.id, "content": result.text}
            )
            rounds.prompt_tokens += (
                self._count(call.arguments) + self._count(result.text) + 3 * MESSAGE_FRAME_TOKENS
            )
            if result.outcome == DONE:
                rounds.tools_done.add(call.name)
            yield ToolCalled(call.name, result.outcome)

    async def _run_call(self, call: ModelToolCall, rounds: Rounds) -> ToolResult:
        key = (call.name, call.arguments)
        if key in rounds.calls or (call.name == FILES_QUESTION and rounds.gate.withheld):
            # What was withheld has filed the question of this turn.
            return SAME_CALL
        if len(rounds.calls) >= MAX_TOOL_CALLS:
            return TOO_MANY_CALLS
        rounds.calls.add(key)
        return await self._toolbox.run(
            call.name, call.arguments, position=len(rounds.calls), context=rounds.context
        )

    def book(self, attempts: Sequence[Attempt], rounds: Rounds, outcome: Outcome) -> None:
        """Add what requests cost: by their usage, or the worst case where that is not known."""
        for attempt in attempts:
            price = self._prices[attempt.model]
            outcome.add_usage(attempt.usage)
            if attempt.usage is not None:
                outcome.spent += cost_micro_usd(price, attempt.usage)
            elif attempt.sent:
                outcome.spent += worst_case_micro_usd(
                    price,
                    prompt_tokens=rounds.prompt_tokens,
                    max_tokens=self._values.max_answer_tokens,
                )

    async def _reserve_more(self, turn: Turn, amount: int, outcome: Outcome) -> None:
        """Reserve one more request; raises ModelUnavailable when the budget does not allow it."""
        if amount == 0:
            return
        reserved = turn.reserved + outcome.extra_reserved + amount

        def work(session: Session) -> bool:
            if not messages.update_streaming(session, turn.turn_id, reserved_micro_usd=reserved):
                return False
            if budget.reserve(session, day=turn.day, amount=amount, cap=self._values.budget_cap):
                return True
            messages.update_streaming(session, turn.turn_id, reserved_micro_usd=reserved - amount)
            return False

        if not await self._database.write(work):
            raise ModelUnavailable("the day's budget allows no further request")
        outcome.extra_reserved += amount


def _assistant_message(calls: Sequence[ModelToolCall]) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in calls
        ],
    }
