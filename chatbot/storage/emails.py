"""Queries of the e-mails to visitors: what is due, who sends it, and what became of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from chatbot.storage.models import EmailMessage, NotificationStatus
from chatbot.storage.rows import update_rows


def list_due(session: Session, *, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Ids of what waits to be sent, oldest first."""
    statement = (
        select(EmailMessage.id)
        .where(*_is_due(now))
        .order_by(col(EmailMessage.next_attempt_at), col(EmailMessage.id))
        .limit(limit)
    )
    return session.exec(statement).all()


def lock_due(session: Session, *, email_id: uuid.UUID, now: datetime) -> EmailMessage | None:
    """The e-mail, locked, if it still waits to be sent."""
    statement = select(EmailMessage).where(EmailMessage.id == email_id, *_is_due(now))
    return session.exec(statement.with_for_update()).first()


def set_pending(session: Session, *conditions: Any, **values: object) -> int:
    """Change columns of e-mails that wait and meet the conditions; returns how many."""
    is_pending = col(EmailMessage.status) == NotificationStatus.PENDING
    return update_rows(session, EmailMessage, is_pending, *conditions, values=values)


def release_claims(session: Session, *, run_id: uuid.UUID, now: datetime) -> int:
    """Make due what a run that is gone was sending."""
    return set_pending(
        session,
        col(EmailMessage.claimed_by).is_not(None),
        col(EmailMessage.claimed_by) != run_id,
        claimed_by=None,
        next_attempt_at=now,
    )


def list_troubled(session: Session, *, limit: int) -> Sequence[EmailMessage]:
    """The latest e-mails that failed for good, or whose last try did."""
    has_failed = col(EmailMessage.status) == NotificationStatus.FAILED
    is_late = (col(EmailMessage.status) == NotificationStatus.PENDING) & col(
        EmailMessage.last_error
    ).is_not(None)
    statement = (
        select(EmailMessage)
        .where(has_failed | is_late)
        .order_by(col(EmailMessage.id).desc())
        .limit(limit)
    )
    return session.exec(statement).all()


def _is_due(now: datetime) -> tuple[Any, ...]:
    return (
        col(EmailMessage.status) == NotificationStatus.PENDING,
        col(EmailMessage.next_attempt_at) <= now,
    )
