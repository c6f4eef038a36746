"""The lines of a PDF as a reader sees them: clean, whole words, notes beside their entry.

Lengths are PDF points; `bottom` grows upwards. Text comes in the order in which the PDF draws it,
which keeps columns together.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatbot.knowledge.identity import looks_like_name
from chatbot.knowledge.passages import BULLET
from chatbot.knowledge.text_cleaning import clean_text

# PDFium puts one of these where a line ended in a hyphen.
_BROKEN_WORD = re.compile("([\\w-]{0,60})[\x02\ufffe]\\s*(\\w{0,60})")
_SYMBOL_BULLET = re.compile("^[\uf0a7\uf0b7\uf0d8\uf076\uf0fc\uf02d]\\s*")
_ICON = re.compile("\\s*[\ue000-\uf8ff]+\\s*")
_PAGE_NUMBER = re.compile(
    r"^(?:.{1,60}[-–—|]\s*)?(?:page|seite|página)?\s*\d{1,3}\s*(?:(?:/|of|von|de)\s*\d{1,3})?$",
    re.IGNORECASE,
)
_PREFIXES = frozenset(
    "multi self cross high low real open long short well end co full cloud data part state back "
    "front on off in cost time large small single two three user test event".split()
)
SIDE_NOTE_LINES = 4
SIDE_NOTE_CHARACTERS = 45


@dataclass(frozen=True)
class PrintedLine:
    """One line of a PDF page with its place and its type size."""

    page: int
    text: str
    left: float
    right: float
    bottom: float
    height: float
    is_bold: bool
    is_side_note: bool = False

    @property
    def is_bullet(self) -> bool:
        """Whether the line begins with a bullet."""
        return BULLET.match(self.text) is not None


def readable_lines(lines: Iterable[PrintedLine]) -> list[PrintedLine]:
    """Return the lines in clean text, without icons and page numbers."""
    readable = []
    for line in lines:
        text = _SYMBOL_BULLET.sub("• ", " ".join(line.text.split()))
        text = _BROKEN_WORD.sub(_mended, text)
        text = clean_text(_ICON.sub(" | ", text)).strip("| ")
        is_furniture = _PAGE_NUMBER.match(text) and line.bottom < 60
        if text and not is_furniture:
            readable.append(replace(line, text=text))
    return readable


def _mended(word: re.Match[str]) -> str:
    start, end = word[1], word[2]
    if word.string[: word.start()].endswith(("/", ".", "@", "_")):  # a web address keeps its sign
        return f"{start}-{end}"
    keeps_hyphen = start.casefold() in _PREFIXES or "-" in start or not end[:1].islower()
    return f"{start}-{end}" if keeps_hyphen and start and end else f"{start}{end}"


def put_side_notes_in_place(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Move dates and places printed at the right margin up to the entry they belong to.

    Some layouts draw them after the entry's bullets although they stand beside its title.
    """
    placed: list[PrintedLine] = []
    position = 0
    while position < len(lines):
        end = _side_note_end(lines, position)
        if end == position:
            placed.append(lines[position])
            position += 1
            continue
        notes = [replace(line, is_side_note=True) for line in lines[position:end]]
        target = _row_of(placed, notes[0])
        placed[target:target] = notes
        position = end
    return placed


def _side_note_end(lines: Sequence[PrintedLine], start: int) -> int:
    """Return where the side note that starts at `start` ends; `start` itself when it is none."""
    first = lines[start]
    before = lines[start - 1] if start else None
    if before is None or before.page != first.page or first.left < before.left + 20:
        return start
    if first.bottom < before.bottom + first.height * 0.5:
        return start
    end = start
    while end < len(lines) and lines[end].page == first.page and lines[end].left > before.left + 20:
        end += 1
    block = lines[start:end]
    is_short = len(block) <= SIDE_NOTE_LINES and all(
        len(line.text) <= SIDE_NOTE_CHARACTERS for line in block
    )
    goes_on_below = end == len(lines) or (
        lines[end].page != first.page or lines[end].bottom < before.bottom
    )
    has_row = any(_same_row(line, first) for line in lines[max(0, start - 40) : start])
    return end if is_short and goes_on_below and has_row else start


def _same_row(one: PrintedLine, other: PrintedLine) -> bool:
    return one.page == other.page and abs(one.bottom - other.bottom) < 3


def _row_of(placed: Sequence[PrintedLine], note: PrintedLine) -> int:
    """Return the position after the title lines that stand beside a note."""
    row = max(i for i, line in enumerate(placed) if _same_row(line, note))
    end = row + 1
    while end < len(placed) and not placed[end].is_bullet:
        end += 1
    return end


def find_name(lines: Sequence[PrintedLine]) -> PrintedLine | None:
    """Return the largest line of the first page if it reads like a name."""
    first_page = [line for line in lines if line.page == lines[0].page]
    largest = max(first_page, key=lambda line: line.height)
    return largest if looks_like_name(largest.text) else None


def continued(text: str, more: str) -> str:
    """Return a line with its rest; a word broken at the line end becomes whole."""
    if text.endswith("-") and not text.endswith(" -"):
        return _BROKEN_WORD.sub(_mended, f"{text[:-1]}\x02{more}")
    return f"{text} {more}"
