"""Erasing what rests for longer than the owner keeps it: a few rows in each transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col

from chatbot.people.erasing import ErasureReason, drop_contact, drop_conversations, finish
from chatbot.storage import erasure, resting
from chatbot.storage.erasure import Erased
from chatbot.storage.models import (
    ActionLink,
    Booking,
    ChatSession,
    EmailCode,
    EmailMessage,
    Erasure,
    Question,
)

BATCH = 20
UNUSED_CODE_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Retention:
    """How many days without activity chats and contacts are kept."""

    chat_days: int = 90
    contact_days: int = 365


def erase_resting(
    session: Session, retention: Retention, *, now: datetime, limit: int = BATCH
) -> Erasure | None:
    """Erase a batch of what is due; None when nothing was.

    A chat goes with all that was said in it; when a contact or a call came of it, the empty row
    stays as long as these do, because by it their visitor can still ask for them. Notifications and
    e-mails go with the chats' time, calls with the contacts' (counted from their beginning). A
    contact with a call to come stays.
    """
    erased = Erased()
    chats_before = now - timedelta(days=retention.chat_days)
    contacts_before = now - timedelta(days=retention.contact_days)
    for contact in resting.list_contacts(session, before=contacts_before, now=now, limit=limit):
        drop_contact(session, contact, erased)
    calls = resting.list_bookings(session, before=contacts_before, limit=limit)
    erasure.delete_bookings(session, col(Booking.id).in_(calls), erased)
    _drop_messages(session, erased, before=chats_before, limit=limit)
    due = resting.list_conversations(session, before=chats_before, limit=limit)
    drop_conversations(session, due, erased)
    _drop_sessions(session, erased, before=chats_before, limit=limit)
    stale = resting.is_stale_code(now - UNUSED_CODE_KEPT)
    erasure.delete_rows(session, EmailCode, stale, erased)
    return finish(session, erased, ErasureReason.RETENTION)


def _drop_messages(session: Session, erased: Erased, *, before: datetime, limit: int) -> None:
    """Copies of visitors' words: notifications, e-mails, links, questions that came by no chat."""
    told = resting.list_notifications(session, before=before, limit=limit)
    erasure.drop_notifications(session, told, erased)
    sent = resting.list_emails(session, before=before, limit=limit)
    erasure.delete_rows(session, EmailMessage, col(EmailMessage.id).in_(sent), erased)
    asked = resting.list_questions(session, before=before, limit=limit)
    erased.gone.update(asked)
    erasure.delete_rows(session, Question, col(Question.id).in_(asked), erased)
    erasure.delete_rows(session, ActionLink, col(ActionLink.expires_at) < before, erased)


def _drop_sessions(session: Session, erased: Erased, *, before: datetime, limit: int) -> None:
    due = resting.list_sessions(session, before=before, limit=limit)
    for table in (EmailMessage, EmailCode):
        erasure.delete_rows(session, table, col(table.session_id).in_(due), erased)
    erasure.delete_rows(session, ChatSession, col(ChatSession.id).in_(due), erased)
    erased.ids += map(str, due)
