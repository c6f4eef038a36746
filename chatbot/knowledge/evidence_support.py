"""Which records hold what a clause claims: all of it together, at the right time."""

import re
from collections.abc import Iterable, Sequence

from chatbot.knowledge.evidence_derived import length_fits, span_months
from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_index import RecordIndex
from chatbot.knowledge.evidence_lines import (
    FROM_TO,
    counts,
    has_length,
    has_moment,
    has_number,
    is_like,
    is_reversed,
    same_order,
)
from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_records import Line, Record, month_count
from chatbot.knowledge.evidence_tokens import Length, Moment
from chatbot.knowledge.evidence_words import (
    ENDED_CUES,
    ONGOING_CUES,
    SUPERLATIVES,
    free_stems,
    state_stems,
)
from chatbot.knowledge.sections import SectionKind
from chatbot.knowledge.words import stem

# Of the words that claim nothing by themselves so many may be new to the profile, and so many may
# stand in it but elsewhere.
NEW_SHARE = 0.7
ELSEWHERE_SHARE = 0.4
_NOW = re.compile(
    r"\b(?:works|is working|serves|is employed|is serving|is an?|is the|is (?:currently|now))\b"
)
_LATEST = re.compile(
    r"\b(?:most recent(?:ly)?|latest|last (?:job|role|position|employer|company))\b"
)
_EARLIEST = re.compile(
    r"\b(?:first|earliest) (?:job|role|position|employer|company|degree|internship|work)\b"
)
WORKISH = frozenset({SectionKind.WORK, SectionKind.PROJECT, SectionKind.VOLUNTEER})


