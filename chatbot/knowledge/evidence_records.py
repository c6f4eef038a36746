"""Cuts the sections of a profile into records: what one line may be read together with."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chatbot.knowledge.cv_dates import with_months
from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_reading import Reading, read, widen
from chatbot.knowledge.evidence_tokens import Moment
from chatbot.knowledge.evidence_words import MONTHS, NEARLY_WON, NEGATIONS, PLANNED
from chatbot.knowledge.headings import known_heading
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.words import plain

_BULLET = re.compile(r"^\s*(?:[-*+•◦▪]|\d{1,2}[.)])\s+")
_TOP_BULLET = re.compile(r"^(?:[-*+•▪]|\d{1,2}[.)])\s+")
_PRESENT = re.compile(r"\b(?:present|now|today|current|ongoing)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z]|[\"“])")
_MONTH = r"(?:[^\W\d_]{3,9}\.? )?"
_DATE = rf"(?:{_MONTH}(?:19|20)\d\d(?:-\d\d)?)"
_RANGE = re.compile(
    rf"({_DATE})\s*(?:-|–|—|to|until|bis)\s*({_DATE}|present|now|today|current)", re.IGNORECASE
)
# "Outside the EU" denies it of the EU.
_DENYING = NEGATIONS | {"outside", "except", "unlike"}
_PARTS = re.compile(r"[,;:.]| but | and ")
_HAS_SUBJECT = re.compile(r"\b(?i:i|we|he|she|they|it|you)\b|^\s*[A-Z]")
_WITHOUT = frozenset({"without", "outside", "except"})
_BY_OTHERS = re.compile(
    r"\b(\w+) by (?=(?:the|an?|her|his|our|my|central|another|outside|colleagues?|others)\b|[A-Z])"
    r"|\bwho (?:\w+ly )?(\w+)"
)
_ITEM_WORDS = 4
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEARED = re.compile(r"(?<=\d\)),\s+")
_LEVEL = re.compile(
    r"(?i)\W*(?:native|fluent|professional|moderate|conversational|basic|beginner|elementary|good"
    r"|intermediate|advanced|proficient|mother tongue|[abc][12])\b.{0,40}"
)
_ITEM_FROM = re.compile(r"^\W*[A-Z].*\b(?:from|at) (?:the )?[A-Z]")
_ONLY_DATE = re.compile(rf"{_DATE}(?:\s*(?:-|–|—|to)\s*(?:{_DATE}|present))?")
_ELSEWHERE = re.compile(r"\bat (?=[A-Z])")
_PLACED = re.compile(r"\(.+\)|, (?:19|20)\d\d$")
TOLD = frozenset({SectionKind.FAQ, SectionKind.ANSWER, SectionKind.STORY})
# "Optimis" is like "optimiz".
ALIKE_LETTERS = 5
_HEADER_CHARACTERS = 110
_LISTED_KINDS = frozenset(
    {
        SectionKind.AWARD,
        SectionKind.CERTIFICATE,
        SectionKind.PUBLICATION,
        SectionKind.LANGUAGE,
        SectionKind.TEXT,
    }
)
_KIND_WORDS = {
    SectionKind.AWARD: "award honor",
    SectionKind.CERTIFICATE: "certificate",
    SectionKind.PUBLICATION: "publication write",
    SectionKind.VOLUNTEER: "volunteer",
    SectionKind.EDUCATION: "study degree",
    SectionKind.WORK: "work",
    SectionKind.PROJECT: "project",
    SectionKind.SKILL: "skill fluent program code",
    SectionKind.LANGUAGE: "speak language speaker",
    SectionKind.REFERENCE: "reference",
    SectionKind.INTEREST: "interest",
    SectionKind.CONTACT: "contact reach email phone located",
}


@dataclass(frozen=True)
class Line:
    """One line or sentence of a record, read."""

    text: str
    reading: Reading
    stems: frozenset[str]

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first letters of its concepts, by which words of one root are alike."""
        return frozenset(held[:ALIKE_LETTERS] for held in self.stems if len(held) >= ALIKE_LETTERS)

    @cached_property
    def is_planned(self) -> bool:
        """Whether it tells of what is wanted and not of what is."""
        return bool(PLANNED.search(self.text))

    @cached_property
    def is_nearly(self) -> bool:
        """Whether it tells of a prize that was nearly won."""
        return bool(NEARLY_WON.search(self.text))

    @cached_property
    def by_others(self) -> frozenset[str]:
        """The deeds that it tells of others: "led by the agency", "the team, who ran the tests"."""
        told = _BY_OTHERS.findall(self.text)
        return frozenset(concept(plain(word)) for pair in told for word in pair if word)

    @cached_property
    def denied(self) -> tuple[set[str], ...]:
        """The concepts of each of its parts that deny."""
        if not _DENYING.intersection(self.reading.words):
            return ()
        found: list[set[str]] = []
        goes_on = False
        for mark, text in zip(
            ["", *_PARTS.findall(self.text)], _PARTS.split(self.text), strict=True
        ):
            part = read(text)
            # "No role in advertising, gambling or weapons" denies all three.
            is_item = mark == "," and len(part.words) <= _ITEM_WORDS
            goes_on = bool(_DENYING.intersection(part.words)) or (
                goes_on and is_item and not _HAS_SUBJECT.search(text)
            )
            denying = next((word for word in part.words if word in _WITHOUT), "")
            if denying and denying in text:
                # "I can work there without a permit" denies nothing but the permit.
                found.append(read(text[text.index(denying) :]).stems)
            elif goes_on:
                found.append(part.stems)
        return tuple(found)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each of its concepts stands."""
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.reading.words):
            found.setdefault(concept(word), []).append(place)
        return found


@dataclass(frozen=True)
class Span:
    """From a month to a month, both counted from year 0; without an end it goes on."""

    start: int
    end: int | None
    has_months: bool = True


@dataclass
class Record:
    """A job, a degree, an award, an answer: its head, which all its lines share, and these."""

    section: Section
    head: Line
    names: frozenset[str]
    lines: list[Line] = field(default_factory=list)
    stems: frozenset[str] = frozenset()
    span: Span | None = None
    number: int = 0
    title: frozenset[str] = frozenset()

    @cached_property
    def writer(self) -> frozenset[str]:
        """Of a reference the names of whoever wrote it."""
        title = self.section.heading.partition(":")[2] or self.head.text.partition(". . ")[2]
        return frozenset(read(re.split(r"[,.]", title)[0]).stems)

    @property
    def kind(self) -> SectionKind:
        """The kind of its section."""
        return self.section.kind

    @cached_property
    def told_kind(self) -> SectionKind:
        """The kind that its own label names, as "Certifications: ..." among other notes does."""
        if self.kind is not SectionKind.TEXT:
            return self.kind
        label, colon, _ = self.head.text.rpartition(". . ")[2].partition(":")
        return (known_heading(label) if colon else None) or self.kind


def build_records(sections: Sequence[Section], *, ignored: Container[str]) -> list[Record]:
    """All records of a profile, in its order."""
    records: list[Record] = []
    for section in sections:
        for head, lines in _cut(section):
            record = _build(section, head, lines, ignored)
            record.number = len(records)
            records.append(record)
    return records


def _cut(section: Section) -> list[tuple[list[str], list[str]]]:
    """The records of a section, each as the lines of its head and its other lines."""
    lines = [line.rstrip() for line in section.text.splitlines() if line.strip()]
    if not lines:
        return []
    is_list = bool(_TOP_BULLET.match(lines[0]))
    if is_list:
        found: list[tuple[list[str], list[str]]] = []
        for line in lines:
            if _TOP_BULLET.match(line):
                found.append(([_BULLET.sub("", line)], []))
            else:
                found[-1][1].append(_BULLET.sub("", line))
        return [
            record
            for head, body in found
            for record in (
                [([item], []) for item in _items(head[0])] if not body else [(head, body)]
            )
        ]
    if dated := _cut_at_dates(lines):
        return dated
    is_dated_list = section.kind is SectionKind.EDUCATION and all(map(_YEAR.search, lines))
    is_plain_list = (
        (section.kind in _LISTED_KINDS or is_dated_list)
        and len(lines) > 1
        and ":" not in section.heading
        and not any(_BULLET.match(line) or line.endswith(".") for line in lines)
        and (section.kind is not SectionKind.PUBLICATION or all(_PLACED.search(x) for x in lines))
    )
    if section.kind is SectionKind.LANGUAGE:
        lines = _with_levels(lines)
    if is_plain_list or all(_BULLET.match(line) for line in lines):
        return [([_BULLET.sub("", line)], []) for line in lines]
    head: list[str] = []
    body: list[str] = []
    for index, line in enumerate(lines):
        is_head = not body and not _BULLET.match(line) and len(line) <= _HEADER_CHARACTERS
        is_head = is_head and (index == 0 or find_span(line) is not None or index < 4)
        if is_head and section.kind not in (SectionKind.FAQ, SectionKind.ANSWER, SectionKind.STORY):
            is_head = not line.endswith(".")
        elif section.kind in (SectionKind.FAQ, SectionKind.ANSWER, SectionKind.STORY):
            is_head = False
        (head if is_head else body).append(_BULLET.sub("", line))
    return [(head, body)]


def _with_levels(lines: Sequence[str]) -> list[str]:
    """The lines of a list of languages, the level below a name beside it."""
    found: list[str] = []
    for line in lines:
        if found and _LEVEL.fullmatch(line.strip()):
            found[-1] += f": {line.strip()}"
        else:
            found.append(line)
    return found


def _cut_at_dates(lines: Sequence[str]) -> list[tuple[list[str], list[str]]]:
    """The records of a plain list in which a name stands above each date, else none."""
    dated = [index for index, line in enumerate(lines) if _ONLY_DATE.fullmatch(line.strip())]
    is_list = len(dated) > 1 and dated[0] == 1 and not any(_BULLET.match(line) for line in lines)
    if not is_list:
        return []
    ends = [index - 1 for index in dated[1:]] + [len(lines)]
    starts = [index - 1 for index in dated]
    return [([*lines[a : a + 2]], [*lines[a + 2 : b]]) for a, b in zip(starts, ends, strict=True)]


def _build(section: Section, head: list[str], lines: list[str], ignored: Container[str]) -> Record:
    heading = section.heading + ". " + ". ".join(section.wordings)
    if len(head) == 1 and _ELSEWHERE.search(head[0]) and section.heading not in head[0]:
        # "Systems Administrator at CloudFirst" below "Career at Insurellm" was not at Insurellm.
        heading = "" if find_span(head[0]) else heading
    extra = _KIND_WORDS.get(section.kind, "")
    texts = [text for line in lines for part in _SENTENCE.split(line) for text in _items(part)]
    if len(head) == 1 and len(items := _items(head[0])) > 1:
        head, texts = [], [*items, *texts]
    top = ". ".join([heading, *head])
    reading = read(top, ignored=ignored)
    stems = frozenset(widen(top, reading.stems) | {concept(word) for word in extra.split()})
    read_lines = [_line(text, ignored) for text in texts]
    names = frozenset(reading.names)
    everything = stems.union(*(line.stems for line in read_lines)) if read_lines else stems
    span = next((found for line in head if (found := find_span(line))), None)
    if span is None and section.kind is SectionKind.WORK:
        # A job with one date only has begun then and goes on.
        alone = next((line for line in head if _ONLY_DATE.fullmatch(line.strip())), None)
        start = _months(alone, is_end=False) if alone else None
        span = Span(start[0], None, start[1]) if start else None
    title = section.heading.partition(":")[2] or (head[0] if head else "")
    titled = frozenset(read(title, ignored=ignored).stems)
    return Record(
        section, Line(top, reading, stems), names, read_lines, everything, span, title=titled
    )


def _items(line: str) -> list[str]:
    """The items of "Certificates: A (2022), B (2023)", each with the word before the colon."""
    label, colon, rest = line.partition(":")
    items = _YEARED.split(rest if colon else line)
    if len(items) < 2 or not all(re.search(r"\((?:\w+ )?(?:19|20)\d\d\)", item) for item in items):
        items = (rest if colon else line).split(", ")
        if len(items) < 2 or not all(_ITEM_FROM.search(item) for item in items):
            return [line]
    return [f"{label}: {item.strip()}" if colon else item for item in items]


def _line(text: str, ignored: Container[str]) -> Line:
    reading = read(text, ignored=ignored)
    return Line(text, reading, frozenset(widen(text, reading.stems)))


def find_span(text: str) -> Span | None:
    """The first range of dates in a line."""
    match = _RANGE.search(with_months(text))
    if match is None:
        return None
    start = _months(match[1], is_end=False)
    if start is None:
        return None
    if _PRESENT.fullmatch(match[2]):
        return Span(start[0], None, start[1])
    end = _months(match[2], is_end=True)
    return Span(start[0], end[0], start[1] and end[1]) if end else None


def _months(text: str, *, is_end: bool) -> tuple[int, bool] | None:
    year = re.search(r"(?:19|20)\d\d", text)
    if year is None:
        return None
    iso = re.search(r"\d\d\d\d-(\d\d)", text)
    word = re.match(r"[^\W\d_]+", text)
    month = int(iso[1]) if iso else MONTHS.get(plain(word[0])) if word else None
    months = int(year[0]) * 12
    if month is None:
        return months + (11 if is_end else 0), False
    return months + month - 1, True


def month_count(moment: Moment) -> tuple[int, int]:
    """The first and last month, from year 0, that a date may mean."""
    if moment.month is None:
        return moment.year * 12, moment.year * 12 + 11
    return moment.year * 12 + moment.month - 1, moment.year * 12 + moment.month - 1
