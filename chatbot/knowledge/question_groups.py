"""Which questions mean the same, by their words: stems, what stands beside what, and letters.

Two questions are compared by the cosine of their features, each weighted by its inverse document
frequency. Pairs of letters of a word forgive a slip of the pen; question words count less than the
others, but "how long" is not "how much".
"""

import heapq
import math
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from chatbot.knowledge.words import QUESTION_WORDS, split_words, stem

# Chosen on public questions in clusters of one meaning (COVID-Q) so that at least 87 % of what
# shares a group belongs together: a wrong join costs a visitor their answer, a missed one costs the
# owner a click.
SAME_MEANING = 0.57
# A group of many wordings is itself a sign of one meaning, so that it takes in what is a little
# less like each of them: the mean similarity is raised by this power of the number of pairs, up to
# the size at which a group would begin to take in everything.
_SIZE_POWER = 0.3
_SIZE_COUNTED = 20
_GAINS: list[float] = [float(size**_SIZE_POWER) for size in range(_SIZE_COUNTED + 1)]
# Of one question and the nearest member of a group, where no average evens out a chance likeness.
SAME_WORDING = 0.47

_LONGEST_READ = 600
_QUESTION_WORD = 0.6
_ASKING_WORD = 0.9
_ASKING_WORDS = frozenset("how why when where who which long many much can".split())
_NEIGHBOURS = 0.3
_LETTERS = 0.3
_LETTER_RUNS = (3, 4)
_IDF_POWER = 0.7
# As if this many questions had been seen before the first: a rare word of two is not common.
_SEEN_BEFORE = 100
_SEEN_QUESTION_WORD = 15
# A feature that so many questions have finds nobody; it still counts in the comparison.
_COMMON_SHARE = 0.006
_COMMON_LEAST = 60
_WORTH_COMPARING = 0.1
_WORTH_LINKING = 0.15

Key = TypeVar("Key", bound=Hashable)
# A stem, two stems with a space between them, or letters behind a tilde.
Feature = str
Vector = dict[Feature, float]


@lru_cache(maxsize=20_000)
def _features(text: str) -> tuple[tuple[Feature, float], ...]:
    """Each feature of a text with its weight before the inverse document frequency."""
    found: Vector = {}
    words = split_words(text[:_LONGEST_READ])
    for word in words:
        is_asking = word in QUESTION_WORDS
        weight = _QUESTION_WORD if is_asking else 1.0
        found[stem(word)] = _ASKING_WORD if word in _ASKING_WORDS else weight
        if not is_asking:
            framed = f"^{word}$"
            for size in _LETTER_RUNS:
                for start in range(len(framed) - size + 1):
                    found[f"~{framed[start : start + size]}"] = _LETTERS
    stems = [stem(word) for word in words]
    for left, right in zip(stems, stems[1:], strict=False):
        found[f"{left} {right}"] = _NEIGHBOURS
    return tuple(found.items())


@lru_cache(maxsize=1)
def _asking_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in QUESTION_WORDS)


class QuestionIndex(Generic[Key]):
    """Questions under keys, each in a group, to find the group of another. Safe among threads."""

    def __init__(self) -> None:
        self._texts: dict[Key, str] = {}
        self._groups: dict[Key, Hashable] = {}
        self._holders: dict[Feature, set[Key]] = defaultdict(set)
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, key: Key, text: str, group: Hashable = None) -> None:
        """Take in a question; under a known key it takes the place of the one before."""
        with self._lock:
            self.remove(key)
            self._texts[key], self._groups[key] = text, group
            for feature, _ in _features(text):
                self._holders[feature].add(key)

    def remove(self, key: Key) -> None:
        """Forget a question, if it is there."""
        with self._lock:
            if key not in self._texts:
                return
            del self._groups[key]
            for feature, _ in _features(self._texts.pop(key)):
                self._holders[feature].discard(key)

    def find_groups(self, text: str) -> dict[Hashable, float]:
        """How similar `text` is to each group, 0..1, the best first.

        That is its similarity to the member that is most like it: whoever made one group of
        different wordings knows that they mean the same. From `SAME_WORDING` on it belongs there;
        groups that share next to nothing are left out.
        """
        with self._lock:
            vector = _scaled(self._vector(text))
            found: dict[Hashable, float] = {}
            for key in self._candidates(vector, self._holders):
                value = _product(vector, _scaled(self._vector(self._texts[key])))
                group = self._groups[key]
                found[group] = max(value, found.get(group, 0.0))
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def find_group(self, text: str) -> Hashable | None:
        """The group that means the same as `text`, or None."""
        best = next(iter(self.find_groups(text).items()), None)
        return best[0] if best is not None and best[1] >= SAME_WORDING else None

    def pairs(self) -> Iterator[tuple[float, Key, Key]]:
        """Every pair worth linking: its similarity, and both keys."""
        idf = {feature: self._idf(feature) for feature in self._holders}
        vectors = {
            key: _scaled({feature: weight * idf[feature] for feature, weight in _features(text)})
            for key, text in self._texts.items()
        }
        seen: dict[Feature, list[Key]] = defaultdict(list)
        for key, vector in vectors.items():
            for other in self._candidates(vector, seen):
                value = _product(vector, vectors[other])
                if value >= _WORTH_LINKING:
                    yield value, other, key
            for feature in vector:
                seen[feature].append(key)

    def _candidates(
        self, vector: Vector, holders_of: Mapping[Feature, Collection[Key]]
    ) -> list[Key]:
        """The keys that share enough with a vector of length 1 to be worth comparing with it."""
        most = max(_COMMON_LEAST, int(_COMMON_SHARE * len(self._texts)))
        shared: dict[Key, float] = defaultdict(float)
        for feature, weight in vector.items():
            if feature[0] != "~" and len(self._holders.get(feature, ())) <= most:
                square = weight * weight
                for key in holders_of.get(feature, ()):
                    shared[key] += square
        return [key for key, value in shared.items() if value >= _WORTH_COMPARING]

    def _vector(self, text: str) -> Vector:
        return {feature: weight * self._idf(feature) for feature, weight in _features(text)}

    def _idf(self, feature: Feature) -> float:
        holders = len(self._holders.get(feature, ())) + 1
        if feature in _asking_stems():
            holders += _SEEN_QUESTION_WORD
        return float(math.log(1 + (len(self._texts) + _SEEN_BEFORE) / holders) ** _IDF_POWER)


