"""Queries of the outbox: what is due, who sends it, and what became of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from chatbot.storage.contact_links import contacts_of
from chatbot.storage.models import (
    Contact,
    Delivery,
    Notification,
    NotificationStatus,
)
from chatbot.storage.rows import update_rows


def list_due(
    session: Session, *, now: datetime, limit: int, announced: bool | None = None
) -> Sequence[uuid.UUID]:
    """Ids of what waits to be sent, oldest first; `announced` asks for what was tried before, or
    for what was not."""
    statement = (
        select(Notification.id)
        .where(
            Notification.status == NotificationStatus.PENDING,
            col(Notification.next_attempt_at) <= now,
        )
        .order_by(col(Notification.id))
        .limit(limit)
    )
    if announced is not None:
        column = col(Notification.announced_at)
        statement = statement.where(column.is_not(None) if announced else column.is_(None))
    return session.exec(statement).all()


def lock_due(session: Session, *, notification_id: uuid.UUID, now: datetime) -> Notification | None:
    """The notification, locked, if it still waits to be sent."""
    statement = (
        select(Notification)
        .where(
            Notification.id == notification_id,
            Notification.status == NotificationStatus.PENDING,
            col(Notification.next_attempt_at) <= now,
        )
        .with_for_update()
    )
    return session.exec(statement).first()


def lock_unannounced(
    session: Session,
    *,
    limit: int,
    except_kinds: Sequence[str] = (),
    kinds: Sequence[str] | None = None,
    created_before: datetime | None = None,
) -> Sequence[Notification]:
    """What was never tried, locked, oldest first; `kinds` None means all but `except_kinds`."""
    wanted: list[Any] = [col(Notification.kind).not_in(except_kinds)]
    if kinds is not None:
        wanted.append(col(Notification.kind).in_(kinds))
    if created_before is not None:
        wanted.append(col(Notification.created_at) < created_before)
    statement = (
        select(Notification)
        .where(
            Notification.status == NotificationStatus.PENDING,
            col(Notification.announced_at).is_(None),
            *wanted,
        )
        .order_by(col(Notification.id))
        .limit(limit)
        .with_for_update()
    )
    return session.exec(statement).all()


def count_announced(session: Session, *, since: datetime, except_kinds: Sequence[str]) -> int:
    """How many notifications were first tried since then."""
    statement = select(func.count()).where(
        col(Notification.announced_at) > since, col(Notification.kind).not_in(except_kinds)
    )
    return session.exec(statement).one()


def last_announced(session: Session, *, kind: str) -> datetime | None:
    statement = select(func.max(Notification.announced_at)).where(Notification.kind == kind)
    return session.exec(statement).one()


def set_pending(session: Session, *conditions: Any, **values: object) -> int:
    """Change columns of pending notifications that meet the conditions; returns how many."""
    is_pending = col(Notification.status) == NotificationStatus.PENDING
    return update_rows(session, Notification, is_pending, *conditions, values=values)


def release_claims(session: Session, *, run_id: uuid.UUID, now: datetime) -> int:
    """Make due what a run that is gone was sending."""
    return set_pending(
        session,
        col(Notification.claimed_by).is_not(None),
        col(Notification.claimed_by) != run_id,
        claimed_by=None,
        next_attempt_at=now,
    )


def list_deliveries(
    session: Session, *, notification_ids: Sequence[uuid.UUID]
) -> Sequence[Delivery]:
    statement = (
        select(Delivery)
        .where(col(Delivery.notification_id).in_(notification_ids))
        .order_by(col(Delivery.channel))
    )
    return session.exec(statement).all()


def list_notifications(
    session: Session, *, limit: int, before: uuid.UUID | None = None, status: str | None = None
) -> Sequence[Notification]:
    """The latest notifications, or those before one of them; those of one status when told."""
    statement = select(Notification).order_by(col(Notification.id).desc()).limit(limit)
    if status is not None:
        statement = statement.where(Notification.status == status)
    if before is not None:
        statement = statement.where(col(Notification.id) < before)
    return session.exec(statement).all()


def count_by_status(session: Session, statuses: Sequence[str]) -> dict[str, int]:
    statement = (
        select(Notification.status, func.count())
        .where(col(Notification.status).in_(statuses))
        .group_by(Notification.status)
    )
    return dict(session.exec(statement).all())


def oldest_pending(session: Session) -> datetime | None:
    statement = select(func.min(Notification.created_at)).where(
        Notification.status == NotificationStatus.PENDING
    )
    return session.exec(statement).one()


def find_contact(session: Session, *, conversation_id: uuid.UUID) -> Contact | None:
    """Who left details in a conversation, latest first."""
    found: Contact | None = session.exec(contacts_of(conversation_id).limit(1)).first()
    return found
