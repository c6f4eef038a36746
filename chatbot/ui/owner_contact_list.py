"""The list of contacts as HTML: rows with their marks, and the filters with their numbers."""

from datetime import date
from typing import Any

import gradio as gr

from chatbot.people.contact_desk import ContactList
from chatbot.storage.owner_contacts import ContactFilter, ContactRow
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_contacts_en import ContactTexts
from chatbot.ui.locales.owner_en import OwnerTexts

TAB = "contacts"
CSV_PATH = "/api/owner/contacts.csv"
IMPORT_PATH = "/owner/contacts/import"
MAX_TAGS_SHOWN = 20
_MARKED_TAGS = 3


def contacts_html(
    found: ContactList, only: str, common: OwnerTexts, texts: ContactTexts, *, is_searched: bool
) -> str:
    """A page of the list with the ways to take it elsewhere; when it is empty, why."""
    files = (
        f'<p class="own-file"><a href="{CSV_PATH}" download>{common.download_contacts}</a>'
        f'<a href="{IMPORT_PATH}">{texts.import_contacts}</a></p>'
    )
    if found.page.total:
        rows = [contact_row(row, found.today, common, texts) for row in found.page.items]
        return markup.with_pager(TAB, found.page, markup.list_of(rows) + files, common)
    if only == ContactFilter.DUE and not is_searched:
        return markup.blank(texts.nothing_due, texts.nothing_due_hint)
    if only or is_searched:
        return markup.blank(common.no_match, common.no_match_hint)
    link = f'<p class="own-file"><a href="{IMPORT_PATH}">{texts.import_contacts}</a></p>'
    return markup.blank(common.no_contacts, common.no_contacts_hint) + link


def contact_row(contact: ContactRow, today: date, common: OwnerTexts, texts: ContactTexts) -> str:
    """One contact, a button that opens it."""
    name = name_of(contact, common)
    others = [contact.company or "", contact.email or contact.phone or ""]
    below = " · ".join(markup.line(other) for other in others if other and other != name)
    stage = markup.badge(contact.status, markup.word_of(common.contact_states, contact.status))
    marks = "".join(_marks(contact, today, texts))
    return (
        f'<li><button type="button" class="own-row" id="own-{TAB}-open-{contact.id}">'
        f'<span class="own-title">{markup.line(name)}</span>'
        f'<span class="own-when">{markup.moment(contact.created_at)}</span>'
        f'<span class="own-sub">{below}</span>{stage}'
        f"{marks and f'<span class=contact-marks>{marks}</span>'}</button></li>"
    )


def filter_choices(found: ContactList, texts: ContactTexts) -> Any:
    """The filters with how many contacts each shows."""
    counts = {**found.counts.by_filter, "": found.counts.total}
    return gr.update(
        choices=[
            (texts.counted.format(word=word, number=f"{counts.get(value, 0):,}"), value)
            for value, word in texts.filters
        ]
    )


def tag_choices(found: ContactList, chosen: str, texts: ContactTexts) -> Any:
    """The tags that contacts have, the most used first; nothing without any."""
    tags = list(found.counts.by_tag.items())[:MAX_TAGS_SHOWN]
    if chosen and chosen not in dict(tags):
        tags.append((chosen, found.counts.by_tag.get(chosen, 0)))
    words = [(texts.counted.format(word=tag, number=f"{number:,}"), tag) for tag, number in tags]
    return gr.update(choices=[(texts.any_tag, ""), *words], visible=bool(tags))


def name_of(contact: ContactRow, common: OwnerTexts) -> str:
    """What to call a contact."""
    return contact.name or contact.email or contact.phone or common.unnamed


def due_badge(contact: ContactRow, today: date, texts: ContactTexts) -> str:
    """When the next step is due; "" without a day."""
    if not contact.next_step_on:
        return ""
    day = date.fromisoformat(contact.next_step_on)
    words = f"{day.day} {day:%b %Y}" if day.year != today.year else f"{day.day} {day:%b}"
    if day < today:
        return markup.badge("overdue", texts.overdue.format(day=words))
    if day == today:
        return markup.badge("due", texts.due_today)
    return markup.badge("later", texts.due_on.format(day=words))


def _marks(contact: ContactRow, today: date, texts: ContactTexts) -> list[str]:
    marks = [due_badge(contact, today, texts)]
    if contact.may_be_junk:
        marks.append(markup.badge("suspect", texts.may_be_junk))
    marks += [markup.badge("tag", tag) for tag in contact.tags[:_MARKED_TAGS]]
    if len(contact.tags) > _MARKED_TAGS:
        marks.append(markup.badge("tag", f"+{len(contact.tags) - _MARKED_TAGS}"))
    return [mark for mark in marks if mark]