def group_questions(texts: Sequence[str]) -> list[int]:
    """A number for each text: those with the same number mean the same.

    Average linkage from the most similar pair down to `SAME_MEANING`, a little in favour of large
    groups; texts with the same words are one from the start.
    """
    firsts: dict[str, int] = {}
    numbers = [firsts.setdefault(_words_of(text), place) for place, text in enumerate(texts)]
    index: QuestionIndex[int] = QuestionIndex()
    for place in firsts.values():
        index.add(place, texts[place])
    links = _Links(Counter(numbers), index.pairs())
    groups = links.join()
    return [groups.get(number, number) for number in numbers]


class _Links:
    """Average linkage that favours size, by the sums of similarities between each two groups."""

    def __init__(self, sizes: Mapping[int, int], pairs: Iterable[tuple[float, int, int]]) -> None:
        self._sizes = dict(sizes)
        self._sums: dict[int, dict[int, float]] = defaultdict(dict)
        self._heap: list[tuple[float, int, int]] = []
        self._joined: dict[int, int] = {}
        for value, left, right in pairs:
            self._link(left, right, value * sizes[left] * sizes[right])

    def join(self) -> dict[int, int]:
        """Join from the most similar pair on; returns the group of each that was joined."""
        while self._heap:
            value, left, right = heapq.heappop(self._heap)
            is_gone = left in self._joined or right in self._joined
            # Of a pair that was linked anew, the older entries no longer hold.
            if not is_gone and abs(value + self._likeness(left, right)) < 1e-9:
                self._join_two(left, right)
        return {number: self._root(number) for number in self._joined}

    def _join_two(self, left: int, right: int) -> None:
        self._joined[right] = left
        self._sizes[left] += self._sizes[right]
        for other, total in self._sums.pop(right).items():
            del self._sums[other][right]
            if other != left:
                self._sums[left][other] = self._sums[left].get(other, 0.0) + total
        for other, total in self._sums[left].items():
            self._link(left, other, total)

    def _link(self, left: int, right: int, total: float) -> None:
        self._sums[left][right] = self._sums[right][left] = total
        likeness = self._likeness(left, right)
        if likeness >= SAME_MEANING:
            heapq.heappush(self._heap, (-likeness, left, right))

    def _likeness(self, left: int, right: int) -> float:
        sizes = self._sizes[left], self._sizes[right]
        gain = _GAINS[min(sizes[0], _SIZE_COUNTED)] * _GAINS[min(sizes[1], _SIZE_COUNTED)]
        return self._sums[left].get(right, 0.0) / (sizes[0] * sizes[1]) * gain

    def _root(self, number: int) -> int:
        while number in self._joined:
            number = self._joined[number]
        return number


def _words_of(text: str) -> str:
    return " ".join(split_words(text[:_LONGEST_READ])) or text


def _scaled(vector: Vector) -> Vector:
    length = math.sqrt(sum([weight * weight for weight in vector.values()])) or 1.0
    return {feature: weight / length for feature, weight in vector.items()}


def _product(left: Vector, right: Vector) -> float:
    if len(left) > len(right):
        left, right = right, left
    return sum([weight * right[feature] for feature, weight in left.items() if feature in right])
