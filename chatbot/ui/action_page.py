"""The HTML of the page that a link in a notification opens: what it would do, and one button.

Like the sign-in page it has no script, no style of its own and nothing of Gradio.
"""

import html
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chatbot.people.action_links import ActionView, LinkState, owner_path
from chatbot.people.action_subjects import Action
from chatbot.people.answers import MAX_ANSWER
from chatbot.ui.locales.action_en import ActionTexts, ActionWords
from chatbot.ui.theme import sign_in_head
from chatbot.ui.values import PageValues

_STATUS_TEXTS = {404: "unknown", 429: "too_often", 503: "failed"}


@dataclass(frozen=True)
class ActionPage:
    """Implements `chatbot.web.action_routes.ActionPage`; moments are shown by the clock of
    `zone`."""

    values: PageValues
    texts: ActionTexts
    zone: ZoneInfo

    def show(self, view: ActionView, *, error: str = "", draft: str = "") -> str:
        """The page for a link in any state; every text of a visitor is escaped."""
        words = self.texts.actions[view.action]
        if view.state == LinkState.READY:
            return self._page(words.heading, self._offer(view, words, error=error, draft=draft))
        heading, note = self._outcome(view, words)
        says_so = view.action == Action.TAKE_OVER and view.state == LinkState.DONE
        extra = "" if says_so else f" {self.texts.sign_in_note}"
        is_there = view.state != LinkState.GONE
        area = (view.area, words.area) if is_there else (owner_path(""), self.texts.area)
        return self._page(heading, f"<p>{html.escape(note + extra)}</p>{_button(*area)}")

    def refuse(self, status: int) -> str:
        """The page without a link: it is not known, too many were not, or nothing can be done."""
        name = _STATUS_TEXTS[status]
        heading, note = getattr(self.texts, name), getattr(self.texts, f"{name}_note")
        area = _button(owner_path(""), self.texts.area)
        return self._page(heading, f"<p>{html.escape(note)}</p>{area}")

    def _offer(self, view: ActionView, words: ActionWords, *, error: str, draft: str) -> str:
        texts = self.texts
        is_answer = view.action == Action.ANSWER
        label = texts.question_label if is_answer else texts.words_label
        facts = [(texts.who_label, view.who or texts.somebody), (label, view.words)]
        told = "".join(
            f'<dt>{html.escape(name)}</dt><dd dir="auto">{html.escape(fact)}</dd>'
            for name, fact in facts
            if fact
        )
        alert = f'<p id="error" role="alert">{html.escape(error)}</p>' if error else ""
        box = self._answer_box(draft, has_error=bool(error)) if is_answer else ""
        once = texts.once.format(expires=self._moment(view.expires_at))
        return (
            f"<dl>{told}</dl><p>{html.escape(self._fill(words.effect, view))}</p>{alert}"
            # No address: the form goes to the one that the page has, which is the secret.
            f'<form method="post">{box}<button type="submit">{html.escape(words.button)}</button>'
            f'</form><p class="small">{html.escape(once)}</p>'
        )

    def _answer_box(self, draft: str, *, has_error: bool) -> str:
        state = ' aria-invalid="true" aria-describedby="error"' if has_error else ""
        # HTML drops the first line break of a text area.
        return (
            f'<label for="text">{html.escape(self.texts.answer_label)}</label>'
            f'<textarea id="text" name="text" rows="6" required maxlength="{MAX_ANSWER}"{state}>\n'
            f"{html.escape(draft)}</textarea>"
        )

    def _outcome(self, view: ActionView, words: ActionWords) -> tuple[str, str]:
        """Heading and note of a link that does nothing any more."""
        texts = self.texts
        if view.state == LinkState.DONE:
            return words.done, self._fill(words.done_note, view)
        if view.state == LinkState.USED and view.used_at is not None:
            return texts.used, texts.used_note.format(when=self._moment(view.used_at))
        if view.state == LinkState.EXPIRED:
            return texts.expired, texts.expired_note
        if view.state == LinkState.GONE:
            return texts.expired, words.gone
        return words.settled, texts.settled_note

    def _fill(self, words: str, view: ActionView) -> str:
        filled = words.replace("{who}", view.who or self.texts.somebody)
        return filled[:1].upper() + filled[1:]

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return f"{local.day} {local:%B %Y}, {local:%H:%M}"

    def _page(self, heading: str, content: str) -> str:
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="robots" content="noindex">'
            f"<title>{html.escape(heading)}</title>{sign_in_head(self.values)}</head><body><main>"
            f"<p>{html.escape(self.values.name)}</p><h1>{html.escape(heading)}</h1>{content}"
            "</main></body></html>"
        )


def _button(path: str, words: str) -> str:
    return f'<a class="button" href="{html.escape(path)}">{html.escape(words)}</a>'
