"""What may be said of a job that a visitor has brought: what it asks for, what is met, what is not.

The text of the job supports what is said of the job, never what is said of the owner. What is said
to be met or missing has to agree with the fit sheet, which fixed rules have made.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_words import light_stems
from chatbot.knowledge.fit import FitSheet
from chatbot.knowledge.fit_verdict import FitStatus
from chatbot.knowledge.words import content_stems, plain, split_words

MET, PARTIAL, GAP, UNKNOWN = FitStatus

_JOB = r"(?:role|position|job|opening|vacancy|post|posting|opportunity)"
_SUBJECT = (
    rf"(?:{_JOB}|description|advert|ad|team|company|employer|requirements?|wish(?:es)?|must-haves?)"
)
_ASKS = (
    r"(?:asks?|asked|requires?|required|needs?|wants?|calls?|looks?|is|are|seeks?|mentions?|lists?"
    r"|expects?|describes?|involves?|includes?|would|names?|specif(?:y|ies)|says?|states?"
    r"|focus(?:es)?|prefers?|emphasi[sz]es?)"
)
_OF_JOB = re.compile(
    r"(?i)^\W*(?:\w+,? ){0,3}?(?:the|this|your|that|one|another|other|its)\s+(?:[\w/+-]+\s+){0,6}?"
    rf"{_SUBJECT}\b(?:\s+(?:at|for|in)\s+[\w .-]{{2,40}}?|\s+itself|\s+also|\s+you \w+"
    rf"|\s+that (?:is|are) \w+)?\s+{_ASKS}\b(?P<asked>.*)"
    r"|^(?P<needed>.*?)\b(?:is|are) (?:also |only |clearly )?(?:required|asked for|requested|needed"
    r"|mandatory|expected|an? (?:requirement|must|must-have|wish|plus))\b"
)
# "For the Senior Engineer role at Acme": which job is spoken of.
_NAMED_JOB = re.compile(
    r"(?i:\b(for|to|with|in|of)\s+(?:the|this|your|that)\s+)"
    rf"((?:[\w/&().+-]+,?\s+){{1,8}}?)(?i:{_JOB})\b"
    r"(?:\s+at\s+((?:[A-Z][\w&.-]*\s*)+))?"
)
_NO_GAP = re.compile(
    r"(?i)\b(?:no|not|nothing|none|without|hardly|never)\b.{0,30}\b(?:gaps?|shortcomings?"
    r"|open points?)\b|\b(?:nothing|none|no \w+)\b.{0,20}\b(?:is|are) missing\b|\black\w* nothing\b"
)
_NOT_ALL = re.compile(r"(?i)\bnot (?:all|every)\b")
_ALL = re.compile(
    r"(?i)\b(?:all|every|each)\b.{0,40}\b(?:requirements?|criteria|must-haves?|boxes)\b"
    r"|\b(?:meets?|fulfil\w*|covers?) everything\b|^\W*everything is (?:met|covered)\b"
)
_SILENT = re.compile(
    r"(?i)\bgaps?\b|\b(?:is|are|what['\u2019]s|still) missing\b|\bmissing (?:is|are|here|:)"
    r"|\b(?:open (?:points?|questions?|items?|requirements?)|still open|unclear"
    r"|not (?:been )?(?:shown|covered|documented|evident|clear|met|found|confirmed)|unmet"
    r"|shortcomings?|(?:does|do|did)(?: not|n['\u2019]t) (?:list|mention|show|name|cover|include"
    r"|say))\b"
)
_LACKS = re.compile(r"(?i)\b(?:lack(?:s|ing|ed)?|(?:does|do)(?: not|n['\u2019]t) have|has no)\b")
_HELD = re.compile(
    r"(?i)\b(?:is|are|being|that) (?:also |fully |clearly |in part |part\w* |all )?"
    r"(?:met|fulfil\w*|satisfied|covered|ticked|matched)\b"
)
_PARTLY = re.compile(r"(?i)\b(?:in part|part(?:ly|ially)?|partial)\b")
_COUNTED = re.compile(r"(?i)\b(?:requirements?|criteria|must-haves?|wish(?:es)?)\b")
# In a clause that is not of the owner: "five are missing".
_COUNTED_ALONE = re.compile(
    r"(?i)\b(?:points?|items?|met|missing|gaps?|in part|open(?!-| source))\b"
)
_STATUS_WORDS = (
    (PARTIAL, _PARTLY),
    (GAP, re.compile(r"(?i)\b(?:missing|gaps?|not met|unmet|lack\w*)\b")),
    (UNKNOWN, re.compile(r"(?i)\b(?:open|unknown|unclear|silent|do(?:es)? not say)\b")),
    (
        MET,
        re.compile(r"(?i)\b(?:meets?|met|fulfil\w*|satisf\w+|covers?|covered|match\w*|tick\w*)\b"),
    ),
)
_NUMERALS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
_NUMBER = re.compile(rf"(?i)\b(\d{{1,2}}|{'|'.join(_NUMERALS)})\b(?! years?|\+| ?%)")
_SEGMENT = re.compile(r",\s*(?:and\s+|with\s+)?|\s+and\s+|;\s*|\s+while\s+")
_OWNER = frozenset("he she his her him hers they their".split())
_OF_GAPS = frozenset(
    content_stems(
        "gap gaps missing lack lacks requirement requirements job role position record records "
        "open point points main biggest part not met list mention show have experience knowledge "
        "skill skills profile need evidence clear"
    )
)


class Ruling(StrEnum):
    """What a job says to a clause; OF_JOB when it only tells what the job is or asks."""

    HELD = "held"
    REFUSED = "refused"
    OF_JOB = "of_job"


@dataclass(frozen=True)
class JobInSight:
    """A job that a visitor has brought: its text, and the fit sheet that was made of it."""

    text: str
    sheet: FitSheet

    def without_name(self, text: str) -> str:
        """A sentence without the title that says which job it speaks of."""

        def shorten(match: re.Match[str]) -> str:
            words = split_words(f"{match[2]} {match[3] or ''}")
            known = set(split_words(f"{self.sheet.title} {self.text}"))
            return f"{match[1]} this role " if known.issuperset(words) else match[0]

        return " ".join(_NAMED_JOB.sub(shorten, text).split())

    def rule(
        self, text: str, reading: Reading, *, owner: Container[str], known: Container[str]
    ) -> Ruling | None:
        """What the job says to a clause; None where it is not of the job. `known` are the concepts
        of the owner's records."""
        is_counted = self._counts(text, is_of_job=not is_of_owner(text, owner))
        if is_counted is not None and not reading.names:
            return Ruling.HELD if is_counted else Ruling.REFUSED
        is_whole = self.sheet.count(MET) == len(self.sheet.items)
        if _NOT_ALL.search(text) and _ALL.search(text):
            return Ruling.REFUSED if is_whole else Ruling.HELD
        if _NO_GAP.search(text) or _ALL.search(text):
            return Ruling.HELD if is_whole and not reading.names else Ruling.REFUSED
        if _LACKS.search(text):
            is_gap = self._rule_missing(reading, {GAP}, frozenset()) is Ruling.HELD
            return Ruling.HELD if is_gap else None
        if _SILENT.search(text):
            return self._rule_missing(reading, {GAP, UNKNOWN}, known)
        if is_of_owner(text, owner):
            return None
        if _HELD.search(text):
            return self._rule_met(text, reading)
        return Ruling.OF_JOB if _OF_JOB.search(text) else None

    def _rule_missing(
        self, reading: Reading, statuses: set[FitStatus], known: Container[str]
    ) -> Ruling | None:
        """Whether all that is said to be missing is; what no record names is, too, where the
        records are only said to be silent (`known` is given)."""
        unmet = self._stems(statuses)
        firm = _firm(reading)
        if not firm:
            return None
        is_silent = bool(known)
        for wanted in firm:
            if wanted not in unmet and not (is_silent and wanted not in known):
                return Ruling.REFUSED
        return Ruling.HELD

    def _rule_met(self, text: str, reading: Reading) -> Ruling:
        met = self._stems({MET, PARTIAL} if _PARTLY.search(text) else {MET})
        firm = _firm(reading)
        return Ruling.HELD if firm and met.issuperset(firm) else Ruling.REFUSED

    def _stems(self, statuses: set[FitStatus]) -> set[str]:
        return {
            stem
            for item in self.sheet.items
            if item.status in statuses
            for stem in read(item.requirement, starts=False).stems
        }

    def _counts(self, text: str, *, is_of_job: bool) -> bool | None:
        """Whether the numbers of requirements that a clause tells are the sheet's; None where it
        tells none."""
        is_told = _COUNTED.search(text) or (is_of_job and _COUNTED_ALONE.search(text))
        if not is_told or not self.sheet.items:
            return None
        default, is_any = None, False
        for segment in _SEGMENT.split(text):
            found = [_value(match[1]) for match in _NUMBER.finditer(segment)]
            status = next((s for s, words in _STATUS_WORDS if words.search(segment)), default)
            default = default or status
            if not found or not (_COUNTED.search(segment) or _COUNTED_ALONE.search(segment)):
                continue
            is_any = True
            if not self._is_count(found, status):
                return False
        return is_any or None

    def _is_count(self, found: Sequence[int], status: FitStatus | None) -> bool:
        musts = [item for item in self.sheet.items if item.is_must]
        wishes = [item for item in self.sheet.items if not item.is_must]
        for items in (musts, list(self.sheet.items), wishes):
            fitting = [item for item in items if item.status is status] if status else items
            if found == [len(fitting)] or found == [len(fitting), len(items)]:
                return True
        return False


def _value(word: str) -> int:
    return _NUMERALS.get(plain(word)) or int(word)


def _firm(reading: Reading) -> list[str]:
    """What a clause names, without the words that only say what it is about."""
    free = light_stems() | _OF_GAPS
    return [*reading.names, *(soft for soft in reading.softs if soft not in free)]


def is_of_owner(text: str, owner: Container[str]) -> bool:
    """Whether a clause speaks of the owner."""
    return any(word in owner or word in _OWNER for word in split_words(text))


def asked_part(text: str) -> str:
    """What a clause says that a job asks for; "" when it says nothing of a job."""
    match = _OF_JOB.search(text)
    return (match["asked"] or match["needed"] or "") if match else ""
