"""The rows of the owner's inbox: each conversation with what belongs to its line.

Rows cost a fixed number of statements, however many they are. Read-only.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from chatbot.storage.models import (
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    ConversationStatus,
    Escalation,
    EscalationStatus,
    Floor,
    JobDescription,
    Message,
    Role,
)

PREVIEW_CHARACTERS = 200
SPOKEN = (Role.USER, Role.ASSISTANT, Role.OWNER)


@dataclass(frozen=True)
class ChatRow:
    """One conversation as a line of the list.

    `contact` and `company` are the visitor's, "" when unknown; `questions` counts their messages
    that stand. `last_role` and `last_text` are the end of what was said, cut to a few lines.
    `escalation` and `reason` are those of its latest escalation, "" without one. `is_waiting` says
    that the owner has the floor and the visitor has spoken last.
    """

    id: uuid.UUID
    session_id: uuid.UUID
    title: str
    status: str
    floor: str
    channel: str
    referrer_host: str | None
    contact: str
    company: str
    questions: int
    created_at: datetime
    active_at: datetime
    last_role: str = ""
    last_text: str = ""
    escalation: str = ""
    reason: str = ""
    job_title: str = ""
    has_job: bool = False
    is_unread: bool = False

    @property
    def is_taken_over(self) -> bool:
        return self.floor == Floor.OWNER

    @property
    def is_waiting(self) -> bool:
        return self.is_taken_over and self.last_role == Role.USER

    @property
    def needs_owner(self) -> bool:
        """As `InboxFilter.NEEDS_ME` finds it."""
        is_unheard = self.status == ConversationStatus.ESCALATED and self.is_unread
        return self.escalation == EscalationStatus.OPEN or is_unheard or self.is_waiting


def list_chats_by_id(
    session: Session, ids: Collection[uuid.UUID], *, limit: int | None = None
) -> tuple[ChatRow, ...]:
    """These conversations, latest activity first."""
    if not ids:
        return ()
    statement = (
        select(  # type: ignore[call-overload]
            Conversation,
            ChatSession.channel,
            ChatSession.referrer_host,
            is_unread().label("is_unread"),
            last(Message.id, SPOKEN).label("last_id"),
        )
        .join(ChatSession, col(ChatSession.id) == col(Conversation.session_id))
        .where(col(Conversation.id).in_(ids))
        .order_by(col(Conversation.active_at).desc(), col(Conversation.id).desc())
        .limit(limit)
    )
    return _build_chats(session, session.exec(statement).all())


def is_unread() -> ColumnElement[bool]:
    """Whether the visitor's last message came after the owner last read, if they ever did."""
    spoken_at = last(Message.created_at, (Role.USER,))
    read_at = col(Conversation.owner_read_at)
    never = and_(read_at.is_(None), spoken_at.is_not(None))
    return func.coalesce(or_(never, spoken_at > read_at), False)


def last(column: Any, roles: Sequence[Role]) -> Any:
    """A column of the conversation's last message that stands and is of one of these roles."""
    return (
        select(column)
        .where(
            Message.conversation_id == Conversation.id,
            col(Message.role).in_(roles),
            col(Message.replaced_at).is_(None),
        )
        .order_by(col(Message.id).desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )


def _build_chats(session: Session, rows: Sequence[Any]) -> tuple[ChatRow, ...]:
    ids = [row.id for row, *_ in rows]
    people = _list_people(session, ids)
    questions = _count_questions(session, ids)
    ends = _list_ends(session, [last_id for *_, last_id in rows if last_id is not None])
    escalations = _list_escalations(session, ids)
    jobs = _list_job_titles(session, ids)
    chats = []
    for row, channel, referrer_host, is_unread, last_id in rows:
        name, company = people.get(row.id, ("", ""))
        last_role, last_text = ends.get(last_id, ("", ""))
        escalation, reason = escalations.get(row.id, ("", ""))
        chats.append(
            ChatRow(
                id=row.id,
                session_id=row.session_id,
                title=row.title,
                status=row.status,
                floor=row.floor,
                channel=channel,
                referrer_host=referrer_host,
                contact=name,
                company=company,
                questions=questions.get(row.id, 0),
                created_at=row.created_at,
                active_at=row.active_at,
                last_role=last_role,
                last_text=last_text,
                escalation=escalation,
                reason=reason,
                job_title=jobs.get(row.id, ""),
                has_job=row.id in jobs,
                is_unread=bool(is_unread),
            )
        )
    return tuple(chats)


def _list_people(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """What to call the visitor of each conversation that left a contact, and their company."""
    first_left = (
        select(Contact.conversation_id, Contact)
        .where(col(Contact.conversation_id).in_(ids))
        .order_by(col(Contact.id))
    )
    linked = (
        select(ContactConversation.conversation_id, Contact)
        .join(Contact, col(Contact.id) == col(ContactConversation.contact_id))
        .where(col(ContactConversation.conversation_id).in_(ids))
        .order_by(col(Contact.id))
    )
    rows = [*session.exec(first_left), *session.exec(linked)]
    return {
        key: (contact.name or contact.email or contact.phone or "", contact.company or "")
        for key, contact in rows
        if key is not None
    }


def _count_questions(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    statement = (
        select(Message.conversation_id, func.count())
        .where(
            col(Message.conversation_id).in_(ids),
            Message.role == Role.USER,
            col(Message.replaced_at).is_(None),
        )
        .group_by(col(Message.conversation_id))
    )
    return dict(session.exec(statement).all())


def _list_ends(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    beginning = func.substr(col(Message.content), 1, PREVIEW_CHARACTERS)
    statement = select(Message.id, Message.role, beginning).where(col(Message.id).in_(ids))
    return {key: (role, text) for key, role, text in session.exec(statement)}


def _list_escalations(
    session: Session, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, str]]:
    statement = (
        select(Escalation.conversation_id, Escalation.status, Escalation.reason)
        .where(col(Escalation.conversation_id).in_(ids))
        .order_by(col(Escalation.id))
    )
    return {key: (status, reason) for key, status, reason in session.exec(statement)}


def _list_job_titles(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    statement = (
        select(JobDescription.conversation_id, JobDescription.title)
        .where(col(JobDescription.conversation_id).in_(ids))
        .order_by(col(JobDescription.id))
    )
    return {key: title for key, title in session.exec(statement) if key is not None}
