"""The owner's Tailor tab: saved job descriptions, and for each what to do with the CV."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.engine.tailor import TailorDesk
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_tailor_en import TailorTexts
from chatbot.ui.owner_guard import Changes, OwnerGuard
from chatbot.ui.owner_list import (
    EVENT_OPTIONS,
    OwnerList,
    build_list,
    hidden_box,
    hidden_button,
    read_page_number,
    wire_list,
)
from chatbot.ui.owner_tailor_html import TAB, TailorHtml


@dataclass(frozen=True)
class TailorTab:
    """The components of the tab; `selected` is what a button is about, `current` what is open."""

    tab: gr.Tab
    pane: OwnerList
    new: gr.Textbox
    save_button: gr.Button
    selected: gr.Textbox
    current: gr.Textbox
    open_button: gr.Button
    delete_button: gr.Button
    detail: gr.Markdown
    talk: gr.Markdown
    question: gr.Textbox
    ask_button: gr.Button
    rest: gr.Markdown
    line: gr.Markdown

    @property
    def opened(self) -> list[Any]:
        """The components that what is open is shown in."""
        return [self.detail, self.talk, self.rest, self.current, self.question, self.line]


def build(common: OwnerTexts, texts: TailorTexts) -> TailorTab:
    """The tab's components; call it inside `gr.Tabs`."""
    with gr.Tab(texts.tailor, elem_id=f"owner-{TAB}") as tab:
        with gr.Column(elem_id=f"owner-{TAB}-new-part", elem_classes="own-form", min_width=0):
            new = _box("new", texts.new, texts.new_hint, lines=2)
            save_button = gr.Button(texts.save, elem_id=f"owner-{TAB}-save", variant="primary")
        with gr.Row(elem_id=f"owner-{TAB}-split", elem_classes="own-split"):
            pane = build_list(
                TAB, common, search="", label=texts.show, choices=texts.parts, chosen=""
            )
            with gr.Column(elem_classes="own-detail", min_width=0):
                blank = markup.blank(texts.choose, texts.choose_hint, "own-blank own-none")
                detail = gr.Markdown(blank, elem_id=f"owner-{TAB}-detail", latex_delimiters=[])
                rest = gr.Markdown("", elem_id=f"owner-{TAB}-rest", latex_delimiters=[])
                talk = gr.Markdown("", elem_id=f"owner-{TAB}-talk", latex_delimiters=[])
                with gr.Column(elem_classes="own-form", min_width=0):
                    question = _box("question", texts.ask, texts.ask_hint, lines=1)
                    ask_button = gr.Button(
                        texts.ask_button, elem_id=f"owner-{TAB}-ask", variant="primary"
                    )
        line = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        selected = hidden_box(f"owner-{TAB}-selected")
        current = hidden_box(f"owner-{TAB}-current")
        open_button = hidden_button(f"owner-{TAB}-open")
        delete_button = hidden_button(f"owner-{TAB}-delete")
    return TailorTab(
        tab=tab,
        pane=pane,
        new=new,
        save_button=save_button,
        selected=selected,
        current=current,
        open_button=open_button,
        delete_button=delete_button,
        detail=detail,
        talk=talk,
        question=question,
        ask_button=ask_button,
        rest=rest,
        line=line,
    )


def _box(name: str, label: str, placeholder: str, *, lines: int) -> gr.Textbox:
    return gr.Textbox(
        elem_id=f"owner-{TAB}-{name}",
        label=label,
        placeholder=placeholder,
        lines=lines,
        max_lines=8,
        interactive=True,
    )


class TailorHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        desk: TailorDesk,
        guard: OwnerGuard,
        tab: TailorTab,
        common: OwnerTexts,
        texts: TailorTexts,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._tab = tab
        self._texts = texts
        self._html = TailorHtml(common, texts)

    async def find_jobs(self, request: gr.Request, status: Any) -> Changes:
        async def work() -> Changes:
            return {**await self._list(status, 1), self._tab.pane.page: "1"}

        return await self._guard.run(request, self._tab.line, work)

    async def show_jobs(self, request: gr.Request, status: Any, page: Any) -> Changes:
        return await self._run(request, lambda: self._list(status, read_page_number(page)))

    async def reload_jobs(self, request: gr.Request, status: Any, page: Any) -> Changes:
        """The list after a change, under the line that says what has changed."""
        changes = await self.show_jobs(request, status, page)
        rows = self._tab.pane.rows
        return {rows: changes[rows]} if rows in changes else changes

    async def open_job(self, request: gr.Request, selected: Any) -> Changes:
        return await self._run(request, lambda: self._open(read_text(selected)))

    async def save_job(self, request: gr.Request, text: Any) -> Changes:
        async def work() -> Changes:
            await self._desk.add_job(read_text(text))
            return {self._tab.new: "", self._tab.line: markup.done(self._texts.saved)}

        return await self._run(request, work)

    async def delete_job(self, request: gr.Request, selected: Any) -> Changes:
        async def work() -> Changes:
            await self._desk.delete_job(read_text(selected))
            texts, tab = self._texts, self._tab
            blank = markup.blank(texts.choose, texts.choose_hint, "own-blank own-none")
            closed = {tab.detail: blank, tab.talk: "", tab.rest: "", tab.current: ""}
            return {**closed, tab.question: "", tab.line: markup.done(texts.deleted)}

        return await self._run(request, work)

    async def ask_about_job(self, request: gr.Request, current: Any, question: Any) -> Changes:
        async def work() -> Changes:
            key = read_text(current)
            await self._desk.ask(key, read_text(question))
            file = await self._desk.open_job(key)
            return {self._tab.talk: self._html.talk(file), self._tab.question: ""}

        return await self._run(request, work)

    async def _run(self, request: gr.Request, work: Callable[[], Awaitable[Changes]]) -> Changes:
        return await self._guard.run(request, self._tab.line, work)

    async def _list(self, status: Any, page: int) -> Changes:
        found = await self._desk.list_jobs(only=read_text(status), page=page)
        return {self._tab.pane.rows: self._html.jobs(found)}

    async def _open(self, key: str) -> Changes:
        file, tab = await self._desk.open_job(key), self._tab
        return {
            tab.detail: self._html.head(file),
            tab.talk: self._html.talk(file),
            tab.rest: self._html.rest(file),
            tab.current: str(file.id),
            tab.question: "",
        }


def wire(tab: TailorTab, handlers: TailorHandlers) -> None:
    """Attaches the tab's events."""
    listed = [tab.pane.rows, tab.line]
    wire_list(tab.pane, tab.tab, find=handlers.find_jobs, show=handlers.show_jobs, outputs=listed)
    one: dict[str, Any] = {"selected": tab.selected}
    tab.open_button.click(handlers.open_job, inputs_kwargs=one, outputs=tab.opened, **EVENT_OPTIONS)
    gr.on(
        [tab.ask_button.click, tab.question.submit],
        handlers.ask_about_job,
        inputs_kwargs={"current": tab.current, "question": tab.question},
        outputs=[tab.talk, tab.question, tab.line],
        **EVENT_OPTIONS,
    )
    saved = tab.save_button.click(
        handlers.save_job,
        inputs_kwargs={"text": tab.new},
        outputs=[tab.new, tab.line],
        **EVENT_OPTIONS,
    )
    deleted = tab.delete_button.click(
        handlers.delete_job, inputs_kwargs=one, outputs=tab.opened, **EVENT_OPTIONS
    )
    for change in (saved, deleted):
        change.then(
            handlers.reload_jobs, inputs_kwargs=tab.pane.wanted, outputs=listed, **EVENT_OPTIONS
        )
