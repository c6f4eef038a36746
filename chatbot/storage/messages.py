"""Queries on messages and tool calls. Every one of them costs the same in a long conversation."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from chatbot.storage.models import Message, MessageStatus, Role, ToolCall
from chatbot.storage.rows import update_rows


@dataclass(frozen=True)
class MessageRow:
    """The columns of a message that a page shows."""

    id: uuid.UUID
    role: str
    content: str
    status: str
    limited: bool
    error: str | None
    citations: list[dict[str, Any]]
    feedback: str | None
    created_at: datetime


@dataclass(frozen=True)
class HistoryRow:
    """What the model is told of an earlier message."""

    id: uuid.UUID
    role: str
    content: str


SHOWN_COLUMNS = (
    Message.id,
    Message.role,
    Message.content,
    Message.status,
    Message.limited,
    Message.error,
    Message.citations,
    Message.feedback,
    Message.created_at,
)


def list_latest(session: Session, *, conversation_id: uuid.UUID, limit: int) -> list[MessageRow]:
    """The last `limit` messages that are not replaced, oldest first."""
    statement = (
        select(*SHOWN_COLUMNS)  # type: ignore[call-overload]
        .where(Message.conversation_id == conversation_id, col(Message.replaced_at).is_(None))
        .order_by(col(Message.id).desc())
        .limit(limit)
    )
    return [MessageRow(*row) for row in reversed(session.exec(statement).all())]


def list_history(
    session: Session,
    *,
    conversation_id: uuid.UUID,
    start: uuid.UUID | None,
    before: uuid.UUID | None,
    limit: int,
) -> list[HistoryRow]:
    """The last `limit` messages that the model may be told, oldest first.

    From `start` on, or, when everything from `before` on is left out, the ones before that.
    """
    statement = (
        select(Message.id, Message.role, Message.content)
        .where(
            Message.conversation_id == conversation_id,
            col(Message.replaced_at).is_(None),
            col(Message.role).in_([Role.USER, Role.ASSISTANT, Role.OWNER]),
            col(Message.content) != "",
        )
        .order_by(col(Message.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(Message.id) < before)
    if start is not None and (before is None or start < before):
        statement = statement.where(col(Message.id) >= start)
    return [HistoryRow(*row) for row in reversed(session.exec(statement).all())]


def get_message(
    session: Session, *, message_id: uuid.UUID, conversation_id: uuid.UUID
) -> Message | None:
    statement = select(Message).where(
        Message.id == message_id, Message.conversation_id == conversation_id
    )
    return session.exec(statement).first()


def get_id_by_client_id(
    session: Session, *, conversation_id: uuid.UUID, client_message_id: str
) -> uuid.UUID | None:
    statement = select(Message.id).where(
        Message.conversation_id == conversation_id,
        Message.client_message_id == client_message_id,
    )
    return session.exec(statement).first()


def get_end(session: Session, *, conversation_id: uuid.UUID) -> tuple[uuid.UUID, str] | None:
    """Id and status of the last message that is not replaced."""
    statement = (
        select(Message.id, Message.status)
        .where(Message.conversation_id == conversation_id, col(Message.replaced_at).is_(None))
        .order_by(col(Message.id).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def get_last_message(
    session: Session, *, conversation_id: uuid.UUID, role: str | None = None
) -> Message | None:
    """The last message that is not replaced, of one role when `role` is given."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, col(Message.replaced_at).is_(None))
        .order_by(col(Message.id).desc())
        .limit(1)
    )
    if role is not None:
        statement = statement.where(Message.role == role)
    return session.exec(statement).first()


def get_first_answer(session: Session, *, question: Message) -> uuid.UUID | None:
    """The first part of the answer to a question; continuations are further parts of it."""
    statement = (
        select(Message.id)
        .where(
            Message.conversation_id == question.conversation_id,
            col(Message.id) > question.id,
            Message.role == Role.ASSISTANT,
            col(Message.replaced_at).is_(None),
        )
        .order_by(col(Message.id))
        .limit(1)
    )
    return session.exec(statement).first()


def list_answer_signs(
    session: Session, *, conversation_id: uuid.UUID, limit: int
) -> Sequence[tuple[float | None, str | None]]:
    """Confidence and error of the last finished answers of the bot, latest first."""
    statement = (
        select(Message.confidence, Message.error)
        .where(
            Message.conversation_id == conversation_id,
            Message.role == Role.ASSISTANT,
            Message.status != MessageStatus.STREAMING,
            col(Message.replaced_at).is_(None),
        )
        .order_by(col(Message.id).desc())
        .limit(limit)
    )
    return session.exec(statement).all()


def update_streaming(session: Session, message_id: uuid.UUID, **values: object) -> bool:
    """Change a message that is still streaming; False when its turn has been ended meanwhile.

    This condition is what makes a takeover final: it ends the turn's message in its own
    transaction, and nothing that the turn still tries to store finds the row.
    """
    changed = update_rows(
        session,
        Message,
        col(Message.id) == message_id,
        col(Message.status) == MessageStatus.STREAMING,
        values=values,
    )
    return changed > 0


def replace_from(
    session: Session, *, conversation_id: uuid.UUID, first: uuid.UUID, at: datetime
) -> None:
    """Mark what the visitor and the bot said from a message on as replaced.

    What the owner wrote and what the program noted stays in sight.
    """
    update_rows(
        session,
        Message,
        col(Message.conversation_id) == conversation_id,
        col(Message.id) >= first,
        col(Message.role).in_([Role.USER, Role.ASSISTANT]),
        col(Message.replaced_at).is_(None),
        values={"replaced_at": at},
    )


def list_streaming(session: Session, *, before: datetime | None = None) -> Sequence[Message]:
    """Messages that are being written; with `before` those that were last saved before then."""
    statement = select(Message).where(Message.status == MessageStatus.STREAMING)
    if before is not None:
        statement = statement.where(Message.updated_at < before)
    return session.exec(statement).all()


def release_reservation(session: Session, *, message_id: uuid.UUID, reserved: int) -> bool:
    """Take a turn's reservation off its message; False when somebody else has settled it."""
    changed = update_rows(
        session,
        Message,
        col(Message.id) == message_id,
        col(Message.reserved_micro_usd) == reserved,
        values={"reserved_micro_usd": 0},
    )
    return changed > 0


def get_tool_call(session: Session, *, message_id: uuid.UUID, position: int) -> ToolCall | None:
    statement = select(ToolCall).where(
        ToolCall.message_id == message_id, ToolCall.position == position
    )
    return session.exec(statement).first()


def list_tool_calls(session: Session, *, message_id: uuid.UUID) -> Sequence[ToolCall]:
    statement = (
        select(ToolCall).where(ToolCall.message_id == message_id).order_by(col(ToolCall.position))
    )
    return session.exec(statement).all()
