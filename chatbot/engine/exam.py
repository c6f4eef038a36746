"""The exam: the owner's answers are asked of the bot, and what it says is compared with them.

Each question goes the way of a visitor's: the same reading, prompt, model and rules. But no
conversation is made, no tool has an effect, and nobody but the owner sees what comes of it.
"""

import asyncio
import hashlib
import uuid
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from chatbot.engine.admission import Draft, Turn, TurnKind
from chatbot.engine.answering import Answering
from chatbot.engine.knowledge_now import Knowledge, KnowledgeNow
from chatbot.engine.outcome import Outcome
from chatbot.engine.prompts import INSTRUCTIONS
from chatbot.engine.tools import DONE, Toolbox, ToolContext, ToolResult, refuse_answered
from chatbot.events import Citation, LimitedMode, TextDelta, ToolCalled
from chatbot.knowledge.answers import answer_section_id
from chatbot.knowledge.claims import compare_claims
from chatbot.knowledge.sections import Section
from chatbot.llm import budget
from chatbot.storage import answers, exams
from chatbot.storage.database import Database
from chatbot.storage.models import Conversation, ExamRun, new_id, utc_now

# Of an answer that cites the owner's so much must be there, and of any other so much.
CITED_SHARE = 0.3
SAME_SHARE = 0.6
MAX_WORDINGS = 3
MAX_GIVEN = 2000
FILES = "record_unknown_question"


class Grade(StrEnum):
    """What became of one question; skipped when no model could be asked."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class ExamStatus(StrEnum):
    """How a run ended: to its end, or stopped because the day's budget was spent."""

    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ExamResult:
    """One question of a run: what the bot said, and how that compares with the owner's answer.

    `missing` are figures and names of the owner's that it lacks, `before` its grade in the run
    before, "" when it is new.
    """

    answer_id: str
    question: str
    grade: str
    given: str
    why: str = ""
    missing: tuple[str, ...] = ()
    before: str = ""

    @property
    def has_changed(self) -> bool:
        """Whether it went otherwise than in the run before."""
        return bool(self.before) and self.before != self.grade

    @property
    def is_regression(self) -> bool:
        """Whether it passed before and fails now."""
        return self.before == Grade.PASSED and self.grade == Grade.FAILED


@dataclass(frozen=True)
class ExamReport:
    """One run of the exam; `cost_micro_usd` in millionths of a US dollar."""

    results: tuple[ExamResult, ...]
    status: str
    model: str
    cost_micro_usd: int
    started_at: datetime
    finished_at: datetime | None

    def count(self, grade: Grade) -> int:
        """How many questions have this grade."""
        return sum(result.grade == grade for result in self.results)

    @property
    def regressions(self) -> tuple[ExamResult, ...]:
        """The questions that passed before and fail now."""
        return tuple(result for result in self.results if result.is_regression)


@dataclass(frozen=True)
class ExamValues:
    """The model that is examined ("" in limited mode) and the day's budget in micro-USD."""

    model: str
    budget_cap: int


class RehearsalToolbox(Toolbox):
    """The same tools as ever, without their effects."""

    async def run(
        self,
        name: str,
        arguments: str,
        *,
        position: int,  # noqa: ARG002
        context: ToolContext,
    ) -> ToolResult:
        """What the tool would say; nothing is stored and nobody is told."""
        parsed = self._parse(name, arguments)
        if isinstance(parsed, ToolResult):
            return parsed
        refused = refuse_answered(parsed[1], context)
        return refused or ToolResult("Done.", DONE)


