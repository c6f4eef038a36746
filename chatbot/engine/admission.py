"""Admitting a turn: one transaction stores it and reserves its money before anything is shown.

A message that arrives twice (double click, resend) finds the turn of the first. What the browser
says decides nothing: token, conversation and message are looked up together.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlmodel import Session

from chatbot.engine.job_told import JobTold, tell_last
from chatbot.engine.knowledge_now import Knowledge, KnowledgeNow
from chatbot.engine.prompts import CountTokens, choose_history
from chatbot.errors import InvalidInput, NotFound
from chatbot.knowledge.job_description import is_job_description
from chatbot.llm import budget
from chatbot.people.clearance import get_clearance
from chatbot.people.job_descriptions import JobReader, NewJob, check_job_text, keep_job
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.people.sessions import get_own_conversation
from chatbot.storage import contact_links, conversations, job_descriptions, messages, sessions
from chatbot.storage.job_descriptions import JobInMind
from chatbot.storage.messages import HistoryRow
from chatbot.storage.models import (
    Conversation,
    ConversationStatus,
    Floor,
    Message,
    MessageStatus,
    Role,
    new_id,
    utc_now,
)
from chatbot.text import clean_line, clean_text

MAX_MESSAGE_CHARACTERS = 2000
MAX_CLIENT_ID = 64
TITLE_CHARACTERS = 60
JOB_LINE = "(pasted a job description: {title})"


class TurnKind(StrEnum):
    """What a visitor asks for: a new message, a changed one, another answer, or its rest."""

    SEND = "send"
    EDIT = "edit"
    RETRY = "retry"
    CONTINUE = "continue"


@dataclass(frozen=True)
class TurnRequest:
    """What a visitor asks for, as the browser says it. `message_id` is the message to edit."""

    token: str
    conversation_id: str
    client_message_id: str
    kind: TurnKind = TurnKind.SEND
    text: str = ""
    message_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Draft:
    """A turn that could be admitted: what it answers, and what the model would be told before.

    `question` is None when an interrupted answer is continued. `replaced_from` is the first message
    that an edit or a retry replaces. `last_id` is the last message that the draft has seen.
    `knowledge` is what the owner's side knew when it was made. `has_email` is whether the visitor
    has left an address in this chat. `job` is the job description that the question is, `job_told`
    the one that is in mind.
    """

    session_id: uuid.UUID
    conversation: Conversation
    kind: TurnKind
    client_message_id: str
    question: str | None
    reply_to: uuid.UUID | None
    history: tuple[HistoryRow, ...]
    earlier_words: tuple[str, ...]
    last_id: uuid.UUID | None
    knowledge: Knowledge
    replaced_from: uuid.UUID | None = None
    is_escalated: bool = False
    has_email: bool = False
    job: NewJob | None = None
    job_told: JobTold | None = None


@dataclass(frozen=True)
class Turn:
    """An admitted turn. `turn_id` is the id of the assistant message that it fills, `asked_id` that
    of the visitor's message that it answers.

    `is_new` is False when the request had been admitted before; `is_silent` is True when the owner
    has the floor, so that the visitor's message is stored and the bot says nothing.
    """

    turn_id: uuid.UUID
    draft: Draft
    day: str
    asked_id: uuid.UUID | None = None
    reserved: int = 0
    is_new: bool = True
    is_silent: bool = False
    has_money: bool = True

    @property
    def conversation_id(self) -> uuid.UUID:
        """The conversation that the turn belongs to."""
        return self.draft.conversation.id


@dataclass(frozen=True)
class AdmissionValues:
    """Limits of the history, the day's budget in micro-USD, and the id of this run."""

    history_messages: int
    history_tokens: int
    budget_cap: int
    run_id: uuid.UUID = field(default_factory=new_id)


class DraftIsStale(Exception):
    """Another message of this conversation came between the draft and its admission."""


