"""Signs that a section answers a question and does not just share words with it, for `coverage`."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chatbot.knowledge.sections import Section
from chatbot.knowledge.words import QUESTION_WORDS, content_stems, plain, split_words, stem

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
# Words of neighbouring sentences are nearly as close as those of one.
_NEXT_SENTENCE = 0.9
_NAMES = re.compile(r"\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+")
_FEWEST_UNKNOWN = 2


@dataclass(frozen=True)
class Signs:
    """What else is known of a question and one section than the words that they share.

    `nearby` is the part, 0..1, of the question's weight that one sentence of the section holds, or
    two neighbouring ones; `pairs` how many neighbouring words of the question stand side by side in
    the section; `named` how many words of the question are the owner's name, which no section need
    hold; `asks_kind` whether the question asks for a kind of section that the profile has;
    `names_other` whether it names somebody or something that the profile does not; `likeness` how
    like it is, 0..1, to the questions that the section, an answer of the owner, was given to.
    """

    nearby: float = 0.0
    pairs: int = 0
    named: int = 0
    asks_kind: bool = False
    names_other: bool = False
    likeness: float = 0.0


@dataclass(frozen=True)
class Meant:
    """A word of the question: its weight, and how surely each index term means it, 0..1."""

    weight: float
    ways: Mapping[str, float]


class SignReader:
    """Reads the sentences of one profile's sections; never changes, so safe among threads."""

    def __init__(self, sections: Sequence[Section], *, ignored: Collection[str]) -> None:
        self._sentences = [_read_sentences(section, ignored) for section in sections]
        self._pairs = [_pairs_of(f"{_told_heading(s)}. {s.text}") for s in sections]

    def nearby(self, place: int, meant: Sequence[Meant], *, kinds: Collection[str]) -> float:
        """The part, 0..1, of the weight that one or two sentences hold of a section.

        `kinds` are the index terms of the section's kind, which every sentence of it has.
        """
        total = sum(word.weight for word in meant)
        if not total:
            return 0.0
        sentences = self._sentences[place]
        alone, with_next = [0.0] * len(sentences), [0.0] * len(sentences)
        for word in meant:
            held = _sureness(word.ways, sentences, kinds)
            following = [*held[1:], 0.0]
            for number, (here, there) in enumerate(zip(held, following, strict=True)):
                alone[number] += word.weight * here
                with_next[number] += word.weight * max(here, there)
        return max(max(alone), _NEXT_SENTENCE * max(with_next)) / total

    def count_pairs(self, place: int, pairs: Collection[str]) -> int:
        """How many of the question's pairs stand in the section."""
        return sum(pair in self._pairs[place] for pair in pairs)


def question_pairs(
    question: str, *, ignored: Collection[str], weak: Collection[str] = ()
) -> set[str]:
    """Each two neighbouring stems of a question; one of them says more than that it asks.

    `weak` are the stems that say no more than question words do: "your favourite" is in many.
    """
    stems = [
        (stem(word), word in QUESTION_WORDS or stem(word) in weak)
        for word in split_words(question)
        if word not in ignored
    ]
    return {
        f"{left} {right}"
        for (left, is_weak), (right, is_weak_too) in zip(stems, stems[1:], strict=False)
        if not (is_weak and is_weak_too)
    }


def names_other(question: str, *, ignored: Collection[str], known: Collection[str]) -> bool:
    """Whether a question has a name of several words, none of which the profile has.

    `ignored` are the words of the owner's own name, `known` the stems of the profile.
    """
    for name in _NAMES.findall(question):
        words = [plain(word) for word in re.findall(r"[^\W\d_]+", name)]
        unknown = [
            word
            for word in words
            if word not in QUESTION_WORDS and word not in ignored and stem(word) not in known
        ]
        if len(unknown) >= _FEWEST_UNKNOWN:
            return True
    return False


def _read_sentences(section: Section, ignored: Collection[str]) -> list[frozenset[str]]:
    heading = _told_heading(section)
    parts = [part for part in _SENTENCE_END.split(section.text) if part.strip()] or [""]
    return [frozenset(content_stems(f"{heading} {part}", ignored=ignored)) for part in parts]


def _told_heading(section: Section) -> str:
    """What an owner's answer was asked in is judged by its likeness."""
    return "" if section.is_answer else section.heading


def _pairs_of(text: str) -> frozenset[str]:
    stems = [stem(word) for word in split_words(text)]
    return frozenset(f"{left} {right}" for left, right in zip(stems, stems[1:], strict=False))


def _sureness(
    ways: Mapping[str, float], sentences: Sequence[frozenset[str]], kinds: Collection[str]
) -> list[float]:
    """How surely each sentence holds a word."""
    held = [0.0] * len(sentences)
    for way, share in ways.items():
        if way in kinds:
            held = [max(share, other) for other in held]
        for number, sentence in enumerate(sentences):
            if way in sentence and share > held[number]:
                held[number] = share
    return held
