"""Which sections of the profile answer a question: BM25 over stems, widened by career words.

Sections are few (some hundred at most) and short, so the index is plain dictionaries built once.
Each section also carries a term for its kind: "where did you study" then finds the education
sections through the same ranking that finds "Princeton" in them.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.signs import Meant, SignReader, Signs, names_other, question_pairs
from chatbot.knowledge.spelling import WordFinder
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
from chatbot.knowledge.wordings import Wordings
from chatbot.knowledge.words import common_words, content_stems, plain, split_words

# BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009). Sections are
# short and of even length, hence less saturation and normalisation than for web pages.
_K1 = 1.2
_B = 0.5
_HEADING_WEIGHT = 2
_KIND_WEIGHT = 0.8
_RELATED_WEIGHT = 0.5
_MODIFIER_WEIGHT = 0.3
_HINT_WEIGHT = 0.8
_LONGEST_READ = 4_000
_FOLLOW_UP_TURNS = 2
# An answer that shares no word that carries meaning is found from here on: "who are you?".
# Fewer say little about what an answer is asked in.
_MANY_WORDINGS = 8
_ALIKE = 0.2
_LIKENESS_WEIGHT = 6.0
_COMMON_WEIGHT = 0.2
_FILL_WEIGHT = 0.1
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
    profile lacks weighs most. `signs` tell whether that is by chance.
    """

    section: Section
    score: float
    share: float
    signs: Signs = Signs()


@dataclass(frozen=True)
class _Term:
    """One idea of the question, with every index term that may stand for it and its weight."""

    ways: dict[str, float]
    factor: float = 1.0


@dataclass(frozen=True)
class _Asked:
    """All that is read of one question; `likeness` is by the place of the owner's answer, `own`
    how many of the terms stand in the question itself, 0 when these are but "last" or "next"."""

    terms: tuple[_Term, ...]
    own: int
    hints: frozenset[SectionKind | Facet]
    pairs: set[str]
    named: int
    names_other: bool
    likeness: dict[int, float]
    common: frozenset[str]


