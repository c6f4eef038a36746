"""Queries on conversations. Each one that a visitor's request reaches asks for the session too."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.models import ChatSession, Conversation, ConversationStatus, Escalation
from chatbot.storage.rows import update_rows


@dataclass(frozen=True)
class ConversationRow:
    """One line of a visitor's list of conversations."""

    id: uuid.UUID
    title: str
    active_at: datetime


@dataclass(frozen=True)
class ActiveRow:
    """A conversation in which something has happened, and when last."""

    id: uuid.UUID
    session_id: uuid.UUID
    active_at: datetime


@dataclass(frozen=True)
class ConversationOwner:
    """A conversation and the visitor's session that it belongs to."""

    session_id: uuid.UUID
    conversation_id: uuid.UUID


def list_active_since(session: Session, *, since: datetime, limit: int = 1000) -> list[ActiveRow]:
    """Conversations with activity after a moment, latest first."""
    statement = (
        select(Conversation.id, Conversation.session_id, Conversation.active_at)
        .where(Conversation.active_at > since)
        .order_by(col(Conversation.active_at).desc())
        .limit(limit)
    )
    return [ActiveRow(*row) for row in session.exec(statement).all()]


def list_owners(session: Session, conversation_ids: Sequence[uuid.UUID]) -> list[ConversationOwner]:
    """Whose conversations these are."""
    statement = select(Conversation.session_id, Conversation.id).where(
        col(Conversation.id).in_(conversation_ids)
    )
    return [ConversationOwner(*row) for row in session.exec(statement).all()]


def get_by_token(
    session: Session, *, token_hash: str, conversation_id: uuid.UUID
) -> tuple[ChatSession, Conversation] | None:
    """A session and one of its conversations: an id alone opens nothing."""
    statement = (
        select(ChatSession, Conversation)
        .join(Conversation, col(Conversation.session_id) == col(ChatSession.id))
        .where(ChatSession.token_hash == token_hash, Conversation.id == conversation_id)
    )
    return session.exec(statement).first()


def get_last_opened(session: Session, *, session_id: uuid.UUID) -> Conversation | None:
    statement = (
        select(Conversation)
        .where(Conversation.session_id == session_id)
        .order_by(col(Conversation.opened_at).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def get_conversation(session: Session, *, conversation_id: uuid.UUID) -> Conversation | None:
    return session.exec(select(Conversation).where(Conversation.id == conversation_id)).first()


def list_conversations(
    session: Session, *, session_id: uuid.UUID, limit: int = 20
) -> list[ConversationRow]:
    """The visitor's conversations that hold a message of theirs (these have a title), latest
    first."""
    statement = (
        select(Conversation.id, Conversation.title, Conversation.active_at)
        .where(Conversation.session_id == session_id, Conversation.title != "")
        .order_by(col(Conversation.active_at).desc())
        .limit(limit)
    )
    return [ConversationRow(*row) for row in session.exec(statement).all()]


def get_floor_epoch(session: Session, *, conversation_id: uuid.UUID) -> int | None:
    statement = select(Conversation.floor_epoch).where(Conversation.id == conversation_id)
    return session.exec(statement).first()


def set_conversation(session: Session, conversation_id: uuid.UUID, **values: object) -> None:
    """Change columns of one conversation without loading it."""
    update_rows(session, Conversation, col(Conversation.id) == conversation_id, values=values)


def end_escalated(session: Session, conversation_id: uuid.UUID, *, at: datetime) -> None:
    """Make an escalated conversation active again; one that is closed stays closed."""
    update_rows(
        session,
        Conversation,
        col(Conversation.id) == conversation_id,
        col(Conversation.status) == ConversationStatus.ESCALATED,
        values={"status": ConversationStatus.ACTIVE, "updated_at": at},
    )


def get_live_escalation(session: Session, *, conversation_id: uuid.UUID) -> Escalation | None:
    statement = select(Escalation).where(Escalation.live_conversation_id == conversation_id)
    return session.exec(statement).first()
