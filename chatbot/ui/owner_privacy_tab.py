"""The owner's tab of privacy: what is kept for how long, erasing on request, and receipts."""

import uuid
from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.errors import NotFound
from chatbot.people.privacy import Privacy
from chatbot.people.retention import Retention
from chatbot.storage.pages import PageOf
from chatbot.storage.receipts import Erasable, ReceiptRow
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text, read_uuid
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_privacy_en import OwnerPrivacyTexts
from chatbot.ui.owner_guard import Changes, OwnerGuard
from chatbot.ui.owner_list import EVENT_OPTIONS, hidden_box, hidden_button, read_page_number

TAB = "privacy"
_VERBS = ("ask", "keep", "contact", "everything", "chat")


@dataclass(frozen=True)
class PrivacyTab:
    """The components of the tab; `selected` is the id that a button is about."""

    tab: gr.Tab
    search: gr.Textbox
    found: gr.Markdown
    line: gr.Markdown
    receipts: gr.Markdown
    page: gr.Textbox
    selected: gr.Textbox
    show_button: gr.Button
    buttons: dict[str, gr.Button]


def build(texts: OwnerTexts, words: OwnerPrivacyTexts, retention: Retention) -> PrivacyTab:
    """The tab's components; call it inside `gr.Tabs`."""
    with (
        gr.Tab(words.privacy, elem_id=f"owner-{TAB}") as tab,
        gr.Column(elem_classes="own-cards own-privacy", min_width=0),
    ):
        gr.Markdown(retention_html(words, retention))
        gr.Markdown(f'<h3 class="own-part">{words.erase}</h3><p>{words.search_hint}</p>')
        search = gr.Textbox(
            elem_id=f"owner-{TAB}-search",
            elem_classes="own-search",
            label=words.search,
            placeholder=words.search,
            max_lines=1,
            interactive=True,
        )
        found = gr.Markdown("", elem_id=f"owner-{TAB}-found", latex_delimiters=[])
        line = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        gr.Markdown(f'<h3 class="own-part">{words.receipts}</h3>')
        waiting = f'<p class="own-wait">{texts.loading}</p>'
        receipts = gr.Markdown(waiting, elem_id=f"owner-{TAB}-list", elem_classes="own-listing")
        page = hidden_box(f"owner-{TAB}-page", "1")
        selected = hidden_box(f"owner-{TAB}-selected")
        show_button = hidden_button(f"owner-{TAB}-show")
        buttons = {verb: hidden_button(f"owner-{TAB}-{verb}") for verb in _VERBS}
    return PrivacyTab(tab, search, found, line, receipts, page, selected, show_button, buttons)


class PrivacyHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        privacy: Privacy,
        guard: OwnerGuard,
        tab: PrivacyTab,
        texts: OwnerTexts,
        words: OwnerPrivacyTexts,
    ) -> None:
        self._privacy = privacy
        self._guard = guard
        self._tab = tab
        self._texts = texts
        self._words = words

    async def show_receipts(self, request: gr.Request, page: Any) -> Changes:
        async def work() -> Changes:
            found = await self._privacy.list_receipts(page=read_page_number(page))
            return {self._tab.receipts: receipts_html(found, self._texts, self._words)}

        return await self._guard.run(request, self._tab.line, work)

    async def reload_receipts(self, request: gr.Request, page: Any) -> Changes:
        """The receipts after an erasure, under the line that says what was done."""
        changes = await self.show_receipts(request, page)
        receipts = self._tab.receipts
        return {receipts: changes[receipts]} if receipts in changes else changes

    async def find_people(self, request: gr.Request, search: Any) -> Changes:
        async def work() -> Changes:
            words = read_text(search).strip()
            if not words:
                return {self._tab.found: ""}
            found = await self._privacy.find_erasable(words)
            return {self._tab.found: found_html(found, self._words)}

        return await self._guard.run(request, self._tab.line, work)

    async def ask_to_erase(self, request: gr.Request, selected: Any) -> Changes:
        async def work() -> Changes:
            item = await self._privacy.get_erasable(read_text(selected))
            return {self._tab.found: question_html(item, self._words)}

        return await self._guard.run(request, self._tab.line, work)

    async def erase_contact(self, request: gr.Request, selected: Any) -> Changes:
        async def work() -> Changes:
            return self._erased(await self._privacy.erase_contact(_read_id(selected)))

        return await self._guard.run(request, self._tab.line, work)

    async def erase_person(self, request: gr.Request, selected: Any) -> Changes:
        """A contact with the chats in which it was left."""

        async def work() -> Changes:
            key = _read_id(selected)
            return self._erased(await self._privacy.erase_contact(key, with_chats=True))

        return await self._guard.run(request, self._tab.line, work)

    async def erase_chat(self, request: gr.Request, selected: Any) -> Changes:
        async def work() -> Changes:
            return self._erased(await self._privacy.erase_conversation(_read_id(selected)))

        return await self._guard.run(request, self._tab.line, work)

    def _erased(self, is_safe: bool) -> Changes:
        words = self._words.erased if is_safe else self._words.erased_here
        return {self._tab.found: "", self._tab.line: markup.done(words)}


