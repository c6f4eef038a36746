"""The owner's tab of contacts: a list, and one person with all that is known and kept of them.

`shown` is the contact that the form was filled for: what is typed is saved for nobody else,
whichever row has been pressed meanwhile.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.errors import InvalidInput
from chatbot.people.contact_desk import ContactDesk
from chatbot.storage.contact_file import ContactFile
from chatbot.storage.owner_contacts import ContactRow
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_contacts_en import ContactTexts
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.owner_contact_list import TAB, contacts_html, filter_choices, tag_choices
from chatbot.ui.owner_contact_view import ContactView
from chatbot.ui.owner_guard import Changes, OwnerGuard
from chatbot.ui.owner_list import (
    EVENT_OPTIONS,
    OwnerList,
    build_choice,
    build_list,
    hidden_box,
    hidden_button,
    read_page_number,
    wire_list,
)


@dataclass(frozen=True)
class ContactsTab:
    """The components of the tab; `action` is what to do with the contact, as "junk:ID"."""

    tab: gr.Tab
    pane: OwnerList
    tag: gr.Radio
    selected: gr.Textbox
    open_button: gr.Button
    shown: gr.Textbox
    head: gr.Markdown
    stage: gr.Radio
    step: gr.Textbox
    day: gr.Textbox
    step_tools: gr.Markdown
    tags: gr.Markdown
    new_tag: gr.Textbox
    add_button: gr.Button
    notes: gr.Textbox
    save_button: gr.Button
    about: gr.Markdown
    same: gr.Textbox
    candidates: gr.Markdown
    action: gr.Textbox
    act_button: gr.Button
    line: gr.Markdown


def build(common: OwnerTexts, texts: ContactTexts) -> ContactsTab:
    """The tab's components; call it inside `gr.Tabs`."""
    parts: dict[str, Any] = {}
    with gr.Tab(common.contacts, elem_id=f"owner-{TAB}") as tab:
        with gr.Row(elem_id=f"owner-{TAB}-split", elem_classes="own-split"):
            pane = build_list(
                TAB,
                common,
                search=common.search_contacts,
                label=texts.filter_label,
                choices=texts.filters,
                chosen="",
                more=lambda: parts.update(tag=_build_tag_filter(texts)),
            )
            with gr.Column(elem_classes="own-detail", min_width=0):
                blank = markup.blank(
                    common.choose_contact, common.choose_contact_hint, "own-blank own-none"
                )
                parts["head"] = _markdown("detail", blank)
                parts.update(_build_form(common, texts))
                parts["about"] = _markdown("about", "")
                parts.update(_build_merge(texts))
        parts["line"] = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        for name in ("selected", "shown", "action"):
            parts[name] = hidden_box(f"owner-{TAB}-{name}")
        parts["open_button"] = hidden_button(f"owner-{TAB}-open")
        parts["act_button"] = hidden_button(f"owner-{TAB}-act")
    return ContactsTab(tab=tab, pane=pane, **parts)


def _build_tag_filter(texts: ContactTexts) -> gr.Radio:
    choice = build_choice(f"owner-{TAB}-tag", texts.tag_filter, (("", texts.any_tag),), "")
    choice.visible = False
    return choice


def _build_form(common: OwnerTexts, texts: ContactTexts) -> dict[str, Any]:
    """What the owner keeps of a contact, the next step first: it is what they come for."""
    with gr.Column(elem_classes="own-form contact-form", min_width=0):
        stage = build_choice(f"owner-{TAB}-stage", texts.stage, common.contact_states, "new")
        with gr.Row(elem_classes="contact-step"):
            step = _box("step", texts.next_step, placeholder=texts.next_step_hint)
            # An `input`, which the page's script makes one for days.
            day = _box("day", texts.next_step_on, type="email", placeholder="2026-11-21")
        step_tools = _markdown("tools", "")
        notes = _box("notes", texts.notes, lines=3, max_lines=14, placeholder=texts.notes_hint)
        save = gr.Button(texts.save, elem_id=f"owner-{TAB}-save", variant="primary")
        tags = _markdown("tags", "")
        with gr.Row(elem_classes="contact-add"):
            new_tag = _box("newtag", texts.new_tag, placeholder=texts.new_tag_hint)
            add = gr.Button(texts.add_tag, elem_id=f"owner-{TAB}-addtag", variant="secondary")
    return {
        "stage": stage,
        "step": step,
        "day": day,
        "step_tools": step_tools,
        "notes": notes,
        "save_button": save,
        "tags": tags,
        "new_tag": new_tag,
        "add_button": add,
    }


