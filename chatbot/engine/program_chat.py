"""What another program can do with chats: the REST API, the WebSocket and MCP call it.

Everything goes through the use cases of the page: the same turns, budget, tools and notifications.
A visitor is known by their token, the owner by what the web has checked; an id alone opens nothing.
"""

import secrets
import uuid
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from itertools import takewhile

from sqlmodel import Session

from chatbot.engine.admission import MAX_CLIENT_ID
from chatbot.engine.context_view import ChatContext, ContextReader
from chatbot.engine.ending import Ending
from chatbot.engine.engine import ChatEngine
from chatbot.engine.fit_desk import FitDesk, SheetView
from chatbot.engine.live_turn import LiveTurn
from chatbot.engine.tailor import TailorDesk, TailorTurn
from chatbot.engine.views import MessageView
from chatbot.engine.visitor_chat import ChatKey, PageInfo, VisitorChat, build_message
from chatbot.errors import ChatbotError, NotFound
from chatbot.events import Bell
from chatbot.people.confirming import Confirming
from chatbot.people.erasing import ErasureReason
from chatbot.people.inbox_desk import InboxDesk
from chatbot.people.privacy import Privacy
from chatbot.people.sessions import get_own_conversation, get_session
from chatbot.storage import conversations, program_chats
from chatbot.storage.database import Database
from chatbot.storage.messages import MessageRow
from chatbot.storage.models import ConversationStatus, Floor, Role, utc_now
from chatbot.storage.pages import PageOf, PageRequest
from chatbot.storage.program_chats import ChatFacts
from chatbot.text import clean_line, clean_text

MAX_REASON = 200
MESSAGES_AT_ONCE = 50
# Messages that a turn brings about.
LOOKED_AT = 10
NO_CHAT = "There is no such chat, or it is not yours."


class NotSetUp(ChatbotError):
    """A part that this installation does not have."""


@dataclass(frozen=True)
class Caller:
    """Who asks: the owner, whom the web has checked, or whoever holds a visitor's token.

    `address` is where the request comes from, for the limits; `is_new` says that the chat was made
    for this one request.
    """

    token: str = field(default="", repr=False)
    is_owner: bool = False
    address: str | None = field(default=None, repr=False)
    is_new: bool = False

    def key(self, chat_id: uuid.UUID, client_message_id: str = "") -> ChatKey:
        """The chat as the use cases of the page take it."""
        return ChatKey(
            self.token,
            str(chat_id),
            client_message_id,
            address=self.address,
            is_new=self.is_new,
        )


@dataclass(frozen=True)
class Opened:
    """A new chat; `token` is its visitor's secret."""

    chat_id: uuid.UUID
    token: str = field(repr=False)


@dataclass(frozen=True)
class Exchange:
    """A message that was sent, and the answer to it: None while the owner has the floor. `notices`
    are what the program itself said behind it."""

    sent: MessageView
    reply: MessageView | None
    has_owner: bool
    client_message_id: str
    notices: tuple[MessageView, ...] = ()


@dataclass(frozen=True)
class ProgramParts:
    """The use cases that a program's calls go to."""

    chat: VisitorChat
    inbox: InboxDesk
    privacy: Privacy
    ending: Ending
    engine: ChatEngine
    bell: Bell
    database: Database
    fit: FitDesk
    tailor: TailorDesk
    context: ContextReader
    confirming: Confirming


