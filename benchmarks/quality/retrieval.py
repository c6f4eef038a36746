"""Whether the sections that answer a question are among the first that are found for it.

Of several sections that answer it, any counts. The baseline is BM25 over stems.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality._bm25 import PlainBm25
from benchmarks.quality._passages import owner_of, read_documents, read_sections
from benchmarks.quality.figures import figure, read_rows, share, wilson_interval
from chatbot.knowledge.retrieval import Retriever
from chatbot.knowledge.sections import Section


def score(folder: Path) -> dict[str, object]:
    """Figures per source: hit@3 on CVs, recall@1 on articles, recall@5 elsewhere."""
    found = {
        "cv_questions": _score_cvs(folder),
        "insurellm": _score_insurellm(folder),
        "rasa_faq": _score_source(folder, "rasa_faq", 5, ">= 0.62"),
        "xquad_en": _score_source(folder, "xquad_en", 1, ">= 0.95"),
        "careers_faq": _score_source(folder, "careers_faq", 5, ""),
    }
    return {source: figures for source, figures in found.items() if figures}


def _score_cvs(folder: Path) -> dict[str, object]:
    rows = [row for row in _read_questions(folder, "cv_questions") if row["in_scope"]]
    profiles = read_documents(folder, "cv_questions")
    outcomes: list[tuple[bool, bool]] = []
    for name in dict.fromkeys(row["profile"] for row in rows):
        of_profile = [row for row in rows if row["profile"] == name]
        outcomes += _compare(of_profile, profiles[name], limit=3, owner_name=owner_of(name))
    return _figures(outcomes, "hit@3", ">= 0.88") if outcomes else {}


def _score_insurellm(folder: Path) -> dict[str, object]:
    rows = [row for row in _read_questions(folder, "insurellm") if row["passage_gold"]]
    if not rows:
        return {}
    outcomes = _compare(rows, read_sections(folder, "insurellm"), limit=5)
    records = [pair for row, pair in zip(rows, outcomes, strict=True) if row["cv_like"]]
    return {
        "hr_records": _figures(records, "recall@5", ">= 0.85"),
        "all": _figures(outcomes, "recall@5", ">= 0.88"),
    }


def _score_source(folder: Path, source: str, limit: int, target: str) -> dict[str, object]:
    rows = _read_questions(folder, source)
    outcomes = _compare(rows, read_sections(folder, source), limit=limit)
    return _figures(outcomes, f"recall@{limit}", target) if outcomes else {}


def _read_questions(folder: Path, source: str) -> list[dict[str, Any]]:
    return read_rows(folder / "retrieval" / source / "questions.jsonl")


def _compare(
    rows: Iterable[dict[str, Any]], sections: Sequence[Section], *, limit: int, owner_name: str = ""
) -> list[tuple[bool, bool]]:
    """For each row, whether the app finds it, and whether the baseline does."""
    retriever = Retriever(sections, owner_name=owner_name)
    plain = PlainBm25(sections)
    outcomes = []
    for row in rows:
        gold = set(row["gold_passages"])
        hits = retriever.search(row["question"], limit=limit)
        ranked = plain.rank(row["question"])[:limit]
        outcomes.append(
            (
                any(hit.section.id in gold for hit in hits),
                any(section.id in gold for _, section in ranked),
            )
        )
    return outcomes


def _figures(outcomes: Sequence[tuple[bool, bool]], name: str, target: str) -> dict[str, object]:
    app = [found for found, _ in outcomes]
    return {
        "rows": len(outcomes),
        name: figure(
            share(app),
            target=target,
            baseline=share([found for _, found in outcomes]),
            interval=wilson_interval(app),
        ),
    }
