"""The baseline of retrieval: BM25 over stemmed words and nothing else."""

import math
from collections import Counter
from collections.abc import Sequence

from chatbot.knowledge.sections import Section
from chatbot.knowledge.words import split_stems

_K1 = 1.5
_B = 0.75


class PlainBm25:
    """Ranks sections by heading and text as one bag of stems."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._counts = [Counter(split_stems(f"{s.heading} {s.text}")) for s in sections]
        self._lengths = [sum(count.values()) for count in self._counts]
        self._mean = sum(self._lengths) / max(len(sections), 1) or 1.0
        self._holders = Counter(stem for count in self._counts for stem in count)

    def rank(self, question: str) -> list[tuple[float, Section]]:
        """Score and section, best first; sections that share no stem are left out."""
        stems = set(split_stems(question))
        scored = [(self._score(place, stems), place) for place in range(len(self._sections))]
        best = sorted((item for item in scored if item[0] > 0), key=lambda s: (-s[0], s[1]))
        return [(score, self._sections[place]) for score, place in best]

    def _score(self, place: int, stems: set[str]) -> float:
        norm = _K1 * (1 - _B + _B * self._lengths[place] / self._mean)
        total = 0.0
        for stem in stems & self._counts[place].keys():
            holders, times = self._holders[stem], self._counts[place][stem]
            idf = math.log(1 + (len(self._sections) - holders + 0.5) / (holders + 0.5))
            total += idf * times * (_K1 + 1) / (times + norm)
        return total
