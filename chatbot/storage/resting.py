"""Queries of what rests for longer than it is kept: some rows at a time, oldest first."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, exists, or_, select

from chatbot.storage.models import (
    Booking,
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    EmailCode,
    EmailMessage,
    Escalation,
    JobDescription,
    Message,
    Notification,
    NotificationStatus,
    Question,
)


def list_conversations(session: Session, *, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Conversations without activity since then that hold something, or that nothing refers to;
    locked."""
    key = col(Conversation.id)
    holds = [
        exists().where(col(table.conversation_id) == key)
        for table in (Message, Escalation, Question, JobDescription)
    ]
    referred = [
        exists().where(col(table.conversation_id) == key)
        for table in (Contact, ContactConversation, Booking)
    ]
    statement = (
        select(Conversation.id)
        .where(
            col(Conversation.active_at) < before,
            or_(col(Conversation.title) != "", *holds, ~or_(*referred)),
        )
        .order_by(col(Conversation.active_at))
        .limit(limit)
        .with_for_update()
    )
    return session.exec(statement).all()


def list_sessions(session: Session, *, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Sessions without activity since then to which nothing belongs any more but e-mails."""
    key = col(ChatSession.id)
    statement = (
        select(ChatSession.id)
        .where(
            col(ChatSession.last_seen_at) < before,
            ~exists().where(col(Conversation.session_id) == key),
            ~exists().where(col(Booking.session_id) == key),
        )
        .order_by(col(ChatSession.last_seen_at))
        .limit(limit)
        .with_for_update()
    )
    return session.exec(statement).all()


def list_contacts(
    session: Session, *, before: datetime, now: datetime, limit: int
) -> Sequence[Contact]:
    """Contacts that nobody touched since then, whose visitors were not here since, and who have no
    call to come; locked."""
    key = col(Contact.id)
    linked = select(ContactConversation.conversation_id).where(
        col(ContactConversation.contact_id) == key
    )
    was_here = exists().where(
        or_(col(Conversation.id).in_(linked), col(Conversation.id) == col(Contact.conversation_id)),
        col(Conversation.active_at) >= before,
    )
    will_call = exists().where(col(Booking.contact_id) == key, *_is_to_come(now))
    statement = (
        select(Contact)
        .where(col(Contact.updated_at) < before, ~was_here, ~will_call)
        .order_by(col(Contact.updated_at))
        .limit(limit)
        .with_for_update()
    )
    return session.exec(statement).all()


def list_bookings(session: Session, *, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Calls that were over before then."""
    statement = select(Booking.id).where(
        col(Booking.starts_at) < before, col(Booking.updated_at) < before
    )
    return session.exec(statement.limit(limit)).all()


def list_questions(session: Session, *, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Questions of no conversation, filed before then."""
    statement = select(Question.id).where(
        col(Question.conversation_id).is_(None), col(Question.created_at) < before
    )
    return session.exec(statement.limit(limit)).all()


def list_notifications(session: Session, *, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Notifications of before then that wait for nothing."""
    statement = select(Notification.id).where(
        col(Notification.created_at) < before, Notification.status != NotificationStatus.PENDING
    )
    return session.exec(statement.order_by(col(Notification.id)).limit(limit)).all()


def list_emails(session: Session, *, before: datetime, limit: int) -> Sequence[uuid.UUID]:
    """E-mails of before then that wait for nothing."""
    statement = select(EmailMessage.id).where(
        col(EmailMessage.created_at) < before, EmailMessage.status != NotificationStatus.PENDING
    )
    return session.exec(statement.order_by(col(EmailMessage.id)).limit(limit)).all()


def is_stale_code(before: datetime) -> Any:
    """Codes that expired before then and prove nothing."""
    return (col(EmailCode.expires_at) < before) & col(EmailCode.used_at).is_(None)


def _is_to_come(now: datetime) -> tuple[Any, ...]:
    return col(Booking.live_starts_at).is_not(None), col(Booking.starts_at) > now
