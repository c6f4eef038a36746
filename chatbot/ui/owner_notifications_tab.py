"""The owner's tab of what they were told: the channels, a test of them, the delivery log."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.people.notification_desk import NotificationDesk
from chatbot.storage.models import utc_now
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.owner_delivery_log import TAB, channels_html, log_html, tested_html
from chatbot.ui.owner_guard import Changes, OwnerGuard
from chatbot.ui.owner_list import EVENT_OPTIONS, OwnerList, build_list, hidden_button, wire_list

FIRST_PAGE = "1"


@dataclass(frozen=True)
class NotificationsTab:
    """The components of the tab; `told` says what came of a test."""

    tab: gr.Tab
    channels: gr.Markdown
    told: gr.Markdown
    pane: OwnerList
    test_button: gr.Button
    line: gr.Markdown


def build(texts: OwnerTexts) -> NotificationsTab:
    """The tab's components; call it inside `gr.Tabs`."""
    with gr.Tab(texts.notifications, elem_id=f"owner-{TAB}") as tab:
        channels = gr.Markdown("", elem_id=f"owner-{TAB}-channels", latex_delimiters=[])
        told = gr.Markdown("", elem_id=f"owner-{TAB}-told", elem_classes="own-answer")
        with gr.Column(elem_classes="own-cards", min_width=0):
            pane = build_list(
                TAB,
                texts,
                search="",
                label=texts.delivery_status,
                choices=texts.delivery_filters,
                chosen="",
            )
        line = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        test_button = hidden_button(f"owner-{TAB}-test")
    return NotificationsTab(tab, channels, told, pane, test_button, line)


class NotificationsHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        desk: NotificationDesk,
        guard: OwnerGuard,
        tab: NotificationsTab,
        texts: OwnerTexts,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._tab = tab
        self._texts = texts

    async def find_notifications(self, request: gr.Request, status: Any) -> Changes:
        async def work() -> Changes:
            return {**await self._list(status, FIRST_PAGE), self._tab.pane.page: FIRST_PAGE}

        return await self._guard.run(request, self._tab.line, work)

    async def show_notifications(self, request: gr.Request, status: Any, page: Any) -> Changes:
        async def work() -> Changes:
            return await self._list(status, page)

        return await self._guard.run(request, self._tab.line, work)

    async def announce_test(self, request: gr.Request) -> Changes:
        """A channel may take ten seconds to answer."""

        async def work() -> Changes:
            return {self._tab.told: "", self._tab.line: markup.doing(self._texts.sending_test)}

        return await self._guard.run(request, self._tab.line, work)

    async def send_test(self, request: gr.Request) -> Changes:
        async def work() -> Changes:
            results = await self._desk.send_test()
            return {self._tab.told: tested_html(results, utc_now(), self._texts)}

        return await self._guard.run(request, self._tab.line, work)

    async def reload_notifications(self, request: gr.Request, status: Any) -> Changes:
        """The log after a test, under the line that may say why there was none."""
        changes = await self.find_notifications(request, status)
        rows = self._tab.pane.rows
        if rows in changes:
            changes.pop(self._tab.line)
        return changes

    async def _list(self, status: Any, page: Any) -> Changes:
        before = read_text(page)
        found = await self._desk.read_log(before=before, status=read_text(status))
        is_first = before in ("", FIRST_PAGE)
        return {
            self._tab.channels: channels_html(found, self._texts),
            self._tab.pane.rows: log_html(found, self._texts, is_first=is_first),
        }


def wire(tab: NotificationsTab, handlers: NotificationsHandlers) -> None:
    """Attaches the tab's events."""
    outputs = [tab.pane.rows, tab.channels, tab.line]
    wire_list(
        tab.pane,
        tab.tab,
        find=handlers.find_notifications,
        show=handlers.show_notifications,
        outputs=outputs,
    )
    result = [tab.told, tab.line]
    announced = tab.test_button.click(handlers.announce_test, outputs=result, **EVENT_OPTIONS)
    tested = announced.then(handlers.send_test, outputs=result, **EVENT_OPTIONS)
    tested.then(
        handlers.reload_notifications,
        inputs_kwargs={"status": tab.pane.status},
        outputs=[tab.pane.page, *outputs],
        **EVENT_OPTIONS,
    )
