"""Deleting rows of visitors in the caller's transaction, and what the rest still says of them."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table as SchemaTable
from sqlalchemy import Text, cast, delete
from sqlmodel import Session, col, or_, select

from chatbot.storage.models import (
    ActionLink,
    Answer,
    Booking,
    Contact,
    ContactConversation,
    Conversation,
    Delivery,
    EmailCode,
    EmailMessage,
    Escalation,
    Message,
    Notification,
    Question,
    Table,
)
from chatbot.storage.rows import update_rows
from chatbot.storage.visitor_rows import Rows, chat_rows

# Each is one LIKE over a short text; SQLite takes expressions of 1,000 terms.
IDS_AT_ONCE = 100


@dataclass
class Erased:
    """What has been deleted so far: rows by table, and the ids that must not come back.

    `gone` are ids that notifications and links may name. A table with the count 0 was only changed.
    """

    counts: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    gone: set[uuid.UUID] = field(default_factory=set)
    calls: list[Booking] = field(default_factory=list)

    def note(self, table: type[Table], count: int = 0) -> None:
        self.counts[str(table.__tablename__)] += count


def delete_rows(session: Session, table: type[Table], condition: Any, erased: Erased) -> None:
    """Delete the rows that meet a condition, in one statement."""
    schema: SchemaTable = table.__table__  # type: ignore[attr-defined]
    count = session.connection().execute(delete(schema).where(condition)).rowcount
    if count:
        erased.note(table, count)


def list_own_conversations(session: Session, *, session_id: uuid.UUID) -> list[uuid.UUID]:
    """The conversations of a session, locked: nobody can add to them until this is over."""
    statement = select(Conversation.id).where(Conversation.session_id == session_id)
    return list(session.exec(statement.with_for_update()).all())


def list_reserved(session: Session, conversation_ids: Collection[uuid.UUID]) -> Sequence[Message]:
    """Messages of turns whose money is not settled."""
    statement = select(Message).where(
        col(Message.conversation_id).in_(conversation_ids), Message.reserved_micro_usd != 0
    )
    return session.exec(statement).all()


def delete_chats(session: Session, conversation_ids: Collection[uuid.UUID], erased: Erased) -> None:
    """Delete what was said in these conversations; the conversations themselves stay."""
    rows = chat_rows(conversation_ids)
    for table in (Question, Escalation):
        erased.gone.update(session.exec(select(table.id).where(rows[table])).all())
    erased.gone.update(conversation_ids)
    messages = select(Message.id).where(rows[Message])
    named = col(ActionLink.target_id).in_(messages)
    delete_rows(session, ActionLink, named, erased)
    is_of_them = col(Answer.message_id).in_(messages)
    update_rows(session, Answer, is_of_them, values={"message_id": None})
    _regroup(session, rows[Question])
    delete_all(session, rows, erased)


def delete_all(session: Session, rows: Rows, erased: Erased) -> None:
    """Delete the rows of several tables in their order."""
    for table, condition in rows.items():
        delete_rows(session, table, condition, erased)


def delete_bookings(session: Session, condition: Any, erased: Erased) -> None:
    found = session.exec(select(Booking).where(condition)).all()
    erased.gone.update(booking.id for booking in found)
    erased.calls += found
    delete_rows(session, Booking, col(Booking.id).in_([row.id for row in found]), erased)
    for booking in found:
        session.expunge(booking)


def delete_contact(
    session: Session, contact: Contact, erased: Erased, *, of_sessions: Collection[uuid.UUID] | None
) -> None:
    """Delete a contact and what was sent to its address: by these sessions only, or, with None,
    by whomever."""
    key, email = contact.id, contact.email
    if of_sessions is None:
        booked = or_(col(Booking.contact_id) == key, *_is(col(Booking.email), email))
        delete_bookings(session, booked, erased)
    delete_rows(session, ContactConversation, col(ContactConversation.contact_id) == key, erased)
    update_rows(session, Booking, col(Booking.contact_id) == key, values={"contact_id": None})
    for table in (EmailMessage, EmailCode):
        for is_theirs in _is(col(table.email), email):
            if of_sessions is not None:
                by = col(table.session_id)
                is_theirs &= by.in_(of_sessions) | by.is_(None)
            delete_rows(session, table, is_theirs, erased)
    session.expunge(contact)
    delete_rows(session, Contact, col(Contact.id) == key, erased)
    erased.gone.add(key)
    erased.ids.append(str(key))


def delete_free_conversations(
    session: Session, conversation_ids: Collection[uuid.UUID], erased: Erased
) -> None:
    """Delete the conversations that no contact and no call refers to; empty the title of the
    others, by which their visitor can still be told from everybody else."""
    kept = list_referred(session, conversation_ids)
    free = [key for key in conversation_ids if key not in kept]
    delete_rows(session, Conversation, col(Conversation.id).in_(free), erased)
    erased.ids += map(str, free)
    values = {"title": "", "history_from": None}
    update_rows(session, Conversation, col(Conversation.id).in_(kept), values=values)


def list_referred(session: Session, conversation_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the conversations on which a contact or a call hangs."""
    columns = (
        col(Contact.conversation_id),
        col(ContactConversation.conversation_id),
        col(Booking.conversation_id),
    )
    found: set[uuid.UUID] = set()
    for column in columns:
        referring = select(column).where(column.in_(conversation_ids))
        found.update(key for key in session.exec(referring) if key is not None)
    return found


