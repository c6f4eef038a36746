"""Question grouping: B-cubed of `group_questions`, pairs by `QuestionIndex`, and time.

B-cubed asks for each question how much of its found group belongs there (precision) and how much of
its true group was found (recall): Bagga and Baldwin, "Entity-based cross-document coreferencing
using the vector space model", 1998 (https://aclanthology.org/P98-1012/).
"""

import time
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from benchmarks.quality._rows import Row, compare, load_rows, share
from chatbot.knowledge.question_groups import SAME_WORDING, QuestionIndex, group_questions

TARGETS = {"B-cubed precision": ">= 0.87", "B-cubed F1": ">= 0.62"}

_MANY = 10_000
Grouping = Callable[[Sequence[str]], Sequence[Hashable]]


def score(folder: Path) -> Row:
    """The figures of `question_clusters.jsonl` and `question_pairs.jsonl`, each source apart."""
    questions = load_rows(folder / "question_clusters.jsonl")
    pairs = load_rows(folder / "question_pairs.jsonl")
    figures: Row = {}
    for source in sorted({row["source"] for row in questions}):
        of_source = [row for row in questions if row["source"] == source]
        figures[source] = _score_clusters(of_source, TARGETS if "COVID-Q" in source else {})
        figures[source] |= _score_pairs([row for row in pairs if row["source"] == source])
        # Halves by cluster: a cluster cut in two would be easier to keep apart.
        clusters = sorted({row["cluster"] for row in of_source})
        for half, kept in (("half a", set(clusters[::2])), ("half b", set(clusters[1::2]))):
            part = [row for row in of_source if row["cluster"] in kept]
            figures[f"{source}, {half}"] = _score_clusters(part, {})
    if questions:
        figures["time"] = _time([row["text"] for row in questions])
    return figures


def _score_clusters(rows: Sequence[Row], targets: Row) -> Row:
    app, baseline = _b_cubed(rows, group_questions), _b_cubed(rows, _group_same_words)
    return {"rows": len(rows), **compare(app, baseline, targets)}


def _b_cubed(rows: Sequence[Row], group: Grouping) -> Row:
    found = group([row["text"] for row in rows])
    true = [row["cluster"] for row in rows]
    both = Counter(zip(found, true, strict=True))
    sizes_found, sizes_true = Counter(found), Counter(true)
    precision = sum(n * n / sizes_found[f] for (f, _), n in both.items()) / len(rows)
    recall = sum(n * n / sizes_true[t] for (_, t), n in both.items()) / len(rows)
    f1 = 2 * precision * recall / (precision + recall)
    return {
        "B-cubed precision": round(precision, 4),
        "B-cubed recall": round(recall, 4),
        "B-cubed F1": round(f1, 4),
    }


def _score_pairs(rows: Sequence[Row]) -> Row:
    """How many duplicates join, and how many others, when only the pair's questions are known."""
    index: QuestionIndex[str] = QuestionIndex()
    for row in rows:
        for text in (row["q1"], row["q2"]):
            index.add(text, text, group=text)
    joined: dict[str, list[bool]] = {}
    for row in rows:
        likeness = index.find_groups(row["q1"]).get(row["q2"], 0.0)
        joined.setdefault(row["kind"], []).append(likeness >= SAME_WORDING)
    return {
        f"pairs joined, {kind}": {"value": share(sum(hits), len(hits))}
        for kind, hits in joined.items()
    }


def _time(texts: Sequence[str]) -> Row:
    """Seconds to group 10,000 questions, and milliseconds to place one more among them.

    The questions are the known ones with words of others behind them, so that all differ.
    """
    many = [_vary(texts, n) for n in range(_MANY)]
    started = time.process_time()
    group_questions(many)
    grouped = time.process_time()
    index: QuestionIndex[int] = QuestionIndex()
    for key, text in enumerate(many):
        index.add(key, text, group=key)
    ready = time.process_time()
    for text in texts[:100]:
        index.find_group(f"please {text}")
    spent = time.process_time() - ready
    return {
        "rows": _MANY,
        "CPU seconds to group all": {"value": round(grouped - started, 2), "target": "< 5"},
        "CPU milliseconds for a new one": {"value": round(spent * 10, 2), "target": "< 20"},
    }


def _group_same_words(texts: Sequence[str]) -> list[str]:
    return [" ".join(sorted(set(text.lower().split()))) for text in texts]


def _vary(texts: Sequence[str], number: int) -> str:
    round_, place = divmod(number, len(texts))
    other = texts[(place * 7 + round_) % len(texts)].split()
    return " ".join([texts[place], *(other[:3] if round_ else [])])
