"""Which sections of the profile answer a question: BM25 over stems, widened by career words.

Sections are few (some hundred at most) and short, so the index is plain dictionaries built once.
Each section also carries a term for its kind: "where did you study" then finds the education
sections through the same ranking that finds "Princeton" in them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.topics import (
    Facet,
    facets,
    hints_by_phrase,
    kinds_by_phrase,
    kinds_by_stem,
    modifier_stems,
    related_stems,
    reword,
)
from chatbot.knowledge.words import content_stems, plain, split_words

# BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009). Sections are
# short and of even length, hence less saturation and normalisation than for web pages.
_K1 = 1.2
_B = 0.5
_HEADING_WEIGHT = 2
_KIND_WEIGHT = 0.8
_RELATED_WEIGHT = 0.5
_MISSPELT_WEIGHT = 0.6
_MODIFIER_WEIGHT = 0.3
_HINT_WEIGHT = 0.8
_SHORTEST_MISSPELT = 5
_LONGEST_MISSPELT = 30
_LONGEST_READ = 4_000
_FOLLOW_UP_TURNS = 2
# Below it a question is not told from chance by its own words, see `coverage`.
_ENOUGH_SHARE = 0.54
_REFERS_BACK = frozenset(
    "that this it its there those these them they then before after else more why same such one"
    " ones both either he she him her his their".split()
)


@dataclass(frozen=True)
class Hit:
    """A section found for a question.

    `score` ranks the hits of one question and has no unit. `share` is the part, 0..1, of the
    question's weight that this section holds, where rare words weigh more and a word that the whole
    profile lacks weighs most.
    """

    section: Section
    score: float
    share: float


@dataclass(frozen=True)
class _Term:
    """One idea of the question, with every index term that may stand for it and its weight."""

    ways: dict[str, float]
    factor: float = 1.0


class Retriever:
    """Finds the sections of one profile that answer a question; build it once per profile."""

    def __init__(self, sections: Sequence[Section], *, owner_name: str) -> None:
        self._sections = tuple(sections)
        self._owner_name = owner_name
        self._owner_words = frozenset(split_words(owner_name))
        self._postings = self._index()
        self._stems = frozenset(self._postings)
        self._unknown_weight = self._idf(0.5)
        self._spellings = _index_spellings(self._postings)

    @property
    def stems(self) -> frozenset[str]:
        """Every stem that the profile uses."""
        return self._stems

    def search(self, question: str, *, history: Sequence[str] = (), limit: int = 5) -> list[Hit]:
        """The sections that fit the question best, best first, at most `limit`.

        `history` holds the earlier messages of the conversation, oldest first. Its last two are
        read only when the question alone finds too little and refers back ("and before that?",
        "why?") or has no word that carries meaning. A question that shares nothing with the profile
        gives no hits.
        """
        question = question[:_LONGEST_READ]
        terms = self._read_question(question)
        hints = hints_by_phrase(plain(question), owner_name=self._owner_name)
        alone = self._rank(terms, hints=hints, limit=limit)
        if not history or _best_share(alone) >= _ENOUGH_SHARE or not _refers_back(question, terms):
            return alone
        together = self._rank([*terms, *self._read_history(history)], hints=hints, limit=limit)
        return together if _best_share(together) > _best_share(alone) else alone

    def _rank(
        self, terms: Sequence[_Term], *, hints: Iterable[SectionKind | Facet], limit: int
    ) -> list[Hit]:
        scores: dict[int, float] = defaultdict(float)
        held: dict[int, float] = defaultdict(float)
        total = 0.0
        for term in terms:
            weight = self._weigh(term)
            total += weight
            for place, (score, sureness) in self._match(term).items():
                scores[place] += score
                held[place] += weight * sureness
        for hint in hints:
            postings = self._postings.get(_kind_term(hint), {})
            for place in scores.keys() & postings.keys():
                scores[place] += _HINT_WEIGHT * self._idf(len(postings))
        best = sorted(scores, key=lambda place: (-scores[place], place))[:limit]
        return [Hit(self._sections[p], score=scores[p], share=held[p] / total) for p in best]

    def _index(self) -> dict[str, dict[int, float]]:
        """Term -> place of each section that has it -> how strongly, before the term's own idf."""
        counts = [self._count_terms(section) for section in self._sections]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        for place, count in enumerate(counts):
            norm = _K1 * (1 - _B + _B * lengths[place] / mean)
            for term, times in count.items():
                postings[term][place] = times * (_K1 + 1) / (times + norm)
            # Of sections of one kind the owner's order decides, not their length.
            section = self._sections[place]
            kinds: set[SectionKind | Facet] = {*_kinds(section), *facets(section)}
            for kind in kinds:
                postings[_kind_term(kind)][place] = 1.0
        return dict(postings)

    def _count_terms(self, section: Section) -> Counter[str]:
        count = Counter(content_stems(section.text, ignored=self._owner_words))
        for stem in content_stems(section.heading, ignored=self._owner_words):
            count[stem] += _HEADING_WEIGHT
        if section.is_answer:
            # Whatever else it was called by those who asked finds it too.
            words = " ".join(section.wordings)
            count |= Counter(content_stems(words, ignored=self._owner_words))
            return count
        # The file's name is often the only place that names the topic: "talks/pycon-2024.md".
        path = section.source.removesuffix(PurePosixPath(section.source).suffix)
        for stem in content_stems(path):
            count[stem] += 1
        return count

    def _read_question(self, question: str) -> list[_Term]:
        simple = plain(question)
        terms = [
            _Term({_kind_term(kind): _KIND_WEIGHT for kind in kinds})
            for kinds in kinds_by_phrase(simple, owner_name=self._owner_name)
        ]
        for stem in dict.fromkeys(content_stems(reword(simple), ignored=self._owner_words)):
            factor = _MODIFIER_WEIGHT if stem in modifier_stems() else 1.0
            terms.append(_Term(self._ways(stem), factor=factor))
        return terms

    def _ways(self, stem: str) -> dict[str, float]:
        ways = {_kind_term(kind): _KIND_WEIGHT for kind in kinds_by_stem().get(stem, ())}
        ways |= dict.fromkeys(related_stems().get(stem, ()), _RELATED_WEIGHT)
        if stem not in self._postings and not ways:
            near = {n for spelling in _spellings(stem) for n in self._spellings.get(spelling, ())}
            # Slips of the pen rarely hit a word's first letter: "married" is not "carried".
            ways |= {n: _MISSPELT_WEIGHT for n in near if n[0] == stem[0]}
        return ways | {stem: 1.0}

    def _read_history(self, history: Sequence[str]) -> list[_Term]:
        stems = dict.fromkeys(
            stem
            for message in history[-_FOLLOW_UP_TURNS:]
            for stem in content_stems(message[:_LONGEST_READ], ignored=self._owner_words)
        )
        known = [stem for stem in stems if stem in self._postings]
        # Together they weigh as one word: enough to choose when the question itself cannot.
        return [_Term(self._ways(stem), factor=1 / len(known)) for stem in known]

    def _idf(self, holders: float) -> float:
        everything = len(self._sections)
        return math.log(1 + (everything - holders + 0.5) / (holders + 0.5))

    def _weigh(self, term: _Term) -> float:
        known = [
            share * self._idf(len(self._postings[way]))
            for way, share in term.ways.items()
            if way in self._postings
        ]
        return term.factor * (max(known) if known else self._unknown_weight)

    def _match(self, term: _Term) -> dict[int, tuple[float, float]]:
        """Place of each section with the term -> its score and how surely it is meant (0..1)."""
        found: dict[int, tuple[float, float]] = {}
        for way, share in term.ways.items():
            postings = self._postings.get(way, {})
            gain = term.factor * share * self._idf(len(postings))
            for place, strength in postings.items():
                if gain * strength > found.get(place, (0.0, 0.0))[0]:
                    found[place] = (gain * strength, share)
        return found


