"""Queries of the links by which the owner acts from a notification, and of what they are about."""

import uuid
from datetime import datetime

from sqlalchemy import Table as SchemaTable
from sqlalchemy import delete
from sqlmodel import Session, col, select

from chatbot.storage.models import ActionLink, Contact, Conversation, Escalation, Question


def get_link(
    session: Session, *, link_id: uuid.UUID, for_update: bool = False
) -> ActionLink | None:
    """A link as it is now, also where the session has read it before."""
    statement = select(ActionLink).where(ActionLink.id == link_id)
    statement = statement.execution_options(populate_existing=True)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def delete_links(session: Session, *, expired_before: datetime) -> None:
    """Forget links that have expired long ago."""
    schema: SchemaTable = ActionLink.__table__  # type: ignore[attr-defined]
    gone = delete(schema).where(col(ActionLink.expires_at) < expired_before)
    session.connection().execute(gone)


def get_conversation(
    session: Session, *, conversation_id: uuid.UUID, for_update: bool
) -> Conversation | None:
    statement = select(Conversation).where(Conversation.id == conversation_id)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def get_question(session: Session, *, question_id: uuid.UUID, for_update: bool) -> Question | None:
    statement = select(Question).where(Question.id == question_id)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def get_last_escalation(session: Session, *, conversation_id: uuid.UUID) -> Escalation | None:
    statement = (
        select(Escalation)
        .where(Escalation.conversation_id == conversation_id)
        .order_by(col(Escalation.id).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def get_contact_of(session: Session, *, conversation_id: uuid.UUID | None) -> Contact | None:
    """Who left details in a conversation, latest first."""
    statement = (
        select(Contact)
        .where(Contact.conversation_id == conversation_id)
        .order_by(col(Contact.id).desc())
        .limit(1)
    )
    return session.exec(statement).first() if conversation_id else None
