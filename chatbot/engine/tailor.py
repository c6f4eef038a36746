"""The owner's side of job descriptions: saved ones, advice on the CV, a letter, and questions.

There is one conversation for each job, whose id is the job's; it is kept with the job and goes with
it. Everything is made by rules from the records as they are now, so that it works without a model
and every claim has its source; a model words advice and letter, and no more. For the owner's
handlers and routes only.
"""

import asyncio
import logging
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from chatbot.engine.fit_desk import FitDesk
from chatbot.engine.fit_question import asks_fit, find_items
from chatbot.engine.knowledge_now import Knowledge, KnowledgeNow
from chatbot.engine.limited import COVERED
from chatbot.engine.wording import (
    Wording,
    WordingTask,
    apply_wording,
    build_task,
    tell_summary,
)
from chatbot.errors import InvalidInput, NotFound
from chatbot.knowledge.fit import FitItem, FitSheet, build_fit_sheet
from chatbot.knowledge.fit_text import STATUS_WORDS
from chatbot.knowledge.fit_verdict import Evidence, FitStatus
from chatbot.knowledge.records import list_passages, shorten_quote
from chatbot.knowledge.rewording import Phrase
from chatbot.knowledge.sections import Section
from chatbot.knowledge.tailoring import (
    Advice,
    LetterLine,
    build_advice,
    build_letter,
    find_topic,
    number_sources,
    write_letter,
)
from chatbot.knowledge.words import content_stems
from chatbot.people.fit_links import FitLinks
from chatbot.people.job_descriptions import keep_job
from chatbot.storage import job_descriptions
from chatbot.storage.database import Database
from chatbot.storage.models import JobDescription, utc_now
from chatbot.storage.pages import PageOf, PageRequest
from chatbot.text import clean_text

log = logging.getLogger(__name__)

TAILORED = "tailored"
MAX_QUESTION = 2000
MAX_TURNS = 200
SHOWN_HITS = 3
JOB_GONE = "This job description is no longer here. Load the list again."


@dataclass(frozen=True)
class JobLine:
    """One saved job description in the list; `is_own` is one that the owner brought."""

    id: uuid.UUID
    title: str
    is_own: bool
    met: int
    asked: int
    created_at: datetime


@dataclass(frozen=True)
class TailorTurn:
    """One question of the owner about a job, and the answer with its sources."""

    question: str
    answer: str
    evidence: tuple[Evidence, ...]
    asked_at: datetime


@dataclass(frozen=True)
class TailorFile:
    """A job description with everything that is made of it; `id` is its conversation's id too."""

    id: uuid.UUID
    title: str
    text: str
    source_url: str | None
    conversation_id: uuid.UUID | None
    created_at: datetime
    sheet: FitSheet
    summary: tuple[str, ...]
    path: str
    advice: tuple[Advice, ...]
    letter: tuple[LetterLine, ...]
    turns: tuple[TailorTurn, ...]


