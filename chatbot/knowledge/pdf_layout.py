"""Finds headings, entries and wrapped lines of a PDF by the place and looks of its lines."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.knowledge.cv_lines import CvLine, Role, ends_with_period
from chatbot.knowledge.headings import heading_kind, known_heading
from chatbot.knowledge.pdf_lines import PrintedLine, continued

INDENT = 12
COLUMN_WIDTH = 60
ENTRY_GAP = 1.4


@dataclass(frozen=True)
class MarkedLine:
    """A printed line with what the layout of its page says about it."""

    line: PrintedLine
    role: Role


def mark_roles(lines: Sequence[PrintedLine], *, name: PrintedLine | None) -> list[MarkedLine]:
    """Tell for each line whether it names the owner, opens a section or an entry, or goes on."""
    looks = _heading_looks(lines)
    body_height = _body_height(lines)
    marked: list[MarkedLine] = []
    block: list[PrintedLine] = []
    for line in lines:
        if line is name or _is_heading(line, looks):
            marked += _mark_block(block, body_height)
            marked.append(MarkedLine(line, Role.NAME if line is name else Role.HEADING))
            block = []
        else:
            block.append(line)
    return marked + _mark_block(block, body_height)


def _looks(line: PrintedLine) -> tuple[int, bool]:
    return round(line.height * 2), line.is_bold


def _body_height(lines: Sequence[PrintedLine]) -> float:
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.height] += len(line.text)
    return letters.most_common(1)[0][0]


def _heading_looks(lines: Sequence[PrintedLine]) -> frozenset[tuple[int, bool]]:
    """Return how this file prints its headings, learnt from the usual headings in it.

    A look that also prints running text tells nothing; then only the usual words count.
    """
    known = [line for line in lines if known_heading(line.text)]
    larger = [line for line in known if line.height > _body_height(lines) * 1.08]
    return frozenset(_looks(line) for line in larger)


def _is_heading(line: PrintedLine, looks: frozenset[tuple[int, bool]]) -> bool:
    if line.is_bullet or line.is_side_note or len(line.text) > 60:
        return False
    if looks:
        is_wordy = len(line.text.split()) <= 6 and any(letter.isalpha() for letter in line.text)
        return _looks(line) in looks and is_wordy
    is_distinct = line.is_bold or line.text.isupper() or line.text.istitle()
    is_capital = line.text.isupper() and heading_kind(line.text) is not None
    return is_capital or (is_distinct and known_heading(line.text) is not None)


def _mark_block(block: Sequence[PrintedLine], body_height: float) -> list[MarkedLine]:
    usual_gap = _usual_gap(block)
    marked: list[MarkedLine] = []
    above: PrintedLine | None = None
    entry_left = 0.0
    for line in block:
        if line.is_side_note:
            marked.append(MarkedLine(line, Role.TEXT))
            continue
        if above is None or _starts_column(line, above):
            entry_left = line.left
        is_larger = line.height > body_height * 1.06 and (
            above is None or above.height <= body_height * 1.03
        )
        opens = above is None or is_larger or _stands_off(line, above, usual_gap)
        is_back = above is not None and _is_back(line, above, entry_left)
        is_indented = line.left > entry_left + INDENT
        is_entry = not line.is_bullet and (is_back or (opens and not is_indented))
        entry_left = line.left if is_entry else entry_left
        marked.append(MarkedLine(line, Role.ENTRY if is_entry else Role.TEXT))
        above = line
    return marked


def _starts_column(line: PrintedLine, above: PrintedLine) -> bool:
    return line.page == above.page and line.bottom > above.bottom + 20


def _is_back(line: PrintedLine, above: PrintedLine, entry_left: float) -> bool:
    """Tell whether a line leaves the bullets or the indented lines above it."""
    if above.is_bullet:
        return line.left <= above.left + 1
    was_indented = above.left > entry_left + INDENT or above.left > line.left + INDENT
    return was_indented and line.left < above.left - INDENT


def _usual_gap(block: Sequence[PrintedLine]) -> float:
    main = [line for line in block if not line.is_side_note]
    gaps = [
        upper.bottom - lower.bottom
        for upper, lower in zip(main, main[1:], strict=False)
        if upper.page == lower.page and upper.bottom - lower.bottom > 2
    ]
    return statistics.quantiles(gaps, n=4)[0] if len(gaps) > 1 else float("inf")


def _stands_off(line: PrintedLine, above: PrintedLine, usual_gap: float) -> bool:
    return line.page == above.page and above.bottom - line.bottom > usual_gap * ENTRY_GAP


def join_wrapped_lines(marked: Sequence[MarkedLine]) -> list[CvLine]:
    """Return the lines with each bullet and paragraph on one line."""
    edges = _column_edges([item.line for item in marked])
    joined: list[CvLine] = []
    opening: PrintedLine | None = None
    for above, item in zip([None, *marked], marked, strict=False):
        if above is not None and opening is not None and _goes_on(above, item, opening, edges):
            joined[-1] = replace(joined[-1], text=continued(joined[-1].text, item.line.text))
            continue
        opening = item.line
        joined.append(CvLine(item.line.text, item.role, item.line.page))
    return joined


def _column(line: PrintedLine) -> tuple[int, int]:
    return line.page, int(line.left // COLUMN_WIDTH)


def _column_edges(lines: Sequence[PrintedLine]) -> dict[tuple[int, int], float]:
    """Return how far to the right text goes in each column of each page."""
    edges: dict[tuple[int, int], float] = {}
    for line in lines:
        page, column = _column(line)
        for near in (column - 1, column, column + 1):
            edges[page, near] = max(edges.get((page, near), 0.0), line.right)
    return edges


def _goes_on(
    above: MarkedLine,
    item: MarkedLine,
    opening: PrintedLine,
    edges: dict[tuple[int, int], float],
) -> bool:
    """Tell whether a line is the rest of the one above, which had no room for its first word."""
    line, upper = item.line, above.line
    is_text = item.role is Role.TEXT and above.role is not Role.HEADING
    if not is_text or line.is_bullet or line.is_side_note or upper.is_side_note:
        return False
    if opening.is_bullet:
        return line.left > opening.left + 1
    is_other_text = upper.is_bold != line.is_bold or ends_with_period(upper.text)
    if is_other_text or line.page != upper.page or abs(line.left - upper.left) > 3:
        return False
    letter_width = (upper.right - upper.left) / len(upper.text)
    needed = letter_width * (len(line.text.split()[0]) + 1)
    return len(upper.text) > 30 and upper.right + needed > edges[_column(upper)]
