import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import gradio as gr
import pytest

from chatbot.engine.views import ChatView
from chatbot.engine.visitor_chat import ChatKey, PageInfo, VisitorChat
from chatbot.errors import InvalidInput, NotFound
from chatbot.ui.chat_handlers import ChatHandlers
from chatbot.ui.chat_tab import ChatTab
from chatbot.ui.locales.en import ENGLISH
from chatbot.web.live import LiveBell
from tests.ui.examples import VALUES, make_message, make_view

REQUEST = gr.Request(username=None, session_hash="page-1", headers={}, client=None)
ANSWERING = make_view(
    make_message("user", "Hi"), make_message("assistant", "", status="streaming"), is_answering=True
)
DONE = make_view(make_message("user", "Hi"), make_message("assistant", "Hello"))
KEY = {"token": "t", "conversation_id": "c", "message_id": "m", "ticket": "x"}


@dataclass
class ScriptedChat:
    """Answers every call with the next of `views`, and keeps what it was asked."""

    views: list[ChatView | Exception] = field(default_factory=lambda: [DONE])
    followed: list[ChatView] = field(default_factory=list)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    async def follow(self, key: ChatKey) -> AsyncIterator[ChatView]:
        self.asked.append(("follow", key))
        for view in self.followed:
            yield view

    async def open_page(self, token: str | None, *, page: PageInfo) -> ChatView:
        return await self._answer("open_page", token, page)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[ChatView]]:
        async def call(*arguments: Any, **named: Any) -> ChatView:
            return await self._answer(name, *arguments, *named.values())

        return call

    async def _answer(self, *asked: Any) -> ChatView:
        self.asked.append(asked)
        view = self.views.pop(0) if len(self.views) > 1 else self.views[0]
        if isinstance(view, Exception):
            raise view
        return view


class Page:
    """The handlers of one page with components that are only their names."""

    def __init__(self, chat: ScriptedChat) -> None:
        names = {name: name for name in ChatTab.__dataclass_fields__}
        self.live = LiveBell(secret_key="k" * 32)
        self.handlers = ChatHandlers(
            chat=cast(VisitorChat, chat),
            live=self.live,
            tab=ChatTab(**cast(Any, names)),
            values=VALUES,
            texts=ENGLISH,
        )


async def collect(updates: AsyncIterator[dict[Any, Any]]) -> list[dict[str, Any]]:
    return [update async for update in updates]


async def test_opening_creates_the_identity_and_a_bell_ticket() -> None:
    chat = ScriptedChat()
    page = Page(chat)
    [update] = await collect(page.handlers.open_page(REQUEST, "", "https://huggingface.co/x"))
    assert update["token"] == DONE.token
    assert update["conversation_id"] == str(DONE.conversation_id)
    ticket = page.live.read_ticket(update["ticket"])
    assert ticket is not None
    assert (ticket.session_id, ticket.page) == (DONE.session_id, "page-1")
    assert chat.asked[0][1] is None
    assert chat.asked[0][2].referrer == "huggingface.co"


async def test_opening_follows_an_answer_that_runs() -> None:
    page = Page(ScriptedChat([ANSWERING], followed=[ANSWERING, DONE]))
    updates = await collect(page.handlers.open_page(REQUEST, "t", ""))
    assert len(updates) == 3
    assert "is-answering" in updates[1]["state"]
    assert "is-answering" not in updates[2]["state"]


async def test_sending_shows_the_message_then_the_stream_then_the_end() -> None:
    half = replace(
        ANSWERING, messages=(ANSWERING.messages[0], replace(ANSWERING.messages[1], text="Hel"))
    )
    page = Page(ScriptedChat([ANSWERING], followed=[half, DONE]))
    updates = await collect(page.handlers.send_message(REQUEST, "Hi", "", **KEY))
    texts = [update["log"][-1]["content"][0]["text"] for update in updates]
    assert "cc-wait" in texts[0]
    assert texts[1] == "Hel"
    assert texts[2].startswith("Hello")
    assert "is-answering" not in updates[2]["state"]


async def test_what_was_typed_is_never_an_output() -> None:
    page = Page(ScriptedChat())
    [update] = await collect(page.handlers.send_message(REQUEST, "Hi", "", **KEY))
    assert "message_box" not in update