def delete_notices(session: Session, erased: Erased) -> None:
    """Delete notifications about what is gone, and links to it; digests lose their lines."""
    ids = sorted(erased.gone)
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        delete_rows(session, ActionLink, col(ActionLink.target_id).in_(some), erased)
        drop_notifications(session, [row.id for row in list_naming(session, some)], erased)


def drop_notifications(
    session: Session, notification_ids: Collection[uuid.UUID], erased: Erased
) -> None:
    """Delete notifications with their deliveries."""
    is_one = col(Notification.id).in_(notification_ids)
    _blank_digests(session, select(Notification.digest_id).where(is_one), erased)
    delete_rows(session, Delivery, col(Delivery.notification_id).in_(notification_ids), erased)
    delete_rows(session, Notification, is_one, erased)


def list_naming(session: Session, ids: Iterable[uuid.UUID]) -> Sequence[Notification]:
    """Notifications that name one of these ids, in what they say or in their key."""
    payload = cast(col(Notification.payload), Text)
    key = col(Notification.dedupe_key)
    named = [column.contains(str(one)) for one in ids for column in (payload, key)]
    return session.exec(select(Notification).where(or_(*named))).all() if named else []


def reword_notifications(session: Session, contact: Contact, erased: Erased) -> None:
    """Make notifications about a contact say what is known of it now."""
    known = {
        "name": contact.name,
        "phone": contact.phone,
        "company": contact.company,
        "notes": contact.notes[:300],
    }
    for row in list_naming(session, [contact.id]):
        changed = {name: value for name, value in known.items() if name in row.payload}
        row.payload = {**row.payload, **changed}
        session.add(row)
        erased.note(Notification)
        if row.digest_id is not None:
            _blank_digests(session, [row.digest_id], erased)


def _blank_digests(session: Session, digest_ids: Any, erased: Erased) -> None:
    for digest in session.exec(select(Notification).where(col(Notification.id).in_(digest_ids))):
        digest.payload, digest.last_error = {**digest.payload, "lines": []}, None
        session.add(digest)
        erased.note(Notification)
    session.flush()


def _regroup(session: Session, is_erased: Any) -> None:
    """Name the groups whose first question goes after the first that stays."""
    going = session.exec(select(Question.id).where(is_erased)).all()
    for first in session.exec(
        select(Question.group_id).where(col(Question.group_id).in_(going)).distinct()
    ).all():
        stays = select(Question.id).where(
            Question.group_id == first, col(Question.id).not_in(going)
        )
        heir = session.exec(stays.order_by(col(Question.id)).limit(1)).first()
        if heir is not None:
            is_left = (col(Question.group_id) == first, col(Question.id).not_in(going))
            update_rows(session, Question, *is_left, values={"group_id": heir})


def _is(column: Any, value: str | None) -> list[Any]:
    return [column == value] if value else []
