"""What happens on each event of the Knowledge tab: one call, and what came of it is shown."""

import uuid
from collections.abc import Awaitable
from typing import Any

import gradio as gr

from chatbot.engine.citations import strip_marks
from chatbot.engine.exam import Exam, read_answer_id
from chatbot.errors import NotFound
from chatbot.people.knowledge_desk import ITEM_GONE, AnswerFile, GroupFile, Item, KnowledgeDesk
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_knowledge_en import KnowledgeTexts
from chatbot.ui.owner_guard import Changes, OwnerGuard
from chatbot.ui.owner_knowledge_html import KnowledgeHtml
from chatbot.ui.owner_knowledge_tab import KnowledgeTab
from chatbot.ui.owner_list import EVENT_OPTIONS, read_page_number, wire_list


class KnowledgeHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        desk: KnowledgeDesk,
        exam: Exam,
        guard: OwnerGuard,
        tab: KnowledgeTab,
        common: OwnerTexts,
        texts: KnowledgeTexts,
    ) -> None:
        self._desk = desk
        self._exam = exam
        self._guard = guard
        self._tab = tab
        self._texts = texts
        self._html = KnowledgeHtml(common, texts)

    async def find_knowledge(self, request: gr.Request, search: Any, status: Any) -> Changes:
        async def work() -> Changes:
            return {**await self._list(search, status, 1), self._tab.pane.page: "1"}

        return await self._guard.run(request, self._tab.line, work)

    async def show_knowledge(
        self, request: gr.Request, search: Any, status: Any, page: Any
    ) -> Changes:
        async def work() -> Changes:
            return await self._list(search, status, read_page_number(page))

        return await self._guard.run(request, self._tab.line, work)

    async def reload_knowledge(
        self, request: gr.Request, search: Any, status: Any, page: Any
    ) -> Changes:
        """The list after a change, under the line that says what has changed."""
        changes = await self.show_knowledge(request, search, status, page)
        rows = self._tab.pane.rows
        return {rows: changes[rows]} if rows in changes else changes

    async def open_item(self, request: gr.Request, selected: Any) -> Changes:
        """A group by any of its questions, an answer, or a message of the bot to be corrected."""

        async def work() -> Changes:
            key = _read_id(selected)
            return await self._opened(await self._desk.open_item(key), key)

        return await self._guard.run(request, self._tab.line, work)

    async def save_answer(
        self, request: gr.Request, current: Any, question: Any, text: Any
    ) -> Changes:
        return await self._change(
            request,
            lambda: self._desk.save_answer(
                read_text(current), read_text(text), question=read_text(question)
            ),
            self._texts.answered,
        )

    async def dismiss_group(self, request: gr.Request, current: Any, reason: Any) -> Changes:
        return await self._change(
            request,
            lambda: self._desk.dismiss_group(read_text(current), read_text(reason)),
            self._texts.dismissed,
        )

    async def reopen_group(self, request: gr.Request, selected: Any) -> Changes:
        return await self._change(
            request, lambda: self._desk.reopen_group(read_text(selected)), self._texts.reopened
        )

    async def merge_groups(self, request: gr.Request, current: Any, selected: Any) -> Changes:
        return await self._change(
            request,
            lambda: self._desk.merge_groups(read_text(current), read_text(selected)),
            self._texts.merged,
        )

    async def take_out_question(self, request: gr.Request, selected: Any) -> Changes:
        return await self._change(
            request,
            lambda: self._desk.take_out_question(read_text(selected)),
            self._texts.taken_out,
        )

    async def withdraw_answer(self, request: gr.Request, selected: Any) -> Changes:
        return await self._change(
            request, lambda: self._desk.withdraw_answer(read_text(selected)), self._texts.withdrawn
        )

    async def restore_answer(self, request: gr.Request, selected: Any) -> Changes:
        return await self._change(
            request, lambda: self._desk.restore_answer(read_text(selected)), self._texts.restored
        )

    async def undo_answer(self, request: gr.Request, current: Any, selected: Any) -> Changes:
        """Back to the version whose number is selected."""
        return await self._change(
            request,
            lambda: self._desk.undo_answer(read_text(current), read_page_number(selected)),
            self._texts.undone,
        )

    async def review_answer(self, request: gr.Request, selected: Any) -> Changes:
        async def work() -> Changes:
            key = _read_id(selected)
            await self._desk.review_answer(key)
            opened = await self._opened(await self._desk.open_item(key), key)
            return {**opened, self._tab.line: markup.done(self._texts.waved)}

        return await self._guard.run(request, self._tab.line, work)

    async def run_exam(self, request: gr.Request) -> Changes:
        async def work() -> Changes:
            report = await self._exam.run()
            return {
                self._tab.pane.rows: self._html.exam(report),
                self._tab.line: markup.done(self._texts.examined),
            }

        return await self._guard.run(request, self._tab.line, work)

    async def _list(self, search: Any, status: Any, page: int) -> Changes:
        words, part = read_text(search), read_text(status)
        return {self._tab.pane.rows: await self._list_part(part or "open", words, page)}

    async def _list_part(self, part: str, words: str, page: int) -> str:
        is_sought = bool(words)
        if part == "exam":
            return self._html.exam(await self._exam.get_last())
        if part == "poor":
            poor = await self._desk.list_poor_answers(search=words, page=page)
            return self._html.poor_answers(poor, is_sought=is_sought)
        if part == "answered":
            said = await self._desk.list_answers(search=words, page=page)
            return self._html.answers(said, is_sought=is_sought)
        groups = await self._desk.list_groups(status=part, search=words, page=page)
        return self._html.groups(groups, part=part, is_sought=is_sought)

    async def _change(self, request: gr.Request, change: Any, words: str) -> Changes:
        async def work() -> Changes:
            changed: Awaitable[Item] = change()
            item = await changed
            opened = await self._opened(item, _id_of(item))
            return {**opened, self._tab.line: markup.done(words)}

        return await self._guard.run(request, self._tab.line, work)

    async def _opened(self, item: Item, shown_id: uuid.UUID) -> Changes:
        last = []
        if isinstance(item, AnswerFile) and (report := await self._exam.get_last()):
            last = [row for row in report.results if read_answer_id(row) == item.answer.id]
        question, answer, reason = _form_of(item)
        tab = self._tab
        return {
            tab.detail: self._html.item(item, shown_id),
            tab.rest: self._html.rest(item, last),
            tab.question: question,
            tab.answer: answer,
            tab.reason: reason,
            tab.current: str(_id_of(item)),
        }