async def test_a_refused_message_changes_the_error_line_only() -> None:
    page = Page(ScriptedChat([InvalidInput("Too <long>.")]))
    [update] = await collect(page.handlers.send_message(REQUEST, "x" * 9999, "", **KEY))
    assert list(update) == ["error_line"]
    assert "Too &lt;long&gt;." in update["error_line"]


async def test_an_unforeseen_error_gives_an_id_and_nothing_internal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = Page(ScriptedChat([RuntimeError("/srv/secret.db is gone")]))
    [update] = await collect(page.handlers.refresh(REQUEST, **KEY))
    assert "secret" not in update["error_line"]
    reference = update["error_line"].split("Reference ")[1][:8]
    assert reference in caplog.text


async def test_a_page_that_is_still_opening_keeps_the_message() -> None:
    chat = ScriptedChat()
    page = Page(chat)
    key = {**KEY, "conversation_id": ""}
    [update] = await collect(page.handlers.send_message(REQUEST, "Hi", "", **key))
    assert ENGLISH.opening in update["error_line"]
    assert chat.asked == []


async def test_an_edit_names_the_message_it_replaces() -> None:
    chat, message_id = ScriptedChat(), uuid.uuid4()
    await collect(Page(chat).handlers.send_message(REQUEST, "Better", str(message_id), **KEY))
    name, key, changed, text = chat.asked[0]
    assert (name, changed, text) == ("edit", message_id, "Better")
    assert key == ChatKey(token="t", conversation_id="c", client_message_id="m", page="page-1")


@pytest.mark.parametrize(
    ("do", "method"),
    [("retry", "retry"), ("go-on", "continue_answer"), ("open", "open_chat"), ("good", "rate")],
)
async def test_buttons_in_messages_reach_the_chat(do: str, method: str) -> None:
    chat = ScriptedChat()
    action = f'{{"do": "{do}", "id": "{uuid.uuid4()}"}}'
    [update] = await collect(Page(chat).handlers.act(REQUEST, action, **KEY))
    assert chat.asked[0][0] == method
    assert update["error_line"] == ""


async def test_a_thumb_down_carries_its_reason() -> None:
    chat, message_id = ScriptedChat(), uuid.uuid4()
    action = f'{{"do": "poor", "id": "{message_id}", "text": "Too vague"}}'
    await collect(Page(chat).handlers.act(REQUEST, action, **KEY))
    assert chat.asked[0][2:] == (message_id, "down", "Too vague")


@pytest.mark.parametrize(
    "action",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"do": "retry"}',
        '{"do": "retry", "id": 5}',
        "[" * 3000,
        "x" * 5000,
        '{"do": "drop", "id": "0190b2c1-0000-7000-8000-000000000000"}',
        None,
        7,
        {"do": "retry"},
    ],
)
async def test_a_forged_action_is_refused_quietly(action: Any) -> None:
    [update] = await collect(Page(ScriptedChat()).handlers.act(REQUEST, action, **KEY))
    assert list(update) == ["error_line"]


@pytest.mark.parametrize("value", [None, 5, ["t"], {"a": 1}, "\x00", "\ud800"])
async def test_values_of_any_shape_are_only_text_or_nothing(value: Any) -> None:
    chat = ScriptedChat([NotFound()])
    key = dict.fromkeys(KEY, value)
    [update] = await collect(Page(chat).handlers.refresh(REQUEST, **key))
    assert "not available" in update["error_line"]


async def test_a_page_that_follows_is_not_rung() -> None:
    page = Page(ScriptedChat([ANSWERING], followed=[DONE]))
    ticket = page.live.make_ticket(DONE.session_id, "page-1")
    updates = page.handlers.send_message(REQUEST, "Hi", "", **{**KEY, "ticket": ticket})
    known = page.live.read_ticket(ticket)
    assert known is not None
    async with _listening(page.live, known) as rung:
        await anext(updates)
        page.live.ring(DONE.session_id)
        assert not rung.is_rung
        await collect(updates)
        page.live.ring(DONE.session_id)
        await _settle()
        assert rung.is_rung


def _listening(live: LiveBell, ticket: Any) -> Any:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def listening() -> AsyncIterator[Any]:
        with live.listening(ticket) as rung:
            yield rung

    return listening()


async def _settle() -> None:
    import asyncio

    await asyncio.sleep(0.01)
