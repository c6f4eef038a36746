"""Cuts texts into quotable passages and gives each its stable id."""

import hashlib
import re
from collections import Counter

from chatbot.knowledge.audience import find_marks, strip_tags
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.text_cleaning import clean_text

PASSAGE_CHARACTERS = 1200
HEADING_CHARACTERS = 160
BULLET = re.compile(r"^(?:[-*+•◦▪■●○‣⁃∙·➢►✓–—]|\d{1,2}[.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class SectionWriter:
    """Collects the sections of one file; long texts become several under the same heading."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sections: list[Section] = []
        self._ordinals: Counter[str] = Counter()

    def add(self, kind: SectionKind, heading: str, text: str, *, page: int | None = None) -> None:
        """Add a section, cut into passages where it is long."""
        heading = " ".join(clean_text(heading).split())
        # What is cut off a long heading must not be who may read the text.
        marks = "".join(f" [{mark.words}]" for mark in find_marks(heading))
        heading = shorten(strip_tags(heading), HEADING_CHARACTERS) + marks
        for passage in split_passages(clean_text(text)):
            ordinal = self._ordinals[heading]
            self._ordinals[heading] += 1
            section_id = _section_id(self.source, heading, ordinal)
            self.sections.append(Section(section_id, kind, heading, passage, self.source, page))


def _section_id(source: str, heading: str, ordinal: int) -> str:
    key = "\0".join((source, heading, str(ordinal)))
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def shorten(text: str, limit: int) -> str:
    """Return `text` cut at a word border so that it has at most `limit` characters."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def split_passages(text: str, limit: int = PASSAGE_CHARACTERS) -> list[str]:
    """Return `text` in pieces of at most `limit` characters, nothing lost.

    A cut falls at an empty line where possible, else before a line (so a bullet stays whole), else
    after a sentence, else at a space.
    """
    if not text.strip():
        return []
    if len(text) <= limit:
        return [text.strip()]
    for separator in ("\n\n", "\n"):
        if separator in text.strip():
            return _packed(text.split(separator), separator, limit)
    return _packed(_short_pieces(text, limit), " ", limit)


def _packed(pieces: list[str], separator: str, limit: int) -> list[str]:
    packed: list[str] = []
    current = ""
    for piece in pieces:
        joined = f"{current}{separator}{piece}" if current else piece
        if len(joined) <= limit:
            current = joined
            continue
        packed += [current] if current.strip() else []
        if len(piece) <= limit:
            current = piece
        else:
            *whole, current = split_passages(piece, limit)
            packed += whole
    packed += [current] if current.strip() else []
    return [passage.strip() for passage in packed]


def _short_pieces(line: str, limit: int) -> list[str]:
    pieces: list[str] = []
    for sentence in _SENTENCE_END.split(line.strip()):
        while len(sentence) > limit:
            cut = sentence.rfind(" ", 1, limit)
            cut = cut if cut > 0 else limit
            pieces.append(sentence[:cut].rstrip())
            sentence = sentence[cut:].lstrip()
        pieces.append(sentence)
    return pieces
