"""Queries on job descriptions: of one conversation, of all, and the owner's words about one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from chatbot.storage.models import ChatSession, Conversation, JobDescription, Message, Question
from chatbot.storage.pages import PageRequest, read_page


@dataclass(frozen=True)
class JobInMind:
    """What a turn is told of a job description; `message_id` is the message that it came in, `fit`
    its fit sheet."""

    id: uuid.UUID
    message_id: uuid.UUID | None
    title: str
    trimmed: str | None
    text: str
    fit: dict[str, Any] | None


def get_job(
    session: Session, *, job_id: uuid.UUID, for_update: bool = False
) -> JobDescription | None:
    """One job description by its id."""
    statement = select(JobDescription).where(JobDescription.id == job_id)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def get_of_message(session: Session, *, message_id: uuid.UUID) -> JobDescription | None:
    """The job description that came with a message."""
    statement = select(JobDescription).where(JobDescription.message_id == message_id)
    return session.exec(statement.order_by(col(JobDescription.id)).limit(1)).first()


def is_text_known(session: Session, *, text_hash: str) -> bool:
    """Whether a visitor has brought the same text before."""
    statement = select(JobDescription.id).where(
        JobDescription.text_hash == text_hash, col(JobDescription.conversation_id).is_not(None)
    )
    return session.exec(statement.limit(1)).first() is not None


def list_worded(session: Session, *, text_hash: str, limit: int = 20) -> list[dict[str, Any]]:
    """How a model worded what was said of the same text, the oldest first."""
    statement = (
        select(JobDescription.worded)
        .where(JobDescription.text_hash == text_hash, col(JobDescription.worded).is_not(None))
        .order_by(col(JobDescription.id))
        .limit(limit)
    )
    return [dict(worded) for worded in session.exec(statement).all() if worded is not None]


def keep_worded(session: Session, *, job_id: uuid.UUID, worded: dict[str, Any]) -> None:
    """Keep how a model worded what goes by some names, where the job is still there."""
    row = get_job(session, job_id=job_id, for_update=True)
    if row is not None:
        row.worded = {**(row.worded or {}), **worded}


def find_question_group(session: Session, *, text: str) -> uuid.UUID | None:
    """The group of the questions that have exactly these words."""
    statement = select(Question.group_id).where(Question.text == text).limit(1)
    return session.exec(statement).first()


def list_in_mind(
    session: Session, *, conversation_id: uuid.UUID, limit: int = 20
) -> list[JobInMind]:
    """The job descriptions of a conversation that stand, oldest first."""
    statement = (
        select(  # type: ignore[call-overload]
            JobDescription.id,
            JobDescription.message_id,
            JobDescription.title,
            JobDescription.trimmed,
            JobDescription.text,
            JobDescription.fit,
        )
        .join(Message, col(Message.id) == col(JobDescription.message_id), isouter=True)
        .where(
            JobDescription.conversation_id == conversation_id,
            col(Message.replaced_at).is_(None),
        )
        .order_by(col(JobDescription.id).desc())
        .limit(limit)
    )
    return [JobInMind(*row) for row in reversed(session.exec(statement).all())]


def list_of_session(
    session: Session, *, session_id: uuid.UUID, limit: int
) -> Sequence[JobDescription]:
    """The job descriptions of a visitor that have a sheet, the latest first."""
    statement = (
        select(JobDescription)
        .join(Conversation, col(Conversation.id) == col(JobDescription.conversation_id))
        .join(ChatSession, col(ChatSession.id) == col(Conversation.session_id))
        .where(ChatSession.id == session_id, col(JobDescription.text_hash).is_not(None))
        .order_by(col(JobDescription.id).desc())
        .limit(limit)
    )
    return session.exec(statement).all()


def list_all(
    session: Session, request: PageRequest, *, only: str = ""
) -> tuple[list[JobDescription], int]:
    """Job descriptions, the latest first, and how many; the same text brought twice is one.

    `only` is "own" for the owner's, "brought" for those of visitors, "" for all.
    """
    later = aliased(JobDescription)
    is_old = exists().where(
        col(later.text_hash) == col(JobDescription.text_hash),
        col(later.id) > col(JobDescription.id),
    )
    statement = select(JobDescription).where(~is_old).order_by(col(JobDescription.id).desc())
    conversation = col(JobDescription.conversation_id)
    if only == "own":
        statement = statement.where(conversation.is_(None))
    elif only == "brought":
        statement = statement.where(conversation.is_not(None))
    return read_page(session, statement, request)
