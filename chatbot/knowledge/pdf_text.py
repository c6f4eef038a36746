"""Reads a CV or a LinkedIn export in PDF.

pypdfium2 is the reader because every expected string of five CV layouts survives in it, it tells
the place and size of each line (needed for headings and side columns), and it is the fastest to
load and to read. It is native code, so it runs in a process of its own with limits.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from chatbot.errors import InvalidInput
from chatbot.knowledge.cv_lines import CvLine, Role, write_sections
from chatbot.knowledge.identity import FileContent, read_identity, readable_name
from chatbot.knowledge.passages import SectionWriter
from chatbot.knowledge.pdf_layout import join_wrapped_lines, mark_roles
from chatbot.knowledge.pdf_lines import (
    PrintedLine,
    find_name,
    put_side_notes_in_place,
    readable_lines,
)
from chatbot.knowledge.plain_text import HEAD_LINES
from chatbot.knowledge.sections import SectionKind


class _Answer(TypedDict, total=False):
    """What `pdf_worker.py` writes."""

    lines: list[tuple[int, str, float, float, float, float, bool]]
    links: list[str]
    pages: int
    error: str


MAX_PAGES = 40
MAX_CHARACTERS = 200_000
TIMEOUT_SECONDS = 20.0
MIN_LETTERS = 20
_TAIL_BYTES = 4096

_LOCKED = (
    "The PDF is protected by a password. Save a copy without a password and put that in its place."
)
_DAMAGED = "The PDF is damaged and cannot be read. Export it again and replace the file."
_NOT_PDF = "The file is named .pdf but is not a PDF. Export it again as PDF, or rename it."
_TRUNCATED = "The PDF ends too early (it was cut off). Download or export it again."
_SCANNED = (
    "The PDF has no text, probably because it is a scan. Export it from the program that made it, "
    "or put the text into a .txt or .md file."
)
_TOO_COMPLEX = (
    "The PDF takes too much time or memory to read. Export it again, without large images, or put "
    "the text into a .txt or .md file."
)


def read_pdf(data: bytes, *, source: str, fallback: SectionKind) -> FileContent:
    """Return the sections of a PDF, each with its page; raise InvalidInput when it has none."""
    _check_is_whole(data)
    answer = _run_worker(data)
    printed = [PrintedLine(*line) for line in answer["lines"]]
    lines = put_side_notes_in_place(readable_lines(printed))
    if sum(letter.isalpha() for line in lines for letter in line.text) < MIN_LETTERS:
        raise InvalidInput(_SCANNED)
    name = find_name(lines)
    marked = join_wrapped_lines(mark_roles(lines, name=name))
    writer = SectionWriter(source)
    write_sections(marked, writer, name=readable_name(name.text) if name else "", fallback=fallback)
    note = ""
    if answer["pages"] > MAX_PAGES:
        note = f"Only the first {MAX_PAGES} of {answer['pages']} pages are used. Shorten the PDF."
    identity = read_identity(
        _header(marked),
        name=name.text if name else "",
        everywhere=[line.text for line in marked[:HEAD_LINES]],
        uris=answer["links"],
    )
    return FileContent(identity, tuple(writer.sections), note)


def _check_is_whole(data: bytes) -> None:
    if b"%PDF-" not in data[:1024]:
        raise InvalidInput(_NOT_PDF)
    if b"%%EOF" not in data[-_TAIL_BYTES:]:
        raise InvalidInput(_TRUNCATED)


def _run_worker(data: bytes) -> _Answer:
    worker = Path(__file__).with_name("pdf_worker.py")
    command = [sys.executable, "-P", str(worker), str(MAX_PAGES), str(MAX_CHARACTERS)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidInput(_TOO_COMPLEX) from error
    if done.returncode != 0:
        raise InvalidInput(_TOO_COMPLEX)
    answer: _Answer = json.loads(done.stdout)
    if "error" in answer:
        raise InvalidInput(_LOCKED if answer["error"] == "password" else _DAMAGED)
    return answer


def _header(marked: Sequence[CvLine]) -> list[str]:
    """Return the lines from the name to the next heading."""
    start = next((i for i, line in enumerate(marked) if line.role is Role.NAME), 0)
    header: list[str] = []
    for line in marked[start:]:
        if line.role is Role.HEADING:
            break
        header.append(line.text)
    return header
