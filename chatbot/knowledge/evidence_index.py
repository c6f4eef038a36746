"""The records of one state of the knowledge, indexed by the concepts that they hold."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from chatbot.knowledge.evidence_groups import groups
from chatbot.knowledge.evidence_reading import read, widen
from chatbot.knowledge.evidence_records import ALIKE_LETTERS, Record, build_records
from chatbot.knowledge.evidence_tokens import Number
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.words import plain, split_words

# A name in the heads of more jobs, degrees and projects than this says which one is meant no more.
ANCHORED_RECORDS = 2
_HOME = re.compile(
    r"(?i:location|based in|place|city|address|lives in)\b|[A-ZÀ-Þ][\w -]+, [A-ZÀ-Þ][\w, -]+$"
)
ANCHORED_SHARE = 0.34


class RecordIndex:
    """The records and what stands in which; never changed once built, so safe among threads."""

    def __init__(
        self, sections: Sequence[Section], *, owner_name: str, today: date | None = None
    ) -> None:
        self._today = today
        self.owner_words = frozenset(split_words(owner_name)) - {"owner", "the"}
        self.records = build_records(sections, ignored=self.owner_words)
        self.postings: dict[str, set[int]] = defaultdict(set)
        self.known: set[str] = set()
        self.exact = " ".join(
            f"{section.text} {section.heading}".casefold() for section in sections
        )
        for record in self.records:
            for held in record.stems:
                self.postings[held].add(record.number)
        for section in sections:
            words = re.findall(r"[^\W\d_]\w*", f"{section.heading}. {section.text}")
            self.known.update(plain(word) for word in words if word[0].isupper())

    @property
    def now(self) -> int:
        """This month, counted from year 0."""
        day = self._today or date.today()
        return day.year * 12 + day.month - 1

    @cached_property
    def numbers(self) -> list[Number]:
        """Every number of the profile."""
        return [n for record in self.records for n in _numbers(record)]

    @cached_property
    def years(self) -> frozenset[int]:
        """Every year of the profile."""
        lines = (line for record in self.records for line in (record.head, *record.lines))
        return frozenset(moment.year for line in lines for moment in line.reading.moments)

    @cached_property
    def homes(self) -> list[frozenset[str]]:
        """The concepts of each line that tells where the owner lives."""
        texts = [
            text
            for record in self.records
            if record.kind in (SectionKind.ABOUT, SectionKind.CONTACT)
            for line in (record.head, *record.lines)
            for text in line.text.split(". ")
        ]
        return [frozenset(widen(t, read(t).stems)) for t in texts if _HOME.match(t)]

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The names that tell one job, degree or project from the others."""
        dated = [record for record in self.records if record.span is not None]
        held = Counter(name for record in dated for name in record.names)
        most = max(ANCHORED_RECORDS, ANCHORED_SHARE * len(dated))
        known = frozenset(name for record in self.records for name in record.names)
        common = {name for name, count in held.items() if count > most}
        return known - common - groups()[1]

    def alike(self, word: str) -> set[int]:
        """The records that have a concept or one that begins alike."""
        if len(word) < ALIKE_LETTERS:
            return self.postings.get(word, set())
        return self._beginnings.get(word[:ALIKE_LETTERS], set())

    @cached_property
    def _beginnings(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for held, numbers in self.postings.items():
            if len(held) >= ALIKE_LETTERS:
                found[held[:ALIKE_LETTERS]] |= numbers
        return dict(found)

    def holders(self, stems: Iterable[str]) -> set[int]:
        """The records that have all of these concepts."""
        found: set[int] | None = None
        for wanted in stems:
            held = self.postings.get(wanted, set())
            found = set(held) if found is None else found & held
        return set(range(len(self.records))) if found is None else found


def _numbers(record: Record) -> list[Number]:
    """The numbers of a record, in its head and its lines."""
    return [n for line in (record.head, *record.lines) for n in line.reading.numbers]
