"""What one line of a record holds: a number, a date, a length of time, words in an order."""

import re
from collections.abc import Sequence
from functools import cache

from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_records import ALIKE_LETTERS, Line, Record
from chatbot.knowledge.evidence_tokens import PEOPLE, TIME_UNITS, Length, Moment, Number
from chatbot.knowledge.evidence_words import BEGUN_CUES, COUNTED, END_CUES, light_stems
from chatbot.knowledge.sections import SectionKind

FROM_TO = re.compile(r"\bfrom\b.{0,40}?([\w+#]+) (?:down |up )?to ([\w+#]+)")


# "June 2021: Became ..." begins then.
_ENTRY = re.compile(r"(?:^|\. )(?:[A-Z][a-z]+ )?(?:19|20)\d\d\s*:")
_AGAIN = re.compile(
    r"(?i)\b(?:every|each|per|an?|all|once|twice|daily|nightly|weekly|monthly|quarterly|yearly"
    r"|annual\w*)\b|/"
)
_NAMED = re.compile(r"[A-Z]\w+(?: [A-Z]\w+)+")
_NAMED_FOR = frozenset({SectionKind.PROJECT, SectionKind.PUBLICATION, SectionKind.AWARD})


def has_number(line: Line, number: Number) -> bool:
    """Whether a line has an amount, counting the same thing where that is a thing to count."""
    for other in line.reading.numbers:
        is_counted = not number.kind and number.bound in _counted_concepts()
        if is_counted and other.bound != number.bound:
            continue
        is_as_said = number.fits(other) and number.compared in ("", other.compared)
        if is_as_said and _same_measure(line, number, other):
            return True
    return False


def are_swapped(line: Line, numbers: Sequence[Number]) -> bool:
    """Whether a line has two numbers of a clause, and counts by one what the clause counts by the
    other: "4 analysts, 2 of them promoted" is not "two analysts, four of them"."""
    values = {number.value for number in numbers}
    for number in numbers:
        told = {n.value for n in line.reading.numbers if n.bound and n.bound == number.bound}
        if told & values and number.value not in told:
            return True
    return False


def _same_measure(line: Line, number: Number, other: Number) -> bool:
    """Whether "all 24" and "90 a day" are said of the number in the line as well."""
    if number.is_whole and not other.is_whole:
        return False
    if number.bound in TIME_UNITS and other.bound != number.bound:
        return False
    if not number.rate or number.rate == other.rate:
        return True
    return not other.rate and number.rate in line.stems


def stands_near(line: Line, names: set[str]) -> bool:
    """Whether the words of one name stand in a line and beside each other."""
    if not names <= line.stems:
        return False
    places = [line.places[name] for name in names if name in line.places]
    reach = 2 * len(names) + 2
    if len(places) < 2:
        return True
    return any(
        all(any(abs(place - start) <= reach for place in other) for other in places)
        for start in places[0]
    )


def are_paired(line: Line, phrases: Sequence[set[str]]) -> bool:
    """Whether two names are told of together, and not each of them with another name."""
    parts = [part for part in line.text.split(" and ") if len(_NAMED.findall(part)) > 1]
    if len(phrases) < 2 or len(parts) < 2:
        return True
    held = [read(part).stems for part in parts]
    alone = [{n for n, stems in enumerate(held) if phrase <= stems} for phrase in phrases]
    return not all(alone) or bool(set.intersection(*alone))


def has_deed(record: Record, verb: str, thing: set[str]) -> bool:
    """Whether one line tells that this was led or made; what a record is named for was."""
    if record.kind in _NAMED_FOR and thing & record.title:
        return True
    wanted = _making() if verb in _making() else {verb}
    for line in (record.head, *record.lines):
        held = [word for word in thing if are_like(word, line)]
        if wanted & line.stems - line.by_others and 2 * len(held) >= len(thing):
            return True
    return False


@cache
def _making() -> frozenset[str]:
    return frozenset(concept(word) for word in "build introduce start launch invent".split())


@cache
def _compared() -> frozenset[str]:
    """Of "30 % faster" the word that tells a direction and counts nothing."""
    return frozenset(map(concept, "faster quicker better higher lower less more".split()))


@cache
def _counted_concepts() -> frozenset[str]:
    return frozenset(concept(word) for word in COUNTED)


def counts(number: Number, *lines: Line) -> bool:
    """Whether what a number counts stands in one of these lines."""
    if "people" in number.after and any(PEOPLE.intersection(line.reading.words) for line in lines):
        return True
    told = [word for word in number.after if word not in _compared()]
    return not told or any(are_like(word, *lines) for word in told)


def says_opposite(line: Line, reading: Reading) -> bool:
    """Whether a clause says one of two opposites and the line only the other."""
    return any(
        other.search(line.text) and not one.search(line.text) for one, other in reading.opposites
    )


def tells_period(line: Line, period: str, reading: Reading) -> bool:
    """Whether a line tells of a time that comes again and, of "every year", that it always does."""
    is_each = not {"every", "each"}.isdisjoint(reading.words)
    return period in line.stems and (not is_each or _AGAIN.search(line.text) is not None)


def has_object(number: Number, *lines: Line) -> bool:
    """Whether what is said to have changed "by 73 %" stands in one of these lines."""
    is_change = number.kind == "%" and number.lead == "by" and bool(number.before)
    return not is_change or number.before in light_stems() or are_like(number.before, *lines)


def _same_moment(moment: Moment, other: Moment) -> bool:
    return moment.year == other.year and moment.month in (None, other.month)


def has_moment(line: Line, moment: Moment, has_span: bool = False) -> bool:
    """Whether a line has a date; with `has_span` its record has dates of its own."""
    if moment.cue in ("start", "end"):
        # When somebody came or left is told by the record's own dates, or in these very words.
        cues = BEGUN_CUES if moment.cue == "start" else END_CUES
        is_entry = moment.cue == "start" and _ENTRY.search(line.text)
        if any(
            other.cue == moment.cue and _same_moment(moment, other)
            for other in line.reading.moments
        ):
            return True
        if has_span or not (is_entry or cues.intersection(line.reading.words)):
            return False
    return any(_same_moment(moment, other) for other in line.reading.moments)


def has_length(line: Line, length: Length) -> bool:
    """Whether a line has a length of time."""
    return any(length.months == other.months for other in line.reading.lengths)


def is_reversed(reading: Reading, lines: Sequence[Line], low: str) -> bool:
    """Whether "from PHP to Go" is told the other way round by every line that has both."""
    ends = FROM_TO.search(low)
    names = {concept(word) for word in ends.groups()} if ends else set()
    having = [line for line in lines if names and names <= line.reading.stems]
    return bool(having) and not any(same_order(reading, line, low) for line in having)


def same_order(reading: Reading, line: Line, low: str) -> bool:
    """Whether the numbers and names of "from 3 to 28" stand in the same order in a line."""
    values = [other.value for other in line.reading.numbers]
    places = [values.index(n.value) for n in reading.numbers if n.value in values]
    told = [concept(word) for word in line.reading.words]
    ends = FROM_TO.search(low)
    names = [concept(word) for word in ends.groups()] if ends else []
    named = [told.index(name) for name in names if name in told]
    return places == sorted(places) and named == sorted(named)


def are_like(word: str, *lines: Line) -> bool:
    """Whether one of these lines holds a concept, or one that begins alike."""
    begins = word[:ALIKE_LETTERS] if len(word) >= ALIKE_LETTERS else ""
    return any(word in line.stems or begins in line.beginnings for line in lines)