class Exam:
    """Asks every owner's answer again, one run at a time."""

    def __init__(
        self,
        values: ExamValues,
        *,
        database: Database,
        knowledge: KnowledgeNow,
        answering: Answering,
    ) -> None:
        self._values = values
        self._database = database
        self._knowledge = knowledge
        self._answering = answering
        self._running: asyncio.Task[ExamReport] | None = None

    async def run(self) -> ExamReport:
        """Ask everything and keep what came of it; who comes meanwhile gets the same run.

        It goes on when whoever began it leaves. Raises NotSaved when the database refuses.
        """
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await asyncio.shield(self._running)

    async def get_last(self) -> ExamReport | None:
        """The last run that came to its end."""
        run = await self._database.read(exams.get_last_run)
        return _build_report(run) if run is not None else None

    async def _run(self) -> ExamReport:
        knowledge, questions, before = await self._database.read(self._read_paper)
        run = ExamRun(
            model=self._values.model or None,
            profile_hash=_hash_knowledge(knowledge),
            status=ExamStatus.DONE,
        )
        results: list[ExamResult] = []
        for section, question in questions:
            result, cost = await self._ask(knowledge, section, question)
            run.cost_micro_usd += cost
            if result is None:
                run.status = ExamStatus.STOPPED
                result = _skipped(section, question, "The day's budget is spent.")
            known = before.get((result.answer_id, result.question), "")
            results.append(_with_before(result, known))
        run.results, run.finished_at = [asdict(result) for result in results], utc_now()
        await self._database.write(lambda session: exams.add_run(session, run))
        return _build_report(run)

    def _read_paper(
        self, session: Session
    ) -> tuple[Knowledge, list[tuple[Section, str]], dict[tuple[str, str], str]]:
        """What is asked, and how it went the last time that it was graded."""
        knowledge = self._knowledge.read(session)
        live = {answer_section_id(row.id) for row in answers.list_live(session)}
        questions = [
            (section, question)
            for section in knowledge.profile.sections
            if section.id in live
            for question in _wordings(section)
        ]
        last = exams.get_last_run(session)
        before = {(row["answer_id"], row["question"]): _grade(row) for row in _rows(last)}
        return knowledge, questions, before

    async def _ask(
        self, knowledge: Knowledge, section: Section, question: str
    ) -> tuple[ExamResult | None, int]:
        """The result of one question and what it cost; no result when there is no money for it."""
        draft = _build_draft(knowledge, question)
        day = budget.budget_day(utc_now())
        amount, cap = self._answering.worst_case(draft), self._values.budget_cap
        if not await self._database.write(
            lambda session: budget.reserve(session, day=day, amount=amount, cap=cap)
        ):
            return None, 0
        outcome = Outcome(spent=0)
        try:
            reply = await self._listen(Turn(new_id(), draft, day, reserved=amount), outcome)
        finally:
            await self._database.write(
                lambda session: budget.settle(
                    session, day=day, reserved=amount, spent=outcome.spent, cap=cap
                )
            )
        return self._grade(section, question, reply), outcome.spent

    async def _listen(self, turn: Turn, outcome: Outcome) -> "_Reply":
        reply = _Reply()
        async with aclosing(self._answering.answer(turn, outcome)) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        reply.text += text
                    case Citation():
                        reply.cited.add(event.section_id)
                    case ToolCalled(name=name, outcome=done):
                        reply.was_filed |= (name, done) == (FILES, DONE)
                    case LimitedMode(reason):
                        reply.limited = reason
        return reply

    def _grade(self, section: Section, question: str, reply: "_Reply") -> ExamResult:
        if self._values.model and reply.limited:
            return _skipped(section, question, "The model could not be asked.")
        compared = compare_claims(section.text, reply.text)
        least = CITED_SHARE if section.id in reply.cited else SAME_SHARE
        why = ""
        if reply.was_filed:
            why = "Filed as unknown."
        elif compared.contradicts:
            why = "Other figures than yours."
        elif compared.share < least:
            why = "Does not say what you said."
        return ExamResult(
            answer_id=section.id,
            question=question,
            grade=Grade.FAILED if why else Grade.PASSED,
            given=reply.text[:MAX_GIVEN],
            why=why,
            missing=compared.missing if why else (),
        )


@dataclass
class _Reply:
    """What the bot said to one question."""

    text: str = ""
    cited: set[str] = field(default_factory=set)
    was_filed: bool = False
    limited: str = ""


def read_answer_id(result: ExamResult) -> uuid.UUID:
    """The id of the answer that a result is about."""
    return uuid.UUID(result.answer_id.removeprefix("answer-"))


def _build_draft(knowledge: Knowledge, question: str) -> Draft:
    conversation = Conversation(session_id=new_id())
    return Draft(
        session_id=conversation.session_id,
        conversation=conversation,
        kind=TurnKind.SEND,
        client_message_id="exam",
        question=question,
        reply_to=None,
        history=(),
        earlier_words=(),
        last_id=None,
        knowledge=knowledge,
    )


def _wordings(section: Section) -> list[str]:
    return list(dict.fromkeys((section.heading, *section.wordings)))[:MAX_WORDINGS]


def _skipped(section: Section, question: str, why: str) -> ExamResult:
    return ExamResult(section.id, question, Grade.SKIPPED, "", why)


def _with_before(result: ExamResult, before: str) -> ExamResult:
    return replace(result, before=before)


def _grade(row: dict[str, Any]) -> str:
    """The last grade that says something: of a question that was skipped, the one before."""
    return str(row["before"] if row["grade"] == Grade.SKIPPED else row["grade"])


def _rows(run: ExamRun | None) -> Sequence[dict[str, Any]]:
    return run.results if run is not None else ()


def _build_report(run: ExamRun) -> ExamReport:
    results = tuple(ExamResult(**{**row, "missing": tuple(row["missing"])}) for row in run.results)
    return ExamReport(
        results=results,
        status=run.status,
        model=run.model or "",
        cost_micro_usd=run.cost_micro_usd,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


def _hash_knowledge(knowledge: Knowledge) -> str:
    """Tells one state of prompt and profile from another."""
    digest = hashlib.sha256(INSTRUCTIONS.encode())
    for section in knowledge.profile.sections:
        digest.update(f"\0{section.id}\0{section.heading}\0{section.text}".encode())
    return digest.hexdigest()