class Retriever:
    """Finds the sections of one profile that answer a question; build it once per profile."""

    def __init__(self, sections: Sequence[Section], *, owner_name: str) -> None:
        self._sections = tuple(sections)
        self._owner_name = owner_name
        self._owner_words = frozenset(split_words(owner_name))
        self._kind_terms: list[frozenset[str]] = []
        self._postings = self._index()
        self._kinds = frozenset(term for terms in self._kind_terms for term in terms)
        self._common = self._index_common()
        self._stems = frozenset(self._postings)
        self._unknown_weight = self._idf(0.5)
        self._words = WordFinder(self._postings)
        self._signs = SignReader(self._sections, ignored=self._owner_words)
        self._wordings = self._index_wordings()

    @property
    def stems(self) -> frozenset[str]:
        """Every stem that the profile uses."""
        return self._stems

    def search(self, question: str, *, history: Sequence[str] = (), limit: int = 5) -> list[Hit]:
        """The sections that fit the question best, best first, at most `limit`.

        `history` holds the earlier messages of the conversation, oldest first. Its last two are
        read only when the question alone finds too little and refers back ("and before that?",
        "why?") or has no word that carries meaning. What shares only question words with it has a
        `share` of 0; a question that shares nothing with the profile gives no hits.
        """
        question = question[:_LONGEST_READ]
        terms = tuple(self._read_question(question))
        asked = _Asked(
            terms=terms,
            own=len(terms) if any(term.factor == 1.0 for term in terms) else 0,
            hints=hints_by_phrase(plain(question), owner_name=self._owner_name),
            pairs=question_pairs(question, ignored=self._owner_words, weak=modifier_stems()),
            named=len(self._owner_words.intersection(split_words(question))),
            names_other=names_other(question, ignored=self._owner_words, known=self._stems),
            likeness=self._wordings.find(self._without_name(question)),
            common=frozenset(common_words(question)),
        )
        alone = self._rank(asked, limit=limit)
        if not history or _best_share(alone) >= _ENOUGH_SHARE or not _refers_back(question, asked):
            return alone
        both = (*asked.terms, *self._read_history(history))
        together = self._rank(replace(asked, terms=both), limit=limit)
        return together if _best_share(together) > _best_share(alone) else alone

    def _rank(self, asked: _Asked, *, limit: int) -> list[Hit]:
        scores: dict[int, float] = defaultdict(float)
        held: dict[int, float] = defaultdict(float)
        meant = [Meant(self._weigh(term), term.ways) for term in asked.terms]
        total = sum(word.weight for word in meant) or 1.0
        for term, word in zip(asked.terms, meant, strict=True):
            for place, (score, sureness) in self._match(term).items():
                scores[place] += score
                held[place] += word.weight * sureness
        for hint in asked.hints:
            postings = self._postings.get(_kind_term(hint), {})
            for place in scores.keys() & postings.keys():
                scores[place] += _HINT_WEIGHT * self._idf(len(postings))
        for place, likeness in asked.likeness.items():
            if place in scores or likeness >= _ALIKE:
                scores[place] += _LIKENESS_WEIGHT * likeness * self._unknown_weight
        found = frozenset(scores)
        self._add_common(scores, asked, limit=limit)
        best = sorted(scores, key=lambda place: (-scores[place], place))[:limit]
        # What was asked for before, "references", is not what "And her blood type?" asks for.
        own = meant[: asked.own] if asked.own else meant
        asks_kind = any(way in self._kinds for word in own for way in word.ways)
        return [
            Hit(
                self._sections[place],
                score=scores[place],
                share=held[place] / total,
                signs=Signs(
                    nearby=self._signs.nearby(place, own, kinds=self._kind_terms[place]),
                    pairs=self._signs.count_pairs(place, asked.pairs),
                    named=asked.named,
                    asks_kind=asks_kind,
                    names_other=asked.names_other,
                    likeness=self._trust(place, asked.likeness, share=held[place] / total)
                    if place in found
                    else 0.0,
                ),
            )
            for place in best
        ]

    def _trust(self, place: int, likeness: Mapping[int, float], *, share: float) -> float:
        """The likeness to an answer, as far as it is proof that the answer is meant.

        By one wording, "Did you build submarines?" is very like "Did you build xylophones?": until
        an answer has many, it counts by the part of the question's words that the answer holds.
        """
        has_many = len(self._sections[place].wordings) >= _MANY_WORDINGS
        return likeness.get(place, 0.0) * (1.0 if has_many else share)

    def _add_common(self, scores: dict[int, float], asked: _Asked, *, limit: int) -> None:
        """Let question words decide between equals, and fill the places that are left.

        What they fill in ranks below all that was found, and covers nothing: "What can you do for
        me?" has no other words.
        """
        common: dict[int, float] = defaultdict(float)
        for word in asked.common:
            postings = self._common.get(word, {})
            for place, strength in postings.items():
                common[place] += self._idf(len(postings)) * strength
        lowest, most = min(scores.values(), default=1.0), max(common.values(), default=0.0)
        for place in scores.keys() & common.keys():
            scores[place] += _COMMON_WEIGHT * common[place]
        if len(scores) < limit:
            for place in common.keys() - scores.keys():
                scores[place] = _FILL_WEIGHT * lowest * common[place] / most

    def _index_wordings(self) -> Wordings[int]:
        return Wordings(
            {
                place: [self._without_name(text) for text in (section.heading, *section.wordings)]
                for place, section in enumerate(self._sections)
                if section.is_answer
            }
        )

    def _without_name(self, text: str) -> str:
        return " ".join(word for word in split_words(text) if word not in self._owner_words)

    def _index(self) -> dict[str, dict[int, float]]:
        """Term -> place of each section that has it -> how strongly, before the term's own idf."""
        postings = _strengths([self._count_terms(section) for section in self._sections])
        for place in range(len(self._sections)):
            # Of sections of one kind the owner's order decides, not their length.
            section = self._sections[place]
            kinds: set[SectionKind | Facet] = {*_kinds(section), *facets(section)}
            self._kind_terms.append(frozenset(map(_kind_term, kinds)))
            for term in self._kind_terms[place]:
                postings.setdefault(term, {})[place] = 1.0
        return postings

    def _index_common(self) -> dict[str, dict[int, float]]:
        """The same for the words that carry no meaning."""
        texts = (f"{section.heading}. {section.text}" for section in self._sections)
        return _strengths([Counter(common_words(text)) for text in texts])

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
            ways |= self._words.find(stem)
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


def _strengths(counts: Sequence[Counter[str]]) -> dict[str, dict[int, float]]:
    """Term -> place of each text that has it -> how strongly, before the term's own idf."""
    lengths = [sum(count.values()) for count in counts]
    mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
    postings: dict[str, dict[int, float]] = defaultdict(dict)
    for place, count in enumerate(counts):
        norm = _K1 * (1 - _B + _B * lengths[place] / mean)
        for term, times in count.items():
            postings[term][place] = times * (_K1 + 1) / (times + norm)
    return dict(postings)


def _best_share(hits: Sequence[Hit]) -> float:
    return max((hit.share for hit in hits), default=0.0)


def _refers_back(question: str, asked: _Asked) -> bool:
    """Whether words are there that mean nothing without what was said before."""
    words = split_words(question)
    return bool(words) and (not asked.terms or not _REFERS_BACK.isdisjoint(words))


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
