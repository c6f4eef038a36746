"""Keeping the job descriptions that visitors paste, with the fit sheet that is made of each.

A sheet is made before anything is written; keeping it files what the records are silent about as
questions for the owner, once for each text, whoever brings it.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlmodel import Session

from chatbot.errors import InvalidInput
from chatbot.knowledge.fit import FitSheet, build_fit_sheet, build_summary, list_questions
from chatbot.knowledge.job_trimming import trim_job
from chatbot.knowledge.sections import Profile
from chatbot.llm.tokens import MESSAGE_FRAME_TOKENS
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage import job_descriptions as jobs
from chatbot.storage.models import JobDescription, Question, new_id, utc_now
from chatbot.text import clean_text

MAX_JOB_CHARACTERS = 20_000
MIN_JOB_CHARACTERS = 40
MAX_FILED = 12
# The dash before a line and its end.
LIST_MARK_TOKENS = 2
TOO_SHORT = "This is too short for a job description. Please paste all of it."


@dataclass(frozen=True)
class NewJob:
    """A job description that has been judged and not been kept yet; `worded` is how a model worded
    what is said of it."""

    text: str
    trimmed: str
    sheet: FitSheet
    source_url: str | None = None
    id: uuid.UUID = field(default_factory=new_id)
    worded: dict[str, Any] | None = None


class JobReader:
    """Judges job descriptions; `tokens` is how much a model is told of one and of its sheet, with
    the `frame` that stands around them."""

    def __init__(
        self,
        *,
        tokens: int,
        count: Callable[[str], int],
        frame: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._tokens = tokens
        self._frame = frame
        self._count = count
        self._clock = clock

    @cached_property
    def _room(self) -> int:
        # Counted when it is needed: the tokenizer is slow to load.
        return self._tokens - self._count(self._frame) - MESSAGE_FRAME_TOKENS

    def read(self, text: str, profile: Profile, *, source_url: str | None = None) -> NewJob:
        """The text with its fit sheet. Raises InvalidInput for one too long or short."""
        text = check_job_text(text)
        sheet = build_fit_sheet(text, profile, today=self._clock().date())
        trimmed = self.trim(text, sheet, first_name=profile.first_name)
        return NewJob(text=text, trimmed=trimmed, sheet=sheet, source_url=source_url)

    def trim(self, text: str, sheet: FitSheet, *, first_name: str) -> str:
        """What of a job description a model is told, beside the summary of its sheet."""
        lines = self.summarize(sheet, first_name=first_name)
        told = sum(self._count(line) + LIST_MARK_TOKENS for line in lines)
        return trim_job(text, self._room - told, self._count)

    def summarize(self, sheet: FitSheet, *, first_name: str) -> tuple[str, ...]:
        """What a model is told of a sheet: its summary, in at most half of the tokens."""
        lines: list[str] = []
        left = self._room // 2
        for phrase in build_summary(sheet, first_name=first_name) if sheet.items else ():
            left -= self._count(phrase.text) + LIST_MARK_TOKENS
            if left < 0:
                break
            lines.append(phrase.text)
        return tuple(lines)


def hash_text(text: str) -> str:
    """What tells whether a job description is one that was brought before."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_job_text(text: str) -> str:
    """The text, cleaned; raises InvalidInput with what to change."""
    text = clean_text(text) if isinstance(text, str) else ""
    if len(text) < MIN_JOB_CHARACTERS:
        raise InvalidInput(TOO_SHORT)
    if len(text) > MAX_JOB_CHARACTERS:
        raise InvalidInput(
            f"This job description has {len(text):,} characters; {MAX_JOB_CHARACTERS:,} is the "
            "most that can be read. Please leave out what is not about the role."
        )
    return text


def keep_job(
    session: Session,
    job: NewJob,
    *,
    conversation_id: uuid.UUID | None,
    message_id: uuid.UUID | None = None,
    first_name: str = "",
) -> JobDescription:
    """Keep a job description with its sheet, in the caller's transaction.

    With a conversation, what is unknown is filed; without one it is the owner's own.
    """
    session.flush()  # The message first: without it the row would point at nothing.
    text_hash = hash_text(job.text)
    is_known = jobs.is_text_known(session, text_hash=text_hash)
    row = JobDescription(
        id=job.id,
        conversation_id=conversation_id,
        message_id=message_id,
        title=job.sheet.title,
        text=job.text,
        trimmed=job.trimmed,
        source_url=job.source_url,
        text_hash=text_hash,
        fit=job.sheet.to_json(),
        worded=job.worded,
    )
    session.add(row)
    session.flush()
    if conversation_id is not None and not is_known:
        _file_unknowns(session, job, conversation_id, message_id, first_name)
    return row


def _file_unknowns(
    session: Session,
    job: NewJob,
    conversation_id: uuid.UUID,
    message_id: uuid.UUID | None,
    first_name: str,
) -> None:
    """File what the sheet leaves open; the owner is told once for all of it.

    Equal words are one group, and only they: "Vue" and "SAP" in one and the same sentence are too
    alike for a comparison of words.
    """
    filed: list[Question] = []
    for text in list_questions(job.sheet, first_name=first_name)[:MAX_FILED]:
        question = Question(text=text, conversation_id=conversation_id, message_id=message_id)
        question.group_id = jobs.find_question_group(session, text=text) or question.id
        session.add(question)
        session.flush()
        filed.append(question)
    if filed:
        payload = {
            "question_id": str(filed[0].id),
            "conversation_id": str(conversation_id),
            "text": _tell(job.sheet.title, filed)[:300],
        }
        add_notification(session, kind=NotificationKind.QUESTION, payload=payload)


def _tell(title: str, filed: Sequence[Question]) -> str:
    first = filed[0].text
    if len(filed) == 1:
        return first
    return f'{first} ({len(filed) - 1} more that your records leave open for "{title}")'
