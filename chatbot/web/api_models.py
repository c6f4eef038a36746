"""The bodies that the API takes and gives, with the examples and limits of its documentation."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from chatbot.engine.admission import MAX_CLIENT_ID, MAX_MESSAGE_CHARACTERS
from chatbot.engine.context_view import ChatContext
from chatbot.engine.fit_desk import SheetView
from chatbot.engine.program_chat import MAX_REASON, Exchange
from chatbot.engine.tailor import TailorTurn
from chatbot.engine.views import MessageView
from chatbot.events import Citation
from chatbot.people.job_descriptions import MAX_JOB_CHARACTERS
from chatbot.people.takeover import MAX_OWNER_MESSAGE
from chatbot.storage.inbox_rows import ChatRow
from chatbot.storage.models import Floor
from chatbot.storage.pages import PageOf
from chatbot.storage.program_chats import ChatFacts

SENDERS = {"user": "user", "assistant": "ai", "owner": "owner", "notice": "notice"}
CHAT_EXAMPLE = "01980000-0000-7000-8000-00000000000a"
JOB_EXAMPLE = "Backend engineer. Requirements: 5 years of Python; PostgreSQL in production."
# The owner may write more in one message than a visitor, and a job description is longer than both.
MAX_SENT = max(MAX_MESSAGE_CHARACTERS, MAX_OWNER_MESSAGE, MAX_JOB_CHARACTERS)


class Body(BaseModel):
    """What a caller sends: unknown fields are refused, so that a typing mistake is noticed."""

    model_config = ConfigDict(extra="forbid")


class NewChat(Body):
    """A chat to open, if wanted with its first question. `job_id` is for the owner: a saved job
    description, whose own conversation the question then belongs to."""

    question: str = Field("", max_length=MAX_MESSAGE_CHARACTERS, examples=["Where did you study?"])
    job_description: str = Field("", max_length=MAX_JOB_CHARACTERS, examples=[JOB_EXAMPLE])
    job_id: uuid.UUID | None = None
    client_message_id: str = Field("", max_length=MAX_CLIENT_ID, examples=["question-1"])


class NewMessage(Body):
    """A message, or a job description; the same `client_message_id` again is the same message."""

    message: str = Field(max_length=MAX_SENT, examples=["Which databases have you worked with?"])
    client_message_id: str = Field(min_length=1, max_length=MAX_CLIENT_ID, examples=["question-2"])


class EscalationWish(Body):
    """Why the owner is wanted; both may be left out."""

    reason: str = Field("", max_length=MAX_REASON, examples=["salary"])
    message: str = Field("", max_length=700, examples=["Can we talk about the terms?"])


class JobText(Body):
    """A job description to compare with the profile."""

    job_description: str = Field(
        min_length=1, max_length=MAX_JOB_CHARACTERS, examples=[JOB_EXAMPLE]
    )


class Thumb(Body):
    """A thumb on an answer; null takes it back."""

    message_id: uuid.UUID = Field(examples=[CHAT_EXAMPLE])
    value: Literal["up", "down"] | None = Field(examples=["up"])
    reason: str = Field("", max_length=500)


class NewContact(Body):
    """Who wants to be reached; only the e-mail address is needed."""

    email: str = Field(max_length=320, examples=["ada@example.com"])
    name: str = Field("", max_length=200, examples=["Ada Example"])
    phone: str = Field("", max_length=40, examples=["+49 30 901820"])
    company: str = Field("", max_length=200)
    notes: str = Field("", max_length=2000, examples=["We look for a backend engineer."])
    consent: StrictBool = Field(description="Whether they agree to be contacted and kept on file.")


class NewQuestion(Body):
    """A question that the owner is to answer in person."""

    question: str = Field(min_length=1, max_length=2000, examples=["Do you relocate?"])


class OwnAnswer(Body):
    """The owner's answer; `question` words anew what it answers."""

    answer: str = Field(min_length=1, max_length=4000, examples=["Yes, within Europe."])
    question: str = Field("", max_length=2000)


class Password(Body):
    """The owner's password."""

    password: str = Field(max_length=1000, examples=["the owner's password"])


