"""The owner's inbox: all conversations as one list, and what is unread or waits for the owner.

One statement finds a page of the list and one counts it, whatever is asked of it. Read-only but for
the mark of reading.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, func, select

from chatbot.storage.inbox_rows import SPOKEN, ChatRow, is_unread, last, list_chats_by_id
from chatbot.storage.models import (
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
from chatbot.storage.pages import PageOf, PageRequest, contains, read_page
from chatbot.storage.rows import update_rows


class InboxFilter(StrEnum):
    """Which conversations are wanted; "needs me" is what waits for a word of the owner."""

    ALL = "all"
    NEEDS_ME = "needs_me"
    ESCALATED = "escalated"
    CONTACT = "contact"
    JOB = "job"
    TODAY = "today"


def list_chats(
    session: Session,
    request: PageRequest,
    *,
    only: InboxFilter = InboxFilter.ALL,
    today_since: datetime | None = None,
    search: str = "",
) -> PageOf[ChatRow]:
    """Conversations in which the visitor has written or asked for the owner, latest activity first.

    `today_since` is when the owner's day began, for `InboxFilter.TODAY`. `search` looks into the
    messages that stand, and into the names, companies and addresses of contacts.
    """
    statement = (
        select(Conversation.id)
        .where(_is_listed(), *_filter(only, today_since))
        .order_by(col(Conversation.active_at).desc(), col(Conversation.id).desc())
    )
    if search:
        statement = statement.where(_holds(search))
    ids, total = read_page(session, statement, request)
    return PageOf(list_chats_by_id(session, ids), total, request.page, request.size)


def count_waiting(session: Session) -> int:
    """How many conversations wait for a word of the owner."""
    statement = select(func.count()).select_from(Conversation).where(_is_listed(), _needs_owner())
    return int(session.exec(statement).one())


def list_chats_of_session(
    session: Session, *, session_id: uuid.UUID, but: uuid.UUID, limit: int
) -> tuple[ChatRow, ...]:
    """The other conversations of the same visitor, latest first."""
    statement = (
        select(Conversation.id)
        .where(Conversation.session_id == session_id, Conversation.id != but, _is_listed())
        .order_by(col(Conversation.active_at).desc(), col(Conversation.id).desc())
        .limit(limit)
    )
    return list_chats_by_id(session, session.exec(statement).all())


def mark_read(session: Session, *, conversation_id: uuid.UUID, until: datetime) -> None:
    """Note that the owner has seen everything up to a moment; never takes a later mark back."""
    update_rows(
        session,
        Conversation,
        col(Conversation.id) == conversation_id,
        or_(col(Conversation.owner_read_at).is_(None), col(Conversation.owner_read_at) < until),
        values={"owner_read_at": until},
    )


def mark_unread(session: Session, *, conversation_id: uuid.UUID) -> bool:
    """Make a conversation look as if the owner had never opened it; False when it is gone."""
    here = col(Conversation.id) == conversation_id
    return update_rows(session, Conversation, here, values={"owner_read_at": None}) > 0


def _is_listed() -> ColumnElement[bool]:
    """Whoever only asked for the owner has written nothing, and must not be overlooked."""
    return or_(col(Conversation.title) != "", _is_in(Escalation.conversation_id))


def _is_in(column: Any, *conditions: Any) -> ColumnElement[bool]:
    """Whether the conversation is among those that the rows of another table name."""
    named = select(column).where(col(column).is_not(None), *conditions)
    return col(Conversation.id).in_(named)


def _filter(only: InboxFilter, today_since: datetime | None) -> list[Any]:
    match only:
        case InboxFilter.NEEDS_ME:
            return [_needs_owner()]
        case InboxFilter.ESCALATED:
            return [_is_in(Escalation.conversation_id)]
        case InboxFilter.CONTACT:
            linked = _is_in(ContactConversation.conversation_id)
            return [or_(_is_in(Contact.conversation_id), linked)]
        case InboxFilter.JOB:
            return [_is_in(JobDescription.conversation_id)]
        case InboxFilter.TODAY if today_since is not None:
            return [col(Conversation.active_at) >= today_since]
    return []


def _needs_owner() -> ColumnElement[bool]:
    return or_(
        _is_in(Escalation.conversation_id, Escalation.status == EscalationStatus.OPEN),
        and_(col(Conversation.status) == ConversationStatus.ESCALATED, is_unread()),
        and_(
            col(Conversation.floor) == Floor.OWNER,
            last(Message.role, SPOKEN) == Role.USER,
        ),
    )


def _holds(words: str) -> ColumnElement[bool]:
    spoken = _is_in(
        Message.conversation_id,
        contains(words, col(Message.content)),
        col(Message.replaced_at).is_(None),
    )
    known = contains(words, *map(col, (Contact.name, Contact.email, Contact.company)))
    linked = select(ContactConversation.conversation_id).join(
        Contact, col(Contact.id) == col(ContactConversation.contact_id)
    )
    return or_(
        spoken,
        _is_in(Contact.conversation_id, known),
        col(Conversation.id).in_(linked.where(known)),
    )