class ChatIsClosed(InvalidInput):
    """The conversation has been closed: it can be read, and nothing is added to it."""

    user_message = "This chat is closed. Please start a new one."


class OwnerIsHere(InvalidInput):
    """The owner has the floor: nothing that the bot has said can be asked for again."""

    user_message = "A person has joined this chat and answers here. Please write to them instead."


class TurnIsRunning(InvalidInput):
    """An answer is being written in this conversation: one turn runs at a time."""

    user_message = "The last answer is still being written. Stop it, or wait a moment."


class Admission:
    """Reads what a turn needs, and admits it."""

    def __init__(
        self,
        values: AdmissionValues,
        *,
        count: CountTokens,
        knowledge: KnowledgeNow,
        jobs: JobReader,
    ) -> None:
        self._values = values
        self._count = count
        self._knowledge = knowledge
        self._jobs = jobs

    @property
    def run_id(self) -> uuid.UUID:
        """The id of this run of the program."""
        return self._values.run_id

    def is_known(self, session: Session, request: TurnRequest) -> bool:
        """Whether this request has made a turn already; raises NotFound as `find_known` does."""
        return self._find_id(session, request)[2] is not None

    def find_known(self, session: Session, request: TurnRequest) -> Turn | Draft:
        """The turn that this request has already made, or the draft of one.

        Raises NotFound for a token or conversation that is not this visitor's, InvalidInput for
        words that cannot be sent or for a kind of turn that does not fit here.
        """
        conversation, client_id, known = self._find_id(session, request)
        draft = self._draft(session, request, conversation, client_id, is_known=known is not None)
        if known is None:
            return draft
        return Turn(turn_id=known, draft=draft, day="", is_new=False)

    def _find_id(
        self, session: Session, request: TurnRequest
    ) -> tuple[Conversation, str, uuid.UUID | None]:
        _, conversation = get_own_conversation(session, request.token, request.conversation_id)
        client_id = clean_line(request.client_message_id, limit=MAX_CLIENT_ID)
        if not client_id:
            raise NotFound
        known = messages.get_id_by_client_id(
            session, conversation_id=conversation.id, client_message_id=client_id
        )
        return conversation, client_id, known

    def _draft(
        self,
        session: Session,
        request: TurnRequest,
        conversation: Conversation,
        client_id: str,
        *,
        is_known: bool,
    ) -> Draft:
        end = messages.get_end(session, conversation_id=conversation.id)
        draft = Draft(
            session_id=conversation.session_id,
            conversation=conversation,
            kind=request.kind,
            client_message_id=client_id,
            question=None,
            reply_to=None,
            history=(),
            earlier_words=(),
            last_id=end[0] if end else None,
            knowledge=self._knowledge.latest
            if is_known
            else self._knowledge.read(session, get_clearance(session, conversation)),
            is_escalated=conversation.status == ConversationStatus.ESCALATED,
            has_email=contact_links.has_email(session, conversation_id=conversation.id),
        )
        if is_known:
            return draft
        if conversation.status == ConversationStatus.CLOSED:
            raise ChatIsClosed
        if conversation.floor == Floor.OWNER and request.kind is not TurnKind.SEND:
            # It would take away what stands in the chat, and the bot puts nothing in its place.
            raise OwnerIsHere
        if end is not None and end[1] == MessageStatus.STREAMING:
            raise TurnIsRunning
        draft = self._aim(session, request, draft)
        is_again = draft.question is not None and draft.reply_to is not None
        rows = messages.list_history(
            session,
            conversation_id=conversation.id,
            start=conversation.history_from,
            before=draft.reply_to if is_again else draft.replaced_from,
            limit=2 * self._values.history_messages + 2,
        )
        jobs = job_descriptions.list_in_mind(session, conversation_id=conversation.id)
        return self._judge_job(session, self._add_history(draft, rows, jobs), jobs)

    def read_history(
        self, session: Session, conversation: Conversation
    ) -> tuple[tuple[HistoryRow, ...], JobTold | None]:
        """What the next turn is told of the chat so far, and of the job description in mind."""
        rows = messages.list_history(
            session,
            conversation_id=conversation.id,
            start=conversation.history_from,
            before=None,
            limit=2 * self._values.history_messages + 2,
        )
        jobs = job_descriptions.list_in_mind(session, conversation_id=conversation.id)
        chosen = choose_history(
            tell_jobs(rows, jobs),
            keep=self._values.history_messages,
            max_tokens=self._values.history_tokens,
            count=self._count,
        )
        return tuple(chosen), tell_last(jobs, self._jobs, self._knowledge.latest.profile)

    def _judge_job(self, session: Session, draft: Draft, jobs: Sequence[JobInMind]) -> Draft:
        """The draft with the fit sheet, when what is asked is a job description."""
        if not draft.question or not is_job_description(draft.question):
            return draft
        # By what everybody may know: a sheet is passed on by its link.
        job = self._jobs.read(draft.question, self._knowledge.read(session).profile)
        kept = [known.id for known in jobs if known.message_id == draft.reply_to is not None]
        return replace(draft, job=replace(job, id=kept[-1]) if kept else job)

    def _aim(self, session: Session, request: TurnRequest, draft: Draft) -> Draft:
        """What this kind of turn answers, and what it replaces."""
        if request.kind is TurnKind.SEND:
            return replace(draft, question=check_text(request.text))
        if request.kind is TurnKind.EDIT:
            edited = self._own_message(session, request, draft)
            return replace(draft, question=check_text(request.text), replaced_from=edited.id)
        asked = messages.get_last_message(
            session, conversation_id=draft.conversation.id, role=Role.USER
        )
        if asked is None:
            raise InvalidInput("There is no answer to go on with yet. Please ask something.")
        answer = messages.get_last_message(
            session, conversation_id=draft.conversation.id, role=Role.ASSISTANT
        )
        if answer is None or answer.id < asked.id:
            return replace(draft, question=asked.content, reply_to=asked.id)
        if request.kind is TurnKind.CONTINUE and answer.status == MessageStatus.INTERRUPTED:
            return replace(draft, reply_to=asked.id)
        first = messages.get_first_answer(session, question=asked)
        return replace(draft, question=asked.content, reply_to=asked.id, replaced_from=first)

    def _own_message(self, session: Session, request: TurnRequest, draft: Draft) -> Message:
        edited = request.message_id and messages.get_message(
            session, message_id=request.message_id, conversation_id=draft.conversation.id
        )
        if not edited or edited.role != Role.USER or edited.replaced_at is not None:
            raise NotFound
        return edited

    def _add_history(
        self, draft: Draft, rows: Sequence[HistoryRow], jobs: Sequence[JobInMind]
    ) -> Draft:
        rows = tell_jobs(rows, jobs)
        history = choose_history(
            rows,
            keep=self._values.history_messages,
            max_tokens=self._values.history_tokens,
            count=self._count,
        )
        words = tuple(row.content for row in history if row.role == Role.USER)
        told = tell_last(jobs, self._jobs, draft.knowledge.profile)
        return replace(draft, history=tuple(history), earlier_words=words, job_told=told)

    def admit(self, session: Session, draft: Draft, *, worst_case: int) -> Turn:
        """Store the turn and reserve its worst case (micro-USD), in the caller's transaction.

        Raises DraftIsStale when another message of this conversation came first: draft again. So
        does an IntegrityError of the commit, where two processes admitted the same message.
        """
        # First, because this locks the conversation's row where several transactions write at once.
        self._touch(session, draft)
        end = messages.get_end(session, conversation_id=draft.conversation.id)
        epoch = conversations.get_floor_epoch(session, conversation_id=draft.conversation.id)
        if (end[0] if end else None) != draft.last_id or epoch != draft.conversation.floor_epoch:
            raise DraftIsStale
        moment = utc_now()
        day = budget.budget_day(moment)
        has_money = budget.reserve(session, day=day, amount=worst_case, cap=self._values.budget_cap)
        if not has_money:
            self._tell_budget(session, day)
        if draft.replaced_from is not None:
            messages.replace_from(
                session,
                conversation_id=draft.conversation.id,
                first=draft.replaced_from,
                at=moment,
            )
        reserved = worst_case if has_money else 0
        asked = self._add_question(session, draft)
        is_silent = draft.conversation.floor == Floor.OWNER
        answer = None if is_silent else self._add_answer(session, draft, asked, day, reserved)
        return Turn(
            turn_id=(answer or asked or draft.conversation).id,
            draft=draft,
            day=day,
            asked_id=asked.id if asked else draft.reply_to,
            reserved=reserved,
            is_silent=is_silent,
            has_money=has_money,
        )

    def _add_question(self, session: Session, draft: Draft) -> Message | None:
        if draft.kind not in (TurnKind.SEND, TurnKind.EDIT):
            return None
        asked = Message(
            conversation_id=draft.conversation.id,
            role=Role.USER,
            content=draft.question or "",
            client_message_id=draft.client_message_id,
        )
        session.add(asked)
        if draft.job is not None:
            keep_job(
                session,
                draft.job,
                conversation_id=draft.conversation.id,
                message_id=asked.id,
                first_name=draft.knowledge.profile.first_name,
            )
        return asked

    def _add_answer(
        self, session: Session, draft: Draft, asked: Message | None, day: str, reserved: int
    ) -> Message:
        answer = Message(
            conversation_id=draft.conversation.id,
            role=Role.ASSISTANT,
            status=MessageStatus.STREAMING,
            client_message_id=None if asked else draft.client_message_id,
            reply_to=asked.id if asked else draft.reply_to,
            run_id=self._values.run_id,
            reserved_micro_usd=reserved,
            budget_day=day,
        )
        session.add(answer)
        return answer

    def _touch(self, session: Session, draft: Draft) -> None:
        moment = utc_now()
        values: dict[str, object] = {"active_at": moment, "updated_at": moment}
        if draft.conversation.status == ConversationStatus.ERASED:
            values["status"] = ConversationStatus.ACTIVE
        if not draft.conversation.title and draft.question:
            title = draft.job.sheet.title if draft.job else draft.question
            values["title"] = clean_line(title or draft.question, limit=TITLE_CHARACTERS)
        if draft.history and draft.history[0].id != draft.conversation.history_from:
            values["history_from"] = draft.history[0].id
        conversations.set_conversation(session, draft.conversation.id, **values)
        sessions.touch_session(session, session_id=draft.session_id, at=moment)

    def _tell_budget(self, session: Session, day: str) -> None:
        add_notification(
            session,
            kind=NotificationKind.BUDGET,
            payload={"day": day, "share": 1.0, "cap_micro_usd": self._values.budget_cap},
            dedupe_key=f"budget-spent-{day}",
        )


def tell_jobs(rows: Sequence[HistoryRow], jobs: Sequence[JobInMind]) -> list[HistoryRow]:
    """Earlier messages with a line in the place of each job description: the one that is in mind
    stands before them, and its words are not the visitor's own."""
    titles = {job.message_id: job.title for job in jobs}
    return [
        replace(row, content=JOB_LINE.format(title=titles[row.id])) if row.id in titles else row
        for row in rows
    ]


def check_text(text: str) -> str:
    """What a visitor typed, cleaned; raises InvalidInput when nothing is left or it is too long."""
    text = clean_text(text) if isinstance(text, str) else ""
    if not text:
        raise InvalidInput("Please type a message first.")
    if is_job_description(text):
        return check_job_text(text)
    if len(text) > MAX_MESSAGE_CHARACTERS:
        raise InvalidInput(
            f"This message has {len(text):,} characters; {MAX_MESSAGE_CHARACTERS:,} is the most "
            "that fits. Please shorten it."
        )
    return text
