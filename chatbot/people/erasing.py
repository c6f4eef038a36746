"""Erasing what is held about a visitor, in the caller's transaction, with a receipt of it.

What goes with a session: everything that was said, done, sent and noted in it. A contact goes with
it when this session is the only one that told of it, or when this visitor has proved that the
address is theirs; otherwise only what this session told is taken out of it, because anybody can
type somebody else's address. What stays: the owner's knowledge (answers they wrote or approved)
and the money spent on a day.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from chatbot.llm import budget
from chatbot.people.contact_parts import list_told, take_away
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage import erasure, people
from chatbot.storage.erasure import Erased
from chatbot.storage.models import (
    Booking,
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    EmailCode,
    Erasure,
    utc_now,
)
from chatbot.storage.visitor_rows import contacts_of, visit_rows


class ErasureReason(StrEnum):
    """Who wanted it gone."""

    VISITOR = "visitor"
    OWNER = "owner"
    RETENTION = "retention"


def erase_session(session: Session, session_id: uuid.UUID, reason: ErasureReason) -> Erasure | None:
    """Erase everything of one visitor's session; None when there is no such session.

    Stop a running answer first. The receipt's `wiped_at` is set once nothing can be read from the
    disk any more.
    """
    erased = Erased()
    _drop_session(session, session_id, erased)
    return finish(session, erased, reason)


def erase_conversations(
    session: Session, conversation_ids: Collection[uuid.UUID], reason: ErasureReason
) -> Erasure | None:
    """Erase what was said in conversations; contacts and calls that came of them stay."""
    erased = Erased()
    drop_conversations(session, conversation_ids, erased)
    return finish(session, erased, reason)


def erase_contact(
    session: Session, contact_id: uuid.UUID, reason: ErasureReason, *, with_chats: bool = False
) -> Erasure | None:
    """Erase a contact with its calls and every e-mail to its address; None when it is not there.

    `with_chats` erases the sessions in which it was left as well.
    """
    erased = Erased()
    contact = people.get_contact(session, contact_id=contact_id, for_update=True)
    if contact is None:
        return None
    visits = list_sessions_of_contact(session, contact) if with_chats else ()
    drop_contact(session, contact, erased)
    for session_id in visits:
        _drop_session(session, session_id, erased)
    return finish(session, erased, reason)


def list_sessions_of_contact(session: Session, contact: Contact) -> Sequence[uuid.UUID]:
    """The sessions in which a contact was left."""
    linked = select(ContactConversation.conversation_id).where(
        ContactConversation.contact_id == contact.id
    )
    is_theirs = or_(
        col(Conversation.id).in_(linked), col(Conversation.id) == contact.conversation_id
    )
    return session.exec(select(Conversation.session_id).where(is_theirs).distinct()).all()


def drop_conversations(
    session: Session, conversation_ids: Collection[uuid.UUID], erased: Erased
) -> None:
    """As `erase_conversations`, as a part of more."""
    _settle(session, conversation_ids)
    erasure.delete_chats(session, conversation_ids, erased)
    erasure.delete_free_conversations(session, conversation_ids, erased)


def drop_contact(session: Session, contact: Contact, erased: Erased) -> None:
    """As `erase_contact`, as a part of more."""
    erasure.delete_contact(session, contact, erased, of_sessions=None)


def _drop_session(session: Session, session_id: uuid.UUID, erased: Erased) -> None:
    locked = select(ChatSession.id).where(ChatSession.id == session_id).with_for_update()
    if session.exec(locked).first() is None:
        return
    own = erasure.list_own_conversations(session, session_id=session_id)
    _settle(session, own)
    rows = visit_rows(session_id, own)
    touched = contacts_of(session_id, own)
    contacts = session.exec(select(Contact).where(touched).with_for_update()).all()
    for contact in contacts:
        _take_part(session, contact, session_id, own, erased)
    erasure.delete_bookings(session, rows.pop(Booking), erased)
    erasure.delete_chats(session, own, erased)
    erasure.delete_all(session, rows, erased)
    erased.gone.add(session_id)
    erased.ids += map(str, [session_id, *own])


def _take_part(
    session: Session,
    contact: Contact,
    session_id: uuid.UUID,
    own: Collection[uuid.UUID],
    erased: Erased,
) -> None:
    """Take one visitor's part of a contact, or all of it where it is theirs alone."""
    if is_verified_by(session, contact, session_id):
        erasure.delete_contact(session, contact, erased, of_sessions=None)
        return
    if is_only_of(session, contact, own):
        erasure.delete_contact(session, contact, erased, of_sessions=[session_id])
        return
    told = list_told(session, contact_id=contact.id)
    others = [(key, part) for key, part in told if key not in own]
    take_away(contact, [part for key, part in told if key in own], [part for _, part in others])
    if contact.conversation_id in own:
        contact.conversation_id = others[0][0] if others else None
    session.add(contact)
    session.flush()
    erased.note(Contact)
    erasure.reword_notifications(session, contact, erased)


def is_verified_by(session: Session, contact: Contact, session_id: uuid.UUID) -> bool:
    """Whether this visitor has proved, by a code sent there, that the address is theirs."""
    proof = select(EmailCode.id).where(
        EmailCode.session_id == session_id,
        EmailCode.email == contact.email,
        col(EmailCode.used_at).is_not(None),
    )
    return contact.email is not None and session.exec(proof.limit(1)).first() is not None


def is_only_of(session: Session, contact: Contact, own: Collection[uuid.UUID]) -> bool:
    """Whether nobody else told of a contact. One that was not left in a chat is the owner's, or of
    a program that sent it."""
    if contact.conversation_id not in own:
        return False
    return all(key in own for key, _ in list_told(session, contact_id=contact.id))


def _settle(session: Session, conversation_ids: Collection[uuid.UUID]) -> None:
    """Count what turns still hold as spent: their messages, which say so, are about to go."""
    for message in erasure.list_reserved(session, conversation_ids):
        held, day = message.reserved_micro_usd, message.budget_day or ""
        budget.settle(session, day=day, reserved=held, spent=held, cap=0)
        session.expunge(message)


def finish(session: Session, erased: Erased, reason: ErasureReason) -> Erasure | None:
    """Erase what the rest says of what is gone, and write the receipt; None when nothing went."""
    erasure.delete_notices(session, erased)
    if not erased.counts:
        return None
    if reason is ErasureReason.VISITOR:
        _tell_of_calls(session, erased.calls, utc_now())
    receipt = Erasure(reason=reason, counts=dict(erased.counts), erased_ids=erased.ids)
    session.add(receipt)
    session.flush()
    return receipt


def _tell_of_calls(session: Session, calls: Sequence[Booking], now: datetime) -> None:
    """The owner must not wait for a call that nobody will make."""
    off = sorted(c.starts_at for c in calls if c.live_starts_at is not None and c.starts_at > now)
    if off:
        payload = {"calls": [moment.isoformat() for moment in off]}
        add_notification(session, kind=NotificationKind.CALL_ERASED, payload=payload)
