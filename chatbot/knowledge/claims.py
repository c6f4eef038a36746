"""What a text claims: its numbers, its names and the words that carry meaning. For the exam."""

import re
from dataclasses import dataclass

from chatbot.knowledge.words import content_stems, plain, split_words

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SENTENCE = re.compile(r"[.!?:\n]+\s*")
_MARK = re.compile(r"\[\d{1,4}\]")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_FIRM = 2.0


@dataclass(frozen=True)
class Claims:
    """The claims of one text; each figure, name and stem once, in plain form."""

    numbers: frozenset[str]
    names: frozenset[str]
    stems: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """How much of what one text claims another says, 0..1, and the figures and names it lacks.

    `contradicts` is True when both give figures and not one of them is the same.
    """

    share: float
    missing: tuple[str, ...]
    contradicts: bool


def find_claims(text: str) -> Claims:
    """Read the claims of a text; number words up to twelve are numbers."""
    text = _MARK.sub(" ", text)
    words = split_words(text)
    numbers = set(_NUMBER.findall(_THOUSANDS.sub("", text)))
    # "One" is more often an article than a number.
    numbers |= {_NUMBER_WORDS[word] for word in words if word in _NUMBER_WORDS} - {"1"}
    names = {plain(name) for sentence in _SENTENCE.split(text) for name in _names(sentence)}
    stems = {stem for stem in content_stems(text) if not stem[0].isdigit()}
    stems -= set(content_stems(" ".join(_NUMBER_WORDS)))
    return Claims(frozenset(numbers), frozenset(names), frozenset(stems))


def compare_claims(said: str, given: str) -> Comparison:
    """How far `given` says what `said` says; figures and names count twice.

    Words are compared, not meanings: it finds an answer that has lost a figure, a name or its
    subject, and no fine shades.
    """
    owner, bot = find_claims(said), find_claims(given)
    bot_words = frozenset(split_words(given))
    missing = sorted(owner.numbers - bot.numbers) + sorted(owner.names - bot_words)
    total = _FIRM * (len(owner.numbers) + len(owner.names)) + len(owner.stems)
    held = total - _FIRM * len(missing) - len(owner.stems - bot.stems)
    return Comparison(
        share=held / total if total else 1.0,
        missing=tuple(missing),
        contradicts=bool(owner.numbers and bot.numbers and owner.numbers.isdisjoint(bot.numbers)),
    )


def _names(sentence: str) -> list[str]:
    """The words with a capital letter but for the first, which has one anyway."""
    words = re.findall(r"[^\W\d_]+", sentence)[1:]
    return [word for word in words if word[0].isupper() and len(word) > 1]
