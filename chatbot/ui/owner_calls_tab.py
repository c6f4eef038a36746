"""The owner's tab of calls: who, when, what about; cancel; how calls are set up."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.people.booking_desk import (
    UPCOMING,
    BookingDesk,
    CallRow,
    CallSetup,
    EmailProblem,
)
from chatbot.storage.pages import PageOf
from chatbot.ui import owner_markup as markup
from chatbot.ui.event_values import read_text
from chatbot.ui.locales.owner_calls_en import OwnerCallTexts
from chatbot.ui.locales.owner_en import OwnerTexts
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

TAB = "calls"
FILE_PATH = "/api/owner/calls"


@dataclass(frozen=True)
class CallsTab:
    """The components of the tab; `selected` is the id that a button in the list is about."""

    tab: gr.Tab
    pane: OwnerList
    about: gr.Markdown
    selected: gr.Textbox
    cancel_button: gr.Button
    line: gr.Markdown


def build(texts: OwnerTexts, words: OwnerCallTexts) -> CallsTab:
    """The tab's components; call it inside `gr.Tabs`."""
    with gr.Tab(words.calls, elem_id=f"owner-{TAB}") as tab:
        with gr.Column(elem_classes="own-cards", min_width=0):
            pane = build_list(
                TAB, texts, search="", label=words.which, choices=words.choices, chosen=UPCOMING
            )
        line = gr.Markdown("", elem_id=f"owner-{TAB}-line", elem_classes="own-line")
        about = gr.Markdown("", elem_id=f"owner-{TAB}-about", latex_delimiters=[])
        selected = hidden_box(f"owner-{TAB}-selected")
        cancel_button = hidden_button(f"owner-{TAB}-cancel")
    return CallsTab(tab, pane, about, selected, cancel_button, line)


