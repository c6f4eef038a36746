"""The tables. Nothing here reads or writes; `storage/*.py` does.

Keys are UUIDv7 made by the app and rows are append-only where that is possible, because two copies
of the database can then be merged by primary key after a Space restarted in the middle of a write.
"""

import os
import threading
import time
import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_uuid_lock = threading.Lock()
_last_uuid_tick = 0


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7) that is greater than every one this process made before.

    The 12 bits after the milliseconds count fractions of one (method 3 of section 6.2), so messages
    of one transaction keep their order when sorted by key.
    """
    global _last_uuid_tick
    with _uuid_lock:
        tick = time.time_ns() * 4096 // 1_000_000
        _last_uuid_tick = tick = max(tick, _last_uuid_tick + 1)
    millis, fraction = divmod(tick, 4096)
    random_bits = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=millis << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random_bits)


def utc_now() -> datetime:
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, in UTC on every database: aware in Python, without a zone in the table."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            from sqlalchemy.dialects.mysql import DATETIME

            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class LongText(TypeDecorator[str]):
    """Text of any length: MySQL's own TEXT ends at 64 kB."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            from sqlalchemy.dialects.mysql import LONGTEXT

            return dialect.type_descriptor(LONGTEXT())
        return super().load_dialect_impl(dialect)


class Channel(StrEnum):
    PAGE = "page"
    WIDGET = "widget"
    API = "api"
    MCP = "mcp"


class ConversationStatus(StrEnum):
    """`ERASED` is what is left where a contact or a call still refers to it: for programs it is
    gone, and a page whose chat it was goes on in it as in a new one."""

    ACTIVE = "active"
    ESCALATED = "escalated"
    CLOSED = "closed"
    ERASED = "erased"


class Floor(StrEnum):
    BOT = "bot"
    OWNER = "owner"


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    OWNER = "owner"
    NOTICE = "notice"


class MessageStatus(StrEnum):
    STREAMING = "streaming"
    DONE = "done"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Feedback(StrEnum):
    UP = "up"
    DOWN = "down"


