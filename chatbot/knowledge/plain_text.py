"""Reads a CV or notes in plain text."""

import re
from collections.abc import Sequence

from chatbot.knowledge.cv_lines import CvLine, Role, write_sections
from chatbot.knowledge.headings import ENTRY_KINDS, heading_kind, known_heading
from chatbot.knowledge.identity import FileContent, looks_like_name, read_identity, readable_name
from chatbot.knowledge.passages import BULLET, SectionWriter
from chatbot.knowledge.sections import SectionKind
from chatbot.knowledge.text_cleaning import clean_text

_UNDERLINE = re.compile(r"^[=\-_~*]{3,}$")
_LABELLED = re.compile(r"^[\w ]{2,20}:\s")
HEAD_LINES = 30


def read_plain_text(text: str, *, source: str, fallback: SectionKind) -> FileContent:
    """Return the sections of a text whose headings are in capitals, underlined, or usual ones."""
    raw = text.expandtabs(4).splitlines()
    indents = [len(line) - len(line.lstrip()) for line in raw]
    lines = [" ".join(clean_text(line).split()) for line in raw]
    first = next((line for line in lines if line), "")
    name = first if looks_like_name(first) else ""
    marked = _marked(lines, indents, name=name)
    writer = SectionWriter(source)
    write_sections(marked, writer, name=readable_name(name), fallback=fallback)
    header = [line.text for line in _header(marked)]
    identity = read_identity(header if name else [], name=name, everywhere=lines[:HEAD_LINES])
    return FileContent(identity, tuple(writer.sections))


def _header(marked: Sequence[CvLine]) -> list[CvLine]:
    end = next((i for i, line in enumerate(marked) if line.role is Role.HEADING), len(marked))
    return list(marked[:end])


def _marked(lines: Sequence[str], indents: Sequence[int], *, name: str) -> list[CvLine]:
    headings = _heading_positions(lines, name=name)
    marked: list[CvLine] = []
    after_blank, bullet_indent, kind = True, -1, None
    for position, (text, indent) in enumerate(zip(lines, indents, strict=True)):
        if not text or _UNDERLINE.match(text):
            after_blank, bullet_indent = True, -1
            continue
        if position in headings:
            role, kind = Role.HEADING, heading_kind(text)
        elif text == name and not marked:
            role = Role.NAME
        elif BULLET.match(text):
            role, bullet_indent = Role.TEXT, indent
        else:
            opens = after_blank or marked[-1].role is Role.HEADING
            after_bullet = 0 <= indent <= bullet_indent and _can_open_entry(text)
            is_entry = opens or (after_bullet and kind in ENTRY_KINDS)
            role = Role.ENTRY if is_entry else Role.TEXT
        marked.append(CvLine(text, role))
        after_blank = False
    return marked


def _can_open_entry(text: str) -> bool:
    return not text[0].islower() and not _LABELLED.match(text)


def _heading_positions(lines: Sequence[str], *, name: str) -> frozenset[int]:
    """Return which lines are headings, by the style that the file itself uses."""
    known = [i for i, line in enumerate(lines) if known_heading(line) and line != name]
    if any(lines[i].isupper() for i in known):
        return frozenset(i for i in range(len(lines)) if _is_capital_heading(lines, i, name=name))
    underlined = frozenset(
        i
        for i, (line, below) in enumerate(zip(lines, lines[1:], strict=False))
        if line
        and line != name
        and len(line) <= 80
        and _UNDERLINE.match(below)
        and not BULLET.match(line)
        and not _UNDERLINE.match(line)
    )
    if underlined:
        return underlined
    return frozenset(i for i in known if i == 0 or not lines[i - 1] or lines[i].endswith(":"))


def _is_capital_heading(lines: Sequence[str], position: int, *, name: str) -> bool:
    line = lines[position]
    if not line.isupper() or line == name or len(line) > 60 or BULLET.match(line):
        return False
    if known_heading(line):
        return True
    stands_alone = position == 0 or not lines[position - 1]
    followed = position + 1 < len(lines) and bool(lines[position + 1])
    is_wordy = heading_kind(line) is not None or len(line.split()) > 1
    return stands_alone and followed and is_wordy and not any(c.isdigit() or c == "," for c in line)