def wire(tab: KnowledgeTab, handlers: KnowledgeHandlers) -> None:
    """Attaches the tab's events."""
    wire_list(
        tab.pane,
        tab.tab,
        find=handlers.find_knowledge,
        show=handlers.show_knowledge,
        outputs=[tab.pane.rows, tab.line],
    )
    opened: dict[str, Any] = {**EVENT_OPTIONS, "outputs": tab.opened}
    one: dict[str, Any] = {"selected": tab.selected}
    both: dict[str, Any] = {"current": tab.current, **one}
    press = tab.buttons
    gr.on(
        [press["open"].click, press["better"].click],
        handlers.open_item,
        inputs_kwargs=one,
        **opened,
    )
    saved: dict[str, Any] = {
        "current": tab.current,
        "question": tab.question,
        "text": tab.answer,
    }
    refused: dict[str, Any] = {"current": tab.current, "reason": tab.reason}
    changes = [
        tab.save_button.click(handlers.save_answer, inputs_kwargs=saved, **opened),
        tab.dismiss_button.click(handlers.dismiss_group, inputs_kwargs=refused, **opened),
        press["merge"].click(handlers.merge_groups, inputs_kwargs=both, **opened),
        press["takeout"].click(handlers.take_out_question, inputs_kwargs=one, **opened),
        press["reopen"].click(handlers.reopen_group, inputs_kwargs=one, **opened),
        press["withdraw"].click(handlers.withdraw_answer, inputs_kwargs=one, **opened),
        press["restore"].click(handlers.restore_answer, inputs_kwargs=one, **opened),
        press["undo"].click(handlers.undo_answer, inputs_kwargs=both, **opened),
        press["wave"].click(handlers.review_answer, inputs_kwargs=one, **opened),
    ]
    listed: dict[str, Any] = {**EVENT_OPTIONS, "outputs": [tab.pane.rows, tab.line]}
    for change in changes:
        change.then(handlers.reload_knowledge, inputs_kwargs=tab.pane.wanted, **listed)
    press["exam"].click(handlers.run_exam, **listed)


def _read_id(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(read_text(value))
    except ValueError:
        raise NotFound(ITEM_GONE) from None


def _id_of(item: Item) -> uuid.UUID:
    if isinstance(item, GroupFile):
        return item.group.id
    return item.answer.id if isinstance(item, AnswerFile) else item.id


def _form_of(item: Item) -> tuple[str, str, str]:
    """Question, answer and reason as the form is filled in."""
    if isinstance(item, GroupFile):
        return item.group.text, item.answer, item.group.dismissed_reason
    if isinstance(item, AnswerFile):
        return item.answer.question, item.answer.text, ""
    return item.question, strip_marks(item.text).replace("**", ""), ""
