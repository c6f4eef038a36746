"""Job-post trimming: how much of the requirements and duties `trim_job` keeps in a budget.

A posting is given as a text of lines. Words are followed by their place: a word of the output
counts for the unit that it came from. The baseline cuts the text at the budget. What could be kept
at best is less than all, because in many postings the wanted words alone exceed the budget.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from benchmarks.quality._rows import Row, compare, load_rows, parts, share
from chatbot.knowledge.job_trimming import trim_job
from chatbot.llm.tokens import count_tokens

SHARES = (0.4, 0.25)
TARGETS = {
    "40%: keep words": ">= 0.74",
    "25%: keep words": ">= 0.45",
    "40%: drop words in the output": "<= 0.02",
    "40%: over the budget": "0",
    "25%: over the budget": "0",
}
Trim = Callable[[str, int, Callable[[str], int]], str]


def score(folder: Path) -> Row:
    """The figures of `job_descriptions/postings.jsonl`, each source apart."""
    rows = load_rows(folder / "job_descriptions" / "postings.jsonl")
    return {
        name: {"rows": len(part), **_compare(part)}
        for source in sorted({row["source"] for row in rows})
        for name, part in _parts_of(source, rows)
    }


def _parts_of(source: str, rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    for name, part in parts([row for row in rows if row["source"] == source], "id"):
        if part and name != source:
            yield source if name == "all" else f"{source}, {name}", part


def _compare(rows: Sequence[Row]) -> Row:
    figures: Row = {}
    for budget in SHARES:
        app, baseline = _score(rows, budget, trim_job), _score(rows, budget, _cut)
        figures |= compare(app, baseline, TARGETS)
        if keep := figures.get(f"{budget:.0%}: keep words"):
            keep["best possible"] = _best(rows, budget)
    started = time.process_time()
    for row in rows:
        trim_job(_text(row), 200, lambda part: len(part) // 4 + 1)
    spent = (time.process_time() - started) / max(1, len(rows))
    return figures | {"CPU milliseconds per posting": {"value": round(spent * 1e3, 2)}}


def _score(rows: Sequence[Row], budget: float, trim: Trim) -> Row:
    words: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    shares = []
    over = 0
    for row in rows:
        text = _text(row)
        tokens = int(count_tokens(text) * budget)
        output = trim(text, tokens, count_tokens)
        over += count_tokens(output) > tokens
        of_row, all_of_row = _kept_words(row, output)
        kept += of_row
        words += all_of_row
        if all_of_row["keep"]:
            shares.append(of_row["keep"] / all_of_row["keep"])
    name = f"{budget:.0%}:"
    return {
        f"{name} keep words": share(kept["keep"], words["keep"]),
        f"{name} keep words, mean of postings": share(sum(shares), len(shares)),
        f"{name} drop words in the output": share(kept["drop"], sum(kept.values())),
        f"{name} over the budget": over,
    }


def _kept_words(row: Row, output: str) -> tuple[Counter[str], Counter[str]]:
    golds = [unit["gold"] for unit in row["units"] for _ in unit["text"].split()]
    source = [word for unit in row["units"] for word in unit["text"].split()]
    kept: Counter[str] = Counter()
    matcher = SequenceMatcher(None, source, output.split(), autojunk=False)
    for block in matcher.get_matching_blocks():
        kept.update(golds[block.a : block.a + block.size])
    return kept, Counter(golds)


def _best(rows: Sequence[Row], budget: float) -> float | None:
    wanted, possible = 0.0, 0.0
    for row in rows:
        counts: Counter[str] = Counter()
        for unit in row["units"]:
            counts[unit["gold"]] += len(unit["text"].split())
        wanted += counts["keep"]
        possible += min(counts["keep"], budget * sum(counts.values()))
    return share(possible, wanted)


def _cut(text: str, budget: int, count: Callable[[str], int]) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        if count("\n".join([*lines, line])) > budget:
            break
        lines.append(line)
    return "\n".join(lines)


def _text(row: Row) -> str:
    return "\n".join(unit["text"] for unit in row["units"])
