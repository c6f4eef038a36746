"""The HTML around the forms' fields: headings, helper words, errors, and what has come of a form.

All of it is made of escaped values, one line each, and shown by `gr.Markdown`.
"""

import html
import secrets
from datetime import datetime

from chatbot.engine.views import ChatView, ContactReceipt
from chatbot.errors import LimitReached
from chatbot.ui.frame import book_link
from chatbot.ui.limit_notice import limit_notice
from chatbot.ui.locales.en import Texts
from chatbot.ui.markdown import plain_html
from chatbot.ui.presence_words import build_expectation
from chatbot.ui.values import PageValues


class FormsFrame:
    """Builds the pieces of the Contact tab and of the tab that calls the owner."""

    def __init__(self, values: PageValues, texts: Texts) -> None:
        self._values = values
        self._texts = texts
        self._name = html.escape(values.first_name)

    def contact_heading(self) -> str:
        texts = self._texts
        return (
            f'<div class="cc-form-head"><h2>{self._fill(texts.contact_heading)}</h2>'
            f"<p>{self._fill(texts.contact_intro)}</p></div>"
        )

    def human_heading(self) -> str:
        return f'<div class="cc-form-head"><h2>{self._fill(self._texts.human_heading)}</h2></div>'

    def steps(self) -> str:
        """What happens when the owner is asked to join."""
        items = "".join(f"<li>{self._fill(step)}</li>" for step in self._texts.human_steps)
        heading = f"<h3>{self._fill(self._texts.human_steps_heading)}</h3>"
        return f'<div class="cc-steps">{heading}<ol>{items}</ol></div>'

    def help(self, field: str, words: str) -> str:
        """The helper words under a field; the page's script names them to screen readers."""
        return f'<p class="cc-help" id="{field}-help">{self._fill(words)}</p>'

    def field_error(self, field: str, message: str) -> str:
        """What to change in a field, or "" to clear it."""
        if not message:
            return ""
        return (
            f'<p class="cc-field-error" id="{field}-error" role="alert">{plain_html(message)}</p>'
        )

    def answered(self, message: str = "") -> str:
        """A mark that the server has answered a form, and what went wrong beside the fields."""
        error = f'<p class="cc-error" role="alert">{plain_html(message)}</p>' if message else ""
        return self._answer(error)

    def over_limit(self, reached: LimitReached) -> str:
        """The same mark, and when the form can be sent again."""
        return self._answer(limit_notice(reached, self._texts))

    def _answer(self, error: str) -> str:
        return f'<div><i class="cc-answered" id="answered-{secrets.token_hex(4)}"></i>{error}</div>'

    def receipt(self, receipt: ContactReceipt) -> str:
        """That the details are stored and what happens next."""
        texts = self._texts
        what_next = texts.contact_next if receipt.has_consented else texts.contact_next_unasked
        email = f"<b>{html.escape(receipt.email)}</b>"
        again = self._button("again", texts.change_contact)
        more = self._book() + (
            self._button("verify", texts.verify_email) if self._values.sends_email else ""
        )
        return (
            f'<div class="cc-receipt" role="status"><h2>{self._fill(texts.contact_done)}</h2>'
            f"<p>{what_next.format(name=self._name, email=email)}</p>"
            f'<p class="cc-choices">{self.back()}{again}{more}</p></div>'
        )

    def _book(self) -> str:
        address = self._values.call_address
        return book_link(address, self._texts.book_call, kind="cc-choice") if address else ""

    def presence(self, view: ChatView) -> str:
        """Whether the owner is in the chat, and whether they have been told of it."""
        texts, told = self._texts, view.escalation
        if view.has_owner:
            return self._in_chat()
        expected = build_expectation(view.presence, texts, self._name)
        if told is None:
            return self.not_here(
                expected, is_online=bool(view.presence and view.presence.is_online)
            )
        words = (texts.taken if told.is_taken else texts.told).format(
            name=self._name, time=_time(told.told_at)
        )
        more = self._button("more", texts.add_more)
        return (
            '<div class="cc-presence is-told" role="status">'
            f'<p class="cc-where"><span>{words}</span></p>'
            f"<p>{self._fill(texts.told_next)} {expected}</p>"
            f'<p class="cc-choices">{self.back()}{more}</p></div>'
        )

    def not_here(self, expected: str = "", *, is_online: bool = False) -> str:
        """That the owner is not in the chat and has not been asked to be; `expected` says when they
        answer."""
        words = self._fill(self._texts.is_here if is_online else self._texts.not_here)
        more = f"<p>{expected}</p>" if expected and not is_online else ""
        mark = " is-online" if is_online else ""
        where = f'<p class="cc-where"><span>{words}</span></p>'
        return f'<div class="cc-presence{mark}">{where}{more}</div>'

    def _in_chat(self) -> str:
        texts = self._texts
        return (
            '<div class="cc-presence is-online is-here" role="status">'
            f'<p class="cc-where"><span>{self._fill(texts.is_in_chat)}</span></p>'
            f'<p>{self._fill(texts.in_chat_next)}</p><p class="cc-choices">{self.back()}</p></div>'
        )

    def aside(self, words: str, tab: str) -> str:
        """A line that leads to another tab: the words between `<a>` and `</a>` are the button."""
        before, _, rest = self._fill(words).partition("<a>")
        label, _, after = rest.partition("</a>")
        link = f'<button type="button" class="cc-do cc-go" id="do-tab-{tab}">{label}</button>'
        return f'<p class="cc-aside">{before}{link}{after}</p>'

    def back(self) -> str:
        """The button that leads back to the chat."""
        return self._button("tab-chat", self._texts.back_to_chat)

    def _button(self, action: str, label: str) -> str:
        return f'<button type="button" class="cc-do cc-choice" id="do-{action}">{label}</button>'

    def _fill(self, words: str) -> str:
        return words.format(name=self._name)


def _time(moment: datetime) -> str:
    """A moment in UTC; the page's script shows it by the visitor's clock."""
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{moment:%H:%M} UTC</time>'