class ProgramChat:
    """Chats for programs. Methods raise NotFound for a chat that is not the caller's."""

    def __init__(self, parts: ProgramParts) -> None:
        self._parts = parts
        self._database = parts.database

    async def open_chat(
        self, *, channel: str, address: str | None = None, job_description: str = ""
    ) -> Opened:
        """A new visitor with an empty chat; a job description is what its answers have in mind.

        Raises InvalidInput for a job description that is too long or asks for nothing.
        """
        if job_description.strip():
            # Judged first: what cannot be used leaves no empty chat behind.
            await self._parts.fit.check(job_description)
        page = PageInfo(channel=channel, address=address)
        view = await self._parts.chat.open_page(None, page=page)
        opened = Opened(view.conversation_id, view.token)
        if job_description.strip():
            caller = Caller(opened.token, address=address, is_new=True)
            await self.build_fit(caller, opened.chat_id, job_description)
        return opened

    async def list_own(self, caller: Caller, request: PageRequest) -> PageOf[ChatFacts]:
        """The visitor's own chats, latest activity first."""

        def work(session: Session) -> PageOf[ChatFacts]:
            visitor = get_session(session, caller.token)
            return program_chats.list_facts_of_session(
                session, session_id=visitor.id, request=request
            )

        return await self._database.read(work)

    async def read(self, caller: Caller, chat_id: uuid.UUID) -> ChatFacts:
        """The facts of one chat."""
        return await self._database.read(lambda session: find_facts(session, caller, chat_id))

    async def list_messages(
        self,
        caller: Caller,
        chat_id: uuid.UUID,
        *,
        after: uuid.UUID | None = None,
        before: uuid.UUID | None = None,
        limit: int = MESSAGES_AT_ONCE,
    ) -> tuple[tuple[MessageView, ...], bool]:
        """Messages, oldest first, and whether there are more; see the query of the same name."""

        def work(session: Session) -> tuple[tuple[MessageRow, ...], bool]:
            find_facts(session, caller, chat_id)
            return program_chats.list_messages(
                session, conversation_id=chat_id, after=after, before=before, limit=limit
            )

        rows, has_more = await self._database.read(work)
        return tuple(map(build_message, rows)), has_more

    async def send(
        self, caller: Caller, chat_id: uuid.UUID, text: str, client_message_id: str
    ) -> Exchange:
        """Store a visitor's message and begin to answer it; the same id again finds the same."""
        await self.read(caller, chat_id)
        client_message_id = clean_line(client_message_id, limit=MAX_CLIENT_ID)
        key = caller.key(chat_id, client_message_id)
        await self._parts.chat.send(key, text)
        return await self._read_exchange(caller, chat_id, client_message_id)

    async def ask(
        self, caller: Caller, chat_id: uuid.UUID, text: str, client_message_id: str
    ) -> Exchange:
        """Send a message and wait for the whole answer."""
        exchange = await self.send(caller, chat_id, text, client_message_id)
        async for _ in self.follow(caller, chat_id, exchange):
            pass
        return await self.finish(caller, chat_id, exchange)

    async def follow(
        self, caller: Caller, chat_id: uuid.UUID, exchange: Exchange
    ) -> AsyncIterator[str]:
        """The answer's released text in pieces as it grows; leaving early does not stop it."""
        if exchange.reply is None:
            return
        shown, reply_id = 0, exchange.reply.id
        async for view in self._parts.chat.follow(caller.key(chat_id)):
            text = next((m.text for m in view.messages if m.id == reply_id), "")
            if len(text) > shown:
                yield text[shown:]
                shown = len(text)

    async def finish(self, caller: Caller, chat_id: uuid.UUID, exchange: Exchange) -> Exchange:
        """The same message with its answer as it is stored now."""
        return await self._read_exchange(caller, chat_id, exchange.client_message_id)

    def get_live(self, chat_id: uuid.UUID) -> LiveTurn | None:
        """The answer that is being written in this process, for whoever may read the chat."""
        return self._parts.engine.get_live(chat_id)

    async def say_as_owner(
        self, chat_id: uuid.UUID, text: str, client_message_id: str
    ) -> MessageView:
        """Write as the owner, who takes the floor with it."""
        key = await self._parts.inbox.say(chat_id, text, client_message_id)
        row = await self._database.read(
            lambda session: program_chats.get_message_row(
                session, conversation_id=chat_id, message_id=key
            )
        )
        if row is None:
            raise NotFound(NO_CHAT)
        return build_message(row)

    async def escalate(
        self, caller: Caller, chat_id: uuid.UUID, *, reason: str = "", message: str = ""
    ) -> ChatFacts:
        """Call the owner into a chat; raises NotConfirmed when it is not certain to be kept."""
        await self.read(caller, chat_id)
        note = "\n".join(filter(None, [clean_text(reason, limit=MAX_REASON), message]))
        if caller.is_owner:

            def work(session: Session) -> None:
                find_facts(session, caller, chat_id)
                self._parts.ending.escalate(session, chat_id, clean_text(note))

            await self._database.write(work)
            await self._ring(caller, chat_id)
            await self._parts.confirming.require(chat_id)
        else:
            await self._parts.chat.ask_for_human(caller.key(chat_id), note)
        return await self.read(caller, chat_id)

    async def close(self, caller: Caller, chat_id: uuid.UUID) -> ChatFacts:
        """Take no more messages in a chat, which can still be read; a running answer is stopped."""
        await self.read(caller, chat_id)
        await self._parts.engine.stop_turn(chat_id)

        def work(session: Session) -> None:
            find_facts(session, caller, chat_id)
            conversations.set_conversation(
                session, chat_id, status=ConversationStatus.CLOSED, updated_at=utc_now()
            )

        await self._database.write(work)
        await self._ring(caller, chat_id)
        return await self.read(caller, chat_id)

    async def erase(self, caller: Caller, chat_id: uuid.UUID) -> None:
        """Erase what was said in a chat, for good; contacts and calls that came of it stay."""
        await self.read(caller, chat_id)
        reason = ErasureReason.OWNER if caller.is_owner else ErasureReason.VISITOR
        await self._parts.privacy.erase_conversation(chat_id, reason)
        await self._database.write(
            lambda session: program_chats.mark_erased(session, conversation_id=chat_id)
        )
        self._parts.bell.ring_owner()

    async def rate(
        self,
        caller: Caller,
        chat_id: uuid.UUID,
        message_id: uuid.UUID,
        *,
        value: str | None,
        reason: str = "",
    ) -> MessageView:
        """A visitor's thumb on an answer; None takes it back."""
        key = caller.key(chat_id)
        await self._parts.chat.rate(key, message_id, value, reason)
        row = await self._database.read(
            lambda session: program_chats.get_message_row(
                session, conversation_id=chat_id, message_id=message_id
            )
        )
        if row is None:
            raise NotFound(NO_CHAT)
        return build_message(row)

    async def build_fit(self, caller: Caller, chat_id: uuid.UUID, job: str) -> SheetView:
        """A fit sheet for a job description or a link to one, kept with the visitor's chat.

        Raises InvalidInput for a text that no sheet can be made of, and LimitReached.
        """
        return await self._parts.fit.make_for_chat(
            caller.token, str(chat_id), job, address=caller.address, is_new=caller.is_new
        )

    async def read_context(self, caller: Caller, chat_id: uuid.UUID) -> ChatContext:
        """What the model is given in a chat."""
        if caller.is_owner:
            return await self._parts.context.read_any(chat_id)
        return await self._parts.context.read_own(caller.token, str(chat_id))

    async def ask_about_job(self, job_id: uuid.UUID, question: str) -> TailorTurn:
        """The owner's question about a saved job; for the owner's routes only."""
        return await self._parts.tailor.ask(job_id, question)

    def _read_exchange(
        self, caller: Caller, chat_id: uuid.UUID, client_message_id: str
    ) -> Awaitable[Exchange]:
        def work(session: Session) -> Exchange:
            facts = find_facts(session, caller, chat_id)
            sent = program_chats.get_sent(
                session, conversation_id=chat_id, client_message_id=client_message_id
            )
            if sent is None:
                raise NotFound(NO_CHAT)
            reply = program_chats.get_reply(session, message_id=sent.id)
            later, _ = program_chats.list_messages(
                session, conversation_id=chat_id, limit=LOOKED_AT, after=sent.id
            )
            behind = takewhile(lambda row: row.role != Role.USER, later)
            return Exchange(
                sent=build_message(sent),
                reply=build_message(reply) if reply else None,
                has_owner=facts.floor == Floor.OWNER,
                client_message_id=client_message_id,
                notices=tuple(build_message(row) for row in behind if row.role == Role.NOTICE),
            )

        return self._database.read(work)

    async def _ring(self, caller: Caller, chat_id: uuid.UUID) -> None:
        facts = await self.read(caller, chat_id)
        self._parts.bell.ring(facts.session_id)
        self._parts.bell.ring_owner(chat_id)


def find_facts(session: Session, caller: Caller, chat_id: uuid.UUID) -> ChatFacts:
    """The facts of a chat, if it is the caller's to see; raises NotFound."""
    if not caller.is_owner:
        get_own_conversation(session, caller.token, str(chat_id))
    found = program_chats.get_facts(session, conversation_id=chat_id)
    if found is None:
        raise NotFound(NO_CHAT)
    return found


def new_client_id() -> str:
    """An id for a message whose sender gave none: it is sent once."""
    return secrets.token_urlsafe(12)
