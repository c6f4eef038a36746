"""One conversation as the owner reads it: every message, and all that is known around it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from chatbot.storage.inbox import list_chats_of_session
from chatbot.storage.inbox_rows import ChatRow, list_chats_by_id
from chatbot.storage.models import (
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    EmailCode,
    Escalation,
    JobDescription,
    Message,
    Question,
    ToolCall,
    Withheld,
)

OTHER_CHATS = 5
KNOWN_ROWS = 20


@dataclass(frozen=True)
class TranscriptMessage:
    """One message with all that the owner may know of it.

    `is_replaced` marks what the visitor edited away or had answered again: they no longer see it.
    `tools` names the tools that its turn ran, with their outcome: "record_user_details: done".
    `withheld` are sentences of the model that the records did not support: nobody else sees them.
    `cost_micro_usd` and the tokens are None where they are not known.
    """

    id: uuid.UUID
    role: str
    text: str
    status: str
    created_at: datetime
    is_replaced: bool
    limited: bool
    error: str | None
    confidence: float | None
    feedback: str | None
    feedback_reason: str | None
    citations: tuple[dict[str, Any], ...]
    tools: tuple[str, ...]
    withheld: tuple[str, ...] = ()
    client_message_id: str | None = None
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_micro_usd: int | None = None


@dataclass(frozen=True)
class VisitorContact:
    """Details that the visitor of a conversation left; `is_confirmed` is whether this visitor has
    proved the address, which anybody can type."""

    id: uuid.UUID
    name: str
    email: str
    phone: str
    company: str
    status: str
    has_consented: bool
    is_confirmed: bool = False


@dataclass(frozen=True)
class Job:
    """A job description that the visitor pasted and has not edited away, with its fit sheet."""

    id: uuid.UUID
    title: str
    text: str
    created_at: datetime
    fit: dict[str, Any] | None = None


@dataclass(frozen=True)
class FiledQuestion:
    """A question of the visitor that the bot could not answer."""

    id: uuid.UUID
    text: str
    status: str


@dataclass(frozen=True)
class EscalationTimes:
    """When and why the conversation was handed to the owner, and how that went on."""

    id: uuid.UUID
    reason: str
    note: str
    status: str
    opened_at: datetime
    taken_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class Transcript:
    """A conversation, its last messages, oldest first, and what is known of the visitor.

    `has_earlier` says that there are messages before these. `cost_micro_usd` is the cost of all its
    messages, those before these and those that were replaced included; None when not one of them is
    known. `other_chats` are further ones of the same visitor. While `shares_facts` the bot may tell
    this visitor what the owner shares on request only.
    """

    chat: ChatRow
    messages: tuple[TranscriptMessage, ...]
    has_earlier: bool
    contacts: tuple[VisitorContact, ...]
    jobs: tuple[Job, ...]
    questions: tuple[FiledQuestion, ...]
    escalations: tuple[EscalationTimes, ...]
    other_chats: tuple[ChatRow, ...]
    cost_micro_usd: int | None
    locale: str
    first_seen_at: datetime
    shares_facts: bool = False


def get_transcript(
    session: Session, *, conversation_id: uuid.UUID, limit: int
) -> Transcript | None:
    """A conversation with its last `limit` messages, those that were replaced included."""
    chat = next(iter(list_chats_by_id(session, [conversation_id])), None)
    if chat is None:
        return None
    messages, has_earlier = _list_messages(session, conversation_id, limit)
    visitor = session.get_one(ChatSession, chat.session_id)
    return Transcript(
        chat=chat,
        messages=messages,
        has_earlier=has_earlier,
        contacts=_list_contacts(session, conversation_id, session_id=chat.session_id),
        jobs=_list_jobs(session, conversation_id),
        questions=_list_questions(session, conversation_id),
        escalations=_list_escalations(session, conversation_id),
        other_chats=list_chats_of_session(
            session, session_id=chat.session_id, but=chat.id, limit=OTHER_CHATS
        ),
        cost_micro_usd=_sum_cost(session, conversation_id),
        locale=visitor.locale or "",
        first_seen_at=visitor.first_seen_at,
        shares_facts=session.get_one(Conversation, conversation_id).facts_approved_at is not None,
    )


def _list_messages(
    session: Session, conversation_id: uuid.UUID, limit: int
) -> tuple[tuple[TranscriptMessage, ...], bool]:
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id)
        .order_by(col(Message.id).desc())
        .limit(limit + 1)
    )
    found = list(reversed(session.exec(statement).all()))
    shown = found[-limit:]
    ids = [message.id for message in shown]
    tools, held = _list_tools(session, ids), _list_withheld(session, ids)
    built = (_build_message(row, tools.get(row.id, ()), held.get(row.id, ())) for row in shown)
    return tuple(built), len(found) > limit


def _list_withheld(
    session: Session, message_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, ...]]:
    statement = (
        select(Withheld.message_id, Withheld.text)
        .where(col(Withheld.message_id).in_(message_ids))
        .order_by(col(Withheld.id))
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for message_id, text in session.exec(statement):
        found[message_id] = (*found.get(message_id, ()), text)
    return found


def _list_tools(
    session: Session, message_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, ...]]:
    statement = (
        select(ToolCall.message_id, ToolCall.name, ToolCall.outcome)
        .where(col(ToolCall.message_id).in_(message_ids))
        .order_by(col(ToolCall.message_id), col(ToolCall.position))
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for message_id, name, outcome in session.exec(statement):
        found[message_id] = (*found.get(message_id, ()), f"{name}: {outcome}")
    return found


def _build_message(
    row: Message, tools: tuple[str, ...], withheld: tuple[str, ...]
) -> TranscriptMessage:
    return TranscriptMessage(
        id=row.id,
        role=row.role,
        text=row.content,
        status=row.status,
        created_at=row.created_at,
        is_replaced=row.replaced_at is not None,
        limited=row.limited,
        error=row.error,
        confidence=row.confidence,
        feedback=row.feedback,
        feedback_reason=row.feedback_reason,
        citations=tuple(row.citations),
        tools=tools,
        withheld=withheld,
        client_message_id=row.client_message_id,
        model=row.model,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cost_micro_usd=row.cost_micro_usd,
    )


def _list_contacts(
    session: Session, conversation_id: uuid.UUID, *, session_id: uuid.UUID
) -> tuple[VisitorContact, ...]:
    proofs = select(EmailCode.email).where(
        EmailCode.session_id == session_id, col(EmailCode.used_at).is_not(None)
    )
    proved = set(session.exec(proofs).all())
    linked = select(ContactConversation.contact_id).where(
        ContactConversation.conversation_id == conversation_id
    )
    statement = (
        select(Contact)
        .where(or_(col(Contact.conversation_id) == conversation_id, col(Contact.id).in_(linked)))
        .order_by(col(Contact.updated_at).desc(), col(Contact.id).desc())
        .limit(KNOWN_ROWS)
    )
    return tuple(
        VisitorContact(
            id=row.id,
            name=row.name or "",
            email=row.email or "",
            phone=row.phone or "",
            company=row.company or "",
            status=row.status,
            has_consented=row.consent_at is not None,
            is_confirmed=row.email in proved,
        )
        for row in session.exec(statement)
    )


def _list_jobs(session: Session, conversation_id: uuid.UUID) -> tuple[Job, ...]:
    statement = (
        select(JobDescription)
        .join(Message, col(Message.id) == col(JobDescription.message_id), isouter=True)
        .where(
            JobDescription.conversation_id == conversation_id, col(Message.replaced_at).is_(None)
        )
        .order_by(col(JobDescription.id).desc())
        .limit(KNOWN_ROWS)
    )
    # The same one sent twice is one.
    rows = {row.text: row for row in session.exec(statement)}
    return tuple(Job(row.id, row.title, row.text, row.created_at, row.fit) for row in rows.values())


def _list_questions(session: Session, conversation_id: uuid.UUID) -> tuple[FiledQuestion, ...]:
    statement = (
        select(Question.id, Question.text, Question.status)
        .where(Question.conversation_id == conversation_id)
        .order_by(col(Question.id).desc())
        .limit(KNOWN_ROWS)
    )
    return tuple(FiledQuestion(*row) for row in session.exec(statement))


def _list_escalations(session: Session, conversation_id: uuid.UUID) -> tuple[EscalationTimes, ...]:
    statement = (
        select(Escalation)
        .where(Escalation.conversation_id == conversation_id)
        .order_by(col(Escalation.opened_at).desc(), col(Escalation.id).desc())
        .limit(KNOWN_ROWS)
    )
    return tuple(
        EscalationTimes(
            id=row.id,
            reason=row.reason,
            note=row.note,
            status=row.status,
            opened_at=row.opened_at,
            taken_at=row.taken_at,
            resolved_at=row.resolved_at,
        )
        for row in session.exec(statement)
    )


def _sum_cost(session: Session, conversation_id: uuid.UUID) -> int | None:
    statement = select(func.sum(Message.cost_micro_usd)).where(
        Message.conversation_id == conversation_id
    )
    total = session.exec(statement).one()
    return None if total is None else int(total)
