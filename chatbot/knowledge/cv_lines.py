"""Turns the marked lines of a CV (from plain text or a PDF) into sections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatbot.knowledge.headings import ENTRY_KINDS, heading_kind, readable_heading
from chatbot.knowledge.identity import has_contact_detail
from chatbot.knowledge.passages import BULLET, SectionWriter
from chatbot.knowledge.sections import SectionKind

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|ene|abr|ago|dic|fév|avr"
    r"|juin|juil|août|déc)[a-zéûäç]{0,8}\.?"
)
_DATE = rf"(?:{_MONTH}\s+)?(?:\d{{1,2}}[./])?(?:19|20)\d{{2}}(?:[-/]\d{{1,2}})?"
_OPEN_END = r"present|current|now|today|heute|actualidad|aujourd'hui"
_PERIOD = re.compile(
    rf"\(?\b{_DATE}(?:\s*(?:[-–—]|to|until|bis)\s*(?:{_DATE}|{_OPEN_END}))?\b\)?", re.IGNORECASE
)
_PLACE_ONLY = re.compile(r"^[^\W\d_][\w .'’-]{1,30}, ?[A-ZÀ-Ž][\w .'’-]{1,25}$")
_LIST_KINDS = (SectionKind.PUBLICATION, SectionKind.REFERENCE)
TITLE_CHARACTERS = 120


class Role(StrEnum):
    """What a line does: opens a section, names the owner, opens an entry, or goes on."""

    HEADING = "heading"
    NAME = "name"
    ENTRY = "entry"
    TEXT = "text"


@dataclass(frozen=True)
class CvLine:
    """One line of a CV, with what its form tells of it."""

    text: str
    role: Role
    page: int | None = None


def write_sections(
    lines: Sequence[CvLine], writer: SectionWriter, *, name: str, fallback: SectionKind
) -> None:
    """Add the sections of a CV; a job, a degree, a project becomes a section of its own.

    `fallback` is the kind of a section whose heading tells nothing.
    """
    has_headings = any(line.role is Role.HEADING for line in lines)
    for block in _blocks(lines):
        if block[0].role is Role.HEADING:
            _write_block(block, writer, fallback=fallback)
        elif has_headings or name:
            _write_header(block, writer, name=name)
        else:
            title = _title(block) or writer.source
            writer.add(fallback, title, _joined(block), page=block[0].page)


def has_period(text: str) -> bool:
    """Whether the text holds a span of time, such as 2019 - 2022."""
    return _PERIOD.search(text) is not None


def ends_with_period(text: str) -> bool:
    """Whether the text ends with a span of time."""
    return any(match.end() == len(text) for match in _PERIOD.finditer(text))


def _blocks(lines: Sequence[CvLine]) -> list[list[CvLine]]:
    blocks: list[list[CvLine]] = []
    for line in lines:
        is_late_name = line.role is Role.NAME and any(
            first.role is Role.HEADING for first, *_ in blocks
        )
        if not blocks or line.role is Role.HEADING or is_late_name:
            blocks.append([])
        blocks[-1].append(line)
    return blocks


def _write_header(block: Sequence[CvLine], writer: SectionWriter, *, name: str) -> None:
    text = "\n".join(line.text for line in block)
    kind = SectionKind.CONTACT if has_contact_detail(text) else SectionKind.ABOUT
    title = "Contact" if kind is SectionKind.CONTACT else "About"
    writer.add(kind, f"{title}: {name}" if name else title, text, page=block[0].page)


def _write_block(block: Sequence[CvLine], writer: SectionWriter, *, fallback: SectionKind) -> None:
    first, *body = block
    heading = readable_heading(first.text)
    kind = heading_kind(heading) or fallback
    for entry in _entries(body, kind) if kind in ENTRY_KINDS else [list(body)]:
        title = _title(entry) if kind in ENTRY_KINDS and entry[0].role is Role.ENTRY else ""
        text = _joined(entry)
        if text:
            page = entry[0].page
            writer.add(kind, f"{heading}: {title}" if title else heading, text, page=page)


def _entries(body: Sequence[CvLine], kind: SectionKind) -> list[list[CvLine]]:
    """Return the body cut at its entries, or whole when it is a list rather than entries."""
    entries: list[list[CvLine]] = []
    for line in body:
        opens = line.role is Role.ENTRY and _is_title(line.text)
        if not entries or opens:
            entries.append([])
        entries[-1].append(line)
    dated = [line for line in body if not BULLET.match(line.text) and has_period(line.text)]
    if len(entries) == 1 and (kind in _LIST_KINDS or len(dated) > 1):
        return [[CvLine(line.text, Role.TEXT, line.page) for line in body]]
    return entries


def _is_title(text: str) -> bool:
    return len(text) <= TITLE_CHARACTERS and not text.endswith(".") and not BULLET.match(text)


def _title(entry: Sequence[CvLine]) -> str:
    """Return what names an entry: its first line without dates, and its second if that adds one."""
    first = _without_period(entry[0].text) if entry else ""
    if not _is_title(first):
        return ""
    second = entry[1].text if len(entry) > 1 and entry[1].role is Role.TEXT else ""
    adds = (
        _is_title(second)
        and 2 < len(second) <= 60
        and len(first) <= 60
        and not has_period(second)
        and not _PLACE_ONLY.match(second)
    )
    return ", ".join(part for part in (first, second if adds else "") if part)


def _without_period(text: str) -> str:
    bare = _PERIOD.sub("", text)
    return re.sub(r"\s*,(?:\s*,)+", ",", " ".join(bare.split())).strip(" ,;|–—-·")


def _joined(lines: Sequence[CvLine]) -> str:
    parts: list[str] = []
    for line in lines:
        if line.role is Role.HEADING:
            continue
        parts.append(f"\n{line.text}" if line.role is Role.ENTRY and parts else line.text)
    return "\n".join(parts)
