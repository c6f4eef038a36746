"""How like a question is to the wordings in which each answer was asked for.

Two wordings are compared by the cosine of their words, of what stands beside what, and of runs of
letters, each weighted by its inverse document frequency. An answer's likeness is the mean of its
nearest wording's and of that of all its wordings together: a single wording may be alike by chance,
the sum of many rarely is (the nearest neighbour and Rocchio's classifier, of which each alone
refuses fewer foreign questions).
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from chatbot.knowledge.words import QUESTION_WORDS, split_words, stem

_LONGEST_READ = 600
_QUESTION_WORD = 0.8
_NEIGHBOURS = 0.6
_LETTERS = 0.3
_LETTER_RUNS = (3, 4)
_IDF_POWER = 0.7
# As if so many wordings had been read before the first: a word of two is not common by that.
_SEEN_BEFORE = 100
_SEEN_QUESTION_WORD = 15

Key = TypeVar("Key", bound=Hashable)
# A stem, two with a space between them, or letters behind a tilde; each with its weight.
Features = tuple[tuple[str, float], ...]


class Wordings(Generic[Key]):
    """The wordings of some answers, by the key of each. Never changes, so safe among threads."""

    def __init__(self, wordings: Mapping[Key, Sequence[str]]) -> None:
        filled = {key: texts for key, texts in wordings.items() if texts}
        read = [_features(text) for texts in filled.values() for text in texts]
        self._keys = list(filled)
        self._number = len(read)
        self._holders = Counter(feature for features in read for feature, _ in features)
        self._places: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._weights: dict[str, array[float]] = defaultdict(lambda: array("d"))
        for place, features in enumerate(read):
            for feature, weight in self._weigh(features).items():
                self._places[feature].append(place)
                self._weights[feature].append(weight)
        # The wordings of one answer stand in a row, from here on.
        sizes = [len(texts) for texts in filled.values()]
        self._starts = [sum(sizes[:place]) for place in range(len(sizes))]
        self._lengths = [
            self._sum_length(read[start : start + size])
            for start, size in zip(self._starts, sizes, strict=True)
        ]

    def find(self, question: str) -> dict[Key, float]:
        """The likeness, 0..1, of each answer that shares anything with the question."""
        asked = {
            feature: weight
            for feature, weight in self._weigh(_features(question)).items()
            if feature in self._holders
        }
        if not asked:
            return {}
        import numpy as np

        places = np.concatenate([np.frombuffer(self._places[f], np.intc) for f in asked])
        weights = np.concatenate([np.frombuffer(self._weights[f]) * w for f, w in asked.items()])
        products = np.bincount(places, weights, minlength=self._number)
        nearest = np.maximum.reduceat(products, self._starts)
        together = np.add.reduceat(products, self._starts) / self._lengths
        likeness = ((nearest + together) / 2).tolist()
        return {key: value for key, value in zip(self._keys, likeness, strict=True) if value > 0}

    def _sum_length(self, group: Sequence[Features]) -> float:
        """The length of the sum of the vectors of one answer's wordings."""
        whole: dict[str, float] = defaultdict(float)
        for features in group:
            for feature, weight in self._weigh(features).items():
                whole[feature] += weight
        return _length(whole.values())

    def _weigh(self, features: Features) -> dict[str, float]:
        """A vector of length 1."""
        vector = {feature: weight * self._idf(feature) for feature, weight in features}
        length = _length(vector.values())
        return {feature: weight / length for feature, weight in vector.items()}

    def _idf(self, feature: str) -> float:
        holders = self._holders.get(feature, 0) + 1
        if feature in QUESTION_WORDS:
            holders += _SEEN_QUESTION_WORD
        return float(math.log(1 + (self._number + _SEEN_BEFORE) / holders) ** _IDF_POWER)


@lru_cache(maxsize=10_000)
def _features(text: str) -> Features:
    """Each feature of a text with its weight before the inverse document frequency."""
    found: dict[str, float] = {}
    words = split_words(text[:_LONGEST_READ])
    stems = [word if word in QUESTION_WORDS else stem(word) for word in words]
    for word, stemmed in zip(words, stems, strict=True):
        if word in QUESTION_WORDS:
            found[stemmed] = _QUESTION_WORD
            continue
        found[stemmed] = 1.0
        framed = f"^{word}$"
        for size in _LETTER_RUNS:
            for start in range(len(framed) - size + 1):
                found[f"~{framed[start : start + size]}"] = _LETTERS
    for left, right in zip(["^", *stems], [*stems, "$"], strict=True):
        found[f"{left} {right}"] = _NEIGHBOURS
    return tuple(found.items())


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum([weight * weight for weight in weights])) or 1.0
