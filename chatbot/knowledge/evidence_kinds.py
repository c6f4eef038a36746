"""Which records and lines may speak of what a clause says: of its kind, its time, its people."""

import re
from dataclasses import replace

from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_lines import has_moment, has_number
from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_records import TOLD, Line, Record
from chatbot.knowledge.sections import SectionKind

_NO_EMPLOYMENT = frozenset(
    {
        SectionKind.CERTIFICATE,
        SectionKind.SKILL,
        SectionKind.LANGUAGE,
        SectionKind.PUBLICATION,
        SectionKind.INTEREST,
        SectionKind.EDUCATION,
    }
)
_OUTSIDE = frozenset("clients customers users accounts families households".split())
_OUTSIDERS = re.compile(rf"(?i)\d\S*\s+(?:\w+\s+){{0,2}}(?:{'|'.join(sorted(_OUTSIDE))})\b")
_DEGREES = frozenset("degree degrees diploma".split())
_GROUPS = frozenset("team agency consultancy colleague colleagues department firm".split())
_ASKS = re.compile(r"(?i)(?:^|\band |, )(?:do|are|can|would|will|have|could|did|were) you\b")
_NO = re.compile(r"(?i)(?:no|not|never|unfortunately)\b|.*\bi(?: am|['’]m) (?:not|staying)\b")


def is_job_of(record: Record, reading: Reading) -> bool:
    """Whether a record is a job at the place that a clause names and names nothing beside it."""
    names = set(reading.names)
    return record.kind is SectionKind.WORK and bool(names) and names <= record.head.stems


def is_of_owner(record: Record, reading: Reading) -> bool:
    """Whether a record may speak for the owner: the head of a reference is about its writer."""
    if record.kind is not SectionKind.REFERENCE or not (reading.names or reading.title):
        return True
    return bool(set(reading.names) & record.writer)


def is_of_work(record: Record, reading: Reading) -> bool:
    """Whether a record may tell where somebody worked: not for Amazon, where it only says AWS."""
    lines = (record.head, *record.lines)
    written = set[str]().union(*(line.reading.stems for line in lines))
    return record.told_kind not in _NO_EMPLOYMENT and written.issuperset(reading.names)


def is_of_kind(record: Record, reading: Reading) -> bool:
    """Whether what is called a degree is one, or is called so in the record as well."""
    called = _DEGREES.intersection(reading.words)
    lines = (record.head, *record.lines)
    return (
        not called
        or record.told_kind is SectionKind.EDUCATION
        or any(_DEGREES.intersection(line.reading.words) for line in lines)
    )


def is_of_another_date(record: Record, reading: Reading) -> bool:
    """Whether the lines that hold what is dated have dates of their own, and all others."""
    own = set(reading.musts) - record.head.stems
    lines = [line for line in record.lines if own and own <= line.stems]
    return bool(reading.moments and lines) and all(
        line.reading.moments
        and not any(has_moment(line, replace(m, cue="")) for m in reading.moments)
        for line in lines
    )


def leads_so_many(line: Line, reading: Reading) -> bool:
    """Whether a line tells of leading and of the number that is said to be led: no customers."""
    leads = concept("lead") in line.reading.stems
    is_other = bool(_OUTSIDERS.search(line.text)) and not _OUTSIDE.intersection(reading.words)
    return leads and not is_other and any(has_number(line, number) for number in reading.numbers)


def tells_other_years(line: Line, reading: Reading) -> bool:
    """Whether a line has dates, and none of those that are said of its number."""
    years = {moment.year for moment in reading.moments}
    told = {moment.year for moment in line.reading.moments}
    return bool(years and told and years.isdisjoint(told))


def answered_no(record: Record) -> frozenset[str]:
    """The concepts of a question such as "Would you relocate?" that is answered with no."""
    asked = _ASKS.search(record.section.heading) if record.kind in TOLD else None
    if asked is None or not record.lines or not _NO.match(record.lines[0].text):
        return frozenset()
    return frozenset(read(record.section.heading[asked.start() :]).stems)


def firm_lines(record: Record, reading: Reading) -> list[Line]:
    """The lines of a record that tell what is, or, to a clause that speaks so, what is wanted."""
    is_planned, is_nearly = reading.is_planned, reading.is_nearly
    # A clause that tells of others' deeds itself may say them.
    tells_others = {"by", "who", "whose", "that"}.intersection(
        reading.words
    ) or _GROUPS.intersection(reading.words[:4])
    said = set[str]() if tells_others else {*reading.softs, *reading.musts}
    if record.head.is_planned and record.kind not in TOLD and not is_planned:
        return []
    return [
        line
        for line in (record.head, *record.lines)
        if (is_planned or not line.is_planned or (line is record.head and record.kind in TOLD))
        and (is_nearly or not line.is_nearly)
        and (line is record.head or not said & line.by_others)
    ]
