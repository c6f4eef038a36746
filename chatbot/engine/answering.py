"""Finding the words of one turn: from the model, or from the rules when there is none to ask."""

import json
import logging
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from chatbot.engine.admission import Draft, Turn
from chatbot.engine.confidence import answer_confidence
from chatbot.engine.fit_question import FIT_LINK, NO_JOB, asks_fit, plain_text, tell_fit
from chatbot.engine.knowledge_now import KnowledgeNow
from chatbot.engine.limited import TurnReading
from chatbot.engine.model_answer import FILES_QUESTION, MAX_TOOL_CALLS, ModelAnswer, Rounds
from chatbot.engine.outcome import Outcome
from chatbot.engine.tools import DONE, Toolbox, ToolContext, ToolResult
from chatbot.engine.wording import Wording, tell_summary
from chatbot.errors import ModelUnavailable
from chatbot.events import LimitedMode, TextDelta, ToolCalled, TurnEvent, Withheld
from chatbot.llm.provider import StreamBroken
from chatbot.people.job_descriptions import NewJob
from chatbot.storage.models import EscalationReason, MessageStatus

# The rules' own calls take the first two positions behind the model's.
WITHHELD_CALL = 3

log = logging.getLogger(__name__)

ESCALATIONS: dict[str, EscalationReason] = {
    "requested": EscalationReason.REQUESTED,
    "keyword": EscalationReason.KEYWORD,
    "complaint": EscalationReason.COMPLAINT,
    "emergency": EscalationReason.URGENT,
}


FIT_BEGINNING = "I have compared this job description with {first}'s records."
FIT_ANSWER = """\


{lines}

{link}. From here on I answer with this job in mind."""


@dataclass(frozen=True)
class AnsweringValues:
    """The owner's first name, and how many turns may ask a model at one time."""

    owner_first_name: str
    max_turns_in_flight: int


