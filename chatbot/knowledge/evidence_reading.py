"""Reads a piece of text into what it claims: words, names, numbers, dates, lengths of time."""

import re
from collections.abc import Container
from dataclasses import dataclass, field

from chatbot.knowledge.evidence_groups import concept, groups
from chatbot.knowledge.evidence_tokens import Length, Moment, Number, Word, tokenize
from chatbot.knowledge.evidence_words import (
    ABBREVIATIONS,
    AMBIGUOUS,
    NEGATIONS,
    SUPERLATIVES,
    free_stems,
)
from chatbot.knowledge.evidence_written import written_out
from chatbot.knowledge.words import plain, stem

_OBJECTS = re.compile(
    r"\b(?:(?:experience|expertise|background|skills?|degree|knowledge|proficiency|fluency|training"
    r"|certification|certificate|course|major|minor|specialization)\s+(?:in|with|of|on|as)"
    r"|(?:skilled|proficient|fluent|expert|specializ\w+|specialis\w+|certified|trained|versed"
    r"|experienced|majored|majoring|competent|adept|accomplished|interested|passionate)"
    r"\s+(?:in|with|at|as|about)"
    r"|knows|speaks|familiar with|studied|plays|collects|works? with|worked with|passion for|uses"
    r"|holds an?|has an?|owns an?)\s+"
    r"([^,;.:()]*)",
    re.IGNORECASE,
)
_OBJECT_END = re.compile(
    r"\b(?:at|for|from|during|since|where|while|which|that|to|by|through|within|after|before|until"
    r"|including|such|because)\b",
    re.IGNORECASE,
)
_NO_NAMES = frozenset("Ive Id Im Ill CV Resume".split())
_LINKING = frozenset(
    "a an and as at but by for from in into of on or the to under via with".split()
)


@dataclass
class Reading:
    """What one piece of text says. `musts` are the concepts that a passage has to hold; `softs` the
    others that say something; `stems` every concept; `exact` are addresses; `title` are those
    of what somebody is said to be; `phrases` the concepts of each name of several words; `deeds`
    a verb and what was led or made; `periods` how often something is said to be; `praise` a
    superlative and what it praises; `opposites` words that were said, each with its contrary;
    `is_planned` and `is_nearly` of what is wanted, or was nearly won; `is_employed` of working
    somewhere, `leads_many` of a number of people led."""

    stems: set[str] = field(default_factory=set)
    musts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    softs: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    lengths: list[Length] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    title_words: list[str] = field(default_factory=list)
    phrases: list[set[str]] = field(default_factory=list)
    deeds: list[tuple[str, set[str]]] = field(default_factory=list)
    periods: set[str] = field(default_factory=set)
    praise: set[str] = field(default_factory=set)
    opposites: list[tuple[re.Pattern[str], re.Pattern[str]]] = field(default_factory=list)
    is_planned: bool = False
    is_nearly: bool = False
    is_employed: bool = False
    leads_many: bool = False
    negated: bool = False

    @property
    def claims(self) -> int:
        """How many claims there are to support."""
        parts = (self.musts, self.numbers, self.moments, self.lengths, self.exact, self.periods)
        return sum(len(part) for part in parts)


def read(
    text: str, *, known: Container[str] = (), ignored: Container[str] = (), starts: bool = True
) -> Reading:
    """Read a text. `known` are plain words that the profile writes with a capital letter, `ignored`
    the owner's names; `starts` says whether it begins a sentence."""
    found = Reading()
    text = written_out(text)
    tokens = tokenize(text, starts=starts)
    found.numbers, found.moments = tokens.numbers, tokens.moments
    found.lengths, found.exact = tokens.lengths, tokens.exact
    objects = _objects(text)
    for word in tokens.words:
        if isinstance(word, Word):
            _take_word(word, found, known, ignored, objects)
    found.negated = any(word in NEGATIONS for word in found.words)
    return found


def _objects(text: str) -> set[str]:
    """The plain words of what somebody is said to know, hold or be skilled in."""
    words: set[str] = set()
    for match in _OBJECTS.finditer(text):
        part = _OBJECT_END.split(match[1])[0]
        words.update(re.findall(r"[^\W\d_]+", plain(part)))
    return words


def _take_word(
    word: Word,
    found: Reading,
    known: Container[str],
    ignored: Container[str],
    objects: set[str],
) -> None:
    simple = word.plain
    found.words.append(simple)
    if simple in ignored or word.raw in _NO_NAMES:
        return
    simple = simple.removesuffix(".js") if len(simple) > 5 else simple
    stemmed, meant = stem(simple), concept(simple)
    found.stems.add(meant)
    is_capital = word.raw[:1].isupper()
    has_inner = any(letter.isupper() for letter in word.raw[1:]) or any(
        letter.isdigit() for letter in word.raw
    )
    is_free = stemmed in free_stems()
    is_name = has_inner or (
        is_capital and (not word.is_first or (simple in known and not is_free)) and simple != "i"
    )
    if word.is_first and is_capital and not has_inner and simple not in known:
        is_name = False
    is_letter = len(simple) == 1 and is_capital and not word.is_first and simple != "i"
    if (is_name and len(simple) > 1) or is_letter:
        # "On-Device" in a title has a preposition with a capital letter; "Series A" a letter.
        if is_letter or not (simple in _LINKING or (is_free and word.is_first)):
            found.names.append(meant)
            found.musts.append(meant)
            return
    if meant in groups()[1] or simple in SUPERLATIVES:
        found.musts.append(meant)
    elif simple in objects and not is_free:
        found.musts.append(meant)
    elif not is_free and (len(simple) > 1 or not simple.isascii()) and simple not in NEGATIONS:
        found.softs.append(meant)


def widen(text: str, stems: set[str]) -> set[str]:
    """The concepts of a passage with its abbreviations written out and its phrases abbreviated."""
    wide = set(stems)
    written = set(re.findall(r"[^\W_]+", written_out(text)))
    shown = {plain(word) for word in written if any(letter.isupper() for letter in word)}
    low = plain(text)
    for short, words in ABBREVIATIONS.items():
        if short in shown or (short in stems and short not in AMBIGUOUS):
            wide.update(concept(word) for word in words.split())
        elif words in low:
            wide.add(concept(short))
    if "manager" in wide:
        wide.add(concept("manage"))
    wide.update(_initials(text))
    return wide


def _initials(text: str) -> set[str]:
    """The initials of names of three words and more: "University of Washington" gives "uw"."""
    found: set[str] = set()
    for run in re.findall(r"[A-Z][^\W\d_]+(?:\s+(?:of|de|for|and|the)?\s*[A-Z][^\W\d_]+)+", text):
        words = run.split()
        found.add(plain("".join(word[0] for word in words)))
        found.add(plain("".join(word[0] for word in words if word[0].isupper())))
    return {name for name in found if len(name) > 1}
