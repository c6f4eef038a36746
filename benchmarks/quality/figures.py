"""What the components share: reading rows, one figure with its baseline, and intervals.

A component returns, for each source, the number of its rows and its figures by name:

    {"cv_questions": {"rows": 66, "hit@3": {"value": 0.9, "target": ">= 0.88", "baseline": 0.79,
                                            "interval": [0.8, 0.96]}}}
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_Z = 1.96


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a .jsonl file; none when the file is not there."""
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def figure(
    value: float,
    *,
    target: str = "",
    baseline: float | None = None,
    interval: tuple[float, float] | None = None,
) -> dict[str, object]:
    """One figure; shares are 0..1. `target` is words such as ">= 0.88"."""
    found: dict[str, object] = {"value": round(value, 4)}
    if target:
        found["target"] = target
    if baseline is not None:
        found["baseline"] = round(baseline, 4)
    if interval is not None:
        found["interval"] = [round(end, 4) for end in interval]
    return found


def share(outcomes: Sequence[bool]) -> float:
    """The share of true ones, 0 for none."""
    return sum(outcomes) / len(outcomes) if outcomes else 0.0


def wilson_interval(outcomes: Sequence[bool]) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which holds for few rows and shares near 1."""
    n = len(outcomes)
    if not n:
        return 0.0, 1.0
    p, square = share(outcomes), _Z * _Z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = _Z * math.sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    return middle - half, middle + half
