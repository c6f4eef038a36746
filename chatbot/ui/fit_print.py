"""How small a fit sheet is printed, so that it is one page whatever a job description asks for.

A printer's layout cannot be measured in the page, so lines are counted from the lengths of the
texts, for a wide sans serif font. The sizes themselves are in `fit.css`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from chatbot.knowledge.fit import FitItem, FitSheet

# In points (1/72 inch): what A4 with its margins and US Letter both have, less what rounding takes.
_WIDTH, _HEIGHT = 510.0, 690.0
_GAP = 14.0
_LETTER = 0.56
_TITLE = 15.0
_STATUS_LETTERS = 10


@dataclass(frozen=True)
class _Size:
    """One way to print: the classes in the style sheet, points of its letters, columns of the list,
    quotes of a requirement, and the most lines of a requirement and of its quote (0: all).

    The note, which says what was found and what was not, is never cut.
    """

    name: str
    points: float
    columns: int
    quotes: int = 0
    most_asked: int = 0
    most_quoted: int = 0


# Every quote in letters that are easy to read, then the first of each, then smaller letters.
_SIZES = (
    _Size("fit-print-roomy", 9.5, 1),
    _Size("fit-print-close", 8.5, 2),
    _Size("fit-print-small", 7.5, 2),
    _Size("fit-print-small fit-print-first", 7.5, 2, quotes=1),
    _Size("fit-print-tight fit-print-first", 6.8, 2, quotes=1, most_asked=3, most_quoted=3),
    _Size("fit-print-least fit-print-first", 6.2, 2, quotes=1, most_asked=2, most_quoted=2),
    _Size("fit-print-last fit-print-first", 6.2, 2, quotes=1, most_asked=1, most_quoted=1),
)


def choose_print(sheet: FitSheet, summary: Sequence[str], title: str) -> str:
    """The class of the largest letters with which the whole sheet is one page."""
    for size in _SIZES:
        if _height(sheet, summary, title, size) <= _HEIGHT:
            return size.name
    return _SIZES[-1].name


def _height(sheet: FitSheet, summary: Sequence[str], title: str, size: _Size) -> float:
    points = size.points
    head = _lines(title, _WIDTH, _TITLE) * _TITLE * 1.2 + points * 6
    told = sum(_lines(line, _WIDTH, points) * points * 1.3 + 2 for line in summary)
    lists = [[item for item in sheet.items if item.is_must is is_must] for is_must in (True, False)]
    items = sum(_list_height(items, size) for items in lists if items)
    return head + told + items + points * 4


def _list_height(items: Sequence[FitItem], size: _Size) -> float:
    heights = [_item_height(item, size) for item in items]
    # A column ends where an item does, so that one may be longer than its share by one item.
    uneven = max(heights) / 2 if size.columns > 1 else 0.0
    return sum(heights) / size.columns + uneven + size.points * 2.2


def _item_height(item: FitItem, size: _Size) -> float:
    width = (_WIDTH - _GAP * (size.columns - 1)) / size.columns
    small = size.points * 0.86
    text = "x" * _STATUS_LETTERS + item.requirement
    if size.most_asked:
        # The note has lines of its own: a requirement that is cut leaves it whole.
        lines = _at_most(_lines(text, width, size.points), size.most_asked)
        noted = _lines(item.note, width, small) if item.note else 0
    else:
        lines, noted = _lines(text + item.note, width, size.points), 0
    height = lines * size.points * 1.28 + noted * small * 1.25 + 6
    for found in item.evidence[: size.quotes or None]:
        told = f"{found.quote}{found.source}    "
        quoted = _at_most(_lines(told, width - 14, small), size.most_quoted)
        height += quoted * small * 1.25 + 1
    return height


def _lines(text: str, width: float, points: float) -> int:
    return max(1, ceil(len(text) * points * _LETTER / width))


def _at_most(lines: int, most: int) -> int:
    return min(lines, most) if most else lines
