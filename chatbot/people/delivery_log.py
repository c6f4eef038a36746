"""The delivery log: what the owner was told, through which channel, and what did not arrive."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.people.notification_text import build_text
from chatbot.storage import outbox
from chatbot.storage.models import Delivery, Notification, NotificationStatus


@dataclass(frozen=True)
class ChannelEntry:
    """One channel's part: status pending, sent or failed."""

    channel: str
    status: str
    attempts: int
    last_error: str | None
    sent_at: datetime | None


@dataclass(frozen=True)
class LogEntry:
    """One notification. `status` is pending, sent, failed, gathered (into the digest `digest_id`)
    or skipped (no channel was set up); the texts are plain text, with visitors' words in quotes."""

    id: uuid.UUID
    kind: str
    title: str
    message: str
    status: str
    attempts: int
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    digest_id: uuid.UUID | None
    channels: tuple[ChannelEntry, ...]


@dataclass(frozen=True)
class OutboxState:
    """How the outbox stands: counts, and the age of what has waited longest."""

    pending: int
    failed: int
    oldest_pending: timedelta | None


def list_log(
    session: Session,
    *,
    limit: int = 50,
    before: uuid.UUID | None = None,
    status: str | None = None,
) -> list[LogEntry]:
    """The latest notifications, newest first; `before` is the last id of the page before, and
    `status` asks for those of one status."""
    rows = outbox.list_notifications(session, limit=limit, before=before, status=status)
    deliveries: dict[uuid.UUID, list[Delivery]] = {}
    for delivery in outbox.list_deliveries(session, notification_ids=[row.id for row in rows]):
        deliveries.setdefault(delivery.notification_id, []).append(delivery)
    return [_entry(row, deliveries) for row in rows]


def get_outbox_state(session: Session, *, now: datetime) -> OutboxState:
    """How many notifications wait and failed, and since when the oldest waits."""
    statuses = [NotificationStatus.PENDING, NotificationStatus.FAILED]
    counts = outbox.count_by_status(session, statuses)
    oldest = outbox.oldest_pending(session)
    return OutboxState(
        pending=counts.get(NotificationStatus.PENDING, 0),
        failed=counts.get(NotificationStatus.FAILED, 0),
        oldest_pending=None if oldest is None else now - oldest,
    )


def _entry(row: Notification, deliveries: Mapping[uuid.UUID, Sequence[Delivery]]) -> LogEntry:
    text = build_text(row.kind, row.payload)
    is_pending = row.status == NotificationStatus.PENDING
    return LogEntry(
        id=row.id,
        kind=row.kind,
        title=text.title,
        message=text.message,
        status=row.status,
        attempts=row.attempts,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
        next_attempt_at=row.next_attempt_at if is_pending else None,
        digest_id=row.digest_id,
        channels=tuple(
            ChannelEntry(item.channel, item.status, item.attempts, item.last_error, item.sent_at)
            for item in deliveries.get(row.id, ())
        ),
    )
