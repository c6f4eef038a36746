"""Whether the confidence that the profile covers a question tells covered questions from others.

For each source: the share of uncovered questions that are refused when the limit is set so that
nine of ten covered ones are answered, and both shares at the limit that the app uses. The baseline
is the best BM25 score, which is no confidence but can be cut anywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.quality._bm25 import PlainBm25
from benchmarks.quality._passages import owner_of, read_documents
from benchmarks.quality.figures import figure, read_rows, share, wilson_interval
from chatbot.engine.limited import COVERED, Rules
from chatbot.knowledge.retrieval import Hit, Retriever
from chatbot.knowledge.sections import Profile, Section, SectionKind

ANSWERED = 0.9
_TARGETS = {
    ("recruiter", "uncovered"): ">= 0.60",
    ("xquad_en", "far"): ">= 0.97",
    ("xquad_en", "near"): ">= 0.88",
    ("clinc150", "all"): ">= 0.78",
}


@dataclass(frozen=True, eq=False)
class Base:
    """What is known in one trial: a document, a CV or an owner's answers."""

    retriever: Retriever
    rules: Rules
    plain: PlainBm25


@dataclass(frozen=True)
class Question:
    """A question to a base; `variant` is "in" when the base covers it, else why it does not."""

    text: str
    variant: str
    base: Base

    def hits(self) -> list[Hit]:
        """What the app finds for it."""
        return self.base.retriever.search(self.text)

    def ask(self) -> "Trial":
        """What the app and the baseline make of it."""
        ranked = self.base.plain.rank(self.text)
        best = ranked[0][0] if ranked else 0.0
        return Trial(self.variant, self.base.rules.read(self.text).coverage, best)


@dataclass(frozen=True)
class Trial:
    """The values of one question: the confidence of the app, and the baseline's score."""

    variant: str
    value: float
    baseline: float


def score(folder: Path) -> dict[str, object]:
    """Figures per source of `out_of_scope` and of cv_questions."""
    found = {"recruiter": read_cvs(folder), **read_grounded(folder), **read_bases(folder)}
    return {
        source: _figures(source, [question.ask() for question in questions])
        for source, questions in found.items()
        if questions
    }


def read_cvs(folder: Path) -> list[Question]:
    """The questions of recruiters, each to its CV."""
    bases = {
        name: _build_base(sections, owner_name=owner_of(name))
        for name, sections in read_documents(folder, "cv_questions").items()
    }
    return [
        Question(row["question"], "in" if row["in_scope"] else "uncovered", bases[row["profile"]])
        for row in read_rows(folder / "retrieval" / "cv_questions" / "questions.jsonl")
    ]


def read_grounded(folder: Path) -> dict[str, list[Question]]:
    """The rows of grounded.jsonl: each asks one document, some without the passages that answer."""
    questions: dict[str, list[Question]] = {}
    bases: dict[tuple[object, ...], Base] = {}
    sources: dict[str, dict[str, list[Section]]] = {}
    for row in read_rows(folder / "out_of_scope" / "grounded.jsonl"):
        source, doc = row["profile"].split(":", 1)
        left_out = frozenset(row["exclude_passages"])
        if source not in sources:
            sources[source] = read_documents(folder, source)
        key = (source, doc, left_out)
        if key not in bases:
            sections = [
                section
                for name, document in sources[source].items()
                for section in document
                if doc in ("all", name) and section.id not in left_out
            ]
            owner = owner_of(doc) if source == "insurellm" else ""
            bases[key] = _build_base(sections, owner_name=owner)
        question = Question(row["question"], row["variant"], bases[key])
        questions.setdefault(source, []).append(question)
    return questions


def read_bases(folder: Path) -> dict[str, list[Question]]:
    """Each intent is an owner's answer that was asked for in the wordings of the base."""
    intents: dict[str, dict[str, list[str]]] = {}
    for row in read_rows(folder / "out_of_scope" / "kb_utterances.jsonl"):
        intents.setdefault(row["kb"], {}).setdefault(row["intent"], []).append(row["text"])
    bases = {
        name: _build_base([_answer(*item) for item in those.items()], owner_name="")
        for name, those in intents.items()
    }
    questions: dict[str, list[Question]] = {}
    for row in read_rows(folder / "out_of_scope" / "queries.jsonl"):
        if row["kb"] in bases:
            question = Question(row["text"], row["variant"], bases[row["kb"]])
            questions.setdefault(row["kb"], []).append(question)
    return questions


def _answer(intent: str, wordings: Sequence[str]) -> Section:
    first, *others = wordings
    return Section(f"answer-{intent}", SectionKind.ANSWER, first, "", "", wordings=tuple(others))


def _build_base(sections: Sequence[Section], *, owner_name: str) -> Base:
    retriever = Retriever(sections, owner_name=owner_name)
    profile = Profile(name=owner_name, sections=tuple(sections))
    worded = [replace(s, text=" ".join((s.text, *s.wordings))) for s in sections]
    return Base(retriever, Rules(profile, retriever, escalation_keywords=()), PlainBm25(worded))


def _figures(source: str, trials: Sequence[Trial]) -> dict[str, Any]:
    covered = [trial for trial in trials if trial.variant == "in"]
    variants: dict[str, list[Trial]] = {}
    for trial in trials:
        variants.setdefault(trial.variant, []).append(trial)
    variants["all"] = [trial for trial in trials if trial.variant != "in"]
    limit = find_limit(trial.value for trial in covered)
    baseline_limit = find_limit(trial.baseline for trial in covered)
    found: dict[str, Any] = {
        "rows": len(trials),
        "limit": round(limit, 4),
        "answered_by_app": figure(share([trial.value >= COVERED for trial in covered])),
    }
    for variant, those in variants.items():
        if variant == "in":
            continue
        refused = [trial.value < limit for trial in those]
        found[f"refused_{variant}"] = figure(
            share(refused),
            target=_TARGETS.get((source, variant), ""),
            baseline=share([trial.baseline < baseline_limit for trial in those]),
            interval=wilson_interval(refused),
        )
    found["refused_by_app"] = figure(share([t.value < COVERED for t in variants["all"]]))
    return found


def find_limit(values: Iterable[float]) -> float:
    """The largest value that at least nine of ten reach."""
    ordered = sorted(values, reverse=True)
    return ordered[max(-(-len(ordered) * int(ANSWERED * 100) // 100) - 1, 0)]
