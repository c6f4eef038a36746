"""Everything that a visitor can do with their chats: what the page's handlers and the API call.

Every method looks the visitor up by token and the conversation by visitor; what else the browser
says is not believed.
"""

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session

from chatbot.engine.admission import TurnKind, TurnRequest
from chatbot.engine.ending import Ending
from chatbot.engine.engine import ChatEngine
from chatbot.engine.live_turn import LiveTurn
from chatbot.engine.views import (
    ChatSummary,
    ChatView,
    ContactReceipt,
    EscalationView,
    MessageView,
)
from chatbot.errors import InvalidInput, LimitReached, NotFound
from chatbot.events import Bell, Citation
from chatbot.people.addresses import AddressHashes
from chatbot.people.confirming import Confirming
from chatbot.people.forms import (
    ContactForm,
    check_contact_form,
    check_human_form,
    new_form_id,
    save_contact_form,
    save_human_form,
)
from chatbot.people.limits import LimitKind, Limits
from chatbot.people.presence import Presence
from chatbot.people.sessions import (
    Arrival,
    add_conversation,
    arrive,
    get_own_conversation,
    get_session,
    is_over,
)
from chatbot.people.telling import Telling
from chatbot.signing import hash_token
from chatbot.storage import conversations, messages, sessions
from chatbot.storage.database import Database
from chatbot.storage.messages import MessageRow
from chatbot.storage.models import (
    Channel,
    ChatSession,
    Conversation,
    ConversationStatus,
    EscalationStatus,
    Feedback,
    Floor,
    MessageStatus,
    Role,
    utc_now,
)
from chatbot.text import clean_text

SHOWN_MESSAGES = 60
SHOWN_CHATS = 20
MAX_REASON = 500
POLL_SECONDS = 0.5
# A turn that runs in another process is read from the database until it must have ended.
POLL_LIMIT_SECONDS = 90.0

TOOL_LINES = {
    "record_user_details": "Saving your details",
    "record_unknown_question": "Passing your question on",
    "escalate_to_human": "Telling {first}",
    "list_call_slots": "Looking for free times",
    "book_call": "Booking your call",
}
THINKING = "Reading {first}'s records"


@dataclass(frozen=True)
class ChatKey:
    """What a page sends with every event; all of it comes from the browser."""

    token: str
    conversation_id: str
    client_message_id: str = ""
    page: str = ""
    # Where the request comes from, for the limits: it is hashed and not kept.
    address: str | None = field(default=None, repr=False)
    # Whether the session was made for this one request: then it is no reason to allow more.
    is_new: bool = False


@dataclass(frozen=True)
class PageInfo:
    """What a page tells of itself when it opens; `referrer` is the host that led to it, `channel`
    the door that it comes through, and `address` where it comes from, which is hashed and not
    kept."""

    page: str = ""
    channel: str = Channel.PAGE
    locale: str | None = None
    referrer: str | None = None
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class VisitorValues:
    """The owner's first name and when a stay ends."""

    owner_first_name: str
    session_timeout_minutes: int
    is_limited: bool


