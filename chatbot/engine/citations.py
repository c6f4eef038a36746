"""Turns the marks that a model puts behind its sentences, `[S3]`, into numbered citations."""

import re
from collections.abc import Sequence

from chatbot.events import Citation
from chatbot.knowledge.sections import Section

_MARK = re.compile(r"\[\s*S?\d{1,4}(?:\s*[,;]\s*S?\d{1,4})*\s*\]")
# A tail that may still become a mark is held back; no mark is longer than this.
_OPEN_TAIL = re.compile(r"\[[\sS\d,;]{0,40}$")
_SHOWN_MARK = re.compile(r"\s?\[\d{1,4}\]")


def build_citation(number: int, section: Section) -> Citation:
    """The citation that is stored with an answer: it keeps the passage as it was then."""
    return Citation(
        number=number,
        section_id=section.id,
        label=section.label,
        source=section.source,
        passage=section.text,
        page=section.page,
    )


def strip_marks(text: str) -> str:
    """Answer text without its citation marks, as the model is given it back."""
    return _SHOWN_MARK.sub("", text)


class CitationMarks:
    """Reads an answer as it streams and renumbers its marks in the order in which they appear.

    The model is given the passages as S1, S2, ... in the order of `sections`. A mark that names no
    passage is dropped, so a number in an answer always leads somewhere.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._held = ""
        self.citations: list[Citation] = []

    def feed(self, delta: str) -> str:
        """Take a piece of the model's text; returns the text that may be shown by now."""
        text = self._held + delta
        tail = _OPEN_TAIL.search(text)
        self._held = text[tail.start() :] if tail else ""
        shown = text[: tail.start()] if tail else text
        return _MARK.sub(self._renumber, shown) if "[" in shown else shown

    def finish(self) -> str:
        """The text that was held back for a mark that did not come."""
        rest, self._held = self._held, ""
        return rest

    def _renumber(self, match: re.Match[str]) -> str:
        numbers = [int(digits) for digits in re.findall(r"\d+", match.group())]
        if "S" not in match.group() and not all(self._is_mark(number) for number in numbers):
            # Some models leave the S out; but a year in brackets is no mark.
            return match.group()
        return "".join(f"[{number}]" for number in map(self._cite, numbers) if number)

    def _is_mark(self, index: int) -> bool:
        return 1 <= index <= len(self._sections)

    def _cite(self, index: int) -> int:
        if not self._is_mark(index):
            return 0
        section = self._sections[index - 1]
        for citation in self.citations:
            if citation.section_id == section.id:
                return citation.number
        self.citations.append(build_citation(len(self.citations) + 1, section))
        return len(self.citations)