def wire(tab: PrivacyTab, handlers: PrivacyHandlers) -> None:
    """Attaches the tab's events."""
    options, shown = EVENT_OPTIONS, [tab.found, tab.line]
    gr.on(
        [tab.tab.select, tab.show_button.click],
        handlers.show_receipts,
        inputs_kwargs={"page": tab.page},
        outputs=[tab.receipts, tab.line],
        trigger_mode="always_last",
        **options,
    )
    gr.on(
        [tab.search.change, tab.buttons["keep"].click],
        handlers.find_people,
        inputs_kwargs={"search": tab.search},
        outputs=shown,
        trigger_mode="always_last",
        **options,
    )
    one: dict[str, Any] = {"selected": tab.selected}
    tab.buttons["ask"].click(handlers.ask_to_erase, inputs_kwargs=one, outputs=shown, **options)
    for verb, handler in (
        ("contact", handlers.erase_contact),
        ("everything", handlers.erase_person),
        ("chat", handlers.erase_chat),
    ):
        done = tab.buttons[verb].click(handler, inputs_kwargs=one, outputs=shown, **options)
        done.then(
            handlers.reload_receipts,
            inputs_kwargs={"page": tab.page},
            outputs=[tab.receipts, tab.line],
            **options,
        )


def retention_html(words: OwnerPrivacyTexts, retention: Retention) -> str:
    """What is in force, and where visitors read of it."""
    kept = words.retention.format(
        chats=words.in_days(retention.chat_days), contacts=words.in_days(retention.contact_days)
    )
    page = f'<a href="/privacy" target="_blank" rel="noopener">{words.visitors_page}</a>'
    return (
        f'<h3 class="own-part">{words.kept}</h3><p>{markup.line(kept)}</p>'
        f"<p>{words.effect} {page}</p>"
    )


def found_html(items: list[Erasable], words: OwnerPrivacyTexts) -> str:
    """What the owner may mean, each with a button that asks before it erases."""
    if not items:
        return markup.blank(words.no_match, words.no_match_hint)
    rows = []
    for item in items:
        kind = markup.badge(item.kind, markup.word_of(words.kinds, item.kind))
        detail = f'<span class="own-quiet">{markup.line(item.detail)}</span>' if item.detail else ""
        title = markup.line(item.title or words.untitled)
        rows.append(
            f'<li class="own-erasable"><span class="own-what"><b>{title}</b>{detail}</span>{kind}'
            f"{markup.button(TAB, 'ask', item.id, words.choose)}</li>"
        )
    return markup.list_of(rows)


def question_html(item: Erasable, words: OwnerPrivacyTexts) -> str:
    """Asks once more, and says what goes."""
    is_chat = item.kind == "chat"
    ask = words.ask_chat if is_chat else words.ask_contact
    goes = words.chat_goes if is_chat else words.contact_goes
    title = ask.format(title=item.title or words.untitled)
    keep = markup.button(TAB, "keep", item.id, words.keep)
    if is_chat:
        acts = markup.button(TAB, "chat", item.id, words.erase_chat, style="is-grave")
    else:
        acts = markup.button(TAB, "contact", item.id, words.erase_contact, style="is-grave")
        acts += markup.button(TAB, "everything", item.id, words.erase_with_chats, style="is-grave")
    return (
        f'<div class="own-card own-question" role="alert"><p class="own-top"><b>'
        f"{markup.line(title)}</b></p><p>{markup.line(f'{goes} {words.for_good}')}</p>"
        f'<p class="own-acts">{acts}{keep}</p></div>'
    )


def receipts_html(page: PageOf[ReceiptRow], texts: OwnerTexts, words: OwnerPrivacyTexts) -> str:
    if not page.total:
        return markup.blank(words.no_receipts, words.no_receipts_hint)
    rows = [_receipt(receipt, words) for receipt in page.items]
    return markup.with_pager(TAB, page, markup.list_of(rows, "own-receipts"), texts)


def _receipt(receipt: ReceiptRow, words: OwnerPrivacyTexts) -> str:
    state = "wiped" if receipt.wiped_at else "waiting"
    said = words.wiped if receipt.wiped_at else words.waiting
    return (
        f'<li><span class="own-what"><b>{markup.word_of(words.reasons, receipt.reason)}</b>'
        f'<span class="own-quiet">{markup.line(count_words(receipt.counts, words))}</span></span>'
        f'<span class="own-when">{markup.moment(receipt.created_at)}</span>'
        f"{markup.badge(state, said)}</li>"
    )


def count_words(counts: dict[str, int], words: OwnerPrivacyTexts) -> str:
    """ "12 messages, 1 contact": what went, by number."""
    left = dict(counts)
    parts = []
    for table, one, many in words.things:
        if number := left.pop(table, 0):
            parts.append(f"{number:,} {one if number == 1 else many}")
    if rest := sum(left.values()):
        parts.append(words.one_other if rest == 1 else words.others.format(number=f"{rest:,}"))
    return ", ".join(parts) or words.only_changed


def _read_id(value: Any) -> uuid.UUID:
    found = read_uuid(value)
    if found is None:
        raise NotFound
    return found
