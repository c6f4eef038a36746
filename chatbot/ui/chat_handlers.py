"""What happens on each event of the chat: read what the page sent, one call, show the outcome."""

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import gradio as gr

from chatbot.engine.views import ChatView
from chatbot.engine.visitor_chat import ChatKey, PageInfo, VisitorChat
from chatbot.errors import InvalidInput
from chatbot.people.forms import new_form_id
from chatbot.storage.models import Channel
from chatbot.ui.chat_tab import ChatTab
from chatbot.ui.event_values import read_key, read_page, read_text, read_uuid
from chatbot.ui.faults import word_error
from chatbot.ui.forms_frame import FormsFrame
from chatbot.ui.frame import PageFrame
from chatbot.ui.locales.en import Texts
from chatbot.ui.messages import MessageRenderer
from chatbot.ui.values import PageValues

_MAX_ACTION_CHARS = 4000
_DOORS = frozenset({"book", "verify", "device"})

_RETURN = "return:"

Updates = AsyncIterator[dict[Any, Any]]


class PageBell(Protocol):
    """What the page needs of the live bell: tickets, and silence for a page that follows a turn."""

    def make_ticket(self, session_id: uuid.UUID, page: str) -> str: ...

    def following(
        self, ticket: str, page: str
    ) -> AbstractContextManager[Callable[[float], None]]: ...


class VisitorDoors(Protocol):
    """Leads a visitor to the pages beside the chat, and back from another device."""

    async def make_key(self, token: str, conversation_id: str) -> str: ...

    def build_return_code(self, token: str) -> str: ...

    async def use_return_code(self, code: str) -> str | None: ...


