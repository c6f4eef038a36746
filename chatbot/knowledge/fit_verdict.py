"""What a rule says of one requirement, and the quotes that it rests on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatbot.knowledge.records import Passage, shorten_quote


class FitStatus(StrEnum):
    """How far the records meet a requirement."""

    MET = "met"
    PARTIAL = "partial"
    GAP = "gap"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Evidence:
    """A quote from the records, word for word, and where it stands."""

    quote: str
    source: str
    section_id: str


@dataclass(frozen=True)
class Verdict:
    """What the records say to one requirement; `note` tells in a few words why."""

    status: FitStatus
    note: str = ""
    evidence: tuple[Evidence, ...] = ()
    asks: tuple[str, ...] = ()


def quote(passage: Passage, pattern: re.Pattern[str] | None = None) -> Evidence:
    """A passage as evidence, cut around what it is quoted for."""
    text = shorten_quote(passage.text, pattern)
    return Evidence(text, passage.section.label, passage.section.id)


def quotes(
    passages: Sequence[Passage], pattern: re.Pattern[str] | None = None
) -> tuple[Evidence, ...]:
    """At most two quotes, each of a section of its own."""
    chosen: dict[str, Passage] = {}
    for passage in passages:
        chosen.setdefault(passage.section.id, passage)
    return tuple(quote(passage, pattern) for passage in list(chosen.values())[:2])
