"""Reads one PDF in a process of its own; run as a script by `pdf_text.py`, never imported.

A hostile or damaged PDF can at worst end this process: it has a limit on memory, on CPU time, on
pages and on characters. Takes the file on standard input and writes one JSON object:
{"lines": [[page, text, left, right, bottom, height, bold], ...], "links": [...], "pages": count}
or {"error": "password" | "damaged"}. Lengths are PDF points, the origin is at the bottom left.
"""

import contextlib
import ctypes
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

MEMORY_BYTES = 600_000_000
CPU_SECONDS = 10
MAX_LINES = 8000
LOCKED = (4, 5)  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY


def limit_resources() -> None:
    """Bound memory and CPU time of this process: a PDF is a stranger's file."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller's time-out still holds.
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def page_lines(textpage: Any, characters: int) -> Iterator[list[Any]]:
    """Yield the lines of a page in reading order, each with its place and its looks."""
    first = last = sized = -1
    text: list[str] = []
    count = min(pdfium.FPDFText_CountChars(textpage), characters)
    for index in range(count + 1):
        letter = chr(pdfium.FPDFText_GetUnicode(textpage, index)) if index < count else "\n"
        if letter in "\r\n":
            if first >= 0:
                yield measured("".join(text), textpage, first, last, sized if sized >= 0 else first)
            first = last = sized = -1
            text = []
            continue
        text.append(letter)
        if not letter.isspace():
            first, last = (index if first < 0 else first), index
            sized = index if sized < 0 and letter.isalnum() else sized


def measured(text: str, textpage: Any, first: int, last: int, sized: int) -> list[Any]:
    """One line of a page: its text, place and type size, and whether it is bold."""
    boxes = [pdfium.FS_RECTF() for _ in range(3)]
    for box, index in zip(boxes, (first, last, sized), strict=True):
        pdfium.FPDFText_GetLooseCharBox(textpage, index, box)
    name = ctypes.create_string_buffer(200)
    pdfium.FPDFText_GetFontInfo(textpage, sized, name, 200, ctypes.c_int())
    bold = b"bold" in name.value.lower() or b"black" in name.value.lower()
    start, end, size = boxes
    numbers = (start.left, end.right, size.bottom, size.top - size.bottom)
    return [text, *(round(number, 1) for number in numbers), bold]


def page_links(document: Any, page: Any) -> Iterator[str]:
    """The web addresses that a page links to."""
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        if action and pdfium.FPDFAction_GetType(action) == pdfium.PDFACTION_URI:
            buffer = ctypes.create_string_buffer(500)
            pdfium.FPDFAction_GetURIPath(document, action, buffer, 500)
            yield buffer.value.decode("utf-8", "ignore")


def read(data: bytes, pages: int, characters: int) -> dict[str, Any]:
    """Read a PDF file into plain values that can be printed as JSON."""
    try:
        document = pypdfium2.PdfDocument(data)
        found: dict[str, Any] = {"lines": [], "links": [], "pages": len(document)}
        for number in range(min(pages, len(document))):
            page = document[number]
            room = MAX_LINES - len(found["lines"])
            for line in islice(page_lines(page.get_textpage(), characters), room):
                found["lines"].append([number + 1, *line])
                characters -= len(line[0])
            if number == 0:
                found["links"] = list(page_links(document, page))[:30]
            if characters <= 0 or len(found["lines"]) >= MAX_LINES:
                break
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) in LOCKED
        return {"error": "password" if is_locked else "damaged"}
    return found


if __name__ == "__main__":
    limit_resources()
    answer = read(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(json.dumps(answer))