class VisitorChat:
    """The chats of visitors, one method for each thing that they can do."""

    def __init__(
        self,
        values: VisitorValues,
        *,
        database: Database,
        engine: ChatEngine,
        ending: Ending,
        bell: Bell,
        presence: Presence,
        telling: Telling,
        addresses: AddressHashes,
        limits: Limits,
        confirming: Confirming,
    ) -> None:
        self._values = values
        self._database = database
        self._engine = engine
        self._ending = ending
        self._bell = bell
        self._presence = presence
        self._telling = telling
        self._addresses = addresses
        self._limits = limits
        self._confirming = confirming

    async def open_page(self, token: str | None, *, page: PageInfo) -> ChatView:
        """Recognise a visitor, or make a session for them, and show the chat they had open.

        Raises LimitReached when too many sessions were made for their address already.
        """
        arrival = Arrival(
            channel=page.channel,
            referrer_host=page.referrer,
            locale=page.locale,
            address_hash=self._addresses.hash(page.address),
        )
        known, has_news = await self._database.read(lambda session: self._find_view(session, token))
        if known is not None and not has_news:
            return known
        if known is None:
            await self._limits.take(LimitKind.VISIT, session=None, address=page.address)

        def work(session: Session) -> ChatView:
            read_at = time.monotonic()
            new_token, chat, conversation = arrive(session, token, arrival)
            if has_news:
                conversation = self._tell_news(session, chat, conversation)
            return self._build(session, new_token, chat, conversation, read_at=read_at)

        return await self._database.write(work)

    async def send(self, key: ChatKey, text: str) -> ChatView:
        """Store a message and begin to answer it; returns as soon as it is stored."""
        return await self._start(key, TurnKind.SEND, text=text)

    async def edit(self, key: ChatKey, message_id: uuid.UUID, text: str) -> ChatView:
        """Replace a message of the visitor's and all that followed it, and answer it again."""
        return await self._start(key, TurnKind.EDIT, text=text, message_id=message_id)

    async def retry(self, key: ChatKey, message_id: uuid.UUID | None = None) -> ChatView:
        """Answer the visitor's last message again."""
        return await self._start(key, TurnKind.RETRY, message_id=message_id)

    async def continue_answer(self, key: ChatKey) -> ChatView:
        """Go on with an answer that was interrupted."""
        return await self._start(key, TurnKind.CONTINUE)

    async def follow(self, key: ChatKey) -> AsyncIterator[ChatView]:
        """Yield the chat now and while its answer grows, at most ten times a second."""
        base = self._get_base(key) or await self.read(key)
        live = self._engine.get_live(base.conversation_id)
        if live is None:
            async for view in self._poll(key, base):
                yield view
            return
        async for _ in live.changes():
            if not live.is_finished:
                # What the visitor does beside the answer shows at once, and stays.
                base = self._get_base(key) or base
                yield self._overlay(base, live)
        yield await self.read(key)

    async def read(self, key: ChatKey) -> ChatView:
        """The chat as it is stored."""
        return await self._show(key)

    async def refresh(self, key: ChatKey) -> ChatView:
        """The chat as it is stored, after the visitor has been told what they were to be told."""

        def has_news(session: Session) -> bool:
            chat, conversation = self._find(session, key)
            return conversation.id in self._telling.find_news(session, chat.id)

        if await self._database.read(has_news):
            conversation_id = uuid.UUID(key.conversation_id)
            await self._database.write(
                lambda session: self._telling.tell_in_chat(session, conversation_id)
            )
        return await self.read(key)

    async def earlier(self, key: ChatKey, *, count: int = 10 * SHOWN_MESSAGES) -> ChatView:
        """The chat with older messages than a page shows at first."""
        return await self._show(key, limit=count)

    async def stop(self, key: ChatKey) -> ChatView:
        """End the answer that is being written; what was shown stays."""
        view = await self.read(key)
        await self._engine.stop_turn(view.conversation_id)
        return await self.read(key)

    async def rate(
        self, key: ChatKey, message_id: uuid.UUID, value: str | None, reason: str = ""
    ) -> None:
        """Store a thumb up or down on an answer, or take it back with None."""
        if value is not None and value not in list(Feedback):
            raise InvalidInput("Please choose thumbs up or thumbs down.")

        def work(session: Session) -> uuid.UUID:
            _, conversation = self._find(session, key)
            message = messages.get_message(
                session, message_id=message_id, conversation_id=conversation.id
            )
            if message is None or message.role != Role.ASSISTANT:
                raise NotFound
            message.feedback = value
            message.feedback_reason = clean_text(reason, limit=MAX_REASON) or None
            message.updated_at = utc_now()
            return conversation.id

        self._bell.ring_owner(await self._database.write(work))

    async def new_chat(self, key: ChatKey) -> ChatView:
        """Open an empty chat; the ones before stay in the list."""

        def work(session: Session) -> ChatView:
            read_at = time.monotonic()
            chat = get_session(session, key.token)
            conversation = add_conversation(session, chat)
            return self._open(session, key.token, chat, conversation, read_at=read_at)

        return await self._database.write(work)

    async def open_chat(self, key: ChatKey, conversation_id: uuid.UUID) -> ChatView:
        """Open another chat of the same visitor."""

        def work(session: Session) -> ChatView:
            read_at = time.monotonic()
            chat, conversation = get_own_conversation(session, key.token, str(conversation_id))
            self._telling.tell_in_chat(session, conversation.id)
            return self._open(session, key.token, chat, conversation, read_at=read_at)

        return await self._database.write(work)

    async def leave_contact(self, key: ChatKey, form: ContactForm) -> ContactReceipt:
        """Store what the contact form holds and tell the owner; sent twice, it is one contact.

        Raises InvalidFields with what to change in each field, LimitReached, and NotConfirmed when
        it is not certain that it is kept.
        """
        details = check_contact_form(form)
        await self._count_form(LimitKind.CONTACT, key)

        def work(session: Session) -> uuid.UUID:
            chat, conversation = self._find(session, key)
            save_contact_form(session, details, conversation_id=conversation.id)
            sessions.touch_session(session, session_id=chat.id, at=utc_now())
            return conversation.id

        conversation_id = await self._database.write(work)
        self._bell.ring_owner(conversation_id)
        await self._confirming.require(conversation_id)
        return ContactReceipt(
            email=details.email,
            has_consented=details.has_consented,
            next_form_id=new_form_id(),
        )

    async def talk_to_human(self, key: ChatKey) -> ChatView:
        """Tell the owner that this visitor wants to talk to them."""
        return await self.ask_for_human(key)

    async def ask_for_human(self, key: ChatKey, note: str = "", email: str = "") -> ChatView:
        """Tell the owner that this visitor wants to talk to them, about what, and where to answer.

        Asking again adds what is told beside to the first time. Raises InvalidFields for an e-mail
        address or a note that cannot be used, LimitReached, and NotConfirmed when it is not certain
        that it is kept.
        """
        wish = check_human_form(note=note, email=email)
        try:
            await self._count_form(LimitKind.ESCALATION, key)
        except LimitReached:
            view = await self.read(key)
            if not view.is_escalated or wish.note or wish.email:
                raise
            # It would change nothing: the owner has been told, and the visitor can see that.
            return view

        def work(session: Session) -> ChatView:
            read_at = time.monotonic()
            chat, conversation = self._find(session, key)
            email = wish.email or None
            self._ending.escalate(session, conversation.id, wish.note, email=email)
            save_human_form(session, wish, conversation_id=conversation.id)
            sessions.touch_session(session, session_id=chat.id, at=utc_now())
            session.flush()
            session.refresh(conversation)
            return self._build(session, key.token, chat, conversation, read_at=read_at)

        view = await self._database.write(work)
        live = self._engine.get_live(view.conversation_id)
        if live is not None:
            live.base = view
            view = self._overlay(view, live)
        self._bell.ring(view.session_id)
        self._bell.ring_owner(view.conversation_id)
        await self._confirming.require(view.conversation_id)
        return view

    async def _start(
        self,
        key: ChatKey,
        kind: TurnKind,
        *,
        text: str = "",
        message_id: uuid.UUID | None = None,
    ) -> ChatView:
        request = TurnRequest(
            token=key.token,
            conversation_id=key.conversation_id,
            client_message_id=key.client_message_id,
            kind=kind,
            text=text,
            message_id=message_id,
        )
        try:
            await self._limits.take(
                LimitKind.MESSAGE,
                session=None if key.is_new else hash_token(key.token),
                address=key.address,
            )
        except LimitReached:
            # What has been taken already is not refused when it is sent again.
            if not await self._engine.knows(request):
                raise
        await self._engine.start_turn(request)
        view = await self.read(key)
        live = self._engine.get_live(view.conversation_id)
        if live is not None:
            live.base = view
        return view

    async def _count_form(self, kind: LimitKind, key: ChatKey) -> None:
        """Raises NotFound for a chat that is not this visitor's, and LimitReached."""
        chat, _ = await self._database.read(lambda session: self._find(session, key))
        who = None if key.is_new else str(chat.id)
        await self._limits.take(kind, session=who, address=key.address)

    def _get_base(self, key: ChatKey) -> ChatView | None:
        """The view that this visitor was given when the turn began: read once, followed often."""
        try:
            live = self._engine.get_live(uuid.UUID(key.conversation_id))
        except (ValueError, AttributeError, TypeError):
            return None
        base = live.base if live is not None else None
        return base if base is not None and base.token == key.token else None

    async def _show(self, key: ChatKey, limit: int = SHOWN_MESSAGES) -> ChatView:
        def work(session: Session) -> ChatView:
            read_at = time.monotonic()
            chat, conversation = self._find(session, key)
            return self._build(session, key.token, chat, conversation, limit, read_at=read_at)

        view = await self._database.read(work)
        live = self._engine.get_live(view.conversation_id)
        return self._overlay(view, live) if live is not None else view

    async def _poll(self, key: ChatKey, view: ChatView) -> AsyncIterator[ChatView]:
        until = time.monotonic() + POLL_LIMIT_SECONDS
        yield view
        while view.is_answering and time.monotonic() < until:
            await asyncio.sleep(POLL_SECONDS)
            view = await self.read(key)
            yield view

    def _find(self, session: Session, key: ChatKey) -> tuple[ChatSession, Conversation]:
        return get_own_conversation(session, key.token, key.conversation_id)

    def _find_view(self, session: Session, token: str | None) -> tuple[ChatView | None, bool]:
        """The chat of a known visitor, and whether there is something to tell them."""
        read_at = time.monotonic()
        try:
            chat = get_session(session, token)
        except NotFound:
            return None, False
        conversation = conversations.get_last_opened(session, session_id=chat.id)
        if conversation is None or token is None:
            return None, False
        has_news = bool(self._telling.find_news(session, chat.id))
        return self._build(session, token, chat, conversation, read_at=read_at), has_news

    def _tell_news(
        self, session: Session, chat: ChatSession, conversation: Conversation
    ) -> Conversation:
        """Tell a visitor where they asked; returns that conversation, which is then the open one.

        The one that was open comes first, so that a visitor stays where they were if they can.
        """
        news = self._telling.find_news(session, chat.id)
        for conversation_id in sorted(news, key=lambda key: key != conversation.id):
            if self._telling.tell_in_chat(session, conversation_id):
                told = conversations.get_conversation(session, conversation_id=conversation_id)
                if told is not None and told.id != conversation.id:
                    told.opened_at = utc_now()
                    session.flush()
                return told or conversation
        return conversation

    def _open(
        self,
        session: Session,
        token: str,
        chat: ChatSession,
        conversation: Conversation,
        *,
        read_at: float,
    ) -> ChatView:
        moment = utc_now()
        conversation.opened_at = moment
        sessions.touch_session(session, session_id=chat.id, at=moment)
        session.flush()
        return self._build(session, token, chat, conversation, read_at=read_at)

    def _build(
        self,
        session: Session,
        token: str,
        chat: ChatSession,
        conversation: Conversation,
        limit: int = SHOWN_MESSAGES,
        *,
        read_at: float,
    ) -> ChatView:
        rows = messages.list_latest(session, conversation_id=conversation.id, limit=limit + 1)
        chats = conversations.list_conversations(session, session_id=chat.id, limit=SHOWN_CHATS)
        shown = tuple(build_message(row) for row in rows[-limit:])
        is_answering = any(message.status == MessageStatus.STREAMING for message in shown)
        timeout = self._values.session_timeout_minutes
        return ChatView(
            token=token,
            session_id=chat.id,
            conversation_id=conversation.id,
            messages=shown,
            chats=tuple(ChatSummary(row.id, row.title, row.active_at) for row in chats),
            next_message_id=secrets.token_urlsafe(12),
            is_answering=is_answering,
            is_ended=bool(shown) and is_over(chat, timeout_minutes=timeout),
            is_escalated=conversation.status == ConversationStatus.ESCALATED,
            is_limited=self._values.is_limited,
            has_earlier=len(rows) > limit,
            status_line=self._fill(THINKING) if is_answering else "",
            escalation=_find_escalation(session, conversation),
            has_owner=conversation.floor == Floor.OWNER,
            presence=self._presence.peek(session),
            read_at=read_at,
        )

    def _overlay(self, view: ChatView, live: LiveTurn) -> ChatView:
        """The stored chat with what its running turn has said since."""
        if live.is_finished:
            return view
        line = TOOL_LINES.get(live.last_tool, THINKING)
        return replace(
            view,
            messages=tuple(
                _add_live(message, live) if message.id == live.turn_id else message
                for message in view.messages
            ),
            status_line="" if live.text else self._fill(line),
        )

    def _fill(self, words: str) -> str:
        return words.format(first=self._values.owner_first_name)


def _add_live(message: MessageView, live: LiveTurn) -> MessageView:
    return replace(message, text=live.text, citations=tuple(live.citations), limited=live.limited)


def _find_escalation(session: Session, conversation: Conversation) -> EscalationView | None:
    if conversation.status != ConversationStatus.ESCALATED:
        return None
    row = conversations.get_live_escalation(session, conversation_id=conversation.id)
    if row is None:
        return None
    return EscalationView(told_at=row.opened_at, is_taken=row.status == EscalationStatus.TAKEN)


def build_message(row: MessageRow) -> MessageView:
    """A stored message as it may be shown."""
    return MessageView(
        id=row.id,
        role=row.role,
        text=row.content,
        status=row.status,
        created_at=row.created_at,
        limited=row.limited,
        error=row.error,
        citations=tuple(_build_citation(value) for value in row.citations),
        feedback=row.feedback,
    )


def _build_citation(value: dict[str, Any]) -> Citation:
    return Citation(**value)
