"""Which records hold what a clause claims: all of it together, at the right time."""

import re
from collections.abc import Sequence
from dataclasses import replace

from chatbot.knowledge.evidence_derived import length_fits, span_months
from chatbot.knowledge.evidence_index import RecordIndex
from chatbot.knowledge.evidence_kinds import (
    answered_no,
    firm_lines,
    is_job_of,
    is_of_another_date,
    is_of_kind,
    is_of_owner,
    is_of_work,
    leads_so_many,
    tells_other_years,
)
from chatbot.knowledge.evidence_levels import Levels
from chatbot.knowledge.evidence_lines import (
    FROM_TO,
    are_like,
    are_paired,
    are_swapped,
    counts,
    has_deed,
    has_length,
    has_moment,
    has_number,
    has_object,
    is_reversed,
    same_order,
    says_opposite,
    stands_near,
    tells_period,
)
from chatbot.knowledge.evidence_reading import Reading
from chatbot.knowledge.evidence_records import TOLD, Line, Record, month_count
from chatbot.knowledge.evidence_titles import has_title, praised
from chatbot.knowledge.evidence_tokens import Length, Moment
from chatbot.knowledge.evidence_words import (
    ENDED_CUES,
    ONGOING_CUES,
    cue_stems,
    light_stems,
    state_stems,
)
from chatbot.knowledge.sections import SectionKind

# Of the words that claim nothing by themselves so many may stand in the profile but elsewhere. One
# that is new to it, and not a word of everyday speech, may stand beside so many that are held.
ELSEWHERE_SHARE = 0.4
FIRM_FOR_NEW = 4
_NOW = (
    r"\b(?:(?:%s)(?:['’]s|,)? (?:currently |now |still |also )?(?:works|is working|serves"
    r"|is employed|is serving|is an?|is the|is (?:currently|now)|(?:an?|the) )"
    r"|(?:works|serves|working) (?:as|at|for)\b)"
)
_STUDYING = frozenset(
    "studied study studying studies attended attending student started began enrolled between"
    " university college".split()
)
_WAS_AT = re.compile(r"\b(?:was|been|stayed) (?:at|with)\b")
_HAS_BEEN = (
    r"\b(?:%s)(?:['’]s|['’]ve| has| have) (?:been|\w+ed|led|run|built|held|taught)\b.*\bsince\b"
    r"|\bsince\b.*\b(?:%s)(?:['’]s|['’]ve| has| have) (?:been|\w+ed|led|run|built|held|taught)\b"
)
_COMING = re.compile(
    r"\b(?:will|about to|is set to|going to|next (?:year|month|week))\b(?! (?:be )?able)"
)
# What is yet to come is told by answers and introductions, not by jobs and degrees.
_OF_THE_FUTURE = (TOLD - {SectionKind.STORY}) | {
    SectionKind.ABOUT,
    SectionKind.CONTACT,
    SectionKind.TEXT,
}
_JOINED = re.compile(r"\b(?:joined|hired|recruited|came to|been (?:at|with) .{1,40} since)\b")
_GRADUATED = re.compile(
    r"\bafter (?:\w+ )?(?:university|college|graduat\w+|studies|studying|degrees?|school)\b"
)
_LATEST = re.compile(
    r"\b(?:most recent(?:ly)?|latest|last (?:job|role|position|employer|company))\b"
)
_EARLIEST = re.compile(
    r"\b(?:first|earliest) (?:job|role|position|employer|company|degree|internship|work)\b"
)
_JOBS = frozenset({SectionKind.WORK, SectionKind.VOLUNTEER})
WORKISH = frozenset({SectionKind.WORK, SectionKind.PROJECT, SectionKind.VOLUNTEER})