def _build_merge(texts: ContactTexts) -> dict[str, Any]:
    with gr.Column(elem_classes="own-form contact-same", min_width=0):
        gr.Markdown(f"<h4>{texts.same_person}</h4>")
        same = _box("same", texts.find_same, placeholder=texts.find_same)
        candidates = _markdown("candidates", "")
    return {"same": same, "candidates": candidates}


def _box(name: str, label: str, **options: Any) -> gr.Textbox:
    options = {"max_lines": 1, **options}
    if options.get("type"):
        del options["max_lines"]
    return gr.Textbox(elem_id=f"owner-{TAB}-{name}", label=label, interactive=True, **options)


def _markdown(name: str, content: str) -> gr.Markdown:
    return gr.Markdown(content, elem_id=f"owner-{TAB}-{name}", latex_delimiters=[])


class ContactsHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        desk: ContactDesk,
        guard: OwnerGuard,
        tab: ContactsTab,
        common: OwnerTexts,
        texts: ContactTexts,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._tab = tab
        self._common = common
        self._texts = texts
        self._view = ContactView(common, texts)

    async def find_contacts(
        self, request: gr.Request, search: Any, status: Any, tag: Any
    ) -> Changes:
        async def work() -> Changes:
            return {**await self._list(search, status, tag, 1), self._tab.pane.page: "1"}

        return await self._run(request, work)

    async def show_contacts(
        self, request: gr.Request, search: Any, status: Any, page: Any, tag: Any
    ) -> Changes:
        return await self._run(
            request, lambda: self._list(search, status, tag, read_page_number(page))
        )

    async def reload_contacts(
        self, request: gr.Request, search: Any, status: Any, page: Any, tag: Any
    ) -> Changes:
        """The list after a change, under the line that says what has changed."""
        changes = await self.show_contacts(request, search, status, page, tag)
        if self._tab.pane.rows in changes:
            del changes[self._tab.line]
        return changes

    async def open_contact(self, request: gr.Request, selected: Any) -> Changes:
        return await self._run(request, lambda: self._open(read_text(selected)))

    async def set_contact_stage(self, request: gr.Request, shown: Any, stage: Any) -> Changes:
        async def work() -> Changes:
            saved = await self._desk.update_contact(read_text(shown), status=read_text(stage))
            word = markup.word_of(self._common.contact_states, saved.status)
            return self._said(saved, self._texts.stage_saved.format(stage=word))

        return await self._run(request, work)

    async def save_contact(
        self, request: gr.Request, shown: Any, step: Any, day: Any, notes: Any
    ) -> Changes:
        async def work() -> Changes:
            saved = await self._desk.update_contact(
                read_text(shown),
                notes=read_text(notes),
                next_step=read_text(step),
                next_step_on=read_text(day),
            )
            return {**self._said(saved, self._common.saved), **self._kept(saved)}

        return await self._run(request, work)

    async def add_contact_tag(self, request: gr.Request, shown: Any, words: Any) -> Changes:
        async def work() -> Changes:
            saved = await self._desk.add_tag(read_text(shown), read_text(words))
            return {self._tab.tags: self._view.tags(saved), self._tab.new_tag: ""}

        return await self._run(request, work)

    async def find_same_contact(self, request: gr.Request, shown: Any, words: Any) -> Changes:
        return await self._run(
            request, lambda: self._list_candidates(read_text(shown), read_text(words))
        )

    async def act_on_contact(self, request: gr.Request, shown: Any, action: Any) -> Changes:
        """What a button in the contact says, as "verb:value"."""
        verb, _, value = read_text(action).partition(":")
        key = read_text(shown)
        return await self._run(request, lambda: self._act(verb, key, value))

    async def _act(self, verb: str, key: str, value: str) -> Changes:
        desk, texts = self._desk, self._texts
        match verb:
            case "junk":
                return self._said(await desk.judge_junk(key, is_junk=True), texts.put_aside)
            case "unjunk":
                return self._said(await desk.judge_junk(key, is_junk=False), texts.cleared)
            case "done":
                saved = await desk.finish_next_step(key)
                return {**self._said(saved, texts.step_noted), **self._kept(saved)}
            case "untag":
                return {self._tab.tags: self._view.tags(await desk.remove_tag(key, value))}
            case "pick":
                preview = await desk.preview_merge(key, value)
                return {self._tab.candidates: self._view.merge_preview(preview)}
            case "unpick":
                return await self._list_candidates(key, "")
            case "unite":
                await desk.merge_contacts(key, value)
                return {**await self._open(key), self._tab.line: markup.done(texts.merged)}
        raise InvalidInput("Load the page again.")

    async def _run(self, request: gr.Request, work: Callable[[], Awaitable[Changes]]) -> Changes:
        return await self._guard.run(request, self._tab.line, work)

    async def _open(self, key: str) -> Changes:
        file = await self._desk.get_contact(key)
        return {
            **self._filled(file),
            **await self._list_candidates(key, ""),
            self._tab.new_tag: "",
            self._tab.same: "",
        }

    def _filled(self, file: ContactFile) -> Changes:
        contact, tab = file.contact, self._tab
        return {
            tab.shown: str(contact.id),
            tab.head: self._view.head(contact),
            tab.stage: contact.status,
            tab.tags: self._view.tags(contact),
            tab.about: self._view.about(file),
            **self._kept(contact),
        }

    def _kept(self, contact: ContactRow) -> Changes:
        tab = self._tab
        return {
            tab.step: contact.next_step,
            tab.day: contact.next_step_on,
            tab.step_tools: self._view.step_tools(contact),
            tab.notes: contact.owner_notes,
        }

    def _said(self, contact: ContactRow, words: str) -> Changes:
        return {
            self._tab.line: markup.done(words),
            self._tab.head: self._view.head(contact),
            self._tab.stage: contact.status,
        }

    async def _list_candidates(self, key: str, words: str) -> Changes:
        found = await self._desk.list_merge_candidates(key, words)
        html = self._view.candidates(found, is_searched=bool(words.strip()))
        return {self._tab.candidates: html}

    async def _list(self, search: Any, status: Any, tag: Any, page: int) -> Changes:
        words, only, chosen = read_text(search), read_text(status), read_text(tag)
        found = await self._desk.list_contacts(search=words, only=only, tag=chosen, page=page)
        is_searched = bool(words or chosen)
        rows = contacts_html(found, only, self._common, self._texts, is_searched=is_searched)
        return {
            self._tab.pane.rows: rows,
            self._tab.pane.status: filter_choices(found, self._texts),
            self._tab.tag: tag_choices(found, chosen, self._texts),
        }


