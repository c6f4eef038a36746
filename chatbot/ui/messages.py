"""Turns a chat's view into what the message list shows.

The only place that knows the format in which Gradio's page takes messages. Every part of a message
that is not the model's Markdown is one line of HTML: after a blank line the browser would read the
rest as Markdown.
"""

import html
import uuid
from collections import OrderedDict
from typing import Any
from urllib.parse import urlsplit

from chatbot.engine.views import ChatView, MessageView
from chatbot.events import Citation
from chatbot.people.floor import TAKEN_OVER
from chatbot.ui.locales.en import Texts
from chatbot.ui.markdown import SafeMarkdown, plain_html
from chatbot.ui.values import PageValues

_CACHED_MESSAGES = 2000

LogMessage = dict[str, Any]


class MessageRenderer:
    """Message views in, finished messages out: each is built once and must not be changed."""

    def __init__(self, values: PageValues, texts: Texts) -> None:
        self._texts = texts
        self._name = html.escape(values.first_name)
        self._initials = html.escape(values.initials)
        self._markdown = SafeMarkdown(link_hosts(values), own_paths(values))
        self._finished: OrderedDict[tuple[object, ...], LogMessage] = OrderedDict()

    def messages(self, view: ChatView) -> list[LogMessage]:
        """The messages of `view`, oldest first, for `gr.Chatbot`."""
        return [self._message(message, view.status_line) for message in view.messages]

    def _message(self, view: MessageView, status_line: str) -> LogMessage:
        if view.status == "streaming":
            return _message(view.role, self._streaming(view, status_line))
        key = (view.id, view.status, view.feedback, view.limited, len(view.text))
        found = self._finished.get(key)
        if found is None:
            found = self._finished[key] = _message(view.role, self._content(view))
            if len(self._finished) > _CACHED_MESSAGES:
                self._finished.popitem(last=False)
        return found

    def _content(self, view: MessageView) -> str:
        if view.role == "user":
            return self._user(view)
        if view.role == "owner":
            return self._owner(view)
        if view.role == "notice":
            return self._notice(view)
        return self._assistant(view)

    def _user(self, view: MessageView) -> str:
        edit = _button("edit", view.id, self._texts.edit)
        copy = _button("copy", view.id, self._texts.copy)
        return (
            f'<div class="cc-user" id="m-{view.id}"><p class="cc-text">{plain_html(view.text)}</p>'
            f'<div class="cc-acts">{copy}{edit}</div></div>'
        )

    def _owner(self, view: MessageView) -> str:
        return (
            f'<div class="cc-owner"><p class="cc-by"><span class="cc-face">{self._initials}</span>'
            f"<span>{self._name}</span><small>{self._texts.in_person}</small></p>"
            f'<p class="cc-text">{plain_html(view.text)}</p></div>'
        )

    def _notice(self, view: MessageView) -> str:
        words = plain_html(self._texts.notice(view.text)).format(name=self._name)
        head, gap, said = words.partition("<br><br>")
        if not gap:
            return f'<div class="cc-notice">{words}</div>'
        # What the owner has answered: a line that says so, and their words.
        return f'<div class="cc-notice cc-told"><p>{head}</p><p class="cc-text">{said}</p></div>'

    def _streaming(self, view: MessageView, status_line: str) -> str:
        if view.text:
            return self._prose(view)
        words = plain_html(status_line or self._texts.thinking)
        return f'<div class="cc-wait"><i></i><i></i><i></i><span>{words}</span></div>'

    def _prose(self, view: MessageView) -> str:
        numbers = {citation.number: citation.label for citation in view.citations}

        def marker(number: int) -> str | None:
            if view.status == "streaming":
                # Takes the room of the button that comes with the sources: nothing shifts then.
                return f'<span class="cc-cite"><b>{number}</b></span>'
            if number not in numbers:
                return None
            label = html.escape(numbers[number], quote=True)
            name = self._texts.source_number.format(number=number)
            return (
                f'<a href="#src-{view.id}-{number}" class="cc-do cc-cite" '
                f'id="do-cite-{view.id}-{number}" title="{label}">'
                f'<span class="cc-sr">{name}</span><b>{number}</b></a>'
            )

        return self._markdown.render(view.text, marker)

    def _assistant(self, view: MessageView) -> str:
        parts = [self._prose(view)] if view.text else []
        foot = [self._sources(view), self._ending(view), self._actions(view)]
        parts.append(f'<div class="cc-foot" id="m-{view.id}">{"".join(foot)}</div>')
        return "\n\n".join(parts)

    def _sources(self, view: MessageView) -> str:
        if not view.citations:
            return ""
        items = "".join(_source(view.id, citation) for citation in view.citations)
        return f'<div class="cc-sources"><p class="cc-label">{self._texts.sources}</p>{items}</div>'

    def _ending(self, view: MessageView) -> str:
        if view.status == "done":
            return ""
        words = self._texts.ending(view.status, view.error)
        go_on = _button("go-on", view.id, self._texts.go_on, wordy=True) if view.text else ""
        if view.status == "failed":
            go_on = ""
        if view.error == TAKEN_OVER:
            return f'<div class="cc-ending"><span>{plain_html(words)}</span></div>'
        retry = _button("retry", view.id, self._texts.retry, wordy=True)
        return (
            f'<div class="cc-ending"><span>{plain_html(words)}</span>'
            f'<span class="cc-last">{go_on}{retry}</span></div>'
        )

    def _actions(self, view: MessageView) -> str:
        if not view.text:
            return ""
        texts = self._texts
        buttons = [
            _button("copy", view.id, texts.copy),
            _button("good", view.id, texts.good, pressed=view.feedback == "up"),
            _button("poor", view.id, texts.poor, pressed=view.feedback == "down"),
        ]
        if view.status == "done":
            buttons.append(_button("retry", view.id, texts.retry, extra="cc-last"))
        tag = f'<span class="cc-tag" title="{texts.limited_hint}">{texts.limited}</span>'
        reasons = self._reasons(view) if view.feedback == "down" else ""
        limited = tag if view.limited else ""
        return f'<div class="cc-acts">{"".join(buttons)}{limited}</div>{reasons}'

    def _reasons(self, view: MessageView) -> str:
        texts = self._texts
        chips = "".join(
            f'<button type="button" class="cc-do cc-chip" id="do-why{number}-{view.id}">'
            f"{reason}</button>"
            for number, reason in enumerate(texts.reasons)
        )
        return (
            f'<div class="cc-reasons" id="why-{view.id}"><p class="cc-label">{texts.what_was_wrong}'
            f'</p>{chips}<span class="cc-why"><input type="text" id="why-text-{view.id}" '
            f'title="{texts.what_was_wrong}"><button type="button" class="cc-do cc-chip" '
            f'id="do-why-{view.id}">{texts.save_reason}</button></span>'
            f'<p class="cc-thanks">{texts.thanks.format(name=self._name)}</p></div>'
        )


