"""Queries on questions in groups of one meaning. A question without a group is one by itself."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from chatbot.storage.models import (
    Contact,
    ContactConversation,
    Conversation,
    Question,
    UtcDateTime,
)
from chatbot.storage.pages import PageOf, PageRequest, contains, read_page

# Of one group: enough to know who asked and how.
READ_QUESTIONS = 200


@dataclass(frozen=True)
class AskedQuestion:
    """One question of a group; `asker` is the name or address of who asked it, if known."""

    id: uuid.UUID
    text: str
    status: str
    conversation_id: uuid.UUID | None
    session_id: uuid.UUID | None
    asker: str
    told_at: datetime | None
    told_by: str | None
    created_at: datetime


@dataclass(frozen=True)
class GroupRow:
    """A group of questions in one state.

    `id` is of the question that was asked first and `text` its wording, `count` how often it was
    asked, `askers` who asked and is known by name or address, and `unknown_askers` how many
    sessions of others did.
    """

    id: uuid.UUID
    text: str
    count: int
    askers: tuple[str, ...]
    unknown_askers: int
    asked_at: datetime
    dismissed_reason: str = ""


def group_key() -> Any:
    """The id of a question's group: its own while it has none."""
    return func.coalesce(Question.group_id, Question.id)


def get_question(session: Session, *, question_id: uuid.UUID) -> Question | None:
    return session.exec(select(Question).where(Question.id == question_id)).first()


def list_questions_of(
    session: Session, *, group_id: uuid.UUID, for_update: bool = False
) -> list[Question]:
    """Every question of a group, first asked first."""
    # Two conditions in place of `group_key`, so that the index on the group is used.
    statement = (
        select(Question)
        .where(
            (col(Question.group_id) == group_id)
            | ((col(Question.id) == group_id) & col(Question.group_id).is_(None))
        )
        .order_by(col(Question.id))
    )
    return list(session.exec(statement.with_for_update() if for_update else statement).all())


def list_questions_of_message(session: Session, *, message_id: uuid.UUID) -> list[Question]:
    statement = select(Question).where(Question.message_id == message_id).order_by(col(Question.id))
    return list(session.exec(statement).all())


def list_changed(
    session: Session, *, since: datetime | None, limit: int
) -> Sequence[tuple[uuid.UUID, uuid.UUID | None, str, datetime]]:
    """Id, group, words and last change of the questions changed since a moment, newest first."""
    statement = select(Question.id, Question.group_id, Question.text, Question.updated_at)
    if since is not None:
        statement = statement.where(Question.updated_at >= since)
    return session.exec(statement.order_by(col(Question.id).desc()).limit(limit)).all()


def count_questions(session: Session) -> int:
    return int(session.exec(select(func.count()).select_from(Question)).one())


def list_groups(
    session: Session, request: PageRequest, *, status: str, search: str = ""
) -> PageOf[GroupRow]:
    """The groups with a question in this state: most asked first, then last asked first."""
    key, count = group_key(), func.count()
    last = func.max(col(Question.created_at), type_=UtcDateTime())
    statement: Any = (
        select(key, count, last)
        .where(Question.status == status)
        .group_by(key)
        .order_by(count.desc(), last.desc(), key.desc())
    )
    if search:
        # A group is found by any of its wordings, and then counted whole.
        found = select(group_key()).where(contains(search, col(Question.text)))
        statement = statement.where(key.in_(found))
    rows, total = read_page(session, statement, request)
    asked = _list_asked(session, [row[0] for row in rows], status=status)
    reasons = _list_reasons(session, [row[0] for row in rows])
    items = tuple(
        build_group(asked[row[0]], int(row[1]), row[2], reasons.get(row[0], ""))
        for row in rows
        if asked.get(row[0])
    )
    return PageOf(items, total, request.page, request.size)


def build_group(
    questions: Sequence[AskedQuestion],
    count: int,
    asked_at: datetime,
    reason: str = "",
) -> GroupRow:
    named = {question.asker: None for question in questions if question.asker}
    unknown = {question.session_id for question in questions if not question.asker}
    return GroupRow(
        id=questions[0].id,
        text=questions[0].text,
        count=count,
        askers=tuple(named),
        unknown_askers=len(unknown),
        asked_at=asked_at,
        dismissed_reason=reason,
    )


def list_asked(session: Session, questions: Sequence[Question]) -> tuple[AskedQuestion, ...]:
    """Questions with who asked them."""
    conversation_ids = {q.conversation_id for q in questions if q.conversation_id is not None}
    sessions = _list_sessions(session, conversation_ids)
    names = list_askers(session, conversation_ids)
    return tuple(
        AskedQuestion(
            id=question.id,
            text=question.text,
            status=question.status,
            conversation_id=question.conversation_id,
            session_id=sessions.get(question.conversation_id or question.id),
            asker=names.get(question.conversation_id or question.id, ""),
            told_at=question.told_at,
            told_by=question.told_by,
            created_at=question.created_at,
        )
        for question in questions
    )


def list_askers(session: Session, conversation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Conversation -> what to call its visitor, where they left a contact in it."""
    if not conversation_ids:
        return {}
    left = select(Contact.conversation_id, Contact.name, Contact.email, Contact.phone).where(
        col(Contact.conversation_id).in_(conversation_ids)
    )
    linked = (
        select(ContactConversation.conversation_id, Contact.name, Contact.email, Contact.phone)
        .join(Contact, col(Contact.id) == col(ContactConversation.contact_id))
        .where(col(ContactConversation.conversation_id).in_(conversation_ids))
    )
    return {
        conversation_id: name or email or phone or ""
        for statement in (left, linked)
        for conversation_id, name, email, phone in session.exec(statement)
        if conversation_id is not None
    }


def _list_asked(
    session: Session, group_ids: Collection[uuid.UUID], *, status: str
) -> dict[uuid.UUID, list[AskedQuestion]]:
    if not group_ids:
        return {}
    statement = (
        select(Question)
        .where(group_key().in_(group_ids), Question.status == status)
        .order_by(col(Question.id))
        .limit(READ_QUESTIONS * 5)
    )
    rows = list(session.exec(statement).all())
    found: dict[uuid.UUID, list[AskedQuestion]] = defaultdict(list)
    for row, asked in zip(rows, list_asked(session, rows), strict=True):
        found[row.group_id or row.id].append(asked)
    return found


def _list_reasons(session: Session, group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not group_ids:
        return {}
    statement = select(group_key(), Question.dismissed_reason).where(
        group_key().in_(group_ids), col(Question.dismissed_reason).is_not(None)
    )
    return {key: reason for key, reason in session.exec(statement) if reason}


def _list_sessions(
    session: Session, conversation_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    if not conversation_ids:
        return {}
    statement = select(Conversation.id, Conversation.session_id).where(
        col(Conversation.id).in_(conversation_ids)
    )
    return dict(session.exec(statement).all())