def wire(tab: ContactsTab, handlers: ContactsHandlers) -> None:
    """Attaches the tab's events."""
    listed = [tab.pane.rows, tab.pane.status, tab.tag, tab.line]
    wire_list(
        tab.pane,
        tab.tab,
        find=handlers.find_contacts,
        show=handlers.show_contacts,
        outputs=listed,
        more={"tag": tab.tag},
        triggers=[tab.tag.input],
    )
    kept = [tab.line, tab.head, tab.stage, tab.step, tab.day, tab.step_tools, tab.notes]
    opened = [*kept, tab.shown, tab.tags, tab.new_tag, tab.about, tab.same, tab.candidates]
    shown = {"shown": tab.shown}
    tab.open_button.click(
        handlers.open_contact,
        inputs_kwargs={"selected": tab.selected},
        outputs=opened,
        **EVENT_OPTIONS,
    )
    tab.same.change(
        handlers.find_same_contact,
        inputs_kwargs={**shown, "words": tab.same},
        outputs=[tab.candidates, tab.line],
        trigger_mode="always_last",
        **EVENT_OPTIONS,
    )
    changes = [
        tab.stage.input(
            handlers.set_contact_stage,
            inputs_kwargs={**shown, "stage": tab.stage},
            outputs=[tab.line, tab.head, tab.stage],
            **EVENT_OPTIONS,
        ),
        tab.save_button.click(
            handlers.save_contact,
            inputs_kwargs={**shown, "step": tab.step, "day": tab.day, "notes": tab.notes},
            outputs=kept,
            **EVENT_OPTIONS,
        ),
        gr.on(
            [tab.add_button.click, tab.new_tag.submit],
            handlers.add_contact_tag,
            inputs_kwargs={**shown, "words": tab.new_tag},
            outputs=[tab.tags, tab.new_tag, tab.line],
            **EVENT_OPTIONS,
        ),
        tab.act_button.click(
            handlers.act_on_contact,
            inputs_kwargs={**shown, "action": tab.action},
            outputs=opened,
            **EVENT_OPTIONS,
        ),
    ]
    for change in changes:
        change.then(
            handlers.reload_contacts,
            inputs_kwargs={**tab.pane.wanted, "tag": tab.tag},
            outputs=listed,
            **EVENT_OPTIONS,
        )
