"""What a visitor's page shows, as plain values: the page, the API and the tests read only these."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from chatbot.events import Citation
from chatbot.people.presence import PresenceView


@dataclass(frozen=True)
class MessageView:
    """One message as it may be shown.

    `role` is user, assistant, owner or notice; `status` is streaming, done, interrupted or failed.
    `error` is the engine's code of why it ended early (stopped, restart, length, broken, provider,
    taken_over, internal). `limited` marks an answer made from the profile without a model. `text`
    is plain text or the model's Markdown, never trusted; `[1]` in it points at the citation with
    that number.
    """

    id: uuid.UUID
    role: str
    text: str
    status: str
    created_at: datetime
    limited: bool = False
    error: str | None = None
    citations: tuple[Citation, ...] = ()
    feedback: str | None = None


@dataclass(frozen=True)
class ChatSummary:
    """One line of the visitor's list of chats."""

    id: uuid.UUID
    title: str
    active_at: datetime


@dataclass(frozen=True)
class EscalationView:
    """That the owner has been told of a chat, since when, and whether they have taken it up."""

    told_at: datetime
    is_taken: bool = False


@dataclass(frozen=True)
class ContactReceipt:
    """That a visitor's details are stored. It reads the same whether the address was known.

    `next_form_id` is the id under which the page sends its next form.
    """

    email: str
    has_consented: bool
    next_form_id: str


@dataclass(frozen=True)
class ChatView:
    """Everything that the chat page shows of one conversation.

    `token` is the visitor's secret and goes to their browser only. `next_message_id` is the client
    message id that the page sends back with its next message: a double click sends it twice and
    finds the same turn. `status_line` says in a few words what the bot is doing while no text has
    come yet. `has_earlier` says that older messages exist than the ones in `messages`.
    `read_at` (`time.monotonic`) is before everything that it may not show yet. While `has_owner`
    the owner has the floor and the bot is silent; `presence` says whether the owner is about.
    """

    token: str
    session_id: uuid.UUID
    conversation_id: uuid.UUID
    messages: tuple[MessageView, ...]
    chats: tuple[ChatSummary, ...]
    next_message_id: str
    is_answering: bool = False
    is_ended: bool = False
    is_escalated: bool = False
    is_limited: bool = False
    has_earlier: bool = False
    status_line: str = ""
    escalation: EscalationView | None = None
    read_at: float = 0.0
    has_owner: bool = False
    presence: PresenceView | None = None