class Support:
    """Finds the records that hold a clause; it keeps nothing of one answer for the next."""

    def __init__(self, index: RecordIndex) -> None:
        self.index = index

    def holders(self, reading: Reading, text: str) -> set[int]:
        """The records that hold all of a clause, as it is read and in its words."""
        low = text.lower()
        candidates = self.index.holders(set(reading.musts))
        records = [self.index.records[number] for number in candidates]
        records = [record for record in records if self._fits_time(record, reading, low)]
        found = {record.number for record in records if self._fits(record, reading, low)}
        if found and _LATEST.search(low):
            found = self._outermost(found, newest=True)
        if found and _EARLIEST.search(low):
            found = self._outermost(found, newest=False)
        return found

    def _outermost(self, found: set[int], *, newest: bool) -> set[int]:
        """Those of the records that are the latest, or the earliest, of their kind."""
        kept: set[int] = set()
        for number in found:
            record = self.index.records[number]
            spans = [r.span for r in self.index.records if r.kind is record.kind and r.span]
            if record.span is None:
                continue
            starts = [span.start for span in spans]
            if record.span.start == (max(starts) if newest else min(starts)):
                kept.add(number)
        return kept

    def _fits_time(self, record: Record, reading: Reading, low: str) -> bool:
        """Whether what is said to go on does, and what is said to be over is."""
        if record.span is None or not reading.musts:
            return True
        words = set(reading.words)
        is_open = record.span.end is None
        if words & ONGOING_CUES or (record.kind in WORKISH and _NOW.search(low)):
            return is_open or bool(words & ENDED_CUES)
        if words & ENDED_CUES or "used to" in low:
            return not (is_open and record.kind is SectionKind.WORK)
        return True

    def _fits(self, record: Record, reading: Reading, low: str) -> bool:
        head = record.head
        is_job = record.span is not None and record.kind in (
            SectionKind.WORK,
            SectionKind.VOLUNTEER,
        )
        if reading.title and not _has_title(record, reading, is_job=is_job):
            return False
        numbers = [n for n in reading.numbers if not has_number(head, n)]
        moments = [m for m in reading.moments if not self.head_has(record, m, reading)]
        lengths = [length for length in reading.lengths if not self.lasted(record, length)]
        if reading.negated and not self._denies_too(record, reading):
            return False
        lines = (head, *record.lines)
        if any(not any(phrase <= line.stems for line in lines) for phrase in reading.phrases):
            return False
        praised = _praised(reading.words)
        if praised and not any(praised <= line.stems for line in (head, *record.lines)):
            return False
        if not (numbers or moments or lengths):
            if not reading.numbers and not reading.moments:
                if is_reversed(reading, lines, low):
                    return False
                return self._fits_words(reading, record.stems) and not self._is_denied(
                    record, reading
                )
            stems = head.stems if reading.numbers else record.stems
            if set(reading.musts) <= stems and self._fits_words(reading, stems):
                return True
        for line in record.lines:
            stems = head.stems | line.stems
            if not set(reading.musts) <= stems:
                continue
            if any(not has_number(line, n) or not counts(n, stems) for n in numbers):
                continue
            if any(not has_moment(line, m, record.span is not None) for m in moments):
                continue
            if any(not has_length(line, length) for length in lengths):
                continue
            if (
                lengths
                and record.span
                and not any(is_like(s, set(line.stems)) for s in reading.softs)
            ):
                continue
            if line.reading.negated and not reading.negated and self.denies(line, reading):
                continue
            if FROM_TO.search(low) and not same_order(reading, line, low):
                continue
            if self._fits_words(reading, stems):
                return True
            # What is counted stands in this line; the rest may describe the record.
            is_bound = bool(numbers) and all(n.bound for n in numbers)
            if is_bound and all(soft in record.stems for soft in reading.softs):
                return True
        return False

    def _denies_too(self, record: Record, reading: Reading) -> bool:
        """Whether a line of a record denies what the clause denies, and not something else."""
        told = Reading(musts=reading.musts, softs=reading.softs)
        if record.span is not None:
            told.musts = [must for must in reading.musts if must not in record.head.stems]
            told.softs = [soft for soft in reading.softs if soft not in record.head.stems]
        return any(
            line.reading.negated
            and set(reading.musts) <= record.head.stems | line.stems
            and self.denies(line, told)
            for line in (record.head, *record.lines)
        )

    def _is_denied(self, record: Record, reading: Reading) -> bool:
        """Whether the only lines that speak of it deny it."""
        if reading.negated:
            return False
        wanted = set(reading.musts)
        lines = [line for line in (record.head, *record.lines) if wanted & line.stems]
        return bool(lines) and all(
            line.reading.negated and self.denies(line, reading) for line in lines
        )

    def denies(self, line: Line, reading: Reading) -> bool:
        """Whether the words of a clause stand in the part of a line that is denied."""
        wanted = {*reading.musts, *reading.softs}
        for part in re.split(r"[,;:.]| but | and ", line.text):
            words = read(part, ignored=self.index.owner_words)
            if words.negated and words.stems & wanted:
                return True
        return False

    def _fits_words(self, reading: Reading, stems: Iterable[str]) -> bool:
        """Whether enough of the other words are held, or at least not held elsewhere only."""
        softs = list(dict.fromkeys(reading.softs))
        if not softs:
            return True
        held = set(stems)
        missing = [soft for soft in softs if not is_like(soft, held)]
        elsewhere = [soft for soft in missing if soft in self.index.postings]
        if len(elsewhere) > ELSEWHERE_SHARE * len(softs):
            return False
        return len(missing) <= NEW_SHARE * len(softs) or len(missing) == 1

    def head_has(self, record: Record, moment: Moment, reading: Reading) -> bool:
        """Whether a date is the beginning or end of a record, or, of a clause that only says that
        somebody worked there, within it."""
        first, last = month_count(moment)
        span = record.span
        if span is None:
            return has_moment(record.head, moment)
        is_start = first <= span.start <= last
        is_end = span.end is not None and first <= span.end <= last
        if not span.has_months and moment.month is not None:
            return False
        if moment.cue == "start":
            return is_start
        if moment.cue in ("end", "done"):
            return is_end
        if is_start or is_end:
            return True
        is_state = bool(state_stems() & reading.stems) and set(reading.musts) <= record.head.stems
        end = self.index.now if span.end is None else span.end
        return is_state and span.start <= first and last <= end

    def lasted(self, record: Record, length: Length) -> bool:
        if has_length(record.head, length):
            return True
        if record.span is None:
            return False
        return length_fits(length, span_months(record.span, self.index.now), record.span)


def _has_title(record: Record, reading: Reading, *, is_job: bool) -> bool:
    """Whether a job's head has all of a title; elsewhere one line has it, with the names."""
    title = set(reading.title)
    if is_job:
        return title <= record.head.stems
    is_told = record.kind in (SectionKind.FAQ, SectionKind.ANSWER, SectionKind.STORY)
    head = frozenset[str]() if is_told else record.head.stems
    wanted, leads = title | set(reading.names), title & {concept("lead")}
    above = frozenset[str]() if is_told else record.head.reading.stems
    # A manager leads, but is not therefore a head of anything.
    return any(
        wanted <= head | line.stems and leads <= above | line.reading.stems
        for line in (record.head, *record.lines)
    )


def _praised(words: Sequence[str]) -> set[str]:
    """A superlative and the word that it praises, both to stand in one line."""
    for place, word in enumerate(words):
        if word in SUPERLATIVES and place:
            rest = [w for w in words[place + 1 :] if w != "percent" and stem(w) not in free_stems()]
            return {concept(word), *(concept(other) for other in rest[:1])}
    return set()