class Answering:
    """Answers turns for one owner. `model` is None when no provider is set up; `sheet_path` makes
    the link to the fit sheet of a job description."""

    def __init__(
        self,
        values: AnsweringValues,
        *,
        knowledge: KnowledgeNow,
        toolbox: Toolbox,
        model: ModelAnswer | None,
        sheet_path: Callable[[uuid.UUID], str],
        wording: Wording | None = None,
    ) -> None:
        self._sheet_path = sheet_path
        self._wording = wording
        self._values = values
        self._knowledge = knowledge
        self._toolbox = toolbox
        self._model = model

    def warm_up(self) -> None:
        """Load what the first turn needs; for a thread after the start."""
        self._knowledge.latest.rules.warm_up()
        if self._model is not None:
            _ = self._knowledge.latest.evidence
            self._model.warm_up(self._knowledge.latest)

    def start(self) -> None:
        """Begin to fetch what answers need of the provider; in the event loop, after `warm_up`."""
        if self._model is not None:
            self._model.start(self._knowledge.latest)

    def worst_case(self, draft: Draft) -> int:
        """The most that a turn can cost, in micro-USD."""
        if draft.job is not None:
            wording = self._wording
            return wording.worst_case_of(draft.job, draft.knowledge) if wording else 0
        if self._model is None:
            return 0
        return self._model.worst_case(draft)

    async def answer(self, turn: Turn, outcome: Outcome) -> AsyncGenerator[TurnEvent]:
        """Yield the events of a turn's answer and note in `outcome` how it ended.

        Nothing that a provider does raises here: what it cannot answer is answered by the rules,
        and a stream that breaks after its first text ends as interrupted.
        """
        if turn.draft.job is not None:
            async with aclosing(self._tell_fit(turn, turn.draft.job, outcome)) as told:
                async for delta in told:
                    yield delta
            return
        words = turn.draft.question or (turn.draft.earlier_words or ("",))[-1]
        reading = turn.draft.knowledge.rules.read(words, history=turn.draft.earlier_words)
        limited_reason = self._why_limited(turn)
        outcome.escalation = ESCALATIONS[reading.human.reason] if reading.human else None
        if self._model is not None and limited_reason is None and not reading.asks_for_person:
            sections = [hit.section for hit in reading.hits]
            rounds = await self._model.begin(turn, sections, self._context(turn), outcome)
            try:
                async with aclosing(self._model.run(turn, rounds, outcome)) as events:
                    async for event in events:
                        yield event
                        if isinstance(event, Withheld) and not rounds.has_filed:
                            rounds.has_filed = True
                            yield await self._file(turn, words, rounds)
                outcome.confidence = self._confidence(reading, rounds)
                return
            except ModelUnavailable as error:
                self._note_failure(error, self._model, rounds, outcome)
                if rounds.has_text:
                    return
                limited_reason = "provider"
        if limited_reason is not None:
            yield LimitedMode(limited_reason)
        async for event in self._by_rules(turn, reading, words, outcome):
            yield event

    async def _tell_fit(
        self, turn: Turn, job: NewJob, outcome: Outcome
    ) -> AsyncGenerator[TextDelta]:
        """The answer to a job description: what its fit sheet comes to, and where the whole sheet
        is. Rules alone judge it; a model may word what they say."""
        first = self._values.owner_first_name
        yield TextDelta(FIT_BEGINNING.format(first=first))
        worded = None
        if self._wording is not None and turn.has_money:
            worded = await self._wording.word_summary(job, turn.draft.knowledge, outcome)
        if self._wording is not None and worded is not None:
            await self._wording.keep(job.id, worded)
        told = tell_summary(job.sheet, worded, first_name=first)
        lines = "\n".join(f"- {plain_text(line)}" for line in told)
        link = FIT_LINK.format(path=self._sheet_path(job.id))
        yield TextDelta(FIT_ANSWER.format(lines=lines, link=link))

    async def _file(self, turn: Turn, words: str, rounds: Rounds) -> ToolCalled:
        """File the question whose answer was not in the records, once a turn."""
        if FILES_QUESTION in rounds.tools_done:
            return ToolCalled(FILES_QUESTION, DONE)
        result = await self._run_own(
            FILES_QUESTION, {"question": words}, position=WITHHELD_CALL, context=self._context(turn)
        )
        return ToolCalled(FILES_QUESTION, result.outcome)

    def _why_limited(self, turn: Turn) -> str | None:
        if self._model is None:
            return "no_model"
        if not turn.has_money:
            return "budget"
        is_full = self._model.in_flight >= self._values.max_turns_in_flight
        return "busy" if is_full else None

    def _note_failure(
        self, error: ModelUnavailable, model: ModelAnswer, rounds: Rounds, outcome: Outcome
    ) -> None:
        log.warning("model unavailable: %s", error.reason)
        model.book(getattr(error, "attempts", ()), rounds, outcome)
        outcome.owner_action = error.owner_action or outcome.owner_action
        outcome.error = "provider"
        if rounds.has_text:
            broken = "broken" if isinstance(error, StreamBroken) else "provider"
            outcome.end(MessageStatus.INTERRUPTED, broken)

    def _context(self, turn: Turn) -> ToolContext:
        return ToolContext(
            find_answer=turn.draft.knowledge.find_answer,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            session_id=turn.draft.session_id,
            visitor_text="\n".join([*turn.draft.earlier_words, turn.draft.question or ""]),
            owner_first_name=self._values.owner_first_name,
        )

    def _confidence(self, reading: TurnReading, rounds: Rounds) -> float | None:
        """The answer's confidence; None when the message was no question about the career."""
        was_filed = FILES_QUESTION in rounds.tools_done or rounds.gate.withheld > 0
        served = rounds.tools_done - {FILES_QUESTION}
        if not was_filed and (not reading.is_career or served):
            return None
        return answer_confidence(
            reading.coverage,
            has_citations=bool(rounds.marks.citations),
            was_filed=FILES_QUESTION in rounds.tools_done,
            supported=rounds.gate.share,
        )

    async def _by_rules(
        self, turn: Turn, reading: TurnReading, words: str, outcome: Outcome
    ) -> AsyncGenerator[TurnEvent]:
        """An answer without a model; its effects go through the same tools."""
        context, rules = self._context(turn), turn.draft.knowledge.rules
        contact = rules.find_contact(words)
        position = 1
        if contact is not None:
            arguments = {"email": contact.email, "phone": contact.phone, "name": contact.name}
            result = await self._run_own(
                "record_user_details", arguments, position=position, context=context
            )
            yield ToolCalled("record_user_details", result.outcome)
            contact = contact if result.outcome == DONE else None
            position += 1
        if reading.answer is None and reading.human is None and contact is None:
            fit = self._tell_of_job(turn.draft, words)
            if fit:
                yield TextDelta(fit)
                return
        reply = rules.reply(
            reading,
            contact,
            is_escalated=turn.draft.is_escalated,
            has_email=turn.draft.has_email,
        )
        if reply.files_question:
            result = await self._run_own(
                "record_unknown_question", {"question": words}, position=position, context=context
            )
            yield ToolCalled("record_unknown_question", result.outcome)
        outcome.confidence = reply.confidence
        outcome.tells_of_escalation = reading.human is not None
        for citation in reply.citations:
            yield citation
        yield TextDelta(reply.text)

    def _tell_of_job(self, draft: Draft, words: str) -> str:
        """What the fit sheet says to a question about the job; "" for any other question."""
        job = draft.job_told
        if not asks_fit(words, has_job=job is not None):
            return ""
        first = self._values.owner_first_name
        if job is None or not job.sheet.items:
            return NO_JOB.format(first=first)
        return tell_fit(job, words, first_name=first, path=self._sheet_path(job.id))

    async def _run_own(
        self, name: str, arguments: dict[str, Any], *, position: int, context: ToolContext
    ) -> ToolResult:
        # Positions of the rules' own calls must not meet those of a model that failed midway.
        return await self._toolbox.run(
            name, json.dumps(arguments), position=MAX_TOOL_CALLS + position, context=context
        )
