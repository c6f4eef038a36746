"""What may be worked out from several records: lengths of time, counts and sums."""

import re
from functools import cached_property

from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_index import RecordIndex
from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_records import Record, Span
from chatbot.knowledge.evidence_tokens import Length, Number
from chatbot.knowledge.evidence_words import COUNTED
from chatbot.knowledge.sections import SectionKind

_TOTAL = re.compile(
    r"\b(?:total\w*|combined|together|altogether|overall|sum|in all|cumulative\w*|adds? up)\b", re.I
)
_COUNT = re.compile(
    r"\b(?:(\d{1,2})|(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b"
    r"((?:[ -][^\W\d_]+){0,3}?)[ -](" + "|".join(sorted(COUNTED, key=len, reverse=True)) + r")\b",
    re.I,
)
_PROFESSIONS = frozenset({concept(word) for word in ("engineer", "developer", "software")})
_OWNING = frozenset("has have holds hold earned got".split())
_AT = re.compile(r"\bat (?:the |an? )?([a-z]\w+)")
_GAP_MONTHS = 6
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_KINDS = {
    "education": SectionKind.EDUCATION,
    "project": SectionKind.PROJECT,
    "award": SectionKind.AWARD,
    "certificate": SectionKind.CERTIFICATE,
    "reference": SectionKind.REFERENCE,
}
_LISTED_AT_MOST = 40


def span_months(span: Span, now: int) -> int:
    """How many months a span lasts: from the first of its first to the first of its last."""
    return (now if span.end is None else span.end) - span.start


def length_fits(length: Length, months: int, span: Span | None = None) -> bool:
    """Whether a length of time, as said, is `months` long: rounded as people do, not more."""
    said, lasted = length.months, {months, months + 1}
    if span is not None and not span.has_months:
        lasted = {*lasted, months - 11, months - 10, months - 12}
    if length.unit == 1:
        return any(abs(said - value) <= (2 if length.how == "about" else 0) for value in lasted)
    count = said // length.unit
    for value in lasted:
        whole, nearest = value // length.unit, int(value / length.unit + 0.5)
        if length.how == "over":
            fits = count == whole and value >= said
        elif length.how == "about":
            fits = abs(value - said) <= length.unit // 2
        else:
            fits = count in (whole, nearest) and count > 0
        if fits:
            return True
    return False


