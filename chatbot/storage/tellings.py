"""Queries on who still waits to be told of an answer, and how they can be reached."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from chatbot.storage.models import (
    Answer,
    Contact,
    ContactConversation,
    ContactStatus,
    Conversation,
    Question,
    QuestionStatus,
)
from chatbot.storage.rows import update_rows


@dataclass(frozen=True)
class WaitingQuestion:
    """A question that is answered and whose asker has not been told; `answer` as it holds now.

    `answered_question` is the question as the owner has it, with the marks of who may read it.
    """

    id: uuid.UUID
    text: str
    conversation_id: uuid.UUID
    session_id: uuid.UUID
    answer_id: uuid.UUID
    answer: str
    answered_question: str


def list_waiting_of_answer(session: Session, *, answer_id: uuid.UUID) -> list[WaitingQuestion]:
    return _list(session, Question.answer_id == answer_id)


def list_waiting_of_conversation(
    session: Session, *, conversation_id: uuid.UUID
) -> list[WaitingQuestion]:
    return _list(session, Question.conversation_id == conversation_id)


def find_waiting_conversations(session: Session, *, session_id: uuid.UUID) -> list[uuid.UUID]:
    """The conversations in which this visitor has something to be told, first asked first."""
    rows = _list(session, Conversation.session_id == session_id)
    return list(dict.fromkeys(row.conversation_id for row in rows))


def claim(session: Session, *, question_id: uuid.UUID, at: datetime, by: str) -> bool:
    """Note that an asker is told; False when that has been done by whoever came first."""
    changed = update_rows(
        session,
        Question,
        col(Question.id) == question_id,
        col(Question.status) == QuestionStatus.ANSWERED,
        col(Question.told_at).is_(None),
        values={"told_at": at, "told_by": by, "updated_at": at},
    )
    return changed > 0


def unclaim(session: Session, *, question_id: uuid.UUID) -> None:
    """Note that an asker could not be told after all."""
    values = {"told_at": None, "told_by": None}
    update_rows(session, Question, col(Question.id) == question_id, values=values)


def list_emails(session: Session, session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Session -> the e-mail address that its visitor left, if they agreed to be written to."""
    if not session_ids:
        return {}
    may_write = (
        col(Contact.email).is_not(None),
        col(Contact.consent_at).is_not(None),
        Contact.status != ContactStatus.JUNK,
        col(Conversation.session_id).in_(session_ids),
    )
    linked = (
        select(Conversation.session_id, Contact.email)
        .join(ContactConversation, col(ContactConversation.conversation_id) == col(Conversation.id))
        .join(Contact, col(Contact.id) == col(ContactConversation.contact_id))
        .where(*may_write)
        .order_by(col(Contact.id))
    )
    left = (
        select(Conversation.session_id, Contact.email)
        .join(Contact, col(Contact.conversation_id) == col(Conversation.id))
        .where(*may_write)
        .order_by(col(Contact.id))
    )
    return {
        session_id: email
        for statement in (linked, left)
        for session_id, email in session.exec(statement)
        if email
    }


def _list(session: Session, condition: Any) -> list[WaitingQuestion]:
    statement = (
        select(  # type: ignore[call-overload]
            Question.id,
            Question.text,
            Question.conversation_id,
            Conversation.session_id,
            Answer.id,
            Answer.text,
            Answer.question,
        )
        .join(Conversation, col(Conversation.id) == col(Question.conversation_id))
        .join(Answer, col(Answer.id) == col(Question.answer_id))
        .where(
            condition,
            Question.status == QuestionStatus.ANSWERED,
            col(Question.told_at).is_(None),
            col(Answer.withdrawn_at).is_(None),
        )
        .order_by(col(Question.id))
    )
    return [WaitingQuestion(*row) for row in session.exec(statement)]
