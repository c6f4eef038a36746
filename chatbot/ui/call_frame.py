"""The HTML around every page of calls: plain, without Gradio, whole without a script.

All of it is made of escaped values.
"""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from chatbot.ui.locales.calls_en import CallTexts
from chatbot.ui.theme import call_head
from chatbot.ui.values import PageValues


@dataclass(frozen=True)
class CallFrame:
    """Builds whole pages and the pieces that several of them have."""

    values: PageValues
    texts: CallTexts

    def page(self, heading: str, parts: Iterable[str], *, title: str = "") -> str:
        """A whole page; `heading` is text, `parts` are HTML."""
        name = html.escape(self.values.name)
        shown = html.escape(f"{title or heading} \u00b7 {self.values.name}")
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="robots" content="noindex">'
            f"<title>{shown}</title>{call_head(self.values)}</head><body><main>"
            f'<p class="who">{name}</p><h1>{html.escape(heading)}</h1>{"".join(parts)}'
            f'<p class="back"><a href="/">{self.texts.back}</a></p></main></body></html>'
        )

    def fill(self, words: str, **values: object) -> str:
        """Words of ours with escaped values in them, the owner's first name as `name`."""
        escaped = {name: html.escape(str(value)) for name, value in values.items()}
        return words.format(name=html.escape(self.values.first_name), **escaped)

    def paragraph(self, words: str, kind: str = "", **values: object) -> str:
        name = f' class="{kind}"' if kind else ""
        return f"<p{name}>{self.fill(words, **values)}</p>"

    def error(self, message: str) -> str:
        """What went wrong with the whole page; "" for nothing."""
        return f'<p id="error" role="alert">{html.escape(message)}</p>' if message else ""

    def not_found(self) -> str:
        """The page for everything that is unknown."""
        return self.page(self.texts.not_found, [self.paragraph(self.texts.not_found_hint)])

    def form(self, action: str, content: str, *, method: str = "post", kind: str = "") -> str:
        name = f' class="{kind}"' if kind else ""
        return f'<form method="{method}" action="{html.escape(action)}"{name}>{content}</form>'

    def button(self, label: str, *, kind: str = "") -> str:
        name = f' class="{kind}"' if kind else ""
        return f'<button type="submit"{name}>{self.fill(label)}</button>'

    def link(self, address: str, label: str, *, kind: str = "button", more: str = "") -> str:
        return f'<a class="{kind}" href="{html.escape(address)}"{more}>{self.fill(label)}</a>'

    def field(
        self,
        name: str,
        label: str,
        value: str,
        *,
        help_text: str = "",
        error: str = "",
        more: str = "",
    ) -> str:
        """One line to type in, with its helper words or what to change."""
        return (
            f'<div class="field"><label for="{name}">{self.fill(label)}</label>'
            f'<input id="{name}" name="{name}" value="{html.escape(value)}"{more}'
            f"{_described(name, help_text, error)}>{self._beside(name, help_text, error)}</div>"
        )

    def area(
        self, name: str, label: str, value: str, *, help_text: str = "", error: str = ""
    ) -> str:
        """Several lines to type in."""
        return (
            f'<div class="field"><label for="{name}">{self.fill(label)}</label>'
            f'<textarea id="{name}" name="{name}" rows="3"'
            f"{_described(name, help_text, error)}>{html.escape(value)}</textarea>"
            f"{self._beside(name, help_text, error)}</div>"
        )

    def tick(self, name: str, label: str, *, is_ticked: bool, help_text: str) -> str:
        """A box to tick."""
        ticked = " checked" if is_ticked else ""
        return (
            f'<div class="field"><label class="tick"><input type="checkbox" name="{name}" '
            f'value="yes"{ticked} aria-describedby="{name}-help"><span>{self.fill(label)}</span>'
            f"</label>{self._beside(name, help_text, '')}</div>"
        )

    def _beside(self, name: str, help_text: str, error: str) -> str:
        if error:
            return f'<p class="field-error" id="{name}-error">{html.escape(error)}</p>'
        return f'<p class="help" id="{name}-help">{self.fill(help_text)}</p>' if help_text else ""


def hidden(**values: str) -> str:
    """Fields that carry values from page to page."""
    return "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in values.items()
    )


def zone_options(chosen: ZoneInfo) -> str:
    """The options of a choice of time zones."""
    names = [*_zone_names()]
    if chosen.key not in names:
        names.insert(0, chosen.key)
    return "".join(
        f'<option value="{name}"{" selected" if name == chosen.key else ""}>'
        f"{name.replace('_', ' ')}</option>"
        for name in map(html.escape, names)
    )


@cache
def _zone_names() -> tuple[str, ...]:
    """The zones that people live in: "Europe/Berlin", not "Etc/GMT+3" or "US/Pacific-New"."""
    areas = (
        "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/",
        "Indian/", "Pacific/",
    )  # fmt: skip
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(areas)))


def _described(name: str, help_text: str, error: str) -> str:
    if error:
        return f' aria-invalid="true" aria-describedby="{name}-error"'
    return f' aria-describedby="{name}-help"' if help_text else ""