class ChatHandlers:
    """One method per event: read what the page sent, one call, show what came of it.

    Nothing that arrives here is believed: every value is text of unknown origin until the chat
    has found it in the database.
    """

    def __init__(
        self,
        *,
        chat: VisitorChat,
        live: PageBell,
        tab: ChatTab,
        values: PageValues,
        texts: Texts,
        doors: VisitorDoors | None = None,
    ) -> None:
        self._doors = doors
        self._chat = chat
        self._live = live
        self._tab = tab
        self._texts = texts
        self._frame = PageFrame(values, texts)
        self._forms = FormsFrame(values, texts)
        self._render = MessageRenderer(values, texts)

    async def open_page(self, request: gr.Request, token: Any, referrer: Any) -> Updates:
        info = PageInfo(
            page=read_page(request),
            channel=_channel(request),
            locale=_locale(request),
            referrer=_referrer_host(referrer, request),
            address=request.client.host if request.client else None,
        )
        opened = self._open_as(read_text(token), read_text(referrer), info)
        async for update in self._shielded(self._open(opened, info.page)):
            yield update

    async def send_message(
        self,
        request: gr.Request,
        text: Any,
        edit_id: Any,
        token: Any,
        conversation_id: Any,
        message_id: Any,
        ticket: Any,
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        changed = read_uuid(edit_id)
        if changed is None:
            sent = self._send(key, read_text(text))
        else:
            sent = self._chat.edit(key, changed, read_text(text))
        async for update in self._run(sent, key, ticket, taken=key.client_message_id):
            yield update

    async def send_starter(
        self,
        request: gr.Request,
        starter: Any,
        token: Any,
        conversation_id: Any,
        message_id: Any,
        ticket: Any,
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        async for update in self._run(self._send(key, read_text(starter)), key, ticket):
            yield update

    async def refresh(
        self, request: gr.Request, token: Any, conversation_id: Any, message_id: Any, ticket: Any
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        async for update in self._run(self._chat.refresh(key), key, ticket):
            yield update

    async def stop(
        self, request: gr.Request, token: Any, conversation_id: Any, message_id: Any, ticket: Any
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        async for update in self._run(self._chat.stop(key), key, ticket):
            yield update

    async def talk(
        self, request: gr.Request, token: Any, conversation_id: Any, message_id: Any, ticket: Any
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        async for update in self._run(self._chat.talk_to_human(key), key, ticket):
            yield update

    async def new_chat(
        self, request: gr.Request, token: Any, conversation_id: Any, message_id: Any, ticket: Any
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        async for update in self._run(self._chat.new_chat(key), key, ticket):
            yield update

    async def show_earlier(
        self, request: gr.Request, token: Any, conversation_id: Any, message_id: Any, ticket: Any
    ) -> Updates:
        key = read_key(request, token, conversation_id, message_id)
        async for update in self._run(self._chat.earlier(key), key, ticket):
            yield update

    async def act(
        self,
        request: gr.Request,
        action: Any,
        token: Any,
        conversation_id: Any,
        message_id: Any,
        ticket: Any,
    ) -> Updates:
        """A button inside a message or the list of chats: `action` is JSON with `do` and `id`."""
        key = read_key(request, token, conversation_id, message_id)
        door = _read_door(read_text(action))
        done = self._do(key, read_text(action)) if not door else None
        updates = self._run(done, key, ticket) if done else self._shielded(self._go(key, door))
        async for update in updates:
            yield update

    async def _open_as(self, token: str, referrer: str, info: PageInfo) -> ChatView:
        """The page of whoever the browser knows, or of whoever brings a link from elsewhere."""
        if self._doors is not None and referrer.startswith(_RETURN):
            token = await self._doors.use_return_code(referrer.removeprefix(_RETURN)) or token
        return await self._chat.open_page(token or None, page=info)

    async def _go(self, key: ChatKey, door: str) -> Updates:
        """The way to a page beside the chat, for the page's script."""
        view = await self._chat.read(key)
        way = ""
        if self._doors is not None and door == "device":
            way = self._frame.return_link(self._doors.build_return_code(key.token))
        elif self._doors is not None:
            known = await self._doors.make_key(key.token, key.conversation_id)
            way = self._frame.way_to(f"/{door}?{urlencode({'key': known})}")
        shown = self.show(view, key.page)
        yield {**shown, self._tab.state: self._frame.state(view, door=way)}

    async def _send(self, key: ChatKey, text: str) -> ChatView:
        if not key.conversation_id:
            raise InvalidInput(self._texts.opening)
        return await self._chat.send(key, text)

    async def _do(self, key: ChatKey, action: str) -> ChatView:
        do, target, detail = _parse_action(action)
        if do == "retry":
            return await self._chat.retry(key, target)
        if do == "go-on":
            return await self._chat.continue_answer(key)
        if do == "open":
            return await self._chat.open_chat(key, target)
        if do in ("good", "poor", "unrate"):
            value = {"good": "up", "poor": "down"}.get(do)
            await self._chat.rate(key, target, value, reason=detail)
            return await self._chat.read(key)
        raise InvalidInput

    def _run(
        self, view: Awaitable[ChatView], key: ChatKey, ticket: Any, *, taken: str = ""
    ) -> Updates:
        followed = self._follow(view, page=key.page, ticket=read_text(ticket), taken=taken)
        return self._shielded(followed)

    async def _open(self, opened: Awaitable[ChatView], page: str) -> Updates:
        view = await opened
        ticket = self._live.make_ticket(view.session_id, page)
        known = {
            self._tab.token: view.token,
            self._tab.data_key: view.token,
            self._tab.form_id: new_form_id(),
        }
        async for update in self._follow(_ready(view), page=page, ticket=ticket):
            yield update | known

    async def _follow(
        self, opened: Awaitable[ChatView], *, page: str, ticket: str, taken: str = ""
    ) -> Updates:
        with self._live.following(ticket, page) as seen:
            view = await opened
            seen(view.read_at)
            update = self.show(view, page, taken)
            yield update
            if not view.is_answering:
                return
            key = ChatKey(
                token=view.token,
                conversation_id=str(view.conversation_id),
                client_message_id=view.next_message_id,
                page=page,
            )
            shown = view
            async for view in self._chat.follow(key):
                seen(view.read_at)
                if view.escalation != shown.escalation:
                    shown, update = view, self.show(view, page, taken)
                # While an answer runs only the messages change; the rest is sent as it was, which
                # costs next to nothing. Leaving an output out costs Gradio 0.4 ms per yield.
                log = {self._tab.log: self._render.messages(view)}
                yield update | log if view.is_answering else self.show(view, page, taken)

    async def _shielded(self, updates: Updates) -> Updates:
        try:
            async for update in updates:
                yield update
        except Exception as error:
            yield {self._tab.error_line: self._frame.error(word_error(error, self._texts))}

    def show(self, view: ChatView, page: str, taken: str = "") -> dict[Any, Any]:
        """The whole chat for the page; `taken` is the message that the page may clear away."""
        tab = self._tab
        return {
            tab.log: self._render.messages(view),
            tab.state: self._frame.state(view, taken=taken),
            tab.error_line: "",
            tab.chats: self._frame.chats(view),
            tab.presence: self._forms.presence(view),
            tab.conversation_id: str(view.conversation_id),
            tab.message_id: view.next_message_id,
            tab.ticket: self._live.make_ticket(view.session_id, page),
        }


def _parse_action(action: str) -> tuple[str, uuid.UUID, str]:
    """What a click asks for: the verb, the message or chat it is about, and a few words."""
    try:
        if len(action) > _MAX_ACTION_CHARS:
            raise InvalidInput
        fields = json.loads(action)
        return str(fields["do"]), uuid.UUID(fields["id"]), str(fields.get("text", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput from error


def _read_door(action: str) -> str:
    """Which page beside the chat a click asks for, "" for another click."""
    try:
        do, _, door = _parse_action(action)
    except InvalidInput:
        return ""
    return door if do == "door" and door in _DOORS else ""


async def _ready(view: ChatView) -> ChatView:
    return view


def _referrer_host(referrer: Any, request: gr.Request) -> str | None:
    """The site that the visitor came from; a reload of our own page is not one."""
    try:
        host = urlsplit(read_text(referrer)).netloc
    except ValueError:
        return None
    return host if host and host != request.headers.get("host") else None


def _channel(request: gr.Request) -> str:
    """Whether the page is open by itself or inside the chat bubble of a site."""
    query = urlsplit(str(request.headers.get("referer") or "")).query
    return Channel.WIDGET if "embed=1" in query.split("&") else Channel.PAGE


def _locale(request: gr.Request) -> str | None:
    accepted = str(request.headers.get("accept-language") or "")
    return accepted.split(",")[0].split(";")[0].strip()[:35] or None
