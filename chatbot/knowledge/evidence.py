"""Checks a model's sentences against the records: what they do not say together is not shown.

A sentence is cut into clauses. Every number, date, amount, name, title, degree, award and skill of
a clause must be held by one record (a job, a degree, an award, an owner's answer); a number by one
of its lines, together with what it counts. The only things that may be worked out are lengths of
time, counts and sums (see `evidence_derived`). Words are compared, not meanings: what is phrased
too freely is withheld, and `docs/evidence.md` lists what is known to be missed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from chatbot.knowledge.evidence_clauses import (
    Clause,
    bare_text,
    is_denial,
    is_question,
    speaks_of_others,
    split_clauses,
    split_list,
)
from chatbot.knowledge.evidence_derived import Derivations, length_fits, span_months
from chatbot.knowledge.evidence_reading import (
    Length,
    Moment,
    Number,
    Reading,
    read,
    written_out,
)
from chatbot.knowledge.evidence_records import Line, Record, build_records, month_count
from chatbot.knowledge.evidence_words import (
    COUNTED,
    END_CUES,
    ENDED_CUES,
    FOREIGN_TITLES,
    GERMAN,
    ONGOING_CUES,
    START_CUES,
    SUPERLATIVES,
    concept,
    free_stems,
    groups,
    is_other_language,
    state_stems,
)
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.words import plain, split_words, stem

# Of the words that claim nothing by themselves so many may be new to the profile, and so many may
# stand in it but elsewhere.
NEW_SHARE = 0.7
ELSEWHERE_SHARE = 0.4
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]{3,80})[\"”“»]|\(([^()]{3,80})\)")
_NOW = re.compile(
    r"\b(?:works|is working|serves|is employed|is serving|is an?|is the|is (?:currently|now))\b"
)
_LATEST = re.compile(
    r"\b(?:most recent(?:ly)?|latest|last (?:job|role|position|employer|company))\b"
)
_EARLIEST = re.compile(
    r"\b(?:first|earliest) (?:job|role|position|employer|company|degree|internship|work)\b"
)
_MOST = re.compile(r"\b(?:the|his|her|their|one of the) (?:(?:\w+ )?most (?!recent)|leading\b)")
_TITLED = re.compile(
    r"\b(?:as|is|was|been|became|served as|employed|role of|position of|promoted to)\s+"
    r"(?:(?:currently|now|also|once)\s+)?(?:(?:an?|the|our|its|their)\s+)?(?!\w+ing\b)"
    r"([^,;.()]+?)(?=\s+(?:at|for|with|in|from|since|until|between|on|by|and|who|that|where)\b"
    r"|[,;.()]|$)"
)
# "University of Washington", "Sequoia Capital": one name, whose words stand together.
_PHRASE = re.compile(r"\b[A-Z][\w&]*(?:(?: of| de| for| du| of the)? [A-Z][\w&]*)+")
_CAPITAL = re.compile(r"[A-Z][\w&]*")
_FROM_TO = re.compile(r"\bfrom\b.{0,40}?([\w+#]+) (?:down |up )?to ([\w+#]+)")
_WORKISH = frozenset({SectionKind.WORK, SectionKind.PROJECT, SectionKind.VOLUNTEER})


@dataclass(frozen=True)
class Verdict:
    """Whether a sentence may be shown, and how many claims it makes. `reason` is for the owner."""

    supported: bool
    claims: int = 0
    reason: str = ""


@dataclass
class _Place:
    """What the clause before spoke of: its records, and whether it named one and had a verb."""

    records: frozenset[int] = frozenset()
    has_anchor: bool = False
    has_verb: bool = True


class Evidence:
    """The records of one state of the knowledge, indexed once; safe among threads."""

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
        self.derivations = Derivations(self)

    @property
    def now(self) -> int:
        """This month, counted from year 0."""
        day = self._today or date.today()
        return day.year * 12 + day.month - 1

    @cached_property
    def numbers(self) -> list[Number]:
        """Every number of the profile."""
        return [n for record in self.records for n in record_numbers(record)]

    @cached_property
    def years(self) -> frozenset[int]:
        """Every year of the profile."""
        lines = (line for record in self.records for line in (record.head, *record.lines))
        return frozenset(moment.year for line in lines for moment in line.reading.moments)

    def begin(self, *, visitor_words: str = "", own_words: Iterable[str] = ()) -> "AnswerCheck":
        """A check of one answer: `visitor_words` is what the visitor wrote, `own_words` what the
        program itself has told the model in this turn."""
        return AnswerCheck(self, visitor_words=visitor_words, own_words=own_words)

    def holders(self, stems: Iterable[str]) -> set[int]:
        """The records that have all of these concepts."""
        found: set[int] | None = None
        for wanted in stems:
            held = self.postings.get(wanted, set())
            found = set(held) if found is None else found & held
        return set(range(len(self.records))) if found is None else found


def record_numbers(record: Record) -> list[Number]:
    """The numbers of a record, in its head and its lines."""
    return [n for line in (record.head, *record.lines) for n in line.reading.numbers]


class AnswerCheck:
    """Checks the sentences of one answer in their order."""

    def __init__(
        self, evidence: Evidence, *, visitor_words: str = "", own_words: Iterable[str] = ()
    ) -> None:
        self._evidence = evidence
        self._others = read(visitor_words[:4000], known=evidence.known)
        self._exact = " ".join([evidence.exact, visitor_words.casefold()])
        self._place = _Place()
        for text in own_words:
            self.hear(text)

    def hear(self, text: str) -> None:
        """Take what the program itself has said, such as the result of a tool, as known."""
        heard = read(text[:4000], known=self._evidence.known)
        self._others.stems |= heard.stems
        self._others.numbers += heard.numbers
        self._others.moments += heard.moments
        self._exact += " " + text.casefold()

    def check(self, sentence: str) -> Verdict:
        """Whether a sentence may be shown; it continues those that were checked before."""
        text = bare_text(sentence)
        if not any(letter.isalnum() for letter in text):
            return Verdict(True)
        words = split_words(text)
        if is_other_language(words):
            return self._check_foreign(text, words)
        if is_question(text):
            return self._check_loosely(text)
        clauses = split_clauses(text, self._evidence.owner_words)
        place = self._place if clauses and clauses[0].refers_back else _Place()
        verdict = self._check_clauses(clauses, place)
        if not text.rstrip().endswith(":") and not sentence.lstrip().startswith(("-", "*", "•")):
            self._place.has_verb = True
        return verdict

    def _check_clauses(self, clauses: Sequence[Clause], place: _Place) -> Verdict:
        claims, unplaced = 0, list[set[int]]()
        last: set[int] = set()
        for clause in clauses:
            reading = self._read(clause.text, starts=clause.starts)
            if is_denial(clause.text):
                if self._is_held(reading):
                    return Verdict(False, claims + 1, clause.text)
                continue
            if speaks_of_others(clause.text, self._evidence.owner_words):
                verdict = self._check_loosely(clause.text)
                claims += verdict.claims
                if not verdict.supported:
                    return Verdict(False, claims, clause.text)
                continue
            if not reading.claims and not reading.softs:
                continue
            claims += max(reading.claims, 1) if reading.claims else 0
            found, is_derived = self._support(reading, clause.text)
            if is_derived:
                continue
            anchored = self._anchored(reading, found)
            if not reading.claims and place.has_anchor and self._is_of_another(reading, place):
                return Verdict(False, claims + 1, clause.text)
            if not reading.claims and self._contradicts(reading):
                return Verdict(False, claims + 1, clause.text)
            if not reading.claims:
                continue
            if found and not anchored and place.has_anchor:
                found = self._in_place(found, place, is_relative=clause.is_relative)
            elif found and anchored and unplaced:
                found = self._with_earlier(found, unplaced)
            if clause.is_relative and last:
                found &= last
            if not found or (reading.names and self._retells_another(reading, found)):
                return Verdict(False, claims, clause.text)
            if clause.is_apart:
                continue
            last = found
            if anchored:
                place = _Place(frozenset(anchored & found), True, clause.has_verb)
            elif place.has_anchor:
                narrowed = place.records & found
                place = _Place(frozenset(narrowed or place.records), True, clause.has_verb)
            else:
                unplaced.append(found)
            self._place = place
        return Verdict(True, claims)

    def _is_of_another(self, reading: Reading, place: _Place) -> bool:
        """Whether plain words retell a line of another record than the one spoken of."""
        softs = set(reading.softs)
        if len(softs) < 3:
            return False
        own = set().union(*(self._evidence.records[n].stems for n in place.records))
        is_own = sum(_is_like(soft, own) for soft in softs) >= 0.5 * len(softs)
        return not is_own and self._says_any_line(reading)

    def _retells_another(self, reading: Reading, found: set[int]) -> bool:
        """Whether a line of another record says all of these plain words and none of these does."""
        softs = set(reading.softs)
        if len(softs) < 3 or reading.numbers:
            return False
        best, elsewhere = 0, False
        for record in self._evidence.records:
            for line in (record.head, *record.lines):
                if record.number in found:
                    best = max(best, len(softs & line.stems))
                else:
                    elsewhere = elsewhere or softs <= line.stems
        return elsewhere and best < 0.7 * len(softs)

    def _contradicts(self, reading: Reading) -> bool:
        """Whether plain words deny what a line says, or say what it denies."""
        return self._says_any_line(reading, denied=not reading.negated)

    def _says_any_line(self, reading: Reading, *, denied: bool = False) -> bool:
        """Whether some line says nearly all of these plain words or, with `denied`, denies them."""
        softs = set(reading.softs)
        return len(softs) > 1 and any(
            len(softs & (line.stems | record.head.stems)) >= 0.7 * len(softs)
            and (not denied or self._denies(line, reading))
            for record in self._evidence.records
            for line in record.lines
            if line.reading.negated is denied
        )

    def _in_place(self, found: set[int], place: _Place, *, is_relative: bool) -> set[int]:
        """Of the records those that the clause before spoke of; else, where it was a sentence of
        its own, those of another kind: a degree and a job are not one thing."""
        same = found & place.records
        if same or is_relative or not place.has_verb:
            return same
        records = self._evidence.records
        kinds = {records[number].kind for number in place.records}
        if kinds & _WORKISH:
            kinds |= _WORKISH
        return {number for number in found if records[number].kind not in kinds}

    def _with_earlier(self, found: set[int], unplaced: Sequence[set[int]]) -> set[int]:
        """Whether the clauses before may stand beside a clause that names its record."""
        records = self._evidence.records
        if not all(records[number].kind in _WORKISH for number in found):
            return found
        for earlier in unplaced:
            if not earlier & found and all(records[n].kind in _WORKISH for n in earlier):
                return set()
        return found

    def _anchored(self, reading: Reading, found: set[int]) -> set[int]:
        """The records of `found` that the clause names by the head they have."""
        names = set(reading.names) - groups()[1]
        return {
            number
            for number in found
            if any(len(self._evidence.postings[n]) < 5 for n in names & self._record_names(number))
        }

    def _record_names(self, number: int) -> frozenset[str]:
        return self._evidence.records[number].names

    def _read(self, text: str, *, starts: bool) -> Reading:
        known = self._evidence.known
        reading = read(text, known=known, ignored=self._evidence.owner_words, starts=starts)
        if _MOST.search(text.lower()):
            reading.musts.append("most")
        phrases = _PHRASE.findall(written_out(text))
        reading.phrases = [
            {concept(plain(word)) for word in _CAPITAL.findall(phrase)} & set(reading.musts)
            for phrase in phrases
        ]
        titled = _TITLED.search(text)
        if titled:
            reading.title = read(titled[1], ignored=self._evidence.owner_words, starts=False).musts
        return reading

    def _check_loosely(self, text: str) -> Verdict:
        """Whether the names and numbers of a question or an offer stand anywhere at all."""
        reading = self._read(text, starts=True)
        evidence, others = self._evidence, self._others
        claims = len(reading.names) + len(reading.numbers) + len(reading.exact)
        for name in reading.names:
            if name not in evidence.postings and name not in others.stems:
                return Verdict(False, claims, name)
        known = [*evidence.numbers, *others.numbers]
        for number in reading.numbers:
            if number.value > 3 and not any(number.fits(other) for other in known):
                return Verdict(False, claims, f"{number.value:g}")
        years = evidence.years | {moment.year for moment in others.moments}
        if any(moment.year not in years for moment in reading.moments):
            return Verdict(False, claims, text)
        if any(exact not in self._exact for exact in reading.exact):
            return Verdict(False, claims, text)
        return Verdict(True, claims)

    def _is_held(self, reading: Reading) -> bool:
        """Whether the records hold all that a clause says they do not."""
        wanted = [*reading.musts, *(soft for soft in reading.softs if soft not in _DENIAL_WORDS)]
        if not reading.names or not wanted:
            return False
        return bool(self._evidence.holders(wanted))

    def _support(self, reading: Reading, text: str) -> tuple[set[int], bool]:
        """The records that hold a clause, and whether it is worked out from several instead."""
        if any(exact not in self._exact for exact in reading.exact):
            return set(), False
        found = self._holders(reading, text)
        if found:
            return found, False
        if reading.claims == 0:
            return set(), False
        if self._evidence.derivations.explain(reading, text):
            return set(), True
        return self._support_list(text), False

    def _support_list(self, text: str) -> set[int]:
        """The records that hold the parts of an enumeration, each part one of them."""
        found: set[int] = set()
        parts = [
            (part, self._read(part, starts=index == 0))
            for index, part in enumerate(split_list(text))
        ]
        telling = [(part, reading) for part, reading in parts if reading.claims]
        if len(telling) < 2:
            return found
        for part, reading in telling:
            held = self._holders(reading, part)
            if not held:
                return set()
            found |= held
        return found

    def _holders(self, reading: Reading, text: str) -> set[int]:
        low = text.lower()
        candidates = self._evidence.holders(set(reading.musts))
        records = [self._evidence.records[number] for number in candidates]
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
            record = self._evidence.records[number]
            spans = [r.span for r in self._evidence.records if r.kind is record.kind and r.span]
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
        if words & ONGOING_CUES or (record.kind in _WORKISH and _NOW.search(low)):
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
        numbers = [n for n in reading.numbers if not _has_number(head, n)]
        moments = [m for m in reading.moments if not self._head_has(record, m, reading)]
        lengths = [length for length in reading.lengths if not self._lasted(record, length)]
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
                if _is_reversed(reading, lines, low):
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
            if any(not _has_number(line, n) or not _counts(n, stems) for n in numbers):
                continue
            if any(not _has_moment(line, m, record.span is not None) for m in moments):
                continue
            if any(not _has_length(line, length) for length in lengths):
                continue
            if (
                lengths
                and record.span
                and not any(_is_like(s, set(line.stems)) for s in reading.softs)
            ):
                continue
            if line.reading.negated and not reading.negated and self._denies(line, reading):
                continue
            if _FROM_TO.search(low) and not _same_order(reading, line, low):
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
            and self._denies(line, told)
            for line in (record.head, *record.lines)
        )

    def _is_denied(self, record: Record, reading: Reading) -> bool:
        """Whether the only lines that speak of it deny it."""
        if reading.negated:
            return False
        wanted = set(reading.musts)
        lines = [line for line in (record.head, *record.lines) if wanted & line.stems]
        return bool(lines) and all(
            line.reading.negated and self._denies(line, reading) for line in lines
        )

    def _denies(self, line: Line, reading: Reading) -> bool:
        """Whether the words of a clause stand in the part of a line that is denied."""
        wanted = {*reading.musts, *reading.softs}
        for part in re.split(r"[,;:.]| but | and ", line.text):
            words = read(part, ignored=self._evidence.owner_words)
            if words.negated and words.stems & wanted:
                return True
        return False

    def _fits_words(self, reading: Reading, stems: Iterable[str]) -> bool:
        """Whether enough of the other words are held, or at least not held elsewhere only."""
        softs = list(dict.fromkeys(reading.softs))
        if not softs:
            return True
        held = set(stems)
        missing = [soft for soft in softs if not _is_like(soft, held)]
        elsewhere = [soft for soft in missing if soft in self._evidence.postings]
        if len(elsewhere) > ELSEWHERE_SHARE * len(softs):
            return False
        return len(missing) <= NEW_SHARE * len(softs) or len(missing) == 1

    def _head_has(self, record: Record, moment: Moment, reading: Reading) -> bool:
        """Whether a date is the beginning or end of a record, or, of a clause that only says that
        somebody worked there, within it."""
        first, last = month_count(moment)
        span = record.span
        if span is None:
            return _has_moment(record.head, moment)
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
        end = self._evidence.now if span.end is None else span.end
        return is_state and span.start <= first and last <= end

    def _lasted(self, record: Record, length: Length) -> bool:
        if _has_length(record.head, length):
            return True
        if record.span is None:
            return False
        return length_fits(length, span_months(record.span, self._evidence.now), record.span)

    def _check_foreign(self, text: str, words: list[str]) -> Verdict:
        """Names, numbers and dates as they are; a title needs a quotation of its source."""
        evidence = self._evidence
        reading = self._read(text, starts=True)
        is_german = len(GERMAN.intersection(words)) >= 2
        names = [
            name
            for name in dict.fromkeys([*reading.names, *_known_names(text, evidence.known)])
            if not is_german or _is_firm_name(name, text, evidence)
        ]
        titled = FOREIGN_TITLES.search(plain(text))
        quotes = [plain(a or b) for a, b in _QUOTED.findall(text)]
        claims = len(names) + len(reading.numbers) + len(reading.moments) + bool(titled)
        if not claims:
            return Verdict(True)
        for number in evidence.holders(names):
            record = evidence.records[number]
            whole = plain(record.head.text + " " + " ".join(line.text for line in record.lines))
            if titled and not any(quote in whole for quote in quotes):
                continue
            if self._holds_foreign(record, reading):
                return Verdict(True, claims)
        return Verdict(False, claims, text)

    def _holds_foreign(self, record: Record, reading: Reading) -> bool:
        free = Reading(words=reading.words)
        numbers = [n for n in reading.numbers if not _has_number(record.head, n)]
        moments = [m for m in reading.moments if not self._head_has(record, m, free)]
        lengths = [length for length in reading.lengths if not self._lasted(record, length)]
        if not (numbers or moments or lengths):
            return True
        return any(
            all(_has_number(line, n) for n in numbers)
            and all(_has_moment(line, m) for m in moments)
            and all(_has_length(line, length) for length in lengths)
            for line in record.lines
        )


_DENIAL_WORDS = frozenset(
    "mention information detail find know list record profile say state specify contain cover"
    " give tell".split()
)


def _known_names(text: str, known: set[str]) -> list[str]:
    words = re.findall(r"(?<![.!?]\s)(?<!^)\b[^\W\d_]\w+", text)
    return [concept(plain(w)) for w in words if w[0].isupper() and plain(w) in known]


def _is_firm_name(name: str, text: str, evidence: Evidence) -> bool:
    """German writes each noun with a capital: what the profile has or follows "bei" is a name."""
    if name in evidence.postings:
        return True
    low = plain(text)
    return bool(re.search(rf"\b(?:bei|von|an der|am|fur|namens) (?:der )?{re.escape(name)}", low))


def _has_number(line: Line, number: Number) -> bool:
    for other in line.reading.numbers:
        is_counted = number.bound in _counted_concepts()
        if is_counted and other.bound != number.bound:
            continue
        if number.fits(other) and number.compared in ("", other.compared):
            return True
    return False


@cache
def _counted_concepts() -> frozenset[str]:
    return frozenset(concept(word) for word in COUNTED)


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


def _counts(number: Number, stems: Iterable[str]) -> bool:
    return not number.bound or _is_like(number.bound, set(stems))


def _same_moment(moment: Moment, other: Moment) -> bool:
    return moment.year == other.year and moment.month in (None, other.month)


def _has_moment(line: Line, moment: Moment, has_span: bool = False) -> bool:
    if moment.cue in ("start", "end"):
        # When somebody came or left is told by the record's own dates, or in these very words.
        cues = START_CUES if moment.cue == "start" else END_CUES
        if has_span or not cues.intersection(line.reading.words):
            return False
    return any(_same_moment(moment, other) for other in line.reading.moments)


def _has_length(line: Line, length: Length) -> bool:
    return any(length.months == other.months for other in line.reading.lengths)


def _is_reversed(reading: Reading, lines: Sequence[Line], low: str) -> bool:
    """Whether "from PHP to Go" is told the other way round by every line that has both."""
    ends = _FROM_TO.search(low)
    names = {concept(word) for word in ends.groups()} if ends else set()
    having = [line for line in lines if names and names <= line.reading.stems]
    return bool(having) and not any(_same_order(reading, line, low) for line in having)


def _same_order(reading: Reading, line: Line, low: str) -> bool:
    """Whether the numbers and names of "from 3 to 28" stand in the same order in a line."""
    values = [other.value for other in line.reading.numbers]
    places = [values.index(n.value) for n in reading.numbers if n.value in values]
    told = [concept(word) for word in line.reading.words]
    ends = _FROM_TO.search(low)
    names = [concept(word) for word in ends.groups()] if ends else []
    named = [told.index(name) for name in names if name in told]
    return places == sorted(places) and named == sorted(named)


def _is_like(soft: str, held: set[str]) -> bool:
    """Whether a concept is held, or one that begins alike: "optimis" is like "optimiz"."""
    if soft in held:
        return True
    if len(soft) < 5:
        return False
    return any(other[:5] == soft[:5] for other in held)
