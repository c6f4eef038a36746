"""The HTML of the fit sheet's pages: where one is made, and the sheet, which prints to A4."""

import html
from collections.abc import Sequence

from chatbot.engine.fit_desk import SheetView
from chatbot.knowledge.fit import FitItem, FitSheet
from chatbot.knowledge.fit_text import write_markdown
from chatbot.people.job_descriptions import MAX_JOB_CHARACTERS
from chatbot.ui.call_frame import CallFrame, hidden
from chatbot.ui.fit_print import choose_print
from chatbot.ui.locales.fit_en import FitTexts

_ORDER = ("met", "partial", "gap", "unknown")


class FitPages:
    """Implements `chatbot.web.fit_routes.Pages`; all values in the pages are escaped."""

    def __init__(self, frame: CallFrame, texts: FitTexts) -> None:
        self._frame = frame
        self._texts = texts

    @property
    def file_name(self) -> str:
        return self._texts.file_name

    def ask(self, key: str, sheets: Sequence[SheetView], *, text: str = "", error: str = "") -> str:
        """Where a job description is pasted; `text` is what was typed before."""
        frame, texts = self._frame, self._texts
        helping = texts.field_help.format(most=f"{MAX_JOB_CHARACTERS:,}")
        form = frame.form(
            "/fit/make",
            hidden(key=key)
            + frame.area("text", texts.field, text, help_text=helping, error=error)
            + frame.button(texts.make),
            kind="once fit-form",
        )
        known = "".join(
            f'<li><a href="{html.escape(sheet.path)}">'
            f"{html.escape(sheet.title or texts.untitled)}</a> "
            f"<small>{_tally(sheet.sheet, texts)}</small></li>"
            for sheet in sheets
        )
        list_ = f'<h2>{texts.yours}</h2><ul class="fit-known">{known}</ul>' if known else ""
        parts = [frame.paragraph(texts.intro), form, frame.paragraph(texts.honest, "help"), list_]
        return frame.page(texts.title.format(name=frame.values.first_name), parts)

    def sheet(self, view: SheetView) -> str:
        """The sheet: its summary first, then each requirement with its quotes."""
        frame, texts = self._frame, self._texts
        title = texts.sheet_title.format(
            owner=frame.values.name, title=view.title or texts.this_role
        )
        summary = "".join(f"<li>{html.escape(line)}</li>" for line in view.summary)
        musts = [item for item in view.sheet.items if item.is_must]
        wishes = [item for item in view.sheet.items if not item.is_must]
        source = ""
        if view.source_url:
            source = frame.paragraph(texts.source, "small", url=view.source_url)
        size = choose_print(view.sheet, view.summary, title)
        made = f"{view.made_at.day} {view.made_at:%B %Y}"
        parts = [
            f'<div class="fit {size}" id="fit">{_bar(view.sheet, texts)}',
            f'<ul class="fit-summary">{summary}</ul>',
            self._items(texts.musts, musts),
            self._items(texts.wishes, wishes),
            frame.paragraph(f"{texts.legend} {texts.made}", "small", day=made),
            f"{source}</div>",
            '<p class="fit-acts">',
            frame.link(f"{view.path}/{texts.file_name}", texts.download, more=" download"),
            f'<button type="button" class="second" id="print">{texts.print_it}</button></p>',
            frame.paragraph(texts.keep, "help fit-keep"),
        ]
        return frame.page(title, parts, title=f"{texts.kind}: {view.title}")

    def markdown(self, view: SheetView) -> str:
        """The sheet as a file."""
        values = self._frame.values
        return write_markdown(
            view.sheet, view.summary, owner_name=values.name, first_name=values.first_name
        )

    def gone(self) -> str:
        """The page for a link that opens nothing."""
        return self._frame.page(self._texts.gone, [self._frame.paragraph(self._texts.gone_hint)])

    def _items(self, heading: str, items: Sequence[FitItem]) -> str:
        if not items:
            return ""
        rows = "".join(_item(item, self._texts) for item in items)
        return f'<h2>{heading}</h2><ul class="fit-items">{rows}</ul>'


def _bar(sheet: FitSheet, texts: FitTexts) -> str:
    """The numbers at a glance."""
    parts = "".join(
        f'<li class="is-{status}"><b>{number}</b> {texts.word(status)}</li>'
        for status in _ORDER
        for number in [sum(str(item.status) == status for item in sheet.items)]
        if number
    )
    return f'<ul class="fit-bar">{parts}</ul>'


def _tally(sheet: FitSheet, texts: FitTexts) -> str:
    met = sum(str(item.status) == "met" for item in sheet.items)
    return f"{met}/{len(sheet.items)} {texts.met.lower()}"


def _item(item: FitItem, texts: FitTexts) -> str:
    note = f' <span class="fit-note">{html.escape(item.note)}</span>' if item.note else ""
    quotes = "".join(
        f"<li><q>{html.escape(found.quote)}</q> <cite>{html.escape(found.source)}</cite></li>"
        for found in item.evidence
    )
    quotes = f'<ul class="fit-quotes">{quotes}</ul>' if quotes else ""
    return (
        f'<li class="is-{item.status}"><p><span class="fit-asked"><span class="fit-status">'
        f"{texts.word(item.status)}</span><b>{html.escape(item.requirement)}</b></span>"
        f"{note}</p>{quotes}</li>"
    )