class ContactStatus(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    IN_TALKS = "in_talks"
    CLOSED = "closed"
    JUNK = "junk"


class QuestionStatus(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class EscalationStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    RESOLVED = "resolved"


class EscalationReason(StrEnum):
    REQUESTED = "requested"
    KEYWORD = "keyword"
    LOW_CONFIDENCE = "low_confidence"
    TECHNICAL = "technical"
    COMPLAINT = "complaint"
    URGENT = "urgent"


class NotificationStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    GATHERED = "gathered"
    SKIPPED = "skipped"


class BookingStatus(StrEnum):
    HELD = "held"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


def _no_items() -> list[dict[str, Any]]:
    # A function of our own: pydantic reads a builtin's signature anew for every row (0.07 ms).
    return []


def _no_values() -> dict[str, Any]:
    return {}


naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Binary collation, because keys and tokens compare byte by byte on the other databases.
MYSQL_OPTIONS = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


class Table(SQLModel):
    """What every table has in common."""

    metadata = MetaData(naming_convention=naming_convention)
    __table_args__: Any = MYSQL_OPTIONS


class ChatSession(Table, table=True):
    """One visitor's stay. Only whoever holds the token (stored as SHA-256) is this visitor."""

    __tablename__ = "chat_session"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    channel: str = Field(default=Channel.PAGE, max_length=16)
    referrer_host: str | None = Field(default=None, max_length=255)
    details: dict[str, Any] = Field(default_factory=_no_values, sa_type=JSON)
    locale: str | None = Field(default=None, max_length=35)
    address_hash: str | None = Field(default=None, max_length=64)
    consent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    last_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Conversation(Table, table=True):
    """The messages that one visitor and the owner's side exchange about one matter.

    `history_from` is the first message that the model is still given: it moves forward in blocks,
    so that the prompt's prefix stays the same for many turns. `floor_epoch` rises with every change
    of the floor; a bot message commits only under the epoch it was started with. While the owner
    has the floor, `taken_at` says since when and `owner_active_at` when they last did something.
    `facts_approved_at` is set while the owner shares what they share on request only.
    """

    __tablename__ = "conversation"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    session_id: uuid.UUID = Field(foreign_key="chat_session.id", index=True)
    status: str = Field(default=ConversationStatus.ACTIVE, max_length=16)
    floor: str = Field(default=Floor.BOT, max_length=16)
    floor_epoch: int = 0
    title: str = Field(default="", max_length=120)
    history_from: uuid.UUID | None = None
    owner_read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    owner_active_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    facts_approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    opened_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    active_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Message(Table, table=True):
    """One stored utterance. The id of an assistant message is also the id of its turn.

    `reply_to` is the user message that the turn answers. `client_message_id` stands on the message
    that the visitor's click made: the user message, or the assistant message of a retry or a
    continuation. `replaced_at` marks what the visitor edited away or had answered again: it is kept
    for the owner, and neither shown to the visitor nor given to the model. `confidence` is set on
    answers to career questions only. `reviewed_at` is when the owner dealt with a thumb down.
    `reserved_micro_usd` is what the turn still holds of the
    budget of `budget_day`, in millionths of a US dollar.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_message_id"),
        Index("ix_message_conversation_id_id", "conversation_id", "id"),
        Index("ix_message_role_created_at", "role", "created_at"),
        MYSQL_OPTIONS,
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    conversation_id: uuid.UUID = Field(foreign_key="conversation.id")
    role: str = Field(max_length=16)
    content: str = Field(default="", sa_type=LongText)
    status: str = Field(default=MessageStatus.DONE, max_length=16, index=True)
    client_message_id: str | None = Field(default=None, max_length=64)
    reply_to: uuid.UUID | None = None
    run_id: uuid.UUID | None = None
    limited: bool = False
    error: str | None = Field(default=None, max_length=40)
    model: str | None = Field(default=None, max_length=120)
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost_micro_usd: int | None = Field(default=None, sa_type=BigInteger)
    reserved_micro_usd: int = Field(default=0, sa_type=BigInteger)
    budget_day: str | None = Field(default=None, max_length=10)
    first_text_ms: int | None = None
    total_ms: int | None = None
    confidence: float | None = None
    citations: list[dict[str, Any]] = Field(default_factory=_no_items, sa_type=JSON)
    feedback: str | None = Field(default=None, max_length=8)
    feedback_reason: str | None = Field(default=None, sa_type=LongText)
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ToolCall(Table, table=True):
    """A tool that a turn ran. (turn, position) is the idempotency key of its effect."""

    __tablename__ = "tool_call"
    __table_args__ = (UniqueConstraint("message_id", "position"), MYSQL_OPTIONS)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    message_id: uuid.UUID = Field(foreign_key="message.id")
    position: int
    name: str = Field(max_length=64)
    arguments: str = Field(default="", sa_type=LongText)
    result: str = Field(default="", sa_type=LongText)
    outcome: str = Field(max_length=16)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Withheld(Table, table=True):
    """A sentence of the model that the records did not support. Nobody sees it but the owner;
    `reason` is the part of it that was not found."""

    __tablename__ = "withheld"
    __table_args__ = (MYSQL_OPTIONS,)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    message_id: uuid.UUID = Field(foreign_key="message.id", index=True)
    text: str = Field(default="", sa_type=LongText)
    reason: str = Field(default="", sa_type=LongText)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Contact(Table, table=True):
    """A person who left their details. A known e-mail address is merged into its row.

    `notes` are the visitor's words, `owner_notes`, `tags` and the next step (on a day, as
    "2026-11-21") the owner's own. `junk_reason` says why it looks like junk; it is never dropped,
    and the reason is "" once the owner says that it is none.
    `conversation_id` is where it was first left; ContactConversation has all of them.
    """

    __tablename__ = "contact"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    email: str | None = Field(default=None, max_length=320, unique=True)
    phone: str | None = Field(default=None, max_length=20, index=True)
    name: str | None = Field(default=None, max_length=200)
    company: str | None = Field(default=None, max_length=200)
    notes: str = Field(default="", sa_type=LongText)
    owner_notes: str | None = Field(default=None, sa_type=LongText)
    tags: list[str] | None = Field(default=None, sa_type=JSON)
    next_step: str | None = Field(default=None, max_length=200)
    next_step_on: str | None = Field(default=None, max_length=10)
    junk_reason: str | None = Field(default=None, max_length=200)
    email_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: str = Field(default=ContactStatus.NEW, max_length=16)
    consent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    conversation_id: uuid.UUID | None = Field(default=None, foreign_key="conversation.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ContactConversation(Table, table=True):
    """That a contact was left, or spoke, in a conversation.

    `told` is what was told of the contact there (e-mail address, name, phone, company, lines of the
    notes, consent), so that whoever told it can have it erased although others know the address.
    """

    __tablename__ = "contact_conversation"

    contact_id: uuid.UUID = Field(foreign_key="contact.id", primary_key=True)
    conversation_id: uuid.UUID = Field(foreign_key="conversation.id", primary_key=True, index=True)
    told: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Question(Table, table=True):
    """A question that the bot could not answer; only the owner can answer or dismiss it.

    Questions with one `group_id` mean the same: it is the id of the first of them. `answer` and
    `answered_at` are set while it is answered (`answer_id` is the knowledge made of it),
    `dismissed_reason` while it is dismissed. `told_at` is when its asker was told of the answer, by
    `told_by` (chat or email).
    """

    __tablename__ = "question"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    text: str = Field(sa_type=LongText)
    group_id: uuid.UUID | None = Field(default=None, index=True)
    status: str = Field(default=QuestionStatus.OPEN, max_length=16, index=True)
    conversation_id: uuid.UUID | None = Field(default=None, foreign_key="conversation.id")
    message_id: uuid.UUID | None = Field(default=None, foreign_key="message.id")
    answer: str | None = Field(default=None, sa_type=LongText)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer_id: uuid.UUID | None = Field(default=None, index=True)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_by: str | None = Field(default=None, max_length=8)
    dismissed_reason: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Answer(Table, table=True):
    """Knowledge in the owner's own words: what they say to a question, as it holds now.

    `version` counts its changes, each kept as an AnswerVersion. While `withdrawn_at` is set it is
    not used. `message_id` is the bot's answer that it corrects, if it came from one.
    """

    __tablename__ = "answer"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    question: str = Field(sa_type=LongText)
    text: str = Field(sa_type=LongText)
    version: int = 1
    message_id: uuid.UUID | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


class AnswerVersion(Table, table=True):
    """An answer as it was under one version; undo makes a new version of an earlier one."""

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("answer_id", "version"), MYSQL_OPTIONS)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    answer_id: uuid.UUID = Field(foreign_key="answer.id")
    version: int
    question: str = Field(sa_type=LongText)
    text: str = Field(sa_type=LongText)
    is_withdrawn: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ExamRun(Table, table=True):
    """One replay of the owner's answers against profile, prompt and model; `results` has a row for
    each question asked."""

    __tablename__ = "exam_run"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    model: str | None = Field(default=None, max_length=120)
    profile_hash: str = Field(default="", max_length=64)
    status: str = Field(max_length=16)
    results: list[dict[str, Any]] = Field(default_factory=_no_items, sa_type=JSON)
    cost_micro_usd: int = Field(default=0, sa_type=BigInteger)
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JobDescription(Table, table=True):
    """A job description: a visitor's, in a conversation, or, without one, the owner's own.

    `trimmed` is what of it a model is told, `fit` its fit sheet (`FitSheet.to_json`), `source_url`
    where it was fetched; `text_hash` tells whether the same text was there before. `tailoring` is
    the owner's own conversation about it, oldest first: nothing that its visitor is shown.
    `worded` is how a model worded what the program says of it; statuses and quotes stay in `fit`.
    """

    __tablename__ = "job_description"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    conversation_id: uuid.UUID | None = Field(
        default=None, foreign_key="conversation.id", index=True
    )
    message_id: uuid.UUID | None = Field(default=None, foreign_key="message.id")
    title: str = Field(default="", max_length=200)
    text: str = Field(sa_type=LongText)
    trimmed: str | None = Field(default=None, sa_type=LongText)
    source_url: str | None = Field(default=None, max_length=500)
    text_hash: str | None = Field(default=None, max_length=64, index=True)
    fit: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    tailoring: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    worded: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Booking(Table, table=True):
    """A call with the owner: held for a few minutes while the visitor confirms, then booked.

    `live_starts_at` equals `starts_at` while it is held or booked and is then null: a unique column
    that allows one live booking per start on every database. `hold_until` ends a hold.
    `token_hash` opens the visitor's link to cancel and move it; `client_key` is the id that the
    page sent, so that a double click and a retry find the same booking. `sequence` counts changes
    for the calendar file (RFC 5545, SEQUENCE).
    """

    __tablename__ = "booking"
    __table_args__ = (UniqueConstraint("session_id", "client_key"), MYSQL_OPTIONS)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    session_id: uuid.UUID | None = Field(default=None, foreign_key="chat_session.id")
    conversation_id: uuid.UUID | None = Field(default=None, foreign_key="conversation.id")
    contact_id: uuid.UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    status: str = Field(max_length=16, index=True)
    starts_at: datetime = Field(sa_type=UtcDateTime, index=True)
    live_starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime, unique=True)
    minutes: int
    hold_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    time_zone: str = Field(default="UTC", max_length=64)
    name: str = Field(default="", max_length=200)
    email: str = Field(default="", max_length=320)
    topic: str = Field(default="", sa_type=LongText)
    token_hash: str | None = Field(default=None, max_length=64, unique=True)
    client_key: str | None = Field(default=None, max_length=64)
    sequence: int = 0
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class EmailMessage(Table, table=True):
    """A message to a visitor's address, written with what it tells and sent later."""

    __tablename__ = "email_message"
    __table_args__ = (
        Index("ix_email_message_status_next_attempt_at", "status", "next_attempt_at"),
        MYSQL_OPTIONS,
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    session_id: uuid.UUID | None = Field(default=None, foreign_key="chat_session.id", index=True)
    email: str = Field(max_length=320)
    subject: str = Field(max_length=200)
    text: str = Field(sa_type=LongText)
    file_name: str | None = Field(default=None, max_length=120)
    file_text: str | None = Field(default=None, sa_type=LongText)
    dedupe_key: str | None = Field(default=None, max_length=120, unique=True)
    status: str = Field(default=NotificationStatus.PENDING, max_length=16)
    attempts: int = 0
    next_attempt_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    claimed_by: uuid.UUID | None = None
    last_error: str | None = Field(default=None, max_length=500)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class EmailCode(Table, table=True):
    """Six digits that prove an address; stored as a keyed hash, used up by its tries."""

    __tablename__ = "email_code"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    session_id: uuid.UUID = Field(foreign_key="chat_session.id", index=True)
    email: str = Field(max_length=320)
    code_hash: str = Field(max_length=64)
    tries: int = 0
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ActionLink(Table, table=True):
    """One thing that the owner may do from a notification, once, without signing in first."""

    __tablename__ = "action_link"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    action: str = Field(max_length=32)
    target_id: uuid.UUID = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class OwnerState(Table, table=True):
    """What the owner says of themselves: one row. `presence` is auto or away; `seen_at` is when
    they last did something in their area; `digest_day` is the last day that was summed up."""

    __tablename__ = "owner_state"

    name: str = Field(max_length=16, primary_key=True)
    presence: str = Field(default="auto", max_length=16)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    digest_day: str | None = Field(default=None, max_length=10)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Erasure(Table, table=True):
    """The receipt of an erasure, without its content: how many rows went, and the ids that must not
    come back with an older copy. `reason` is visitor, owner or retention."""

    __tablename__ = "erasure"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    reason: str = Field(max_length=16)
    counts: dict[str, Any] = Field(default_factory=_no_values, sa_type=JSON)
    erased_ids: list[str] | None = Field(default=None, sa_type=JSON)
    wiped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)


class Escalation(Table, table=True):
    """A conversation handed to the owner.

    `live_conversation_id` equals `conversation_id` until the escalation is resolved and is then
    null: a unique column that allows one live escalation per conversation on every database.
    """

    __tablename__ = "escalation"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    conversation_id: uuid.UUID = Field(foreign_key="conversation.id", index=True)
    live_conversation_id: uuid.UUID | None = Field(default=None, unique=True)
    reason: str = Field(max_length=32)
    note: str = Field(default="", sa_type=LongText)
    status: str = Field(default=EscalationStatus.OPEN, max_length=16, index=True)
    opened_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Notification(Table, table=True):
    """The outbox: written with what it announces, sent later. `dedupe_key` says it only once.

    `announced_at` is when it was first tried; `claimed_by` is the run that is sending it, and until
    `next_attempt_at` no other run tries. `digest_id` is the notification that it was gathered into.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_status_next_attempt_at", "status", "next_attempt_at"),
        MYSQL_OPTIONS,
    )

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=32)
    payload: dict[str, Any] = Field(default_factory=_no_values, sa_type=JSON)
    dedupe_key: str | None = Field(default=None, max_length=120, unique=True)
    status: str = Field(default=NotificationStatus.PENDING, max_length=16)
    attempts: int = 0
    next_attempt_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    announced_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    claimed_by: uuid.UUID | None = None
    digest_id: uuid.UUID | None = None
    last_error: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Delivery(Table, table=True):
    """How one channel stands with one notification: a channel that has it is not asked again."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("notification_id", "channel"), MYSQL_OPTIONS)

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    notification_id: uuid.UUID = Field(foreign_key="notification.id")
    channel: str = Field(max_length=64)
    status: str = Field(default=NotificationStatus.PENDING, max_length=16)
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=500)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Lease(Table, table=True):
    """The right to do a piece of background work, held by one run of the program for a while."""

    __tablename__ = "lease"

    name: str = Field(max_length=40, primary_key=True)
    holder: uuid.UUID
    expires_at: datetime = Field(sa_type=UtcDateTime)