def own_paths(values: PageValues) -> frozenset[str]:
    """The paths of this site that an answer may link to."""
    return frozenset(path for path in [values.call_address] if path.startswith("/"))


def link_hosts(values: PageValues) -> frozenset[str]:
    """The hosts that an answer may link to: those of the owner's own links and calendar."""
    urls = [*(link.url for link in values.links), values.call_address]
    hosts = (urlsplit(url).hostname or "" for url in urls)
    return frozenset(host.removeprefix("www.") for host in hosts if host)


def _message(role: str, text: str) -> LogMessage:
    side = "user" if role == "user" else "assistant"
    content = [{"text": text, "type": "text"}]
    return {"role": side, "metadata": None, "content": content, "options": None}


def _button(
    action: str,
    message_id: uuid.UUID,
    label: str,
    *,
    wordy: bool = False,
    pressed: bool = False,
    extra: str = "",
) -> str:
    classes = " ".join(
        filter(None, ["cc-do", f"cc-{action}", "cc-wordy" if wordy else "cc-icon", extra])
    )
    state = " cc-on" if pressed else ""
    return (
        f'<button type="button" class="{classes}{state}" id="do-{action}-{message_id}" '
        f'title="{label}"><span>{label}</span></button>'
    )


def _source(message_id: uuid.UUID, citation: Citation) -> str:
    return (
        f'<details class="cc-src" id="src-{message_id}-{citation.number}"><summary>'
        f"<b>{citation.number}</b><span>{plain_html(citation.label)}</span></summary>"
        f"<p>{plain_html(citation.passage)}</p></details>"
    )
