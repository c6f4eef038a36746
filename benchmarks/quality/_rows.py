"""Rows of labelled data, their halves, and counts turned into figures."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def load_rows(path: Path) -> list[Row]:
    """The rows of a .jsonl file, in order; none when the file is not there."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def parts(rows: Iterable[Row], key: str) -> Iterator[tuple[str, list[Row]]]:
    """All rows, the two halves that a hash of their `key` makes, and each source apart.

    Rules are written with half a in view; half b shows what they are worth on unseen text.
    """
    known = list(rows)
    if not known:
        return
    yield "all", known
    for half, parity in (("half a", 0), ("half b", 1)):
        yield half, [row for row in known if _digest(str(row[key])) % 2 == parity]
    for source in sorted({row["source"] for row in known}):
        yield source, [row for row in known if row["source"] == source]


def share(part: float, whole: float) -> float | None:
    """A share to four digits; None of nothing."""
    return round(part / whole, 4) if whole else None


def compare(app: Row, baseline: Row, targets: Row) -> Row:
    """The figures of the app beside those of a baseline, with what is to be reached."""
    return {
        name: {
            "value": value,
            **({"target": targets[name]} if name in targets else {}),
            "baseline": baseline[name],
        }
        for name, value in app.items()
        if value is not None
    }


@dataclass
class Tally:
    """Right, wrongly found and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        return share(self.right, self.right + self.missed)


def _digest(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0]