class OwnerToken(BaseModel):
    """A token for the Authorization header: `Bearer TOKEN`."""

    access_token: str
    token_type: str = "bearer"
    expires_in: int = Field(examples=[3600], description="Seconds.")


class QuoteBody(BaseModel):
    """Words of the records, and where they stand."""

    quote: str
    source: str


class SourceView(BaseModel):
    """A passage that an answer rests on; `[number]` in the text points at it."""

    number: int
    label: str = Field(examples=["Backend engineer, Harbor Pay"])
    source: str = Field(examples=["resume.json"])
    passage: str = Field(examples=["Moved the ledger to PostgreSQL."])

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """One citation as JSON."""
        return cls(
            number=citation.number,
            label=citation.label,
            source=citation.source,
            passage=citation.passage,
        )


class MessageBody(BaseModel):
    """One message. `sender` is user, ai, owner or notice; `status` is streaming, done, interrupted
    or failed; `error` says why it ended early; `limited` marks an answer made without a model."""

    id: uuid.UUID
    sender: str = Field(examples=["ai"])
    content: str = Field(examples=["I know PostgreSQL well [1]."])
    timestamp: datetime
    status: str = Field(examples=["done"])
    limited: bool = False
    error: str | None = None
    feedback: str | None = None
    sources: list[SourceView] = []

    @classmethod
    def of(cls, message: MessageView) -> Self:
        """One message as JSON."""
        return cls(
            id=message.id,
            sender=SENDERS.get(message.role, message.role),
            content=message.text,
            timestamp=message.created_at,
            status=message.status,
            limited=message.limited,
            error=message.error,
            feedback=message.feedback,
            sources=[SourceView.of(citation) for citation in message.citations],
        )


class Reply(BaseModel):
    """What was sent and the answer to it; `reply` is null while the owner has the chat, who is told
    and answers in person, and when the owner sent the message. `notices` are the program's own
    words behind it, that the owner has been told for example. `floor` is bot or owner."""

    sent: MessageBody
    reply: MessageBody | None
    notices: list[MessageBody] = []
    floor: str

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        """One exchange as JSON."""
        return cls(
            sent=MessageBody.of(exchange.sent),
            reply=MessageBody.of(exchange.reply) if exchange.reply else None,
            notices=[MessageBody.of(notice) for notice in exchange.notices],
            floor=Floor.OWNER if exchange.has_owner else Floor.BOT,
        )


class OpenedChat(BaseModel):
    """A new chat. `token` opens this chat and nothing else; it is shown once."""

    chat_id: uuid.UUID
    token: str = Field(examples=["the chat's token"])
    reply: MessageBody | None = None


class JobAnswer(BaseModel):
    """The answer to the owner's question about a saved job; there is one chat for each job."""

    chat_id: uuid.UUID
    question: str
    answer: str
    sources: list[QuoteBody]

    @classmethod
    def of(cls, job_id: uuid.UUID, turn: TailorTurn) -> Self:
        """One turn as JSON."""
        return cls(
            chat_id=job_id,
            question=turn.question,
            answer=turn.answer,
            sources=[QuoteBody(quote=e.quote, source=e.source) for e in turn.evidence],
        )


class FitItemBody(BaseModel):
    """One requirement; `status` is met, partial, gap or unknown. `asks` are the names that only the
    owner can tell about."""

    requirement: str
    kind: str
    must: bool
    status: str
    note: str
    evidence: list[QuoteBody]
    asks: list[str]


class FitBody(BaseModel):
    """A fit sheet, the summary first; `path` opens it as a page for 30 days."""

    id: uuid.UUID
    title: str
    summary: list[str]
    items: list[FitItemBody]
    path: str

    @classmethod
    def of(cls, view: SheetView) -> Self:
        """One sheet as JSON."""
        items = view.sheet.to_json()["items"]
        return cls(
            id=view.id,
            title=view.title,
            summary=list(view.summary),
            items=[FitItemBody.model_validate(item) for item in items],
            path=view.path,
        )


class SectionBody(BaseModel):
    """One record of the profile; one that is not given stands in a prompt when it is asked for."""

    id: str
    heading: str
    source: str
    kind: str
    tokens: int
    is_given: bool


