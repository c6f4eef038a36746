"""Which rows are a visitor's: the one place that says so, for the download and for the erasure.

Every table of the schema is in `VISITOR_TABLES` or in `OWN_TABLES`; a test fails for a table that
is in neither, so that none is forgotten.
"""

import uuid
from collections.abc import Collection
from typing import Any

from sqlmodel import col, or_, select

from chatbot.storage.models import (
    ActionLink,
    Answer,
    AnswerVersion,
    Booking,
    BudgetDay,
    ChatSession,
    Contact,
    ContactConversation,
    Conversation,
    Delivery,
    EmailCode,
    EmailMessage,
    Embedding,
    Erasure,
    Escalation,
    ExamRun,
    JobDescription,
    Lease,
    Message,
    Notification,
    OwnerSession,
    OwnerState,
    Question,
    SignInTries,
    Table,
    ToolCall,
    Withheld,
)

Rows = dict[type[Table], Any]

VISITOR_TABLES: frozenset[type[Table]] = frozenset(
    {
        ActionLink,
        Booking,
        ChatSession,
        Contact,
        ContactConversation,
        Conversation,
        Delivery,
        EmailCode,
        EmailMessage,
        Escalation,
        JobDescription,
        Message,
        Notification,
        Question,
        ToolCall,
        Withheld,
    }
)
# Knowledge is the owner's own words and what they approved; the rest holds no visitor's text.
OWN_TABLES: frozenset[type[Table]] = frozenset(
    {
        Answer,
        AnswerVersion,
        BudgetDay,
        Embedding,
        Erasure,
        ExamRun,
        Lease,
        OwnerSession,
        OwnerState,
        SignInTries,
    }
)


def chat_rows(conversation_ids: Collection[uuid.UUID]) -> Rows:
    """What was said in these conversations, as a condition for each table, in the order in which
    rows can be deleted."""
    messages = select(Message.id).where(col(Message.conversation_id).in_(conversation_ids))
    return {
        ToolCall: col(ToolCall.message_id).in_(messages),
        Withheld: col(Withheld.message_id).in_(messages),
        Question: or_(
            col(Question.conversation_id).in_(conversation_ids),
            col(Question.message_id).in_(messages),
        ),
        JobDescription: or_(
            col(JobDescription.conversation_id).in_(conversation_ids),
            col(JobDescription.message_id).in_(messages),
        ),
        Message: col(Message.conversation_id).in_(conversation_ids),
        Escalation: col(Escalation.conversation_id).in_(conversation_ids),
    }


def visit_rows(session_id: uuid.UUID, conversation_ids: Collection[uuid.UUID]) -> Rows:
    """Everything of one session but its contacts, which others may share, and notifications."""
    return {
        **chat_rows(conversation_ids),
        Booking: or_(
            col(Booking.session_id) == session_id,
            col(Booking.conversation_id).in_(conversation_ids),
        ),
        ContactConversation: col(ContactConversation.conversation_id).in_(conversation_ids),
        Conversation: col(Conversation.id).in_(conversation_ids),
        EmailMessage: col(EmailMessage.session_id) == session_id,
        EmailCode: col(EmailCode.session_id) == session_id,
        ChatSession: col(ChatSession.id) == session_id,
    }


def contacts_of(session_id: uuid.UUID, conversation_ids: Collection[uuid.UUID]) -> Any:
    """The contacts that a session has to do with: left there first, named there, or booked for."""
    linked = select(ContactConversation.contact_id).where(
        col(ContactConversation.conversation_id).in_(conversation_ids)
    )
    booked = select(Booking.contact_id).where(
        visit_rows(session_id, conversation_ids)[Booking], col(Booking.contact_id).is_not(None)
    )
    return or_(
        col(Contact.conversation_id).in_(conversation_ids),
        col(Contact.id).in_(linked),
        col(Contact.id).in_(booked),
    )
