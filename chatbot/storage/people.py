"""Queries on what visitors leave behind. Contacts are locked as they are read to be merged."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.contact_links import contacts_of
from chatbot.storage.models import (
    Contact,
    Escalation,
    EscalationStatus,
    Question,
    QuestionStatus,
)
from chatbot.storage.rows import update_rows


def get_contact(
    session: Session, *, contact_id: uuid.UUID, for_update: bool = False
) -> Contact | None:
    statement = select(Contact).where(Contact.id == contact_id)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def list_contacts(session: Session, *, for_update: bool = False) -> list[Contact]:
    """Every contact, in the order in which they came."""
    statement = select(Contact).order_by(col(Contact.id))
    return list(session.exec(statement.with_for_update() if for_update else statement).all())


def get_question(session: Session, *, question_id: uuid.UUID) -> Question | None:
    """A question, locked to be changed."""
    return session.exec(
        select(Question).where(Question.id == question_id).with_for_update()
    ).first()


def get_escalation(session: Session, *, escalation_id: uuid.UUID) -> Escalation | None:
    """An escalation, locked to be changed."""
    statement = select(Escalation).where(Escalation.id == escalation_id).with_for_update()
    return session.exec(statement).first()


def list_unreminded(
    session: Session, *, opened_before: datetime, limit: int
) -> Sequence[Escalation]:
    """Escalations that nobody has taken and the owner was not reminded of, oldest first."""
    statement = (
        select(Escalation)
        .where(
            Escalation.status == EscalationStatus.OPEN,
            col(Escalation.reminded_at).is_(None),
            Escalation.opened_at <= opened_before,
        )
        .order_by(col(Escalation.opened_at))
        .limit(limit)
    )
    return session.exec(statement).all()


def note_reminder(session: Session, *, escalation_id: uuid.UUID, at: datetime) -> bool:
    """Note that the owner is reminded; False when that has been done, or it is open no more."""
    changed = update_rows(
        session,
        Escalation,
        col(Escalation.id) == escalation_id,
        col(Escalation.status) == EscalationStatus.OPEN,
        col(Escalation.reminded_at).is_(None),
        values={"reminded_at": at, "updated_at": at},
    )
    return changed > 0


def get_contact_by_email(session: Session, *, email: str) -> Contact | None:
    statement = select(Contact).where(Contact.email == email).with_for_update()
    return session.exec(statement).first()


def get_contact_by_phone(session: Session, *, phone: str) -> Contact | None:
    statement = select(Contact).where(Contact.phone == phone).order_by(col(Contact.id)).limit(1)
    return session.exec(statement.with_for_update()).first()


def get_conversation_contact(session: Session, *, conversation_id: uuid.UUID) -> Contact | None:
    """The latest contact that was left in a conversation, locked to be changed."""
    statement = contacts_of(conversation_id).limit(1).with_for_update(of=Contact)
    found: Contact | None = session.exec(statement).first()
    return found


def get_open_question(
    session: Session, *, conversation_id: uuid.UUID, text: str, group_id: uuid.UUID | None = None
) -> Question | None:
    """The open question of a conversation with these words, or of this group."""
    same = col(Question.text) == text
    if group_id is not None:
        same = same | (col(Question.group_id) == group_id)
    statement = select(Question).where(
        Question.conversation_id == conversation_id,
        same,
        Question.status == QuestionStatus.OPEN,
    )
    return session.exec(statement).first()


def list_questions_of_answer(
    session: Session, *, answer_id: uuid.UUID, for_update: bool = False
) -> list[Question]:
    """The questions that an answer answers, first asked first."""
    statement = select(Question).where(Question.answer_id == answer_id).order_by(col(Question.id))
    return list(session.exec(statement.with_for_update() if for_update else statement).all())
