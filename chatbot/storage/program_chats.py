"""Conversations as programs read them: facts of one, pages of many, and messages by their ids."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from chatbot.storage.inbox_rows import SPOKEN
from chatbot.storage.messages import SHOWN_COLUMNS, MessageRow
from chatbot.storage.models import (
    ChatSession,
    Conversation,
    ConversationStatus,
    Escalation,
    Message,
    Role,
)
from chatbot.storage.pages import PageOf, PageRequest, read_page
from chatbot.storage.rows import update_rows


@dataclass(frozen=True)
class ChatFacts:
    """What a program may know of one conversation; `messages` counts those that stand.

    `escalation` is the status of its latest escalation, "" without one.
    """

    id: uuid.UUID
    session_id: uuid.UUID
    title: str
    status: str
    floor: str
    channel: str
    messages: int
    escalation: str
    created_at: datetime
    active_at: datetime


def get_facts(session: Session, *, conversation_id: uuid.UUID) -> ChatFacts | None:
    """The facts of one conversation; None when it is gone or has been erased."""
    found = next(iter(_list_facts(session, [conversation_id])), None)
    return None if found is None or found.status == ConversationStatus.ERASED else found


def mark_erased(session: Session, *, conversation_id: uuid.UUID) -> None:
    """Note of what is left of a conversation, if anything is, that all was erased."""
    update_rows(
        session,
        Conversation,
        col(Conversation.id) == conversation_id,
        values={"status": ConversationStatus.ERASED},
    )


def list_facts_of_session(
    session: Session, *, session_id: uuid.UUID, request: PageRequest
) -> PageOf[ChatFacts]:
    """A visitor's conversations, latest activity first."""
    statement = (
        select(Conversation.id)
        .where(
            Conversation.session_id == session_id,
            Conversation.status != ConversationStatus.ERASED,
        )
        .order_by(col(Conversation.active_at).desc(), col(Conversation.id).desc())
    )
    ids, total = read_page(session, statement, request)
    return PageOf(_list_facts(session, ids), total, request.page, request.size)


def list_messages(
    session: Session,
    *,
    conversation_id: uuid.UUID,
    limit: int,
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
) -> tuple[tuple[MessageRow, ...], bool]:
    """Messages that stand, oldest first, and whether there are more in the direction read.

    The first ones after a message, or else the last ones (before a message, if one is given).
    """
    statement = select(*SHOWN_COLUMNS).where(  # type: ignore[call-overload]
        Message.conversation_id == conversation_id, col(Message.replaced_at).is_(None)
    )
    if before is not None:
        statement = statement.where(col(Message.id) < before)
    if after is not None:
        statement = statement.where(col(Message.id) > after).order_by(col(Message.id))
    else:
        statement = statement.order_by(col(Message.id).desc())
    rows = [MessageRow(*row) for row in session.exec(statement.limit(limit + 1))]
    found = rows[:limit] if after is not None else rows[:limit][::-1]
    return tuple(found), len(rows) > limit


def get_sent(
    session: Session, *, conversation_id: uuid.UUID, client_message_id: str
) -> MessageRow | None:
    """The message that was sent under this id."""
    return _get_row(
        session,
        Message.conversation_id == conversation_id,
        Message.client_message_id == client_message_id,
    )


def get_reply(session: Session, *, message_id: uuid.UUID) -> MessageRow | None:
    """The answer to a visitor's message that stands, finished or not."""
    return _get_row(
        session,
        Message.reply_to == message_id,
        Message.role == Role.ASSISTANT,
        col(Message.replaced_at).is_(None),
    )


def get_message_row(
    session: Session, *, conversation_id: uuid.UUID, message_id: uuid.UUID
) -> MessageRow | None:
    """One message of a conversation."""
    return _get_row(session, Message.conversation_id == conversation_id, Message.id == message_id)


def _get_row(session: Session, *conditions: Any) -> MessageRow | None:
    statement = (
        select(*SHOWN_COLUMNS)  # type: ignore[call-overload]
        .where(*conditions)
        .order_by(col(Message.id).desc())
        .limit(1)
    )
    row = session.exec(statement).first()
    return None if row is None else MessageRow(*row)


def _list_facts(session: Session, ids: Sequence[uuid.UUID]) -> tuple[ChatFacts, ...]:
    counted = (
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == Conversation.id,
            col(Message.role).in_(SPOKEN),
            col(Message.replaced_at).is_(None),
        )
        .correlate(Conversation)
        .scalar_subquery()
    )
    escalation = (
        select(Escalation.status)
        .where(Escalation.conversation_id == Conversation.id)
        .order_by(col(Escalation.id).desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    statement = (
        select(Conversation, ChatSession.channel, counted, escalation)
        .join(ChatSession, col(ChatSession.id) == col(Conversation.session_id))
        .where(col(Conversation.id).in_(ids))
        .order_by(col(Conversation.active_at).desc(), col(Conversation.id).desc())
    )
    return tuple(
        ChatFacts(
            id=row.id,
            session_id=row.session_id,
            title=row.title,
            status=row.status,
            floor=row.floor,
            channel=channel,
            messages=int(messages or 0),
            escalation=status or "",
            created_at=row.created_at,
            active_at=row.active_at,
        )
        for row, channel, messages, status in session.exec(statement)
    )
