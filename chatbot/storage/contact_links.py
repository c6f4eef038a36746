"""Which contacts were left, or spoke, in which conversations: one person however many chats."""

import uuid
from typing import Any

from sqlmodel import Session, col, delete, select

from chatbot.storage.models import Contact, ContactConversation, Conversation
from chatbot.storage.rows import update_rows


def list_conversation_ids(session: Session, *, contact_id: uuid.UUID) -> list[uuid.UUID]:
    """The conversations of a contact, in the order in which they were linked."""
    statement = (
        select(ContactConversation.conversation_id)
        .where(ContactConversation.contact_id == contact_id)
        .order_by(col(ContactConversation.created_at), col(ContactConversation.conversation_id))
    )
    return list(session.exec(statement).all())


def move_links(
    session: Session, *, source_id: uuid.UUID, target_id: uuid.UUID
) -> list[tuple[uuid.UUID, dict[str, Any]]]:
    """Give the conversations of one contact to another, with the moments of their links.

    Returns (conversation, what was told there) of the links that the other one had too.
    """
    known = list_conversation_ids(session, contact_id=target_id)
    source = col(ContactConversation.contact_id) == source_id
    told: list[tuple[uuid.UUID, dict[str, Any]]] = []
    if known:
        both = col(ContactConversation.conversation_id).in_(known)
        rows = session.exec(
            select(ContactConversation.conversation_id, ContactConversation.told).where(
                source, both
            )
        )
        told = [(key, dict(value)) for key, value in rows if value]
        session.exec(delete(ContactConversation).where(source, both))
    # Changed in place, with all that a link holds.
    update_rows(session, ContactConversation, source, values={"contact_id": target_id})
    return told


def contacts_of(conversation_id: uuid.UUID) -> Any:
    """A statement for the contacts of a conversation, the latest first."""
    return (
        select(Contact)
        .join(ContactConversation, col(ContactConversation.contact_id) == col(Contact.id))
        .where(ContactConversation.conversation_id == conversation_id)
        .order_by(col(ContactConversation.created_at).desc(), col(Contact.id).desc())
    )


def has_email(session: Session, *, conversation_id: uuid.UUID) -> bool:
    """Whether an e-mail address has been left in a conversation."""
    statement = (
        select(ContactConversation.contact_id)
        .join(Contact, col(Contact.id) == col(ContactConversation.contact_id))
        .where(
            ContactConversation.conversation_id == conversation_id, col(Contact.email).is_not(None)
        )
        .limit(1)
    )
    return session.exec(statement).first() is not None


def list_notes_of_session(
    session: Session, *, conversation_id: uuid.UUID, but: uuid.UUID, limit: int = 20
) -> list[str]:
    """What the other contacts said that were left in the session of this conversation."""
    here = select(Conversation.session_id).where(Conversation.id == conversation_id)
    statement = (
        select(Contact.id, Contact.notes)
        .join(ContactConversation, col(ContactConversation.contact_id) == col(Contact.id))
        .join(Conversation, col(Conversation.id) == col(ContactConversation.conversation_id))
        .where(col(Conversation.session_id).in_(here), Contact.id != but)
        .order_by(col(Contact.id).desc())
        .limit(limit)
    )
    return list(dict(session.exec(statement).all()).values())