class CallsHandlers:
    """Reads what the page sent, makes one call, and shows what came of it."""

    def __init__(
        self,
        *,
        desk: BookingDesk,
        guard: OwnerGuard,
        tab: CallsTab,
        texts: OwnerTexts,
        words: OwnerCallTexts,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._tab = tab
        self._texts = texts
        self._words = words

    async def find_calls(self, request: gr.Request, status: Any) -> Changes:
        async def work() -> Changes:
            return {**await self._list(status, 1), self._tab.pane.page: "1"}

        return await self._guard.run(request, self._tab.line, work)

    async def show_calls(self, request: gr.Request, status: Any, page: Any) -> Changes:
        async def work() -> Changes:
            return await self._list(status, read_page_number(page))

        return await self._guard.run(request, self._tab.line, work)

    async def cancel_call(self, request: gr.Request, selected: Any) -> Changes:
        async def work() -> Changes:
            is_mailed = await self._desk.cancel(read_text(selected))
            words = self._words
            told = words.cancelled_mailed if is_mailed else words.cancelled_unmailed
            return {self._tab.line: markup.done(told)}

        return await self._guard.run(request, self._tab.line, work)

    async def reload_calls(self, request: gr.Request, status: Any, page: Any) -> Changes:
        """The list after a change, under the line that says what has changed."""
        changes = await self.show_calls(request, status, page)
        rows = self._tab.pane.rows
        return {rows: changes[rows]} if rows in changes else changes

    async def _list(self, status: Any, page: int) -> Changes:
        found = await self._desk.list_calls(when=read_text(status) or UPCOMING, page=page)
        problems, setup = await self._desk.list_email_problems(), self._desk.describe()
        rows = calls_html(found, self._texts, self._words, is_mailed=setup.sends_email)
        about = problems_html(problems, self._words) + setup_html(setup, self._words)
        return {self._tab.pane.rows: rows, self._tab.about: about}


def wire(tab: CallsTab, handlers: CallsHandlers) -> None:
    """Attaches the tab's events."""
    outputs = [tab.pane.rows, tab.about, tab.line]
    wire_list(
        tab.pane, tab.tab, find=handlers.find_calls, show=handlers.show_calls, outputs=outputs
    )
    cancelled = tab.cancel_button.click(
        handlers.cancel_call,
        inputs_kwargs={"selected": tab.selected},
        outputs=[tab.line],
        **EVENT_OPTIONS,
    )
    cancelled.then(
        handlers.reload_calls, inputs_kwargs=tab.pane.wanted, outputs=outputs, **EVENT_OPTIONS
    )


def calls_html(
    page: PageOf[CallRow], texts: OwnerTexts, words: OwnerCallTexts, *, is_mailed: bool
) -> str:
    """The list of calls, each a card."""
    if not page.total:
        return markup.blank(words.none, words.none_hint)
    cards = [_card(call, texts, words, is_mailed=is_mailed) for call in page.items]
    return markup.with_pager(TAB, page, markup.list_of(cards, "own-deck"), texts)


def problems_html(problems: tuple[EmailProblem, ...], words: OwnerCallTexts) -> str:
    """The e-mails that did not arrive; "" for none."""
    if not problems:
        return ""
    items = "".join(
        f'<li class="own-card"><p class="own-top"><b>{markup.line(problem.subject)}</b>'
        f"{_badge_of(problem, words)}</p>"
        f'<p class="own-sub">{markup.line(problem.email)}</p>'
        f'<p class="own-quiet">{markup.line(problem.error)}, {markup.moment(problem.at)}</p></li>'
        for problem in problems
    )
    deck = f'<ul class="own-deck">{items}</ul>'
    return f'<div class="own-list own-part"><h3>{markup.line(words.problems)}</h3>{deck}</div>'


def setup_html(setup: CallSetup, words: OwnerCallTexts) -> str:
    """What is set up, and the settings that change it."""
    heading = f"<h3>{markup.line(words.setup)}</h3>"
    if setup.calendar_url:
        told = words.setup_elsewhere.format(url=setup.calendar_url)
        return f'<div class="own-part">{heading}<p>{markup.line(told)}</p></div>'
    mail = words.setup_mail_on if setup.sends_email else words.setup_mail_off
    change = f'<p class="own-quiet">{markup.line(words.setup_change)}</p>'
    if not setup.address:
        off = f"<p>{markup.line(words.setup_off)}</p>"
        return f'<div class="own-part">{heading}{off}{change}</div>'
    length = words.setup_length.format(minutes=setup.minutes, buffer=setup.buffer_minutes)
    ahead = words.setup_notice.format(notice=setup.notice_hours, days=setup.days_ahead)
    known = markup.facts(
        [
            (
                words.hours,
                markup.line(words.setup_hours.format(hours=setup.hours, zone=setup.zone)),
            ),
            (words.length, markup.line(length)),
            (words.ahead, markup.line(ahead)),
            (words.mail, markup.line(mail)),
            (words.page, f'<a href="{setup.address}" target="_blank">{setup.address}</a>'),
        ]
    )
    return f'<div class="own-part">{heading}{known}{change}</div>'


def _badge_of(problem: EmailProblem, words: OwnerCallTexts) -> str:
    if problem.is_given_up:
        return markup.badge("failed", words.given_up)
    return markup.badge("pending", words.waiting)


def _card(call: CallRow, texts: OwnerTexts, words: OwnerCallTexts, *, is_mailed: bool) -> str:
    who = " \u00b7 ".join(filter(None, [call.name or texts.unnamed, call.email]))
    theirs = words.for_them.format(when=call.visitor_when) if call.visitor_when else ""
    below = f'<p class="own-quiet">{markup.line(theirs)}</p>' if theirs else ""
    topic = f'<p class="own-note">{markup.prose(call.topic)}</p>' if call.topic else ""
    state = markup.word_of(words.states, call.status)
    return (
        f'<li class="own-card is-{call.status}">'
        f'<p class="own-top"><b>{markup.line(call.when)}</b>{markup.badge(call.status, state)}</p>'
        f'<p class="own-sub">{markup.line(who)}</p>{below}{topic}'
        f'<p class="own-acts">{_ways(call, texts, words)}</p>'
        f"{_cancel(call, words, is_mailed=is_mailed)}</li>"
    )


def _ways(call: CallRow, texts: OwnerTexts, words: OwnerCallTexts) -> str:
    place, ways = f"{TAB}-{call.id}", ""
    if call.contact_id:
        ways += markup.button("contacts", "open", call.contact_id, words.open_contact, place=place)
    if call.conversation_id:
        ways += markup.button("inbox", "open", call.conversation_id, texts.read_chat, place=place)
    file = f'<a class="own-button" href="{FILE_PATH}/{call.id}.ics" download>'
    return f"{ways}{file}{markup.line(words.save_file)}</a>"


def _cancel(call: CallRow, words: OwnerCallTexts, *, is_mailed: bool) -> str:
    """What opens the question whether to cancel, with its answer."""
    if call.status != "booked" or call.is_over:
        return ""
    told = words.cancel_mailed if is_mailed else words.cancel_unmailed.format(email=call.email)
    yes = markup.button(TAB, "cancel", call.id, words.cancel_yes)
    return (
        f'<details class="own-sure"><summary>{markup.line(words.cancel)}</summary>'
        f'<p class="own-quiet">{markup.line(told)}</p><p class="own-acts">{yes}</p></details>'
    )
