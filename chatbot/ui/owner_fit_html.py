"""A fit sheet inside the owner's area, as the inbox, the contacts and the Tailor tab show it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chatbot.knowledge.fit import FitItem, FitSheet, read_sheet
from chatbot.knowledge.fit_verdict import Evidence
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_en import Words
from chatbot.ui.locales.owner_tailor_en import ENGLISH_TAILOR


def sheet_html(sheet: FitSheet, statuses: Words = ENGLISH_TAILOR.statuses) -> str:
    """Each requirement with its status and quotes; "" for a sheet without any."""
    if not sheet.items:
        return ""
    rows = "".join(_item(item, statuses) for item in sheet.items)
    return f'<ul class="own-fit">{rows}</ul>'


def job_sheet_html(job_id: UUID, stored: dict[str, Any] | None, *, place: str) -> str:
    """The sheet that is kept with a job description, and the way to its page in Tailor."""
    sheet = sheet_html(read_sheet(stored or {}))
    words = ENGLISH_TAILOR.open_in
    way = markup.button("tailor", "open", job_id, words, style="is-small", place=place)
    return f'{sheet}<p class="own-acts">{way}</p>' if stored else ""


def quotes_html(evidence: Sequence[Evidence]) -> str:
    """Quotes, each with its source; "" for none."""
    rows = "".join(
        f"<li>\u201c{markup.line(found.quote)}\u201d <i>{markup.line(found.source)}</i></li>"
        for found in evidence
    )
    return f'<ul class="own-quotes">{rows}</ul>' if rows else ""


def _item(item: FitItem, statuses: Words) -> str:
    mark = markup.badge(f"fit-{item.status}", markup.word_of(statuses, str(item.status)))
    note = f" <small>{markup.line(item.note)}</small>" if item.note else ""
    return (
        f"<li>{mark} <span><b>{markup.line(item.requirement)}</b>{note}"
        f"{quotes_html(item.evidence)}</span></li>"
    )
