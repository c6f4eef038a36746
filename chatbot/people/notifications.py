"""Telling the owner: rows of the outbox, written in the transaction of what they announce."""

from enum import StrEnum
from typing import Any

from sqlmodel import Session

from chatbot.storage.models import Notification
from chatbot.storage.rows import add_unless_there


class NotificationKind(StrEnum):
    """What the owner is told of."""

    CONTACT = "contact"
    ESCALATION = "escalation"
    QUESTION = "question"
    BOOKING = "booking"
    BUDGET = "budget"
    PROVIDER = "provider"
    CALL_ERASED = "call_erased"
    DIGEST = "digest"
    DAILY = "daily"
    TEST = "test"


def add_notification(
    session: Session,
    *,
    kind: NotificationKind,
    payload: dict[str, Any],
    dedupe_key: str | None = None,
) -> bool:
    """Put a notification in the outbox; False when `dedupe_key` says it is there already.

    `payload` holds plain values that the text of the notification is made of: identifiers and what
    a visitor wrote, shortened, never a secret.
    """
    row = Notification(kind=kind, payload=payload, dedupe_key=dedupe_key)
    if dedupe_key is not None:
        return add_unless_there(session, row)
    session.add(row)
    return True
