"""Queries on who may speak in a conversation."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.models import Conversation, Floor, Message, MessageStatus, Role


@dataclass(frozen=True)
class FloorRow:
    """Whose conversation it is, and who may speak in it."""

    session_id: uuid.UUID
    floor: str


def lock_conversation(session: Session, *, conversation_id: uuid.UUID) -> Conversation | None:
    """A conversation, locked to be changed; whoever commits words of the bot waits for it."""
    statement = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    return session.exec(statement).first()


def lock_floor_epoch(session: Session, *, conversation_id: uuid.UUID) -> int | None:
    """The floor's epoch, which stays as it is until this transaction ends."""
    statement = (
        select(Conversation.floor_epoch).where(Conversation.id == conversation_id).with_for_update()
    )
    return session.exec(statement).first()


def get_floor(session: Session, *, conversation_id: uuid.UUID) -> FloorRow | None:
    statement = select(Conversation.session_id, Conversation.floor).where(
        Conversation.id == conversation_id
    )
    row = session.exec(statement).first()
    return FloorRow(*row) if row else None


def list_streaming(session: Session, *, conversation_id: uuid.UUID) -> Sequence[Message]:
    """The bot's messages that are being written in a conversation.

    Not locked: on MySQL that would lock the streaming messages of all conversations. Whoever ends
    one does so on condition that it has not ended.
    """
    statement = select(Message).where(
        Message.conversation_id == conversation_id, Message.status == MessageStatus.STREAMING
    )
    return session.exec(statement).all()


def is_speaking_elsewhere(
    session: Session, *, conversation_id: uuid.UUID, run_id: uuid.UUID
) -> bool:
    """Whether another run than this one has a turn in a conversation."""
    statement = (
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.status == MessageStatus.STREAMING,
            col(Message.run_id).is_distinct_from(run_id),
        )
        .limit(1)
    )
    return session.exec(statement).first() is not None


def list_silent_owners(session: Session, *, since: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Conversations whose owner has the floor and has done nothing after `since`."""
    statement = (
        select(Conversation.id)
        .where(
            Conversation.floor == Floor.OWNER,
            col(Conversation.owner_active_at).is_(None)
            | (col(Conversation.owner_active_at) <= since),
        )
        .order_by(col(Conversation.id))
        .limit(limit)
    )
    return session.exec(statement).all()


def has_owner_words(session: Session, *, conversation_id: uuid.UUID, since: datetime) -> bool:
    """Whether the owner has written in a conversation from `since` on."""
    statement = (
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.role == Role.OWNER,
            Message.created_at >= since,
        )
        .limit(1)
    )
    return session.exec(statement).first() is not None
