"""Finding the words of one turn: from the model, or from the rules when there is none to ask."""

import json
import logging
import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from chatbot.engine.admission import Draft, Turn
from chatbot.engine.confidence import answer_confidence
from chatbot.engine.fit_desk import FitDesk
from chatbot.engine.fit_question import (
    FIT_LINK,
    NO_JOB,
    asks_fit,
    find_items,
    find_job_link,
    plain_text,
    tell_fit,
)
from chatbot.engine.knowledge_now import KnowledgeNow
from chatbot.engine.limited import COVERED, TurnReading
from chatbot.engine.model_answer import FILES_QUESTION, MAX_TOOL_CALLS, ModelAnswer, Rounds
from chatbot.engine.outcome import Outcome
from chatbot.engine.tools import DONE, Toolbox, ToolContext, ToolResult
from chatbot.engine.wording import Wording, tell_summary
from chatbot.errors import InvalidInput, ModelUnavailable
from chatbot.events import LimitedMode, TextDelta, ToolCalled, TurnEvent, Withheld
from chatbot.llm.provider import StreamBroken
from chatbot.people.call_desk import Visit
from chatbot.people.contact_details import ContactDetails
from chatbot.people.job_descriptions import NewJob
from chatbot.storage.models import EscalationReason, MessageStatus

# The positions of the rules' own calls behind the model's.
CONTACT_CALL = 1
QUESTION_CALL = 2
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
    the link to the fit sheet of a job description, and `fit` reads what is behind links."""

    def __init__(
        self,
        values: AnsweringValues,
        *,
        knowledge: KnowledgeNow,
        toolbox: Toolbox,
        model: ModelAnswer | None,
        sheet_path: Callable[[uuid.UUID], str],
        wording: Wording | None = None,
        fit: FitDesk | None = None,
    ) -> None:
        self._fit = fit
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
        link = find_job_link(turn.draft.question or "")
        if self._fit is not None and link and reading.human is None:
            async for event in self._tell_link(turn, link, self._fit):
                yield event
            return
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
        yield TextDelta(_write_fit(told, self._sheet_path(job.id)))

    async def _tell_link(self, turn: Turn, link: str, fit: FitDesk) -> AsyncGenerator[TurnEvent]:
        """The answer to a link to a job description: as to one that was pasted, or why it could not
        be read."""
        words, context = turn.draft.question or "", self._context(turn)
        contact, call = await self._note_contact(turn, words.replace(link, " "), context)
        if call is not None:
            yield call
        if contact is not None:
            yield TextDelta(turn.draft.knowledge.rules.confirm(contact) + "\n\n")
        visit = Visit(turn.draft.session_id, turn.conversation_id)
        try:
            sheet = await fit.make_of_link(visit, link, message_id=turn.asked_id or turn.turn_id)
        except InvalidInput as error:
            yield TextDelta(error.user_message)
            return
        beginning = FIT_BEGINNING.format(first=self._values.owner_first_name)
        yield TextDelta(beginning + _write_fit(sheet.summary, sheet.path))

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
        contact, call = await self._note_contact(turn, words, context)
        if call is not None:
            yield call
        if reading.answer is None and reading.human is None and contact is None:
            is_covered = reading.coverage >= COVERED
            fit = self._tell_of_job(turn.draft, words, is_covered=is_covered)
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
                "record_unknown_question",
                {"question": words},
                position=QUESTION_CALL,
                context=context,
            )
            yield ToolCalled("record_unknown_question", result.outcome)
        outcome.confidence = reply.confidence
        outcome.tells_of_escalation = reading.human is not None
        for citation in reply.citations:
            yield citation
        yield TextDelta(reply.text)

    async def _note_contact(
        self, turn: Turn, words: str, context: ToolContext
    ) -> tuple[ContactDetails | None, ToolCalled | None]:
        """The contact details in a message once they are saved, and the call that did it."""
        contact = turn.draft.knowledge.rules.find_contact(words)
        if contact is None:
            return None, None
        arguments = {"email": contact.email, "phone": contact.phone, "name": contact.name}
        result = await self._run_own(
            "record_user_details", arguments, position=CONTACT_CALL, context=context
        )
        call = ToolCalled("record_user_details", result.outcome)
        return (contact if result.outcome == DONE else None), call

    def _tell_of_job(self, draft: Draft, words: str, *, is_covered: bool) -> str:
        """What the fit sheet says to a question about the job, or to one that names what the job
        asks for and that the records do not cover; "" for any other question."""
        job = draft.job_told
        names_some = job is not None and not is_covered and find_items(job.sheet, words)
        if not names_some and not asks_fit(words, has_job=job is not None):
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


def _write_fit(lines: Sequence[str], path: str) -> str:
    shown = "\n".join(f"- {plain_text(line)}" for line in lines)
    return FIT_ANSWER.format(lines=shown, link=FIT_LINK.format(path=path))
