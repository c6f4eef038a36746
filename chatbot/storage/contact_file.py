"""All that is known of one person, from every conversation that they are linked to. Read-only."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from chatbot.storage import contact_links
from chatbot.storage.inbox_rows import ChatRow, list_chats_by_id
from chatbot.storage.models import Booking, Contact, JobDescription, Question
from chatbot.storage.owner_contacts import ContactRow, build_contact

MAX_ITEMS = 50
MAX_JOB_TEXT = 4000


@dataclass(frozen=True)
class QuestionRow:
    """One question; `answer` or `dismissed_reason` is set once the owner has dealt with it."""

    id: uuid.UUID
    text: str
    status: str
    conversation_id: uuid.UUID | None
    answer: str | None
    answered_at: datetime | None
    dismissed_reason: str | None
    created_at: datetime


@dataclass(frozen=True)
class BookingRow:
    """A call of this person with the owner."""

    id: uuid.UUID
    status: str
    starts_at: datetime
    minutes: int
    topic: str


@dataclass(frozen=True)
class JobDescriptionRow:
    """A job description that this person pasted; `text` is its beginning, `is_cut` says so,
    and `fit` is its fit sheet."""

    id: uuid.UUID
    title: str
    text: str
    is_cut: bool
    created_at: datetime
    fit: dict[str, Any] | None = None


@dataclass(frozen=True)
class ContactFile:
    """One contact with everything about them, each part with the latest first."""

    contact: ContactRow
    chats: tuple[ChatRow, ...]
    questions: tuple[QuestionRow, ...]
    bookings: tuple[BookingRow, ...]
    job_descriptions: tuple[JobDescriptionRow, ...]


def read_contact_file(session: Session, contact: Contact) -> ContactFile:
    """The contact with at most 50 of each thing."""
    ids = contact_links.list_conversation_ids(session, contact_id=contact.id)
    return ContactFile(
        contact=build_contact(contact),
        chats=list_chats_by_id(session, ids, limit=MAX_ITEMS),
        questions=_list_questions(session, ids),
        bookings=_list_bookings(session, contact.id),
        job_descriptions=_list_job_descriptions(session, ids),
    )


def _list_questions(session: Session, ids: Collection[uuid.UUID]) -> tuple[QuestionRow, ...]:
    statement = (
        select(Question)
        .where(col(Question.conversation_id).in_(ids))
        .order_by(col(Question.created_at).desc(), col(Question.id).desc())
        .limit(MAX_ITEMS)
    )
    return tuple(_build_question(row) for row in session.exec(statement))


def _list_bookings(session: Session, contact_id: uuid.UUID) -> tuple[BookingRow, ...]:
    statement = (
        select(Booking)
        .where(Booking.contact_id == contact_id)
        .order_by(col(Booking.starts_at).desc(), col(Booking.id).desc())
        .limit(MAX_ITEMS)
    )
    return tuple(
        BookingRow(row.id, row.status, row.starts_at, row.minutes, row.topic)
        for row in session.exec(statement)
    )


def _list_job_descriptions(
    session: Session, ids: Collection[uuid.UUID]
) -> tuple[JobDescriptionRow, ...]:
    statement = (
        select(JobDescription)
        .where(col(JobDescription.conversation_id).in_(ids))
        .order_by(col(JobDescription.created_at).desc(), col(JobDescription.id).desc())
        .limit(MAX_ITEMS)
    )
    return tuple(
        JobDescriptionRow(
            id=row.id,
            title=row.title,
            text=row.text[:MAX_JOB_TEXT],
            is_cut=len(row.text) > MAX_JOB_TEXT,
            created_at=row.created_at,
            fit=row.fit,
        )
        for row in session.exec(statement)
    )


def _build_question(row: Question) -> QuestionRow:
    return QuestionRow(
        id=row.id,
        text=row.text,
        status=row.status,
        conversation_id=row.conversation_id,
        answer=row.answer,
        answered_at=row.answered_at,
        dismissed_reason=row.dismissed_reason,
        created_at=row.created_at,
    )
