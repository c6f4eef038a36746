"""Escalation: whether `wants_human` hears requests, complaints and emergencies, and nothing else.

False alarms are counted on ordinary messages, apart for the hard ones (a trigger word in another
sense, "are you a human?"). The escalations per 100 ordinary and off-topic questions are those of
questions that nobody wrote to test escalation.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.quality._rows import Row, compare, load_rows, parts, share
from chatbot.people.human_request import wants_human

Alarm = Callable[[str], bool]

TARGETS = {
    "human_request recall": ">= 0.93",
    "complaint recall": ">= 0.60",
    "false alarms, hard": "<= 0.08",
    "false alarms, easy": "<= 0.005",
}

_BARE = re.compile(
    r"(?i)\b(?:human|agent|representative|real person|operator|manager|talk to|speak to|complaint"
    r"|urgent|emergency|suicide)\b"
)


def score(folder: Path) -> Row:
    """The figures of `escalation.jsonl`, and of questions from `retrieval/` and `out_of_scope/`."""
    rows = [row for row in load_rows(folder / "escalation.jsonl") if row["scored"]]
    figures: Row = {
        name: {
            "rows": len(part),
            **compare(_score(part, _is_alarm), _score(part, _is_bare_alarm), TARGETS),
        }
        for name, part in parts(rows, "id")
    }
    if rows:
        started = time.process_time()
        for row in rows:
            wants_human(row["text"])
        spent = (time.process_time() - started) / len(rows)
        figures["all"]["CPU milliseconds per text"] = {"value": round(spent * 1e3, 3)}
    return figures | _score_questions(folder)


def _score(rows: Sequence[Row], alarm: Alarm) -> Row:
    def rate(chosen: Iterable[Row]) -> float | None:
        alarms = [alarm(row["text"]) for row in chosen]
        return share(sum(alarms), len(alarms))

    figures: Row = {
        f"{label} recall": rate(row for row in rows if row["label"] == label)
        for label in ("human_request", "complaint", "emergency")
    }
    ordinary = [row for row in rows if row["escalate"] is False]
    figures["false alarms, hard"] = rate(row for row in ordinary if row["hard"])
    figures["false alarms, easy"] = rate(row for row in ordinary if not row["hard"])
    return figures


def _score_questions(folder: Path) -> Row:
    queries = load_rows(folder / "out_of_scope" / "queries.jsonl")
    groups = {
        "ordinary questions": [
            *(
                row["question"]
                for path in sorted((folder / "retrieval").glob("*/questions.jsonl"))
                for row in load_rows(path)
            ),
            *(row["text"] for row in queries if row["in_scope"]),
        ],
        "off-topic questions": [row["text"] for row in queries if not row["in_scope"]],
    }
    return {
        name: {
            "rows": len(texts),
            "escalations per 100": {
                "value": round(100 * sum(map(_is_alarm, texts)) / len(texts), 2),
                "baseline": round(100 * sum(map(_is_bare_alarm, texts)) / len(texts), 2),
            },
        }
        for name, texts in groups.items()
        if texts
    }


def _is_alarm(text: str) -> bool:
    return wants_human(text) is not None


def _is_bare_alarm(text: str) -> bool:
    return _BARE.search(text) is not None