class TailorDesk:
    """One method for each thing that the owner can do about a job."""

    def __init__(
        self,
        *,
        database: Database,
        knowledge: KnowledgeNow,
        fit: FitDesk,
        links: FitLinks,
        wording: Wording | None = None,
    ) -> None:
        self._database = database
        self._knowledge = knowledge
        self._fit = fit
        self._links = links
        self._wording = wording
        self._wordings: dict[uuid.UUID, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """End what is being worded."""
        tasks = list(self._wordings.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def list_jobs(self, *, only: str = "", page: int = 1) -> PageOf[JobLine]:
        """The saved job descriptions, the latest first; `only` is own or brought, "" for all."""
        request = PageRequest(page)

        def work(session: Session) -> PageOf[JobLine]:
            rows, total = job_descriptions.list_all(session, request, only=only)
            return PageOf(tuple(map(_line, rows)), total, request.page, request.size)

        return await self._database.read(work)

    async def add_job(self, text: str) -> uuid.UUID:
        """Save a job description, or what a link leads to, that no visitor brought."""
        knowledge = await self._database.read(self._knowledge.read)
        job = await self._fit.read_job(text, knowledge)
        await self._database.write(lambda session: keep_job(session, job, conversation_id=None))
        return job.id

    async def delete_job(self, job_id: str | uuid.UUID) -> None:
        """Delete one of the owner's own; a visitor's goes with their chat."""

        def work(session: Session) -> None:
            row = _get(session, job_id)
            if row.conversation_id is not None:
                raise InvalidInput("This job came with a chat. Delete the chat to delete it.")
            session.delete(row)

        await self._database.write(work)

    async def open_job(self, job_id: str | uuid.UUID) -> TailorFile:
        """A job with its sheet by the records of now, advice, letter and conversation.

        Advice and letter are in the program's own words until a model has worded them, which
        begins now, where there is one, and is there the next time.
        """
        row, knowledge = await self._read(job_id)
        made = _make(row, knowledge)
        self._begin_wording(row, made, knowledge)
        return self._build(row, made, knowledge)

    async def _read(self, job_id: str | uuid.UUID) -> tuple[JobDescription, Knowledge]:
        return await self._database.read(
            lambda session: (_get(session, job_id), self._knowledge.read(session))
        )

    def _begin_wording(self, row: JobDescription, made: "_Made", knowledge: Knowledge) -> None:
        """Have advice and letter worded, unless these very sentences have been or are about to."""
        if self._wording is None or row.id in self._wordings:
            return
        task = build_task(made.phrases, made.sheet, knowledge)
        if task.is_worded(row.worded, TAILORED):
            return
        worded = asyncio.create_task(self._word(self._wording, row.id, task), name="tailor wording")
        self._wordings[row.id] = worded
        worded.add_done_callback(lambda _task: self._wordings.pop(row.id, None))

    async def _word(self, wording: Wording, job_id: uuid.UUID, task: WordingTask) -> None:
        try:
            stored = await wording.word_paid(task)
            if stored is not None:
                await wording.keep(job_id, {TAILORED: stored})
        except Exception:
            # Nobody need wait for it: its failure would be told nowhere.
            log.exception("advice not worded")

    async def ask(self, job_id: str | uuid.UUID, question: str) -> TailorTurn:
        """Answer a question about a job from the records, and keep it in the job's conversation.

        Raises NotFound for an unknown job, InvalidInput for no or too many words.
        """
        question = clean_text(question) if isinstance(question, str) else ""
        if not question:
            raise InvalidInput("Please type a question first.")
        if len(question) > MAX_QUESTION:
            raise InvalidInput(f"Please ask in at most {MAX_QUESTION:,} characters.")

        file = await self.open_job(job_id)
        if find_topic(question) and file.id in self._wordings:
            await asyncio.wait([self._wordings[file.id]])
            row, knowledge = await self._read(job_id)
            file = self._build(row, _make(row, knowledge), knowledge)
        answer, evidence = self._answer(file, question)
        turn = TailorTurn(question, answer, evidence, utc_now())

        def work(session: Session) -> None:
            row = _get(session, job_id, for_update=True)
            row.tailoring = [*(row.tailoring or []), _store(turn)][-MAX_TURNS:]

        await self._database.write(work)
        return turn

    def _answer(self, file: TailorFile, question: str) -> tuple[str, tuple[Evidence, ...]]:
        topic = find_topic(question)
        if topic == "letter":
            return write_letter(file.letter), number_sources(file.letter)
        if topic:
            found = [advice for advice in file.advice if str(advice.kind) == topic]
            lines = [
                "\n".join([f"- {advice.text}", *map(_cite, advice.evidence)]) for advice in found
            ]
            evidence = tuple(dict.fromkeys(e for advice in found for e in advice.evidence))
            return "\n".join(lines) or "Nothing of that kind comes up for this job.", evidence
        sheet = file.sheet
        named = find_items(sheet, question)
        if named:
            evidence = tuple(dict.fromkeys(e for item in named for e in item.evidence))
            return "\n".join(map(_tell_item, named)), evidence
        if asks_fit(question, has_job=True):
            evidence = tuple(dict.fromkeys(e for item in sheet.items for e in item.evidence[:1]))
            return "\n".join(f"- {line}" for line in file.summary), evidence
        reading = self._knowledge.latest.rules.read(question)
        hits = reading.hits[:SHOWN_HITS] if reading.coverage >= COVERED else ()
        if not hits:
            return "Your records do not say. Add it to your profile, or answer it in Knowledge.", ()
        quoted = tuple(_quote_best(hit.section, question) for hit in hits)
        return "\n".join(map(_cite, quoted)), quoted

    def _build(self, row: JobDescription, made: "_Made", knowledge: Knowledge) -> TailorFile:
        words = iter(apply_wording(made.phrases, (row.worded or {}).get(TAILORED)))
        first = knowledge.profile.first_name
        return TailorFile(
            id=row.id,
            title=row.title,
            text=row.text,
            source_url=row.source_url,
            conversation_id=row.conversation_id,
            created_at=row.created_at,
            sheet=made.sheet,
            summary=tell_summary(made.sheet, row.worded, first_name=first),
            path=self._links.build_path(row.id),
            advice=tuple(replace(one, phrase=next(words)) for one in made.advice),
            letter=tuple(replace(line, phrase=next(words)) for line in made.letter),
            turns=tuple(map(_read_turn, row.tailoring or ())),
        )


@dataclass(frozen=True)
class _Made:
    """What rules make of a job, in the program's own words."""

    sheet: FitSheet
    advice: tuple[Advice, ...]
    letter: tuple[LetterLine, ...]

    @property
    def phrases(self) -> list[Phrase]:
        return [*(one.phrase for one in self.advice), *(line.phrase for line in self.letter)]


def _make(row: JobDescription, knowledge: Knowledge) -> _Made:
    profile = knowledge.profile
    sheet = build_fit_sheet(row.text, profile, today=utc_now().date())
    return _Made(sheet, build_advice(sheet, profile), build_letter(sheet, profile))


def _tell_item(item: FitItem) -> str:
    note = f" ({item.note})" if item.note else ""
    said = f"- {STATUS_WORDS[item.status]}: {item.requirement}{note}"
    return "\n".join([said, *map(_cite, item.evidence)])


def _cite(found: Evidence) -> str:
    return f"  \u201c{found.quote}\u201d ({found.source})"


def _quote_best(section: Section, question: str) -> Evidence:
    """The line of a section that shares most of the question's words."""
    asked = set(content_stems(question))
    lines = list_passages(section)
    best = max(lines, key=lambda line: len(asked & set(content_stems(line))), default="")
    return Evidence(shorten_quote(best), section.label, section.id)


def _get(session: Session, job_id: str | uuid.UUID, *, for_update: bool = False) -> JobDescription:
    try:
        key = uuid.UUID(str(job_id))
    except ValueError:
        raise NotFound(JOB_GONE) from None
    row = job_descriptions.get_job(session, job_id=key, for_update=for_update)
    if row is None:
        raise NotFound(JOB_GONE)
    return row


def _line(row: JobDescription) -> JobLine:
    items = (row.fit or {}).get("items", ())
    return JobLine(
        id=row.id,
        title=row.title,
        is_own=row.conversation_id is None,
        met=sum(item["status"] == FitStatus.MET for item in items),
        asked=len(items),
        created_at=row.created_at,
    )


def _store(turn: TailorTurn) -> dict[str, Any]:
    return {
        "question": turn.question,
        "answer": turn.answer,
        "evidence": [[e.quote, e.source, e.section_id] for e in turn.evidence],
        "at": turn.asked_at.astimezone(UTC).isoformat(),
    }


def _read_turn(stored: dict[str, Any]) -> TailorTurn:
    evidence = tuple(Evidence(*found) for found in stored["evidence"])
    moment = datetime.fromisoformat(stored["at"])
    return TailorTurn(stored["question"], stored["answer"], evidence, moment)
