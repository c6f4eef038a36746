"""Checks a model's sentences against the records: what they do not say together is not shown.

A sentence is cut into clauses. Every number, date, amount, name, title, degree, award and skill of
a clause must be held by one record (a job, a degree, an award, an owner's answer); a number by one
of its lines, together with what it counts. The only things that may be worked out are lengths of
time, counts and sums (see `evidence_derived`). Words are compared, not meanings: what is phrased
too freely is withheld, and `docs/evidence.md` lists what is known to be missed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chatbot.knowledge.evidence_claims import read_clause
from chatbot.knowledge.evidence_clauses import (
    Clause,
    bare_text,
    is_denial,
    is_question,
    speaks_of_others,
    split_clauses,
    split_list,
)
from chatbot.knowledge.evidence_contradictions import Contradictions
from chatbot.knowledge.evidence_derived import Derivations
from chatbot.knowledge.evidence_foreign import as_english_numbers, foreign_claims
from chatbot.knowledge.evidence_index import RecordIndex
from chatbot.knowledge.evidence_job import JobInSight, Ruling, asked_part, is_of_owner
from chatbot.knowledge.evidence_lines import are_swapped
from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_support import WORKISH, Support
from chatbot.knowledge.evidence_words import is_other_language
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.words import plain, split_words

_DENIAL_WORDS = frozenset(
    "mention information detail find know list record profile say state specify contain cover"
    " give tell".split()
)
_LONGEST_HEARD = 4_000
_OF_OWNER = frozenset("he she his her hers him".split())
_ADDRESSES = re.compile(r"\S+@\S+|\b\w+-mails?\b|\b\S+\.\S+")
_I_AM = re.compile(
    r"\b(?:[Ii](?:['’]?m| am)|[Mm]y name(?:['’]?s| is)|[Tt]his is|[Cc]all me)\s+"
    r"([A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+)?)"
)
_LISTING = frozenset(
    {
        SectionKind.LANGUAGE,
        SectionKind.SKILL,
        SectionKind.INTEREST,
        SectionKind.CERTIFICATE,
        SectionKind.AWARD,
    }
)
_DATED = r"(\S*\d[\w,.]*(?: (?!in\b)\w+)? in (?:\w+ )?(?:19|20)\d\d)"
_CHANGE = re.compile(rf"\bfrom {_DATED} to {_DATED}")
_UP = re.compile(r"(?i)\b(?:rose|grew|increased?|raised?|climbed|up|went up)\b")
_DOWN = re.compile(r"(?i)\b(?:fell|dropped|decreased?|reduced?|shrank|down|cut)\b")
_DIRECTION = re.compile(
    r"(?i)\b(?:(?:was|were|has been|went) )?(?:rose|grew|increased?|raised?|climbed|up|fell|dropped"
    r"|decreased?|reduced?|shrank|down|went|moved|changed)\b"
)
_HOME = re.compile(
    r",?\s+(?:who (?:is |works? |lives? )?|(?P<verb>works?) )?"
    r"(?:(?:based|located|living|lives|residing|remotely|working)\s+)*(?:in|from|out of)\s+"
    r"(?P<place>[A-ZÀ-Þ][\w-]+(?:,? [A-ZÀ-Þ][\w-]+)*)(?!\s*\d),?"
)
_IS = re.compile(r"\b(?:is|works?|currently)\b|['’]s an?\b")
_WAS = re.compile(
    r"\b(?:was|were|had|born|grew|worked|studied|lived|moved|until|not|never|no)\b|n['’]t\b"
)
_IT = re.compile(r"(?i)\b(?:it|them|this|these|those|both|that|all of)\b")
_ADDRESS = re.compile(r",\s+([A-ZÀ-Þ][\w'’-]+)(?=[,.!?]|$)")


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
    """The records of one state of the knowledge, to be checked against; safe among threads."""

    def __init__(
        self, sections: Sequence[Section], *, owner_name: str, today: date | None = None
    ) -> None:
        self.index = RecordIndex(sections, owner_name=owner_name, today=today)
        self.support = Support(self.index)
        self.derivations = Derivations(self.index)
        self.contradictions = Contradictions(self.index, self.support)

    def begin(
        self,
        *,
        visitor_words: str = "",
        own_words: Iterable[str] = (),
        job: JobInSight | None = None,
    ) -> "AnswerCheck":
        """A check of one answer: `visitor_words` is what the visitor wrote, `own_words` what the
        program itself has told the model in this turn, `job` what the visitor is hiring for."""
        return AnswerCheck(self, visitor_words=visitor_words, own_words=own_words, job=job)


class AnswerCheck:
    """Checks the sentences of one answer in their order."""

    def __init__(
        self,
        evidence: Evidence,
        *,
        visitor_words: str = "",
        own_words: Iterable[str] = (),
        job: JobInSight | None = None,
    ) -> None:
        self._index = evidence.index
        self._support = evidence.support
        self._derivations = evidence.derivations
        self._against = evidence.contradictions
        # Read only when a sentence speaks of the visitor: most answers have none.
        self._unread = [visitor_words[:_LONGEST_HEARD]]
        self._heard = Reading()
        names = " ".join(_I_AM.findall(visitor_words))
        self._visitor = {plain(word) for word in names.split()}
        self._exact = " ".join([evidence.index.exact, visitor_words.casefold()])
        self._place = _Place()
        self._job = job
        if job is not None:
            self._unread.append(job.text)
            self._exact += " " + job.text.casefold()
        for text in own_words:
            self.hear(text)

    def hear(self, text: str) -> None:
        """Take what the program itself has said, such as the result of a tool, as known."""
        self._unread.append(text[:_LONGEST_HEARD])
        self._exact += " " + text.casefold()

    @property
    def _others(self) -> Reading:
        """All that the visitor and the program have said."""
        while self._unread:
            heard = read(self._unread.pop(), known=self._index.known)
            self._heard.stems |= heard.stems
            self._heard.numbers += heard.numbers
            self._heard.moments += heard.moments
        return self._heard

    def check(self, sentence: str) -> Verdict:
        """Whether a sentence may be shown; it continues those that were checked before."""
        text = self._without_address(bare_text(sentence))
        if self._job is not None:
            text = self._job.without_name(text)
        if not any(letter.isalnum() for letter in text):
            return Verdict(True)
        words = split_words(_ADDRESSES.sub(" ", text))
        if is_other_language(words):
            text = as_english_numbers(text)
            if any(exact not in self._exact for exact in self._read(text).exact):
                return Verdict(False, 1, text)
            claims, is_held = foreign_claims(text, words, self._read, self._support)
            is_held = is_held or self._derivations.explain(self._read(text), text)
            return Verdict(is_held, claims, "" if is_held else text)
        if is_question(text):
            return self._check_loosely(text)
        clauses = split_clauses(self._without_home(text), self._index.owner_words)
        place = self._place if clauses and clauses[0].refers_back else _Place()
        verdict = self._check_clauses(clauses, place)
        if not text.rstrip().endswith(":") and not sentence.lstrip().startswith(("-", "*", "•")):
            self._place.has_verb = True
        return verdict

    def _without_home(self, text: str) -> str:
        """A sentence that tells what the owner is, without the place where the owner lives, if it
        is that: "an engineer at Acme who lives in Oslo" stands in two records."""
        match = _HOME.search(text)
        if match is None or not _IS.search(text[: match.end()]) or _WAS.search(text):
            return text
        place = set(read(match["place"], starts=False).musts)
        if re.search(r"\bremotely\b", match[0]):
            place.add("remot")
        if not place or not any(place <= home for home in self._index.homes):
            return text
        kept = match["verb"] or ""
        return f"{text[: match.start()]} {kept}{text[match.end() :]}"

    def _without_address(self, text: str) -> str:
        """A sentence without the name by which it speaks to the visitor: ", Ana"."""
        if not self._visitor:
            return text
        return _ADDRESS.sub(lambda m: "" if plain(m[1]) in self._visitor else m[0], text)

    def _check_clauses(self, clauses: Sequence[Clause], place: _Place) -> Verdict:
        claims, unplaced = 0, list[set[int]]()
        last: set[int] = set()
        apart, order = set[int](), 0
        asked: Reading | None = None
        for clause in clauses:
            reading = self._read(clause.text, starts=clause.starts)
            if asked is not None and self._is_said_of(clause):
                # "You need Rust, which she knows well": what is asked for is said to be known.
                reading.names += asked.names
                reading.musts += asked.names
            asked = None
            ruling = self._rule_by_job(clause.text, reading)
            if ruling is Ruling.REFUSED:
                return Verdict(False, claims + 1, clause.text)
            if ruling is Ruling.HELD:
                claims += max(reading.claims, 1)
                continue
            if ruling is Ruling.OF_JOB:
                asked = self._read(asked_part(clause.text), starts=False)
            if is_denial(clause.text):
                if self._is_held(reading):
                    return Verdict(False, claims + 1, clause.text)
                continue
            if asked is not None or speaks_of_others(clause.text, self._index.owner_words):
                verdict = self._check_loosely(clause.text)
                claims += verdict.claims
                if not verdict.supported:
                    return Verdict(False, claims, clause.text)
                asked = asked or reading
                continue
            if self._derivations.denies_what_is_there(reading) or self._against.denies_plainly(
                reading, clause.text
            ):
                return Verdict(False, claims + 1, clause.text)
            if not reading.claims and not reading.softs:
                continue
            claims += max(reading.claims, 1) if reading.claims else 0
            if self._against.turns_round(reading, clause.text):
                return Verdict(False, claims + 1, clause.text)
            found, is_derived = self._held_by(reading, clause.text)
            if is_derived:
                continue
            anchored = self._anchored(reading, found)
            if (
                not reading.claims
                and place.has_anchor
                and self._against.is_of_another(reading, place.records)
            ):
                return Verdict(False, claims + 1, clause.text)
            if not reading.claims and self._against.contradicts(reading):
                return Verdict(False, claims + 1, clause.text)
            if not reading.claims:
                goes_on = not clause.starts and clause.has_verb
                if not found and (goes_on or self._is_about_owner(clause.text)):
                    return Verdict(False, claims + 1, clause.text)
                continue
            if found and not anchored and place.has_anchor:
                found = self._in_place(found, place, is_relative=clause.is_relative)
            elif found and anchored and unplaced:
                found = self._with_earlier(found, unplaced)
            if clause.is_relative and last:
                found &= last
            if clause.is_apart and last:
                found = self._in_order(found, last, -clause.order)
            elif order:
                found, order = self._in_order(found, apart, order), 0
            if not found or (reading.names and self._against.retells_another(reading, found)):
                return Verdict(False, claims, clause.text)
            if clause.is_apart:
                apart, order = found, 0 if last else clause.order
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

    def _is_said_of(self, clause: Clause) -> bool:
        """Whether a clause about the owner speaks of what the clause before it named."""
        goes_on = clause.is_relative or _IT.search(clause.text)
        return bool(goes_on) and is_of_owner(clause.text, self._index.owner_words)

    def _rule_by_job(self, text: str, reading: Reading) -> Ruling | None:
        if self._job is None:
            return None
        index = self._index
        return self._job.rule(text, reading, owner=index.owner_words, known=index.postings)

    def _is_about_owner(self, text: str) -> bool:
        words = split_words(text)
        return bool(_OF_OWNER.intersection(words) or self._index.owner_words.intersection(words))

    def _in_place(self, found: set[int], place: _Place, *, is_relative: bool) -> set[int]:
        """Of the records those that the clause before spoke of; else, where it was a sentence of
        its own, those of another kind: a degree and a job are not one thing."""
        same = found & place.records
        if same or is_relative or not place.has_verb:
            return same
        records = self._index.records
        kinds = {records[number].kind for number in place.records}
        if kinds & WORKISH:
            kinds |= WORKISH
        return {number for number in found if records[number].kind not in kinds}

    def _in_order(self, found: set[int], others: set[int], order: int) -> set[int]:
        """Of the records those that began before (-1) or after (1) one of the others."""
        records = self._index.records
        starts = [s.start for n in others if (s := records[n].span)]
        dated = {number: span for number in found if (span := records[number].span)}
        if not starts or not dated or not order:
            return found
        other = max(starts) if order < 0 else min(starts)
        return {number for number, span in dated.items() if (span.start - other) * order > 0}

    def _with_earlier(self, found: set[int], unplaced: Sequence[set[int]]) -> set[int]:
        """Whether the clauses before may stand beside a clause that names its record."""
        records = self._index.records
        if not all(records[number].kind in WORKISH for number in found):
            return found
        for earlier in unplaced:
            if not earlier & found and all(records[n].kind in WORKISH for n in earlier):
                return set()
        return found

    def _anchored(self, reading: Reading, found: set[int]) -> set[int]:
        """The records of `found` that the clause names: by their head, or by title and date."""
        names, title = set(reading.names) & self._index.anchors, set(reading.title)
        records = [self._index.records[number] for number in found]
        return {
            record.number
            for record in records
            if names & record.names
            or (title and reading.moments and title <= record.head.stems and record.span)
        }

    def _read(self, text: str, *, starts: bool = True) -> Reading:
        index = self._index
        reading = read_clause(text, known=index.known, ignored=index.owner_words, starts=starts)
        for address in reading.exact:
            # "On LinkedIn at linkedin.com/in/mara": the address says it.
            reading.names = [name for name in reading.names if name not in address]
            reading.musts = [must for must in reading.musts if must not in address]
        return reading

    def _check_loosely(self, text: str) -> Verdict:
        """Whether the names and numbers of a question or an offer stand anywhere at all."""
        reading = self._read(text, starts=True)
        evidence, others = self._index, self._others
        claims = len(reading.names) + len(reading.numbers) + len(reading.exact)
        for name in reading.names:
            # A month may have been heard as part of a date.
            is_heard = name in others.stems or f" {name}" in self._exact
            if name not in evidence.postings and not is_heard:
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
        return bool(self._index.holders(wanted))

    def _held_by(self, reading: Reading, text: str) -> tuple[set[int], bool]:
        """The records that hold a clause, and whether it is worked out from several instead."""
        if any(exact not in self._exact for exact in reading.exact):
            return set(), False
        found = self._support.holders(reading, text)
        if found:
            return found, False
        if reading.claims and self._derivations.explain(reading, text):
            return set(), True
        return self._hold_list(text) or self._hold_change(text), False

    def _hold_change(self, text: str) -> set[int]:
        """The records that hold the two ends of "rose from 5 in 2021 to 8 in 2022"."""
        match = _CHANGE.search(text)
        if match is None:
            return set()
        found = set[int]()
        head = _DIRECTION.sub("was", text[: match.start()])
        ends = [self._read(f"{head} {end}") for end in match.groups()]
        values = [number.value for end in ends for number in end.numbers[:1]]
        is_up, is_down = _UP.search(text), _DOWN.search(text)
        if (
            len(values) < 2
            or (is_up and values[0] > values[1])
            or (is_down and values[0] < values[1])
        ):
            return set()
        for end, told in zip(ends, match.groups(), strict=True):
            held = self._support.holders(end, f"{head} {told}")
            if not held:
                return set()
            found |= held
        return found

    def _hold_list(self, text: str) -> set[int]:
        """The records that hold the parts of an enumeration, each part one of them."""
        parts, shares_end = split_list(text)
        telling = [
            (part, reading)
            for index, part in enumerate(parts)
            if (reading := self._read(part, starts=index == 0 or ": " in part)).claims
            or reading.softs
        ]
        if len(telling) < 2:
            return set()
        found, anchor = set[int](), set[int]()
        anchors = self._index.anchors
        shared = set(telling[0][1].musts) - anchors
        for part, reading in telling:
            if reading.musts and anchors.issuperset(reading.musts):
                # "She used Django at Acme and Initech": at both of them.
                reading.musts += sorted(shared)
            held = self._support.holders(reading, part)
            if shares_end:
                held = {n for n in held if self._index.records[n].kind in _LISTING}
            placed = {n for n in self._anchored(reading, held) if self._index.records[n].span}
            if anchor and not placed:
                # "At Acme she used Kafka and Redis": both of them there.
                held &= anchor
            anchor = placed or anchor
            if not held:
                return set()
            found |= held
        lines = [line for number in found for line in self._index.records[number].lines]
        numbers = [number for _, reading in telling for number in reading.numbers]
        return set() if any(are_swapped(line, numbers) for line in lines) else found
