"""Whether the confidence that the profile covers a question tells covered questions from others.

For each source: the share of uncovered questions that are refused when the limit is set so that
nine of ten covered ones are answered, and both shares at the limit that the app uses. The baseline
is the best BM25 score, which is no confidence but can be cut anywhere.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.quality._bm25 import PlainBm25
from benchmarks.quality._passages import owner_of, read_documents
from benchmarks.quality.figures import figure, read_rows, share, wilson_interval
from chatbot.engine.limited import COVERED, Rules
from chatbot.knowledge.retrieval import Retriever
from chatbot.knowledge.sections import Profile, Section, SectionKind

ANSWERED = 0.9
_TARGETS = {
    ("recruiter", "uncovered"): ">= 0.60",
    ("xquad_en", "far"): ">= 0.97",
    ("xquad_en", "near"): ">= 0.88",
    ("clinc150", "all"): ">= 0.78",
}


@dataclass(frozen=True)
class Trial:
    """One question: how it is covered ("in" for yes), and what app and baseline make of it."""

    variant: str
    value: float
    baseline: float


def score(folder: Path) -> dict[str, object]:
    """Figures per source of `out_of_scope` and of cv_questions."""
    found = {"recruiter": _try_cvs(folder), **_try_grounded(folder), **_try_bases(folder)}
    return {source: _figures(source, trials) for source, trials in found.items() if trials}


def _try_cvs(folder: Path) -> list[Trial]:
    rows = read_rows(folder / "retrieval" / "cv_questions" / "questions.jsonl")
    trials: list[Trial] = []
    for name, sections in read_documents(folder, "cv_questions").items():
        ask = _make_asker(sections, owner_name=owner_of(name))
        for row in rows:
            if row["profile"] == name:
                trials.append(ask(row["question"], "in" if row["in_scope"] else "uncovered"))
    return trials


def _try_grounded(folder: Path) -> dict[str, list[Trial]]:
    """The rows of grounded.jsonl: each asks one document, some without the passages that answer."""
    trials: dict[str, list[Trial]] = {}
    askers: dict[tuple[object, ...], Callable[[str, str], Trial]] = {}
    sources: dict[str, dict[str, list[Section]]] = {}
    for row in read_rows(folder / "out_of_scope" / "grounded.jsonl"):
        source, doc = row["profile"].split(":", 1)
        left_out = frozenset(row["exclude_passages"])
        if source not in sources:
            sources[source] = read_documents(folder, source)
        key = (source, doc, left_out)
        if key not in askers:
            sections = [
                section
                for name, document in sources[source].items()
                for section in document
                if doc in ("all", name) and section.id not in left_out
            ]
            owner = owner_of(doc) if source == "insurellm" else ""
            askers[key] = _make_asker(sections, owner_name=owner)
        trials.setdefault(source, []).append(askers[key](row["question"], row["variant"]))
    return trials


def _try_bases(folder: Path) -> dict[str, list[Trial]]:
    """Each intent is an owner's answer that was asked for in the wordings of the base."""
    bases: dict[str, dict[str, list[str]]] = {}
    for row in read_rows(folder / "out_of_scope" / "kb_utterances.jsonl"):
        bases.setdefault(row["kb"], {}).setdefault(row["intent"], []).append(row["text"])
    askers = {
        name: _make_asker([_answer(*item) for item in intents.items()], owner_name="")
        for name, intents in bases.items()
    }
    trials: dict[str, list[Trial]] = {}
    for row in read_rows(folder / "out_of_scope" / "queries.jsonl"):
        if row["kb"] in askers:
            trial = askers[row["kb"]](row["text"], row["variant"])
            trials.setdefault(row["kb"], []).append(trial)
    return trials


def _answer(intent: str, wordings: Sequence[str]) -> Section:
    first, *others = wordings
    return Section(f"answer-{intent}", SectionKind.ANSWER, first, "", "", wordings=tuple(others))


def _make_asker(sections: Sequence[Section], *, owner_name: str) -> Callable[[str, str], Trial]:
    retriever = Retriever(sections, owner_name=owner_name)
    profile = Profile(name=owner_name, sections=tuple(sections))
    rules = Rules(profile, retriever, escalation_keywords=())
    worded = [replace(s, text=" ".join((s.text, *s.wordings))) for s in sections]
    plain = PlainBm25(worded)

    def ask(question: str, variant: str) -> Trial:
        ranked = plain.rank(question)
        best = ranked[0][0] if ranked else 0.0
        return Trial(variant, rules.read(question).coverage, best)

    return ask


def _figures(source: str, trials: Sequence[Trial]) -> dict[str, Any]:
    covered = [trial for trial in trials if trial.variant == "in"]
    variants: dict[str, list[Trial]] = {}
    for trial in trials:
        variants.setdefault(trial.variant, []).append(trial)
    variants["all"] = [trial for trial in trials if trial.variant != "in"]
    limit = _limit(trial.value for trial in covered)
    baseline_limit = _limit(trial.baseline for trial in covered)
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


def _limit(values: Iterable[float]) -> float:
    """The largest value that at least nine of ten reach."""
    ordered = sorted(values, reverse=True)
    return ordered[max(-(-len(ordered) * int(ANSWERED * 100) // 100) - 1, 0)]