class Support:
    """Finds the records that hold a clause; of one answer it keeps nothing for the next."""

    def __init__(self, index: RecordIndex) -> None:
        self.index = index
        self._levels = Levels(index.records)
        self._always_denied: dict[str, bool] = {}
        subjects = "|".join(
            sorted(map(re.escape, {*index.owner_words, "he", "she", "they", "who"}))
        )
        self._now = re.compile(_NOW % subjects + "|" + _HAS_BEEN % (subjects, subjects))

    def holders(self, reading: Reading, text: str) -> set[int]:
        """The records that hold all of a clause, as it is read and in its words."""
        low = text.lower()
        if _EARLIEST.search(low):
            reading = replace(
                reading,
                musts=[must for must in reading.musts if must != "first"],
                praise=praised([word for word in reading.words if word != "first"]),
            )
        if self._is_ever_denied(reading) or self._levels.overstates(text, reading.words):
            return set()
        records = [self.index.records[number] for number in self._candidates(reading)]
        jobs = [record for record in records if is_job_of(record, reading)]
        if jobs and not any(self._fits_time(record, reading, low) for record in jobs):
            return set()
        is_stay = bool(reading.lengths or reading.moments) and not (reading.softs or reading.title)
        if jobs and is_stay and (state_stems() & reading.stems or _WAS_AT.search(low)):
            records = jobs
        # Whoever was promoted is still with the employer since the first of several jobs.
        goes_on = is_stay and any(job.span and job.span.end is None for job in jobs)
        if _JOINED.search(low) and reading.moments and not reading.title and jobs:
            first = min((job.span.start for job in jobs if job.span), default=None)
            records = [job for job in jobs if job.span and job.span.start == first]
        if reading.is_employed:
            records = [record for record in records if is_of_work(record, reading)]
        if _COMING.search(low):
            records = [record for record in records if record.kind in _OF_THE_FUTURE]
        records = [
            record
            for record in records
            if (goes_on or self._fits_time(record, reading, low)) and is_of_owner(record, reading)
        ]
        found = {record.number for record in records if self._fits(record, reading, low)}
        if found and _LATEST.search(low):
            found = self._outermost(found, newest=True)
        if found and _EARLIEST.search(low):
            found = self._outermost(found, newest=False, graduated=bool(_GRADUATED.search(low)))
        return found

    def _is_ever_denied(self, reading: Reading) -> bool:
        """Whether all that the profile says of a name is that the owner has nothing to do with
        it."""
        if reading.negated or reading.is_planned:
            return False
        return any(self._denies_always(name) for name in reading.names)

    def _denies_always(self, name: str) -> bool:
        if name not in self._always_denied:
            lines = [
                line
                for number in self.index.postings.get(name, ())
                for record in [self.index.records[number]]
                for line in (record.head, *record.lines)
                if name in line.stems
            ]
            self._always_denied[name] = bool(lines) and all(
                any(name in part for part in line.denied) for line in lines
            )
        return self._always_denied[name]

    def _candidates(self, reading: Reading) -> set[int]:
        """The records that may hold a clause: all its claims, or one of its plain words."""
        firm = set(reading.softs) - light_stems()
        if reading.musts or not firm:
            return self.index.holders(set(reading.musts))
        return set().union(*(self.index.alike(soft) for soft in firm))

    def _outermost(self, found: set[int], *, newest: bool, graduated: bool = False) -> set[int]:
        """Those of the records that are the latest, or the earliest, of their kind; the earliest
        since the last degree when `graduated`."""
        earliest = self._graduated() if graduated else 0
        kept: set[int] = set()
        for number in found:
            record = self.index.records[number]
            spans = [r.span for r in self.index.records if r.kind is record.kind and r.span]
            if record.span is None:
                continue
            starts = [span.start for span in spans if span.start >= earliest]
            if not starts:
                continue
            if record.span.start == (max(starts) if newest else min(starts)):
                kept.add(number)
        return kept

    def _graduated(self) -> int:
        """The month in which the last degree was finished; 0 without any."""
        degrees = [r.span for r in self.index.records if r.kind is SectionKind.EDUCATION and r.span]
        return max((span.end for span in degrees if span.end), default=0)

    def _fits_time(self, record: Record, reading: Reading, low: str) -> bool:
        """Whether what is said to go on does, and what is said to be over is."""
        if record.span is None or not reading.musts:
            return True
        words = set(reading.words)
        is_open = record.span.end is None
        is_over = bool(words & ENDED_CUES) or "used to" in low
        if words & ONGOING_CUES or (
            not is_over and record.kind in WORKISH and self._now.search(low)
        ):
            return is_open or is_over
        if is_over:
            return not (is_open and record.kind in _JOBS)
        return True

    def _fits(self, record: Record, reading: Reading, low: str) -> bool:
        """Whether a record holds a clause: what its head does not say, one of its lines does."""
        head, lines = record.head, firm_lines(record, reading)
        if reading.opposites:
            lines = [line for line in lines if not says_opposite(line, reading)]
        if reading.opposites and head not in lines:
            return False
        if not self._may_tell(record, lines, reading):
            return False
        rest = Reading(
            numbers=[n for n in reading.numbers if not has_number(head, n)],
            moments=[m for m in reading.moments if not self.head_has(record, m, reading)],
            lengths=[
                length
                for length in reading.lengths
                if not self.lasted(record, length) and not self._lasted_since(reading, length)
            ],
        )
        if not rest.claims:
            if not reading.numbers and not reading.moments:
                return self._fits_plainly(record, lines, reading, low)
            told = [head] if reading.numbers else lines
            held = frozenset[str]().union(*(line.stems for line in told))
            if set(reading.musts) <= held and self._fits_words(reading, *told):
                return not self._is_denied(record, reading)
        return any(
            self._line_fits(record, line, reading, rest, low) for line in lines if line is not head
        )

    def _may_tell(self, record: Record, lines: Sequence[Line], reading: Reading) -> bool:
        """Whether all but the plain words, numbers and dates of a clause fits a record."""
        is_job = record.span is not None and record.kind in _JOBS
        if reading.title and not has_title(record, reading, is_job=is_job):
            return False
        if not is_of_kind(record, reading) or is_of_another_date(record, reading):
            return False
        if reading.negated and not self._denies_too(record, reading):
            return False
        if reading.leads_many and not any(leads_so_many(line, reading) for line in lines):
            return False
        if not self._names_fit(record, lines, reading):
            return False
        if any(not has_deed(record, verb, thing) for verb, thing in reading.deeds):
            return False
        if any(not any(tells_period(line, p, reading) for line in lines) for p in reading.periods):
            return False
        return not reading.praise or any(reading.praise <= line.stems for line in lines)

    def _names_fit(self, record: Record, lines: Sequence[Line], reading: Reading) -> bool:
        """Whether all claimed words are there, and those of one name beside each other."""
        if not set(reading.musts) <= frozenset[str]().union(*(line.stems for line in lines)):
            return False
        if any(not any(stands_near(line, phrase) for line in lines) for phrase in reading.phrases):
            return False
        if record.kind not in TOLD or len(reading.phrases) < 2:
            return True
        named = set[str]().union(*reading.phrases)
        return any(
            named <= line.stems and are_paired(line, reading.phrases) for line in record.lines
        )

    def _fits_plainly(
        self, record: Record, lines: Sequence[Line], reading: Reading, low: str
    ) -> bool:
        """Whether a record holds a clause without number and date, its plain words in one line."""
        if is_reversed(reading, lines, low):
            return False
        is_held = self._fits_words(reading, *lines) and any(
            self._fits_words(reading, record.head, line) for line in lines
        )
        return is_held and not self._is_denied(record, reading)

    def _line_fits(
        self, record: Record, line: Line, reading: Reading, rest: Reading, low: str
    ) -> bool:
        """Whether a line, with the head, holds a clause and what the head lacks of it."""
        head, numbers = record.head, rest.numbers
        if not set(reading.musts) <= head.stems | line.stems:
            return False
        if any(not has_number(line, n) or not counts(n, head, line) for n in numbers):
            return False
        if any(not has_object(n, head, line) for n in numbers):
            return False
        if numbers and (are_swapped(line, numbers) or tells_other_years(line, reading)):
            return False
        if any(not has_moment(line, m, record.span is not None) for m in rest.moments):
            return False
        if rest.moments and not self._lay_within(record, rest.moments, reading):
            return False
        if any(not has_length(line, length) for length in rest.lengths):
            return False
        if rest.lengths and record.span and not any(are_like(s, line) for s in reading.softs):
            return False
        if not reading.negated and self.denies(line, reading):
            return False
        if FROM_TO.search(low) and not same_order(reading, line, low):
            return False
        if self._fits_words(reading, head, line):
            return True
        # What is counted stands in this line; the rest may describe the record.
        is_bound = record.span is not None and bool(numbers) and all(n.bound for n in numbers)
        return is_bound and all(soft in record.stems for soft in reading.softs)

    def _lay_within(self, record: Record, moments: Sequence[Moment], reading: Reading) -> bool:
        """Whether dates lie within a record of which a clause says nothing but that it was: a
        paper of 2022 tells of no work there in 2022."""
        if record.span is None or not record.head.stems.issuperset(
            {*reading.musts, *reading.softs}
        ):
            return True
        end = self.index.now if record.span.end is None else record.span.end
        months = [month_count(moment) for moment in moments]
        return all(first <= end and last >= record.span.start for first, last in months)

    def _denies_too(self, record: Record, reading: Reading) -> bool:
        """Whether a line of a record denies what the clause denies, and not something else."""
        if {*reading.musts, *reading.softs} & answered_no(record):
            return set(reading.musts) <= record.stems
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
        wanted = {*reading.musts, *(soft for soft in reading.softs if soft not in light_stems())}
        told = record.lines if record.kind in TOLD else (record.head, *record.lines)
        held = [len(wanted & line.stems) for line in told]
        most = max(held, default=0)
        lines = [line for line, count in zip(told, held, strict=True) if count == most]
        return most > 0 and all(self.denies(line, reading) for line in lines)

    def denies(self, line: Line, reading: Reading) -> bool:
        """Whether the words of a clause stand in the part of a line that is denied."""
        wanted = {*reading.musts, *reading.softs}
        return any(part & wanted for part in line.denied)

    def _fits_words(self, reading: Reading, *lines: Line) -> bool:
        """Whether enough of the other words are held, or at least not held elsewhere only."""
        softs = list(dict.fromkeys(reading.softs))
        if not softs:
            return True
        light = light_stems() | cue_stems() if reading.moments else light_stems()
        missing = [soft for soft in softs if soft not in light and not are_like(soft, *lines)]
        elsewhere = [soft for soft in missing if soft in self.index.postings]
        if len(elsewhere) > ELSEWHERE_SHARE * len(softs):
            return False
        firm = reading.claims + len(softs) - len(missing)
        return len(missing) - len(elsewhere) <= (firm >= FIRM_FOR_NEW)

    def head_has(self, record: Record, moment: Moment, reading: Reading) -> bool:
        """Whether a date is the beginning or end of a record, or, of a clause that only says that
        somebody worked there, within it."""
        first, last = month_count(moment)
        span = record.span
        if span is None and record.kind is SectionKind.CERTIFICATE:
            return has_moment(record.head, replace(moment, cue=""))
        if span is None:
            return has_moment(record.head, moment)
        is_start = first <= span.start <= last
        is_end = span.end is not None and first <= span.end <= last
        if not span.has_months and moment.month is not None:
            return False
        is_alone = len(reading.moments) == 1 and moment.cue in ("", "from")
        if record.kind is SectionKind.EDUCATION and is_alone:
            if not _STUDYING.intersection(reading.words):
                # A degree from 2011, or earned in 2011, was finished then.
                return is_end
        if moment.cue in ("start", "from"):
            return is_start
        if moment.cue in ("end", "done"):
            return is_end
        if is_start or is_end:
            return True
        is_state = bool(state_stems() & reading.stems) and set(reading.musts) <= record.head.stems
        end = self.index.now if span.end is None else span.end
        return is_state and span.start <= first and last <= end

    def _lasted_since(self, reading: Reading, length: Length) -> bool:
        """Whether a length of time only counts the years since a date that is said as well."""
        return any(
            length_fits(length, self.index.now - month)
            for moment in reading.moments
            if moment.cue == "start"
            for month in month_count(moment)
        )

    def lasted(self, record: Record, length: Length) -> bool:
        """Whether a record lasted so long, or its head says so."""
        if has_length(record.head, length):
            return True
        if record.span is None:
            return False
        return length_fits(length, span_months(record.span, self.index.now), record.span)