class BudgetDay(Table, table=True):
    """The money of one UTC day, in millionths of a US dollar: spent, and reserved by open turns."""

    __tablename__ = "budget_day"

    day: str = Field(max_length=10, primary_key=True)
    reserved_micro_usd: int = Field(default=0, sa_type=BigInteger)
    spent_micro_usd: int = Field(default=0, sa_type=BigInteger)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Embedding(Table, table=True):
    """The vector of a text by an embedding model, by the hash of the text: see
    `knowledge/vectors.py` for what its bytes are."""

    __tablename__ = "embedding"

    model: str = Field(max_length=100, primary_key=True)
    text_hash: str = Field(max_length=64, primary_key=True)
    vector: bytes
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class OwnerSession(Table, table=True):
    """A sign-in of the owner, opened by a token that is stored as SHA-256.

    `credential` names what was shown at sign-in; when that is no longer accepted, nor is this.
    """

    __tablename__ = "owner_session"

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    credential: str = Field(max_length=120)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    last_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInTries(Table, table=True):
    """Tries at the owner's password since a moment: one row per address, and one for everybody.

    `source` is a keyed hash of the address, never the address itself.
    """

    __tablename__ = "sign_in_tries"

    source: str = Field(max_length=64, primary_key=True)
    tries: int = 0
    since: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
