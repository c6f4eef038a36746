"""What the events of the owner's inbox do: read what the page sent, call the desk, show it."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.inbox_desk import InboxDesk
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_inbox_en import InboxTexts
from chatbot.ui.owner_guard import Changes, OwnerGuard
from chatbot.ui.owner_inbox_chat import about_html, head_html
from chatbot.ui.owner_inbox_list import chats_html, none_html, presence_html
from chatbot.ui.owner_inbox_tab import InboxTab
from chatbot.ui.owner_list import EVENT_OPTIONS, read_page_number
from chatbot.ui.owner_transcript import transcript_html


@dataclass(frozen=True)
class Wanted:
    """What the page says that it shows; whatever it is, it is text of unknown origin.

    `is_seen` is False while nobody looks at the inbox, `is_asked` when not the owner but the bell
    wants it.
    """

    search: str
    only: str
    page: int
    selected: str
    steps: int
    is_seen: bool
    is_asked: bool


class InboxHandlers:
    """Reads what the page sent, makes one call, and shows how it stands then."""

    def __init__(
        self,
        *,
        desk: InboxDesk,
        guard: OwnerGuard,
        tab: InboxTab,
        common: OwnerTexts,
        texts: InboxTexts,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._tab = tab
        self._common = common
        self._texts = texts

    async def find_chats(self, request: gr.Request, search: Any, status: Any) -> Changes:
        async def work() -> Changes:
            wanted = _read_wanted(search, status, "1", "", "", "")
            return {**await self._list(wanted), self._tab.pane.page: "1"}

        return await self._guard.run(request, self._tab.line, work)

    async def show_inbox(
        self,
        request: gr.Request,
        search: Any,
        status: Any,
        page: Any,
        selected: Any,
        steps: Any,
        seen: Any,
    ) -> Changes:
        async def work() -> Changes:
            return await self._show(_read_wanted(search, status, page, selected, steps, seen))

        return await self._guard.run(request, self._tab.line, work)

    async def act_on_chat(
        self,
        request: gr.Request,
        action: Any,
        search: Any,
        status: Any,
        page: Any,
        selected: Any,
        steps: Any,
        seen: Any,
    ) -> Changes:
        async def work() -> Changes:
            said = await self._act(read_text(action))
            wanted = _read_wanted(search, status, page, selected, steps, seen)
            return {**await self._show(wanted), self._tab.line: markup.done(said)}

        return await self._guard.run(request, self._tab.line, work)

    async def send_reply(
        self,
        request: gr.Request,
        text: Any,
        reply_id: Any,
        search: Any,
        status: Any,
        page: Any,
        selected: Any,
        steps: Any,
        seen: Any,
    ) -> Changes:
        async def work() -> Changes:
            await self._desk.say(read_text(selected), read_text(text), read_text(reply_id))
            return await self._show(_read_wanted(search, status, page, selected, steps, seen))

        return await self._guard.run(request, self._tab.line, work)

    async def _act(self, action: str) -> str:
        """Does what a button says; returns what to say of it."""
        verb, _, key = action.partition(":")
        desk, texts = self._desk, self._texts
        match verb:
            case "take":
                await desk.take_over(key)
                return texts.taken
            case "handback":
                await desk.hand_back(key)
                return texts.handed_back
            case "resolve":
                await desk.resolve(key)
                return texts.resolved
            case "unread":
                await desk.mark_unread(key)
                return texts.marked_unread
            case "share" | "unshare":
                await desk.share_facts(key, verb == "share")
                return texts.facts_shared if verb == "share" else texts.facts_not_shared
            case "away" | "here":
                await desk.set_away(verb == "away")
                return texts.set_away if verb == "away" else texts.set_here
        raise InvalidInput(texts.nothing_to_do)

    async def _show(self, wanted: Wanted) -> Changes:
        if wanted.is_asked:
            await self._desk.note_seen()
        # First what is open, because reading it changes its line in the list.
        opened = await self._open(wanted)
        return {**await self._list(wanted), **opened}

    async def _open(self, wanted: Wanted) -> Changes:
        tab, texts = self._tab, self._texts
        if not wanted.selected:
            return self._show_none(texts.choose, texts.choose_hint)
        try:
            found = await self._desk.read_chat(
                wanted.selected, steps=wanted.steps, marks_read=wanted.is_seen
            )
        except NotFound:
            return self._show_none(texts.gone, texts.gone_hint)
        return {
            tab.head: head_html(found, texts),
            tab.talk: transcript_html(found, wanted.steps, texts),
            tab.about: about_html(found, texts),
        }

    def _show_none(self, title: str, hint: str) -> Changes:
        return {self._tab.head: none_html(title, hint), self._tab.talk: "", self._tab.about: ""}

    async def _list(self, wanted: Wanted) -> Changes:
        found = await self._desk.list_chats(
            only=wanted.only, search=wanted.search, page=wanted.page
        )
        rows = chats_html(
            found, self._common, self._texts, only=wanted.only, is_searched=bool(wanted.search)
        )
        here = presence_html(found.presence, found.waiting, self._texts)
        return {self._tab.pane.rows: rows, self._tab.presence: here}


def wire(tab: InboxTab, handlers: InboxHandlers) -> None:
    """Attaches the tab's events.

    The page's script presses the hidden show button to open a conversation and whenever the bell
    rings; neither it nor any other event writes into the reply box.
    """
    common = {"trigger_mode": "always_last", **EVENT_OPTIONS}
    pane = tab.pane
    typed = [] if pane.search is None else [pane.search.change]
    gr.on(
        [*typed, pane.status.input],
        handlers.find_chats,
        inputs_kwargs=pane.sought,
        outputs=[pane.page, tab.presence, pane.rows, tab.line],
        **common,
    )
    gr.on(
        [tab.tab.select, pane.show_button.click],
        handlers.show_inbox,
        inputs_kwargs=tab.wanted,
        outputs=tab.shown,
        **common,
    )
    tab.act_button.click(
        handlers.act_on_chat,
        inputs_kwargs={"action": tab.action, **tab.wanted},
        outputs=tab.shown,
        **EVENT_OPTIONS,
    )
    gr.on(
        [tab.reply.submit, tab.send_button.click],
        handlers.send_reply,
        inputs_kwargs={"text": tab.reply, "reply_id": tab.reply_id, **tab.wanted},
        outputs=tab.shown,
        **EVENT_OPTIONS,
    )


def _read_wanted(
    search: Any, status: Any, page: Any, selected: Any, steps: Any, seen: Any
) -> Wanted:
    return Wanted(
        search=read_text(search),
        only=read_text(status),
        page=read_page_number(page),
        selected=read_text(selected),
        steps=read_page_number(steps),
        is_seen=read_text(seen) != "no",
        is_asked=not read_text(seen),
    )
