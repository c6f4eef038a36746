"""The HTML that the owner's tabs have in common, made of escaped values, each piece one line.

What visitors wrote goes through `line` or `prose`: no character of it means anything to HTML or
Markdown. Buttons are named `own-{tab}-{verb}-{value}`, which is all that the page's script reads.
"""

from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

from chatbot.storage.pages import PageOf
from chatbot.ui.locales.owner_en import OwnerTexts, Words
from chatbot.ui.markdown import escape_all


def line(text: str) -> str:
    """A text as one line."""
    return escape_all(" ".join(text.split()))


def prose(text: str) -> str:
    """A text with its line breaks."""
    return "<br>".join(escape_all(part) for part in text.splitlines())


def word_of(words: Words, value: str) -> str:
    """What to call a stored value; the value itself when it has no name."""
    return dict(words).get(value, value)


def moment(when: datetime) -> str:
    """A moment in UTC; the page's script shows it by the owner's clock."""
    utc = when.astimezone(UTC)
    return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{utc.day} {utc:%b %Y, %H:%M} UTC</time>'


def badge(kind: str, word: str) -> str:
    """A small mark of a state; `kind` is ours."""
    return f'<span class="own-badge is-{kind.replace("_", "-")}">{line(word)}</span>'


def button(tab: str, verb: str, value: Any, label: str, *, style: str = "", place: str = "") -> str:
    """A button for the page's script; `place` tells it from the same one elsewhere on the page."""
    names = f"own-button {style}".strip()
    name = f"own-{tab}-{verb}-{value}{place and f'-in-{place}'}"
    return f'<button type="button" class="{names}" id="{name}">{line(label)}</button>'


def blank(title: str, hint: str, name: str = "own-blank") -> str:
    """What stands in the place of something that is not there."""
    return f'<div class="{name}"><p class="own-lead">{line(title)}</p><p>{line(hint)}</p></div>'


def done(words: str) -> str:
    """The line that says what has been done; its id makes the same words appear again."""
    return f'<p class="own-done" role="status" id="done-{token_hex(4)}">{line(words)}</p>'


def doing(words: str) -> str:
    """The line that says what is being done; it stays until another takes its place."""
    return f'<p class="own-done is-lasting" role="status">{line(words)}</p>'


def list_row(
    tab: str,
    item_id: UUID,
    *,
    title: str,
    when: datetime,
    details: list[str],
    mark: str = "",
    place: str = "",
) -> str:
    """One item of a list, a button that opens it; `mark` is HTML, `place` as of `button`."""
    name = f"own-{tab}-open-{item_id}{place and f'-in-{place}'}"
    below = " · ".join(line(detail) for detail in details if detail)
    return (
        f'<li><button type="button" class="own-row" id="{name}">'
        f'<span class="own-title">{line(title)}</span>'
        f'<span class="own-when">{moment(when)}</span>'
        f'<span class="own-sub">{below}</span>{mark}</button></li>'
    )


def list_of(rows: list[str], name: str = "own-rows") -> str:
    return f'<ul class="{name}">{"".join(rows)}</ul>'


def with_pager(tab: str, page: PageOf[Any], content: str, texts: OwnerTexts) -> str:
    """A page of a list, with what leads to the pages beside it."""
    if page.total <= page.size and page.page == 1:
        return f'<div class="own-list">{content}</div>'
    first = (page.page - 1) * page.size + 1
    last = min(page.page * page.size, page.total)
    words = texts.range.format(first=f"{first:,}", last=f"{last:,}", total=f"{page.total:,}")
    here = min(page.page, page.pages + 1)
    before = button(tab, "page", here - 1, texts.previous_page) if here > 1 else ""
    after = button(tab, "page", here + 1, texts.next_page) if here < page.pages else ""
    return (
        f'<div class="own-list">{content}<p class="own-pager"><span>{words if page.items else ""}'
        f"</span>{before}{after}</p></div>"
    )


def head(tab: str, item_id: UUID, title: str, texts: OwnerTexts) -> str:
    """The head of what has been opened; its id tells the page's script which item it is."""
    back = (
        f'<button type="button" class="own-button own-back" id="own-{tab}-back-{item_id}">'
        f"{texts.back}</button>"
    )
    return f'{back}<h3 class="own-head" id="own-{tab}-at-{item_id}">{line(title)}</h3>'


def facts(pairs: list[tuple[str, str]]) -> str:
    """Names and values, the values HTML; those without a value are left out."""
    rows = "".join(f"<dt>{line(name)}</dt><dd>{value}</dd>" for name, value in pairs if value)
    return f'<dl class="own-facts">{rows}</dl>'
