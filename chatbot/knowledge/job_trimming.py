"""Trimming a job description to a token budget: what is asked and what is to be done stays."""

import re
from collections.abc import Callable

_LINE_END = re.compile(r"\n+|(?<=[.!?])\s+(?=[A-Z\u2022*-])")
_ASKED = re.compile(
    r"(?i)\b(?:experience|years?|skills?|knowledge|degree|qualif\w+|require\w*|must|proficien\w+|"
    r"familiar\w*|fluen\w+|certif\w+|responsib\w+|you will|you(?:'|\u2019)ll|design|build|develop|"
    r"lead|manage|maintain|deliver|own|support|ability)\b"
)
_DROPPED = re.compile(
    r"(?i)\b(?:benefits?|insurance|vacation|holidays?|pension|401|equal opportunit\w+|"
    r"regardless of|"
    r"discriminat\w+|accommodations?|perks|salary|apply|application|we offer|our (?:mission|story|"
    r"values|customers)|cookie\w*|privacy)\b"
)


def trim_job(text: str, budget_tokens: int, count: Callable[[str], int]) -> str:
    """The most telling lines of a job description, in their order, in at most `budget_tokens`.

    A text that fits is returned as it is. `count` gives the tokens of a text.
    """
    text = text.strip()
    if count(text) <= budget_tokens:
        return text
    lines = [line.strip() for line in _LINE_END.split(text) if line.strip()]
    ranked = sorted(range(len(lines)), key=lambda place: (-_rank(lines[place]), place))
    chosen: set[int] = set()
    room = budget_tokens
    for place in ranked:
        size = count(lines[place]) + 1
        if size <= room:
            chosen.add(place)
            room -= size
    return "\n".join(lines[place] for place in sorted(chosen))


def _rank(line: str) -> int:
    return min(len(_ASKED.findall(line)), 3) - 3 * bool(_DROPPED.search(line))
