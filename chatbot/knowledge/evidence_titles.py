"""Whether a record gives somebody the title, the rank or the praise that a clause gives them."""

from collections.abc import Iterable, Sequence

from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_reading import Reading
from chatbot.knowledge.evidence_records import TOLD, Line, Record
from chatbot.knowledge.evidence_words import SUPERLATIVES, free_stems, light_stems
from chatbot.knowledge.words import stem

# "In its first month" is not "in its first year".
_PERIODS = frozenset("day week month quarter year".split())
_LESS = frozenset("assistant deputy trainee acting interim vice apprentice adjunct".split())
_RANKS = frozenset(
    "head director manager chief president vice full associate assistant adjunct".split()
)


def has_title(record: Record, reading: Reading, *, is_job: bool) -> bool:
    """Whether a job's head has all of a title; elsewhere one line has it, with the names."""
    title = set(reading.title)
    if is_job:
        if title <= record.head.stems:
            if any(_is_less(line, reading) for line in (record.head, *record.lines)):
                return False
            return _rank(reading.title_words) <= _rank(record.head.reading.words)
        said = [concept(word) for word in reading.title_words]
        return len(said) > 1 and any(_has_run(line, said) for line in record.lines)
    is_told = record.kind in TOLD
    head = frozenset[str]() if is_told else record.head.stems
    wanted, leads = title | set(reading.names), title & {concept("lead")}
    above = frozenset[str]() if is_told else record.head.reading.stems
    # A manager leads, but is not therefore a head of anything.
    ranks = _rank(reading.title_words)
    return any(
        wanted <= head | line.stems
        and not _is_less(line, reading)
        and leads <= above | line.reading.stems
        and ranks <= _rank([*record.head.reading.words, *line.reading.words])
        for line in (record.head, *record.lines)
    )


def _is_less(line: Line, reading: Reading) -> bool:
    """Whether a line gives the title only with a word that makes it less: "assistant resident
    engineer" is no resident engineer."""
    said = [concept(word) for word in reading.title_words if word not in _LESS]
    if not said or _LESS.intersection(reading.title_words):
        return False
    words = line.reading.words
    told = [concept(word) for word in words]
    places = [place for place in range(len(told)) if told[place : place + len(said)] == said]
    return bool(places) and all(place and words[place - 1] in _LESS for place in places)


def _rank(words: Iterable[str]) -> frozenset[str]:
    """The ranks in a title: who leads a team is not the head of a department."""
    return _RANKS.intersection(words)


def _has_run(line: Line, said: Sequence[str]) -> bool:
    """Whether a line has some words one after the other."""
    told = [concept(word) for word in line.reading.words]
    return any(told[i : i + len(said)] == said for i in range(len(told) - len(said) + 1))


def praised(words: Sequence[str]) -> set[str]:
    """A superlative and the word that it praises, both to stand in one line."""
    for place, word in enumerate(words):
        if word in SUPERLATIVES and place:
            said = free_stems() | light_stems()
            rest = [
                w
                for w in words[place + 1 :]
                if w in _PERIODS or (w != "percent" and stem(w) not in said)
            ]
            return {concept(word), *(concept(other) for other in rest[:1])}
    return set()
