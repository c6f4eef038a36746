"""Use cases of escalations: a conversation is handed to the owner, once, who takes and ends it."""

import uuid
from datetime import datetime, timedelta

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage import conversations, floor, people
from chatbot.storage.models import (
    ConversationStatus,
    Escalation,
    EscalationReason,
    EscalationStatus,
    Floor,
    utc_now,
)
from chatbot.storage.rows import add_unless_there
from chatbot.text import clean_text

MAX_NOTE = 1000
ESCALATION_GONE = "This escalation is no longer here. Load the list again."
MAX_NOTES = 4000
REMINDERS_AT_ONCE = 50
REPLY_TO = "Would like an answer at {email}"


def open_escalation(
    session: Session,
    *,
    conversation_id: uuid.UUID,
    reason: EscalationReason,
    note: str = "",
    email: str | None = None,
) -> tuple[Escalation, bool]:
    """Hand a conversation to the owner; returns the live escalation and whether it was just opened.

    A conversation has at most one live escalation: asking again finds it. Where the owner has
    joined already it is taken at once. `email` is where the visitor would like an answer; it stands
    in the note and in the notification.
    """
    live = conversations.get_live_escalation(session, conversation_id=conversation_id)
    if live is not None:
        return live, False
    escalation = Escalation(
        conversation_id=conversation_id,
        live_conversation_id=conversation_id,
        reason=reason,
        note=_note(note, email),
    )
    found = floor.get_floor(session, conversation_id=conversation_id)
    if found is not None and found.floor == Floor.OWNER:
        escalation.status, escalation.taken_at = EscalationStatus.TAKEN, escalation.opened_at
    if not add_unless_there(session, escalation):
        live = conversations.get_live_escalation(session, conversation_id=conversation_id)
        return (live or escalation), False
    conversations.set_conversation(
        session, conversation_id, status=ConversationStatus.ESCALATED, updated_at=utc_now()
    )
    payload = _payload(escalation, note, email)
    add_notification(session, kind=NotificationKind.ESCALATION, payload=payload)
    return escalation, True


def add_to_escalation(
    session: Session, escalation: Escalation, *, note: str = "", email: str | None = None
) -> bool:
    """Add what the visitor wrote after they had called the owner; False when it says nothing else.

    The owner is told of an addition once, and of each e-mail address once, so that a visitor cannot
    ring the owner's phone at will; the note keeps every one that fits.
    """
    session.refresh(escalation, with_for_update=True)
    known = escalation.note.splitlines()
    lines = [line for line in _note(note, email).splitlines() if line not in known]
    if not lines:
        return False
    escalation.note = "\n".join([escalation.note, *lines]).strip()[:MAX_NOTES]
    escalation.updated_at = utc_now()
    session.add(escalation)
    add_notification(
        session,
        kind=NotificationKind.ESCALATION,
        payload=_payload(escalation, note, email),
        dedupe_key=f"escalation-{escalation.id}-{_short_key(email)}",
    )
    return True


def _note(note: str, email: str | None) -> str:
    reply = REPLY_TO.format(email=email) if email else ""
    return "\n".join(filter(None, [clean_text(note, limit=MAX_NOTE), reply]))


def _short_key(email: str | None) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, email).hex[:16] if email else "note"


def _payload(escalation: Escalation, note: str, email: str | None) -> dict[str, str]:
    payload = {
        "escalation_id": str(escalation.id),
        "conversation_id": str(escalation.conversation_id),
        "reason": str(escalation.reason),
        "note": clean_text(note, limit=300),
    }
    return {**payload, "email": email} if email else payload


def take_escalation(session: Session, escalation_id: uuid.UUID) -> Escalation:
    """Note that the owner deals with an open escalation; taking it twice changes nothing.

    For the owner's handlers only. Raises NotFound for an unknown escalation and InvalidInput for
    one that is resolved.
    """
    escalation = _get(session, escalation_id)
    if escalation.status == EscalationStatus.RESOLVED:
        raise InvalidInput("This escalation is resolved already.")
    if escalation.status == EscalationStatus.OPEN:
        escalation.status = EscalationStatus.TAKEN
        escalation.taken_at = escalation.updated_at = utc_now()
        session.add(escalation)
    return escalation


def resolve_escalation(session: Session, escalation_id: uuid.UUID) -> Escalation:
    """End an escalation, taken or not, and give its conversation back; twice changes nothing.

    For the owner's handlers only. The conversation can be escalated again. Raises NotFound for an
    unknown escalation.
    """
    escalation = _get(session, escalation_id)
    if escalation.status == EscalationStatus.RESOLVED:
        return escalation
    moment = utc_now()
    escalation.status = EscalationStatus.RESOLVED
    escalation.live_conversation_id = None
    escalation.resolved_at = escalation.updated_at = moment
    session.add(escalation)
    conversations.end_escalated(session, escalation.conversation_id, at=moment)
    return escalation


def remind_of_escalations(session: Session, *, after_minutes: int, now: datetime) -> int:
    """Tell the owner once more of each escalation that has been open for `after_minutes`; returns
    of how many. Each is reminded of once, whichever process comes first."""
    due = people.list_unreminded(
        session, opened_before=now - timedelta(minutes=after_minutes), limit=REMINDERS_AT_ONCE
    )
    return sum(_remind(session, escalation, now) for escalation in due)


def _remind(session: Session, escalation: Escalation, now: datetime) -> bool:
    if not people.note_reminder(session, escalation_id=escalation.id, at=now):
        return False
    contact = people.get_conversation_contact(session, conversation_id=escalation.conversation_id)
    payload = {
        **_payload(escalation, escalation.note, contact.email if contact else None),
        "name": (contact.name if contact else None) or "",
        "phone": (contact.phone if contact else None) or "",
        "waiting_minutes": int((now - escalation.opened_at).total_seconds() // 60),
    }
    return add_notification(
        session,
        kind=NotificationKind.ESCALATION,
        payload={key: value for key, value in payload.items() if value},
        dedupe_key=f"escalation-{escalation.id}-reminder",
    )


def _get(session: Session, escalation_id: uuid.UUID) -> Escalation:
    escalation = people.get_escalation(session, escalation_id=escalation_id)
    if escalation is None:
        raise NotFound(ESCALATION_GONE)
    return escalation