def _best_share(hits: Sequence[Hit]) -> float:
    return max((hit.share for hit in hits), default=0.0)


def _refers_back(question: str, terms: Sequence[_Term]) -> bool:
    """Whether words are there that mean nothing without what was said before."""
    words = split_words(question)
    return bool(words) and (not terms or not _REFERS_BACK.isdisjoint(words))


def _kinds(section: Section) -> set[SectionKind]:
    """The section's kind; for plain text also what its heading's words stand for."""
    kinds = {section.kind}
    if section.kind is SectionKind.TEXT:
        for stem in content_stems(section.heading):
            kinds |= kinds_by_stem().get(stem, frozenset())
    return kinds


def _kind_term(kind: SectionKind | Facet) -> str:
    # A space keeps it apart from every stem.
    return f"kind {kind}"


def _index_spellings(stems: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for stem in stems:
        for spelling in _spellings(stem):
            found[spelling].add(stem)
    return found


def _spellings(stem: str) -> set[str]:
    """The stem and each form with one letter left out: two words one slip apart share a form.

    The deletion index of the SymSpell algorithm (Garbe, https://github.com/wolfgarbe/SymSpell).
    """
    if not _SHORTEST_MISSPELT <= len(stem) <= _LONGEST_MISSPELT or not stem.isalpha():
        return set()
    return {stem, *(stem[:place] + stem[place + 1 :] for place in range(len(stem)))}