class ContextBody(BaseModel):
    """What the next turn is told before its question; `tokens` by part, with their limits."""

    chat_id: uuid.UUID
    sections: list[SectionBody]
    job_description: str
    fit_summary: list[str]
    history_messages: int
    tokens: dict[str, int]

    @classmethod
    def of(cls, context: ChatContext) -> Self:
        """One context as JSON."""
        return cls(
            chat_id=context.conversation_id,
            sections=[SectionBody(**asdict(section)) for section in context.sections],
            job_description=context.job_description,
            fit_summary=list(context.fit_summary),
            history_messages=context.history_messages,
            tokens=asdict(context.tokens),
        )


class ChatBody(BaseModel):
    """One chat. `status` is active, escalated or closed, `escalation` open, taken, resolved or
    null; `messages` counts what was said."""

    id: uuid.UUID
    title: str = Field(examples=["Which databases have you worked with?"])
    status: str = Field(examples=["active"])
    floor: str = Field(examples=["bot"])
    channel: str = Field(examples=["api"])
    escalation: str | None
    messages: int
    created_at: datetime
    active_at: datetime

    @classmethod
    def of(cls, facts: ChatFacts) -> Self:
        """The facts of one chat as JSON."""
        return cls(
            id=facts.id,
            title=facts.title,
            status=facts.status,
            floor=facts.floor,
            channel=facts.channel,
            escalation=facts.escalation or None,
            messages=facts.messages,
            created_at=facts.created_at,
            active_at=facts.active_at,
        )


class ChatLine(BaseModel):
    """One line of the list; what only the owner knows is null in a visitor's. `questions` counts
    the visitor's messages and `messages` all of them."""

    id: uuid.UUID
    title: str
    status: str
    floor: str
    channel: str
    escalation: str | None
    messages: int | None = None
    questions: int | None = None
    contact: str | None = None
    company: str | None = None
    last_sender: str | None = None
    last_text: str | None = None
    unread: bool | None = None
    needs_owner: bool | None = None
    created_at: datetime
    active_at: datetime

    @classmethod
    def of(cls, facts: ChatFacts) -> Self:
        """A visitor's line."""
        return cls(**ChatBody.of(facts).model_dump())

    @classmethod
    def of_owner(cls, row: ChatRow) -> Self:
        """The owner's line."""
        return cls(
            id=row.id,
            title=row.title,
            status=row.status,
            floor=row.floor,
            channel=row.channel,
            escalation=row.escalation or None,
            questions=row.questions,
            contact=row.contact or None,
            company=row.company or None,
            last_sender=SENDERS.get(row.last_role),
            last_text=row.last_text or None,
            unread=row.is_unread,
            needs_owner=row.needs_owner,
            created_at=row.created_at,
            active_at=row.active_at,
        )


class ListPage(BaseModel):
    """Where in a list this page is: `page` counts from 1."""

    total: int
    page: int
    pages: int
    size: int

    @classmethod
    def place(cls, page: PageOf[Any]) -> dict[str, int]:
        """The fields of this class, of one page."""
        return {"total": page.total, "page": page.page, "pages": page.pages, "size": page.size}


class ChatList(ListPage):
    """A page of chats, latest activity first; `waiting` says to the owner how many need them."""

    chats: list[ChatLine]
    waiting: int | None = None


class MessageList(BaseModel):
    """Messages, oldest first. With `has_more` go on with the last id as `after`, or, reading
    backwards, with the first as `before`."""

    messages: list[MessageBody]
    has_more: bool


class ContactReceiptBody(BaseModel):
    """That the details are stored."""

    email: str
    consent: bool
    merged: bool = Field(description="Whether the address was known before.")


class FiledQuestion(BaseModel):
    """That a question waits for the owner."""

    id: uuid.UUID
    status: str = "open"


class QuestionLine(BaseModel):
    """Questions of one meaning: how often they were asked, first in these words."""

    id: uuid.UUID
    question: str
    status: str
    asked: int
    last_asked_at: datetime


class QuestionList(ListPage):
    """A page of questions, most asked first."""

    questions: list[QuestionLine]


class AnsweredQuestion(BaseModel):
    """An answer that the stand-in uses from the next message on; `asked` counts its questions."""

    id: uuid.UUID
    question: str
    answer: str
    version: int
    asked: int