class Derivations:
    """Works things out from the records of one profile."""

    def __init__(self, index: RecordIndex) -> None:
        self._index = index

    @cached_property
    def _lists(self) -> list[tuple[frozenset[str], int, frozenset[str]]]:
        """What the profile lists: the words of each list's name, its length, all its words."""
        found: list[tuple[frozenset[str], int, frozenset[str]]] = []
        for record in self._index.records:
            if record.kind not in (SectionKind.SKILL, SectionKind.EDUCATION, SectionKind.TEXT):
                continue
            lines = [*record.section.text.splitlines()]
            for before, line in zip(["", *lines], lines, strict=False):
                head, colon, rest = line.partition(":")
                if not colon:
                    head, rest = ("" if "," in before else before), line
                items = [part for part in re.split(r",(?![^(]*\))|;", rest) if part.strip()]
                if head and items:
                    words = frozenset(read(line).stems) | record.stems
                    found.append((frozenset(read(head).stems), len(items), words))
        return found

    def explain(self, reading: Reading, text: str) -> bool:
        """Whether all of a clause follows from several records, by one of the three ways."""
        if reading.negated:
            return False
        if len(reading.moments) == 2 and not reading.musts and concept("study") in reading.stems:
            return self._is_time_of_study(reading)
        if reading.lengths and not reading.numbers and not reading.moments:
            return self._explains_length(reading, text)
        if len(reading.numbers) == 1 and not reading.lengths:
            number = reading.numbers[0]
            return self._is_count(reading, text) or (
                bool(_TOTAL.search(text)) and self._is_sum(number, reading)
            )
        return False

    def _explains_length(self, reading: Reading, text: str) -> bool:
        musts = reading.musts
        if "experience" in reading.words:
            # "In software engineering" tells of no job, but of them all.
            musts = [must for must in musts if must not in _PROFESSIONS]
        wanted = [must for must in musts if must in self._index.postings]
        if len(wanted) != len(musts):
            return False
        wanted += [place for word in _AT.findall(text) if (place := concept(word)) in reading.softs]
        records = [self._index.records[n] for n in self._index.holders(wanted)]
        for kind in (SectionKind.WORK, SectionKind.EDUCATION, SectionKind.VOLUNTEER):
            spans = [r.span for r in records if r.kind is kind and r.span is not None]
            if not spans:
                continue
            elsewhere = [
                soft
                for soft in reading.softs
                if soft in self._index.postings
                and not any(soft in r.stems for r in records if r.kind is kind)
            ]
            if elsewhere:
                continue
            now = self._index.now
            first = min(span.start for span in spans)
            last = max(now if span.end is None else span.end for span in spans)
            covered = {
                month
                for span in spans
                for month in range(span.start, (now if span.end is None else span.end) + 1)
            }
            lasted = {last - first, len(covered) - 1, self._latest_run(covered)}
            if all(any(length_fits(said, m) for m in lasted) for said in reading.lengths):
                return True
        return False

    def denies_what_is_there(self, reading: Reading) -> bool:
        """Whether a clause says that there is none of a kind, such as degrees, that there is."""
        is_plain = not (reading.musts or reading.softs) and _OWNING.intersection(reading.words)
        if not reading.negated or not is_plain:
            return False
        kinds = {COUNTED[word] for word in reading.words if word in COUNTED} - {"listed"}
        return any(_is_of(record, kind) for record in self._index.records for kind in kinds)

    def _is_time_of_study(self, reading: Reading) -> bool:
        """Whether two years are the beginning of the first and the end of the last degree."""
        spans = [
            record.span
            for record in self._index.records
            if record.kind is SectionKind.EDUCATION and record.span
        ]
        if not spans or any(span.end is None for span in spans):
            return False
        first, last = min(span.start for span in spans), max(span.end or 0 for span in spans)
        return [moment.year for moment in reading.moments] == [first // 12, last // 12]

    def _latest_run(self, covered: set[int]) -> int:
        """The months of the last stretch without a gap of more than half a year."""
        start = end = max(covered)
        while any(start - step in covered for step in range(1, _GAP_MONTHS + 2)):
            start = max(month for month in covered if month < start)
        return end - start

    def _is_count(self, reading: Reading, text: str) -> bool:
        match = _COUNT.search(text)
        if match is None:
            return False
        count = int(match[1]) if match[1] else _SMALL.index(match[2].lower())
        kind = COUNTED[match[4].lower()]
        own = read(match[4]).musts + read(match[4]).softs
        wanted = [must for must in reading.musts if must not in own]
        if kind == "listed":
            is_spoken = concept("speak") in reading.stems
            return self._is_list(count, match[3], match[4], wanted, is_spoken=is_spoken)
        counted = [record for record in self._index.records if _is_of(record, kind)]
        if kind == "intern":
            wanted = [must for must in wanted if must != concept("intern")]
        union = set().union(*(record.stems for record in counted)) if counted else set()
        if not set(wanted) <= union or any(soft not in union for soft in reading.softs[:8]):
            return False
        holding = [record for record in counted if set(wanted) <= record.stems]
        found = {len(counted)} if len(wanted) > 1 else set()
        found.add(len(holding) if wanted else len(counted))
        if kind == "employer":
            found = {len({frozenset(r.names) for r in counted})}
        return count in found and self._dates_fit(reading, counted)

    def _dates_fit(self, reading: Reading, counted: list[Record]) -> bool:
        years = {m.year for r in counted for m in r.head.reading.moments}
        return all(moment.year in years for moment in reading.moments)

    def _is_list(
        self, count: int, label: str, noun: str, wanted: list[str], *, is_spoken: bool
    ) -> bool:
        """Whether a line of the profile lists so many things of this name."""
        named = {*read(f"{label} {noun}").stems}
        wanted = [must for must in wanted if must not in named]
        spoken = [r for r in self._index.records if r.kind is SectionKind.LANGUAGE]
        for head, length, words in [] if is_spoken and spoken else self._lists:
            if named & head and length == count and set(wanted) <= words:
                return True
        is_spoken = concept("language") in named and bool(spoken) and len(spoken) == count
        union = set().union(*(r.stems for r in spoken)) if spoken else set()
        return is_spoken and set(wanted) <= union

    def _is_sum(self, number: Number, reading: Reading) -> bool:
        """Whether a number is the sum of all amounts of one thing: in one section or in those that
        the clause names, of the years that it names."""
        years = [moment.year for moment in reading.moments]
        things = [*reading.musts, *reading.softs, number.bound]
        named = [n for n in reading.names if n in self._index.postings]
        if any(n not in self._index.postings for n in reading.names):
            return False
        for thing in dict.fromkeys(thing for thing in things if thing):
            by_section: dict[str, list[float]] = {}
            of_named: list[float] = []
            for record in self._index.records:
                if years and not self._is_within(record, years):
                    continue
                amounts = [
                    other.value
                    for line in (record.head, *record.lines)
                    for other in line.reading.numbers
                    if thing in (other.bound, other.before) and _same_kind(number, other)
                ]
                by_section.setdefault(record.section.heading, []).extend(amounts)
                if set(named) & record.names:
                    of_named += amounts
            groups = [of_named] if named and of_named else list(by_section.values())
            groups.append([value for group in by_section.values() for value in group])
            for group in groups:
                if len(group) > 1 and abs(sum(group) - number.value) < 1e-6 * number.value:
                    return True
        return False

    def _is_within(self, record: Record, years: list[int]) -> bool:
        found = [moment.year for moment in record.head.reading.moments]
        if len(years) == 2:
            return any(min(years) <= year <= max(years) for year in found)
        return any(year in years for year in found)


def _same_kind(number: Number, other: Number) -> bool:
    return number.kind == other.kind or {number.kind, other.kind} == {"", "$"}


def _is_of(record: Record, kind: str) -> bool:
    heading = record.head.stems
    if kind in ("work", "employer"):
        return record.kind is SectionKind.WORK
    if kind == "intern":
        return record.kind is SectionKind.WORK and concept("intern") in record.head.stems
    if kind == "patent":
        return concept("patent") in heading and record.kind is not SectionKind.WORK
    if kind == "talk":
        return concept("talk") in heading
    if kind == "publication":
        is_other = {concept("patent"), concept("talk")} & heading
        return record.kind is SectionKind.PUBLICATION and not is_other
    return record.kind is _KINDS[kind]
