"""Queries on the bot's answers that visitors rated poor, and on any that the owner corrects."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from chatbot.storage.models import Feedback, Message, Role
from chatbot.storage.pages import PageOf, PageRequest, contains, read_page


@dataclass(frozen=True)
class BotAnswer:
    """An answer of the bot with the question that it answers and all that explains it."""

    id: uuid.UUID
    conversation_id: uuid.UUID
    question: str
    text: str
    is_poor: bool
    reason: str
    sources: tuple[str, ...]
    model: str
    limited: bool
    reviewed_at: datetime | None
    created_at: datetime


def list_poor_answers(
    session: Session, request: PageRequest, *, search: str = ""
) -> PageOf[BotAnswer]:
    """Answers with a thumb down that nobody has dealt with, latest first."""
    asked = aliased(Message)
    statement: Any = (
        _answers(asked)
        .where(Message.feedback == Feedback.DOWN, col(Message.reviewed_at).is_(None))
        .order_by(col(Message.id).desc())
    )
    if search:
        columns = (col(Message.content), asked.content, col(Message.feedback_reason))
        statement = statement.where(contains(search, *columns))
    rows, total = read_page(session, statement, request)
    return PageOf(tuple(_build(*row) for row in rows), total, request.page, request.size)


def get_bot_answer(session: Session, *, message_id: uuid.UUID) -> BotAnswer | None:
    row = session.exec(_answers(aliased(Message)).where(Message.id == message_id)).first()
    return _build(*row) if row is not None else None


def get_message(session: Session, *, message_id: uuid.UUID) -> Message | None:
    """A message of the bot, locked to be changed."""
    statement = select(Message).where(Message.id == message_id, Message.role == Role.ASSISTANT)
    return session.exec(statement.with_for_update()).first()


def _answers(asked: Any) -> Any:
    return (
        select(Message, asked.content)
        .join(asked, asked.id == col(Message.reply_to), isouter=True)
        .where(Message.role == Role.ASSISTANT)
    )


def _build(message: Message, question: str | None) -> BotAnswer:
    labels = (str(citation.get("label", "")) for citation in message.citations)
    return BotAnswer(
        id=message.id,
        conversation_id=message.conversation_id,
        question=question or "",
        text=message.content,
        is_poor=message.feedback == Feedback.DOWN,
        reason=message.feedback_reason or "",
        sources=tuple(dict.fromkeys(label for label in labels if label)),
        model=message.model or "",
        limited=message.limited,
        reviewed_at=message.reviewed_at,
        created_at=message.created_at,
    )
