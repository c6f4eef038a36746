"""The HTML of the page around the messages: who this is, the state of the chat, earlier chats.

All of it is made of escaped values, one line each, and shown by `gr.Markdown`.
"""

import html
import re

from chatbot.engine.views import ChatSummary, ChatView
from chatbot.people.fit_links import FIT_PATH
from chatbot.ui.locales.en import Texts
from chatbot.ui.markdown import plain_html
from chatbot.ui.presence_words import build_expectation
from chatbot.ui.values import PageValues

PORTRAIT_PATH = "/page/portrait"

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


class PageFrame:
    """Builds the pieces of the page that are not messages."""

    def __init__(self, values: PageValues, texts: Texts) -> None:
        self._values = values
        self._texts = texts
        self._name = html.escape(values.first_name)

    def who(self) -> str:
        """Portrait or initials, the name as the page's heading, the headline."""
        values = self._values
        face = f'<span class="cc-face">{html.escape(values.initials)}</span>'
        if values.portrait is not None:
            face = f'<img class="cc-face" src="{PORTRAIT_PATH}" alt="" width="56" height="56">'
        return (
            f'<div class="cc-who">{face}<div><h1>{html.escape(values.name)}</h1>'
            f"<p>{html.escape(values.headline)}</p></div></div>"
        )

    def facts(self) -> str:
        """Place, availability and links; "" when the profile names none."""
        values = self._values
        lines = [
            f'<p class="cc-fact cc-{kind}">{html.escape(text)}</p>'
            for kind, text in (("place", values.place), ("availability", values.availability))
            if text
        ]
        links = "".join(
            f'<a class="cc-fact cc-link" href="{html.escape(link.url, quote=True)}" '
            f'target="_blank" rel="noopener noreferrer">{html.escape(link.label)}</a>'
            for link in values.links
        )
        return f'<div class="cc-facts">{"".join(lines)}{links}</div>' if lines or links else ""

    def doors(self) -> str:
        """What leads to the visitor's own data, to this chat on another device, and where the owner
        signs in: a page of its own, outside of any frame around this one."""
        texts = self._texts
        device = f'<button type="button" class="cc-do" id="do-device">{texts.other_device}</button>'
        data = f'<button type="button" class="cc-your-data">{texts.your_data}</button>'
        owner = f'<a href="/owner" target="_blank" rel="noopener">{texts.owner}</a>'
        owner = owner if self._values.has_owner_area else ""
        return f'<p class="cc-door">{device}{data}{owner}</p>'

    def book(self) -> str:
        """The way to book a call; "" where none can be booked."""
        address = self._values.call_address
        if not address:
            return ""
        return book_link(address, self._texts.book_call, kind="cc-book cc-wide")

    def fit(self) -> str:
        """The way to have a job description compared with the records."""
        return f'<a class="cc-book cc-fit cc-wide" href="{FIT_PATH}">{self._texts.fit_sheet}</a>'

    def way_to(self, path: str) -> str:
        """Where a click leads that the server had to be asked about; the page's script goes."""
        return f'<a class="cc-goto" href="{html.escape(path, quote=True)}" hidden></a>'

    def return_link(self, code: str) -> str:
        """The address that opens this chat on another device; the script makes it whole."""
        path = html.escape(f"/return/{code}", quote=True)
        return (
            f'<p class="cc-banner cc-device" role="status">{self._texts.return_link} '
            f'<a class="cc-address" href="{path}" target="_blank" rel="noopener">{path}</a></p>'
        )

    def menu_button(self) -> str:
        """Opens what the rail holds beside the name, on a narrow screen."""
        menu = self._texts.menu
        return f'<button type="button" class="cc-do" id="do-menu" title="{menu}">{menu}</button>'

    def editing(self) -> str:
        """The line above the input while an earlier message is being changed."""
        texts = self._texts
        return (
            f'<p class="cc-editing"><span>{texts.editing}</span><button type="button" '
            f'class="cc-do" id="do-cancel">{texts.cancel}</button></p>'
        )

    def note(self) -> str:
        """The line under the input: what is answering; the page's script shows another of them."""
        texts = self._texts
        note = texts.note.format(name=self._name)
        return (
            f'<p class="cc-note"><span class="cc-online">{note} '
            f'<button type="button" class="cc-your-data">{texts.your_data}</button></span>'
            f'<span class="cc-silent">{texts.note_human.format(name=self._name)}</span>'
            f'<span class="cc-typing" role="status">{texts.typing.format(name=self._name)}</span>'
            f'<span class="cc-words" id="write-to">{texts.write_to.format(name=self._name)}</span>'
            f'<span class="cc-offline" role="status">{texts.offline}</span>'
            f'<span class="cc-failed" role="status">{texts.failed_to_send}</span>'
            f'<span class="cc-long" role="status">{texts.far_too_long}</span></p>'
        )

    def hello(self) -> str:
        """The greeting of an empty chat: who answers, who reads it, what is stored where."""
        texts, values = self._texts, self._values
        host = html.escape(values.provider_host)
        provider = texts.stored_provider.format(host=host) if host else ""
        stored = texts.stored.format(retention=_before(values.retention), provider=provider)
        limited = texts.limited_opening.format(name=self._name) if values.is_limited else ""
        small = " ".join(filter(None, [stored, limited]))
        return (
            '<div class="cc-hello">'
            f'<p class="cc-headline">{html.escape(values.headline)}</p>'
            f"<h2>{texts.hello.format(name=self._name)}</h2>"
            f"<p>{texts.who.format(name=self._name)}</p>"
            f'<div class="cc-ways">{self.book()}{self.fit()}</div>'
            f'<p class="cc-small">{small}</p>{self._problems()}</div>'
        )

    def state(self, view: ChatView | None, *, taken: str = "", door: str = "") -> str:
        """The flags that the style sheet goes by, and a banner where one is due.

        `taken` is the client message id of a message that has been stored: the page's script then
        clears the input. `door` is HTML of ours that a click asked for.
        """
        if view is None:
            return '<div class="cc-state"></div>'
        flags = {
            "is-ready": True,
            "has-chat": bool(view.messages),
            "is-answering": view.is_answering,
            "is-ended": view.is_ended,
            "is-escalated": view.is_escalated,
            "is-human": view.has_owner,
            "has-earlier": view.has_earlier,
        }
        names = " ".join(["cc-state", *(name for name, holds in flags.items() if holds)])
        mark = f'<i class="cc-taken" id="taken-{taken}"></i>' if _ID.fullmatch(taken) else ""
        return f'<div class="{names}">{mark}{door}{self._banner(view)}</div>'

    def chats(self, view: ChatView) -> str:
        """The visitor's earlier chats, each a button; "" when this is the only one."""
        others = view.chats
        if not [chat for chat in others if chat.id != view.conversation_id]:
            return ""
        items = "".join(self._chat(chat, chat.id == view.conversation_id) for chat in others)
        return f'<div class="cc-chats"><h2>{self._texts.earlier_chats}</h2>{items}</div>'

    def error(self, message: str) -> str:
        """One plain line under the input, or "" to clear it."""
        return f'<p class="cc-error" role="alert">{plain_html(message)}</p>' if message else ""

    def _chat(self, chat: ChatSummary, is_open: bool) -> str:
        title = html.escape(chat.title or self._texts.untitled_chat)
        day = f"{chat.active_at.day} {chat.active_at:%b %Y}"
        mark = " cc-on" if is_open else ""
        return (
            f'<button type="button" class="cc-do cc-chat{mark}" id="do-open-{chat.id}">'
            f"<span>{title}</span><small>{day}</small></button>"
        )

    def _banner(self, view: ChatView) -> str:
        expected = ""
        if view.has_owner:
            kind, text = "human", self._texts.with_owner
        elif view.is_ended:
            kind, text = "ended", self._texts.ended
        elif view.is_escalated:
            kind, text = "talk", self._texts.escalated
            expected = build_expectation(view.presence, self._texts, self._name, offers_email=False)
        elif view.is_limited and view.messages:
            kind, text = "limited", self._texts.limited_banner
        else:
            return ""
        words = text.format(name=self._name)
        said = " ".join(filter(None, [words, expected]))
        return f'<p class="cc-banner cc-{kind}" role="status">{said}</p>'

    def _problems(self) -> str:
        if not self._values.problems:
            return ""
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self._values.problems)
        return f'<div class="cc-problems"><b>{self._texts.empty_profile}</b><ul>{lines}</ul></div>'


def book_link(address: str, words: str, *, kind: str) -> str:
    """A link to where calls are booked; another site opens beside this page."""
    beside = "" if address.startswith("/") else ' target="_blank" rel="noopener noreferrer"'
    link = html.escape(address, quote=True)
    return f'<a class="{kind}" href="{link}"{beside}>{html.escape(words)}</a>'


def _before(retention: str) -> str:
    return f" {html.escape(retention)}" if retention else ""
